//! The program: runs the command line of the library. No logic lives here.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Faster than the system's for many small, long-lived objects, which is what the state is.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    bailiwick::cli::run()
}
