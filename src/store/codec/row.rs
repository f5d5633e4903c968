//! Rows, stored.

use super::super::code::{self, Coded};
use super::super::unreadable::Unreadable;
use super::{key, name, privilege, required, selection, traversal};
use crate::domain::assignment::{Assignment, ObjectAccess};
use crate::domain::boundary::{BoundaryTenant, PermissionBoundary};
use crate::domain::directory::{Client, ExternalIdentity, Group, GroupMember, User, UserTenant};
use crate::domain::privilege_group::GroupedPrivilege;
use crate::domain::resource::ResourceParent;
use crate::domain::role::{Role, RoleElementRow};
use crate::domain::row::{Row, Stamp};
use crate::domain::scope::AssignedResource;
use crate::domain::tenancy::{Application, Tenant};
use crate::domain::time::Time;
use crate::proto::storage::{self, row::Kind};

pub(super) fn write(row: &Row) -> storage::Row {
    let kind = match row {
        Row::Application(row) => Kind::Application(write_application(row)),
        Row::Tenant(row) => Kind::Tenant(write_tenant(row)),
        Row::User(row) => Kind::User(write_user(row)),
        Row::UserTenant(row) => Kind::UserTenant(storage::UserTenant {
            user: row.user.to_string(),
            tenant: Some(name::write_tenant(&row.tenant)),
            incarnation: row.incarnation,
        }),
        Row::Client(row) => Kind::Client(write_client(row)),
        Row::ExternalIdentity(row) => Kind::ExternalIdentity(storage::ExternalIdentity {
            id: Some(name::write_external_identity(&row.id)),
            bearer: Some(name::write_subject(&row.bearer)),
        }),
        Row::Group(row) => Kind::Group(write_group(row)),
        Row::GroupMember(row) => Kind::GroupMember(storage::GroupMember {
            group: row.group.to_string(),
            member: Some(name::write_subject(&row.member)),
        }),
        Row::Privilege(row) => Kind::Privilege(privilege::write(row)),
        Row::PrivilegeGroup(row) => Kind::PrivilegeGroup(privilege::write_group(row)),
        Row::GroupedPrivilege(row) => Kind::GroupedPrivilege(storage::GroupedPrivilege {
            group: Some(name::write_privilege_group(&row.group)),
            privilege: row.privilege.to_string(),
        }),
        Row::Boundary(row) => Kind::PermissionBoundary(write_boundary(row)),
        Row::BoundaryTenant(row) => Kind::BoundaryTenant(storage::BoundaryTenant {
            boundary: Some(name::write_boundary(&row.boundary)),
            tenant: row.tenant.to_string(),
            incarnation: row.incarnation,
        }),
        Row::Role(row) => Kind::Role(write_role(row)),
        Row::RoleElement(row) => Kind::RoleElement(storage::RoleElement {
            role: Some(name::write_role(&row.role)),
            element: Some(name::write_element(&row.element)),
            incarnation: row.incarnation,
        }),
        Row::Assignment(row) => Kind::Assignment(write_assignment(row)),
        Row::Resource(row) => Kind::Resource(selection::write_resource(row)),
        Row::ResourceParent(row) => Kind::ResourceParent(storage::ResourceParent {
            child: Some(name::write_resource(&row.child)),
            parent: Some(name::write_resource_key(&row.parent)),
        }),
        Row::TraversalSpec(row) => Kind::TraversalSpec(traversal::write(row)),
        Row::Scope(row) => Kind::Scope(selection::write_scope(row)),
        Row::Instance(row) => Kind::Instance(selection::write_instance_row(row)),
        Row::Selection(row) => Kind::Selection(selection::write_selection_row(row)),
        Row::AssignedResource(row) => Kind::AssignedResource(storage::AssignedResource {
            assignment: Some(name::write_assignment(&row.assignment)),
            resource: Some(name::write_resource_key(&row.resource)),
        }),
        Row::AssignedPrivilege(row) => Kind::AssignedPrivilege(privilege::write_assigned(&row.privilege, &row.user)),
    };
    storage::Row { kind: Some(kind) }
}

