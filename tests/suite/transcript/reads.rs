//! The reads of the script: everything that can be asked of what it leaves behind.

use serde_json::{Value, json};

use super::{Step, assignments, boundaries, documents, people, scopes, sharing, step};

/// All reads.
pub(super) fn reads() -> Vec<Step> {
    let of_services = [
        of_catalogues(),
        boundaries::reads(),
        scopes::reads(),
        assignments::reads(),
        sharing::reads(),
        documents::reads(),
        people::reads(),
    ]
    .concat();
    [things(), of_services, lists(), questions(), exports()].into_iter().flatten().collect()
}

fn named(method: &'static str, names: &[&str]) -> Vec<Step> {
    names.iter().map(|name| step(method, json!({"name": name}))).collect()
}

fn of_catalogues() -> Vec<Step> {
    let mut steps = Vec::new();
    steps.extend(named(
        "PrivilegeService/GetPrivilege",
        &[
            "applications/app/privileges/doc:read",
            "applications/app/privileges/Doc:Read",
            "applications/app/privileges/DOC:READ",
            "applications/app/privileges/bailiwick:role:read",
            "applications/App/privileges/new:key",
        ],
    ));
    steps.extend(named(
        "PrivilegeService/GetPrivilegeGroup",
        &[
            "applications/app/privilegeGroups/docs",
            "applications/app/privilegeGroups/sites",
            "applications/app/tenants/north/privilegeGroups/own",
            "applications/App/privilegeGroups/free",
        ],
    ));
    steps.extend(named("RoleService/ListRolePrivilegeGroups", &["applications/app/roles/(role)"]));
    steps
}

fn things() -> Vec<Step> {
    let mut steps = Vec::new();
    steps.extend(named(
        "ApplicationService/GetApplication",
        &[
            "applications/app",
            "applications/App",
            "applications/bailiwick",
            "applications/APP",
            "applications/(application)",
        ],
    ));
    steps.extend(named(
        "ApplicationService/GetTenant",
        &[
            "applications/app/tenants/north",
            "applications/app/tenants/North",
            "applications/app/tenants/(tenant)",
            "applications/App/tenants/a.b",
            "applications/App/tenants/A.B",
        ],
    ));
    steps.extend(named(
        "RoleService/GetRole",
        &[
            "applications/app/roles/writer",
            "applications/app/roles/listed",
            "applications/app/roles/all",
            "applications/app/roles/(role)",
            "applications/app/tenants/north/roles/own",
            "applications/app/tenants/north/roles/Own",
            "applications/bailiwick/roles/administrator",
        ],
    ));
    steps.extend(named(
        "DirectoryService/GetUser",
        &["users/alice", "users/bob", "users/carol", "users/dave", "users/(user)", "users/Bob"],
    ));
    steps.extend(named("DirectoryService/GetGroup", &["groups/outer", "groups/inner", "groups/none"]));
    for (parent, name) in
        [("app", "WRITER ROLE"), ("app/tenants/north", "Own Role"), ("app", "own role"), ("none", "x")]
    {
        steps.push(step(
            "RoleService/LookupRole",
            json!({"parent": format!("applications/{parent}"), "role_name": name}),
        ));
    }
    steps.push(step("ServerService/GetServerInfo", json!({})));
    steps
}

