//! Lowering a boundary takes away and never gives: another boundary that is within the one before, a list that includes
//! less, a list that excludes more.

use std::collections::BTreeMap;

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::change::Change;
use bailiwick::domain::role::Role;
use bailiwick::domain::row::{Key, Row};
use bailiwick::engine::Snapshot;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{cases, load, lost, put, widened};
use crate::states;
use crate::states::State;
use crate::states::build::named;

/// Boundaries that something is above. One that does not exist holds nothing, as a custom one.
fn lower_ones() -> impl Strategy<Value = Boundary> {
    let named = ["in", "ex", "custom", "gone"].map(named);
    select([&[Boundary::Unset, Boundary::Tenant, Boundary::SelfOnly], &named[..]].concat())
}

/// Whether whatever is within the one boundary is within the other, for every subject.
fn is_lower(lower: &Boundary, boundary: &Boundary) -> bool {
    use Boundary::{Application, Named, SelfOnly, Tenant, Unset};
    let holds_nothing =
        |boundary: &Boundary| matches!(boundary, Named(id) if ["custom", "gone"].contains(&id.as_str()));
    (holds_nothing(lower) && lower != boundary)
        || matches!((lower, boundary), (Unset | Tenant | SelfOnly | Named(_), Application) | (Tenant, Unset))
}

/// The state with a lower boundary on one of the roles that have a higher one.
fn with_lower(State(rows): &State, before: &Snapshot, lower: &Boundary, which: Index) -> Option<Snapshot> {
    let roles = rows.iter().filter_map(|row| if let Row::Role(row) = row { Some(row) } else { None });
    let higher: Vec<&Role> = roles.filter(|role| is_lower(lower, &role.boundary)).collect();
    let role = higher.get(which.index(higher.len().max(1)))?;
    let role = Role { boundary: lower.clone(), ..(*role).clone() };
    Some(put(before, rows, [Row::Role(role)]))
}

/// The state with some of the tenants that are included not listed any more.
fn with_fewer(State(rows): &State, before: &Snapshot, which: u8) -> Snapshot {
    let included = |row: &&Row| matches!(row, Row::BoundaryTenant(_)) && !states::is_exclusion(row);
    let some = rows.iter().filter(included).enumerate().filter(|(number, _)| which >> (number % 8) & 1 == 0);
    let changes: Vec<Change> = some.map(|(_, row)| Change { before: Some(row.clone()), after: None }).collect();
    before.apply(&changes)
}

/// The state with more tenants excluded.
fn with_more(State(rows): &State, before: &Snapshot, more: Vec<Row>) -> Snapshot {
    let more: BTreeMap<Key, Row> = more.into_iter().map(|row| (row.key(), row)).collect();
    put(before, rows, more.into_values())
}

proptest! {
    #![proptest_config(cases(30))]

    #[test]
    fn m12_lowering_a_boundary_only_turns_allow_into_deny(
        (state, lower, which) in (states::states(), lower_ones(), any::<Index>()),
    ) {
        let before = load(&state.0);
        let after = with_lower(&state, &before, &lower, which);
        prop_assume!(after.is_some());
        prop_assert_eq!(after.and_then(|after| widened(&before, &after)), None);
    }

    #[test]
    fn m12_including_less_or_excluding_more_only_turns_allow_into_deny(
        (state, more, which) in (states::states(), vec(states::excluded_tenants(), 1..4), any::<u8>()),
    ) {
        let before = load(&state.0);
        prop_assert_eq!(widened(&before, &with_more(&state, &before, more)), None);
        prop_assert_eq!(widened(&before, &with_fewer(&state, &before, which)), None);
    }
}

/// A law about boundaries that are lowered and take nothing away proves nothing.
#[test]
fn random_boundaries_often_take_something_away_when_they_are_lowered() {
    let mut runner = TestRunner::deterministic();
    let (mut lowered, mut excluded, mut fewer) = (0, 0, 0);
    for _ in 0..60 {
        let wishes = (states::states(), lower_ones(), any::<Index>(), vec(states::excluded_tenants(), 1..4));
        let (state, lower, which, more) = wishes.new_tree(&mut runner).unwrap().current();
        let before = load(&state.0);
        let takes = |after: &Snapshot| u32::from(lost(&before, after).is_some());
        lowered += with_lower(&state, &before, &lower, which).map_or(0, |after| takes(&after));
        excluded += takes(&with_more(&state, &before, more));
        fewer += takes(&with_fewer(&state, &before, 0));
    }
    println!("{lowered} lowered, {excluded} excluded, {fewer} fewer");
    assert!(lowered.min(excluded).min(fewer) >= 3, "{lowered} lowered, {excluded} excluded, {fewer} fewer");
}
