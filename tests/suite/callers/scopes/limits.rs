//! How much there may be of scopes and traversal specs: at the limit, and one past it.

use serde_json::{Value, json};
use tonic::Code;

use super::super::stage::imported;
use super::{BATCH_DELETE, SHOP, alone, create, create_spec, field, held, hold, path, with_folders};

fn many(count: usize, each: impl Fn(usize) -> String) -> Vec<String> {
    (0..count).map(each).collect()
}

fn refused(outcome: super::Outcome, wanted: &str) {
    let refusal = outcome.unwrap_err();
    assert_eq!((refusal.code, field(&refusal)), (Code::InvalidArgument, wanted.to_owned()));
}

#[test]
fn a_scope_has_64_instances_and_each_1_000_ids() {
    with_folders(async |_, root| {
        let orders = many(1_001, |n| format!("orders/many/{n:04}"));
        imported(root, &orders.iter().map(|order| super::resource(order)).collect::<Vec<_>>()).await;
        let ids: Vec<&str> = orders.iter().map(String::as_str).collect();
        let instances = |count| Value::from(vec![alone(&["orders/7"])[0].clone(); count]);
        create(root, "wide", instances(64)).await.unwrap();
        refused(hold(root, "wide", instances(65)).await, "scope.instances");
        create(root, "long", alone(&ids[..1_000])).await.unwrap();
        assert_eq!(held(root, "long").await.len(), 1_000);
        refused(hold(root, "long", alone(&ids)).await, "scope.instances[0].resource_selection");
        // Repeats count once, and each type on its own.
        hold(root, "long", alone(&[&ids[..1_000], &ids[..5]].concat())).await.unwrap();
        let both = super::instance("", &[("SPECIFIC", &ids[..500]), ("UNPROPAGATE", &ids[..500])]);
        hold(root, "long", json!([both])).await.unwrap();
        let both = super::instance("", &[("SPECIFIC", &ids[..501]), ("UNPROPAGATE", &ids[..500])]);
        refused(hold(root, "long", json!([both])).await, "scope.instances[0].resource_selection");
        let adapters = |count| json!([{"included_adapter_kinds": many(count, |n| format!("A{n}"))}]);
        hold(root, "long", adapters(64)).await.unwrap();
        refused(hold(root, "long", adapters(65)).await, "scope.instances[0].included_adapter_kinds");
    });
}

#[test]
fn a_spec_has_16_paths_of_32_steps_and_an_application_1_000_specs() {
    with_folders(async |_, root| {
        let paths = |count: usize, steps: usize| {
            let one = path(&vec![("k", "CHILD"); steps]);
            json!({"root_resource_kind": "k", "paths": vec![one; count]})
        };
        create_spec(root, "wide", paths(16, 32)).await.unwrap();
        refused(create_spec(root, "wider", paths(17, 1)).await, "traversal_spec.paths");
        refused(create_spec(root, "longer", paths(1, 33)).await, "traversal_spec.paths[0].steps");
        refused(create_spec(root, "empty", paths(1, 0)).await, "traversal_spec.paths[0].steps");
        let spec = |n: usize| json!({"traversal_spec": {"application": "shop", "id": format!("s{n}"), "spec_name": format!("s{n}"), "root_resource_kind": "k"}});
        imported(root, &(0..997).map(spec).collect::<Vec<_>>()).await;
        let refusal = create_spec(root, "last", paths(0, 0)).await.unwrap_err();
        assert_eq!(refusal.code, Code::InvalidArgument, "{refusal:?}");
        root.done(super::DELETE_SPEC, json!({"name": super::spec_name("s7")})).await;
        create_spec(root, "last", paths(0, 0)).await.unwrap();
    });
}

#[test]
fn a_batch_names_1_000_scopes_and_texts_end() {
    with_folders(async |_, root| {
        let batch = |count: usize| json!({"parent": SHOP, "names": many(count, |n| super::name(&format!("n{n}"))), "allow_missing": true});
        assert_eq!(root.done(BATCH_DELETE, batch(1_000)).await["deleted_count"], Value::Null);
        assert_eq!(root.refused(BATCH_DELETE, batch(1_001)).await.violated(), ["names"]);
        let texts = |name: usize, description: usize| {
            let scope = json!({"scope_name": "n".repeat(name), "description": "d".repeat(description)});
            json!({"parent": SHOP, "scope": scope, "validate_only": true})
        };
        root.done(super::CREATE, texts(256, 4_096)).await;
        let refusal = root.refused(super::CREATE, texts(257, 4_097)).await;
        assert_eq!(refusal.violated(), ["scope.scope_name", "scope.description"]);
        let kind =
            |length: usize| json!({"root_adapter_kind": "a".repeat(20), "root_resource_kind": "k".repeat(length)});
        create_spec(root, "long", kind(106)).await.unwrap();
        refused(create_spec(root, "longer", kind(107)).await, "traversal_spec.root_resource_kind");
    });
}
