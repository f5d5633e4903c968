//! One answer, whoever gives it and however the state came to be.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use bailiwick::domain::change::Change;
use bailiwick::domain::decision::{Decision, Reason};
use bailiwick::domain::row::{Key, Row};
use bailiwick::engine::{Check, Snapshot};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{cases, changed, facts, first, load, shown};
use crate::model::Model;
use crate::states::build::at;
use crate::states::{self, History, grid};

/// The first question that the two answer differently.
fn difference(engine: &Snapshot, model: &Model) -> Option<String> {
    let (subjects, targets) = (grid::subjects(), grid::targets());
    for application in grid::APPLICATIONS {
        for subject in &subjects {
            for privilege in grid::privileges() {
                let question = model.question(application, subject, privilege);
                for (number, target) in targets.iter().enumerate() {
                    let check = Check { application, subject: subject.into(), privilege, target: *target };
                    // Where no path leads, time is nothing: each target is asked about at another.
                    let times = if question.has_paths() { grid::TIMES } else { &grid::TIMES[number % 5..][..1] };
                    for now in times {
                        let found = engine.check(&check, at(*now));
                        let right = question.answer(*target, at(*now));
                        let custom = found.custom.then(|| engine.custom_boundaries(&check, at(*now)));
                        let custom_right = right.custom.then(|| question.custom_for(*target, at(*now)));
                        if custom != custom_right {
                            let shown = shown(&check, *now);
                            return Some(format!("{shown}: engine tells {custom:?}, model {custom_right:?}"));
                        }
                        if !question.is_answered_by(found, *target, at(*now)) {
                            return Some(format!("{}: engine {found:?}, model {right:?}", shown(&check, *now)));
                        }
                    }
                }
            }
        }
    }
    facts::difference(&facts::of_engine(engine), &facts::of_model(model))
}

/// Every row that a history ever names.
fn keys_of(history: &History) -> BTreeSet<Key> {
    let changed = history.revisions.iter().flatten().filter_map(Change::key);
    history.start.0.iter().map(Row::key).chain(changed).collect()
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn same_answer_of_engine_and_model_after_every_change(history in states::histories()) {
        let mut model = Model::new(history.start.0.clone());
        let mut engine = load(&history.start.0);
        prop_assert_eq!(difference(&engine, &model), None, "at the start");
        for (number, changes) in history.revisions.iter().enumerate() {
            engine = engine.apply(changes);
            model = model.after(changes);
            prop_assert_eq!(difference(&engine, &model), None, "after revision {}", number + 1);
        }
    }
}

/// A question whose answer depends on how many are asked at once.
fn told_otherwise(engine: &Snapshot) -> Option<String> {
    let (subjects, targets) = (grid::subjects(), grid::targets());
    let asked = grid::APPLICATIONS.iter().copied().flat_map(|application| {
        subjects.iter().flat_map(move |subject| {
            grid::privileges().into_iter().map(move |privilege| (application, subject, privilege))
        })
    });
    for (number, (application, subject, privilege)) in asked.enumerate() {
        let now = at(grid::TIMES[number % grid::TIMES.len()]);
        let about = |target| Check { application, subject: subject.into(), privilege, target };
        let checks: Vec<Check<'_>> = targets.iter().copied().map(about).collect();
        let alone: Vec<Decision> = checks.iter().map(|check| engine.check(check, now)).collect();
        let (mut together, mut by_targets) = (Vec::new(), Vec::new());
        engine.check_all(&checks, now, |decision| together.push(decision));
        let enough = number % (targets.len() + 1);
        let _stopped = engine.check_targets(checks.last().unwrap(), &targets, now, |decision| {
            by_targets.push(decision);
            if by_targets.len() == enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let expected = if enough == 0 { &*alone } else { &alone[..enough] };
        if alone != together || expected != by_targets {
            return Some(format!("{application} {subject} {privilege}: {alone:?}, {together:?}, {by_targets:?}"));
        }
    }
    None
}

proptest! {
    #![proptest_config(cases(25))]

    #[test]
    fn many_at_once_are_answered_as_one_by_one(state in states::states()) {
        prop_assert_eq!(told_otherwise(&load(&state.0)), None);
    }

    #[test]
    fn m9_a_cold_build_in_any_order_equals_the_changes_one_by_one(
        history in states::histories(),
        seed in any::<u64>(),
    ) {
        let start = load(&history.start.0);
        let warm = history.revisions.iter().fold(start, |engine, changes| engine.apply(changes));
        let cold = load(&states::shuffled(&states::rows_after(&history), seed));
        let keys = keys_of(&history);
        prop_assert_eq!(facts::difference(&facts::kept(&warm, &keys), &facts::kept(&cold, &keys)), None);
        prop_assert_eq!(facts::difference(&facts::of_engine(&warm), &facts::of_engine(&cold)), None);
        prop_assert_eq!(changed(&warm, &cold), None);
    }

    #[test]
    fn m2_changes_and_then_their_inverses_change_nothing(history in states::histories()) {
        let start = load(&history.start.0);
        let there = history.revisions.iter().fold(start.clone(), |engine, changes| engine.apply(changes));
        let inverses = history.revisions.iter().rev().map(|changes| {
            changes.iter().rev().map(|change| change.clone().inverse()).collect::<Vec<_>>()
        });
        let back = inverses.fold(there, |engine, changes| engine.apply(&changes));
        let keys = keys_of(&history);
        prop_assert_eq!(facts::difference(&facts::kept(&start, &keys), &facts::kept(&back, &keys)), None);
        prop_assert_eq!(facts::difference(&facts::of_engine(&start), &facts::of_engine(&back)), None);
        prop_assert_eq!(changed(&start, &back), None);
    }

    #[test]
    fn m3_the_order_of_changes_to_different_rows_does_not_matter(
        history in states::histories(),
        seed in any::<u64>(),
    ) {
        let (mut seen, mut apart) = (BTreeSet::new(), history.revisions.concat());
        apart.retain(|change| seen.insert(change.key()));
        let start = load(&history.start.0);
        let at_once = start.apply(&apart);
        let one_by_one = states::shuffled(&apart, seed).iter().fold(start, |engine, change| engine.apply([change]));
        prop_assert_eq!(facts::difference(&facts::of_engine(&at_once), &facts::of_engine(&one_by_one)), None);
        prop_assert_eq!(changed(&at_once, &one_by_one), None);
    }
}

/// A law tried on states that never allow anything proves nothing.
#[test]
fn random_states_reach_every_reason_and_allow_often_enough() {
    let mut runner = TestRunner::deterministic();
    let counts = RefCell::new(BTreeMap::<Reason, usize>::new());
    for _ in 0..30 {
        let state = states::states().new_tree(&mut runner).unwrap().current();
        let engine = load(&state.0);
        first((&engine, &engine), &[10], |answer, _| {
            *counts.borrow_mut().entry(answer.reason).or_default() += 1;
            false
        });
    }
    let counts = counts.into_inner();
    let allowed = counts.get(&Reason::RoleAssignment).copied().unwrap_or(0);
    assert_eq!(counts.len(), 11, "{counts:?}");
    assert!(allowed * 200 > counts.values().sum(), "less than one in 200 is allowed: {counts:?}");
}
