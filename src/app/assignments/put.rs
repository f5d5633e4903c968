//! One assignment made or replaced, over the resources that the request says.

use async_trait::async_trait;

use super::record::is_readable;
use super::requested::{RequestedAssignment, require_given};
use super::shown::ShownAssignment;
use crate::app::authority::Authority;
use crate::app::caller::Caller;
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::app::methods;
use crate::app::port::Receipt;
use crate::app::service::{App, require_etag};
use crate::app::writer::{Operation, WriteCall, Written};
use crate::domain::assignment::AssignmentId;
use crate::domain::limit::{FULL_ASSIGNMENTS_PAGE_MAX, PAGE_SIZE_MAX};
use crate::domain::name::Subject;
use crate::domain::row::{Key, Row};

/// An assignment to be made, or to replace the one that is there.
#[derive(Clone, Debug)]
pub struct PutRoleAssignment {
    /// Who holds it.
    pub holder: Subject,
    /// What it is.
    pub requested: RequestedAssignment,
    /// Empty, or the etag that the record must have, which then must be there.
    pub etag: String,
}

#[async_trait]
impl Operation for PutRoleAssignment {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let holding = self.requested.holding(&self.holder);
        holding.authorise_gift(draft, &methods::PUT_ROLE_ASSIGNMENT)?;
        let id = self.requested.identity(draft, &self.holder).await?;
        self.require_etag(draft, &id).await?;
        let changed = self.requested.put(draft, &id).await?;
        require_given(draft, std::slice::from_ref(&id))?;
        Ok(Receipt { keys: vec![Key::Assignment(id)], unchanged: u64::from(!changed), ..Receipt::default() })
    }
}

impl PutRoleAssignment {
    async fn require_etag(&self, draft: &mut Draft<'_>, id: &AssignmentId) -> Result<()> {
        if self.etag.is_empty() {
            return Ok(());
        }
        let (name, row) = (id.name().to_string(), draft.get(&Key::Assignment(id.clone())).await?);
        if let Some(stamp) = row.as_ref().and_then(Row::stamp) {
            return require_etag(&self.etag, &name, stamp);
        }
        let description = format!("{name} is not there any more; read what the subject holds again");
        Err(Error::Aborted { reason: "ETAG_MISMATCH", description })
    }
}

/// What a holder has in an application, as far as the caller may read it.
#[derive(Clone, Debug)]
pub struct Holdings {
    /// First the assignment that was put, then the others, by name; the first of them with their instances.
    pub assignments: Vec<ShownAssignment>,
    /// There are more.
    pub truncated: bool,
}

impl App {
    /// Makes or replaces an assignment.
    pub async fn put_role_assignment(&self, call: WriteCall, put: PutRoleAssignment) -> Result<Written> {
        self.write(call, put).await
    }

    /// The assignment that was put, and what else its holder has in the application and the caller may read.
    pub async fn holdings_after(&self, written: &Written, caller: &Caller) -> Result<Holdings> {
        let Some(Row::Assignment(put)) = written.rows.first() else { return Err(Error::Internal) };
        let authority = Authority { snapshot: &written.snapshot, caller, now: self.state().clock.now() };
        let held = written.snapshot.held_of(&put.id.holder, &put.id.role.application);
        let others = held.into_iter().map(|(id, _)| id).filter(|id| *id != put.id && is_readable(&authority, id));
        let mut others: Vec<AssignmentId> = others.collect();
        others.sort_by_cached_key(|id| id.name().to_string());
        let truncated = others.len() >= PAGE_SIZE_MAX;
        others.truncate(PAGE_SIZE_MAX - 1);
        let keys: Vec<Key> = others.into_iter().map(Key::Assignment).collect();
        let mut rows = self.store.get(&keys).await?;
        rows.sort_by_cached_key(
            |row| if let Row::Assignment(row) = row { row.id.name().to_string() } else { String::new() },
        );
        rows.insert(0, Row::Assignment(put.clone()));
        let assignments = self.shown_assignments(&written.snapshot, rows, FULL_ASSIGNMENTS_PAGE_MAX).await?;
        Ok(Holdings { assignments, truncated })
    }
}
