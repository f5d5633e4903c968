//! What is wrong with a request, field by field. A request is refused with all its violations at once.

use thiserror::Error;

/// One field that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {description}")]
pub struct Violation {
    /// Path of the field in the request, e.g. `role.parents[2]`.
    pub field: String,
    /// What the field must be, for a person.
    pub description: String,
}

impl Violation {
    /// A violation of `field`.
    pub fn new(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self { field: field.into(), description: description.into() }
    }
}

/// Collects the violations of one request.
#[derive(Debug, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Adds one.
    pub fn add(&mut self, field: impl Into<String>, description: impl Into<String>) {
        self.0.push(Violation::new(field, description));
    }

    /// The value, or its violation under the name of `field`.
    pub fn take<T>(&mut self, field: impl Into<String>, value: Result<T, Malformed>) -> Option<T> {
        value.map_err(|malformed| self.add(field, malformed.0)).ok()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in the order they were found.
    pub fn into_vec(self) -> Vec<Violation> {
        self.0
    }
}

/// A text that is not what it should be; the words say what it should be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Malformed(pub String);

impl Malformed {
    /// Wraps the words.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}
