//! Documents of policy data: how one is imported, and what an import did.

use super::{complete, int64};
use crate::app::error::Result;
use crate::app::import_policy::{ImportOptions, ImportProgress};
use crate::domain::text;
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::import_policy_request::Options;

/// How a document is imported.
pub(in crate::grpc) fn options(message: &Options) -> Result<ImportOptions> {
    let mut violations = Violations::default();
    let import_id = violations.take("options.import_id", text::request_id(&message.import_id));
    let reason = violations.take("options.reason", text::description(&message.reason));
    let options = import_id.zip(reason).map(|(import_id, reason)| ImportOptions {
        import_id,
        atomic: message.atomic,
        validate_only: message.validate_only,
        reason,
    });
    complete(violations, options)
}

/// What an import did.
pub(in crate::grpc) fn imported(done: ImportProgress) -> v1::ImportPolicyResponse {
    v1::ImportPolicyResponse {
        lines: int64(done.lines),
        batches: int64(done.batches.saturating_sub(done.skipped_batches)),
        created: int64(done.created),
        updated: int64(done.updated),
        unchanged: int64(done.unchanged),
        skipped_batches: int64(done.skipped_batches),
        consistency_token: done.token,
    }
}
