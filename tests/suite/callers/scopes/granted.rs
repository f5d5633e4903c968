//! Whoever lets a scope hold more, or a spec lead elsewhere, gives it to everybody who reaches by it: nobody gives what he
//! does not reach himself.
//!
//! The keeper of the shop has every `bailiwick:` key but delegate, and `order:read`; never `order:write`.

use serde_json::{Value, json};
use tonic::Code;

use super::super::actor::{Actor, Refusal};
use super::super::shop::{SHOPKEEPER, STAND_IN};
use super::super::stage::{actor, imported, may};
use super::{
    DELETE, HOLDER, alone, create, create_spec, hold, instance, name, over, path, spec_name, update, update_spec,
    with_folders,
};

const WRITE: (&str, &str, &str) = ("shop", HOLDER, "order:write");

fn exceeds(refusal: &Refusal) -> bool {
    refusal.said() == (Code::PermissionDenied, "GRANT_EXCEEDS_OWN_REACH")
}

/// A scope that the holder of `order:write` has, and the same instances in one that nobody has.
async fn worn(root: &Actor, instances: &Value, role: &str) {
    create(root, "worn", instances.clone()).await.unwrap();
    create(root, "spare", instances.clone()).await.unwrap();
    imported(root, &[over(HOLDER, role, "worn")]).await;
}

/// Every way in which a scope can hold more, from one instance by the folders.
fn more() -> Vec<(&'static str, Value)> {
    let by_folders = |chosen: &[(&str, &[&str])]| instance("folders", chosen);
    let base: &[(&str, &[&str])] =
        &[("SPECIFIC", &["folders/a"]), ("UNPROPAGATE", &["folders/b"]), ("PROPAGATE", &["folders/b"])];
    let mut other_spec = by_folders(base);
    other_spec["traversal_spec"] = spec_name("wide").into();
    let mut no_spec = by_folders(base);
    no_spec.as_object_mut().unwrap().remove("traversal_spec");
    let mut everything = by_folders(base);
    everything["select_all_resources"] = true.into();
    vec![
        ("another instance", json!([by_folders(base), alone(&["orders/7"])[0]])),
        ("another id alone", json!([by_folders(&[base, &[("SPECIFIC", &["orders/7"])]].concat())])),
        ("one that propagates", json!([by_folders(&[&[("PROPAGATE", &["folders/a"][..])], base].concat())])),
        ("one that is only cut", json!([by_folders(&[&[("UNPROPAGATE", &["orders/7"][..])], base].concat())])),
        ("a cut less", json!([by_folders(&[base[0], base[2]])])),
        ("everything", json!([everything])),
        ("another spec", json!([other_spec])),
        ("no spec", json!([no_spec])),
        (
            "the adapters",
            json!([by_folders(base), {"traversal_spec": spec_name("adapters"), "included_adapter_kinds": ["V"]}]),
        ),
    ]
}

fn base() -> Value {
    json!([instance(
        "folders",
        &[("SPECIFIC", &["folders/a"]), ("UNPROPAGATE", &["folders/b"]), ("PROPAGATE", &["folders/b"])]
    )])
}

async fn specs(root: &Actor) {
    let recursive = json!({"kind": "folders", "direction": "DIRECTION_CHILD", "recursive": true});
    let wide = json!([{"steps": [recursive, {"kind": "orders", "direction": "DIRECTION_CHILD"}]}, path(&[("bills", "CHILD")])]);
    create_spec(root, "wide", json!({"root_resource_kind": "folders", "paths": wide})).await.unwrap();
    let adapters = json!({"root_resource_kind": "k", "filter_type": "FILTER_TYPE_ADAPTER_ASSOCIATION"});
    create_spec(root, "adapters", adapters).await.unwrap();
}

