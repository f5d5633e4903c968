//! Checks per second of server CPU over the wire, each beside an empty handler with the same messages in the same run.
//!
//! `cargo bench --bench wire` starts the real server and an empty one, one data thread each, and drives both in turn
//! from this process. What is counted is the CPU time of the server process (user and system, from the kernel), so
//! the load generator's cost and the other core's mood do not enter. On two cores, pin the servers to one
//! and this process to the other: `taskset -c 1 cargo bench --bench wire` does it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a measurement that fails may say so by a panic"
)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};

use bailiwick::proto::v1::batch_check_permissions_request::{Check, CompactChecks};
use bailiwick::proto::v1::check_permission_request::Target;
use bailiwick::proto::v1::permission_service_client::PermissionServiceClient;
use bailiwick::proto::v1::{
    BatchCheckPermissionsRequest, CheckPermissionRequest, StreamCheckPermissionsRequest,
    batch_check_permissions_request,
};
use tonic::transport::{Channel, Endpoint};

const USERS: usize = 10_000;
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
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|argument| argument == "--test") {
        return; // `cargo test --benches` asks whether it builds.
    }
    let data = write_data();
    let mut real = Served::real(data.path());
    let mut empty = Served::empty();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("{USERS} users, one role each; {PAIRS} pairs of {} s; medians; per second of server CPU", SPELL.as_secs());
    println!("{:<34}{:>14}{:>14}{:>10}{:>18}", "", "bailiwick", "empty", "ratio", "ratio min–max");
    for (connections, streams) in [1, 8, 32].into_iter().flat_map(|c| [1, 16, 64].map(|s| (c, s))) {
        let name = format!("unary, {connections} connections × {streams} streams");
        compare(&runtime, &name, (&mut real, &mut empty), (connections, streams), Load::Unary);
    }
    compare(&runtime, "batch of 1,000, 4 × 2", (&mut real, &mut empty), (4, 2), Load::Batch);
    compare(&runtime, "compact batch of 1,000, 4 × 2", (&mut real, &mut empty), (4, 2), Load::Compact);
    compare(&runtime, "saturated stream, 4 × 1", (&mut real, &mut empty), (4, 1), Load::Stream);
}

fn compare(
    runtime: &tokio::runtime::Runtime,
    name: &str,
    (real, empty): (&mut Served, &mut Served),
    grid: (usize, usize),
    load: Load,
) {
    let pairs: Vec<(f64, f64)> =
        (0..PAIRS).map(|_| (real.rate(runtime, grid, load), empty.rate(runtime, grid, load))).collect();
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let ratios: Vec<f64> = pairs.iter().map(|(real, empty)| real / empty).collect();
    let (least, most) = ratios.iter().fold((f64::MAX, 0_f64), |(least, most), r| (least.min(*r), most.max(*r)));
    println!(
        "{name:<34}{:>14.0}{:>14.0}{:>10.2}{:>11.2}–{most:.2}",
        median(pairs.iter().map(|pair| pair.0).collect()),
        median(pairs.iter().map(|pair| pair.1).collect()),
        median(ratios),
        least
    );
}

