//! `bailiwick bench load`: load on a server, and how long it took to answer.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{Chosen, KeysWord};
use crate::bench::load::{self, Client, Plan, Tally};
use crate::bench::process::processor_time;
use crate::cli::Outcome;
use crate::cli::connection::{Connection, Credentials};
use crate::cli::progress::Progress;
use crate::proto::v1::permission_service_client::PermissionServiceClient;

/// What is received at most: a batch of a thousand answers is larger than the usual limit of a client.
const ANSWER_BYTES_MAX: usize = 16 << 20;
/// Percentiles that are told.
const PERCENTILES: [(&str, f64); 4] = [("p50", 50.0), ("p90", 90.0), ("p99", 99.0), ("p99.9", 99.9)];

const EXAMPLES: &str = "Examples:
  bailiwick bench load --workload casbin-large --connections 8 --streams 16
  bailiwick bench load --workload ten-million --scale 0.01 --rate 10000 --duration 30
  bailiwick bench load --workload organisation --method batch --batch 1000 --streams 2 --server-pid 4711

The server must have the workload's state: `bailiwick bench generate` writes it, with the same workload,
scale, seed and parameters. Without --rate so many callers as there are streams ask again as soon as they
are answered; with it calls are due at that rate, and their latency counts from when they were due.";

/// Measure a server: ask it a workload's questions, in an open or a closed loop
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    #[command(flatten)]
    chosen: Chosen,

    /// How often each key is asked for
    #[arg(long, value_name = "KEYS", value_enum, default_value = "uniform")]
    keys: KeysWord,

    /// Different questions, which are asked over and over
    #[arg(long, value_name = "NUMBER", default_value_t = 100_000)]
    questions: usize,

    /// Connections
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    connections: usize,

    /// Calls under way on each connection, at most
    #[arg(long, value_name = "NUMBER", default_value_t = 16)]
    streams: usize,

    /// Calls in a second, in an open loop [default: a closed loop]
    #[arg(long, value_name = "NUMBER", value_parser = positive)]
    rate: Option<f64>,

    /// Seconds for which calls are begun
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = positive)]
    duration: f64,

    /// Seconds of the same before, which do not count
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = positive)]
    warm_up: f64,

    /// How questions are asked
    #[arg(long, value_name = "METHOD", value_enum, default_value = "unary")]
    method: Method,

    /// Questions in a batch
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000)]
    batch: usize,

    /// The process of the server, if it is on this machine: tells the processor time that a check takes
    #[arg(long, value_name = "PID")]
    server_pid: Option<u32>,

    #[command(flatten)]
    connection: Connection,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Method {
    /// A call for each
    Unary,
    /// Many in a call
    Batch,
}

fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| *number > 0.0 && *number <= 1e6);
    number.ok_or_else(|| "must be a number above 0, and at most a million".to_owned())
}

pub(super) async fn run(options: &Options) -> Outcome {
    let workload = options.chosen.build()?;
    println!("{}", options.chosen.words(&workload));
    let questions = workload.questions(options.keys.into()).take(options.questions).collect();
    let clients = options.clients().await?;
    let plan = |seconds| Plan {
        streams: options.streams,
        batch: (options.method == Method::Batch).then_some(options.batch),
        rate: options.rate,
        duration: Duration::from_secs_f64(seconds),
    };
    let used = || options.server_pid.map(processor_time).transpose();
    let progress = Progress::without_measure("asking");
    let (tally, used) = progress
        .during(async {
            let (_, questions) = load::run(&clients, questions, plan(options.warm_up)).await?;
            let before = used()?;
            let (tally, _) = load::run(&clients, questions, plan(options.duration)).await?;
            let used = used()?.zip(before).map(|(after, before)| after.saturating_sub(before));
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((tally, used))
        })
        .await?;
    show(&tally, used);
    if tally.disagreements > 0 {
        return Err(format!("{} answers are not as the workload expects", tally.disagreements).into());
    }
    if tally.checks == 0 {
        return Err("no question was answered".into());
    }
    Ok(ExitCode::SUCCESS)
}

impl Options {
    async fn clients(&self) -> Result<Vec<Client<Credentials>>, Box<dyn std::error::Error + Send + Sync>> {
        let mut clients = Vec::new();
        for _ in 0..self.connections {
            let server = self.connection.open().await?;
            clients.push(PermissionServiceClient::new(server).max_decoding_message_size(ANSWER_BYTES_MAX));
        }
        Ok(clients)
    }
}

fn show(tally: &Tally, used: Option<Duration>) {
    let (calls, seconds) = (tally.latencies.len(), tally.time.as_secs_f64());
    println!("\n| calls answered | {calls} |\n|---|---|");
    println!("| calls a second | {:.0} |", float(calls) / seconds);
    println!("| checks a second | {:.0} |", float(tally.checks) / seconds);
    for (name, percentile) in PERCENTILES {
        println!("| latency {name} | {} |", millis(tally.latencies.value_at_percentile(percentile)));
    }
    println!("| latency, longest | {} |", millis(tally.latencies.max()));
    println!("| allowed | {:.1} % |", float(tally.allowed) * 100.0 / float(tally.checks.max(1)));
    println!("| not as expected | {} |", tally.disagreements);
    println!("| refused in a batch | {} |", tally.refused);
    println!("| calls due and not sent in time | {} |", tally.unsent);
    println!("| calls failed | {} |", tally.failed());
    for (code, count) in &tally.errors {
        println!("| … {code} | {count} |");
    }
    if let Some(used) = used {
        let each = used.as_secs_f64() * 1e6 / float(tally.checks.max(1));
        println!("| processor time of the server | {:.2} s, {each:.2} µs a check |", used.as_secs_f64());
        println!("| checks a second of processor time | {:.0} |", float(tally.checks) / used.as_secs_f64());
    }
}

fn millis(nanos: u64) -> String {
    format!("{:.3} ms", float(nanos) / 1e6)
}

#[expect(clippy::cast_precision_loss, reason = "what is told of a count above 2^53 may be off by its last digit")]
fn float(count: u64) -> f64 {
    count as f64
}
