//! Follows the store: polls its head, applies what others have written, and notices when its history changes.
//!
//! A poll that succeeds says that the published state was the newest when the poll began; that is what the age
//! of an answer is measured from. When the log no longer holds the revision applied last, or a chain does not
//! verify, answering stops until the whole state has been loaded again.

use std::fmt::Display;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::error::{Error, Result};
use super::port::{Head, RowKind, Store, StoreError};
use super::state::State;
use crate::domain::row::Row;
use crate::engine::{Loader, Snapshot};

/// Revisions that are read from the log at once.
const COMMITS_AT_ONCE: usize = 64;
/// Rows that are read at once when the whole state is loaded.
const ROWS_AT_ONCE: usize = 10_000;
/// Batches of rows that are read and not compiled yet, at most.
const BATCHES_BETWEEN: usize = 4;
/// Callers that wait for one poll, at most.
const WAITING_MAX: usize = 16_384;

/// Asks the follower for a poll that begins after the call.
#[derive(Clone, Debug)]
pub struct Refresh {
    requests: mpsc::Sender<Request>,
}

/// What the follower is asked for.
#[derive(Debug)]
enum Request {
    /// A poll, and word of its outcome.
    Poll(oneshot::Sender<Result<()>>),
    /// To end: the store is about to be closed.
    End,
}

impl Refresh {
    /// Ends the follower; whoever asks it for a poll afterwards is refused.
    pub async fn end(&self) {
        let _has_ended = self.requests.send(Request::End).await;
        self.requests.closed().await;
    }

    /// Waits until the published state is at least what the store held when this was called.
    pub async fn now(&self) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        let gone = |_| Error::Unavailable { reason: "SHUTTING_DOWN", description: "the server is shutting down" };
        self.requests.try_send(Request::Poll(reply)).map_err(|_| Error::Exhausted {
            reason: "TOO_MANY_WAITING",
            description: "too many calls wait for fresh state".to_owned(),
        })?;
        answer.await.map_err(gone)?
    }
}

/// The task that follows.
#[derive(Debug)]
pub struct Follower {
    requests: mpsc::Receiver<Request>,
    interval: Duration,
    seed: u64,
}

/// The whole state of the store, compiled; `progress` is told how many rows have been read. While rows are read, those
/// before them are compiled on a thread of their own.
pub async fn load(
    store: &dyn Store,
    seed: u64,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(Snapshot, Head), StoreError> {
    let (rows, mut read) = mpsc::channel(BATCHES_BETWEEN);
    let compiled = tokio::task::spawn_blocking(move || {
        let mut loader = Loader::new(seed);
        while let Some(rows) = read.blocking_recv() {
            loader.add(rows);
        }
        loader
    });
    let head = scan(store, rows, progress).await?;
    let loader = compiled.await.map_err(not_compiled)?;
    let snapshot = tokio::task::spawn_blocking(move || loader.finish()).await.map_err(not_compiled)?;
    Ok((snapshot, head))
}

/// Reads every row, in the order in which a state can be built.
async fn scan(
    store: &dyn Store,
    read: mpsc::Sender<Vec<Row>>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Head, StoreError> {
    let mut reader = store.reader().await?;
    let mut rows_read = 0;
    for kind in RowKind::ALL {
        let mut after = None;
        loop {
            let rows = reader.scan(kind, after.as_ref(), ROWS_AT_ONCE).await?;
            let is_last = rows.len() < ROWS_AT_ONCE;
            after = rows.last().map(Row::key);
            rows_read += rows.len() as u64;
            read.send(rows).await.map_err(not_compiled)?;
            progress(rows_read);
            if is_last {
                break;
            }
        }
    }
    Ok(reader.head().clone())
}

fn not_compiled(cause: impl Display) -> StoreError {
    StoreError::Corrupt(format!("the state could not be compiled: {cause}"))
}

/// A follower and how to ask it for a poll.
pub fn follower(interval: Duration, seed: u64) -> (Follower, Refresh) {
    let (sender, requests) = mpsc::channel(WAITING_MAX);
    (Follower { requests, interval, seed }, Refresh { requests: sender })
}

impl Follower {
    /// Polls every interval, and at once when asked, until nobody can ask any more.
    pub async fn run(mut self, store: Arc<dyn Store>, state: Arc<State>) {
        let mut ticks = tokio::time::interval(self.interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let mut waiting = Vec::new();
            tokio::select! {
                _ = ticks.tick() => {}
                request = self.requests.recv() => match request {
                    Some(Request::Poll(reply)) => waiting.push(reply),
                    Some(Request::End) | None => return,
                },
            }
            while let Ok(request) = self.requests.try_recv() {
                match request {
                    Request::Poll(reply) => waiting.push(reply),
                    Request::End => return,
                }
            }
            let outcome = self.poll(store.as_ref(), &state).await;
            for reply in waiting {
                let _gone = reply.send(outcome.clone());
            }
        }
    }

    async fn poll(&self, store: &dyn Store, state: &State) -> Result<()> {
        let outcome = if state.is_halted() {
            Err(StoreError::Diverged("the state has not been loaded again yet".to_owned()))
        } else {
            catch_up(store, state).await
        };
        match outcome {
            Err(StoreError::Diverged(cause)) => {
                state.halt();
                tracing::error!(cause, "the store's history has changed; loading the whole state again");
                self.reload(store, state).await.map_err(Error::from)
            }
            other => other.map_err(Error::from),
        }
    }

    async fn reload(&self, store: &dyn Store, state: &State) -> Result<(), StoreError> {
        let _advance = state.advance.lock().await;
        let start = Instant::now();
        let (snapshot, head) = load(store, self.seed, &|_| ()).await?;
        tracing::warn!(revision = head.revision, "the whole state was loaded again");
        state.clock.observe(head.now, start);
        state.replace(snapshot, head);
        state.note_poll(start);
        Ok(())
    }
}

/// One poll: afterwards the published state is at least what the store held when it began.
async fn catch_up(store: &dyn Store, state: &State) -> Result<(), StoreError> {
    let start = Instant::now();
    let head = store.head().await?;
    state.clock.observe(head.now, Instant::now());
    let own = state.current();
    if head.revision == own.head.revision && head.chain == own.head.chain {
        state.note_poll(start);
        return Ok(());
    }
    let _advance = state.advance.lock().await;
    catch_up_locked(store, state, head.revision).await?;
    state.note_poll(start);
    Ok(())
}

/// Lets a thread that waits for this core have it: one that answers checks shall not wait until many revisions are
/// applied.
fn give_way() {
    std::thread::yield_now();
}

/// Applies the log up to at least `revision`. The caller holds `advance`.
pub async fn catch_up_locked(store: &dyn Store, state: &State, revision: u64) -> Result<(), StoreError> {
    loop {
        let own = state.current();
        let commits = store.commits_after(&own.head, COMMITS_AT_ONCE).await?;
        if commits.is_empty() {
            return if own.head.revision >= revision {
                Ok(())
            } else {
                Err(StoreError::Diverged(format!("the log ends at {}, before {revision}", own.head.revision)))
            };
        }
        for commit in commits {
            let own = state.current();
            let next = own.snapshot.apply(&commit.changes);
            let head = Head {
                revision: commit.revision,
                chain: commit.chain,
                at: commit.at,
                state_sum: commit.state_sum,
                ..own.head.clone()
            };
            state.publish(next, head);
            give_way();
        }
    }
}
