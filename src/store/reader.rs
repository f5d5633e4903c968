//! A view of the whole state at one revision, and the check that it is the state that was written.
//!
//! The view is a read transaction: a snapshot of the write-ahead log on SQLite, REPEATABLE READ elsewhere.
//! Whoever walks through every kind from its beginning to its end has the sum of all rows compared with that of
//! the revision; a difference is logged and counted, once, and what was read stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use prost::Message;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, IsolationLevel,
    TransactionOptions, TransactionTrait,
};

use super::chain::Keys;
use super::dialect::Dialect;
use super::error::timed;
use super::health::Health;
use super::rows::{Position, page};
use super::table::{Table, with_table};
use super::unreadable::Unreadable;
use super::{codec, head};
use crate::app::port::{Head, Reader, RowKind, StoreError};
use crate::domain::row::{Key, Row};

/// A view of the state.
pub(super) struct SqlReader {
    transaction: DatabaseTransaction,
    keys: Arc<Keys>,
    health: Arc<Health>,
    head: Head,
    walks: BTreeMap<RowKind, Walk>,
    is_compared: bool,
}

/// How far a kind has been walked through.
#[derive(Default)]
struct Walk {
    sum: u128,
    last: Option<Key>,
    done: bool,
}

impl SqlReader {
    /// A view of the newest revision.
    pub(super) async fn open(
        db: &DatabaseConnection,
        keys: Arc<Keys>,
        health: Arc<Health>,
    ) -> Result<Self, StoreError> {
        let transaction = snapshot(db).await?;
        if let Some(limit) = Dialect::of(db).view_idle_limit() {
            transaction.execute_unprepared(limit).await?;
        }
        let head = head::read(&transaction).await?;
        Ok(Self { transaction, keys, health, head, walks: BTreeMap::new(), is_compared: false })
    }

    async fn rows(&self, kind: RowKind, after: Option<&Key>, limit: usize) -> Result<Vec<Row>, StoreError> {
        let skip = |kind, reason: &Unreadable| self.health.skip(kind, reason);
        with_table!(kind, T => {
            let place = |key| T::key(key).ok_or_else(|| Unreadable::new("a walk goes on after a row of another kind"));
            let position = Position { columns: T::key_columns(), after: after.map(place).transpose()? };
            page::<T>(&self.transaction, T::find(), position, (limit, &skip)).await
        })
    }

    fn tally(&mut self, kind: RowKind, after: Option<&Key>, (rows, limit): (&[Row], usize)) {
        let walk = self.walks.entry(kind).or_default();
        if after.is_none() {
            *walk = Walk::default();
        } else if walk.last.as_ref() != after {
            // Not a walk from the beginning: it can never be done.
            *walk = Walk::default();
            return;
        }
        let weights = rows.iter().map(|row| self.keys.row(&codec::row(row).encode_to_vec()));
        walk.sum = weights.fold(walk.sum, u128::wrapping_add);
        walk.last = rows.last().map(Row::key).or(walk.last.take());
        walk.done = rows.len() < limit;
        if walk.done && !self.is_compared {
            self.compare();
        }
    }

    fn compare(&mut self) {
        let done = |kind: &RowKind| self.walks.get(kind).is_some_and(|walk| walk.done);
        self.is_compared = RowKind::ALL.iter().all(done);
        let sum = self.walks.values().fold(0, |sum: u128, walk| sum.wrapping_add(walk.sum));
        if self.is_compared && sum != self.head.state_sum {
            self.health.drift(self.head.revision);
        }
    }
}

/// A transaction that reads one state from its first statement to its end.
pub(super) async fn snapshot(db: &DatabaseConnection) -> Result<DatabaseTransaction, StoreError> {
    let options = match Dialect::of(db) {
        Dialect::Sqlite => TransactionOptions::default(),
        Dialect::Postgres | Dialect::Mariadb => TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        },
    };
    Ok(db.begin_with_options(options).await?)
}

#[async_trait]
impl Reader for SqlReader {
    fn head(&self) -> &Head {
        &self.head
    }

    async fn scan(&mut self, kind: RowKind, after: Option<&Key>, limit: usize) -> Result<Vec<Row>, StoreError> {
        let rows = timed(self.rows(kind, after, limit)).await?;
        self.tally(kind, after, (&rows, limit));
        Ok(rows)
    }
}
