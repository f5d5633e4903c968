//! Resources by the million: chunks, each one revision, one after the other.
//!
//! Nothing of a chunk is taken before the one before it is committed, so whoever sends is held back by the database.
//! Only an import that is merely validated is gathered and done as one write, which is then taken back.

use super::places::at;
use super::upsert::{Upsert, UpsertResources};
use crate::app::caller::Caller;
use crate::app::consistency::Consistency;
use crate::app::error::{Error, Result};
use crate::app::methods;
use crate::app::service::App;
use crate::app::writer::{WriteCall, Written};
use crate::domain::id::Id;
use crate::domain::limit::IMPORT_ATOMIC_RESOURCES_MAX;
use crate::domain::violation::Violation;

/// How resources are imported.
#[derive(Clone, Debug)]
pub struct Options {
    /// The application that they belong to.
    pub application: Id,
    /// Names the import, so that it can be resumed; empty = it cannot.
    pub import_id: String,
    /// Says what would happen, and changes nothing.
    pub validate_only: bool,
    /// Why, for the audit log.
    pub reason: String,
}

/// What an import has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Resources of all chunks.
    pub resources: u64,
    /// Chunks applied.
    pub chunks: u64,
    /// Resources that were not registered before.
    pub created: u64,
    /// Resources that were changed.
    pub updated: u64,
    /// Resources that were already as they shall be.
    pub unchanged: u64,
    /// Chunks that an earlier run of this import had applied.
    pub skipped_chunks: u64,
    /// The token of the last chunk.
    pub token: String,
}

/// An import in progress.
#[derive(Debug)]
pub struct ImportResources {
    app: App,
    caller: Caller,
    options: Options,
    /// Of an import that is only validated: all chunks.
    gathered: Vec<Vec<Upsert>>,
    done: ImportProgress,
}

impl App {
    /// Begins an import.
    pub async fn import_resources(&self, caller: &Caller, options: Options) -> Result<ImportResources> {
        let view = self.view(&Consistency::default()).await?;
        let done = ImportProgress { token: view.token().to_owned(), ..ImportProgress::default() };
        let (app, caller) = (self.clone(), caller.clone());
        Ok(ImportResources { app, caller, options, gathered: Vec::new(), done })
    }
}

impl ImportResources {
    /// The application that the resources belong to.
    pub fn application(&self) -> &Id {
        &self.options.application
    }

    /// How many chunks came so far.
    pub fn chunks(&self) -> u64 {
        self.done.chunks + self.done.skipped_chunks
    }

    /// Takes the next chunk; `hash` is that of its bytes.
    pub async fn feed(&mut self, chunk: Vec<Upsert>, hash: [u8; 32]) -> Result<()> {
        let first = self.done.resources + 1;
        self.done.resources += chunk.len() as u64;
        if self.options.validate_only {
            return self.gather(chunk);
        }
        let number = self.chunks();
        let call = self.call((first, self.done.resources), hash);
        let upsert = UpsertResources { method: &methods::IMPORT_RESOURCES, chunks: vec![chunk] };
        let written = self.app.upsert_resources(call, upsert).await;
        self.note(&in_chunk(number, written)?, 1);
        Ok(())
    }

    fn gather(&mut self, chunk: Vec<Upsert>) -> Result<()> {
        if self.done.resources > IMPORT_ATOMIC_RESOURCES_MAX {
            let most = format!("must be at most {IMPORT_ATOMIC_RESOURCES_MAX} when they are only validated");
            let violation = Violation::new(format!("chunks[{}].resources", self.chunks()), most);
            return Err(Error::Invalid(vec![violation]));
        }
        self.gathered.push(chunk);
        self.done.chunks += 1;
        Ok(())
    }

    /// Ends the import.
    pub async fn finish(mut self) -> Result<ImportProgress> {
        if !self.gathered.is_empty() {
            let (call, chunks) = (self.call((1, self.done.resources), [0; 32]), std::mem::take(&mut self.gathered));
            let upsert = UpsertResources { method: &methods::IMPORT_RESOURCES, chunks };
            let written = self.app.upsert_resources(call, upsert).await?;
            self.note(&written, 0);
        }
        Ok(self.done)
    }

    fn call(&self, resources: (u64, u64), hash: [u8; 32]) -> WriteCall {
        let id = &self.options.import_id;
        WriteCall {
            caller: self.caller.clone(),
            method: &methods::IMPORT_RESOURCES,
            request_id: if id.is_empty() { String::new() } else { format!("{id}/{}", self.chunks() + 1) },
            request_hash: hash,
            validate_only: self.options.validate_only,
            reason: self.options.reason.clone(),
            lines: Some(resources),
        }
    }

    fn note(&mut self, written: &Written, chunks: u64) {
        self.done.token = self.app.token_of(written);
        if written.replayed {
            self.done.skipped_chunks += chunks;
            return;
        }
        self.done.chunks += chunks;
        self.done.created += written.receipt.created;
        self.done.updated += written.receipt.updated;
        self.done.unchanged += written.receipt.unchanged;
    }
}

/// What refuses a chunk as a whole is said of the chunk; what is said of a resource names its chunk already.
fn in_chunk(number: u64, written: Result<Written>) -> Result<Written> {
    match written {
        Err(error @ (Error::At { .. } | Error::Invalid(_))) => Err(error),
        written => at(|| format!("chunks[{number}]"), written),
    }
}
