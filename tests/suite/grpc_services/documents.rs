//! Policy data in and out: pieces, their order, and what a stopped import says.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use bailiwick::proto::v1;
use bailiwick::proto::v1::import_policy_request::{Options, Part};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::super::harness::{Clients, Server, block_on};
use super::{fields, role, shop};

const HEADER: &str = "{\"bailiwick_policy\": {\"version\": 1}}\n";

type Message = v1::ImportPolicyRequest;

async fn import(clients: &mut Clients, messages: Vec<Message>) -> Result<v1::ImportPolicyResponse, Status> {
    Ok(clients.policy.import_policy(tokio_stream::iter(messages)).await?.into_inner())
}

fn options(options: Options) -> Message {
    Message { part: Some(Part::Options(options)) }
}

fn data(bytes: impl Into<Vec<u8>>) -> Message {
    Message { part: Some(Part::Data(bytes.into().into())) }
}

async fn export(clients: &mut Clients) -> (Vec<v1::ExportPolicyResponse>, Vec<u8>) {
    let mut answer = clients.policy.export_policy(v1::ExportPolicyRequest::default()).await.unwrap().into_inner();
    let (mut pieces, mut document) = (Vec::new(), Vec::new());
    while let Some(piece) = answer.message().await.unwrap() {
        document.extend_from_slice(&piece.data);
        pieces.push(piece);
    }
    (pieces, document)
}

#[test]
fn an_export_cut_anywhere_is_imported_as_it_was() {
    let (server, other) = (Server::start(), Server::start());
    block_on(async {
        let mut clients = server.clients().await;
        shop(&mut clients).await.unwrap();
        role(&mut clients, "clerk", &["order:read"]).await.unwrap();
        let (pieces, document) = export(&mut clients).await;
        let first = pieces.first().unwrap();
        assert!(!first.consistency_token.is_empty() && first.total_rows > 3);
        assert!(pieces.iter().skip(1).all(|piece| piece.consistency_token.is_empty() && piece.total_rows == 0));
        let mut copy = other.clients().await;
        let cut = document.chunks(7).map(data);
        let done = import(&mut copy, std::iter::once(options(Options::default())).chain(cut).collect()).await.unwrap();
        let lines = std::str::from_utf8(&document).unwrap().lines().count();
        assert_eq!(done.lines, i64::try_from(lines).unwrap());
        assert_eq!((done.batches, done.skipped_batches), (1, 0));
        assert_eq!(export(&mut copy).await.1, document);
    });
}

#[test]
fn messages_out_of_order_are_refused() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        assert_eq!(fields(import(&mut clients, vec![data(HEADER)]).await), ["options"]);
        assert_eq!(fields(import(&mut clients, vec![]).await), ["options"]);
        assert_eq!(
            fields(
                import(&mut clients, vec![options(Options::default()), data(HEADER), options(Options::default())])
                    .await
            ),
            ["options"]
        );
        assert_eq!(
            fields(import(&mut clients, vec![options(Options::default()), Message { part: None }]).await),
            ["part"]
        );
        let long = data("\n".repeat(512 * 1_024 + 1));
        assert_eq!(fields(import(&mut clients, vec![options(Options::default()), data(HEADER), long]).await), ["data"]);
        let long_reason = Options { reason: "x".repeat(4_097), ..Options::default() };
        assert_eq!(fields(import(&mut clients, vec![options(long_reason)]).await), ["options.reason"]);
    });
}

#[test]
fn a_stopped_import_says_which_line_and_what_is_kept() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        let lines = format!("{HEADER}{{\"application\": {{\"id\": \"a\"}}}}\n{{\"tenant\": {{\"id\": 7}}}}\n");
        let status = import(&mut clients, vec![options(Options::default()), data(lines)]).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert!(status.message().contains("line 3"), "{}", status.message());
        let facts = status.get_details_error_info().unwrap().metadata;
        assert_eq!(facts.get("committed_lines").map(String::as_str), Some("0"));
        assert!(facts.contains_key("consistency_token"));
    });
}
