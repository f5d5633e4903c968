//! What the verbs need from a database, in their own words.
//!
//! Guarantees asked of every implementation: writes are serial (a transaction holds the lock on the counter from
//! its first statement); a revision is written with its changes, its audit record and its receipt, or not at
//! all; what is read at one revision is read whole. The conformance suite holds each implementation to them.

mod list;
mod row_kind;
mod select;

use async_trait::async_trait;
use thiserror::Error;

pub use self::list::{Collection, Condition, Field, ListQuery, Order};
pub use self::row_kind::RowKind;
pub use self::select::Select;

use crate::domain::change::Change;
use crate::domain::id::Id;
use crate::domain::row::{Key, NameSpace, Row};
use crate::domain::time::Time;

/// Keyed hash over everything up to and including a revision.
pub type Chain = [u8; 32];

/// The newest committed revision of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which store this is; made once, at random.
    pub store_id: Id,
    /// 0 before the first write.
    pub revision: u64,
    /// The chain at that revision.
    pub chain: Chain,
    /// When it was committed, by the database's clock.
    pub at: Time,
    /// Order-independent keyed sum over all rows of the state.
    pub state_sum: u128,
    /// The database's clock when the head was read.
    pub now: Time,
}

/// One committed revision, as the log holds it; its chain has been verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its number.
    pub revision: u64,
    /// When it was committed.
    pub at: Time,
    /// The chain after it.
    pub chain: Chain,
    /// The sum over all rows after it.
    pub state_sum: u128,
    /// What it changed, in the order in which it was changed.
    pub changes: Vec<Change>,
}

/// What one write call adds to the store.
#[derive(Clone, Debug)]
pub struct NewRevision {
    /// What it changes; may be empty.
    pub changes: Vec<Change>,
    /// Its audit record.
    pub audit: Audit,
    /// What a retry with the same request id is answered with.
    pub receipt: Receipt,
}

/// Who did what: one record per write call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// Name of the subject that called.
    pub caller: String,
    /// The full method, e.g. `bailiwick.v1.RoleService/CreateRole`.
    pub method: String,
    /// Empty when the caller sent none.
    pub request_id: String,
    /// Hash of the request, which a retry must repeat.
    pub request_hash: [u8; 32],
    /// Why, in the caller's words.
    pub reason: String,
    /// For an import: the first and last line of the batch, counted from 1.
    pub lines: Option<(u64, u64)>,
}

/// What a write did, in a form that a retry can be answered from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The rows it was about, in the order of the request.
    pub keys: Vec<Key>,
    /// The items of the request that it left out, and why.
    pub failures: Vec<ItemFailure>,
    /// Rows made.
    pub created: u64,
    /// Rows changed.
    pub updated: u64,
    /// Rows deleted.
    pub deleted: u64,
    /// Items that were already as asked.
    pub unchanged: u64,
}

/// One item of a request that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFailure {
    /// Its place in the request's list, counted from 0.
    pub index: u32,
    /// What it named.
    pub name: String,
    /// The stable reason.
    pub reason: String,
    /// The canonical gRPC code.
    pub code: i32,
    /// For a person.
    pub message: String,
}

/// A receipt kept under a request id.
#[derive(Clone, Debug)]
pub struct StoredReceipt {
    /// Hash of the request that it answered.
    pub request_hash: [u8; 32],
    /// The revision that the request made.
    pub revision: u64,
    /// The answer.
    pub receipt: Receipt,
}

/// Why the store did not do as asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Not reachable, or not in time. The words are for the log alone.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Another transaction was in the way, also after retries.
    #[error("conflict with a concurrent transaction: {0}")]
    Conflict(String),
    /// The store's history is not the one that was followed: a restored backup, or a copy that was behind.
    #[error("the history of the store has changed under us: {0}")]
    Diverged(String),
    /// A row that cannot be understood.
    #[error("a stored row cannot be understood: {0}")]
    Corrupt(String),
    /// The schema is not the one this program needs.
    #[error("{0}")]
    Schema(String),
}

/// A database of rows with a log of revisions.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// `sqlite`, `postgresql` or `mariadb`: for people.
    fn kind(&self) -> &'static str;

    /// The newest revision and the database's clock.
    async fn head(&self) -> Result<Head, StoreError>;

    /// A view of the whole state at one revision.
    async fn reader(&self) -> Result<Box<dyn Reader>, StoreError>;

    /// The revisions after `seen`, oldest first, at most `limit`; fewer, but at least one, when they hold very many
    /// changes, and none only when there is none. Verifies that the log still holds `seen` with
    /// the same chain, and the chain and the state sum of every revision returned; else `Diverged`.
    async fn commits_after(&self, seen: &Head, limit: usize) -> Result<Vec<Commit>, StoreError>;

    /// The newest revision committed at or before `time`; `None` when there is none.
    async fn revision_at(&self, time: Time) -> Result<Option<u64>, StoreError>;

    /// The chain at a revision; `None` when the log does not hold it.
    async fn chain_at(&self, revision: u64) -> Result<Option<Chain>, StoreError>;

    /// How many changes the log holds from just after `after` up to and including `through`.
    async fn log_length(&self, after: u64, through: u64) -> Result<u64, StoreError>;

    /// The log from just after `after` up to and including `through`, oldest first, however long it is.
    async fn log(&self, after: u64, through: u64) -> Result<Vec<Commit>, StoreError>;

    /// The rows with these keys, in any order; absent ones are left out.
    async fn get(&self, keys: &[Key]) -> Result<Vec<Row>, StoreError>;

    /// The row that has taken a folded name.
    async fn find_name(&self, space: &NameSpace, folded: &str) -> Result<Option<Row>, StoreError>;

    /// All rows of a selection.
    async fn select(&self, select: &Select) -> Result<Vec<Row>, StoreError>;

    /// A page of a list.
    async fn list(&self, query: &ListQuery) -> Result<Vec<Row>, StoreError>;

    /// Begins a write: locks the counter, then reads it.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;
}

/// A view of the state at one revision.
#[async_trait]
pub trait Reader: Send {
    /// The revision.
    fn head(&self) -> &Head;

    /// Rows of one kind after a key, ordered by key byte for byte, at most `limit`.
    async fn scan(&mut self, kind: RowKind, after: Option<&Key>, limit: usize) -> Result<Vec<Row>, StoreError>;
}

/// A write transaction: it holds the lock until it is committed or dropped (which rolls it back).
#[async_trait]
pub trait Transaction: Send {
    /// The head, with what this transaction has appended; `now` is the database's clock at its begin.
    fn head(&self) -> &Head;

    /// The rows with these keys, in any order; absent ones are left out.
    async fn get(&mut self, keys: &[Key]) -> Result<Vec<Row>, StoreError>;

    /// The key of the row that has taken a folded name.
    async fn find_name(&mut self, space: &NameSpace, folded: &str) -> Result<Option<Key>, StoreError>;

    /// All rows of a selection.
    async fn select(&mut self, select: &Select) -> Result<Vec<Row>, StoreError>;

    /// How many rows a selection has.
    async fn count(&mut self, select: &Select) -> Result<u64, StoreError>;

    /// The receipt kept under (caller, method, request id), if one of the last 24 hours is.
    async fn receipt(&mut self, caller: &str, method: &str, id: &str) -> Result<Option<StoredReceipt>, StoreError>;

    /// Writes one revision under a savepoint: rows, log, audit, receipt, counter. When it fails, what was
    /// appended before still stands and the transaction can go on.
    async fn append(&mut self, revision: NewRevision) -> Result<Head, StoreError>;

    /// Makes everything appended durable.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
