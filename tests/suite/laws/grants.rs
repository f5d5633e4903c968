//! Giving more gives no less, and the same access written in another way is the same access.

use std::collections::BTreeMap;

use bailiwick::domain::name::{AssignmentName, RoleId, Subject};
use bailiwick::domain::role::RoleElement;
use bailiwick::domain::row::{Key, Row};
use bailiwick::engine::Snapshot;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{cases, changed, load, lost, put, widened};
use crate::model::Model;
use crate::states;
use crate::states::State;
use crate::states::build::{id, owned_by, owner};

/// Some rows that only add, among them tenants that a boundary includes.
fn gifts() -> impl Strategy<Value = Vec<Row>> {
    vec(prop_oneof![8 => states::grants(), 2 => states::included_tenants()], 1..6)
}

/// The state with the rows of which it has none.
fn with(State(rows): &State, before: &Snapshot, gifts: Vec<Row>) -> Snapshot {
    let taken = |row: &Row| rows.iter().any(|old| old.key() == row.key());
    let new: BTreeMap<Key, Row> = gifts.into_iter().filter(|row| !taken(row)).map(|row| (row.key(), row)).collect();
    put(before, rows, new.into_values())
}

proptest! {
    #![proptest_config(cases(25))]

    #[test]
    fn m1_adding_grants_never_removes_an_allow(state in states::states(), gifts in gifts()) {
        let before = load(&state.0);
        prop_assert_eq!(lost(&before, &with(&state, &before, gifts)), None);
    }

    #[test]
    fn m2_adding_a_row_again_changes_nothing(state in states::states(), which in any::<Index>()) {
        let before = load(&state.0);
        let again = state.0.get(which.index(state.0.len().max(1))).cloned();
        prop_assert_eq!(changed(&before, &put(&before, &state.0, again)), None);
    }

    #[test]
    fn m4_replacing_a_group_by_its_members_changes_no_answer(
        state in states::states(),
        group in proptest::sample::select(states::GROUPS),
    ) {
        let rows = without_group(&state.0, &Subject::Group(id(group)));
        prop_assert_eq!(changed(&load(&state.0), &load(&rows)), None);
    }

    #[test]
    fn m5_splitting_a_role_in_two_changes_no_answer(
        state in states::states(),
        role in proptest::sample::select(states::ROLES),
        halves in any::<u64>(),
    ) {
        let rows = split(&state.0, &states::build::role_id(role), halves);
        prop_assert_eq!(changed(&load(&state.0), &load(&rows)), None);
    }
}

/// A law about grants that give nothing, and about groups that hold nothing, proves nothing.
#[test]
fn random_grants_and_groups_often_give_something() {
    let mut runner = TestRunner::deterministic();
    let (mut useful, mut included, mut held) = (0, 0, 0);
    for number in 0..60 {
        let wishes = (states::states(), gifts(), vec(states::included_tenants(), 3));
        let (state, gifts, listed) = wishes.new_tree(&mut runner).unwrap().current();
        let before = load(&state.0);
        let gives = |gifts| u32::from(widened(&before, &with(&state, &before, gifts)).is_some());
        (useful, included) = (useful + gives(gifts), included + gives(listed));
        let group = Subject::Group(id(states::GROUPS[number % states::GROUPS.len()]));
        let mut rows = without_group(&state.0, &group);
        rows.retain(|row| state.0.contains(row));
        held += u32::from(lost(&before, &load(&rows)).is_some());
    }
    println!("{useful} gifts, {included} lists of tenants, {held} groups");
    assert!(useful.min(included).min(held) >= 3, "{useful} gifts, {included} lists of tenants, {held} groups");
}

