//! What others do meanwhile changes neither an export nor what an import does once.

use bailiwick::proto::v1::consistency::Requirement;
use bailiwick::proto::v1::import_policy_request::Options;
use bailiwick::proto::v1::{Consistency, ExportPolicyRequest};

use super::transfer::{document, export, export_at, import, import_with};
use crate::harness::{Clients, block_on, on_every_store};

/// Rows enough for an export of several pieces, which are read from the database at different times.
const MANY: usize = 20_000;

fn privileges(count: usize) -> String {
    let key = |number| format!(r#"{{"privilege":{{"application":"a","key":"k{number:05}","description":"d"}}}}"#);
    document([r#"{"application":{"id":"a"}}"#.to_owned()].into_iter().chain((0..count).map(key)))
}

#[test]
fn an_export_is_of_one_revision_whatever_is_written_meanwhile() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            import(&clients, privileges(MANY)).await;
            let mut stream = begin(&clients).await;
            let first = stream.message().await.unwrap().unwrap();
            let (token, mut bytes) = (first.consistency_token.clone(), first.data.to_vec());
            change(&clients).await;
            while let Some(more) = stream.message().await.unwrap() {
                bytes.extend_from_slice(&more.data);
            }
            let requirement = Some(Requirement::AtExactRevision(token));
            let again = export_at(&clients, Consistency { requirement, max_staleness: None }).await.unwrap();
            assert!(bytes == again.document.as_bytes(), "what was exported is not what was there then");
            assert!(again.document != export(&clients).await.document);
        });
    });
}

async fn begin(clients: &Clients) -> tonic::Streaming<bailiwick::proto::v1::ExportPolicyResponse> {
    clients.policy.clone().export_policy(ExportPolicyRequest::default()).await.unwrap().into_inner()
}

/// Changes the first, the last and a new row of every kind that the export has not come to yet.
async fn change(clients: &Clients) {
    let changed =
        |number| format!(r#"{{"privilege":{{"application":"a","key":"k{number:05}","description":"changed"}}}}"#);
    let lines = [
        r#"{"tenant":{"application":"a","id":"t"}}"#.to_owned(),
        changed(0),
        changed(MANY / 2),
        changed(MANY - 1),
        changed(MANY),
        r#"{"role":{"application":"a","id":"r","role_name":"r"}}"#.to_owned(),
        r#"{"user":{"id":"u","username":"u","tenants":["a/t"]}}"#.to_owned(),
        r#"{"role_assignment":{"holder":"users/u","application":"a","role":"r"}}"#.to_owned(),
    ];
    for line in lines {
        import(clients, document([line])).await;
    }
}

#[test]
fn an_import_that_is_sent_twice_at_once_is_done_once() {
    on_every_store(|server| {
        block_on(async {
            let (one, other) = (server.clients().await, server.clients().await);
            let text = privileges(12_000);
            let options = || Options { import_id: "load".to_owned(), ..Options::default() };
            let (one, other) = tokio::join!(import_with(&one, options(), &text), import_with(&other, options(), &text));
            let (one, other) = (one.unwrap(), other.unwrap());
            assert_eq!(one.batches + one.skipped_batches, 3);
            assert_eq!(other.batches + other.skipped_batches, 3);
            assert_eq!(one.batches + other.batches, 3, "each batch is applied once");
            assert_eq!(one.created + other.created, 12_001);
            assert_eq!(one.updated + other.updated, 0);
        });
    });
}
