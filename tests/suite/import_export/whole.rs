//! All or nothing, or only looked at.

use bailiwick::domain::limit::{IMPORT_ATOMIC_LINES_MAX, IMPORT_BATCH_LINES};
use bailiwick::proto::v1::ImportPolicyResponse;
use bailiwick::proto::v1::import_policy_request::Options;
use tonic::Code;

use super::refusal::Refusal;
use super::transfer::{document, export, import, import_with};
use super::world;
use crate::harness::{Server, block_on, on_every_store};

fn atomic() -> Options {
    Options { atomic: true, ..Options::default() }
}

fn validate_only() -> Options {
    Options { validate_only: true, ..Options::default() }
}

/// An application with more privileges than a batch has lines, and a last line.
fn long(last: &str) -> String {
    let keys =
        (0..IMPORT_BATCH_LINES + 500).map(|key| format!(r#"{{"privilege":{{"application":"a","key":"k{key}"}}}}"#));
    document([r#"{"application":{"id":"a"}}"#.to_owned()].into_iter().chain(keys).chain([last.to_owned()]))
}

fn rows(done: &ImportPolicyResponse) -> [i64; 3] {
    [done.created, done.updated, done.unchanged]
}

#[test]
fn an_atomic_import_leaves_all_or_nothing() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            let before = export(&clients).await;
            let unknown = r#"{"privilege":{"application":"nowhere","key":"k"}}"#;
            let refusal = Refusal::of(&import_with(&clients, atomic(), long(unknown)).await.unwrap_err());
            refusal.expect(Code::NotFound, "NOT_FOUND");
            assert_eq!(refusal.committed_lines.as_deref(), Some("0"));
            assert_eq!(refusal.place, Some(format!("line {}", IMPORT_BATCH_LINES + 503)));
            assert_eq!(export(&clients).await, before, "neither the state nor the revision is another");
            let done = import_with(&clients, atomic(), long(r#"{"application":{"id":"b"}}"#)).await.unwrap();
            let created = i64::try_from(IMPORT_BATCH_LINES + 502).unwrap();
            assert_eq!((done.batches, rows(&done)), (1, [created, 0, 0]));
        });
    });
}

#[test]
fn an_import_that_only_validates_changes_nothing_and_says_what_it_would() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            let before = export(&clients).await;
            let would = import_with(&clients, validate_only(), world::DOCUMENT).await.unwrap();
            assert_eq!(export(&clients).await, before);
            let done = import(&clients, world::DOCUMENT).await;
            assert_eq!(rows(&would), rows(&done));
            let before = export(&clients).await;
            let narrower =
                world::DOCUMENT.replace(r#""permission_boundary":"application""#, r#""permission_boundary":"self""#);
            let would = import_with(&clients, validate_only(), &narrower).await.unwrap();
            assert_eq!((would.created, would.updated), (0, 2), "{would:?}");
            assert_eq!(export(&clients).await, before);
        });
    });
}

#[test]
fn validation_finds_what_the_import_would() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        import(&clients, world::DOCUMENT).await;
        for line in [
            "{",
            r#"{"user":{"id":"new","username":"ANN"}}"#,
            r#"{"role":{"application":"shop","id":"reader","role_name":"Other"}}"#,
            r#"{"role_parent":{"application":"shop","role":"reader","parent":"boss"}}"#,
            r#"{"group_member":{"group":"staff","member":"users/nobody"}}"#,
        ] {
            let text = document([line]);
            let seen = Refusal::of(&import_with(&clients, validate_only(), &text).await.unwrap_err());
            let met = Refusal::of(&import_with(&clients, Options::default(), &text).await.unwrap_err());
            assert_eq!(seen, met);
        }
    });
}

#[test]
fn too_many_lines_for_one_transaction_are_refused() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        let before = export(&clients).await;
        let line = r#"{"application":{"id":"a"}}"#;
        let text = document(std::iter::repeat_n(line, IMPORT_ATOMIC_LINES_MAX + 1));
        for options in [atomic(), validate_only()] {
            let refusal = Refusal::of(&import_with(&clients, options, &text).await.unwrap_err());
            refusal.expect(Code::InvalidArgument, "INVALID_REQUEST");
            assert_eq!(export(&clients).await, before);
        }
        let text = document(std::iter::repeat_n(line, IMPORT_ATOMIC_LINES_MAX));
        let done = import_with(&clients, atomic(), &text).await.unwrap();
        assert_eq!((done.batches, done.created), (1, 1));
    });
}
