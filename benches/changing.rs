//! How fast checks are answered while a thousand changes a second are applied, beside the same server without changes.
//!
//! `taskset -c 1 cargo bench --bench changing` records a log: a SQLite file with the workload ten-million at a hundredth
//! (`-- 0.1 45`: a tenth, and 45 rounds instead of 15), and a copy of it in which changes were made, each a revision of its
//! own. The real server, on the first core with one data thread, serves the file and follows its log. This process, on the
//! second core, asks in an open loop. A round is three spells: one without changes; one in which it also copies the
//! recorded revisions, a thousand a second, to a file that nobody serves, which costs this process alone; and one in which
//! it copies them into the server's file.
//!
//! At the end the server must answer as an engine that has applied the whole log.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    missing_docs,
    reason = "a measurement that fails may say so by a panic"
)]

mod served;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bailiwick::app::port::Store;
use bailiwick::bench::load::{self, Plan};
use bailiwick::bench::question;
use bailiwick::domain::change::Change;
use bailiwick::engine::{Loader, Snapshot};
use bailiwick::proto::v1::batch_check_permissions_response::result::Outcome;
use bailiwick::proto::v1::consistency::Requirement;
use bailiwick::proto::v1::{Consistency, Decision};
use bailiwick::workload::{Keys, Question, Settings, Workload};
use sea_orm::{ConnectionTrait, DatabaseConnection};

use self::served::Served;
use self::served::database::{Database, append};

const WORKLOAD: &str = "ten-million";
const QUESTIONS: usize = 100_000;
const SPELL: Duration = Duration::from_secs(4);
const CHECKS_A_SECOND: f64 = 3_000.0;
const CONNECTIONS: usize = 4;
const CHANGES_A_SECOND: usize = 1_000;
/// Changes that are copied together.
const AT_ONCE: usize = 10;
const BATCH: usize = 1_000;

fn main() {
    let Some(arguments) = served::arguments() else { return };
    let number = |at: usize, default: f64| arguments.get(at).map_or(default, |text| text.parse().expect("a number"));
    let (scale, rounds) = (number(0, 0.01), number(1, 15.0) as usize);
    let workload = Workload::new(WORKLOAD, &Settings { scale, ..Settings::default() }).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let database = Database(folder.path().join("served.db"));
    runtime.block_on(database.write(&workload));
    let (recorded, elsewhere) = (copy_of(&database, "recorded.db"), copy_of(&database, "elsewhere.db"));
    let first = runtime.block_on(record(&recorded, &workload, changes(rounds)));
    let server = Served::real(folder.path(), &database.arguments());
    println!("{WORKLOAD} x {scale}; {CHECKS_A_SECOND} checks a second, {rounds} rounds of {} s", SPELL.as_secs());
    let mut logs = [Log::new(&recorded, &elsewhere, first), Log::new(&recorded, &database, first)];
    let questions: Vec<Question> = workload.questions(Keys::Zipf).take(QUESTIONS).collect();
    let mut measured = Vec::new();
    for _ in 0..rounds {
        let [there, here] = &mut logs;
        measured.push([None, Some(there), Some(here)].map(|log| spell(&runtime, &server, &questions, log)));
    }
    report(&measured);
    runtime.block_on(answers_are_of_the_whole_log(&server, &workload, &questions, logs[1].next - first));
}

/// A copy of a file that nobody writes.
fn copy_of(database: &Database, name: &str) -> Database {
    let copy = database.0.with_file_name(name);
    std::fs::copy(&database.0, &copy).unwrap();
    Database(copy)
}

/// More than are applied in all spells, for a spell lasts until its last call has ended.
fn changes(rounds: usize) -> usize {
    2 * rounds * CHANGES_A_SECOND * usize::try_from(SPELL.as_secs()).unwrap()
}

/// Makes the changes, each a revision; says which is the first.
async fn record(database: &Database, workload: &Workload, changes: usize) -> usize {
    let store = database.open().await;
    let first = store.head().await.unwrap().revision + 1;
    let all: Vec<Vec<Change>> = workload.changes().take(changes).map(|change| vec![change]).collect();
    append(&store, all).await;
    store.close().await.unwrap();
    usize::try_from(first).unwrap()
}

/// A recorded log, and the file that it is copied to.
struct Log {
    runtime: tokio::runtime::Runtime,
    target: DatabaseConnection,
    next: usize,
}

impl Log {
    fn new(recorded: &Database, target: &Database, next: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let target = runtime.block_on(async {
            let mut options = sea_orm::ConnectOptions::new(target.url());
            let target = sea_orm::Database::connect(options.max_connections(1).sqlx_logging(false).to_owned()).await;
            let target = target.unwrap();
            // The recorder's disk is not what is measured.
            for told in ["PRAGMA synchronous = OFF", "PRAGMA busy_timeout = 5000"] {
                target.execute_unprepared(told).await.unwrap();
            }
            target.execute_unprepared(&format!("ATTACH '{}' AS recorded", recorded.0.display())).await.unwrap();
            target
        });
        Self { runtime, target, next }
    }

