//! The database's time, advanced by this process's monotonic clock between two looks at it.
//!
//! It never goes back, whatever the database's clock does: what has expired stays expired.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use crate::domain::time::Time;

/// Beyond this difference from the database's clock the process is not ready, in microseconds.
pub const SKEW_MAX_MICROS: i64 = 500_000;

/// The clock.
#[derive(Debug)]
pub struct Clock {
    origin: Instant,
    /// The database's time at `origin`, in microseconds since the epoch.
    base: AtomicI64,
    /// The last difference seen, in microseconds.
    skew: AtomicI64,
}

impl Clock {
    /// A clock that stands at `now`.
    pub fn new(now: Time) -> Self {
        Self { origin: Instant::now(), base: AtomicI64::new(now.micros()), skew: AtomicI64::new(0) }
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.at(Instant::now())
    }

    /// The time at an instant of this process.
    pub fn at(&self, instant: Instant) -> Time {
        let elapsed = instant.saturating_duration_since(self.origin).as_micros();
        let elapsed = i64::try_from(elapsed).unwrap_or(i64::MAX);
        Time::clamped(self.base.load(Ordering::Relaxed).saturating_add(elapsed))
    }

    /// Compares with the database's clock, read at `instant`, and moves forward to it, never back.
    pub fn observe(&self, database: Time, instant: Instant) {
        let ahead = database.micros().saturating_sub(self.at(instant).micros());
        self.skew.store(ahead, Ordering::Relaxed);
        if ahead > 0 {
            self.base.fetch_add(ahead, Ordering::Relaxed);
        }
    }

    /// Whether the database's clock was, when last seen, where it was expected.
    pub fn is_steady(&self) -> bool {
        self.skew.load(Ordering::Relaxed).abs() <= SKEW_MAX_MICROS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_never_goes_back() {
        let start = Time::clamped(1_000_000_000);
        let clock = Clock::new(start);
        clock.observe(start.plus_micros(-3_600_000_000), Instant::now());
        assert!(clock.now() >= start);
        assert!(!clock.is_steady());
        clock.observe(start.plus_micros(10_000_000), Instant::now());
        assert!(clock.now() >= start.plus_micros(10_000_000));
    }
}
