//! Ids and names, stored.

use super::super::unreadable::Unreadable;
use super::required;
use crate::domain::directory::ExternalIdentityId;
use crate::domain::id::{ForeignId, Id, PrivilegeKey, PrivilegePattern, ResourceKind};
use crate::domain::name::{
    AssignmentName, BoundaryId, PrivilegeGroupId, PrivilegeId, ResourceId, ResourceKey, RoleId, ScopeId, Subject,
    TenantId, TraversalSpecId,
};
use crate::domain::role::RoleElement;
use crate::proto::storage::{self, element, subject};

pub(super) fn id(text: &str) -> Result<Id, Unreadable> {
    Ok(Id::parse(text)?)
}

pub(super) fn optional(text: Option<String>) -> Result<Option<Id>, Unreadable> {
    text.map(|text| id(&text)).transpose()
}

pub(super) fn write_optional(id: Option<&Id>) -> Option<String> {
    id.map(Id::to_string)
}

pub(super) fn write_tenant(tenant: &TenantId) -> storage::TenantId {
    storage::TenantId { application: tenant.application.to_string(), tenant: tenant.tenant.to_string() }
}

pub(super) fn tenant(stored: Option<storage::TenantId>) -> Result<TenantId, Unreadable> {
    let stored = required(stored, "the name of a tenant")?;
    Ok(TenantId { application: id(&stored.application)?, tenant: id(&stored.tenant)? })
}

pub(super) fn write_role(role: &RoleId) -> storage::RoleId {
    storage::RoleId {
        application: role.application.to_string(),
        tenant: write_optional(role.tenant.as_ref()),
        role: role.role.to_string(),
    }
}

pub(super) fn role(stored: Option<storage::RoleId>) -> Result<RoleId, Unreadable> {
    let stored = required(stored, "the name of a role")?;
    Ok(RoleId { application: id(&stored.application)?, tenant: optional(stored.tenant)?, role: id(&stored.role)? })
}

pub(super) fn write_privilege(privilege: &PrivilegeId) -> storage::PrivilegeId {
    storage::PrivilegeId { application: privilege.application.to_string(), key: privilege.key.to_string() }
}

pub(super) fn privilege(stored: Option<storage::PrivilegeId>) -> Result<PrivilegeId, Unreadable> {
    let stored = required(stored, "the name of a privilege")?;
    Ok(PrivilegeId { application: id(&stored.application)?, key: PrivilegeKey::parse(&stored.key)? })
}

pub(super) fn key(text: &str) -> Result<PrivilegeKey, Unreadable> {
    Ok(PrivilegeKey::parse(text)?)
}

pub(super) fn write_privilege_group(group: &PrivilegeGroupId) -> storage::PrivilegeGroupId {
    storage::PrivilegeGroupId {
        application: group.application.to_string(),
        tenant: write_optional(group.tenant.as_ref()),
        group: group.group.to_string(),
    }
}

pub(super) fn privilege_group(stored: Option<storage::PrivilegeGroupId>) -> Result<PrivilegeGroupId, Unreadable> {
    let stored = required(stored, "the name of a privilege group")?;
    Ok(PrivilegeGroupId {
        application: id(&stored.application)?,
        tenant: optional(stored.tenant)?,
        group: id(&stored.group)?,
    })
}

pub(super) fn write_boundary(boundary: &BoundaryId) -> storage::BoundaryId {
    storage::BoundaryId { application: boundary.application.to_string(), boundary: boundary.boundary.to_string() }
}

pub(super) fn boundary(stored: Option<storage::BoundaryId>) -> Result<BoundaryId, Unreadable> {
    let stored = required(stored, "the name of a permission boundary")?;
    Ok(BoundaryId { application: id(&stored.application)?, boundary: id(&stored.boundary)? })
}

pub(super) fn write_resource(resource: &ResourceId) -> storage::ResourceId {
    storage::ResourceId {
        application: resource.application.to_string(),
        kind: resource.kind.to_string(),
        id: resource.id.to_string(),
    }
}

pub(super) fn resource(stored: Option<storage::ResourceId>) -> Result<ResourceId, Unreadable> {
    let stored = required(stored, "the name of a resource")?;
    Ok(ResourceId {
        application: id(&stored.application)?,
        kind: ResourceKind::parse(&stored.kind)?,
        id: ForeignId::parse(&stored.id)?,
    })
}

pub(super) fn write_resource_key(resource: &ResourceKey) -> storage::ResourceKey {
    storage::ResourceKey { kind: resource.kind.to_string(), id: resource.id.to_string() }
}

pub(super) fn resource_key(stored: Option<storage::ResourceKey>) -> Result<ResourceKey, Unreadable> {
    let stored = required(stored, "the key of a resource")?;
    Ok(ResourceKey { kind: ResourceKind::parse(&stored.kind)?, id: ForeignId::parse(&stored.id)? })
}

