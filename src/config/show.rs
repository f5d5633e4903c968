//! The effective configuration as TOML: every key with its value and where it comes from.
//!
//! Guarantees: no secret is in it, so it can be put into a ticket. What it shows is a configuration file that leads to
//! the same configuration, but for the secrets.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::error::Error;
use super::flags::Flags;
use super::log::{LogFormat, LogLevel};
use super::reader::Reader;
use super::units::{spell_bytes, spell_duration};
use super::{Config, Data, Database, Grpc, Metrics, Otlp};

/// Stands for every secret.
const REDACTED: &str = "[redacted]";

impl Config {
    /// What a server that is started with these flags would use.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn show(flags: &Flags) -> Result<String, Error> {
        let mut reader = Reader::open(&flags.source, &flags.settings())?;
        let warnings = reader.fall_back(flags.fallbacks());
        let origins = reader.origins();
        let config = Self { warnings, ..Self::read(&mut reader) };
        reader.finish()?;
        let mut page = Page { text: String::new(), section: "", origins };
        config.write(&mut page);
        Ok(page.text)
    }

    /// Every field, so that none can be forgotten.
    fn write(&self, page: &mut Page) {
        let Self { database, secret, grpc, metrics, data_threads, staleness_bound, poll_interval, cache_ttl, .. } =
            self;
        let Self { deadline_default, deadline_max, stream_deadline_max, in_flight_max, shutdown_grace, .. } = self;
        let Self { streams_per_connection_max, message_bytes_max, header_bytes_max, log, otlp, tokens, .. } = self;
        let Self { replaced_roles_max, data, .. } = self;
        for warning in &self.warnings {
            page.line(&format!("# {warning}"));
        }
        page.secret("secret", secret.is_some());
        page.value("data_threads", data_threads.to_string());
        page.duration("staleness_bound", *staleness_bound);
        page.duration("poll_interval", *poll_interval);
        page.duration("cache_ttl", *cache_ttl);
        page.duration("deadline_default", *deadline_default);
        page.duration("deadline_max", *deadline_max);
        page.duration("stream_deadline_max", *stream_deadline_max);
        page.value("in_flight_max", in_flight_max.to_string());
        page.value("streams_per_connection_max", streams_per_connection_max.to_string());
        page.text("message_bytes_max", &spell_bytes(*message_bytes_max as u64));
        page.text("header_bytes_max", &spell_bytes(u64::from(*header_bytes_max)));
        page.value("replaced_roles_max", replaced_roles_max.to_string());
        page.duration("shutdown_grace", *shutdown_grace);
        database.write(page);
        let (Grpc { listen: grpc }, Metrics { listen: metrics }) = (grpc, metrics);
        page.text("grpc.listen", &grpc.to_string());
        data.write(page);
        page.text("metrics.listen", &metrics.to_string());
        page.text("log.format", format_word(log.format));
        page.text("log.level", level_word(log.level));
        otlp.write(page);
        for token in tokens {
            let subject = quoted(&token.subject);
            page.line(&format!("\n# [[tokens]]\n# subject = {subject}\n# token = \"{REDACTED}\""));
        }
    }
}

impl Database {
    fn write(&self, page: &mut Page) {
        let Self { url: _, pool_size, migrate } = self;
        page.text("database.url", &self.redacted_url());
        page.value("database.pool_size", pool_size.to_string());
        page.value("database.migrate", migrate.to_string());
    }
}

impl Data {
    fn write(&self, page: &mut Page) {
        let Self { listen, socket } = self;
        page.optional("data.listen", listen.map(|listen| listen.to_string()));
        page.optional("data.socket", socket.as_ref().map(|socket| socket.display().to_string()));
    }
}

impl Otlp {
    fn write(&self, page: &mut Page) {
        let Self { endpoint, headers, sampling_ratio, metrics_interval } = self;
        page.optional("otlp.endpoint", endpoint.as_deref());
        page.secret("otlp.headers", !headers.is_empty());
        page.value("otlp.sampling_ratio", sampling_ratio.share().to_string());
        page.duration("otlp.metrics_interval", *metrics_interval);
    }
}

/// The text so far, and where each key comes from.
struct Page {
    text: String,
    section: &'static str,
    origins: BTreeMap<String, String>,
}

impl Page {
    fn value(&mut self, key: &'static str, literal: impl AsRef<str>) {
        let (name, origin) = (self.enter(key), self.origin(key));
        self.line(&format!("{name} = {} # {origin}", literal.as_ref()));
    }

    fn text(&mut self, key: &'static str, value: &str) {
        self.value(key, quoted(value));
    }

    fn optional(&mut self, key: &'static str, value: Option<impl AsRef<str>>) {
        match value {
            Some(value) => self.text(key, value.as_ref()),
            None => self.unset(key),
        }
    }

    fn duration(&mut self, key: &'static str, value: Duration) {
        self.text(key, &spell_duration(value));
    }

    fn unset(&mut self, key: &'static str) {
        let name = self.enter(key);
        self.line(&format!("# {name} is not set"));
    }

    fn secret(&mut self, key: &'static str, is_set: bool) {
        if !is_set {
            return self.unset(key);
        }
        let name = self.enter(key);
        let file = format!("{key}_file");
        let from = if self.origins.contains_key(&file) { &file } else { key };
        let origin = self.origin(from);
        self.line(&format!("# {name} = \"{REDACTED}\" # {origin}"));
    }

    /// Opens the section of a key, if it is another one, and answers with the name of the key in it.
    fn enter(&mut self, key: &'static str) -> &'static str {
        let (section, name) = key.split_once('.').unwrap_or(("", key));
        if section != self.section {
            self.section = section;
            self.line(&format!("\n[{section}]"));
        }
        name
    }

    fn origin(&self, key: &str) -> String {
        self.origins.get(key).cloned().unwrap_or_else(|| "default".to_owned())
    }

    fn line(&mut self, line: &str) {
        let _infallible = writeln!(self.text, "{line}");
    }
}

/// A text of JSON is one of TOML, too, unless it holds DEL, which no valid value does.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn format_word(format: LogFormat) -> &'static str {
    match format {
        LogFormat::Pretty => "pretty",
        LogFormat::Json => "json",
    }
}

fn level_word(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    }
}
