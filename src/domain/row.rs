//! The state is a set of rows: one per thing, and one per element of a set that a thing has.
//!
//! Everything else is derived from rows: the compiled state is built from them, an export lists them, a change
//! is a row before and after, and the reference model of the tests decides over nothing else.

use super::assignment::{Assignment, AssignmentId};
use super::boundary::{BoundaryKind, BoundaryTenant, PermissionBoundary};
use super::directory::{Client, ExternalIdentity, ExternalIdentityId, Group, GroupMember, User, UserTenant};
use super::fold::fold;
use super::id::{Id, PrivilegeKey};
use super::name::{
    AssignmentName, BoundaryId, PrivilegeGroupId, PrivilegeId, ResourceId, ResourceKey, RoleId, ScopeId, Subject,
    TenantId, TraversalSpecId,
};
use super::privilege::{AssignedPrivilege, Privilege};
use super::privilege_group::{GroupedPrivilege, PrivilegeGroup};
use super::resource::{Resource, ResourceParent};
use super::role::{Role, RoleElement, RoleElementRow};
use super::scope::{AssignedResource, Instance, InstanceId, Scope, Selection, SelectionType};
use super::tenancy::{Application, Tenant};
use super::time::Time;
use super::traversal::TraversalSpec;

/// Who made and last changed a thing, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// When it was made.
    pub created_at: Time,
    /// Name of the subject that made it.
    pub created_by: String,
    /// When it was last changed.
    pub updated_at: Time,
    /// Name of the subject that last changed it.
    pub updated_by: String,
    /// The revision that last changed it; the etag is derived from it.
    pub revision: u64,
}

/// A thing, or one element of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// An application.
    Application(Application),
    /// A tenant, or its tombstone.
    Tenant(Tenant),
    /// A user.
    User(User),
    /// A user's membership in a tenant.
    UserTenant(UserTenant),
    /// A client.
    Client(Client),
    /// An identity of a user or client at an issuer of credentials.
    ExternalIdentity(ExternalIdentity),
    /// A group.
    Group(Group),
    /// A member of a group.
    GroupMember(GroupMember),
    /// A registered privilege.
    Privilege(Privilege),
    /// A privilege group.
    PrivilegeGroup(PrivilegeGroup),
    /// A key in a privilege group.
    GroupedPrivilege(GroupedPrivilege),
    /// A boundary of an application.
    Boundary(PermissionBoundary),
    /// A tenant in the list of a boundary.
    BoundaryTenant(BoundaryTenant),
    /// A role.
    Role(Role),
    /// An element of a role's sets.
    RoleElement(RoleElementRow),
    /// A role assignment.
    Assignment(Assignment),
    /// A resource of another service.
    Resource(Resource),
    /// A parent of a resource.
    ResourceParent(ResourceParent),
    /// A traversal spec.
    TraversalSpec(TraversalSpec),
    /// A scope.
    Scope(Scope),
    /// An instance of a scope or of an assignment.
    Instance(Instance),
    /// A resource that an instance selects.
    Selection(Selection),
    /// A resource that an assignment names.
    AssignedResource(AssignedResource),
    /// A privilege that is assigned to a user.
    AssignedPrivilege(AssignedPrivilege),
}

/// What identifies a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// An application.
    Application(Id),
    /// A tenant.
    Tenant(TenantId),
    /// A privilege.
    Privilege(PrivilegeId),
    /// A privilege group.
    PrivilegeGroup(PrivilegeGroupId),
    /// A key in a privilege group.
    GroupedPrivilege(PrivilegeGroupId, PrivilegeKey),
    /// A boundary of an application.
    Boundary(BoundaryId),
    /// A tenant in the list of a boundary.
    BoundaryTenant(BoundaryId, Id),
    /// A role.
    Role(RoleId),
    /// An element of a role's sets.
    RoleElement(RoleId, RoleElement),
    /// A user.
    User(Id),
    /// A user's membership in a tenant.
    UserTenant(Id, TenantId),
    /// A client.
    Client(Id),
    /// An identity at an issuer of credentials.
    ExternalIdentity(ExternalIdentityId),
    /// A group.
    Group(Id),
    /// A member of a group.
    GroupMember(Id, Subject),
    /// A role assignment.
    Assignment(AssignmentId),
    /// A resource of another service.
    Resource(ResourceId),
    /// A parent of a resource.
    ResourceParent(ResourceId, ResourceKey),
    /// A traversal spec.
    TraversalSpec(TraversalSpecId),
    /// A scope.
    Scope(ScopeId),
    /// An instance of a scope or of an assignment.
    Instance(InstanceId),
    /// A resource that an instance selects.
    Selection(InstanceId, SelectionType, ResourceKey),
    /// A resource that an assignment names.
    AssignedResource(AssignmentName, ResourceKey),
    /// A privilege that is assigned to a user.
    AssignedPrivilege(PrivilegeId, Id),
}

