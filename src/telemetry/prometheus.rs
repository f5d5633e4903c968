//! Metrics as the text that Prometheus scrapes, in its text format 0.0.4: what every scraper reads, `OpenMetrics` or not.

use std::fmt::{Display, Write as _};

use crate::measure::{Audience, Distribution, Metric, Point, Points};

/// The content type of the text.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The text.
pub fn text(metrics: &[Metric]) -> String {
    let mut text = Text(String::new());
    for metric in metrics.iter().filter(|metric| metric.audience != Audience::Collector) {
        text.metric(metric);
    }
    text.0
}

struct Text(String);

impl Text {
    fn metric(&mut self, metric: &Metric) {
        let name = metric.prometheus_name();
        let kind = match &metric.points {
            Points::Counter(_) => "counter",
            Points::Gauge(_) => "gauge",
            Points::Histogram(_) => "histogram",
        };
        self.line(format_args!("# HELP {name} {}.", metric.help));
        self.line(format_args!("# TYPE {name} {kind}"));
        match &metric.points {
            Points::Counter(points) => self.samples(&name, points),
            Points::Gauge(points) => self.samples(&name, points),
            Points::Histogram(points) => {
                for point in points {
                    self.histogram(&name, &point.labels, &point.value);
                }
            }
        }
    }

    fn samples<T: Display>(&mut self, name: &str, points: &[Point<T>]) {
        for point in points {
            self.sample(name, &point.labels, None, &point.value);
        }
    }

    /// Ranges are told with all that is below them.
    fn histogram(&mut self, name: &str, labels: &[(&str, &str)], value: &Distribution) {
        let bounds = value.bounds.iter().map(ToString::to_string).chain(["+Inf".to_owned()]);
        let mut below = 0;
        for (bound, count) in bounds.zip(&value.counts) {
            below += count;
            self.sample(&format!("{name}_bucket"), labels, Some(("le", &bound)), below);
        }
        self.sample(&format!("{name}_sum"), labels, None, value.sum);
        self.sample(&format!("{name}_count"), labels, None, below);
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], more: Option<(&str, &str)>, value: impl Display) {
        let labels: Vec<_> = labels.iter().copied().chain(more).map(|(name, value)| label(name, value)).collect();
        if labels.is_empty() {
            self.line(format_args!("{name} {value}"));
        } else {
            self.line(format_args!("{name}{{{}}} {value}", labels.join(",")));
        }
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        let _infallible = self.0.write_fmt(line);
        self.0.push('\n');
    }
}

fn label(name: &str, value: &str) -> String {
    format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Histogram, SIZES};

    #[test]
    fn counters_gauges_and_histograms_are_written_as_the_format_says() {
        let histogram = Histogram::new(&SIZES);
        histogram.observe(2);
        histogram.observe(100_000);
        let labels = vec![("outcome", "a\"b\\c\nd")];
        let written = text(&[
            Metric::new("x.calls", "Calls", Points::Counter(vec![Point::new(labels, 3)])),
            Metric::gauge("x.age", "Age", 0.25).in_seconds(),
            Metric::new("x.sizes", "Sizes", Points::Histogram(vec![Point::new(Vec::new(), histogram.read())])),
            Metric::counter("hidden", "Not for scrapers", 1).only_for(Audience::Collector),
        ]);
        let begin = "# HELP x_calls_total Calls.\n# TYPE x_calls_total counter\nx_calls_total{outcome=\"a\\\"b\\\\c\\nd\"} 3\n\
                     # HELP x_age_seconds Age.\n# TYPE x_age_seconds gauge\nx_age_seconds 0.25\n\
                     # HELP x_sizes Sizes.\n# TYPE x_sizes histogram\n\
                     x_sizes_bucket{le=\"1\"} 0\nx_sizes_bucket{le=\"2\"} 1\n";
        assert!(written.starts_with(begin), "{written}");
        let end =
            "x_sizes_bucket{le=\"16384\"} 1\nx_sizes_bucket{le=\"+Inf\"} 2\nx_sizes_sum 100002\nx_sizes_count 2\n";
        assert!(written.ends_with(end), "{written}");
    }
}
