//! Selections: which rows hang together, as conditions on the table that holds them.

use sea_orm::{ColumnTrait, Condition};

use super::code;
use super::entity::{
    assigned_privilege, assigned_resource, assignment, boundary, boundary_tenant, client, external_identity,
    group_member, grouped_privilege, instance, privilege, privilege_group, resource, resource_parent, role,
    role_element, scope, selection, tenant, traversal_spec, user, user_tenant,
};
use crate::app::port::{RowKind, Select};
use crate::domain::id::Id;
use crate::domain::name::{
    AssignmentName, BoundaryId, PrivilegeGroupId, PrivilegeId, ResourceId, RoleId, ScopeId, Subject, TenantId,
    TraversalSpecId,
};
use crate::domain::scope::Selector;

/// The kind of rows that a selection has, and what they have in common.
pub(super) fn chosen(select: &Select) -> (RowKind, Condition) {
    match select {
        Select::TenantsOfUser(user) => (RowKind::UserTenant, only(user_tenant::Column::UserId.eq(user.as_str()))),
        Select::IdentitiesOf(bearer) => (RowKind::ExternalIdentity, borne_by(bearer)),
        Select::Memberships(member) => (RowKind::GroupMember, member_is(member)),
        Select::MembersOfGroup(group) => (RowKind::GroupMember, only(group_member::Column::GroupId.eq(group.as_str()))),
        Select::TenantsOfBoundary(boundary) => (RowKind::BoundaryTenant, listed_by(boundary)),
        Select::RolesOfBoundary(boundary) => (RowKind::Role, bounded_by(boundary)),
        Select::BoundariesOfApplication(id) => all_of(RowKind::Boundary, boundary::Column::Application, id),
        Select::BoundaryTenantsOfApplication(id) => {
            all_of(RowKind::BoundaryTenant, boundary_tenant::Column::Application, id)
        }
        Select::ElementsOfRole(role) => (RowKind::RoleElement, element_of(role)),
        Select::ChildrenOfRole(role) => (RowKind::RoleElement, parent_is(role)),
        Select::RolesNaming(privilege) => (RowKind::RoleElement, key_is(privilege)),
        Select::GroupsNaming(privilege) => (RowKind::GroupedPrivilege, grouped(privilege)),
        Select::PrivilegesOfGroup(group) => (RowKind::GroupedPrivilege, in_group(group)),
        Select::RolesOfGroup(group) => (RowKind::RoleElement, group_is(group)),
        Select::AssignmentsOfHolder(holder) => (RowKind::Assignment, held_by(holder)),
        Select::AssignmentsOfRole(role) => (RowKind::Assignment, of_role(role)),
        Select::AssignmentsInTenant(tenant) => (RowKind::Assignment, cut_to(tenant)),
        Select::RolesOfTenant(tenant) => (RowKind::Role, owned_role(tenant)),
        Select::PrivilegeGroupsOfTenant(tenant) => {
            (RowKind::PrivilegeGroup, owned_privilege_groups(&tenant.application, Some(&tenant.tenant)))
        }
        Select::ClientsOfTenant(tenant) => (RowKind::Client, owned_client(tenant)),
        Select::TenantsOfApplication(application) => (RowKind::Tenant, live_in(application)),
        Select::RolesOfApplication(id) => all_of(RowKind::Role, role::Column::Application, id),
        Select::ElementsOfApplication(id) => all_of(RowKind::RoleElement, role_element::Column::Application, id),
        Select::PrivilegesOfApplication(id) => all_of(RowKind::Privilege, privilege::Column::Application, id),
        Select::PrivilegeGroupsOfApplication(id) => {
            all_of(RowKind::PrivilegeGroup, privilege_group::Column::Application, id)
        }
        Select::GroupedPrivilegesOfApplication(id) => {
            all_of(RowKind::GroupedPrivilege, grouped_privilege::Column::Application, id)
        }
        Select::UsersOfApplication(id) => all_of(RowKind::User, user::Column::Application, id),
        Select::ClientsOfApplication(id) => all_of(RowKind::Client, client::Column::Application, id),
        Select::AssignmentsOfApplication(id) => all_of(RowKind::Assignment, assignment::Column::Application, id),
        Select::ResourcesOfTenant(tenant) => (RowKind::Resource, living_in(tenant)),
        Select::ResourcesOfApplication(id) => all_of(RowKind::Resource, resource::Column::Application, id),
        Select::ParentsOfResource(id) => (RowKind::ResourceParent, parents_of(id)),
        Select::ChildrenOfResource(id) => (RowKind::ResourceParent, children_of(id)),
        Select::SelectionsOfResource(id) => (RowKind::Selection, selecting(id)),
        Select::AssignmentsOfResource(id) => (RowKind::AssignedResource, naming(id)),
        Select::InstancesOf(selector) => (RowKind::Instance, instances_of(selector)),
        Select::SelectionsOf(selector) => (RowKind::Selection, selections_of(selector)),
        Select::ResourcesOfAssignment(assignment) => (RowKind::AssignedResource, named_by(assignment)),
        Select::AssignmentsOfScope(scope) => (RowKind::Assignment, within(scope)),
        Select::InstancesOfSpec(spec) => (RowKind::Instance, instances_by(spec)),
        Select::ResourceParentsOfApplication(id) => {
            all_of(RowKind::ResourceParent, resource_parent::Column::Application, id)
        }
        Select::TraversalSpecsOfApplication(id) => {
            all_of(RowKind::TraversalSpec, traversal_spec::Column::Application, id)
        }
        Select::ScopesOfApplication(id) => all_of(RowKind::Scope, scope::Column::Application, id),
        Select::InstancesOfApplication(id) => all_of(RowKind::Instance, instance::Column::Application, id),
        Select::SelectionsOfApplication(id) => all_of(RowKind::Selection, selection::Column::Application, id),
        Select::AssignedResourcesOfApplication(id) => {
            all_of(RowKind::AssignedResource, assigned_resource::Column::Application, id)
        }
        Select::PrivilegesOfUser(user) => (RowKind::AssignedPrivilege, had_by(user)),
        Select::UsersOfPrivilege(privilege) => (RowKind::AssignedPrivilege, assigned(privilege)),
        Select::AssignedPrivilegesOfApplication(id) => {
            all_of(RowKind::AssignedPrivilege, assigned_privilege::Column::Application, id)
        }
    }
}

