//! For every dense id an ordered list of small items, shared between snapshots until it changes. A list of a few items may
//! stand in the place of its id, so that to read it is one read of memory.

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

/// The lists; those of at most `FEW` items stand in their places.
#[derive(Clone, Debug)]
pub(super) struct Lists<T, const FEW: usize = 0> {
    lists: Paged<List<T, FEW>>,
}

#[derive(Clone, Debug)]
enum List<T, const FEW: usize> {
    Few { len: u8, items: [T; FEW] },
    Many(Arc<[T]>),
}

impl<T, const FEW: usize> Default for Lists<T, FEW> {
    fn default() -> Self {
        Self { lists: Paged::default() }
    }
}

impl<T: Default, const FEW: usize> Default for List<T, FEW> {
    fn default() -> Self {
        Self::Few { len: 0, items: std::array::from_fn(|_| T::default()) }
    }
}

impl<T: Default, const FEW: usize> List<T, FEW> {
    fn new(from: impl Iterator<Item = T>, count: usize) -> Self {
        match u8::try_from(count) {
            Ok(len) if count <= FEW => {
                let mut items = std::array::from_fn(|_| T::default());
                items.iter_mut().zip(from).for_each(|(place, item)| *place = item);
                Self::Few { len, items }
            }
            _ => Self::Many(from.collect()),
        }
    }

    fn items(&self) -> &[T] {
        match self {
            Self::Few { len, items } => items.get(..usize::from(*len)).unwrap_or(&[]),
            Self::Many(items) => items,
        }
    }
}

impl<T: Clone + Default + PartialEq, const FEW: usize> Lists<T, FEW> {
    /// The list of an id.
    pub(super) fn get(&self, id: u32) -> &[T] {
        self.lists.get(id).map_or(&[], List::items)
    }

    /// Asks memory for the place of a list.
    pub(super) fn prefetch(&self, id: u32) {
        self.lists.prefetch(id);
    }

    /// The ids whose lists are not the same one in both; they may be equal all the same.
    pub(super) fn unshared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = u32> + 'a {
        self.lists.unshared(&other.lists).filter(|id| match (self.lists.get(*id), other.lists.get(*id)) {
            (Some(List::Many(own)), Some(List::Many(its))) => !Arc::ptr_eq(own, its),
            _ => self.get(*id) != other.get(*id),
        })
    }

    /// Replaces a whole list.
    pub(super) fn replace(&mut self, id: u32, list: Vec<T>) {
        let count = list.len();
        *self.lists.get_mut(id) = List::new(list.into_iter(), count);
    }
}

/// Of lists that are ordered by the keys of their items.
impl<T: Keyed + Clone + Default + PartialEq, const FEW: usize> Lists<T, FEW> {
    /// The item with a key.
    pub(super) fn find(&self, id: u32, key: &T::Key) -> Option<&T> {
        let list = self.get(id);
        list.binary_search_by(|item| item.key().cmp(key)).ok().and_then(|at| list.get(at))
    }

    /// Puts an item in its place, or replaces the one with its key.
    pub(super) fn insert(&mut self, id: u32, item: T) {
        let list = self.get(id);
        let (before, after) = match list.binary_search_by(|other| other.key().cmp(&item.key())) {
            Ok(at) => (list.get(..at), list.get(at + 1..)),
            Err(at) => (list.get(..at), list.get(at..)),
        };
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        let items = before.iter().cloned().chain([item]).chain(after.iter().cloned());
        let list = List::new(items, before.len() + 1 + after.len());
        *self.lists.get_mut(id) = list;
    }

    /// Takes the item with a key out; says whether there was one.
    pub(super) fn remove(&mut self, id: u32, key: &T::Key) -> bool {
        let list = self.get(id);
        let Ok(at) = list.binary_search_by(|other| other.key().cmp(key)) else { return false };
        let left = list.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, item)| item.clone());
        let list = List::new(left, list.len() - 1);
        *self.lists.get_mut(id) = list;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_behaves_as_an_ordered_set(steps in proptest::collection::vec((0..3_u32, 0..12_u32, any::<bool>()), 0..200)) {
            let (mut lists, mut model) = (Lists::<u32, 5>::default(), vec![BTreeSet::new(); 3]);
            for (id, item, there) in steps {
                let (before, set) = (lists.clone(), &mut model[id as usize]);
                let old: Vec<u32> = set.iter().copied().collect();
                if there {
                    lists.insert(id, item);
                    set.insert(item);
                } else {
                    prop_assert_eq!(lists.remove(id, &item), set.remove(&item));
                }
                prop_assert_eq!(lists.get(id), set.iter().copied().collect::<Vec<_>>());
                prop_assert_eq!(lists.find(id, &item).is_some(), there);
                prop_assert_eq!(before.get(id), old.as_slice());
                let told: Vec<u32> = before.unshared(&lists).collect();
                prop_assert!(told.contains(&id) || before.get(id) == lists.get(id));
                prop_assert!(told.iter().all(|told| *told == id));
            }
        }
    }

    #[test]
    fn a_place_with_few_items_is_three_words() {
        assert_eq!((size_of::<List<u32, 5>>(), size_of::<List<u32, 0>>()), (24, 16));
    }
}
