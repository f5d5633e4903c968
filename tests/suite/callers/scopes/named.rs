//! How a request names the resources and the specs of instances, and which of them it may.

use serde_json::json;
use tonic::Code;

use super::super::shop::CLERK;
use super::super::stage::{actor, imported};
use super::{
    SHOP, alone, create, create_spec, field, held, hold, instance, name, resource, shown, spec_name, with_folders,
};

const FIRST: &str = "scope.instances[0].resource_selection[0].resource_id[0]";

#[test]
fn a_bare_id_is_resolved_if_one_resource_of_the_kinds_of_the_spec_bears_it() {
    with_folders(async |_, root| {
        let chosen = |ids: &[&str]| json!([instance("folders", &[("SPECIFIC", ids)])]);
        create(root, "picked", chosen(&["a1", "of/acme", "b", "orders/b1"])).await.unwrap();
        assert_eq!(held(root, "picked").await, ["folders/b", "orders/a1", "orders/b1", "orders/of/acme"]);
        for absent in ["none", "none/at/all", "x", "d1"] {
            let refusal = hold(root, "picked", chosen(&[absent])).await.unwrap_err();
            assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"), "{absent}");
        }
        for unknown in ["bills/x", "V::disk/d1"] {
            let refusal = hold(root, "picked", chosen(&[unknown])).await.unwrap_err();
            assert_eq!((refusal.code, field(&refusal)), (Code::InvalidArgument, FIRST.to_owned()), "{unknown}");
        }
        imported(root, &[resource("folders/a1")]).await;
        let refusal = hold(root, "picked", chosen(&["a1"])).await.unwrap_err();
        assert_eq!((refusal.code, field(&refusal)), (Code::InvalidArgument, FIRST.to_owned()));
        let told = format!("{:?}", refusal.details);
        assert!(told.contains("folders/a1") && told.contains("orders/a1"), "{told}");
        // Without a spec, and by one that does not walk, every kind counts and none is guessed.
        let adapters = json!({"root_resource_kind": "k", "filter_type": "FILTER_TYPE_ADAPTER_ASSOCIATION"});
        create_spec(root, "adapters", adapters).await.unwrap();
        for spec in ["", "adapters"] {
            let mut one = instance(spec, &[("SPECIFIC", &["b1"])]);
            one["included_adapter_kinds"] = json!(["V"]);
            let refusal = hold(root, "picked", json!([one])).await.unwrap_err();
            assert_eq!((refusal.code, field(&refusal)), (Code::InvalidArgument, FIRST.to_owned()), "{spec}");
            one["resource_selection"][0]["resource_id"] = json!(["bills/x"]);
            hold(root, "picked", json!([one])).await.unwrap();
        }
        assert_eq!(held(root, "picked").await, ["V::disk/d1"], "ids mean nothing where the adapter decides");
    });
}

#[test]
fn a_spec_is_named_in_either_way_and_both_must_agree() {
    with_folders(async |_, root| {
        let by_name = json!({"resource_kind": "folders", "name": "folders", "select_all_resources": true});
        create(root, "picked", json!([by_name])).await.unwrap();
        assert_eq!(shown(root, "picked").await["instances"][0]["traversal_spec"], spec_name("folders"));
        let mut both = by_name.clone();
        both["traversal_spec"] = spec_name("folders").into();
        hold(root, "picked", json!([both])).await.unwrap();
        both["traversal_spec"] = spec_name("idle").into();
        let refusal = hold(root, "picked", json!([both])).await.unwrap_err();
        assert_eq!(
            (refusal.code, field(&refusal)),
            (Code::InvalidArgument, "scope.instances[0].traversal_spec".into())
        );
        create_spec(
            root,
            "adapters",
            json!({"root_resource_kind": "k", "filter_type": "FILTER_TYPE_ADAPTER_ASSOCIATION"}),
        )
        .await
        .unwrap();
        let refusal = hold(root, "picked", json!([instance("adapters", &[])])).await.unwrap_err();
        let wanted = "scope.instances[0].included_adapter_kinds".to_owned();
        assert_eq!((refusal.code, field(&refusal)), (Code::InvalidArgument, wanted));
        for absent in [
            json!({"resource_kind": "folders", "name": "Folders"}),
            json!({"adapter_kind": "V", "resource_kind": "folders", "name": "folders"}),
            json!({"name": "folders"}),
            json!({"traversal_spec": spec_name("none")}),
            json!({"traversal_spec": "applications/bank/traversalSpecs/folders"}),
        ] {
            let refusal = hold(root, "picked", json!([absent])).await.unwrap_err();
            assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"), "{absent}");
        }
    });
}

