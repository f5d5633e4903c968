//! The resources that assignments reach, as lists: what is told of two states is what is reached in each, whichever
//! scope or instance selects it.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::engine::selectors::Access;
use crate::engine::snapshot::Snapshot;

/// Registered resources, ordered; the same list is mostly the same one in memory.
#[derive(Clone, Debug)]
pub(super) struct Content(Arc<[u32]>);

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Eq for Content {}

impl PartialOrd for Content {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Content {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

impl Hash for Content {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.len(), self.0.first(), self.0.last()).hash(state);
    }
}

impl Content {
    /// They, ordered.
    pub(super) fn ids(&self) -> &[u32] {
        &self.0
    }

    pub(super) fn includes(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || other.0.iter().all(|id| self.0.binary_search(id).is_ok())
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        let (few, many) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        few.0.iter().any(|id| many.0.binary_search(id).is_ok())
    }

    /// Without those of others.
    pub(super) fn without<'a>(&self, others: impl Iterator<Item = &'a Self>) -> Self {
        let gone: FxHashSet<u32> = others.flat_map(|other| other.0.iter().copied()).collect();
        if gone.is_empty() {
            return self.clone();
        }
        Self(self.0.iter().copied().filter(|id| !gone.contains(id)).collect())
    }
}

/// What assignments reach in two states, each looked up once.
#[derive(Debug, Default)]
pub(super) struct Contents {
    before: FxHashMap<u32, Content>,
    after: FxHashMap<u32, Content>,
    lists: FxHashSet<Arc<[u32]>>,
}

/// One of two states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

impl Contents {
    /// What an assignment reaches in a state; `None` = every resource, and whatever else there is.
    pub(super) fn of(&mut self, (side, state): (Side, &Snapshot), access: Access) -> Option<Content> {
        let selector = access.selector()?;
        let known = if side == Side::Before { &mut self.before } else { &mut self.after };
        let content = known.entry(selector).or_insert_with(|| {
            let is_there = !matches!(access, Access::Scope(scope) if !state.scope_lives(scope));
            let held = if is_there { state.held_by(selector) } else { FxHashSet::default() };
            let mut ids: Vec<u32> = held.into_iter().collect();
            ids.sort_unstable();
            let list = self.lists.get(ids.as_slice()).cloned();
            Content(list.unwrap_or_else(|| {
                let list: Arc<[u32]> = ids.into();
                self.lists.insert(list.clone());
                list
            }))
        });
        Some(content.clone())
    }
}
