//! The lists of roles, of what they give, and of who holds them.

use serde_json::json;

use super::{List, Write, both, passing, registered};

/// Roles, who holds them, what they give, and who could give them.
pub(super) fn of_roles() -> [List; 9] {
    let roles = |request| List {
        method: "RoleService/ListRoles",
        request,
        name: Some(|id| format!("applications/list/tenants/t/roles/{id}")),
        comes: |n| vec![role("applications/list", n), role("applications/list/tenants/t", n)],
        goes: |n| vec![no_role("applications/list", n), no_role("applications/list/tenants/t", n)],
        ids: both,
        sorts: true,
    };
    [
        List {
            name: Some(|id| format!("applications/list/roles/{id}")),
            ..roles(json!({"parent": "applications/list"}))
        },
        roles(json!({"parent": "applications/list/tenants/t"})),
        roles(json!({"parent": "applications/list/tenants/t", "include_application_roles": true})),
        List {
            method: "AssignmentService/ListRoleAssignments",
            name: None,
            comes: |n| vec![role("applications/list", n), given("AssignmentService/AssignRoles", n)],
            goes: |n| vec![given("AssignmentService/UnassignRoles", n), no_role("applications/list", n)],
            ..roles(json!({"parent": "applications/list"}))
        },
        List {
            method: "AssignmentService/ListRoleAssignments",
            name: None,
            comes: |n| vec![role("applications/list", n), given("AssignmentService/AssignRoles", n)],
            goes: |n| vec![given("AssignmentService/UnassignRoles", n), no_role("applications/list", n)],
            ..roles(json!({"parent": "applications/list", "filter": "subject = users/holder",
                           "view": "ROLE_ASSIGNMENT_VIEW_EFFECTIVE"}))
        },
        List {
            method: "AssignmentService/ListRoleAssignments",
            name: None,
            comes: |n| vec![role("applications/list", n), put(n)],
            goes: |n| vec![given("AssignmentService/UnassignRoles", n), no_role("applications/list", n)],
            ..roles(json!({"parent": "applications/list", "include_instances": true}))
        },
        List {
            method: "AssignmentService/ListAssignableRoles",
            name: Some(|id| format!("applications/list/roles/{id}")),
            sorts: false,
            ..roles(json!({"parent": "applications/list", "subject": "users/holder"}))
        },
        List {
            method: "PermissionService/ListSubjectPrivileges",
            name: Some(|id| format!("k:{id}")),
            comes: |n| vec![registered(n), role_with_key(n), given("AssignmentService/AssignRoles", n)],
            goes: |n| vec![given("AssignmentService/UnassignRoles", n), no_role("applications/list", n)],
            sorts: false,
            ..roles(json!({"application": "applications/list", "subject": "users/holder"}))
        },
        List {
            method: "RoleService/ListRolePrivileges",
            name: Some(|id| format!("k:{id}")),
            comes: |n| vec![registered(n), changed("RoleService/AddRolePrivileges", n)],
            goes: |n| vec![changed("RoleService/RemoveRolePrivileges", n)],
            sorts: false,
            ..roles(json!({"name": "applications/list/roles/full"}))
        },
    ]
}

fn put(n: usize) -> Write {
    let role = format!("applications/list/roles/{}", super::id(n));
    let words =
        json!({"application": "applications/list", "subject": "users/holder", "role": role, "scope": "all-objects"});
    ("AssignmentService/PutRoleAssignment", words)
}

fn role(parent: &str, n: usize) -> Write {
    let role = json!({"role_name": format!("passing {n}")});
    ("RoleService/CreateRole", json!({"parent": parent, "role_id": passing(n), "role": role}))
}

fn role_with_key(n: usize) -> Write {
    let (method, mut request) = role("applications/list", n);
    request["role"]["privileges"] = json!([format!("k:{}", passing(n))]);
    (method, request)
}

fn no_role(parent: &str, n: usize) -> Write {
    ("RoleService/DeleteRole", json!({"name": format!("{parent}/roles/{}", passing(n))}))
}

fn given(method: &'static str, n: usize) -> Write {
    let role = format!("applications/list/roles/{}", passing(n));
    (method, json!({"application": "applications/list", "subject": "users/holder", "roles": [role]}))
}

fn changed(method: &'static str, n: usize) -> Write {
    (method, json!({"name": "applications/list/roles/full", "privileges": [format!("k:{}", passing(n))]}))
}
