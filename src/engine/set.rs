//! A set of dense ids that is asked far more often than changed: an ordered list while it is small or sparse, else a
//! bitmap: to look into it takes no search, even where it takes some times the memory of the list.

use std::ops::ControlFlow;
use std::sync::Arc;

/// The set; a clone shares it.
#[derive(Clone, Debug, Default)]
pub(super) struct IdSet(Option<Arc<Form>>);

#[derive(Clone, Debug)]
enum Form {
    List(Vec<u32>),
    Bits(Vec<u64>),
}

/// A list no longer than this is scanned as fast as a bitmap is read.
const LIST_LEN_SMALL: usize = 16;
/// Up to this span for each id of it the bitmap is taken: eight times the memory of the list.
const SPAN_PER_ID_MAX: usize = 256;

impl IdSet {
    /// The set of an ordered list without repeats.
    pub(super) fn from_ordered(ids: Vec<u32>) -> Self {
        if ids.is_empty() { Self(None) } else { Self(Some(Arc::new(Form::List(ids).compact()))) }
    }

    /// Whether the id is in it.
    pub(super) fn contains(&self, id: u32) -> bool {
        match self.0.as_deref() {
            None => false,
            Some(Form::List(ids)) => ids.binary_search(&id).is_ok(),
            Some(Form::Bits(words)) => has_bit(words, id),
        }
    }

    /// Visits those of some items whose ids are in it, in their order, until one breaks.
    #[expect(clippy::inline_always, reason = "the innermost loop of a decision")]
    #[inline(always)]
    pub(super) fn visit_in<T, B>(
        &self,
        items: &[T],
        id: impl Fn(&T) -> u32,
        visit: impl FnMut(&T) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        match self.0.as_deref() {
            None => ControlFlow::Continue(()),
            Some(Form::Bits(words)) => items.iter().filter(|item| has_bit(words, id(item))).try_for_each(visit),
            Some(Form::List(ids)) => {
                items.iter().filter(|item| ids.binary_search(&id(item)).is_ok()).try_for_each(visit)
            }
        }
    }

    /// Whether both hold the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let shared = match (&self.0, &other.0) {
            (Some(own), Some(its)) => Arc::ptr_eq(own, its),
            (own, its) => own.is_none() && its.is_none(),
        };
        shared || self.iter().eq(other.iter())
    }

    /// The ids in order.
    pub(super) fn iter(&self) -> Box<dyn Iterator<Item = u32> + '_> {
        match self.0.as_deref() {
            None => Box::new(std::iter::empty()),
            Some(Form::List(ids)) => Box::new(ids.iter().copied()),
            Some(Form::Bits(words)) => Box::new(bits(words)),
        }
    }

    /// Puts an id in.
    pub(super) fn insert(&mut self, id: u32) {
        let form = self.0.get_or_insert_with(|| Arc::new(Form::List(Vec::new())));
        let form = Arc::make_mut(form);
        match form {
            Form::List(ids) => {
                if let Err(at) = ids.binary_search(&id) {
                    ids.insert(at, id);
                    *form = std::mem::replace(form, Form::List(Vec::new())).compact();
                }
            }
            Form::Bits(words) => set_bit(words, id),
        }
    }

    /// Takes an id out. A bitmap stays one: sets that were large tend to be so again.
    pub(super) fn remove(&mut self, id: u32) {
        if !self.contains(id) {
            return;
        }
        let Some(form) = self.0.as_mut() else { return };
        match Arc::make_mut(form) {
            Form::List(ids) => ids.retain(|other| *other != id),
            Form::Bits(words) => {
                if let Some(word) = words.get_mut(id as usize / 64) {
                    *word &= !(1 << (id % 64));
                }
            }
        }
    }
}

impl Form {
    /// The better of the two forms.
    fn compact(self) -> Self {
        let Self::List(ids) = self else { return self };
        let span = ids.last().map_or(0, |last| *last as usize + 1);
        if ids.len() <= LIST_LEN_SMALL || ids.len() * SPAN_PER_ID_MAX < span {
            return Self::List(ids);
        }
        let mut words = Vec::new();
        for id in &ids {
            set_bit(&mut words, *id);
        }
        Self::Bits(words)
    }
}

fn has_bit(words: &[u64], id: u32) -> bool {
    words.get(id as usize / 64).is_some_and(|word| word >> (id % 64) & 1 == 1)
}

/// Sets a bit; there are as many words as it needs afterwards.
fn set_bit(words: &mut Vec<u64>, id: u32) {
    let at = id as usize / 64;
    if words.len() <= at {
        words.resize(at + 1, 0);
    }
    if let Some(word) = words.get_mut(at) {
        *word |= 1 << (id % 64);
    }
}

fn bits(words: &[u64]) -> impl Iterator<Item = u32> {
    words.iter().zip((0_u32..).step_by(64)).flat_map(|(word, base)| {
        let mut rest = *word;
        std::iter::from_fn(move || {
            let bit = (rest != 0).then(|| rest.trailing_zeros())?;
            rest &= rest - 1;
            Some(base + bit)
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_as_an_ordered_set(
            steps in proptest::collection::vec((any::<bool>(), prop_oneof![0..300_u32, 0..100_000_u32]), 0..600),
        ) {
            let (mut set, mut model) = (IdSet::default(), BTreeSet::new());
            for (add, id) in steps {
                if add {
                    set.insert(id);
                    model.insert(id);
                } else {
                    set.remove(id);
                    model.remove(&id);
                }
                prop_assert_eq!(set.contains(id), model.contains(&id));
            }
            prop_assert_eq!(set.iter().collect::<Vec<_>>(), model.iter().copied().collect::<Vec<_>>());
            let built = IdSet::from_ordered(model.iter().copied().collect());
            prop_assert!((0..400).all(|id| built.contains(id) == model.contains(&id)));
        }
    }
}
