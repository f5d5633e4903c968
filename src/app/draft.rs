//! A write in the making: what one call changes, on top of the state under the lock.
//!
//! What exists and who may is asked of the compiled state, which is exactly the locked revision plus what this
//! draft has changed; what only people read is fetched from the store when it is needed. Nothing reaches the
//! store before the whole call has succeeded, so a call that fails has nothing to undo.

use std::collections::BTreeMap;

use super::authority::{Authority, Thing};
use super::boundaries;
use super::error::{Error, Result};
use super::port::{Select, Transaction};
use super::scopes;
use super::writer::WriteCall;
use crate::domain::assignment::AssignmentId;
use crate::domain::change::Change;
use crate::domain::name::Subject;
use crate::domain::predefined;
use crate::domain::row::{Key, NameSpace, Row, Stamp};
use crate::domain::time::Time;
use crate::engine::{Gift, Judge, Shortfall, Snapshot};

/// Keys that are fetched at once.
const PREFETCH_AT_ONCE: usize = 1_000;

/// What became of a row that was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It did not exist.
    Created,
    /// It was different.
    Updated,
    /// It was the same already.
    Unchanged,
}

#[derive(Clone, Debug)]
struct Overlaid {
    before: Option<Row>,
    after: Option<Row>,
}

/// The draft.
pub struct Draft<'t> {
    transaction: &'t mut dyn Transaction,
    call: &'t WriteCall,
    before: Snapshot,
    snapshot: Snapshot,
    pending: Vec<Change>,
    rows: BTreeMap<Key, Overlaid>,
    /// Keys in the order in which they were first changed.
    changed: Vec<Key>,
    names: BTreeMap<(NameSpace, String), Option<Key>>,
    now: Time,
}

impl std::fmt::Debug for Draft<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Draft of {}", self.call.method.path)
    }
}

impl<'t> Draft<'t> {
    /// A draft on `snapshot`, which is the transaction's head.
    pub fn new(transaction: &'t mut dyn Transaction, call: &'t WriteCall, snapshot: Snapshot) -> Self {
        let now = transaction.head().now.max(transaction.head().at);
        Self {
            transaction,
            call,
            before: snapshot.clone(),
            snapshot,
            pending: Vec::new(),
            rows: BTreeMap::new(),
            changed: Vec::new(),
            names: BTreeMap::new(),
            now,
        }
    }

    /// The time of the write, by the database's clock.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The call.
    pub fn call(&self) -> &WriteCall {
        self.call
    }

    /// The state under the lock, before this call.
    pub fn before(&self) -> &Snapshot {
        &self.before
    }

    /// The state with what this call has changed so far.
    pub fn snapshot(&mut self) -> &Snapshot {
        if !self.pending.is_empty() {
            self.snapshot = self.snapshot.apply(&self.pending);
            self.pending.clear();
        }
        &self.snapshot
    }

