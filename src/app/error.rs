//! Why a call was refused, in terms of what the caller can do next. One file of `grpc` turns these into statuses.

use thiserror::Error as ThisError;

use super::port::{ItemFailure, StoreError};
use crate::domain::boundary::BoundaryKind;
use crate::domain::predefined::Predefined;
use crate::domain::violation::{Violation, Violations};
use crate::engine::Shortfall;

/// A refusal. What it says may be shown to the caller; what must not be is in the log only.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum Error {
    /// The request is malformed: every violation.
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    /// The request id was used for another request.
    #[error("the request id was already used for another request")]
    RequestIdReused,
    /// No credentials, or bad ones.
    #[error("the request requires valid credentials")]
    Unauthenticated,
    /// The caller may not, or the thing itself is absent or out of his reach: he cannot tell which.
    #[error("the caller may not do this, or what it names does not exist")]
    Denied {
        /// The privilege that it needs.
        privilege: &'static str,
        /// The boundary kinds that the privilege accepts.
        accepts: &'static [BoundaryKind],
    },
    /// The write would let somebody reach what the caller cannot.
    #[error("the caller may not grant {privilege} in {application} as far as this would")]
    Escalation {
        /// The privilege that the caller lacks, or has less far.
        privilege: String,
        /// Name of the application in which it would be granted.
        application: String,
    },
    /// A thing does not exist, or may not be read by the caller.
    #[error("{name} does not exist")]
    NotFound {
        /// Its type, e.g. `role`.
        kind: &'static str,
        /// Its resource name, or how the request named it.
        name: String,
    },
    /// A name is taken.
    #[error("{name} already exists")]
    AlreadyExists {
        /// The type of the thing that has taken it.
        kind: &'static str,
        /// Its name, as the request gave it.
        name: String,
    },
    /// A name that is unique whatever its case is taken.
    #[error("{field} {value:?} is taken{}", .owner.as_ref().map(|owner| format!(" by {owner}")).unwrap_or_default())]
    NameTaken {
        /// The type of the thing that has taken it.
        kind: &'static str,
        /// Which field holds the name.
        field: &'static str,
        /// The name, as the request gave it.
        value: String,
        /// Resource name of the thing that has it, for who may read that.
        owner: Option<String>,
    },
    /// The state does not permit it.
    #[error("{description}")]
    Precondition {
        /// The stable reason.
        reason: &'static str,
        /// What stands in the way.
        subject: String,
        /// For a person.
        description: String,
    },
    /// Somebody else changed the thing first, or was in the way.
    #[error("{description}")]
    Aborted {
        /// The stable reason.
        reason: &'static str,
        /// For a person.
        description: String,
    },
    /// Too much at once; try later.
    #[error("{description}")]
    Exhausted {
        /// The stable reason.
        reason: &'static str,
        /// For a person.
        description: String,
    },
    /// Too much for one answer: to ask again does not help.
    #[error("{description}")]
    TooLarge {
        /// The stable reason.
        reason: &'static str,
        /// For a person.
        description: String,
    },
    /// Not now: the store, or state as fresh as was asked for, is out of reach.
    #[error("{description}")]
    Unavailable {
        /// The stable reason.
        reason: &'static str,
        /// For a person.
        description: &'static str,
    },
    /// Items of the request failed: the lowest one's cause, and every failure.
    #[error("{first}")]
    Items {
        /// Why the lowest failing item failed.
        first: Box<Error>,
        /// All items that failed, each with the field of the request that lists it.
        failures: Vec<(&'static str, ItemFailure)>,
    },
    /// Something in a long input is wrong.
    #[error("{place}: {cause}")]
    At {
        /// Where, e.g. `line 17`.
        place: String,
        /// What.
        cause: Box<Error>,
    },
    /// A long work stopped after it had done a part.
    #[error("{cause}")]
    Stopped {
        /// Why.
        cause: Box<Error>,
        /// Lines whose effect is kept.
        committed_lines: u64,
        /// The token of what is kept.
        token: String,
    },
    /// A bug, or a state that should not be. The log says which.
    #[error("an internal error occurred")]
    Internal,
}

