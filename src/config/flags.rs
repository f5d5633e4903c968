//! The settings as flags and environment variables.
//!
//! Guarantees: every key of the file has a flag and a variable of the same name, and a flag beats
//! its variable. Values are kept as text: one place judges them all, together with the file's.

use std::path::PathBuf;

use clap::Args;

use super::standard::{Fallbacks, StandardFlags};

/// A key of the file and the text that a flag or variable gives it.
pub(super) type Setting<'a> = (&'static str, Option<&'a str>);

const DATABASE_URL_HELP: &str = "sqlite://FILE, postgres://USER:PASSWORD@HOST/NAME or \
    mysql://USER:PASSWORD@HOST/NAME [default: sqlite://bailiwick.db]";

/// Where the configuration is read from, and the settings that `migrate` needs as well.
#[derive(Args, Debug, Clone, Default)]
pub struct Source {
    /// A TOML file with the keys that the flags below are named after
    #[arg(long, env = "BAILIWICK_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The database that keeps the state.
    #[arg(long, env = "BAILIWICK_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    #[arg(help = DATABASE_URL_HELP)]
    pub database_url: Option<String>,

    /// A file with the password of the user in --database-url
    #[arg(long, env = "BAILIWICK_DATABASE_PASSWORD_FILE", value_name = "FILE")]
    pub database_password_file: Option<String>,
}

impl Source {
    pub(super) fn settings(&self) -> Vec<Setting<'_>> {
        vec![
            ("database.url", self.database_url.as_deref()),
            ("database.password_file", self.database_password_file.as_deref()),
        ]
    }
}

/// Every setting of a server.
#[derive(Args, Debug, Clone, Default)]
pub struct Flags {
    /// The file and the database.
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    store: StoreFlags,
    #[command(flatten)]
    listeners: ListenerFlags,
    #[command(flatten)]
    limits: LimitFlags,
    #[command(flatten)]
    otlp: OtlpFlags,
    #[command(flatten)]
    standard: StandardFlags,
}

impl Flags {
    pub(super) fn settings(&self) -> Vec<Setting<'_>> {
        let parts = [self.source.settings(), self.store.settings(), self.listeners.settings(), self.limits.settings()];
        [parts.concat(), self.otlp.settings()].concat()
    }

    /// What stands in for keys that are set nowhere.
    pub(super) fn fallbacks(&self) -> Fallbacks {
        self.standard.fallbacks()
    }
}

#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Database and secret")]
struct StoreFlags {
    /// Connections to the database at most [default: 10]
    #[arg(long, env = "BAILIWICK_DATABASE_POOL_SIZE", value_name = "N")]
    database_pool_size: Option<String>,

    /// Migrate the schema at start; otherwise refuse a wrong one [default: true with SQLite, else false]
    #[arg(long, env = "BAILIWICK_DATABASE_MIGRATE", value_name = "BOOL")]
    database_migrate: Option<String>,

    /// The server's secret, 64 hexadecimal digits or at least 32 bytes. Other users of this machine
    /// can see flags: prefer --secret-file [default: with SQLite, a key file beside the database]
    #[arg(long, env = "BAILIWICK_SECRET", value_name = "SECRET", hide_env_values = true)]
    secret: Option<String>,

    /// A file with the server's secret
    #[arg(long, env = "BAILIWICK_SECRET_FILE", value_name = "FILE")]
    secret_file: Option<String>,
}

impl StoreFlags {
    fn settings(&self) -> Vec<Setting<'_>> {
        let Self { database_pool_size, database_migrate, secret, secret_file } = self;
        vec![
            ("database.pool_size", database_pool_size.as_deref()),
            ("database.migrate", database_migrate.as_deref()),
            ("secret", secret.as_deref()),
            ("secret_file", secret_file.as_deref()),
        ]
    }
}

