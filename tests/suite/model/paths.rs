//! The ways from a subject to a privilege: holders, assignments, roles, and what the roles give.

use std::borrow::Cow;
use std::collections::BTreeSet;

use bailiwick::domain::assignment::Assignment;
use bailiwick::domain::boundary::{Boundary, BoundaryKind};
use bailiwick::domain::id::{Id, PrivilegeKey};
use bailiwick::domain::limit::{GROUP_DEPTH_MAX, ROLE_DEPTH_MAX};
use bailiwick::domain::name::{RoleId, Subject, TenantId};
use bailiwick::domain::policy::StatementScope;
use bailiwick::domain::predefined;
use bailiwick::domain::privilege_group::PrivilegeGroup;
use bailiwick::domain::role::{Role, RoleElement, Visibility};
use bailiwick::domain::row::{Key, Row};
use bailiwick::domain::time::Time;

use super::objects::{Resources, reaches_all_objects};
use super::statements::contains;
use super::things::Privilege;
use super::{Model, Tenants};

/// One way from a subject to a privilege, at whatever time.
#[derive(Clone)]
pub(crate) struct Path<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) assignment: Cow<'a, Assignment>,
    pub(crate) role: Cow<'a, Role>,
    /// The boundary as it is for this subject.
    pub(crate) boundary: BoundaryKind,
    /// Whether the subject may hold the role.
    pub(crate) may_hold: bool,
    /// T: the live tenants of the subject in which the role is visible, cut to the assignment's tenant and to the
    /// role's owning tenant where there is one.
    pub(crate) tenants: Tenants,
    /// The resources of the assignment; `None` is every one, registered or not.
    pub(crate) resources: Option<Resources>,
    /// The scopes of the statement that gives the privilege; `None` when the privilege itself is given.
    pub(crate) scopes: Option<&'a [StatementScope]>,
}

impl Path<'_> {
    /// From its start, until just before its end.
    pub(crate) fn valid_at(&self, now: Time) -> bool {
        contains((self.assignment.start, self.assignment.expire), now)
    }

    /// The tenants that it is cut to: the role's owner, the assignment's.
    pub(crate) fn cuts(&self) -> Tenants {
        self.role.id.owner_tenant().into_iter().chain(self.assignment.id.tenant_id()).collect()
    }
}

impl Model {
    /// Every path from the subject to the privilege. A document gives what it says, and never its own key.
    pub(crate) fn paths<'a>(&'a self, application: &str, subject: &'a Subject, key: &str) -> Vec<Path<'a>> {
        let Some(privilege) = self.privilege(application, key).filter(|found| !found.is_document) else {
            return Vec::new();
        };
        let holders = self.holders(subject);
        let rights = self.rights(key);
        let mut paths = Vec::new();
        for row in self.rows.values() {
            let Row::Assignment(assignment) = row else { continue };
            let Some(role) = self.role(&assignment.id.role) else { continue };
            for right in rights.iter().filter(|right| right.roles.contains(&role.id)) {
                if holders.contains(&assignment.id.holder) {
                    let given = (Cow::Borrowed(assignment), Cow::Borrowed(role));
                    paths.extend(self.path((application, subject, key), &privilege, given, right.scopes));
                }
            }
        }
        for assigned in self.assigned(subject, key) {
            let given = (Cow::Owned(assigned.assignment), Cow::Owned(assigned.role));
            paths.extend(self.path((application, subject, key), &privilege, given, assigned.scopes));
        }
        paths
    }

