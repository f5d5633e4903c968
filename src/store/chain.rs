//! The chain of revisions and the sum of the state: keyed hashes that nobody can make without the secret.
//!
//! The chain links every revision to all before it, so that a follower notices a history that was changed, cut or
//! replaced by that of a backup. The state sum adds up one hash per row, in no order: a change subtracts the row
//! before and adds the row after, and a load that adds up all rows must come to the same.

use blake3::Hasher;

use crate::app::port::Chain;
use crate::domain::time::Time;

/// What a revision adds to the chain.
pub(super) struct Link<'a> {
    /// Its number.
    pub(super) revision: u64,
    /// When it was committed.
    pub(super) at: Time,
    /// The state sum after it.
    pub(super) state_sum: u128,
    /// Its encoded changes, in order.
    pub(super) payloads: &'a [Vec<u8>],
    /// The digest of its audit record.
    pub(super) audit_digest: &'a [u8],
}

/// The keys, derived from the secret; each is good for one use alone.
#[derive(Clone)]
pub(super) struct Keys {
    chain: [u8; 32],
    row: [u8; 32],
    audit: [u8; 32],
}

impl Keys {
    /// The keys of a secret.
    pub(super) fn of(secret: &[u8; 32]) -> Self {
        Self {
            chain: blake3::derive_key("bailiwick store v1: chain of revisions", secret),
            row: blake3::derive_key("bailiwick store v1: sum of rows", secret),
            audit: blake3::derive_key("bailiwick store v1: digest of audit records", secret),
        }
    }

    /// The chain at revision 0 of a store.
    pub(super) fn seal(&self, store_id: &str) -> Chain {
        *blake3::keyed_hash(&self.chain, store_id.as_bytes()).as_bytes()
    }

    /// What an encoded row adds to the state sum.
    pub(super) fn row(&self, encoded: &[u8]) -> u128 {
        let (sum, _) = blake3::keyed_hash(&self.row, encoded)
            .as_bytes()
            .split_first_chunk()
            .map_or(([0; 16], &[][..]), |(sum, rest)| (*sum, rest));
        u128::from_le_bytes(sum)
    }

    /// The digest of an encoded audit record.
    pub(super) fn audit(&self, encoded: &[u8]) -> [u8; 32] {
        *blake3::keyed_hash(&self.audit, encoded).as_bytes()
    }

    /// The chain after a revision. Every part has a fixed length or stands behind its length, so that no two
    /// histories hash the same bytes.
    pub(super) fn link(&self, previous: &Chain, link: &Link<'_>) -> Chain {
        let mut hasher = Hasher::new_keyed(&self.chain);
        hasher.update(previous);
        hasher.update(&link.revision.to_le_bytes());
        hasher.update(&link.at.micros().to_le_bytes());
        hasher.update(&link.state_sum.to_le_bytes());
        hasher.update(&(link.payloads.len() as u64).to_le_bytes());
        for payload in link.payloads {
            hasher.update(&(payload.len() as u64).to_le_bytes());
            hasher.update(payload);
        }
        hasher.update(link.audit_digest);
        *hasher.finalize().as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(payloads: &[Vec<u8>]) -> Chain {
        let link = Link { revision: 1, at: Time::default(), state_sum: 0, payloads, audit_digest: &[0; 32] };
        Keys::of(&[7; 32]).link(&[0; 32], &link)
    }

    #[test]
    fn the_chain_depends_on_where_one_payload_ends_and_the_next_begins() {
        let chains = [
            link(&[]),
            link(&[vec![]]),
            link(&[vec![1, 2], vec![3]]),
            link(&[vec![1], vec![2, 3]]),
            link(&[vec![1, 2, 3]]),
        ];
        for (index, chain) in chains.iter().enumerate() {
            assert!(!chains.iter().take(index).any(|other| other == chain), "{index}");
        }
    }

    #[test]
    fn another_secret_makes_another_chain_and_another_sum() {
        let (one, other) = (Keys::of(&[1; 32]), Keys::of(&[2; 32]));
        assert_ne!(one.seal("store"), other.seal("store"));
        assert_ne!(one.row(b"row"), other.row(b"row"));
        assert_ne!(one.row(b"row"), one.row(b"rox"));
    }
}