#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Listeners, callers and logs")]
struct ListenerFlags {
    /// Where every service listens [default: 127.0.0.1:50051]
    #[arg(long, env = "BAILIWICK_GRPC_LISTEN", value_name = "ADDRESS")]
    grpc_listen: Option<String>,

    /// An address for checks and health alone, for applications; unset, there is none
    #[arg(long, env = "BAILIWICK_DATA_LISTEN", value_name = "ADDRESS")]
    data_listen: Option<String>,

    /// A Unix socket for checks and health alone, for callers on this machine; unset, there is none
    #[arg(long, env = "BAILIWICK_DATA_SOCKET", value_name = "PATH")]
    data_socket: Option<String>,

    /// Where metrics and probes listen [default: 127.0.0.1:9090]
    #[arg(long, env = "BAILIWICK_METRICS_LISTEN", value_name = "ADDRESS")]
    metrics_listen: Option<String>,

    /// The user or client that the token of --token-file stands for (more of them: tokens in the file)
    #[arg(long, env = "BAILIWICK_TOKEN_SUBJECT", value_name = "SUBJECT")]
    token_subject: Option<String>,

    /// A file with the bearer token of --token-subject
    #[arg(long, env = "BAILIWICK_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<String>,

    /// pretty or json, one line a record in both [default: pretty on a terminal, else json]
    #[arg(long, env = "BAILIWICK_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<String>,

    /// error, warn, info, debug or trace [default: info]
    #[arg(long, env = "BAILIWICK_LOG_LEVEL", value_name = "LEVEL")]
    log_level: Option<String>,
}

impl ListenerFlags {
    fn settings(&self) -> Vec<Setting<'_>> {
        let Self { grpc_listen, data_listen, data_socket, metrics_listen, .. } = self;
        let Self { token_subject, token_file, log_format, log_level, .. } = self;
        vec![
            ("grpc.listen", grpc_listen.as_deref()),
            ("data.listen", data_listen.as_deref()),
            ("data.socket", data_socket.as_deref()),
            ("metrics.listen", metrics_listen.as_deref()),
            ("token_subject", token_subject.as_deref()),
            ("token_file", token_file.as_deref()),
            ("log.format", log_format.as_deref()),
            ("log.level", log_level.as_deref()),
        ]
    }
}

#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Limits")]
struct LimitFlags {
    /// Threads that answer checks; 0 means the CPUs less one, at least 1 [default: 0]
    #[arg(long, env = "BAILIWICK_DATA_THREADS", value_name = "N")]
    data_threads: Option<String>,

    /// Age of the last successful poll beyond which the server stops answering [default: 30s]
    #[arg(long, env = "BAILIWICK_STALENESS_BOUND", value_name = "DURATION")]
    staleness_bound: Option<String>,

    /// How often the database is asked for new revisions [default: 250ms]
    #[arg(long, env = "BAILIWICK_POLL_INTERVAL", value_name = "DURATION")]
    poll_interval: Option<String>,

    /// How long clients may keep an answer, at most the staleness bound [default: 0s]
    #[arg(long, env = "BAILIWICK_CACHE_TTL", value_name = "DURATION")]
    cache_ttl: Option<String>,

    /// Deadline of a call that names none [default: 1s]
    #[arg(long, env = "BAILIWICK_DEADLINE_DEFAULT", value_name = "DURATION")]
    deadline_default: Option<String>,

    /// Longest deadline of a unary call [default: 30s]
    #[arg(long, env = "BAILIWICK_DEADLINE_MAX", value_name = "DURATION")]
    deadline_max: Option<String>,

    /// Longest deadline of a streaming call [default: 1h]
    #[arg(long, env = "BAILIWICK_STREAM_DEADLINE_MAX", value_name = "DURATION")]
    stream_deadline_max: Option<String>,

    /// Calls in flight in the process at most [default: 16384]
    #[arg(long, env = "BAILIWICK_IN_FLIGHT_MAX", value_name = "N")]
    in_flight_max: Option<String>,

