//! Resources that are deleted: what goes with them, what is kept, and what one that bears their name next does not inherit.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::Actor;
use super::related::{
    ACME_TENANT, CREATE, DELETE, GET, RELATE, UPSERT, create, item, order, read_of, reader_of, relate, upsert,
};
use super::shop::{self, CLERK, SHOPKEEPER};
use super::stage::{actor, assignment_name, export, imported};

/// A tree: top above mid and cut, each above one more; the clerk reads what is below top, but for what is below cut.
async fn grown(root: &Actor) {
    let tree = [
        item("top", &[]),
        item("mid", &["orders/top"]),
        item("cut", &["orders/top"]),
        item("low", &["orders/mid"]),
        item("under", &["orders/cut"]),
        item("alone", &[]),
    ];
    root.done(UPSERT, upsert(&tree)).await;
    let selected = json!({"propagate": ["orders/top"], "unpropagate": ["orders/cut"], "specific": ["orders/alone"]});
    imported(root, &reader_of(selected)).await;
    let scope = json!({"application": "shop", "id": "s", "scope_name": "s"});
    let instance = json!({"application": "shop", "scope": "s", "number": 3, "propagate": ["orders/mid"],
                          "unpropagate": ["orders/low"]});
    let name = assignment_name(SHOPKEEPER, "applications/shop/roles/shopkeeper", None);
    let assigned =
        json!({"application": "shop", "assignment": name.rsplit('/').next().unwrap(), "kind": "orders", "id": "low"});
    imported(root, &[json!({"scope": scope}), json!({"instance": instance}), json!({"assigned_resource": assigned})])
        .await;
}

const ALL: [&str; 6] = ["top", "mid", "cut", "low", "under", "alone"];

fn force(id: &str) -> Value {
    json!({"name": order(id), "force": true})
}

/// Lines of an export that name an order.
async fn naming(root: &Actor, id: &str) -> Vec<Value> {
    let document = export(root).await;
    let lines =
        document.lines().filter(|line| line.contains(&format!("\"{id}\"")) || line.contains(&format!("/{id}\"")));
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_resource_in_use_is_deleted_by_force_alone_and_the_refusal_counts_its_uses() {
    shop::on_every_store(async |_, root| {
        grown(root).await;
        assert_eq!(read_of(root, &ALL).await, ["top", "mid", "cut", "low", "alone"], "the cut stops below itself");
        let before = export(root).await;
        for (id, uses) in [
            ("top", &["1 selections that name it", "2 children"][..]),
            ("mid", &["1 selections that name it", "1 children"]),
            ("cut", &["1 selections that name it", "1 children"]),
            ("low", &["1 selections that name it", "1 role assignments that name it"]),
            ("alone", &["1 selections that name it"]),
        ] {
            let refusal = root.refused(DELETE, json!({"name": order(id)})).await;
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "IN_USE"), "{id}");
            let counted = refusal.message.split_once(": ").unwrap().1.split_once(';').unwrap().0.to_owned();
            assert_eq!(counted, uses.join(", "), "{id}");
        }
        assert_eq!(export(root).await, before);
        // Nothing is below this one: its own relation goes with it, unasked.
        root.done(DELETE, json!({"name": order("under")})).await;
        assert!(naming(root, "under").await.is_empty());
    });
}

#[test]
fn one_of_the_same_name_inherits_nothing_that_gives_and_keeps_what_cuts() {
    shop::on_every_store(async |_, root| {
        grown(root).await;
        let etag = async |id: &str| root.done(GET, json!({"name": order(id)})).await["resource"]["etag"].clone();
        let (mid, cut) = (etag("mid").await, etag("cut").await);
        root.done(DELETE, force("top")).await;
        assert_ne!((etag("mid").await, etag("cut").await), (mid, cut), "they have lost a parent");
        assert_eq!(root.done(GET, json!({"name": order("mid")})).await["resource"]["parents"], Value::Null);
        assert_eq!(read_of(root, &ALL).await, ["cut", "alone"]);
        root.done(CREATE, create("top", &[])).await;
        assert_eq!(read_of(root, &ALL).await, ["cut", "alone"], "another one");
        // What names the assignment's own record: nothing of top is left, and the rest is as it was.
        imported(
            root,
            &reader_of(
                json!({"propagate": ["orders/top"], "unpropagate": ["orders/cut"], "specific": ["orders/alone"]}),
            ),
        )
        .await;
        root.done(RELATE, relate("add", "orders/cut", "orders/top")).await;
        for id in ["cut", "alone"] {
            root.done(DELETE, force(id)).await;
            root.done(CREATE, create(id, &["orders/top"])).await;
        }
        root.done(RELATE, relate("add", "orders/under", "orders/cut")).await;
        assert_eq!(
            read_of(root, &ALL).await,
            ["top", "alone"],
            "cut still, and no longer selected; alone by what is above it"
        );
        let instances: Vec<Value> =
            naming(root, "cut").await.into_iter().filter(|line| line["instance"].is_object()).collect();
        assert_eq!((instances.len(), &instances[0]["instance"]["former"]), (1, &json!(["orders/cut"])));
        root.done(RELATE, relate("remove", "orders/under", "orders/cut")).await;
        root.done(DELETE, json!({"name": order("cut")})).await;
        assert!(
            naming(root, "cut").await.iter().any(|line| line["instance"]["former"] == json!(["orders/cut"])),
            "kept"
        );
    });
}

