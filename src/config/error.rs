//! What is wrong with a configuration, in words for the person who wrote it.
//!
//! Guarantees: every violation is listed, in the order of the keys; values of secrets never appear.

use std::fmt;
use std::path::PathBuf;

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read, or is no TOML.
    #[error("the configuration file {} cannot be used: {reason}", path.display())]
    File {
        /// The file as it was named.
        path: PathBuf,
        /// Why, and where in the file.
        reason: String,
    },
    /// Keys are unknown, or their values are refused.
    #[error("the configuration is invalid:{}", listed(.0))]
    Invalid(Vec<Violation>),
}

/// One thing that is wrong with one key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The key as it is written in the file, such as `grpc.listen`.
    pub key: String,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.problem)
    }
}

fn listed(violations: &[Violation]) -> String {
    let mut text = String::new();
    for violation in violations {
        text.push_str("\n  ");
        text.push_str(&violation.to_string());
    }
    text
}
