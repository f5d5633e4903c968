//! A set of pairs of dense ids, ordered, that shares what it does not change: a tree of pages.
//!
//! A clone costs one reference count. Adding or taking a pair copies the pages on the way to it, at most three or four
//! of a few KiB, however many pairs there are. All pairs with one first id stand together.

use std::sync::Arc;

use rustc_hash::FxHashMap;

/// Pairs on a page of 4 KiB.
const LEAF_LEN_MAX: usize = 512;
/// Pages under a page of pages.
const BRANCH_LEN_MAX: usize = 128;

/// Pages of pages above one another, at most: with half-full ones, more pairs than there can be.
const DEPTH_MAX: usize = 8;

/// The set.
#[derive(Clone, Debug)]
pub(super) struct Pairs {
    root: Arc<Node>,
}

#[derive(Clone, Debug)]
enum Node {
    Leaf(Vec<u64>),
    /// Each with a bound that none of its pairs is below; the first takes all that is below the second.
    Branch(Vec<(u64, Arc<Node>)>),
}

impl Default for Pairs {
    fn default() -> Self {
        Self { root: Arc::new(Node::Leaf(Vec::new())) }
    }
}

fn join(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

#[expect(clippy::cast_possible_truncation, reason = "the halves of a pair")]
fn halves(pair: u64) -> (u32, u32) {
    ((pair >> 32) as u32, pair as u32)
}

impl Pairs {
    /// Whether the pair is in it.
    pub(super) fn contains(&self, first: u32, second: u32) -> bool {
        let pair = join(first, second);
        let mut node = self.root.as_ref();
        loop {
            match node {
                Node::Leaf(pairs) => return pairs.binary_search(&pair).is_ok(),
                Node::Branch(pages) => match pages.get(place(pages, pair)) {
                    Some((_, page)) => node = page,
                    None => return false,
                },
            }
        }
    }

    /// Adds a pair; says whether it is new.
    pub(super) fn insert(&mut self, first: u32, second: u32) -> bool {
        let pair = join(first, second);
        if self.contains(first, second) {
            return false;
        }
        if let Some(right) = insert(Arc::make_mut(&mut self.root), pair) {
            let left = std::mem::replace(&mut self.root, Arc::new(Node::Leaf(Vec::new())));
            self.root = Arc::new(Node::Branch(vec![(0, left), right]));
        }
        true
    }

    /// Takes a pair out; says whether it was in it.
    pub(super) fn remove(&mut self, first: u32, second: u32) -> bool {
        if !self.contains(first, second) {
            return false;
        }
        remove(Arc::make_mut(&mut self.root), join(first, second));
        true
    }

    /// The second ids of all pairs with this first one, ordered.
    pub(super) fn of(&self, first: u32) -> Seconds<'_> {
        let mut seconds = Seconds { first, above: std::array::from_fn(|_| [].iter()), depth: 0, leaf: [].iter() };
        seconds.descend(&self.root, join(first, 0));
        seconds
    }

    /// The first ids of the pairs on the pages that two sets do not share: all others are in both.
    pub(super) fn unshared(&self, other: &Self) -> Vec<u32> {
        let (mut own, mut its) = (FxHashMap::default(), FxHashMap::default());
        leaves(&self.root, &mut own);
        leaves(&other.root, &mut its);
        let apart = own.iter().filter(|(page, _)| !its.contains_key(*page));
        let apart = apart.chain(its.iter().filter(|(page, _)| !own.contains_key(*page)));
        let mut firsts: Vec<u32> = apart.flat_map(|(_, pairs)| pairs.iter().map(|pair| halves(*pair).0)).collect();
        firsts.sort_unstable();
        firsts.dedup();
        firsts
    }

    /// Whether there is a pair with this first id.
    pub(super) fn has(&self, first: u32) -> bool {
        self.of(first).next().is_some()
    }
}

/// The pages with pairs, by where they are in memory.
fn leaves<'a>(node: &'a Arc<Node>, found: &mut FxHashMap<*const Node, &'a [u64]>) {
    match node.as_ref() {
        Node::Leaf(pairs) => _ = found.insert(Arc::as_ptr(node), pairs),
        Node::Branch(pages) => pages.iter().for_each(|(_, page)| leaves(page, found)),
    }
}

/// The page that a pair belongs on.
fn place(pages: &[(u64, Arc<Node>)], pair: u64) -> usize {
    pages.partition_point(|(bound, _)| *bound <= pair).saturating_sub(1)
}

