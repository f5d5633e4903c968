//! The one layer around every service: method, caller, limits, deadline, panics and metrics in a single pass.
//!
//! Guarantees: a method that is not in the table of [`crate::app::methods`], or not of the listener's plane, is refused
//! before anything else and counted (under its own name, if it has one); no
//! handler of ours runs without a caller in the request's extensions; every call ends by its deadline with a status
//! that has a reason, and is counted exactly once.
//!
//! It does not know what a method does, and it does not decide what a caller may. Deadlines need a runtime with
//! timers.

mod body;
mod deadline;
mod trace;

use std::convert::Infallible;
use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Request, Response};
use hyper::service::Service;
use tonic::body::Body;
use tonic::{Code, Status};
use tracing::{Instrument, Span};

use self::body::Watched;
pub(super) use self::deadline::Deadline;
use super::authn::Authenticator;
use super::metrics::{MethodMetrics, Metrics};
use super::status;
use crate::app::error::Error;
use crate::app::methods::{Access, Method};

/// Which methods a listener has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// Every method.
    All,
    /// The methods of the data plane.
    Data,
}

impl Plane {
    fn has(self, method: Option<&Method>) -> bool {
        self == Self::All || method.is_some_and(Method::is_data_plane)
    }
}

/// What a deployment chooses.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The deadline of a unary call that names none.
    pub deadline_default: Duration,
    /// The longest deadline of a unary call; a longer one is cut to it.
    pub deadline_max: Duration,
    /// The longest deadline of a stream, and that of one that names none.
    pub stream_deadline_max: Duration,
    /// Calls that are answered at once in this process, at most.
    pub in_flight_max: usize,
    /// Bytes of a message that is received, at most.
    pub message_bytes_max: usize,
    /// Of the calls that no trace of their callers' decides about, the share that is traced; `None` = no call is ever.
    pub traced_share: Option<f64>,
}

/// The layer around `S`: it serves a connection as it is.
#[derive(Debug)]
pub(super) struct Layer<S> {
    inner: S,
    plane: Plane,
    authenticator: Arc<Authenticator>,
    limits: Limits,
    metrics: Arc<Metrics>,
}

impl<S> Layer<S> {
    /// Puts the layer around `inner`.
    pub(super) fn new(
        inner: S,
        plane: Plane,
        authenticator: Arc<Authenticator>,
        limits: Limits,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { inner, plane, authenticator, limits, metrics }
    }
}

impl<S, B> Service<Request<B>> for Layer<S>
where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn call(&self, mut request: Request<B>) -> Self::Future {
        match self.admit(&mut request) {
            Ok(call) => {
                let answer = call.record.span.in_scope(|| self.inner.call(request));
                Box::pin(call.run(answer))
            }
            Err(status) => Box::pin(ready(Ok(status.into_http()))),
        }
    }
}

impl<S> Layer<S> {
    /// Finds the method, the caller, a free place and the deadline of a call; or why it is refused.
    fn admit<B>(&self, request: &mut Request<B>) -> Result<Call, Status> {
        let arrived = Instant::now();
        let path = request.uri().path();
        let Some(metrics) = self.metrics.method(path.strip_prefix('/').unwrap_or(path)) else {
            self.metrics.unknown().record(Code::Unimplemented, arrived.elapsed());
            return Err(status::unknown_method(self.plane));
        };
        if !self.plane.has(metrics.method) {
            metrics.record(Code::Unimplemented, arrived.elapsed());
            return Err(status::unknown_method(self.plane));
        }
        let mut record = Record { metrics: metrics.clone(), arrived, open: true, span: Span::none() };
        match self.prepare(request, metrics, arrived) {
            Ok((place, deadline)) => {
                if let (Some(share), Some(method)) = (self.limits.traced_share, metrics.method) {
                    record.span = trace::span(method, request.headers(), share);
                }
                Ok(Call { record, place, deadline })
            }
            Err(error) => {
                let status = error.into_status();
                record.end(status.code());
                Err(status)
            }
        }
    }

