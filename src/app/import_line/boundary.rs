//! Lines about permission boundaries.

use super::{GONE, immutable, put, require_application, require_tenant};
use crate::app::applications::predefined_thing;
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::app::port::Select;
use crate::domain::boundary::{BoundaryTenant, PREDEFINED, PermissionBoundary};
use crate::domain::id::Id;
use crate::domain::name::TenantId;
use crate::domain::row::{Key, Row};

/// The tenants on a boundary's line replace those that it lists.
pub(super) async fn put_boundary(
    draft: &mut Draft<'_>,
    row: &PermissionBoundary,
    tenants: &[Id],
    former: &[Id],
) -> Result<bool> {
    require_application(draft, &row.id.application)?;
    if PREDEFINED.iter().any(|boundary| boundary.id() == Some(row.id.boundary.as_str())) {
        return Err(predefined_thing(&row.id.to_string()));
    }
    let key = Key::Boundary(row.id.clone());
    let old = match draft.get(&key).await? {
        Some(Row::Boundary(old)) => Some(old),
        _ => None,
    };
    if old.as_ref().is_some_and(|old| old.boundary_name != row.boundary_name) {
        return Err(immutable(&row.id, "boundary_name"));
    }
    if old.as_ref().is_some_and(|old| old.kind != row.kind) {
        return Err(immutable(&row.id, "kind"));
    }
    let mut changed = put(draft, Row::Boundary(row.clone())).await?;
    let mut listed = list(draft, row, tenants, former).await?;
    if old.is_some() {
        listed |= drop_others(draft, row, tenants, former).await?;
    }
    if listed {
        draft.touch(&key).await?;
    }
    changed |= listed;
    Ok(changed)
}

async fn list(draft: &mut Draft<'_>, row: &PermissionBoundary, tenants: &[Id], former: &[Id]) -> Result<bool> {
    let entry = |tenant: &Id, incarnation| {
        Row::BoundaryTenant(BoundaryTenant { boundary: row.id.clone(), tenant: tenant.clone(), incarnation })
    };
    let mut changed = false;
    for tenant in tenants {
        let id = TenantId { application: row.id.application.clone(), tenant: tenant.clone() };
        let incarnation = require_tenant(draft, &id).await?;
        changed |= put(draft, entry(tenant, incarnation)).await?;
    }
    // One that is listed already and gone stays as it is.
    let (_, gone) = draft.snapshot().tenants_of_boundary(&row.id);
    for tenant in former.iter().filter(|tenant| !gone.iter().any(|id| id == tenant.as_str())) {
        changed |= put(draft, entry(tenant, GONE)).await?;
    }
    Ok(changed)
}

async fn drop_others(draft: &mut Draft<'_>, row: &PermissionBoundary, tenants: &[Id], former: &[Id]) -> Result<bool> {
    let mut changed = false;
    for old in draft.select(&Select::TenantsOfBoundary(row.id.clone())).await? {
        let Row::BoundaryTenant(old) = old else { return Err(Error::Internal) };
        if !tenants.contains(&old.tenant) && !former.contains(&old.tenant) {
            changed |= draft.delete(&Key::BoundaryTenant(old.boundary, old.tenant)).await?;
        }
    }
    Ok(changed)
}
