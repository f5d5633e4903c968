//! Opaque texts that we give out and take back: consistency tokens, page tokens, etags.
//!
//! All but etags carry a MAC over everything in them, so that what comes back is what was given out: a token
//! names a revision of *this* store, a page token belongs to one caller and one question.

use data_encoding::BASE64URL_NOPAD;

use super::error::{Error, Result};
use super::port::{Chain, Head};
use crate::domain::id::Id;

const TOKEN_BYTES: usize = 40;
const MAC_BYTES: usize = 16;
/// Longest text that is looked at, in characters.
const TEXT_CHARS_MAX: usize = 4_096;

/// Makes and reads tokens; holds the key.
#[derive(Clone)]
pub struct Tokens {
    key: [u8; 32],
}

/// What a consistency token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The store, hashed.
    pub store: u64,
    /// The revision.
    pub number: u64,
    /// The first bytes of its chain.
    pub chain: u64,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

impl Revision {
    /// The revision that a head names.
    pub fn of(head: &Head) -> Self {
        Self { store: store_hash(&head.store_id), number: head.revision, chain: chain_prefix(&head.chain) }
    }
}

/// The part of a chain that a token holds.
pub fn chain_prefix(chain: &Chain) -> u64 {
    chain.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The store's id as a token holds it.
pub fn store_hash(store_id: &Id) -> u64 {
    let hash = blake3::hash(store_id.as_str().as_bytes());
    hash.as_bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

impl Tokens {
    /// Tokens under a key derived from the deployment's secret.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self { key: blake3::derive_key("bailiwick tokens v1", secret) }
    }

    /// The consistency token of a revision.
    pub fn consistency(&self, revision: Revision) -> String {
        let mut bytes = Vec::with_capacity(TOKEN_BYTES);
        for part in [revision.store, revision.number, revision.chain] {
            bytes.extend_from_slice(&part.to_le_bytes());
        }
        bytes.extend_from_slice(&self.mac(b"consistency", &bytes));
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The revision that a consistency token names; `field` is where the request has it.
    pub fn revision(&self, text: &str, field: &str) -> Result<Revision> {
        let malformed = || Error::invalid(field, "is not a consistency token of this service");
        let bytes = self.open(b"consistency", text).ok_or_else(malformed)?;
        let part = |at: usize| bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
        let (store, number, chain) = (part(0), part(8), part(16));
        match (store, number, chain, bytes.len()) {
            (Some(store), Some(number), Some(chain), 24) => Ok(Revision { store, number, chain }),
            _ => Err(malformed()),
        }
    }

    /// A page token that holds `position`, bound to `question`: who asks, and what.
    pub fn page(&self, question: &[u8], position: &[u8]) -> String {
        let mut bytes = position.to_vec();
        bytes.extend_from_slice(&self.mac(&page_context(question), position));
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The position in a page token that was given out for the same question.
    pub fn position(&self, question: &[u8], text: &str) -> Result<Vec<u8>> {
        let malformed = || Error::invalid("page_token", "is not a page token of this list for this caller and filter");
        self.open(&page_context(question), text).ok_or_else(malformed)
    }

    fn open(&self, context: &[u8], text: &str) -> Option<Vec<u8>> {
        if text.len() > TEXT_CHARS_MAX {
            return None;
        }
        let mut bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let mac = bytes.split_off(bytes.len().checked_sub(MAC_BYTES)?);
        let same = self.mac(context, &bytes).iter().zip(&mac).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0;
        same.then_some(bytes)
    }

    fn mac(&self, context: &[u8], bytes: &[u8]) -> [u8; MAC_BYTES] {
        let mut hash = blake3::Hasher::new_keyed(&self.key);
        hash.update(&(context.len() as u64).to_le_bytes()).update(context).update(bytes);
        hash.finalize().as_bytes().first_chunk().copied().unwrap_or_default()
    }
}

fn page_context(question: &[u8]) -> Vec<u8> {
    [b"page", question].concat()
}

/// The etag of a thing that was last changed by `revision`.
pub fn etag(name: &str, revision: u64) -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(name.as_bytes()).update(&revision.to_le_bytes());
    let short: [u8; 9] = hash.finalize().as_bytes().first_chunk().copied().unwrap_or_default();
    BASE64URL_NOPAD.encode(&short)
}

/// The etag of what is told by these words; their lengths are part of it, so that no two lists join to the same.
pub fn etag_of(parts: &[String]) -> String {
    let mut hash = blake3::Hasher::new();
    for part in parts {
        hash.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    let short: [u8; 9] = hash.finalize().as_bytes().first_chunk().copied().unwrap_or_default();
    BASE64URL_NOPAD.encode(&short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_is_noticed() {
        let tokens = Tokens::new(&[7; 32]);
        let revision = Revision { store: 1, number: 42, chain: 3 };
        let text = tokens.consistency(revision);
        assert_eq!(tokens.revision(&text, "token"), Ok(revision));
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap_or_default();
        for bit in 0..bytes.len() * 8 {
            let mut forged = bytes.clone();
            if let Some(byte) = forged.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
            assert!(tokens.revision(&BASE64URL_NOPAD.encode(&forged), "token").is_err(), "bit {bit}");
        }
        for bad in ["", "x", "====", &text[1..], &"A".repeat(1 << 20)] {
            assert!(tokens.revision(bad, "token").is_err());
        }
        assert!(Tokens::new(&[8; 32]).revision(&text, "token").is_err());
    }

    #[test]
    fn a_page_token_is_bound_to_its_question() {
        let tokens = Tokens::new(&[7; 32]);
        let text = tokens.page(b"users/a|roles", b"last");
        assert_eq!(tokens.position(b"users/a|roles", &text), Ok(b"last".to_vec()));
        assert!(tokens.position(b"users/b|roles", &text).is_err());
        assert!(tokens.revision(&text, "token").is_err(), "one kind of token is no other");
    }
}
