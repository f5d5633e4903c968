//! Two writers that take the same name, or close a cycle from both ends.

use serde_json::{Value, json};
use tonic::Code;

use super::{Pair, between, one_of};
use crate::callers::stage::{export, head, import, imported, revision, rounds};

#[test]
fn a_cycle_of_two_groups_is_closed_by_neither() {
    between(&[], async |Pair { one, two }| {
        for round in 0..rounds() {
            let group =
                |name: &str| json!({"group": {"id": format!("{name}{round}"), "group_name": format!("{name}{round}")}});
            imported(one, &[group("a"), group("b")]).await;
            let into = |group: &str, member: &str| json!({"name": format!("groups/{group}{round}"), "members": [format!("groups/{member}{round}")]});
            let method = "DirectoryService/AddGroupMembers";
            let outcomes = tokio::join!(one.call(method, into("a", "b")), two.call(method, into("b", "a")));
            let (_, refusal) = one_of(outcomes, "a cycle of two groups");
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "CYCLE"));
        }
    });
}

#[test]
fn a_cycle_of_three_groups_is_left_open_by_one() {
    between(&[], async |Pair { one, two }| {
        for round in 0..rounds() {
            let group =
                |name: &str| json!({"group": {"id": format!("{name}{round}"), "group_name": format!("{name}{round}")}});
            imported(one, &[group("a"), group("b"), group("c")]).await;
            let into = |group: &str, member: &str| json!({"name": format!("groups/{group}{round}"), "members": [format!("groups/{member}{round}")]});
            let method = "DirectoryService/AddGroupMembers";
            let (a, b, c) = tokio::join!(
                one.call(method, into("a", "b")),
                two.call(method, into("b", "c")),
                one.call(method, into("c", "a"))
            );
            let refused: Vec<_> = [a, b, c].into_iter().filter_map(Result::err).collect();
            assert_eq!(refused.len(), 1, "{refused:?}");
            assert_eq!(refused.first().unwrap().said(), (Code::FailedPrecondition, "CYCLE"));
        }
    });
}

#[test]
fn a_cycle_of_two_roles_is_closed_by_neither_import() {
    between(&[], async |Pair { one, two }| {
        imported(one, &[json!({"application": {"id": "a"}})]).await;
        for round in 0..rounds() {
            let role = |name: &str| json!({"role": {"application": "a", "id": format!("{name}{round}"), "role_name": format!("{name}{round}")}});
            imported(one, &[role("x"), role("y")]).await;
            let parent = |role: &str, parent: &str| json!({"role_parent": {"application": "a", "role": format!("{role}{round}"), "parent": format!("{parent}{round}")}});
            let (x, y) = ([parent("x", "y")], [parent("y", "x")]);
            let outcomes = tokio::join!(import(one, &x), import(two, &y));
            let (_, refusal) = one_of(outcomes, "a cycle of two roles");
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "CYCLE"));
        }
    });
}

/// Pairs of calls that want the same name, spelled in two ways.
fn same_names(round: usize) -> Vec<(&'static str, Value, Value)> {
    let user = |name: String| json!({"user": {"username": name}});
    let group = |name: String| json!({"group": {"group_name": name}});
    let role = |name: String| json!({"parent": "applications/a", "role": {"role_name": name}});
    let id = |n: usize| json!({"user_id": format!("same{round}"), "user": {"username": format!("other {round} {n}")}});
    let tenant = json!({"parent": "applications/a", "tenant_id": format!("same{round}"), "tenant": {}});
    let application = json!({"application_id": format!("same{round}"), "application": {}});
    vec![
        ("DirectoryService/CreateUser", user(format!("straße {round}")), user(format!("STRASSE {round}"))),
        ("DirectoryService/CreateGroup", group(format!("é {round}")), group(format!("E\u{301} {round}"))),
        ("RoleService/CreateRole", role(format!("name {round}")), role(format!("NAME {round}"))),
        ("DirectoryService/CreateUser", id(1), id(2)),
        ("ApplicationService/CreateTenant", tenant.clone(), tenant),
        ("ApplicationService/CreateApplication", application.clone(), application),
    ]
}

#[test]
fn a_name_is_taken_by_one() {
    between(&[], async |Pair { one, two }| {
        imported(one, &[json!({"application": {"id": "a"}})]).await;
        for round in 0..rounds() {
            for (method, first, second) in same_names(round) {
                let outcomes = tokio::join!(one.call(method, first), two.call(method, second));
                let (_, refusal) = one_of(outcomes, method);
                assert_eq!(refusal.code, Code::AlreadyExists, "{method}: {refusal:?}");
            }
        }
    });
}