#[test]
fn by_force_a_resource_is_taken_out_of_every_scope_and_assignment_in_one_revision() {
    shop::on_every_store(async |_, root| {
        grown(root).await;
        root.done(DELETE, force("low")).await;
        let left = naming(root, "low").await;
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!(left[0]["instance"]["former"], json!(["orders/low"]));
        root.done(CREATE, create("low", &[])).await;
        assert_eq!(naming(root, "low").await.len(), 2, "the cut, and the new one");
        root.done(DELETE, force("mid")).await;
        assert!(naming(root, "mid").await.is_empty());
    });
}

/// More resources than are looked up one by one.
#[test]
fn a_tenant_takes_its_resources_with_all_that_names_them() {
    shop::on_every_store(async |_, root| {
        for count in [2, 100] {
            let tenant = "applications/shop/tenants/new";
            let made = json!({"parent": "applications/shop", "tenant_id": "new", "tenant": {}});
            root.done("ApplicationService/CreateTenant", made).await;
            root.done(UPSERT, upsert(&[item("above", &[]), item("below", &[])])).await;
            let of_new = |number: usize| json!({"kind": "orders", "id": format!("new{number:03}"), "tenant": tenant, "parents": ["orders/above"]});
            root.done(UPSERT, upsert(&(0..count).map(of_new).collect::<Vec<_>>())).await;
            root.done(RELATE, relate("add", "orders/below", "orders/new001")).await;
            imported(
                root,
                &reader_of(json!({"propagate": ["orders/new000", "orders/above"], "unpropagate": ["orders/new001"]})),
            )
            .await;
            root.done("ApplicationService/DeleteTenant", json!({"name": tenant, "force": true})).await;
            let document = export(root).await;
            let naming: Vec<&str> = document.lines().filter(|line| line.contains("new00")).collect();
            assert_eq!(naming.len(), 1, "{naming:?}");
            assert!(naming[0].contains("\"former\":[\"orders/new001\"]"), "{naming:?}");
            assert_eq!(root.done(GET, json!({"name": order("below")})).await["resource"]["parents"], Value::Null);
            root.done(DELETE, force("above")).await;
            root.done(DELETE, force("below")).await;
            root.done(
                "AssignmentService/DeleteRoleAssignment",
                json!({"application": "applications/shop", "subject": CLERK, "role": "applications/shop/roles/reader"}),
            )
            .await;
            assert!(!export(root).await.contains("new001"), "what an assignment selects goes with it");
        }
    });
}

#[test]
fn an_application_takes_relations_specs_scopes_and_what_assignments_reach_with_it() {
    shop::on_every_store(async |_, root| {
        let before = export(root).await;
        let spec = json!({"application": "shop", "id": "tree", "root_resource_kind": "orders", "spec_name": "tree",
                          "paths": [[{"kind": "orders", "direction": "CHILD", "recursive": true}]]});
        grown(root).await;
        imported(root, &[json!({"traversal_spec": spec})]).await;
        let refusal = root.refused("ApplicationService/DeleteApplication", json!({"name": "applications/shop"})).await;
        for uses in [
            "2 scopes",
            "3 traversal specs",
            "3 instances",
            "5 selections",
            "1 resources of role assignments",
            "4 relations",
        ] {
            assert!(refusal.message.contains(uses), "{uses}: {refusal:?}");
        }
        root.done("ApplicationService/DeleteApplication", json!({"name": "applications/shop", "force": true})).await;
        let left = export(root).await;
        let left: Vec<&str> = left.lines().filter(|line| line.contains("\"shop\"")).collect();
        assert!(left.len() == 2 && left.iter().all(|line| line.contains("\"deleted\":true")), "{left:?}");
        // Made again, it has nothing of what it had.
        shop::open(root).await;
        assert_eq!(export(root).await, before);
    });
}

/// Whoever is given a role again is given nothing of what it once reached.
#[test]
fn an_assignment_takes_what_it_selects_with_it_however_it_goes() {
    shop::on_every_store(async |server, root| {
        root.done(UPSERT, upsert(&[item("top", &[]), item("mid", &["orders/top"])])).await;
        let assign =
            json!({"application": "applications/shop", "subject": CLERK, "roles": ["applications/shop/roles/reader"]});
        let name = assignment_name(CLERK, "applications/shop/roles/reader", None);
        let assigned = json!({"application": "shop", "assignment": name.rsplit('/').next().unwrap(), "kind": "orders", "id": "mid"});
        let none = json!({"application": "applications/shop", "subject": CLERK, "roles": []});
        for (method, request) in [
            ("AssignmentService/UnassignRoles", assign.clone()),
            ("AssignmentService/ReplaceSubjectRoles", none),
            ("AssignmentService/DeleteRoleAssignment", json!({"name": name})),
            (
                "AssignmentService/RevokeRoleFromSubject",
                json!({"role": "applications/shop/roles/reader", "subject": CLERK}),
            ),
            ("RoleService/DeleteRole", json!({"name": "applications/shop/roles/reader", "force": true})),
            ("DirectoryService/DeleteUser", json!({"name": CLERK, "force": true})),
        ] {
            imported(root, &reader_of(json!({"propagate": ["orders/top"]}))).await;
            imported(root, &[json!({"assigned_resource": assigned})]).await;
            assert_eq!(read_of(root, &["top", "mid"]).await, ["top", "mid"], "{method}");
            actor(server, super::stage::ROOT).await.done(method, request).await;
            let document = export(root).await;
            assert!(
                !document.contains("assigned_resource") && !document.contains("\"assignment\":"),
                "{method}: {document}"
            );
            if method == "RoleService/DeleteRole" {
                shop::open(root).await;
            }
        }
        assert!(export(root).await.contains(ACME_TENANT.rsplit('/').next().unwrap()));
    });
}
