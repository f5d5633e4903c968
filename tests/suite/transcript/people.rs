//! The part of the script about users, clients and groups: how they are changed, and how they go.

use serde_json::{Value, json};

use super::{Step, step};

fn named(method: &'static str, name: &str, words: Value) -> Step {
    let mut request = words;
    request["name"] = name.into();
    step(method, request)
}

/// Changes, and what is refused among them.
pub(super) fn changes() -> Vec<Step> {
    [users(), clients(), groups()].concat()
}

fn users() -> Vec<Step> {
    let update =
        |words: Value, mask: &str| step("DirectoryService/UpdateUser", json!({"user": words, "update_mask": mask}));
    let (north, other) = ("applications/app/tenants/north", "applications/app/tenants/North");
    vec![
        update(json!({"name": "users/dave", "enabled": true, "email": "dave@example"}), ""),
        update(json!({"name": "users/dave", "tenants": [other]}), ""),
        update(json!({"name": "users/dave", "tenants": [north, other]}), "tenants"),
        update(json!({"name": "users/dave"}), "tenants"),
        update(json!({"name": "users/dave", "tenants": ["applications/App/tenants/a.b"]}), ""),
        update(json!({"name": "users/dave", "tenants": ["applications/app/tenants/none"]}), ""),
        update(json!({"name": "users/dave", "username": "Dave@example"}), ""),
        update(json!({"name": "users/none", "email": "x"}), ""),
        update(json!({"name": "users/dave", "enabled": false}), ""),
        update(json!({"name": "users/bob", "last_name": "B"}), "").by("users/alice"),
    ]
}

fn clients() -> Vec<Step> {
    let create = |id: &str, owner: &str| {
        step("DirectoryService/CreateClient", json!({"client_id": id, "client": {"owner": owner, "display_name": id}}))
    };
    let update = |words: Value| step("DirectoryService/UpdateClient", json!({"client": words}));
    vec![
        create("robot", "applications/app"),
        create("Robot", "applications/app/tenants/north"),
        create("robot", "applications/App"),
        create("other", "applications/none"),
        create("other", "applications/app/tenants/none"),
        create("other", "applications/App"),
        update(json!({"name": "clients/robot", "enabled": false})),
        update(json!({"name": "clients/robot", "enabled": true})),
        update(json!({"name": "clients/Robot", "owner": "applications/app"})),
        update(json!({"name": "clients/none", "enabled": true})),
        step("DirectoryService/GetClient", json!({"name": "clients/robot"})).by("clients/robot"),
        step("DirectoryService/GetClient", json!({"name": "clients/Robot"})).by("clients/robot"),
        step(
            "AssignmentService/AssignRoles",
            json!({"application": "applications/app", "subject": "clients/other", "roles": ["applications/app/roles/all"]}),
        ),
        step("DirectoryService/DeleteClient", json!({"name": "clients/other"})),
        step("DirectoryService/DeleteClient", json!({"name": "clients/other"})),
        step("DirectoryService/DeleteClient", json!({"name": "clients/local-administrator", "force": true})),
        step(
            "DirectoryService/UpdateClient",
            json!({"client": {"name": "clients/local-administrator", "enabled": false}}),
        ),
    ]
}

fn groups() -> Vec<Step> {
    let update =
        |words: Value, mask: &str| step("DirectoryService/UpdateGroup", json!({"group": words, "update_mask": mask}));
    let set = |name, members: &[&str]| named("DirectoryService/SetGroupMembers", name, json!({"members": members}));
    let gone = |name| named("DirectoryService/DeleteGroup", name, json!({}));
    let all_gone = |names: &[&str], force: bool| {
        step("DirectoryService/BatchDeleteGroups", json!({"names": names, "force": force}))
    };
    let made = |id: &str, members: &[&str]| {
        let group = json!({"group_name": format!("the {id}")});
        step("DirectoryService/CreateGroup", json!({"group_id": id, "group": group, "members": members}))
    };
    vec![
        made("crew", &["users/bob", "users/carol"]),
        made("ship", &["groups/crew"]),
        made("fleet", &["groups/ship", "users/dave"]),
        update(json!({"name": "groups/crew", "display_name": "Crew", "description": "a\nb"}), ""),
        update(json!({"name": "groups/crew", "description": "c"}), "displayName,description"),
        update(json!({"name": "groups/crew", "group_name": "other"}), ""),
        update(json!({"name": "groups/none", "display_name": "x"}), ""),
        set("groups/crew", &["users/alice", "users/bob"]),
        set("groups/crew", &["groups/fleet"]),
        set("groups/ship", &["groups/crew", "users/none"]),
        gone("groups/crew"),
        gone("groups/none"),
        all_gone(&["groups/outer", "groups/crew"], false),
        all_gone(&["groups/ship", "groups/none"], true),
        all_gone(&["groups/ship"], true),
        set("groups/fleet", &[]),
        gone("groups/fleet"),
    ]
}

/// What can be asked about members.
pub(super) fn reads() -> Vec<Step> {
    let mut steps = Vec::new();
    for view in ["MEMBERSHIP_VIEW_DIRECT", "MEMBERSHIP_VIEW_TRANSITIVE"] {
        for size in [0, 1] {
            let words = json!({"view": view, "page_size": size});
            for group in ["groups/outer", "groups/inner", "groups/crew", "groups/none"] {
                steps.push(named("DirectoryService/ListGroupMembers", group, words.clone()));
            }
            for user in ["users/alice", "users/bob", "users/dave", "users/none"] {
                steps.push(named("DirectoryService/ListUserGroups", user, words.clone()));
            }
            steps.push(named("DirectoryService/ListUserGroups", "users/me", words).by("users/bob"));
        }
    }
    for client in ["clients/robot", "clients/Robot", "clients/other", "clients/none"] {
        steps.push(named("DirectoryService/GetClient", client, json!({})));
    }
    for filter in [
        "",
        "application = applications/app",
        "tenant = applications/app/tenants/north",
        "display_name : obot",
        "id = Robot",
        "enabled = true AND application = applications/app",
    ] {
        for order in ["name", "create_time"] {
            steps.push(step("DirectoryService/ListClients", json!({"filter": filter, "order_by": order})));
        }
    }
    for filter in ["role = applications/app/roles/all", "id = bob", "role = applications/app/roles/none"] {
        steps.push(step("DirectoryService/ListUsers", json!({"filter": filter})));
    }
    for filter in ["member_type = USER", "member_type = GROUP", "member_type = NONE", "member_type : USER"] {
        let words = json!({"view": "MEMBERSHIP_VIEW_TRANSITIVE", "filter": filter});
        steps.push(named("DirectoryService/ListGroupMembers", "groups/outer", words));
    }
    steps
}
