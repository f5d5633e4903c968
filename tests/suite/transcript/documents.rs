//! The part of the script about policy documents: made, given to roles and users, asked about, changed, and gone.

use serde_json::{Value, json};

use super::script::{forced, named};
use super::{Step, step};

const APP: &str = "applications/app";
const DESK: &str = "applications/app/privileges/Desk é";
const TO_ROLES: &str = "PrivilegeService/AssignPrivilegeToRoles";
const FROM_ROLE: &str = "PrivilegeService/RemovePrivilegeFromRole";
const TO_USERS: &str = "PrivilegeService/AssignPrivilegeToUsers";
const FROM_USER: &str = "PrivilegeService/RemovePrivilegeFromUser";
const KEYS: &[&str] = &["ticket:read", "ticket:Read", "ticket:close", "users:wake", "Desk é"];

/// The steps.
pub(super) fn steps() -> Vec<Step> {
    [made(), asked(), given(), asked(), listed(), changed(), asked(), taken(), gone()].concat()
}

/// What is there at the end, and what is not.
pub(super) fn reads() -> Vec<Step> {
    [asked(), listed()].concat()
}

fn allow(actions: &[&str], scopes: &[&str]) -> Value {
    json!({"effect": "EFFECT_ALLOW", "actions": actions, "scopes": scopes})
}

#[allow(clippy::needless_pass_by_value, reason = "a request is written where it is sent")]
fn new(key: &str, statements: Value) -> Step {
    let privilege = json!({"key": key, "document": {"version": "é", "statements": statements}});
    step("PrivilegeService/CreatePrivilege", json!({"parent": APP, "privilege": privilege}))
}

#[allow(clippy::needless_pass_by_value, reason = "a request is written where it is sent")]
fn of(method: &'static str, words: Value) -> Step {
    let mut request = words;
    request["name"] = DESK.into();
    step(method, request)
}

fn made() -> Vec<Step> {
    let plain: Vec<Value> = KEYS[..4].iter().map(|key| json!({"key": key})).collect();
    let desk = json!([
        allow(&["ticket:close", "ticket:Read", "ticket:read"], &["tickets/é ", "tickets/A/1", "tickets/%_"]),
        allow(&["users:wake"], &["roles/(role)", "users/alice"]),
        allow(&["ticket:read"], &["tenants/north"]),
    ]);
    vec![
        step("PrivilegeService/BatchRegisterPrivileges", json!({"parent": APP, "privileges": plain})),
        new("Desk é", desk.clone()),
        new("Desk é", desk),
        new("desk é", json!([allow(&["*"], &["*"])])),
        new("none", json!([allow(&["ticket:none"], &["*"])])),
        new("none", json!([allow(&["ticket:read", "users:wake"], &["*"]), allow(&["*"], &["tickets/1"])])),
        new("none", json!([allow(&["Desk é"], &["*"])])),
    ]
}

fn given() -> Vec<Step> {
    vec![
        of(
            TO_ROLES,
            json!({"roles": ["applications/app/roles/writer", "applications/app/tenants/north/roles/own"], "role_names": ["ALL role"]}),
        ),
        of(
            TO_ROLES,
            json!({"roles": ["applications/app/roles/writer", "applications/app/roles/none"], "role_names": ["no"]}),
        ),
        of(TO_ROLES, json!({"roles": ["applications/app/roles/writer"], "request_id": "desk"})),
        of(TO_ROLES, json!({"roles": ["applications/app/roles/writer"], "request_id": "desk"})),
        of(TO_USERS, json!({"users": ["users/gil", "users/alice", "users/dave"]})),
        of(TO_USERS, json!({"users": ["users/gil", "users/none"]})),
        of(TO_USERS, json!({"users": ["users/gil"]})),
        of(TO_USERS, json!({"users": ["users/carol"], "validate_only": true})),
        of(TO_USERS, json!({"users": ["users/carol"]})).by("users/alice"),
    ]
}

fn asked() -> Vec<Step> {
    let mut checks = Vec::new();
    for subject in ["users/gil", "users/alice", "users/dave", "users/carol"] {
        for privilege in KEYS {
            checks.push(json!({"subject": subject, "privilege": privilege}));
            checks.push(json!({"subject": subject, "privilege": privilege, "tenant": "north"}));
            for resource in
                ["tickets/é ", "tickets/a/1", "tickets/A/1", "tickets/%_", "users/alice", "users/bob", "roles/(role)"]
            {
                checks.push(json!({"subject": subject, "privilege": privilege, "resource": resource}));
            }
        }
    }
    let whose = json!({"application": APP, "subject": "users/gil", "resource": "users/alice"});
    vec![
        step("PermissionService/BatchCheckPermissions", json!({"application": APP, "checks": checks})),
        step("PermissionService/ListSubjectPrivileges", whose),
    ]
}

fn listed() -> Vec<Step> {
    let mut steps = vec![named("PrivilegeService/GetPrivilege", DESK)];
    for size in [0, 2] {
        for method in ["PrivilegeService/ListPrivilegeRoles", "PrivilegeService/ListPrivilegeUsers"] {
            steps.push(of(method, json!({"page_size": size})));
        }
        for view in ["PRIVILEGE_VIEW_BASIC", "PRIVILEGE_VIEW_FULL"] {
            let list = json!({"parent": APP, "filter": "key : \"esk\"", "view": view, "page_size": size});
            steps.push(step("PrivilegeService/ListPrivileges", list));
        }
    }
    steps
}

fn changed() -> Vec<Step> {
    let update = |words: Value| {
        let mut privilege = words;
        privilege["name"] = DESK.into();
        step("PrivilegeService/UpdatePrivilege", json!({"privilege": privilege}))
    };
    vec![
        update(
            json!({"document": {"statements": [allow(&["ticket:close"], &["*"]), allow(&["ticket:read", "ticket:Read"], &["tickets/é "])]}}),
        ),
        update(json!({"document": {"statements": [allow(&["ticket:*"], &["*"])]}})),
        update(json!({"document": {"statements": []}})),
        update(json!({"tenant_visibility": "TENANT_VISIBILITY_NONE", "etag": "stale"})),
        update(json!({"tenant_visibility": "TENANT_VISIBILITY_NONE"})),
    ]
}

fn taken() -> Vec<Step> {
    vec![
        of(FROM_ROLE, json!({"role_name": "writer ROLE"})),
        of(FROM_ROLE, json!({"role": "applications/app/roles/writer"})),
        of(FROM_USER, json!({"user": "users/dave"})),
        of(FROM_USER, json!({"user": "users/dave"})),
    ]
}

fn gone() -> Vec<Step> {
    vec![
        named("PrivilegeService/DeletePrivilege", "applications/app/privileges/ticket:Read"),
        forced("PrivilegeService/DeletePrivilege", "applications/app/privileges/ticket:Read"),
        forced("PrivilegeService/DeletePrivilege", "applications/app/privileges/ticket:close"),
        named("PrivilegeService/DeletePrivilege", DESK),
        named("DirectoryService/DeleteUser", "users/gil"),
        forced("PrivilegeService/DeletePrivilege", "applications/app/privileges/desk é"),
    ]
}
