//! Serial writes in groups: one transaction, and in it one savepoint, one revision and one outcome per write.
//!
//! The lock on the store's counter is taken first; then the state is brought up to the locked revision, and each
//! write is validated against that state and what the writes before it in the group have changed. What was
//! committed is published in the same order. A write whose caller has gone before its turn is left out.

mod watch;

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};
use tracing::{Instrument, Span};

use self::watch::{Groups, group_span, write_span};
use super::caller::Caller;
use super::draft::Draft;
use super::error::{Error, Result};
use super::follow::catch_up_locked;
use super::invariants;
use super::methods::Method;
use super::orphans;
use super::port::{Audit, Head, NewRevision, Receipt, Store, Transaction};
use super::state::State;
use crate::domain::change::Change;
use crate::domain::row::{Key, Row};
use crate::domain::time::Time;
use crate::engine::Snapshot;
use crate::measure::Metric;

/// Writes that share a transaction, at most.
const GROUP_MAX: usize = 64;
/// Writes that wait for their turn, at most.
const QUEUE_MAX: usize = 4_096;

/// What every write call says about itself.
#[derive(Clone, Debug)]
pub struct WriteCall {
    /// Who calls.
    pub caller: Caller,
    /// Which method.
    pub method: &'static Method,
    /// Makes a retry harmless; empty = none.
    pub request_id: String,
    /// Hash of the request.
    pub request_hash: [u8; 32],
    /// Answers what would happen, and changes nothing.
    pub validate_only: bool,
    /// Why, for the audit log.
    pub reason: String,
    /// For an import: the first and last line of the batch.
    pub lines: Option<(u64, u64)>,
}

/// What a write does, given a draft on the locked state.
#[async_trait]
pub trait Operation: Send {
    /// Changes the draft; an error leaves the store as it is.
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt>;

    /// Whether the changes of a row are among those that the receipt counts.
    fn counts(&self, _row: &Row) -> bool {
        true
    }
}

/// What a write did.
#[derive(Clone, Debug)]
pub struct Written {
    /// What it was about, what was left out, and counts.
    pub receipt: Receipt,
    /// The rows of the receipt as they are after the write, in its order; deleted ones are left out.
    pub rows: Vec<Row>,
    /// The state after it. For a retry, or when only validating: the state that it was validated against.
    pub snapshot: Snapshot,
    /// The revision that made it.
    pub head: Head,
    /// Answered from the receipt of an earlier call.
    pub replayed: bool,
    /// What would be done, when only validating.
    pub plan: Option<Plan>,
}

/// A write that is only looked at.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Who wants to do it.
    pub caller: Caller,
    /// What it would change.
    pub about: Vec<Key>,
    /// The state before it.
    pub before: Snapshot,
    /// When it was looked at.
    pub now: Time,
}

struct Job {
    call: WriteCall,
    operation: Box<dyn Operation>,
    reply: oneshot::Sender<Result<Written>>,
    /// That of the call; disabled unless the call is traced.
    span: Span,
}

/// Hands writes to the task that does them.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    groups: Arc<Groups>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writer")
    }
}

impl Writer {
    /// Starts the task on the current runtime; it ends when the last `Writer` is dropped.
    pub fn start(store: Arc<dyn Store>, state: Arc<State>) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE_MAX);
        let groups = Arc::<Groups>::default();
        tokio::spawn(run(queue, store, state, groups.clone()));
        Self { jobs, groups }
    }

    /// Does one write and waits for its outcome.
    pub async fn write(&self, call: WriteCall, operation: impl Operation + 'static) -> Result<Written> {
        let (reply, outcome) = oneshot::channel();
        let job = Job { call, operation: Box::new(operation), reply, span: Span::current() };
        self.jobs.try_send(job).map_err(|_| Error::Exhausted {
            reason: "TOO_MANY_WRITES",
            description: "too many writes are waiting".to_owned(),
        })?;
        outcome.await.unwrap_or(Err(Error::Internal))
    }

    /// What was counted of writes.
    pub fn read(&self) -> Vec<Metric> {
        self.groups.read(self.jobs.max_capacity() - self.jobs.capacity())
    }
}

async fn run(mut queue: mpsc::Receiver<Job>, store: Arc<dyn Store>, state: Arc<State>, groups: Arc<Groups>) {
    while let Some(first) = queue.recv().await {
        let mut group = vec![first];
        while group.len() < GROUP_MAX
            && let Ok(job) = queue.try_recv()
        {
            group.push(job);
        }
        group.retain(|job| !job.reply.is_closed());
        if group.is_empty() {
            continue;
        }
        groups.count(group.len());
        let span = group_span(group.iter().map(|job| &job.span), group.len());
        write_group(group, store.as_ref(), &state).instrument(span).await;
    }
}

/// A job that has been done, if the group commits.
struct Done {
    reply: oneshot::Sender<Result<Written>>,
    outcome: Result<Written>,
}

async fn write_group(group: Vec<Job>, store: &dyn Store, state: &State) {
    let _advance = state.advance.lock().await;
    let transaction = match begin(store, state).await {
        Ok(transaction) => transaction,
        Err(error) => return refuse(group.into_iter().map(|job| job.reply), &error),
    };
    let mut writing = Writing { transaction, snapshot: state.current().snapshot.clone(), published: Vec::new() };
    let mut done = Vec::with_capacity(group.len());
    for job in group {
        let Job { call, operation, reply, span } = job;
        let outcome = writing.write(&call, operation).instrument(write_span(&span)).await;
        done.push(Done { reply, outcome });
    }
    let Writing { transaction, published, .. } = writing;
    if !published.is_empty()
        && let Err(error) = transaction.commit().await
    {
        tracing::warn!(%error, "a group of writes could not be committed");
        return unsure(done);
    }
    for (snapshot, head) in published {
        state.publish(snapshot, head);
    }
    for Done { reply, outcome } in done {
        let _gone = reply.send(outcome);
    }
}

