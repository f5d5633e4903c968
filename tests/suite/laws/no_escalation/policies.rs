//! The same of policy documents: one that is written, one that roles or users are given, and a role that one means.

use std::cell::Cell;

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;
use bailiwick::engine::{Gift, Receiver};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{Judge, Writer, cases, from_now_on, load, may_add_member, may_assign, may_change, wishes};
use crate::model::Model;
use crate::states::build::{
    application, at, client, document, gives, group, holds, member, privilege, role, role_id, statement, subject, user,
};
use crate::states::{self, State, policies};

/// A state in which somebody has a document that means who holds a role, and somebody has much to give.
fn aimed(writes: impl Strategy<Value = Row>) -> impl Strategy<Value = (State, &'static str, State)> {
    (wishes(writes), policies::aims()).prop_map(|((mut state, giver, writes), aims)| {
        state.0.extend(aims);
        (State(Model::new(state.0).rows().cloned().collect()), giver, writes)
    })
}

fn may_give_to_user(writer: &Writer<'_>, write: &Row) -> bool {
    let Row::AssignedPrivilege(row) = write else { return false };
    let (after, gift) = (writer.after(write), writer.gift());
    after.shortfall_of_assigned_privilege(gift, &row.privilege, &row.user, writer.engine).is_none()
}

/// A document in the place of another one, or a new one: what has its key or a pattern for it has it at once.
fn may_write_document(writer: &Writer<'_>, write: &Row) -> bool {
    let Row::Privilege(new) = write else { return false };
    match writer.model.get(&write.key()) {
        Some(Row::Privilege(old)) => {
            old.object_scoped == new.object_scoped
                && old.document.is_some()
                && writer.after(write).shortfall_of_privilege(writer.gift(), &new.id, writer.engine).is_none()
        }
        _ => writer.after(write).shortfall_of_privilege(writer.gift(), &new.id, writer.engine).is_none(),
    }
}

/// Tries every write that the engine lets the giver make; says what went wrong.
fn try_all(
    (state, giver, State(writes)): &(State, &'static str, State),
    may: Judge,
    mut judge: impl FnMut(&Writer<'_>, &Row) -> Option<String>,
) -> Option<String> {
    let (model, giver) = (Model::new(state.0.clone()), subject(giver));
    let engine = load(&state.0);
    let writer = Writer { model: &model, engine: &engine, giver: &giver };
    let relation = |write: &Row| matches!(write, Row::AssignedPrivilege(_) | Row::Assignment(_) | Row::GroupMember(_));
    let is_one = |write: &&Row| !relation(write) || model.get(&write.key()).is_none();
    writes.iter().filter(is_one).filter(|write| may(&writer, write)).find_map(|write| {
        let found = judge(&writer, write)?;
        Some(format!("{giver} writes: {}; and then {found}", states::show::line(write)))
    })
}

/// What goes wrong when the giver makes every write that he may.
fn gap(wish: &(State, &'static str, State), may: Judge) -> Option<String> {
    try_all(wish, may, |writer, write| writer.new_right(write, |check, now| writer.had_not(check, now)))
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn no_escalation_by_giving_a_privilege_to_a_user(wish in wishes(policies::assigned_privileges())) {
        prop_assert_eq!(gap(&wish, may_give_to_user), None);
    }

    #[test]
    fn no_escalation_by_writing_a_document(wish in wishes(policies::written_documents())) {
        prop_assert_eq!(gap(&wish, may_write_document), None);
    }

    #[test]
    fn no_escalation_by_giving_a_role_that_a_document_means(wish in aimed(states::assignments().prop_map(from_now_on))) {
        prop_assert_eq!(gap(&wish, may_assign), None);
    }

    #[test]
    fn no_escalation_by_a_member_who_comes_to_hold_a_role_that_a_document_means(wish in aimed(states::new_members())) {
        prop_assert_eq!(gap(&wish, may_add_member), None);
    }

    #[test]
    fn no_escalation_by_changing_a_role_that_a_document_means(wish in aimed(states::changes())) {
        prop_assert_eq!(gap(&wish, may_change_what_is_there), None);
    }
}

fn may_change_what_is_there(writer: &Writer<'_>, write: &Row) -> bool {
    writer.model.get(&write.key()).is_some() && may_change(writer, write)
}

/// A law about writes that nobody may make, or that give nothing, proves nothing.
#[test]
fn random_writes_of_documents_are_often_allowed_and_give_something() {
    let kinds = [
        ("given to a user", wishes(policies::assigned_privileges()).boxed(), may_give_to_user as Judge),
        ("written", wishes(policies::written_documents()).boxed(), may_write_document),
        ("meant", aimed(states::assignments().prop_map(from_now_on)).boxed(), may_assign),
    ];
    for (name, strategy, may) in kinds {
        let mut runner = TestRunner::deterministic();
        let (allowed, refused) = (Cell::new(0), Cell::new(0));
        for _ in 0..180 {
            if allowed.get() >= 5 && refused.get() >= 5 {
                break;
            }
            let wish = strategy.new_tree(&mut runner).unwrap().current();
            try_all(
                &wish,
                |_, _| true,
                |writer, write| {
                    // Of a role that is meant, that others reach the holder is what counts.
                    let holder = if let Row::Assignment(row) = write { Some(&row.id.holder) } else { None };
                    let counts = |who: &bailiwick::domain::name::Subject| Some(who) != holder;
                    if writer.new_right(write, |check, _| counts(&check.subject.to_subject())).is_some() {
                        let count = if may(writer, write) { &allowed } else { &refused };
                        count.set(count.get() + 1);
                    }
                    None
                },
            );
        }
        let (allowed, refused) = (allowed.get(), refused.get());
        println!("{name}: {allowed} allowed and {refused} refused that give something");
        assert!(allowed >= 5 && refused >= 5, "{name}: {allowed} allowed and {refused} refused that give something");
    }
}

/// A group and an application are no client that bears their id: who reaches the client reaches nobody else by it.
#[test]
fn who_may_act_on_a_client_gives_no_role_that_is_meant_to_what_only_bears_its_id() {
    for (holder, may) in [("clients/a", true), ("applications/a", false), ("groups/a", false)] {
        let mut state = vec![application("a"), privilege("a", "apps:get", true, true), group("a")];
        state.extend([client("a", "a", None, true), client("b", "a", None, true), member("a", "clients/b")]);
        state.extend(["giver", "desk"].map(|name| user(name, Some("a"), false, true)));
        state.push(document("a", "one", vec![statement(&["apps:get"], &["clients/a"])]));
        state.push(document("a", "all", vec![statement(&["apps:get"], &["roles/meant"])]));
        for (id, holder) in [("a/meant", None), ("a/one", Some("users/giver")), ("a/all", Some("users/desk"))] {
            state.push(role(id, Boundary::Application, Visibility::All));
            state.extend(holder.map(|holder| holds(holder, id)));
        }
        state.extend([gives("a/one", "one"), gives("a/all", "all")]);
        let (engine, giver, now) = (load(&state), subject("users/giver"), at(1));
        let holder = subject(holder);
        let receiver = Receiver { holder: &holder, tenant: None, expire: None };
        let short = engine.judge(Gift { giver: &giver, now }).shortfall_of_assignment(&role_id("a/meant"), receiver);
        assert_eq!(short.is_none(), may, "{holder}: {short:?}");
    }
}
