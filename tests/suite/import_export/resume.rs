//! An import that broke off goes on where it stopped, and never does anything twice.

use bailiwick::domain::limit::IMPORT_BATCH_LINES;
use bailiwick::proto::v1::import_policy_request::{Options, Part};
use bailiwick::proto::v1::{ImportPolicyRequest, ImportPolicyResponse, ListPrivilegesRequest};
use bytes::Bytes;
use tonic::Code;

use super::refusal::Refusal;
use super::transfer::{document, export, import_with, parts};
use crate::harness::{Clients, Server, block_on, on_every_store};

/// The header and one application come first, so that a batch of privileges begins with its line.
const HEAD: &str = r#"{"application":{"id":"a"}}"#;

fn privilege(number: usize) -> String {
    format!(r#"{{"privilege":{{"application":"a","key":"k{number:05}"}}}}"#)
}

/// A document of so many lines below the header; those of `bad` are malformed.
fn lines(count: usize, bad: &[usize]) -> String {
    let line = |number| match number {
        _ if bad.contains(&(number + 1)) => "{}".to_owned(),
        1 => HEAD.to_owned(),
        number => privilege(number + 1),
    };
    document((1..=count).map(line))
}

fn named(import_id: &str) -> Options {
    Options { import_id: import_id.to_owned(), ..Options::default() }
}

/// What a response says about batches and rows.
fn counts(done: &ImportPolicyResponse) -> [i64; 4] {
    [done.batches, done.skipped_batches, done.created, done.updated]
}

#[test]
fn batches_before_a_refused_line_stay_and_are_skipped_by_the_next_try() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            let total = 2 * IMPORT_BATCH_LINES + 1_000;
            // The line after two whole batches and the header, and one more.
            let bad = 2 * IMPORT_BATCH_LINES + 500;
            let refused = import_with(&clients, named("load"), lines(total, &[bad])).await.unwrap_err();
            let refusal = Refusal::of(&refused);
            refusal.expect(Code::InvalidArgument, "INVALID_REQUEST");
            assert_eq!(refusal.committed_lines, Some((2 * IMPORT_BATCH_LINES + 1).to_string()));
            assert_eq!(refusal.fields, [format!("line {bad}: line")]);
            let kept = export(&clients).await.document;
            let is_kept = |line: usize| kept.contains(&privilege(line));
            assert!(is_kept(2 * IMPORT_BATCH_LINES + 1) && !is_kept(2 * IMPORT_BATCH_LINES + 2));
            let done = import_with(&clients, named("load"), lines(total, &[])).await.unwrap();
            assert_eq!(counts(&done), [1, 2, 1_000, 0]);
            let done = import_with(&clients, named("load"), lines(total, &[])).await.unwrap();
            assert_eq!(counts(&done), [0, 3, 0, 0]);
            let done = import_with(&clients, named("another"), lines(total, &[])).await.unwrap();
            assert_eq!(counts(&done), [3, 0, 0, 0]);
        });
    });
}

#[test]
fn another_document_under_the_same_id_is_refused() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            import_with(&clients, named("load"), lines(IMPORT_BATCH_LINES + 10, &[])).await.unwrap();
            let before = export(&clients).await.document;
            let other = lines(IMPORT_BATCH_LINES + 10, &[]);
            let in_first = other.replace("k00007", "other");
            let refusal = Refusal::of(&import_with(&clients, named("load"), in_first).await.unwrap_err());
            refusal.expect(Code::InvalidArgument, "REQUEST_ID_REUSED");
            assert_eq!(refusal.committed_lines.as_deref(), Some("0"));
            let second = format!("k{:05}", IMPORT_BATCH_LINES + 5);
            let in_second = other.replace(&second, "other");
            let refusal = Refusal::of(&import_with(&clients, named("load"), in_second).await.unwrap_err());
            refusal.expect(Code::InvalidArgument, "REQUEST_ID_REUSED");
            assert_eq!(refusal.committed_lines, Some((IMPORT_BATCH_LINES + 1).to_string()));
            assert_eq!(export(&clients).await.document, before);
        });
    });
}

#[test]
fn a_call_that_breaks_off_is_no_complete_document() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            let text = lines(IMPORT_BATCH_LINES + 2_000, &[]);
            break_off(&clients, "load", &text).await;
            let kept = export(&clients).await.document;
            assert!(kept.contains(&privilege(IMPORT_BATCH_LINES + 1)));
            assert!(!kept.contains(&privilege(IMPORT_BATCH_LINES + 2)));
            let done = import_with(&clients, named("load"), text).await.unwrap();
            assert_eq!(counts(&done), [1, 1, 2_000, 0]);
        });
    });
}

/// Sends all of a document but its end, sees that its first batch is there, and goes away.
async fn break_off(clients: &Clients, import_id: &str, text: &str) {
    let (sender, receiver) = tokio::sync::mpsc::channel(64);
    let parts = parts(named(import_id), text.as_bytes(), 64 << 10);
    let mut policy = clients.policy.clone();
    let call = async move {
        let _refused = policy.import_policy(tokio_stream::wrappers::ReceiverStream::new(receiver)).await;
    };
    let watch = async {
        for part in parts {
            sender.send(ImportPolicyRequest { part: Some(part) }).await.unwrap();
        }
        while list_one(clients).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = call => panic!("the import ended by itself"),
        () = watch => {}
    }
}

/// Whether the application that the document begins with is there.
async fn list_one(clients: &Clients) -> Result<(), tonic::Status> {
    let request = ListPrivilegesRequest { parent: "applications/a".to_owned(), page_size: 1, ..Default::default() };
    clients.privilege.clone().list_privileges(request).await.map(|_| ())
}

#[test]
fn an_import_id_of_the_longest_kind_is_taken_and_a_longer_one_is_not() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            let text = lines(IMPORT_BATCH_LINES + 10, &[]);
            let longest = "𝒳".repeat(128);
            import_with(&clients, named(&longest), &text).await.unwrap();
            let done = import_with(&clients, named(&longest), &text).await.unwrap();
            assert_eq!(counts(&done), [0, 2, 0, 0]);
            let refusal = Refusal::of(&import_with(&clients, named(&(longest + "é")), &text).await.unwrap_err());
            refusal.expect(Code::InvalidArgument, "INVALID_REQUEST");
            assert!(refusal.fields[0].contains("import_id"), "{refusal:?}");
        });
    });
}

#[test]
fn messages_of_the_first_try_and_of_the_next_may_be_cut_differently() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        let text = lines(20, &[]);
        import_with(&clients, named("load"), &text).await.unwrap();
        let mut parts = vec![Part::Options(named("load"))];
        parts.extend(text.split_inclusive('\n').map(|line| Part::Data(Bytes::from(line.to_owned()))));
        let done = super::transfer::send(&clients, parts).await.unwrap();
        assert_eq!(counts(&done), [0, 1, 0, 0]);
    });
}