/// Writes that are not in each other's way are both done, each with a revision of its own.
#[test]
fn writes_that_do_not_meet_are_both_done() {
    between(&[], async |Pair { one, two }| {
        let keys = json!({"parent": "applications/a", "privileges": [{"key": "x"}, {"key": "y"}]});
        imported(one, &[json!({"application": {"id": "a"}})]).await;
        one.done("PrivilegeService/BatchRegisterPrivileges", keys).await;
        for round in 0..rounds() {
            let role = format!("applications/a/roles/r{round}");
            let made = json!({"parent": "applications/a", "role_id": format!("r{round}"), "role": {"role_name": format!("r{round}")}});
            one.done("RoleService/CreateRole", made).await;
            let before = head(one).await;
            let add = |key: &str| json!({"name": role, "privileges": [key]});
            let method = "RoleService/AddRolePrivileges";
            let (first, second) = tokio::join!(one.call(method, add("x")), two.call(method, add("y")));
            let mut revisions = [revision(&first.unwrap()), revision(&second.unwrap())];
            revisions.sort_unstable();
            assert_eq!(revisions, [before + 1, before + 2]);
            let fresh = json!({"name": role, "consistency": {"fully_consistent": true}});
            let shown = two.done("RoleService/ListRolePrivileges", fresh).await;
            assert_eq!(shown["privileges"], json!(["x", "y"]), "no update is lost");
        }
        assert_eq!(export(one).await, export(two).await);
    });
}

#[test]
fn of_two_changes_with_one_etag_one_is_done() {
    between(&[], async |Pair { one, two }| {
        let lines = ["x", "y"].map(|key| json!({"privilege": {"application": "a", "key": key}}));
        imported(one, &[json!({"application": {"id": "a"}})]).await;
        imported(one, &lines).await;
        for round in 0..rounds() {
            let made = json!({"parent": "applications/a", "role_id": format!("r{round}"), "role": {"role_name": format!("r{round}")}});
            let etag = one.done("RoleService/CreateRole", made).await["role"]["etag"].clone();
            let set = |key: &str| json!({"name": format!("applications/a/roles/r{round}"), "privileges": [key], "etag": etag});
            let method = "RoleService/SetRolePrivileges";
            let outcomes = tokio::join!(one.call(method, set("x")), two.call(method, set("y")));
            assert_eq!(one_of(outcomes, "one etag").1.said(), (Code::Aborted, "ETAG_MISMATCH"));
        }
    });
}

#[test]
fn of_two_replacements_with_one_etag_one_is_done() {
    between(&[], async |Pair { one, two }| {
        let role = |id: &str| json!({"role": {"application": "a", "id": id, "role_name": id}});
        imported(one, &[json!({"application": {"id": "a"}}), role("x"), role("y")]).await;
        for round in 0..rounds() {
            let subject = format!("users/u{round}");
            let user =
                json!({"user": {"id": format!("u{round}"), "username": format!("u{round}"), "application": "a"}});
            imported(one, &[user]).await;
            let asked = json!({"parent": "applications/a", "subjects": [subject]});
            let held = one.done("AssignmentService/BatchGetAssignedRoles", asked).await["results"][0].clone();
            let etag = held["assigned"]["etag"].as_str().unwrap();
            let replace = |id: &str| json!({"application": "applications/a", "subject": subject, "etag": etag, "roles": [format!("applications/a/roles/{id}")]});
            let method = "AssignmentService/ReplaceSubjectRoles";
            let outcomes = tokio::join!(one.call(method, replace("x")), two.call(method, replace("y")));
            assert_eq!(one_of(outcomes, "one etag").1.said(), (Code::Aborted, "ETAG_MISMATCH"));
        }
    });
}

#[test]
fn a_request_id_at_two_writers_has_one_effect() {
    between(&[], async |Pair { one, two }| {
        for round in 0..rounds() {
            let before = head(one).await;
            let request =
                json!({"group": {"group_name": format!("once {round}")}, "request_id": format!("once {round}")});
            let method = "DirectoryService/CreateGroup";
            let (first, second) = tokio::join!(one.call(method, request.clone()), two.call(method, request));
            assert_eq!(first.unwrap()["group"], second.unwrap()["group"]);
            assert_eq!(head(one).await, before + 1);
        }
    });
}