fn lists() -> Vec<Step> {
    let mut steps = Vec::new();
    let of = |parent: &str| json!({"parent": parent});
    let lists: [(&'static str, Value); 22] = [
        ("ApplicationService/ListApplications", json!({})),
        ("ApplicationService/ListTenants", of("applications/app")),
        ("ApplicationService/ListTenants", of("applications/App")),
        ("BoundaryService/ListPermissionBoundaries", of("applications/app")),
        ("BoundaryService/ListPermissionBoundaries", of("applications/App")),
        ("ScopeService/ListScopes", json!({"parent": "applications/app", "view": "SCOPE_VIEW_FULL"})),
        ("ScopeService/ListScopes", of("applications/App")),
        ("ScopeService/ListTraversalSpecs", of("applications/app")),
        ("ScopeService/ListTraversalSpecs", of("applications/App")),
        ("DirectoryService/ListUsers", json!({})),
        ("DirectoryService/ListUsers", json!({"filter": "tenant = applications/app/tenants/north"})),
        ("DirectoryService/ListGroups", json!({})),
        ("PrivilegeService/ListPrivileges", of("applications/app")),
        (
            "PrivilegeService/ListPrivileges",
            json!({"parent": "applications/app", "keys": ["doc:read", "none", "doc:list"]}),
        ),
        (
            "PrivilegeService/ListPrivilegeGroups",
            json!({"parent": "applications/app", "view": "PRIVILEGE_GROUP_VIEW_FULL"}),
        ),
        ("PrivilegeService/ListPrivilegeGroups", of("applications/app/tenants/north")),
        ("RoleService/ListRoles", json!({"parent": "applications/app", "view": "ROLE_VIEW_FULL"})),
        ("RoleService/ListRoles", of("applications/app/tenants/north")),
        (
            "RoleService/ListRoles",
            json!({"parent": "applications/app/tenants/north", "include_application_roles": true}),
        ),
        ("AssignmentService/ListRoleAssignments", of("applications/app")),
        ("AssignmentService/ListRoleAssignments", of("applications/-")),
        ("ResourceService/ListResources", of("applications/app")),
    ];
    for (method, request) in lists {
        for order in ["name", "create_time"] {
            for size in [0, 3] {
                let mut request = request.clone();
                request["order_by"] = order.into();
                request["page_size"] = size.into();
                steps.push(step(method, request));
            }
        }
    }
    for role in
        ["app/roles/writer", "app/roles/all", "app/roles/(role)", "app/tenants/north/roles/own", "app/roles/none"]
    {
        for view in ["ROLE_PRIVILEGES_VIEW_ENTRIES", "ROLE_PRIVILEGES_VIEW_EFFECTIVE"] {
            steps.push(step(
                "RoleService/ListRolePrivileges",
                json!({"name": format!("applications/{role}"), "view": view}),
            ));
        }
    }
    steps
}

/// Everybody, every privilege, every kind of target.
fn questions() -> Vec<Step> {
    let subjects = [
        "users/alice",
        "users/bob",
        "users/carol",
        "users/dave",
        "users/none",
        "clients/local-administrator",
        "applications/app",
    ];
    let keys =
        ["doc:read", "Doc:Read", "doc:write", "doc:list", "site:close", "page:turn", "bailiwick:role:read", "doc:none"];
    let mut checks = Vec::new();
    for subject in subjects {
        for privilege in keys {
            checks.push(json!({"subject": subject, "privilege": privilege}));
            for tenant in ["north", "North", "none"] {
                checks.push(json!({"subject": subject, "privilege": privilege, "tenant": tenant}));
            }
            for resource in [
                "documents/1",
                "users/carol",
                "roles/writer",
                "tenants/north/roles/own",
                "groups/outer",
                "Doc::page/none",
                "Doc::page/a/b",
            ] {
                checks.push(json!({"subject": subject, "privilege": privilege, "resource": resource}));
            }
        }
    }
    let batch =
        step("PermissionService/BatchCheckPermissions", json!({"application": "applications/app", "checks": checks}));
    let targets = json!(["documents/1", "users/carol", "Doc::page/a/b", "none"]);
    let compact = |subject: &&str| {
        let product = json!({"subject": subject, "privileges": keys, "resources": targets});
        step("PermissionService/BatchCheckPermissions", json!({"application": "applications/app", "compact": product}))
    };
    let streamed = |subject: &&str| {
        let check = json!({"application": "applications/app", "subject": subject, "privilege": "doc:read"});
        step("PermissionService/StreamCheckPermissions", json!({"correlation_id": 7, "check": check}))
    };
    let mut steps = vec![batch];
    steps.extend(subjects.iter().map(compact));
    steps.extend(subjects.iter().map(streamed));
    for caller in ["users/alice", "users/bob", "clients/robot"] {
        let mine = json!({"application": "applications/app", "subject": "users/me", "privilege": "doc:read", "tenant": "north"});
        steps.push(step("PermissionService/CheckPermission", mine).by(caller));
        for on in [json!({}), json!({"tenant": "north"}), json!({"resource": "users/carol", "page_size": 1})] {
            let mut whose = on;
            whose["application"] = "applications/app".into();
            whose["subject"] = "users/me".into();
            steps.push(step("PermissionService/ListSubjectPrivileges", whose).by(caller));
        }
        let held = json!({"parent": "applications/-", "filter": "subject = \"users/me\""});
        steps.push(step("AssignmentService/ListRoleAssignments", held).by(caller));
    }
    steps
}

fn exports() -> Vec<Step> {
    vec![
        step("PolicyDataService/ExportPolicy", json!({})),
        step("PolicyDataService/ExportPolicy", json!({"consistency": {"fully_consistent": true}})),
    ]
}
