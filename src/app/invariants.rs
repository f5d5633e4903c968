//! What must hold after every write, whoever wrote: no cycle, no set beyond its limit, an administrator left.
//!
//! Checked in one place over what a call has changed, on the state after it, so that no operation can forget it.

mod resources;

use std::collections::BTreeSet;

use super::draft::Draft;
use super::error::{Error, Result};
use crate::domain::limit;
use crate::domain::name::{BoundaryId, PrivilegeGroupId, RoleId, Subject};
use crate::domain::predefined;
use crate::domain::role::RoleElement;
use crate::domain::row::{Key, Row};
use crate::domain::time::Time;
use crate::domain::violation::Violations;
use crate::engine::{Obstacle, Snapshot};

/// Refuses a draft whose outcome would break an invariant or a limit.
pub fn check(draft: &mut Draft<'_>) -> Result<()> {
    let touched = Touched::by(draft);
    let after = draft.snapshot();
    let mut violations = Violations::default();
    for (role, parent) in &touched.parents {
        obstacle(after.parent_obstacle(role, parent), role, "role.parents", limit::ROLE_DEPTH_MAX, &mut violations)?;
    }
    for (group, member) in &touched.members {
        let obstacle_of = after.member_obstacle(group, member);
        obstacle(obstacle_of, group, "members", limit::GROUP_DEPTH_MAX, &mut violations)?;
    }
    for role in &touched.roles {
        check_role(after, role, &mut violations);
    }
    for application in &touched.applications {
        let (keys, roles) = after.sizes(application);
        at_most(keys, limit::APPLICATION_KEYS_MAX, "privileges of the application", &mut violations);
        at_most(roles, limit::APPLICATION_ROLES_MAX, "roles of the application", &mut violations);
        let boundaries = after.boundary_count(application);
        let most = limit::APPLICATION_BOUNDARIES_MAX;
        at_most(boundaries, most, "permission boundaries of the application", &mut violations);
        let groups = after.privilege_group_count(application);
        let most = limit::APPLICATION_PRIVILEGE_GROUPS_MAX;
        at_most(groups, most, "privilege groups of the application", &mut violations);
        let (scopes, specs) = after.scope_sizes(application);
        at_most(scopes, limit::APPLICATION_SCOPES_MAX, "scopes of the application", &mut violations);
        at_most(specs, limit::APPLICATION_SPECS_MAX, "traversal specs of the application", &mut violations);
    }
    for group in &touched.privilege_groups {
        let set = format!("privileges of {group}");
        at_most(after.group_size(group), limit::PRIVILEGE_GROUP_PRIVILEGES_MAX, &set, &mut violations);
    }
    for boundary in &touched.boundaries {
        let set = format!("tenants of {boundary}");
        at_most(after.boundary_size(boundary), limit::BOUNDARY_TENANTS_MAX, &set, &mut violations);
    }
    for (group, member) in touched.memberships() {
        let members = usize::try_from(after.members(group)).unwrap_or(usize::MAX);
        let members_max = usize::try_from(limit::GROUP_MEMBERS_MAX).unwrap_or(usize::MAX);
        at_most(members, members_max, &format!("members of {group}"), &mut violations);
        at_most(after.groups_of(member), limit::SUBJECT_GROUPS_MAX, &format!("groups of {member}"), &mut violations);
    }
    resources::check(&touched.resources, after, &mut violations)?;
    Error::check(violations)
}

/// Refuses a state in which nobody could administer everything any more.
pub fn check_administrator(after: &Snapshot, now: Time) -> Result<()> {
    if after.has_administrator(now) {
        return Ok(());
    }
    Err(Error::precondition(
        "LAST_ADMINISTRATOR",
        predefined::administrator().to_string(),
        "at least one enabled user or client must hold the administrator role directly and without an end",
    ))
}

