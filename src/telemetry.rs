//! Logging: one record, one line on standard error, pretty for people or JSON for programs.
//!
//! Guarantees: whatever a caller sent, a record stays one line and cannot command a terminal:
//! control and bidirectional-override characters are escaped. Nobody waits for standard error: a
//! thread of its own writes, and when it cannot keep up, records are lost and their number logged.
//! What was logged before the [`Guard`] is dropped is written, unless standard error is stuck.
//!
//! It does not decide what is logged, and it reads no environment but `NO_COLOR`.

mod escape;
mod writer;

use std::env;
use std::io::{self, IsTerminal};
use std::panic;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::config::{Log, LogFormat, LogLevel};

pub use writer::Guard;
use writer::Lines;

/// Starts logging for the whole process; hold the guard until the process ends.
///
/// # Errors
/// When logging was started before.
pub fn start(log: Log) -> Result<Guard, TryInitError> {
    let (lines, guard) = writer::start(io::stderr());
    let layer = match log.format {
        LogFormat::Pretty => pretty(lines, is_coloured()),
        LogFormat::Json => json(lines),
    };
    tracing_subscriber::registry().with(layer.with_filter(filter(log.level))).try_init()?;
    panic::set_hook(Box::new(log_panic));
    Ok(guard)
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
    Targets::new().with_default(theirs).with_target(env!("CARGO_CRATE_NAME"), ours)
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
