//! No write lets anyone reach what the writer could not.
//!
//! The law: if the engine finds that a giver lacks nothing for a write, then whatever anybody is newly allowed by
//! it (a privilege on a target, in an application, at a time from the write on) the giver was allowed then too, or
//! had `bailiwick:role:delegate` there. Where no target is named and none is needed, "there" is any target.

mod objects;
mod people;
mod policies;

use std::cell::Cell;

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::change::Change;
use bailiwick::domain::name::Subject;
use bailiwick::domain::role::{RoleElement, Visibility};
use bailiwick::domain::row::Row;
use bailiwick::engine::{Check, Gift, Snapshot};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{cases, load, shown};
use crate::model::{Model, Place};
use crate::states;
use crate::states::build::{
    application, at, client, gives, gives_all, holds, holds_cut, joined, privilege, role, subject, tenant, user,
};
use crate::states::policies::means_holders;
use crate::states::{State, grid};

/// The time of every write here.
const NOW: i64 = 10;
const LATER: [i64; 3] = [NOW, 19, 20];

/// A state with somebody in it who has much to give, and writes that he might want to make.
fn wishes(writes: impl Strategy<Value = Row>) -> impl Strategy<Value = (State, &'static str, State)> {
    let givers = select(grid::SUBJECTS.split_at(grid::REAL_SUBJECTS).0);
    let boundary = || prop_oneof![2 => Just(Boundary::Application), 1 => states::boundaries()];
    let cut = || option::weighted(0.2, select(states::TENANTS));
    let own = |name| option::weighted(0.8, (Just(name), boundary(), cut(), option::weighted(0.1, Just(20))));
    let own: Vec<_> = ["a/own", "b/own", "bailiwick/own"].into_iter().map(own).collect();
    (states::careful_states(), givers, own, vec(writes, 1..16)).prop_map(|(mut state, giver, own, writes)| {
        for (name, boundary, cut, expire) in own.into_iter().flatten() {
            state.0.extend([
                role(name, boundary, Visibility::All),
                gives_all(name, "*"),
                gives_all(name, "bailiwick:*"),
                holds_cut(giver, name, cut, (None, expire)),
            ]);
        }
        let state = State(Model::new(state.0).rows().cloned().collect());
        (state, giver, State(writes))
    })
}

/// What is needed to judge a write.
struct Writer<'a> {
    model: &'a Model,
    engine: &'a Snapshot,
    giver: &'a Subject,
}

impl Writer<'_> {
    fn gift(&self) -> Gift<'_> {
        Gift { giver: self.giver, now: at(NOW) }
    }

    /// A new right of somebody, of the kind looked for, that the write makes.
    fn new_right(&self, write: &Row, is_sought: impl Fn(&Check<'_>, i64) -> bool) -> Option<String> {
        let after = self.after(write);
        let (subjects, targets) = (self.reached_by(write), grid::targets());
        for application in applications_of(write) {
            for subject in &subjects {
                for privilege in grid::privileges() {
                    for target in &targets {
                        let check = Check { application, subject: subject.into(), privilege, target: *target };
                        let is_new = |now: &i64| {
                            after.check(&check, at(*now)).allowed() && !self.engine.check(&check, at(*now)).allowed()
                        };
                        if let Some(now) = LATER.iter().find(|now| is_new(now) && is_sought(&check, **now)) {
                            return Some(shown(&check, *now));
                        }
                    }
                }
            }
        }
        None
    }

    /// The state with the write.
    fn after(&self, write: &Row) -> Snapshot {
        let after = (!objects::lifts(self.model, write)).then(|| write.clone());
        self.engine.apply(&[Change { before: self.model.get(&write.key()).cloned(), after }])
    }

    /// Whether the writer had nothing of the kind.
    fn had_not(&self, check: &Check<'_>, now: i64) -> bool {
        let own = Check { subject: self.giver.into(), ..*check };
        !self.engine.check(&own, at(now)).allowed() && !self.may_delegate(check, now)
    }

    /// Whether the writer may delegate where the question is about.
    fn may_delegate(&self, check: &Check<'_>, now: i64) -> bool {
        let delegate = self.model.question(check.application, self.giver, "bailiwick:role:delegate");
        let Some(place) = self.model.place(check.application, check.privilege, check.target) else { return false };
        let scoped = self.model.privilege(check.application, check.privilege).is_some_and(|found| found.object_scoped);
        if place == Place::Nothing && !scoped {
            return delegate.could_reach(at(now));
        }
        delegate.reaches(&place, check.target, at(now))
    }

    /// Who can reach more by the write: who stands behind the holder or the member; or everybody, also when a document means
    /// who holds the role, or a role at all.
    fn reached_by(&self, write: &Row) -> Vec<Subject> {
        let behind = |holder: &Subject| {
            let mut subjects = grid::subjects();
            subjects.retain(|subject| self.model.holders(subject).contains(holder));
            subjects
        };
        let is_meant = |role: Option<&str>| self.model.rows().any(|row| means_holders(row, role));
        match write {
            Row::Assignment(row) if !is_meant(Some(row.id.role.role.as_str())) => behind(&row.id.holder),
            Row::GroupMember(row) if !is_meant(None) => behind(&row.member),
            Row::AssignedPrivilege(row) => behind(&Subject::User(row.user.clone())),
            _ => grid::subjects(),
        }
    }
}

