//! The write transaction: one lock, any number of revisions, one commit.
//!
//! Guarantees: it holds the counter's lock from its begin to its end, so that what it reads no other writer can
//! change; a revision that fails is taken back to its savepoint and leaves those before it as they were; after a read
//! that fails nothing is committed any more; dropped without a commit, nothing of it remains.

use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait};
use sea_orm::{QueryFilter, SqliteTransactionMode, TransactionOptions, TransactionTrait};

use super::append::{append, oldest_receipt};
use super::chain::Keys;
use super::codec;
use super::entity::request;
use super::error::{retried, timed};
use super::read;
use super::unreadable::Unreadable;
use super::{head, naming};
use crate::app::port::{Head, NewRevision, Select, StoreError, StoredReceipt, Transaction};
use crate::domain::row::{Key, NameSpace, Row};

/// A write transaction.
pub(super) struct SqlTransaction {
    transaction: DatabaseTransaction,
    keys: Arc<Keys>,
    head: Head,
    /// A revision was neither written nor taken back, or a read has failed: nothing may be written or committed any
    /// more.
    broken: bool,
}

impl SqlTransaction {
    /// Begins: waits for the lock, then reads the head.
    pub(super) async fn begin(db: &DatabaseConnection, keys: Arc<Keys>) -> Result<Self, StoreError> {
        let transaction = retried(|| locked(db)).await?;
        let head = head::read(&transaction).await?;
        Ok(Self { transaction, keys, head, broken: false })
    }

    async fn append_under_savepoint(&mut self, revision: &NewRevision) -> Result<Head, StoreError> {
        usable(self.broken)?;
        // A caller that gives up in the middle leaves it so.
        self.broken = true;
        let savepoint = self.transaction.begin().await?;
        match append(&savepoint, &self.keys, &self.head, revision).await {
            Ok(head) => {
                savepoint.commit().await?;
                self.broken = false;
                self.head = head.clone();
                Ok(head)
            }
            Err(failure) => {
                // Some failures end the whole transaction: then there is no savepoint to go back to.
                savepoint.rollback().await?;
                self.broken = false;
                Err(failure)
            }
        }
    }
}

fn usable(broken: bool) -> Result<(), StoreError> {
    if broken {
        return Err(StoreError::Unavailable("the transaction was broken by an earlier failure".to_owned()));
    }
    Ok(())
}

/// Reads outside any savepoint. A statement that fails there ends a transaction of PostgreSQL, which then answers even
/// COMMIT without an error, and takes everything back.
async fn reading<T>(
    transaction: &DatabaseTransaction,
    broken: &mut bool,
    read: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    usable(*broken)?;
    // A caller that gives up in the middle leaves it so.
    *broken = true;
    let done = timed(read).await;
    *broken = match &done {
        Ok(_) => false,
        // Of one row that cannot be understood the other writes know nothing; but if it was the server that could not
        // understand something, the transaction has ended.
        Err(StoreError::Corrupt(_)) => {
            timed(async { Ok(transaction.execute_unprepared("SELECT 1").await?) }).await.is_err()
        }
        Err(_) => true,
    };
    done
}

async fn locked(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = db.begin_with_options(immediate).await?;
    head::lock(&transaction).await?;
    Ok(transaction)
}

#[async_trait]
impl Transaction for SqlTransaction {
    fn head(&self) -> &Head {
        &self.head
    }

    async fn get(&mut self, keys: &[Key]) -> Result<Vec<Row>, StoreError> {
        reading(&self.transaction, &mut self.broken, read::get(&self.transaction, keys)).await
    }

    async fn find_name(&mut self, space: &NameSpace, folded: &str) -> Result<Option<Key>, StoreError> {
        let taker = naming::taker(&self.transaction, space, folded);
        let row = reading(&self.transaction, &mut self.broken, taker).await?;
        Ok(row.map(|row| row.key()))
    }

    async fn select(&mut self, select: &Select) -> Result<Vec<Row>, StoreError> {
        reading(&self.transaction, &mut self.broken, read::select(&self.transaction, select)).await
    }

    async fn count(&mut self, select: &Select) -> Result<u64, StoreError> {
        reading(&self.transaction, &mut self.broken, read::count(&self.transaction, select)).await
    }

    async fn receipt(&mut self, caller: &str, method: &str, id: &str) -> Result<Option<StoredReceipt>, StoreError> {
        let key = (caller.to_owned(), method.to_owned(), id.to_owned());
        let fresh = request::Column::At.gt(oldest_receipt(self.head.now).micros());
        let query = request::Entity::find_by_id(key).filter(fresh);
        let found = async { Ok(query.one(&self.transaction).await?) };
        let found = reading(&self.transaction, &mut self.broken, found).await?;
        Ok(found.as_ref().map(stored).transpose()?)
    }

    async fn append(&mut self, revision: NewRevision) -> Result<Head, StoreError> {
        timed(self.append_under_savepoint(&revision)).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        usable(self.broken)?;
        timed(async { Ok(self.transaction.commit().await?) }).await
    }
}

fn stored(found: &request::Model) -> Result<StoredReceipt, Unreadable> {
    let hash = found.request_hash.as_slice().try_into();
    Ok(StoredReceipt {
        request_hash: hash.map_err(|_| Unreadable::new("the hash of a request is not 32 bytes long"))?,
        revision: found.revision.try_into()?,
        receipt: codec::read_receipt(&found.receipt)?,
    })
}
