//! The script: an application is built up, used, taken apart and built up again.

use serde_json::{Value, json};

use super::resources::registered;
use super::{Step, assignments, boundaries, catalogue, documents, people, scopes, sharing, step};
use crate::callers::stage::assignment_name;

const CREATE_ROLE: &str = "RoleService/CreateRole";
const ASSIGN: &str = "AssignmentService/AssignRoles";
const UNASSIGN: &str = "AssignmentService/UnassignRoles";
pub(super) const CHECK: &str = "PermissionService/CheckPermission";

/// The whole script.
pub(super) fn script() -> Vec<Step> {
    let steps = [
        applications(),
        built(),
        names(),
        given(),
        changed(),
        people::changes(),
        catalogue::steps(),
        registered(),
        boundaries::steps(),
        scopes::steps(),
        assignments::steps(),
        sharing::steps(),
        documents::steps(),
        refused(),
        taken_apart(),
        built_again(),
    ];
    steps.into_iter().flatten().collect()
}

pub(super) fn role(parent: &str, id: &str, words: Value) -> Step {
    let mut role = words;
    role["role_name"] = format!("{id} role").into();
    step(CREATE_ROLE, json!({"parent": parent, "role_id": id, "role": role}))
}

pub(super) fn user(id: &str, words: Value) -> Step {
    let mut user = words;
    user["username"] = format!("{id}@example").into();
    step("DirectoryService/CreateUser", json!({"user_id": id, "user": user}))
}

pub(super) fn assign(subject: &str, roles: &[&str], tenant: &str) -> Step {
    step(
        ASSIGN,
        json!({"application": "applications/app", "subject": subject, "roles": roles, "tenant": tenant, "reason": "as told"}),
    )
}

fn check(subject: &str, privilege: &str) -> Step {
    step(CHECK, json!({"application": "applications/app", "subject": subject, "privilege": privilege}))
}

pub(super) fn check_in(subject: &str, privilege: &str, tenant: &str) -> Step {
    step(
        CHECK,
        json!({"application": "applications/app", "subject": subject, "privilege": privilege, "tenant": tenant}),
    )
}

pub(super) fn named(method: &'static str, name: &str) -> Step {
    step(method, json!({"name": name}))
}

pub(super) fn forced(method: &'static str, name: &str) -> Step {
    step(method, json!({"name": name, "force": true}))
}

fn applications() -> Vec<Step> {
    let app = "applications/app";
    vec![
        step(
            "ApplicationService/CreateApplication",
            json!({"application_id": "app", "application": {"display_name": "The App", "catalogue": "CATALOGUE_STRICT"}}),
        ),
        step(
            "ApplicationService/CreateApplication",
            json!({"application_id": "App", "application": {"display_name": "the app", "catalogue": "CATALOGUE_OPEN"}}),
        ),
        step("ApplicationService/CreateApplication", json!({"application": {}})).makes("(application)"),
        step(
            "ApplicationService/CreateTenant",
            json!({"parent": app, "tenant_id": "north", "tenant": {"type": "TYPE_GLOBAL"}}),
        ),
        step("ApplicationService/CreateTenant", json!({"parent": app, "tenant_id": "North", "tenant": {}})),
        step("ApplicationService/CreateTenant", json!({"parent": app, "tenant": {"display_name": "made"}}))
            .makes("(tenant)"),
        step(
            "ApplicationService/UpdateApplication",
            json!({"application": {"name": "applications/App", "display_name": "THE APP"}}),
        ),
        step(
            "ApplicationService/UpdateTenant",
            json!({"tenant": {"name": "applications/app/tenants/North", "display_name": "The North"}}),
        ),
    ]
}

