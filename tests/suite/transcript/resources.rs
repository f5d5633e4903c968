//! The part of the script about resources of another service.

use serde_json::{Value, json};

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
    steps.extend(related());
    steps
}

/// Some of them below others, by each way to put them there, and what stands in the way.
fn related() -> Vec<Step> {
    let call = |method: &'static str, words: Value| {
        let mut request = words;
        request["parent"] = "applications/app".into();
        step(method, request)
    };
    let upsert = |items: Value| call("ResourceService/BatchUpsertResources", json!({"resources": items}));
    let relate = |words: Value| call("ResourceService/BatchUpdateRelations", words);
    let page = |id: &str, parents: &[&str]| json!({"kind": "Doc::page", "id": id, "parents": parents});
    let relation = |child: &str, parent: &str| json!({"child": child, "parent": parent});
    let below = |parent: &str| {
        let filter = format!("parent = \"{parent}\"");
        step("ResourceService/ListResources", json!({"parent": "applications/app", "filter": filter}))
    };
    let folders = ["Doc::page/a/b", "Doc::page/A/b", "Doc::page/e\u{301}", "Doc::page/%_"];
    let own = json!({"parent": "applications/app", "resource": page("own", &["Doc::page/own"])});
    vec![
        upsert(json!([page("low", &["Doc::page/mid"]), page("mid", &folders), page("none", &[])])),
        upsert(json!([page("low", &["Doc::page/mid"]), page("lower", &["Doc::page/low", "Doc::page/absent"])])),
        named("ResourceService/GetResource", "applications/app/resources/Doc::page/mid"),
        relate(json!({"add": [relation("Doc::page/a/b", "Doc::page/low")]})),
        relate(
            json!({"add": [relation("Doc::page/none", "Doc::page/low"), relation("Doc::page/none", "Doc::page/%_")],
                      "remove": [relation("Doc::page/mid", "Doc::page/%_"), relation("Doc::page/low", "Doc::page/a/b")]}),
        ),
        step("ResourceService/CreateResource", own),
        below("Doc::page/a/b"),
        below("Doc::page/%_"),
        below("Doc::page/absent"),
        below("none"),
        named("ResourceService/DeleteResource", "applications/app/resources/Doc::page/low"),
        step(
            "ResourceService/DeleteResource",
            json!({"name": "applications/app/resources/Doc::page/low", "force": true}),
        ),
        named("ResourceService/GetResource", "applications/app/resources/Doc::page/none"),
    ]
}