/// All rows of a kind in an application.
fn all_of(kind: RowKind, column: impl ColumnTrait, application: &Id) -> (RowKind, Condition) {
    (kind, only(column.eq(application.as_str())))
}

fn only(condition: sea_orm::sea_query::Expr) -> Condition {
    Condition::all().add(condition)
}

fn live_in(application: &Id) -> Condition {
    only(tenant::Column::Application.eq(application.as_str())).add(tenant::Column::Live.eq(true))
}

fn borne_by(bearer: &Subject) -> Condition {
    only(external_identity::Column::BearerKind.eq(code::of_subject(bearer)))
        .add(external_identity::Column::BearerId.eq(bearer.id().as_str()))
}

fn member_is(member: &Subject) -> Condition {
    only(group_member::Column::MemberKind.eq(code::of_subject(member)))
        .add(group_member::Column::MemberId.eq(member.id().as_str()))
}

fn listed_by(boundary: &BoundaryId) -> Condition {
    only(boundary_tenant::Column::Application.eq(boundary.application.as_str()))
        .add(boundary_tenant::Column::Boundary.eq(boundary.boundary.as_str()))
}

fn bounded_by(boundary: &BoundaryId) -> Condition {
    only(role::Column::Application.eq(boundary.application.as_str()))
        .add(role::Column::Boundary.eq(boundary.boundary.as_str()))
}

fn element_of(role: &RoleId) -> Condition {
    only(role_element::Column::Application.eq(role.application.as_str()))
        .add(role_element::Column::Tenant.eq(code::of_optional(role.tenant.as_ref())))
        .add(role_element::Column::Role.eq(role.role.as_str()))
}

fn parent_is(role: &RoleId) -> Condition {
    only(role_element::Column::Application.eq(role.application.as_str()))
        .add(role_element::Column::Kind.eq(code::PARENT))
        .add(role_element::Column::ElementTenant.eq(code::of_optional(role.tenant.as_ref())))
        .add(role_element::Column::Element.eq(role.role.as_str()))
}

fn key_is(privilege: &PrivilegeId) -> Condition {
    only(role_element::Column::Application.eq(privilege.application.as_str()))
        .add(role_element::Column::Kind.eq(code::PRIVILEGE))
        .add(role_element::Column::ElementTenant.eq(""))
        .add(role_element::Column::Element.eq(privilege.key.as_str()))
}

fn group_is(group: &PrivilegeGroupId) -> Condition {
    only(role_element::Column::Application.eq(group.application.as_str()))
        .add(role_element::Column::Kind.eq(code::PRIVILEGE_GROUP))
        .add(role_element::Column::ElementTenant.eq(code::of_optional(group.tenant.as_ref())))
        .add(role_element::Column::Element.eq(group.group.as_str()))
}

fn grouped(privilege: &PrivilegeId) -> Condition {
    only(grouped_privilege::Column::Application.eq(privilege.application.as_str()))
        .add(grouped_privilege::Column::Privilege.eq(privilege.key.as_str()))
}

fn had_by(user: &Id) -> Condition {
    only(assigned_privilege::Column::UserId.eq(user.as_str()))
}

fn assigned(privilege: &PrivilegeId) -> Condition {
    only(assigned_privilege::Column::Application.eq(privilege.application.as_str()))
        .add(assigned_privilege::Column::Privilege.eq(privilege.key.as_str()))
}