/// Puts a pair below a page; the page that it was split off, if it grew too large.
fn insert(node: &mut Node, pair: u64) -> Option<(u64, Arc<Node>)> {
    match node {
        Node::Leaf(pairs) => {
            let at = pairs.partition_point(|other| *other < pair);
            pairs.insert(at, pair);
            // What comes in order, as in a load, leaves full pages behind.
            let keep = if at + 1 == pairs.len() { pairs.len() - 1 } else { pairs.len() / 2 };
            split(pairs, LEAF_LEN_MAX, keep).and_then(|right| Some((*right.first()?, Arc::new(Node::Leaf(right)))))
        }
        Node::Branch(pages) => {
            let at = place(pages, pair);
            let right = insert(Arc::make_mut(&mut pages.get_mut(at)?.1), pair)?;
            pages.insert(at + 1, right);
            let keep = if at + 2 == pages.len() { pages.len() - 1 } else { pages.len() / 2 };
            split(pages, BRANCH_LEN_MAX, keep).and_then(|right| Some((right.first()?.0, Arc::new(Node::Branch(right)))))
        }
    }
}

fn split<T>(items: &mut Vec<T>, most: usize, keep: usize) -> Option<Vec<T>> {
    (items.len() > most).then(|| {
        let mut right = Vec::with_capacity(most + 1);
        right.extend(items.drain(keep..));
        right
    })
}

/// Takes a pair from below a page; says whether the page is empty now.
fn remove(node: &mut Node, pair: u64) -> bool {
    match node {
        Node::Leaf(pairs) => {
            pairs.retain(|other| *other != pair);
            pairs.is_empty()
        }
        Node::Branch(pages) => {
            let at = place(pages, pair);
            if pages.get_mut(at).is_some_and(|(_, page)| remove(Arc::make_mut(page), pair)) {
                pages.remove(at);
            }
            pages.is_empty()
        }
    }
}

/// Walks through the pairs with one first id.
#[derive(Debug)]
pub(super) struct Seconds<'a> {
    first: u32,
    /// Pages still to come, the nearest last: a place of its own, so that a walk allocates nothing.
    above: [std::slice::Iter<'a, (u64, Arc<Node>)>; DEPTH_MAX],
    depth: usize,
    leaf: std::slice::Iter<'a, u64>,
}

impl<'a> Seconds<'a> {
    /// Goes down to the first pair that is not below `from`.
    fn descend(&mut self, mut node: &'a Node, from: u64) {
        loop {
            match node {
                Node::Leaf(pairs) => {
                    let at = pairs.partition_point(|pair| *pair < from);
                    self.leaf = pairs.get(at..).unwrap_or_default().iter();
                    return;
                }
                Node::Branch(pages) => {
                    let mut rest = pages.get(place(pages, from)..).unwrap_or_default().iter();
                    let Some((_, page)) = rest.next() else { return };
                    if let Some(place) = self.above.get_mut(self.depth) {
                        *place = rest;
                        self.depth += 1;
                    }
                    node = page;
                }
            }
        }
    }
}

impl Iterator for Seconds<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        loop {
            if let Some(pair) = self.leaf.next() {
                let (first, second) = halves(*pair);
                return (first == self.first).then_some(second);
            }
            let (bound, page) = loop {
                match self.above.get_mut(self.depth.checked_sub(1)?)?.next() {
                    Some(page) => break page,
                    None => self.depth -= 1,
                }
            };
            if halves(*bound).0 > self.first {
                return None;
            }
            self.descend(page, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_as_an_ordered_set(
            steps in proptest::collection::vec((any::<bool>(), 0..6_u32, prop_oneof![0..40_u32, 0..100_000_u32]), 0..3_000),
        ) {
            let (mut pairs, mut model) = (Pairs::default(), BTreeSet::new());
            for (add, first, second) in steps {
                if add {
                    prop_assert_eq!(pairs.insert(first, second), model.insert((first, second)));
                } else {
                    prop_assert_eq!(pairs.remove(first, second), model.remove(&(first, second)));
                }
            }
            for first in 0..7 {
                let of: Vec<u32> = model.iter().filter(|pair| pair.0 == first).map(|pair| pair.1).collect();
                prop_assert_eq!(pairs.has(first), !of.is_empty());
                prop_assert!(of.iter().all(|second| pairs.contains(first, *second)));
                prop_assert_eq!(pairs.of(first).collect::<Vec<_>>(), of);
            }
        }
    }

    #[test]
    fn many_pairs_in_and_against_their_order_are_found_and_a_clone_does_not_see_later_ones() {
        let mut pairs = Pairs::default();
        for second in 0..200_000 {
            assert!(pairs.insert(7, second) && pairs.insert(9, 400_000 - second));
        }
        let before = pairs.clone();
        assert!((0..200_000).step_by(2).all(|second| pairs.remove(7, second)));
        assert_eq!(pairs.of(7).count(), 100_000);
        assert_eq!(pairs.of(9).count(), 200_000);
        assert_eq!((before.of(7).count(), before.of(8).count(), before.of(9).count()), (200_000, 0, 200_000));
    }
}
