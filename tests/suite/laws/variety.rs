//! What the random states have, so that laws tried on them prove something: every kind of boundary and every visibility
//! lets something through and keeps something away.

use std::cell::Cell;

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::decision::Reason;
use bailiwick::domain::role::{Role, Visibility};
use bailiwick::domain::row::Row;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::{first, load};
use crate::states;
use crate::states::build::named;

/// Answers in states in which only some roles are held.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    allowed: usize,
    out_of_reach: usize,
    not_assignable: usize,
    /// Denials that met a custom boundary.
    custom: usize,
}

/// Asks everything in random states in which only these roles are held.
fn tally(is_held: impl Fn(&Role) -> bool) -> Tally {
    let mut runner = TestRunner::deterministic();
    let tally = Cell::new(Tally::default());
    for _ in 0..60 {
        let mut rows = states::states().new_tree(&mut runner).unwrap().current().0;
        let roles = rows.iter().filter_map(|row| if let Row::Role(row) = row { Some(row) } else { None });
        let held: Vec<_> = roles.filter(|role| is_held(role)).map(|role| role.id.clone()).collect();
        rows.retain(|row| match row {
            Row::Assignment(row) => held.contains(&row.id.role),
            Row::AssignedPrivilege(_) => false,
            _ => true,
        });
        let engine = load(&rows);
        first((&engine, &engine), &[10], |answer, _| {
            let mut found = tally.get();
            found.allowed += usize::from(answer.allowed());
            found.out_of_reach += usize::from(answer.reason == Reason::OutOfReach);
            found.not_assignable += usize::from(answer.reason == Reason::NotAssignable);
            found.custom += usize::from(answer.custom);
            tally.set(found);
            false
        });
    }
    tally.get()
}

#[test]
fn every_kind_of_boundary_lets_something_through_and_keeps_something_away() {
    let predefined = [Boundary::Unset, Boundary::Application, Boundary::Tenant, Boundary::SelfOnly];
    for boundary in predefined.into_iter().chain(["in", "ex"].map(named)) {
        let found = tally(|role| role.boundary == boundary);
        assert!(found.allowed >= 20 && found.out_of_reach >= 20, "{boundary:?}: {found:?}");
    }
    let custom = tally(|role| role.boundary == named("custom"));
    assert!(custom.allowed == 0 && custom.custom >= 20, "{custom:?}");
}

#[test]
fn every_visibility_lets_somebody_hold_a_role_and_keeps_others_from_it() {
    for visibility in [Visibility::InclusionList, Visibility::None] {
        let found = tally(|role| role.id.tenant.is_none() && role.visibility == visibility);
        // In few states has somebody a tenant that such a role lists, and a privilege by it.
        assert!(found.allowed >= 3 && found.not_assignable >= 20, "{visibility:?}: {found:?}");
    }
    let of_tenants = tally(|role| role.id.tenant.is_some());
    assert!(of_tenants.allowed >= 20 && of_tenants.not_assignable >= 20, "{of_tenants:?}");
    let nobodys = tally(|role| role.id.tenant.is_none() && role.visibility == Visibility::Owner);
    assert!(nobodys.allowed == 0 && nobodys.not_assignable >= 20, "{nobodys:?}");
}
