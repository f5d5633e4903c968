//! The law that however one asks, the answer is the same: alone, in batches of either form, or on a stream.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use bailiwick::proto::v1::batch_check_permissions_request::check::Target;
use bailiwick::proto::v1::batch_check_permissions_request::{Check, CompactChecks};
use bailiwick::proto::v1::batch_check_permissions_response::CompactResults;
use bailiwick::proto::v1::batch_check_permissions_response::result::Outcome;
use bailiwick::proto::v1::check_permission_request::Target as Single;
use bailiwick::proto::v1::stream_check_permissions_response::Outcome as Streamed;
use bailiwick::proto::v1::{
    BatchCheckPermissionsRequest, CheckPermissionRequest, CheckPermissionResponse, CheckResult, Decision,
    StreamCheckPermissionsRequest,
};
use tonic::{Code, Request, Status};

use super::on_random_states;
use crate::harness::Clients;
use crate::import_export::small_world;

/// Of the questions: those that are none.
const NO_QUESTIONS: usize = 5;

/// Every question about the small world, and some that are none.
fn questions() -> Vec<Check> {
    let odd = |subject: &str, privilege: &str, target| Check {
        facts: None,
        application: "applications/a".to_owned(),
        subject: subject.to_owned(),
        privilege: privilege.to_owned(),
        target,
    };
    let mut questions = small_world::questions();
    questions.extend([
        odd("groups/g", "x:read", None),
        odd("", "x:read", None),
        odd("users/k", "", None),
        odd("users/k", "x:read", Some(Target::Tenant(String::new()))),
        odd("users/k", "x:read", Some(Target::Resource("things".to_owned()))),
    ]);
    questions
}

/// What a question comes to: an answer, or the code and message of a refusal.
type Answered = Result<CheckResult, (Code, String)>;

/// The question as one that is asked alone.
fn single(check: &Check) -> CheckPermissionRequest {
    let target = check.target.clone().map(|target| match target {
        Target::Tenant(tenant) => Single::Tenant(tenant),
        Target::Resource(resource) => Single::Resource(resource),
    });
    CheckPermissionRequest {
        facts: check.facts.clone(),
        application: check.application.clone(),
        subject: check.subject.clone(),
        privilege: check.privilege.clone(),
        target,
        consistency: None,
    }
}

async fn alone(clients: &Clients, check: &Check) -> Answered {
    let refused = |status: Status| (status.code(), status.message().to_owned());
    let answer = clients.permission.clone().check_permission(single(check)).await.map_err(refused)?.into_inner();
    Ok(result(answer))
}

/// The answer as that of a batch is.
fn result(answer: CheckPermissionResponse) -> CheckResult {
    CheckResult {
        decision: answer.decision,
        reason: answer.reason,
        valid_until: answer.valid_until,
        cache_ttl: answer.cache_ttl,
        custom_boundaries: answer.custom_boundaries,
    }
}

async fn in_batches(clients: &Clients, questions: &[Check], size: usize) -> Vec<Answered> {
    let mut answers = Vec::new();
    for checks in questions.chunks(size) {
        let batch = BatchCheckPermissionsRequest { checks: checks.to_vec(), ..Default::default() };
        let mut request = Request::new(batch);
        request.set_timeout(Duration::from_secs(30));
        let results = clients.permission.clone().batch_check_permissions(request).await.unwrap().into_inner().results;
        answers.extend(results.into_iter().map(|result| match result.outcome.unwrap() {
            Outcome::Result(answer) => Ok(answer),
            Outcome::Error(status) => Err((Code::from(status.code), status.message)),
        }));
    }
    answers
}

