//! Export: the whole state at one revision, as import lines in one order. The same state gives the same bytes.
//!
//! What the product itself is made of is not exported, and neither are stamps: who imports, made it.

use std::collections::BTreeMap;

use super::authority::Thing;
use super::caller::Caller;
use super::consistency::{Consistency, Requirement};
use super::error::{Error, Result};
use super::export_line;
use super::methods;
use super::policy_line::{HeaderLine, Line, VERSION};
use super::port::{Reader, RowKind};
use super::service::{App, authority};
use crate::domain::role::RoleElement;
use crate::domain::row::{Key, Row};
use crate::domain::scope::{InstanceId, Selection};
use crate::domain::{
    id::Id,
    name::{RoleId, Subject, TenantId},
};
use crate::engine::{Counts, Snapshot};

/// Rows that are read at once.
const ROWS_AT_ONCE: usize = 2_000;
/// A chunk is given out when it is longer than this.
const CHUNK_BYTES: usize = 128 * 1_024;

/// Where the rows come from: the store as it is, or a past state that was put together in memory.
enum Source {
    Live(Box<dyn Reader>),
    Past(BTreeMap<Key, Row>),
}

impl Source {
    async fn scan(&mut self, kind: RowKind, after: Option<&Key>) -> Result<Vec<Row>> {
        match self {
            Self::Live(reader) => Ok(reader.scan(kind, after, ROWS_AT_ONCE).await?),
            Self::Past(rows) => {
                let of_kind = rows.values().filter(|row| RowKind::of_row(row) == kind);
                let rest = of_kind.filter(|row| after.is_none_or(|after| row.key() > *after));
                Ok(rest.take(ROWS_AT_ONCE).cloned().collect())
            }
        }
    }
}

/// Lines of one kind that stand together.
#[derive(Clone, Copy)]
struct Part {
    kind: RowKind,
    /// Of privileges: those that are policy documents, and no others.
    documents: bool,
}

/// The parts of an export, the first one last. Some rows stand on the line of their thing. Policy documents come after
/// the plain privileges, for they name these.
fn parts() -> Vec<Part> {
    let mut parts = Vec::new();
    for kind in RowKind::ALL.into_iter().rev() {
        match kind {
            RowKind::UserTenant | RowKind::BoundaryTenant | RowKind::Selection => {}
            RowKind::Privilege => parts.extend([true, false].map(|documents| Part { kind, documents })),
            kind => parts.push(Part { kind, documents: false }),
        }
    }
    parts
}

/// Reads the rows of one kind one after the other.
#[derive(Default)]
struct Cursor {
    rows: std::collections::VecDeque<Row>,
    after: Option<Key>,
    ended: bool,
}

impl Cursor {
    async fn peek(&mut self, source: &mut Source, kind: RowKind) -> Result<Option<&Row>> {
        if self.rows.is_empty() && !self.ended {
            let rows = source.scan(kind, self.after.as_ref()).await?;
            self.ended = rows.len() < ROWS_AT_ONCE;
            self.after = rows.last().map(Row::key).or(self.after.take());
            self.rows = rows.into();
        }
        Ok(self.rows.front())
    }
}

/// An export in progress: gives out chunks until there is nothing left.
pub struct Export {
    source: Source,
    snapshot: Snapshot,
    /// What is still to come, the current part last.
    parts: Vec<Part>,
    cursor: Cursor,
    /// Role elements or memberships that go onto the line of their thing.
    beside: Cursor,
    buffer: Vec<u8>,
    /// The token of the revision that is exported.
    pub token: String,
    /// How many rows there are, for showing progress.
    pub rows: u64,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Export")
    }
}

impl App {
    /// Begins an export.
    pub async fn export(&self, caller: &Caller, wish: &Consistency) -> Result<Export> {
        let view = self.freshness.view(wish, true).await?;
        authority(&view, caller).require(&methods::EXPORT_POLICY, &Thing::everything())?;
        let past = matches!(wish.requirement, Requirement::AtExactRevision(_) | Requirement::AsOf(_));
        let revision = view.published.head.revision;
        let reader = self.store.reader().await?;
        let head = reader.head().clone();
        let (source, view) = if past && head.revision != revision {
            (self.past(reader, revision).await?, view)
        } else {
            let exact = super::token::Revision::of(&head);
            let wish = Consistency { requirement: Requirement::AtExactRevision(exact), max_staleness: None };
            (Source::Live(reader), self.freshness.view(&wish, true).await?)
        };
        let mut buffer = Vec::with_capacity(CHUNK_BYTES * 2);
        Line::BailiwickPolicy(HeaderLine { version: VERSION }).write(&mut buffer)?;
        Ok(Export {
            source,
            snapshot: view.snapshot().clone(),
            parts: parts(),
            cursor: Cursor::default(),
            beside: Cursor::default(),
            buffer,
            token: view.token().to_owned(),
            rows: total(view.snapshot().counts()),
        })
    }

