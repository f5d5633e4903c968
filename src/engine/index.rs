//! A hash index that shares what it does not change: from a hash to the dense ids that have it.
//!
//! It knows no keys: the caller compares. 4,096 shards, each a list ordered by hash, so that a hash, being
//! uniform, is found near the place where it is expected; an insertion copies one shard.

use std::sync::Arc;

use super::paged::Paged;

const SHARD_BITS: u32 = 12;

/// (upper half of the hash, id), ordered.
type Shard = Vec<(u32, u32)>;

/// The index.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    shards: Paged<Option<Arc<Shard>>>,
}

/// The shard is chosen by the lower bits, the place in it by the upper half: they are independent.
fn split(hash: u64) -> (u32, u32) {
    let shard = u32::try_from(hash & ((1 << SHARD_BITS) - 1)).unwrap_or(0);
    (shard, u32::try_from(hash >> 32).unwrap_or(0))
}

impl Index {
    /// The id with this hash that `is_it` accepts.
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let (shard, tag) = split(hash);
        let entries = self.shards.get(shard)?.as_deref()?;
        let from = lower_bound(entries, tag);
        let same = entries.get(from..)?.iter().take_while(|entry| entry.0 == tag);
        same.map(|entry| entry.1).find(|id| is_it(*id))
    }

    /// Adds an id that is not there yet.
    pub(super) fn insert(&mut self, hash: u64, id: u32) {
        let (shard, tag) = split(hash);
        let entries = Arc::make_mut(self.shards.get_mut(shard).get_or_insert_default());
        let at = lower_bound(entries, tag);
        if entries.len() == entries.capacity() {
            // Millions of entries are kept: room for a few more, not for as many again.
            entries.reserve_exact((entries.len() / 8).max(4));
        }
        entries.insert(at, (tag, id));
    }
}

/// The first place whose hash is not less than `tag`. Hashes are uniform, so the walk from the expected place
/// is short: about the square root of the shard's length.
fn lower_bound(entries: &[(u32, u32)], tag: u32) -> usize {
    let expected = (u64::from(tag) * entries.len() as u64) >> 32;
    let mut at = usize::try_from(expected).unwrap_or(0);
    while at > 0 && entries.get(at - 1).is_some_and(|entry| entry.0 >= tag) {
        at -= 1;
    }
    while entries.get(at).is_some_and(|entry| entry.0 < tag) {
        at += 1;
    }
    at
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
        }
        for id in 0..30_000 {
            assert_eq!(index.find(hash(id), |found| found == id), Some(id));
        }
        assert_eq!(index.find(hash(30_000), |_| true), None);
    }
}
