//! Traversal specs: what is unique and immutable of them, where they lead, and when they stay.

use serde_json::{Value, json};
use tonic::Code;

use super::super::stage::{assignment_name, imported, names};
use super::{
    CREATE_SPEC, DELETE_SPEC, GET_SPEC, HOLDER, SHOP, create, create_spec, field, held, hold, instance, over, path,
    reads, spec_name, update_spec, with_folders,
};

#[test]
fn a_spec_is_unique_by_its_root_and_name_and_says_whether_it_climbs() {
    with_folders(async |_, root| {
        let spec = |adapter: &str, kind: &str, text: &str, paths: Value| {
            let spec =
                json!({"root_adapter_kind": adapter, "root_resource_kind": kind, "spec_name": text, "paths": paths});
            json!({"parent": SHOP, "traversal_spec": spec})
        };
        let up = json!([path(&[("Host", "CHILD"), ("V::Disk", "PARENT")])]);
        let made = root.done(CREATE_SPEC, spec("V", "Host", "up", up)).await["traversal_spec"].clone();
        assert_eq!(
            (&made["has_parent_steps"], &made["filter_type"]),
            (&json!(true), &json!("FILTER_TYPE_GENERIC_RELATION"))
        );
        assert_eq!(made["name"].as_str().unwrap().rsplit('/').next().unwrap().len(), 26);
        let taken = root.refused(CREATE_SPEC, spec("V", "Host", "up", json!([]))).await;
        assert_eq!(taken.said(), (Code::AlreadyExists, "ALREADY_EXISTS"));
        assert_eq!(taken.details[1]["resource_name"], made["name"]);
        for (adapter, kind, text) in [("V", "Host", "Up"), ("v", "Host", "up"), ("V", "host", "up"), ("", "Host", "up")]
        {
            let other = root.done(CREATE_SPEC, spec(adapter, kind, text, json!([path(&[("k", "CHILD")])]))).await;
            assert_eq!(other["traversal_spec"]["has_parent_steps"], Value::Null);
        }
        let again = create_spec(root, "idle", json!({"root_resource_kind": "k"})).await.unwrap_err();
        assert_eq!(again.code, Code::AlreadyExists, "its id is taken");
        // The name is free when the spec is gone.
        root.done(DELETE_SPEC, json!({"name": made["name"]})).await;
        assert_eq!(root.refused(GET_SPEC, json!({"name": made["name"]})).await.code, Code::NotFound);
        root.done(CREATE_SPEC, spec("V", "Host", "up", json!([]))).await;
        let find = async |filter: &str| {
            let request = json!({"parent": SHOP, "filter": filter});
            let answer = root.done("ScopeService/ListTraversalSpecs", request).await;
            names(&answer["traversal_specs"]).len()
        };
        assert_eq!(find("root_adapter_kind = V").await, 3);
        assert_eq!(find("root_adapter_kind = \"\" AND root_resource_kind = Host AND spec_name = up").await, 1);
        assert_eq!((find("spec_name : U").await, find("spec_name : u").await), (1, 4));
    });
}

#[test]
fn all_that_is_immutable_is_told_at_once_and_the_etag_is_kept() {
    with_folders(async |_, root| {
        let words = json!({"root_adapter_kind": "V", "root_resource_kind": "x", "spec_name": "y", "description": "z"});
        let refusal = update_spec(root, "idle", words).await.unwrap_err();
        let fields = ["root_adapter_kind", "root_resource_kind", "spec_name"];
        assert_eq!(refusal.violated(), fields.map(|field| format!("traversal_spec.{field}")));
        let same = json!({"root_resource_kind": "folders", "spec_name": "idle", "description": "z"});
        let changed = update_spec(root, "idle", same).await.unwrap()["traversal_spec"].clone();
        assert_eq!(changed["description"], "z");
        assert_eq!(root.done(GET_SPEC, json!({"name": spec_name("idle")})).await["traversal_spec"], changed);
        let unknown = json!({"traversal_spec": {"name": spec_name("idle")}, "update_mask": "specName"});
        assert_eq!(root.refused(super::UPDATE_SPEC, unknown).await.violated(), ["update_mask"]);
        let all = json!({"traversal_spec": {"name": spec_name("folders")}, "update_mask": "*"});
        let cleared = root.done(super::UPDATE_SPEC, all).await["traversal_spec"].clone();
        assert_eq!(cleared["paths"], Value::Null);
    });
}

