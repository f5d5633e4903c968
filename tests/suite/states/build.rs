//! Rows from short texts, for tests. Roles are written `a/r` or `a/t/r`, subjects `users/u`, `clients/c`, ….

use std::collections::BTreeMap;

use bailiwick::domain::assignment::{Assignment, AssignmentId, ObjectAccess};
use bailiwick::domain::boundary::{Boundary, BoundaryKind, BoundaryTenant, PermissionBoundary};
use bailiwick::domain::directory::{
    Client, ExternalIdentity, ExternalIdentityId, Group, GroupMember, User, UserTenant,
};
use bailiwick::domain::id::{ForeignId, Id, PrivilegeKey, PrivilegePattern};
use bailiwick::domain::name::{BoundaryId, PrivilegeGroupId, PrivilegeId, ResourceId, RoleId, Subject, TenantId};
use bailiwick::domain::privilege::Privilege;
use bailiwick::domain::privilege_group::{GroupedPrivilege, PrivilegeGroup};
use bailiwick::domain::resource::Resource;
use bailiwick::domain::role::{Role, RoleElement, RoleElementRow, RoleKind, Visibility};
use bailiwick::domain::row::{Row, Stamp};
use bailiwick::domain::tenancy::{Application, Catalogue, Tenant, TenantType};
use bailiwick::domain::time::Time;

mod objects;
mod policies;

pub(crate) use objects::*;
pub(crate) use policies::*;

pub(crate) fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

pub(crate) fn subject(name: &str) -> Subject {
    Subject::parse(name).unwrap()
}

pub(crate) fn at(micros: i64) -> Time {
    Time::clamped(micros)
}

pub(crate) fn tenant_id(application: &str, tenant: &str) -> TenantId {
    TenantId { application: id(application), tenant: id(tenant) }
}

pub(crate) fn role_id(short: &str) -> RoleId {
    match short.split('/').collect::<Vec<_>>().as_slice() {
        [application, role] => RoleId { application: id(application), tenant: None, role: id(role) },
        [application, tenant, role] => {
            RoleId { application: id(application), tenant: Some(id(tenant)), role: id(role) }
        }
        _ => panic!("{short} is no role"),
    }
}

pub(crate) fn pattern(text: &str) -> PrivilegePattern {
    PrivilegePattern::parse(text).unwrap()
}

pub(crate) fn application(application: &str) -> Row {
    let catalogue = Catalogue::Strict;
    Row::Application(Application {
        id: id(application),
        display_name: String::new(),
        catalogue,
        stamp: Stamp::default(),
    })
}

pub(crate) fn tenant(application: &str, tenant: &str, incarnation: u32, live: bool) -> Row {
    Row::Tenant(Tenant {
        id: tenant_id(application, tenant),
        display_name: String::new(),
        tenant_type: TenantType::Standard,
        incarnation,
        live,
        stamp: Stamp::default(),
    })
}

pub(crate) fn user(user: &str, application: Option<&str>, tenant_level: bool, enabled: bool) -> Row {
    Row::User(User {
        id: id(user),
        username: user.to_owned(),
        display_name: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        email: String::new(),
        enabled,
        application: application.map(id),
        tenant_level,
        stamp: Stamp::default(),
    })
}

pub(crate) fn joined(user: &str, application: &str, tenant: &str, incarnation: u32) -> Row {
    Row::UserTenant(UserTenant { user: id(user), tenant: tenant_id(application, tenant), incarnation })
}

pub(crate) fn client(client: &str, application: &str, tenant: Option<&str>, enabled: bool) -> Row {
    Row::Client(Client {
        id: id(client),
        application: id(application),
        tenant: tenant.map(id),
        display_name: String::new(),
        enabled,
        stamp: Stamp::default(),
    })
}

pub(crate) fn identity_id(issuer: &str, subject: &str) -> ExternalIdentityId {
    let foreign = |text| ForeignId::parse(text).unwrap();
    ExternalIdentityId { issuer: foreign(issuer), subject: foreign(subject) }
}

pub(crate) fn identity(issuer: &str, name: &str, bearer: &str) -> Row {
    Row::ExternalIdentity(ExternalIdentity { id: identity_id(issuer, name), bearer: subject(bearer) })
}

pub(crate) fn group(group: &str) -> Row {
    Row::Group(Group {
        id: id(group),
        group_name: group.to_owned(),
        display_name: String::new(),
        description: String::new(),
        stamp: Stamp::default(),
    })
}

pub(crate) fn member(group: &str, member: &str) -> Row {
    Row::GroupMember(GroupMember { group: id(group), member: subject(member) })
}

pub(crate) fn privilege(application: &str, key: &str, object_scoped: bool, tenant_visible: bool) -> Row {
    Row::Privilege(Privilege {
        id: PrivilegeId { application: id(application), key: PrivilegeKey::parse(key).unwrap() },
        display_name: String::new(),
        description: String::new(),
        object_scoped,
        tenant_visible,
        document: None,
        stamp: Stamp::default(),
    })
}

