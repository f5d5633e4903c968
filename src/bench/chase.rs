//! The machine's own latency: how long a read takes whose address the read before it gave.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// A cache line, and in it the place of the next one.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(usize);

/// Lines in a buffer, each of which leads to another one, in one circle through all of them.
pub struct Chase {
    lines: Vec<Line>,
    at: usize,
}

impl Chase {
    /// A circle of random order through a buffer of so many bytes.
    pub fn new(bytes: usize, seed: u64) -> Self {
        let count = (bytes / size_of::<Line>()).max(2);
        let mut lines: Vec<Line> = (0..count).map(Line).collect();
        // Sattolo: a permutation that is one circle.
        let mut rng = fastrand::Rng::with_seed(seed);
        for last in (1..count).rev() {
            lines.swap(last, rng.usize(..last));
        }
        Self { lines, at: 0 }
    }

    /// The time for so many reads.
    pub fn time(&mut self, reads: usize) -> Duration {
        let since = Instant::now();
        for _ in 0..reads {
            self.at = self.lines.get(self.at).map_or(0, |line| line.0);
        }
        self.at = black_box(self.at);
        since.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_circle_goes_through_all_lines() {
        let mut chase = Chase::new(64 * 1_000, 3);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..1_000 {
            chase.time(1);
            seen.insert(chase.at);
        }
        assert_eq!((seen.len(), chase.at), (1_000, 0));
    }
}
