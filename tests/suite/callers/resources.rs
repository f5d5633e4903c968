//! Resources of other services over the API: where one is registered decides who reaches it, and who may say so is
//! decided by the same places.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::{Actor, Refusal};
use super::shop::{self, ACME, CLERK, CUT, NOBODY, SHOPKEEPER};
use super::stage::{actor, decision, export, head, imported, may, names, strings};

const CREATE: &str = "ResourceService/CreateResource";
const GET: &str = "ResourceService/GetResource";
const LIST: &str = "ResourceService/ListResources";
const UPDATE: &str = "ResourceService/UpdateResource";
const DELETE: &str = "ResourceService/DeleteResource";
const ACME_TENANT: &str = "applications/shop/tenants/acme";
const GLOBEX_TENANT: &str = "applications/shop/tenants/globex";

fn order(id: &str) -> String {
    format!("applications/shop/resources/orders/{id}")
}

fn new(id: &str, tenant: &str) -> Value {
    json!({"parent": "applications/shop", "resource": {"kind": "orders", "id": id, "tenant": tenant}})
}

fn moved(id: &str, tenant: &str) -> Value {
    json!({"resource": {"name": order(id), "tenant": tenant}, "update_mask": "tenant"})
}

fn named(name: &str) -> Value {
    json!({"name": name})
}

fn list(filter: &str) -> Value {
    json!({"parent": "applications/shop", "filter": filter})
}

fn in_tenant(tenant: &str) -> String {
    format!("tenant = {tenant}")
}

/// Whether the clerk of acme, who reads orders there, reads this one.
async fn clerk_reads(root: &Actor, id: &str) -> bool {
    may(root, ("shop", CLERK, "order:read"), &format!("orders/{id}")).await
}

async fn clerk_of_acme(root: &Actor) {
    let line = json!({"role_assignment": {"holder": CLERK, "application": "shop", "role": "reader"}});
    imported(root, &[line]).await;
}

#[test]
fn a_resource_is_registered_moved_and_deleted_and_every_check_follows() {
    shop::on_every_store(async |_, root| {
        clerk_of_acme(root).await;
        for id in ["1", "a/b//c", " e\u{301} ", "%2F?#", &"\u{1f600}".repeat(64)] {
            assert!(!clerk_reads(root, id).await, "{id:?} is unregistered");
            let made = root.done(CREATE, new(id, "")).await["resource"].clone();
            assert_eq!((&made["name"], &made["id"]), (&json!(order(id)), &json!(id)));
            assert_eq!((&made["kind"], &made["tenant_level"]), (&json!("orders"), &Value::Null));
            assert!(!clerk_reads(root, id).await, "{id:?} is in no tenant");
            let there = root.done(UPDATE, moved(id, ACME_TENANT)).await["resource"].clone();
            assert_eq!((&there["tenant"], &there["tenant_level"]), (&json!(ACME_TENANT), &json!(true)));
            assert_eq!(there["create_time"], made["create_time"]);
            assert!(clerk_reads(root, id).await, "{id:?} is in acme");
            root.done(UPDATE, moved(id, GLOBEX_TENANT)).await;
            assert!(!clerk_reads(root, id).await, "{id:?} is in globex");
            let lost = root.done(UPDATE, moved(id, "")).await["resource"].clone();
            assert_eq!((&lost["tenant"], &lost["tenant_level"]), (&Value::Null, &json!(true)), "for good");
            assert_eq!(root.done(GET, named(&order(id))).await["resource"], lost);
            root.done(UPDATE, moved(id, ACME_TENANT)).await;
            root.done(DELETE, named(&order(id))).await;
            assert!(!clerk_reads(root, id).await, "{id:?} is deleted");
            assert_eq!(root.refused(GET, named(&order(id))).await.said(), (Code::NotFound, "NOT_FOUND"));
            let again = root.done(CREATE, new(id, "")).await["resource"].clone();
            assert_eq!(again["tenant_level"], Value::Null, "another one");
        }
    });
}

