//! Errors in words for a terminal: the status, the message, the reason, and every violation.
//!
//! Guarantees: nothing that a server sent can command the terminal, and nothing but what it means
//! for its callers is shown. It decides no exit code.

use std::error::Error;
use std::fmt::Write as _;

use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt};

use crate::proto::code_name;
use crate::telemetry::is_unsafe;

/// The whole text for one error, without a newline at its end.
pub(super) fn describe(error: &(dyn Error + 'static)) -> String {
    let lines = match error.downcast_ref::<Status>() {
        Some(status) => of_status(status),
        None => of_causes(error),
    };
    let lines: Vec<_> = lines.iter().map(|line| printable(line)).collect();
    format!("error: {}", lines.join("\n  "))
}

/// Text without what breaks lines, commands terminals or reorders what is read.
pub(super) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) {
            let _infallible = write!(shown, "{}", c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Our own errors may hold one line a violation; these stay lines.
fn of_causes(error: &dyn Error) -> Vec<String> {
    let mut lines: Vec<_> = error.to_string().lines().map(|line| line.trim().to_owned()).collect();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !lines.iter().any(|line| line.contains(&text)) {
            lines.push(format!("because: {text}"));
        }
        cause = error.source();
    }
    lines
}

fn of_status(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let mut lines = vec![format!("{}: {}", code_name(status.code()), status.message())];
    lines.extend(reason(&details));
    lines.extend(violations(&details));
    lines.extend(hints(&details));
    lines.extend(root_cause(status).map(|cause| format!("because: {cause}")));
    lines
}

/// The error below which there is none, such as a refused connection below a transport error.
pub(super) fn root_cause(error: &dyn Error) -> Option<String> {
    let mut cause = error.source()?;
    while let Some(source) = cause.source() {
        cause = source;
    }
    Some(cause.to_string())
}

fn reason(details: &ErrorDetails) -> Vec<String> {
    let Some(info) = details.error_info() else { return Vec::new() };
    let mut facts: Vec<_> = info.metadata.iter().collect();
    facts.sort();
    let facts = facts.into_iter().map(|(name, value)| format!("{name}: {value}"));
    [format!("reason: {}", info.reason)].into_iter().chain(facts).collect()
}

fn violations(details: &ErrorDetails) -> Vec<String> {
    let fields = details.bad_request().map(|all| all.field_violations.iter());
    let fields = fields.into_iter().flatten().map(|v| (v.field.as_str(), v.description.as_str()));
    let conditions = details.precondition_failure().map(|all| all.violations.iter());
    let conditions = conditions.into_iter().flatten().map(|v| (v.subject.as_str(), v.description.as_str()));
    let quotas = details.quota_failure().map(|all| all.violations.iter());
    let quotas = quotas.into_iter().flatten().map(|v| (v.subject.as_str(), v.description.as_str()));
    fields.chain(conditions).chain(quotas).map(|(what, why)| format!("{what}: {why}")).collect()
}

fn hints(details: &ErrorDetails) -> Vec<String> {
    let thing = details.resource_info().map(|info| {
        let text = format!("{}: {}", info.resource_name, info.description);
        text.trim_end_matches(": ").to_owned()
    });
    let delay = details.retry_info().and_then(|info| info.retry_delay);
    let delay = delay.map(|delay| format!("try again in {} ms", delay.as_millis()));
    let request = details.request_info().map(|info| format!("request id: {}", info.request_id));
    [thing, delay, request].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tonic::Code;

    use super::*;

    #[test]
    fn a_status_is_shown_with_its_reason_and_every_violation() {
        let mut details = ErrorDetails::new();
        details
            .set_error_info("FIELDS_INVALID", "bailiwick", [("document".to_owned(), "a".to_owned())])
            .add_bad_request_violation("line 17: role.parents[2]", "no such role")
            .add_bad_request_violation("line 18: role.id", "is empty")
            .set_retry_info(Some(Duration::from_millis(250)));
        let status = Status::with_error_details(Code::InvalidArgument, "2 violations", details);
        let expected = "error: INVALID_ARGUMENT: 2 violations\n  reason: FIELDS_INVALID\n  document: a\n  \
                        line 17: role.parents[2]: no such role\n  line 18: role.id: is empty\n  \
                        try again in 250 ms";
        assert_eq!(describe(&status), expected);
    }

    #[test]
    fn what_a_server_sends_cannot_command_the_terminal() {
        let status = Status::not_found("users/\u{1b}[31m\r\n\u{202e}x");
        assert_eq!(describe(&status), "error: NOT_FOUND: users/\\u{1b}[31m\\r\\n\\u{202e}x");
    }

    #[test]
    fn causes_are_told_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot start:\n  a.b: wrong")]
        struct Outer(#[source] std::fmt::Error);
        let text = describe(&Outer(std::fmt::Error));
        assert_eq!(text, format!("error: cannot start:\n  a.b: wrong\n  because: {}", std::fmt::Error));
    }
}
