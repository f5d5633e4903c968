//! What a scope holds, at once and page by page.

use serde_json::{Value, json};
use tonic::Code;

use super::super::actor::Actor;
use super::super::shop::SHOPKEEPER;
use super::super::stage::{actor, imported, strings};
use super::{
    DELETE, GET, HOLDER, RESOURCES, SHOP, alone, below, create, held, hold, instance, name, over, reads, resource,
    shown, update, with_folders,
};

#[test]
fn what_a_scope_holds_is_what_its_instances_select_and_what_assignments_reach() {
    with_folders(async |_, root| {
        let walk = instance("folders", &[("PROPAGATE", &["folders/root"]), ("UNPROPAGATE", &["folders/b"])]);
        create(root, "picked", json!([walk])).await.unwrap();
        assert_eq!(held(root, "picked").await, ["folders/a", "folders/b", "folders/root", "orders/a1"]);
        imported(root, &[over(HOLDER, "reader", "picked")]).await;
        assert!(reads(root, "orders/a1").await && !reads(root, "orders/b1").await);
        // What comes later is among it.
        assert!(!reads(root, "orders/a2").await);
        imported(root, &[resource("orders/a2"), below("orders/a2", "folders/a")]).await;
        assert!(reads(root, "orders/a2").await);
        // Without a spec, every kind counts; instances are united.
        hold(root, "picked", json!([instance("", &[("PROPAGATE", &["folders/a"])]), alone(&["orders/b1"])[0]]))
            .await
            .unwrap();
        assert_eq!(held(root, "picked").await, ["bills/x", "folders/a", "orders/a1", "orders/a2", "orders/b1"]);
        assert!(reads(root, "orders/b1").await);
        hold(root, "picked", json!([])).await.unwrap();
        assert!(!reads(root, "orders/b1").await && held(root, "picked").await.is_empty());
        hold(root, "picked", json!([{"select_all_resources": true}])).await.unwrap();
        assert_eq!(held(root, "picked").await, held(root, "all-objects").await);
        assert!(reads(root, "orders/b1").await && !reads(root, "orders/unregistered").await);
    });
}

#[test]
fn a_scope_is_changed_field_by_field_and_its_etag_knows_of_instances() {
    with_folders(async |_, root| {
        create(root, "picked", alone(&["orders/a1"])).await.unwrap();
        let made = shown(root, "picked").await;
        let moved = hold(root, "picked", alone(&["orders/b1"])).await.unwrap()["scope"].clone();
        assert_ne!(moved["etag"], made["etag"]);
        assert_ne!(moved["update_time"], made["update_time"]);
        assert_eq!(moved["create_time"], made["create_time"]);
        let stale = update(root, "picked", json!({"description": "x", "etag": made["etag"]})).await.unwrap_err();
        assert_eq!(stale.said(), (Code::Aborted, "ETAG_MISMATCH"));
        update(root, "picked", json!({"description": "x", "etag": moved["etag"]})).await.unwrap();
        assert_eq!(shown(root, "picked").await["instances"], moved["instances"], "they were not written");
        // What was read can be sent back, and changes nothing.
        let read = shown(root, "picked").await;
        assert_eq!(update(root, "picked", read.clone()).await.unwrap()["scope"], read);
        let cleared = json!({"scope": {"name": name("picked")}, "update_mask": "scopeName"});
        assert_eq!(root.refused(super::UPDATE, cleared).await.violated(), ["scope.scope_name"]);
    });
}

#[test]
fn an_answer_names_the_spec_in_both_ways_and_orders_what_is_selected() {
    with_folders(async |_, root| {
        let sent = instance(
            "folders",
            &[("SPECIFIC", &["orders/b1", "orders/a1"]), ("PROPAGATE", &["folders/b"]), ("SPECIFIC", &["orders/7"])],
        );
        let answer = create(root, "picked", json!([sent])).await.unwrap();
        let expected = json!({"traversal_spec": super::spec_name("folders"), "resource_kind": "folders", "name": "folders",
            "resource_selection": [{"type": "TYPE_PROPAGATE", "resource_id": ["folders/b"]},
                                   {"type": "TYPE_SPECIFIC", "resource_id": ["orders/7", "orders/a1", "orders/b1"]}]});
        assert_eq!(answer["scope"]["instances"], json!([expected]));
        assert_eq!(shown(root, "picked").await, answer["scope"]);
        let list = json!({"parent": SHOP, "filter": "scope_name = PICKED"});
        let basic = root.done("ScopeService/ListScopes", list.clone()).await["scopes"][0].clone();
        assert_eq!((&basic["name"], &basic["instances"]), (&json!(name("picked")), &Value::Null));
        let mut full = list;
        full["view"] = "SCOPE_VIEW_FULL".into();
        assert_eq!(root.done("ScopeService/ListScopes", full).await["scopes"][0], answer["scope"]);
    });
}

