//! A store of a test's own, and what tests do with one again and again.

use std::collections::BTreeMap;
use std::sync::Arc;

use bailiwick::app::port::{Audit, Head, NewRevision, Receipt, RowKind, Store, StoreError};
use bailiwick::domain::change::Change;
use bailiwick::domain::row::{Key, Row};
use bailiwick::store::{self, Direction, Options, SqlStore};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use tempfile::TempDir;

/// The secret of all stores but those of the tests of secrets.
pub(crate) const SECRET: [u8; 32] = [7; 32];

/// A store with nothing in it.
pub(crate) struct Fresh {
    pub(crate) store: Arc<SqlStore>,
    pub(crate) url: String,
    directory: Option<TempDir>,
}

pub(crate) fn options() -> Options {
    Options { pool_size: 4, secret: SECRET }
}

impl Fresh {
    pub(crate) async fn sqlite_file() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("state.db").display());
        Some(Self::migrated(url, Some(directory)).await)
    }

    pub(crate) async fn memory() -> Self {
        Self::migrated("sqlite::memory:".to_owned(), None).await
    }

    pub(crate) async fn postgresql() -> Option<Self> {
        let url = crate::postgres::fresh_database().await?;
        Some(Self::migrated(url, None).await)
    }

    pub(crate) async fn mariadb() -> Option<Self> {
        let url = crate::mariadb::fresh_database().await?;
        Some(Self::migrated(url, None).await)
    }

    pub(crate) async fn migrated(url: String, directory: Option<TempDir>) -> Self {
        store::migrate(&url, Direction::Up).await.unwrap();
        let store = store::connect(&url, &options()).await.unwrap();
        Self { store, url, directory }
    }

    pub(crate) fn is_mariadb(&self) -> bool {
        self.url.starts_with("mysql:")
    }

    /// Lets go of the database, for tests of the schema.
    pub(crate) async fn closed(self) -> (String, Option<TempDir>) {
        self.store.close().await.unwrap();
        (self.url, self.directory)
    }

    /// The same database after a restart.
    pub(crate) async fn restarted(self) -> Self {
        if self.url == "sqlite::memory:" {
            return self;
        }
        let (url, directory) = self.closed().await;
        let store = store::connect(&url, &options()).await.unwrap();
        Self { store, url, directory }
    }

    /// Runs SQL behind the store's back.
    pub(crate) async fn sql(&self, sql: &str) -> u64 {
        sql_at(&self.url, sql).await
    }

    /// One write call.
    pub(crate) async fn write(&self, changes: Vec<Change>) -> Result<Head, StoreError> {
        let mut transaction = self.store.begin().await?;
        let head = transaction.append(revision(changes)).await?;
        transaction.commit().await?;
        Ok(head)
    }

    /// Writes rows that are not there yet.
    pub(crate) async fn insert(&self, rows: impl IntoIterator<Item = Row>) -> Head {
        self.write(rows.into_iter().map(Change::insert).collect()).await.unwrap()
    }

    /// The whole state, read page by page, and checked to come in order.
    pub(crate) async fn state(&self, page: usize) -> BTreeMap<Key, Row> {
        let mut reader = self.store.reader().await.unwrap();
        let mut state = BTreeMap::new();
        for kind in RowKind::ALL {
            let mut after: Option<Key> = None;
            loop {
                let rows = reader.scan(kind, after.as_ref(), page).await.unwrap();
                let last = rows.len() < page;
                for row in rows {
                    let key = row.key();
                    assert!(after.as_ref().is_none_or(|after| *after < key), "{after:?} before {key:?}");
                    after = Some(key.clone());
                    state.insert(key, row);
                }
                if last {
                    break;
                }
            }
        }
        state
    }
}

/// Runs SQL on a database, and says how many rows it changed.
pub(crate) async fn sql_at(url: &str, sql: &str) -> u64 {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).max_connections(1);
    let database = Database::connect(options).await.unwrap();
    let changed = database.execute_unprepared(sql).await.unwrap().rows_affected();
    database.close().await.unwrap();
    changed
}

pub(crate) fn revision(changes: Vec<Change>) -> NewRevision {
    NewRevision { changes, audit: audit(""), receipt: Receipt::default() }
}

pub(crate) fn audit(request_id: &str) -> Audit {
    Audit {
        caller: "users/maker".to_owned(),
        method: "bailiwick.v1.RoleService/CreateRole".to_owned(),
        request_id: request_id.to_owned(),
        request_hash: [9; 32],
        reason: "a test".to_owned(),
        lines: Some((1, 2)),
    }
}

pub(crate) fn by_key(rows: impl IntoIterator<Item = Row>) -> BTreeMap<Key, Row> {
    rows.into_iter().map(|row| (row.key(), row)).collect()
}
