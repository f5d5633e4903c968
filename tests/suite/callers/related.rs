//! Resources below others, over the API: who may say so, and who reaches what then.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::Actor;
use super::shop::{self, ACME, CLERK, CUT, SHOPKEEPER};
use super::stage::{actor, assignment_name, export, head, imported, may, names, strings};

pub(super) const CREATE: &str = "ResourceService/CreateResource";
pub(super) const GET: &str = "ResourceService/GetResource";
pub(super) const LIST: &str = "ResourceService/ListResources";
pub(super) const UPDATE: &str = "ResourceService/UpdateResource";
pub(super) const DELETE: &str = "ResourceService/DeleteResource";
pub(super) const UPSERT: &str = "ResourceService/BatchUpsertResources";
pub(super) const RELATE: &str = "ResourceService/BatchUpdateRelations";
pub(super) const ACME_TENANT: &str = "applications/shop/tenants/acme";

pub(super) fn order(id: &str) -> String {
    format!("applications/shop/resources/orders/{id}")
}

/// An order of acme, below others.
pub(super) fn item(id: &str, parents: &[&str]) -> Value {
    json!({"kind": "orders", "id": id, "tenant": ACME_TENANT, "parents": parents})
}

pub(super) fn create(id: &str, parents: &[&str]) -> Value {
    json!({"parent": "applications/shop", "resource": item(id, parents)})
}

pub(super) fn upsert(items: &[Value]) -> Value {
    json!({"parent": "applications/shop", "resources": items})
}

pub(super) fn parents(id: &str, parents: &[&str]) -> Value {
    json!({"resource": {"name": order(id), "parents": parents}, "update_mask": "parents"})
}

pub(super) fn relate(way: &str, child: &str, parent: &str) -> Value {
    json!({"parent": "applications/shop", way: [{"child": child, "parent": parent}]})
}

/// A reader of orders whose assignment reaches what an instance of its own says.
pub(super) fn reader_of(selected: Value) -> Vec<Value> {
    let name = assignment_name(CLERK, "applications/shop/roles/reader", None);
    let mut instance = selected;
    instance["application"] = "shop".into();
    instance["assignment"] = name.rsplit('/').next().unwrap().into();
    instance["number"] = 0.into();
    let line = json!({"holder": CLERK, "application": "shop", "role": "reader", "allow_all_objects": false});
    vec![json!({"role_assignment": line}), json!({"instance": instance})]
}

/// Which of the orders the clerk reads.
pub(super) async fn read_of(root: &Actor, ids: &[&str]) -> Vec<String> {
    let mut read = Vec::new();
    for id in ids {
        if may(root, ("shop", CLERK, "order:read"), &format!("orders/{id}")).await {
            read.push((*id).to_owned());
        }
    }
    read
}

#[test]
fn what_is_put_below_a_resource_is_reached_with_it_and_what_is_taken_away_is_not() {
    shop::on_every_store(async |_, root| {
        root.done(UPSERT, upsert(&[item("top", &[]), item("side", &[])])).await;
        imported(root, &reader_of(json!({"propagate": ["orders/top"]}))).await;
        let ids = ["top", "mid", "low", "side"];
        assert_eq!(read_of(root, &ids).await, ["top"]);
        let made = root.done(CREATE, create("mid", &["orders/top"])).await["resource"].clone();
        assert_eq!(strings(&made["parents"]), ["orders/top"]);
        root.done(CREATE, create("low", &["orders/side", "orders/mid", "orders/side"])).await;
        let low = root.done(GET, json!({"name": order("low")})).await["resource"].clone();
        assert_eq!(strings(&low["parents"]), ["orders/mid", "orders/side"], "ordered, and each once");
        assert_eq!(read_of(root, &ids).await, ["top", "mid", "low"]);
        let moved = root.done(UPDATE, parents("mid", &[])).await["resource"].clone();
        assert_eq!((&moved["parents"], &moved["tenant"]), (&Value::Null, &json!(ACME_TENANT)));
        assert_ne!(moved["etag"], made["etag"]);
        assert_eq!(read_of(root, &ids).await, ["top"]);
        let counts = root.done(RELATE, relate("add", "orders/side", "orders/top")).await;
        assert_eq!((&counts["added_count"], &counts["removed_count"]), (&json!(1), &Value::Null));
        assert_eq!(read_of(root, &ids).await, ["top", "low", "side"]);
        root.done(RELATE, relate("add", "orders/side", "orders/top")).await;
        let counts = root.done(RELATE, relate("remove", "orders/side", "orders/top")).await;
        assert_eq!((&counts["added_count"], &counts["removed_count"]), (&Value::Null, &json!(1)));
        assert_eq!(read_of(root, &ids).await, ["top"]);
        // What is read goes back.
        root.done(UPDATE, json!({"resource": low})).await;
    });
}

