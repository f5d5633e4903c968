//! The details of a status, as `google.rpc` spells them.
//!
//! A map has no order on the wire, and two processes would encode one differently; an `ErrorInfo` is encoded here
//! entry by entry, in the order of the names, so that equal refusals are equal bytes.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use bytes::Bytes;
use prost::Message;
use prost_types::{Any, Duration};
use tonic::{Code, Status};
use tonic_types::pb;
use tonic_types::pb::{bad_request, precondition_failure};

use crate::app::error::Error;

/// The domain of every reason.
const DOMAIN: &str = "bailiwick";
/// Bytes of one text, at most.
const TEXT_BYTES_MAX: usize = 1_024;
/// Bytes of all violations, at most.
const VIOLATIONS_BYTES_MAX: usize = 3_584;

/// The details in the making.
pub(super) struct Details {
    reason: String,
    facts: BTreeMap<&'static str, String>,
    violations: Vec<bad_request::FieldViolation>,
    violations_bytes: usize,
    left_out: usize,
    others: Vec<Any>,
}

impl Details {
    /// Nothing but the reason.
    pub(super) fn new(reason: &str) -> Self {
        Self {
            reason: reason.to_owned(),
            facts: BTreeMap::new(),
            violations: Vec::new(),
            violations_bytes: 0,
            left_out: 0,
            others: Vec::new(),
        }
    }

    /// Adds a fact to the `ErrorInfo`.
    pub(super) fn fact(&mut self, name: &'static str, value: impl Into<String>) {
        self.facts.insert(name, value.into());
    }

    /// Adds a violation to the `BadRequest`, or counts it when there are too many.
    pub(super) fn violation(&mut self, field: &str, description: &str, reason: &str) {
        let (field, description, reason) = (cut(field), cut(description), reason.to_owned());
        let bytes = field.len() + description.len() + reason.len() + 8;
        if self.left_out > 0 || self.violations_bytes + bytes > VIOLATIONS_BYTES_MAX {
            self.left_out += 1;
            return;
        }
        self.violations_bytes += bytes;
        self.violations.push(bad_request::FieldViolation { field, description, reason, localized_message: None });
    }

    /// Names a thing.
    pub(super) fn resource(&mut self, kind: &str, name: &str, description: &str) {
        self.other(
            "ResourceInfo",
            &pb::ResourceInfo {
                resource_type: kind.to_owned(),
                resource_name: cut(name),
                owner: String::new(),
                description: description.to_owned(),
            },
        );
    }

    /// Says what stands in the way.
    pub(super) fn precondition(&mut self, reason: &str, subject: &str, description: &str) {
        let (subject, description) = (cut(subject), cut(description));
        let violation = precondition_failure::Violation { r#type: reason.to_owned(), subject, description };
        self.other("PreconditionFailure", &pb::PreconditionFailure { violations: vec![violation] });
    }

    /// Says when to try again.
    pub(super) fn retry_after(&mut self, millis: i32) {
        let delay = Duration { seconds: i64::from(millis / 1_000), nanos: millis % 1_000 * 1_000_000 };
        self.other("RetryInfo", &pb::RetryInfo { retry_delay: Some(delay) });
    }

    /// Names the record in the log.
    pub(super) fn request(&mut self, id: &str) {
        let info = pb::RequestInfo { request_id: id.to_owned(), serving_data: String::new() };
        self.other("RequestInfo", &info);
    }

    fn other(&mut self, name: &str, message: &impl Message) {
        self.others.push(any(name, message.encode_to_vec()));
    }

    /// The details in their order: why, what is wrong with the request, the rest.
    pub(super) fn into_any(mut self) -> Vec<Any> {
        if self.left_out > 0 {
            let description = format!("{} more violations are not listed", self.left_out);
            self.violations.push(bad_request::FieldViolation { description, ..Default::default() });
        }
        let mut all = vec![error_info(&self.reason, self.facts)];
        if !self.violations.is_empty() {
            let request = pb::BadRequest { field_violations: self.violations };
            all.push(any("BadRequest", request.encode_to_vec()));
        }
        all.extend(self.others);
        all
    }
}

/// Messages that follow one another are merged by who reads them, so a map can be written entry by entry.
fn error_info(reason: &str, facts: BTreeMap<&'static str, String>) -> Any {
    let info = pb::ErrorInfo { reason: reason.to_owned(), domain: DOMAIN.to_owned(), metadata: HashMap::new() };
    let mut value = info.encode_to_vec();
    for (name, fact) in facts {
        let entry = HashMap::from([(name.to_owned(), fact)]);
        value.extend(pb::ErrorInfo { metadata: entry, ..Default::default() }.encode_to_vec());
    }
    any("ErrorInfo", value)
}

fn any(name: &str, value: Vec<u8>) -> Any {
    Any { type_url: format!("type.googleapis.com/google.rpc.{name}"), value }
}

/// A status with its details, as it travels.
pub(super) fn transported(code: Code, message: String, details: Vec<Any>) -> Status {
    let whole = pb::Status { code: code.into(), message: message.clone(), details };
    Status::with_details(code, message, Bytes::from(whole.encode_to_vec()))
}

/// The refusal in words; of a malformed request, the first of what is wrong.
pub(super) fn message_of(error: &Error) -> String {
    let mut message = error.to_string();
    if let Some((first, more)) = violations_of(error).and_then(<[_]>::split_first) {
        let _infallible = write!(message, ": {first}");
        if !more.is_empty() {
            let _infallible = write!(message, " (and {} more)", more.len());
        }
    }
    cut(&message)
}

fn violations_of(error: &Error) -> Option<&[crate::domain::violation::Violation]> {
    match error {
        Error::Invalid(violations) => Some(violations),
        Error::At { cause, .. } | Error::Stopped { cause, .. } | Error::Items { first: cause, .. } => {
            violations_of(cause)
        }
        _ => None,
    }
}

/// The text, cut where it is too long.
pub(super) fn cut(text: &str) -> String {
    if text.len() <= TEXT_BYTES_MAX {
        return text.to_owned();
    }
    let shown = text.get(..text.floor_char_boundary(TEXT_BYTES_MAX)).map_or(Cow::Borrowed(""), Cow::Borrowed);
    format!("{shown}…")
}