/// What the caller may not read is as if absent; what the scope named before may stay.
#[test]
fn a_request_names_what_the_caller_may_read_or_the_scope_named_before() {
    with_folders(async |server, root| {
        let role = json!({"role": {"application": "shop", "id": "scoper", "role_name": "scoper",
            "privilege_patterns": ["bailiwick:scope:*"], "permission_boundary": "application"}});
        let given = json!({"role_assignment": {"holder": CLERK, "application": "shop", "role": "scoper"}});
        imported(root, &[role, given]).await;
        let clerk = actor(server, CLERK).await;
        let known = instance("folders", &[("SPECIFIC", &["orders/a1"]), ("UNPROPAGATE", &["folders/b"])]);
        create(root, "picked", json!([known])).await.unwrap();
        let message = async |instances| {
            let refusal = hold(&clerk, "picked", instances).await.unwrap_err();
            assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"));
            format!("{} {:?}", refusal.message, refusal.details)
        };
        let there = message(alone(&["orders/b1"])).await;
        let absent = message(alone(&["orders/no"])).await;
        assert_eq!(there.replace("orders/b1", "…"), absent.replace("orders/no", "…"));
        let there = message(json!([{"traversal_spec": spec_name("idle")}])).await;
        let absent = message(json!([{"traversal_spec": spec_name("none")}])).await;
        assert_eq!(there.replace("idle", "…"), absent.replace("none", "…"));
        let there = message(json!([{"resource_kind": "folders", "name": "idle"}])).await;
        let absent = message(json!([{"resource_kind": "folders", "name": "none"}])).await;
        assert_eq!(there.replace("idle", "…"), absent.replace("none", "…"));
        let there =
            message(json!([{"traversal_spec": spec_name("folders"), "resource_kind": "folders", "name": "idle"}]))
                .await;
        assert_eq!(there.replace("idle", "…"), absent.replace("none", "…"));
        hold(&clerk, "picked", json!([known])).await.unwrap();
        hold(&clerk, "picked", json!([instance("folders", &[("PROPAGATE", &["a1", "folders/b"])])])).await.unwrap();
        // What another scope names is none of this one's.
        create(root, "other", alone(&["orders/b1"])).await.unwrap();
        message(alone(&["orders/b1"])).await;
    });
}

/// A cut outlives its resource: it is shown, may be sent again, and cuts what is registered anew.
#[test]
fn a_cut_at_what_is_gone_may_be_sent_again() {
    with_folders(async |_, root| {
        let lines = [
            json!({"scope": {"application": "shop", "id": "cut", "scope_name": "cut"}}),
            json!({"instance": {"application": "shop", "scope": "cut", "number": 0, "spec": "folders",
                "propagate": ["folders/root"], "former": ["folders/gone"]}}),
        ];
        imported(root, &lines).await;
        let read = shown(root, "cut").await;
        assert_eq!(
            read["instances"][0]["resource_selection"][1],
            json!({"type": "TYPE_UNPROPAGATE", "resource_id": ["folders/gone"]})
        );
        assert_eq!(super::update(root, "cut", read.clone()).await.unwrap()["scope"], read);
        let lines = [resource("folders/gone"), super::below("folders/gone", "folders/root")];
        imported(root, &[&lines[..], &[resource("orders/g"), super::below("orders/g", "folders/gone")]].concat()).await;
        hold(root, "cut", read["instances"].clone()).await.unwrap();
        assert_eq!(held(root, "cut").await, ["folders/a", "folders/b", "folders/root", "orders/a1", "orders/b1"]);
        // Nobody else may name what is not there.
        let gone = instance("folders", &[("UNPROPAGATE", &["folders/never"])]);
        assert_eq!(create(root, "new", json!([gone])).await.unwrap_err().code, Code::NotFound);
    });
}

#[test]
fn a_scope_s_name_is_unique_whatever_its_case_and_free_again() {
    with_folders(async |_, root| {
        let named = |id: &str, text: &str| json!({"parent": SHOP, "scope_id": id, "scope": {"scope_name": text}});
        root.done(super::CREATE, named("one", "Straße")).await;
        let taken = root.refused(super::CREATE, named("two", "STRASSE")).await;
        assert_eq!(taken.said(), (Code::AlreadyExists, "ALREADY_EXISTS"));
        assert_eq!(taken.details[1]["resource_name"], name("one"));
        root.done(super::CREATE, json!({"parent": "applications/bank", "scope": {"scope_name": "STRASSE"}})).await;
        super::update(root, "one", json!({"scope_name": "STRASSE"})).await.unwrap();
        super::update(root, "one", json!({"scope_name": "other"})).await.unwrap();
        root.done(super::CREATE, named("two", "strasse")).await;
        let back = super::update(root, "one", json!({"scope_name": "Straße"})).await.unwrap_err();
        assert_eq!((back.code, &back.details[1]["resource_name"]), (Code::AlreadyExists, &json!(name("two"))));
        let made = root.done(super::CREATE, json!({"parent": SHOP, "scope": {"scope_name": "made"}})).await;
        let id = made["scope"]["name"].as_str().unwrap().rsplit('/').next().unwrap();
        assert_eq!(id.len(), 26, "{id}");
    });
}
