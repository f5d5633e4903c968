//! The part of the script about permission boundaries: made, referred to, narrowed, widened and taken away, and asked
//! about all the while.

use serde_json::{Value, json};

use super::script::{CHECK, assign, check_in, named, role};
use super::{Step, step};

const APP: &str = "applications/app";
const INCLUDES: &str = "KIND_TENANT_INCLUSION_LIST";
const EXCLUDES: &str = "KIND_TENANT_EXCLUSION_LIST";
const CUSTOM: &str = "KIND_CUSTOM";

/// The steps.
pub(super) fn steps() -> Vec<Step> {
    let privilege = json!({"parent": APP, "privilege": {"key": "page:turn"}});
    let register = step("PrivilegeService/CreatePrivilege", privilege);
    [vec![register], made(), referred_to(), changed(), gone()].concat()
}

/// What is there at the end, and what is not.
pub(super) fn reads() -> Vec<Step> {
    let names = ["in", "IN", "out", "hours", "more", "self", "tenant", "none"].map(name);
    let others = ["applications/App/permissionBoundaries/in", "applications/none/permissionBoundaries/self"];
    let names = names.into_iter().chain(others.map(str::to_owned));
    let mut steps: Vec<Step> = names.map(|name| named("BoundaryService/GetPermissionBoundary", &name)).collect();
    for filter in ["boundary_name = \"OUT BOUNDARY\"", "boundary_name : \"N\"", "display_name = \"self\""] {
        steps.push(step("BoundaryService/ListPermissionBoundaries", json!({"parent": APP, "filter": filter})));
    }
    steps
}

fn name(id: &str) -> String {
    format!("{APP}/permissionBoundaries/{id}")
}

fn tenants(ids: &[&str]) -> Value {
    let names: Vec<String> = ids.iter().map(|id| format!("{APP}/tenants/{id}")).collect();
    json!({"tenants": names})
}

fn create(parent: &str, id: &str, kind: &str, words: Value) -> Step {
    let mut boundary = words;
    boundary["boundary_name"] = format!("{id} boundary").trim_start().into();
    boundary["kind"] = kind.into();
    let request = json!({"parent": parent, "permission_boundary_id": id, "permission_boundary": boundary});
    step("BoundaryService/CreatePermissionBoundary", request)
}

fn made() -> Vec<Step> {
    let mut predefined = create(APP, "other", INCLUDES, json!({}));
    predefined.request["permission_boundary"]["boundary_name"] = "SELF".into();
    let of_another = json!({"tenants": ["applications/App/tenants/a.b"]});
    vec![
        create(APP, "in", INCLUDES, json!({"tenants": tenants(&["north"])["tenants"], "description": "two\nlines"})),
        create(APP, "IN", INCLUDES, json!({})),
        create(APP, "in", CUSTOM, json!({"value": "in"})),
        create(APP, "out", EXCLUDES, tenants(&["north", "North"])),
        create(APP, "hours", CUSTOM, json!({"value": "Straße", "display_name": "Office hours"})),
        create(APP, "hurry", CUSTOM, json!({"value": "STRASSE"})),
        create(APP, "more", CUSTOM, json!({"value": "it's 100%; --\u{1f600}"})),
        create(APP, "", EXCLUDES, json!({})).makes("(boundary)"),
        create(APP, "self", INCLUDES, json!({})),
        predefined,
        create(APP, "other", INCLUDES, tenants(&["none"])),
        create(APP, "other", INCLUDES, of_another.clone()),
        create(APP, "other", CUSTOM, json!({})),
        create(APP, "other", EXCLUDES, json!({"value": "x"})),
        create(APP, "other", INCLUDES, json!({})).by("users/alice"),
        create("applications/none", "other", INCLUDES, json!({})),
        create("applications/App", "in", INCLUDES, of_another),
    ]
}

fn ask(subject: &str, resource: &str) -> Step {
    let resource = format!("Doc::page/{resource}");
    let request = json!({"application": APP, "subject": subject, "privilege": "page:turn", "resource": resource});
    step(CHECK, request)
}

/// Who is within the lists, on what is in a tenant, on what lost its tenant, and on what nobody registered.
fn asked() -> Vec<Step> {
    let mut steps = Vec::new();
    for subject in ["users/bob", "users/carol"] {
        steps.extend(["none", "a/b", "unregistered"].map(|id| ask(subject, id)));
        steps.extend(["north", "North", "(tenant)"].map(|tenant| check_in(subject, "page:turn", tenant)));
    }
    steps
}

fn referred_to() -> Vec<Step> {
    let bounded = |id: &str, boundary: &str| {
        role(APP, id, json!({"privileges": ["page:turn"], "permission_boundary": name(boundary)}))
    };
    let of_another = json!({"permission_boundary": "applications/App/permissionBoundaries/in"});
    let given = |subject, id: &str| assign(subject, &[&format!("{APP}/roles/{id}")], "");
    let mut steps = vec![
        bounded("within", "in"),
        bounded("without", "out"),
        bounded("decided", "hours"),
        bounded("unbounded", "IN"),
        role(APP, "unbounded", of_another.clone()),
        role("applications/App", "within", of_another),
        given("users/bob", "within"),
        given("users/bob", "decided"),
        given("users/carol", "without"),
    ];
    steps.extend(asked());
    steps
}

fn changed() -> Vec<Step> {
    let update = |id: &str, words: Value, mask: &str| {
        let mut boundary = words;
        boundary["name"] = name(id).into();
        let request = json!({"permission_boundary": boundary, "update_mask": mask});
        step("BoundaryService/UpdatePermissionBoundary", request)
    };
    let mut steps = vec![
        update("in", json!({"display_name": "x", "etag": "stale"}), ""),
        update("in", json!({"boundary_name": "IN boundary"}), ""),
        update("in", json!({"kind": CUSTOM}), ""),
        update("in", json!({"value": "x"}), ""),
        update("in", tenants(&["north", "none"]), "tenants"),
        update("hours", json!({}), "value"),
        update("hours", json!({"value": "IT'S 100%; --\u{1f600}"}), "value"),
        update("hours", json!({"value": "STRASSE", "description": "x"}), ""),
        update("hours", tenants(&["north"]), ""),
        update("self", json!({"display_name": "x"}), ""),
        update("none", json!({"display_name": "x"}), ""),
        update("out", tenants(&["North"]), "tenants").by("users/alice"),
        update("out", tenants(&["North"]), "tenants"),
        update("in", tenants(&["North", "(tenant)"]), "*"),
    ];
    steps.extend(asked());
    steps.push(update("in", tenants(&["north", "North"]), ""));
    steps.push(update("out", tenants(&["north"]), ""));
    steps.extend(asked());
    steps
}

fn gone() -> Vec<Step> {
    let delete = |id: &str| named("BoundaryService/DeletePermissionBoundary", &name(id));
    let mut stale = delete("(boundary)");
    stale.request["etag"] = "stale".into();
    let mut missing = delete("(boundary)");
    missing.request["allow_missing"] = true.into();
    vec![
        delete("in"),
        delete("hours"),
        delete("self"),
        delete("none"),
        delete("(boundary)").by("users/alice"),
        stale,
        delete("(boundary)"),
        delete("(boundary)"),
        missing,
        named("BoundaryService/GetPermissionBoundary", &name("(boundary)")),
        named("BoundaryService/GetPermissionBoundary", &name("in")).by("users/bob"),
        step("BoundaryService/ListPermissionBoundaries", json!({"parent": "applications/App"})),
    ]
}