#[test]
fn nobody_lets_a_scope_hold_more_for_those_who_have_what_he_has_not() {
    with_folders(async |server, root| {
        specs(root).await;
        worn(root, &base(), "writer").await;
        let keeper = actor(server, SHOPKEEPER).await;
        for (what, instances) in more() {
            let refusal = hold(&keeper, "worn", instances.clone()).await.map(|answer| (what, answer)).unwrap_err();
            assert!(exceeds(&refusal), "{what}: {refusal:?}");
            assert_eq!(refusal.fact("privilege").as_deref(), Some("order:write"), "{what}");
            let only_validated =
                json!({"scope": {"name": name("worn"), "instances": instances}, "validate_only": true});
            assert!(exceeds(&keeper.refused(super::UPDATE, only_validated).await), "{what}");
            // Of a scope that no assignment refers to, nobody gets anything.
            hold(&keeper, "spare", instances.clone()).await.unwrap();
            hold(root, "worn", instances).await.unwrap();
            hold(root, "worn", base()).await.unwrap();
        }
    });
}

#[test]
fn what_takes_away_or_gives_what_the_caller_has_is_nobody_s_grant() {
    with_folders(async |server, root| {
        specs(root).await;
        worn(root, &base(), "writer").await;
        let keeper = actor(server, SHOPKEEPER).await;
        update(&keeper, "worn", json!({"description": "x", "scope_name": "y"})).await.unwrap();
        hold(&keeper, "worn", base()).await.unwrap();
        let cut = instance("folders", &[("UNPROPAGATE", &["folders/b"]), ("PROPAGATE", &["folders/b"])]);
        hold(&keeper, "worn", json!([cut])).await.unwrap();
        hold(&keeper, "worn", json!([])).await.unwrap();
        // Instances change places, the first one goes, an adapter does, everything becomes something.
        let adapters =
            |kinds: &[&str]| json!({"traversal_spec": spec_name("adapters"), "included_adapter_kinds": kinds});
        let three = json!([{"select_all_resources": true}, alone(&["orders/7"])[0], adapters(&["V", "W"])]);
        for fewer in [
            json!([three[2], three[0], three[1]]),
            json!([three[1], three[2]]),
            json!([three[1], three[1], adapters(&["W"])]),
            json!([instance("", &[("PROPAGATE", &["folders/a"])]), adapters(&["V"])]),
        ] {
            hold(root, "worn", three.clone()).await.unwrap();
            hold(&keeper, "worn", fewer.clone()).await.map_err(|refusal| (fewer, refusal)).unwrap();
        }
        hold(root, "worn", json!([adapters(&["W"])])).await.unwrap();
        assert!(exceeds(&hold(&keeper, "worn", json!([adapters(&["V", "W"])])).await.unwrap_err()));
        hold(root, "worn", base()).await.unwrap();
        keeper.done(DELETE, json!({"name": name("worn"), "force": true})).await;
        // `order:read` he has everywhere and without end.
        create(root, "read", base()).await.unwrap();
        imported(root, &[over(HOLDER, "reader", "read")]).await;
        for (what, instances) in more() {
            hold(&keeper, "read", instances).await.map_err(|refusal| (what, refusal)).unwrap();
            hold(&keeper, "read", base()).await.unwrap();
        }
    });
}

#[test]
fn nobody_gives_longer_than_he_has_nor_more_of_a_scope_than_he_has_of_it() {
    with_folders(async |server, root| {
        specs(root).await;
        worn(root, &base(), "reader").await;
        let (stand_in, keeper) = (actor(server, STAND_IN).await, actor(server, SHOPKEEPER).await);
        let more = json!([base()[0], alone(&["orders/7"])[0]]);
        assert!(exceeds(&hold(&stand_in, "worn", more.clone()).await.unwrap_err()), "he has it for some hours");
        let mut short = over(HOLDER, "reader", "worn");
        short["role_assignment"]["expire_time"] = "2099-01-01T00:00:00Z".into();
        imported(root, &[short]).await;
        hold(&stand_in, "worn", more.clone()).await.unwrap();
        // Who has the privilege over the very scope has it as it was.
        hold(root, "worn", base()).await.unwrap();
        imported(root, &[over(HOLDER, "writer", "worn"), over(SHOPKEEPER, "writer", "worn")]).await;
        assert!(exceeds(&hold(&keeper, "worn", more.clone()).await.unwrap_err()));
        // A right to delegate stands in for the privilege, where it reaches as far.
        let delegate = json!({"role": {"application": "shop", "id": "delegator", "role_name": "delegator",
            "privilege_patterns": ["bailiwick:role:delegate"], "permission_boundary": "application"}});
        imported(root, &[delegate, over(SHOPKEEPER, "delegator", "worn")]).await;
        assert!(exceeds(&hold(&keeper, "worn", more.clone()).await.unwrap_err()));
        let everywhere = json!({"role_assignment": {"holder": SHOPKEEPER, "application": "shop", "role": "delegator"}});
        imported(root, &[everywhere]).await;
        hold(&keeper, "worn", more).await.unwrap();
        assert!(may(root, WRITE, "orders/7").await);
    });
}

