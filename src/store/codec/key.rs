//! Keys of rows, stored.

use super::super::unreadable::Unreadable;
use super::{name, privilege, required, selection};
use crate::domain::assignment::AssignmentId;
use crate::domain::row::Key;
use crate::proto::storage::{self, key::Kind};

pub(super) fn write(key: &Key) -> storage::Key {
    let kind = match key {
        Key::Application(id) => Kind::Application(id.to_string()),
        Key::Tenant(id) => Kind::Tenant(name::write_tenant(id)),
        Key::Privilege(id) => Kind::Privilege(name::write_privilege(id)),
        Key::PrivilegeGroup(id) => Kind::PrivilegeGroup(name::write_privilege_group(id)),
        Key::GroupedPrivilege(group, privilege) => Kind::GroupedPrivilege(storage::GroupedPrivilege {
            group: Some(name::write_privilege_group(group)),
            privilege: privilege.to_string(),
        }),
        Key::Boundary(id) => Kind::PermissionBoundary(name::write_boundary(id)),
        Key::BoundaryTenant(id, tenant) => Kind::BoundaryTenant(storage::BoundaryTenantId {
            boundary: Some(name::write_boundary(id)),
            tenant: tenant.to_string(),
        }),
        Key::Role(id) => Kind::Role(name::write_role(id)),
        Key::RoleElement(role, element) => Kind::RoleElement(storage::RoleElementId {
            role: Some(name::write_role(role)),
            element: Some(name::write_element(element)),
        }),
        Key::User(id) => Kind::User(id.to_string()),
        Key::UserTenant(user, tenant) => {
            Kind::UserTenant(storage::UserTenantId { user: user.to_string(), tenant: Some(name::write_tenant(tenant)) })
        }
        Key::Client(id) => Kind::Client(id.to_string()),
        Key::ExternalIdentity(id) => Kind::ExternalIdentity(name::write_external_identity(id)),
        Key::Group(id) => Kind::Group(id.to_string()),
        Key::GroupMember(group, member) => Kind::GroupMember(storage::GroupMember {
            group: group.to_string(),
            member: Some(name::write_subject(member)),
        }),
        Key::Assignment(id) => Kind::Assignment(write_assignment(id)),
        Key::Resource(id) => Kind::Resource(name::write_resource(id)),
        Key::ResourceParent(child, parent) => Kind::ResourceParent(storage::ResourceParent {
            child: Some(name::write_resource(child)),
            parent: Some(name::write_resource_key(parent)),
        }),
        Key::TraversalSpec(id) => Kind::TraversalSpec(name::write_traversal_spec(id)),
        Key::Scope(id) => Kind::Scope(name::write_scope(id)),
        Key::Instance(id) => Kind::Instance(selection::write_instance(id)),
        Key::Selection(instance, kind, resource) => {
            Kind::Selection(selection::write_selection(instance, *kind, resource))
        }
        Key::AssignedResource(assignment, resource) => Kind::AssignedResource(storage::AssignedResource {
            assignment: Some(name::write_assignment(assignment)),
            resource: Some(name::write_resource_key(resource)),
        }),
        Key::AssignedPrivilege(id, user) => Kind::AssignedPrivilege(privilege::write_assigned(id, user)),
    };
    storage::Key { kind: Some(kind) }
}

pub(super) fn read(stored: storage::Key) -> Result<Key, Unreadable> {
    Ok(match required(stored.kind, "the kind of a key")? {
        Kind::Application(id) => Key::Application(name::id(&id)?),
        Kind::Tenant(id) => Key::Tenant(name::tenant(Some(id))?),
        Kind::Privilege(id) => Key::Privilege(name::privilege(Some(id))?),
        Kind::PrivilegeGroup(id) => Key::PrivilegeGroup(name::privilege_group(Some(id))?),
        Kind::GroupedPrivilege(row) => {
            Key::GroupedPrivilege(name::privilege_group(row.group)?, name::key(&row.privilege)?)
        }
        Kind::PermissionBoundary(id) => Key::Boundary(name::boundary(Some(id))?),
        Kind::BoundaryTenant(id) => Key::BoundaryTenant(name::boundary(id.boundary)?, name::id(&id.tenant)?),
        Kind::Role(id) => Key::Role(name::role(Some(id))?),
        Kind::RoleElement(id) => Key::RoleElement(name::role(id.role)?, name::element(id.element)?),
        Kind::User(id) => Key::User(name::id(&id)?),
        Kind::UserTenant(id) => Key::UserTenant(name::id(&id.user)?, name::tenant(id.tenant)?),
        Kind::Client(id) => Key::Client(name::id(&id)?),
        Kind::ExternalIdentity(id) => Key::ExternalIdentity(name::external_identity(Some(id))?),
        Kind::Group(id) => Key::Group(name::id(&id)?),
        Kind::GroupMember(id) => Key::GroupMember(name::id(&id.group)?, name::subject(id.member)?),
        Kind::Assignment(id) => Key::Assignment(assignment(Some(id))?),
        Kind::Resource(id) => Key::Resource(name::resource(Some(id))?),
        Kind::ResourceParent(row) => Key::ResourceParent(name::resource(row.child)?, name::resource_key(row.parent)?),
        Kind::TraversalSpec(id) => Key::TraversalSpec(name::traversal_spec(Some(id))?),
        Kind::Scope(id) => Key::Scope(name::scope(Some(id))?),
        Kind::Instance(id) => Key::Instance(selection::instance(Some(id))?),
        Kind::Selection(id) => {
            let (instance, kind, resource) = selection::selection(Some(id))?;
            Key::Selection(instance, kind, resource)
        }
        Kind::AssignedResource(row) => {
            Key::AssignedResource(name::assignment(row.assignment)?, name::resource_key(row.resource)?)
        }
        Kind::AssignedPrivilege(row) => {
            let row = privilege::assigned(row)?;
            Key::AssignedPrivilege(row.privilege, row.user)
        }
    })
}

pub(super) fn write_assignment(id: &AssignmentId) -> storage::AssignmentId {
    storage::AssignmentId {
        holder: Some(name::write_subject(&id.holder)),
        role: Some(name::write_role(&id.role)),
        tenant: name::write_optional(id.tenant.as_ref()),
    }
}

pub(super) fn assignment(stored: Option<storage::AssignmentId>) -> Result<AssignmentId, Unreadable> {
    let stored = required(stored, "the identity of an assignment")?;
    Ok(AssignmentId {
        holder: name::subject(stored.holder)?,
        role: name::role(stored.role)?,
        tenant: name::optional(stored.tenant)?,
    })
}
