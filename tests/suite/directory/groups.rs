//! Groups: what stands in the way of their deletion, and what goes with them.

use serde_json::{Value, json};
use tonic::Code;

use crate::callers::actor::{Actor, Refusal};
use crate::callers::shop;
use crate::callers::stage::{as_root_on_every_store, export, may};

const IN_USE: (Code, &str) = (Code::FailedPrecondition, "IN_USE");

async fn group(root: &Actor, id: &str, members: &[&str]) {
    let request = json!({"group_id": id, "group": {"group_name": id}, "members": members});
    root.done("DirectoryService/CreateGroup", request).await;
}

fn description(refusal: &Refusal) -> &str {
    refusal.details[1]["violations"][0]["description"].as_str().unwrap()
}

#[test]
fn a_group_in_use_stays_and_the_refusal_counts_its_uses() {
    as_root_on_every_store(async |root| {
        shop::open(root).await;
        group(root, "idle", &[]).await;
        for (name, counts) in [
            ("groups/strong", "1 members, 2 role assignments"),
            ("groups/inner", "1 group memberships"),
            ("groups/weak", "3 members"),
            ("groups/readers", "1 role assignments"),
        ] {
            let before = export(root).await;
            let refusal = root.refused("DirectoryService/DeleteGroup", json!({"name": name})).await;
            assert_eq!(refusal.said(), IN_USE, "{name}");
            assert!(description(&refusal).contains(&format!("in use: {counts};")), "{refusal:?}");
            assert_eq!(export(root).await, before);
        }
        root.done("DirectoryService/DeleteGroup", json!({"name": "groups/idle"})).await;
    });
}

#[test]
fn with_a_group_go_its_assignments_and_memberships_and_nothing_comes_back() {
    as_root_on_every_store(async |root| {
        shop::open(root).await;
        let add = json!({"name": "groups/inner", "members": ["users/shop-clerk"]});
        root.done("DirectoryService/AddGroupMembers", add).await;
        let question = ("shop", "users/shop-clerk", "order:write");
        assert!(may(root, question, "").await);
        root.done("DirectoryService/DeleteGroup", json!({"name": "groups/strong", "force": true})).await;
        assert!(!may(root, question, "").await, "what a deleted group gave is gone");
        let left = export(root).await;
        assert!(!left.contains("groups/strong") && !left.contains(r#"{"group_member":{"group":"strong""#), "{left}");
        assert!(left.contains(r#""member":"users/shop-clerk""#), "the group inside keeps its members");
        group(root, "strong", &[]).await;
        let members = root.done("DirectoryService/ListGroupMembers", json!({"name": "groups/strong"})).await;
        assert_eq!(members["memberships"], Value::Null, "{members}");
        assert!(!may(root, question, "").await, "a group created again inherits nothing");
    });
}

#[test]
fn groups_are_deleted_all_or_none() {
    as_root_on_every_store(async |root| {
        shop::open(root).await;
        for id in ["one", "two"] {
            group(root, id, &[]).await;
        }
        let before = export(root).await;
        let delete = "DirectoryService/BatchDeleteGroups";
        let of = |names: &[&str]| json!({"names": names});
        let refusal = root.refused(delete, of(&["groups/one", "groups/weak", "groups/two"])).await;
        assert_eq!(refusal.said(), IN_USE);
        assert!(description(&refusal).contains("groups/weak"), "{refusal:?}");
        let refusal = root.refused(delete, of(&["groups/one", "groups/none"])).await;
        assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"));
        let many: Vec<String> = (0..1_001).map(|n| format!("groups/g{n}")).collect();
        let refusal = root.refused(delete, json!({"names": many, "allow_missing": true})).await;
        assert_eq!(refusal.code, Code::InvalidArgument);
        assert_eq!(root.refused(delete, json!({"names": []})).await.code, Code::InvalidArgument);
        assert_eq!(export(root).await, before);
        let done = root.done(delete, json!({"names": &many[..1_000], "allow_missing": true})).await;
        assert_eq!(done["deleted_count"], Value::Null, "{done}");
        let mut these = of(&["groups/one", "groups/one", "groups/two", "groups/none"]);
        these["allow_missing"] = true.into();
        assert_eq!(root.done(delete, these).await["deleted_count"], 2);
        // One group is in the other: each is in use by itself, and forced they go together.
        let both = of(&["groups/strong", "groups/inner"]);
        assert_eq!(root.refused(delete, both.clone()).await.said(), IN_USE);
        let mut both = both;
        both["force"] = true.into();
        assert_eq!(root.done(delete, both).await["deleted_count"], 2);
        assert!(!export(root).await.contains("inner"));
    });
}
