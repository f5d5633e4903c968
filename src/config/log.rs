//! Section `log`: what is logged, and in which form. It does not set up logging.

use std::io::{self, IsTerminal};

use super::reader::Reader;

/// Format and level of the log, which goes to standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// Unset, pretty where standard error is a terminal and JSON elsewhere.
    pub format: LogFormat,
    /// The least severe level that is written.
    pub level: LogLevel,
}

/// The form of a log record. Every record is one line in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people: coloured where it is a terminal.
    Pretty,
    /// For programs: one JSON object.
    Json,
}

/// How severe a record must be to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// What needs a person.
    Error,
    /// What may need one soon.
    Warn,
    /// Starts, stops and changes of state.
    Info,
    /// What a developer wants to see.
    Debug,
    /// Everything; a release build stops at `Debug`.
    Trace,
}

impl Default for Log {
    fn default() -> Self {
        let format = if io::stderr().is_terminal() { LogFormat::Pretty } else { LogFormat::Json };
        Self { format, level: LogLevel::Info }
    }
}

impl Log {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let mut log = Self::default();
        reader.choice("log.format", &[("pretty", LogFormat::Pretty), ("json", LogFormat::Json)], &mut log.format);
        let levels = [
            ("error", LogLevel::Error),
            ("warn", LogLevel::Warn),
            ("info", LogLevel::Info),
            ("debug", LogLevel::Debug),
            ("trace", LogLevel::Trace),
        ];
        reader.choice("log.level", &levels, &mut log.level);
        log
    }
}