pub(super) fn write_scope(scope: &ScopeId) -> storage::ScopeId {
    storage::ScopeId { application: scope.application.to_string(), scope: scope.scope.to_string() }
}

pub(super) fn scope(stored: Option<storage::ScopeId>) -> Result<ScopeId, Unreadable> {
    let stored = required(stored, "the name of a scope")?;
    Ok(ScopeId { application: id(&stored.application)?, scope: id(&stored.scope)? })
}

pub(super) fn write_traversal_spec(spec: &TraversalSpecId) -> storage::TraversalSpecId {
    storage::TraversalSpecId { application: spec.application.to_string(), spec: spec.spec.to_string() }
}

pub(super) fn traversal_spec(stored: Option<storage::TraversalSpecId>) -> Result<TraversalSpecId, Unreadable> {
    let stored = required(stored, "the name of a traversal spec")?;
    Ok(TraversalSpecId { application: id(&stored.application)?, spec: id(&stored.spec)? })
}

pub(super) fn write_assignment(assignment: &AssignmentName) -> storage::AssignmentName {
    storage::AssignmentName {
        application: assignment.application.to_string(),
        assignment: assignment.assignment.to_string(),
    }
}

pub(super) fn assignment(stored: Option<storage::AssignmentName>) -> Result<AssignmentName, Unreadable> {
    let stored = required(stored, "the name of an assignment")?;
    Ok(AssignmentName { application: id(&stored.application)?, assignment: id(&stored.assignment)? })
}

pub(super) fn write_external_identity(identity: &ExternalIdentityId) -> storage::ExternalIdentityId {
    storage::ExternalIdentityId { issuer: identity.issuer.to_string(), subject: identity.subject.to_string() }
}

pub(super) fn external_identity(stored: Option<storage::ExternalIdentityId>) -> Result<ExternalIdentityId, Unreadable> {
    let stored = required(stored, "an external identity")?;
    Ok(ExternalIdentityId { issuer: ForeignId::parse(&stored.issuer)?, subject: ForeignId::parse(&stored.subject)? })
}

pub(super) fn write_subject(subject: &Subject) -> storage::Subject {
    let kind = match subject {
        Subject::User(id) => subject::Kind::User(id.to_string()),
        Subject::Client(id) => subject::Kind::Client(id.to_string()),
        Subject::Group(id) => subject::Kind::Group(id.to_string()),
        Subject::Application(id) => subject::Kind::Application(id.to_string()),
    };
    storage::Subject { kind: Some(kind) }
}

pub(super) fn subject(stored: Option<storage::Subject>) -> Result<Subject, Unreadable> {
    let kind = stored.and_then(|stored| stored.kind);
    Ok(match required(kind, "the kind of a subject")? {
        subject::Kind::User(text) => Subject::User(id(&text)?),
        subject::Kind::Client(text) => Subject::Client(id(&text)?),
        subject::Kind::Group(text) => Subject::Group(id(&text)?),
        subject::Kind::Application(text) => Subject::Application(id(&text)?),
    })
}

pub(super) fn write_element(element: &RoleElement) -> storage::Element {
    let kind = match element {
        RoleElement::Privilege(key) => element::Kind::Privilege(key.to_string()),
        RoleElement::Pattern(pattern) => element::Kind::Pattern(pattern.to_string()),
        RoleElement::Exclusion(pattern) => element::Kind::Exclusion(pattern.to_string()),
        RoleElement::Parent { tenant, role } => {
            element::Kind::Parent(element::Parent { tenant: write_optional(tenant.as_ref()), role: role.to_string() })
        }
        RoleElement::VisibleTenant(tenant) => element::Kind::VisibleTenant(tenant.to_string()),
        RoleElement::PrivilegeGroup { tenant, group } => element::Kind::PrivilegeGroup(element::PrivilegeGroup {
            tenant: write_optional(tenant.as_ref()),
            group: group.to_string(),
        }),
    };
    storage::Element { kind: Some(kind) }
}

pub(super) fn element(stored: Option<storage::Element>) -> Result<RoleElement, Unreadable> {
    let kind = stored.and_then(|stored| stored.kind);
    Ok(match required(kind, "the kind of an element")? {
        element::Kind::Privilege(text) => RoleElement::Privilege(PrivilegeKey::parse(&text)?),
        element::Kind::Pattern(text) => RoleElement::Pattern(PrivilegePattern::parse(&text)?),
        element::Kind::Exclusion(text) => RoleElement::Exclusion(PrivilegePattern::parse(&text)?),
        element::Kind::Parent(parent) => {
            RoleElement::Parent { tenant: optional(parent.tenant)?, role: id(&parent.role)? }
        }
        element::Kind::VisibleTenant(text) => RoleElement::VisibleTenant(id(&text)?),
        element::Kind::PrivilegeGroup(group) => {
            RoleElement::PrivilegeGroup { tenant: optional(group.tenant)?, group: id(&group.group)? }
        }
    })
}
