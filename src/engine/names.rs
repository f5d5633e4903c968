//! Names to dense ids and back. A name, once interned, keeps its id: what the id stands for may come and go.
//!
//! A name is a text within a scope (an application, an owner, a kind of subject), so that joined texts can
//! never coincide. Texts live in pages of bytes; the hash is seeded, because the texts come from outside.

use std::hash::{BuildHasher, Hasher};

use foldhash::quality::FixedState;

use super::index::Index;
use super::paged::Paged;

/// Longest text, in bytes: four bytes for each of the 200 characters of a privilege key, and room.
const TEXT_BYTES_MAX: usize = 1_024;
const CHUNK_BYTES: usize = 4_096;

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    scope: u32,
    chunk: u32,
    start: u16,
    len: u16,
}

#[derive(Clone, Debug, Default)]
struct Chunk(std::sync::Arc<Vec<u8>>);

/// The table of one kind of names.
#[derive(Clone, Debug)]
pub(super) struct Names {
    seed: u64,
    index: Index,
    entries: Paged<Entry>,
    chunks: Paged<Chunk>,
}

impl Names {
    /// An empty table whose hash is seeded with `seed`.
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, index: Index::default(), entries: Paged::default(), chunks: Paged::default() }
    }

    /// How many names there are; their ids are below it.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }

    /// The id of a name.
    pub(super) fn find(&self, scope: u32, text: &str) -> Option<u32> {
        self.index.find(self.hash(scope, text), |id| self.is(id, scope, text))
    }

    /// The id of a name, which is given one if it has none.
    pub(super) fn intern(&mut self, scope: u32, text: &str) -> u32 {
        debug_assert!(text.len() <= TEXT_BYTES_MAX, "texts are bounded before they come here");
        if let Some(id) = self.find(scope, text) {
            return id;
        }
        let (chunk, start) = self.store(text.as_bytes());
        let len = u16::try_from(text.len()).unwrap_or(u16::MAX);
        let id = self.entries.push(Entry { scope, chunk, start, len });
        self.index.insert(self.hash(scope, text), id);
        id
    }

    /// The text of a name; empty for an id that is none.
    pub(super) fn text(&self, id: u32) -> &str {
        let bytes = self.entries.get(id).and_then(|entry| self.bytes(*entry)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The scope of a name.
    pub(super) fn scope(&self, id: u32) -> Option<u32> {
        self.entries.get(id).map(|entry| entry.scope)
    }

    fn is(&self, id: u32, scope: u32, text: &str) -> bool {
        self.entries.get(id).is_some_and(|entry| entry.scope == scope && self.bytes(*entry) == Some(text.as_bytes()))
    }

    fn bytes(&self, entry: Entry) -> Option<&[u8]> {
        let start = usize::from(entry.start);
        self.chunks.get(entry.chunk)?.0.get(start..start + usize::from(entry.len))
    }

    /// Texts are packed into the last chunk and never cross into the next.
    fn store(&mut self, bytes: &[u8]) -> (u32, u16) {
        let last = u32::try_from(self.chunks.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let used = self.chunks.get(last).map_or(CHUNK_BYTES, |chunk| chunk.0.len());
        let chunk = if used + bytes.len() > CHUNK_BYTES { self.chunks.push(Chunk::default()) } else { last };
        let text = std::sync::Arc::make_mut(&mut self.chunks.get_mut(chunk).0);
        let start = u16::try_from(text.len()).unwrap_or(u16::MAX);
        text.extend_from_slice(bytes);
        (chunk, start)
    }

    fn hash(&self, scope: u32, text: &str) -> u64 {
        let mut hasher = FixedState::with_seed(self.seed).build_hasher();
        hasher.write_u32(scope);
        hasher.write(text.as_bytes());
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_by_scope_and_by_every_byte() {
        let mut names = Names::new(7);
        let texts = ["a", "A", "a ", "", "é", "e\u{301}", "a:b", "a:b:c", "𝒳"];
        let ids: Vec<_> = (0..3)
            .flat_map(|scope| texts.map(|text| (scope, text)))
            .map(|(scope, text)| (scope, text, names.intern(scope, text)))
            .collect();
        for (scope, text, id) in &ids {
            assert_eq!(names.find(*scope, text), Some(*id));
            assert_eq!(names.intern(*scope, text), *id);
            assert_eq!((names.scope(*id), names.text(*id)), (Some(*scope), *text));
        }
        assert_eq!(names.len() as usize, ids.len());
        assert_eq!(names.find(9, "a"), None);
    }

    #[test]
    fn a_clone_does_not_see_later_names() {
        let mut names = Names::new(1);
        for number in 0..2_000 {
            names.intern(0, &format!("name-{number}"));
        }
        let before = names.clone();
        names.intern(0, "later");
        assert_eq!(before.find(0, "later"), None);
        assert_eq!(before.find(0, "name-1999"), Some(1_999));
    }
}