#[test]
fn a_list_is_narrowed_to_what_is_directly_below() {
    shop::on_every_store(async |server, root| {
        let low = item("low", &["orders/mid", "orders/7"]);
        root.done(UPSERT, upsert(&[item("mid", &["orders/7"]), low, item("other", &["orders/7"])])).await;
        let list = |filter: &str| json!({"parent": "applications/shop", "filter": filter});
        let below = root.done(LIST, list("parent = orders/7")).await["resources"].clone();
        assert_eq!(names(&below), [order("low"), order("mid"), order("other")]);
        assert_eq!(strings(&below[0]["parents"]), ["orders/7", "orders/mid"]);
        let both = root.done(LIST, list("parent = orders/7 AND parent = \"orders/mid\"")).await;
        assert_eq!(names(&both["resources"]), [order("low")]);
        let of_acme = list("parent = orders/7 AND tenant = applications/shop/tenants/acme");
        let seen = actor(server, ACME).await.done(LIST, of_acme).await;
        assert_eq!(names(&seen["resources"]).len(), 3, "where the caller may list is said by the tenant");
        for nothing in ["parent = orders/none", "parent = none/7"] {
            assert_eq!(root.done(LIST, list(nothing)).await["resources"], Value::Null);
        }
        for bad in ["parent = 7", "parent : orders/7", "parent = users/7", "parent = orders/"] {
            assert_eq!(strings(&json!(root.refused(LIST, list(bad)).await.fields())), ["filter"], "{bad}");
        }
        let mut page = list("parent = orders/7");
        page["page_size"] = 2.into();
        let first = root.done(LIST, page.clone()).await;
        page["page_token"] = first["next_page_token"].clone();
        assert_eq!(names(&root.done(LIST, page).await["resources"]), [order("other")]);
    });
}

/// Each way to put one below another, and to take it away, with the field that names the parent where there are many.
fn ways(child: &str, parent: &str) -> Vec<(&'static str, Value, Option<&'static str>)> {
    let key = format!("orders/{child}");
    vec![
        (UPDATE, parents(child, &[parent]), None),
        (UPSERT, upsert(&[item(child, &[parent])]), Some("resources[0].parents[0]")),
        (RELATE, relate("add", &key, parent), Some("add[0].parent")),
    ]
}

/// A tenant's administrator says what is below what in his tenant, and nothing of what is beyond it.
#[test]
fn no_one_puts_a_resource_where_he_may_not() {
    shop::on_every_store(async |server, root| {
        let (before, revision) = (export(root).await, head(root).await);
        for who in [ACME, CUT] {
            let caller = actor(server, who).await;
            let mut others = Vec::new();
            for parent in ["orders/of/globex", "orders/7", "orders/none"] {
                let mut calls = ways("of/acme", parent);
                calls.push((CREATE, create("new", &[parent]), None));
                for (method, request, place) in calls {
                    let refusal = caller.refused(method, request).await;
                    assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"), "{who} {method} {parent}");
                    assert_eq!(refusal.fact("place").as_deref(), place, "{method}");
                    let details = format!("{:?}", refusal.details).replace(parent, "…");
                    others.push((method, refusal.message.replace(parent, "…"), details));
                }
            }
            others.sort();
            others.dedup();
            assert_eq!(others.len(), 4, "absent and out of reach are alike: {others:?}");
            for child in ["of/globex", "7", "none"] {
                let denied = [
                    (UPDATE, parents(child, &["orders/of/acme"])),
                    (RELATE, relate("add", &format!("orders/{child}"), "orders/of/acme")),
                ];
                for (method, request) in denied {
                    let refusal = caller.refused(method, request).await;
                    assert_eq!(refusal.said(), (Code::PermissionDenied, "PERMISSION_DENIED"), "{who} {method} {child}");
                }
            }
        }
        assert_eq!((export(root).await, head(root).await), (before, revision));
    });
}

