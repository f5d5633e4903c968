//! Connections: where a URL leads, and what every connection is told before it is used.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement, TryGetable};
use sea_orm::{SqlxMySqlConnector, SqlxPostgresConnector, SqlxSqliteConnector};
use sqlx::ConnectOptions;
use sqlx::mysql::{MySql, MySqlConnectOptions};
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, Postgres};
use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use super::place::Place;
use crate::app::port::StoreError;

/// How long to wait for a connection of the pool, or for a new one; the driver tries again until then, also when it
/// is refused. Longer than a disk that writes out everything at once keeps others waiting; a call gives up before, at
/// its deadline.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long SQLite waits for another program's lock on the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Prepared statements kept by each connection: more than there are, lest one is closed for another. On MariaDB and
/// MySQL that costs 40 ms, for the driver leaves Nagle's algorithm on and a close has no answer.
const STATEMENTS_MAX: usize = 512;
/// Pages of SQLite's write-ahead log that are copied into the database together: large imports write pages over and
/// over again.
const LOG_PAGES: &str = "16384";
/// What a MariaDB server must take in one statement: the longest that is sent, with room for one large value.
const PACKET_BYTES_MIN: i64 = 16 << 20;
/// What is kept of the log's file.
const LOG_BYTES: &str = "67108864";
/// What each PostgreSQL session is told. A process that is stopped in the middle of a write loses its lock.
const SESSION: &str = "SET statement_timeout = '45s'; SET lock_timeout = '5s'; \
    SET idle_in_transaction_session_timeout = '30s'; SET default_transaction_isolation = 'read committed'; \
    SET client_min_messages = 'warning'";

/// What each MariaDB session is told: how texts compare, that values which do not fit are refused and not cut, that
/// times are UTC, and the limits that PostgreSQL has as well. How long a transaction may stand idle is said at its
/// begin. Long lists of keys are to be looked up in an index, not made into tables.
const MARIADB_SESSION: &str = "\
    SET NAMES utf8mb4 COLLATE /*M! utf8mb4_nopad_bin */ /*!80000 utf8mb4_0900_bin */; \
    SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
    SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', autocommit = 1, \
    innodb_lock_wait_timeout = 5, lock_wait_timeout = 5, \
    /*M! max_statement_time = 45, in_predicate_conversion_threshold = 0 */ /*!80000 max_execution_time = 45000 */";

/// Where a URL leads.
pub(super) enum Target {
    /// A SQLite file.
    File(PathBuf),
    /// A SQLite database that goes with the store.
    Memory,
    /// A PostgreSQL database.
    Postgres(Box<PgConnectOptions>),
    /// A MariaDB or MySQL database.
    Mariadb(Box<MySqlConnectOptions>),
}

impl Target {
    /// Reads a URL. An error does not repeat it, for it may hold a password.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let malformed =
            |error: sqlx::Error| StoreError::Unavailable(format!("the database's URL is malformed: {error}"));
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url).map_err(malformed)?;
            return Ok(Self::Postgres(Box::new(options)));
        }
        if url.starts_with("mysql://") || url.starts_with("mariadb://") {
            let options = MySqlConnectOptions::from_str(url).map_err(malformed)?;
            return Ok(Self::Mariadb(Box::new(options)));
        }
        if !url.starts_with("sqlite:") {
            let words = "a database's URL begins with sqlite://, postgres://, mysql:// or mariadb://";
            return Err(StoreError::Unavailable(words.to_owned()));
        }
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Ok(Self::Memory);
        }
        let options = SqliteConnectOptions::from_str(url).map_err(malformed)?;
        Ok(Self::File(options.get_filename().to_owned()))
    }
}

