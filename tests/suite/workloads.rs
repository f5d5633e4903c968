//! Workloads are what they say: the same bytes for the same seed, the amounts that are described, and questions whose
//! answers are those of the engine and of the reference model, before and after changes.

mod described;

use std::collections::BTreeSet;

use bailiwick::domain::row::{Key, Row};
use bailiwick::engine::{Check, Loader, Snapshot, Target};
use bailiwick::workload::{ALL, Keys, NOW, Question, Settings, Workload};

use crate::model::Model;

const BOTH: [Keys; 2] = [Keys::Uniform, Keys::Zipf];

/// A workload as small as it can be.
fn smallest(name: &str) -> Workload {
    workload(name, 1e-9, 1)
}

fn workload(name: &str, scale: f64, seed: u64) -> Workload {
    Workload::new(name, &Settings { scale, seed, ..Settings::default() }).unwrap()
}

fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|description| description.name)
}

fn loaded(rows: impl IntoIterator<Item = Row>) -> Snapshot {
    let mut loader = Loader::new(7);
    loader.add(rows);
    loader.finish()
}

fn check(question: &Question) -> Check<'_> {
    let Question { application, subject, privilege, resource, .. } = question;
    let target = Target::Resource { kind: resource.kind.as_str(), id: resource.id.as_str() };
    Check { application: application.as_str(), subject: subject.into(), privilege: privilege.as_str(), target }
}

#[test]
fn the_same_seed_gives_the_same_rows_questions_and_changes() {
    for name in names() {
        let (one, same, other) = (smallest(name), smallest(name), workload(name, 1e-9, 2));
        assert!(one.rows().eq(same.rows()), "{name}");
        let questions = |workload: &Workload, keys| workload.questions(keys).take(200).collect::<Vec<_>>();
        for keys in BOTH {
            assert!(questions(&one, keys) == questions(&same, keys), "{name}");
            assert!(questions(&one, keys) != questions(&other, keys), "{name}");
            assert_eq!(questions(&one, keys)[117], one.question(117, keys), "{name}");
        }
        assert!(one.changes().take(200).eq(same.changes().take(200)), "{name}");
        assert!(!one.changes().take(200).eq(other.changes().take(200)), "{name}");
    }
}

#[test]
fn every_row_is_another_one_and_comes_after_what_it_hangs_on() {
    for name in names() {
        let mut seen = BTreeSet::new();
        for row in smallest(name).rows() {
            let key = row.key();
            let hangs_on = match &row {
                Row::UserTenant(row) => vec![Key::User(row.user.clone()), Key::Tenant(row.tenant.clone())],
                Row::RoleElement(row) => vec![Key::Role(row.role.clone())],
                Row::GroupMember(row) => vec![Key::Group(row.group.clone())],
                Row::ResourceParent(row) => vec![Key::Resource(row.child.clone()), Key::Resource(row.parent_id())],
                Row::Assignment(row) => vec![Key::Role(row.id.role.clone())],
                Row::Selection(row) => vec![Key::Instance(row.instance.clone())],
                _ => Vec::new(),
            };
            assert!(hangs_on.iter().all(|key| seen.contains(key)), "{name}: {row:?}");
            assert!(seen.insert(key), "{name}: {row:?}");
        }
    }
}

#[test]
fn the_answers_are_those_of_the_engine_and_of_the_model() {
    for name in names() {
        let workload = smallest(name);
        let (state, model) = (loaded(workload.rows()), Model::new(workload.rows()));
        for (keys, question) in
            BOTH.into_iter().flat_map(|keys| workload.questions(keys).take(50).map(move |q| (keys, q)))
        {
            let decision = state.check(&check(&question), NOW);
            assert_eq!(decision, model.check(&check(&question), NOW), "{name} {question:?}");
            assert_eq!(decision.allowed(), question.allowed, "{name} {keys:?} {question:?} {decision:?}");
        }
    }
}

#[test]
fn changes_fit_the_state_and_leave_the_engine_and_the_model_at_one() {
    for name in names() {
        let workload = smallest(name);
        let (mut state, mut model) = (loaded(workload.rows()), Model::new(workload.rows()));
        let mut taken_back = 0;
        for change in workload.changes().take(600) {
            let key = change.key().unwrap();
            assert_eq!(model.get(&key), change.before.as_ref(), "{name} {change:?}");
            taken_back += usize::from(change.before.is_none());
            state = state.apply([&change]);
            model.apply(&change);
        }
        assert!(taken_back > 50, "{name}: {taken_back} rows came");
        let anew = loaded(model.rows().cloned());
        let mut differ = 0;
        for question in workload.questions(Keys::Uniform).take(150) {
            let decision = state.check(&check(&question), NOW);
            assert_eq!(decision, model.check(&check(&question), NOW), "{name} {question:?}");
            assert_eq!(decision, anew.check(&check(&question), NOW), "{name} {question:?}");
            differ += usize::from(decision.allowed() != question.allowed);
        }
        assert!(differ > 0 || name == "negative", "{name}: the changes changed nothing");
    }
}

#[test]
fn half_of_the_questions_are_allowed_and_none_of_those_that_say_so() {
    for name in names() {
        let workload = workload(name, 0.001, 3);
        for keys in BOTH {
            let allowed = workload.questions(keys).take(500).filter(|question| question.allowed).count();
            let expected = if name == "negative" { 0..1 } else { 200..300 };
            assert!(expected.contains(&allowed), "{name} {keys:?}: {allowed} of 500");
        }
    }
}

#[test]
fn what_there_is_not_is_refused() {
    let refused = |name, scale, set: &[(&str, u64)]| {
        let set = set.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        Workload::new(name, &Settings { scale, seed: 1, set }).err().unwrap().0
    };
    assert!(refused("nothing", 1.0, &[]).contains("ten-million"));
    assert!(refused("wide", 1.0, &[("chains", 2)]).contains("chains"));
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(refused("wide", scale, &[]).contains("scale"));
    }
}
