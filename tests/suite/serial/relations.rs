//! Two who put each other's resources below their own at once: one of them would close a cycle, and is refused.

use serde_json::{Value, json};
use tonic::Code;

use super::{Pair, between, one_of};
use crate::callers::stage::{imported, rounds};

const RELATE: &str = "ResourceService/BatchUpdateRelations";

fn relate(way: &str, child: &str, parent: &str) -> Value {
    json!({"parent": "applications/a", way: [{"child": child, "parent": parent}]})
}

#[test]
fn of_two_who_close_a_cycle_one_is_refused() {
    between(&[], async |Pair { one, two }| {
        let resource = |id: &str| json!({"resource": {"application": "a", "kind": "k", "id": id}});
        let mut lines = vec![json!({"application": {"id": "a"}})];
        lines.extend(["x", "y", "z"].map(resource));
        imported(one, &lines).await;
        one.done(RELATE, relate("add", "k/y", "k/z")).await;
        for _ in 0..rounds() {
            let (first, second) = (("k/x", "k/y"), ("k/z", "k/x"));
            let update = json!({"resource": {"name": "applications/a/resources/k/z", "parents": ["k/x"]}});
            let outcomes = tokio::join!(
                one.call(RELATE, relate("add", first.0, first.1)),
                two.call("ResourceService/UpdateResource", update)
            );
            let (done, refusal) = one_of(outcomes, "a cycle");
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "CYCLE"), "{refusal:?}");
            let (child, parent) = if done == 0 { first } else { second };
            assert_eq!(one.done(RELATE, relate("remove", child, parent)).await["removed_count"], 1);
        }
    });
}

/// A resource goes while another one comes below it: either is refused, and no relation is left behind.
#[test]
fn nothing_comes_below_a_resource_that_goes() {
    between(&[], async |Pair { one, two }| {
        let resource = |id: &str| json!({"resource": {"application": "a", "kind": "k", "id": id}});
        imported(one, &[json!({"application": {"id": "a"}}), resource("child")]).await;
        for round in 0..rounds() {
            let id = format!("top{round}");
            imported(one, &[resource(&id)]).await;
            let name = json!({"name": format!("applications/a/resources/k/{id}")});
            let outcomes = tokio::join!(
                one.call("ResourceService/DeleteResource", name),
                two.call(RELATE, relate("add", "k/child", &format!("k/{id}")))
            );
            match one_of(outcomes, "a use") {
                (0, refusal) => assert_eq!(refusal.code, Code::NotFound, "{refusal:?}"),
                (_, refusal) => {
                    assert_eq!(refusal.said(), (Code::FailedPrecondition, "IN_USE"), "{refusal:?}");
                    one.done(RELATE, relate("remove", "k/child", &format!("k/{id}"))).await;
                }
            }
        }
    });
}
