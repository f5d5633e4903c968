//! One revision of the state, compiled. A clone shares everything and costs a few dozen reference counts.

use std::sync::Arc;

use super::boundaries::BoundaryRow;
use super::counts::Counts;
use super::documents::{DocumentRow, Right};
use super::families::Families;
use super::grants::Grants;
use super::lists::Lists;
use super::membership::Closures;
use super::names::Names;
use super::paged::Paged;
use super::pairs::Pairs;
use super::rows::KeptResource;
pub(super) use super::rows::{
    ApplicationRow, Grant, Member, PrivilegeGroupRow, PrivilegeRow, ResourceRow, RoleRow, SubjectRow, TenantRow,
};
use super::selectors::{InstanceRow, SpecRow};
use super::set::IdSet;
use crate::domain::name::SubjectRef;
use crate::domain::predefined;

/// The tenant as it is now: of what dies with its tenant.
pub(super) const ANY_INCARNATION: u32 = u32::MAX;
/// No such id.
pub(super) const NONE: u32 = u32::MAX;
/// The scope of the names that live in nothing: applications, and the predefined privileges.
pub(super) const TOP: u32 = u32::MAX;
/// Set in the scope of a role's or a privilege group's name when a tenant owns it: the rest is the tenant's id.
pub(super) const TENANT_SCOPE: u32 = 1 << 31;
/// Set in the scope of a role's name when it stands for a privilege: the rest is the application's id.
pub(super) const PRIVILEGE_SCOPE: u32 = 1 << 30;
/// Set in the scope of a right's text: the rest is the document's id.
pub(super) const RIGHT_SCOPE: u32 = 1 << 31;

/// The state of one revision.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Seeds the hashes of what comes from outside.
    pub(super) seed: u64,
    pub(super) applications: Names,
    pub(super) application_rows: Paged<ApplicationRow>,
    /// Interned privileges of an application, registered or only named; ordered.
    pub(super) catalogue: Lists<u32>,
    /// Roles of an application that have patterns.
    pub(super) pattern_roles: Lists<u32>,

    pub(super) tenants: Names,
    pub(super) tenant_rows: Paged<TenantRow>,

    pub(super) subjects: Names,
    pub(super) subject_rows: Paged<SubjectRow>,
    /// Tenants of a subject, tombstones included.
    pub(super) memberships: Lists<Member, 2>,
    /// Groups that have the subject as a direct member.
    pub(super) direct_groups: Lists<u32, 5>,
    /// Groups that are direct members of a group.
    pub(super) subgroups: Lists<u32>,
    pub(super) closures: Closures,
    pub(super) member_counts: Paged<u64>,
    /// The assignments of a holder.
    pub(super) grants: Grants,

    /// Who issues credentials.
    pub(super) issuers: Names,
    /// Whom an issuer means.
    pub(super) identities: Names,
    /// The user or client that has an identity.
    pub(super) bearers: Paged<Option<u32>>,
    /// The identities of a user or client.
    pub(super) identities_of: Lists<u32>,

    pub(super) privileges: Names,
    pub(super) privilege_rows: Paged<PrivilegeRow>,
    /// Roles that give a privilege, or a right of a document.
    pub(super) givers: Paged<IdSet>,
    /// Roles with a privilege as an element of their own.
    pub(super) naming_roles: Pairs,

    /// What the documents among the privileges say.
    pub(super) documents: Paged<Option<Arc<DocumentRow>>>,
    /// Documents of an application that are about every action.
    pub(super) unbounded_documents: Lists<u32>,
    /// The rights of a document.
    pub(super) document_rights: Lists<u32>,
    /// What each right is, at its id among the privileges.
    pub(super) rights: Paged<Option<Arc<Right>>>,
    /// The rights to an action.
    pub(super) rights_of: Lists<u32>,
    /// The rights over the holders of a role.
    pub(super) aims: Lists<u32>,
    /// The users to whom the privilege is assigned that a role stands for.
    pub(super) assigned_users: Pairs,

    pub(super) privilege_groups: Names,
    pub(super) privilege_group_rows: Paged<PrivilegeGroupRow>,
    /// The keys in a privilege group.
    pub(super) grouped_keys: Lists<u32>,
    /// Roles that refer to a privilege group.
    pub(super) grouping_roles: Lists<u32>,
    /// Boundaries of an application each.
    pub(super) boundaries: Names,
    pub(super) boundary_rows: Paged<BoundaryRow>,
    /// The tenants in a boundary's list, tombstones included.
    pub(super) boundary_tenants: Lists<Member>,
    /// Roles that refer to a boundary.
    pub(super) bounded_roles: Lists<u32>,
    /// Kinds of foreign resources, of an application each.
    pub(super) resource_kinds: Names,
    /// Foreign resources, of a kind each.
    pub(super) resources: Names,
    pub(super) resource_rows: Paged<KeptResource>,
    /// What is above and below each resource.
    pub(super) families: Families,

    /// Traversal specs of an application each.
    pub(super) specs: Names,
    pub(super) spec_rows: Paged<Option<Arc<SpecRow>>>,
    /// Whether a spec is there, be it within its limits or not.
    pub(super) specs_there: Paged<bool>,
    /// Selectors with an instance that refers to a spec.
    pub(super) spec_users: Pairs,
    /// Scopes, and assignments that do not reach every resource.
    pub(super) selectors: Names,
    /// Whether a selector is a scope that is there.
    pub(super) scopes: Paged<bool>,
    pub(super) instances: Lists<InstanceRow>,
    /// Resources that an assignment names one by one.
    pub(super) assigned: Pairs,
    /// Holders with an assignment that a selector is of, or that refers to it.
    pub(super) selector_holders: Pairs,

    pub(super) roles: Names,
    pub(super) role_rows: Paged<RoleRow>,
    pub(super) role_keys: Lists<u32>,
    pub(super) role_patterns: Lists<Arc<str>>,
    pub(super) role_exclusions: Lists<Arc<str>>,
    pub(super) role_parents: Lists<u32>,
    pub(super) role_children: Lists<u32>,
    /// Privilege groups of a role.
    pub(super) role_groups: Lists<u32>,
    pub(super) visible_tenants: Lists<Member>,
    /// Privileges that a role gives, and the rights of the documents among them.
    pub(super) given: Paged<IdSet>,
    /// Privileges that a role passes on to the tenants' roles that inherit from it, where that is less than it gives:
    /// what comes from a privilege group that no tenant's role gives stays behind.
    pub(super) passed: Paged<Option<IdSet>>,

    /// Direct assignments of the predefined administrator to users and clients.
    pub(super) administrators: Arc<Vec<u32>>,
    pub(super) counts: Counts,
}

