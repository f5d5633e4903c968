//! Progress of long work on standard error: a bar on a terminal, else a line every few seconds.
//!
//! Guarantees: standard output is never touched, and work shorter than [`LINE_INTERVAL`] prints no
//! line at all. It measures what was handed over, which a server may still be working on.

use std::future::Future;
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

/// The time between two lines where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(5);
const TICK_INTERVAL: Duration = Duration::from_millis(120);
const BYTES_BAR: &str = "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";
const LINES_BAR: &str = "{msg} [{bar:30}] {human_pos}/{human_len} lines {eta}";
const SPINNER: &str = "{spinner} {msg} {elapsed}";

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Bytes,
    Lines,
    Nothing,
}

/// The progress of one piece of work.
pub(super) struct Progress {
    what: String,
    unit: Unit,
    total: Option<u64>,
    done: AtomicU64,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Work measured in bytes, of which there may be an unknown number.
    pub(super) fn in_bytes(what: impl Into<String>, total: Option<u64>) -> Self {
        Self::new(what.into(), Unit::Bytes, total)
    }

    /// Work measured in lines.
    pub(super) fn in_lines(what: impl Into<String>, total: u64) -> Self {
        Self::new(what.into(), Unit::Lines, Some(total))
    }

    /// Work measured in rows, of which there is an unknown number.
    pub(super) fn in_rows(what: impl Into<String>) -> Self {
        Self::new(what.into(), Unit::Lines, None)
    }

    /// Work that cannot be measured.
    pub(super) fn without_measure(what: impl Into<String>) -> Self {
        Self::new(what.into(), Unit::Nothing, None)
    }

    fn new(what: String, unit: Unit, total: Option<u64>) -> Self {
        let bar = io::stderr().is_terminal().then(|| bar(&what, unit, total));
        Self { what, unit, total, done: AtomicU64::new(0), bar }
    }

    /// More is done.
    pub(super) fn advance(&self, by: u64) {
        self.done.fetch_add(by, Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.inc(by);
        }
    }

    /// So much is done in all.
    pub(super) fn reach(&self, done: u64) {
        self.done.store(done, Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.set_position(done);
        }
    }

    /// Shows the progress while a future runs, and takes the bar away after it.
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                result = &mut work => {
                    self.finish();
                    return result;
                }
                () = tokio::time::sleep(LINE_INTERVAL) => self.print(),
            }
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn print(&self) {
        if self.bar.is_none() {
            eprintln!("{}", self.line());
        }
    }

    fn line(&self) -> String {
        let what = &self.what;
        let done = self.done.load(Ordering::Relaxed);
        let count = |number| match self.unit {
            Unit::Bytes => HumanBytes(number).to_string(),
            Unit::Lines | Unit::Nothing => HumanCount(number).to_string(),
        };
        match (self.unit, self.total) {
            (Unit::Nothing, _) => format!("{what}: still at it"),
            (_, Some(total)) => format!("{what}: {} of {}", count(done), count(total)),
            (_, None) => format!("{what}: {}", count(done)),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

fn bar(what: &str, unit: Unit, total: Option<u64>) -> ProgressBar {
    let template = match (unit, total) {
        (Unit::Bytes, Some(_)) => BYTES_BAR,
        (Unit::Lines, Some(_)) => LINES_BAR,
        _ => SPINNER,
    };
    let style = ProgressStyle::with_template(template);
    let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new).with_message(what.to_owned());
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(TICK_INTERVAL);
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_how_much_is_done() {
        let progress = Progress::in_bytes("importing a.jsonl", Some(3 << 20));
        progress.advance(1 << 20);
        assert_eq!(progress.line(), "importing a.jsonl: 1.00 MiB of 3.00 MiB");
        let progress = Progress::in_lines("exporting", 12_345);
        progress.advance(1_234);
        assert_eq!(progress.line(), "exporting: 1,234 of 12,345");
        assert_eq!(Progress::without_measure("migrating").line(), "migrating: still at it");
    }
}