pub(super) fn read(stored: storage::Row) -> Result<Row, Unreadable> {
    Ok(match required(stored.kind, "the kind of a row")? {
        Kind::Application(row) => Row::Application(application(row)?),
        Kind::Tenant(row) => Row::Tenant(tenant(row)?),
        Kind::User(row) => Row::User(user(row)?),
        Kind::UserTenant(row) => Row::UserTenant(UserTenant {
            user: name::id(&row.user)?,
            tenant: name::tenant(row.tenant)?,
            incarnation: row.incarnation,
        }),
        Kind::Client(row) => Row::Client(client(row)?),
        Kind::ExternalIdentity(row) => Row::ExternalIdentity(ExternalIdentity {
            id: name::external_identity(row.id)?,
            bearer: name::subject(row.bearer)?,
        }),
        Kind::Group(row) => Row::Group(group(row)?),
        Kind::GroupMember(row) => {
            Row::GroupMember(GroupMember { group: name::id(&row.group)?, member: name::subject(row.member)? })
        }
        Kind::Privilege(row) => Row::Privilege(privilege::read(row)?),
        Kind::PrivilegeGroup(row) => Row::PrivilegeGroup(privilege::group(row)?),
        Kind::GroupedPrivilege(row) => Row::GroupedPrivilege(GroupedPrivilege {
            group: name::privilege_group(row.group)?,
            privilege: name::key(&row.privilege)?,
        }),
        Kind::PermissionBoundary(row) => Row::Boundary(boundary(row)?),
        Kind::BoundaryTenant(row) => Row::BoundaryTenant(BoundaryTenant {
            boundary: name::boundary(row.boundary)?,
            tenant: name::id(&row.tenant)?,
            incarnation: row.incarnation,
        }),
        Kind::Role(row) => Row::Role(role(row)?),
        Kind::RoleElement(row) => Row::RoleElement(RoleElementRow {
            role: name::role(row.role)?,
            element: name::element(row.element)?,
            incarnation: row.incarnation,
        }),
        Kind::Assignment(row) => Row::Assignment(assignment(row)?),
        Kind::Resource(row) => Row::Resource(selection::resource(row)?),
        Kind::ResourceParent(row) => Row::ResourceParent(ResourceParent {
            child: name::resource(row.child)?,
            parent: name::resource_key(row.parent)?,
        }),
        Kind::TraversalSpec(row) => Row::TraversalSpec(traversal::read(row)?),
        Kind::Scope(row) => Row::Scope(selection::scope(row)?),
        Kind::Instance(row) => Row::Instance(selection::instance_row(row)?),
        Kind::Selection(row) => Row::Selection(selection::selection_row(row)?),
        Kind::AssignedResource(row) => Row::AssignedResource(AssignedResource {
            assignment: name::assignment(row.assignment)?,
            resource: name::resource_key(row.resource)?,
        }),
        Kind::AssignedPrivilege(row) => Row::AssignedPrivilege(privilege::assigned(row)?),
    })
}

pub(super) fn write_stamp(stamp: &Stamp) -> storage::Stamp {
    storage::Stamp {
        created_at: stamp.created_at.micros(),
        created_by: stamp.created_by.clone(),
        updated_at: stamp.updated_at.micros(),
        updated_by: stamp.updated_by.clone(),
        revision: stamp.revision,
    }
}

pub(super) fn stamp(stored: Option<storage::Stamp>) -> Result<Stamp, Unreadable> {
    let stored = required(stored, "the stamp of a row")?;
    Ok(Stamp {
        created_at: time(stored.created_at)?,
        created_by: stored.created_by,
        updated_at: time(stored.updated_at)?,
        updated_by: stored.updated_by,
        revision: stored.revision,
    })
}

fn time(micros: i64) -> Result<Time, Unreadable> {
    required(Time::from_micros(micros), "a time that can be")
}

fn write_application(row: &Application) -> storage::Application {
    storage::Application {
        id: row.id.to_string(),
        display_name: row.display_name.clone(),
        catalogue: row.catalogue.code().into(),
        stamp: Some(write_stamp(&row.stamp)),
    }
}

fn application(row: storage::Application) -> Result<Application, Unreadable> {
    Ok(Application {
        id: name::id(&row.id)?,
        display_name: row.display_name,
        catalogue: Coded::from_code(row.catalogue)?,
        stamp: stamp(row.stamp)?,
    })
}

fn write_tenant(row: &Tenant) -> storage::Tenant {
    storage::Tenant {
        id: Some(name::write_tenant(&row.id)),
        display_name: row.display_name.clone(),
        r#type: row.tenant_type.code().into(),
        incarnation: row.incarnation,
        live: row.live,
        stamp: Some(write_stamp(&row.stamp)),
    }
}

