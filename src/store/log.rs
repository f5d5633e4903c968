//! The log of revisions, read and verified.
//!
//! Guarantees: what is returned follows without a gap from the revision that the caller knows, and each link of
//! the chain and each state sum on the way was recomputed from the changes themselves. It verifies audit records
//! only by the digest that the revision carries.

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::chain::{Keys, Link};
use super::codec;
use super::dialect::Dialect;
use super::entity::{change, revision, stamp};
use super::head;
use super::unreadable::Unreadable;
use crate::app::port::{Chain, Commit, Head, StoreError};
use crate::domain::time::Time;

/// Changes that are read together, as far as whole revisions allow: one of an import holds thousands.
const CHANGES_AT_ONCE: i64 = 50_000;

/// What a verified revision is verified against: the one before it.
struct Known {
    revision: u64,
    chain: Chain,
    state_sum: u128,
}

/// The revisions after `seen`, at most `limit`, and at least one unless there is none; `Diverged` when the
/// log does not hold `seen` as it was.
pub(super) async fn after(
    db: &impl ConnectionTrait,
    keys: &Keys,
    seen: &Head,
    limit: usize,
) -> Result<Vec<Commit>, StoreError> {
    let known = Known { revision: seen.revision, chain: seen.chain, state_sum: seen.state_sum };
    // Revision 0 has no row; any other comes first, to be compared.
    let compared = u64::from(seen.revision > 0);
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(compared);
    let from = stamp::column(seen.revision);
    let query = revision::Entity::find().filter(revision::Column::Revision.gte(from)).limit(limit);
    let rows = query.order_by_asc(revision::Column::Revision).all(db).await?;
    let rows = if seen.revision == 0 {
        genesis(keys, seen)?;
        rows.as_slice()
    } else {
        let (first, rest) = rows.split_first().ok_or_else(|| gone(seen.revision))?;
        if first.revision != from {
            return Err(gone(seen.revision));
        }
        if first.chain != seen.chain || head::state_sum(&first.state_sum)? != seen.state_sum {
            return Err(StoreError::Diverged(format!("revision {} is another one now", seen.revision)));
        }
        rest
    };
    verified(db, keys, known, together(rows)).await
}

/// The first of these revisions that are not too much to be read together.
fn together(rows: &[revision::Model]) -> &[revision::Model] {
    let mut changes = 0_i64;
    let fits = rows.iter().take_while(|row| {
        changes = changes.saturating_add(row.changes);
        changes <= CHANGES_AT_ONCE
    });
    let most = fits.count().max(1);
    rows.get(..most).unwrap_or(rows)
}

fn genesis(keys: &Keys, seen: &Head) -> Result<(), StoreError> {
    if keys.seal(seen.store_id.as_str()) == seen.chain {
        Ok(())
    } else {
        Err(StoreError::Diverged("it is another store, or has another secret".to_owned()))
    }
}

/// The revisions after `after`, up to and including `through`.
pub(super) async fn between(
    db: &impl ConnectionTrait,
    keys: &Keys,
    (after, through): (u64, u64),
) -> Result<Vec<Commit>, StoreError> {
    if after >= through {
        return Ok(Vec::new());
    }
    let known = known(db, keys, after).await?;
    let query = revision::Entity::find()
        .filter(revision::Column::Revision.gt(stamp::column(after)))
        .filter(revision::Column::Revision.lte(stamp::column(through)))
        .order_by_asc(revision::Column::Revision);
    let rows = query.all(db).await?;
    let commits = verified(db, keys, known, &rows).await?;
    if commits.last().map(|commit| commit.revision) == Some(through) { Ok(commits) } else { Err(gone(through)) }
}

/// How many changes the revisions after `after` hold, up to and including `through`.
pub(super) async fn length(db: &impl ConnectionTrait, (after, through): (u64, u64)) -> Result<u64, StoreError> {
    let mut query = Query::select();
    query
        .expr(Dialect::of(db).sum(revision::Column::Changes))
        .from(revision::Entity)
        .and_where(revision::Column::Revision.gt(stamp::column(after)))
        .and_where(revision::Column::Revision.lte(stamp::column(through)));
    let row = db.query_one(&query).await?.ok_or_else(|| Unreadable::missing("a sum"))?;
    let sum: Option<i64> = row.try_get_by_index(0)?;
    Ok(sum.unwrap_or(0).unsigned_abs())
}

