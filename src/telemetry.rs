//! What the process tells of itself: logs on standard error, metrics as text, and, where a collector is configured,
//! traces and metrics over OTLP.
//!
//! A log record is one line, pretty for people or JSON for programs. Guarantees: whatever a caller sent, a record stays
//! one line and cannot command a terminal: control and bidirectional-override characters are escaped. Nobody waits for
//! standard error or for the collector: threads of their own write and send, and when they cannot keep up, records
//! are lost and their number logged, and spans are lost. What was told before the [`Guard`] is dropped is written and
//! sent, unless standard error or the collector is stuck: the guard waits for seconds at most.
//!
//! It does not decide what is told, and it reads no environment but `NO_COLOR` and what OpenTelemetry's kit reads for
//! itself: names of the resource (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`) and sizes of batches (`OTEL_BSP_…`).

mod collector;
mod escape;
mod metrics;
mod prometheus;
mod resource;
mod traces;
mod writer;

use std::env;
use std::io::{self, IsTerminal};
use std::panic;
use std::sync::Arc;

use opentelemetry_sdk::Resource;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt;

use self::collector::{Collector, Exports, Failure};
use self::metrics::Sending;
use self::traces::Traces;
use self::writer::Lines;
use crate::config::{Log, LogFormat, LogLevel, Otlp};
use crate::measure::Metric;

pub use self::escape::is_unsafe;
pub use self::prometheus::{CONTENT_TYPE as PROMETHEUS, text as prometheus_text};

/// Ends what tells of the process, when dropped: the last metrics and spans are sent, then the last lines written.
#[must_use = "dropping the guard ends what is told"]
pub struct Guard {
    // In this order: each needs those below it.
    otlp: Option<Sent>,
    _log: writer::Guard,
}

/// What is sent to a collector.
struct Sent {
    metrics: Option<Sending>,
    every: std::time::Duration,
    resource: Resource,
    traces: Traces,
    collector: Collector,
    _exports: Exports,
}

/// Starts logging and tracing for the whole process; hold the guard until the process ends.
///
/// # Errors
/// When it was started before, or the way to the collector cannot be set up.
pub fn start(log: Log, otlp: &Otlp) -> Result<Guard, Failure> {
    let (lines, guard) = writer::start(io::stderr());
    let layer = match log.format {
        LogFormat::Pretty => pretty(lines, is_coloured()),
        LogFormat::Json => json(lines),
    };
    let sent = otlp.endpoint.as_deref().map(|endpoint| Sent::start(endpoint, otlp)).transpose()?;
    let traces = sent.as_ref().map(|sent| sent.traces.layer());
    tracing_subscriber::registry().with(layer.with_filter(filter(log.level))).with(traces).try_init()?;
    panic::set_hook(Box::new(log_panic));
    if let Some(endpoint) = &otlp.endpoint {
        let is_plain = !otlp.headers.is_empty() && endpoint.starts_with("http://");
        tracing::info!(endpoint, sampling_ratio = otlp.sampling_ratio.share(), "traces and metrics are sent");
        if is_plain {
            tracing::warn!("NOT ENCRYPTED: the headers for the collector are sent in plain text");
        }
    }
    Ok(Guard { otlp: sent, _log: guard })
}

impl Guard {
    /// Sends what this reads to the collector, if there is one, from now on until the guard is dropped.
    pub fn send_metrics(&mut self, read: impl Fn() -> Vec<Metric> + Send + Sync + 'static) {
        if let Some(sent) = &mut self.otlp {
            let (collector, read) = (sent.collector.clone(), Arc::new(read));
            sent.metrics = Some(Sending::start(collector, &sent.resource, sent.every, read));
        }
    }
}

impl Sent {
    fn start(endpoint: &str, otlp: &Otlp) -> Result<Self, Failure> {
        let (collector, exports) = Collector::new(endpoint, otlp)?;
        let resource = resource::resource();
        let traces = Traces::start(collector.clone(), resource.clone());
        Ok(Self { metrics: None, every: otlp.metrics_interval, resource, traces, collector, _exports: exports })
    }
}

fn pretty(lines: Lines, coloured: bool) -> Box<dyn Layer<Registry> + Send + Sync> {
    fmt::layer().fmt_fields(escape::fields()).with_ansi(coloured).with_writer(lines).boxed()
}

fn json(lines: Lines) -> Box<dyn Layer<Registry> + Send + Sync> {
    let lines = lines.escaping_json();
    fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(lines).boxed()
}

/// Our own records at the level asked for; those of the libraries never below info, where they
/// drown ours, unless everything is asked for.
fn filter(level: LogLevel) -> Targets {
    let ours = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let theirs = if level == LogLevel::Trace { ours } else { ours.min(LevelFilter::INFO) };
    let all = Targets::new().with_default(theirs).with_target(env!("CARGO_CRATE_NAME"), ours);
    all.with_target(traces::TARGET, LevelFilter::OFF)
}

fn is_coloured() -> bool {
    io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// A panic is a record like any other, so that it is escaped and can be found.
fn log_panic(info: &panic::PanicHookInfo<'_>) {
    let message = info.payload_as_str().unwrap_or("no message");
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(panic.message = message, panic.place = place, "a thread panicked");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(layer: fn(Lines) -> Box<dyn Layer<Registry> + Send + Sync>, log: fn()) -> String {
        let memory = Memory::default();
        let (lines, guard) = writer::start(memory.clone());
        let subscriber = Registry::default().with(layer(lines).with_filter(filter(LogLevel::Info)));
        tracing::subscriber::with_default(subscriber, log);
        drop(guard);
        String::from_utf8(memory.0.lock().unwrap().clone()).unwrap()
    }

    const HOSTILE: &str = "a\r\n2026 FORGED \u{1b}[31m \u{7f}\u{9b}2J \u{202e}\u{2028}\"\\end";

    fn log_hostile() {
        tracing::info_span!("call", caller = HOSTILE).in_scope(|| {
            tracing::info!(id = HOSTILE, shown = %HOSTILE, debugged = ?HOSTILE, "{HOSTILE}");
        });
    }

    fn assert_one_clean_line(text: &str) {
        assert_eq!(text.lines().count(), 1, "{text:?}");
        let line = text.trim_end_matches('\n');
        assert!(!line.chars().any(escape::is_unsafe), "{line:?}");
        assert!(line.contains("end"), "{line:?}");
    }

    #[test]
    fn a_hostile_value_stays_one_pretty_line() {
        assert_one_clean_line(&logged(|lines| pretty(lines, false), log_hostile));
    }

    #[test]
    fn a_hostile_value_stays_one_json_line_and_is_kept_whole() {
        let text = logged(json, log_hostile);
        assert_one_clean_line(&text);
        let record: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(record.get("id").unwrap(), HOSTILE);
        assert_eq!(record.get("shown").unwrap(), HOSTILE);
        assert_eq!(record.get("message").unwrap(), HOSTILE);
    }

    #[test]
    fn libraries_are_heard_from_info_upwards() {
        let asked = filter(LogLevel::Debug);
        assert!(asked.would_enable("bailiwick::server", &tracing::Level::DEBUG));
        assert!(!asked.would_enable("h2::codec", &tracing::Level::DEBUG));
        assert!(asked.would_enable("h2::codec", &tracing::Level::INFO));
        assert!(!filter(LogLevel::Warn).would_enable("h2::codec", &tracing::Level::INFO));
    }
}
