//! The part of the script about resources of another service.

use serde_json::json;

use super::script::{CHECK, named};
use super::{Step, step};

/// Things of another service: registered, moved, lost, deleted, and asked about all the while.
pub(super) fn registered() -> Vec<Step> {
    let create = |id: &str, tenant: &str| {
        let resource = json!({"kind": "Doc::page", "id": id, "tenant": tenant});
        step("ResourceService/CreateResource", json!({"parent": "applications/app", "resource": resource}))
    };
    let name = |id: &str| format!("applications/app/resources/Doc::page/{id}");
    let update = |id: &str, tenant: &str| {
        let words = json!({"resource": {"name": name(id), "tenant": tenant}, "update_mask": "tenant"});
        step("ResourceService/UpdateResource", words)
    };
    let ask = |id: &str| {
        let resource = format!("Doc::page/{id}");
        step(
            CHECK,
            json!({"application": "applications/app", "subject": "users/alice", "privilege": "doc:read",
                           "resource": resource}),
        )
    };
    let (north, other) = ("applications/app/tenants/north", "applications/app/tenants/North");
    let mut steps = Vec::new();
    for id in ["a/b", "A/b", "a/b ", "é", "e\u{301}", "\u{1f600}", "'; --", "a//b/", "%_", "zwj\u{200d}"] {
        steps.extend([create(id, north), create(id, ""), ask(id)]);
    }
    steps.extend([
        create("none", ""),
        ask("none"),
        update("none", north),
        ask("none"),
        update("a/b", other),
        ask("a/b"),
        update("a/b", ""),
        ask("a/b"),
        update("é", "applications/app/tenants/none"),
        named("ResourceService/GetResource", &name("e\u{301}")),
        named("ResourceService/GetResource", &name("E\u{301}")),
        named("ResourceService/DeleteResource", &name("é")),
        named("ResourceService/DeleteResource", &name("é")),
        ask("é"),
        step("ResourceService/ListResources", json!({"parent": "applications/app", "filter": "id : b"})),
    ]);
    steps
}
