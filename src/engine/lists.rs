//! For every dense id an ordered list of small items, shared between snapshots until it changes.

use std::sync::Arc;

use super::paged::Paged;

/// What an item is found by; at most one item of a list has a key.
pub(super) trait Keyed {
    type Key: Ord;
    fn key(&self) -> Self::Key;
}

impl Keyed for u32 {
    type Key = u32;
    fn key(&self) -> u32 {
        *self
    }
}

impl Keyed for Arc<str> {
    type Key = Arc<str>;
    fn key(&self) -> Arc<str> {
        self.clone()
    }
}

/// The lists.
#[derive(Clone, Debug)]
pub(super) struct Lists<T> {
    lists: Paged<Option<Arc<Vec<T>>>>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { lists: Paged::default() }
    }
}

impl<T: Keyed + Clone> Lists<T> {
    /// The list of an id, ordered by key.
    pub(super) fn get(&self, id: u32) -> &[T] {
        self.lists.get(id).and_then(Option::as_deref).map_or(&[], Vec::as_slice)
    }

    /// The ids whose lists are not the same one in both; they may be equal all the same.
    pub(super) fn unshared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = u32> + 'a {
        self.lists.unshared(&other.lists).filter(|id| {
            let lists = (self.lists.get(*id).and_then(Option::as_ref), other.lists.get(*id).and_then(Option::as_ref));
            match lists {
                (Some(own), Some(its)) => !Arc::ptr_eq(own, its),
                (own, its) => own.is_some() || its.is_some(),
            }
        })
    }

    /// The item with a key.
    pub(super) fn find(&self, id: u32, key: &T::Key) -> Option<&T> {
        let list = self.get(id);
        list.binary_search_by(|item| item.key().cmp(key)).ok().and_then(|at| list.get(at))
    }

    /// Puts an item in its place, or replaces the one with its key.
    pub(super) fn insert(&mut self, id: u32, item: T) {
        let list = Arc::make_mut(self.lists.get_mut(id).get_or_insert_default());
        match list.binary_search_by(|other| other.key().cmp(&item.key())) {
            Ok(at) => {
                if let Some(place) = list.get_mut(at) {
                    *place = item;
                }
            }
            Err(at) => list.insert(at, item),
        }
    }

    /// Takes the item with a key out; says whether there was one.
    pub(super) fn remove(&mut self, id: u32, key: &T::Key) -> bool {
        let list = self.get(id);
        let Ok(at) = list.binary_search_by(|other| other.key().cmp(key)) else { return false };
        let place = self.lists.get_mut(id);
        match place {
            Some(list) if list.len() > 1 => {
                Arc::make_mut(list).remove(at);
            }
            _ => *place = None,
        }
        true
    }

    /// Replaces a whole list, which must be ordered.
    pub(super) fn replace(&mut self, id: u32, list: Vec<T>) {
        let place = self.lists.get_mut(id);
        *place = if list.is_empty() { None } else { Some(Arc::new(list)) };
    }
}
