//! What a refused call says: its code, its reason, and where the document is wrong.

use tonic::{Code, Status};

use crate::callers::actor;

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
    /// Reads a status, which must keep the law of statuses.
    pub(super) fn of(status: &Status) -> Self {
        let read = actor::Refusal::of(status);
        let (place, committed_lines, fields) = (read.fact("place"), read.fact("committed_lines"), read.violated());
        Self { code: read.code, reason: read.reason, place, committed_lines, fields, message: read.message }
    }

    /// Refuses to be anything else.
    pub(super) fn expect(&self, code: Code, reason: &str) -> &Self {
        assert_eq!((self.code, self.reason.as_str()), (code, reason), "{self:?}");
        self
    }
}
