//! The data layer: the `Store` port on SQLite, PostgreSQL and MariaDB. The only place that knows SQL.
//!
//! Guarantees: what `app::port` asks for, held by one conformance suite that runs on every database: serial writes
//! under the lock on the counter, each revision whole or not at all, every read at one revision, texts compared
//! byte for byte, the same rows in the same order everywhere.
//!
//! A state is a table per kind of row (`entity`), generic code over those tables (`table`, `rows`, `put`), and
//! beside it the log: revisions, their changes (`codec`), their chain (`chain`), audit records and receipts. A write
//! is a `transaction` that `append`s revisions; a `reader` is a view of one. What databases differ in stands in
//! `dialect` and `connect`.
//!
//! It deliberately decides nothing about access: what may be written is the business of its callers.

#![allow(clippy::doc_markdown, reason = "names of databases are no code")]

mod append;
mod chain;
mod code;
mod codec;
mod connect;
mod dialect;
mod entity;
mod error;
mod filter;
mod head;
mod health;
mod list;
mod lockfile;
mod log;
mod migration;
mod naming;
mod place;
#[cfg(test)]
mod plans;
mod pool;
mod put;
mod read;
mod reader;
mod rows;
mod select;
mod table;
mod transaction;
mod unreadable;
mod watched;

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::DatabaseConnection;

use self::chain::Keys;
use self::connect::Target;
use self::dialect::Dialect;
use self::error::timed;
use self::health::Health;
pub use self::migration::{Direction, Step};
use self::place::Place;
use self::reader::SqlReader;
use self::transaction::SqlTransaction;
use self::watched::{Operations, Watched};
use crate::app::port::{Chain, Commit, Head, ListQuery, Reader, Select, Store, StoreError, Transaction};
use crate::domain::row::{Key, NameSpace, Row};
use crate::domain::time::Time;
use crate::measure::Metric;

/// How a store is used.
#[derive(Clone)]
pub struct Options {
    /// Connections at most; on SQLite, those that read.
    pub pool_size: u32,
    /// What the chain and the state sum are keyed with; whoever knows it can forge a history.
    pub secret: [u8; 32],
}

/// A store in a SQL database.
pub struct SqlStore {
    dialect: Dialect,
    reads: DatabaseConnection,
    writes: DatabaseConnection,
    keys: Arc<Keys>,
    health: Arc<Health>,
    operations: Arc<Operations>,
    _place: Option<Place>,
}

/// Connects to the database at `url`: `sqlite://FILE`, `sqlite::memory:`, `postgres://…`, `mysql://…` or `mariadb://…`.
///
/// # Errors
/// `Unavailable` when it is not reachable or another process has the file; `Schema` when its schema is not the one
/// this program needs, it was made with another secret, or it may lose everything in a crash.
pub async fn connect(url: &str, options: &Options) -> Result<Arc<SqlStore>, StoreError> {
    let (place, reads, writes) = match Target::parse(url)? {
        Target::Postgres(target) => {
            let pool = connect::postgres(&target, options.pool_size).await?;
            connect::check_postgres(&pool).await?;
            (None, pool.clone(), pool)
        }
        Target::Mariadb(target) => {
            let pool = connect::mariadb(&target, options.pool_size).await?;
            connect::check_mariadb(&pool).await?;
            (None, pool.clone(), pool)
        }
        Target::File(file) => open(Place::existing(&file)?, options.pool_size).await?,
        Target::Memory => {
            let place = Place::scratch()?;
            migration::run(&connect::sqlite(&place, None).await?, Direction::Up).await?;
            open(place, options.pool_size).await?
        }
    };
    migration::verify(&reads).await?;
    let keys = Keys::of(&options.secret);
    head::open(&writes, &keys).await?;
    let (keys, health, operations) = (Arc::new(keys), Arc::default(), Arc::default());
    Ok(Arc::new(SqlStore { dialect: Dialect::of(&reads), reads, writes, keys, health, operations, _place: place }))
}

/// The writer first: it is the one that may recover the file.
async fn open(
    place: Place,
    readers: u32,
) -> Result<(Option<Place>, DatabaseConnection, DatabaseConnection), StoreError> {
    let writes = connect::sqlite(&place, None).await?;
    let reads = connect::sqlite(&place, Some(readers)).await?;
    Ok((Some(place), reads, writes))
}