    /// The path of an assignment of a role that gives the privilege, if it is one here.
    fn path<'a>(
        &'a self,
        (application, subject, key): (&str, &'a Subject, &str),
        privilege: &Privilege,
        (assignment, role): (Cow<'a, Assignment>, Cow<'a, Role>),
        scopes: Option<&'a [StatementScope]>,
    ) -> Option<Path<'a>> {
        let boundary = self.resolve(&role, subject);
        let here = role.id.application.as_str() == application || is_ours(&role, key);
        let shown = role.id.tenant.is_none() || privilege.tenant_visible;
        let accepted = privilege.accepts.is_none_or(|kinds| kinds.contains(&boundary));
        let may_hold = self.may_hold(subject, &role);
        let tenants = self.tenants_of_path(subject, &role, &assignment);
        let some = !reaches_all_objects(&assignment);
        let resources = some.then(|| self.held_by_assignment(&assignment));
        (here && shown && accepted).then_some(Path {
            subject,
            assignment,
            role,
            boundary,
            may_hold,
            tenants,
            resources,
            scopes,
        })
    }

    /// The subject, every group that contains it, and, if it is a client that an application owns itself, that
    /// application.
    pub(crate) fn holders(&self, subject: &Subject) -> BTreeSet<Subject> {
        let mut holders: BTreeSet<Subject> = self.groups_of(subject).into_iter().map(Subject::Group).collect();
        if let Subject::Client(id) = subject
            && let Some(client) = self.client(id)
            && client.tenant.is_none()
        {
            holders.insert(Subject::Application(client.application.clone()));
        }
        holders.insert(subject.clone());
        holders
    }

    /// The groups that contain the subject, directly or through at most so many groups as a chain may have.
    /// Members are users, clients and groups; a row that names anything else is malformed.
    pub(crate) fn groups_of(&self, subject: &Subject) -> BTreeSet<Id> {
        let mut found = BTreeSet::new();
        let mut members = BTreeSet::from([subject.clone()]);
        for _ in 0..GROUP_DEPTH_MAX {
            let mut next = BTreeSet::new();
            for row in self.rows.values() {
                if let Row::GroupMember(row) = row
                    && members.contains(&row.member)
                    && !matches!(row.member, Subject::Application(_))
                    && self.has_group(&row.group)
                    && found.insert(row.group.clone())
                {
                    next.insert(Subject::Group(row.group.clone()));
                }
            }
            members = next;
        }
        found
    }

    /// The roles that give an action by a key, its own or that of a document: (keys ∪ patterns ∪ groups ∪ what its parents
    /// give) − exclusions, with ancestors at most so many steps away as roles may be deep. What comes from a group that is
    /// hidden from tenants comes to no tenant's role, by whatever way.
    pub(crate) fn givers(&self, key: &str, action: &str) -> BTreeSet<RoleId> {
        let is_tenants = |role: &RoleId| role.tenant.is_some();
        let own = self.givers_by(key, action, |_| true);
        let of_tenants = self.givers_by(key, action, |group| group.tenant_visible);
        let own = own.into_iter().filter(|role| !is_tenants(role));
        own.chain(of_tenants.into_iter().filter(is_tenants)).collect()
    }

    /// The roles that do when only some privilege groups count.
    fn givers_by(&self, key: &str, action: &str, counts: impl Fn(&PrivilegeGroup) -> bool) -> BTreeSet<RoleId> {
        let takes = |pattern: &str| matches(pattern, key) || matches(pattern, action);
        let mut naming = BTreeSet::new();
        let mut excluding = BTreeSet::new();
        let mut parents = Vec::new();
        for row in self.rows.values() {
            let Row::RoleElement(row) = row else { continue };
            match &row.element {
                RoleElement::Privilege(named) if named.as_str() == key => _ = naming.insert(&row.role),
                RoleElement::Pattern(pattern) if matches(pattern.as_str(), key) => _ = naming.insert(&row.role),
                RoleElement::Exclusion(pattern) if takes(pattern.as_str()) => _ = excluding.insert(&row.role),
                element if self.is_group_with(&row.role, element, key, &counts) => _ = naming.insert(&row.role),
                element => parents.extend(legal_parent(&row.role, element).map(|parent| (&row.role, parent))),
            }
        }
        let mut giving: BTreeSet<RoleId> = BTreeSet::new();
        for _steps in 0..=ROLE_DEPTH_MAX {
            let inheriting = parents.iter().filter(|(_, parent)| giving.contains(parent)).map(|(child, _)| *child);
            let all: BTreeSet<&RoleId> = naming.iter().copied().chain(inheriting).collect();
            giving = all.difference(&excluding).filter(|role| self.role(role).is_some()).copied().cloned().collect();
        }
        giving
    }

    /// Whether the element is a privilege group that a role may refer to, that counts and that the key is in.
    fn is_group_with(
        &self,
        role: &RoleId,
        element: &RoleElement,
        key: &str,
        counts: impl Fn(&PrivilegeGroup) -> bool,
    ) -> bool {
        let Some(group) = element.group_of(role) else { return false };
        let legal = group.tenant.is_none() || group.tenant == role.tenant;
        let there = matches!(self.rows.get(&Key::PrivilegeGroup(group.clone())),
            Some(Row::PrivilegeGroup(found)) if counts(found));
        let privilege = PrivilegeKey::parse(key);
        legal && there && privilege.is_ok_and(|key| self.rows.contains_key(&Key::GroupedPrivilege(group, key)))
    }

    /// Whether the subject may hold the role now: application and visibility.
    pub(crate) fn may_hold(&self, subject: &Subject, role: &Role) -> bool {
        if self.application_of_user(subject).is_some_and(|of| of != role.id.application.as_str()) {
            return false;
        }
        let tenants = self.tenants(subject);
        match (role.id.owner_tenant(), role.visibility) {
            (Some(owner), _) => tenants.contains(&owner),
            (None, Visibility::All) => true,
            (None, Visibility::InclusionList) => tenants.iter().any(|tenant| self.is_listed(&role.id, tenant)),
            (None, Visibility::None) => !self.is_tenant_level(subject),
            (None, Visibility::Owner) => false, // No tenant owns it, so nobody has the owning one.
        }
    }

    fn tenants_of_path(&self, subject: &Subject, role: &Role, assignment: &Assignment) -> Tenants {
        let visible = |tenant: &TenantId| match (role.id.owner_tenant(), role.visibility) {
            (Some(owner), _) => *tenant == owner,
            (None, Visibility::All) => true,
            (None, Visibility::InclusionList) => self.is_listed(&role.id, tenant),
            (None, Visibility::None | Visibility::Owner) => false,
        };
        let cut = |tenant: &TenantId| assignment.id.tenant_id().is_none_or(|only| *tenant == only);
        self.tenants(subject).into_iter().filter(|tenant| visible(tenant) && cut(tenant)).collect()
    }

    /// At least one enabled user or client holds the predefined administrator, which reaches everything, directly and
    /// without expiry.
    pub(crate) fn has_administrator(&self, now: Time) -> bool {
        let Some(role) = self.role(&predefined::administrator()) else { return false };
        self.rows.values().any(|row| match row {
            Row::Assignment(assignment) => {
                let holder = &assignment.id.holder;
                (assignment.id.role == role.id && role.boundary == Boundary::Application)
                    && matches!(holder, Subject::User(_) | Subject::Client(_))
                    && (self.can_ask(holder) && self.is_enabled(holder) && self.may_hold(holder, role))
                    && (assignment.id.tenant.is_none() && assignment.expire.is_none())
                    && reaches_all_objects(assignment)
                    && assignment.start.is_none_or(|start| start <= now)
            }
            _ => false,
        })
    }
}