    fn prepare<B>(
        &self,
        request: &mut Request<B>,
        metrics: &MethodMetrics,
        arrived: Instant,
    ) -> Result<(Place, Deadline), Refusal> {
        let method = metrics.method.ok_or(Error::Internal)?;
        if let Access::Privilege(_) = method.access {
            let caller = self.authenticator.caller(request.headers())?.clone();
            request.extensions_mut().insert(caller);
        }
        require_grpc(request.headers())?;
        let place = Place::take(&self.metrics, self.limits.in_flight_max)?;
        let allowed = if method.streams {
            (self.limits.stream_deadline_max, self.limits.stream_deadline_max)
        } else {
            (self.limits.deadline_default, self.limits.deadline_max)
        };
        let deadline = Deadline::of(request.headers(), arrived, allowed)?.ok_or(Refusal::Late)?;
        if method.streams {
            request.extensions_mut().insert(deadline);
        }
        Ok((place, deadline))
    }
}

/// Refuses what does not say that it is gRPC: a page in a browser can send any bytes as text.
fn require_grpc(headers: &HeaderMap) -> Result<(), Error> {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    match kind.strip_prefix(b"application/grpc") {
        Some([] | [b'+' | b';', ..]) => Ok(()),
        _ => Err(Error::invalid("content-type", "must be application/grpc")),
    }
}

/// Why a call is not begun.
enum Refusal {
    /// No time was left.
    Late,
    /// Anything else.
    Error(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Refusal {
    fn into_status(self) -> Status {
        match self {
            Self::Late => status::deadline_exceeded(),
            Self::Error(error) => error.into(),
        }
    }
}

/// A call that was admitted.
struct Call {
    record: Record,
    place: Place,
    deadline: Deadline,
}

impl Call {
    /// Waits for the answer, at most until the deadline. A stream takes the call's place and record along.
    async fn run<F>(self, answer: F) -> Result<Response<Body>, Infallible>
    where
        F: Future<Output = Result<Response<Body>, Infallible>>,
    {
        let answer = answer.instrument(self.record.span.clone());
        let response = match self.deadline.limit(AssertUnwindSafe(answer).catch_unwind()).await {
            Some(Ok(Ok(response))) => with_reason(response),
            Some(Err(_panic)) => Status::from(Error::Internal).into_http(),
            None => status::deadline_exceeded().into_http(),
        };
        let Self { record, place, deadline } = self;
        match code(&response) {
            Some(code) => record.end(code),
            None if record.streams() => {
                return Ok(response.map(|body| Body::new(Watched::new(body, deadline, record, place))));
            }
            None => record.end(Code::Ok),
        }
        Ok(response)
    }
}

/// The code of an answer that is nothing but a status; `None` when messages come first.
fn code(response: &Response<Body>) -> Option<Code> {
    let code = response.headers().get(Status::GRPC_STATUS)?;
    Some(Code::from_bytes(code.as_bytes()))
}

/// A status without details was made by the transport, and gets a reason here.
fn with_reason(response: Response<Body>) -> Response<Body> {
    match response.extensions().get::<Status>() {
        Some(status) if status.details().is_empty() && status.code() != Code::Ok => {
            status::with_reason(status).into_http()
        }
        _ => response,
    }
}

/// Counts a call when it ends. One that is dropped before was given up by its caller.
struct Record {
    metrics: Arc<MethodMetrics>,
    arrived: Instant,
    open: bool,
    /// Disabled unless the call is traced.
    span: Span,
}

impl Record {
    fn streams(&self) -> bool {
        self.metrics.method.is_some_and(|method| method.streams)
    }

    fn end(mut self, code: Code) {
        self.count(code);
    }

    fn count(&mut self, code: Code) {
        if std::mem::take(&mut self.open) {
            self.metrics.record(code, self.arrived.elapsed());
            trace::end(&self.span, code);
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.count(Code::Cancelled);
    }
}

/// A place among the calls that are answered at once.
struct Place(Arc<Metrics>);

impl Place {
    fn take(metrics: &Arc<Metrics>, max: usize) -> Result<Self, Error> {
        let before = metrics.in_flight().inc();
        let place = Self(metrics.clone());
        if usize::try_from(before).is_ok_and(|before| before >= max) {
            return Err(Error::Exhausted {
                reason: "TOO_MANY_CALLS",
                description: "too many calls are being answered at once".to_owned(),
            });
        }
        Ok(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.in_flight().dec();
    }
}

#[cfg(test)]
mod tests;