/// Within what a folded name is unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameSpace {
    /// Usernames of the local directory.
    Usernames,
    /// Group names of the local directory.
    GroupNames,
    /// Role names of one application's own roles, or of one tenant's.
    RoleNames(Id, Option<Id>),
    /// Ids of the assignments of one application's roles, which are derived and not folded: nobody chooses one.
    AssignmentIds(Id),
    /// Privilege group names of one application itself, or of one tenant.
    PrivilegeGroupNames(Id, Option<Id>),
    /// Names of the boundaries of one application.
    BoundaryNames(Id),
    /// Values of the custom boundaries of one application.
    BoundaryValues(Id),
    /// Names of the scopes of one application.
    ScopeNames(Id),
    /// Names of the traversal specs of one application and one root, which are not folded.
    SpecNames(Id),
}

impl Row {
    /// What identifies it.
    pub fn key(&self) -> Key {
        match self {
            Self::Application(application) => Key::Application(application.id.clone()),
            Self::Tenant(tenant) => Key::Tenant(tenant.id.clone()),
            Self::User(user) => Key::User(user.id.clone()),
            Self::UserTenant(member) => Key::UserTenant(member.user.clone(), member.tenant.clone()),
            Self::Client(client) => Key::Client(client.id.clone()),
            Self::ExternalIdentity(identity) => Key::ExternalIdentity(identity.id.clone()),
            Self::Group(group) => Key::Group(group.id.clone()),
            Self::GroupMember(member) => Key::GroupMember(member.group.clone(), member.member.clone()),
            Self::Privilege(privilege) => Key::Privilege(privilege.id.clone()),
            Self::PrivilegeGroup(group) => Key::PrivilegeGroup(group.id.clone()),
            Self::GroupedPrivilege(row) => Key::GroupedPrivilege(row.group.clone(), row.privilege.clone()),
            Self::Boundary(boundary) => Key::Boundary(boundary.id.clone()),
            Self::BoundaryTenant(row) => Key::BoundaryTenant(row.boundary.clone(), row.tenant.clone()),
            Self::Role(role) => Key::Role(role.id.clone()),
            Self::RoleElement(row) => Key::RoleElement(row.role.clone(), row.element.clone()),
            Self::Assignment(assignment) => Key::Assignment(assignment.id.clone()),
            Self::Resource(resource) => Key::Resource(resource.id.clone()),
            Self::ResourceParent(row) => Key::ResourceParent(row.child.clone(), row.parent.clone()),
            Self::TraversalSpec(spec) => Key::TraversalSpec(spec.id.clone()),
            Self::Scope(scope) => Key::Scope(scope.id.clone()),
            Self::Instance(instance) => Key::Instance(instance.id.clone()),
            Self::Selection(row) => Key::Selection(row.instance.clone(), row.selection, row.resource.clone()),
            Self::AssignedResource(row) => Key::AssignedResource(row.assignment.clone(), row.resource.clone()),
            Self::AssignedPrivilege(row) => Key::AssignedPrivilege(row.privilege.clone(), row.user.clone()),
        }
    }

