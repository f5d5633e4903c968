//! A collector that is away, stuck or behind TLS: calls are answered all the same, and the process ends in time.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{TraceService, TraceServiceServer};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use serde_json::json;
use tokio::sync::mpsc;
use tonic::transport::{Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status};

use super::rotel::SLOWNESS;
use crate::harness::block_on;
use crate::wire::process::{Process, serve};

/// More calls than spans may wait to be sent.
const CALLS: usize = 3_000;
/// The longest that a stuck collector may keep a process that is asked to end, and how much slower a machine may be.
const END_TIME_MAX: Duration = Duration::from_secs(5);

/// Every call is answered while no span can be sent, and the process ends; answers with its log.
fn calls_are_answered(endpoint: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--otlp-endpoint", endpoint, "--otlp-sampling-ratio", "1", "--otlp-metrics-interval", "1s"];
    let process = Process::start(folder.path(), &more);
    block_on(async {
        let root = process.root().await;
        for _ in 0..CALLS {
            root.done("ServerService/GetServerInfo", json!({})).await;
        }
    });
    process.terminate();
    let began = Instant::now();
    let (status, log) = process.ended();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(began.elapsed() < END_TIME_MAX + SLOWNESS, "{:?}", began.elapsed());
    log
}

#[test]
fn a_collector_that_is_away_is_logged_once_and_fails_no_call() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let log = calls_are_answered(&endpoint);
    assert_eq!(log.matches("does not take them").count(), 1, "{log}");
}

#[test]
fn a_collector_that_is_stuck_fails_no_call() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    // It takes connections, and never answers.
    std::thread::spawn(move || listener.incoming().collect::<Vec<_>>());
    calls_are_answered(&endpoint);
}

#[test]
fn where_no_certificates_are_a_collector_behind_tls_keeps_nobody_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = serve(folder.path(), &["--otlp-endpoint", "https://127.0.0.1:1"]);
    command.env("SSL_CERT_FILE", folder.path().join("none")).env("SSL_CERT_DIR", folder.path().join("nowhere"));
    let process = Process::started(command);
    process.terminate();
    let (status, log) = process.ended();
    assert_eq!(status.code(), Some(0), "{log}");
}

/// Receives spans with their headers; a collector that others run does not show headers.
struct Receiver(mpsc::UnboundedSender<Request<ExportTraceServiceRequest>>);

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.send(request).unwrap();
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[test]
fn a_collector_behind_tls_is_verified_and_gets_the_headers() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, headers) = (folder.path().join("certificate.pem"), folder.path().join("headers"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&headers, "x-key=hush-0123456789\n").unwrap();
    let identity = Identity::from_pem(made.cert.pem(), made.signing_key.serialize_pem());
    let (sender, mut received) = mpsc::unbounded_channel();
    let runtime = Arc::new(tokio::runtime::Runtime::new().unwrap());
    let port = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let tls = ServerTlsConfig::new().identity(identity);
        let server = Server::builder().tls_config(tls).unwrap().add_service(TraceServiceServer::new(Receiver(sender)));
        tokio::spawn(server.serve_with_incoming(tokio_stream::wrappers::TcpListenerStream::new(listener)));
        port
    });
    let endpoint = format!("https://localhost:{port}");
    let more = ["--otlp-endpoint", &endpoint, "--otlp-sampling-ratio", "1"];
    let more = [&more[..], &["--otlp-headers-file", headers.to_str().unwrap()]].concat();
    let run = |trusted: bool| {
        let mut command = serve(folder.path(), &more);
        if trusted {
            command.env("SSL_CERT_FILE", &certificate);
        }
        let process = Process::started(command);
        block_on(async { process.root().await.done("ServerService/GetServerInfo", json!({})).await });
        process.terminate();
        let (status, log) = process.ended();
        assert_eq!(status.code(), Some(0), "{log}");
        log
    };
    let log = run(false);
    assert!(received.try_recv().is_err(), "who is not trusted is told nothing: {log}");
    assert!(log.contains("does not take them"), "{log}");
    let log = run(true);
    let request = received.try_recv().unwrap_or_else(|error| panic!("{error}: {log}"));
    assert_eq!(request.metadata().get("x-key").unwrap(), "hush-0123456789");
    assert_eq!(request.get_ref().resource_spans.len(), 1);
    assert!(!log.contains("hush"), "{log}");
}
