//! A reading: what is measured, in which unit, and its values by label.
//!
//! Names are written as OpenTelemetry writes them, `bailiwick.state.age`; what others make of that
//! (`bailiwick_state_age_seconds`) follows from the unit and the kind.

use super::histogram::{Distribution, as_float};

/// Names and values of labels. They are the program's own texts, whatever was sent.
pub type Labels = Vec<(&'static str, &'static str)>;

/// One thing that is measured, as it was when it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What its values are of.
    pub unit: Unit,
    /// What it says, in a sentence for people.
    pub help: &'static str,
    /// Who is told.
    pub audience: Audience,
    /// Its values.
    pub points: Points,
}

/// What a value is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of things, or a number alone.
    One,
    /// Seconds.
    Seconds,
}

/// Who is told a metric: both, unless each has a custom of its own for the same figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    All,
    /// Who reads the text of the `metrics` listener.
    Scraper,
    /// Who receives OTLP.
    Collector,
}

/// The values of a metric.
#[derive(Clone, Debug, PartialEq)]
pub enum Points {
    /// They only grow.
    Counter(Vec<Point<u64>>),
    /// They grow and shrink.
    Gauge(Vec<Point<f64>>),
    /// Counts by range.
    Histogram(Vec<Point<Distribution>>),
}

/// A value and its labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Point<T> {
    /// The labels.
    pub labels: Labels,
    /// The value.
    pub value: T,
}

impl<T> Point<T> {
    /// A value with labels.
    pub fn new(labels: Labels, value: T) -> Self {
        Self { labels, value }
    }
}

impl Metric {
    /// A metric for everybody, of things that are counted.
    pub fn new(name: &'static str, help: &'static str, points: Points) -> Self {
        Self { name, unit: Unit::One, help, audience: Audience::All, points }
    }

    /// A counter without labels.
    pub fn counter(name: &'static str, help: &'static str, value: u64) -> Self {
        Self::new(name, help, Points::Counter(vec![Point::new(Vec::new(), value)]))
    }

    /// A gauge without labels.
    pub fn gauge(name: &'static str, help: &'static str, value: f64) -> Self {
        Self::new(name, help, Points::Gauge(vec![Point::new(Vec::new(), value)]))
    }

    /// A gauge of a number of things.
    pub fn amount(name: &'static str, help: &'static str, value: u64) -> Self {
        Self::gauge(name, help, as_float(value))
    }

    /// The same in seconds.
    #[must_use]
    pub fn in_seconds(self) -> Self {
        Self { unit: Unit::Seconds, ..self }
    }

    /// The same for one audience alone.
    #[must_use]
    pub fn only_for(self, audience: Audience) -> Self {
        Self { audience, ..self }
    }

    /// Its name as Prometheus spells it: without dots, with the unit, and counters with `_total`.
    pub fn prometheus_name(&self) -> String {
        let unit = match self.unit {
            Unit::One => "",
            Unit::Seconds => "_seconds",
        };
        let total = if matches!(self.points, Points::Counter(_)) { "_total" } else { "" };
        format!("{}{unit}{total}", self.name.replace('.', "_"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_spelled_as_each_reader_expects() {
        let name = |metric: Metric| metric.prometheus_name();
        assert_eq!(name(Metric::counter("bailiwick.decisions", "", 1)), "bailiwick_decisions_total");
        assert_eq!(name(Metric::gauge("bailiwick.state.age", "", 0.5).in_seconds()), "bailiwick_state_age_seconds");
        assert_eq!(name(Metric::amount("bailiwick.writes.waiting", "", 3)), "bailiwick_writes_waiting");
    }
}
