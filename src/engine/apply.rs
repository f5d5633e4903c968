//! From one snapshot to the next: rows in, rows out. What is derived from rows is settled afterwards.
//!
//! The order of rows does not matter: whatever names a thing that has no row (yet) gets an id for it, and gives
//! nothing until the row is there. So an orphan row is harmless, and a state can be built in any order.

use std::sync::Arc;

use super::boundaries::RoleBoundary;
use super::lists::Keyed;
use super::settle::Dirty;
use super::snapshot::{
    ANY_INCARNATION, ApplicationRow, Member, NONE, PrivilegeGroupRow, PrivilegeRow, Snapshot, SubjectRow, TenantRow,
};
use crate::domain::change::Change;
use crate::domain::directory::{Client, GroupMember, User, UserTenant};
use crate::domain::name::Subject;
use crate::domain::predefined;
use crate::domain::privilege::Privilege;
use crate::domain::privilege_group::{GroupedPrivilege, PrivilegeGroup};
use crate::domain::role::{Role, RoleElement, RoleElementRow};
use crate::domain::row::Row;
use crate::domain::tenancy::{Application, Catalogue, Tenant};

/// Builds a snapshot from all rows of a state.
#[derive(Debug)]
pub struct Loader {
    snapshot: Snapshot,
    dirty: Dirty,
}

impl Loader {
    /// Starts from nothing; `seed` as in [`Snapshot::empty`].
    pub fn new(seed: u64) -> Self {
        Self { snapshot: Snapshot::empty(seed), dirty: Dirty::default() }
    }

    /// Adds rows, in any order.
    pub fn add(&mut self, rows: impl IntoIterator<Item = Row>) {
        for row in rows {
            self.snapshot.change(&mut self.dirty, &Change::insert(row));
        }
    }

    /// The state of all rows added.
    pub fn finish(mut self) -> Snapshot {
        self.snapshot.settle(self.dirty);
        self.snapshot
    }
}

/// Whether a row comes, goes, or changes in place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Insert,
    Update,
    Delete,
}

impl Step {
    /// Adds to a count what the step adds to the rows.
    pub(super) fn count(self, count: &mut u64) {
        match self {
            Self::Insert => *count += 1,
            Self::Delete => *count = count.saturating_sub(1),
            Self::Update => {}
        }
    }

    pub(super) fn count_small(self, count: &mut u32) {
        let mut wide = u64::from(*count);
        self.count(&mut wide);
        *count = u32::try_from(wide).unwrap_or(u32::MAX);
    }

    pub(super) fn present(self) -> bool {
        self != Self::Delete
    }
}

