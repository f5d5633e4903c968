//! Scopes and traversal specs over the API: what they hold, who may change them, what becomes of them.

mod deleted;
mod granted;
mod held;
mod limits;
mod named;
mod specs;

use serde_json::{Value, json};

use super::actor::{Actor, Outcome, Refusal};
use super::shop;
use super::stage::{imported, may, strings};
use crate::harness::Server;

const SHOP: &str = "applications/shop";
const CREATE: &str = "ScopeService/CreateScope";
const GET: &str = "ScopeService/GetScope";
const UPDATE: &str = "ScopeService/UpdateScope";
const DELETE: &str = "ScopeService/DeleteScope";
const BATCH_DELETE: &str = "ScopeService/BatchDeleteScopes";
const RESOURCES: &str = "ScopeService/ListScopeResources";
const CREATE_SPEC: &str = "ScopeService/CreateTraversalSpec";
const GET_SPEC: &str = "ScopeService/GetTraversalSpec";
const UPDATE_SPEC: &str = "ScopeService/UpdateTraversalSpec";
const DELETE_SPEC: &str = "ScopeService/DeleteTraversalSpec";
/// Holds the roles over scopes: a user of the shop, in no tenant.
const HOLDER: &str = "users/shop-clerk";

/// Runs a test where the shop's orders lie in folders.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
fn with_folders(test: impl AsyncFn(&Server, &Actor)) {
    shop::on_every_store(async |server, root| {
        imported(root, &folders()).await;
        test(server, root).await;
    });
}

/// `folders/root` above `folders/a` above `orders/a1`, and above `folders/b` above `orders/b1`; a disk, and a bill.
fn folders() -> Vec<Value> {
    let mut lines: Vec<Value> =
        ["folders/root", "folders/a", "folders/b", "orders/a1", "orders/b1", "V::disk/d1", "bills/x"]
            .map(resource)
            .into();
    for (child, parent) in [
        ("folders/a", "folders/root"),
        ("folders/b", "folders/root"),
        ("orders/a1", "folders/a"),
        ("orders/b1", "folders/b"),
        ("bills/x", "folders/a"),
    ] {
        lines.push(below(child, parent));
    }
    lines
}

fn resource(key: &str) -> Value {
    let (kind, id) = key.split_once('/').unwrap();
    json!({"resource": {"application": "shop", "kind": kind, "id": id}})
}

fn below(child: &str, parent: &str) -> Value {
    let ((kind, id), (parent_kind, parent_id)) = (child.split_once('/').unwrap(), parent.split_once('/').unwrap());
    json!({"resource_parent": {"application": "shop", "kind": kind, "id": id, "parent_kind": parent_kind, "parent_id": parent_id}})
}

fn name(id: &str) -> String {
    format!("{SHOP}/scopes/{id}")
}

fn spec_name(id: &str) -> String {
    format!("{SHOP}/traversalSpecs/{id}")
}

/// An instance of a spec, or of none.
fn instance(spec: &str, chosen: &[(&str, &[&str])]) -> Value {
    let chosen = chosen.iter().map(|(kind, ids)| json!({"type": format!("TYPE_{kind}"), "resource_id": ids}));
    let mut instance = json!({"resource_selection": chosen.collect::<Vec<_>>()});
    if !spec.is_empty() {
        instance["traversal_spec"] = spec_name(spec).into();
    }
    instance
}

/// One instance that takes resources alone.
fn alone(ids: &[&str]) -> Value {
    json!([instance("", &[("SPECIFIC", ids)])])
}

async fn create(by: &Actor, id: &str, instances: Value) -> Outcome {
    let scope = json!({"scope_name": id, "instances": instances});
    by.call(CREATE, json!({"parent": SHOP, "scope_id": id, "scope": scope})).await
}

async fn update(by: &Actor, id: &str, fields: Value) -> Outcome {
    let mut scope = fields;
    scope["name"] = name(id).into();
    by.call(UPDATE, json!({"scope": scope})).await
}

/// Makes these the instances, be it none.
async fn hold(by: &Actor, id: &str, instances: Value) -> Outcome {
    let scope = json!({"name": name(id), "instances": instances});
    by.call(UPDATE, json!({"scope": scope, "update_mask": "instances"})).await
}

async fn shown(by: &Actor, id: &str) -> Value {
    by.done(GET, json!({"name": name(id)})).await["scope"].clone()
}

/// What a scope holds.
async fn held(by: &Actor, id: &str) -> Vec<String> {
    let answer = by.done(RESOURCES, json!({"name": name(id), "page_size": 1_000})).await;
    let resources = strings(&answer["resources"]);
    assert_eq!(answer["total_size"].as_u64().unwrap_or_default(), resources.len() as u64);
    resources.into_iter().map(str::to_owned).collect()
}

async fn create_spec(by: &Actor, id: &str, fields: Value) -> Outcome {
    let mut spec = fields;
    spec["spec_name"] = id.into();
    by.call(CREATE_SPEC, json!({"parent": SHOP, "traversal_spec_id": id, "traversal_spec": spec})).await
}

async fn update_spec(by: &Actor, id: &str, fields: Value) -> Outcome {
    let mut spec = fields;
    spec["name"] = spec_name(id).into();
    by.call(UPDATE_SPEC, json!({"traversal_spec": spec})).await
}

fn path(steps: &[(&str, &str)]) -> Value {
    let steps = steps.iter().map(|(kind, way)| json!({"kind": kind, "direction": format!("DIRECTION_{way}")}));
    json!({"steps": steps.collect::<Vec<_>>()})
}

/// An assignment of a role of the shop over a scope.
fn over(holder: &str, role: &str, scope: &str) -> Value {
    json!({"role_assignment": {"holder": holder, "application": "shop", "role": role, "allow_all_objects": false, "scope": scope}})
}

async fn reads(root: &Actor, order: &str) -> bool {
    may(root, ("shop", HOLDER, "order:read"), order).await
}

fn field(refusal: &Refusal) -> String {
    let fields = refusal.violated();
    assert_eq!(fields.len(), 1, "{refusal:?}");
    fields.concat()
}
