//! What a keeper of groups cannot do: a member gets all that the group and the groups above it give.

use serde_json::json;

use super::super::shop::{GROUP_KEEPER, NOBODY};
use super::{ABSENT, Attempt, DENIED, EXCEEDS, attempt, refuse};

fn add(what: &'static str, group: &str, member: &str) -> Attempt {
    let request = json!({"name": group, "members": [member]});
    attempt(what, "DirectoryService/AddGroupMembers", request, EXCEEDS)
}

#[test]
fn nobody_joins_a_group_that_gives_what_the_keeper_lacks() {
    refuse(GROUP_KEEPER, || {
        vec![
            add("himself in a strong group", "groups/strong", GROUP_KEEPER),
            add("himself in a group inside a strong one", "groups/inner", GROUP_KEEPER),
            add("another in a strong group", "groups/strong", "users/shared"),
            add("his own group in a strong one", "groups/strong", "groups/weak"),
            add("himself in a group that gives one key", "groups/readers", GROUP_KEEPER),
            attempt(
                "himself, among a member that is there",
                "DirectoryService/AddGroupMembers",
                json!({"name": "groups/strong", "members": ["groups/inner", GROUP_KEEPER]}),
                EXCEEDS,
            ),
            attempt(
                "himself, as all that a strong group has",
                "DirectoryService/SetGroupMembers",
                json!({"name": "groups/strong", "members": [GROUP_KEEPER]}),
                EXCEEDS,
            ),
            attempt(
                "another, beside what a strong group has",
                "DirectoryService/SetGroupMembers",
                json!({"name": "groups/strong", "members": ["groups/inner", "users/shared"]}),
                EXCEEDS,
            ),
            attempt(
                "a role for his group",
                "AssignmentService/AssignRoles",
                json!({"application": "applications/shop", "subject": "groups/weak",
                       "roles": ["applications/shop/roles/reader"]}),
                DENIED,
            ),
            attempt(
                "a role of ours for himself",
                "AssignmentService/AssignRoles",
                json!({"application": "applications/bailiwick", "subject": GROUP_KEEPER,
                       "roles": ["applications/bailiwick/roles/administrator"]}),
                DENIED,
            ),
            attempt(
                "somebody who is not there",
                "DirectoryService/AddGroupMembers",
                json!({"name": "groups/weak", "members": ["users/absent"]}),
                ABSENT,
            ),
        ]
    });
}

#[test]
fn whoever_has_no_right_changes_nothing() {
    refuse(NOBODY, || {
        let group =
            |what, method, name: &str| attempt(what, method, json!({"name": name, "members": [NOBODY]}), DENIED);
        vec![
            group("himself in a group", "DirectoryService/AddGroupMembers", "groups/strong"),
            group("himself in no group at all", "DirectoryService/AddGroupMembers", "groups/absent"),
            group("himself as the only one", "DirectoryService/SetGroupMembers", "groups/strong"),
            attempt("a group away", "DirectoryService/DeleteGroup", json!({"name": "groups/weak"}), DENIED),
            attempt("groups away", "DirectoryService/BatchDeleteGroups", json!({"names": ["groups/weak"]}), DENIED),
            group("others out", "DirectoryService/RemoveGroupMembers", "groups/strong"),
            attempt(
                "an application of his own",
                "ApplicationService/CreateApplication",
                json!({"application": {"display_name": "mine"}}),
                DENIED,
            ),
            attempt(
                "the administrator's role",
                "AssignmentService/AssignRoles",
                json!({"application": "applications/bailiwick", "subject": NOBODY,
                       "roles": ["applications/bailiwick/roles/administrator"]}),
                DENIED,
            ),
        ]
    });
}
