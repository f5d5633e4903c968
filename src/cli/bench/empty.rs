//! `bailiwick bench empty`: serves the floor that a server is measured beside.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Args;

use crate::bench::empty::{self, Runtime};
use crate::cli::Outcome;

const EXAMPLES: &str = "Examples:
  bailiwick bench empty --listen 127.0.0.1:50060
  bailiwick bench empty --multi-thread

It says where it listens, and serves until it is ended. Every question is answered as allowed.";

/// Serve the same methods without a look at the questions: what a server costs before it decides anything
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Where to listen; port 0 lets the system choose one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,

    /// Serve on as many threads as there are cores, which take work from each other, and not on one
    #[arg(long)]
    multi_thread: bool,
}

pub(super) async fn run(options: &Options) -> Outcome {
    let listen = options.listen;
    let runtime = if options.multi_thread { Runtime::MultiThread } else { Runtime::CurrentThread };
    let serve = move || empty::serve(listen, runtime, |address| println!("listens on {address}"));
    tokio::task::spawn_blocking(serve).await??;
    Ok(ExitCode::SUCCESS)
}
