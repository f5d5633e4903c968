//! The change of a role.

use super::mask::Mask;
use super::role::{boundary, exclusions, parents, patterns, privilege_groups, privileges, visibility, visible_tenants};
use super::{Owner, complete, required};
use crate::app::error::Result;
use crate::app::roles::UpdateRole;
use crate::domain::metadata;
use crate::domain::name::RoleId;
use crate::domain::text;
use crate::domain::violation::Violations;
use crate::proto::v1;

/// The change of a role.
pub(in crate::grpc) fn update_role(request: v1::UpdateRoleRequest, mut violations: Violations) -> Result<UpdateRole> {
    let v = &mut violations;
    let message = required(v, "role", request.role).unwrap_or_default();
    let id = v.take("role.name", RoleId::parse(&message.name));
    let mask = mask(&message, request.update_mask.as_ref(), v);
    let owner: Option<Owner> = id.as_ref().map(|id| (id.application.clone(), id.owner_tenant()));
    let boundary = owner.as_ref().and_then(|(application, _)| {
        mask.take(v, "permission_boundary", || boundary(&message.permission_boundary, application))
    });
    let shown = mask.has("tenant_visibility").then(|| {
        let mode = message.tenant_visibility.as_ref().map_or(0, |visibility| visibility.mode);
        let is_tenants = owner.as_ref().is_some_and(|(_, tenant)| tenant.is_some());
        let visibility = v.take("role.tenant_visibility.mode", visibility(mode, is_tenants));
        visibility.zip(Some(visible_tenants(&message, owner.as_ref(), v)))
    });
    let update = UpdateRole {
        role_name: Some(message.role_name.clone()).filter(|name| !name.is_empty()),
        display_name: mask.take(v, "display_name", || text::display(&message.display_name)),
        description: mask.take(v, "description", || text::description(&message.description)),
        metadata: mask.has("metadata").then(|| metadata::checked(v, "role.metadata", &message.metadata)),
        privileges: mask.has("privileges").then(|| privileges(v, "role.privileges", &message.privileges)),
        patterns: mask
            .has("privilege_patterns")
            .then(|| patterns(v, "role.privilege_patterns", &message.privilege_patterns)),
        exclusions: mask.has("excluded_privileges").then(|| exclusions(&message, v)),
        privilege_groups: mask.has("privilege_groups").then(|| privilege_groups(&message, v)),
        parents: mask.has("parents").then(|| parents(&message, v)),
        boundary,
        visibility: shown.flatten(),
        id: complete(violations, id)?,
        etag: message.etag,
    };
    Ok(update)
}

fn mask(message: &v1::Role, sent: Option<&prost_types::FieldMask>, violations: &mut Violations) -> Mask {
    let fields = [
        ("display_name", !message.display_name.is_empty()),
        ("description", !message.description.is_empty()),
        ("metadata", !message.metadata.is_empty()),
        ("privileges", !message.privileges.is_empty()),
        ("privilege_patterns", !message.privilege_patterns.is_empty()),
        ("excluded_privileges", !message.excluded_privileges.is_empty()),
        ("privilege_groups", !message.privilege_groups.is_empty()),
        ("parents", !message.parents.is_empty()),
        ("permission_boundary", !message.permission_boundary.is_empty()),
        ("tenant_visibility", message.tenant_visibility.is_some()),
    ];
    Mask::read("role", sent, &fields, violations)
}
