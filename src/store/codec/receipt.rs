//! Receipts, stored.

use prost::Message;

use super::super::unreadable::Unreadable;
use super::{exact, key};
use crate::app::port::{ItemFailure, Receipt};
use crate::proto::storage::{self, receipt::Failure};

/// A receipt as bytes.
pub(in crate::store) fn receipt(receipt: &Receipt) -> Vec<u8> {
    storage::Receipt {
        keys: receipt.keys.iter().map(key::write).collect(),
        failures: receipt.failures.iter().map(write_failure).collect(),
        created: receipt.created,
        updated: receipt.updated,
        deleted: receipt.deleted,
        unchanged: receipt.unchanged,
    }
    .encode_to_vec()
}

/// Reads a receipt.
pub(in crate::store) fn read_receipt(payload: &[u8]) -> Result<Receipt, Unreadable> {
    let stored: storage::Receipt = exact(payload)?;
    Ok(Receipt {
        keys: stored.keys.into_iter().map(key::read).collect::<Result<_, _>>()?,
        failures: stored.failures.into_iter().map(failure).collect(),
        created: stored.created,
        updated: stored.updated,
        deleted: stored.deleted,
        unchanged: stored.unchanged,
    })
}

fn write_failure(failure: &ItemFailure) -> Failure {
    Failure {
        index: failure.index,
        code: failure.code,
        reason: failure.reason.clone(),
        name: failure.name.clone(),
        message: failure.message.clone(),
    }
}

fn failure(stored: Failure) -> ItemFailure {
    ItemFailure {
        index: stored.index,
        name: stored.name,
        reason: stored.reason,
        code: stored.code,
        message: stored.message,
    }
}
