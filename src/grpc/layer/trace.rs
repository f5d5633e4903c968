//! The span of a call: when there is one, what it says, and how it ends.
//!
//! A caller who hands on a trace (W3C Trace Context) has decided whether it is sampled; of the other calls a share is.
//! A call that is not sampled has no span at all, and pays for one look at its headers. What is refused before it is
//! begun is counted, not traced, so that strangers make no spans; nor do probes.
//!
//! Names and attributes are those of OpenTelemetry's conventions for gRPC servers, those of before 1.38 beside them.
//! No header and no field of a message is among them.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tonic::Code;
use tracing::{Span, field, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::app::methods::{Access, Method};
use crate::grpc::status;
use crate::proto::code_name;

/// The caller's span and whether its trace is sampled: version, trace, span and flags in hexadecimal digits.
const TRACE_PARENT: &str = "traceparent";

/// The span of a call that was admitted: a disabled one unless the call is sampled.
pub(super) fn span(method: &'static Method, headers: &HeaderMap, share: f64) -> Span {
    if matches!(method.access, Access::Open) {
        return Span::none();
    }
    // Most callers send no trace, or one that is not sampled: for neither is a context made.
    let parent = match headers.get(TRACE_PARENT).map(HeaderValue::as_bytes) {
        Some(value) if has_the_form(value) && says_unsampled(value) => return Span::none(),
        Some(_) => parent(headers),
        None => None,
    };
    match parent {
        Some(parent) if parent.span().span_context().is_sampled() => begin(method, Some(parent)),
        None if fastrand::f64() < share => begin(method, None),
        _ => Span::none(),
    }
}

/// Whether the last flag is 0.
fn says_unsampled(value: &[u8]) -> bool {
    matches!(value, [.., b'0' | b'2' | b'4' | b'6' | b'8' | b'a' | b'c' | b'e'])
}

/// Notes how the call ended, and for how many it is a failure of the server.
pub(super) fn end(span: &Span, code: Code) {
    if span.is_none() {
        return;
    }
    span.record("rpc.response.status_code", code_name(code));
    span.record("rpc.grpc.status_code", i32::from(code));
    if status::is_failure(code) {
        span.record("error.type", code_name(code));
        span.record("otel.status_code", "ERROR");
    }
}

fn begin(method: &'static Method, parent: Option<Context>) -> Span {
    let (service, _) = method.path.split_once('/').unwrap_or_default();
    let span = info_span!(
        target: "traces", parent: None, "call",
        otel.name = method.path,
        otel.kind = "server",
        otel.status_code = field::Empty,
        rpc.system.name = "grpc",
        rpc.system = "grpc",
        rpc.service = service,
        rpc.method = method.path,
        rpc.response.status_code = field::Empty,
        rpc.grpc.status_code = field::Empty,
        "error.type" = field::Empty,
    );
    if let Some(parent) = parent {
        let _no_collector_is_set = span.set_parent(parent);
    }
    span
}

/// What the caller says of its own span; `None` when it says nothing, or nothing that can be understood.
fn parent(headers: &HeaderMap) -> Option<Context> {
    let mut values = headers.get_all(TRACE_PARENT).into_iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    if !has_the_form(value.as_bytes()) {
        return None;
    }
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers(headers));
    context.span().span_context().is_valid().then_some(context)
}

/// Whether the parts have the lengths that W3C Trace Context gives them; the library takes shorter ones as well.
fn has_the_form(value: &[u8]) -> bool {
    let mut lengths = value.split(|byte| *byte == b'-').map(<[u8]>::len);
    [2, 32, 16, 2].iter().all(|length| lengths.next() == Some(*length))
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn sampled(values: &[&str]) -> Option<bool> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(TRACE_PARENT, value.parse().unwrap());
        }
        parent(&headers).map(|context| context.span().span_context().is_sampled())
    }

    #[test]
    fn a_caller_s_own_decision_counts_and_nonsense_is_none() {
        let of = |flags: &str| format!("00-{TRACE}-00f067aa0ba902b7-{flags}");
        assert_eq!(sampled(&[&of("01")]), Some(true));
        assert_eq!(sampled(&[&of("00")]), Some(false));
        assert_eq!(sampled(&[]), None);
        assert_eq!(sampled(&[&of("01"), &of("01")]), None);
        let zeros = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
        for nonsense in ["", "01", zeros, &of(""), &of("zz"), "00-4bf9-00f067aa0ba902b7-01", &TRACE.repeat(9)] {
            assert_eq!(sampled(&[nonsense]), None, "{nonsense}");
        }
    }

    #[test]
    fn of_calls_without_a_trace_the_share_is_traced_that_was_asked_for() {
        let method = crate::app::methods::find("bailiwick.v1.PermissionService/CheckPermission").unwrap();
        let mut nonsense = HeaderMap::new();
        nonsense.append(TRACE_PARENT, "0".parse().unwrap());
        tracing::subscriber::with_default(tracing_subscriber::registry(), || {
            for headers in [HeaderMap::new(), nonsense] {
                let traced = (0..10_000).filter(|_| !span(method, &headers, 0.5).is_none()).count();
                assert!((4_700..5_300).contains(&traced), "{traced} of 10,000 at a share of one half");
            }
        });
    }

    #[test]
    fn a_call_that_is_not_sampled_has_no_span() {
        let method = crate::app::methods::find("bailiwick.v1.PermissionService/CheckPermission").unwrap();
        assert!(span(method, &HeaderMap::new(), 0.0).is_none());
        let mut headers = HeaderMap::new();
        headers.append(TRACE_PARENT, format!("00-{TRACE}-00f067aa0ba902b7-00").parse().unwrap());
        assert!(span(method, &headers, 1.0).is_none());
    }
}