/// The questions as products: each is every one about a subject and its application that names the same kind of target.
async fn compactly(clients: &Clients, questions: &[Check], singles: &[Answered]) {
    let mut products = BTreeMap::<_, (CompactChecks, BTreeMap<_, &Answered>)>::new();
    for (check, single) in questions.iter().zip(singles).take(questions.len() - NO_QUESTIONS) {
        let (kind, target) = match &check.target {
            None => (0, String::new()),
            Some(Target::Resource(resource)) => (1, resource.clone()),
            Some(Target::Tenant(tenant)) => (2, tenant.clone()),
        };
        let (compact, answers) = products.entry((&check.application, &check.subject, kind)).or_default();
        compact.subject.clone_from(&check.subject);
        let once = |list: &mut Vec<String>, text: &String| (!list.contains(text)).then(|| list.push(text.clone()));
        once(&mut compact.privileges, &check.privilege);
        match kind {
            1 => once(&mut compact.resources, &target),
            2 => once(&mut compact.tenants, &target),
            _ => None,
        };
        answers.insert((&check.privilege, target), single);
    }
    for ((application, ..), (compact, answers)) in products {
        let request = BatchCheckPermissionsRequest {
            application: application.clone(),
            compact: Some(compact.clone()),
            ..Default::default()
        };
        let response = clients.permission.clone().batch_check_permissions(request).await.unwrap().into_inner();
        let targets = [&compact.resources[..], &compact.tenants].concat();
        let targets = if targets.is_empty() { vec![String::new()] } else { targets };
        let pairs = compact.privileges.iter().flat_map(|key| targets.iter().map(move |target| (key, target.clone())));
        let expected: Vec<&CheckResult> = pairs.map(|pair| answers[&pair].as_ref().unwrap()).collect();
        assert_eq!(response.compact.unwrap(), put_together(&expected), "{compact:?}");
    }
}

/// The compact form of answers.
fn put_together(answers: &[&CheckResult]) -> CompactResults {
    use bailiwick::proto::v1::batch_check_permissions_response::CustomBoundaries;
    let custom = |(index, answer): (i32, &&CheckResult)| {
        let values = answer.custom_boundaries.clone();
        (!values.is_empty()).then_some(CustomBoundaries { index, values })
    };
    let untils = answers.iter().filter_map(|answer| answer.valid_until);
    CompactResults {
        decisions: answers.iter().map(|answer| answer.decision).collect(),
        reasons: answers.iter().map(|answer| answer.reason).collect(),
        valid_until: untils.min_by_key(|until| (until.seconds, until.nanos)),
        cache_ttl: answers.iter().filter_map(|answer| answer.cache_ttl).min_by_key(|ttl| (ttl.seconds, ttl.nanos)),
        failures: Vec::new(),
        custom_boundaries: (0..).zip(answers).filter_map(custom).collect(),
    }
}

/// The questions on a stream, of which none waits: the answers are in their order.
async fn streamed(clients: &Clients, questions: &[Check]) -> Vec<Answered> {
    let messages: Vec<_> = (0..)
        .zip(questions)
        .map(|(correlation_id, check)| StreamCheckPermissionsRequest { correlation_id, check: Some(single(check)) })
        .collect();
    let answers = clients.permission.clone().stream_check_permissions(tokio_stream::iter(messages)).await;
    let (mut answers, mut all) = (answers.unwrap().into_inner(), Vec::new());
    while let Some(answer) = answers.message().await.unwrap() {
        assert_eq!(answer.correlation_id, all.len() as u64);
        all.push(match answer.outcome.unwrap() {
            Streamed::Result(answer) => Ok(result(answer)),
            Streamed::Error(status) => Err((Code::from(status.code), status.message)),
        });
    }
    all
}

#[test]
fn m11_a_batch_or_a_stream_answers_what_the_single_checks_answer() {
    let (allowed, custom) = (Cell::new(0), Cell::new(0));
    on_random_states(async |server| {
        let (clients, questions) = (server.clients().await, questions());
        let mut singles = Vec::new();
        for check in &questions {
            singles.push(alone(&clients, check).await);
        }
        for size in [1, 7, 1_000] {
            let batched = in_batches(&clients, &questions, size).await;
            assert_eq!(batched.len(), singles.len());
            for ((question, single), batched) in questions.iter().zip(&singles).zip(&batched) {
                assert_eq!(single, batched, "{question:?} in batches of {size}");
            }
        }
        assert!(streamed(&clients, &questions).await == singles, "on a stream");
        compactly(&clients, &questions, &singles).await;
        let answers: Vec<&CheckResult> = singles.iter().flatten().collect();
        assert_eq!(answers.len() + NO_QUESTIONS, questions.len());
        let count = |is_counted: fn(&CheckResult) -> bool| answers.iter().filter(|answer| is_counted(answer)).count();
        allowed.set(allowed.get() + count(|answer| answer.decision == Decision::Allowed as i32));
        custom.set(custom.get() + count(|answer| !answer.custom_boundaries.is_empty()));
    });
    println!("{} allowed, {} with the value of a boundary", allowed.get(), custom.get());
    assert!(allowed.get() >= 100 && custom.get() > 0, "{allowed:?} {custom:?}");
}
