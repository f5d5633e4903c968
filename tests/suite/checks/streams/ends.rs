//! How a stream ends: by its caller, by what is no message, by its deadline, with its server.

use std::time::{Duration, Instant};

use bailiwick::proto::v1::StreamCheckPermissionsResponse;
use http::uri::PathAndQuery;
use prost::Message;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

use super::{Asking, STREAM, asked, in_flight};
use crate::callers::actor::Refusal;
use crate::callers::stage::{prepared, root, server_for};
use crate::checks::{open, question};
use crate::harness::{Database, Server, block_on};
use crate::wire::probes::{get, samples};

/// How long a stop may take on a slow machine.
const SLOWNESS: Duration = Duration::from_secs(20);

#[test]
fn when_the_caller_ends_its_side_all_is_answered_and_the_stream_ends() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        for count in [0, 1, 2, 255, 256, 257, 513, 1_000] {
            let mut asking = Asking::begin(&root).await;
            for id in 0..count {
                asking.send(id, question("k:yes")).await;
            }
            let Asking { questions, answers } = asking;
            drop(questions);
            asking = Asking { questions: tokio::sync::mpsc::channel(1).0, answers };
            for id in 0..count {
                assert_eq!(asking.said().await, (id, "ROLE_ASSIGNMENT".to_owned()));
            }
            assert!(asking.next().await.unwrap().is_none());
        }
    });
}

/// The call is counted once, when it ends; what it decided is counted one by one.
#[test]
fn a_stream_is_one_call_and_each_of_its_answers_a_decision() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let before = super::decided(&server);
        let mut asking = Asking::begin(&root).await;
        assert_eq!(in_flight(&server), 1);
        for key in ["k:yes", "k:no", "", "k:none"] {
            asking.send(1, question(key)).await;
            asking.said().await;
        }
        assert_eq!(super::decided(&server) - before, 3, "what is malformed is not decided");
        drop(asking);
        while in_flight(&server) > 0 {
            tokio::task::yield_now().await;
        }
        let handled = samples(&get(server.metrics_address(), "/metrics").1);
        let of_streams = handled.iter().filter(|(name, _)| {
            name.starts_with("grpc_server_handled_total") && name.contains("\"StreamCheckPermissions\"")
        });
        let of_streams: Vec<_> = of_streams.collect();
        assert!(matches!(of_streams[..], [(name, count)] if name.contains("bidi_stream") && (count - 1.0).abs() < 0.1));
    });
}

#[test]
fn a_stream_that_is_given_up_leaves_nothing() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        for round in 0..100 {
            let mut asking = Asking::begin(&root).await;
            for id in 0..round {
                asking.send(id, question("k:yes")).await;
            }
            if round % 2 == 1 {
                asking.said().await;
            }
        }
        while in_flight(&server) > 0 {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn at_its_deadline_a_stream_ends() {
    let server = Server::configured(&Database::Sqlite, |config| {
        prepared(config, &[]);
        config.stream_deadline_max = Duration::from_millis(300);
    });
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let mut asking = Asking::begin(&root).await;
        asking.send(1, question("k:yes")).await;
        assert_eq!(asking.said().await, (1, "ROLE_ASSIGNMENT".to_owned()));
        assert_eq!(asking.ended().await.said(), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"));
    });
}

/// A stream does not keep a server that stops: it is told, and ends.
#[test]
fn a_server_that_stops_ends_its_streams_at_once() {
    let server = Server::configured(&Database::Sqlite, |config| {
        prepared(config, &[]);
        config.shutdown_grace = Duration::from_mins(10);
    });
    let began = block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let mut streams = Vec::new();
        for count in 0..20 {
            let mut asking = Asking::begin(&root).await;
            for id in 0..count {
                asking.send(id, question("k:yes")).await;
                assert_eq!(asking.said().await, (id, "ROLE_ASSIGNMENT".to_owned()));
            }
            streams.push(asking);
        }
        let began = Instant::now();
        let stopped = std::thread::spawn(move || server.stop());
        for asking in streams {
            let refusal = asking.ended().await;
            assert_eq!(refusal.said(), (Code::Unavailable, "SERVER_STOPPING"), "{refusal:?}");
        }
        drop(root);
        tokio::task::spawn_blocking(move || stopped.join().unwrap()).await.unwrap();
        began
    });
    assert!(began.elapsed() < SLOWNESS, "{:?}", began.elapsed());
}

/// A message of a stream whose fields may hold what they may not.
#[derive(Clone, PartialEq, prost::Message)]
struct Raw {
    /// Where a number belongs.
    #[prost(bytes = "vec", tag = "1")]
    no_number: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    check: Vec<u8>,
}

#[test]
fn what_is_no_message_ends_the_stream_once_all_before_it_is_answered() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let good = || Raw { check: asked(0, question("k:yes")).check.unwrap().encode_to_vec(), ..Raw::default() };
        let text = |bytes: &[u8]| Raw { check: [&[0x0a, 2][..], bytes].concat(), ..Raw::default() };
        let large = Raw { check: vec![0; 1 << 20], ..Raw::default() };
        let malformed = (Code::InvalidArgument, "MESSAGE_MALFORMED");
        for (bad, said) in [
            (Raw { no_number: b"x".to_vec(), check: Vec::new() }, malformed),
            (text(b"\xc3\x28"), malformed),
            (text(b"\xff\xff"), malformed),
            (Raw { check: vec![0xff; 11], ..Raw::default() }, malformed),
            (large, (Code::OutOfRange, "MESSAGE_TOO_LARGE")),
        ] {
            for before in [0, 1, 300] {
                let messages = (0..before).map(|_| good()).chain([bad.clone(), good()]).collect();
                let (answers, end) = answered(&root.channel, messages).await;
                assert_eq!(answers.len(), before);
                assert_eq!(Refusal::of(&end.unwrap_err()).said(), said);
            }
        }
        let (answers, end) = answered(&root.channel, vec![good(); 3]).await;
        assert!(answers.len() == 3 && end.is_ok(), "{end:?}");
    });
}

/// What a stream of messages is answered with, and what ends it.
async fn answered(
    channel: &tonic::transport::Channel,
    messages: Vec<Raw>,
) -> (Vec<StreamCheckPermissionsResponse>, Result<(), Status>) {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let token = crate::callers::stage::token_of(crate::callers::stage::ROOT);
    let mut request = Request::new(tokio_stream::iter(messages));
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    let codec = ProstCodec::<Raw, StreamCheckPermissionsResponse>::default();
    let answers = client.streaming(request, PathAndQuery::from_static(STREAM), codec).await;
    let mut answers = match answers {
        Ok(answers) => answers.into_inner(),
        Err(status) => return (Vec::new(), Err(status)),
    };
    let mut all = Vec::new();
    loop {
        match answers.message().await {
            Ok(Some(answer)) => all.push(answer),
            Ok(None) => return (all, Ok(())),
            Err(status) => return (all, Err(status)),
        }
    }
}