/// In which applications the write can matter.
fn applications_of(write: &Row) -> Vec<&str> {
    let application = match write {
        Row::Assignment(row) => Some(&row.id.role.application),
        Row::RoleElement(row) => Some(&row.role.application),
        Row::Role(row) => Some(&row.id.application),
        Row::AssignedPrivilege(row) => Some(&row.privilege.application),
        Row::Privilege(row) => Some(&row.id.application),
        _ => None,
    };
    match application {
        Some(application) if application.as_str() != "bailiwick" => vec![application.as_str()],
        _ => grid::APPLICATIONS.to_vec(),
    }
}

/// Tries every write that is one and that the engine lets the giver make; says what went wrong.
fn try_all(
    state: &State,
    giver: &str,
    State(writes): &State,
    allowed: impl Fn(&Writer<'_>, &Row) -> bool,
) -> Option<String> {
    let (model, giver) = (Model::new(state.0.clone()), subject(giver));
    let engine = load(&state.0);
    let judged = Writer { model: &model, engine: &engine, giver: &giver };
    // A thing is changed, a relation is made.
    let new = |write: &&Row| write.stamp().is_some() && !matches!(write, Row::Assignment(_));
    let written = writes.iter().filter(|write| {
        let (there, selects) =
            (model.get(&write.key()).is_some(), matches!(write, Row::Instance(_) | Row::TraversalSpec(_)));
        selects || objects::lifts(&model, write) || there == new(write)
    });
    written.filter(|write| allowed(&judged, write)).find_map(|write| {
        let found = judged.new_right(write, |check, now| judged.had_not(check, now))?;
        Some(format!("{giver} writes: {}; and then {found}", states::show::line(write)))
    })
}

fn may_assign(writer: &Writer<'_>, write: &Row) -> bool {
    let Row::Assignment(row) = write else { return false };
    writer.engine.judge(writer.gift()).shortfall_of_made(&row.id, &writer.after(write)).is_none()
}

fn may_add_member(writer: &Writer<'_>, write: &Row) -> bool {
    let Row::GroupMember(row) = write else { return false };
    let group = Subject::Group(row.group.clone());
    writer.engine.judge(writer.gift()).shortfall_of_membership(&group, &row.member).is_none()
}

fn may_add_to_role(writer: &Writer<'_>, write: &Row) -> bool {
    let Row::RoleElement(row) = write else { return false };
    let after = writer.after(write);
    let widens = matches!(row.element, RoleElement::VisibleTenant(_));
    after.shortfall_of_role(writer.gift(), &row.role, writer.engine).is_none()
        && (!widens || after.shortfall_of_wider_role(writer.gift(), &row.role, writer.engine).is_none())
}

fn may_fill_group(writer: &Writer<'_>, write: &Row) -> bool {
    let Row::GroupedPrivilege(row) = write else { return false };
    writer.after(write).shortfall_of_privilege_group(writer.gift(), &row.group, writer.engine).is_none()
}

/// A tenant more in the list of a boundary: included, that is more; excluded, it is less.
fn may_list(writer: &Writer<'_>, write: &Row) -> bool {
    let Row::BoundaryTenant(row) = write else { return false };
    writer.after(write).shortfall_of_boundary(writer.gift(), &row.boundary, writer.engine).is_none()
}

/// A change of a role's boundary or visibility, of a privilege's or a privilege group's visibility.
fn may_change(writer: &Writer<'_>, write: &Row) -> bool {
    let (after, gift, before) = (writer.after(write), writer.gift(), writer.engine);
    match (writer.model.get(&write.key()), write) {
        (Some(Row::Role(old)), Row::Role(new)) => {
            let narrower = new.boundary.is_within(&old.boundary) && new.visibility.is_within(old.visibility);
            narrower || after.shortfall_of_wider_role(gift, &new.id, before).is_none()
        }
        (Some(Row::PrivilegeGroup(_)), Row::PrivilegeGroup(new)) => {
            after.shortfall_of_privilege_group(gift, &new.id, before).is_none()
        }
        (Some(Row::Privilege(old)), Row::Privilege(new)) => {
            // Whether it is object-scoped and whether it is a document is immutable.
            let is_possible =
                old.object_scoped == new.object_scoped && old.document.is_some() == new.document.is_some();
            is_possible && after.shortfall_of_privilege(gift, &new.id, before).is_none()
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn no_escalation_by_giving_a_role((state, giver, writes) in wishes(states::assignments().prop_map(from_now_on))) {
        prop_assert_eq!(try_all(&state, giver, &writes, may_assign), None);
    }

    #[test]
    fn no_escalation_by_listing_a_tenant((state, giver, writes) in wishes(states::listed_tenants())) {
        prop_assert_eq!(try_all(&state, giver, &writes, may_list), None);
    }

    #[test]
    fn no_escalation_by_adding_a_member((state, giver, writes) in wishes(states::new_members())) {
        prop_assert_eq!(try_all(&state, giver, &writes, may_add_member), None);
    }
}

proptest! {
    // Whoever holds the role may reach more, so everybody is asked about.
    #![proptest_config(cases(20))]

    #[test]
    fn no_escalation_by_adding_to_a_role((state, giver, writes) in wishes(states::gifts_of_roles())) {
        prop_assert_eq!(try_all(&state, giver, &writes, may_add_to_role), None);
    }

    #[test]
    fn no_escalation_by_filling_a_privilege_group((state, giver, writes) in wishes(states::held_keys())) {
        prop_assert_eq!(try_all(&state, giver, &writes, may_fill_group), None);
    }

    #[test]
    fn no_escalation_by_changing_a_role_a_privilege_or_a_group((state, giver, writes) in wishes(states::changes())) {
        prop_assert_eq!(try_all(&state, giver, &writes, may_change), None);
    }
}

/// A law about writes that nobody may make, or that give nothing, proves nothing.
#[test]
fn random_writes_are_often_allowed_and_give_something() {
    let mut runner = TestRunner::deterministic();
    let kinds = [
        (wishes(states::assignments().prop_map(from_now_on)).boxed(), may_assign as Judge),
        (wishes(states::new_members()).boxed(), may_add_member),
        (wishes(states::gifts_of_roles()).boxed(), may_add_to_role),
        (wishes(states::held_keys()).boxed(), may_fill_group),
        (wishes(states::changes()).boxed(), may_change),
    ];
    for (strategy, judge) in kinds {
        let useful = Cell::new(0);
        for _ in 0..180 {
            if useful.get() >= 5 {
                break;
            }
            let (state, giver, writes) = strategy.new_tree(&mut runner).unwrap().current();
            try_all(&state, giver, &writes, |writer, write| {
                let is_useful = judge(writer, write) && writer.new_right(write, |_, _| true).is_some();
                useful.set(useful.get() + u32::from(is_useful));
                false
            });
        }
        assert!(useful.get() >= 5, "of 180 states only {} writes are allowed and give something", useful.get());
    }
}

type Judge = fn(&Writer<'_>, &Row) -> bool;

/// What a gift says of the times of an assignment: its end.
fn from_now_on(mut row: Row) -> Row {
    if let Row::Assignment(assignment) = &mut row {
        assignment.start = None;
    }
    row
}

/// Writes that found a gap once.
#[test]
fn no_escalation_by_gifts_that_seem_to_reach_nothing() {
    let people = [
        application("a"),
        tenant("a", "t1", 1, true),
        tenant("a", "t2", 1, true),
        privilege("a", "read", true, true),
        privilege("a", "list", false, true),
        client("x", "a", None, true),
        user("a1", Some("a"), true, true),
        joined("a1", "a", "t1", 1),
        joined("a1", "a", "t2", 1),
        user("a2", Some("a"), true, true),
        role("a/t1/r", Boundary::Application, Visibility::Owner),
        gives("a/t1/r", "read"),
        role("a/own", Boundary::SelfOnly, Visibility::All),
        gives("a/own", "read"),
        gives("a/own", "list"),
    ];
    for (write, why) in [
        (holds_cut("users/a1", "a/t1/r", Some("t2"), (None, None)), "whoever is in both tenants is within both cuts"),
        (holds("users/a2", "a/own"), "who has no tenant any more is still within SELF"),
    ] {
        let state = State(people.to_vec());
        let found = try_all(&state, "clients/x", &State(vec![write]), may_assign);
        assert_eq!(found, None, "{why}");
    }
}