#[test]
fn kind_and_id_are_taken_once_byte_for_byte() {
    shop::on_every_store(async |_, root| {
        for id in ["x", "X", "x ", "x/", "é", "e\u{301}"] {
            root.done(CREATE, new(id, "")).await;
            let refusal = root.refused(CREATE, new(id, ACME_TENANT)).await;
            assert_eq!(refusal.said(), (Code::AlreadyExists, "ALREADY_EXISTS"), "{id:?}");
        }
        let mut elsewhere = new("x", "");
        elsewhere["parent"] = "applications/bank".into();
        root.done(CREATE, elsewhere).await;
        let mut other_kind = new("x", "");
        other_kind["resource"]["kind"] = "Orders".into();
        root.done(CREATE, other_kind).await;
        for (field, value) in [
            ("id", "x".repeat(257)),
            ("id", String::new()),
            ("id", "a\nb".to_owned()),
            ("kind", "k".repeat(129)),
            ("kind", "a/b".to_owned()),
            ("kind", "users".to_owned()),
            ("tenant", "applications/bank/tenants/acme".to_owned()),
        ] {
            let mut request = new("y", "");
            request["resource"][field] = value.into();
            let refusal = root.refused(CREATE, request).await;
            assert_eq!(strings(&json!(refusal.fields())), [format!("resource.{field}")]);
        }
        root.done(CREATE, new(&"x".repeat(256), "")).await;
        for absent in ["applications/shop/tenants/none"] {
            assert_eq!(root.refused(CREATE, new("y", absent)).await.code, Code::NotFound);
            assert_eq!(root.refused(UPDATE, moved("x", absent)).await.code, Code::NotFound);
        }
    });
}

/// The whole of what a tenant's administrator can do with resources is in his tenant.
#[test]
fn a_tenant_s_administrator_has_the_resources_of_his_tenant() {
    shop::on_every_store(async |server, _| {
        for who in [ACME, CUT] {
            let of_acme = actor(server, who).await;
            let made = of_acme.done(CREATE, new("own", ACME_TENANT)).await["resource"].clone();
            assert_eq!(of_acme.done(GET, named(&order("own"))).await["resource"], made);
            let listed = of_acme.done(LIST, list(&in_tenant(ACME_TENANT))).await;
            assert_eq!(names(&listed["resources"]), [order("of/acme"), order("own")], "{listed}");
            let same = json!({"resource": made});
            assert_eq!(of_acme.done(UPDATE, same).await["resource"], made, "to stay is no move");
            of_acme.done(DELETE, named(&order("own"))).await;
        }
    });
}

/// What reaches beyond the tenant, and how it is refused.
fn beyond() -> Vec<(&'static str, Value)> {
    let mut calls = vec![
        (CREATE, new("new", "")),
        (CREATE, new("new", GLOBEX_TENANT)),
        (CREATE, new("of/globex", GLOBEX_TENANT)),
        (LIST, list("")),
        (LIST, list(&in_tenant(GLOBEX_TENANT))),
        (LIST, list("id : acme")),
        // Out of the tenant: the right is needed on the new place as well.
        (UPDATE, moved("of/acme", GLOBEX_TENANT)),
        (UPDATE, moved("of/acme", "")),
        (UPDATE, moved("of/acme", "applications/shop/tenants/none")),
    ];
    // Into the tenant: on the old place as well.
    for id in ["7", "of/globex", "none"] {
        calls.push((UPDATE, moved(id, ACME_TENANT)));
        calls.push((UPDATE, json!({"resource": {"name": order(id)}})));
        calls.extend([(GET, named(&order(id))), (DELETE, named(&order(id)))]);
        calls.push((DELETE, json!({"name": order(id), "allow_missing": true, "etag": "stale"})));
    }
    for name in ["applications/bank/resources/orders/of/acme", "applications/none/resources/orders/1"] {
        calls.extend([(GET, named(name)), (DELETE, named(name))]);
    }
    calls
}

#[test]
fn beyond_his_tenant_he_has_nothing_and_is_told_nothing() {
    shop::on_every_store(async |server, root| {
        let before = (export(root).await, head(root).await);
        for who in [ACME, CUT, CLERK, NOBODY] {
            let caller = actor(server, who).await;
            let mut said: Vec<(&str, Refusal)> = Vec::new();
            for (method, request) in beyond() {
                let refusal = caller.refused(method, request.clone()).await;
                assert_eq!(refusal.said(), (Code::PermissionDenied, "PERMISSION_DENIED"), "{who} {method} {request}");
                said.push((method, refusal));
            }
            for (method, refusal) in &said {
                let first = said.iter().find(|(other, _)| other == method).unwrap();
                assert_eq!(*refusal, first.1, "{method}: absent and out of reach are alike");
            }
        }
        assert_eq!((export(root).await, head(root).await), before);
    });
}

