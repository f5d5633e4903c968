//! The decision allocates nothing, whatever is asked; and one change copies few pages, however much there is.

use bailiwick::domain::change::Change;
use bailiwick::domain::row::Row;
use bailiwick::engine::Check;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::office;
use crate::states::build::{at, below, holds, joined, member, resource, user};
use crate::states::{self, grid, load};

/// Bytes that one change may allocate: 16 pages.
const CHANGE_BYTES_MAX: u64 = 16 * 4_096;
const STATES: usize = 20;

#[test]
fn a_decision_about_the_company_allocates_nothing() {
    let (engine, questions) = (load(&office::rows()), office::questions());
    let counted = allocation_counter::measure(|| office::ask(&engine, &questions));
    assert_eq!(counted.count_total, 0, "{counted:?}");
}

/// Whatever the form of the roles, boundaries, scopes, specs and documents, and whatever is asked.
#[test]
fn no_decision_about_a_random_state_allocates() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..STATES {
        let state = states::states().new_tree(&mut runner).unwrap().current();
        let engine = load(&state.0);
        let (subjects, privileges, targets) = (grid::subjects(), grid::privileges(), grid::targets());
        let ask_all = || {
            for application in grid::APPLICATIONS {
                for subject in &subjects {
                    for privilege in privileges.iter().copied() {
                        for target in targets.iter().copied() {
                            engine.check(&Check { application, subject: subject.into(), privilege, target }, at(15));
                        }
                    }
                }
            }
        };
        // Walks that may be long keep their place for the next one.
        ask_all();
        let counted = allocation_counter::measure(ask_all);
        assert_eq!(counted.count_total, 0, "{counted:?} in {state:?}", state = engine.counts());
    }
}

/// A company of ten times the size copies no more: what is copied does not depend on how much there is.
#[test]
fn a_change_copies_at_most_sixteen_pages() {
    let engine = load(&office::rows());
    let assignment = Row::Assignment(office::new_assignment());
    let changes = [
        ("an assignment", vec![assignment.clone()]),
        ("a user", vec![user("new", Some("a"), true, true)]),
        ("a tenant of a user", vec![joined("person-00000000000000000001", "a", "t2", 1)]),
        ("a member of a group", vec![member("g0", "users/person-00000000000000000001")]),
        ("a group in a group", vec![member("g1", "groups/g3")]),
        ("a resource", vec![resource("a", "doc/new", Some("t1"), true)]),
        ("a relation", vec![below("a", "doc/1", "folder/3")]),
        ("a role of a group", vec![holds("groups/g2", "a/lister")]),
    ];
    for (what, rows) in changes {
        let there: Vec<Change> = rows.into_iter().map(Change::insert).collect();
        let mut after = None;
        let counted = allocation_counter::measure(|| after = Some(engine.apply(&there)));
        assert!(counted.bytes_total <= CHANGE_BYTES_MAX, "{what}: {counted:?}");
        let after = after.unwrap();
        let back: Vec<Change> = there.into_iter().map(Change::inverse).collect();
        let counted = allocation_counter::measure(|| drop(after.apply(&back)));
        assert!(counted.bytes_total <= CHANGE_BYTES_MAX, "{what}, taken back: {counted:?}");
    }
}