impl Snapshot {
    /// The state without a row. `seed` seeds the hashes of names, so that nobody outside can choose names
    /// that collide.
    pub fn empty(seed: u64) -> Self {
        let mut snapshot = Self {
            seed,
            applications: Names::new(seed),
            application_rows: Paged::default(),
            catalogue: Lists::default(),
            pattern_roles: Lists::default(),
            tenants: Names::new(seed),
            tenant_rows: Paged::default(),
            subjects: Names::new(seed),
            subject_rows: Paged::default(),
            memberships: Lists::default(),
            direct_groups: Lists::default(),
            subgroups: Lists::default(),
            closures: Closures::default(),
            member_counts: Paged::default(),
            grants: Grants::default(),
            issuers: Names::new(seed),
            identities: Names::new(seed),
            bearers: Paged::default(),
            identities_of: Lists::default(),
            privileges: Names::new(seed),
            privilege_rows: Paged::default(),
            givers: Paged::default(),
            naming_roles: Pairs::default(),
            documents: Paged::default(),
            unbounded_documents: Lists::default(),
            document_rights: Lists::default(),
            rights: Paged::default(),
            rights_of: Lists::default(),
            aims: Lists::default(),
            assigned_users: Pairs::default(),
            privilege_groups: Names::new(seed),
            privilege_group_rows: Paged::default(),
            grouped_keys: Lists::default(),
            grouping_roles: Lists::default(),
            boundaries: Names::new(seed),
            boundary_rows: Paged::default(),
            boundary_tenants: Lists::default(),
            bounded_roles: Lists::default(),
            resource_kinds: Names::new(seed),
            resources: Names::new(seed),
            resource_rows: Paged::default(),
            families: Families::default(),
            specs: Names::new(seed),
            spec_rows: Paged::default(),
            specs_there: Paged::default(),
            spec_users: Pairs::default(),
            selectors: Names::new(seed),
            scopes: Paged::default(),
            instances: Lists::default(),
            assigned: Pairs::default(),
            selector_holders: Pairs::default(),
            roles: Names::new(seed),
            role_rows: Paged::default(),
            role_keys: Lists::default(),
            role_patterns: Lists::default(),
            role_exclusions: Lists::default(),
            role_parents: Lists::default(),
            role_children: Lists::default(),
            role_groups: Lists::default(),
            visible_tenants: Lists::default(),
            given: Paged::default(),
            passed: Paged::default(),
            administrators: Arc::default(),
            counts: Counts::default(),
        };
        snapshot.intern_predefined();
        snapshot
    }

