//! Selections, held against the plainest reading of what each says.

use std::collections::HashSet;

use bailiwick::app::port::{Select, Store};
use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::name::BoundaryId;
use bailiwick::domain::role::RoleElement;
use bailiwick::domain::row::Row;

use super::fresh::{Fresh, by_key};
use super::{objects, rows};

/// Whether a row belongs to a selection.
fn belongs(row: &Row, select: &Select) -> bool {
    match (select, row) {
        (Select::TenantsOfUser(user), Row::UserTenant(row)) => row.user == *user,
        (Select::TenantsOfBoundary(boundary), Row::BoundaryTenant(row)) => row.boundary == *boundary,
        (Select::RolesOfBoundary(boundary), Row::Role(row)) => {
            row.id.application == boundary.application && row.boundary == Boundary::Named(boundary.boundary.clone())
        }
        (Select::BoundariesOfApplication(id), Row::Boundary(row)) => row.id.application == *id,
        (Select::BoundaryTenantsOfApplication(id), Row::BoundaryTenant(row)) => row.boundary.application == *id,
        (Select::IdentitiesOf(bearer), Row::ExternalIdentity(row)) => row.bearer == *bearer,
        (Select::Memberships(member), Row::GroupMember(row)) => row.member == *member,
        (Select::ElementsOfRole(role), Row::RoleElement(row)) => row.role == *role,
        (Select::ChildrenOfRole(role), Row::RoleElement(row)) => {
            row.element.parent_of(&row.role).as_ref() == Some(role)
        }
        (Select::RolesNaming(id), Row::RoleElement(row)) => {
            row.role.application == id.application && row.element == RoleElement::Privilege(id.key.clone())
        }
        (Select::GroupsNaming(id), Row::GroupedPrivilege(row)) => {
            row.group.application == id.application && row.privilege == id.key
        }
        (Select::RolesOfGroup(group), Row::RoleElement(row)) => row.element.group_of(&row.role).as_ref() == Some(group),
        (Select::PrivilegesOfGroup(group), Row::GroupedPrivilege(row)) => row.group == *group,
        (Select::PrivilegeGroupsOfTenant(tenant), Row::PrivilegeGroup(row)) => {
            row.id.owner_tenant().as_ref() == Some(tenant)
        }
        (Select::PrivilegeGroupsOfApplication(id), Row::PrivilegeGroup(row)) => row.id.application == *id,
        (Select::GroupedPrivilegesOfApplication(id), Row::GroupedPrivilege(row)) => row.group.application == *id,
        (Select::AssignmentsOfHolder(holder), Row::Assignment(row)) => row.id.holder == *holder,
        (Select::AssignmentsOfRole(role), Row::Assignment(row)) => row.id.role == *role,
        (Select::AssignmentsInTenant(tenant), Row::Assignment(row)) => row.id.tenant_id().as_ref() == Some(tenant),
        (Select::RolesOfTenant(tenant), Row::Role(row)) => row.id.owner_tenant().as_ref() == Some(tenant),
        (Select::ClientsOfTenant(tenant), Row::Client(row)) => {
            row.application == tenant.application && row.tenant.as_ref() == Some(&tenant.tenant)
        }
        (Select::TenantsOfApplication(id), Row::Tenant(row)) => row.id.application == *id && row.live,
        (Select::RolesOfApplication(id), Row::Role(row)) => row.id.application == *id,
        (Select::ElementsOfApplication(id), Row::RoleElement(row)) => row.role.application == *id,
        (Select::PrivilegesOfApplication(id), Row::Privilege(row)) => row.id.application == *id,
        (Select::UsersOfApplication(id), Row::User(row)) => row.application.as_ref() == Some(id),
        (Select::ClientsOfApplication(id), Row::Client(row)) => row.application == *id,
        (Select::AssignmentsOfApplication(id), Row::Assignment(row)) => row.id.role.application == *id,
        (Select::ResourcesOfTenant(tenant), Row::Resource(row)) => row.tenant_id().as_ref() == Some(tenant),
        (Select::ResourcesOfApplication(id), Row::Resource(row)) => row.id.application == *id,
        (Select::PrivilegesOfUser(user), Row::AssignedPrivilege(row)) => row.user == *user,
        (Select::UsersOfPrivilege(id), Row::AssignedPrivilege(row)) => row.privilege == *id,
        (Select::AssignedPrivilegesOfApplication(id), Row::AssignedPrivilege(row)) => row.privilege.application == *id,
        _ => is_of_objects(row, select),
    }
}

