//! How often a measured value fell into which range.

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many bounds there are; one more range takes what is above the last.
const BOUNDS: usize = 15;

/// The ranges of a histogram, in the small unit that is counted in, and how many of these make the unit that is told.
#[derive(Debug)]
pub struct Buckets {
    upper: [u64; BOUNDS],
    per_unit: u32,
}

const MICROS: u64 = 1_000;
const MILLIS: u64 = 1_000 * MICROS;
const SECONDS: u64 = 1_000 * MILLIS;

/// From 50 µs to 30 s; counted in nanoseconds, told in seconds.
pub static DURATIONS: Buckets = Buckets {
    upper: [
        50 * MICROS,
        100 * MICROS,
        250 * MICROS,
        500 * MICROS,
        MILLIS,
        2_500 * MICROS,
        5 * MILLIS,
        10 * MILLIS,
        25 * MILLIS,
        50 * MILLIS,
        100 * MILLIS,
        250 * MILLIS,
        SECONDS,
        5 * SECONDS,
        30 * SECONDS,
    ],
    per_unit: 1_000_000_000,
};

/// Powers of two, from 1 on.
pub static SIZES: Buckets =
    Buckets { upper: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384], per_unit: 1 };

/// Counts values by range, and their sum.
#[derive(Debug)]
pub struct Histogram {
    buckets: &'static Buckets,
    counts: [AtomicU64; BOUNDS + 1],
    sum: AtomicU64,
}

/// What a histogram held when it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// Upper bounds of the ranges, ascending; the last range has none.
    pub bounds: Vec<f64>,
    /// Values in each range; one more than there are bounds.
    pub counts: Vec<u64>,
    /// The sum of all values.
    pub sum: f64,
}

impl Histogram {
    /// An empty one.
    pub fn new(buckets: &'static Buckets) -> Self {
        Self { buckets, counts: array::from_fn(|_| AtomicU64::new(0)), sum: AtomicU64::new(0) }
    }

    /// Counts a value, given in the small unit.
    pub fn observe(&self, value: u64) {
        let place = self.buckets.upper.iter().take_while(|upper| value > **upper).count();
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// Counts a duration, in a histogram of [`DURATIONS`].
    pub fn observe_time(&self, time: Duration) {
        self.observe(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    /// What it holds.
    pub fn read(&self) -> Distribution {
        let per_unit = f64::from(self.buckets.per_unit);
        Distribution {
            bounds: self.buckets.upper.iter().map(|upper| as_float(*upper) / per_unit).collect(),
            counts: self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect(),
            sum: as_float(self.sum.load(Ordering::Relaxed)) / per_unit,
        }
    }
}

impl Distribution {
    /// How many values there were.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Takes in what another one of the same ranges holds.
    pub fn add(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.sum += other.sum;
    }
}

#[expect(clippy::cast_precision_loss, reason = "what is told of a sum above 2^53 may be off by its last digit")]
pub(super) fn as_float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_counted_in_the_first_range_that_holds_it() {
        let histogram = Histogram::new(&SIZES);
        for value in [0, 1, 2, 3, 16_384, 16_385] {
            histogram.observe(value);
        }
        let read = histogram.read();
        assert_eq!(read.counts, [2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!(read.count(), 6);
        assert!((read.sum - 32_775.0).abs() < 0.5);
    }

    #[test]
    fn durations_are_told_in_seconds() {
        let histogram = Histogram::new(&DURATIONS);
        histogram.observe_time(Duration::from_millis(250));
        let mut read = histogram.read();
        let place = read.counts.iter().position(|count| *count == 1);
        assert_eq!(place.and_then(|place| read.bounds.get(place).copied()), Some(0.25));
        assert!((read.sum - 0.25).abs() < 1e-9);
        read.add(&histogram.read());
        assert_eq!(read.count(), 2);
    }
}
