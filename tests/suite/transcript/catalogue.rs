//! The part of the script that is about a catalogue: privileges and groups of them, made, used, changed and taken
//! away, and roles changed.

use serde_json::{Value, json};

use super::script::{check_in, forced, named};
use super::{Step, step};

/// The steps.
pub(super) fn steps() -> Vec<Step> {
    let (app, north) = ("applications/app", "applications/app/tenants/north");
    let group = |parent: &str, id: &str, words: Value| {
        let mut group = words;
        group["group_name"] = format!("{id} group").into();
        let request = json!({"parent": parent, "privilege_group_id": id, "privilege_group": group});
        step("PrivilegeService/CreatePrivilegeGroup", request)
    };
    let update = |method, field: &str, name: &str, words: Value| {
        let mut thing = words;
        thing["name"] = name.into();
        step(method, json!({field: thing}))
    };
    let role = |name: &str, words| update("RoleService/UpdateRole", "role", &format!("{app}/{name}"), words);
    let set = |name: &str, words| update("PrivilegeService/UpdatePrivilegeGroup", "privilege_group", name, words);
    let key = |key: &str, words| {
        update("PrivilegeService/UpdatePrivilege", "privilege", &format!("{app}/privileges/{key}"), words)
    };
    let of_role = |method, role: &str, groups: &[&str]| {
        step(method, json!({"name": format!("{app}/{role}"), "privilege_groups": groups}))
    };
    let (add, remove) = ("RoleService/AddRolePrivilegeGroups", "RoleService/RemoveRolePrivilegeGroups");
    let (docs, sites) = ("applications/app/privilegeGroups/docs", "applications/app/privilegeGroups/sites");
    let own = "applications/app/tenants/north/privilegeGroups/own";
    let hidden = json!({"tenant_visibility": "TENANT_VISIBILITY_NONE"});
    vec![
        step("PrivilegeService/CreatePrivilege", json!({"parent": app, "privilege": {"key": "DOC:READ"}})),
        step("PrivilegeService/CreatePrivilege", json!({"parent": app, "privilege": {"key": "doc:read"}})),
        key("doc:list", json!({"display_name": "List", "object_scoped": false})),
        group(app, "docs", json!({"privileges": ["doc:read", "doc:write"]})),
        group(
            app,
            "sites",
            json!({"privileges": ["site:close", "doc:list"], "tenant_visibility": "TENANT_VISIBILITY_NONE"}),
        ),
        group(app, "Docs", json!({})),
        group(app, "more", json!({"privileges": ["doc:none"]})),
        group(north, "own", json!({"privileges": ["Doc:Read"], "description": "two\nlines"})),
        group("applications/App", "free", json!({"privileges": ["group:key"]})),
        of_role(add, "roles/(role)", &[docs, sites]),
        of_role(add, "roles/(role)", &[own]),
        of_role(add, "tenants/north/roles/own", &[own, sites]),
        of_role(add, "tenants/north/roles/own", &["applications/app/privilegeGroups/none"]),
        of_role(remove, "roles/(role)", &[docs, "applications/app/privilegeGroups/none"]),
        set(docs, json!({"privileges": ["doc:read"]})),
        set(sites, json!({"tenant_visibility": "TENANT_VISIBILITY_ALL"})),
        check_in("users/alice", "site:close", "north"),
        key("site:close", json!({"tenant_visibility": "TENANT_VISIBILITY_ALL"})),
        check_in("users/alice", "site:close", "north"),
        set(sites, hidden),
        check_in("users/alice", "site:close", "north"),
        role("roles/writer", json!({"description": "writes", "privileges": ["doc:write"], "parents": []})),
        role("roles/writer", json!({"parents": ["applications/app/roles/writer"]})),
        role("roles/listed", json!({"tenant_visibility": {"mode": "MODE_ALL"}, "etag": "stale"})),
        role("roles/self", json!({"permission_boundary": "applications/app/permissionBoundaries/none"})),
        role("roles/(role)", json!({"privilege_groups": [docs], "excluded_privileges": ["doc:w*"]})),
        named("PrivilegeService/DeletePrivilege", "applications/app/privileges/doc:read"),
        named("PrivilegeService/DeletePrivilege", "applications/app/privileges/bailiwick:role:read"),
        forced("PrivilegeService/DeletePrivilege", "applications/app/privileges/DOC:READ"),
        named("PrivilegeService/DeletePrivilegeGroup", docs),
        forced("PrivilegeService/DeletePrivilegeGroup", docs),
        named("PrivilegeService/GetPrivilegeGroup", docs),
    ]
}
