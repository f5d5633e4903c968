//! Two writers at once, each of which alone would be right: the outcome is always that of one after the other.
//!
//! The writers are two connections to one process, and where a database can be shared also two processes on one.

mod names;
mod relations;
mod rights;
mod uses;

use crate::callers::actor::{Actor, Outcome};
use crate::callers::stage::{on_shared_databases, root, server_for};
use crate::harness::{Server, block_on};

/// Two writers. Both are the administrator until a test lends them other credentials.
struct Pair {
    one: Actor,
    two: Actor,
}

/// Runs a test between two writers, in every way in which there can be two.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
fn between(subjects: &[&str], test: impl AsyncFn(&Pair)) {
    let run = |one: &Server, two: &Server| {
        block_on(async {
            let pair = Pair { one: root(one).await, two: root(two).await };
            test(&pair).await;
        });
    };
    let sqlite = server_for(subjects);
    run(&sqlite, &sqlite);
    for one_process in on_shared_databases(subjects) {
        run(&one_process, &one_process);
    }
    for first in on_shared_databases(subjects) {
        let second = first.beside();
        run(&first, &second);
    }
}

/// Which of two outcomes is the success, when exactly one is: 0 or 1, and the refusal of the other.
fn one_of(outcomes: (Outcome, Outcome), what: &str) -> (usize, crate::callers::actor::Refusal) {
    match outcomes {
        (Ok(_), Err(refusal)) => (0, refusal),
        (Err(refusal), Ok(_)) => (1, refusal),
        outcomes => unreachable!("{what}: {outcomes:?}"),
    }
}
