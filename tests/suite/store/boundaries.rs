//! Rows of permission boundaries, whose texts are at the edges of what they may be.

use bailiwick::domain::boundary::{Boundary, BoundaryKind, BoundaryTenant, PermissionBoundary};
use bailiwick::domain::name::BoundaryId;
use bailiwick::domain::row::Row;

use super::rows::{NASTY, id, role, stamp};

fn boundary_id(short: &str) -> BoundaryId {
    let (application, boundary) = short.split_once('/').unwrap();
    BoundaryId { application: id(application), boundary: id(boundary) }
}

fn boundary(short: &str, kind: BoundaryKind, value: &str) -> Row {
    Row::Boundary(PermissionBoundary {
        id: boundary_id(short),
        boundary_name: short.to_owned(),
        display_name: String::new(),
        description: String::new(),
        kind,
        value: value.to_owned(),
        stamp: stamp(1_000_000),
    })
}

fn lists(short: &str, tenant: &str, incarnation: u32) -> Row {
    Row::BoundaryTenant(BoundaryTenant { boundary: boundary_id(short), tenant: id(tenant), incarnation })
}

/// Boundaries of each kind, roles that refer to them, and names, values and texts that some database confuses.
pub(crate) fn edges() -> Vec<Row> {
    let mut rows = vec![
        boundary("a/in", BoundaryKind::TenantInclusionList, ""),
        boundary("A/in", BoundaryKind::TenantInclusionList, ""),
        boundary("a/ex", BoundaryKind::TenantExclusionList, ""),
        lists("a/in", "t", 1),
        lists("a/in", "T", u32::MAX),
        lists("A/in", "t", 0),
        lists("a/ex", "t", 2),
        lists("b/in", "t", 1),
    ];
    for (name, list) in [("a/bounded", "in"), ("a/t/bounded", "in"), ("A/bounded", "ex"), ("b/bounded", "gone")] {
        let mut role = role(name);
        if let Row::Role(role) = &mut role {
            role.boundary = Boundary::Named(id(list));
        }
        rows.push(role);
    }
    for (index, text) in NASTY.iter().enumerate() {
        let mut nasty = boundary(&format!("a/n{index}"), BoundaryKind::Custom, &format!("{index}{text}"));
        if let Row::Boundary(row) = &mut nasty {
            row.boundary_name = format!("{index}{text}");
            (row.display_name, row.description) = ((*text).to_owned(), (*text).to_owned());
        }
        rows.push(nasty);
    }
    let (long, wide) = ("x".repeat(64), "\u{1d4b3}".repeat(256));
    let mut longest = boundary(&format!("{long}/{long}"), BoundaryKind::Custom, &wide);
    if let Row::Boundary(row) = &mut longest {
        (row.boundary_name, row.description) = (wide.clone(), "\u{1d4b3}".repeat(4_096));
    }
    rows.extend([longest, lists(&format!("{long}/{long}"), &long, 7)]);
    rows
}
