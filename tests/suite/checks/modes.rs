//! When a batch ends: every mode over every row of allowances, denials and refusals, in either form.

use serde_json::{Value, json};
use tonic::Code;

use super::{BATCH, open, question};
use crate::callers::actor::Actor;
use crate::callers::stage::{root, server_for};
use crate::harness::{Server, block_on};

/// A privilege that is allowed, one that is denied, and one that is malformed.
const KEYS: [&str; 3] = ["k:yes", "k:no", ""];
/// Questions of a batch, at most.
const LONGEST: u32 = 4;

const UNSPECIFIED: &str = "BATCH_MODE_UNSPECIFIED";
const ALL: &str = "BATCH_MODE_EXECUTE_ALL";
const DENY: &str = "BATCH_MODE_DENY_ON_FIRST_DENY";
const PERMIT: &str = "BATCH_MODE_PERMIT_ON_FIRST_PERMIT";

/// Every row of so many keys.
fn rows(length: u32) -> Vec<Vec<&'static str>> {
    let row = |number: usize| (0..length).map(move |place| KEYS[number / 3_usize.pow(place) % 3]).collect();
    (0..3_usize.pow(length)).map(row).collect()
}

/// How many questions of a row are answered.
fn answered(row: &[&str], mode: &str) -> usize {
    let last = match mode {
        DENY => row.iter().position(|key| *key != "k:yes"),
        PERMIT => row.iter().position(|key| *key == "k:yes"),
        _ => None,
    };
    last.map_or(row.len(), |last| last + 1)
}

fn each(row: &[&str], mode: &str) -> Value {
    json!({"mode": mode, "checks": row.iter().map(|key| question(key)).collect::<Vec<_>>()})
}

fn compact(row: &[&str], mode: &str) -> Value {
    let product = json!({"subject": "users/u", "privileges": row, "resources": ["things/1"]});
    json!({"application": "applications/a", "mode": mode, "compact": product})
}

/// What an answer says of each question: its decision, or the code of its refusal.
fn said(answer: &Value) -> Vec<Value> {
    let Some(results) = answer["results"].as_array() else {
        let compact = &answer["compact"];
        let failures = compact["failures"].as_array().cloned().unwrap_or_default();
        let code = |at: usize| {
            let failure = failures.iter().find(|failure| failure["index"].as_u64().unwrap_or_default() == at as u64);
            failure.map(|failure| failure["status"]["code"].clone())
        };
        let decisions = compact["decisions"].as_array().unwrap();
        let reasons = compact["reasons"].as_array().unwrap();
        assert_eq!(decisions.len(), reasons.len(), "{answer}");
        let unanswered = decisions.iter().filter(|decision| *decision == "DECISION_UNSPECIFIED").count();
        assert_eq!(unanswered, failures.len(), "{answer}");
        return (0..).zip(decisions).map(|(at, decision)| code(at).unwrap_or_else(|| decision.clone())).collect();
    };
    let outcome = |result: &Value| match &result["error"]["code"] {
        Value::Null => result["result"]["decision"].clone(),
        code => code.clone(),
    };
    results.iter().map(outcome).collect()
}

fn expected(key: &str) -> Value {
    match key {
        "k:yes" => json!("DECISION_ALLOWED"),
        "k:no" => json!("DECISION_DENIED"),
        _ => json!(Code::InvalidArgument as i32),
    }
}

async fn try_every_row(root: &Actor, request: fn(&[&str], &str) -> Value) {
    for row in (1..=LONGEST).flat_map(rows) {
        for mode in [UNSPECIFIED, ALL, DENY, PERMIT] {
            let answer = root.done(BATCH, request(&row, mode)).await;
            let wanted: Vec<Value> = row[..answered(&row, mode)].iter().map(|key| expected(key)).collect();
            assert_eq!(said(&answer), wanted, "{row:?} {mode}");
        }
    }
}

#[test]
fn a_batch_ends_with_the_question_that_decides_it() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        try_every_row(&root, each).await;
    });
}

#[test]
fn a_compact_batch_ends_with_the_question_that_decides_it() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        try_every_row(&root, compact).await;
    });
}

#[test]
fn the_first_and_the_last_of_a_thousand_decide_as_well() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        for (mode, others, one) in [(DENY, "k:yes", "k:no"), (PERMIT, "k:no", "k:yes")] {
            for at in [0, 1, 998, 999] {
                let mut row = vec![others; 1_000];
                row[at] = one;
                for request in [each(&row, mode), compact(&row, mode)] {
                    let said = said(&root.done(BATCH, request).await);
                    assert_eq!((said.len(), said.last()), (at + 1, Some(&expected(one))), "{mode}");
                }
            }
        }
    });
}

/// What is behind the question that decides is not looked at: what is asked is counted.
#[test]
fn what_is_behind_the_end_is_not_decided() {
    let server = server_for(&[]);
    let decided = || {
        let (_, text) = crate::wire::probes::get(server.metrics_address(), "/metrics");
        let counted = text.lines().filter(|line| line.starts_with("bailiwick_decisions_total"));
        counted.map(|line| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap()).sum::<f64>()
    };
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let before = decided();
        for request in [each, compact] {
            root.done(BATCH, request(&["k:yes", "k:no", "k:yes", "k:yes"], DENY)).await;
            root.done(BATCH, request(&["k:no", "", "k:yes", "k:no"], PERMIT)).await;
        }
        assert!((decided() - before - 8.0).abs() < 0.5, "{} decisions", decided() - before);
    });
}

#[test]
fn a_mode_that_is_none_is_refused_and_nothing_is_decided() {
    let server = Server::start();
    block_on(async {
        let root = Actor::connect(server.address(), None).await;
        open(&root).await;
        for mode in [4, 999, -1, i32::MIN, i32::MAX] {
            for request in [each(&["k:yes"], ALL), compact(&["k:yes"], ALL)] {
                let mut request = request;
                request["mode"] = mode.into();
                let refusal = root.refused(BATCH, request).await;
                assert_eq!((refusal.code, refusal.fields()), (Code::InvalidArgument, ["mode".to_owned()].into()));
            }
        }
    });
}
