//! Retries with a `request_id`, calls that only validate, and etags.

use std::collections::BTreeSet;

use bailiwick::app::methods::OWN;
use serde_json::{Value, json};
use tonic::Code;

use crate::callers::actor::{Actor, described};
use crate::callers::shop::{self, PEOPLE, SHOPKEEPER};
use crate::callers::stage::{
    actor, as_root_on_every_store, assignment_name, export, head, on_every_store, revision, root,
};
use crate::callers::writes;
use crate::harness::block_on;

/// An answer without its token.
fn said(mut answer: Value) -> Value {
    answer.as_object_mut().unwrap().remove("consistency_token");
    answer
}

fn with(mut request: Value, field: &str, value: impl Into<Value>) -> Value {
    request[field] = value.into();
    request
}

#[test]
fn a_retry_is_answered_like_the_first_call_and_does_nothing() {
    shop::on_every_store(async |_, root| {
        for (number, (method, request)) in writes().into_iter().enumerate() {
            let request = with(request, "request_id", format!("id {number}"));
            let first = root.done(method, request.clone()).await;
            let (after, document) = (head(root).await, export(root).await);
            let second = root.done(method, request.clone()).await;
            assert!(revision(&second) >= revision(&first), "{method}");
            assert_eq!(said(second), said(first), "{method} {request}");
            let other = with(request, "reason", "another one");
            let refusal = root.refused(method, other).await;
            assert_eq!(refusal.said(), (Code::InvalidArgument, "REQUEST_ID_REUSED"), "{method}");
            assert_eq!((head(root).await, export(root).await), (after, document), "{method}");
        }
    });
}

#[test]
fn a_retry_after_a_restart_is_answered_as_well() {
    on_every_store(PEOPLE, |mut server| {
        let request = json!({"group_id": "new", "group": {"group_name": "new"}, "request_id": "once"});
        let first = block_on(async { root(&server).await.done("DirectoryService/CreateGroup", request.clone()).await });
        server.restart();
        let second =
            block_on(async { root(&server).await.done("DirectoryService/CreateGroup", request.clone()).await });
        assert_eq!(first, second);
    });
}

/// What a retry is answered with is read now, so it takes the rights that the call takes now.
#[test]
fn a_retry_of_one_who_lost_the_right_is_refused() {
    shop::on_every_store(async |server, root| {
        let keeper = actor(server, SHOPKEEPER).await;
        let calls = [
            (
                "ApplicationService/CreateTenant",
                json!({"parent": "applications/shop", "tenant_id": "late", "tenant": {}}),
            ),
            ("DirectoryService/CreateUser", json!({"user": {"username": "l", "application": "applications/shop"}})),
            ("RoleService/CreateRole", json!({"parent": "applications/shop", "role": {"role_name": "late"}})),
            (
                "RoleService/AddRolePrivileges",
                json!({"name": "applications/shop/roles/reader", "privileges": ["order:read"]}),
            ),
            (
                "AssignmentService/AssignRoles",
                json!({"application": "applications/shop", "subject": "users/shop-clerk",
                    "roles": ["applications/shop/roles/reader"]}),
            ),
            (
                "AssignmentService/PutRoleAssignment",
                json!({"application": "applications/shop", "subject": "clients/shop-client",
                    "role": "applications/shop/roles/reader"}),
            ),
            (
                "AssignmentService/ReplaceSubjectRoles",
                json!({"application": "applications/shop", "subject": "users/both-clerk",
                    "roles": ["applications/shop/roles/reader"]}),
            ),
        ];
        let calls = calls.map(|(method, request)| (method, with(request, "request_id", "again")));
        let mut answers = Vec::new();
        for (method, request) in &calls {
            answers.push(said(keeper.done(method, request.clone()).await));
        }
        let right = json!({"application": "applications/shop", "subject": SHOPKEEPER,
            "roles": ["applications/shop/roles/shopkeeper"]});
        root.done("AssignmentService/UnassignRoles", right.clone()).await;
        for (method, request) in &calls {
            assert_eq!(keeper.refused(method, request.clone()).await.code, Code::PermissionDenied, "{method}");
        }
        root.done("AssignmentService/AssignRoles", right).await;
        for ((method, request), answer) in calls.iter().zip(answers) {
            assert_eq!(said(keeper.done(method, request.clone()).await), answer, "{method}");
        }
    });
}

/// The id belongs to one caller and one method, and a call that was refused leaves none.
#[test]
fn a_request_id_is_its_caller_s_and_its_method_s_own() {
    shop::on_every_store(async |server, root| {
        let keeper = actor(server, SHOPKEEPER).await;
        let role = |id: &str| json!({"parent": "applications/shop", "role_id": id, "role": {"role_name": id}, "request_id": "same"});
        root.done("RoleService/CreateRole", role("of-root")).await;
        keeper.done("RoleService/CreateRole", role("of-keeper")).await;
        let deletion = json!({"name": "applications/shop/roles/of-root", "request_id": "same"});
        root.done("RoleService/DeleteRole", deletion).await;
        let taken = with(role("of-keeper"), "request_id", "other");
        assert_eq!(root.refused("RoleService/CreateRole", taken.clone()).await.code, Code::AlreadyExists);
        root.done("RoleService/DeleteRole", json!({"name": "applications/shop/roles/of-keeper"})).await;
        root.done("RoleService/CreateRole", taken).await;
    });
}

