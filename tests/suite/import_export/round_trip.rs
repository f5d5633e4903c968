//! Out of one store and into another: the same answers, and the same bytes out again.

use bailiwick::proto::v1::CheckResult;
use bailiwick::proto::v1::batch_check_permissions_request::Check;

use super::transfer::{Exported, document, export, import};
use super::world;
use crate::callers::stage::assignment_name;
use crate::harness::{Database, Server, block_on, on_every_store, shared_databases};

/// A fresh database on each store there is.
fn databases() -> Vec<Database> {
    std::iter::once(Database::Sqlite).chain(shared_databases()).collect()
}

/// A world with its history, and what is known of it.
struct Source {
    server: Server,
    exported: Exported,
    answers: Vec<CheckResult>,
}

fn source(database: &Database, questions: &[Check]) -> Source {
    let server = Server::configured(database, |_| {});
    let (exported, answers) = block_on(async {
        let clients = server.clients().await;
        import(&clients, world::DOCUMENT).await;
        world::live(&clients).await;
        (export(&clients).await, world::answers(&clients, questions).await)
    });
    Source { server, exported, answers }
}

fn check_filled(server: &Server, source: &Source, questions: &[Check]) {
    block_on(async {
        let clients = server.clients().await;
        assert_eq!(export(&clients).await.document, source.exported.document);
        let answers = world::answers(&clients, questions).await;
        world::assert_same_answers(questions, &source.answers, &answers);
    });
}

#[test]
fn what_was_exported_fills_any_other_store_with_the_same() {
    let questions = world::questions();
    let sources: Vec<Source> = databases().iter().map(|database| source(database, &questions)).collect();
    for source in &sources {
        assert_eq!(source.exported.document, sources[0].exported.document, "the same writes, the same bytes");
        for database in databases() {
            let mut target = Server::configured(&database, |_| {});
            block_on(async { import(&target.clients().await, &source.exported.document).await });
            check_filled(&target, source, &questions);
            target.restart();
            check_filled(&target, source, &questions);
        }
        source_stays_as_it_is(source, &questions);
    }
}

/// What a store says of itself is no news to it.
fn source_stays_as_it_is(source: &Source, questions: &[Check]) {
    let done = block_on(async { import(&source.server.clients().await, &source.exported.document).await });
    assert_eq!((done.created, done.updated), (0, 0), "{done:?}");
    check_filled(&source.server, source, questions);
}

#[test]
fn the_world_is_worth_asking_about() {
    let questions = world::questions();
    let source = source(&Database::Sqlite, &questions);
    let reasons: std::collections::BTreeMap<i32, usize> =
        source.answers.iter().fold(std::collections::BTreeMap::new(), |mut counts, answer| {
            *counts.entry(answer.reason).or_default() += 1;
            counts
        });
    for reason in [1].into_iter().chain(16..=25) {
        assert!(reasons.get(&reason).is_some_and(|count| *count >= 5), "reason {reason} of {reasons:?}");
    }
    for trace in [
        r#""id":"t3","deleted":true"#,
        r#""former_tenants":["shop/t2"]"#,
        r#""former_visible_tenants":["t2"]"#,
        r#""tenant_level":true"#,
        r#""excluded_privileges":["order:read"]"#,
        r#"{"assigned_privilege":{"application":"shop","privilege":"users:help","user":"dan"}}"#,
    ] {
        assert!(source.exported.document.contains(trace), "{trace} in {}", source.exported.document);
    }
}

#[test]
fn importing_the_same_document_twice_changes_nothing() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            let first = import(&clients, world::DOCUMENT).await;
            let exported = export(&clients).await;
            let second = import(&clients, world::DOCUMENT).await;
            let lines = i64::try_from(world::DOCUMENT.lines().count()).unwrap();
            assert_eq!((first.lines, second.lines), (lines, lines));
            assert!(first.created >= lines - 1 && first.updated == 0 && first.unchanged == 0, "{first:?}");
            assert_eq!((second.created, second.updated, second.unchanged), (0, 0, lines - 1), "{second:?}");
            assert_eq!(export(&clients).await.document, exported.document);
        });
    });
}

#[test]
fn what_an_assignment_names_is_kept_although_it_reaches_everything() {
    let assignment = assignment_name("users/u", "applications/a/roles/r", None);
    let id = assignment.rsplit('/').next().unwrap();
    let lines = [
        r#"{"application":{"id":"a"}}"#,
        r#"{"role":{"application":"a","id":"r","role_name":"r"}}"#,
        r#"{"user":{"id":"u","username":"u"}}"#,
        r#"{"resource":{"application":"a","kind":"thing","id":"1"}}"#,
        r#"{"role_assignment":{"holder":"users/u","application":"a","role":"r"}}"#,
    ];
    let named = [
        format!(r#"{{"instance":{{"application":"a","assignment":"{id}","number":0,"propagate":["thing/1"]}}}}"#),
        format!(r#"{{"assigned_resource":{{"application":"a","assignment":"{id}","kind":"thing","id":"1"}}}}"#),
    ];
    let everything = document(lines.into_iter().map(str::to_owned).chain(named));
    on_every_store(|server| {
        let exported = block_on(async {
            let clients = server.clients().await;
            let done = import(&clients, &everything).await;
            assert_eq!((done.lines, done.updated, done.unchanged), (8, 0, 0), "{done:?}");
            export(&clients).await.document
        });
        let target = Server::start();
        block_on(async {
            let clients = target.clients().await;
            import(&clients, &exported).await;
            assert_eq!(export(&clients).await.document, exported);
        });
    });
}
