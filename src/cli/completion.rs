//! `bailiwick completion`: scripts that make a shell complete this program's commands and flags.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Arguments, NAME, Outcome};

const EXAMPLES: &str = "Examples:
  source <(bailiwick completion bash)
  bailiwick completion zsh > ~/.zfunc/_bailiwick
  bailiwick completion fish > ~/.config/fish/completions/bailiwick.fish";

/// Print a script that makes a shell complete commands and flags
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// The shell
    shell: Shell,
}

pub(super) fn run(options: &Options) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), NAME, &mut script);
    io::stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
