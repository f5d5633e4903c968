//! Frames that lie, and bodies that are no frames: refused, without believing a length.

use tonic::Code;

use super::http2::{Connection, frame, framed};
use crate::callers::actor::Refusal;
use crate::callers::stage::{head, root, server_for};
use crate::harness::block_on;

const LIST: &str = "/bailiwick.v1.ApplicationService/ListApplications";
const CHECK: &str = "/bailiwick.v1.PermissionService/CheckPermission";

#[test]
fn a_frame_that_is_not_what_it_says_is_refused() {
    let too_large = [Code::OutOfRange, Code::ResourceExhausted];
    let malformed = [Code::InvalidArgument; 2];
    let server = server_for(&[]);
    block_on(async {
        let mut connection = Connection::open(server.address()).await;
        for method in [LIST, CHECK] {
            for (what, body, codes) in [
                ("four gigabytes are announced", frame(0, u32::MAX, b"12345"), too_large),
                ("a byte more than may be is announced", frame(0, (1 << 20) + 1, b"12345"), too_large),
                ("the message ends early", frame(0, 10, b"12345"), malformed),
                ("half a header", vec![0, 0], malformed),
                ("a flag that does not exist", frame(7, 0, b""), malformed),
                ("compressed, and nobody said how", frame(1, 0, b""), malformed),
                ("nothing", Vec::new(), malformed),
                ("a frame, and half of another", [framed(b""), vec![0, 0, 0]].concat(), malformed),
            ] {
                let answer = connection.call(method, &[], body).await;
                assert!(answer.code().is_some_and(|code| codes.contains(&code)), "{method}: {what}: {answer:?}");
                answer.status.iter().for_each(|status| drop(Refusal::of(status)));
            }
        }
        assert_eq!(connection.call(LIST, &[], framed(b"")).await.code(), Some(Code::Ok), "the control");
    });
}

#[test]
fn an_encoding_that_is_unknown_is_refused() {
    let server = server_for(&[]);
    block_on(async {
        let mut connection = Connection::open(server.address()).await;
        for encoding in ["gzip", "br", "snappy"] {
            let answer = connection.call(LIST, &[("grpc-encoding", encoding)], frame(1, 0, b"")).await;
            assert_eq!(answer.code(), Some(Code::Unimplemented), "{encoding}: {answer:?}");
        }
        assert!(head(&root(&server).await).await > 0, "the server is there");
    });
}

/// Whoever does not say that he speaks gRPC is no gRPC client: a page in a browser can send bytes as text.
#[test]
fn a_content_type_that_is_not_grpc_s_is_refused() {
    let server = server_for(&[]);
    block_on(async {
        let mut connection = Connection::open(server.address()).await;
        for kind in ["application/json", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded"] {
            let answer = connection.call(LIST, &[("content-type", kind)], framed(b"")).await;
            assert_ne!(answer.code(), Some(Code::Ok), "{kind}: {answer:?}");
        }
        for kind in ["application/grpc", "application/grpc+proto"] {
            let answer = connection.call(LIST, &[("content-type", kind)], framed(b"")).await;
            assert_eq!(answer.code(), Some(Code::Ok), "{kind}: {answer:?}");
        }
    });
}
