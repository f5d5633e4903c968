//! Role assignments over resources: made, replaced as a whole, read, listed, and gone without a trace.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::Actor;
use super::shop::{self, ACME, CLERK, EVENING, SHOPKEEPER};
use super::stage::{ROOT, actor, assignment_name, decision, export, head, imported, may, names, strings};

pub(super) const PUT: &str = "AssignmentService/PutRoleAssignment";
pub(super) const ADD: &str = "AssignmentService/AddRoleAssignmentResources";
pub(super) const REMOVE: &str = "AssignmentService/RemoveRoleAssignmentResources";
const GET: &str = "AssignmentService/GetRoleAssignment";
const LIST: &str = "AssignmentService/ListRoleAssignments";
const HOLDER: &str = "users/shared";
pub(super) const READER: &str = "applications/shop/roles/reader";

/// Folders and orders of the shop: a holds b and order 1, b holds order 2; 3 and 4 are in none.
pub(super) fn goods() -> Vec<Value> {
    let resource = |kind: &str, id: &str| json!({"resource": {"application": "shop", "kind": kind, "id": id}});
    let mut lines: Vec<Value> = ["a", "b"].map(|id| resource("folders", id)).into();
    lines.extend(["11", "12", "13", "14"].map(|id| resource("orders", id)));
    let below = |(kind, id): (&str, &str), parent: &str| {
        json!({"resource_parent": {"application": "shop", "kind": kind, "id": id,
                                   "parent_kind": "folders", "parent_id": parent}})
    };
    lines.extend([below(("folders", "b"), "a"), below(("orders", "11"), "a"), below(("orders", "12"), "b")]);
    lines.push(json!({"scope": {"application": "shop", "id": "thirteen", "scope_name": "thirteen"}}));
    let specific = json!({"application": "shop", "scope": "thirteen", "number": 0, "specific": ["orders/13"]});
    lines.push(json!({"instance": specific}));
    lines
}

/// A request to put `reader` of the shop; the words say over what.
#[allow(clippy::needless_pass_by_value, reason = "a request is written where it is sent")]
pub(super) fn put(holder: &str, words: Value) -> Value {
    let mut request = json!({"application": "applications/shop", "subject": holder, "role": READER});
    request.as_object_mut().unwrap().extend(words.as_object().unwrap().clone());
    request
}

pub(super) fn below(kind: &str, ids: &[&str]) -> Value {
    json!({"traversal_spec_instances": [{"resource_selection": [{"type": kind, "resource_id": ids}]}]})
}

/// Which of the orders somebody reads.
pub(super) async fn reads(root: &Actor, subject: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    for order in ["11", "12", "13", "14"] {
        if may(root, ("shop", subject, "order:read"), &format!("orders/{order}")).await {
            found.push(order);
        }
    }
    found
}

async fn record(root: &Actor, holder: &str) -> Value {
    root.done(GET, json!({"name": assignment_name(holder, READER, None)})).await
}

/// Runs a test in a shop that has goods.
#[allow(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
pub(super) fn among_goods(test: impl AsyncFn(&super::super::harness::Server, &Actor)) {
    shop::on_every_store(async |server, root| {
        imported(root, &goods()).await;
        test(server, root).await;
    });
}

#[test]
fn what_is_put_is_what_is_reached_and_replaces_the_whole_record() {
    among_goods(async |_, root| {
        for (words, read) in [
            (json!({}), &[][..]),
            (below("TYPE_PROPAGATE", &["folders/a"]), &["11", "12"]),
            (below("TYPE_PROPAGATE", &["folders/b"]), &["12"]),
            (json!({"resources": ["orders/14", "orders/11", "orders/14"]}), &["11", "14"]),
            (json!({"scope": "thirteen"}), &["13"]),
            (json!({"scope": "applications/shop/scopes/thirteen", "expire_time": EVENING}), &["13"]),
            (json!({"allow_all_objects": true, "scope": "thirteen"}), &["11", "12", "13", "14"]),
            (below("TYPE_SPECIFIC", &["folders/a", "orders/12"]), &["12"]),
            (json!({"scope": "all-objects", "resources": ["orders/14"]}), &["11", "12", "13", "14"]),
            (json!({"scope": "all-orders"}), &["11", "12"]),
        ] {
            let answer = root.done(PUT, put(HOLDER, words.clone())).await;
            assert_eq!(reads(root, HOLDER).await, read, "{words}");
            let one = &answer["assignments"][0];
            let got = record(root, HOLDER).await;
            assert_eq!(got["role_assignment"], *one, "{words}");
            assert_eq!(one["expire_time"].as_str(), words["expire_time"].as_str(), "{words}");
            assert_eq!(one["allow_all_objects"].as_bool(), words["allow_all_objects"].as_bool(), "{words}");
            let scope = words["scope"].as_str().map(|scope| scope.rsplit('/').next().unwrap());
            assert_eq!(one["scope"].as_str().map(|name| name.rsplit('/').next().unwrap()), scope, "{words}");
            let instances = words["traversal_spec_instances"].as_array().map_or(0, Vec::len);
            assert_eq!(one["traversal_spec_instances"].as_array().map_or(0, Vec::len), instances, "{words}");
            let mut named = strings(&words["resources"]);
            named.sort_unstable();
            named.dedup();
            assert_eq!(strings(&got["named_resources"]), named, "{words}");
            let before = export(root).await;
            assert_eq!(root.done(PUT, put(HOLDER, words.clone())).await["assignments"], answer["assignments"]);
            assert_eq!(export(root).await, before, "{words}: sent twice, it changes nothing");
        }
        let unregistered = ("shop", HOLDER, "order:read");
        root.done(PUT, put(HOLDER, json!({"scope": "all-objects"}))).await;
        assert!(may(root, unregistered, "orders/unregistered").await && may(root, unregistered, "").await);
        root.done(PUT, put(HOLDER, below("TYPE_PROPAGATE", &["folders/a"]))).await;
        assert_eq!(decision(root, unregistered, "orders/unregistered").await, "OUT_OF_REACH");
        assert_eq!(decision(root, unregistered, "").await, "RESOURCE_REQUIRED");
    });
}

