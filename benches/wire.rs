//! Checks per second of server CPU over the wire, each beside an empty handler with the same messages in the same run.
//!
//! `cargo bench --bench wire` starts the real server, with everything on: a caller with a credential of his own, his own
//! right to ask, metrics, sampled traces. Beside it start an empty one on one thread, and one on tokio's multi-thread
//! runtime. It drives them in turn from this process. What is counted is the CPU time of the server process (user and
//! system, from the kernel), so the load generator's cost and the other core's mood do not enter. On two cores, pin the
//! servers to one and this process to the other: `taskset -c 1 cargo bench --bench wire` does it.
//!
//! The state is `bailiwick bench workloads`' ten-million at a thousandth, 10,000 assignments; `-- 1` makes it whole, which
//! takes some minutes, `-- 1 zipf` asks by Zipf's law. Every answer of the real server is compared with the workload's
//! before it counts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a measurement that fails may say so by a panic"
)]

mod served;

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bailiwick::bench::question;
use bailiwick::proto::v1::batch_check_permissions_request::CompactChecks;
use bailiwick::proto::v1::batch_check_permissions_response::result::Outcome;
use bailiwick::proto::v1::{BatchCheckPermissionsRequest, Decision, StreamCheckPermissionsRequest};
use bailiwick::workload::{Keys, Question, Settings, Workload};

use self::served::database::Database;
use self::served::{Client, Served, pinned};

const WORKLOAD: &str = "ten-million";
const QUESTIONS: usize = 100_000;
const PAIRS: usize = 5;
const BATCH: usize = 1_000;
const SPELL: Duration = Duration::from_secs(2);

/// What is asked in a spell.
#[derive(Clone, Copy)]
enum Load {
    Unary,
    /// Batches of [`BATCH`].
    Batch,
    /// The same in the compact form: one subject, [`BATCH`] resources.
    Compact,
    /// Streams that are never short of questions.
    Stream,
}

fn main() {
    let Some(arguments) = served::arguments() else { return };
    let scale = arguments.first().map_or(0.001, |text| text.parse().expect("the scale is a number"));
    let keys = if arguments.iter().any(|argument| argument == "zipf") { Keys::Zipf } else { Keys::Uniform };
    let workload = Workload::new(WORKLOAD, &Settings { scale, ..Settings::default() }).unwrap();
    let questions: Arc<[Question]> = workload.questions(keys).take(QUESTIONS).collect();
    let folder = tempfile::TempDir::new().unwrap();
    let database = Database(folder.path().join("served.db"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(database.write(&workload));
    let real = Served::real(folder.path(), &database.arguments());
    let servers = [real, empty(&[]), empty(&["--multi-thread"])].map(Asked::new);
    let mut measured = Measured { runtime, servers, questions };
    measured.answers_are_right();
    println!(
        "{WORKLOAD} x {scale}, {keys:?}; {PAIRS} rounds of {} s; medians of checks per second of server CPU",
        SPELL.as_secs()
    );
    println!("| | bailiwick | empty | ratio (least, most) | empty, multi-thread | ratio |\n|---|---|---|---|---|---|");
    for (connections, streams) in [1, 8, 32].into_iter().flat_map(|c| [1, 16, 64].map(|s| (c, s))) {
        measured.compare(&format!("unary, {connections} × {streams}"), (connections, streams), Load::Unary);
    }
    measured.compare("batches of 1,000, 4 × 2", (4, 2), Load::Batch);
    measured.compare("compact batches of 1,000, 4 × 2", (4, 2), Load::Compact);
    measured.compare("saturated streams, 4 × 1", (4, 1), Load::Stream);
}

/// The three servers, and what they are asked.
struct Measured {
    runtime: tokio::runtime::Runtime,
    servers: [Asked; 3],
    questions: Arc<[Question]>,
}

impl Measured {
    fn compare(&mut self, name: &str, grid: (usize, usize), load: Load) {
        let mut rounds = Vec::new();
        for _ in 0..PAIRS {
            rounds.push(self.servers.each_mut().map(|server| server.rate(&self.runtime, &self.questions, grid, load)));
        }
        let median = |of: &dyn Fn(&[f64; 3]) -> f64| {
            let mut values: Vec<f64> = rounds.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            (values[values.len() / 2], values[0], values[values.len() - 1])
        };
        let [real, empty, multi] = [0, 1, 2].map(|at| median(&|round| round[at]).0);
        let (ratio, least, most) = median(&|round| round[0] / round[1]);
        let (to_multi, _, _) = median(&|round| round[0] / round[2]);
        println!(
            "| {name} | {real:.0} | {empty:.0} | {ratio:.2} ({least:.2}, {most:.2}) | {multi:.0} | {to_multi:.2} |"
        );
    }

    fn answers_are_right(&self) {
        self.runtime.block_on(async {
            let mut client = self.servers[0].server.client().await;
            for chunk in self.questions.chunks(BATCH) {
                let answers = client.batch_check_permissions(question::batch(chunk.iter())).await.unwrap().into_inner();
                for (question, answer) in chunk.iter().zip(answers.results) {
                    let allowed =
                        matches!(&answer.outcome, Some(Outcome::Result(it)) if it.decision() == Decision::Allowed);
                    let answered = matches!(answer.outcome, Some(Outcome::Result(_)));
                    assert!(answered && allowed == question.allowed, "{question:?}: {answer:?}");
                }
            }
        });
    }
}

/// A server that looks at no question.
fn empty(more: &[&str]) -> Served {
    let mut command = pinned(env!("CARGO_BIN_EXE_bailiwick"));
    command.env("TOKIO_WORKER_THREADS", "2"); // As many as of a small machine, also where they share a core.
    let mut child = command.args(["bench", "empty"]).args(more).stdout(Stdio::piped()).spawn().unwrap();
    let mut told = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut told).unwrap();
    Served::at(child, told.trim().strip_prefix("listens on ").expect("it says where it listens"))
}

/// Seconds of CPU that the process has used.
fn cpu(server: &Served) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.child.id())).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

