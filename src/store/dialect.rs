//! Everything in which two databases differ: names of types and functions, limits, the clock.
//!
//! A further database is a variant here and a way to connect in `connect`; nothing else asks which one it is.
//! Texts are compared byte for byte by each: BINARY on SQLite, `COLLATE "C"` on PostgreSQL.

use std::time::{SystemTime, UNIX_EPOCH};

use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::domain::time::Time;

/// A database that we speak to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// SQLite 3.44 or later, built in.
    Sqlite,
    /// PostgreSQL 13 or later.
    Postgres,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// Text, compared byte for byte.
    Text,
    /// True or false.
    Flag,
    /// A code of an enumeration.
    Code,
    /// A number of up to 63 bits.
    Number,
    /// A number of up to 63 bits, or NULL.
    NumberOrNull,
    /// Bytes.
    Bytes,
}

/// No statement has more parameters, whatever the database would take: longer ones gain nothing and cost memory
/// in the cache of prepared statements.
const PARAMETERS_MAX: usize = 16_384;

impl Dialect {
    /// The dialect of a connection.
    pub(super) fn of(db: &impl ConnectionTrait) -> Self {
        match db.get_database_backend() {
            DbBackend::Postgres => Self::Postgres,
            _ => Self::Sqlite,
        }
    }

    /// Its name, for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }

    /// The SQL type of a column.
    pub(super) fn column_type(self, kind: ColumnKind) -> &'static str {
        match (self, kind) {
            (Self::Sqlite, ColumnKind::Text) => "TEXT",
            (Self::Sqlite, ColumnKind::Bytes) => "BLOB",
            (Self::Sqlite, _) => "INTEGER",
            (Self::Postgres, ColumnKind::Text) => "text COLLATE \"C\"",
            (Self::Postgres, ColumnKind::Flag) => "boolean",
            (Self::Postgres, ColumnKind::Code) => "smallint",
            (Self::Postgres, ColumnKind::Number | ColumnKind::NumberOrNull) => "bigint",
            (Self::Postgres, ColumnKind::Bytes) => "bytea",
        }
    }

    /// What follows the columns of a table. SQLite then refuses a value of another type than the column's, as every
    /// other database does; a table of little but its key lies in the order of that key.
    pub(super) fn table_suffix(self, little_but_key: bool) -> Option<&'static str> {
        match self {
            Self::Sqlite if little_but_key => Some("STRICT, WITHOUT ROWID"),
            Self::Sqlite => Some("STRICT"),
            Self::Postgres => None,
        }
    }

    /// Parameters of one statement, at most.
    pub(super) fn parameters_max(self) -> usize {
        let database: usize = match self {
            Self::Sqlite => 32_766,
            Self::Postgres => 65_535,
        };
        database.min(PARAMETERS_MAX)
    }

    /// Whether `text` contains `part`, literally and byte for byte.
    pub(super) fn contains(self, text: Expr, part: &str) -> Expr {
        let position = match self {
            Self::Sqlite => "instr",
            Self::Postgres => "strpos",
        };
        Expr::from(Func::cust(position).args([text, Expr::val(part)])).gt(0)
    }
}

/// The database's clock. SQLite has no clock of its own: it is part of this process.
pub(super) async fn now(db: &impl ConnectionTrait) -> Result<Time, DbErr> {
    match Dialect::of(db) {
        Dialect::Sqlite => Ok(process_clock()),
        Dialect::Postgres => {
            let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
            let statement = Statement::from_string(db.get_database_backend(), sql);
            let row = db.query_one_raw(statement).await?;
            let row = row.ok_or_else(|| DbErr::RecordNotFound("the database's clock".to_owned()))?;
            Ok(Time::clamped(row.try_get_by_index(0)?))
        }
    }
}

fn process_clock() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::clamped(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
