//! Permission boundaries.

use std::collections::BTreeSet;

use super::mask::Mask;
use super::time::timestamp;
use super::{at_most, complete, elements, id_or, required, set_of, tenant_named, write};
use crate::app::boundaries::{DeleteBoundary, NewBoundary, UpdateBoundary};
use crate::app::error::{Error, Result};
use crate::app::state::Snapshot;
use crate::app::token::etag;
use crate::domain::boundary::{BoundaryKind, PermissionBoundary};
use crate::domain::id::Id;
use crate::domain::limit::BOUNDARY_TENANTS_MAX;
use crate::domain::name::{self, BoundaryId, TenantId};
use crate::domain::row::{Row, Stamp};
use crate::domain::text;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;
use crate::proto::v1::permission_boundary::Kind;

/// The boundary to be made.
pub(in crate::grpc) fn new_boundary(
    request: v1::CreatePermissionBoundaryRequest,
    fresh: Id,
    mut violations: Violations,
) -> Result<NewBoundary> {
    let v = &mut violations;
    let application = v.take("parent", name::parse_application(&request.parent));
    let id = id_or(v, "permission_boundary_id", &request.permission_boundary_id, fresh);
    let message = required(v, "permission_boundary", request.permission_boundary).unwrap_or_default();
    let boundary_name = v.take("permission_boundary.boundary_name", text::required_name(&message.boundary_name));
    let display_name = v.take("permission_boundary.display_name", text::display(&message.display_name));
    let description = v.take("permission_boundary.description", text::description(&message.description));
    let kind = v.take("permission_boundary.kind", own_kind(message.kind));
    let tenants = application.as_ref().map(|application| tenants(v, application, &message.tenants));
    let value = match kind {
        Some(BoundaryKind::Custom) => v.take("permission_boundary.value", text::required_name(&message.value)),
        _ => v.take("permission_boundary.value", empty(&message.value)),
    };
    if kind == Some(BoundaryKind::Custom) && !message.tenants.is_empty() {
        v.add("permission_boundary.tenants", "must be empty for this kind");
    }
    let new = (|| {
        let boundary = PermissionBoundary {
            id: BoundaryId { application: application?, boundary: id? },
            boundary_name: boundary_name?,
            display_name: display_name?,
            description: description?,
            kind: kind?,
            value: value?,
            stamp: Stamp::default(),
        };
        Some(NewBoundary { boundary, tenants: tenants? })
    })();
    complete(violations, new)
}

fn empty(text: &str) -> Result<String, Malformed> {
    if text.is_empty() { Ok(String::new()) } else { Err(Malformed::new("must be empty for this kind")) }
}

fn own_kind(kind: i32) -> Result<BoundaryKind, Malformed> {
    match Kind::try_from(kind) {
        Ok(Kind::TenantInclusionList) => Ok(BoundaryKind::TenantInclusionList),
        Ok(Kind::TenantExclusionList) => Ok(BoundaryKind::TenantExclusionList),
        Ok(Kind::Custom) => Ok(BoundaryKind::Custom),
        _ => Err(Malformed::new("must be KIND_TENANT_INCLUSION_LIST, KIND_TENANT_EXCLUSION_LIST or KIND_CUSTOM")),
    }
}

/// A kind, as the API shows it.
pub(in crate::grpc) fn kind_of(kind: BoundaryKind) -> Kind {
    match kind {
        BoundaryKind::Application => Kind::Application,
        BoundaryKind::Tenant => Kind::Tenant,
        BoundaryKind::SelfOnly => Kind::Self_,
        BoundaryKind::TenantInclusionList => Kind::TenantInclusionList,
        BoundaryKind::TenantExclusionList => Kind::TenantExclusionList,
        BoundaryKind::Custom => Kind::Custom,
    }
}

fn tenants(violations: &mut Violations, application: &Id, names: &[String]) -> BTreeSet<Id> {
    let field = "permission_boundary.tenants";
    let tenants = set_of(violations, field, names, |text| tenant_named(application, text));
    at_most(violations, field, tenants.len(), BOUNDARY_TENANTS_MAX);
    elements(tenants).collect()
}

/// The change of a boundary.
pub(in crate::grpc) fn update_boundary(
    request: v1::UpdatePermissionBoundaryRequest,
    mut violations: Violations,
) -> Result<UpdateBoundary> {
    let v = &mut violations;
    let message = required(v, "permission_boundary", request.permission_boundary).unwrap_or_default();
    let id = v.take("permission_boundary.name", BoundaryId::parse(&message.name));
    let kind = match message.kind {
        0 => None,
        kind => v.take("permission_boundary.kind", own_kind(kind)),
    };
    let fields = [
        ("display_name", !message.display_name.is_empty()),
        ("description", !message.description.is_empty()),
        ("tenants", !message.tenants.is_empty()),
        ("value", !message.value.is_empty()),
    ];
    let mask = Mask::read("permission_boundary", request.update_mask.as_ref(), &fields, v);
    let display_name = mask.take(v, "display_name", || text::display(&message.display_name));
    let description = mask.take(v, "description", || text::description(&message.description));
    let value = mask.take(v, "value", || match message.value.as_str() {
        "" => Ok(String::new()),
        text => text::required_name(text),
    });
    let named = id.as_ref().filter(|_| mask.has("tenants"));
    let tenants = named.map(|id| tenants(v, &id.application, &message.tenants));
    let boundary_name = Some(message.boundary_name).filter(|sent| !sent.is_empty());
    let etag = message.etag;
    let update =
        id.map(|id| UpdateBoundary { id, boundary_name, kind, display_name, description, tenants, value, etag });
    complete(violations, update)
}

/// The boundary to be deleted.
pub(in crate::grpc) fn delete_boundary(
    request: v1::DeletePermissionBoundaryRequest,
    mut violations: Violations,
) -> Result<DeleteBoundary> {
    let id = violations.take("name", BoundaryId::parse(&request.name));
    let deletion = write::deletion(request.etag, request.allow_missing, false);
    complete(violations, id.map(|id| DeleteBoundary { id, deletion }))
}

/// A boundary, as the API shows it, with the tenants that it lists in the state.
pub(in crate::grpc) fn boundary(row: &Row, snapshot: &Snapshot) -> Result<v1::PermissionBoundary> {
    let Row::Boundary(row) = row else { return Err(Error::Internal) };
    let name = row.id.to_string();
    let (mut ids, gone) = snapshot.tenants_of_boundary(&row.id);
    if row.kind == BoundaryKind::TenantExclusionList {
        ids.extend(gone);
        ids.sort_unstable();
    }
    let tenant = |id: String| {
        let tenant = Id::parse(&id).map_err(|_| Error::Internal)?;
        Ok(TenantId { application: row.id.application.clone(), tenant }.to_string())
    };
    let is_made = !matches!(row.kind, BoundaryKind::Application | BoundaryKind::Tenant | BoundaryKind::SelfOnly);
    Ok(v1::PermissionBoundary {
        etag: etag(&name, row.stamp.revision),
        name,
        boundary_name: row.boundary_name.clone(),
        display_name: row.display_name.clone(),
        description: row.description.clone(),
        kind: kind_of(row.kind).into(),
        tenants: ids.into_iter().map(tenant).collect::<Result<_>>()?,
        value: row.value.clone(),
        create_time: is_made.then(|| timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
        update_time: is_made.then(|| timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by.clone(),
    })
}
