//! The line of a permission boundary.

use super::list;
use crate::app::import_line::Step;
use crate::app::policy_line::{BoundaryWord, PermissionBoundaryLine};
use crate::domain::boundary::{BoundaryKind, PermissionBoundary};
use crate::domain::id::Id;
use crate::domain::name::BoundaryId;
use crate::domain::row::Stamp;
use crate::domain::text;
use crate::domain::violation::Violations;

/// Checks the line in itself.
pub(super) fn step(line: &PermissionBoundaryLine, v: &mut Violations) -> Option<Step> {
    let application = v.take("permission_boundary.application", Id::parse(&line.application));
    let id = v.take("permission_boundary.id", Id::parse(&line.id));
    let boundary_name = v.take("permission_boundary.boundary_name", text::required_name(&line.boundary_name));
    let display_name = v.take("permission_boundary.display_name", text::display(&line.display_name));
    let description = v.take("permission_boundary.description", text::description(&line.description));
    let tenants = list(v, "permission_boundary.tenants", &line.tenants, Id::parse);
    let former_tenants = list(v, "permission_boundary.former_tenants", &line.former_tenants, Id::parse);
    let kind = match line.kind {
        BoundaryWord::TenantInclusionList => BoundaryKind::TenantInclusionList,
        BoundaryWord::TenantExclusionList => BoundaryKind::TenantExclusionList,
        BoundaryWord::Custom => BoundaryKind::Custom,
    };
    let value = match kind {
        BoundaryKind::Custom => v.take("permission_boundary.value", text::required_name(&line.value)),
        _ if line.value.is_empty() => Some(String::new()),
        _ => {
            v.add("permission_boundary.value", "must be empty for this kind");
            None
        }
    };
    if kind == BoundaryKind::Custom && !(tenants.is_empty() && former_tenants.is_empty()) {
        v.add("permission_boundary.tenants", "must be empty for this kind");
    }
    let boundary = PermissionBoundary {
        id: BoundaryId { application: application?, boundary: id? },
        boundary_name: boundary_name?,
        display_name: display_name?,
        description: description?,
        kind,
        value: value?,
        stamp: Stamp::default(),
    };
    Some(Step::Boundary { boundary, tenants, former_tenants })
}
