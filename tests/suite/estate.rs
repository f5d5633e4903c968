//! A real-shaped estate: a graph of organisations, folders, projects and machines, and who may do what on which part of
//! it. It is imported, exported and imported into every other store; the answers are those of the reference model.
//!
//! `BAILIWICK_TEST_ROUNDS` says how many organisations of a thousand resources there are, and how many thousand questions
//! are asked: 2 by default. Figures are seen with `--nocapture`.

mod document;
mod lines;
mod plan;
mod rows;

use std::time::Instant;

use bailiwick::domain::name::{ResourceId, Subject};
use bailiwick::domain::row::Row;
use bailiwick::domain::scope::Selector;
use bailiwick::domain::time::Time;
use bailiwick::engine::{Check, Loader, Snapshot, Target};
use bailiwick::proto::v1::batch_check_permissions_request::Check as Asked;
use bailiwick::proto::v1::batch_check_permissions_request::check::Target as AskedOf;
use bailiwick::proto::v1::batch_check_permissions_response::result::Outcome;
use bailiwick::proto::v1::{BatchCheckPermissionsRequest, Decision};

use self::document::{APPLICATION, application};
use self::plan::{Dice, VERBS};
use self::rows::Rows;
use crate::harness::{Clients, Database, Server, block_on, rounds_or, shared_databases};
use crate::import_export::transfer;

const SEED: u64 = 20_261_122;
/// Questions that are also asked of each server.
const ASKED_OF_SERVERS: usize = 2_000;
const NOW: i64 = 1_000_000;

/// A question about the estate.
struct Question {
    subject: Subject,
    privilege: String,
    resource: ResourceId,
}

#[test]
fn the_answers_about_an_estate_are_those_of_the_model_on_every_store() {
    let rounds: usize = rounds_or(2);
    let document = timed("written", || document::document(rounds, SEED));
    let server = Server::start();
    let exported = block_on(async {
        let clients = server.clients().await;
        let done = timed_async("imported", transfer::import(&clients, &document)).await;
        println!("{} lines, {} batches", done.lines, done.batches);
        timed_async("exported", transfer::export(&clients)).await.document
    });
    drop(document);
    let rows = timed("read", || Rows::new(rows::read(&exported)));
    let mut loader = Loader::new(7);
    loader.add(rows.all().iter().cloned());
    let state = timed("compiled", || loader.finish());
    let questions = questions(&rows, rounds * 1_000);
    let allowed = agree(&state, &rows, &questions);
    println!("{} questions, {allowed} allowed", questions.len());
    assert!(allowed * 10 > questions.len() && allowed * 10 < questions.len() * 9, "{allowed} of {}", questions.len());
    let some = questions.get(..ASKED_OF_SERVERS.min(questions.len())).unwrap();
    block_on(ask(&server, &state, some));
    for database in shared_databases() {
        move_to(&database, &exported, &state, some);
    }
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let since = Instant::now();
    let done = work();
    println!("{what} in {:.1} s", since.elapsed().as_secs_f64());
    done
}

async fn timed_async<T>(what: &str, work: impl Future<Output = T>) -> T {
    let since = Instant::now();
    let done = work.await;
    println!("{what} in {:.1} s", since.elapsed().as_secs_f64());
    done
}

fn move_to(database: &Database, exported: &str, state: &Snapshot, questions: &[Question]) {
    let other = Server::configured(database, |_| {});
    block_on(async {
        let clients = other.clients().await;
        timed_async("imported elsewhere", transfer::import(&clients, exported)).await;
        let again = transfer::export(&clients).await.document;
        assert!(again == exported, "what was imported is exported again, byte for byte");
        ask(&other, state, questions).await;
    });
}

