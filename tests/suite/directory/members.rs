//! Members of groups: replaced as a whole, and listed, directly and through groups.

use serde_json::{Value, json};
use tonic::Code;

use crate::callers::actor::Actor;
use crate::callers::shop::{self, ACME, CLERK, GROUP_KEEPER};
use crate::callers::stage::{actor, as_root_on_every_store, export, imported, may};

/// The members of a group: `name` of the direct ones, `(name)` of the others.
async fn members(by: &Actor, group: &str, words: Value) -> Vec<String> {
    let mut request = words;
    request["name"] = group.into();
    shown(&by.done("DirectoryService/ListGroupMembers", request).await, "member")
}

async fn groups(by: &Actor, user: &str, view: &str) -> Vec<String> {
    let request = json!({"name": user, "view": format!("MEMBERSHIP_VIEW_{view}")});
    shown(&by.done("DirectoryService/ListUserGroups", request).await, "group")
}

fn shown(answer: &Value, end: &str) -> Vec<String> {
    let listed = answer["memberships"].as_array().into_iter().flatten();
    let show = |membership: &Value| {
        let name = membership[end].as_str().unwrap();
        if membership["direct"] == true { name.to_owned() } else { format!("({name})") }
    };
    listed.map(show).collect()
}

#[test]
fn members_are_replaced_as_a_whole() {
    as_root_on_every_store(async |root| {
        shop::open(root).await;
        let set = async |members: &[&str], words: Value| {
            let mut request = words;
            (request["name"], request["members"]) = ("groups/readers".into(), members.into());
            root.call("DirectoryService/SetGroupMembers", request).await
        };
        let counts = |answer: &Value| (answer["added_count"].as_i64(), answer["removed_count"].as_i64());
        let done = set(&[CLERK, "users/shared", CLERK], json!({})).await.unwrap();
        assert_eq!(counts(&done), (Some(2), None), "{done}");
        assert!(may(root, ("shop", "users/shared", "order:read"), "").await);
        let read = done["etag"].as_str().unwrap().to_owned();
        let done = set(&[CLERK, "groups/inner", "clients/shop-client"], json!({"etag": read})).await.unwrap();
        assert_eq!(counts(&done), (Some(2), Some(1)), "{done}");
        assert!(!may(root, ("shop", "users/shared", "order:read"), "").await);
        let direct = members(root, "groups/readers", json!({})).await;
        assert_eq!(direct, [CLERK, "clients/shop-client", "groups/inner"]);
        let refusal = set(&[], json!({"etag": read})).await.unwrap_err();
        assert_eq!(refusal.said(), (Code::Aborted, "ETAG_MISMATCH"));
        let before = export(root).await;
        let same = set(&[CLERK, "groups/inner", "clients/shop-client"], json!({"etag": done["etag"]})).await.unwrap();
        assert_eq!((counts(&same), &same["etag"]), ((None, None), &done["etag"]), "{same}");
        assert_eq!(set(&["users/none"], json!({})).await.unwrap_err().code, Code::NotFound);
        let own = set(&["groups/readers"], json!({})).await.unwrap_err();
        assert_eq!(own.said(), (Code::FailedPrecondition, "CYCLE"));
        assert_eq!(export(root).await, before);
        assert_eq!(counts(&set(&[], json!({})).await.unwrap()), (None, Some(3)));
        assert!(members(root, "groups/readers", json!({})).await.is_empty());
    });
}

#[test]
fn a_call_names_at_most_a_thousand_members_and_empties_a_larger_group() {
    as_root_on_every_store(async |root| {
        let names: Vec<String> = (0..1_001).map(|n| format!("u{n:04}")).collect();
        let mut lines = vec![json!({"group": {"id": "g", "group_name": "g"}})];
        lines.extend(names.iter().map(|id| json!({"user": {"id": id, "username": id}})));
        lines.extend(names.iter().map(|id| json!({"group_member": {"group": "g", "member": format!("users/{id}")}})));
        imported(root, &lines).await;
        let all: Vec<String> = names.iter().map(|id| format!("users/{id}")).collect();
        let set = |members: &[String]| json!({"name": "groups/g", "members": members});
        let refusal = root.refused("DirectoryService/SetGroupMembers", set(&all)).await;
        assert_eq!(refusal.fields().into_iter().collect::<Vec<_>>(), ["members"]);
        let done = root.done("DirectoryService/SetGroupMembers", set(&all[1..])).await;
        assert_eq!((&done["added_count"], &done["removed_count"]), (&Value::Null, &json!(1)));
        assert_eq!(root.done("DirectoryService/SetGroupMembers", set(&[])).await["removed_count"], 1_000);
    });
}

