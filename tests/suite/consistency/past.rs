//! Answers about the past: a revision, a time, and what ends at a time.

use std::time::{Duration, SystemTime};

use bailiwick::domain::limit;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tonic::Code;

use crate::callers::actor::Actor;
use crate::callers::shop::{self, PEOPLE};
use crate::callers::stage::{as_root_on_every_store, export, export_at, head, on_every_store, revision, root};
use crate::harness::block_on;
use crate::store::sql_at;

/// A time, some microseconds later.
fn shifted(time: &str, micros: i64) -> String {
    let time = OffsetDateTime::parse(time, &Rfc3339).unwrap() + time::Duration::microseconds(micros);
    time.format(&Rfc3339).unwrap()
}

fn in_future(duration: Duration) -> String {
    OffsetDateTime::from(SystemTime::now() + duration).format(&Rfc3339).unwrap()
}

async fn ask(by: &Actor, subject: &str, consistency: Value) -> Value {
    let check = json!({"application": "applications/shop", "subject": subject, "privilege": "order:read",
                       "consistency": consistency});
    by.done("PermissionService/CheckPermission", check).await
}

async fn allowed(by: &Actor, consistency: Value) -> bool {
    ask(by, "users/shared", consistency).await["decision"] == "DECISION_ALLOWED"
}

/// A revision as it was when it was the newest.
struct Moment {
    token: Value,
    /// When a thing was made in this revision, by the database's clock.
    made: String,
    allowed: bool,
    document: String,
}

/// Gives and takes a role again and again; other things change in between.
async fn history(root: &Actor, length: usize) -> Vec<Moment> {
    let mut moments = Vec::new();
    for round in 0..length {
        let change = json!({"application": "applications/shop", "subject": "users/shared",
                            "roles": ["applications/shop/roles/reader"]});
        let method = if round % 2 == 0 { "AssignmentService/AssignRoles" } else { "AssignmentService/UnassignRoles" };
        root.done(method, change).await;
        let role = json!({"role_name": format!("role {round}"), "privileges": ["order:read"]});
        let request = json!({"parent": "applications/shop", "role_id": format!("role-{round}"), "role": role});
        let made = root.done("RoleService/CreateRole", request).await;
        if round % 3 == 2 {
            let name = format!("applications/shop/roles/role-{}", round - 1);
            root.done("RoleService/DeleteRole", json!({"name": name})).await;
            let keys = json!({"name": format!("applications/shop/roles/role-{round}"), "privileges": ["order:read"]});
            root.done("RoleService/RemoveRolePrivileges", keys).await;
        }
        let token = root.done("ServerService/GetServerInfo", json!({})).await["consistency_token"].clone();
        moments.push(Moment {
            token,
            made: made["role"]["create_time"].as_str().unwrap().to_owned(),
            allowed: allowed(root, json!({})).await,
            document: export(root).await,
        });
    }
    moments
}

#[test]
fn a_past_revision_is_answered_as_it_was() {
    on_every_store(PEOPLE, |mut server| {
        let moments = block_on(async {
            let root = root(&server).await;
            shop::open(&root).await;
            let moments = history(&root, 24).await;
            answered_as_they_were(&root, &moments).await;
            moments
        });
        // A restarted process holds no past revision, and puts it together from the log.
        server.restart();
        block_on(async { answered_as_they_were(&root(&server).await, &moments).await });
    });
}

async fn answered_as_they_were(root: &Actor, moments: &[Moment]) {
    for (at, moment) in moments.iter().enumerate() {
        let exact = json!({"at_exact_revision": moment.token});
        let answer = ask(root, "users/shared", exact.clone()).await;
        assert_eq!(answer["decision"] == "DECISION_ALLOWED", moment.allowed, "moment {at}");
        assert_eq!(revision(&answer), revision(&json!({"consistency_token": moment.token})), "moment {at}");
        assert_eq!(answer["consistency_token"], moment.token, "moment {at}");
        assert_eq!(export_at(root, exact).await.unwrap(), moment.document, "moment {at}");
    }
}