fn in_group(group: &PrivilegeGroupId) -> Condition {
    only(grouped_privilege::Column::Application.eq(group.application.as_str()))
        .add(grouped_privilege::Column::Tenant.eq(code::of_optional(group.tenant.as_ref())))
        .add(grouped_privilege::Column::PrivilegeGroup.eq(group.group.as_str()))
}

/// The assignments of a holder.
pub(super) fn held_by(holder: &Subject) -> Condition {
    only(assignment::Column::HolderKind.eq(code::of_subject(holder)))
        .add(assignment::Column::HolderId.eq(holder.id().as_str()))
}

/// The assignments of a role.
pub(super) fn of_role(role: &RoleId) -> Condition {
    only(assignment::Column::Application.eq(role.application.as_str()))
        .add(assignment::Column::RoleTenant.eq(code::of_optional(role.tenant.as_ref())))
        .add(assignment::Column::Role.eq(role.role.as_str()))
}

/// The assignments cut to a tenant.
pub(super) fn cut_to(tenant: &TenantId) -> Condition {
    only(assignment::Column::Application.eq(tenant.application.as_str()))
        .add(assignment::Column::Tenant.eq(tenant.tenant.as_str()))
}

/// The roles that a tenant owns.
pub(super) fn owned_role(tenant: &TenantId) -> Condition {
    only(role::Column::Application.eq(tenant.application.as_str())).add(role::Column::Tenant.eq(tenant.tenant.as_str()))
}

/// The privilege groups of an application itself, or of a tenant of it.
pub(super) fn owned_privilege_groups(application: &Id, tenant: Option<&Id>) -> Condition {
    only(privilege_group::Column::Application.eq(application.as_str()))
        .add(privilege_group::Column::Tenant.eq(code::of_optional(tenant)))
}

/// The clients that a tenant owns.
pub(super) fn owned_client(tenant: &TenantId) -> Condition {
    only(client::Column::Application.eq(tenant.application.as_str()))
        .add(client::Column::Tenant.eq(tenant.tenant.as_str()))
}

/// The resources that live in a tenant.
pub(super) fn living_in(tenant: &TenantId) -> Condition {
    only(resource::Column::Application.eq(tenant.application.as_str()))
        .add(resource::Column::Tenant.eq(tenant.tenant.as_str()))
}

fn parents_of(child: &ResourceId) -> Condition {
    only(resource_parent::Column::Application.eq(child.application.as_str()))
        .add(resource_parent::Column::Kind.eq(child.kind.as_str()))
        .add(resource_parent::Column::Resource.eq(child.id.as_str()))
}

/// The relations to a parent.
pub(super) fn children_of(parent: &ResourceId) -> Condition {
    only(resource_parent::Column::Application.eq(parent.application.as_str()))
        .add(resource_parent::Column::ParentKind.eq(parent.kind.as_str()))
        .add(resource_parent::Column::Parent.eq(parent.id.as_str()))
}

fn selecting(resource: &ResourceId) -> Condition {
    only(selection::Column::Application.eq(resource.application.as_str()))
        .add(selection::Column::Kind.eq(resource.kind.as_str()))
        .add(selection::Column::Resource.eq(resource.id.as_str()))
}

fn naming(resource: &ResourceId) -> Condition {
    only(assigned_resource::Column::Application.eq(resource.application.as_str()))
        .add(assigned_resource::Column::Kind.eq(resource.kind.as_str()))
        .add(assigned_resource::Column::Resource.eq(resource.id.as_str()))
}

fn instances_of(selector: &Selector) -> Condition {
    let (kind, application, id) = code::of_selector(selector);
    only(instance::Column::SelectorKind.eq(kind))
        .add(instance::Column::Application.eq(application.as_str()))
        .add(instance::Column::Selector.eq(id.as_str()))
}

fn selections_of(selector: &Selector) -> Condition {
    let (kind, application, id) = code::of_selector(selector);
    only(selection::Column::SelectorKind.eq(kind))
        .add(selection::Column::Application.eq(application.as_str()))
        .add(selection::Column::Selector.eq(id.as_str()))
}

fn named_by(assignment: &AssignmentName) -> Condition {
    only(assigned_resource::Column::Application.eq(assignment.application.as_str()))
        .add(assigned_resource::Column::Assignment.eq(assignment.assignment.as_str()))
}

/// The assignments that refer to a scope.
pub(super) fn within(scope: &ScopeId) -> Condition {
    only(assignment::Column::Application.eq(scope.application.as_str()))
        .add(assignment::Column::Scope.eq(scope.scope.as_str()))
}

fn instances_by(spec: &TraversalSpecId) -> Condition {
    only(instance::Column::Application.eq(spec.application.as_str())).add(instance::Column::Spec.eq(spec.spec.as_str()))
}
