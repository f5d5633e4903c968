//! The compact form of a batch: its order, its limits, and what is wrong with one part of it.

use serde_json::{Value, json};
use tonic::Code;

use super::{BATCH, CHECK, open};
use crate::callers::actor::{Actor, Refusal};
use crate::callers::shop::{self, NOBODY};
use crate::callers::stage::{actor, root, server_for};
use crate::harness::block_on;

#[expect(clippy::needless_pass_by_value, reason = "a request is written where it is sent")]
fn batch(compact: Value) -> Value {
    json!({"application": "applications/a", "compact": compact})
}

async fn refused(by: &Actor, request: Value) -> Vec<String> {
    let refusal = by.refused(BATCH, request).await;
    assert_eq!(refusal.code, Code::InvalidArgument, "{refusal:?}");
    refusal.violated()
}

#[test]
fn the_questions_are_each_privilege_on_every_target() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let resources = json!({"resources": ["things/1", "tenants/t", "tenants/none"]});
        let tenants = json!({"tenants": ["t", "none", "applications/a/tenants/t", "applications/b/tenants/t"]});
        for (targets, count) in [(resources, 3), (tenants, 4), (json!({}), 1)] {
            let mut compact = targets.clone();
            compact["subject"] = "users/u".into();
            compact["privileges"] = json!(["k:yes", "k:no", "k:yes", "k:none"]);
            let answer = root.done(BATCH, batch(compact)).await["compact"].clone();
            let (field, named) =
                targets.as_object().unwrap().iter().next().map_or(("", vec![Value::Null]), |it| {
                    (it.0.trim_end_matches('s'), it.1.as_array().unwrap().clone())
                });
            let mut alone = Vec::new();
            for privilege in ["k:yes", "k:no", "k:yes", "k:none"] {
                for target in &named {
                    let mut one = json!({"application": "applications/a", "subject": "users/u"});
                    one["privilege"] = privilege.into();
                    if !field.is_empty() {
                        one[field] = target.clone();
                    }
                    alone.push(root.done(CHECK, one).await);
                }
            }
            assert_eq!(alone.len(), 4 * count);
            for field in ["decision", "reason"] {
                let singles: Vec<&Value> = alone.iter().map(|answer| &answer[field]).collect();
                let together: Vec<&Value> = answer[format!("{field}s")].as_array().unwrap().iter().collect();
                assert_eq!(together, singles, "{targets}");
            }
        }
    });
}

#[test]
fn the_answers_hold_until_the_first_of_them_ends() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        for (role, end) in [("one", "2099-01-01T00:00:00Z"), ("two", "2098-01-01T00:00:00Z")] {
            let key = format!("k:{role}");
            let assignment = json!({"holder": "users/v", "application": "a", "role": role, "expire_time": end});
            let lines = [
                json!({"privilege": {"application": "a", "key": key}}),
                json!({"role": {"application": "a", "id": role, "role_name": role}}),
                json!({"role_privilege": {"application": "a", "role": role, "privilege": key}}),
                json!({"role_assignment": assignment}),
            ];
            crate::callers::stage::imported(&root, &lines).await;
        }
        for (privileges, until) in [
            (json!(["k:yes"]), Value::Null),
            (json!(["k:one", "k:no"]), json!("2099-01-01T00:00:00Z")),
            (json!(["k:one", "k:two", "k:no"]), json!("2098-01-01T00:00:00Z")),
        ] {
            let answer = root.done(BATCH, batch(json!({"subject": "users/v", "privileges": privileges}))).await;
            assert_eq!(answer["compact"]["valid_until"], until, "{privileges}");
        }
    });
}

#[test]
fn answers_may_be_kept_as_long_as_the_shortest_of_them() {
    let server = crate::harness::Server::configured(&crate::harness::Database::Sqlite, |config| {
        config.cache_ttl = std::time::Duration::from_secs(7);
    });
    block_on(async {
        let root = Actor::connect(server.address(), None).await;
        open(&root).await;
        for (privileges, ttl) in [(json!(["k:yes", "k:no"]), "7s"), (json!(["k:yes", "", "k:no"]), "0s")] {
            let answer = root.done(BATCH, batch(json!({"subject": "users/u", "privileges": privileges}))).await;
            assert_eq!(answer["compact"]["cache_ttl"], ttl);
        }
    });
}

