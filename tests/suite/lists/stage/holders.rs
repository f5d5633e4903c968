//! The lists of who has a privilege: roles of an application and of a tenant, and users.

use serde_json::{Value, json};

use super::{List, Write, both, passing};

const PRIVILEGE: &str = "applications/list/privileges/the document";

/// The privilege that all of them have.
pub(super) fn document() -> Value {
    let statement = json!({"effect": "ALLOW", "actions": ["*"], "scopes": ["*"]});
    let document = json!({"version": "", "statements": [statement]});
    json!({"privilege": {"application": "list", "key": "the document", "document": document}})
}

/// The role and the user that stay.
pub(super) fn lines(id: &str) -> [Value; 3] {
    let role = |tenant: Option<&str>| json!({"role_privilege": {"application": "list", "tenant": tenant, "role": id, "privilege": "the document"}});
    [
        role(None),
        role(Some("t")),
        json!({"assigned_privilege": {"application": "list", "privilege": "the document", "user": id}}),
    ]
}

fn role(parent: &str, n: usize) -> Vec<Write> {
    let id = passing(n);
    let name = format!("{parent}/roles/{id}");
    let new = json!({"parent": parent, "role_id": id, "role": {"role_name": format!("passing {n}")}});
    vec![
        ("RoleService/CreateRole", new),
        ("PrivilegeService/AssignPrivilegeToRoles", json!({"name": PRIVILEGE, "roles": [name]})),
    ]
}

fn no_role(parent: &str, n: usize) -> Vec<Write> {
    let name = format!("{parent}/roles/{}", passing(n));
    vec![
        ("PrivilegeService/RemovePrivilegeFromRole", json!({"name": PRIVILEGE, "role": name})),
        ("RoleService/DeleteRole", json!({"name": name})),
    ]
}

/// The roles of the application stand before those of its tenant.
pub(super) fn of_holders() -> [List; 2] {
    [
        List {
            method: "PrivilegeService/ListPrivilegeRoles",
            request: json!({"name": PRIVILEGE}),
            name: Some(|id| match id.strip_prefix("t/") {
                Some(id) => format!("applications/list/tenants/t/roles/{id}"),
                None => format!("applications/list/roles/{id}"),
            }),
            comes: |n| [role("applications/list", n), role("applications/list/tenants/t", n)].concat(),
            goes: |n| [no_role("applications/list", n), no_role("applications/list/tenants/t", n)].concat(),
            ids: || both().into_iter().chain(both().into_iter().map(|id| format!("t/{id}"))).collect(),
            sorts: false,
        },
        List {
            method: "PrivilegeService/ListPrivilegeUsers",
            request: json!({"name": PRIVILEGE}),
            name: Some(|id| format!("users/{id}")),
            comes: |n| {
                let (id, user) =
                    (passing(n), json!({"username": format!("passing {n}"), "application": "applications/list"}));
                let assign = json!({"name": PRIVILEGE, "users": [format!("users/{id}")]});
                vec![
                    ("DirectoryService/CreateUser", json!({"user_id": id, "user": user})),
                    ("PrivilegeService/AssignPrivilegeToUsers", assign),
                ]
            },
            goes: |n| {
                let name = format!("users/{}", passing(n));
                vec![("DirectoryService/DeleteUser", json!({"name": name, "force": true}))]
            },
            ids: both,
            sorts: false,
        },
    ]
}