fn tenant(row: storage::Tenant) -> Result<Tenant, Unreadable> {
    Ok(Tenant {
        id: name::tenant(row.id)?,
        display_name: row.display_name,
        tenant_type: Coded::from_code(row.r#type)?,
        incarnation: row.incarnation,
        live: row.live,
        stamp: stamp(row.stamp)?,
    })
}

fn write_user(row: &User) -> storage::User {
    storage::User {
        id: row.id.to_string(),
        username: row.username.clone(),
        display_name: row.display_name.clone(),
        first_name: row.first_name.clone(),
        last_name: row.last_name.clone(),
        email: row.email.clone(),
        enabled: row.enabled,
        application: name::write_optional(row.application.as_ref()),
        tenant_level: row.tenant_level,
        stamp: Some(write_stamp(&row.stamp)),
    }
}

fn user(row: storage::User) -> Result<User, Unreadable> {
    Ok(User {
        id: name::id(&row.id)?,
        username: row.username,
        display_name: row.display_name,
        first_name: row.first_name,
        last_name: row.last_name,
        email: row.email,
        enabled: row.enabled,
        application: name::optional(row.application)?,
        tenant_level: row.tenant_level,
        stamp: stamp(row.stamp)?,
    })
}

fn write_client(row: &Client) -> storage::Client {
    storage::Client {
        id: row.id.to_string(),
        application: row.application.to_string(),
        tenant: name::write_optional(row.tenant.as_ref()),
        display_name: row.display_name.clone(),
        enabled: row.enabled,
        stamp: Some(write_stamp(&row.stamp)),
    }
}

fn client(row: storage::Client) -> Result<Client, Unreadable> {
    Ok(Client {
        id: name::id(&row.id)?,
        application: name::id(&row.application)?,
        tenant: name::optional(row.tenant)?,
        display_name: row.display_name,
        enabled: row.enabled,
        stamp: stamp(row.stamp)?,
    })
}

fn write_group(row: &Group) -> storage::Group {
    storage::Group {
        id: row.id.to_string(),
        group_name: row.group_name.clone(),
        display_name: row.display_name.clone(),
        description: row.description.clone(),
        stamp: Some(write_stamp(&row.stamp)),
    }
}

fn group(row: storage::Group) -> Result<Group, Unreadable> {
    Ok(Group {
        id: name::id(&row.id)?,
        group_name: row.group_name,
        display_name: row.display_name,
        description: row.description,
        stamp: stamp(row.stamp)?,
    })
}

fn write_boundary(row: &PermissionBoundary) -> storage::PermissionBoundary {
    storage::PermissionBoundary {
        id: Some(name::write_boundary(&row.id)),
        boundary_name: row.boundary_name.clone(),
        display_name: row.display_name.clone(),
        description: row.description.clone(),
        kind: row.kind.code().into(),
        value: row.value.clone(),
        stamp: Some(write_stamp(&row.stamp)),
    }
}

fn boundary(row: storage::PermissionBoundary) -> Result<PermissionBoundary, Unreadable> {
    Ok(PermissionBoundary {
        id: name::boundary(row.id)?,
        boundary_name: row.boundary_name,
        display_name: row.display_name,
        description: row.description,
        kind: Coded::from_code(row.kind)?,
        value: row.value,
        stamp: stamp(row.stamp)?,
    })
}

fn write_role(row: &Role) -> storage::Role {
    storage::Role {
        id: Some(name::write_role(&row.id)),
        role_name: row.role_name.clone(),
        display_name: row.display_name.clone(),
        description: row.description.clone(),
        metadata: row.metadata.iter().map(|(key, value)| entry(key, value)).collect(),
        kind: row.kind.code().into(),
        boundary: code::of_boundary(&row.boundary).to_owned(),
        visibility: row.visibility.code().into(),
        stamp: Some(write_stamp(&row.stamp)),
    }
}

fn entry(key: &str, value: &str) -> storage::Entry {
    storage::Entry { key: key.to_owned(), value: value.to_owned() }
}

fn role(row: storage::Role) -> Result<Role, Unreadable> {
    Ok(Role {
        id: name::role(row.id)?,
        role_name: row.role_name,
        display_name: row.display_name,
        description: row.description,
        metadata: row.metadata.into_iter().map(|entry| (entry.key, entry.value)).collect(),
        kind: Coded::from_code(row.kind)?,
        boundary: code::boundary(&row.boundary)?,
        visibility: Coded::from_code(row.visibility)?,
        stamp: stamp(row.stamp)?,
    })
}

fn write_assignment(row: &Assignment) -> storage::Assignment {
    storage::Assignment {
        id: Some(key::write_assignment(&row.id)),
        only_some_objects: !row.access.allow_all_objects,
        scope: name::write_optional(row.access.scope.as_ref()),
        start: row.start.map(Time::micros),
        expire: row.expire.map(Time::micros),
        reason: row.reason.clone(),
        stamp: Some(write_stamp(&row.stamp)),
    }
}

fn assignment(row: storage::Assignment) -> Result<Assignment, Unreadable> {
    Ok(Assignment {
        id: key::assignment(row.id)?,
        access: ObjectAccess { allow_all_objects: !row.only_some_objects, scope: name::optional(row.scope)? },
        start: row.start.map(time).transpose()?,
        expire: row.expire.map(time).transpose()?,
        reason: row.reason,
        stamp: stamp(row.stamp)?,
    })
}
