//! Metrics for the collector: read at their interval, and once more at the end.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::{self as otlp, metric, number_data_point};
use opentelemetry_proto::tonic::resource::v1::Resource as OtlpResource;
use opentelemetry_proto::transform::common::tonic::Attributes;
use opentelemetry_sdk::Resource;

use super::collector::Collector;
use crate::measure::{Audience, Distribution, Labels, Metric, Point, Points, Unit};

/// Sums count since the start of the process.
const CUMULATIVE: i32 = otlp::AggregationTemporality::Cumulative as i32;
/// How long the end of the process waits for the last metrics.
const FLUSH_TIME_MAX: Duration = Duration::from_secs(2);

/// Reads everything that is measured.
pub(super) type Read = Arc<dyn Fn() -> Vec<Metric> + Send + Sync>;

/// Sends metrics until it is dropped, and then once more.
pub(super) struct Sending {
    sender: Sender,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Clone)]
struct Sender {
    collector: Collector,
    resource: OtlpResource,
    started: u64,
    read: Read,
}

impl Sending {
    /// Starts sending.
    pub(super) fn start(collector: Collector, resource: &Resource, every: Duration, read: Read) -> Self {
        let resource = OtlpResource {
            attributes: Attributes::from(
                resource.iter().map(|(key, value)| opentelemetry::KeyValue::new(key.clone(), value.clone())),
            )
            .0,
            ..OtlpResource::default()
        };
        let sender = Sender { collector, resource, started: now(), read };
        let task = sender.collector.handle().spawn(sender.clone().run(every));
        Self { sender, task }
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.task.abort();
        let (sender, (done, sent)) = (self.sender.clone(), std::sync::mpsc::sync_channel(1));
        self.sender.collector.handle().spawn(async move {
            sender.send().await;
            let _nobody_waits_any_more = done.send(());
        });
        let _late_or_sent = sent.recv_timeout(FLUSH_TIME_MAX);
    }
}

impl Sender {
    async fn run(self, every: Duration) {
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + every, every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.send().await;
        }
    }

    async fn send(&self) {
        let (times, metrics) = (Times { start: self.started, now: now() }, (self.read)());
        let told = metrics.into_iter().filter(|metric| metric.audience != Audience::Scraper);
        let scope = InstrumentationScope {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..InstrumentationScope::default()
        };
        let scope_metrics = otlp::ScopeMetrics {
            scope: Some(scope),
            metrics: told.map(|metric| times.metric(metric)).collect(),
            schema_url: String::new(),
        };
        let resource_metrics = otlp::ResourceMetrics {
            resource: Some(self.resource.clone()),
            scope_metrics: vec![scope_metrics],
            schema_url: String::new(),
        };
        self.collector.send_metrics(ExportMetricsServiceRequest { resource_metrics: vec![resource_metrics] }).await;
    }
}

/// Nanoseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// From when to when sums count.
#[derive(Clone, Copy)]
struct Times {
    start: u64,
    now: u64,
}

impl Times {
    fn metric(self, metric: Metric) -> otlp::Metric {
        let unit = match metric.unit {
            Unit::One => "1",
            Unit::Seconds => "s",
        };
        let data = match metric.points {
            Points::Counter(points) => metric::Data::Sum(otlp::Sum {
                data_points: points.iter().map(|point| self.counted(point)).collect(),
                aggregation_temporality: CUMULATIVE,
                is_monotonic: true,
            }),
            Points::Gauge(points) => metric::Data::Gauge(otlp::Gauge {
                data_points: points.iter().map(|point| self.gauged(point)).collect(),
            }),
            Points::Histogram(points) => metric::Data::Histogram(otlp::Histogram {
                data_points: points.into_iter().map(|point| self.distributed(point)).collect(),
                aggregation_temporality: CUMULATIVE,
            }),
        };
        otlp::Metric {
            name: metric.name.to_owned(),
            description: metric.help.to_owned(),
            unit: unit.to_owned(),
            data: Some(data),
            ..otlp::Metric::default()
        }
    }

    fn counted(self, point: &Point<u64>) -> otlp::NumberDataPoint {
        let value = i64::try_from(point.value).unwrap_or(i64::MAX);
        self.number(&point.labels, number_data_point::Value::AsInt(value))
    }

    fn gauged(self, point: &Point<f64>) -> otlp::NumberDataPoint {
        self.number(&point.labels, number_data_point::Value::AsDouble(point.value))
    }

    fn number(self, labels: &Labels, value: number_data_point::Value) -> otlp::NumberDataPoint {
        otlp::NumberDataPoint {
            attributes: attributes(labels),
            start_time_unix_nano: self.start,
            time_unix_nano: self.now,
            value: Some(value),
            ..otlp::NumberDataPoint::default()
        }
    }

    fn distributed(self, point: Point<Distribution>) -> otlp::HistogramDataPoint {
        otlp::HistogramDataPoint {
            attributes: attributes(&point.labels),
            start_time_unix_nano: self.start,
            time_unix_nano: self.now,
            count: point.value.count(),
            sum: Some(point.value.sum),
            bucket_counts: point.value.counts,
            explicit_bounds: point.value.bounds,
            ..otlp::HistogramDataPoint::default()
        }
    }
}

fn attributes(labels: &Labels) -> Vec<KeyValue> {
    let text = |value: &str| AnyValue { value: Some(any_value::Value::StringValue(value.to_owned())) };
    let pairs = labels.iter().map(|(key, value)| KeyValue {
        key: (*key).to_owned(),
        value: Some(text(value)),
        ..KeyValue::default()
    });
    pairs.collect()
}
