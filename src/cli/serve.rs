//! `bailiwick serve`: runs the server until SIGTERM. The server itself is in [`crate::server`].

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use clap::Args;

use super::Outcome;
use super::progress::Progress;
use crate::config::{Config, Flags};
use crate::server;

const EXAMPLES: &str = "Examples:
  bailiwick serve
  bailiwick serve --config /etc/bailiwick.toml
  BAILIWICK_SECRET_FILE=/run/secrets/bailiwick \\
      bailiwick serve --database-url postgres://bailiwick@db/bailiwick
  bailiwick serve --memory --data policy.jsonl --grpc-listen 127.0.0.1:0

A setting comes from its flag, else its environment variable, else the key of the same name in the
file, else its default. Durations are written 250ms, 30s, 5m or 1h, sizes 16KiB or 1MiB.";

/// Run the server; with nothing configured it keeps its state in a file in this folder
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Keep everything in memory and forget it at the end, whatever database is configured: for tests
    #[arg(long)]
    memory: bool,

    /// An import file to load before listening; may be repeated
    #[arg(long, value_name = "FILE", requires = "memory")]
    data: Vec<PathBuf>,

    #[command(flatten)]
    flags: Flags,
}

pub(super) fn run(options: &Options) -> Outcome {
    let config = Config::load(&options.flags)?;
    let (bar, log) = (StartBar::default(), server::LogProgress::default());
    let progress: &dyn server::Progress = if io::stderr().is_terminal() { &bar } else { &log };
    server::serve(config, &options.data, options.memory, progress)?;
    Ok(ExitCode::SUCCESS)
}

/// A bar for each piece of work of a start.
#[derive(Default)]
struct StartBar(Mutex<Option<Progress>>);

impl StartBar {
    fn set(&self, bar: Option<Progress>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = bar;
    }
}

impl server::Progress for StartBar {
    fn begin(&self, what: &str, total: Option<u64>) {
        self.set(Some(Progress::in_bytes(what, total)));
    }

    fn done(&self, done: u64) {
        if let Some(bar) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            bar.reach(done);
        }
    }

    fn end(&self) {
        self.set(None);
    }
}