#[test]
fn what_a_scope_or_a_resource_cannot_be_is_refused_and_changes_nothing() {
    among_goods(async |server, root| {
        root.done(PUT, put(HOLDER, json!({"scope": "thirteen"}))).await;
        let (before, revision) = (export(root).await, head(root).await);
        for (words, fields) in [
            (json!({"scope": "thirteen", "resources": ["orders/11"]}), &["scope"][..]),
            (json!({"scope": "thirteen", "traversal_spec_instances": [{}]}), &["scope"]),
            (json!({"scope": "applications/bank/scopes/thirteen"}), &["scope"]),
            (json!({"resources": ["11", "users/shared"]}), &["resources[0]", "resources[1]"]),
            (json!({"role_name": "reader"}), &["role_name"]),
            (json!({"role": "applications/bank/roles/banker"}), &["role"]),
            (json!({"start_time": EVENING, "expire_time": EVENING}), &["expire_time"]),
            (json!({"expire_time": "2001-01-01T00:00:00Z"}), &["expire_time"]),
            (below("TYPE_UNSPECIFIED", &["orders/11"]), &["traversal_spec_instances[0].resource_selection[0].type"]),
            (below("TYPE_PROPAGATE", &["11"]), &["traversal_spec_instances[0].resource_selection[0].resource_id[0]"]),
            (json!({"traversal_spec_instances": vec![json!({}); 65]}), &["traversal_spec_instances"]),
            (json!({"resources": (0..1_001).map(|id| format!("k/{id}")).collect::<Vec<_>>()}), &["resources"]),
        ] {
            let refusal = root.refused(PUT, put(HOLDER, words.clone())).await;
            assert_eq!(refusal.violated(), fields, "{words}");
        }
        for words in [
            json!({"scope": "none"}),
            json!({"resources": ["orders/11", "orders/none"]}),
            below("TYPE_SPECIFIC", &["orders/none"]),
            json!({"traversal_spec_instances": [{"traversal_spec": "applications/shop/traversalSpecs/none"}]}),
            json!({"role": "applications/shop/roles/none"}),
            json!({"role": "", "role_name": "none"}),
            json!({"tenant": "none"}),
            json!({"subject": "users/none"}),
        ] {
            assert_eq!(root.refused(PUT, put(HOLDER, words.clone())).await.code, Code::NotFound, "{words}");
        }
        let few = json!({"role": "applications/shop/roles/few"});
        let refusal = root.refused(PUT, put(CLERK, few)).await;
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "ROLE_NOT_ASSIGNABLE"));
        // What one may not read is as if absent: a tenant's administrator reads no scope, and no resource but its own.
        let acme = actor(server, ACME).await;
        for words in [json!({"scope": "thirteen"}), json!({"resources": ["orders/11"]})] {
            let absent = acme.refused(PUT, put(CLERK, words.clone())).await;
            assert_eq!(absent.code, Code::NotFound, "{words}");
        }
        assert_eq!((export(root).await, head(root).await), (before, revision));
    });
}

#[test]
fn an_etag_must_be_that_of_the_record_which_shared_resources_do_not_change() {
    among_goods(async |_, root| {
        let with = |etag: &Value| put(HOLDER, json!({"resources": ["orders/11"], "etag": etag}));
        let stale = (Code::Aborted, "ETAG_MISMATCH");
        assert_eq!(root.refused(PUT, with(&json!("none"))).await.said(), stale, "there is no record");
        let first = root.done(PUT, put(HOLDER, json!({}))).await["assignments"][0].clone();
        root.done(ADD, put(HOLDER, json!({"resources": ["orders/12"]}))).await;
        let shared = record(root, HOLDER).await["role_assignment"].clone();
        assert_eq!(shared, first, "who shares a resource makes nothing stale");
        let second = root.done(PUT, with(&first["etag"])).await["assignments"][0].clone();
        assert_eq!(second["etag"], first["etag"], "other resources named one by one are no change of the record");
        assert_eq!(strings(&record(root, HOLDER).await["named_resources"]), ["orders/11"]);
        let third = root.done(PUT, put(HOLDER, below("TYPE_SPECIFIC", &["orders/13"]))).await["assignments"][0].clone();
        assert_ne!(third["etag"], first["etag"], "other instances are");
        assert_eq!(third["create_time"], first["create_time"]);
        assert_eq!(root.refused(PUT, with(&first["etag"])).await.said(), stale);
        root.done(PUT, with(&third["etag"])).await;
    });
}

