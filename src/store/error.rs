//! What the driver's errors mean to a caller: is the database gone, was another transaction in the way, or can
//! something stored not be understood?
//!
//! The driver's own words are kept for the log. They never hold values of parameters or a password.

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use sea_orm::{DbErr, RuntimeErr, sqlx};
use tracing::debug;

use super::unreadable::Unreadable;
use crate::app::port::StoreError;

/// No single operation takes longer; a database that hangs is one that is not available.
const OPERATION_TIMEOUT: Duration = Duration::from_mins(1);
/// How often a transaction is begun in vain.
const ATTEMPTS_MAX: u32 = 3;
/// The wait before the second attempt; each further one waits four times as long.
const FIRST_PAUSE: Duration = Duration::from_millis(20);

/// What kind of failure an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Unavailable,
    /// Another transaction was in the way: worth another attempt.
    Transient,
    /// A unique name or key is taken.
    Taken,
    Corrupt,
    Schema,
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        let words = error.to_string();
        match classify(&error) {
            Class::Unavailable => Self::Unavailable(words),
            Class::Transient | Class::Taken => Self::Conflict(words),
            Class::Corrupt => Self::Corrupt(words),
            Class::Schema => Self::Schema(format!("the schema is not the one this program needs: {words}")),
        }
    }
}

impl From<Unreadable> for StoreError {
    fn from(unreadable: Unreadable) -> Self {
        Self::Corrupt(unreadable.to_string())
    }
}

/// Whether it is that a unique name or key is taken.
pub(super) fn is_taken(error: &DbErr) -> bool {
    classify(error) == Class::Taken
}

fn classify(error: &DbErr) -> Class {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => driver(error),
        DbErr::Type(_) | DbErr::TryIntoErr { .. } | DbErr::RecordNotFound(_) => Class::Corrupt,
        DbErr::Migration(_) | DbErr::Custom(_) => Class::Schema,
        _ => Class::Unavailable,
    }
}

fn driver(error: &sqlx::Error) -> Class {
    match error {
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or(Cow::Borrowed(""));
            if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                sqlite(code.parse().unwrap_or(0))
            } else if let Some(error) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
                mariadb(error.number())
            } else {
                sqlstate(&code)
            }
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::TypeNotFound { .. } => Class::Corrupt,
        sqlx::Error::ColumnNotFound(_) => Class::Schema,
        _ => Class::Unavailable,
    }
}

/// <https://www.sqlite.org/rescode.html>; the low byte is the primary code.
fn sqlite(code: u32) -> Class {
    match code {
        // SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE
        1555 | 2067 => Class::Taken,
        _ => match code & 0xff {
            // SQLITE_BUSY, SQLITE_LOCKED
            5 | 6 => Class::Transient,
            // SQLITE_CORRUPT, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_NOTADB
            11 | 19 | 20 | 26 => Class::Corrupt,
            // SQLITE_ERROR: no such table, no such column
            1 => Class::Schema,
            _ => Class::Unavailable,
        },
    }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn sqlstate(code: &str) -> Class {
    match code {
        "23505" => Class::Taken,
        // serialization_failure, deadlock_detected, lock_not_available
        "40001" | "40P01" | "55P03" => Class::Transient,
        // undefined_table, undefined_column, undefined_function, insufficient_privilege
        "42P01" | "42703" | "42883" | "42501" => Class::Schema,
        // Data exceptions and violated constraints
        _ if code.starts_with("22") || code.starts_with("23") => Class::Corrupt,
        _ => Class::Unavailable,
    }
}

/// <https://mariadb.com/kb/en/mariadb-error-code-reference/>; its SQL states tell less.
fn mariadb(number: u16) -> Class {
    match number {
        // ER_DUP_KEY, ER_DUP_ENTRY, ER_DUP_ENTRY_WITH_KEY_NAME
        1022 | 1062 | 1586 => Class::Taken,
        // ER_CHECKREAD, ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK
        1020 | 1205 | 1213 => Class::Transient,
        // ER_TABLEACCESS_DENIED_ERROR, ER_COLUMNACCESS_DENIED_ERROR, ER_BAD_FIELD_ERROR, ER_NO_SUCH_TABLE
        1142 | 1143 | 1054 | 1146 => Class::Schema,
        // ER_BAD_NULL_ERROR, ER_WARN_DATA_OUT_OF_RANGE, ER_NO_DEFAULT_FOR_FIELD, ER_TRUNCATED_WRONG_VALUE_FOR_FIELD,
        // ER_DATA_TOO_LONG, ER_DATA_OUT_OF_RANGE, ER_CONSTRAINT_FAILED
        1048 | 1264 | 1364 | 1366 | 1406 | 1690 | 4025 => Class::Corrupt,
        _ => Class::Unavailable,
    }
}

/// Runs an operation, but no longer than an operation may take.
pub(super) async fn timed<T>(operation: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    within(OPERATION_TIMEOUT, operation).await
}

async fn within<T>(limit: Duration, operation: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    let late = || StoreError::Unavailable(format!("no answer within {} s", limit.as_secs()));
    tokio::time::timeout(limit, operation).await.unwrap_or_else(|_| Err(late()))
}

/// Runs an operation that changes nothing when it fails, again when another transaction was in the way.
pub(super) async fn retried<T, F>(mut operation: impl FnMut() -> F) -> Result<T, DbErr>
where
    F: Future<Output = Result<T, DbErr>>,
{
    let mut pause = FIRST_PAUSE;
    for attempt in 1..ATTEMPTS_MAX {
        match operation().await {
            Err(error) if classify(&error) == Class::Transient => {
                debug!(attempt, %error, "another transaction is in the way");
                tokio::time::sleep(pause).await;
                pause *= 4;
            }
            done => return done,
        }
    }
    operation().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_way_is_tried_again_and_what_is_broken_is_not() {
        for (code, class) in [
            (5, Class::Transient),
            (517, Class::Transient),
            (6, Class::Transient),
            (2067, Class::Taken),
            (1555, Class::Taken),
            (1299, Class::Corrupt),
            (13, Class::Unavailable),
            (522, Class::Unavailable),
        ] {
            assert_eq!(sqlite(code), class, "{code}");
        }
        for (code, class) in [
            ("40001", Class::Transient),
            ("40P01", Class::Transient),
            ("55P03", Class::Transient),
            ("23505", Class::Taken),
            ("57014", Class::Unavailable),
            ("57P01", Class::Unavailable),
            ("25006", Class::Unavailable),
            ("53300", Class::Unavailable),
            ("42P01", Class::Schema),
            ("23502", Class::Corrupt),
        ] {
            assert_eq!(sqlstate(code), class, "{code}");
        }
    }

    #[test]
    fn what_mariadb_says_means_the_same() {
        for (number, class) in [
            (1062, Class::Taken),
            (1205, Class::Transient),
            (1213, Class::Transient),
            (1020, Class::Transient),
            (1146, Class::Schema),
            (1054, Class::Schema),
            (1406, Class::Corrupt),
            (1048, Class::Corrupt),
            (1040, Class::Unavailable),
            (1153, Class::Unavailable),
            (1290, Class::Unavailable),
            (1305, Class::Unavailable),
            (1927, Class::Unavailable),
            (1969, Class::Unavailable),
        ] {
            assert_eq!(mariadb(number), class, "{number}");
        }
    }

    #[tokio::test]
    async fn an_operation_that_hangs_is_a_database_that_is_not_available() {
        let answer: Result<(), StoreError> = within(Duration::ZERO, std::future::pending()).await;
        assert!(matches!(answer, Err(StoreError::Unavailable(_))));
    }
}
