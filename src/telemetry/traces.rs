//! Our spans as spans of OpenTelemetry, sent in batches by a thread of their own.
//!
//! Guarantees: ending a span waits for nobody; when more are made than can be sent, they are lost. Only what is part of
//! a call that the gRPC layer has found to be sampled becomes a span, and word of the newest revision now and then; no
//! log record becomes part of one.

use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{BatchSpanProcessor, Sampler, SdkTracerProvider, SpanData, SpanExporter};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing_subscriber::filter::DynFilterFn;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use super::collector::Collector;

/// The target of all spans that are traces.
pub(super) const TARGET: &str = "traces";
/// The spans that begin a trace here: a call, and word of the newest revision.
const ROOTS: [&str; 2] = ["call", "head"];
/// How long the end of the process waits for the last spans.
const FLUSH_TIME_MAX: Duration = Duration::from_secs(2);

/// The provider of spans, which sends what is left when it is dropped.
#[derive(Debug)]
pub(super) struct Traces(SdkTracerProvider);

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(FLUSH_TIME_MAX) {
            tracing::debug!(%error, "the last spans were not sent");
        }
    }
}

impl Traces {
    /// Starts the thread that sends.
    pub(super) fn start(collector: Collector, resource: Resource) -> Self {
        let exporter = Exporter { collector, resource: ResourceAttributesWithSchema::from(&resource) };
        let processor = BatchSpanProcessor::builder(exporter).build();
        // Whether a call is sampled was decided before it has a span.
        let provider = SdkTracerProvider::builder().with_sampler(Sampler::AlwaysOn).with_resource(resource);
        Self(provider.with_span_processor(processor).build())
    }

    /// The layer that turns spans into these.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: tracing::Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let of_a_call = DynFilterFn::new(|metadata, context| {
            is_trace(metadata) && (ROOTS.contains(&metadata.name()) || context.lookup_current().is_some())
        });
        let of_a_call = of_a_call.with_max_level_hint(LevelFilter::INFO).with_callsite_filter(|metadata| {
            if is_trace(metadata) { Interest::sometimes() } else { Interest::never() }
        });
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer(env!("CARGO_PKG_NAME")))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(of_a_call)
    }
}

fn is_trace(metadata: &tracing::Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target() == TARGET
}

#[derive(Debug)]
struct Exporter {
    collector: Collector,
    resource: ResourceAttributesWithSchema,
}

impl SpanExporter for Exporter {
    /// Runs on the runtime of exports; the thread that waits here is the one that collects batches.
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let (collector, request) = (self.collector.clone(), ExportTraceServiceRequest { resource_spans: spans });
        let sent = self.collector.handle().spawn(async move { collector.send_spans(request).await });
        match sent.await {
            Ok(true) => Ok(()),
            _ => Err(OTelSdkError::InternalFailure("the collector did not take the spans".to_owned())),
        }
    }
}