    /// The names it takes, folded, each with what it is unique in.
    pub fn unique_names(&self) -> Vec<(NameSpace, String)> {
        match self {
            Self::User(user) => vec![(NameSpace::Usernames, fold(&user.username))],
            Self::Group(group) => vec![(NameSpace::GroupNames, fold(&group.group_name))],
            Self::Role(role) => {
                let space = NameSpace::RoleNames(role.id.application.clone(), role.id.tenant.clone());
                vec![(space, fold(&role.role_name))]
            }
            Self::PrivilegeGroup(group) => {
                let space = NameSpace::PrivilegeGroupNames(group.id.application.clone(), group.id.tenant.clone());
                vec![(space, fold(&group.group_name))]
            }
            Self::Boundary(boundary) => {
                let application = || boundary.id.application.clone();
                let value = (NameSpace::BoundaryValues(application()), fold(&boundary.value));
                let value = Some(value).filter(|_| boundary.kind == BoundaryKind::Custom);
                let name = (NameSpace::BoundaryNames(application()), fold(&boundary.boundary_name));
                std::iter::once(name).chain(value).collect()
            }
            Self::Scope(scope) => {
                vec![(NameSpace::ScopeNames(scope.id.application.clone()), fold(&scope.scope_name))]
            }
            Self::TraversalSpec(spec) => {
                vec![(NameSpace::SpecNames(spec.id.application.clone()), spec.full_name())]
            }
            _ => Vec::new(),
        }
    }

    /// The stamp of a thing; elements of sets have none.
    pub fn stamp(&self) -> Option<&Stamp> {
        match self {
            Self::Application(application) => Some(&application.stamp),
            Self::Tenant(tenant) => Some(&tenant.stamp),
            Self::User(user) => Some(&user.stamp),
            Self::Client(client) => Some(&client.stamp),
            Self::Group(group) => Some(&group.stamp),
            Self::Privilege(privilege) => Some(&privilege.stamp),
            Self::PrivilegeGroup(group) => Some(&group.stamp),
            Self::Boundary(boundary) => Some(&boundary.stamp),
            Self::Role(role) => Some(&role.stamp),
            Self::Assignment(assignment) => Some(&assignment.stamp),
            Self::Resource(resource) => Some(&resource.stamp),
            Self::TraversalSpec(spec) => Some(&spec.stamp),
            Self::Scope(scope) => Some(&scope.stamp),
            Self::UserTenant(_)
            | Self::ExternalIdentity(_)
            | Self::BoundaryTenant(_)
            | Self::GroupMember(_)
            | Self::RoleElement(_)
            | Self::GroupedPrivilege(_)
            | Self::ResourceParent(_)
            | Self::Instance(_)
            | Self::Selection(_)
            | Self::AssignedResource(_)
            | Self::AssignedPrivilege(_) => None,
        }
    }

    /// The stamp of a thing, to be written.
    pub fn stamp_mut(&mut self) -> Option<&mut Stamp> {
        match self {
            Self::Application(application) => Some(&mut application.stamp),
            Self::Tenant(tenant) => Some(&mut tenant.stamp),
            Self::User(user) => Some(&mut user.stamp),
            Self::Client(client) => Some(&mut client.stamp),
            Self::Group(group) => Some(&mut group.stamp),
            Self::Privilege(privilege) => Some(&mut privilege.stamp),
            Self::PrivilegeGroup(group) => Some(&mut group.stamp),
            Self::Boundary(boundary) => Some(&mut boundary.stamp),
            Self::Role(role) => Some(&mut role.stamp),
            Self::Assignment(assignment) => Some(&mut assignment.stamp),
            Self::Resource(resource) => Some(&mut resource.stamp),
            Self::TraversalSpec(spec) => Some(&mut spec.stamp),
            Self::Scope(scope) => Some(&mut scope.stamp),
            Self::UserTenant(_)
            | Self::ExternalIdentity(_)
            | Self::BoundaryTenant(_)
            | Self::GroupMember(_)
            | Self::RoleElement(_)
            | Self::GroupedPrivilege(_)
            | Self::ResourceParent(_)
            | Self::Instance(_)
            | Self::Selection(_)
            | Self::AssignedResource(_)
            | Self::AssignedPrivilege(_) => None,
        }
    }

    /// Whether the two say the same, whoever wrote them and when.
    pub fn same_content(&self, other: &Self) -> bool {
        let unstamped = |row: &Self| {
            let mut row = row.clone();
            if let Some(stamp) = row.stamp_mut() {
                *stamp = Stamp::default();
            }
            row
        };
        unstamped(self) == unstamped(other)
    }
}