fn check_role(after: &Snapshot, role: &RoleId, violations: &mut Violations) {
    let sizes = after.role_sizes(role);
    for (size, max, set) in [
        (sizes.privileges, limit::ROLE_PRIVILEGES_MAX, "privileges"),
        (sizes.patterns, limit::ROLE_PATTERNS_MAX, "privilege patterns"),
        (sizes.exclusions, limit::ROLE_EXCLUSIONS_MAX, "excluded privileges"),
        (sizes.parents, limit::ROLE_PARENTS_MAX, "parents"),
        (sizes.privilege_groups, limit::ROLE_PRIVILEGE_GROUPS_MAX, "privilege groups"),
    ] {
        at_most(size, max, &format!("{set} of {role}"), violations);
    }
}

fn at_most(size: usize, max: usize, what: &str, violations: &mut Violations) {
    if size > max {
        violations.add(what, format!("must be at most {max}, and would be {size}"));
    }
}

fn obstacle(
    found: Option<Obstacle>,
    thing: &impl ToString,
    field: &str,
    depth_max: usize,
    violations: &mut Violations,
) -> Result<()> {
    match found {
        None => Ok(()),
        Some(Obstacle::Cycle(names)) => {
            let way = names.join(" → ");
            Err(Error::precondition("CYCLE", thing.to_string(), format!("this would close the cycle {way}")))
        }
        Some(Obstacle::TooDeep) => {
            violations.add(field, format!("{} would be nested deeper than {depth_max}", thing.to_string()));
            Ok(())
        }
        Some(Obstacle::TooManyAncestors(name)) => {
            let most = limit::RESOURCE_ANCESTORS_MAX;
            violations.add(field, format!("{name} would have more than {most} ancestors"));
            Ok(())
        }
    }
}

/// What a call has changed, as far as a limit depends on it.
#[derive(Default)]
struct Touched {
    roles: BTreeSet<RoleId>,
    privilege_groups: BTreeSet<PrivilegeGroupId>,
    boundaries: BTreeSet<BoundaryId>,
    applications: BTreeSet<String>,
    parents: Vec<(RoleId, RoleId)>,
    members: Vec<(Subject, Subject)>,
    resources: resources::Touched,
}

impl Touched {
    fn by(draft: &Draft<'_>) -> Self {
        let mut touched = Self::default();
        for row in draft.changes().filter_map(|change| change.after) {
            touched.note(row);
        }
        touched
    }

    fn note(&mut self, row: Row) {
        let key = row.key();
        match row {
            Row::Role(role) => {
                self.applications.insert(role.id.application.to_string());
            }
            Row::Privilege(privilege) => {
                self.applications.insert(privilege.id.application.to_string());
            }
            Row::PrivilegeGroup(group) => {
                self.applications.insert(group.id.application.to_string());
            }
            Row::Boundary(boundary) => {
                self.applications.insert(boundary.id.application.to_string());
            }
            Row::BoundaryTenant(row) => {
                self.boundaries.insert(row.boundary);
            }
            Row::GroupedPrivilege(row) => {
                self.privilege_groups.insert(row.group);
            }
            Row::Scope(scope) => {
                self.applications.insert(scope.id.application.to_string());
            }
            Row::TraversalSpec(spec) => {
                self.applications.insert(spec.id.application.to_string());
            }
            Row::ResourceParent(row) => {
                self.resources.children.insert(row.child);
            }
            Row::Instance(row) => {
                self.resources.selectors.insert(row.id.selector);
            }
            Row::Selection(row) => {
                self.resources.selectors.insert(row.instance.selector);
            }
            Row::GroupMember(row) => self.members.push((Subject::Group(row.group), row.member)),
            _ => {}
        }
        if let Key::RoleElement(role, element) = key {
            if let RoleElement::Parent { .. } = element
                && let Some(parent) = element.parent_of(&role)
            {
                self.parents.push((role.clone(), parent));
            }
            self.roles.insert(role);
        }
    }

    fn memberships(&self) -> impl Iterator<Item = (&Subject, &Subject)> {
        self.members.iter().map(|(group, member)| (group, member))
    }
}
