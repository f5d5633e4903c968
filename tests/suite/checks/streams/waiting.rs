//! Questions that wait for other state than is at hand: they let others pass, and only so many wait at once.
//!
//! The database is made to wait by a lock on what every look at it reads, which only PostgreSQL has.

use sea_orm::{ConnectionTrait, DatabaseTransaction, TransactionTrait};
use serde_json::{Value, json};

use super::{Asking, in_flight, some_calls};
use crate::callers::actor::Actor;
use crate::callers::stage::{prepared, root};
use crate::checks::{open, question};
use crate::harness::{Database, Server, block_on, shared_databases};

/// Questions of a stream that may wait.
const WAITING_MAX: u64 = bailiwick::domain::limit::STREAM_WAITING_MAX as u64;

fn fresh() -> Value {
    let mut question = question("k:yes");
    question["consistency"] = json!({"fully_consistent": true});
    question
}

/// A server whose database does not answer until the transaction ends.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
fn on_a_database_that_waits(test: impl AsyncFn(&Server, &Actor, DatabaseTransaction)) {
    for database in shared_databases().filter(|database| matches!(database, Database::Postgres(_))) {
        let server = Server::configured(&database, |config| prepared(config, &[]));
        block_on(async {
            let root = root(&server).await;
            open(&root).await;
            let other = sea_orm::Database::connect(&server.config.database.url).await.unwrap();
            let lock = other.begin().await.unwrap();
            lock.execute_unprepared("LOCK TABLE counter IN ACCESS EXCLUSIVE MODE").await.unwrap();
            test(&server, &root, lock).await;
        });
    }
}

#[test]
fn a_question_that_waits_lets_others_pass() {
    on_a_database_that_waits(async |_, root, lock| {
        let mut asking = Asking::begin(root).await;
        asking.send(0, fresh()).await;
        for id in 1..=1_000 {
            asking.send(id, question("k:yes")).await;
            assert_eq!(asking.said().await, (id, "ROLE_ASSIGNMENT".to_owned()));
        }
        lock.rollback().await.unwrap();
        assert_eq!(asking.said().await, (0, "ROLE_ASSIGNMENT".to_owned()));
    });
}

/// One fewer than may wait, and the next one is answered; as many, and nothing is read before one of them is answered.
#[test]
fn when_as_many_wait_as_may_nothing_more_is_read() {
    on_a_database_that_waits(async |_, root, lock| {
        let mut few = Asking::begin(root).await;
        let mut full = Asking::begin(root).await;
        for id in 0..WAITING_MAX {
            if id + 1 < WAITING_MAX {
                few.send(id, fresh()).await;
            }
            full.send(id, fresh()).await;
        }
        few.send(1_000, question("k:yes")).await;
        full.send(1_000, question("k:yes")).await;
        assert_eq!(few.said().await, (1_000, "ROLE_ASSIGNMENT".to_owned()));
        tokio::select! {
            biased;
            answer = full.said() => panic!("{answer:?}"),
            () = some_calls(root) => {}
        }
        lock.rollback().await.unwrap();
        for (mut asking, count) in [(few, WAITING_MAX - 1), (full, WAITING_MAX + 1)] {
            let mut ids = Vec::new();
            for _ in 0..count {
                ids.push(asking.said().await.0);
            }
            assert!(ids[0] < WAITING_MAX, "one that waited is answered first: {ids:?}");
            ids.sort_unstable();
            let extra = (count > WAITING_MAX).then_some(1_000);
            assert_eq!(ids, (0..count.min(WAITING_MAX)).chain(extra).collect::<Vec<_>>());
        }
    });
}

/// What waits is answered before the stream ends, and is given up with it.
#[test]
fn a_stream_that_ends_waits_for_its_questions_and_one_that_is_given_up_does_not() {
    on_a_database_that_waits(async |server, root, lock| {
        let given_up = Asking::begin(root).await;
        for id in 0..WAITING_MAX {
            given_up.send(id, fresh()).await;
        }
        let ended = Asking::begin(root).await;
        ended.send(7, fresh()).await;
        let Asking { questions, mut answers } = ended;
        drop(questions);
        drop(given_up);
        while in_flight(server) > 1 {
            tokio::task::yield_now().await;
        }
        tokio::select! {
            biased;
            answer = answers.message() => panic!("{answer:?}"),
            () = some_calls(root) => {}
        }
        lock.rollback().await.unwrap();
        assert_eq!(answers.message().await.unwrap().unwrap().correlation_id, 7);
        assert!(answers.message().await.unwrap().is_none());
    });
}