/// To read what is above is not enough.
#[test]
fn a_parent_takes_the_right_to_change_it_when_it_comes_and_when_it_goes() {
    shop::on_every_store(async |server, root| {
        let role =
            json!({"application": "shop", "id": "looker", "role_name": "looker", "permission_boundary": "application"});
        let gives = json!({"application": "shop", "role": "looker", "privilege": "bailiwick:resource:read"});
        let held = json!({"holder": ACME, "application": "shop", "role": "looker"});
        imported(root, &[json!({"role": role}), json!({"role_privilege": gives}), json!({"role_assignment": held})])
            .await;
        root.done(RELATE, relate("add", "orders/of/acme", "orders/7")).await;
        let caller = actor(server, ACME).await;
        caller.done(CREATE, create("own", &["orders/of/acme"])).await;
        let (before, revision) = (export(root).await, head(root).await);
        let mut calls = ways("own", "orders/of/globex");
        calls.push((CREATE, create("new", &["orders/7"]), None));
        calls.extend([
            (UPDATE, parents("of/acme", &[]), None),
            (UPDATE, parents("of/acme", &["orders/own"]), None),
            (UPSERT, upsert(&[item("own", &[]), item("of/acme", &[])]), Some("resources[1].parents")),
            (RELATE, relate("remove", "orders/of/acme", "orders/7"), Some("remove[0].parent")),
            (RELATE, relate("remove", "orders/of/globex", "orders/of/acme"), Some("remove[0].child")),
        ]);
        for (method, request, place) in calls {
            let refusal = caller.refused(method, request.clone()).await;
            assert_eq!(refusal.said(), (Code::PermissionDenied, "PERMISSION_DENIED"), "{method} {request}");
            assert_eq!(refusal.fact("place").as_deref(), place, "{method} {request}");
        }
        assert_eq!((export(root).await, head(root).await), (before, revision));
        // What stays where it is needs no right on it.
        caller.done(UPDATE, parents("of/acme", &["orders/7"])).await;
        caller.done(UPSERT, upsert(&[item("of/acme", &["orders/7"])])).await;
        caller.done(RELATE, relate("remove", "orders/own", "orders/of/acme")).await;
        actor(server, SHOPKEEPER).await.done(UPDATE, parents("of/acme", &[])).await;
    });
}

/// The batch needs its own privilege on what is there and on where it shall live.
#[test]
fn what_is_written_in_bulk_takes_the_right_on_the_old_and_the_new_place() {
    shop::on_every_store(async |server, root| {
        let (before, revision) = (export(root).await, head(root).await);
        let caller = actor(server, ACME).await;
        let elsewhere = |id: &str, tenant: &str| json!({"kind": "orders", "id": id, "tenant": tenant});
        for wrong in [
            elsewhere("of/acme", ""),
            elsewhere("of/acme", "applications/shop/tenants/globex"),
            elsewhere("new", "applications/shop/tenants/none"),
            elsewhere("of/globex", ACME_TENANT),
            elsewhere("7", ACME_TENANT),
        ] {
            let refusal = caller.refused(UPSERT, upsert(&[item("fine", &[]), wrong.clone()])).await;
            assert_eq!(refusal.said(), (Code::PermissionDenied, "PERMISSION_DENIED"), "{wrong}");
            assert_eq!(refusal.fact("place").as_deref(), Some("resources[1]"));
        }
        assert_eq!((export(root).await, head(root).await), (before, revision));
        let refusal = root.refused(UPSERT, upsert(&[elsewhere("new", "applications/shop/tenants/none")])).await;
        assert_eq!(refusal.code, Code::NotFound);
        for method in [UPSERT, RELATE] {
            let words = if method == UPSERT {
                json!({"resources": [item("x", &[])]})
            } else {
                json!({"remove": [{"child": "a/b", "parent": "c/d"}]})
            };
            let mut request = words;
            request["parent"] = "applications/none".into();
            if method == UPSERT {
                request["resources"][0]["tenant"] = "".into();
            }
            assert_eq!(root.refused(method, request.clone()).await.code, Code::NotFound, "{method}");
            assert_eq!(caller.refused(method, request).await.code, Code::PermissionDenied, "{method}");
        }
    });
}
