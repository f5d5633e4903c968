//! What a state weighs: loading it row by row, and changing it, with the time and the memory that it takes.

use std::io;
use std::time::{Duration, Instant};

use super::process::resident;
use crate::domain::change::Change;
use crate::domain::row::Row;
use crate::engine::{Loader, Snapshot};
use crate::workload::Workload;

/// Rows, or changes, that are made before the time is taken again.
const AT_ONCE: usize = 10_000;

/// Of the hashes: a secret where names come from outside; here the same each time.
const SEED: u64 = 7;

/// What a state took.
#[derive(Debug)]
pub struct Weighed {
    /// The state.
    pub state: Snapshot,
    /// Rows, or changes, that made it.
    pub count: u64,
    /// The time of the engine, without that of making rows.
    pub time: Duration,
    /// Bytes in memory, more than before the state was there.
    pub bytes: u64,
}

impl Weighed {
    /// Of what the memory is told, each with its number.
    pub fn shared_among(&self) -> [(&'static str, u64); 4] {
        let counts = self.state.counts();
        [
            ("assignment", counts.role_assignments),
            ("resource", counts.resources),
            ("subject", counts.users + counts.clients + counts.groups),
            ("row of any kind", self.count),
        ]
    }
}

/// Loads a workload; `before` is what was in memory without it, and `progress` is told of rows now and then.
///
/// # Errors
/// When the kernel does not tell what is in memory.
pub fn load(workload: &Workload, before: u64, progress: impl Fn(u64)) -> io::Result<Weighed> {
    let (mut loader, mut time, mut count) = (Loader::new(SEED), Duration::ZERO, 0);
    let mut rows = workload.rows();
    loop {
        let some: Vec<Row> = rows.by_ref().take(AT_ONCE).collect();
        if some.is_empty() {
            break;
        }
        count += some.len() as u64;
        let since = Instant::now();
        loader.add(some);
        time += since.elapsed();
        progress(count);
    }
    let since = Instant::now();
    let state = loader.finish();
    time += since.elapsed();
    Ok(Weighed { state, count, time, bytes: resident()?.saturating_sub(before) })
}

/// Makes so many changes, each a revision of its own, and weighs the last state.
///
/// # Errors
/// When the kernel does not tell what is in memory.
pub fn change(
    workload: &Workload,
    state: Snapshot,
    (changes, before): (u64, u64),
    progress: impl Fn(u64),
) -> io::Result<Weighed> {
    let (mut state, mut time, mut count) = (state, Duration::ZERO, 0);
    let mut all = workload.changes();
    while count < changes {
        let some = usize::try_from(changes - count).unwrap_or(AT_ONCE).min(AT_ONCE);
        let some: Vec<Change> = all.by_ref().take(some).collect();
        let since = Instant::now();
        for change in &some {
            state = state.apply([change]);
        }
        time += since.elapsed();
        count += some.len() as u64;
        progress(count);
    }
    drop(all);
    Ok(Weighed { state, count, time, bytes: resident()?.saturating_sub(before) })
}
