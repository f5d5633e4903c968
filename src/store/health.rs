//! What the store has met that is not as it should be, counted since the start.

use std::sync::atomic::{AtomicU64, Ordering};

use tracing::error;

use super::unreadable::Unreadable;
use crate::app::port::RowKind;

/// Counters; shared by all views of a store.
#[derive(Debug, Default)]
pub(super) struct Health {
    skipped: AtomicU64,
    drifted: AtomicU64,
}

impl Health {
    /// A row was stepped over by a load of the state, or another walk through all of it.
    pub(super) fn skip(&self, kind: RowKind, reason: &Unreadable) {
        self.skipped.fetch_add(1, Ordering::Relaxed);
        left_out(kind, reason);
    }

    /// The rows that were loaded are not those that were written.
    pub(super) fn drift(&self, revision: u64) {
        self.drifted.fetch_add(1, Ordering::Relaxed);
        error!(revision, "the rows are not those that were written: they were changed behind our back");
    }

    /// Rows stepped over.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped.load(Ordering::Relaxed)
    }

    /// Loads that differed from what was written.
    pub(super) fn drifted(&self) -> u64 {
        self.drifted.load(Ordering::Relaxed)
    }
}

/// A row was stepped over by a page of a list, which whoever asks again meets again: it is not counted.
pub(super) fn left_out(kind: RowKind, reason: &Unreadable) {
    error!(?kind, %reason, "a stored row cannot be understood; it counts as absent");
}
