//! The PostgreSQL server for tests: `BAILIWICK_TEST_POSTGRES_URL` names a database on it whose user may create others.
//!
//! Each test has a database of its own. Without the variable the tests that need one are left out of the run, and
//! this is the one place that says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::doc_markdown, reason = "a failed unwrap is a failed test")]

use std::io::Write;
use std::path::Path;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

const VARIABLE: &str = "BAILIWICK_TEST_POSTGRES_URL";
const PREFIX: &str = "bailiwick_test_";

/// The URL of a new, empty database; `None` when there is no server to make it on.
pub(crate) async fn fresh_database() -> Option<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Ok(server) = std::env::var(VARIABLE) else {
        say_that_they_are_left_out();
        return None;
    };
    let mut admin = PgConnection::connect(&server).await.expect("the PostgreSQL server for tests is reachable");
    drop_those_of_earlier_runs(&server);
    let name = format!("{PREFIX}{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    Some(with_database(&server, &name))
}

/// The URL of another database on the same server.
pub(crate) fn with_database(server: &str, name: &str) -> String {
    let (base, parameters) = server.split_once('?').map_or((server, None), |(base, rest)| (base, Some(rest)));
    let authority = base.find("://").map_or(0, |at| at + 3);
    let end = base[authority..].find('/').map_or(base.len(), |at| authority + at);
    let parameters = parameters.map(|rest| format!("?{rest}")).unwrap_or_default();
    format!("{}/{name}{parameters}", &base[..end])
}

fn say_that_they_are_left_out() {
    static ONCE: Once = Once::new();
    // Written past the harness, which swallows what a passing test prints.
    ONCE.call_once(|| {
        let _ = writeln!(std::io::stderr(), "left out: all tests on PostgreSQL, for {VARIABLE} is not set");
    });
}

/// A run that is over has left its databases behind. They are dropped on the side: a drop takes its time.
fn drop_those_of_earlier_runs(server: &str) {
    static ONCE: Once = Once::new();
    let server = server.to_owned();
    ONCE.call_once(|| {
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(drop_left_behind(&server));
        });
    });
}

async fn drop_left_behind(server: &str) {
    let Ok(mut admin) = PgConnection::connect(server).await else { return };
    let names = sqlx::query_scalar("SELECT datname FROM pg_database").fetch_all(&mut admin).await;
    for name in names.unwrap_or_else(|_| Vec::<String>::new()) {
        let process = name.strip_prefix(PREFIX).and_then(|rest| rest.split('_').next());
        if process.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            let _ = admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).await;
        }
    }
}
