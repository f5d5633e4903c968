//! A hash index that shares what it does not change: from a hash to the dense ids that have it.
//!
//! It knows no keys: the caller compares. Entries stand in shards of about 64, ordered by hash: a hash, being
//! uniform, is found on the line of memory where it is expected, or on the next. When there are many to a
//! shard, an insertion splits one shard in two, the next in turn (linear hashing): so the index grows with what is in it,
//! and no insertion copies more than three shards.

use std::sync::Arc;

use prefetch_index::prefetch_index;

use super::paged::Paged;

/// Entries to a shard, on average.
const SHARD_ENTRIES: usize = 64;
/// Entries on a line of memory.
const LINE_ENTRIES: usize = 64 / size_of::<Entry>();

/// Entries that are looked at all at once, about where a hash is expected.
const NEAR: usize = 16;

/// (part of the hash, id).
type Entry = (u32, u32);
type Shard = Arc<[Entry]>;

/// The index.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    shards: Paged<Shard>,
    entries: usize,
}

/// The part of a hash that is kept: its lower bits choose the shard, and by the upper ones shards are ordered.
fn tag(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or(0)
}

/// The shard of a tag among so many: shards are numbered by as many lower bits as there are, but for those that are not
/// split yet, which have one bit less.
fn shard_of(tag: u32, shards: usize) -> u32 {
    let mask = u32::try_from(shards.next_power_of_two() - 1).unwrap_or(u32::MAX);
    let at = tag & mask;
    if (at as usize) < shards { at } else { at & (mask >> 1) }
}

impl Index {
    /// The id with this hash that `is_it` accepts.
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let tag = tag(hash);
        let entries = self.shards.get(shard_of(tag, self.shards.len()))?;
        if let Some(id) = near_expected(entries, tag).filter(|id| is_it(*id)) {
            return Some(id);
        }
        let same = entries.get(lower_bound(entries, tag)..)?.iter().take_while(|entry| entry.0 == tag);
        same.map(|entry| entry.1).find(|id| is_it(*id))
    }

    /// Asks memory for the lines around the place where a hash is expected.
    pub(super) fn prefetch(&self, hash: u64) {
        let tag = tag(hash);
        if let Some(entries) = self.shards.get(shard_of(tag, self.shards.len())) {
            let expected = expected(entries, tag);
            for at in [expected.saturating_sub(NEAR / 2), expected, expected + LINE_ENTRIES] {
                prefetch_index(entries, at);
            }
        }
    }

    /// Adds an id that is not there yet.
    pub(super) fn insert(&mut self, hash: u64, id: u32) {
        if self.entries >= self.shards.len() * SHARD_ENTRIES {
            self.split();
        }
        self.entries += 1;
        let tag = tag(hash);
        let shard = self.shards.get_mut(shard_of(tag, self.shards.len()));
        let (before, after) = shard.split_at(lower_bound(shard, tag));
        *shard = before.iter().chain(&[(tag, id)]).chain(after).copied().collect();
    }

    /// Adds a shard, with its part of the one that it had been part of.
    fn split(&mut self) {
        let new = u32::try_from(self.shards.len()).unwrap_or(u32::MAX);
        let count = self.shards.push(Shard::default()) as usize + 1;
        let old = new & !new.checked_ilog2().map_or(0, |bit| 1 << bit);
        let (stays, goes): (Vec<Entry>, Vec<Entry>) = self
            .shards
            .get(old)
            .into_iter()
            .flat_map(|shard| shard.iter())
            .partition(|entry| shard_of(entry.0, count) == old);
        if new != old {
            *self.shards.get_mut(old) = stays.into();
            *self.shards.get_mut(new) = goes.into();
        }
    }
}

/// Where a hash would be if they were spread evenly.
fn expected(entries: &[Entry], tag: u32) -> usize {
    usize::try_from((u64::from(tag) * entries.len() as u64) >> 32).unwrap_or(0)
}

/// An id with the tag, if one stands about where it is expected, as nearly all do: they are looked at all at once, for
/// where in them it is cannot be foreseen.
fn near_expected(entries: &[Entry], tag: u32) -> Option<u32> {
    let from = expected(entries, tag).saturating_sub(NEAR / 2).min(entries.len().saturating_sub(NEAR));
    let near = entries.get(from..)?.first_chunk::<NEAR>()?;
    let (mut found, mut is_there) = (0, false);
    for (other, id) in near {
        let is_it = *other == tag;
        found = if is_it { *id } else { found };
        is_there |= is_it;
    }
    is_there.then_some(found)
}

/// The first place whose hash is not less than `tag`. Hashes are uniform, so the walk from the expected place is short:
/// a few entries.
fn lower_bound(entries: &[Entry], tag: u32) -> usize {
    let at = expected(entries, tag).min(entries.len());
    let (before, after) = entries.split_at(at);
    match before.iter().rev().take_while(|entry| entry.0 >= tag).count() {
        0 => at + after.iter().take_while(|entry| entry.0 < tag).count(),
        back => at - back,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_found_and_no_other_even_when_hashes_collide() {
        let mut index = Index::default();
        let hash = |id: u32| u64::from(id / 3).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for id in 0..30_000 {
            index.insert(hash(id), id);
            assert_eq!(index.find(hash(id), |found| found == id), Some(id));
        }
        assert!(index.shards.len() > 30_000 / SHARD_ENTRIES / 2);
        for id in 0..30_000 {
            assert_eq!(index.find(hash(id), |found| found == id), Some(id));
        }
        assert_eq!(index.find(hash(30_000), |_| true), None);
    }
}