    /// Streams open on one connection at most [default: 1024]
    #[arg(long, env = "BAILIWICK_STREAMS_PER_CONNECTION_MAX", value_name = "N")]
    streams_per_connection_max: Option<String>,

    /// Size of one message at most [default: 1MiB]
    #[arg(long, env = "BAILIWICK_MESSAGE_BYTES_MAX", value_name = "SIZE")]
    message_bytes_max: Option<String>,

    /// Size of the headers of one call at most [default: 16KiB]
    #[arg(long, env = "BAILIWICK_HEADER_BYTES_MAX", value_name = "SIZE")]
    header_bytes_max: Option<String>,

    /// Roles that one call may make the ones that a subject holds [default: 5]
    #[arg(long, env = "BAILIWICK_REPLACED_ROLES_MAX", value_name = "N")]
    replaced_roles_max: Option<String>,

    /// How long running calls may take to finish after SIGTERM [default: 10s]
    #[arg(long, env = "BAILIWICK_SHUTDOWN_GRACE", value_name = "DURATION")]
    shutdown_grace: Option<String>,
}

impl LimitFlags {
    fn settings(&self) -> Vec<Setting<'_>> {
        vec![
            ("data_threads", self.data_threads.as_deref()),
            ("staleness_bound", self.staleness_bound.as_deref()),
            ("poll_interval", self.poll_interval.as_deref()),
            ("cache_ttl", self.cache_ttl.as_deref()),
            ("deadline_default", self.deadline_default.as_deref()),
            ("deadline_max", self.deadline_max.as_deref()),
            ("stream_deadline_max", self.stream_deadline_max.as_deref()),
            ("in_flight_max", self.in_flight_max.as_deref()),
            ("streams_per_connection_max", self.streams_per_connection_max.as_deref()),
            ("message_bytes_max", self.message_bytes_max.as_deref()),
            ("header_bytes_max", self.header_bytes_max.as_deref()),
            ("replaced_roles_max", self.replaced_roles_max.as_deref()),
            ("shutdown_grace", self.shutdown_grace.as_deref()),
        ]
    }
}

#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Traces and metrics for a collector")]
#[expect(clippy::struct_field_names, reason = "they are the flags")]
struct OtlpFlags {
    /// The collector (OTLP over gRPC), http://HOST:PORT or https://…; unset, nothing is sent
    #[arg(long, env = "BAILIWICK_OTLP_ENDPOINT", value_name = "URL")]
    otlp_endpoint: Option<String>,

    /// Headers for the collector, name=value,… Other users of this machine can see flags: prefer --otlp-headers-file
    #[arg(long, env = "BAILIWICK_OTLP_HEADERS", value_name = "HEADERS", hide_env_values = true)]
    otlp_headers: Option<String>,

    /// A file with the headers for the collector
    #[arg(long, env = "BAILIWICK_OTLP_HEADERS_FILE", value_name = "FILE")]
    otlp_headers_file: Option<String>,

    /// Share of calls that are traced, where no trace of the caller's decides [default: 0.01]
    #[arg(long, env = "BAILIWICK_OTLP_SAMPLING_RATIO", value_name = "SHARE")]
    otlp_sampling_ratio: Option<String>,

    /// How often metrics are sent [default: 1m]
    #[arg(long, env = "BAILIWICK_OTLP_METRICS_INTERVAL", value_name = "DURATION")]
    otlp_metrics_interval: Option<String>,
}

impl OtlpFlags {
    fn settings(&self) -> Vec<Setting<'_>> {
        vec![
            ("otlp.endpoint", self.otlp_endpoint.as_deref()),
            ("otlp.headers", self.otlp_headers.as_deref()),
            ("otlp.headers_file", self.otlp_headers_file.as_deref()),
            ("otlp.sampling_ratio", self.otlp_sampling_ratio.as_deref()),
            ("otlp.metrics_interval", self.otlp_metrics_interval.as_deref()),
        ]
    }
}
