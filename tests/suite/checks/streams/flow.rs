//! Very many questions, and many streams at once.

use futures_util::future::join_all;

use super::{Asking, asked};
use crate::callers::stage::{prepared, root, server_for};
use crate::checks::{open, question};
use crate::harness::{Database, Server, block_on, rounds_or};

/// Questions of one stream: `BAILIWICK_TEST_ROUNDS` times as many as by default.
fn many() -> u64 {
    20_000 * rounds_or::<u64>(1)
}

/// Without anything to wait for, the answers are in the order of the questions.
#[test]
fn very_many_questions_are_each_answered_once_and_in_their_order() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let mut asking = Asking::begin(&root).await;
        let (questions, keys) = (asking.questions.clone(), ["k:yes", "k:no", ""]);
        let templates = keys.map(|key| asked(0, question(key)));
        let sent = tokio::spawn(async move {
            for id in 0..many() {
                let mut one = templates[usize::try_from(id % 3).unwrap()].clone();
                one.correlation_id = id;
                questions.send(one).await.unwrap();
            }
        });
        let words = ["ROLE_ASSIGNMENT", "NOT_GRANTED", "InvalidArgument"];
        for id in 0..many() {
            let (correlation_id, said) = asking.said().await;
            assert_eq!((correlation_id, said.as_str()), (id, words[usize::try_from(id % 3).unwrap()]));
        }
        sent.await.unwrap();
    });
}

/// One thread serves a stream that is never short of questions, and everybody else.
#[test]
fn a_busy_stream_lets_others_have_their_turn() {
    let server = Server::configured(&Database::Sqlite, |config| {
        prepared(config, &[]);
        config.data_threads = std::num::NonZeroUsize::MIN;
    });
    block_on(async {
        let busy = root(&server).await;
        open(&busy).await;
        let mut streams = Vec::new();
        for _ in 0..8 {
            streams.push(Asking::begin(&busy).await);
        }
        let others = root(&server).await;
        let ended = std::cell::Cell::new(false);
        let flood = |asking: Asking| {
            let (ended, template) = (&ended, asked(0, question("k:yes")));
            async move {
                let Asking { questions, mut answers } = asking;
                let sending = async {
                    while !ended.get() {
                        questions.send(template.clone()).await.unwrap();
                    }
                    drop(questions);
                };
                let reading = async {
                    let mut count = 0_u64;
                    while answers.message().await.unwrap().is_some() {
                        count += 1;
                    }
                    count
                };
                tokio::join!(sending, reading).1
            }
        };
        let calls = async {
            super::some_calls(&others).await;
            ended.set(true);
        };
        let (counts, ()) = tokio::join!(join_all(streams.into_iter().map(flood)), calls);
        assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    });
}