    /// What the caller may, by the state under the lock.
    pub fn authority(&self) -> Authority<'_> {
        Authority { snapshot: &self.before, caller: &self.call.caller, now: self.now }
    }

    /// Refuses unless what the caller would let others reach, in the state with what this call has changed, is covered
    /// by paths of his own in the state before it: nobody grants by a right that the same call makes.
    pub fn require_covered(
        &mut self,
        shortfall: impl FnOnce(&Snapshot, Gift<'_>, &Snapshot) -> Option<Shortfall>,
    ) -> Result<()> {
        self.snapshot();
        let gift = Gift { giver: &self.call.caller.subject, now: self.now };
        shortfall(&self.snapshot, gift, &self.before).map_or(Ok(()), |short| Err(short.into()))
    }

    /// Judges whom the caller gives roles and memberships, by the state before.
    pub fn judge(&self) -> Judge<'_> {
        self.before.judge(Gift { giver: &self.call.caller.subject, now: self.now })
    }

    /// Whether a row exists, with what this call has changed.
    pub fn contains(&self, key: &Key) -> bool {
        match self.rows.get(key) {
            Some(row) => row.after.is_some(),
            None => self.before.contains(key),
        }
    }

    /// A row, with what this call has changed.
    pub async fn get(&mut self, key: &Key) -> Result<Option<Row>> {
        if !self.rows.contains_key(key) && self.before.contains(key) {
            self.fetch(std::slice::from_ref(key)).await?;
        }
        Ok(self.rows.get(key).and_then(|row| row.after.clone()))
    }

    /// Fetches many rows at once, so that `get` finds them at hand.
    pub async fn prefetch(&mut self, keys: impl IntoIterator<Item = Key>) -> Result<()> {
        let missing = keys.into_iter().filter(|key| !self.rows.contains_key(key) && self.before.contains(key));
        let missing: Vec<Key> = missing.collect();
        for keys in missing.chunks(PREFETCH_AT_ONCE) {
            self.fetch(keys).await?;
        }
        Ok(())
    }

    async fn fetch(&mut self, keys: &[Key]) -> Result<()> {
        for row in self.transaction.get(keys).await? {
            self.rows.insert(row.key(), Overlaid { before: Some(row.clone()), after: Some(row) });
        }
        Ok(())
    }

    /// All rows of a selection, as they were before this call.
    pub async fn select(&mut self, select: &Select) -> Result<Vec<Row>> {
        Ok(self.transaction.select(select).await?)
    }

    /// How many rows of a selection there were before this call.
    pub async fn count(&mut self, select: &Select) -> Result<u64> {
        Ok(self.transaction.count(select).await?)
    }

    /// Makes a row what it shall be, and stamps it. A name that another thing has taken is refused.
    pub async fn put(&mut self, mut row: Row) -> Result<Put> {
        let key = row.key();
        let old = self.get(&key).await?;
        if old.as_ref().is_some_and(|old| old.same_content(&row)) {
            return Ok(Put::Unchanged);
        }
        self.claim_names(&row, &key).await?;
        let created = old.as_ref().and_then(Row::stamp).cloned();
        let stamp = self.stamp(created);
        if let Some(place) = row.stamp_mut() {
            *place = stamp;
        }
        let outcome = if old.is_some() { Put::Updated } else { Put::Created };
        self.record(key, old, Some(row));
        Ok(outcome)
    }

    /// Puts a thing in the place of an earlier one of the same key, with a stamp of its own.
    pub async fn replace(&mut self, mut row: Row) -> Result<()> {
        let key = row.key();
        let old = self.get(&key).await?;
        self.claim_names(&row, &key).await?;
        let stamp = self.stamp(None);
        if let Some(place) = row.stamp_mut() {
            *place = stamp;
        }
        self.record(key, old, Some(row));
        Ok(())
    }

    /// Stamps a thing as changed by this call although its own row stays as it is: one of its elements changed.
    pub async fn touch(&mut self, key: &Key) -> Result<()> {
        let Some(mut row) = self.get(key).await? else { return Ok(()) };
        let revision = self.revision();
        if row.stamp().is_none_or(|stamp| stamp.revision == revision) {
            return Ok(());
        }
        let old = row.clone();
        let stamp = self.stamp(row.stamp().cloned());
        if let Some(place) = row.stamp_mut() {
            *place = stamp;
        }
        self.record(key.clone(), Some(old), Some(row));
        Ok(())
    }

    /// Deletes a row; says whether there was one.
    pub async fn delete(&mut self, key: &Key) -> Result<bool> {
        let old = self.get(key).await?;
        let existed = old.is_some();
        if existed {
            self.record(key.clone(), old, None);
        }
        Ok(existed)
    }

    /// Deletes rows that a selection gave.
    pub fn delete_rows(&mut self, rows: Vec<Row>) {
        for row in rows {
            let key = row.key();
            let gone = self.rows.get(&key).is_some_and(|row| row.after.is_none());
            if !gone {
                self.record(key, Some(row), None);
            }
        }
    }

    /// The key of the thing that has a folded name, with what this call has changed.
    pub async fn find_name(&mut self, space: &NameSpace, folded: &str) -> Result<Option<Key>> {
        let name = (space.clone(), folded.to_owned());
        if let Some(claim) = self.names.get(&name) {
            return Ok(claim.clone());
        }
        let holder = self.transaction.find_name(space, folded).await?;
        let holder = holder.filter(|key| self.contains(key));
        Ok(holder)
    }

    /// Remembers who bears a name that follows from what the thing is made of, so that nobody else could claim it.
    pub fn note_name(&mut self, space: NameSpace, name: &str, key: Key) {
        self.names.insert((space, name.to_owned()), Some(key));
    }

    async fn claim_names(&mut self, row: &Row, key: &Key) -> Result<()> {
        match row {
            Row::Boundary(boundary) => boundaries::require_own_name(boundary)?,
            Row::Scope(scope) => scopes::require_own_name(scope)?,
            _ => {}
        }
        for (space, folded) in row.unique_names() {
            if let Some(holder) = self.find_name(&space, &folded).await?.filter(|holder| holder != key) {
                let (kind, field, value) = match (row, &space) {
                    (Row::User(row), _) => ("user", "username", &row.username),
                    (Row::Group(row), _) => ("group", "group_name", &row.group_name),
                    (Row::Role(row), _) => ("role", "role_name", &row.role_name),
                    (Row::PrivilegeGroup(row), _) => ("privilege group", "group_name", &row.group_name),
                    (Row::Boundary(row), NameSpace::BoundaryValues(_)) => ("permission boundary", "value", &row.value),
                    (Row::Scope(row), _) => ("scope", "scope_name", &row.scope_name),
                    (Row::TraversalSpec(row), _) => ("traversal spec", "spec_name", &row.spec_name),
                    (Row::Boundary(row), _) => ("permission boundary", "boundary_name", &row.boundary_name),
                    _ => return Err(Error::Internal),
                };
                let owner = self.readable_name(&holder);
                return Err(Error::NameTaken { kind, field, value: value.clone(), owner });
            }
            self.names.insert((space, folded), Some(key.clone()));
        }
        Ok(())
    }

    /// Resource name of a thing that the caller may read; what this call itself has made is not told.
    fn readable_name(&self, key: &Key) -> Option<String> {
        let authority = self.authority();
        let of_subject = |subject: Subject| authority.may_read_subject(&subject).then(|| subject.to_string());
        let of_thing = |privilege, thing: Thing<'_>| {
            authority.may(privilege, &thing.application, thing.target).then(|| thing.name.clone())
        };
        match key {
            Key::User(id) => of_subject(Subject::User(id.clone())),
            Key::Group(id) => of_subject(Subject::Group(id.clone())),
            Key::Role(id) => of_thing(&predefined::ROLE_READ, Thing::role(id)),
            Key::PrivilegeGroup(id) => of_thing(&predefined::PRIVILEGE_GROUP_READ, Thing::privilege_group(id)),
            Key::Scope(id) => of_thing(&predefined::SCOPE_READ, Thing::scope(id)),
            Key::TraversalSpec(id) => of_thing(&predefined::TRAVERSAL_SPEC_READ, Thing::traversal_spec(id)),
            Key::Boundary(id) => of_thing(&predefined::PERMISSION_BOUNDARY_READ, Thing::boundary(id)),
            _ => None,
        }
    }

    fn record(&mut self, key: Key, old: Option<Row>, new: Option<Row>) {
        // What it was called is free again, unless it is still called so.
        let kept = new.as_ref().map(Row::unique_names).unwrap_or_default();
        for name in old.as_ref().map(Row::unique_names).unwrap_or_default() {
            if !kept.contains(&name) {
                self.names.insert(name, None);
            }
        }
        self.pending.push(Change { before: old.clone(), after: new.clone() });
        let row = self.rows.entry(key.clone()).or_insert_with(|| Overlaid { before: old, after: None });
        row.after = new;
        self.changed.push(key);
    }

    fn revision(&self) -> u64 {
        self.transaction.head().revision + 1
    }

    fn stamp(&self, old: Option<Stamp>) -> Stamp {
        let caller = self.call.caller.name();
        let (created_at, created_by) =
            old.map_or_else(|| (self.now, caller.clone()), |old| (old.created_at, old.created_by));
        Stamp { created_at, created_by, updated_at: self.now, updated_by: caller, revision: self.revision() }
    }

    /// What this call changes, one change per row, and the state after it.
    pub fn finish(mut self) -> (Vec<Change>, Snapshot) {
        self.snapshot();
        let mut rows = self.rows;
        let changes = self.changed.iter().filter_map(|key| rows.remove(key));
        let changes = changes.map(|row| Change { before: row.before, after: row.after });
        (changes.filter(|change| change.before != change.after).collect(), self.snapshot)
    }

    /// The assignments that this call deletes.
    pub(super) fn deleted_assignments(&self) -> Vec<AssignmentId> {
        let gone = self.rows.values().filter(|row| row.after.is_none()).filter_map(|row| row.before.as_ref());
        gone.filter_map(|row| if let Row::Assignment(row) = row { Some(row.id.clone()) } else { None }).collect()
    }

    /// The changes so far, for the checks that every write must pass.
    pub fn changes(&self) -> impl Iterator<Item = Change> {
        let keys: std::collections::BTreeSet<&Key> = self.changed.iter().collect();
        keys.into_iter()
            .filter_map(|key| self.rows.get(key))
            .map(|row| Change { before: row.before.clone(), after: row.after.clone() })
    }
}
