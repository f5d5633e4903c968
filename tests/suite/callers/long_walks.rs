//! Walks with steps to parents look at the children of what is asked about: at their bound there is an answer, and one
//! past it none, which is an error and never a decision.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::Actor;
use super::put_assignment::{PUT, put};
use super::stage::{imported, root};
use crate::harness::{Server, block_on};

/// As many resources as a walk may look at.
const BOUND: usize = 4_096;
const HOLDER: &str = "users/shared";

/// A folder with so many machines in it, and a spec that leads from a machine to its folder.
async fn folder_of(root: &Actor, machines: usize) {
    let machine = |number: usize| json!({"application": "shop", "kind": "machines", "id": format!("m{number}")});
    let mut lines = vec![json!({"resource": {"application": "shop", "kind": "folders", "id": "f"}})];
    lines.push(json!({"traversal_spec": {
        "application": "shop", "id": "up", "spec_name": "up", "root_resource_kind": "machines",
        "paths": [[{"kind": "folders", "direction": "PARENT"}]],
    }}));
    for number in 0..machines {
        let mut relation = machine(number);
        relation["parent_kind"] = "folders".into();
        relation["parent_id"] = "f".into();
        lines.extend([json!({"resource": machine(number)}), json!({"resource_parent": relation})]);
    }
    imported(root, &lines).await;
}

fn question() -> Value {
    json!({"application": "applications/shop", "subject": HOLDER, "privilege": "order:read", "resource": "folders/f"})
}

fn privileges() -> Value {
    json!({"application": "applications/shop", "subject": HOLDER, "resource": "folders/f"})
}

#[test]
fn a_walk_that_is_too_long_is_an_error_and_never_a_decision() {
    for (machines, finds) in [(BOUND, true), (BOUND + 1, false)] {
        let server = Server::start();
        block_on(async {
            let root = &root(&server).await;
            super::shop::open(root).await;
            folder_of(root, machines).await;
            let instance = json!({"traversal_spec": "applications/shop/traversalSpecs/up",
                                  "resource_selection": [{"type": "TYPE_PROPAGATE", "resource_id": ["machines/m7"]}]});
            root.done(PUT, put(HOLDER, json!({"traversal_spec_instances": [instance]}))).await;
            let answer = root.call("PermissionService/CheckPermission", question()).await;
            let listed = root.call("PermissionService/ListSubjectPrivileges", privileges()).await;
            let product = json!({"subject": HOLDER, "privileges": ["order:read"], "resources": ["folders/f"]});
            let compact = json!({"application": "applications/shop", "compact": product});
            let compact = root.done("PermissionService/BatchCheckPermissions", compact).await["compact"].clone();
            let stream = vec![json!({"check": question()})];
            let streamed = root.ask("PermissionService/StreamCheckPermissions", stream).await;
            let batch = json!({"checks": [question()]});
            let batch = root.done("PermissionService/BatchCheckPermissions", batch).await;
            if finds {
                assert_eq!(answer.unwrap()["decision"], "DECISION_ALLOWED");
                assert!(listed.unwrap().to_string().contains("order:read"));
                assert_eq!(batch["results"][0]["result"]["decision"], "DECISION_ALLOWED");
                assert_eq!(compact["decisions"], json!(["DECISION_ALLOWED"]));
                assert_eq!(streamed.unwrap()[0]["result"]["decision"], "DECISION_ALLOWED");
                return;
            }
            for refused in [answer.unwrap_err(), listed.unwrap_err(), streamed.unwrap_err()] {
                assert_eq!(refused.said(), (Code::ResourceExhausted, "RESOURCE_WALK_TOO_LONG"));
            }
            assert_eq!(batch["results"][0]["error"]["code"], Code::ResourceExhausted as i32, "{batch}");
            assert_eq!(compact["decisions"], json!(["DECISION_UNSPECIFIED"]), "{compact}");
            assert_eq!(compact["failures"][0]["status"]["code"], Code::ResourceExhausted as i32, "{compact}");
            // By another way it is allowed, and then it does not matter.
            let other = json!({"role_assignment": {"holder": HOLDER, "application": "shop", "role": "reader"}});
            imported(root, &[other]).await;
            let answer = root.done("PermissionService/CheckPermission", question()).await;
            assert_eq!(answer["decision"], "DECISION_ALLOWED", "{answer}");
        });
    }
}