fn is_of_objects(row: &Row, select: &Select) -> bool {
    match (select, row) {
        (Select::ParentsOfResource(id), Row::ResourceParent(row)) => row.child == *id,
        (Select::ChildrenOfResource(id), Row::ResourceParent(row)) => row.parent_id() == *id,
        (Select::SelectionsOfResource(id), Row::Selection(row)) => {
            row.resource == id.key() && *row.instance.selector.application() == id.application
        }
        (Select::AssignmentsOfResource(id), Row::AssignedResource(row)) => {
            row.resource == id.key() && row.assignment.application == id.application
        }
        (Select::InstancesOf(selector), Row::Instance(row)) => row.id.selector == *selector,
        (Select::SelectionsOf(selector), Row::Selection(row)) => row.instance.selector == *selector,
        (Select::ResourcesOfAssignment(name), Row::AssignedResource(row)) => row.assignment == *name,
        (Select::AssignmentsOfScope(id), Row::Assignment(row)) => {
            row.id.role.application == id.application && row.access.scope.as_ref() == Some(&id.scope)
        }
        (Select::InstancesOfSpec(id), Row::Instance(row)) => row.spec_id().as_ref() == Some(id),
        (Select::ResourceParentsOfApplication(id), Row::ResourceParent(row)) => row.child.application == *id,
        (Select::TraversalSpecsOfApplication(id), Row::TraversalSpec(row)) => row.id.application == *id,
        (Select::ScopesOfApplication(id), Row::Scope(row)) => row.id.application == *id,
        (Select::InstancesOfApplication(id), Row::Instance(row)) => row.id.selector.application() == id,
        (Select::SelectionsOfApplication(id), Row::Selection(row)) => row.instance.selector.application() == id,
        (Select::AssignedResourcesOfApplication(id), Row::AssignedResource(row)) => row.assignment.application == *id,
        _ => false,
    }
}

/// Those of resources and what selects them, each of which finds something here or there.
fn of_objects() -> Vec<Select> {
    let mut all = Vec::new();
    for short in ["a/k/k/x", "a/K/k/x", "A/k/k/x", "A/K/k/x", "a/k/case", "a/k/CASE", "a/k/trailing "] {
        let id = || objects::resource_id(short);
        all.extend([Select::ParentsOfResource(id()), Select::ChildrenOfResource(id())]);
        all.extend([Select::SelectionsOfResource(id()), Select::AssignmentsOfResource(id())]);
    }
    for selector in ["scope a/s", "scope a/S", "scope A/s", "assignment a/s", "assignment A/s", "scope b/s"] {
        let selector = objects::selector(selector);
        all.extend([Select::InstancesOf(selector.clone()), Select::SelectionsOf(selector)]);
    }
    for short in ["a/s", "a/S", "A/s", "b/s", "a/all-objects"] {
        all.push(Select::ResourcesOfAssignment(objects::assignment_name(short)));
        all.push(Select::AssignmentsOfScope(objects::scope_id(short)));
        all.push(Select::InstancesOfSpec(objects::spec_id(short)));
    }
    for application in ["a", "A", "b"] {
        let id = || rows::id(application);
        all.extend([Select::ResourceParentsOfApplication(id()), Select::TraversalSpecsOfApplication(id())]);
        all.extend([Select::ScopesOfApplication(id()), Select::InstancesOfApplication(id())]);
        all.extend([Select::SelectionsOfApplication(id()), Select::AssignedResourcesOfApplication(id())]);
    }
    all
}

/// Those of privileges that users have themselves, each of which finds something here or there.
fn of_documents() -> Vec<Select> {
    let mut all: Vec<Select> = ["u", "U", "v", "none"].map(|user| Select::PrivilegesOfUser(rows::id(user))).into();
    for application in ["a", "A", "b", "none"] {
        all.push(Select::AssignedPrivilegesOfApplication(rows::id(application)));
        let of = |key| Select::UsersOfPrivilege(rows::privilege_id(application, key));
        all.extend(["doc", "Doc", "DOC", "trailing", "trailing ", "none"].map(of));
    }
    all
}

