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
    groups()
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
        made("Crew", &["groups/crew"]),
        made("fleet", &["groups/Crew", "users/dave"]),
        update(json!({"name": "groups/crew", "display_name": "Crew", "description": "a\nb"}), ""),
        update(json!({"name": "groups/crew", "description": "c"}), "displayName,description"),
        update(json!({"name": "groups/crew", "group_name": "other"}), ""),
        update(json!({"name": "groups/none", "display_name": "x"}), ""),
        set("groups/crew", &["users/alice", "users/bob"]),
        set("groups/crew", &["groups/fleet"]),
        set("groups/Crew", &["groups/crew", "users/none"]),
        gone("groups/crew"),
        gone("groups/none"),
        all_gone(&["groups/outer", "groups/crew"], false),
        all_gone(&["groups/Crew", "groups/none"], true),
        all_gone(&["groups/Crew"], true),
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
    for filter in ["member_type = USER", "member_type = GROUP", "member_type = NONE", "member_type : USER"] {
        let words = json!({"view": "MEMBERSHIP_VIEW_TRANSITIVE", "filter": filter});
        steps.push(named("DirectoryService/ListGroupMembers", "groups/outer", words));
    }
    steps
}
