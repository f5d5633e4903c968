//! A growable array in pages of about 4 KiB that copies only the pages it changes.
//!
//! A clone costs one reference count. Writing to a clone copies the page written, the folder of pages it
//! stands in and the list of folders, and nothing else; what is not shared is changed in place. A value is three reads
//! away from the array, and only the last of them is of memory that is not read all the time.

use std::sync::Arc;

use prefetch_index::prefetch_index;

/// With its two counts a page takes 4 KiB of the allocator, and nothing is lost.
const PAGE_BYTES: usize = 4_096 - 2 * size_of::<usize>();
const FOLDER_PAGES: usize = 512;
/// A page begins with room for so many, and doubles: small arrays stay small.
const PAGE_ITEMS_MIN: usize = 4;

type Page<T> = Arc<[T]>;
type Folder<T> = Arc<[Page<T>]>;

/// The array. Places never written read as absent, or as nothing.
#[derive(Clone, Debug)]
pub(super) struct Paged<T> {
    folders: Arc<[Folder<T>]>,
    len: usize,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self { folders: Arc::new([]), len: 0 }
    }
}

impl<T> Paged<T> {
    const ITEMS: usize = if size_of::<T>() >= PAGE_BYTES { 1 } else { PAGE_BYTES / size_of::<T>() };

    /// How many places there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The places on the pages that two arrays do not share: all others hold the same.
    pub(super) fn unshared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = u32> + 'a {
        let len = self.len.max(other.len);
        let apart = |page: &usize| match (self.page(*page), other.page(*page)) {
            (Some(own), Some(its)) => !Arc::ptr_eq(own, its),
            (own, its) => own.is_some() || its.is_some(),
        };
        let places = move |page: usize| page * Self::ITEMS..((page + 1) * Self::ITEMS).min(len);
        (0..len.div_ceil(Self::ITEMS)).filter(apart).flat_map(places).filter_map(|place| u32::try_from(place).ok())
    }

    #[expect(clippy::inline_always, reason = "a decision reads some forty places: calls cost more than the reads")]
    #[inline(always)]
    fn page(&self, page: usize) -> Option<&Page<T>> {
        self.folders.get(page / FOLDER_PAGES)?.get(page % FOLDER_PAGES)
    }

    /// The value at a place.
    #[expect(clippy::inline_always, reason = "as of a page")]
    #[inline(always)]
    pub(super) fn get(&self, at: u32) -> Option<&T> {
        let at = at as usize;
        self.page(at / Self::ITEMS)?.get(at % Self::ITEMS)
    }

    /// Asks memory for what stands at a place, and does not wait for it.
    pub(super) fn prefetch(&self, at: u32) {
        let at = at as usize;
        if let Some(page) = self.page(at / Self::ITEMS) {
            prefetch_index(page, at % Self::ITEMS);
        }
    }
}

impl<T: Clone + Default> Paged<T> {
    /// The value at a place, to be changed; the array grows to hold it.
    pub(super) fn get_mut(&mut self, at: u32) -> &mut T {
        let at = at as usize;
        self.len = self.len.max(at + 1);
        let page = at / Self::ITEMS;
        let none = || Arc::new([]) as Arc<[_]>;
        let folder = grown(&mut self.folders, page / FOLDER_PAGES, usize::MAX, none);
        let page = grown(folder, page % FOLDER_PAGES, FOLDER_PAGES, || Arc::new([]) as Page<T>);
        grown(page, at % Self::ITEMS, Self::ITEMS, T::default)
    }

    /// Adds a value at the end and says where.
    pub(super) fn push(&mut self, value: T) -> u32 {
        let at = u32::try_from(self.len).unwrap_or(u32::MAX);
        *self.get_mut(at) = value;
        at
    }
}

/// The item at a place, on a page that nobody else has; a page too short gets room for twice as many.
#[expect(clippy::indexing_slicing, reason = "the lines before make the place exist")]
fn grown<T: Clone>(items: &mut Arc<[T]>, at: usize, most: usize, new: impl Fn() -> T) -> &mut T {
    if items.len() <= at {
        let len = (at + 1).next_power_of_two().max(PAGE_ITEMS_MIN).min(most);
        let more = std::iter::repeat_with(new).take(len - items.len());
        *items = items.iter().cloned().chain(more).collect();
    }
    &mut Arc::make_mut(items)[at]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_copies_one_page_and_shares_the_rest() {
        let mut first: Paged<u64> = Paged::default();
        for value in 0..1_000_000 {
            first.push(value);
        }
        let mut second = first.clone();
        *second.get_mut(700_000) = 1;
        assert_eq!(first.get(700_000), Some(&700_000));
        assert_eq!(second.get(700_000), Some(&1));
        let pages = |array: &Paged<u64>| -> Vec<*const [u64]> {
            array.folders.iter().flat_map(|folder| folder.iter().map(Arc::as_ptr)).collect()
        };
        let copied = pages(&first).iter().zip(pages(&second)).filter(|(a, b)| !std::ptr::addr_eq(**a, *b)).count();
        assert_eq!(copied, 1);
        assert_eq!((first.len(), first.get(2_000_000)), (1_000_000, None));
    }
}
