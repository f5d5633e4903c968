//! Rows that hang together, read whole.

use crate::domain::id::Id;
use crate::domain::name::{
    AssignmentName, BoundaryId, PrivilegeGroupId, PrivilegeId, ResourceId, RoleId, ScopeId, Subject, TenantId,
    TraversalSpecId,
};
use crate::domain::scope::Selector;

/// Rows that hang together, read whole: what a deletion takes with it, what a thing is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Select {
    /// The user's memberships in tenants, tombstones included.
    TenantsOfUser(Id),
    /// The external identities of a user or client.
    IdentitiesOf(Subject),
    /// The groups that have this direct member, as `GroupMember` rows.
    Memberships(Subject),
    /// The direct members of a group.
    MembersOfGroup(Id),
    /// The tenants that a boundary lists.
    TenantsOfBoundary(BoundaryId),
    /// The roles that refer to a boundary.
    RolesOfBoundary(BoundaryId),
    /// All boundaries of an application.
    BoundariesOfApplication(Id),
    /// The tenants that the boundaries of an application list.
    BoundaryTenantsOfApplication(Id),
    /// The elements of a role.
    ElementsOfRole(RoleId),
    /// `Parent` elements of other roles that name this role.
    ChildrenOfRole(RoleId),
    /// `Privilege` elements of roles that name this key.
    RolesNaming(PrivilegeId),
    /// The privilege groups that this key is in, as `GroupedPrivilege` rows.
    GroupsNaming(PrivilegeId),
    /// What is in a privilege group.
    PrivilegesOfGroup(PrivilegeGroupId),
    /// `PrivilegeGroup` elements of roles that refer to this group.
    RolesOfGroup(PrivilegeGroupId),
    /// The assignments that a holder has.
    AssignmentsOfHolder(Subject),
    /// The assignments of a role.
    AssignmentsOfRole(RoleId),
    /// The assignments cut to a tenant.
    AssignmentsInTenant(TenantId),
    /// The roles that a tenant owns.
    RolesOfTenant(TenantId),
    /// The privilege groups that a tenant owns.
    PrivilegeGroupsOfTenant(TenantId),
    /// The clients that a tenant owns.
    ClientsOfTenant(TenantId),
    /// The live tenants of an application.
    TenantsOfApplication(Id),
    /// All roles of an application, its tenants' included.
    RolesOfApplication(Id),
    /// All elements of all roles of an application.
    ElementsOfApplication(Id),
    /// The registered privileges of an application.
    PrivilegesOfApplication(Id),
    /// All privilege groups of an application, its tenants' included.
    PrivilegeGroupsOfApplication(Id),
    /// All that is in all privilege groups of an application.
    GroupedPrivilegesOfApplication(Id),
    /// The users that belong to an application.
    UsersOfApplication(Id),
    /// All clients of an application, its tenants' included.
    ClientsOfApplication(Id),
    /// All assignments of roles of an application.
    AssignmentsOfApplication(Id),
    /// The resources that live in a tenant.
    ResourcesOfTenant(TenantId),
    /// All resources of an application, its tenants' included.
    ResourcesOfApplication(Id),
    /// The parents of a resource, as `ResourceParent` rows.
    ParentsOfResource(ResourceId),
    /// The children of a resource, as `ResourceParent` rows.
    ChildrenOfResource(ResourceId),
    /// The selections of all scopes and assignments that name a resource.
    SelectionsOfResource(ResourceId),
    /// What names a resource one by one, as `AssignedResource` rows.
    AssignmentsOfResource(ResourceId),
    /// The instances of a scope or of an assignment.
    InstancesOf(Selector),
    /// The selections of all instances of a scope or of an assignment.
    SelectionsOf(Selector),
    /// The resources that an assignment names one by one.
    ResourcesOfAssignment(AssignmentName),
    /// The assignments that refer to a scope.
    AssignmentsOfScope(ScopeId),
    /// The instances that refer to a traversal spec.
    InstancesOfSpec(TraversalSpecId),
    /// All parents of all resources of an application.
    ResourceParentsOfApplication(Id),
    /// All traversal specs of an application.
    TraversalSpecsOfApplication(Id),
    /// All scopes of an application.
    ScopesOfApplication(Id),
    /// All instances of an application's scopes and assignments.
    InstancesOfApplication(Id),
    /// All selections of an application's scopes and assignments.
    SelectionsOfApplication(Id),
    /// All resources that assignments of an application's roles name one by one.
    AssignedResourcesOfApplication(Id),
    /// The privileges of all applications that are assigned to a user itself, as `AssignedPrivilege` rows.
    PrivilegesOfUser(Id),
    /// The users to whom a privilege is assigned itself, as `AssignedPrivilege` rows.
    UsersOfPrivilege(PrivilegeId),
    /// All privileges of an application that are assigned to users themselves, as `AssignedPrivilege` rows.
    AssignedPrivilegesOfApplication(Id),
}
