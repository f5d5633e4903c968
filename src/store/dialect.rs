//! Everything in which two databases differ: names of types and functions, limits, the clock.
//!
//! A further database is a variant here and a way to connect in `connect`; nothing else asks which one it is.
//! Texts are compared byte for byte by each, trailing spaces included: BINARY on SQLite, `COLLATE "C"` on PostgreSQL,
//! `utf8mb4_nopad_bin` on MariaDB and `utf8mb4_0900_bin` on MySQL 8. MariaDB and MySQL are one dialect: where their
//! words differ, a comment that only one of the two runs (`/*M! … */` and `/*!80000 … */`) has each read its own.

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, Statement};

use crate::domain::limit;
use crate::domain::time::Time;

/// A database that we speak to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// SQLite 3.44 or later, built in.
    Sqlite,
    /// PostgreSQL 13 or later.
    Postgres,
    /// MariaDB 10.6 or later, or MySQL 8.
    Mariadb,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// Text of any length, compared byte for byte. No index can have it: MariaDB wants to know how long its parts
    /// may become.
    Text,
    /// Such a text, or NULL.
    TextOrNull,
    /// Text of so many characters at most, which an index may have.
    Key(usize),
    /// As `Key`, of ASCII alone: on MariaDB an index has a byte for each of its characters, and not four.
    Ascii(usize),
    /// The digest of a text that is too long for an index.
    Digest,
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

impl ColumnKind {
    /// Whether NULL is a value of it.
    pub(super) fn is_nullable(self) -> bool {
        matches!(self, Self::TextOrNull | Self::NumberOrNull)
    }
}

/// Text that is an id, or empty.
pub(super) const ID: ColumnKind = ColumnKind::Key(limit::ID_CHARS_MAX);

/// What MariaDB compares texts of ASCII by. MySQL has only one that takes no notice of spaces at the end, which none of
/// these texts has.
const ASCII: &str = "CHARACTER SET ascii COLLATE /*M! ascii_nopad_bin */ /*!80000 ascii_bin */";

/// No statement has more parameters, whatever the database would take: longer ones gain nothing and cost memory
/// in the cache of prepared statements.
const PARAMETERS_MAX: usize = 16_384;

impl Dialect {
    /// The dialect of a connection.
    pub(super) fn of(db: &impl ConnectionTrait) -> Self {
        match db.get_database_backend() {
            DbBackend::Postgres => Self::Postgres,
            DbBackend::MySql => Self::Mariadb,
            _ => Self::Sqlite,
        }
    }