    /// Predefined privileges have the lowest ids, in the order of their table.
    fn intern_predefined(&mut self) {
        self.applications.intern(TOP, predefined::APPLICATION);
        for privilege in predefined::PRIVILEGES {
            let id = self.privileges.intern(TOP, privilege.key);
            let row = PrivilegeRow { live: true, object_scoped: true, tenant_visible: true, document: false };
            *self.privilege_rows.get_mut(id) = row;
        }
    }

    /// How much of everything there is.
    pub fn counts(&self) -> Counts {
        let beyond = self.counts.rows_beyond_limits + self.families.beyond() as u64;
        Counts { rows_beyond_limits: beyond, ..self.counts }
    }

    /// The id of the application that the product is.
    pub(super) const OURS: u32 = 0;

    pub(super) fn application_row(&self, id: u32) -> ApplicationRow {
        self.application_rows.get(id).copied().unwrap_or_default()
    }

    pub(super) fn tenant_row(&self, id: u32) -> TenantRow {
        self.tenant_rows.get(id).copied().unwrap_or_default()
    }

    pub(super) fn subject_row(&self, id: u32) -> SubjectRow {
        self.subject_rows.get(id).copied().unwrap_or_default()
    }

    pub(super) fn privilege_row(&self, id: u32) -> PrivilegeRow {
        self.privilege_rows.get(id).copied().unwrap_or_default()
    }

    pub(super) fn privilege_group_row(&self, id: u32) -> PrivilegeGroupRow {
        self.privilege_group_rows.get(id).copied().unwrap_or_default()
    }

    pub(super) fn resource_row(&self, id: u32) -> ResourceRow {
        self.resource_rows.get(id).copied().unwrap_or_default().row()
    }

    pub(super) fn role_row(&self, id: u32) -> RoleRow {
        self.role_rows.get(id).copied().unwrap_or_default()
    }

    /// Whether a tenant exists: a row whose application is missing is itself missing.
    pub(super) fn tenant_lives(&self, tenant: u32) -> bool {
        self.tenant_row_lives(self.tenant_row(tenant))
    }

    fn tenant_row_lives(&self, row: TenantRow) -> bool {
        row.live && self.application_row(row.application).live
    }

    /// Whether a membership or a list entry still means a tenant that exists.
    pub(super) fn is_live(&self, member: Member) -> bool {
        self.means_row(member, self.tenant_row(member.tenant))
    }

    fn means_row(&self, member: Member, row: TenantRow) -> bool {
        (member.incarnation == row.incarnation || member.incarnation == ANY_INCARNATION) && self.tenant_row_lives(row)
    }

    /// Whether a subject exists: a row whose application is missing is itself missing.
    pub(super) fn subject_lives(&self, subject: u32) -> bool {
        self.subject_row_lives(self.subject_row(subject))
    }

    pub(super) fn subject_row_lives(&self, row: SubjectRow) -> bool {
        row.live && (row.application == NONE || self.application_row(row.application).live)
    }

    /// Whether the subject ever had a tenant.
    pub(super) fn is_tenant_level(&self, subject: u32) -> bool {
        self.subject_row(subject).tenant_level || !self.memberships.get(subject).is_empty()
    }

    /// Whether a membership of the subject counts: the tenant exists, and is one of the subject's application, if
    /// it has one.
    fn membership_counts(&self, subject: u32, member: Member) -> bool {
        let (subject, tenant) = (self.subject_row(subject), self.tenant_row(member.tenant));
        let own = subject.application == NONE || subject.application == tenant.application;
        own && subject.live && self.means_row(member, tenant)
    }

    /// The live tenants of a subject.
    pub(super) fn live_tenants(&self, subject: u32) -> impl Iterator<Item = u32> {
        let counted =
            self.memberships.get(subject).iter().filter(move |member| self.membership_counts(subject, **member));
        counted.map(|member| member.tenant)
    }

    /// Whether the subject is a member of this tenant as it is now.
    pub(super) fn has_tenant(&self, subject: u32, tenant: u32) -> bool {
        self.memberships.find(subject, &tenant).is_some_and(|member| self.membership_counts(subject, *member))
    }
}

/// The scope of a subject's name.
pub(super) fn subject_scope(subject: SubjectRef<'_>) -> u32 {
    match subject {
        SubjectRef::User(_) => SCOPE_USERS,
        SubjectRef::Client(_) => SCOPE_CLIENTS,
        SubjectRef::Group(_) => SCOPE_GROUPS,
        SubjectRef::Application(_) => SCOPE_APPLICATIONS,
    }
}

pub(super) const SCOPE_USERS: u32 = 0;
pub(super) const SCOPE_CLIENTS: u32 = 1;
pub(super) const SCOPE_GROUPS: u32 = 2;
pub(super) const SCOPE_APPLICATIONS: u32 = 3;
