//! A store that is watched: every operation is counted with its outcome and its time, and is a span of the call that
//! it is done for, if that call is traced.
//!
//! It changes nothing of what the store does. Neither a statement nor a value is told.

use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use async_trait::async_trait;
use tracing::{Instrument, Span, field, info_span};

use crate::app::port::{
    Chain, Commit, Head, ListQuery, NewRevision, Reader, RowKind, Select, Store, StoreError, StoredReceipt, Transaction,
};
use crate::domain::row::{Key, NameSpace, Row};
use crate::domain::time::Time;
use crate::measure::{DURATIONS, Histogram, Metric, Point, Points};

/// What a store is asked for; the names are those of the port's methods.
const OPERATIONS: [&str; 18] = [
    "append",
    "begin",
    "chain_at",
    "commit",
    "commits_after",
    "count",
    "find_name",
    "get",
    "head",
    "list",
    "log",
    "log_length",
    "reader",
    "receipt",
    "revision_at",
    "scan",
    "select",
    "other",
];

/// How an operation ends.
const OUTCOMES: [&str; 6] = ["ok", "unavailable", "conflict", "diverged", "corrupt", "schema"];

/// Times of operations, by operation and outcome.
#[derive(Debug, Default)]
pub(super) struct Operations([[OnceLock<Box<Histogram>>; OUTCOMES.len()]; OPERATIONS.len()]);

impl Operations {
    /// What was counted.
    pub(super) fn read(&self) -> Metric {
        let mut points = Vec::new();
        for (operation, cells) in OPERATIONS.iter().zip(&self.0) {
            for (outcome, cell) in OUTCOMES.iter().zip(cells) {
                let labels = vec![("operation", *operation), ("outcome", *outcome)];
                points.extend(cell.get().map(|times| Point::new(labels, times.read())));
            }
        }
        let help = "How long operations of the store took, by outcome";
        Metric::new("bailiwick.store.operation_duration", help, Points::Histogram(points)).in_seconds()
    }

    fn record(&self, operation: &str, outcome: usize, since: Instant) {
        let known = OPERATIONS.iter().position(|known| *known == operation).unwrap_or(OPERATIONS.len() - 1);
        if let Some(cell) = self.0.get(known).and_then(|cells| cells.get(outcome)) {
            cell.get_or_init(|| Box::new(Histogram::new(&DURATIONS))).observe_time(since.elapsed());
        }
    }
}

/// The place of an outcome in [`OUTCOMES`].
fn outcome<T>(done: &Result<T, StoreError>) -> usize {
    match done {
        Ok(_) => 0,
        Err(StoreError::Unavailable(_)) => 1,
        Err(StoreError::Conflict(_)) => 2,
        Err(StoreError::Diverged(_)) => 3,
        Err(StoreError::Corrupt(_)) => 4,
        Err(StoreError::Schema(_)) => 5,
    }
}

/// What is watched, and by whom.
#[derive(Clone)]
struct Watch {
    kind: &'static str,
    operations: Arc<Operations>,
}

impl Watch {
    async fn over<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let (since, span) = (Instant::now(), self.span(operation));
        let done = work.instrument(span.clone()).await;
        let outcome = outcome(&done);
        self.operations.record(operation, outcome, since);
        if let (true, Some(name)) = (done.is_err(), OUTCOMES.get(outcome)) {
            span.record("error.type", name);
            span.record("otel.status_code", "ERROR");
        }
        done
    }

    fn span(&self, operation: &'static str) -> Span {
        info_span!(
            target: "traces", "store",
            otel.name = operation,
            otel.kind = "client",
            otel.status_code = field::Empty,
            db.system.name = self.kind,
            db.operation.name = operation,
            "error.type" = field::Empty,
        )
    }
}

/// A store and its watch.
pub(super) struct Watched {
    store: Arc<dyn Store>,
    watch: Watch,
}