/// a ∋ b, u1; b ∋ c, u2; c ∋ u1, u3, a client.
fn nested() -> Vec<Value> {
    let group = |id: &str| json!({"group": {"id": id, "group_name": id}});
    let user = |id: &str| json!({"user": {"id": id, "username": id}});
    let member = |of: &str, who: &str| json!({"group_member": {"group": of, "member": who}});
    vec![
        json!({"application": {"id": "app"}}),
        json!({"client": {"id": "c1", "application": "app"}}),
        group("a"),
        group("b"),
        group("c"),
        user("u1"),
        user("u2"),
        user("u3"),
        member("a", "groups/b"),
        member("a", "users/u1"),
        member("b", "groups/c"),
        member("b", "users/u2"),
        member("c", "users/u1"),
        member("c", "users/u3"),
        member("c", "clients/c1"),
    ]
}

#[test]
fn members_are_listed_directly_and_through_groups() {
    as_root_on_every_store(async |root| {
        imported(root, &nested()).await;
        let through = |words: Value| {
            let mut words = words;
            words["view"] = "MEMBERSHIP_VIEW_TRANSITIVE".into();
            words
        };
        assert_eq!(members(root, "groups/a", json!({})).await, ["users/u1", "groups/b"]);
        let all = ["users/u1", "(users/u2)", "(users/u3)", "(clients/c1)", "groups/b", "(groups/c)"];
        assert_eq!(members(root, "groups/a", through(json!({}))).await, all);
        for (kind, expected) in [("USER", &all[..3]), ("CLIENT", &all[3..4]), ("GROUP", &all[4..])] {
            let words = through(json!({"filter": format!("member_type = \"{kind}\"")}));
            assert_eq!(members(root, "groups/a", words).await, expected);
        }
        for filter in ["member_type = USERS", "member_type : USER", "member_type = user", "name = x"] {
            let refusal =
                root.refused("DirectoryService/ListGroupMembers", json!({"name": "groups/a", "filter": filter})).await;
            assert_eq!(refusal.code, Code::InvalidArgument, "{filter}");
        }
        let absent = root.refused("DirectoryService/ListGroupMembers", json!({"name": "groups/none"})).await;
        assert_eq!(absent.code, Code::NotFound);
        assert_eq!(groups(root, "users/u1", "DIRECT").await, ["groups/a", "groups/c"]);
        assert_eq!(groups(root, "users/u1", "TRANSITIVE").await, ["groups/a", "(groups/b)", "groups/c"]);
        assert_eq!(groups(root, "users/u2", "TRANSITIVE").await, ["(groups/a)", "groups/b"]);
        // What leaves the middle takes what is below it along.
        let out = json!({"name": "groups/b", "members": ["groups/c"]});
        root.done("DirectoryService/RemoveGroupMembers", out).await;
        assert_eq!(members(root, "groups/a", through(json!({}))).await, ["users/u1", "(users/u2)", "groups/b"]);
        assert_eq!(groups(root, "users/u3", "TRANSITIVE").await, ["groups/c"]);
    });
}

#[test]
fn everybody_sees_his_own_groups_and_whoever_reads_a_user_the_user_s() {
    shop::on_every_store(async |server, root| {
        let more = [
            json!({"group_member": {"group": "readers", "member": CLERK}}),
            json!({"group_member": {"group": "readers", "member": "clients/nobody"}}),
        ];
        imported(root, &more).await;
        let clerk = actor(server, CLERK).await;
        for name in ["users/me", CLERK] {
            assert_eq!(groups(&clerk, name, "TRANSITIVE").await, ["groups/readers"], "{name}");
        }
        assert_eq!(groups(&actor(server, shop::NOBODY).await, "users/me", "DIRECT").await, ["groups/readers"]);
        assert_eq!(groups(&actor(server, ACME).await, CLERK, "DIRECT").await, ["groups/readers"]);
        let refused = clerk.refused("DirectoryService/ListUserGroups", json!({"name": ACME})).await;
        assert_eq!(refused.code, Code::PermissionDenied);
        let refused = clerk.refused("DirectoryService/ListGroupMembers", json!({"name": "groups/readers"})).await;
        assert_eq!(refused.code, Code::PermissionDenied);
        let keeper = actor(server, GROUP_KEEPER).await;
        assert_eq!(members(&keeper, "groups/readers", json!({})).await, [CLERK, "clients/nobody"]);
    });
}
