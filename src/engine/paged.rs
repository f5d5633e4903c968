//! A growable array in pages of about 4 KiB that copies only the pages it changes.
//!
//! A clone costs one reference count. Writing to a clone copies the page written, the folder of pages it
//! stands in and the list of folders, and nothing else; what is not shared is changed in place.

use std::sync::Arc;

const PAGE_BYTES: usize = 4_096;
const FOLDER_PAGES: usize = 512;

type Folder<T> = Vec<Arc<Vec<T>>>;

/// The array. Places never written read as absent.
#[derive(Clone, Debug)]
pub(super) struct Paged<T> {
    folders: Arc<Vec<Arc<Folder<T>>>>,
    len: usize,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self { folders: Arc::new(Vec::new()), len: 0 }
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

    fn page(&self, page: usize) -> Option<&Arc<Vec<T>>> {
        self.folders.get(page / FOLDER_PAGES)?.get(page % FOLDER_PAGES)
    }

    /// The value at a place.
    pub(super) fn get(&self, at: u32) -> Option<&T> {
        let at = at as usize;
        let page = at / Self::ITEMS;
        self.page(page)?.get(at % Self::ITEMS)
    }
}

impl<T: Clone + Default> Paged<T> {
    /// The value at a place, to be changed; the array grows to hold it.
    pub(super) fn get_mut(&mut self, at: u32) -> &mut T {
        let at = at as usize;
        self.len = self.len.max(at + 1);
        let page = at / Self::ITEMS;
        let folder = grown(Arc::make_mut(&mut self.folders), page / FOLDER_PAGES);
        let page = grown(Arc::make_mut(folder), page % FOLDER_PAGES);
        grown(Arc::make_mut(page), at % Self::ITEMS)
    }

    /// Adds a value at the end and says where.
    pub(super) fn push(&mut self, value: T) -> u32 {
        let at = u32::try_from(self.len).unwrap_or(u32::MAX);
        *self.get_mut(at) = value;
        at
    }
}

#[expect(clippy::indexing_slicing, reason = "the line before makes the place exist")]
fn grown<T: Clone + Default>(items: &mut Vec<T>, at: usize) -> &mut T {
    if items.len() <= at {
        items.resize_with(at + 1, T::default);
    }
    &mut items[at]
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
        let pages = |array: &Paged<u64>| -> Vec<_> {
            array.folders.iter().flat_map(|folder| folder.iter().map(Arc::as_ptr)).collect()
        };
        let copied = pages(&first).iter().zip(pages(&second)).filter(|(a, b)| **a != *b).count();
        assert_eq!(copied, 1);
        assert_eq!(first.get(1_000_000), None);
    }
}
