//! `bailiwick import`: sends an import file to a server.
//!
//! Guarantees: the file is streamed, never held whole; a file that cannot be read to its end never
//! ends the call as if it were complete; a broken import says how it is continued.

use std::error::Error;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::{future, io};

use bytes::BytesMut;
use clap::Args;
use futures_util::stream::{self, Stream, StreamExt};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio::sync::oneshot;
use ulid::Ulid;

use super::Outcome;
use super::connection::{self, Connection, STREAM_DEADLINE, Server};
use super::failure::printable;
use super::progress::Progress;
use crate::proto::v1::import_policy_request::{Options as ImportOptions, Part};
use crate::proto::v1::policy_data_service_client::PolicyDataServiceClient;
use crate::proto::v1::{ImportPolicyRequest, ImportPolicyResponse};

/// Bytes sent in one message, well below the 512 KiB that a server takes.
const CHUNK_BYTES: usize = 128 << 10;

const EXAMPLES: &str = "Examples:
  bailiwick import policy.jsonl
  zcat policy.jsonl.gz | bailiwick import - --reason 'nightly load'
  bailiwick import policy.jsonl --validate-only

A file is applied in batches of 5,000 lines. When it breaks off, what was applied stays, and the
same command with the --import-id that it names continues.";

/// Load an import file (JSON lines) into a server; it changes and adds, and never deletes
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// The file; - is standard input
    file: PathBuf,

    /// All lines or none, in one transaction: at most 100,000 lines
    #[arg(long)]
    atomic: bool,

    /// Continue the import of this id: what it has applied already is skipped [default: a new id]
    #[arg(long, value_name = "ID")]
    import_id: Option<String>,

    /// Check every line and change nothing: at most 100,000 lines
    #[arg(long)]
    validate_only: bool,

    /// Why, for the audit log
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,

    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(options: &Options) -> Outcome {
    let (document, size) = open(&options.file).await?;
    let client = PolicyDataServiceClient::new(options.connection.open().await?);
    let progress = Arc::new(Progress::in_bytes(format!("importing {}", options.file.display()), size));
    let first = options.first_part();
    let (broken, unreadable) = oneshot::channel();
    let parts = stream::iter([first.clone()]).chain(chunks(document, Arc::clone(&progress), broken));
    let response = progress.during(send(client, parts, unreadable)).await;
    match response {
        Ok(response) => {
            print(&response, options.validate_only);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            say_how_to_continue(&first);
            Err(error)
        }
    }
}

impl Options {
    fn first_part(&self) -> Part {
        Part::Options(ImportOptions {
            import_id: self.import_id.clone().unwrap_or_else(|| Ulid::generate().to_string()),
            atomic: self.atomic,
            validate_only: self.validate_only,
            reason: self.reason.clone(),
        })
    }
}

/// The document to read, and its size where it is known.
async fn open(path: &Path) -> Result<(File, Option<u64>), String> {
    let opened = if path == Path::new("-") {
        io::stdin().as_fd().try_clone_to_owned().map(|input| File::from_std(input.into()))
    } else {
        File::open(path).await
    };
    let file = opened.map_err(|error| unreadable_text(path, &error))?;
    let found = file.metadata().await.map_err(|error| unreadable_text(path, &error))?;
    let size = found.is_file().then_some(found.len());
    Ok((file, size))
}

/// Reads the document piece by piece. A read that fails is told to `broken`, and the stream never
/// ends: a stream that ends is a complete document, and half of one must not be taken for it.
fn chunks(
    document: File,
    progress: Arc<Progress>,
    broken: oneshot::Sender<io::Error>,
) -> impl Stream<Item = Part> + Send {
    stream::unfold((document, progress, broken), |(mut document, progress, broken)| async {
        let mut chunk = BytesMut::with_capacity(CHUNK_BYTES);
        match document.read_buf(&mut chunk).await {
            Ok(0) => None,
            Ok(read) => {
                progress.advance(u64::try_from(read).unwrap_or_default());
                Some((Part::Data(chunk.freeze()), (document, progress, broken)))
            }
            Err(error) => {
                let _nobody_listens_any_more = broken.send(error);
                future::pending().await
            }
        }
    })
}

/// Makes the call, and drops it when the document cannot be read to its end.
async fn send(
    mut client: PolicyDataServiceClient<Server>,
    parts: impl Stream<Item = Part> + Send + 'static,
    unreadable: oneshot::Receiver<io::Error>,
) -> Result<ImportPolicyResponse, Box<dyn Error + Send + Sync>> {
    let messages = parts.map(|part| ImportPolicyRequest { part: Some(part) });
    tokio::select! {
        response = client.import_policy(connection::call(messages, STREAM_DEADLINE)) => Ok(response?.into_inner()),
        Ok(error) = unreadable => Err(format!("the file cannot be read to its end: {error}").into()),
    }
}

fn print(response: &ImportPolicyResponse, validate_only: bool) {
    let ImportPolicyResponse { lines, batches, created, updated, unchanged, skipped_batches, .. } = response;
    if validate_only {
        println!("valid: {lines} lines");
        return;
    }
    println!(
        "imported {lines} lines in {batches} batches: {created} created, {updated} updated, {unchanged} unchanged"
    );
    if *skipped_batches > 0 {
        println!("skipped {skipped_batches} batches that were applied before");
    }
    println!("consistency token: {}", printable(&response.consistency_token));
}

/// Batches that were applied stay applied, so the id is worth keeping.
fn say_how_to_continue(first: &Part) {
    if let Part::Options(ImportOptions { import_id, atomic: false, validate_only: false, .. }) = first {
        eprintln!("to continue behind what was applied, repeat the command with --import-id {import_id}");
    }
}

fn unreadable_text(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be read: {error}", path.display())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::io::Write as _;

    use futures_util::FutureExt;

    use super::*;

    fn progress() -> Arc<Progress> {
        Arc::new(Progress::without_measure("testing"))
    }

    #[tokio::test]
    async fn a_document_is_sent_whole_and_in_order() {
        let content: Vec<_> = (0..CHUNK_BYTES * 3 + 7).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&content).unwrap();
        let (document, size) = open(file.path()).await.unwrap();
        let (broken, _unreadable) = oneshot::channel();
        let parts: Vec<_> = chunks(document, progress(), broken).collect().await;
        let sent: Vec<_> =
            parts.iter().flat_map(|part| if let Part::Data(data) = part { data.to_vec() } else { vec![] }).collect();
        assert_eq!(size, Some(content.len() as u64));
        assert!(parts.len() > 3);
        assert!(sent == content);
    }

    #[tokio::test]
    async fn a_document_that_cannot_be_read_to_its_end_never_ends() {
        let folder = tempfile::tempdir().unwrap();
        let (document, _) = open(folder.path()).await.unwrap();
        let (broken, unreadable) = oneshot::channel();
        let mut parts = Box::pin(chunks(document, progress(), broken));
        let next = tokio::time::timeout(std::time::Duration::from_millis(50), parts.next()).await;
        assert!(next.is_err(), "a part or the end was sent");
        assert!(unreadable.now_or_never().unwrap().is_ok());
    }
}