#[test]
fn a_full_list_has_ten_scopes_a_page() {
    with_folders(async |_, root| {
        let lines = (0..30)
            .map(|n| json!({"scope": {"application": "shop", "id": format!("s{n}"), "scope_name": format!("s{n}")}}));
        imported(root, &lines.collect::<Vec<_>>()).await;
        for (view, asked, given) in [("FULL", 0, 10), ("FULL", 11, 10), ("FULL", 3, 3), ("BASIC", 25, 25)] {
            let request = json!({"parent": SHOP, "view": format!("SCOPE_VIEW_{view}"), "page_size": asked});
            let answer = root.done("ScopeService/ListScopes", request).await;
            assert_eq!(answer["scopes"].as_array().unwrap().len(), given, "{view} {asked}");
        }
    });
}

async fn page(by: &Actor, id: &str, token: &Value) -> Value {
    by.done(RESOURCES, json!({"name": name(id), "page_size": 2, "page_token": token})).await
}

#[test]
fn all_pages_are_of_the_revision_of_the_first_whatever_is_written_meanwhile() {
    with_folders(async |server, root| {
        let all = ["folders/a", "folders/b", "orders/a1", "orders/b1", "V::disk/d1"];
        create(root, "picked", alone(&all)).await.unwrap();
        imported(root, &[over(HOLDER, "reader", "picked")]).await;
        let first = page(root, "picked", &json!("")).await;
        assert_eq!((strings(&first["resources"]), &first["total_size"]), (vec!["V::disk/d1", "folders/a"], &json!(5)));
        let other =
            root.refused(RESOURCES, json!({"name": name("all-orders"), "page_token": first["next_page_token"]}));
        assert_eq!(other.await.violated(), ["page_token"]);
        // It shrinks, what it held goes, and so does the scope.
        hold(root, "picked", alone(&["orders/7"])).await.unwrap();
        root.done("ResourceService/DeleteResource", json!({"name": format!("{SHOP}/resources/orders/b1")})).await;
        let second = page(root, "picked", &first["next_page_token"]).await;
        root.done(DELETE, json!({"name": name("picked"), "force": true})).await;
        root.refused(GET, json!({"name": name("picked")})).await;
        let third = page(root, "picked", &second["next_page_token"]).await;
        assert_eq!(strings(&second["resources"]), ["folders/b", "orders/a1"]);
        assert_eq!(strings(&third["resources"]), ["orders/b1"]);
        assert_eq!(third["next_page_token"], Value::Null);
        for page in [&second, &third] {
            assert_eq!(page["consistency_token"], first["consistency_token"]);
            assert_eq!(page["total_size"], 5);
        }
        // The freshness that was asked for is that of the first page; the past is not asked in this way.
        let newest = root.done("ServerService/GetServerInfo", json!({})).await["consistency_token"].clone();
        let again = json!({"name": name("picked"), "page_token": second["next_page_token"], "consistency": {"at_least_as_fresh": newest}});
        assert_eq!(root.done(RESOURCES, again.clone()).await["resources"], third["resources"]);
        // The right to read is asked of the newest state.
        let keeper = actor(server, SHOPKEEPER).await;
        let first = keeper.done(RESOURCES, json!({"name": name("all-orders"), "page_size": 1})).await;
        let role = format!("{SHOP}/roles/shopkeeper");
        let gone = json!({"application": SHOP, "subject": SHOPKEEPER, "roles": [role]});
        root.done("AssignmentService/UnassignRoles", gone).await;
        let next = json!({"name": name("all-orders"), "page_token": first["next_page_token"]});
        assert_eq!(keeper.refused(RESOURCES, next).await.code, Code::PermissionDenied);
    });
}

#[test]
fn the_predefined_scope_is_shown_and_holds_everything_and_nobody_changes_it() {
    with_folders(async |_, root| {
        let predefined = shown(root, "all-objects").await;
        let mut without_etag = predefined.clone();
        without_etag.as_object_mut().unwrap().remove("etag");
        assert_eq!(without_etag, json!({"name": name("all-objects"), "scope_name": "all-objects", "predefined": true}));
        let list = root.done("ScopeService/ListScopes", json!({"parent": SHOP})).await;
        let names: Vec<&str> = super::super::stage::names(&list["scopes"]);
        assert_eq!(names, [name("all-objects"), name("all-orders")]);
        let by_time = root.done("ScopeService/ListScopes", json!({"parent": SHOP, "order_by": "create_time"})).await;
        assert_eq!(by_time["scopes"][0], predefined);
        // What is registered in the application, and nothing of another.
        assert_eq!(held(root, "all-objects").await.len(), 3 + 7);
        for refusal in [
            update(root, "all-objects", json!({"description": "x"})).await.unwrap_err(),
            root.refused(DELETE, json!({"name": name("all-objects"), "force": true})).await,
        ] {
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "PREDEFINED"));
        }
        let again = create(root, "all-objects", json!([])).await.unwrap_err();
        assert_eq!(again.code, Code::AlreadyExists);
        let scope = json!({"scope_name": "All-OBJECTS"});
        let taken = root.refused(super::CREATE, json!({"parent": SHOP, "scope": scope.clone()})).await;
        assert_eq!(taken.code, Code::AlreadyExists);
        assert_eq!(taken.details[1]["resource_name"], name("all-objects"));
        assert_eq!(update(root, "all-orders", scope).await.unwrap_err().code, Code::AlreadyExists);
        // An assignment that refers to it reaches what nobody registered, too.
        imported(root, &[over(HOLDER, "reader", "all-objects")]).await;
        assert!(reads(root, "orders/unregistered").await);
    });
}
