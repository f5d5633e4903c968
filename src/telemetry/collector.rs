//! The way to the collector: one connection, made when it is needed and made again when it was lost, and a runtime of
//! its own, so that exports neither wait for the server's threads nor hold one up.
//!
//! Guarantees: every export ends within [`EXPORT_TIME_MAX`]; a collector that is away is logged once, and once more
//! when it is back. What could not be sent is lost: nothing is sent twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_client::MetricsServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use tokio::runtime::{Builder, Handle, Runtime};
use tonic::metadata::{Ascii, MetadataKey, MetadataMap, MetadataValue};
use tonic::transport::{Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Status};

use crate::config::Otlp;

/// The longest that one export may take.
const EXPORT_TIME_MAX: Duration = Duration::from_secs(10);
/// The longest that making a connection may take.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// How long the end of the process waits for the runtime.
const END_TIME_MAX: Duration = Duration::from_millis(200);

/// What a collector cannot be set up for: for the operator.
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Sends to the collector; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Collector {
    channel: Channel,
    headers: MetadataMap,
    handle: Handle,
    is_away: Arc<AtomicBool>,
}

/// The runtime that exports run on; it ends when this is dropped, whatever still runs.
#[derive(Debug)]
pub(super) struct Exports(Option<Runtime>);

impl Drop for Exports {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_timeout(END_TIME_MAX);
        }
    }
}

impl Collector {
    /// Sets up the way to `endpoint`; connects to nobody yet.
    pub(super) fn new(endpoint: &str, otlp: &Otlp) -> Result<(Self, Exports), Failure> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("exports").enable_all().build()?;
        let mut target = Endpoint::from_shared(endpoint.to_owned())?;
        if endpoint.starts_with("https://") {
            // Those of this machine as well; where it has none, as in an image of nothing but the program, asking for
            // them is an error.
            let with_those_of_the_machine = target.clone().tls_config(ClientTlsConfig::new().with_enabled_roots());
            let compiled_in = || target.tls_config(ClientTlsConfig::new().with_webpki_roots());
            target = with_those_of_the_machine.or_else(|_| compiled_in())?;
        }
        let channel = {
            let _entered = runtime.enter();
            target.connect_timeout(CONNECT_TIME_MAX).timeout(EXPORT_TIME_MAX).connect_lazy()
        };
        let (handle, headers) = (runtime.handle().clone(), headers(otlp)?);
        Ok((Self { channel, headers, handle, is_away: Arc::default() }, Exports(Some(runtime))))
    }

    /// The runtime of exports.
    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Sends spans.
    pub(super) async fn send_spans(&self, spans: ExportTraceServiceRequest) -> bool {
        let (mut client, request) = (TraceServiceClient::new(self.channel.clone()), self.request(spans));
        self.ended(within(async move { client.export(request).await.map(drop) }).await)
    }

    /// Sends metrics.
    pub(super) async fn send_metrics(&self, metrics: ExportMetricsServiceRequest) -> bool {
        let (mut client, request) = (MetricsServiceClient::new(self.channel.clone()), self.request(metrics));
        self.ended(within(async move { client.export(request).await.map(drop) }).await)
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        *request.metadata_mut() = self.headers.clone();
        request
    }

    /// Notes how an export ended; says whether it was taken.
    fn ended(&self, outcome: Result<(), Status>) -> bool {
        match outcome {
            Ok(()) => {
                if self.is_away.swap(false, Ordering::Relaxed) {
                    tracing::info!("the collector of traces and metrics is back");
                }
                true
            }
            Err(status) => {
                if !self.is_away.swap(true, Ordering::Relaxed) {
                    let (code, words) = (status.code(), status.message());
                    tracing::warn!(
                        ?code,
                        words,
                        "the collector of traces and metrics does not take them; they are lost"
                    );
                }
                false
            }
        }
    }
}

async fn within(export: impl Future<Output = Result<(), Status>>) -> Result<(), Status> {
    let late = || Status::deadline_exceeded("no answer in time");
    tokio::time::timeout(EXPORT_TIME_MAX, export).await.unwrap_or_else(|_| Err(late()))
}

fn headers(otlp: &Otlp) -> Result<MetadataMap, Failure> {
    let mut headers = MetadataMap::new();
    for (name, value) in otlp.headers.expose() {
        let name: MetadataKey<Ascii> = name.parse()?;
        let mut value: MetadataValue<Ascii> = value.parse()?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}
