//! `bailiwick man`: the manual, made of what `--help` says.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use super::{Arguments, Outcome};

const EXAMPLES: &str = "Examples:
  bailiwick man | man -l -
  bailiwick man --folder /usr/local/share/man/man1";

/// Print the manual page, or write one for every command
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Write bailiwick.1, bailiwick-serve.1 and all others into this folder, which is made if it is missing
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

pub(super) fn run(options: &Options) -> Outcome {
    let mut program = Arguments::command();
    program.build();
    match &options.folder {
        None => io::stdout().write_all(&page(program)?)?,
        Some(folder) => {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            for (name, page) in pages(program)? {
                let file = folder.join(format!("{name}.1"));
                fs::write(&file, page).map_err(|error| format!("{}: {error}", file.display()))?;
                println!("{}", file.display());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A page for a command and for each below it, by name.
fn pages(command: Command) -> io::Result<Vec<(String, Vec<u8>)>> {
    let below: Vec<Command> = command.get_subcommands().filter(|below| below.get_name() != "help").cloned().collect();
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let mut pages = vec![(name, page(command)?)];
    for command in below {
        pages.extend(self::pages(command)?);
    }
    Ok(pages)
}

fn page(command: Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}