/// A pool of connections to a SQLite database: one that writes, or some that only read.
pub(super) async fn sqlite(place: &Place, readers: Option<u32>) -> Result<DatabaseConnection, StoreError> {
    // What is acknowledged outlives a power failure; what goes with the process need not.
    let synchronous = if place.is_scratch() { SqliteSynchronous::Off } else { SqliteSynchronous::Full };
    let mut options = SqliteConnectOptions::new()
        .filename(&place.file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .statement_cache_capacity(STATEMENTS_MAX)
        .pragma("wal_autocheckpoint", LOG_PAGES)
        .pragma("journal_size_limit", LOG_BYTES)
        .pragma("cache_size", if readers.is_some() { "-4096" } else { "-65536" })
        .disable_statement_logging();
    if readers.is_some() {
        options = options.pragma("query_only", "ON");
    }
    let pool = PoolOptions::<Sqlite>::new()
        .max_connections(readers.unwrap_or(1))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false);
    let pool = pool.connect_with(options).await.map_err(|error| unreachable(&error))?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

/// A pool of connections to a PostgreSQL database. Each is tried before it is used: one that was cut is replaced, and
/// no request fails for it.
pub(super) async fn postgres(options: &PgConnectOptions, size: u32) -> Result<DatabaseConnection, StoreError> {
    let options = options
        .clone()
        .application_name("bailiwick")
        .statement_cache_capacity(STATEMENTS_MAX)
        .disable_statement_logging();
    let pool = PoolOptions::<Postgres>::new().max_connections(size).acquire_timeout(ACQUIRE_TIMEOUT).after_connect(
        |connection, _| {
            Box::pin(async move {
                sqlx::Executor::execute(connection, sqlx::raw_sql(SESSION)).await?;
                Ok(())
            })
        },
    );
    let pool = pool.connect_with(options).await.map_err(|error| unreachable(&error))?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

/// A pool of connections to a MariaDB or MySQL database, tried before they are used as those to PostgreSQL.
pub(super) async fn mariadb(options: &MySqlConnectOptions, size: u32) -> Result<DatabaseConnection, StoreError> {
    // All that the driver would say to a new session is said by ours.
    let options = options
        .clone()
        .set_names(false)
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .timezone(None)
        .statement_cache_capacity(STATEMENTS_MAX)
        .disable_statement_logging();
    let pool = PoolOptions::<MySql>::new().max_connections(size).acquire_timeout(ACQUIRE_TIMEOUT).after_connect(
        |connection, _| {
            Box::pin(async move {
                sqlx::Executor::execute(connection, sqlx::raw_sql(MARIADB_SESSION)).await?;
                Ok(())
            })
        },
    );
    let pool = pool.connect_with(options).await.map_err(|error| unreachable(&error))?;
    Ok(SqlxMySqlConnector::from_sqlx_mysql_pool(pool))
}

/// Refuses a PostgreSQL server that may lose everything, and warns of one that may lose the latest writes.
pub(super) async fn check_postgres(db: &DatabaseConnection) -> Result<(), StoreError> {
    if setting::<String>(db, "SHOW fsync").await? == "off" {
        return Err(StoreError::Schema("the PostgreSQL server runs with fsync=off: a crash may destroy it".to_owned()));
    }
    if setting::<String>(db, "SHOW synchronous_commit").await? == "off" {
        tracing::warn!(
            "the PostgreSQL server runs with synchronous_commit=off: a crash loses writes that were acknowledged, \
             revocations among them"
        );
    }
    Ok(())
}

/// Warns of a MariaDB server that may lose the latest writes, and refuses one that cannot take a statement.
pub(super) async fn check_mariadb(db: &DatabaseConnection) -> Result<(), StoreError> {
    let flush: i64 = setting(db, "SELECT CAST(@@innodb_flush_log_at_trx_commit AS SIGNED)").await?;
    if flush != 1 {
        tracing::warn!(
            innodb_flush_log_at_trx_commit = flush,
            "the MariaDB server does not write its log at each commit: a crash loses writes that were acknowledged, \
             revocations among them"
        );
    }
    let packet: i64 = setting(db, "SELECT CAST(@@max_allowed_packet AS SIGNED)").await?;
    if packet < PACKET_BYTES_MIN {
        let words =
            format!("the MariaDB server's max_allowed_packet is {packet}: at least {PACKET_BYTES_MIN} is needed");
        return Err(StoreError::Schema(words));
    }
    Ok(())
}

async fn setting<T: TryGetable>(db: &DatabaseConnection, sql: &str) -> Result<T, StoreError> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))?;
    Ok(row.try_get_by_index(0)?)
}

fn unreachable(error: &sqlx::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}
