//! Rows as lines of an import: of the kinds that the office has.

use bailiwick::domain::boundary::{Boundary, BoundaryKind};
use bailiwick::domain::id::Id;
use bailiwick::domain::role::{RoleElement, Visibility};
use bailiwick::domain::row::Row;
use serde_json::{Value, json};

/// The lines, each after those that it refers to.
pub(super) fn of(rows: &[Row]) -> Vec<String> {
    let mut lines: Vec<(usize, Value)> = rows.iter().filter_map(|row| line(row, rows)).collect();
    lines.sort_by_key(|(order, _)| *order);
    lines.into_iter().map(|(_, line)| line.to_string()).collect()
}

fn tenant(id: Option<&Id>) -> Value {
    id.map_or(Value::Null, |id| id.as_str().into())
}

/// A line, without the fields that say nothing, and its place in the order.
fn line(row: &Row, rows: &[Row]) -> Option<(usize, Value)> {
    let (order, kind, mut of) = match row {
        Row::Application(row) => (0, "application", json!({"id": row.id.as_str(), "catalogue": "STRICT"})),
        Row::Tenant(row) => {
            (1, "tenant", json!({"application": row.id.application.as_str(), "id": row.id.tenant.as_str()}))
        }
        Row::Privilege(row) => {
            let (id, order) = (&row.id, if row.document.is_some() { 3 } else { 2 });
            let visibility = if row.tenant_visible { "ALL" } else { "NONE" };
            let document = row.document.as_ref().map(|document| {
                let statements = document.statements.iter().map(|one| {
                    let scopes: Vec<String> = one.scopes.iter().map(ToString::to_string).collect();
                    json!({"effect": "ALLOW", "actions": one.actions.texts(), "scopes": scopes})
                });
                json!({"version": document.version, "statements": statements.collect::<Vec<_>>()})
            });
            let of = json!({"application": id.application.as_str(), "key": id.key.as_str(), "document": document,
                            "object_scoped": row.object_scoped, "tenant_visibility": visibility});
            (order, "privilege", of)
        }
        Row::PrivilegeGroup(row) => {
            let (application, id) = (row.id.application.as_str(), row.id.group.as_str());
            (4, "privilege_group", json!({"application": application, "id": id, "group_name": row.group_name}))
        }
        Row::GroupedPrivilege(row) => {
            let (application, group) = (row.group.application.as_str(), row.group.group.as_str());
            let of = json!({"application": application, "group": group, "privilege": row.privilege.as_str()});
            (5, "grouped_privilege", of)
        }
        Row::Boundary(row) => (6, "permission_boundary", of_boundary(row, rows)),
        Row::Role(row) => (7, "role", of_role(row, rows)),
        Row::RoleElement(row) => {
            let (kind, mut of) = of_element(&row.element)?;
            of["application"] = row.role.application.as_str().into();
            of["tenant"] = tenant(row.role.tenant.as_ref());
            of["role"] = row.role.role.as_str().into();
            (8, kind, of)
        }
        row => of_people(row, rows)?,
    };
    of.as_object_mut()?.retain(|_, value| !value.is_null());
    let mut line = json!({});
    line[kind] = of;
    Some((order, line))
}

fn of_boundary(row: &bailiwick::domain::boundary::PermissionBoundary, rows: &[Row]) -> Value {
    assert_eq!(row.kind, BoundaryKind::TenantInclusionList);
    let tenants = rows.iter().filter_map(|other| match other {
        Row::BoundaryTenant(other) if other.boundary == row.id => Some(other.tenant.as_str()),
        _ => None,
    });
    json!({"application": row.id.application.as_str(), "id": row.id.boundary.as_str(), "kind": "TENANT_INCLUSION_LIST",
           "boundary_name": row.boundary_name, "tenants": tenants.collect::<Vec<_>>()})
}

