//! What a write about assignments over resources would do, told before it is done: resource by resource, to who may read
//! them.

use serde_json::{Value, json};

use super::actor::Actor;
use super::put_assignment::{ADD, PUT, REMOVE, among_goods, below, put};
use super::shop::{ACME, CLERK};
use super::stage::{actor, export, imported, strings};

async fn foreseen(by: &Actor, method: &str, mut request: Value) -> Value {
    request["validate_only"] = true.into();
    by.done(method, request).await["access_difference"].clone()
}

/// The resources of the rectangles of one side; `["*"]` for all there are.
fn objects(rectangles: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    for rectangle in rectangles.as_array().into_iter().flatten() {
        match &rectangle["targets"]["objects"] {
            Value::Null => found.push("*"),
            objects => found.extend(strings(&objects["resources"])),
        }
    }
    found
}

#[test]
fn what_is_put_shared_and_taken_is_told_resource_by_resource() {
    among_goods(async |_, root| {
        let holder = "users/shared";
        let before = export(root).await;
        for (words, gained) in [
            (json!({}), &[][..]),
            (json!({"allow_all_objects": true}), &["*"]),
            (json!({"scope": "thirteen"}), &["orders/13"]),
            (below("TYPE_PROPAGATE", &["folders/b"]), &["folders/b", "orders/12"]),
            (json!({"resources": ["orders/14", "orders/11"]}), &["orders/11", "orders/14"]),
        ] {
            let told = foreseen(root, PUT, put(holder, words.clone())).await;
            assert_eq!((objects(&told["gained"]), objects(&told["lost"])), (gained.to_vec(), vec![]), "{words}");
        }
        assert_eq!(export(root).await, before);
        root.done(PUT, put(holder, below("TYPE_PROPAGATE", &["folders/b"]))).await;
        let other = foreseen(root, PUT, put(holder, below("TYPE_SPECIFIC", &["orders/12", "orders/13"]))).await;
        assert_eq!((objects(&other["gained"]), objects(&other["lost"])), (vec!["orders/13"], vec!["folders/b"]));
        let same = foreseen(root, PUT, put(holder, json!({"resources": ["orders/12", "folders/b"]}))).await;
        assert_eq!((same.get("gained"), same.get("lost")), (None, None), "the same by another way");
        let shared = foreseen(root, ADD, put(holder, json!({"resources": ["orders/12", "orders/11"]}))).await;
        assert_eq!((objects(&shared["gained"]), objects(&shared["lost"])), (vec!["orders/11"], vec![]));
        root.done(ADD, put(holder, json!({"resources": ["orders/12", "orders/11"]}))).await;
        let taken = foreseen(root, REMOVE, put(holder, json!({"resources": ["orders/12", "orders/11"]}))).await;
        assert_eq!((objects(&taken["gained"]), objects(&taken["lost"])), (vec![], vec!["orders/11"]));
    });
}

#[test]
fn nobody_is_told_of_a_resource_that_he_may_not_read() {
    among_goods(async |server, root| {
        let resource = |id: &str, tenant: &str| json!({"resource": {"application": "shop", "kind": "orders", "id": id, "tenant": tenant}});
        imported(root, &[resource("21", "acme"), resource("22", "globex")]).await;
        let own = json!({"role": "applications/shop/tenants/acme/roles/own-reader",
                         "resources": ["orders/11", "orders/21", "orders/22"]});
        root.done(PUT, put(CLERK, own.clone())).await;
        let unassign = json!({"application": "applications/shop", "subject": CLERK, "roles": [own["role"]]});
        let all = foreseen(root, "AssignmentService/UnassignRoles", unassign.clone()).await;
        assert_eq!(objects(&all["lost"]), ["orders/11", "orders/21", "orders/22"]);
        let acme = actor(server, ACME).await;
        let some = foreseen(&acme, "AssignmentService/UnassignRoles", unassign).await;
        assert_eq!(objects(&some["lost"]), ["orders/21"]);
    });
}
