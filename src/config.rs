//! The configuration of a server: what may be set, its defaults, and the one place that judges it.
//!
//! A value comes from the first of: a flag, an environment variable, the TOML file named by
//! `--config`, the default written in [`Config::default`]. (Where `otlp` is set by none of these, the variables that
//! OpenTelemetry defines for every program stand in.) One setting has one name in three
//! spellings: the key `grpc.listen`, the flag `--grpc-listen`, the variable `BAILIWICK_GRPC_LISTEN`.
//!
//! Guarantees: an unknown key is refused; every violation of every key is reported at once;
//! a [`Config`] that exists is valid; no secret is shown by `Debug` or named in an error.
//!
//! It does not open databases or sockets, and it reads no file but the configuration itself and
//! the files that this names (`secret_file`, `token_file`, `database.password_file`, `otlp.headers_file`). Unknown
//! environment variables are ignored, because orchestrators put their own beside ours.

mod database;
mod error;
mod flags;
mod limits;
mod listeners;
mod log;
mod otlp;
mod password;
mod reader;
mod secret;
mod show;
mod standard;
mod tokens;
mod units;

use std::num::NonZeroUsize;
use std::thread;
use std::time::Duration;

pub use database::Database;
pub use error::{Error, Violation};
pub use flags::{Flags, Source};
pub use listeners::{Data, Grpc, Metrics, SOCKET_PATH_BYTES_MAX};
pub use log::{Log, LogFormat, LogLevel};
pub use otlp::{Headers, Otlp, Ratio};
pub use secret::{SECRET_BYTES_MIN, Secret};
pub use tokens::{TOKEN_CHARACTERS_MIN, Token};

use reader::Reader;

/// Everything that a server needs to know before it starts. Field names are the keys of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The database that keeps the state.
    pub database: Database,
    /// The key of tokens, page tokens and the chain. With `SQLite`, none means: keep one beside the
    /// database file. Set from `secret` or `secret_file`.
    pub secret: Option<Secret>,
    /// The listener of every service.
    pub grpc: Grpc,
    /// The listeners of checks and health alone.
    pub data: Data,
    /// The listener of metrics and probes.
    pub metrics: Metrics,
    /// Threads that answer checks. The key's 0 is resolved to the CPUs less one, at least 1.
    pub data_threads: NonZeroUsize,
    /// The age of the last successful poll beyond which the server stops answering.
    pub staleness_bound: Duration,
    /// How often the database is asked for new revisions.
    pub poll_interval: Duration,
    /// How long a client may keep an answer; zero forbids it. At most `staleness_bound`.
    pub cache_ttl: Duration,
    /// The deadline of a call that names none.
    pub deadline_default: Duration,
    /// The longest deadline of a unary call; a longer one is cut to this.
    pub deadline_max: Duration,
    /// The longest deadline of a streaming call; a longer one is cut to this.
    pub stream_deadline_max: Duration,
    /// Calls in flight in the whole process; one more is `RESOURCE_EXHAUSTED`.
    pub in_flight_max: usize,
    /// Streams open at once on one connection; one more is `REFUSED_STREAM`.
    pub streams_per_connection_max: u32,
    /// Bytes of one message; a larger one is refused unread.
    pub message_bytes_max: usize,
    /// Bytes of the headers of one call; larger ones are refused.
    pub header_bytes_max: u32,
    /// Roles that one call may make the ones that a subject holds.
    pub replaced_roles_max: usize,
    /// How long running calls may take to finish after SIGTERM before the process leaves anyway.
    pub shutdown_grace: Duration,
    /// Format and level of the log.
    pub log: Log,
    /// Where traces and metrics are sent.
    pub otlp: Otlp,
    /// Static bearer tokens and the subjects they stand for.
    pub tokens: Vec<Token>,
    /// What others have set for every program of this machine and is left out here: for the log.
    pub warnings: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: Database::default(),
            secret: None,
            grpc: Grpc::default(),
            data: Data::default(),
            metrics: Metrics::default(),
            data_threads: spare_cpus(),
            staleness_bound: Duration::from_secs(30),
            poll_interval: Duration::from_millis(250),
            cache_ttl: Duration::ZERO,
            deadline_default: Duration::from_secs(1),
            deadline_max: Duration::from_secs(30),
            stream_deadline_max: Duration::from_hours(1),
            in_flight_max: 16_384,
            streams_per_connection_max: 1_024,
            message_bytes_max: 1 << 20,
            header_bytes_max: 16 << 10,
            replaced_roles_max: 5,
            shutdown_grace: Duration::from_secs(10),
            log: Log::default(),
            otlp: Otlp::default(),
            tokens: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

impl Config {
    /// Merges the layers and judges the result.
    ///
    /// # Errors
    /// [`Error::File`] when the file cannot be read or is no TOML; [`Error::Invalid`] with every
    /// violation otherwise.
    pub fn load(flags: &Flags) -> Result<Self, Error> {
        let mut reader = Reader::open(&flags.source, &flags.settings())?;
        let warnings = reader.fall_back(flags.fallbacks());
        let config = Self { warnings, ..Self::read(&mut reader) };
        reader.finish()?;
        Ok(config)
    }

    /// Takes every key from the reader, which collects what is wrong with them.
    fn read(reader: &mut Reader) -> Self {
        let mut config = Self { database: Database::read(reader), ..Self::default() };
        config.secret = Secret::read(reader);
        config.tokens = tokens::read(reader);
        config.log = Log::read(reader);
        config.otlp = Otlp::read(reader);
        config.read_listeners(reader);
        config.read_data_threads(reader);
        config.read_limits(reader);
        config.check_callers(reader);
        config.check_listeners(reader);
        config.check_secret(reader);
        config
    }

    fn read_data_threads(&mut self, reader: &mut Reader) {
        let mut wanted = 0_usize;
        reader.number("data_threads", 0..=1_024, &mut wanted);
        self.data_threads = NonZeroUsize::new(wanted).unwrap_or_else(spare_cpus);
    }

    /// Replicas share a database, not a disk: a key kept beside the database file is for `SQLite`
    /// alone.
    fn check_secret(&self, reader: &mut Reader) {
        if self.secret.is_none() && !reader.has_failed("secret") && !self.database.is_sqlite() {
            reader.refuse(
                "secret",
                "is required with a database server: set secret or secret_file, the same on every replica",
            );
        }
    }
}

impl Database {
    /// Merges the layers for a command that needs the database alone.
    ///
    /// # Errors
    /// As [`Config::load`], but only what is wrong with the file itself and with `database.…`.
    pub fn load(source: &Source) -> Result<Self, Error> {
        let mut reader = Reader::open(source, &source.settings())?;
        let config = Config::read(&mut reader);
        reader.finish_section("database")?;
        Ok(config.database)
    }
}

/// The CPUs that this process may use (its quota counts) less one for everything but checks.
fn spare_cpus() -> NonZeroUsize {
    thread::available_parallelism().ok().and_then(|cpus| NonZeroUsize::new(cpus.get() - 1)).unwrap_or(NonZeroUsize::MIN)
}

#[cfg(test)]
mod tests;
