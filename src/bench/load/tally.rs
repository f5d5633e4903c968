//! What came of calls.

use std::time::Duration;

use hdrhistogram::{CreationError, Histogram};
use tonic::Status;

use super::Errors;

/// Latencies up to a minute are told apart, to three digits.
const LONGEST_NANOS: u64 = 60_000_000_000;

/// Calls that ended, and what was answered.
#[derive(Debug)]
pub struct Tally {
    /// Nanoseconds from when a call was due until it was answered.
    pub latencies: Histogram<u64>,
    /// Questions that were answered.
    pub checks: u64,
    /// Those that were allowed.
    pub allowed: u64,
    /// Those whose answer is not the expected one.
    pub disagreements: u64,
    /// Questions of a batch that were refused by themselves.
    pub refused: u64,
    /// Calls that were due and could not be sent before the time was up, for too many were under way.
    pub unsent: f64,
    /// Calls that failed, by code.
    pub errors: Errors,
    /// From the first call's beginning to the last one's end.
    pub time: Duration,
}

impl Tally {
    pub(super) fn new() -> Result<Self, CreationError> {
        Ok(Self {
            latencies: Histogram::new_with_bounds(1, LONGEST_NANOS, 3)?,
            checks: 0,
            allowed: 0,
            disagreements: 0,
            refused: 0,
            unsent: 0.0,
            errors: Errors::new(),
            time: Duration::ZERO,
        })
    }

    /// A call that was answered: for each question what was expected, and what was said.
    pub(super) fn add(&mut self, latency: Duration, answers: impl Iterator<Item = (bool, Option<bool>)>) {
        self.latencies.saturating_record(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX));
        for (expected, answer) in answers {
            match answer {
                Some(answer) => {
                    self.checks += 1;
                    self.allowed += u64::from(answer);
                    self.disagreements += u64::from(answer != expected);
                }
                None => self.refused += 1,
            }
        }
    }

    pub(super) fn fail(&mut self, status: &Status) {
        *self.errors.entry(format!("{:?}", status.code())).or_default() += 1;
    }

    /// Calls that failed.
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_held_to_what_was_expected() {
        let Ok(mut tally) = Tally::new() else { panic!("the bounds are right") };
        let answers = [(true, Some(true)), (true, Some(false)), (false, Some(true)), (true, None)];
        tally.add(Duration::from_millis(3), answers.into_iter());
        tally.add(Duration::from_hours(1), std::iter::empty());
        tally.fail(&Status::unavailable(""));
        tally.fail(&Status::unavailable("again"));
        assert_eq!((tally.checks, tally.allowed, tally.disagreements, tally.refused), (3, 2, 2, 1));
        assert_eq!((tally.failed(), tally.errors.get("Unavailable")), (2, Some(&2)));
        let shortest = tally.latencies.min();
        assert!((2_990_000..=3_010_000).contains(&shortest), "{shortest}");
        assert!(tally.latencies.max() >= LONGEST_NANOS - LONGEST_NANOS / 100);
    }
}
