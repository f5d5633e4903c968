//! A document may be cut into messages anywhere; messages that are no import are refused.

use bailiwick::domain::limit::{IMPORT_ATOMIC_BYTES_MAX, IMPORT_BATCH_BYTES, IMPORT_LINE_BYTES_MAX};
use bailiwick::proto::v1::import_policy_request::{Options, Part};
use bytes::Bytes;
use tonic::Code;

use super::refusal::Refusal;
use super::transfer::{self, document, export, import, import_with, parts};
use super::world;
use crate::harness::{Clients, Server, block_on};

/// Bytes of one message that a server takes.
const MESSAGE_BYTES_MAX: usize = 512 << 10;

fn data(bytes: &[u8]) -> Part {
    Part::Data(Bytes::copy_from_slice(bytes))
}

#[test]
fn pieces_of_every_size_are_the_same_document() {
    let whole = Server::start();
    let expected = block_on(async {
        let clients = whole.clients().await;
        import(&clients, world::DOCUMENT).await;
        export(&clients).await.document
    });
    for size in [1, 2, 3, 7, 64, 4_096] {
        let server = Server::start();
        block_on(async {
            let clients = server.clients().await;
            let parts = parts(Options::default(), world::DOCUMENT.as_bytes(), size);
            transfer::send(&clients, parts).await.unwrap();
            assert_eq!(export(&clients).await.document, expected, "pieces of {size} bytes");
        });
    }
}

#[test]
fn a_character_may_be_cut_in_two_and_a_piece_may_be_empty() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        let document = document([r#"{"application":{"id":"a","display_name":"häß→𝒳"}}"#]);
        for (start, character) in document.char_indices().filter(|(_, character)| !character.is_ascii()) {
            for cut in start + 1..start + character.len_utf8() {
                let (before, after) = document.as_bytes().split_at(cut);
                let parts = vec![Part::Options(Options::default()), data(before), data(b""), data(after)];
                transfer::send(&clients, parts).await.unwrap();
                assert!(export(&clients).await.document.contains("häß→𝒳"));
            }
        }
    });
}

#[test]
fn the_last_line_needs_no_break_and_empty_lines_count() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        let text = document(["", r#"{"application":{"id":"a"}}"#, "   ", "", r#"{"application":{"id":"b"}}"#]);
        let done = import(&clients, text.trim_end()).await;
        assert_eq!((done.lines, done.batches, done.created), (6, 1, 2), "{done:?}");
        let done = import(&clients, document::<&str>([])).await;
        assert_eq!((done.lines, done.batches, done.created), (1, 0, 0), "{done:?}");
        assert!(!done.consistency_token.is_empty());
    });
}

#[test]
fn a_document_that_ends_inside_a_line_is_refused() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        let before = export(&clients).await;
        let text = document([r#"{"application":{"id":"a"}}"#, r#"{"application":{"id":"b"}}"#]);
        for cut in 1..r#"{"application":{"id":"b"}}"#.len() {
            let status = import_with(&clients, Options::default(), &text[..text.len() - 1 - cut]).await;
            let refusal = Refusal::of(&status.unwrap_err());
            refusal.expect(Code::InvalidArgument, "INVALID_REQUEST");
            assert!(refusal.fields[0].starts_with("line 3"), "{refusal:?}");
        }
        assert_eq!(export(&clients).await.document, before.document);
    });
}

#[test]
fn the_options_come_first_and_once() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        let options = || Part::Options(Options::default());
        let header = || data(document::<&str>([]).as_bytes());
        for parts in [
            vec![],
            vec![header()],
            vec![header(), options()],
            vec![options(), options(), header()],
            vec![options(), header(), options()],
            vec![options(), data(&vec![b' '; MESSAGE_BYTES_MAX + 1])],
        ] {
            let what = parts.len();
            let refusal = Refusal::of(&transfer::send(&clients, parts).await.unwrap_err());
            assert_eq!(refusal.code, Code::InvalidArgument, "{what} parts: {refusal:?}");
        }
        transfer::send(&clients, vec![options(), header()]).await.unwrap();
    });
}

#[test]
fn a_line_is_accepted_at_its_limit_and_refused_one_past_it() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        for line_break in ["\n", ""] {
            take_long_line(&clients, line_break).await;
        }
    });
}

async fn take_long_line(clients: &Clients, line_break: &str) {
    let line = r#"{"application":{"id":"long"}}"#;
    let padded = |bytes: usize| document([""]) + &" ".repeat(bytes - line.len()) + line + line_break;
    let send = |text: String| async move {
        transfer::send(clients, parts(Options::default(), text.as_bytes(), MESSAGE_BYTES_MAX)).await
    };
    send(padded(IMPORT_LINE_BYTES_MAX)).await.unwrap();
    let before = export(clients).await;
    let refusal = Refusal::of(&send(padded(IMPORT_LINE_BYTES_MAX + 1)).await.unwrap_err());
    refusal.expect(Code::InvalidArgument, "INVALID_REQUEST");
    assert!(refusal.fields[0].starts_with("line 3"), "{refusal:?}");
    assert_eq!(export(clients).await.document, before.document);
}

/// A line that changes nothing twice, padded to so many bytes, without its line break.
fn padded(bytes: usize) -> Bytes {
    let line = r#"{"application":{"id":"long"}}"#;
    Bytes::from(line.to_owned() + &" ".repeat(bytes - line.len()))
}

/// A document of such lines, without a copy of each.
fn long_lines(options: Options, bytes: usize, count: usize) -> Vec<Part> {
    let line = padded(bytes);
    let pieces: Vec<Bytes> = (0..bytes)
        .step_by(MESSAGE_BYTES_MAX)
        .map(|start| line.slice(start..bytes.min(start + MESSAGE_BYTES_MAX)))
        .chain([Bytes::from_static(b"\n")])
        .collect();
    let head = [Part::Options(options), data(document::<&str>([]).as_bytes())];
    head.into_iter().chain((0..count).flat_map(|_| pieces.iter().cloned().map(Part::Data))).collect()
}

#[test]
fn a_batch_of_long_lines_ends_early() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        // Three of them are more than a batch takes, two are not.
        let bytes = IMPORT_BATCH_BYTES / 3 + 1;
        let done = transfer::send(&clients, long_lines(Options::default(), bytes, 7)).await.unwrap();
        assert_eq!((done.lines, done.batches, done.created), (8, 3, 1), "{done:?}");
        let done = transfer::send(&clients, long_lines(atomic(), bytes, 7)).await.unwrap();
        assert_eq!((done.lines, done.batches, done.created), (8, 1, 0), "{done:?}");
    });
}

#[test]
fn too_many_bytes_for_one_transaction_are_refused() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        let lines = IMPORT_ATOMIC_BYTES_MAX / IMPORT_LINE_BYTES_MAX;
        let done = transfer::send(&clients, long_lines(atomic(), IMPORT_LINE_BYTES_MAX, lines)).await.unwrap();
        assert_eq!((done.batches, done.created), (1, 1), "{done:?}");
        let mut parts = long_lines(atomic(), IMPORT_LINE_BYTES_MAX, lines);
        parts.push(Part::Data(padded(64)));
        let refusal = Refusal::of(&transfer::send(&clients, parts).await.unwrap_err());
        refusal.expect(Code::InvalidArgument, "INVALID_REQUEST");
        assert_eq!(refusal.committed_lines.as_deref(), Some("0"));
    });
}

fn atomic() -> Options {
    Options { atomic: true, ..Options::default() }
}
