//! The command line: one file per command, and how each ends.
//!
//! `serve` and `migrate` work on the database; `config`, `completion` and `man` tell about the program itself; all of
//! `bench` but `bench load` works on states that it makes; every other command is a client of a running server and can do nothing that another client could not.
//!
//! Guarantees: what a command is for goes to standard output, everything else to standard error;
//! the exit code is 0 for success, 1 for a denied check or an unhealthy server and 2 for every error; whatever a server
//! sent is shown without its control characters. No command asks questions.

mod bench;
mod check;
mod completion;
mod config;
mod connection;
mod descriptor;
mod export;
mod failure;
mod healthcheck;
mod import;
mod man;
mod migrate;
mod progress;
mod serve;
mod version;

use std::error::Error;
use std::future::Future;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// How a command ends: with its exit code, or with an error to show.
type Outcome = Result<ExitCode, Box<dyn Error + Send + Sync>>;

/// The exit code of every error, the same as that of a wrong flag.
const EXIT_ERROR: u8 = 2;

/// The program's name.
const NAME: &str = "bailiwick";

const EXAMPLES: &str = "Examples:
  bailiwick serve
  bailiwick import policy.jsonl
  bailiwick check --application billing --subject users/alice --privilege invoice:read

`bailiwick COMMAND --help` shows an example of every command.";

/// Bailiwick answers one question for other services: may this subject exercise this privilege on
/// this target?
#[derive(Parser)]
#[command(name = NAME, version, after_help = EXAMPLES, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(Box<serve::Options>),
    Migrate(migrate::Options),
    Import(import::Options),
    Export(export::Options),
    Check(check::Options),
    Bench(bench::Options),
    Descriptor(descriptor::Options),
    Healthcheck(healthcheck::Options),
    Config(config::Options),
    Completion(completion::Options),
    Man(man::Options),
    Version(version::Options),
}

/// Parses the arguments of the process and runs the command that they name.
pub fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Serve(options) => serve::run(&options),
        Command::Migrate(options) => block_on(migrate::run(&options)),
        Command::Import(options) => block_on(import::run(&options)),
        Command::Export(options) => block_on(export::run(&options)),
        Command::Check(options) => block_on(check::run(&options)),
        Command::Bench(options) => block_on(bench::run(&options)),
        Command::Descriptor(options) => descriptor::run(&options),
        Command::Healthcheck(options) => block_on(healthcheck::run(&options)),
        Command::Config(options) => config::run(&options),
        Command::Completion(options) => completion::run(&options),
        Command::Man(options) => man::run(&options),
        Command::Version(options) => block_on(version::run(&options)),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("{}", failure::describe(error.as_ref()));
        ExitCode::from(EXIT_ERROR)
    })
}

/// Runs a client command; it does one thing at a time, so one thread is enough.
fn block_on(command: impl Future<Output = Outcome>) -> Outcome {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(command)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
