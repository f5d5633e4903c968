//! The lists of scopes, of what one holds, and of traversal specs.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{List, Write, both, delete, passing};

const LIST: &str = "applications/list";

/// The scope and the traversal spec that stay.
pub(super) fn lines(id: &str) -> [Value; 3] {
    let spec = json!({"application": "list", "id": id, "spec_name": id, "root_adapter_kind": "A",
                      "root_resource_kind": "thing", "paths": [[{"kind": "thing", "direction": "CHILD"}]]});
    [
        json!({"traversal_spec": spec}),
        json!({"scope": {"application": "list", "id": id, "scope_name": id}}),
        json!({"instance": {"application": "list", "scope": id, "number": 0, "select_all_resources": true}}),
    ]
}

fn scope(id: &str) -> Write {
    let scope = json!({"scope_name": id, "instances": [{"select_all_resources": true}]});
    ("ScopeService/CreateScope", json!({"parent": LIST, "scope_id": id, "scope": scope}))
}

fn resource(id: &str) -> Write {
    let resource = json!({"kind": "thing", "id": id, "tenant": "applications/list/tenants/t"});
    ("ResourceService/CreateResource", json!({"parent": LIST, "resource": resource}))
}

fn spec(id: &str, paths: &Value) -> Write {
    let spec = json!({"spec_name": id, "root_adapter_kind": "A", "root_resource_kind": "thing", "paths": paths});
    let request = json!({"parent": LIST, "traversal_spec_id": id, "traversal_spec": spec});
    ("ScopeService/CreateTraversalSpec", request)
}

/// The predefined scope stands among the others.
pub(super) fn of_scopes() -> [List; 6] {
    let with_predefined =
        || both().into_iter().chain(["all-objects".to_owned()]).collect::<BTreeSet<_>>().into_iter().collect();
    let scopes = |request| List {
        method: "ScopeService/ListScopes",
        request,
        name: Some(|id| format!("{LIST}/scopes/{id}")),
        comes: |n| vec![scope(&passing(n))],
        goes: |n| vec![delete("ScopeService/DeleteScope", "applications/list/scopes", n)],
        ids: with_predefined,
        sorts: true,
    };
    let specs = |request| List {
        method: "ScopeService/ListTraversalSpecs",
        request,
        name: Some(|id| format!("{LIST}/traversalSpecs/{id}")),
        comes: |n| vec![spec(&passing(n), &json!([]))],
        goes: |n| vec![delete("ScopeService/DeleteTraversalSpec", "applications/list/traversalSpecs", n)],
        ids: both,
        sorts: true,
    };
    let of_root = "root_adapter_kind = A AND root_resource_kind = thing AND spec_name : \"\"";
    [
        scopes(json!({"parent": LIST})),
        scopes(json!({"parent": LIST, "view": "SCOPE_VIEW_FULL"})),
        specs(json!({"parent": LIST})),
        specs(json!({"parent": LIST, "filter": of_root})),
        List {
            method: "ScopeService/ListScopeResources",
            name: Some(|id| format!("thing/{id}")),
            comes: |n| vec![resource(&passing(n))],
            goes: |n| vec![delete("ResourceService/DeleteResource", "applications/list/resources/thing", n)],
            ids: both,
            sorts: false,
            ..scopes(json!({"name": "applications/list/scopes/a000"}))
        },
        List { ids: both, ..scopes(json!({"parent": LIST, "filter": "scope_name : \"0\""})) },
    ]
}
