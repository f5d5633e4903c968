//! The stored messages of `bailiwick.storage.v1`: how rows, keys, receipts and audit records become bytes.
//!
//! Equal values have equal bytes. What is read back must be understood whole: a later version, a kind or number
//! that is not known, or a field that is not known makes a payload unreadable, for a part that is left out may be
//! the part that takes a right away.

mod audit;
mod key;
mod name;
mod privilege;
mod receipt;
mod row;
mod selection;
mod traversal;

use prost::Message;

pub(super) use self::audit::audit;
pub(super) use self::privilege::{document, read_document};
pub(super) use self::receipt::{read_receipt, receipt};
pub(super) use self::traversal::{paths, read_paths};
use super::unreadable::Unreadable;
use crate::domain::change::Change;
use crate::domain::row::Row;
use crate::proto::storage;

/// The version of the format that is written, and the newest that is read.
const VERSION: u32 = 1;

/// A row.
pub(super) fn row(row: &Row) -> storage::Row {
    row::write(row)
}

/// A change of rows that are encoded already.
pub(super) fn change(before: Option<storage::Row>, after: Option<storage::Row>) -> Vec<u8> {
    storage::Change { version: VERSION, before, after }.encode_to_vec()
}

/// A change as it was stored, with the bytes of its rows, which the state sum is made of.
pub(super) struct ReadChange {
    /// What it says.
    pub(super) change: Change,
    /// The row before, encoded.
    pub(super) before: Option<Vec<u8>>,
    /// The row after, encoded.
    pub(super) after: Option<Vec<u8>>,
}

/// Reads a change.
pub(super) fn read_change(payload: &[u8]) -> Result<ReadChange, Unreadable> {
    let change: storage::Change = exact(payload)?;
    if change.version != VERSION {
        return Err(Unreadable::unknown("version of a change", change.version));
    }
    let bytes = |row: &Option<storage::Row>| row.as_ref().map(Message::encode_to_vec);
    let (before, after) = (bytes(&change.before), bytes(&change.after));
    let change =
        Change { before: change.before.map(row::read).transpose()?, after: change.after.map(row::read).transpose()? };
    Ok(ReadChange { change, before, after })
}

/// Decodes a message that holds nothing we do not know: it must encode to the same bytes again.
fn exact<M: Message + Default>(payload: &[u8]) -> Result<M, Unreadable> {
    let message = M::decode(payload)?;
    if message.encode_to_vec() == payload {
        Ok(message)
    } else {
        Err(Unreadable::new("it holds a field that is not known"))
    }
}

/// A part of a message that must be there.
fn required<T>(part: Option<T>, what: &str) -> Result<T, Unreadable> {
    part.ok_or_else(|| Unreadable::missing(what))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn payload() -> Vec<u8> {
        let id = crate::domain::id::Id::parse("a").unwrap();
        let member = crate::domain::name::Subject::User(id.clone());
        let written = Row::GroupMember(crate::domain::directory::GroupMember { group: id, member });
        change(None, Some(row(&written)))
    }

    #[test]
    fn a_change_of_a_later_version_is_not_understood() {
        let later = storage::Change { version: VERSION + 1, before: None, after: None };
        assert!(read_change(&later.encode_to_vec()).is_err());
        assert!(read_change(&payload()).is_ok());
    }

    #[test]
    fn a_field_that_is_not_known_is_not_stepped_over() {
        let mut payload = payload();
        // Field 15, a varint of 1.
        payload.extend([15 << 3, 1]);
        assert!(read_change(&payload).is_err());
    }

    #[test]
    fn a_row_of_a_kind_that_is_not_known_is_not_understood() {
        let unknown = storage::Change { version: VERSION, before: None, after: Some(storage::Row { kind: None }) };
        assert!(read_change(&unknown.encode_to_vec()).is_err());
    }
}
