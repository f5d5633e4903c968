//! `bailiwick bench engine`: the engine alone, in this process.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::{Chosen, beside};
use crate::bench::engine::{Plan, Ratio, Timed, measure};
use crate::bench::memory::{self, Weighed};
use crate::bench::process::resident;
use crate::cli::Outcome;
use crate::cli::progress::Progress;
use crate::workload::Workload;

const EXAMPLES: &str = "Examples:
  bailiwick bench engine --workload casbin-large
  bailiwick bench engine --workload ten-million --rounds 15
  bailiwick bench engine --workload deep --changes 0 && bailiwick bench engine --workload flat --changes 0

L is the machine's own latency: a read whose address the read before it gave, in a buffer as large as
the state, measured in the same rounds. Memory is what the process has more than before the state.";

/// Measure the engine alone: time to load, memory, decisions from strings
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    #[command(flatten)]
    chosen: Chosen,

    /// Different questions, for each of uniform and Zipf keys
    #[arg(long, value_name = "NUMBER", default_value_t = 200_000)]
    questions: usize,

    /// Rounds over these questions; the median counts
    #[arg(long, value_name = "NUMBER", default_value_t = 7)]
    rounds: usize,

    /// Random changes after which memory and decisions are measured again; 0 for none
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000_000)]
    changes: u64,
}

pub(super) async fn run(options: &Options) -> Outcome {
    let workload = Arc::new(options.chosen.build()?);
    println!("{}\n", options.chosen.words(&workload));
    let before = resident()?;
    let loaded = {
        let (workload, progress) = (Arc::clone(&workload), Arc::new(Progress::in_rows("loading")));
        let told = Arc::clone(&progress);
        beside(&progress, move || memory::load(&workload, before, |rows| told.reach(rows))).await??
    };
    show_weight("rows loaded", &loaded);
    for (what, count) in loaded.shared_among() {
        println!("| all of it, to each {what} | {:.1} bytes ({count}) |", ratio(loaded.bytes, count));
    }
    let (bytes, plan) = (loaded.bytes, Plan { questions: options.questions.max(1), rounds: options.rounds });
    let (loaded, timed) = ask(&workload, loaded, bytes, plan).await?;
    let wrong: usize = timed.iter().map(|timed| timed.disagreements).sum();
    if options.changes > 0 {
        let (count, made_of) = (options.changes, Arc::clone(&workload));
        let progress = Arc::new(Progress::in_rows("changing"));
        let told = Arc::clone(&progress);
        let change = move || memory::change(&made_of, loaded.state, (count, before), |rows| told.reach(rows));
        let changed = beside(&progress, change).await??;
        println!();
        show_weight("changes, each a revision", &changed);
        println!("| memory, to that before the changes | {:.2} |", ratio(changed.bytes, bytes));
        ask(&workload, changed, bytes, plan).await?;
    }
    if wrong > 0 {
        return Err(format!("{wrong} answers are not as the workload expects").into());
    }
    Ok(ExitCode::SUCCESS)
}

async fn ask(
    workload: &Arc<Workload>,
    weighed: Weighed,
    bytes: u64,
    plan: Plan,
) -> Result<(Weighed, Vec<Timed>), tokio::task::JoinError> {
    let (workload, progress) = (Arc::clone(workload), Progress::without_measure("asking"));
    let asking = move || {
        let measured = measure(&workload, &weighed.state, bytes, plan);
        (weighed, measured)
    };
    let (weighed, (latency, timed)) = beside(&progress, asking).await?;
    println!("\nL = {latency:.0} ns\n");
    println!(
        "| keys | allowed | not as first expected | a decision, one after the other | to L (least, most) | \
         from ids, to L (least, most) | in batches of 1,000 | a second |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for timed in &timed {
        let Timed { keys, allowed, disagreements, chained, batched, from_names, from_ids } = timed;
        let (share, rate) = (allowed * 100.0, 1e9 / batched);
        let shown = |Ratio(median, least, most): &Ratio| format!("{median:.2} ({least:.2}, {most:.2})");
        println!(
            "| {keys:?} | {share:.0} % | {disagreements} | {chained:.0} ns | {} | {} | {batched:.0} ns | {rate:.0} |",
            shown(from_names),
            shown(from_ids)
        );
    }
    Ok((weighed, timed))
}

fn show_weight(what: &str, weighed: &Weighed) {
    let seconds = weighed.time.as_secs_f64();
    println!("| {what} | {} |\n|---|---|", weighed.count);
    println!("| time | {seconds:.2} s, {:.2} µs each |", seconds * 1e6 / float(weighed.count));
    println!("| memory | {:.1} MiB |", float(weighed.bytes) / f64::from(1 << 20));
}

fn ratio(of: u64, to: u64) -> f64 {
    float(of) / float(to.max(1))
}

#[expect(clippy::cast_precision_loss, reason = "what is told of a count above 2^53 may be off by its last digit")]
fn float(count: u64) -> f64 {
    count as f64
}