/// A privilege group, written as roles are: `a/g` or `a/t/g`.
pub(crate) fn privilege_group(group: &str, tenant_visible: bool) -> Row {
    Row::PrivilegeGroup(PrivilegeGroup {
        id: group_id(group),
        group_name: group.to_owned(),
        display_name: String::new(),
        description: String::new(),
        tenant_visible,
        stamp: Stamp::default(),
    })
}

pub(crate) fn group_id(group: &str) -> PrivilegeGroupId {
    let RoleId { application, tenant, role } = role_id(group);
    PrivilegeGroupId { application, tenant, group: role }
}

/// The group holds a key.
pub(crate) fn holds_key(group: &str, key: &str) -> Row {
    let privilege = PrivilegeKey::parse(key).unwrap();
    Row::GroupedPrivilege(GroupedPrivilege { group: group_id(group), privilege })
}

/// The role refers to a group, which is of the same application.
pub(crate) fn gives_group(role: &str, group: &str) -> Row {
    let group = group_id(group);
    element(role, RoleElement::PrivilegeGroup { tenant: group.tenant, group: group.group }, 0)
}

/// `a/in` for a boundary of an application.
pub(crate) fn boundary_id(short: &str) -> BoundaryId {
    let (application, boundary) = short.split_once('/').unwrap();
    BoundaryId { application: id(application), boundary: id(boundary) }
}

/// The value of a custom boundary is its name in other letters.
pub(crate) fn boundary(short: &str, kind: BoundaryKind) -> Row {
    let value = if kind == BoundaryKind::Custom { short.to_uppercase() } else { String::new() };
    Row::Boundary(PermissionBoundary {
        id: boundary_id(short),
        boundary_name: short.to_owned(),
        display_name: String::new(),
        description: String::new(),
        kind,
        value,
        stamp: Stamp::default(),
    })
}

pub(crate) fn bounds(short: &str, tenant: &str, incarnation: u32) -> Row {
    Row::BoundaryTenant(BoundaryTenant { boundary: boundary_id(short), tenant: id(tenant), incarnation })
}

pub(crate) fn named(boundary: &str) -> Boundary {
    Boundary::Named(id(boundary))
}

pub(crate) fn role(role: &str, boundary: Boundary, visibility: Visibility) -> Row {
    Row::Role(Role {
        id: role_id(role),
        role_name: role.to_owned(),
        display_name: String::new(),
        description: String::new(),
        metadata: BTreeMap::new(),
        kind: RoleKind::Custom,
        boundary,
        visibility,
        stamp: Stamp::default(),
    })
}

pub(crate) fn element(role: &str, element: RoleElement, incarnation: u32) -> Row {
    Row::RoleElement(RoleElementRow { role: role_id(role), element, incarnation })
}

/// The role gives a key.
pub(crate) fn gives(role: &str, key: &str) -> Row {
    element(role, RoleElement::Privilege(PrivilegeKey::parse(key).unwrap()), 0)
}

/// The role gives what a pattern matches.
pub(crate) fn gives_all(role: &str, text: &str) -> Row {
    element(role, RoleElement::Pattern(pattern(text)), 0)
}

pub(crate) fn excludes(role: &str, text: &str) -> Row {
    element(role, RoleElement::Exclusion(pattern(text)), 0)
}

/// The role has a parent, which is of the same application.
pub(crate) fn parent(role: &str, parent: &str) -> Row {
    let parent = role_id(parent);
    element(role, RoleElement::Parent { tenant: parent.tenant, role: parent.role }, 0)
}

pub(crate) fn visible(role: &str, tenant: &str, incarnation: u32) -> Row {
    element(role, RoleElement::VisibleTenant(id(tenant)), incarnation)
}

/// A registered resource, written `kind/id`.
pub(crate) fn resource(application: &str, name: &str, tenant: Option<&str>, tenant_level: bool) -> Row {
    let id = ResourceId::parse(&format!("applications/{application}/resources/{name}")).unwrap();
    Row::Resource(Resource { id, tenant: tenant.map(self::id), tenant_level, stamp: Stamp::default() })
}

pub(crate) fn holds(holder: &str, role: &str) -> Row {
    holds_cut(holder, role, None, (None, None))
}

pub(crate) fn assignment_id(holder: &str, role: &str, tenant: Option<&str>) -> AssignmentId {
    AssignmentId { holder: subject(holder), role: role_id(role), tenant: tenant.map(id) }
}

/// An assignment of all resources with a tenant and (start, expire) in microseconds.
pub(crate) fn holds_cut(
    holder: &str,
    role: &str,
    tenant: Option<&str>,
    (start, expire): (Option<i64>, Option<i64>),
) -> Row {
    Row::Assignment(Assignment {
        id: assignment_id(holder, role, tenant),
        access: ObjectAccess::ALL,
        start: start.map(at),
        expire: expire.map(at),
        reason: String::new(),
        stamp: Stamp::default(),
    })
}
