//! What is told of writes: how many wait, how many share a transaction, and where in a call's trace they are.

use tracing::{Span, info_span};

use crate::measure::{Histogram, Metric, Point, Points, SIZES};

/// What is counted of the groups.
#[derive(Debug)]
pub(super) struct Groups {
    sizes: Histogram,
}

impl Default for Groups {
    fn default() -> Self {
        Self { sizes: Histogram::new(&SIZES) }
    }
}

impl Groups {
    /// Counts a group of so many writes.
    pub(super) fn count(&self, writes: usize) {
        self.sizes.observe(writes as u64);
    }

    /// What was counted, and how many writes wait.
    pub(super) fn read(&self, waiting: usize) -> Vec<Metric> {
        let sizes = Points::Histogram(vec![Point::new(Vec::new(), self.sizes.read())]);
        vec![
            Metric::amount("bailiwick.writes.waiting", "Writes that wait for their turn", waiting as u64),
            Metric::new("bailiwick.write_group.writes", "Writes that shared a transaction", sizes),
        ]
    }
}

/// The span of a group: of the first of its calls that is traced, linked with the others.
pub(super) fn group_span<'a>(calls: impl Iterator<Item = &'a Span>, writes: usize) -> Span {
    let mut traced = calls.filter(|span| !span.is_none());
    let Some(first) = traced.next() else { return Span::none() };
    let writes = i64::try_from(writes).unwrap_or(i64::MAX);
    let span = first.in_scope(|| info_span!(target: "traces", "write group", bailiwick.writes = writes));
    for other in traced {
        span.follows_from(other);
    }
    span
}

/// The span of one write, in the trace of its call.
pub(super) fn write_span(call: &Span) -> Span {
    if call.is_none() { Span::none() } else { call.in_scope(|| info_span!(target: "traces", "write")) }
}