#[test]
fn calls_with_one_id_at_once_have_one_effect() {
    as_root_on_every_store(async |root| {
        let before = head(root).await;
        let request = json!({"user": {"username": "made once"}, "request_id": "at once"});
        let call = || root.call("DirectoryService/CreateUser", request.clone());
        let answers = tokio::join!(call(), call(), call(), call(), call(), call(), call(), call());
        let first = answers.0.clone().unwrap()["user"].clone();
        for answer in [answers.1, answers.2, answers.3, answers.4, answers.5, answers.6, answers.7] {
            assert_eq!(answer.unwrap()["user"], first);
        }
        assert_eq!(head(root).await, before + 1);
    });
}

/// Without what a real call would give and nobody can know before.
fn foreseeable(answer: &Value) -> Value {
    match answer {
        Value::Object(fields) => {
            let unknown = ["consistency_token", "etag", "create_time", "update_time"];
            let known = fields.iter().filter(|(name, _)| !unknown.contains(&name.as_str()));
            known.map(|(name, value)| (name.clone(), foreseeable(value))).collect()
        }
        Value::Array(items) => items.iter().map(foreseeable).collect(),
        other => other.clone(),
    }
}

#[test]
fn a_call_that_only_validates_says_what_would_be_and_changes_nothing() {
    shop::on_every_store(async |_, root| {
        for (method, request) in writes() {
            let (before, document) = (head(root).await, export(root).await);
            let mut validated = root.done(method, with(request.clone(), "validate_only", true)).await;
            assert_eq!((head(root).await, export(root).await), (before, document), "{method}");
            let done = root.done(method, request.clone()).await;
            // What would be done is told before; what was done can be asked for.
            let difference = validated.as_object_mut().unwrap().remove("access_difference");
            let tells = described(method).output().get_field_by_name("access_difference").is_some();
            assert_eq!((difference.is_some(), done.get("access_difference")), (tells, None), "{method} {request}");
            assert_eq!(foreseeable(&validated), foreseeable(&done), "{method} {request}");
        }
    });
}

#[test]
fn an_id_of_a_call_that_only_validated_is_free() {
    as_root_on_every_store(async |root| {
        let request = json!({"group_id": "new", "group": {"group_name": "new"}, "request_id": "free"});
        let validated = with(request.clone(), "validate_only", true);
        root.done("DirectoryService/CreateGroup", validated.clone()).await;
        root.done("DirectoryService/CreateGroup", validated).await;
        root.done("DirectoryService/CreateGroup", request).await;
    });
}

async fn etag(by: &Actor, method: &str, name: &str) -> String {
    let answer = by.done(method, json!({"name": name})).await;
    let thing = answer.as_object().unwrap().values().find(|value| value.is_object()).unwrap();
    thing["etag"].as_str().unwrap().to_owned()
}

/// One thing of every kind that can be deleted: its service, its kind and its name.
fn deletable() -> [(&'static str, &'static str, String); 13] {
    let of_readers = assignment_name("groups/readers", "applications/shop/roles/reader", None);
    [
        ("ApplicationService", "Application", "applications/bazaar"),
        ("ApplicationService", "Tenant", "applications/shop/tenants/globex"),
        ("AssignmentService", "RoleAssignment", &of_readers),
        ("BoundaryService", "PermissionBoundary", "applications/shop/permissionBoundaries/unused"),
        ("DirectoryService", "User", "users/shared"),
        ("DirectoryService", "Client", "clients/shop-client"),
        ("DirectoryService", "Group", "groups/weak"),
        ("PrivilegeService", "Privilege", "applications/shop/privileges/secret:read"),
        ("PrivilegeService", "PrivilegeGroup", "applications/shop/privilegeGroups/held"),
        ("ResourceService", "Resource", "applications/shop/resources/orders/7"),
        ("RoleService", "Role", "applications/shop/roles/capped"),
        ("ScopeService", "Scope", "applications/shop/scopes/all-orders"),
        ("ScopeService", "TraversalSpec", "applications/shop/traversalSpecs/idle"),
    ]
    .map(|(service, kind, name)| (service, kind, name.to_owned()))
}

/// The request that deletes a thing with an etag, whatever uses it.
fn deletion(delete: &str, name: &str, etag: &str) -> Value {
    let request = json!({"name": name, "etag": etag});
    let can_be_used = described(delete).input().get_field_by_name("force").is_some();
    if can_be_used { with(request, "force", true) } else { request }
}

/// The request that changes a thing, if it can be changed, with an etag and in nothing else.
fn change(delete: &str, name: &str, etag: &str) -> Option<(String, Value)> {
    let update = delete.replace("/Delete", "/Update");
    OWN.iter().find(|method| method.path == format!("bailiwick.v1.{update}"))?;
    let thing = described(&update).input().get_field(1).unwrap();
    Some((update, json!({thing.name(): {"name": name, "etag": etag}})))
}