/// Takes the lock, and brings the state up to what it locks.
async fn begin(store: &dyn Store, state: &State) -> Result<Box<dyn Transaction>> {
    if state.is_halted() {
        return Err(Error::Unavailable { reason: "STORE_DIVERGED", description: "the state is being loaded again" });
    }
    let transaction = store.begin().await?;
    let locked = transaction.head();
    let own = state.current();
    if locked.revision != own.head.revision || locked.chain != own.head.chain {
        catch_up_locked(store, state, locked.revision).await?;
    }
    Ok(transaction)
}

fn refuse(replies: impl Iterator<Item = oneshot::Sender<Result<Written>>>, error: &Error) {
    for reply in replies {
        let _gone = reply.send(Err(error.clone()));
    }
}

/// The commit failed: the store may have done it all the same, and the caller is told so.
fn unsure(done: Vec<Done>) {
    let unknown = Error::Unavailable {
        reason: "COMMIT_OUTCOME_UNKNOWN",
        description: "the store did not confirm the write; repeat it with the same request id",
    };
    for Done { reply, outcome } in done {
        let _gone = reply.send(outcome.and(Err(unknown.clone())));
    }
}

/// A transaction and the state after what has been appended to it.
struct Writing {
    transaction: Box<dyn Transaction>,
    snapshot: Snapshot,
    published: Vec<(Snapshot, Head)>,
}

impl Writing {
    async fn write(&mut self, call: &WriteCall, mut operation: Box<dyn Operation>) -> Result<Written> {
        if let Some(written) = self.replay(call).await? {
            return Ok(written);
        }
        let mut draft = Draft::new(self.transaction.as_mut(), call, self.snapshot.clone());
        let run = std::panic::AssertUnwindSafe(operation.run(&mut draft)).catch_unwind();
        let receipt = run.await.map_err(|_| Error::Internal)??;
        orphans::drop_orphans(&mut draft).await?;
        let now = draft.now();
        let rows = rows_of(&receipt, &mut draft).await?;
        invariants::check(&mut draft)?;
        let (changes, snapshot) = draft.finish();
        invariants::check_administrator(&snapshot, now)?;
        let receipt =
            counted(receipt, changes.iter().filter(|change| change.row().is_some_and(|row| operation.counts(row))));
        if call.validate_only {
            let head = self.transaction.head().clone();
            let about = changes.iter().filter_map(Change::row).map(Row::key).collect();
            let plan = Plan { caller: call.caller.clone(), about, before: self.snapshot.clone(), now };
            return Ok(Written { receipt, rows, snapshot, head, replayed: false, plan: Some(plan) });
        }
        let revision = NewRevision { changes, audit: audit(call), receipt: receipt.clone() };
        let head = self.transaction.append(revision).await?;
        self.snapshot = snapshot.clone();
        self.published.push((snapshot.clone(), head.clone()));
        Ok(Written { receipt, rows, snapshot, head, replayed: false, plan: None })
    }

    /// Answers a call that was done before from its receipt: to a caller who may still do it, for what is shown is
    /// what the write was about as it is by now.
    async fn replay(&mut self, call: &WriteCall) -> Result<Option<Written>> {
        if call.request_id.is_empty() || call.validate_only {
            return Ok(None);
        }
        let caller = call.caller.name();
        let stored = self.transaction.receipt(&caller, call.method.path, &call.request_id).await?;
        let Some(stored) = stored else { return Ok(None) };
        if stored.request_hash != call.request_hash {
            return Err(Error::RequestIdReused);
        }
        let mut draft = Draft::new(self.transaction.as_mut(), call, self.snapshot.clone());
        let rows = rows_of(&stored.receipt, &mut draft).await?;
        for row in &rows {
            draft.authority().require_again(call.method, &row.key())?;
        }
        let head = self.transaction.head().clone();
        let snapshot = self.snapshot.clone();
        Ok(Some(Written { receipt: stored.receipt, rows, snapshot, head, replayed: true, plan: None }))
    }
}

async fn rows_of(receipt: &Receipt, draft: &mut Draft<'_>) -> Result<Vec<Row>> {
    draft.prefetch(receipt.keys.iter().cloned()).await?;
    let mut rows = Vec::with_capacity(receipt.keys.len());
    for key in &receipt.keys {
        rows.extend(draft.get(key).await?);
    }
    Ok(rows)
}

fn counted<'a>(mut receipt: Receipt, changes: impl Iterator<Item = &'a Change>) -> Receipt {
    for change in changes {
        match (&change.before, &change.after) {
            (None, _) => receipt.created += 1,
            (Some(_), Some(_)) => receipt.updated += 1,
            (Some(_), None) => receipt.deleted += 1,
        }
    }
    receipt
}

fn audit(call: &WriteCall) -> Audit {
    Audit {
        caller: call.caller.name(),
        method: call.method.path.to_owned(),
        request_id: call.request_id.clone(),
        request_hash: call.request_hash,
        reason: call.reason.clone(),
        lines: call.lines,
    }
}
