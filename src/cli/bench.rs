//! `bailiwick bench`: measurements that anyone can repeat. What is measured is in [`crate::bench`].
//!
//! Guarantees: a measurement whose answers are not the expected ones ends with an error, whatever it measured.

mod empty;
mod engine;
mod generate;
mod load;

use std::collections::BTreeMap;
use std::error::Error;

use clap::{Args, Subcommand, ValueEnum};

use super::Outcome;
use crate::workload::{ALL, Keys, Settings, Workload};

const EXAMPLES: &str = "Examples:
  bailiwick bench engine --workload ten-million --scale 0.1
  bailiwick bench generate --workload organisation --scale 0.01 -o organisation.jsonl
  bailiwick bench load --workload organisation --scale 0.01 --rate 5000

`bailiwick bench workloads` lists the workloads with their parameters.";

/// Measure: the engine alone, or a server over gRPC, on seeded workloads
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Workloads(Listing),
    Generate(generate::Options),
    Engine(engine::Options),
    Load(load::Options),
    Empty(empty::Options),
}

pub(super) async fn run(options: &Options) -> Outcome {
    match &options.command {
        Command::Workloads(Listing {}) => Ok(list()),
        Command::Generate(options) => generate::run(options).await,
        Command::Engine(options) => engine::run(options).await,
        Command::Load(options) => load::run(options).await,
        Command::Empty(options) => empty::run(options).await,
    }
}

/// List the workloads: what each holds, what is asked, and what can be set
#[derive(Args)]
#[command(after_help = "Examples:\n  bailiwick bench workloads")]
struct Listing {}

fn list() -> std::process::ExitCode {
    for description in &ALL {
        println!("{}\n    {}", description.name, description.text);
        for parameter in description.parameters {
            let scaled = if parameter.least.is_some() { "" } else { ", whatever the scale" };
            println!("    --set {}={}: {}{scaled}", parameter.name, parameter.default, parameter.meaning);
        }
    }
    std::process::ExitCode::SUCCESS
}

/// Which workload, and how much of it.
#[derive(Args)]
struct Chosen {
    /// The workload; `bailiwick bench workloads` lists them
    #[arg(long, value_name = "NAME")]
    workload: String,

    /// How much of everything there is, of what the workload describes
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    scale: f64,

    /// Everything is drawn from it: the same seed gives the same state and the same questions
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,

    /// A parameter of the workload, in the place of its default; may be repeated
    #[arg(long, value_name = "PARAMETER=NUMBER", value_parser = assignment)]
    set: Vec<(String, u64)>,
}

fn assignment(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("must be PARAMETER=NUMBER")?;
    let value = value.parse().map_err(|_| format!("{value:?} is no number"))?;
    Ok((name.to_owned(), value))
}

impl Chosen {
    fn build(&self) -> Result<Workload, Box<dyn Error + Send + Sync>> {
        let set: BTreeMap<String, u64> = self.set.iter().cloned().collect();
        Ok(Workload::new(&self.workload, &Settings { scale: self.scale, seed: self.seed, set })?)
    }

    /// What was chosen, in words that choose it again.
    fn words(&self, workload: &Workload) -> String {
        let amounts: Vec<String> = workload.amounts().map(|(name, value)| format!("{value} {name}")).collect();
        format!("{}, scale {}, seed {}: {}", self.workload, self.scale, self.seed, amounts.join(", "))
    }
}

/// How often each key is asked for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KeysWord {
    /// All alike
    Uniform,
    /// By Zipf's law with exponent 0.99
    Zipf,
}

impl From<KeysWord> for Keys {
    fn from(word: KeysWord) -> Self {
        match word {
            KeysWord::Uniform => Self::Uniform,
            KeysWord::Zipf => Self::Zipf,
        }
    }
}

/// Runs what keeps this thread busy while another one shows the progress.
async fn beside<T: Send + 'static>(
    progress: &super::progress::Progress,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, tokio::task::JoinError> {
    progress.during(tokio::task::spawn_blocking(work)).await
}
