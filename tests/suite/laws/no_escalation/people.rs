//! What a subject comes to reach by being enabled or given a tenant: the writer reached it before.

use std::cell::Cell;

use bailiwick::domain::directory::UserTenant;
use bailiwick::domain::name::Subject;
use bailiwick::domain::row::Row;
use bailiwick::engine::{Check, Target};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::super::{cases, load};
use super::{Writer, wishes};
use crate::model::Model;
use crate::states;
use crate::states::State;
use crate::states::build::subject;

/// Every disabled user and client enabled, and every user in every tenant that it has not.
fn writes(State(rows): &State) -> Vec<Row> {
    let mut writes = Vec::new();
    for row in rows {
        match row {
            Row::User(user) if !user.enabled => {
                let mut user = user.clone();
                user.enabled = true;
                writes.push(Row::User(user));
            }
            Row::Client(client) if !client.enabled => {
                let mut client = client.clone();
                client.enabled = true;
                writes.push(Row::Client(client));
            }
            Row::User(user) => writes.extend(rows.iter().filter_map(|row| {
                let Row::Tenant(tenant) = row else { return None };
                let home = user.application.as_ref().is_none_or(|home| *home == tenant.id.application);
                let (id, incarnation) = (tenant.id.clone(), tenant.incarnation);
                (tenant.live && home)
                    .then(|| Row::UserTenant(UserTenant { user: user.id.clone(), tenant: id, incarnation }))
            })),
            _ => {}
        }
    }
    writes
}

fn changed(write: &Row) -> Option<Subject> {
    match write {
        Row::User(user) => Some(Subject::User(user.id.clone())),
        Row::UserTenant(row) => Some(Subject::User(row.user.clone())),
        Row::Client(client) => Some(Subject::Client(client.id.clone())),
        _ => None,
    }
}

fn may(writer: &Writer<'_>, write: &Row, subject: &Subject) -> bool {
    writer.after(write).shortfall_of_subject(writer.gift(), subject, writer.engine).is_none()
}

/// A right that the write makes for the subject itself. Where a user that moves is the target, the right over users of
/// the old and the new tenant is asked for beside.
fn gained(
    writer: &Writer<'_>,
    write: &Row,
    of: &Subject,
    is_sought: impl Fn(&Check<'_>, i64) -> bool,
) -> Option<String> {
    let moves = matches!(write, Row::UserTenant(_));
    let is_itself = |target: Target<'_>| matches!(target, Target::Resource { kind, id } if kind == of.collection() && id == of.id().as_str());
    writer.new_right(write, |check, now| {
        check.subject == of.into() && !(moves && is_itself(check.target)) && is_sought(check, now)
    })
}

/// Tries every write that the engine lets the giver make; says what went wrong.
fn try_all(
    state: &State,
    giver: &str,
    mut judge: impl FnMut(&Writer<'_>, &Row, &Subject) -> Option<String>,
) -> Option<String> {
    let (model, giver) = (Model::new(state.0.clone()), subject(giver));
    let engine = load(&state.0);
    let writer = Writer { model: &model, engine: &engine, giver: &giver };
    writes(state).iter().find_map(|write| {
        let subject = changed(write)?;
        let is_new = !matches!(write, Row::UserTenant(_)) || model.get(&write.key()).is_none();
        if !is_new || !may(&writer, write, &subject) {
            return None;
        }
        let found = judge(&writer, write, &subject)?;
        Some(format!("{giver} writes: {}; and then {found}", states::show::line(write)))
    })
}

proptest! {
    #![proptest_config(cases(25))]

    #[test]
    fn no_escalation_by_enabling_or_moving_a_subject((state, giver, _) in wishes(states::new_members())) {
        let found = try_all(&state, giver, |writer, write, of| {
            gained(writer, write, of, |check, now| writer.had_not(check, now))
        });
        prop_assert_eq!(found, None);
    }
}

/// A law about writes that nobody may make, or that give nothing, proves nothing.
#[test]
fn random_subjects_are_often_enabled_or_moved_and_gain_something() {
    let mut runner = TestRunner::deterministic();
    let (enabled, moved) = (Cell::new(0), Cell::new(0));
    for _ in 0..60 {
        let (state, giver, _) = wishes(states::new_members()).new_tree(&mut runner).unwrap().current();
        try_all(&state, giver, |writer, write, of| {
            let count = if matches!(write, Row::UserTenant(_)) { &moved } else { &enabled };
            count.set(count.get() + u32::from(gained(writer, write, of, |_, _| true).is_some()));
            None
        });
    }
    assert!(enabled.get() >= 5 && moved.get() >= 5, "only {} enabled, {} moved", enabled.get(), moved.get());
}
