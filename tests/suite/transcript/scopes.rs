//! The part of the script about scopes and traversal specs: made, used, changed and taken away, and what they hold asked
//! for all the while.

use serde_json::{Value, json};

use super::script::named;
use super::{Step, step};

const APP: &str = "applications/app";
const GET_SCOPE: &str = "ScopeService/GetScope";
const RESOURCES: &str = "ScopeService/ListScopeResources";
const DELETE_SPEC: &str = "ScopeService/DeleteTraversalSpec";

/// The steps.
pub(super) fn steps() -> Vec<Step> {
    [resources(), specs(), made(), held(), changed(), gone()].concat()
}

/// What is there at the end, and what is not.
pub(super) fn reads() -> Vec<Step> {
    let names = ["picked", "PICKED", "all-objects", "(scope)", "none"].map(scope);
    let others = ["applications/App/scopes/all-objects", "applications/none/scopes/all-objects"];
    let names: Vec<String> = names.into_iter().chain(others.map(str::to_owned)).collect();
    let mut steps: Vec<Step> = names.iter().flat_map(|name| [named(GET_SCOPE, name), named(RESOURCES, name)]).collect();
    steps.extend(["down", "Down", "none"].map(|id| named("ScopeService/GetTraversalSpec", &spec(id))));
    for filter in ["scope_name = \"PICKED SCOPE\"", "scope_name : \"-O\"", "scope_name : \"%\""] {
        steps.push(step("ScopeService/ListScopes", json!({"parent": APP, "filter": filter})));
    }
    for filter in ["spec_name : \"w\"", "root_adapter_kind = \"\"", "root_adapter_kind = V AND spec_name = \"Down\""] {
        steps.push(step("ScopeService/ListTraversalSpecs", json!({"parent": APP, "filter": filter})));
    }
    steps
}

fn scope(id: &str) -> String {
    format!("{APP}/scopes/{id}")
}

fn spec(id: &str) -> String {
    format!("{APP}/traversalSpecs/{id}")
}

fn resources() -> Vec<Step> {
    let one = |kind: &str, id: &str| {
        let request = json!({"parent": APP, "resource": {"kind": kind, "id": id}});
        step("ResourceService/CreateResource", request)
    };
    vec![one("V::Host", "h/1"), one("V::Host", "H/1"), one("V::Disk", "d1"), one("V::Disk", "h/1"), one("plain", "d1")]
}

fn create_spec(id: &str, words: Value) -> Step {
    let mut spec = words;
    spec["spec_name"] = id.into();
    let request = json!({"parent": APP, "traversal_spec_id": id, "traversal_spec": spec});
    step("ScopeService/CreateTraversalSpec", request)
}

fn specs() -> Vec<Step> {
    let disks = json!([{"steps": [{"kind": "V::Disk", "direction": "DIRECTION_CHILD", "recursive": true}]}]);
    let host = |paths: &Value| json!({"root_adapter_kind": "V", "root_resource_kind": "Host", "paths": paths});
    let mut same_name = create_spec("other", host(&disks));
    same_name.request["traversal_spec"]["spec_name"] = "down".into();
    let mut made = create_spec("", host(&json!([])));
    made.request["traversal_spec"]["spec_name"] = "it's 100%".into();
    vec![
        create_spec("down", host(&disks)),
        create_spec("Down", host(&json!([]))),
        create_spec("down", host(&json!([]))),
        same_name,
        create_spec(
            "adapters",
            json!({"root_resource_kind": "plain", "filter_type": "FILTER_TYPE_ADAPTER_ASSOCIATION"}),
        ),
        create_spec("bad", json!({"root_resource_kind": "V::Host"})),
        create_spec("bad", json!({"root_resource_kind": "users"})),
        create_spec("bad", host(&disks)).by("users/alice"),
        made.makes("(spec)"),
    ]
}

fn chosen(spec_id: &str, kind: &str, ids: &[&str]) -> Value {
    let mut instance = json!({"resource_selection": [{"type": kind, "resource_id": ids}]});
    if !spec_id.is_empty() {
        instance["traversal_spec"] = spec(spec_id).into();
    }
    instance
}

fn create(id: &str, instances: &Value) -> Step {
    let scope = json!({"scope_name": format!("{id} scope").trim_start(), "instances": instances});
    step("ScopeService/CreateScope", json!({"parent": APP, "scope_id": id, "scope": scope}))
}

