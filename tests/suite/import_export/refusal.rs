//! What a refused call says: its code, its reason, and where the document is wrong.

use tonic::{Code, Status};
use tonic_types::StatusExt;

/// A refusal, as a client reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: Code,
    pub(super) reason: String,
    /// Which line or lines, when what is wrong is no matter of a field.
    pub(super) place: Option<String>,
    /// Lines whose effect is kept.
    pub(super) committed_lines: Option<String>,
    /// The fields of the violations, with their lines.
    pub(super) fields: Vec<String>,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn of(status: &Status) -> Self {
        let info = status.get_details_error_info().expect("every status has an ErrorInfo");
        let violations = status.get_details_bad_request().map(|request| request.field_violations).unwrap_or_default();
        Self {
            code: status.code(),
            reason: info.reason,
            place: info.metadata.get("place").cloned(),
            committed_lines: info.metadata.get("committed_lines").cloned(),
            fields: violations.into_iter().map(|violation| violation.field).collect(),
            message: status.message().to_owned(),
        }
    }

    /// Refuses to be anything else.
    pub(super) fn expect(&self, code: Code, reason: &str) -> &Self {
        assert_eq!((self.code, self.reason.as_str()), (code, reason), "{self:?}");
        self
    }
}