#[test]
fn nobody_lets_a_spec_lead_elsewhere_for_those_who_have_what_he_has_not() {
    with_folders(async |server, root| {
        specs(root).await;
        let by_wide = json!([instance("wide", &[("PROPAGATE", &["folders/a"])])]);
        worn(root, &by_wide, "writer").await;
        let keeper = actor(server, SHOPKEEPER).await;
        let disks = json!({"paths": [path(&[("orders", "CHILD")]), path(&[("folders", "PARENT")])]});
        assert!(exceeds(&update_spec(&keeper, "wide", disks.clone()).await.unwrap_err()));
        // Any change, for what is less here is more there.
        let refusal = update_spec(&keeper, "wide", json!({"paths": [path(&[("orders", "CHILD")])]})).await.unwrap_err();
        assert!(exceeds(&refusal), "{refusal:?}");
        update_spec(&keeper, "wide", json!({"description": "x"})).await.unwrap();
        update_spec(&keeper, "idle", disks.clone()).await.unwrap();
        let associated = json!({"filter_type": "FILTER_TYPE_ADAPTER_ASSOCIATION"});
        let mut with_adapter = by_wide[0].clone();
        with_adapter["included_adapter_kinds"] = json!(["V"]);
        for id in ["worn", "spare"] {
            hold(root, id, json!([with_adapter])).await.unwrap();
        }
        assert!(exceeds(&update_spec(&keeper, "wide", associated.clone()).await.unwrap_err()));
        // The spec of what an assignment selects itself, without a scope.
        let role = format!("{}/roles/writer", super::SHOP);
        root.done(DELETE, json!({"name": name("worn"), "force": true})).await;
        update_spec(&keeper, "wide", disks).await.unwrap();
        let id = super::super::stage::assignment_name(HOLDER, &role, None).rsplit('/').next().unwrap().to_owned();
        let own = json!({"instance": {"application": "shop", "assignment": id, "number": 0, "spec": "wide", "propagate": ["folders/a"]}});
        imported(root, &[own]).await;
        let back = json!({"paths": [path(&[("orders", "CHILD")])]});
        assert!(exceeds(&update_spec(&keeper, "wide", back.clone()).await.unwrap_err()));
        update_spec(root, "wide", back).await.unwrap();
    });
}

/// Where a walk began that has been cut since, nothing is held that could be kept.
#[test]
fn what_a_former_cut_takes_away_is_not_given_back() {
    with_folders(async |server, root| {
        let scope = |propagate: &[&str]| json!({"instance": {"application": "shop", "scope": "worn", "number": 0, "propagate": propagate, "former": ["orders/b1"]}});
        imported(root, &[json!({"scope": {"application": "shop", "id": "worn", "scope_name": "worn"}})]).await;
        imported(root, &[scope(&["orders/b1"]), over(HOLDER, "writer", "worn")]).await;
        let keeper = actor(server, SHOPKEEPER).await;
        assert!(!may(root, WRITE, "orders/b1").await);
        let again = instance("", &[("UNPROPAGATE", &["orders/b1"]), ("PROPAGATE", &["orders/b1"])]);
        hold(&keeper, "worn", json!([again])).await.unwrap();
        assert!(!may(root, WRITE, "orders/b1").await);
        for more in [instance("", &[("SPECIFIC", &["orders/b1"])]), instance("", &[("PROPAGATE", &["orders/b1"])])] {
            assert!(exceeds(&hold(&keeper, "worn", json!([more])).await.unwrap_err()), "{more}");
        }
    });
}