fn made() -> Vec<Step> {
    let by_name = json!({"adapter_kind": "V", "resource_kind": "Host", "name": "down",
        "resource_selection": [{"type": "TYPE_PROPAGATE", "resource_id": ["H/1"]}, {"type": "TYPE_UNPROPAGATE", "resource_id": ["d1"]}]});
    let mut predefined = create("other", &json!([]));
    predefined.request["scope"]["scope_name"] = "ALL-Objects".into();
    vec![
        create("picked", &json!([by_name, chosen("", "TYPE_SPECIFIC", &["plain/d1"])])),
        create("PICKED", &json!([])),
        create("picked", &json!([])),
        create("all-objects", &json!([])),
        predefined,
        create(
            "wide",
            &json!([{"select_all_resources": true}, {"traversal_spec": spec("adapters"), "included_adapter_kinds": ["V"]}]),
        ),
        create("other", &json!([{"traversal_spec": spec("adapters")}])),
        create("other", &json!([{"traversal_spec": spec("none")}])),
        create("other", &json!([chosen("down", "TYPE_SPECIFIC", &["h/1"])])),
        create("other", &json!([chosen("down", "TYPE_SPECIFIC", &["plain/d1"])])),
        create("other", &json!([chosen("", "TYPE_SPECIFIC", &["plain/none"])])),
        create("other", &json!([])).by("users/alice"),
        create("", &json!([chosen("down", "TYPE_SPECIFIC", &["V::Disk/d1"])])).makes("(scope)"),
    ]
}

fn held() -> Vec<Step> {
    ["picked", "wide", "all-objects", "(scope)"].map(|id| named(RESOURCES, &scope(id))).into()
}

fn changed() -> Vec<Step> {
    let update = |id: &str, words: Value, mask: &str| {
        let mut thing = words;
        thing["name"] = scope(id).into();
        step("ScopeService/UpdateScope", json!({"scope": thing, "update_mask": mask}))
    };
    let update_spec = |id: &str, words: Value| {
        let mut thing = words;
        thing["name"] = spec(id).into();
        step("ScopeService/UpdateTraversalSpec", json!({"traversal_spec": thing}))
    };
    let disk = json!({"instances": [chosen("down", "TYPE_SPECIFIC", &["V::Disk/d1"])]});
    let mut steps = vec![
        update("picked", json!({"description": "x", "etag": "stale"}), ""),
        update("picked", json!({"scope_name": "WIDE scope"}), ""),
        update("picked", json!({}), "scopeName"),
        update("wide", json!({"scope_name": "WIDE scope", "description": "two\nlines"}), ""),
        update("(scope)", disk.clone(), ""),
        update("(scope)", json!({}), "instances"),
        update("all-objects", json!({"description": "x"}), ""),
        update("wide", disk, "").by("users/alice"),
        update_spec("down", json!({"spec_name": "Down"})),
        update_spec("down", json!({"filter_type": "FILTER_TYPE_ADAPTER_ASSOCIATION"})),
        update_spec("down", json!({"paths": [{"steps": [{"kind": "plain", "direction": "DIRECTION_PARENT"}]}]})),
        update_spec("(spec)", json!({"filter_type": "FILTER_TYPE_ADAPTER_ASSOCIATION", "description": "x"})),
    ];
    steps.extend(held());
    steps
}

fn gone() -> Vec<Step> {
    let batch = |ids: &[&str]| {
        let names: Vec<String> = ids.iter().map(|id| scope(id)).collect();
        step("ScopeService/BatchDeleteScopes", json!({"parent": APP, "names": names}))
    };
    vec![
        named(DELETE_SPEC, &spec("down")),
        named(DELETE_SPEC, &spec("adapters")),
        named(DELETE_SPEC, &spec("none")),
        named(DELETE_SPEC, &spec("(spec)")),
        batch(&["wide", "none"]),
        batch(&["wide", "all-objects"]),
        batch(&["wide", "(scope)"]),
        named("ScopeService/DeleteScope", &scope("PICKED")).by("users/alice"),
        named("ScopeService/DeleteScope", &scope("all-objects")),
        named("ScopeService/DeleteScope", &scope("PICKED")),
        named(DELETE_SPEC, &spec("adapters")),
    ]
}
