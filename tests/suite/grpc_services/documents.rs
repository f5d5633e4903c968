//! Policy data in and out: pieces, their order, and what a stopped import says.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use bailiwick::proto::v1::import_policy_request::{Options, Part};
use tonic::Code;

use super::super::harness::{Server, block_on};
use super::{fields, role, shop};
use crate::callers::actor::Refusal;
use crate::import_export::transfer::{document, export, import_with, parts, pieces, send};

fn options() -> Part {
    Part::Options(Options::default())
}

fn header() -> Part {
    Part::Data(document::<&str>([]).into())
}

#[test]
fn an_export_cut_anywhere_is_imported_as_it_was() {
    let (server, other) = (Server::start(), Server::start());
    block_on(async {
        let mut clients = server.clients().await;
        shop(&mut clients).await.unwrap();
        role(&mut clients, "clerk", &["order:read"]).await.unwrap();
        let pieces = pieces(&clients, None).await.unwrap();
        let first = pieces.first().unwrap();
        assert!(!first.consistency_token.is_empty() && first.total_rows > 3);
        assert!(pieces.iter().skip(1).all(|piece| piece.consistency_token.is_empty() && piece.total_rows == 0));
        let exported = export(&clients).await.document;
        let copy = other.clients().await;
        let done = send(&copy, parts(Options::default(), exported.as_bytes(), 7)).await.unwrap();
        assert_eq!(done.lines, i64::try_from(exported.lines().count()).unwrap());
        assert_eq!((done.batches, done.skipped_batches), (1, 0));
        assert_eq!(export(&copy).await.document, exported);
    });
}

#[test]
fn messages_out_of_order_are_refused() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        assert_eq!(fields(send(&clients, vec![header()]).await), ["options"]);
        assert_eq!(fields(send(&clients, Vec::<Part>::new()).await), ["options"]);
        assert_eq!(fields(send(&clients, vec![options(), header(), options()]).await), ["options"]);
        assert_eq!(fields(send(&clients, vec![Some(options()), None]).await), ["part"]);
        let long = Part::Data(vec![b'\n'; 512 * 1_024 + 1].into());
        assert_eq!(fields(send(&clients, vec![options(), header(), long]).await), ["data"]);
        let long_reason = Options { reason: "x".repeat(4_097), ..Options::default() };
        assert_eq!(fields(send(&clients, vec![Part::Options(long_reason)]).await), ["options.reason"]);
    });
}

#[test]
fn a_stopped_import_says_which_line_and_what_is_kept() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        let lines = document([r#"{"application": {"id": "a"}}"#, r#"{"tenant": {"id": 7}}"#]);
        let refusal = Refusal::of(&import_with(&clients, Options::default(), lines).await.unwrap_err());
        assert_eq!(refusal.code, Code::InvalidArgument);
        assert!(refusal.message.contains("line 3"), "{refusal:?}");
        assert_eq!(refusal.fact("committed_lines").as_deref(), Some("0"));
        assert!(refusal.fact("consistency_token").is_some());
    });
}