fn built() -> Vec<Step> {
    let app = "applications/app";
    vec![
        step(
            "PrivilegeService/BatchRegisterPrivileges",
            json!({"parent": app, "privileges": [
            {"key": "doc:read"}, {"key": "Doc:Read"}, {"key": "doc:write", "description": "two\nlines"},
            {"key": "doc:list", "object_scoped": false}, {"key": "site:close", "tenant_visibility": "TENANT_VISIBILITY_NONE"}]}),
        ),
        role(app, "reader", json!({"privileges": ["doc:read", "doc:list"]})),
        role(app, "writer", json!({"privileges": ["doc:write"], "parents": ["applications/app/roles/reader"]})),
        role(app, "all", json!({"privilege_patterns": ["*"], "excluded_privileges": ["site:*"]})),
        role(
            app,
            "self",
            json!({"privileges": ["doc:read"], "permission_boundary": "applications/app/permissionBoundaries/self"}),
        ),
        role(
            app,
            "listed",
            json!({"privileges": ["doc:write"], "tenant_visibility":
            {"mode": "MODE_TENANT_INCLUSION_LIST", "tenants": ["applications/app/tenants/north"]}}),
        ),
        role("applications/app/tenants/north", "own", json!({"privileges": ["doc:read", "site:close"]})),
        role("applications/app/tenants/north", "Own", json!({"parents": ["applications/app/tenants/north/roles/own"]})),
        role("applications/App", "free", json!({"privileges": ["new:key", "New:Key"]})),
        step(CREATE_ROLE, json!({"parent": app, "role": {"role_name": "made"}})).makes("(role)"),
        user(
            "alice",
            json!({"application": app, "tenants": ["applications/app/tenants/north"], "first_name": "Alice"}),
        ),
        user("bob", json!({"display_name": "Bob", "email": "bob@example", "enabled": true})),
        user(
            "carol",
            json!({"application": app, "tenants": ["applications/app/tenants/north", "applications/app/tenants/North"]}),
        ),
        user("dave", json!({"application": app, "enabled": false})),
        step("DirectoryService/CreateUser", json!({"user": {"username": "made"}})).makes("(user)"),
        step("DirectoryService/CreateGroup", json!({"group_id": "outer", "group": {"group_name": "Outer"}})),
        step(
            "DirectoryService/CreateGroup",
            json!({"group_id": "inner", "group": {"group_name": "Inner", "description": "x"},
            "members": ["users/bob", "users/alice"]}),
        ),
        step(
            "DirectoryService/AddGroupMembers",
            json!({"name": "groups/outer", "members": ["groups/inner", "users/(user)"]}),
        ),
    ]
}

/// Names that differ in case, in composition, in signs that collations skip.
fn names() -> Vec<Step> {
    let mut steps = Vec::new();
    for name in [
        "READER ROLE",
        "Reader role",
        "reader-role",
        "readerrole",
        "ré",
        "re\u{301}",
        "RÉ",
        "ß",
        "SS",
        "ı",
        "I",
        "K",
        "\u{212a}",
    ] {
        steps.push(step(
            CREATE_ROLE,
            json!({"parent": "applications/App", "role_id": format!("n{}", steps.len()), "role": {"role_name": name}}),
        ));
        steps.push(step("RoleService/LookupRole", json!({"parent": "applications/App", "role_name": name})));
        steps.push(step(
            "DirectoryService/CreateGroup",
            json!({"group_id": format!("n{}", steps.len()), "group": {"group_name": name}}),
        ));
    }
    for id in ["a_b", "a-b", "a.b", "A.B", "a~b", "a@b", "a:b", "aB", "ab", "AB", "0", "00"] {
        steps.push(step(
            "ApplicationService/CreateTenant",
            json!({"parent": "applications/App", "tenant_id": id, "tenant": {"display_name": id}}),
        ));
        steps.push(step("RoleService/CreateRole", json!({"parent": "applications/App", "role_id": id, "role": {"role_name": format!("id {}", id.to_lowercase())}})));
    }
    steps
}

fn given() -> Vec<Step> {
    let own = "applications/app/tenants/north/roles/own";
    let mut timed = assign("users/bob", &["applications/app/roles/all"], "North");
    timed.request["start_time"] = "2090-01-01T00:00:00.000001Z".into();
    timed.request["expire_time"] = "2091-01-01T00:00:00Z".into();
    let mut partial =
        assign("users/carol", &["applications/app/roles/absent", own, own, "applications/App/roles/free"], "");
    partial.request["allow_partial"] = true.into();
    vec![
        assign("users/alice", &["applications/app/roles/writer", own], ""),
        assign("users/alice", &["applications/app/roles/writer"], "north"),
        assign("groups/outer", &["applications/app/roles/reader"], ""),
        assign("users/carol", &["applications/app/roles/listed", "applications/app/roles/self"], ""),
        assign("applications/app", &["applications/app/roles/all"], ""),
        assign("users/dave", &["applications/app/roles/all"], ""),
        partial,
        timed,
        step(
            "AssignmentService/AssignRoleToSubjects",
            json!({"role": "applications/app/roles/listed", "subjects": ["users/carol", "users/alice"], "tenant": "north"}),
        ),
        step(
            "AssignmentService/AssignRoleToSubjects",
            json!({"role": own, "subjects": ["users/none", "users/bob", "users/alice"]}),
        ),
        step(
            "AssignmentService/RevokeRoleFromSubject",
            json!({"role": "applications/app/roles/listed", "subject": "alice"}),
        ),
        named(
            "AssignmentService/GetRoleAssignment",
            &assignment_name("users/carol", "applications/app/roles/listed", Some("north")),
        ),
        step(
            "AssignmentService/DeleteRoleAssignment",
            json!({"application": "applications/app", "subject": "users/carol", "role_name": "LISTED role", "tenant": "north"}),
        ),
        check("users/alice", "doc:write"),
        check_in("users/alice", "doc:write", "north"),
        check_in("users/alice", "site:close", "north"),
        check_in("users/alice", "doc:read", "North"),
        check("users/bob", "doc:read"),
        check("users/bob", "doc:list"),
        check_in("users/bob", "doc:write", "North"),
        check_in("users/carol", "doc:write", "north"),
        check_in("users/carol", "doc:write", "North"),
        check("users/dave", "doc:read"),
        check("clients/robot", "doc:read"),
        check("users/(user)", "doc:read"),
        check("users/me", "doc:read").by("users/alice"),
        check("users/bob", "doc:read").by("users/alice"),
        step("DirectoryService/GetUser", json!({"name": "users/me"})).by("users/bob"),
        step("DirectoryService/GetUser", json!({"name": "users/me"})).by("clients/robot"),
    ]
}