/// The rows, with what a group holds held by its members instead; what a member holds already with other times
/// cannot be written twice, and stays with the group.
fn without_group(rows: &[Row], group: &Subject) -> Vec<Row> {
    let model = Model::new(rows.iter().cloned());
    let people = model.rows().filter_map(|row| match row {
        Row::User(user) => Some(Subject::User(user.id.clone())),
        Row::Client(client) => Some(Subject::Client(client.id.clone())),
        _ => None,
    });
    let members: Vec<Subject> = people.filter(|subject| model.holders(subject).contains(group)).collect();
    let (mut rewritten, mut copied) = (Vec::new(), Vec::new());
    for row in rows {
        let Row::Assignment(assignment) = row else {
            rewritten.push(row.clone());
            continue;
        };
        let mut copies: Vec<_> = members.iter().map(|_| assignment.clone()).collect();
        copies.iter_mut().zip(&members).for_each(|(copy, member)| copy.id.holder = member.clone());
        let taken = |key: &Key| model.get(key).is_some();
        if assignment.id.holder != *group || copies.iter().any(|copy| taken(&Key::Assignment(copy.id.clone()))) {
            rewritten.push(row.clone());
        } else {
            copied.extend(copies.iter().map(|copy| (assignment.id.name(), copy.id.name())));
            rewritten.extend(copies.into_iter().map(Row::Assignment));
        }
    }
    with_own(&rewritten, &copied)
}

/// The rows, with what belongs to the first assignment of each pair belonging to the second as well, and nothing else.
fn with_own(rows: &[Row], pairs: &[(AssignmentName, AssignmentName)]) -> Vec<Row> {
    let is_copy = |row: &&Row| owner(row).is_some_and(|name| pairs.iter().any(|(_, copy)| copy == name));
    let mut rewritten: Vec<Row> = rows.iter().filter(|row| !is_copy(row)).cloned().collect();
    for (name, copy) in pairs {
        let own = rows.iter().filter(|row| owner(row) == Some(name));
        rewritten.extend(own.map(|row| owned_by(row.clone(), copy)));
    }
    rewritten
}

/// The rows, with one role as two: each has some of what it gives and all that it excludes, and whoever had it has
/// both.
fn split(rows: &[Row], role: &RoleId, halves: u64) -> Vec<Row> {
    let other = RoleId { role: id("other-half"), ..role.clone() };
    let (mut rewritten, mut copied) = (Vec::new(), Vec::new());
    for (number, row) in rows.iter().enumerate() {
        let second = second_of(row, role, &other);
        match row {
            Row::RoleElement(element) if element.role == *role && is_gift(&element.element) => {
                // What it gives goes to one half, by a bit that is as good as random.
                let kept = if halves >> (number % 64) & 1 == 0 { Some(row.clone()) } else { second };
                let kept: Vec<Row> = kept.into_iter().collect();
                rewritten.extend(kept.iter().filter_map(|row| with_other_parent(row, role, &other)));
                rewritten.extend(kept);
            }
            _ => {
                if let (Row::Assignment(first), Some(Row::Assignment(second))) = (row, &second) {
                    copied.push((first.id.name(), second.id.name()));
                }
                rewritten.extend(with_other_parent(row, role, &other));
                rewritten.extend(second);
                rewritten.push(row.clone());
            }
        }
    }
    with_own(&rewritten, &copied)
}

fn is_gift(element: &RoleElement) -> bool {
    !matches!(element, RoleElement::Exclusion(_) | RoleElement::VisibleTenant(_))
}

/// A row of the role, as the row of the other half; `None` for rows of anything else.
fn second_of(row: &Row, role: &RoleId, other: &RoleId) -> Option<Row> {
    let mut row = row.clone();
    let of = match &mut row {
        Row::Role(row) => &mut row.id,
        Row::RoleElement(row) => &mut row.role,
        Row::Assignment(row) => &mut row.id.role,
        _ => return None,
    };
    let found = of == role;
    *of = other.clone();
    found.then_some(row)
}

/// Of a row that makes the role a parent, the one that makes the other half one.
fn with_other_parent(row: &Row, role: &RoleId, other: &RoleId) -> Option<Row> {
    let Row::RoleElement(row) = row else { return None };
    (row.element.parent_of(&row.role).as_ref() == Some(role)).then(|| {
        let mut row = row.clone();
        row.element = RoleElement::Parent { tenant: other.tenant.clone(), role: other.role.clone() };
        Row::RoleElement(row)
    })
}
