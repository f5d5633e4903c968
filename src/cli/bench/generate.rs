//! `bailiwick bench generate`: writes a workload as an import file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::{Chosen, beside};
use crate::bench::document;
use crate::cli::Outcome;
use crate::cli::progress::Progress;

const EXAMPLES: &str = "Examples:
  bailiwick bench generate --workload casbin-large -o casbin.jsonl
  bailiwick bench generate --workload ten-million --scale 0.01 | bailiwick import -
  bailiwick serve --memory --data casbin.jsonl";

/// Write a workload in the format that import reads
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    #[command(flatten)]
    chosen: Chosen,

    /// Where to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) async fn run(options: &Options) -> Outcome {
    let workload = options.chosen.build()?;
    let words = options.chosen.words(&workload);
    let mut output: Box<dyn Write + Send> = match &options.output {
        None => Box::new(io::stdout()),
        Some(path) => {
            let file = File::create(path).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
            Box::new(BufWriter::new(file))
        }
    };
    let progress = Arc::new(Progress::in_bytes(format!("writing {}", options.chosen.workload), None));
    let told = Arc::clone(&progress);
    let write = move || document::write(&workload, &mut output, |bytes| told.reach(bytes));
    let written = beside(&progress, write).await??;
    eprintln!("{words}\nwrote {} rows in {} lines, {} bytes", written.rows, written.lines, written.bytes);
    Ok(ExitCode::SUCCESS)
}
