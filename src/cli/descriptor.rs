//! `bailiwick descriptor`: writes the API's descriptor set, as a proxy reads it.
//!
//! Guarantees: it is the set that this program was built from, with the `google.api.http` options, which a server's
//! reflection may leave out; nothing else goes to the output. It asks no server.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::Outcome;
use crate::proto::FILE_DESCRIPTOR_SET;

const EXAMPLES: &str = "Examples:
  bailiwick descriptor -o bailiwick.pb
  bailiwick descriptor | gzip > bailiwick.pb.gz";

/// Write the API's descriptor set: protobuf, for proxies that speak JSON and for clients
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Where to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(options: &Options) -> Outcome {
    if let Some(path) = &options.output {
        fs::write(path, FILE_DESCRIPTOR_SET)
            .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut output = io::stdout().lock();
    if output.is_terminal() {
        return Err("a descriptor set is not for a terminal: name a file with -o".into());
    }
    output.write_all(FILE_DESCRIPTOR_SET)?;
    output.flush()?;
    Ok(ExitCode::SUCCESS)
}
