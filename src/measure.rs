//! What is counted, and how it is told: counters that any thread may touch, and readings of them.
//!
//! Guarantees: counting takes no lock and allocates nothing; a label is a text of the program, so that nothing a
//! caller sent can become one, and the number of series is bounded by the program's own tables.
//!
//! Every layer counts what is its own and reads it as [`Metric`]s; how they are written is the business of
//! `telemetry`. (Libraries that do both keep every series behind a lock and a hash of its labels, which a check would
//! pay for; and none of them gives the same figures to a scraper and to a collector.)

mod histogram;
mod metric;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

pub use self::histogram::{Buckets, DURATIONS, Distribution, Histogram, SIZES};
pub use self::metric::{Audience, Labels, Metric, Point, Points, Unit};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn inc(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that grows and shrinks.
#[derive(Debug, Default)]
pub struct Gauge(AtomicI64);

impl Gauge {
    /// One more; answers with how many there were before.
    pub fn inc(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }

    /// One less.
    pub fn dec(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// How many there are.
    pub fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}
