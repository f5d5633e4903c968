//! The answer to a check, and why.

use super::time::Time;

/// Why a check is allowed or denied; a stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Allowed: a role of the subject gives the privilege on the target.
    RoleAssignment,
    /// Denied: no such subject, or one of another application.
    SubjectUnknown,
    /// Denied: the subject is disabled.
    SubjectDisabled,
    /// Denied: no such application.
    ApplicationUnknown,
    /// Denied: no such privilege in the application's catalogue.
    PrivilegeUnknown,
    /// Denied: one of our own things that does not exist, or lives elsewhere.
    TargetUnknown,
    /// Denied: the privilege acts on objects, none was named, and no path reaches everything.
    ResourceRequired,
    /// Denied: no role of the subject gives the privilege.
    NotGranted,
    /// Denied: a role gives it, by an assignment that has not begun or has ended.
    NotValidNow,
    /// Denied: a role gives it, and the subject may not hold that role.
    NotAssignable,
    /// Denied: a path gives it, but not on this target.
    OutOfReach,
    /// No answer: a walk along a traversal spec looked at more resources than it may. It allows nothing, and who asks is
    /// told of it as an error.
    WalkTooLong,
}

/// The answer to a check: a pure function of one revision of the state and the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Why.
    pub reason: Reason,
    /// The answer cannot change before this instant while the state does not; `None` = never.
    pub valid_until: Option<Time>,
    /// Whether a path of a denial met a custom boundary, of which who asks decides.
    pub custom: bool,
}

impl Decision {
    /// A denial that no passing of time can turn.
    pub fn denied(reason: Reason) -> Self {
        Self { reason, valid_until: None, custom: false }
    }

    /// An allowance that lasts so long; `None` = while the state does.
    pub fn allowed_until(valid_until: Option<Time>) -> Self {
        Self { reason: Reason::RoleAssignment, valid_until, custom: false }
    }

    /// Whether the subject may.
    pub fn allowed(&self) -> bool {
        self.reason == Reason::RoleAssignment
    }
}