/// An import file: an application, a role, and users who hold it.
fn write_data() -> tempfile::NamedTempFile {
    use std::io::Write;
    let mut file = tempfile::NamedTempFile::with_suffix(".jsonl").unwrap();
    writeln!(file, r#"{{"bailiwick_policy":{{"version":1}}}}"#).unwrap();
    writeln!(file, r#"{{"application":{{"id":"billing"}}}}"#).unwrap();
    for key in ["invoice:read", "invoice:create"] {
        writeln!(file, r#"{{"privilege":{{"application":"billing","key":"{key}"}}}}"#).unwrap();
    }
    writeln!(file, r#"{{"role":{{"application":"billing","id":"clerk","role_name":"clerk"}}}}"#).unwrap();
    let read = r#"{"role_privilege":{"application":"billing","role":"clerk","privilege":"invoice:read"}}"#;
    writeln!(file, "{read}").unwrap();
    for user in 0..USERS {
        let id = user_id(user);
        writeln!(file, r#"{{"user":{{"id":"{id}","username":"{id}","application":"billing"}}}}"#).unwrap();
    }
    for user in 0..USERS {
        let id = user_id(user);
        let line = format!(r#"{{"role_assignment":{{"holder":"users/{id}","application":"billing","role":"clerk"}}}}"#);
        writeln!(file, "{line}").unwrap();
    }
    file.flush().unwrap();
    file
}

fn user_id(user: usize) -> String {
    format!("user-{user:020}")
}

/// A server process and what it has used.
struct Served {
    child: Child,
    endpoint: Endpoint,
    next: usize,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Served {
    fn real(data: &std::path::Path) -> Self {
        let mut command = pinned(env!("CARGO_BIN_EXE_bailiwick"));
        command.args(["serve", "--memory", "--grpc-listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"]);
        command.args(["--data-threads", "1", "--log-format", "json", "--data"]).arg(data);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut lines = log.lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("bailiwick serves")).expect("the server starts");
        std::thread::spawn(move || lines.for_each(drop));
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self::at(child, json["grpc"].as_str().unwrap())
    }

    fn empty() -> Self {
        let mut command = pinned(env!("CARGO_BIN_EXE_bailiwick"));
        let mut child = command.args(["bench", "empty"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut told = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut told).unwrap();
        Self::at(child, told.trim().strip_prefix("listens on ").expect("it says where it listens"))
    }

    fn at(child: Child, address: &str) -> Self {
        let endpoint = Endpoint::from_str(&format!("http://{address}")).unwrap().tcp_nodelay(true);
        Self { child, endpoint, next: 0 }
    }

    /// Seconds of CPU that the process has used.
    fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
        (ticks(11) + ticks(12)) / 100.0
    }

    /// Checks per second of server CPU, over one spell of load.
    fn rate(&mut self, runtime: &tokio::runtime::Runtime, (connections, streams): (usize, usize), load: Load) -> f64 {
        runtime.block_on(async {
            let mut workers = tokio::task::JoinSet::new();
            let before = self.cpu();
            let end = Instant::now() + SPELL;
            for _ in 0..connections {
                let channel = self.endpoint.connect().await.unwrap();
                for _ in 0..streams {
                    self.next += 7;
                    workers.spawn(work(channel.clone(), self.next, end, load));
                }
            }
            let done = workers.join_all().await.into_iter().sum::<usize>();
            #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds are small")]
            let done = done as f64;
            done / (self.cpu() - before)
        })
    }
}

async fn work(channel: Channel, start: usize, end: Instant, load: Load) -> usize {
    let mut client = PermissionServiceClient::new(channel).max_decoding_message_size(64 << 20);
    let mut done = 0;
    if matches!(load, Load::Stream) {
        return stream(client, start, end).await;
    }
    while Instant::now() < end {
        let number = start + done;
        done += match load {
            Load::Unary => client.check_permission(unary(number)).await.map(|_| 1),
            Load::Batch => client.batch_check_permissions(batch_of(number, BATCH)).await.map(|_| BATCH),
            Load::Compact | Load::Stream => {
                client.batch_check_permissions(compact_of(number, BATCH)).await.map(|_| BATCH)
            }
        }
        .unwrap();
    }
    done
}

/// Sends for as long as the server takes, and reads whatever comes.
async fn stream(mut client: PermissionServiceClient<Channel>, start: usize, end: Instant) -> usize {
    // Made before, so that this process is not what is measured.
    let questions: Vec<CheckPermissionRequest> = (start..start + BATCH).map(unary).collect();
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

/// Half of the questions are allowed.
fn question(number: usize) -> (String, String, String) {
    let privilege = if number.is_multiple_of(2) { "invoice:read" } else { "invoice:create" };
    (format!("users/{}", user_id(number * 7_919 % USERS)), privilege.to_owned(), format!("invoices/{number}"))
}

fn unary(number: usize) -> CheckPermissionRequest {
    let (subject, privilege, resource) = question(number);
    CheckPermissionRequest {
        application: "applications/billing".to_owned(),
        subject,
        privilege,
        target: Some(Target::Resource(resource)),
        consistency: None,
        facts: None,
    }
}

fn batch_of(number: usize, size: usize) -> BatchCheckPermissionsRequest {
    let checks = (number..number + size).map(|number| {
        let (subject, privilege, resource) = question(number);
        let target = Some(batch_check_permissions_request::check::Target::Resource(resource));
        Check { application: String::new(), subject, privilege, target, facts: None }
    });
    BatchCheckPermissionsRequest {
        application: "applications/billing".to_owned(),
        checks: checks.collect(),
        ..Default::default()
    }
}

/// One subject and many resources.
fn compact_of(number: usize, size: usize) -> BatchCheckPermissionsRequest {
    let (subject, privilege, _) = question(number);
    let resources = (number..number + size).map(|number| format!("invoices/{number}")).collect();
    BatchCheckPermissionsRequest {
        application: "applications/billing".to_owned(),
        compact: Some(CompactChecks { subject, privileges: vec![privilege], resources, tenants: Vec::new() }),
        ..Default::default()
    }
}

/// A server process, on the first core where there are several.
fn pinned(program: &str) -> Command {
    let several = std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
    if several && Command::new("taskset").arg("--version").output().is_ok() {
        let mut command = Command::new("taskset");
        command.args(["-c", "0", program]);
        return command;
    }
    Command::new(program)
}