/// What every verb answers with.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A request with one violation.
    pub fn invalid(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(field, description)])
    }

    /// A state that does not permit the write.
    pub fn precondition(reason: &'static str, subject: impl Into<String>, description: impl Into<String>) -> Self {
        Self::Precondition { reason, subject: subject.into(), description: description.into() }
    }

    /// A thing that does not exist.
    pub fn not_found(kind: &'static str, name: &(impl ToString + ?Sized)) -> Self {
        Self::NotFound { kind, name: name.to_string() }
    }

    /// The caller lacks a privilege.
    pub fn denied(privilege: &'static Predefined) -> Self {
        Self::Denied { privilege: privilege.key, accepts: privilege.accepts }
    }

    /// The violations, if there are any.
    pub fn check(violations: Violations) -> Result<()> {
        if violations.is_empty() { Ok(()) } else { Err(Self::Invalid(violations.into_vec())) }
    }

    /// The stable `UPPER_SNAKE` reason that every status carries.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "INVALID_REQUEST",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Denied { .. } => "PERMISSION_DENIED",
            Self::Escalation { .. } => "GRANT_EXCEEDS_OWN_REACH",
            Self::NotFound { .. } => "NOT_FOUND",
            Self::AlreadyExists { .. } | Self::NameTaken { .. } => "ALREADY_EXISTS",
            Self::Precondition { reason, .. }
            | Self::Aborted { reason, .. }
            | Self::Exhausted { reason, .. }
            | Self::TooLarge { reason, .. }
            | Self::Unavailable { reason, .. } => reason,
            Self::Items { first: cause, .. } | Self::At { cause, .. } | Self::Stopped { cause, .. } => cause.reason(),
            Self::Internal => "INTERNAL",
        }
    }

    /// The canonical code of gRPC (`google.rpc.Code`).
    pub fn code(&self) -> i32 {
        match self {
            Self::Invalid(_) | Self::RequestIdReused => 3,
            Self::NotFound { .. } => 5,
            Self::AlreadyExists { .. } | Self::NameTaken { .. } => 6,
            Self::Denied { .. } | Self::Escalation { .. } => 7,
            Self::Exhausted { .. } | Self::TooLarge { .. } => 8,
            Self::Precondition { .. } => 9,
            Self::Aborted { .. } => 10,
            Self::Internal => 13,
            Self::Unavailable { .. } => 14,
            Self::Unauthenticated => 16,
            Self::Items { first: cause, .. } | Self::At { cause, .. } | Self::Stopped { cause, .. } => cause.code(),
        }
    }

    /// This failure of one item of a request.
    pub fn of_item(&self, index: usize, name: &(impl ToString + ?Sized)) -> ItemFailure {
        ItemFailure {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            name: name.to_string(),
            reason: self.reason().to_owned(),
            code: self.code(),
            message: self.to_string(),
        }
    }
}

/// The items of a request that failed, gathered: each is looked at before the call is refused.
#[derive(Debug)]
pub struct Failures {
    list: &'static str,
    first: Option<Error>,
    items: Vec<(&'static str, ItemFailure)>,
}

impl Failures {
    /// None yet, of the items that a field of the request lists.
    pub fn of(list: &'static str) -> Self {
        Self { list, first: None, items: Vec::new() }
    }

    /// Adds one; lowest index first.
    pub fn add(&mut self, index: usize, name: &(impl ToString + ?Sized), error: Error) {
        self.add_in(self.list, index, name, error);
    }

    /// Adds one that another field of the request lists.
    pub fn add_in(&mut self, list: &'static str, index: usize, name: &(impl ToString + ?Sized), error: Error) {
        self.items.push((list, error.of_item(index, name)));
        self.first.get_or_insert(error);
    }

    /// Refuses the call when an item has failed.
    pub fn refuse(self) -> Result<()> {
        match self.first {
            Some(first) => Err(Error::Items { first: Box::new(first), failures: self.items }),
            None => Ok(()),
        }
    }

    /// The items that failed, of a call that goes on without them.
    pub fn left_out(self) -> Vec<ItemFailure> {
        self.items.into_iter().map(|(_, failure)| failure).collect()
    }
}

impl From<Shortfall> for Error {
    fn from(short: Shortfall) -> Self {
        Self::Escalation { privilege: short.privilege, application: format!("applications/{}", short.application) }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => {
                tracing::warn!(cause, "the store is not available");
                Self::Unavailable { reason: "STORE_UNAVAILABLE", description: "the store is not available" }
            }
            StoreError::Conflict(cause) => {
                tracing::info!(cause, "a write was in the way of another");
                Self::Aborted { reason: "CONFLICT", description: "a concurrent write was in the way".to_owned() }
            }
            StoreError::Diverged(cause) => {
                tracing::error!(cause, "the store's history has changed");
                Self::Unavailable { reason: "STORE_DIVERGED", description: "the state is being loaded again" }
            }
            StoreError::Corrupt(cause) | StoreError::Schema(cause) => {
                tracing::error!(cause, "the store holds what this program cannot understand");
                Self::Internal
            }
        }
    }
}
