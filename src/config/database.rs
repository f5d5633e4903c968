//! Section `database`: where the state is kept.
//!
//! Guarantees: the URL names a database we speak to, its parameters are ones that the driver knows (it would log another
//! one with its value), and its password is shown nowhere.
//! It does not connect.

use std::fmt;

use super::password;
use super::reader::Reader;

const SQLITE: &str = "sqlite:";
const SERVERS: [&str; 4] = ["postgres://", "postgresql://", "mysql://", "mariadb://"];

/// The parameters that `PostgreSQL`'s driver knows, besides `options[NAME]`.
const OF_POSTGRES: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];
/// Those that the driver of `MariaDB` and `MySQL` knows.
const OF_MARIADB: [&str; 14] = [
    "sslmode",
    "ssl-mode",
    "sslca",
    "ssl-ca",
    "charset",
    "collation",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "socket",
    "timezone",
    "time-zone",
];

/// Which database, how many connections, and whether `serve` may change its schema.
#[derive(Clone, PartialEq, Eq)]
pub struct Database {
    /// `sqlite://FILE`, `postgres://USER:PASSWORD@HOST/NAME` or `mysql://USER:PASSWORD@HOST/NAME`; `mariadb://` is
    /// `mysql://`.
    pub url: String,
    /// Connections kept open at most.
    pub pool_size: u32,
    /// Whether `serve` migrates at start. Unset, it does with `SQLite`, which belongs to one
    /// process, and refuses a wrong schema otherwise.
    pub migrate: bool,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite://bailiwick.db".to_owned(), pool_size: 10, migrate: true }
    }
}

impl Database {
    /// Whether the state is in a file of this machine, used by this process alone.
    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with(SQLITE)
    }

    /// The URL as it may be logged: without user, password and parameters.
    pub fn redacted_url(&self) -> String {
        redact(&self.url)
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        let mut database = Self::default();
        if let Some(url) = reader.text("database.url") {
            database.url = url;
        }
        if !is_supported(&database.url) {
            // The value is not repeated: it may hold a password.
            let schemes = "must begin with sqlite://, postgres://, postgresql://, mysql:// or mariadb://";
            reader.refuse("database.url", format!("{schemes}, and name a database"));
        }
        if let Some(key) = unknown_parameter(&database.url) {
            // Neither is its value repeated, nor a key that looks like a part of a password.
            let is_a_name = !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || "-_".contains(c));
            let key = if is_a_name { format!("the parameter {key}") } else { "a parameter".to_owned() };
            reader.refuse("database.url", format!("has {key}, which the database's driver does not know"));
        }
        database.url = password::added(database.url, reader);
        reader.number("database.pool_size", 1..=1_000, &mut database.pool_size);
        database.migrate = reader.flag("database.migrate").unwrap_or(database.is_sqlite());
        database
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("url", &self.redacted_url())
            .field("pool_size", &self.pool_size)
            .field("migrate", &self.migrate)
            .finish()
    }
}

fn is_supported(url: &str) -> bool {
    let mut schemes = SERVERS.into_iter().chain([SQLITE]);
    schemes.any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.trim_matches('/').is_empty()))
}

/// The first parameter of a server's URL that its driver would leave out.
fn unknown_parameter(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://").filter(|_| !url.starts_with(SQLITE))?;
    let known: &[&str] = if scheme.starts_with("postgres") { &OF_POSTGRES } else { &OF_MARIADB };
    let is_option = |key: &str| known.contains(&"options") && key.starts_with("options[") && key.ends_with(']');
    let (_, parameters) = rest.split('#').next()?.split_once('?')?;
    let keys = parameters.split('&').filter(|pair| !pair.is_empty()).filter_map(|pair| pair.split('=').next());
    keys.into_iter().find(|key| !known.contains(key) && !is_option(key))
}

/// Keeps what is certainly no secret. A password may itself hold `@` and `?` unescaped, so where
/// the parts cannot be told apart only the scheme is kept.
fn redact(url: &str) -> String {
    if url.starts_with(SQLITE) {
        return url.to_owned();
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return "…".to_owned();
    };
    let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    match place.rsplit_once('@') {
        _ if parameters.contains('@') => format!("{scheme}://…"),
        Some((_, host)) => format!("{scheme}://{host}"),
        None => format!("{scheme}://{place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redacted_url_holds_no_password() {
        let cases = [
            ("sqlite://bailiwick.db", "sqlite://bailiwick.db"),
            ("postgres://u:secret@db:5432/b", "postgres://db:5432/b"),
            ("postgres://u:s@ecret@db/b?password=secret", "postgres://db/b"),
            ("postgres://u:sec?ret@db/b", "postgres://…"),
            ("postgres://db/b?password=se@cret", "postgres://…"),
            ("postgres://db/b", "postgres://db/b"),
            ("mysql://u:secret@db:3306/b?ssl-mode=VERIFY_IDENTITY", "mysql://db:3306/b"),
            ("u:secret@db", "…"),
        ];
        for (url, shown) in cases {
            assert_eq!(redact(url), shown, "{url}");
        }
    }

    #[test]
    fn only_databases_that_we_speak_to_are_supported() {
        for url in
            ["sqlite://a.db", "sqlite::memory:", "postgres://h/d", "postgresql://h/d", "mysql://h/d", "mariadb://h/d"]
        {
            assert!(is_supported(url), "{url}");
        }
        for url in ["", "mssql://h/d", "sqlite:", "sqlite://", "postgres://", "mysql://", "Postgres://h/d"] {
            assert!(!is_supported(url), "{url}");
        }
    }
}
