//! The part of the script about assignments over resources: put, shared, asked about, and gone.

use serde_json::{Value, json};

use super::{Step, step};

const APP: &str = "applications/app";
const PUT: &str = "AssignmentService/PutRoleAssignment";
const ADD: &str = "AssignmentService/AddRoleAssignmentResources";
const REMOVE: &str = "AssignmentService/RemoveRoleAssignmentResources";

/// The steps.
pub(super) fn steps() -> Vec<Step> {
    [goods(), put(), shared(), of_people()].concat()
}

/// What is there at the end, and what is not.
pub(super) fn reads() -> Vec<Step> {
    let list = |words: Value| {
        let mut request = words;
        request["parent"] = APP.into();
        step("AssignmentService/ListRoleAssignments", request)
    };
    let mut steps = vec![
        list(json!({"filter": "scope = applications/app/scopes/Few"})),
        list(json!({"filter": "scope = applications/app/scopes/few", "include_instances": true})),
        list(json!({"filter": "subject = users/gil", "include_instances": true})),
        list(json!({"filter": "subject = groups/sharers", "include_instances": true})),
    ];
    steps.extend(asked());
    steps
}

fn goods() -> Vec<Step> {
    let items = json!([
        {"kind": "box", "id": "A/1"}, {"kind": "box", "id": "a/1", "parents": ["box/A/1"]},
        {"kind": "box", "id": "é ", "parents": ["box/a/1"]}, {"kind": "Box", "id": "A/1"}, {"kind": "box", "id": "%_"},
    ]);
    let few = json!({"scope_name": "Few", "instances":
        [{"resource_selection": [{"type": "TYPE_SPECIFIC", "resource_id": ["box/é ", "Box/A/1"]}]}]});
    vec![
        step("ResourceService/BatchUpsertResources", json!({"parent": APP, "resources": items})),
        step("ScopeService/CreateScope", json!({"parent": APP, "scope_id": "few", "scope": few})),
        step("DirectoryService/CreateUser", json!({"user_id": "gil", "user": {"username": "gil"}})),
    ]
}

#[allow(clippy::needless_pass_by_value, reason = "a request is written where it is sent")]
fn of(subject: &str, words: Value) -> Value {
    let mut request = json!({"application": APP, "subject": subject, "role": "applications/app/roles/reader"});
    request.as_object_mut().unwrap().extend(words.as_object().unwrap().clone());
    request
}

fn asked() -> Vec<Step> {
    let ask = |resource: &str| {
        let request =
            json!({"application": APP, "subject": "users/gil", "privilege": "doc:read", "resource": resource});
        step("PermissionService/CheckPermission", request)
    };
    let mut steps: Vec<Step> = ["box/A/1", "box/a/1", "box/é ", "Box/A/1", "box/%_", "box/none"].map(ask).into();
    let mut told = ask("box/none");
    told.request["facts"] = json!({"no_tenant": true, "parents": ["box/a/1"]});
    steps.extend([told.clone(), told.by("users/alice")]);
    steps
}

fn below(kind: &str, id: &str) -> Value {
    json!([{"resource_selection": [{"type": kind, "resource_id": [id]}], "included_adapter_kinds": ["V", "é"]}])
}

fn put() -> Vec<Step> {
    let mut steps = Vec::new();
    for words in [
        json!({"traversal_spec_instances": below("TYPE_PROPAGATE", "box/a/1"), "reason": "r\n"}),
        json!({"traversal_spec_instances": below("TYPE_SPECIFIC", "box/A/1"), "resources": ["box/%_"]}),
        json!({"scope": "few"}),
        json!({"scope": "FEW"}),
        json!({"scope": "few", "resources": ["box/A/1"]}),
        json!({"scope": "few", "resources": ["box/A/1"], "allow_all_objects": true, "validate_only": true}),
        json!({"role": "", "role_name": "READER", "expire_time": "2099-01-01T00:00:00.000001Z"}),
        json!({"etag": "stale"}),
        json!({"tenant": "none"}),
    ] {
        steps.push(step(PUT, of("users/gil", words)));
        steps.extend(asked());
    }
    steps.extend([step(PUT, of("users/none", json!({}))), step(PUT, of("users/gil", json!({}))).by("users/alice")]);
    steps
}

fn shared() -> Vec<Step> {
    let mut steps = Vec::new();
    for (method, ids) in [
        (ADD, &["box/a/1", "Box/A/1"][..]),
        (ADD, &["box/a/1", "box/é "]),
        (REMOVE, &["Box/A/1", "box/none"]),
        (ADD, &["box/none"]),
        (ADD, &[]),
    ] {
        steps.push(step(method, of("users/gil", json!({"resources": ids}))));
    }
    steps.extend([
        step(ADD, of("clients/Robot", json!({"resources": ["box/%_"], "request_id": "share"}))),
        step(ADD, of("clients/Robot", json!({"resources": ["box/%_"], "request_id": "share"}))),
        step(REMOVE, of("users/dave", json!({"resources": ["box/%_"]}))),
    ]);
    steps.extend(asked());
    steps
}

/// With a user's own fields, and with a group that is made.
fn of_people() -> Vec<Step> {
    let update = |assignments: Value| {
        let given = json!({"application": APP, "assignments": assignments});
        step("DirectoryService/UpdateUser", json!({"user": {"name": "users/gil"}, "role_assignments": given}))
    };
    let group = |id: &str, given: Value| {
        let request =
            json!({"group_id": id, "group": {"group_name": id}, "members": ["users/gil"], "role_assignments": given});
        step("DirectoryService/CreateGroup", request)
    };
    let mut steps = vec![
        update(
            json!([{"role_name": "all", "scope": "few"}, {"role_name": "writer", "resources": ["box/%_"], "tenant": "north"}]),
        ),
        update(json!([{"role_name": "all", "scope": "none"}])),
        update(json!([{"role_name": "all"}, {"role": "applications/app/roles/all"}])),
        group("sharers", json!([{"application": APP, "role_name": "reader", "resources": ["box/é "]}])),
        group("broken", json!([{"application": APP, "role_name": "none"}])),
    ];
    steps.extend(asked());
    steps.push(update(json!([])));
    steps
}
