//! Scopes that go, and what they leave behind.

use serde_json::{Value, json};
use tonic::Code;

use super::super::actor::Actor;
use super::super::stage::{assignment_name, export, imported, may};
use super::{BATCH_DELETE, DELETE, GET, HOLDER, SHOP, alone, create, held, name, over, reads, with_folders};

async fn batch(by: &Actor, ids: &[&str], force: bool) -> super::Outcome {
    let names: Vec<String> = ids.iter().map(|id| name(id)).collect();
    by.call(BATCH_DELETE, json!({"parent": SHOP, "names": names, "force": force})).await
}

async fn etag(root: &Actor, assignment: &str) -> Value {
    let answer = root.done("AssignmentService/GetRoleAssignment", json!({"name": assignment})).await;
    answer["role_assignment"]["etag"].clone()
}

#[test]
fn a_scope_in_use_stays_and_force_leaves_its_assignments_with_nothing() {
    with_folders(async |_, root| {
        create(root, "picked", alone(&["orders/a1"])).await.unwrap();
        let mut all = over("users/globex-clerk", "reader", "picked");
        all["role_assignment"]["allow_all_objects"] = true.into();
        let mut former = over("users/shared", "reader", "picked");
        former["role_assignment"]["expire_time"] = "2001-01-01T00:00:00Z".into();
        imported(root, &[over(HOLDER, "reader", "picked"), all, former]).await;
        let refusal = root.refused(DELETE, json!({"name": name("picked")})).await;
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "IN_USE"));
        assert!(refusal.message.contains("3 role assignments"), "{}", refusal.message);
        let of_holder = assignment_name(HOLDER, &format!("{SHOP}/roles/reader"), None);
        let before = etag(root, &of_holder).await;
        root.done(DELETE, json!({"name": name("picked"), "force": true})).await;
        assert_eq!(root.refused(GET, json!({"name": name("picked")})).await.code, Code::NotFound);
        assert_ne!(etag(root, &of_holder).await, before, "the assignment has changed");
        assert!(!reads(root, "orders/a1").await);
        assert!(may(root, ("shop", "users/globex-clerk", "order:read"), "orders/of/globex").await);
        // The same id and name again are another scope.
        create(root, "picked", alone(&["orders/a1"])).await.unwrap();
        assert!(!reads(root, "orders/a1").await);
        root.done(DELETE, json!({"name": name("picked")})).await;
        assert!(export(root).await.lines().all(|line| !line.contains("\"picked\"")));
    });
}

/// An assignment may have selected something besides its scope; that counted for nothing, and must not begin to.
#[test]
fn what_an_assignment_selects_beside_its_scope_does_not_begin_to_count() {
    with_folders(async |_, root| {
        create(root, "picked", alone(&["orders/a1"])).await.unwrap();
        imported(root, &[over(HOLDER, "reader", "picked"), over("users/shared", "reader", "picked")]).await;
        let role = format!("{SHOP}/roles/reader");
        let id = |holder| assignment_name(holder, &role, None).rsplit('/').next().unwrap().to_owned();
        let beside = [
            json!({"instance": {"application": "shop", "assignment": id(HOLDER), "number": 0, "specific": ["orders/b1"]}}),
            json!({"assigned_resource": {"application": "shop", "assignment": id("users/shared"), "kind": "orders", "id": "b1"}}),
        ];
        imported(root, &beside).await;
        let both = async |order: &str| {
            (reads(root, order).await, may(root, ("shop", "users/shared", "order:read"), order).await)
        };
        assert_eq!((both("orders/a1").await, both("orders/b1").await), ((true, true), (false, false)));
        root.done(DELETE, json!({"name": name("picked"), "force": true})).await;
        assert_eq!((both("orders/a1").await, both("orders/b1").await), ((false, false), (false, false)));
    });
}

#[test]
fn a_batch_deletes_all_or_none_and_says_of_the_first_why_not() {
    with_folders(async |_, root| {
        for id in ["one", "two", "used"] {
            create(root, id, alone(&["orders/a1"])).await.unwrap();
        }
        imported(root, &[over(HOLDER, "reader", "used")]).await;
        for (ids, said) in [
            (&["one", "used", "none"][..], (Code::FailedPrecondition, "IN_USE")),
            (&["one", "none", "used"], (Code::NotFound, "NOT_FOUND")),
            (&["one", "all-objects", "used"], (Code::FailedPrecondition, "PREDEFINED")),
        ] {
            let refusal = batch(root, ids, false).await.unwrap_err();
            assert_eq!(refusal.said(), said, "{ids:?}");
            assert_eq!(held(root, "one").await, ["orders/a1"], "nothing is done");
        }
        let used = batch(root, &["one", "used"], false).await.unwrap_err();
        assert!(
            used.message.contains(&name("used")) && used.message.contains("1 role assignments"),
            "{}",
            used.message
        );
        assert_eq!(batch(root, &["all-objects"], true).await.unwrap_err().reason, "PREDEFINED");
        let of_another = json!({"parent": SHOP, "names": [name("one"), "applications/bank/scopes/one"]});
        assert_eq!(root.refused(BATCH_DELETE, of_another).await.violated(), ["names[1]"]);
        assert_eq!(batch(root, &[], true).await.unwrap_err().violated(), ["names"]);
        let names = ["one", "none", "used", "one"].map(name);
        let missing = json!({"parent": SHOP, "names": names, "allow_missing": true, "force": true});
        assert_eq!(root.done(BATCH_DELETE, missing).await["deleted_count"], 2);
        assert!(!reads(root, "orders/a1").await);
        assert_eq!(batch(root, &["two"], false).await.unwrap()["deleted_count"], 1);
    });
}
