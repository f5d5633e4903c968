//! `bailiwick export`: writes all policy data of one revision as an import file.
//!
//! Guarantees: a file that was named with `-o` is complete or not there under that name; what is there and is no file, a
//! pipe or a device, is written into and stays. It writes what the server sends, byte for byte.

use std::error::Error;
use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt;
use tonic::Streaming;

use super::Outcome;
use super::connection::{self, Connection, STREAM_DEADLINE};
use super::failure::printable;
use super::progress::Progress;
use crate::proto::v1::consistency::Requirement;
use crate::proto::v1::policy_data_service_client::PolicyDataServiceClient;
use crate::proto::v1::{Consistency, ExportPolicyRequest, ExportPolicyResponse};

const EXAMPLES: &str = "Examples:
  bailiwick export -o backup.jsonl
  bailiwick export | gzip > backup.jsonl.gz";

/// Write all policy data of one revision, in the format that import reads
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Where to write: a file appears when it is complete, a pipe or device is written into [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    connection: Connection,
}

/// Lines and bytes.
type Written = Result<(u64, u64), Box<dyn Error + Send + Sync>>;

/// The first message tells what is coming.
struct Export {
    first: ExportPolicyResponse,
    rest: Streaming<ExportPolicyResponse>,
}

pub(super) async fn run(options: &Options) -> Outcome {
    let mut client = PolicyDataServiceClient::new(options.connection.open().await?);
    let consistency = Consistency { requirement: Some(Requirement::FullyConsistent(true)), max_staleness: None };
    let request = ExportPolicyRequest { consistency: Some(consistency) };
    let mut rest = client.export_policy(connection::call(request, STREAM_DEADLINE)).await?.into_inner();
    let first = rest.message().await?.ok_or("the server sent no export")?;
    let token = printable(&first.consistency_token);
    let export = Export { first, rest };
    let (lines, bytes) = match &options.output {
        Some(path) => write_to(export, path).await?,
        None => write(export, &mut File::from_std(io::stdout().as_fd().try_clone_to_owned()?.into())).await?,
    };
    eprintln!("exported {lines} lines, {bytes} bytes; consistency token: {token}");
    Ok(ExitCode::SUCCESS)
}

/// Writes a file, or into what is there and is none.
async fn write_to(export: Export, path: &Path) -> Written {
    match fs::metadata(path).await {
        Ok(there) if !there.is_file() => {
            let mut output = OpenOptions::new().write(true).open(path).await.map_err(named(path))?;
            write(export, &mut output).await
        }
        // A link stays, and what it leads to is written.
        Ok(_) => write_file(export, &fs::canonicalize(path).await.map_err(named(path))?).await,
        Err(_) => write_file(export, path).await,
    }
}

/// An error of writing, with the name of what is written.
fn named(path: &Path) -> impl Fn(io::Error) -> String {
    move |error| format!("{} cannot be written: {error}", path.display())
}

/// Writes beside the file and gives it its name at the end, when all of it is on the disk.
async fn write_file(export: Export, path: &Path) -> Written {
    let mut partial = OsString::from(path);
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let mut file = File::create(&partial).await.map_err(named(path))?;
    let written = write(export, &mut file).await;
    if written.is_ok() {
        file.sync_all().await.map_err(named(path))?;
        fs::rename(&partial, path).await.map_err(named(path))?;
    } else {
        let _already_failed = fs::remove_file(&partial).await;
    }
    written
}

/// Writes the document and counts its lines and bytes.
async fn write(export: Export, output: &mut File) -> Written {
    let Export { first, mut rest } = export;
    let progress = Progress::in_lines("exporting", u64::try_from(first.total_rows).unwrap_or_default());
    let mut written = (0, 0);
    let copying = async {
        let mut next = Some(first);
        while let Some(piece) = next {
            output.write_all(&piece.data).await?;
            let lines = u64::try_from(piece.data.split(|byte| *byte == b'\n').skip(1).count())?;
            written = (written.0 + lines, written.1 + u64::try_from(piece.data.len())?);
            progress.advance(lines);
            next = rest.message().await?;
        }
        output.flush().await?;
        Ok(written)
    };
    progress.during(copying).await
}