/// Applies or takes back steps of the schema at `url`, or tells which it has.
///
/// # Errors
/// As `connect`; besides, `Schema` when a step fails.
pub async fn migrate(url: &str, direction: Direction) -> Result<Vec<Step>, StoreError> {
    let (place, db) = match Target::parse(url)? {
        Target::Postgres(target) => (None, connect::postgres(&target, 1).await?),
        Target::Mariadb(target) => (None, connect::mariadb(&target, 1).await?),
        Target::File(file) => {
            let place = if direction == Direction::Up { Place::created(&file) } else { Place::existing(&file) }?;
            let db = connect::sqlite(&place, None).await?;
            (Some(place), db)
        }
        // It has its schema from its beginning, and goes with its store.
        Target::Memory => return Ok(Vec::new()),
    };
    let steps = migration::run(&db, direction).await;
    db.close().await?;
    drop(place);
    steps
}

impl SqlStore {
    /// The store as the verbs use it: every operation is counted, and is part of the trace of its call.
    pub fn watched(self: &Arc<Self>) -> Arc<dyn Store> {
        Arc::new(Watched::new(self.clone(), self.operations.clone()))
    }

    /// What was counted, and what the pools are doing.
    pub fn read(&self) -> Vec<Metric> {
        let (shared, apart) = ([("all", &self.reads)], [("reads", &self.reads), ("writes", &self.writes)]);
        let pools = if self.dialect == Dialect::Sqlite { &apart[..] } else { &shared[..] };
        let skipped = "Stored rows that were left out because they break a rule";
        let drifted = "Loads of the whole state that found rows which were edited behind the log";
        let mut metrics = pool::read(pools);
        metrics.push(self.operations.read());
        metrics.push(Metric::counter("bailiwick.state.skipped_rows", skipped, self.skipped_rows()));
        metrics.push(Metric::counter("bailiwick.state.drifted_loads", drifted, self.drifted_loads()));
        metrics
    }

    /// Rows that loads have stepped over since the start, because they cannot be understood.
    pub fn skipped_rows(&self) -> u64 {
        self.health.skipped()
    }

    /// Loads since the start whose rows were not those that had been written.
    pub fn drifted_loads(&self) -> u64 {
        self.health.drifted()
    }

    /// Closes all connections, after what they are doing.
    ///
    /// # Errors
    /// `Unavailable` when they cannot be closed.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.reads.close_by_ref().await?;
        self.writes.close_by_ref().await?;
        Ok(())
    }
}

#[async_trait]
impl Store for SqlStore {
    fn kind(&self) -> &'static str {
        self.dialect.name()
    }

    async fn head(&self) -> Result<Head, StoreError> {
        timed(head::read(&self.reads)).await
    }

    async fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        let reader = SqlReader::open(&self.reads, Arc::clone(&self.keys), Arc::clone(&self.health));
        Ok(Box::new(timed(reader).await?))
    }

    async fn commits_after(&self, seen: &Head, limit: usize) -> Result<Vec<Commit>, StoreError> {
        timed(log::after(&self.reads, &self.keys, seen, limit)).await
    }

    async fn revision_at(&self, time: Time) -> Result<Option<u64>, StoreError> {
        timed(log::revision_at(&self.reads, time)).await
    }

    async fn chain_at(&self, revision: u64) -> Result<Option<Chain>, StoreError> {
        timed(log::chain_at(&self.reads, &self.keys, revision)).await
    }

    async fn log_length(&self, after: u64, through: u64) -> Result<u64, StoreError> {
        timed(log::length(&self.reads, (after, through))).await
    }

    async fn log(&self, after: u64, through: u64) -> Result<Vec<Commit>, StoreError> {
        timed(log::between(&self.reads, &self.keys, (after, through))).await
    }

    async fn get(&self, keys: &[Key]) -> Result<Vec<Row>, StoreError> {
        timed(async {
            if read::is_one_statement(self.dialect, keys) {
                read::get(&self.reads, keys).await
            } else {
                read::get(&reader::snapshot(&self.reads).await?, keys).await
            }
        })
        .await
    }

    async fn find_name(&self, space: &NameSpace, folded: &str) -> Result<Option<Row>, StoreError> {
        timed(naming::taker(&self.reads, space, folded)).await
    }

    async fn select(&self, select: &Select) -> Result<Vec<Row>, StoreError> {
        timed(read::select(&self.reads, select)).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Vec<Row>, StoreError> {
        timed(list::list(&self.reads, query)).await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let transaction = SqlTransaction::begin(&self.writes, Arc::clone(&self.keys));
        Ok(Box::new(timed(transaction).await?))
    }
}