fn changed() -> Vec<Step> {
    let change = |method: &'static str, role: &str, words: Value| {
        let mut request = words;
        request["name"] = format!("applications/app/roles/{role}").into();
        step(method, request)
    };
    let (add, set, remove) =
        ("RoleService/AddRolePrivileges", "RoleService/SetRolePrivileges", "RoleService/RemoveRolePrivileges");
    vec![
        step(
            "ApplicationService/UpdateApplication",
            json!({"application": {"name": "applications/app", "display_name": "An App"}}),
        ),
        step(
            "ApplicationService/UpdateTenant",
            json!({"tenant": {"name": "applications/app/tenants/North"}, "update_mask": "displayName"}),
        ),
        change(add, "reader", json!({"privileges": ["Doc:Read"], "privilege_patterns": ["doc:w*"]})),
        change(remove, "reader", json!({"privileges": ["doc:write", "doc:none"]})),
        change(set, "reader", json!({"privileges": ["doc:read", "doc:write"]})),
        change(add, "all", json!({"privileges": ["site:close"]})),
        change(remove, "all", json!({"privilege_patterns": ["*"]})),
        change(set, "(role)", json!({"privilege_patterns": ["Doc:*", "bailiwick:role:*"]})),
        change(remove, "(role)", json!({"privileges": ["bailiwick:role:delegate"]})),
        change(add, "absent", json!({"privileges": ["doc:read"]})),
        step(add, json!({"name": "applications/app/tenants/north/roles/own", "privileges": ["doc:list"]})),
        step(add, json!({"name": "applications/App/roles/free", "privileges": ["NEW:KEY"]})),
        check_in("users/alice", "doc:write", "north"),
        check("users/bob", "Doc:Read"),
        step(
            "DirectoryService/RemoveGroupMembers",
            json!({"name": "groups/inner", "members": ["users/bob", "users/none"]}),
        ),
        check("users/bob", "doc:read"),
        step(
            UNASSIGN,
            json!({"application": "applications/app", "subject": "users/alice",
            "roles": ["applications/app/roles/writer", "applications/app/roles/reader", "applications/app/roles/absent"]}),
        ),
        check_in("users/alice", "doc:write", "north"),
    ]
}