    /// Its name, for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
            Self::Mariadb => "mariadb",
        }
    }

    /// The SQL type of a column.
    pub(super) fn column_type(self, kind: ColumnKind) -> Cow<'static, str> {
        use ColumnKind::{Ascii, Bytes, Code, Digest, Flag, Key, Number, NumberOrNull, Text, TextOrNull};
        Cow::Borrowed(match (self, kind) {
            (Self::Sqlite, Text | TextOrNull | Key(_) | Ascii(_)) => "TEXT",
            (Self::Sqlite, Bytes | Digest) => "BLOB",
            (Self::Sqlite, _) => "INTEGER",
            (Self::Postgres, Text | TextOrNull | Key(_) | Ascii(_)) => "text COLLATE \"C\"",
            (Self::Postgres, Bytes | Digest) => "bytea",
            (Self::Postgres, Flag) => "boolean",
            (Self::Mariadb, Text | TextOrNull) => "longtext",
            (Self::Mariadb, Key(chars)) => return Cow::Owned(format!("varchar({chars})")),
            (Self::Mariadb, Ascii(chars)) => return Cow::Owned(format!("varchar({chars}) {ASCII}")),
            (Self::Mariadb, Bytes) => "longblob",
            (Self::Mariadb, Digest) => "binary(32)",
            (Self::Mariadb, Flag) => "tinyint(1)",
            (_, Code) => "smallint",
            (_, Number | NumberOrNull) => "bigint",
        })
    }

    /// What follows the columns of a table. SQLite then refuses a value of another type than the column's, as every
    /// other database does; a table of little but its key lies in the order of that key. MariaDB is told what its
    /// texts are compared by, whatever is usual in that database.
    pub(super) fn table_suffix(self, little_but_key: bool) -> Option<&'static str> {
        match self {
            Self::Sqlite if little_but_key => Some("STRICT, WITHOUT ROWID"),
            Self::Sqlite => Some("STRICT"),
            Self::Postgres => None,
            Self::Mariadb => Some(
                "ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 \
                 COLLATE=/*M! utf8mb4_nopad_bin */ /*!80000 utf8mb4_0900_bin */",
            ),
        }
    }

    /// Whether a table is made with its indexes in one statement, and so is there with all of them or not at all.
    /// MySQL cannot make an index only if it is not there.
    pub(super) fn indexes_come_with_the_table(self) -> bool {
        self == Self::Mariadb
    }

    /// Whether a row that is to be written can replace the one with the same primary key in one statement. MariaDB
    /// would replace a row that has another key and the same unique name.
    pub(super) fn replaces_by_key(self) -> bool {
        self != Self::Mariadb
    }

    /// Whether keys of several columns are given as a list of tuples: MariaDB looks each up in an index. The others
    /// take a table of them.
    pub(super) fn takes_lists_of_tuples(self) -> bool {
        self == Self::Mariadb
    }

    /// Tuples of one list, at most. MariaDB walks through a table that has not many more rows than the list, and
    /// compares each row with the whole list.
    pub(super) fn tuples_max(self) -> usize {
        match self {
            Self::Sqlite | Self::Postgres => usize::MAX,
            Self::Mariadb => 32,
        }
    }

    /// Whether an index is used where tuples are compared. MariaDB would walk through the table.
    pub(super) fn compares_tuples_by_index(self) -> bool {
        self != Self::Mariadb
    }

    /// What a transaction that writes is told at its begin, when the session cannot know: how long it may stand idle
    /// before it loses its lock.
    pub(super) fn write_idle_limit(self) -> Option<&'static str> {
        match self {
            Self::Sqlite | Self::Postgres => None,
            Self::Mariadb => Some("SET SESSION /*M! idle_transaction_timeout = 30 */ /*!80000 wait_timeout = 30 */"),
        }
    }

    /// What a view is told at its begin: that it may stand idle for long, for a client may take its export slowly.
    pub(super) fn view_idle_limit(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("SET LOCAL idle_in_transaction_session_timeout = '15min'"),
            Self::Mariadb => Some("SET SESSION /*M! idle_transaction_timeout = 900 */ /*!80000 wait_timeout = 900 */"),
        }
    }

    /// Parameters of one statement, at most.
    pub(super) fn parameters_max(self) -> usize {
        let database: usize = match self {
            Self::Sqlite => 32_766,
            Self::Postgres | Self::Mariadb => 65_535,
        };
        database.min(PARAMETERS_MAX)
    }

    /// The sum over a column of numbers, as such a number; NULL over nothing.
    pub(super) fn sum(self, column: impl ColumnTrait) -> Expr {
        let whole = match self {
            Self::Sqlite => return column.sum(),
            Self::Postgres => "bigint",
            Self::Mariadb => "signed",
        };
        column.sum().cast_as(whole)
    }

    /// Whether `text` contains `part`, literally and byte for byte.
    pub(super) fn contains(self, text: Expr, part: &str) -> Expr {
        let position = match self {
            Self::Sqlite | Self::Mariadb => "instr",
            Self::Postgres => "strpos",
        };
        Expr::from(Func::cust(position).args([text, Expr::val(part)])).gt(0)
    }
}

/// The database's clock. SQLite has no clock of its own: it is part of this process.
pub(super) async fn now(db: &impl ConnectionTrait) -> Result<Time, DbErr> {
    let sql = match Dialect::of(db) {
        Dialect::Sqlite => return Ok(process_clock()),
        Dialect::Postgres => "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
        Dialect::Mariadb => "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))",
    };
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the database's clock".to_owned()))?;
    Ok(Time::clamped(row.try_get_by_index(0)?))
}

fn process_clock() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::clamped(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
