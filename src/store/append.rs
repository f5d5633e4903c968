//! Writing one revision: the rows it leaves, its changes, its audit record, its receipt, its link in the chain,
//! and last the counter.
//!
//! It runs under the caller's savepoint and assumes the lock. It decides nothing: what may be written was decided
//! before, against the same revision.

use std::collections::BTreeMap;

use prost::Message;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::chain::{Keys, Link};
use super::codec;
use super::dialect::Dialect;
use super::entity::{audit, change, request, revision, stamp};
use super::head;
use super::put::{add, delete, put};
use super::table::{Table, with_table};
use super::unreadable::Unreadable;
use crate::app::port::{Head, NewRevision, RowKind, StoreError};
use crate::domain::change::Change;
use crate::domain::limit;
use crate::domain::row::{Key, Row};
use crate::domain::time::Time;

/// Old receipts are deleted by each revision whose number this divides.
const PURGE_EVERY: u64 = 256;
const HOUR_MICROS: i64 = 3_600_000_000;

/// The instant before which receipts count as absent.
pub(super) fn oldest_receipt(now: Time) -> Time {
    now.plus_micros(-limit::REQUEST_ID_HOURS * HOUR_MICROS)
}

/// Writes the revision after `head`; the answer is the head with it.
pub(super) async fn append(
    db: &impl ConnectionTrait,
    keys: &Keys,
    head: &Head,
    new: &NewRevision,
) -> Result<Head, StoreError> {
    let at = head.now.max(head.at);
    let (payloads, state_sum) = encode(keys, head.state_sum, &new.changes);
    let audit = codec::audit(&new.audit, &new.receipt, at);
    let audit_digest = keys.audit(&audit);
    let revision = head.revision.checked_add(1).ok_or_else(|| Unreadable::new("the revisions are used up"))?;
    let link = Link { revision, at, state_sum, payloads: &payloads, audit_digest: &audit_digest };
    let chain = keys.link(&head.chain, &link);
    let next = Head { revision, chain, at, state_sum, ..head.clone() };

    write_state(db, &new.changes).await?;
    write_request(db, &next, new).await?;
    write_log(db, &next, (audit, &audit_digest), (payloads, new)).await?;
    head::write(db, &next).await?;
    Ok(next)
}

/// The encoded changes, and the state sum after them.
fn encode(keys: &Keys, mut sum: u128, changes: &[Change]) -> (Vec<Vec<u8>>, u128) {
    let payloads = changes.iter().map(|change| {
        let before = change.before.as_ref().map(codec::row);
        let after = change.after.as_ref().map(codec::row);
        let weight = |row: &crate::proto::storage::Row| keys.row(&row.encode_to_vec());
        sum = sum.wrapping_sub(before.as_ref().map_or(0, weight)).wrapping_add(after.as_ref().map_or(0, weight));
        codec::change(before, after)
    });
    (payloads.collect(), sum)
}

/// A row before the first change of it and after the last.
#[derive(Clone, Copy)]
struct Step<'a> {
    before: Option<&'a Row>,
    after: Option<&'a Row>,
}

impl Step<'_> {
    /// Whether it leaves its place or its name to others, or must be deleted to be replaced.
    fn goes(&self, dialect: Dialect) -> bool {
        match (self.before, self.after) {
            (Some(before), Some(after)) => !dialect.replaces_by_key() || before.unique_names() != after.unique_names(),
            (_, after) => after.is_none(),
        }
    }
}

/// Leaves each row as the last change of it has it. Rows that are gone or have another name go first, for another may
/// take what they had; all are written in the order of their keys, as they lie in the database.
async fn write_state(db: &impl ConnectionTrait, changes: &[Change]) -> Result<(), StoreError> {
    let mut state: BTreeMap<RowKind, BTreeMap<Key, Step<'_>>> = BTreeMap::new();
    for change in changes {
        let key = change.key().ok_or_else(|| Unreadable::new("a change holds no row"))?;
        let first = Step { before: change.before.as_ref(), after: None };
        state.entry(RowKind::of(&key)).or_default().entry(key).or_insert(first).after = change.after.as_ref();
    }
    for (kind, rows) in &state {
        let gone: Vec<&Key> = rows.iter().filter(|(_, step)| step.goes(Dialect::of(db))).map(|(key, _)| key).collect();
        with_table!(*kind, T => delete::<T>(db, &gone).await?);
    }
    for (kind, rows) in &state {
        with_table!(*kind, T => {
            let models: Vec<_> = rows.values().filter_map(|step| T::model(step.after?)).collect();
            put::<T>(db, &models).await?;
        });
    }
    Ok(())
}

/// Keeps the receipt under the request id, and now and then deletes those that nobody can ask for any more.
async fn write_request(db: &impl ConnectionTrait, next: &Head, new: &NewRevision) -> Result<(), StoreError> {
    if next.revision.is_multiple_of(PURGE_EVERY) {
        let old = request::Column::At.lte(oldest_receipt(next.now).micros());
        request::Entity::delete_many().filter(old).exec(db).await?;
    }
    if new.audit.request_id.is_empty() {
        return Ok(());
    }
    let row = request::Model {
        caller: new.audit.caller.clone(),
        method: new.audit.method.clone(),
        request_id: new.audit.request_id.clone(),
        request_hash: new.audit.request_hash.to_vec(),
        revision: stamp::column(next.revision),
        at: next.now.micros(),
        receipt: codec::receipt(&new.receipt),
    };
    Ok(put::<request::Entity>(db, &[row]).await?)
}

async fn write_log(
    db: &impl ConnectionTrait,
    next: &Head,
    (audit, audit_digest): (Vec<u8>, &[u8; 32]),
    (payloads, new): (Vec<Vec<u8>>, &NewRevision),
) -> Result<(), StoreError> {
    let (number, at) = (stamp::column(next.revision), next.at.micros());
    let numbered = (0..).zip(payloads);
    let changes: Vec<_> = numbered.map(|(seq, payload)| change::Model { revision: number, seq, payload }).collect();
    add::<change::Entity>(db, &changes).await?;
    let record = audit::Model {
        revision: number,
        at,
        caller: new.audit.caller.clone(),
        method: new.audit.method.clone(),
        payload: audit,
    };
    add::<audit::Entity>(db, &[record]).await?;
    let row = revision::Model {
        revision: number,
        at,
        chain: next.chain.to_vec(),
        state_sum: next.state_sum.to_be_bytes().to_vec(),
        audit_digest: audit_digest.to_vec(),
        changes: changes.len().try_into().unwrap_or(i64::MAX),
    };
    Ok(add::<revision::Entity>(db, &[row]).await?)
}