impl Snapshot {
    /// The state after these changes of one revision.
    #[must_use]
    pub fn apply<'a>(&self, changes: impl IntoIterator<Item = &'a Change>) -> Self {
        let mut next = self.clone();
        let mut dirty = Dirty::default();
        for change in changes {
            next.change(&mut dirty, change);
        }
        next.settle(dirty);
        next
    }

    fn change(&mut self, dirty: &mut Dirty, change: &Change) {
        let (row, step) = match (&change.before, &change.after) {
            (None, Some(row)) => (row, Step::Insert),
            (Some(_), Some(row)) => (row, Step::Update),
            (Some(row), None) => (row, Step::Delete),
            (None, None) => return,
        };
        match row {
            Row::Application(row) => self.change_application(row, step),
            Row::Tenant(row) => self.change_tenant(row, step),
            Row::User(row) => self.change_user(row, step),
            Row::UserTenant(row) => self.change_user_tenant(row, step),
            Row::Client(row) => self.change_client(row, step),
            Row::ExternalIdentity(row) => {
                self.change_external_identity(row, step.present());
                step.count(&mut self.counts.external_identities);
            }
            Row::Group(row) => self.change_group(dirty, &Subject::Group(row.id.clone()), step),
            Row::GroupMember(row) => self.change_group_member(dirty, row, step),
            Row::Privilege(row) => self.change_privilege(dirty, row, step),
            Row::PrivilegeGroup(row) => self.change_privilege_group(dirty, row, step),
            Row::GroupedPrivilege(row) => self.change_grouped_privilege(dirty, row, step),
            Row::Boundary(row) => self.change_boundary(row, step),
            Row::BoundaryTenant(row) => self.change_boundary_tenant(row, step),
            Row::Role(row) => self.change_role(dirty, row, step),
            Row::RoleElement(row) => self.change_role_element(dirty, row, step),
            Row::Assignment(row) => self.change_assignment(dirty, row, step),
            Row::Resource(row) => self.change_resource(dirty, row, step),
            Row::ResourceParent(row) => self.change_resource_parent(dirty, row, step),
            Row::TraversalSpec(row) => self.change_spec(row, step),
            Row::Scope(row) => self.change_scope(row, step),
            Row::Instance(row) => self.change_instance(row, step),
            Row::Selection(row) => self.change_selection(row, step),
            Row::AssignedResource(row) => self.change_assigned_resource(row, step),
            Row::AssignedPrivilege(row) => self.change_assigned_privilege(dirty, row, step),
        }
    }

    fn change_application(&mut self, row: &Application, step: Step) {
        let id = self.intern_application(row.id.as_str());
        let old = self.application_row(id);
        let open = row.catalogue == Catalogue::Open;
        *self.application_rows.get_mut(id) = ApplicationRow { live: step.present(), open, ..old };
        let holder = self.intern_subject(&Subject::Application(row.id.clone()));
        *self.subject_rows.get_mut(holder) =
            SubjectRow { live: step.present(), enabled: true, application: id, ..SubjectRow::default() };
        step.count(&mut self.counts.applications);
    }

    fn change_tenant(&mut self, row: &Tenant, step: Step) {
        let id = self.intern_tenant(&row.id);
        let was_live = self.tenant_row(id).live;
        let live = row.live && step.present();
        let incarnation = if step.present() { row.incarnation } else { 0 };
        let application = self.tenant_row(id).application;
        *self.tenant_rows.get_mut(id) = TenantRow { live, incarnation, application };
        match (was_live, live) {
            (false, true) => self.counts.tenants += 1,
            (true, false) => self.counts.tenants = self.counts.tenants.saturating_sub(1),
            _ => {}
        }
    }

    fn change_user(&mut self, row: &User, step: Step) {
        let id = self.intern_subject(&Subject::User(row.id.clone()));
        let application = row.application.as_ref().map_or(NONE, |id| self.intern_application(id.as_str()));
        *self.subject_rows.get_mut(id) = SubjectRow {
            live: step.present(),
            enabled: row.enabled,
            tenant_level: row.tenant_level,
            application,
            stands_for: NONE,
        };
        step.count(&mut self.counts.users);
    }

    fn change_user_tenant(&mut self, row: &UserTenant, step: Step) {
        let user = self.intern_subject(&Subject::User(row.user.clone()));
        let tenant = self.intern_tenant(&row.tenant);
        if step.present() {
            self.memberships.insert(user, Member { tenant, incarnation: row.incarnation });
        } else {
            self.memberships.remove(user, &tenant);
        }
    }

    fn change_client(&mut self, row: &Client, step: Step) {
        let id = self.intern_subject(&Subject::Client(row.id.clone()));
        let application = self.intern_application(row.application.as_str());
        let stands_for = match &row.tenant {
            None => self.intern_subject(&Subject::Application(row.application.clone())),
            Some(_) => NONE,
        };
        *self.subject_rows.get_mut(id) = SubjectRow {
            live: step.present(),
            enabled: row.enabled,
            tenant_level: row.tenant.is_some(),
            application,
            stands_for,
        };
        let tenants = self.owning_tenant(row, application, step);
        self.memberships.replace(id, tenants);
        step.count(&mut self.counts.clients);
    }

    /// A tenant's client dies with its tenant, so it always means the tenant as it is.
    fn owning_tenant(&mut self, row: &Client, application: u32, step: Step) -> Vec<Member> {
        match &row.tenant {
            Some(tenant) if step.present() => {
                let tenant = self.intern_tenant_in(application, tenant.as_str());
                vec![Member { tenant, incarnation: ANY_INCARNATION }]
            }
            _ => Vec::new(),
        }
    }

    fn change_group(&mut self, dirty: &mut Dirty, group: &Subject, step: Step) {
        let id = self.intern_subject(group);
        let row = self.subject_rows.get_mut(id);
        // A group that is only touched, because its members changed, contains what it did.
        if row.live != step.present() {
            dirty.groups.insert(id);
        }
        *row = SubjectRow { live: step.present(), enabled: true, ..SubjectRow::default() };
        step.count(&mut self.counts.groups);
    }

    fn change_group_member(&mut self, dirty: &mut Dirty, row: &GroupMember, step: Step) {
        if matches!(row.member, Subject::Application(_)) {
            return; // An application is no member: it stands for clients that are.
        }
        let group = self.intern_subject(&Subject::Group(row.group.clone()));
        let member = self.intern_subject(&row.member);
        if step.present() {
            self.direct_groups.insert(member, group);
        } else {
            self.direct_groups.remove(member, &group);
        }
        if matches!(row.member, Subject::Group(_)) {
            if step.present() {
                self.subgroups.insert(group, member);
            } else {
                self.subgroups.remove(group, &member);
            }
            dirty.groups.insert(member);
        }
        step.count(self.member_counts.get_mut(group));
        step.count(&mut self.counts.group_members);
    }

    fn change_privilege(&mut self, dirty: &mut Dirty, row: &Privilege, step: Step) {
        if predefined::is_reserved(row.id.key.as_str()) {
            return; // Ours are not rows: one that is in the database all the same was not put there by us.
        }
        let application = self.intern_application(row.id.application.as_str());
        let id = self.intern_key(dirty, application, row.id.key.as_str());
        *self.privilege_rows.get_mut(id) = PrivilegeRow {
            live: step.present(),
            object_scoped: row.object_scoped,
            tenant_visible: row.tenant_visible,
            document: step.present() && row.document.is_some(),
        };
        let document = row.document.as_ref().filter(|_| step.present());
        self.change_document(dirty, (application, id), document);
        step.count_small(&mut self.application_rows.get_mut(application).keys);
        step.count(&mut self.counts.privileges);
    }

    fn change_privilege_group(&mut self, dirty: &mut Dirty, row: &PrivilegeGroup, step: Step) {
        let id = self.intern_privilege_group(&row.id);
        let new = PrivilegeGroupRow { live: step.present(), tenant_visible: row.tenant_visible };
        if std::mem::replace(self.privilege_group_rows.get_mut(id), new) != new {
            dirty.privilege_groups.insert(id);
        }
        let application = self.intern_application(row.id.application.as_str());
        step.count_small(&mut self.application_rows.get_mut(application).privilege_groups);
        step.count(&mut self.counts.privilege_groups);
    }

    fn change_grouped_privilege(&mut self, dirty: &mut Dirty, row: &GroupedPrivilege, step: Step) {
        let group = self.intern_privilege_group(&row.group);
        let application = self.intern_application(row.group.application.as_str());
        let key = self.intern_key(dirty, application, row.privilege.as_str());
        put(&mut self.grouped_keys, group, key, step);
        dirty.privilege_groups.insert(group);
        step.count(&mut self.counts.grouped_privileges);
    }

    pub(super) fn intern_key(&mut self, dirty: &mut Dirty, application: u32, key: &str) -> u32 {
        let (id, new) = self.intern_privilege(application, key);
        if new {
            dirty.keys.push((application, id));
        }
        id
    }

    fn change_role(&mut self, dirty: &mut Dirty, row: &Role, step: Step) {
        let id = self.intern_role(&row.id);
        let boundary = self.compiled(self.role_row(id).application, &row.boundary);
        let boundary = if step.present() { boundary } else { RoleBoundary::Unset };
        self.note_bounded(id, self.role_row(id).boundary, boundary);
        let role = self.role_rows.get_mut(id);
        // What it gives depends on its elements, and on whether it is there.
        if role.live != step.present() {
            dirty.roles.insert(id);
        }
        role.live = step.present();
        role.boundary = boundary;
        role.visibility = row.visibility;
        let application = role.application;
        step.count_small(&mut self.application_rows.get_mut(application).roles);
        step.count(&mut self.counts.roles);
    }

    fn change_role_element(&mut self, dirty: &mut Dirty, row: &RoleElementRow, step: Step) {
        let role = self.intern_role(&row.role);
        let application = self.role_row(role).application;
        match &row.element {
            RoleElement::Privilege(key) => {
                let key = self.intern_key(dirty, application, key.as_str());
                put(&mut self.role_keys, role, key, step);
                if step.present() {
                    self.naming_roles.insert(key, role);
                } else {
                    self.naming_roles.remove(key, role);
                }
            }
            RoleElement::Pattern(pattern) => {
                put(&mut self.role_patterns, role, Arc::from(pattern.as_str()), step);
                let any = !self.role_patterns.get(role).is_empty();
                put(&mut self.pattern_roles, application, role, if any { Step::Insert } else { Step::Delete });
            }
            RoleElement::Exclusion(text) => put(&mut self.role_exclusions, role, Arc::from(text.as_str()), step),
            RoleElement::Parent { .. } => self.change_parent(role, row, step),
            RoleElement::VisibleTenant(tenant) => {
                let tenant = self.intern_tenant_in(application, tenant.as_str());
                put(&mut self.visible_tenants, role, Member { tenant, incarnation: row.incarnation }, step);
            }
            RoleElement::PrivilegeGroup { .. } => self.change_role_group(role, row, step),
        }
        dirty.roles.insert(role);
        step.count(&mut self.counts.role_elements);
    }

    /// A role refers to its application's roles, or to its own tenant's; any other parent gives nothing.
    fn change_parent(&mut self, role: u32, row: &RoleElementRow, step: Step) {
        let Some(parent) = row.element.parent_of(&row.role) else { return };
        if parent.tenant.is_some() && parent.tenant != row.role.tenant {
            return;
        }
        let parent = self.intern_role(&parent);
        put(&mut self.role_parents, role, parent, step);
        put(&mut self.role_children, parent, role, step);
    }

    /// The same rule: any other privilege group gives nothing.
    fn change_role_group(&mut self, role: u32, row: &RoleElementRow, step: Step) {
        let Some(group) = row.element.group_of(&row.role) else { return };
        if group.tenant.is_some() && group.tenant != row.role.tenant {
            return;
        }
        let group = self.intern_privilege_group(&group);
        put(&mut self.role_groups, role, group, step);
        put(&mut self.grouping_roles, group, role, step);
    }
}

fn put<T, const FEW: usize>(lists: &mut super::lists::Lists<T, FEW>, id: u32, item: T, step: Step)
where
    T: Keyed + Clone + Default + PartialEq,
{
    if step.present() {
        lists.insert(id, item);
    } else {
        lists.remove(id, &item.key());
    }
}