fn refused() -> Vec<Step> {
    let (app, north) = ("applications/app", "applications/app/tenants/north");
    vec![
        step("ApplicationService/CreateApplication", json!({"application_id": "app", "application": {}})),
        step("ApplicationService/CreateTenant", json!({"parent": "applications/none", "tenant": {}})),
        step("ApplicationService/CreateTenant", json!({"parent": app, "tenant_id": "north", "tenant": {}})),
        role(app, "reader", json!({})),
        step(CREATE_ROLE, json!({"parent": app, "role": {"role_name": "READER ROLE"}})),
        step(CREATE_ROLE, json!({"parent": app, "role": {"role_name": "x", "privileges": ["doc:none", "doc:nil"]}})),
        step(
            CREATE_ROLE,
            json!({"parent": app, "role": {"role_name": "x", "parents": ["applications/app/roles/none"]}}),
        ),
        step(
            CREATE_ROLE,
            json!({"parent": app, "role": {"role_name": "x", "permission_boundary": "applications/app/permissionBoundaries/none"}}),
        ),
        step(CREATE_ROLE, json!({"parent": north, "role": {"role_name": "x", "privileges": ["doc:none"]}})),
        step("DirectoryService/CreateUser", json!({"user": {"username": "ALICE@EXAMPLE"}})),
        step("DirectoryService/CreateUser", json!({"user": {"username": "x", "application": "applications/none"}})),
        step(
            "DirectoryService/CreateUser",
            json!({"user": {"username": "x", "tenants": ["applications/app/tenants/none"]}}),
        ),
        step("DirectoryService/AddGroupMembers", json!({"name": "groups/inner", "members": ["groups/outer"]})),
        step("DirectoryService/AddGroupMembers", json!({"name": "groups/inner", "members": ["users/none"]})),
        step("PrivilegeService/BatchRegisterPrivileges", json!({"parent": app, "privileges": [{"key": "doc:list"}]})),
        assign("users/none", &["applications/app/roles/reader"], ""),
        assign(
            "users/bob",
            &["applications/app/roles/none", "applications/app/roles/reader", "applications/App/roles/free"],
            "",
        ),
        assign("users/bob", &["applications/app/tenants/north/roles/own"], ""),
        named("DirectoryService/DeleteUser", "users/alice"),
        named("RoleService/DeleteRole", "applications/app/roles/reader"),
        step("ApplicationService/UpdateTenant", json!({"tenant": {"name": north, "type": "TYPE_STANDARD"}})),
        step("ApplicationService/UpdateApplication", json!({"application": {"name": app, "etag": "stale"}})),
        named("ApplicationService/DeleteTenant", north),
        named("ApplicationService/DeleteApplication", app),
        step(
            "RoleService/DeleteRole",
            json!({"name": "applications/app/roles/reader", "etag": "stale", "force": true}),
        ),
        step(
            UNASSIGN,
            json!({"application": "applications/bailiwick", "subject": "clients/local-administrator",
            "roles": ["applications/bailiwick/roles/administrator"]}),
        ),
        named("RoleService/GetRole", "applications/app/roles/reader").by("users/alice"),
        named("RoleService/GetRole", "applications/app/roles/none").by("users/alice"),
        step("ApplicationService/ListApplications", json!({})).by("clients/robot"),
    ]
}

fn taken_apart() -> Vec<Step> {
    let missing = |method, name: &str| step(method, json!({"name": name, "allow_missing": true}));
    vec![
        forced("RoleService/DeleteRole", "applications/app/roles/reader"),
        check_in("users/alice", "doc:read", "north"),
        named("RoleService/GetRole", "applications/app/roles/writer"),
        forced("DirectoryService/DeleteUser", "users/alice"),
        check("users/alice", "doc:read"),
        named("DirectoryService/DeleteUser", "users/(user)"),
        forced("ApplicationService/DeleteTenant", "applications/app/tenants/north"),
        named("ApplicationService/GetTenant", "applications/app/tenants/north"),
        named("DirectoryService/GetUser", "users/carol"),
        check_in("users/carol", "doc:write", "North"),
        check_in("users/carol", "doc:write", "north"),
        named("ApplicationService/DeleteTenant", "applications/app/tenants/(tenant)"),
        missing("RoleService/DeleteRole", "applications/app/roles/reader"),
        missing("DirectoryService/DeleteUser", "users/alice"),
        missing("ApplicationService/DeleteTenant", "applications/app/tenants/north"),
        missing("ApplicationService/DeleteApplication", "applications/none"),
        named("ApplicationService/DeleteApplication", "applications/(application)"),
        step("PolicyDataService/ExportPolicy", json!({"consistency": {"as_of": "2020-01-01T00:00:00Z"}})),
    ]
}

fn built_again() -> Vec<Step> {
    let app = "applications/app";
    vec![
        step(
            "ApplicationService/CreateTenant",
            json!({"parent": app, "tenant_id": "north", "tenant": {"type": "TYPE_STANDALONE"}}),
        ),
        check_in("users/carol", "doc:write", "north"),
        check_in("users/bob", "doc:read", "north"),
        user("alice", json!({"application": app, "tenants": ["applications/app/tenants/north"]})),
        check_in("users/alice", "doc:write", "north"),
        role(app, "reader", json!({"privileges": ["doc:read"]})),
        check_in("users/alice", "doc:read", "north"),
        check("users/bob", "doc:read"),
        role("applications/app/tenants/north", "own", json!({"privileges": ["doc:read"]})),
        check_in("users/alice", "doc:read", "north"),
        assign("users/alice", &["applications/app/tenants/north/roles/own"], "north"),
        check_in("users/alice", "doc:read", "north"),
        forced("ApplicationService/DeleteApplication", "applications/App"),
        step("ApplicationService/CreateApplication", json!({"application_id": "App", "application": {}})),
        step("RoleService/ListRoles", json!({"parent": "applications/App"})),
        step("ApplicationService/ListTenants", json!({"parent": "applications/App"})),
        step("PrivilegeService/ListPrivileges", json!({"parent": "applications/App", "filter": "key : \"ew\""})),
        step(
            "ApplicationService/CreateTenant",
            json!({"parent": "applications/App", "tenant_id": "a.b", "tenant": {}}),
        ),
    ]
}
