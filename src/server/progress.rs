//! How far a start has come: told to whoever started the server, who shows it as he likes.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Is told how far a start has come.
pub trait Progress: Sync {
    /// A piece of work begins, and how much it is where that is known.
    fn begin(&self, what: &str, total: Option<u64>);
    /// So much of it is done.
    fn done(&self, done: u64);
    /// It is finished.
    fn end(&self);
}

/// Logs the progress of long work, every few seconds.
#[derive(Debug, Default)]
pub struct LogProgress(Mutex<Option<Logged>>);

#[derive(Debug)]
struct Logged {
    what: String,
    total: Option<u64>,
    at: Instant,
}

/// The time between two lines; nothing is logged of a work shorter than this.
const INTERVAL: Duration = Duration::from_secs(5);

impl LogProgress {
    fn set(&self, logged: Option<Logged>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = logged;
    }
}

impl Progress for LogProgress {
    fn begin(&self, what: &str, total: Option<u64>) {
        self.set(Some(Logged { what: what.to_owned(), total, at: Instant::now() }));
    }

    fn done(&self, done: u64) {
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(logged) = logged.as_mut().filter(|logged| logged.at.elapsed() >= INTERVAL) {
            logged.at = Instant::now();
            tracing::info!(done, total = logged.total, "{}", logged.what);
        }
    }

    fn end(&self) {
        self.set(None);
    }
}