async fn known(db: &impl ConnectionTrait, keys: &Keys, number: u64) -> Result<Known, StoreError> {
    if number == 0 {
        let chain = keys.seal(head::read(db).await?.store_id.as_str());
        return Ok(Known { revision: 0, chain, state_sum: 0 });
    }
    let row = revision::Entity::find_by_id(stamp::column(number)).one(db).await?.ok_or_else(|| gone(number))?;
    Ok(Known { revision: number, chain: head::chain(&row.chain)?, state_sum: head::state_sum(&row.state_sum)? })
}

/// The newest revision committed at or before `time`.
pub(super) async fn revision_at(db: &impl ConnectionTrait, time: Time) -> Result<Option<u64>, StoreError> {
    let query = revision::Entity::find()
        .filter(revision::Column::At.lte(time.micros()))
        .order_by_desc(revision::Column::At)
        .order_by_desc(revision::Column::Revision);
    let row = query.one(db).await?;
    Ok(row.map(|row| row.revision.try_into().map_err(Unreadable::from)).transpose()?)
}

/// The chain at a revision.
pub(super) async fn chain_at(db: &impl ConnectionTrait, keys: &Keys, number: u64) -> Result<Option<Chain>, StoreError> {
    if number == 0 {
        return Ok(Some(keys.seal(head::read(db).await?.store_id.as_str())));
    }
    let row = revision::Entity::find_by_id(stamp::column(number)).one(db).await?;
    Ok(row.map(|row| head::chain(&row.chain)).transpose()?)
}

fn gone(revision: u64) -> StoreError {
    StoreError::Diverged(format!("the log does not hold revision {revision}"))
}

async fn verified(
    db: &impl ConnectionTrait,
    keys: &Keys,
    mut known: Known,
    rows: &[revision::Model],
) -> Result<Vec<Commit>, StoreError> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
    let changes = change::Entity::find()
        .filter(change::Column::Revision.between(first.revision, last.revision))
        .order_by_asc(change::Column::Revision)
        .order_by_asc(change::Column::Seq)
        .all(db)
        .await?;
    let mut changes = changes.into_iter().peekable();
    let mut commits = Vec::with_capacity(rows.len());
    for row in rows {
        let payloads = std::iter::from_fn(|| changes.next_if(|change| change.revision == row.revision));
        let payloads: Vec<Vec<u8>> = payloads.map(|change| change.payload).collect();
        let commit = verify(keys, &known, row, &payloads)?;
        known = Known { revision: commit.revision, chain: commit.chain, state_sum: commit.state_sum };
        commits.push(commit);
    }
    Ok(commits)
}

fn verify(keys: &Keys, known: &Known, row: &revision::Model, payloads: &[Vec<u8>]) -> Result<Commit, StoreError> {
    let revision = u64::try_from(row.revision).map_err(Unreadable::from)?;
    if Some(revision) != known.revision.checked_add(1) {
        return Err(gone(known.revision.saturating_add(1)));
    }
    let (at, state_sum) = (stamp::time(row.at)?, head::state_sum(&row.state_sum)?);
    let link = Link { revision, at, state_sum, payloads, audit_digest: &row.audit_digest };
    let chain = keys.link(&known.chain, &link);
    if chain != head::chain(&row.chain)? {
        return Err(StoreError::Diverged(format!("the chain is broken at revision {revision}")));
    }
    let mut sum = known.state_sum;
    let mut changes = Vec::with_capacity(payloads.len());
    for payload in payloads {
        let read = codec::read_change(payload)?;
        let weight = |row: Option<Vec<u8>>| row.map_or(0, |row| keys.row(&row));
        sum = sum.wrapping_sub(weight(read.before)).wrapping_add(weight(read.after));
        changes.push(read.change);
    }
    if sum != state_sum {
        return Err(StoreError::Diverged(format!("the state sum is wrong at revision {revision}")));
    }
    Ok(Commit { revision, at, chain, state_sum, changes })
}
