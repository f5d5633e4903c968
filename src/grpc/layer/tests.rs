//! Tests of the layer, around services that answer, wait, panic or stream.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a failed test")]

use std::future::pending;
use std::task::{Context, Poll};

use http::HeaderMap;
use http_body::Body as _;
use hyper::service::service_fn;
use tonic_types::StatusExt;

use super::*;
use crate::app::caller::Caller;
use crate::domain::name::Subject;
use crate::measure::Points;

const CHECK: &str = "/bailiwick.v1.PermissionService/CheckPermission";
const EXPORT: &str = "/bailiwick.v1.PolicyDataService/ExportPolicy";
const HEALTH: &str = "/grpc.health.v1.Health/Check";
const TOKEN: &str = "Bearer 0123456789abcdef";

fn limits() -> Limits {
    Limits {
        deadline_default: Duration::from_secs(1),
        deadline_max: Duration::from_secs(30),
        stream_deadline_max: Duration::from_mins(1),
        in_flight_max: 1,
        message_bytes_max: 1_024,
        traced_share: None,
    }
}

/// The layer around a handler, and what it counts.
struct Tested<S> {
    layer: Layer<S>,
    metrics: Arc<Metrics>,
}

fn around<H, F>(
    handler: H,
) -> Tested<impl Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future = F>>
where
    H: Fn(Request<Body>) -> F + Clone,
    F: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
{
    around_of(Plane::All, handler)
}

fn around_of<H, F>(
    plane: Plane,
    handler: H,
) -> Tested<impl Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future = F>>
where
    H: Fn(Request<Body>) -> F + Clone,
    F: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
{
    let alice = Subject::parse("users/alice").unwrap();
    let authenticator = Authenticator::tokens([("0123456789abcdef".to_owned(), alice)]);
    let metrics = Arc::new(Metrics::default());
    let layer = Layer::new(service_fn(handler), plane, Arc::new(authenticator), limits(), metrics.clone());
    Tested { layer, metrics }
}