    /// All rows of a past revision: those of now, with what was changed since taken back.
    async fn past(&self, reader: Box<dyn Reader>, revision: u64) -> Result<Source> {
        let newest = reader.head().revision;
        let mut now = Source::Live(reader);
        let mut rows = BTreeMap::new();
        for kind in RowKind::ALL {
            let mut after = None;
            loop {
                let more = now.scan(kind, after.as_ref()).await?;
                let is_last = more.len() < ROWS_AT_ONCE;
                after = more.last().map(Row::key);
                rows.extend(more.into_iter().map(|row| (row.key(), row)));
                if is_last {
                    break;
                }
            }
        }
        let log = self.freshness.changed_since(revision, newest).await?;
        for change in log.into_iter().rev().flat_map(|commit| commit.changes.into_iter().rev()) {
            match (change.key(), change.before) {
                (Some(key), Some(before)) => rows.insert(key, before),
                (Some(key), None) => rows.remove(&key),
                (None, _) => None,
            };
        }
        Ok(Source::Past(rows))
    }
}

fn total(counts: Counts) -> u64 {
    counts.applications
        + counts.tenants
        + counts.users
        + counts.clients
        + counts.external_identities
        + counts.groups
        + counts.group_members
        + counts.privileges
        + counts.privilege_groups
        + counts.grouped_privileges
        + counts.permission_boundaries
        + counts.boundary_tenants
        + counts.roles
        + counts.role_elements
        + counts.role_assignments
        + counts.resources
        + counts.resource_parents
        + counts.traversal_specs
        + counts.scopes
        + counts.instances
        + counts.selections
        + counts.assigned_resources
        + counts.assigned_privileges
}

impl Export {
    /// The next chunk; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        while self.buffer.len() < CHUNK_BYTES {
            let Some(part) = self.parts.last().copied() else { break };
            if !self.line(part).await? {
                self.parts.pop();
                (self.cursor, self.beside) = (Cursor::default(), Cursor::default());
            }
        }
        let chunk = std::mem::take(&mut self.buffer);
        Ok(if chunk.is_empty() { None } else { Some(chunk) })
    }

    /// Writes the line of the next row of a part; false when there is none.
    async fn line(&mut self, part: Part) -> Result<bool> {
        if self.cursor.peek(&mut self.source, part.kind).await?.is_none() {
            return Ok(false);
        }
        let row = self.cursor.rows.pop_front().ok_or(Error::Internal)?;
        let line = match &row {
            Row::Role(role) => {
                let elements = self.elements_of(&role.id).await?;
                export_line::role(role, &elements, &self.snapshot.role_sets(&role.id).former_tenants)
            }
            Row::Boundary(row) => export_line::boundary(row, self.snapshot.tenants_of_boundary(&row.id)),
            Row::User(user) => {
                let tenants = self.tenants_of(&user.id).await?;
                let subject = Subject::User(user.id.clone());
                let is_live = |tenant: &&TenantId| self.snapshot.subject_has_tenant(&subject, tenant);
                let (live, former): (Vec<_>, Vec<_>) = tenants.iter().partition(is_live);
                Some(export_line::user(user, &live, &former))
            }
            Row::Instance(instance) => {
                let selections = self.selections_of(&instance.id).await?;
                Some(export_line::instance(instance, &selections))
            }
            Row::Privilege(privilege) if privilege.document.is_some() != part.documents => None,
            row => export_line::line(row),
        };
        if let Some(line) = line {
            line.write(&mut self.buffer)?;
        }
        Ok(true)
    }

    /// The elements of a role that stand on its line. Roles and elements come in the same order.
    async fn elements_of(&mut self, role: &RoleId) -> Result<Vec<RoleElement>> {
        let mut elements = Vec::new();
        while let Some(Row::RoleElement(row)) = self.beside.peek(&mut self.source, RowKind::RoleElement).await? {
            if row.role > *role {
                break;
            }
            if row.role == *role {
                elements.push(row.element.clone());
            }
            self.beside.rows.pop_front();
        }
        Ok(elements)
    }

    async fn selections_of(&mut self, instance: &InstanceId) -> Result<Vec<Selection>> {
        let mut selections = Vec::new();
        while let Some(Row::Selection(row)) = self.beside.peek(&mut self.source, RowKind::Selection).await? {
            if row.instance > *instance {
                break;
            }
            if row.instance == *instance {
                selections.push(row.clone());
            }
            self.beside.rows.pop_front();
        }
        Ok(selections)
    }

    async fn tenants_of(&mut self, user: &Id) -> Result<Vec<TenantId>> {
        let mut tenants = Vec::new();
        while let Some(Row::UserTenant(row)) = self.beside.peek(&mut self.source, RowKind::UserTenant).await? {
            if row.user > *user {
                break;
            }
            if row.user == *user {
                tenants.push(row.tenant.clone());
            }
            self.beside.rows.pop_front();
        }
        Ok(tenants)
    }
}
