//! `bailiwick config`: what a server that is started here would use, without its secrets.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Outcome;
use crate::config::{Config, Flags};

const EXAMPLES: &str = "Examples:
  bailiwick config show
  bailiwick config show --config /etc/bailiwick.toml";

const SHOW_EXAMPLE: &str = "Example:
  BAILIWICK_CACHE_TTL=5s bailiwick config show --config /etc/bailiwick.toml";

/// Show the configuration that a server would use
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print every key with its value and where that comes from, as TOML; secrets are left out. Takes what `serve`
    /// takes, and fails where `serve` would
    #[command(after_help = SHOW_EXAMPLE)]
    Show(Box<Flags>),
}

pub(super) fn run(options: &Options) -> Outcome {
    let Command::Show(flags) = &options.command;
    print!("{}", Config::show(flags)?);
    Ok(ExitCode::SUCCESS)
}