impl<S, F> Tested<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future = F>,
    F: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
{
    async fn call(&self, path: &str, headers: &[(&'static str, &str)]) -> Response<Body> {
        let mut request = Request::builder().uri(path).header("content-type", "application/grpc");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.layer.call(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn status(&self, path: &str, headers: &[(&'static str, &str)]) -> Status {
        status(self.call(path, headers).await.headers())
    }

    fn counted(&self, method: &str, code: &str) -> bool {
        self.count(method, code) == 1
    }

    fn count(&self, method: &str, code: &str) -> u64 {
        let metrics = self.metrics.read();
        let metric = metrics.iter().find(|metric| metric.name == "rpc.server.call.duration").unwrap();
        let Points::Histogram(points) = &metric.points else { panic!("{metric:?}") };
        let labels = [("rpc.method", method.trim_start_matches('/')), ("rpc.response.status_code", code)];
        let found = points.iter().find(|point| labels.iter().all(|label| point.labels.contains(label)));
        found.map_or(0, |point| point.value.count())
    }
}

fn status(headers: &HeaderMap) -> Status {
    Status::from_header_map(headers).unwrap_or_else(|| Status::ok(""))
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

async fn nothing(_request: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::empty()))
}

async fn refuse_to_be_called(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    panic!("{} was called", request.uri());
}

async fn wait(_request: Request<Body>) -> Result<Response<Body>, Infallible> {
    pending().await
}

#[tokio::test]
async fn a_method_in_no_table_is_refused_before_anything_else() {
    let tested = around(refuse_to_be_called);
    for path in
        ["/bailiwick.v1.PermissionService/Nothing", "/", "/x", "//bailiwick.v1.PermissionService/CheckPermission"]
    {
        let status = tested.status(path, &[("grpc-timeout", "never")]).await;
        assert_eq!((status.code(), reason(&status).as_str()), (Code::Unimplemented, "METHOD_UNKNOWN"), "{path}");
    }
}

#[tokio::test]
async fn a_method_of_another_plane_is_refused_before_anything_else_and_counted_under_its_name() {
    let tested = around_of(Plane::Data, refuse_to_be_called);
    let reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    let mut said = Vec::new();
    for path in [EXPORT, reflection, "/bailiwick.v1.PermissionService/Nothing"] {
        for headers in [&[("authorization", TOKEN)][..], &[], &[("grpc-timeout", "never")]] {
            said.push(tested.status(path, headers).await);
        }
    }
    let (code, message) = (Code::Unimplemented, "it serves the data plane only");
    let alike = |status: &Status| status.code() == code && reason(status) == "METHOD_UNKNOWN";
    assert!(said.iter().all(|status| alike(status) && status.message().contains(message)), "{said:?}");
    assert_eq!([EXPORT, reflection, "_OTHER"].map(|method| tested.count(method, "UNIMPLEMENTED")), [3, 3, 3]);
    let tested = around_of(Plane::Data, nothing);
    for path in [CHECK, HEALTH] {
        assert_eq!(tested.status(path, &[("authorization", TOKEN)]).await.code(), Code::Ok, "{path}");
    }
    assert_eq!(reason(&tested.status(CHECK, &[]).await), "UNAUTHENTICATED");
}

#[tokio::test]
async fn whoever_proves_nothing_calls_nothing_but_what_is_open() {
    let tested = around(refuse_to_be_called);
    assert_eq!(reason(&tested.status(CHECK, &[]).await), "UNAUTHENTICATED");
    assert!(tested.counted(CHECK, "UNAUTHENTICATED"));
    let tested = around(nothing);
    assert_eq!(tested.status(HEALTH, &[]).await.code(), Code::Ok);
    assert!(tested.counted(HEALTH, "OK"));
}

#[tokio::test]
async fn a_handler_is_told_who_calls() {
    let tested = around(|request: Request<Body>| {
        let caller = request.extensions().get::<Caller>().cloned();
        ready(Ok(Response::builder().header("caller", caller.unwrap().name()).body(Body::empty()).unwrap()))
    });
    let response = tested.call(CHECK, &[("authorization", TOKEN)]).await;
    assert_eq!(response.headers().get("caller").unwrap(), "users/alice");
}

#[tokio::test]
async fn one_call_more_than_the_limit_is_refused_until_another_ends() {
    let tested = around(wait);
    let running = tested.call(CHECK, &[("authorization", TOKEN)]);
    tokio::select! {
        biased;
        _ = running => panic!("it waits"),
        status = tested.status(CHECK, &[("authorization", TOKEN)]) => {
            assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "TOO_MANY_CALLS"));
            assert!(status.get_details_retry_info().is_some());
        }
    }
    assert!(tested.counted(CHECK, "CANCELLED"), "the call that was given up");
    assert_eq!(tested.metrics.in_flight().get(), 0);
}

#[tokio::test]
async fn a_call_ends_by_its_deadline() {
    let tested = around(wait);
    let status = tested.status(CHECK, &[("authorization", TOKEN), ("grpc-timeout", "10m")]).await;
    assert_eq!((status.code(), reason(&status).as_str()), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"));
    let none_left = around(refuse_to_be_called);
    let status = none_left.status(CHECK, &[("authorization", TOKEN), ("grpc-timeout", "0S")]).await;
    assert_eq!(status.code(), Code::DeadlineExceeded);
    let status = none_left.status(CHECK, &[("authorization", TOKEN), ("grpc-timeout", "soon")]).await;
    assert_eq!(status.get_details_bad_request().unwrap().field_violations.len(), 1);
}

#[tokio::test]
async fn a_panic_is_an_internal_error_and_nothing_more() {
    let tested = around(refuse_to_be_called);
    let status = tested.status(CHECK, &[("authorization", TOKEN)]).await;
    assert_eq!((status.code(), status.message()), (Code::Internal, "an internal error occurred"));
    assert_eq!(tested.metrics.in_flight().get(), 0);
}

#[tokio::test]
async fn what_the_transport_refuses_has_a_reason() {
    let tested = around(|_| ready(Ok(Status::internal("failed to decode Protobuf message: x").into_http())));
    let status = tested.status(CHECK, &[("authorization", TOKEN)]).await;
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "MESSAGE_MALFORMED"));
    assert!(tested.counted(CHECK, "INVALID_ARGUMENT"));
}

/// The next frame of a body: its trailers, if it is one of them.
async fn trailers(body: &mut Body) -> Option<HeaderMap> {
    let frame = std::future::poll_fn(|cx| std::pin::Pin::new(&mut *body).poll_frame(cx)).await;
    frame?.ok()?.into_trailers().ok()
}

/// A body that says nothing and does not end.
struct Silent;

impl http_body::Body for Silent {
    type Data = bytes::Bytes;
    type Error = Status;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, Status>>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn a_stream_ends_by_its_deadline_and_holds_its_place_until_then() {
    let tested = around(|_| ready(Ok(Response::new(Body::new(Silent)))));
    let headers = [("authorization", TOKEN), ("grpc-timeout", "10m")];
    let mut body = tested.call(EXPORT, &headers).await.into_body();
    assert_eq!(tested.metrics.in_flight().get(), 1);
    let trailers_of_body = trailers(&mut body).await.unwrap();
    assert_eq!(status(&trailers_of_body).code(), Code::DeadlineExceeded);
    assert_eq!(tested.metrics.in_flight().get(), 0);
    assert!(trailers(&mut body).await.is_none());
    assert!(tested.counted(EXPORT, "DEADLINE_EXCEEDED"));
}

#[tokio::test]
async fn a_stream_that_nobody_reads_to_its_end_is_cancelled() {
    let tested = around(|_| ready(Ok(Response::new(Body::new(Silent)))));
    drop(tested.call(EXPORT, &[("authorization", TOKEN)]).await);
    assert!(tested.counted(EXPORT, "CANCELLED"));
    assert_eq!(tested.metrics.in_flight().get(), 0);
}
