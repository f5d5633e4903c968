//! The one place where a refusal becomes a status.
//!
//! Guarantees: every status carries one `ErrorInfo` whose reason is a stable word, and says what the caller can do
//! next; nothing internal is in it. The same refusal is the same bytes, whatever the hash maps of the process.
//! A status travels in headers, which clients bound (8 KiB in some): long texts are cut, and of very many violations
//! the first are listed and the rest counted.

mod details;

use prost::Message;
use tonic::{Code, Status};
use tonic_types::pb;

use self::details::Details;
use super::layer::Plane;
use crate::app::error::Error;
use crate::app::port::ItemFailure;
use crate::proto::code_name;

/// How long a caller should wait when too much is going on.
const RETRY_BUSY_MILLIS: i32 = 100;
/// How long a caller should wait when the store, or fresh enough state, is out of reach.
const RETRY_AWAY_MILLIS: i32 = 1_000;

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let pb::Status { code, message, details } = rpc_status(&error);
        details::transported(Code::from_i32(code), message, details)
    }
}

/// The refusal as a message, for one item of an answer.
pub(super) fn rpc_status(error: &Error) -> pb::Status {
    let mut details = Details::new(error.reason());
    explain(error, &mut details);
    pb::Status { code: error.code(), message: details::message_of(error), details: details.into_any() }
}

/// A status as a message, for one item of an answer.
pub(super) fn of_call(status: &Status) -> pb::Status {
    pb::Status::decode(status.details()).unwrap_or_else(|_| pb::Status {
        code: status.code().into(),
        message: status.message().to_owned(),
        details: Vec::new(),
    })
}

/// The failure of one item of a write that did the others.
pub(super) fn of_item(failure: &ItemFailure) -> pb::Status {
    let details = Details::new(&failure.reason).into_any();
    pb::Status { code: failure.code, message: details::cut(&failure.message), details }
}

/// Whether a code says that the server failed, rather than that it refused (OpenTelemetry's conventions for gRPC).
pub(super) fn is_failure(code: Code) -> bool {
    use Code::{DataLoss, DeadlineExceeded, Internal, Unavailable, Unimplemented, Unknown};
    matches!(code, DataLoss | DeadlineExceeded | Internal | Unavailable | Unimplemented | Unknown)
}

/// A method that a listener does not have, which does not tell whether another one has it.
pub(super) fn unknown_method(plane: Plane) -> Status {
    let message = match plane {
        Plane::All => "this server has no such method",
        Plane::Data => "this listener has no such method: it serves the data plane only, which is checks and health",
    };
    details::transported(Code::Unimplemented, message.to_owned(), Details::new("METHOD_UNKNOWN").into_any())
}

/// The time is up.
pub(super) fn deadline_exceeded() -> Status {
    let details = Details::new("DEADLINE_EXCEEDED").into_any();
    details::transported(Code::DeadlineExceeded, "the deadline passed before the answer was there".to_owned(), details)
}

/// The process ends before the call could.
pub(super) fn stopping() -> Status {
    Error::Unavailable { reason: "SERVER_STOPPING", description: "this server is stopping" }.into()
}

/// Gives a status that the transport made the reason that it lacks. What it calls internal are bytes that are not
/// what they should be: no message, or not this one.
pub(super) fn with_reason(status: &Status) -> Status {
    let (code, reason) = match status.code() {
        Code::Internal => (Code::InvalidArgument, "MESSAGE_MALFORMED"),
        code @ (Code::OutOfRange | Code::ResourceExhausted) => (code, "MESSAGE_TOO_LARGE"),
        Code::Unimplemented => (Code::Unimplemented, "ENCODING_UNKNOWN"),
        code => (code, code_name(code)),
    };
    let mut details = Details::new(reason);
    if code == Code::InvalidArgument {
        details.violation("", status.message(), reason);
    }
    details::transported(code, details::cut(status.message()), details.into_any())
}

/// What each refusal says beyond its reason.
fn explain(error: &Error, details: &mut Details) {
    match error {
        Error::Invalid(violations) => {
            for violation in violations {
                details.violation(&violation.field, &violation.description, "");
            }
        }
        Error::RequestIdReused => details.violation("request_id", &error.to_string(), error.reason()),
        Error::Denied { privilege, accepts } => {
            let kinds: Vec<&str> = accepts.iter().map(|kind| kind.as_str()).collect();
            details.fact("privilege", *privilege);
            details.fact("accepted_boundaries", kinds.join(","));
        }
        Error::Escalation { privilege, application } => {
            details.fact("privilege", privilege.as_str());
            details.fact("application", application.as_str());
        }
        Error::NotFound { kind, name } => details.resource(kind, name, "does not exist"),
        Error::AlreadyExists { kind, name } => details.resource(kind, name, "already exists"),
        // Who may not read the thing that has the name is told the name that was asked for, and nothing else.
        Error::NameTaken { kind, value, owner, .. } => {
            details.resource(kind, owner.as_ref().unwrap_or(value), &error.to_string());
        }
        Error::Precondition { reason, subject, description } => details.precondition(reason, subject, description),
        Error::Exhausted { .. } => details.retry_after(RETRY_BUSY_MILLIS),
        Error::Unavailable { .. } => details.retry_after(RETRY_AWAY_MILLIS),
        Error::Internal => details.request(&log_bug()),
        Error::Items { .. } | Error::At { .. } | Error::Stopped { .. } => explain_part(error, details),
        Error::Unauthenticated | Error::Aborted { .. } | Error::TooLarge { .. } => {}
    }
}

/// A refusal that has another as its cause.
fn explain_part(error: &Error, details: &mut Details) {
    match error {
        Error::Items { first, failures } => {
            explain(first, details);
            for (list, failure) in failures {
                details.violation(&format!("{list}[{}]", failure.index), &failure.message, &failure.reason);
            }
        }
        Error::At { place, cause } => {
            details.fact("place", place.as_str());
            explain(cause, details);
        }
        Error::Stopped { cause, committed_lines, token } => {
            details.fact("committed_lines", committed_lines.to_string());
            details.fact("consistency_token", token.as_str());
            explain(cause, details);
        }
        _ => {}
    }
}

/// Logs that there is a bug, under an id that the caller is told.
fn log_bug() -> String {
    let mut random = [0; 8];
    let drawn = getrandom::fill(&mut random).is_ok();
    let id = data_encoding::HEXLOWER.encode(&random);
    tracing::error!(error.request_id = id, drawn, "a call ended with an internal error");
    id
}

#[cfg(test)]
mod tests;
