//! `bailiwick migrate`: brings the database's schema up or down, or tells where it stands.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Outcome;
use super::progress::Progress;
use crate::config::{Database, Source};
use crate::server::{self, Direction};

const EXAMPLES: &str = "Examples:
  bailiwick migrate status
  bailiwick migrate up --database-url postgres://bailiwick@db/bailiwick
  bailiwick migrate down --config /etc/bailiwick.toml";

const UP_EXAMPLE: &str = "Example:
  bailiwick migrate up --database-url postgres://bailiwick@db/bailiwick";

const DOWN_EXAMPLE: &str = "Example:
  bailiwick export -o backup.jsonl && bailiwick migrate down";

const STATUS_EXAMPLE: &str = "Example:
  bailiwick migrate status --database-url sqlite://bailiwick.db";

/// Change the schema of the database, or show its state
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    #[command(subcommand)]
    step: Step,
}

#[derive(Subcommand)]
enum Step {
    /// Apply every migration that is not applied yet
    #[command(after_help = UP_EXAMPLE)]
    Up(Source),
    /// Revert the newest migration that is applied; what only it can hold is lost
    #[command(after_help = DOWN_EXAMPLE)]
    Down(Source),
    /// List the migrations and whether each is applied; changes nothing
    #[command(after_help = STATUS_EXAMPLE)]
    Status(Source),
}

pub(super) async fn run(options: &Options) -> Outcome {
    let (direction, source) = match &options.step {
        Step::Up(source) => (Direction::Up, source),
        Step::Down(source) => (Direction::Down, source),
        Step::Status(source) => (Direction::Status, source),
    };
    let database = Database::load(source)?;
    let progress = Progress::without_measure(format!("migrating {}", database.redacted_url()));
    let steps = progress.during(server::migrate(&database.url, direction)).await?;
    steps.iter().for_each(print);
    Ok(ExitCode::SUCCESS)
}

fn print(step: &server::Step) {
    println!("{:<8} {}", if step.applied { "applied" } else { "pending" }, step.name);
}