/// A role with its patterns and exclusions.
fn of_role(row: &bailiwick::domain::role::Role, rows: &[Row]) -> Value {
    let texts = |is_sought: fn(&RoleElement) -> Option<&str>| {
        let own = rows.iter().filter_map(|other| match other {
            Row::RoleElement(other) if other.role == row.id => is_sought(&other.element),
            _ => None,
        });
        own.map(str::to_owned).collect::<Vec<String>>()
    };
    let patterns = texts(|element| if let RoleElement::Pattern(text) = element { Some(text.as_str()) } else { None });
    let excluded = texts(|element| if let RoleElement::Exclusion(text) = element { Some(text.as_str()) } else { None });
    let boundary = match &row.boundary {
        Boundary::Unset => Value::Null,
        Boundary::Application => "application".into(),
        Boundary::Tenant => "tenant".into(),
        Boundary::SelfOnly => "self".into(),
        Boundary::Named(id) => id.as_str().into(),
    };
    let visibility =
        if row.id.tenant.is_none() && row.visibility == Visibility::None { "NONE".into() } else { Value::Null };
    json!({"application": row.id.application.as_str(), "tenant": tenant(row.id.tenant.as_ref()), "id": row.id.role.as_str(),
           "role_name": row.role_name, "privilege_patterns": patterns, "excluded_privileges": excluded,
           "permission_boundary": boundary, "tenant_visibility": visibility})
}

fn of_element(element: &RoleElement) -> Option<(&'static str, Value)> {
    match element {
        RoleElement::Privilege(key) => Some(("role_privilege", json!({"privilege": key.as_str()}))),
        RoleElement::Parent { role, .. } => Some(("role_parent", json!({"parent": role.as_str()}))),
        RoleElement::PrivilegeGroup { group, .. } => Some(("role_privilege_group", json!({"group": group.as_str()}))),
        _ => None, // They are on the line of the role.
    }
}

fn of_people(row: &Row, rows: &[Row]) -> Option<(usize, &'static str, Value)> {
    let line = match row {
        Row::User(row) => {
            let homes = rows.iter().filter_map(|other| match other {
                Row::UserTenant(other) if other.user == row.id => {
                    Some(format!("{}/{}", other.tenant.application, other.tenant.tenant))
                }
                _ => None,
            });
            let of = json!({"id": row.id.as_str(), "username": row.username, "enabled": row.enabled,
                            "application": tenant(row.application.as_ref()), "tenants": homes.collect::<Vec<_>>()});
            (9, "user", of)
        }
        Row::Client(row) => {
            let of = json!({"id": row.id.as_str(), "application": row.application.as_str(), "enabled": row.enabled,
                            "tenant": tenant(row.tenant.as_ref())});
            (10, "client", of)
        }
        Row::Group(row) => (11, "group", json!({"id": row.id.as_str(), "group_name": row.group_name})),
        Row::GroupMember(row) => {
            (12, "group_member", json!({"group": row.group.as_str(), "member": row.member.to_string()}))
        }
        Row::Resource(row) => {
            let of = json!({"application": row.id.application.as_str(), "kind": row.id.kind.as_str(),
                            "id": row.id.id.as_str(), "tenant": tenant(row.tenant.as_ref())});
            (13, "resource", of)
        }
        Row::Assignment(row) => {
            let time = |time: Option<bailiwick::domain::time::Time>| {
                time.map_or(Value::Null, |time| {
                    if time.micros() < super::NOW { "2020-01-01T00:00:00Z" } else { "2100-01-01T00:00:00Z" }.into()
                })
            };
            let of = json!({"holder": row.id.holder.to_string(), "application": row.id.role.application.as_str(),
                            "role": row.id.role.role.as_str(), "role_tenant": tenant(row.id.role.tenant.as_ref()),
                            "tenant": tenant(row.id.tenant.as_ref()),
                            "start_time": time(row.start), "expire_time": time(row.expire)});
            (14, "role_assignment", of)
        }
        Row::AssignedPrivilege(row) => {
            let (application, key) = (row.privilege.application.as_str(), row.privilege.key.as_str());
            (15, "assigned_privilege", json!({"application": application, "privilege": key, "user": row.user.as_str()}))
        }
        _ => return None, // It is on the line of what it belongs to.
    };
    Some(line)
}