/// Half of them about what the subject's own assignments name or what is near it, the others about anything.
fn questions(rows: &Rows, count: usize) -> Vec<Question> {
    let mut dice = Dice(SEED ^ 0x00E5_7A7E);
    let users: Vec<&Row> = rows.all().iter().filter(|row| matches!(row, Row::User(_))).collect();
    let resources: Vec<&Row> = rows.all().iter().filter(|row| matches!(row, Row::Resource(_))).collect();
    let mut children: std::collections::HashMap<ResourceId, Vec<ResourceId>> = std::collections::HashMap::new();
    for row in rows.all() {
        if let Row::ResourceParent(row) = row {
            children.entry(row.parent_id()).or_default().push(row.child.clone());
        }
    }
    let mut one = || {
        let Row::User(user) = users[dice.below(users.len())] else { unreachable!() };
        let subject = Subject::User(user.id.clone());
        let Row::Resource(any) = resources[dice.below(resources.len())] else { unreachable!() };
        let mut resource = any.id.clone();
        if dice.percent(70) {
            let near = near(rows, &subject);
            if !near.is_empty() {
                resource = near[dice.below(near.len())].clone();
                while let Some(below) = children.get(&resource).filter(|_| dice.percent(75)) {
                    resource = below[dice.below(below.len())].clone();
                }
            }
        }
        Question { subject, privilege: format!("thing:{}", VERBS[dice.below(VERBS.len())]), resource }
    };
    (0..count).map(|_| one()).collect()
}

fn near(rows: &Rows, subject: &Subject) -> Vec<ResourceId> {
    let mut near = Vec::new();
    for row in rows.assignments(subject) {
        let Row::Assignment(row) = row else { continue };
        near.extend(rows.named(&Selector::Assignment(row.id.name())));
        if let Some(scope) = row.access.scope.clone() {
            let scope = bailiwick::domain::name::ScopeId { application: application(), scope };
            near.extend(rows.named(&Selector::Scope(scope)));
        }
    }
    near
}

/// Engine and model say the same of every question; how many are allowed.
fn agree(state: &Snapshot, rows: &Rows, questions: &[Question]) -> usize {
    let (now, mut allowed) = (Time::from_micros(NOW).unwrap(), 0);
    for question in questions {
        let target = Target::Resource { kind: question.resource.kind.as_str(), id: question.resource.id.as_str() };
        let check = Check {
            application: APPLICATION,
            subject: (&question.subject).into(),
            privilege: &question.privilege,
            target,
        };
        let (engine, model) =
            (state.check(&check, now), rows.around(&question.subject, &question.resource).check(&check, now));
        assert_eq!(engine, model, "{} {} {}", question.subject, question.privilege, question.resource);
        allowed += usize::from(engine.allowed());
    }
    allowed
}

async fn ask(server: &Server, state: &Snapshot, questions: &[Question]) {
    let clients = server.clients().await;
    for some in questions.chunks(500) {
        for (question, decision) in some.iter().zip(answers(&clients, some).await) {
            let target = Target::Resource { kind: question.resource.kind.as_str(), id: question.resource.id.as_str() };
            let check = Check {
                application: APPLICATION,
                subject: (&question.subject).into(),
                privilege: &question.privilege,
                target,
            };
            let expected = state.check(&check, Time::from_micros(NOW).unwrap()).allowed();
            assert_eq!(decision == Decision::Allowed, expected, "{} {}", question.subject, question.resource);
        }
    }
}

async fn answers(clients: &Clients, questions: &[Question]) -> Vec<Decision> {
    let checks = questions.iter().map(|question| Asked {
        application: format!("applications/{APPLICATION}"),
        subject: question.subject.to_string(),
        privilege: question.privilege.clone(),
        target: Some(AskedOf::Resource(question.resource.key().to_string())),
        ..Asked::default()
    });
    let request = BatchCheckPermissionsRequest { checks: checks.collect(), ..Default::default() };
    let answer = clients.permission.clone().batch_check_permissions(request).await.unwrap().into_inner();
    let results = answer.results.into_iter().map(|result| match result.outcome {
        Some(Outcome::Result(result)) => Decision::try_from(result.decision).unwrap(),
        other => panic!("{other:?}"),
    });
    results.collect()
}