#[test]
fn what_would_take_back_too_much_is_refused() {
    on_every_store(PEOPLE, |mut server| {
        let (moments, written) = block_on(async {
            let root = root(&server).await;
            shop::open(&root).await;
            let moments = history(&root, 2).await;
            let length = format!("UPDATE revisions SET changes = {}", limit::REBUILD_CHANGES_MAX);
            let last = revision(&json!({"consistency_token": moments[1].token}));
            let written = sql_at(&server.config.database.url, &format!("{length} WHERE revision = {last}")).await;
            (moments, written)
        });
        assert_eq!(written, 1);
        for _ in 0..2 {
            block_on(async {
                let (root, exact) = (root(&server).await, json!({"at_exact_revision": moments[0].token}));
                let refusal = export_at(&root, exact).await.unwrap_err();
                assert_eq!(refusal.said(), (Code::FailedPrecondition, "REVISION_EXPIRED"), "{refusal:?}");
            });
            server.restart();
        }
        block_on(async { answered_as_they_were(&root(&server).await, &moments[1..]).await });
    });
}

/// What a scope holds is listed at the revision of the first page, also by a process that has begun since; or not at all.
#[test]
fn the_pages_of_what_a_scope_holds_outlive_a_restart_and_expire_with_their_revision() {
    on_every_store(PEOPLE, |mut server| {
        let page = |size: u32, token: &serde_json::Value| json!({"name": "applications/shop/scopes/all-objects", "page_size": size, "page_token": token});
        let (method, first) = (
            "ScopeService/ListScopeResources",
            block_on(async {
                let root = root(&server).await;
                shop::open(&root).await;
                let first = root.done("ScopeService/ListScopeResources", page(1, &json!(""))).await;
                let gone = json!({"name": "applications/shop/resources/orders/of/globex", "force": true});
                root.done("ResourceService/DeleteResource", gone).await;
                first
            }),
        );
        server.restart();
        let next = page(5, &first["next_page_token"]);
        block_on(async {
            let rest = root(&server).await.done(method, next.clone()).await;
            assert_eq!(rest["resources"], json!(["orders/of/acme", "orders/of/globex"]));
            let (now, then) = (head(&root(&server).await).await, revision(&first));
            assert_eq!((revision(&rest), now > then), (then, true));
            let long = format!("UPDATE revisions SET changes = {}", limit::REBUILD_CHANGES_MAX + 1);
            assert_eq!(sql_at(&server.config.database.url, &format!("{long} WHERE revision = {now}")).await, 1);
        });
        server.restart();
        block_on(async {
            let refusal = root(&server).await.refused(method, next).await;
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "REVISION_EXPIRED"), "{refusal:?}");
        });
    });
}

#[test]
fn a_past_time_is_answered_as_it_was() {
    shop::on_every_store(async |_, root| {
        let moments = history(root, 12).await;
        for (at, moment) in moments.iter().enumerate() {
            let now = json!({"as_of": moment.made});
            assert_eq!(allowed(root, now.clone()).await, moment.allowed, "moment {at}");
            let document = export_at(root, now).await.unwrap();
            let made = format!("\"id\":\"role-{at}\"");
            assert!(document.contains(&made), "what was made at a time is there at that time: moment {at}");
            let before = export_at(root, json!({"as_of": shifted(&moment.made, -1)})).await.unwrap();
            assert!(!before.contains(&made), "and is not there a microsecond earlier: moment {at}");
        }
    });
}

#[test]
fn neither_the_future_nor_the_time_before_the_store_is_answered() {
    as_root_on_every_store(async |root| {
        let refusal = export_at(root, json!({"as_of": in_future(Duration::from_hours(1))})).await.unwrap_err();
        assert_eq!(refusal.code, Code::InvalidArgument, "{refusal:?}");
        for time in ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2000-01-01T00:00:00.999999999Z"] {
            let refusal = export_at(root, json!({"as_of": time})).await.unwrap_err();
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "REVISION_EXPIRED"), "{time}: {refusal:?}");
        }
        let end = export_at(root, json!({"as_of": "9999-12-31T23:59:59.999999999Z"})).await.unwrap_err();
        assert_eq!(end.code, Code::InvalidArgument, "{end:?}");
    });
}