#[test]
fn one_to_a_thousand_questions_are_answered_and_no_others() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let product = |privileges: usize, targets: usize, field: &str| {
            let name = |at: usize| if field == "tenants" { format!("t{at}") } else { format!("things/{at}") };
            let mut compact = json!({"subject": "users/u", "privileges": vec!["k:yes"; privileges]});
            compact[field] = (0..targets).map(name).collect();
            batch(compact)
        };
        for (privileges, targets) in [(1, 0), (1, 1), (1_000, 0), (1_000, 1), (1, 1_000), (25, 40)] {
            for field in ["resources", "tenants"] {
                let answer = root.done(BATCH, product(privileges, targets, field)).await;
                let count = answer["compact"]["decisions"].as_array().unwrap().len();
                assert_eq!(count, privileges * targets.max(1));
            }
        }
        for (privileges, targets) in [(1_001, 0), (1_001, 1), (1, 1_001), (7, 143), (2_000, 2_000)] {
            for field in ["resources", "tenants"] {
                assert_eq!(refused(&root, product(privileges, targets, field)).await, ["compact"]);
            }
        }
        for targets in [0, 1, 1_001] {
            let fields = refused(&root, product(0, targets, "resources")).await;
            assert_eq!(fields, ["compact.privileges"]);
        }
    });
}

#[test]
fn a_batch_is_sent_in_one_form_and_about_one_kind_of_target() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let mut both = batch(json!({"subject": "users/u", "privileges": ["k:yes"]}));
        both["checks"] = json!([{"subject": "users/u", "privilege": "k:yes"}]);
        assert_eq!(refused(&root, both).await, ["compact"]);
        assert_eq!(refused(&root, json!({"application": "applications/a"})).await, ["checks"]);
        let mixed = json!({"subject": "users/u", "privileges": ["k:yes"], "resources": ["things/1"], "tenants": ["t"]});
        assert_eq!(refused(&root, batch(mixed)).await, ["compact.tenants"]);
        assert_eq!(
            refused(&root, json!({"compact": {"subject": "groups/g"}})).await,
            ["application", "compact.subject", "compact.privileges"]
        );
        assert_eq!(refused(&root, batch(json!({}))).await, ["compact.subject", "compact.privileges"]);
    });
}

/// Each question whose privilege or target is malformed is told what a single check would be told.
#[test]
fn a_malformed_part_spoils_its_own_questions_alone() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let (privileges, resources) = (["k:yes", "", "k:no"], ["things/1", "things", "x y/1"]);
        let compact = json!({"subject": "users/u", "privileges": privileges, "resources": resources});
        let answer = root.done(BATCH, batch(compact)).await["compact"].clone();
        let mut failures = answer["failures"].as_array().unwrap().iter();
        for (at, (privilege, resource)) in
            privileges.iter().flat_map(|privilege| resources.map(|resource| (privilege, resource))).enumerate()
        {
            let alone = json!({"application": "applications/a", "subject": "users/u", "privilege": privilege,
                               "resource": resource});
            match root.call(CHECK, alone).await {
                Ok(single) => assert_eq!(answer["decisions"][at], single["decision"]),
                Err(refusal) => {
                    let failure = failures.next().unwrap();
                    assert_eq!(failure["index"].as_u64().unwrap_or_default(), at as u64);
                    assert_eq!(answer["decisions"][at], "DECISION_UNSPECIFIED");
                    assert_eq!(answer["reasons"][at], "DECISION_REASON_UNSPECIFIED");
                    assert_eq!(failure["status"]["message"], refusal.message);
                    let (reason, details) = Refusal::explained(refusal.code, &failure["status"]);
                    assert_eq!((reason, details), (refusal.reason, refusal.details));
                }
            }
        }
        assert!(failures.next().is_none());
    });
}

/// Whoever may not ask about the subject is told so once, as for a single check, and learns nothing else.
#[test]
fn about_whom_one_may_not_ask_nothing_is_answered() {
    shop::on_every_store(async |server, _| {
        let nobody = actor(server, NOBODY).await;
        let mut told = Vec::new();
        for subject in ["users/shared", "users/absent", "clients/shop-client", "users/banker"] {
            let one = json!({"application": "applications/shop", "subject": subject, "privilege": "order:read"});
            told.push(nobody.refused(CHECK, one).await);
            let compact = json!({"subject": subject, "privileges": ["order:read", "", "x"], "resources": ["x"]});
            told.push(nobody.refused(BATCH, json!({"application": "applications/shop", "compact": compact})).await);
        }
        assert!(told.iter().all(|refusal| *refusal == told[0]), "{told:?}");
        assert_eq!(told[0].said(), (Code::PermissionDenied, "PERMISSION_DENIED"));
        let mine = json!({"subject": "users/me", "privileges": ["order:read"]});
        let answer = nobody.done(BATCH, json!({"application": "applications/shop", "compact": mine})).await;
        assert_eq!(answer["compact"]["decisions"], json!(["DECISION_DENIED"]));
    });
}
