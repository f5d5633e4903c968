//! What the database servers for tests have in common: a variable names a database on each, whose user may create
//! others.
//!
//! Each test has a database of its own. Without the variable the tests that need one are left out of the run, and
//! this is the one place that says so.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::future::Future;
use std::io::Write;
use std::path::Path;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

const PREFIX: &str = "bailiwick_test_";

/// A server for tests, if there is one.
pub(crate) struct DatabaseServer {
    name: &'static str,
    variable: &'static str,
    /// How many databases this run has made.
    made: AtomicU32,
    left_out: Once,
    tidied: Once,
}

impl DatabaseServer {
    /// The server that a variable names.
    pub(crate) const fn new(name: &'static str, variable: &'static str) -> Self {
        Self { name, variable, made: AtomicU32::new(0), left_out: Once::new(), tidied: Once::new() }
    }

    /// The URL in the variable; `None`, and a word about it, when there is no server.
    pub(crate) fn url(&self) -> Option<String> {
        let url = std::env::var(self.variable).ok();
        if url.is_none() {
            // Written past the harness, which swallows what a passing test prints.
            self.left_out.call_once(|| {
                let _ = writeln!(
                    std::io::stderr(),
                    "left out: all tests on {}, for {} is not set",
                    self.name,
                    self.variable
                );
            });
        }
        url
    }

    /// The name of a database that nobody has, and that tells which process has made it.
    pub(crate) fn new_name(&self) -> String {
        format!("{PREFIX}{}_{}", std::process::id(), self.made.fetch_add(1, Ordering::Relaxed))
    }

    /// A run that is over has left its databases behind. They are dropped once, and on the side: a drop takes its time.
    pub(crate) fn tidy(&self, drop_left_behind: impl Future<Output = ()> + Send + 'static) {
        self.tidied.call_once(|| {
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(drop_left_behind);
            });
        });
    }
}

/// Whether a database is one of a run that is over.
pub(crate) fn is_left_behind(name: &str) -> bool {
    let process = name.strip_prefix(PREFIX).and_then(|rest| rest.split('_').next());
    process.is_some_and(|id| !Path::new("/proc").join(id).exists())
}

/// The URL of another database on the same server.
pub(crate) fn with_database(server: &str, name: &str) -> String {
    let (base, parameters) = server.split_once('?').map_or((server, None), |(base, rest)| (base, Some(rest)));
    let authority = base.find("://").map_or(0, |at| at + 3);
    let end = base[authority..].find('/').map_or(base.len(), |at| authority + at);
    let parameters = parameters.map(|rest| format!("?{rest}")).unwrap_or_default();
    format!("{}/{name}{parameters}", &base[..end])
}