/// Asks until the answer is what it must become, without writing anything.
async fn until(by: &Actor, subject: &str, decision: &str) {
    while ask(by, subject, json!({})).await["decision"] != decision {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn given(subject: &str, times: Value) -> Value {
    let mut request = times;
    request["application"] = "applications/shop".into();
    request["subject"] = subject.into();
    request["roles"] = json!(["applications/shop/roles/reader"]);
    request
}

/// Gives the subjects a role for a while, short for this machine but long enough to be seen; answers with its end, and
/// with what was said while it lasted.
async fn given_for_a_while(root: &Actor, subjects: [&str; 2]) -> (String, Value) {
    let mut lasts = Duration::from_millis(500);
    loop {
        let end = micros(&in_future(lasts));
        let times = json!({"expire_time": end});
        let mut all_given = true;
        for subject in subjects {
            all_given &= root.call("AssignmentService/AssignRoles", given(subject, times.clone())).await.is_ok();
        }
        let answer = ask(root, "users/shared", json!({})).await;
        if all_given && answer["decision"] == "DECISION_ALLOWED" {
            return (end, answer);
        }
        for subject in subjects {
            root.done("AssignmentService/UnassignRoles", given(subject, json!({}))).await;
        }
        lasts *= 2;
    }
}

#[test]
fn what_ends_at_a_time_is_denied_from_that_time_on() {
    on_every_store(PEOPLE, |mut server| {
        let end = block_on(async {
            let root = root(&server).await;
            shop::open(&root).await;
            // Directly, and through a group inside a group.
            let outer = json!({"group_id": "outer", "group": {"group_name": "outer"}, "members": ["groups/weak"]});
            root.done("DirectoryService/CreateGroup", outer).await;
            let member = json!({"name": "groups/weak", "members": ["users/shop-clerk"]});
            root.done("DirectoryService/AddGroupMembers", member).await;
            let (end, answer) = given_for_a_while(&root, ["groups/outer", "users/shared"]).await;
            assert_eq!(answer["valid_until"].as_str().map(micros), Some(end.clone()), "{answer}");
            for subject in ["users/shared", "users/shop-clerk"] {
                until(&root, subject, "DECISION_DENIED").await;
            }
            end
        });
        for _ in 0..2 {
            block_on(async { denied_since(&root(&server).await, &end).await });
            server.restart();
        }
    });
}

async fn denied_since(root: &Actor, end: &str) {
    for subject in ["users/shared", "users/shop-clerk"] {
        let before = ask(root, subject, json!({"as_of": shifted(end, -1_000)})).await;
        assert_eq!(before["decision"], "DECISION_ALLOWED", "{subject}, a millisecond earlier: {before}");
        let at = ask(root, subject, json!({"as_of": end})).await;
        assert_eq!(at["reason"], "DECISION_REASON_NOT_VALID_NOW", "{subject}");
        assert_eq!(ask(root, subject, json!({})).await["decision"], "DECISION_DENIED", "{subject}");
    }
    let list = json!({"parent": "applications/shop", "filter": "subject = \"users/shared\""});
    let listed = root.done("AssignmentService/ListRoleAssignments", list).await;
    assert_eq!(listed["assignments"][0]["active"], Value::Null, "{listed}");
}

/// The stored time: microseconds.
fn micros(time: &str) -> String {
    let time = OffsetDateTime::parse(time, &Rfc3339).unwrap();
    let nanos = time.nanosecond() / 1_000 * 1_000;
    time.replace_nanosecond(nanos).unwrap().format(&Rfc3339).unwrap()
}

#[test]
fn what_begins_at_a_time_is_allowed_from_that_time_on() {
    shop::on_every_store(async |_, root| {
        let mut waits = Duration::from_millis(500);
        let start = loop {
            let start = micros(&in_future(waits));
            root.done("AssignmentService/AssignRoles", given("users/shared", json!({"start_time": start}))).await;
            if ask(root, "users/shared", json!({})).await["reason"] == "DECISION_REASON_NOT_VALID_NOW" {
                break start;
            }
            root.done("AssignmentService/UnassignRoles", given("users/shared", json!({}))).await;
            waits *= 2;
        };
        until(root, "users/shared", "DECISION_ALLOWED").await;
        assert!(!allowed(root, json!({"as_of": shifted(&start, -1)})).await);
        assert!(allowed(root, json!({"as_of": start})).await);
    });
}

#[test]
fn an_assignment_that_has_ended_counts_as_absent() {
    shop::on_every_store(async |_, root| {
        let method = "AssignmentService/AssignRoles";
        let past = given("users/shared", json!({"expire_time": "2020-01-01T00:00:00Z"}));
        let past = root.refused(method, past).await;
        assert_eq!((past.code, past.fields()), (Code::InvalidArgument, ["expire_time".to_owned()].into()));
        given_for_a_while(root, ["users/shop-clerk", "users/shared"]).await;
        until(root, "users/shared", "DECISION_DENIED").await;
        let again = root.done(method, given("users/shared", json!({}))).await;
        assert_eq!(again["assignments"][0]["expire_time"], Value::Null, "{again}");
        assert!(allowed(root, json!({})).await);
        // A record that has not ended is left alone, with its times.
        let later = root.done(method, given("users/shared", json!({"expire_time": "2100-01-01T00:00:00Z"}))).await;
        assert_eq!(later["assignments"], again["assignments"]);
    });
}
