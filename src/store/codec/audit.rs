//! Audit records, stored.

use prost::Message;

use crate::app::port::{Audit, Receipt};
use crate::domain::time::Time;
use crate::proto::storage::{self, audit_record::LineRange};

/// An audit record as bytes; what was done is counted in the receipt.
pub(in crate::store) fn audit(audit: &Audit, receipt: &Receipt, at: Time) -> Vec<u8> {
    storage::AuditRecord {
        caller: audit.caller.clone(),
        method: audit.method.clone(),
        request_id: audit.request_id.clone(),
        reason: audit.reason.clone(),
        digest: audit.request_hash.to_vec(),
        created: receipt.created,
        updated: receipt.updated,
        deleted: receipt.deleted,
        unchanged: receipt.unchanged,
        lines: audit.lines.map(|(first, last)| LineRange { first, last }),
        committed_at: at.micros(),
    }
    .encode_to_vec()
}
