//! Import: lines in batches, each batch one revision. What is there is updated, what is not is made, nothing is
//! deleted; a line replaces the whole record of its thing, its sets included.
//!
//! Whoever imports could make any change, so the caller must be able to grant everything everywhere.

use std::sync::Arc;

use async_trait::async_trait;

use super::authority::{Authority, Thing};
use super::caller::Caller;
use super::draft::Draft;
use super::error::{Error, Result};
use super::import_line::Step;
use super::methods;
use super::policy_line::{Line, VERSION};
use super::port::Receipt;
use super::service::{App, authority};
use super::writer::{Operation, WriteCall, Written};
use crate::domain::limit::{
    IMPORT_ATOMIC_BYTES_MAX, IMPORT_ATOMIC_LINES_MAX, IMPORT_BATCH_BYTES, IMPORT_BATCH_LINES, IMPORT_LINE_BYTES_MAX,
};
use crate::domain::predefined;
use crate::domain::violation::Violation;
use crate::engine::Gift;

/// How a file is imported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Names the import, so that it can be resumed; empty = it cannot.
    pub import_id: String,
    /// All lines in one transaction.
    pub atomic: bool,
    /// Says what would happen, and changes nothing.
    pub validate_only: bool,
    /// Why, for the audit log.
    pub reason: String,
}

/// What an import has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Lines read, the header included.
    pub lines: u64,
    /// Batches done, those skipped included.
    pub batches: u64,
    /// Rows made.
    pub created: u64,
    /// Rows changed or replaced.
    pub updated: u64,
    /// Lines that were already as they say.
    pub unchanged: u64,
    /// Batches that an earlier run of this import had done.
    pub skipped_batches: u64,
    /// The token of the last batch.
    pub token: String,
}

/// An import in progress: fed with bytes, it writes a batch whenever one is full.
#[derive(Debug)]
pub struct Import {
    app: App,
    caller: Caller,
    options: ImportOptions,
    /// The beginning of a line whose end has not come yet.
    partial: Vec<u8>,
    batch: Vec<(u64, Vec<u8>)>,
    batch_bytes: usize,
    header_seen: bool,
    done: ImportProgress,
    committed_lines: u64,
}

impl App {
    /// Begins an import.
    pub async fn import(&self, caller: &Caller, options: ImportOptions) -> Result<Import> {
        let view = self.view(&super::consistency::Consistency::default()).await?;
        require_everything(&authority(&view, caller))?;
        let done = ImportProgress { token: view.token().to_owned(), ..ImportProgress::default() };
        Ok(Import {
            app: self.clone(),
            caller: caller.clone(),
            options,
            partial: Vec::new(),
            batch: Vec::new(),
            batch_bytes: 0,
            header_seen: false,
            done,
            committed_lines: 0,
        })
    }
}

/// An import may give anything to anybody, and for good.
fn require_everything(authority: &Authority<'_>) -> Result<()> {
    let everything = Thing::everything();
    authority.require(&methods::IMPORT_POLICY, &everything)?;
    let ours = predefined::application();
    for privilege in [&predefined::ROLE_DELEGATE, &predefined::ROLE_MANAGE_ASSIGNMENTS] {
        if !authority.reaches_everything(privilege, &ours) {
            return Err(Error::denied(privilege));
        }
    }
    let gift = Gift { giver: &authority.caller.subject, now: authority.now };
    let short = authority.snapshot.shortfall_of_pattern(gift, &predefined::administrator(), authority.snapshot);
    short.map_or(Ok(()), |short| Err(short.into()))
}

impl Import {
    /// Lines read so far.
    pub fn lines(&self) -> u64 {
        self.done.lines
    }

