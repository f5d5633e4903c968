//! Who calls.

use crate::domain::name::Subject;

/// The subject that a credential stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The subject.
    pub subject: Subject,
}

impl Caller {
    /// The caller with this subject.
    pub fn new(subject: Subject) -> Self {
        Self { subject }
    }

    /// Its name, as the audit log shows it.
    pub fn name(&self) -> String {
        self.subject.to_string()
    }
}
