//! Laws that hold on every state, tried on random ones: with tenants that live, die and come back, boundaries of every
//! kind, every visibility, and assignments of all resources, of scopes and of their own.
//!
//! | Law | Test |
//! |---|---|
//! | M1 adding a grant never removes an ALLOW | `grants` |
//! | M2 adding again is nothing; adding and removing is nothing | `grants`, `agreement` |
//! | M3 the order of writes that do not conflict does not matter | `agreement` |
//! | M4 a group's members hold what the group holds | `grants` |
//! | M5 one role cut in two; another decomposition of a matrix | `grants`, `access_matrix` |
//! | M6 moving a grant from a resource to all its children changes no answer below it | `scopes` |
//! | M7 other ids, the same answers | `renaming` |
//! | M8 a tenant that is loaded changes nothing in another | `isolation` |
//! | M9 built at once and change by change, a state is the same | `agreement` |
//! | M10 a list is the same at any page size | `served`, and while others write: `lists` |
//! | M11 a batch answers what single checks answer | `served` |
//! | M12 lowering a boundary only turns ALLOW into DENY | `boundaries` |
//!
//! That the random states have what a law is about is what `variety` counts.
//! `BAILIWICK_TEST_ROUNDS` multiplies the number of random cases.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

use bailiwick::domain::change::Change;
use bailiwick::domain::decision::Decision;
use bailiwick::domain::row::Row;
use bailiwick::engine::{Check, Snapshot};
use proptest::test_runner::Config;

use crate::harness::rounds_or;
use crate::states::build::at;
use crate::states::{grid, load};

mod acyclic;
mod agreement;
mod boundaries;
mod difference;
mod facts;
mod grants;
mod identities;
mod isolation;
mod lists;
mod no_escalation;
mod policies;
mod renaming;
mod safety;
mod scopes;
mod served;
mod variety;

/// How many times as many rounds as usual.
fn rounds() -> u32 {
    rounds_or(1)
}

/// So many random cases, and a counterexample that is small but not sought for ever.
fn cases(usual: u32) -> Config {
    Config {
        cases: usual * rounds(),
        failure_persistence: None,
        max_shrink_time: 60_000,
        max_shrink_iters: 20_000,
        ..Config::default()
    }
}

/// The state after rows are put, in place of those with the same keys.
fn put(engine: &Snapshot, state: &[Row], rows: impl IntoIterator<Item = Row>) -> Snapshot {
    let before = |row: &Row| state.iter().find(|old| old.key() == row.key()).cloned();
    let changes: Vec<Change> = rows.into_iter().map(|row| Change { before: before(&row), after: Some(row) }).collect();
    engine.apply(&changes)
}

/// The first question about names that there can be in the small world, about which there is something to say.
fn find(said: impl Fn(&Check<'_>) -> Option<String>) -> Option<String> {
    let (subjects, targets) = (grid::subjects(), grid::targets());
    for application in grid::APPLICATIONS.iter().take(grid::REAL_APPLICATIONS) {
        for subject in subjects.iter().take(grid::REAL_SUBJECTS) {
            for privilege in grid::privileges().into_iter().take(grid::REAL_PRIVILEGES) {
                for target in &targets {
                    let found = said(&Check { application, subject: subject.into(), privilege, target: *target });
                    if found.is_some() {
                        return found;
                    }
                }
            }
        }
    }
    None
}

/// The first question, at these times, whose answers before and after are wrong together.
fn first(
    (before, after): (&Snapshot, &Snapshot),
    times: &[i64],
    wrong: impl Fn(Decision, Decision) -> bool,
) -> Option<String> {
    find(|check| {
        times.iter().find_map(|now| {
            let (old, new) = (before.check(check, at(*now)), after.check(check, at(*now)));
            wrong(old, new).then(|| format!("{}: {old:?}, then {new:?}", shown(check, *now)))
        })
    })
}

/// A question on one line.
fn shown(check: &Check<'_>, now: i64) -> String {
    format!("in {}: {} may {} on {:?} at {now}", check.application, check.subject, check.privilege, check.target)
}

/// An answer with all that it carries.
fn told(engine: &Snapshot, check: &Check<'_>, now: i64) -> (Decision, Vec<String>) {
    let decision = engine.check(check, at(now));
    (decision, if decision.custom { engine.custom_boundaries(check, at(now)) } else { Vec::new() })
}

/// The first answer that is another one.
fn changed(before: &Snapshot, after: &Snapshot) -> Option<String> {
    find(|check| {
        [10, 20].into_iter().find_map(|now| {
            let (old, new) = (told(before, check, now), told(after, check, now));
            (old != new).then(|| format!("{}: {old:?}, then {new:?}", shown(check, now)))
        })
    })
}

/// The first ALLOW that is none any more.
fn lost(before: &Snapshot, after: &Snapshot) -> Option<String> {
    first((before, after), &[10, 20], |old, new| old.allowed() && !new.allowed())
}

/// The first DENY that became an ALLOW.
fn widened(before: &Snapshot, after: &Snapshot) -> Option<String> {
    first((before, after), &[10, 20], |old, new| !old.allowed() && new.allowed())
}