/// Roles of the application that the product is give its own keys in every application.
fn is_ours(role: &Role, key: &str) -> bool {
    role.id.application.as_str() == "bailiwick" && key.starts_with("bailiwick:")
}

/// What an application's role refers to is the application's; what a tenant's role refers to is that tenant's or
/// the application's.
fn legal_parent(role: &RoleId, element: &RoleElement) -> Option<RoleId> {
    let parent = element.parent_of(role)?;
    (parent.tenant.is_none() || parent.tenant == role.tenant).then_some(parent)
}

/// `*` stands for any run of characters; a key of our own needs a pattern that itself begins with `bailiwick:`.
fn matches(pattern: &str, key: &str) -> bool {
    let ours = key.starts_with("bailiwick:");
    let pattern: Vec<char> = pattern.chars().collect();
    let named = pattern.starts_with(&"bailiwick:".chars().collect::<Vec<_>>());
    (named || !ours) && runs(&pattern, &key.chars().collect::<Vec<_>>())
}

fn runs(pattern: &[char], key: &[char]) -> bool {
    match pattern {
        [] => key.is_empty(),
        ['*', rest @ ..] => (0..=key.len()).any(|taken| runs(rest, key.split_at(taken).1)),
        [first, rest @ ..] => matches!(key, [found, more @ ..] if found == first && runs(rest, more)),
    }
}