/// One of the servers, and which questions come next.
struct Asked {
    server: Served,
    next: usize,
}

impl Asked {
    fn new(server: Served) -> Self {
        Self { server, next: 0 }
    }

    /// Checks per second of server CPU, over one spell of load.
    fn rate(
        &mut self,
        runtime: &tokio::runtime::Runtime,
        questions: &Arc<[Question]>,
        (connections, streams): (usize, usize),
        load: Load,
    ) -> f64 {
        runtime.block_on(async {
            let mut workers = tokio::task::JoinSet::new();
            let before = cpu(&self.server);
            let end = Instant::now() + SPELL;
            for _ in 0..connections {
                let client = self.server.client().await;
                for _ in 0..streams {
                    self.next += 7;
                    workers.spawn(work(client.clone(), Arc::clone(questions), self.next, end, load));
                }
            }
            let done = workers.join_all().await.into_iter().sum::<usize>();
            #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds are small")]
            let done = done as f64;
            done / (cpu(&self.server) - before)
        })
    }
}

async fn work(mut client: Client, questions: Arc<[Question]>, start: usize, end: Instant, load: Load) -> usize {
    let mut done = 0;
    let from = |number: usize| questions.iter().cycle().skip(number % QUESTIONS);
    if matches!(load, Load::Stream) {
        return stream(client, from(start).take(BATCH), end).await;
    }
    while Instant::now() < end {
        let mut asked = from((start + done) * 7_919);
        done += match load {
            Load::Unary => client.check_permission(question::unary(asked.next().unwrap())).await.map(|_| 1),
            Load::Batch => client.batch_check_permissions(question::batch(asked.take(BATCH))).await.map(|_| BATCH),
            Load::Compact | Load::Stream => client.batch_check_permissions(compact(asked)).await.map(|_| BATCH),
        }
        .unwrap();
    }
    done
}

/// Sends for as long as the server takes, and reads whatever comes.
async fn stream(mut client: Client, questions: impl Iterator<Item = &Question>, end: Instant) -> usize {
    // Made before, so that this process is not what is measured.
    let questions: Vec<_> = questions.map(question::unary).collect();
    let messages = (0..)
        .zip(questions.into_iter().cycle())
        .map(|(correlation_id, check)| StreamCheckPermissionsRequest { correlation_id, check: Some(check) });
    let mut answers = client.stream_check_permissions(tokio_stream::iter(messages)).await.unwrap().into_inner();
    let mut done = 0;
    while answers.message().await.unwrap().is_some() {
        done += 1;
        if done % 256 == 0 && Instant::now() >= end {
            break;
        }
    }
    done
}

/// One subject and privilege, and many resources.
fn compact<'a>(mut questions: impl Iterator<Item = &'a Question>) -> BatchCheckPermissionsRequest {
    let first = questions.next().unwrap();
    let resources = questions.take(BATCH).map(|question| question.resource.to_string()).collect();
    let (subject, privileges) = (first.subject.to_string(), vec![first.privilege.to_string()]);
    BatchCheckPermissionsRequest {
        application: format!("applications/{}", first.application),
        compact: Some(CompactChecks { subject, privileges, resources, tenants: Vec::new() }),
        ..Default::default()
    }
}
