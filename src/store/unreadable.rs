//! Something stored that cannot be understood, in words for the log.

use thiserror::Error;

use crate::domain::violation::Malformed;

/// Why it cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub(super) struct Unreadable(String);

impl Unreadable {
    /// Wraps the words.
    pub(super) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// A part that must be there and is not.
    pub(super) fn missing(what: &str) -> Self {
        Self(format!("{what} is missing"))
    }

    /// A number that stands for nothing we know.
    pub(super) fn unknown(what: &str, code: impl Into<i64>) -> Self {
        Self(format!("{what} {} is not known", code.into()))
    }
}

impl From<Malformed> for Unreadable {
    fn from(malformed: Malformed) -> Self {
        Self(malformed.0)
    }
}

impl From<std::num::TryFromIntError> for Unreadable {
    fn from(_: std::num::TryFromIntError) -> Self {
        Self("a number is out of range".to_owned())
    }
}

impl From<prost::DecodeError> for Unreadable {
    fn from(error: prost::DecodeError) -> Self {
        Self(error.to_string())
    }
}