fn selections() -> Vec<Select> {
    let mut all = Vec::new();
    for name in ["u", "U", "v", "none"] {
        all.push(Select::TenantsOfUser(rows::id(name)));
        for collection in ["users", "clients", "groups", "applications"] {
            let subject = rows::subject(&format!("{collection}/{name}"));
            all.extend([Select::Memberships(subject.clone()), Select::AssignmentsOfHolder(subject.clone())]);
            all.push(Select::IdentitiesOf(subject));
        }
    }
    for path in ["a/r", "a/s", "a/t/r", "a/t/s", "A/r", "a/T/r", "b/r"] {
        let role = rows::role_id(path);
        all.extend([Select::ElementsOfRole(role.clone()), Select::ChildrenOfRole(role.clone())]);
        all.push(Select::AssignmentsOfRole(role));
    }
    for path in ["a/g", "a/G", "a/t/g", "A/g", "a/gone"] {
        let group = || rows::privilege_group_id(path);
        all.extend([Select::PrivilegesOfGroup(group()), Select::RolesOfGroup(group())]);
    }
    for (application, tenant) in [("a", "t"), ("a", "T"), ("A", "t"), ("b", "t")] {
        let tenant = rows::tenant_id(application, tenant);
        all.extend([Select::AssignmentsInTenant(tenant.clone()), Select::RolesOfTenant(tenant.clone())]);
        all.extend([Select::ClientsOfTenant(tenant.clone()), Select::PrivilegeGroupsOfTenant(tenant)]);
    }
    for (application, tenant) in [("a", "t"), ("a", "T"), ("A", "t"), ("b", "t")] {
        all.push(Select::ResourcesOfTenant(rows::tenant_id(application, tenant)));
    }
    for application in ["a", "A", "b"] {
        all.push(Select::ResourcesOfApplication(rows::id(application)));
        all.push(Select::BoundariesOfApplication(rows::id(application)));
        all.push(Select::BoundaryTenantsOfApplication(rows::id(application)));
        for boundary in ["in", "IN", "ex"] {
            let id = || BoundaryId { application: rows::id(application), boundary: rows::id(boundary) };
            all.extend([Select::TenantsOfBoundary(id()), Select::RolesOfBoundary(id())]);
        }
        let id = || rows::id(application);
        all.extend([Select::TenantsOfApplication(id()), Select::RolesOfApplication(id())]);
        all.extend([Select::ElementsOfApplication(id()), Select::PrivilegesOfApplication(id())]);
        all.extend([Select::UsersOfApplication(id()), Select::ClientsOfApplication(id())]);
        all.push(Select::AssignmentsOfApplication(id()));
        all.extend([Select::PrivilegeGroupsOfApplication(id()), Select::GroupedPrivilegesOfApplication(id())]);
        for key in ["case", "Case", "trailing "] {
            let id = || rows::privilege_id(application, key);
            all.extend([Select::RolesNaming(id()), Select::GroupsNaming(id())]);
        }
    }
    all.extend(of_documents());
    all.extend(of_objects());
    all
}

pub(crate) async fn every_selection_is_what_it_says(fresh: Fresh) {
    let mut written = rows::edges();
    written.extend([rows::inherits("a/child", "a/r"), rows::inherits("b/child", "b/r")]);
    // What is written like a parent, and is none.
    written.push(rows::gives("a/child", "r"));
    written.push(rows::element("a/child", RoleElement::VisibleTenant(rows::id("r"))));
    let written = by_key(written);
    fresh.insert(written.values().cloned()).await;
    let (mut found, mut kinds) = (0, HashSet::new());
    let mut transaction = fresh.store.begin().await.unwrap();
    for select in selections() {
        let expected: Vec<Row> = written.values().filter(|row| belongs(row, &select)).cloned().collect();
        assert_eq!(fresh.store.select(&select).await.unwrap(), expected, "{select:?}");
        assert_eq!(transaction.select(&select).await.unwrap(), expected, "{select:?}");
        let count = transaction.count(&select).await.unwrap();
        assert_eq!(count, u64::try_from(expected.len()).unwrap(), "{select:?}");
        found += expected.len();
        if !expected.is_empty() {
            kinds.insert(std::mem::discriminant(&select));
        }
    }
    assert!(found > 100, "the selections find something: {found}");
    for select in of_objects().into_iter().chain(of_documents()) {
        assert!(kinds.contains(&std::mem::discriminant(&select)), "never anything: {select:?}");
    }
}