    /// Copies revisions at the rate, until told to stop.
    fn feed(&mut self, stop: &AtomicBool) {
        let since = Instant::now();
        for fed in (0..).step_by(AT_ONCE) {
            let due = Duration::from_secs_f64(f64::from(fed) / CHANGES_A_SECOND as f64);
            std::thread::sleep(due.saturating_sub(since.elapsed()));
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let (from, through) = (self.next, self.next + AT_ONCE - 1);
            self.runtime.block_on(copy(&self.target, from, through));
            self.next = through + 1;
        }
    }
}

/// Copies revisions as a commit that makes them would leave them, but for the rows: a server that follows reads the log
/// alone.
async fn copy(target: &DatabaseConnection, from: usize, through: usize) {
    let of = format!("WHERE revision BETWEEN {from} AND {through}");
    let last = format!("FROM recorded.revisions WHERE revision = {through}");
    let statements = format!(
        "BEGIN IMMEDIATE; \
         INSERT INTO main.revisions SELECT * FROM recorded.revisions {of}; \
         INSERT INTO main.changes SELECT * FROM recorded.changes {of}; \
         UPDATE main.counter SET (revision, chain, state_sum, at) = (SELECT revision, chain, state_sum, at {last}); \
         COMMIT"
    );
    target.execute_unprepared(&statements).await.unwrap();
}

/// Milliseconds of a call: the median, and the hundredth that took longest.
#[derive(Clone, Copy)]
struct Latency {
    p50: f64,
    p99: f64,
}

/// One spell of load, with a log that is fed, or without.
fn spell(runtime: &tokio::runtime::Runtime, server: &Served, questions: &[Question], log: Option<&mut Log>) -> Latency {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let feeding = log.map(|log| scope.spawn(|| log.feed(&stop)));
        let tally = runtime.block_on(async {
            let mut clients = Vec::new();
            for _ in 0..CONNECTIONS {
                clients.push(server.client().await);
            }
            let plan = Plan { streams: 64, batch: None, rate: Some(CHECKS_A_SECOND), duration: SPELL };
            load::run(&clients, questions.to_vec(), plan).await.unwrap().0
        });
        stop.store(true, Ordering::Relaxed);
        if let Some(feeding) = feeding {
            feeding.join().unwrap();
        }
        assert!(tally.errors.is_empty() && tally.refused == 0, "{:?}", tally.errors);
        let millis = |quantile| tally.latencies.value_at_quantile(quantile) as f64 / 1e6;
        Latency { p50: millis(0.5), p99: millis(0.99) }
    })
}

fn report(rounds: &[[Latency; 3]]) {
    println!("| | p50, ms | p99, ms | p99 to that of no changes | from, to (95 %) |\n|---|---|---|---|---|");
    for (at, name) in
        ["no changes", "changes to a file that nobody serves", "changes that are applied"].iter().enumerate()
    {
        let (p50, ..) = median(rounds.iter().map(|round| round[at].p50));
        let (p99, ..) = median(rounds.iter().map(|round| round[at].p99));
        let (ratio, from, to) = median(rounds.iter().map(|round| round[at].p99 / round[0].p99));
        println!("| {name} | {p50:.2} | {p99:.2} | {ratio:.2} | {from:.2}, {to:.2} |");
    }
    let (ratio, from, to) = median(rounds.iter().map(|round| round[2].p99 / round[1].p99));
    println!("applied to copied elsewhere: {ratio:.2} ({from:.2}, {to:.2})");
}

/// The median, and between what it is with a probability of 95 %: of 15 the fourth and the twelfth.
fn median(values: impl Iterator<Item = f64>) -> (f64, f64, f64) {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let (count, last) = (values.len() as f64, values.len() - 1);
    let outside = (count / 2.0 - 0.98 * count.sqrt()).max(0.0) as usize;
    (values[last / 2], values[outside], values[last - outside])
}

/// Asks for the newest state, and compares with an engine that has applied as much of the log.
async fn answers_are_of_the_whole_log(server: &Served, workload: &Workload, questions: &[Question], applied: usize) {
    let mut state = base(workload);
    let before = allowed(&state, questions);
    for change in workload.changes().take(applied) {
        state = state.apply([&change]);
    }
    let after = allowed(&state, questions);
    let mut client = server.client().await;
    for (asked, expected) in questions.chunks(BATCH).zip(after.chunks(BATCH)) {
        let newest = Consistency { requirement: Some(Requirement::FullyConsistent(true)), max_staleness: None };
        let mut request = question::batch(asked.iter());
        request.consistency = Some(newest);
        let answers = client.batch_check_permissions(request).await.unwrap().into_inner().results;
        for ((question, answer), expected) in asked.iter().zip(answers).zip(expected) {
            let Some(Outcome::Result(result)) = answer.outcome else { panic!("{question:?} is refused") };
            assert_eq!(result.decision() == Decision::Allowed, *expected, "{question:?}");
        }
    }
    let changed = before.iter().zip(&after).filter(|(before, after)| before != after).count();
    println!(
        "{applied} changes were applied; of {QUESTIONS} answers {changed} are others than before, and all are right"
    );
}

fn base(workload: &Workload) -> Snapshot {
    let mut loader = Loader::new(7);
    loader.add(workload.rows());
    loader.finish()
}

fn allowed(state: &Snapshot, questions: &[Question]) -> Vec<bool> {
    questions.iter().map(|question| question::ask(state, question).allowed()).collect()
}
