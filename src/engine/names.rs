//! Names to dense ids and back. A name, once interned, keeps its id: what the id stands for may come and go.
//!
//! A name is a text within a scope (an application, an owner, a kind of subject), so that joined texts can
//! never coincide. A text of usual length stands in the place of its id, so that to compare it is one read of memory;
//! longer ones stand in pages of bytes. The hash is seeded, because the texts come from outside.

use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use foldhash::quality::FixedState;

use super::index::Index;
use super::paged::Paged;

/// Longest text, in bytes: four bytes for each of the 200 characters of a privilege key, and room.
const TEXT_BYTES_MAX: usize = 1_024;
const CHUNK_BYTES: usize = 4_096;
/// The longest text that stands in its place, in bytes.
const SHORT_BYTES_MAX: usize = 30;

/// Names that are compared one by one sooner than hashed.
const FEW: u32 = 6;

/// A name in the place of its id: 36 bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    scope: u32,
    text: Text,
}

#[derive(Clone, Copy, Debug)]
enum Text {
    Short {
        len: u8,
        bytes: [u8; SHORT_BYTES_MAX],
    },
    /// In bytes, so that it needs no alignment.
    Long {
        chunk: [u8; 4],
        start: [u8; 2],
        len: [u8; 2],
    },
}

impl Default for Text {
    fn default() -> Self {
        Self::Short { len: 0, bytes: [0; SHORT_BYTES_MAX] }
    }
}

#[derive(Clone, Debug, Default)]
struct Chunk(Arc<Vec<u8>>);

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
        if self.len() <= FEW {
            return (0..self.len()).find(|id| self.is(*id, scope, text));
        }
        self.index.find(self.hash(scope, text), |id| self.is(id, scope, text))
    }

    /// The id of a name whose hash has this likely id, which nearly always is its own.
    pub(super) fn find_likely(&self, likely: Option<u32>, scope: u32, text: &str) -> Option<u32> {
        let likely = likely?;
        if self.is(likely, scope, text) { Some(likely) } else { self.find(scope, text) }
    }

    /// The first id with this hash; if there is none, there is no name with it.
    pub(super) fn likely(&self, hash: u64) -> Option<u32> {
        self.index.find(hash, |_| true)
    }

    /// Asks memory for the place where a hash is looked for.
    pub(super) fn prefetch_hash(&self, hash: u64) {
        self.index.prefetch(hash);
    }

    /// Asks memory for a name.
    pub(super) fn prefetch(&self, id: u32) {
        self.entries.prefetch(id);
    }

    /// The id of a name, which is given one if it has none.
    pub(super) fn intern(&mut self, scope: u32, text: &str) -> u32 {
        debug_assert!(text.len() <= TEXT_BYTES_MAX, "texts are bounded before they come here");
        if let Some(id) = self.find(scope, text) {
            return id;
        }
        let text_at = self.store(text.as_bytes());
        let id = self.entries.push(Entry { scope, text: text_at });
        self.index.insert(self.hash(scope, text), id);
        id
    }

    /// The text of a name; empty for an id that is none.
    pub(super) fn text(&self, id: u32) -> &str {
        let bytes = self.entries.get(id).and_then(|entry| self.bytes(entry)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The scope of a name.
    pub(super) fn scope(&self, id: u32) -> Option<u32> {
        self.entries.get(id).map(|entry| entry.scope)
    }

    fn is(&self, id: u32, scope: u32, text: &str) -> bool {
        self.entries.get(id).is_some_and(|entry| entry.scope == scope && self.bytes(entry) == Some(text.as_bytes()))
    }

    fn bytes<'a>(&'a self, entry: &'a Entry) -> Option<&'a [u8]> {
        match &entry.text {
            Text::Short { len, bytes } => bytes.get(..usize::from(*len)),
            Text::Long { chunk, start, len } => {
                let start = usize::from(u16::from_le_bytes(*start));
                let len = usize::from(u16::from_le_bytes(*len));
                self.chunks.get(u32::from_le_bytes(*chunk))?.0.get(start..start + len)
            }
        }
    }

    fn store(&mut self, text: &[u8]) -> Text {
        let mut bytes = [0; SHORT_BYTES_MAX];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(place), Ok(len)) => {
                place.copy_from_slice(text);
                Text::Short { len, bytes }
            }
            _ => self.store_long(text),
        }
    }

    /// Long texts are packed into the last chunk and never cross into the next.
    fn store_long(&mut self, text: &[u8]) -> Text {
        let last = u32::try_from(self.chunks.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let used = self.chunks.get(last).map_or(CHUNK_BYTES, |chunk| chunk.0.len());
        let chunk = if used + text.len() > CHUNK_BYTES { self.chunks.push(Chunk::default()) } else { last };
        let bytes = Arc::make_mut(&mut self.chunks.get_mut(chunk).0);
        let small = |number: usize| u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes();
        let start = small(bytes.len());
        bytes.extend_from_slice(text);
        Text::Long { chunk: chunk.to_le_bytes(), start, len: small(text.len()) }
    }

    /// The hash of a name.
    pub(super) fn hash(&self, scope: u32, text: &str) -> u64 {
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
    fn texts_of_every_length_are_kept_whole() {
        let mut names = Names::new(3);
        let texts: Vec<String> = (0..=TEXT_BYTES_MAX).map(|len| "é".repeat(len / 2) + &"x".repeat(len % 2)).collect();
        let ids: Vec<u32> = texts.iter().map(|text| names.intern(0, text)).collect();
        for (id, text) in ids.into_iter().zip(&texts) {
            assert_eq!((names.find(0, text), names.text(id)), (Some(id), text.as_str()));
        }
        assert_eq!(size_of::<Entry>(), 36, "ten million of them are kept");
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