#[test]
fn the_answer_tells_what_else_the_holder_has_as_far_as_the_caller_may_read_it() {
    among_goods(async |server, root| {
        let role = |id: usize| json!({"role": {"application": "shop", "id": format!("r{id}"), "role_name": format!("R {id}")}});
        imported(root, &(0..12).map(role).collect::<Vec<_>>()).await;
        for id in 0..12 {
            let words = json!({"role": format!("applications/shop/roles/r{id}")});
            let mut request = put(CLERK, below("TYPE_SPECIFIC", &["orders/11"]));
            request.as_object_mut().unwrap().extend(words.as_object().unwrap().clone());
            root.done(PUT, request).await;
        }
        let mut request = put(CLERK, json!({"role": "", "role_name": "WRITER", "tenant": "acme"}));
        request["role"] = "".into();
        let answer = root.done(PUT, request.clone()).await;
        let told = names(&answer["assignments"]);
        assert_eq!(told.len(), 13);
        assert_eq!(told[0], assignment_name(CLERK, "applications/shop/roles/writer", Some("acme")));
        assert!(told[1..].is_sorted(), "{told:?}");
        assert_eq!(answer["assignments"][0]["role_name"], "writer");
        for (at, one) in answer["assignments"].as_array().unwrap().iter().enumerate().skip(1) {
            assert_eq!(one["traversal_spec_instances"].is_array(), at < 10, "{at}");
            assert_eq!(one["instances_omitted"], if at < 10 { Value::Null } else { json!(true) }, "{at}");
        }
        // The clerk's other administrator reads nothing of what it has outside acme.
        let lines = [json!({"role_assignment": {"holder": SHOPKEEPER, "application": "shop", "role": "writer"}})];
        imported(root, &lines).await;
        let keeper = actor(server, SHOPKEEPER).await;
        assert_eq!(names(&keeper.done(PUT, request).await["assignments"]).len(), 13);
    });
}

#[test]
fn lists_are_filtered_by_scope_and_show_instances_if_asked() {
    among_goods(async |_, root| {
        for (holder, words) in [
            (HOLDER, json!({"scope": "thirteen"})),
            (CLERK, below("TYPE_SPECIFIC", &["orders/11"])),
            ("users/shop-clerk", json!({"scope": "all-objects"})),
        ] {
            root.done(PUT, put(holder, words)).await;
        }
        for (scope, holder) in
            [("thirteen", Some(HOLDER)), ("all-objects", Some("users/shop-clerk")), ("all-orders", None)]
        {
            let filter = format!("scope = \"applications/shop/scopes/{scope}\"");
            let listed = root.done(LIST, json!({"parent": "applications/shop", "filter": filter})).await;
            let holders: Vec<Option<&str>> =
                listed["assignments"].as_array().into_iter().flatten().map(|one| one["holder"].as_str()).collect();
            assert_eq!(holders, holder.map(Some).into_iter().collect::<Vec<_>>(), "{scope}");
        }
        let bad = json!({"parent": "applications/shop", "filter": "scope = \"thirteen\""});
        assert_eq!(root.refused(LIST, bad).await.code, Code::InvalidArgument);
        let mut mine = json!({"parent": "applications/shop", "filter": format!("subject = \"{CLERK}\"")});
        let without = root.done(LIST, mine.clone()).await["assignments"][0].clone();
        assert_eq!((&without["instances_omitted"], &without["traversal_spec_instances"]), (&json!(true), &Value::Null));
        mine["include_instances"] = true.into();
        let with = root.done(LIST, mine).await["assignments"][0].clone();
        assert_eq!(with["instances_omitted"], Value::Null);
        assert_eq!(with["traversal_spec_instances"][0]["resource_selection"][0]["resource_id"], json!(["orders/11"]));
        let all = json!({"parent": "applications/-", "include_instances": true, "page_size": 1_000});
        let page = root.done(LIST, all).await;
        assert_eq!(names(&page["assignments"]).len(), 10, "cut to 10");
        assert!(page["next_page_token"].is_string());
    });
}

#[test]
fn the_last_administrator_s_record_is_not_narrowed() {
    among_goods(async |_, root| {
        let narrowed = |words: Value| {
            let mut request = put(ROOT, words);
            request["application"] = "applications/bailiwick".into();
            request["role"] = "applications/bailiwick/roles/administrator".into();
            request
        };
        for words in [json!({}), json!({"allow_all_objects": true, "expire_time": EVENING})] {
            let refusal = root.refused(PUT, narrowed(words)).await;
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "LAST_ADMINISTRATOR"));
        }
        root.done(PUT, narrowed(json!({"scope": "all-objects"}))).await;
        root.done(PUT, narrowed(json!({"allow_all_objects": true}))).await;
    });
}