impl Watched {
    /// Watches a store.
    pub(super) fn new(store: Arc<dyn Store>, operations: Arc<Operations>) -> Self {
        Self { watch: Watch { kind: store.kind(), operations }, store }
    }
}

#[async_trait]
impl Store for Watched {
    fn kind(&self) -> &'static str {
        self.store.kind()
    }

    async fn head(&self) -> Result<Head, StoreError> {
        self.watch.over("head", self.store.head()).await
    }

    async fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        let inner = self.watch.over("reader", self.store.reader()).await?;
        Ok(Box::new(WatchedReader { inner, watch: self.watch.clone() }))
    }

    async fn commits_after(&self, seen: &Head, limit: usize) -> Result<Vec<Commit>, StoreError> {
        self.watch.over("commits_after", self.store.commits_after(seen, limit)).await
    }

    async fn revision_at(&self, time: Time) -> Result<Option<u64>, StoreError> {
        self.watch.over("revision_at", self.store.revision_at(time)).await
    }

    async fn chain_at(&self, revision: u64) -> Result<Option<Chain>, StoreError> {
        self.watch.over("chain_at", self.store.chain_at(revision)).await
    }

    async fn log_length(&self, after: u64, through: u64) -> Result<u64, StoreError> {
        self.watch.over("log_length", self.store.log_length(after, through)).await
    }

    async fn log(&self, after: u64, through: u64) -> Result<Vec<Commit>, StoreError> {
        self.watch.over("log", self.store.log(after, through)).await
    }

    async fn get(&self, keys: &[Key]) -> Result<Vec<Row>, StoreError> {
        self.watch.over("get", self.store.get(keys)).await
    }

    async fn find_name(&self, space: &NameSpace, folded: &str) -> Result<Option<Row>, StoreError> {
        self.watch.over("find_name", self.store.find_name(space, folded)).await
    }

    async fn select(&self, select: &Select) -> Result<Vec<Row>, StoreError> {
        self.watch.over("select", self.store.select(select)).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Vec<Row>, StoreError> {
        self.watch.over("list", self.store.list(query)).await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let inner = self.watch.over("begin", self.store.begin()).await?;
        Ok(Box::new(WatchedTransaction { inner, watch: self.watch.clone() }))
    }
}

struct WatchedReader {
    inner: Box<dyn Reader>,
    watch: Watch,
}

#[async_trait]
impl Reader for WatchedReader {
    fn head(&self) -> &Head {
        self.inner.head()
    }

    async fn scan(&mut self, kind: RowKind, after: Option<&Key>, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.watch.over("scan", self.inner.scan(kind, after, limit)).await
    }
}

struct WatchedTransaction {
    inner: Box<dyn Transaction>,
    watch: Watch,
}

#[async_trait]
impl Transaction for WatchedTransaction {
    fn head(&self) -> &Head {
        self.inner.head()
    }

    async fn get(&mut self, keys: &[Key]) -> Result<Vec<Row>, StoreError> {
        self.watch.over("get", self.inner.get(keys)).await
    }

    async fn find_name(&mut self, space: &NameSpace, folded: &str) -> Result<Option<Key>, StoreError> {
        self.watch.over("find_name", self.inner.find_name(space, folded)).await
    }

    async fn select(&mut self, select: &Select) -> Result<Vec<Row>, StoreError> {
        self.watch.over("select", self.inner.select(select)).await
    }

    async fn count(&mut self, select: &Select) -> Result<u64, StoreError> {
        self.watch.over("count", self.inner.count(select)).await
    }

    async fn receipt(&mut self, caller: &str, method: &str, id: &str) -> Result<Option<StoredReceipt>, StoreError> {
        self.watch.over("receipt", self.inner.receipt(caller, method, id)).await
    }

    async fn append(&mut self, revision: NewRevision) -> Result<Head, StoreError> {
        self.watch.over("append", self.inner.append(revision)).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.watch.over("commit", self.inner.commit()).await
    }
}