#[test]
fn a_stale_etag_aborts_and_the_current_one_does_not() {
    let things = deletable()
        .map(|(service, kind, name)| (format!("{service}/Get{kind}"), format!("{service}/Delete{kind}"), name));
    let deletes: BTreeSet<_> = things.iter().map(|(_, delete, _)| format!("bailiwick.v1.{delete}")).collect();
    let of_contract = OWN.iter().map(|method| method.path).filter(|path| path.contains("/Delete"));
    assert_eq!(deletes, of_contract.map(str::to_owned).collect(), "every Delete is tried");
    shop::on_every_store(async |_, root| {
        let document = export(root).await;
        for (_, delete, name) in &things {
            let refusal = root.refused(delete, deletion(delete, name, "stale")).await;
            assert_eq!(refusal.said(), (Code::Aborted, "ETAG_MISMATCH"), "{delete}");
            let Some((update, request)) = change(delete, name, "stale") else { continue };
            assert_eq!(root.refused(&update, request).await.said(), (Code::Aborted, "ETAG_MISMATCH"), "{update}");
        }
        let role = "applications/shop/roles/reader";
        let old = etag(root, "RoleService/GetRole", role).await;
        let keys = json!({"name": role, "privileges": ["order:read"], "etag": "stale"});
        for method in
            ["RoleService/AddRolePrivileges", "RoleService/SetRolePrivileges", "RoleService/RemoveRolePrivileges"]
        {
            assert_eq!(root.refused(method, keys.clone()).await.said(), (Code::Aborted, "ETAG_MISMATCH"), "{method}");
        }
        assert_eq!(export(root).await, document);
        let added = json!({"name": role, "privileges": ["order:write"], "etag": old});
        let added = root.done("RoleService/AddRolePrivileges", added).await;
        assert_ne!(added["etag"], old);
        assert_eq!(added["etag"], etag(root, "RoleService/GetRole", role).await);
        let again = json!({"name": role, "privileges": ["order:refund"], "etag": old});
        assert_eq!(root.refused("RoleService/AddRolePrivileges", again).await.code, Code::Aborted);
        for (get, delete, name) in &things {
            let current = etag(root, get, name).await;
            root.done(delete, deletion(delete, name, &current)).await;
            assert_eq!(root.refused(get, json!({"name": name})).await.code, Code::NotFound, "{get}");
        }
    });
}

/// What a subject holds has one etag, which is of all its roles in the application and of nothing else.
#[test]
fn a_stale_etag_of_what_a_subject_holds_aborts_and_the_current_one_does_not() {
    shop::on_every_store(async |_, root| {
        let (batch, method) = ("AssignmentService/BatchGetAssignedRoles", "AssignmentService/ReplaceSubjectRoles");
        let (reader, writer) = ("applications/shop/roles/reader", "applications/shop/roles/writer");
        let replace = |roles: &[&str], etag: &str| json!({"application": "applications/shop", "subject": "users/shop-clerk", "roles": roles, "etag": etag});
        let held = async || {
            let asked = json!({"parent": "applications/shop", "subjects": ["users/shop-clerk"]});
            root.done(batch, asked).await["results"][0]["assigned"]["etag"].as_str().unwrap().to_owned()
        };
        let document = export(root).await;
        for roles in [&[][..], &[reader], &["applications/shop/roles/absent"]] {
            let refusal = root.refused(method, replace(roles, "stale")).await;
            assert_eq!(refusal.said(), (Code::Aborted, "ETAG_MISMATCH"), "{roles:?}");
        }
        assert_eq!(export(root).await, document);
        let none = held().await;
        let first = root.done(method, replace(&[reader], &none)).await;
        assert_eq!((first["etag"].as_str(), first["etag"] == none), (Some(held().await.as_str()), false));
        assert_eq!(root.refused(method, replace(&[writer], &none)).await.said(), (Code::Aborted, "ETAG_MISMATCH"));
        // What it holds already it goes on to hold, and its etag stays.
        let one = held().await;
        assert_eq!(root.done(method, replace(&[reader], &one)).await["etag"], one.as_str());
        root.done(method, replace(&[writer], &one)).await;
        assert_eq!(root.refused(method, replace(&[], &one)).await.code, Code::Aborted);
        root.done(method, replace(&[], &held().await)).await;
        assert_eq!(held().await, none);
    });
}

/// Created again, a thing has another etag, also when it was made in the same way.
#[test]
fn the_etag_of_a_thing_that_is_gone_is_not_that_of_its_successor() {
    as_root_on_every_store(async |root| {
        let user = json!({"user_id": "u", "user": {"username": "u"}});
        let first = root.done("DirectoryService/CreateUser", user.clone()).await["user"]["etag"].clone();
        root.done("DirectoryService/DeleteUser", json!({"name": "users/u"})).await;
        root.done("DirectoryService/CreateUser", user).await;
        let refusal = root.refused("DirectoryService/DeleteUser", json!({"name": "users/u", "etag": first})).await;
        assert_eq!(refusal.code, Code::Aborted);
    });
}