#[test]
fn whoever_reaches_everything_is_told_what_is_absent() {
    shop::on_every_store(async |server, root| {
        let keeper = actor(server, SHOPKEEPER).await;
        for (method, request) in
            [(GET, named(&order("none"))), (DELETE, named(&order("none"))), (UPDATE, moved("none", ACME_TENANT))]
        {
            assert_eq!(keeper.refused(method, request).await.said(), (Code::NotFound, "NOT_FOUND"), "{method}");
        }
        keeper.done(DELETE, json!({"name": order("none"), "allow_missing": true})).await;
        // An unregistered resource can be asked about all the same.
        assert_eq!(decision(root, ("shop", SHOPKEEPER, "order:read"), "orders/none").await, "ROLE_ASSIGNMENT");
    });
}

#[test]
fn a_tenant_or_an_application_with_resources_is_deleted_with_them_or_not_at_all() {
    shop::on_every_store(async |_, root| {
        imported(root, &[json!({"tenant": {"application": "shop", "id": "new"}})]).await;
        clerk_of_acme(root).await;
        let tenant = "applications/shop/tenants/new";
        root.done(CREATE, new("1", tenant)).await;
        root.done(CREATE, new("2", tenant)).await;
        let refusal = root.refused("ApplicationService/DeleteTenant", named(tenant)).await;
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "IN_USE"));
        assert!(refusal.message.contains("2 resources"), "{refusal:?}");
        root.done("ApplicationService/DeleteTenant", json!({"name": tenant, "force": true})).await;
        for id in ["1", "2"] {
            assert_eq!(root.refused(GET, named(&order(id))).await.code, Code::NotFound);
        }
        assert_eq!(root.done(LIST, list("")).await["resources"].as_array().unwrap().len(), 3);
        // A tenant of the same name is another one.
        let again = json!({"parent": "applications/shop", "tenant_id": "new", "tenant": {}});
        root.done("ApplicationService/CreateTenant", again).await;
        assert_eq!(root.done(LIST, list(&in_tenant(tenant))).await["resources"], Value::Null);
        let refusal = root.refused("ApplicationService/DeleteApplication", named("applications/shop")).await;
        assert!(refusal.message.contains("3 resources"), "{refusal:?}");
        let force = json!({"name": "applications/shop", "force": true});
        root.done("ApplicationService/DeleteApplication", force).await;
        assert!(!export(root).await.contains("\"of/globex\""));
    });
}

#[test]
fn a_list_is_narrowed_to_a_kind_a_tenant_and_a_part_of_the_id() {
    shop::on_every_store(async |_, root| {
        let mut invoice = new("of/acme", ACME_TENANT);
        invoice["resource"]["kind"] = "Invoices".into();
        root.done(CREATE, invoice).await;
        let found = async |filter: &str| {
            let answer = root.done(LIST, list(filter)).await;
            let prefix = "applications/shop/resources/";
            names(&answer["resources"]).iter().map(|name| name.replace(prefix, "")).collect::<Vec<_>>()
        };
        assert_eq!(found("").await, ["Invoices/of/acme", "orders/7", "orders/of/acme", "orders/of/globex"]);
        assert_eq!(found("kind = orders").await, ["orders/7", "orders/of/acme", "orders/of/globex"]);
        assert_eq!(found("id : \"of/\" AND kind = orders").await, ["orders/of/acme", "orders/of/globex"]);
        assert_eq!(found("id = \"of/acme\"").await, ["Invoices/of/acme", "orders/of/acme"]);
        assert_eq!(found(&in_tenant(ACME_TENANT)).await, ["Invoices/of/acme", "orders/of/acme"]);
        assert!(found("kind = Orders").await.is_empty());
        for bad in [
            "kind : o",
            "tenant : acme",
            "tenant = acme",
            "kind = \"a/b\"",
            "name = x",
            "tenant = applications/bank/tenants/acme",
        ] {
            let refusal = root.refused(LIST, list(bad)).await;
            assert_eq!(strings(&json!(refusal.fields())), ["filter"], "{bad}");
        }
    });
}