    /// Takes the next bytes of the file, cut anywhere.
    pub async fn feed(&mut self, mut bytes: &[u8]) -> Result<()> {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = bytes.split_at(end);
            self.partial.extend_from_slice(line);
            bytes = rest.get(1..).unwrap_or_default();
            self.end_line().await?;
        }
        self.partial.extend_from_slice(bytes);
        self.require_length(self.done.lines + 1)
    }

    /// Refuses a line that is longer than any may be, whether or not its end has come.
    fn require_length(&self, line: u64) -> Result<()> {
        let fits = self.partial.len() <= IMPORT_LINE_BYTES_MAX;
        if fits { Ok(()) } else { Err(self.stopped(at(line, too_long()))) }
    }

    /// Ends the file: writes what is left.
    pub async fn finish(mut self) -> Result<ImportProgress> {
        if !self.partial.is_empty() {
            self.end_line().await?;
        }
        if !self.header_seen {
            return Err(self.stopped(Error::invalid("line 1", header_wanted())));
        }
        self.flush().await?;
        Ok(self.done)
    }

    async fn end_line(&mut self) -> Result<()> {
        self.done.lines += 1;
        self.require_length(self.done.lines)?;
        let line = std::mem::take(&mut self.partial);
        if !self.header_seen {
            self.header_seen = true;
            return check_header(&line).map_err(|error| self.stopped(error));
        }
        if !line.iter().all(u8::is_ascii_whitespace) {
            self.batch_bytes += line.len();
            self.batch.push((self.done.lines, line));
        }
        let whole = self.options.atomic || self.options.validate_only;
        if whole && (self.batch.len() > IMPORT_ATOMIC_LINES_MAX || self.batch_bytes > IMPORT_ATOMIC_BYTES_MAX) {
            let most = format!(
                "must be at most {IMPORT_ATOMIC_LINES_MAX}, and {IMPORT_ATOMIC_BYTES_MAX} bytes, when atomic or only \
                 validated"
            );
            return Err(self.stopped(Error::invalid("lines", most)));
        }
        if !whole && (self.batch.len() >= IMPORT_BATCH_LINES || self.batch_bytes >= IMPORT_BATCH_BYTES) {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        let lines = std::mem::take(&mut self.batch);
        self.batch_bytes = 0;
        let (Some((first, _)), Some((last, _))) = (lines.first(), lines.last()) else { return Ok(()) };
        let call = self.call(&lines, (*first, *last));
        let last = *last;
        match self.write(call, lines).await {
            Ok(written) => self.note(&written, last),
            Err(error) => return Err(self.stopped(error)),
        }
        Ok(())
    }

    fn call(&self, lines: &[(u64, Vec<u8>)], range: (u64, u64)) -> WriteCall {
        let mut hash = blake3::Hasher::new();
        for (_, line) in lines {
            hash.update(&(line.len() as u64).to_le_bytes()).update(line);
        }
        let id = &self.options.import_id;
        WriteCall {
            caller: self.caller.clone(),
            method: &methods::IMPORT_POLICY,
            request_id: if id.is_empty() { String::new() } else { format!("{id}/{}", self.done.batches + 1) },
            request_hash: *hash.finalize().as_bytes(),
            validate_only: self.options.validate_only,
            reason: self.options.reason.clone(),
            lines: Some(range),
        }
    }

    async fn write(&self, call: WriteCall, lines: Vec<(u64, Vec<u8>)>) -> Result<Written> {
        let parsed = tokio::task::spawn_blocking(move || parse(lines)).await.map_err(|_| Error::Internal)??;
        let lines = Arc::new(parsed);
        let written = self.app.write(call, Batch { lines: lines.clone() }).await;
        written.map_err(|error| placed(&lines, error))
    }

    fn note(&mut self, written: &Written, last_line: u64) {
        self.done.batches += 1;
        self.done.token = self.app.token_of(written);
        if !self.options.validate_only {
            self.committed_lines = last_line;
        }
        if written.replayed {
            self.done.skipped_batches += 1;
            return;
        }
        self.done.created += written.receipt.created;
        self.done.updated += written.receipt.updated + written.receipt.deleted;
        self.done.unchanged += written.receipt.unchanged;
    }

    /// The refusal of a document that is not as it must be, with what is kept of it.
    pub fn stopped(&self, cause: Error) -> Error {
        Error::Stopped { cause: Box::new(cause), committed_lines: self.committed_lines, token: self.done.token.clone() }
    }
}

fn check_header(line: &[u8]) -> Result<()> {
    match Line::parse(line) {
        Ok(Line::BailiwickPolicy(header)) if header.version == VERSION => Ok(()),
        Ok(Line::BailiwickPolicy(header)) => Err(Error::invalid(
            "line 1: bailiwick_policy.version",
            format!("version {} is not known; this server reads version {VERSION}", header.version),
        )),
        _ => Err(Error::invalid("line 1", header_wanted())),
    }
}

fn header_wanted() -> String {
    format!("the first line must be {{\"bailiwick_policy\": {{\"version\": {VERSION}}}}}")
}

fn too_long() -> Error {
    Error::invalid("line", format!("must be at most {IMPORT_LINE_BYTES_MAX} bytes long"))
}

/// The same error, said of a line.
fn at(line: u64, error: Error) -> Error {
    match error {
        Error::Invalid(violations) => {
            let place = |violation: Violation| {
                Violation::new(format!("line {line}: {}", violation.field), violation.description)
            };
            Error::Invalid(violations.into_iter().map(place).collect())
        }
        cause => Error::At { place: format!("line {line}"), cause: Box::new(cause) },
    }
}

/// Says of which lines an error is that came from the batch as a whole: what must hold after it was checked at its
/// end. That is the last line that changes what stands in the way; when there is none, all of them.
fn placed(lines: &[(u64, Step)], error: Error) -> Error {
    let line = match &error {
        Error::Precondition { subject, .. } => lines.iter().rev().find(|(_, step)| step.relates(subject)),
        Error::Invalid(violations) if !violations.iter().any(|violation| violation.field.starts_with("line ")) => None,
        Error::RequestIdReused => None,
        _ => return error,
    };
    match (line, lines.first(), lines.last()) {
        (Some((line, _)), ..) => at(*line, error),
        (None, Some((first, _)), Some((last, _))) => {
            Error::At { place: format!("lines {first} to {last}"), cause: Box::new(error) }
        }
        _ => error,
    }
}

/// Reads all lines of a batch; all malformed ones are named at once.
fn parse(lines: Vec<(u64, Vec<u8>)>) -> Result<Vec<(u64, Step)>> {
    let (mut steps, mut violations) = (Vec::with_capacity(lines.len()), Vec::new());
    for (number, bytes) in lines {
        match Line::parse(&bytes).and_then(Step::of) {
            Ok(step) => steps.push((number, step)),
            Err(error) => match at(number, error) {
                Error::Invalid(more) => violations.extend(more),
                other => return Err(other),
            },
        }
    }
    if violations.is_empty() { Ok(steps) } else { Err(Error::Invalid(violations)) }
}

/// A batch of lines: one write.
struct Batch {
    lines: Arc<Vec<(u64, Step)>>,
}

#[async_trait]
impl Operation for Batch {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        require_everything(&draft.authority())?;
        draft.prefetch(self.lines.iter().flat_map(|(_, step)| step.keys())).await?;
        let mut receipt = Receipt::default();
        for (number, step) in self.lines.iter() {
            let changed = step.run(draft).await.map_err(|error| at(*number, error))?;
            receipt.unchanged += u64::from(!changed);
        }
        Ok(receipt)
    }
}