#[test]
fn a_changed_spec_leads_elsewhere_at_once_and_ids_that_it_does_not_know_wait() {
    with_folders(async |_, root| {
        let kinds = [("SPECIFIC", &["orders/b1"][..]), ("PROPAGATE", &["folders/a"])];
        create(root, "picked", json!([instance("folders", &kinds)])).await.unwrap();
        imported(root, &[over(HOLDER, "reader", "picked")]).await;
        assert_eq!(held(root, "picked").await, ["folders/a", "orders/a1", "orders/b1"]);
        let old = root.done(GET_SPEC, json!({"name": spec_name("folders")})).await["traversal_spec"]["paths"].clone();
        update_spec(root, "folders", json!({"paths": [path(&[("bills", "CHILD")])]})).await.unwrap();
        assert_eq!(held(root, "picked").await, ["bills/x", "folders/a"]);
        assert!(!reads(root, "orders/a1").await && !reads(root, "orders/b1").await);
        let waits = super::shown(root, "picked").await["instances"][0]["resource_selection"][1].clone();
        assert_eq!(waits, json!({"type": "TYPE_SPECIFIC", "resource_id": ["orders/b1"]}));
        update_spec(root, "folders", json!({"paths": old})).await.unwrap();
        assert!(reads(root, "orders/a1").await && reads(root, "orders/b1").await);
    });
}

#[test]
fn a_spec_selects_by_adapter_only_where_every_instance_includes_one() {
    with_folders(async |_, root| {
        let mut by_folders = instance("folders", &[("PROPAGATE", &["folders/a"])]);
        create(root, "picked", json!([by_folders])).await.unwrap();
        let associated = || json!({"filter_type": "FILTER_TYPE_ADAPTER_ASSOCIATION"});
        let refusal = update_spec(root, "folders", associated()).await.unwrap_err();
        assert_eq!((refusal.code, field(&refusal)), (Code::InvalidArgument, "traversal_spec.filter_type".to_owned()));
        by_folders["included_adapter_kinds"] = json!(["V", "none", "V"]);
        hold(root, "picked", json!([by_folders])).await.unwrap();
        assert_eq!(held(root, "picked").await, ["folders/a", "orders/a1"], "kept, and without meaning");
        // The shop's own scope uses the spec as well.
        assert_eq!(update_spec(root, "folders", associated()).await.unwrap_err().code, Code::InvalidArgument);
        hold(root, "all-orders", json!([])).await.unwrap();
        update_spec(root, "folders", associated()).await.unwrap();
        assert_eq!(held(root, "picked").await, ["V::disk/d1"]);
        update_spec(root, "folders", json!({"filter_type": "FILTER_TYPE_GENERIC_RELATION"})).await.unwrap();
        assert_eq!(held(root, "picked").await, ["folders/a", "orders/a1"]);
    });
}

#[test]
fn a_spec_in_use_stays_and_counts_who_uses_it() {
    with_folders(async |_, root| {
        create(root, "picked", json!([instance("folders", &[]), instance("folders", &[])])).await.unwrap();
        let of_holder = json!({"role_assignment": {"holder": HOLDER, "application": "shop", "role": "reader", "allow_all_objects": false}});
        imported(root, &[of_holder]).await;
        let name = assignment_name(HOLDER, &format!("{SHOP}/roles/reader"), None);
        let id = name.rsplit('/').next().unwrap();
        imported(root, &[json!({"instance": {"application": "shop", "assignment": id, "number": 0, "spec": "folders", "propagate": ["folders/a"]}})]).await;
        assert!(reads(root, "orders/a1").await);
        let refusal = root.refused(DELETE_SPEC, json!({"name": spec_name("folders")})).await;
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "IN_USE"));
        assert!(refusal.message.contains("2 scopes, 1 role assignments"), "{}", refusal.message);
        for id in ["picked", "all-orders"] {
            root.done(super::DELETE, json!({"name": super::name(id)})).await;
        }
        let refusal = root.refused(DELETE_SPEC, json!({"name": spec_name("folders")})).await;
        assert!(refusal.message.contains("in use: 1 role assignments"), "{}", refusal.message);
        root.done("AssignmentService/DeleteRoleAssignment", json!({"name": name})).await;
        root.done(DELETE_SPEC, json!({"name": spec_name("folders")})).await;
        root.done(DELETE_SPEC, json!({"name": spec_name("folders"), "allow_missing": true})).await;
    });
}
