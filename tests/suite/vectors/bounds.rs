//! Limits and bounds: times, depths, cycles, recycled ids. At the limit, and one past it.

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::decision::Reason;
use bailiwick::domain::limit::{GROUP_DEPTH_MAX, ROLE_DEPTH_MAX};
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;

use super::{Ask, allows, answer_at, reason, small_application};
use crate::states::build::{at, gives, group, holds, holds_cut, joined, member, parent, role, tenant, user, visible};

const READ: Ask<'_> = Ask("a", "users/u", "read", "users/u");

/// The small application with a user of it and a role that gives `read` on everything.
fn with_reader() -> Vec<Row> {
    let mut rows = small_application();
    rows.extend([user("u", Some("a"), false, true), role("a/r", Boundary::Application, Visibility::All)]);
    rows.push(gives("a/r", "read"));
    rows
}

#[test]
fn an_assignment_begins_at_its_start_and_is_over_at_its_end() {
    let mut rows = with_reader();
    rows.push(holds_cut("users/u", "a/r", None, (Some(1_000), Some(2_000))));
    for (now, expected, until) in [
        (999, Reason::NotValidNow, Some(1_000)),
        (1_000, Reason::RoleAssignment, Some(2_000)),
        (1_999, Reason::RoleAssignment, Some(2_000)),
        (2_000, Reason::NotValidNow, None),
        (2_001, Reason::NotValidNow, None),
    ] {
        let found = answer_at(&rows, READ, now);
        assert_eq!((found.reason, found.valid_until), (expected, until.map(at)), "at {now}");
    }
}

#[test]
fn an_answer_holds_as_long_as_the_last_path_that_allows_whatever_the_order_of_the_paths() {
    let mut rows = with_reader();
    rows.extend([role("a/q", Boundary::Application, Visibility::All), gives("a/q", "read")]);
    rows.push(holds_cut("users/u", "a/r", None, (None, Some(10))));
    rows.push(holds_cut("users/u", "a/q", None, (None, Some(20))));
    assert_eq!(answer_at(&rows, READ, 0).valid_until, Some(at(20)));
    rows.reverse();
    assert_eq!(answer_at(&rows, READ, 0).valid_until, Some(at(20)));
    rows.push(holds_cut("users/u", "a/r", Some("t1"), (None, None)));
    assert_eq!(answer_at(&rows, READ, 0).valid_until, Some(at(20)), "a path that does not hold the target");
}

#[test]
fn an_assignment_that_ends_before_it_begins_is_never_valid() {
    let mut rows = with_reader();
    rows.push(holds_cut("users/u", "a/r", None, (Some(20), Some(10))));
    for now in [5, 10, 15, 20, 25] {
        let found = answer_at(&rows, READ, now);
        assert_eq!((found.reason, found.valid_until), (Reason::NotValidNow, None), "at {now}");
    }
}

/// The groups `g1`, `g2`, …, each a member of the next.
fn chain(length: usize) -> Vec<Row> {
    let name = |number: usize| format!("g{number}");
    let groups = (1..=length).map(|number| group(&name(number)));
    let links = (1..length).map(|number| member(&name(number + 1), &format!("groups/{}", name(number))));
    groups.chain(links).chain([member("g1", "users/u")]).collect()
}

#[test]
fn a_chain_of_as_many_groups_as_allowed_gives_and_one_more_does_not() {
    for (length, expected) in [(1, true), (GROUP_DEPTH_MAX, true), (GROUP_DEPTH_MAX + 1, false)] {
        let mut rows = with_reader();
        rows.extend(chain(length));
        rows.push(holds(&format!("groups/g{length}"), "a/r"));
        assert_eq!(allows(&rows, READ), expected, "{length} groups");
    }
}

#[test]
fn a_chain_through_a_group_that_is_missing_gives_nothing() {
    let mut rows = with_reader();
    rows.extend(chain(3));
    rows.push(holds("groups/g3", "a/r"));
    assert!(allows(&rows, READ));
    rows.retain(|row| *row != group("g2"));
    assert!(!allows(&rows, READ));
}

#[test]
fn acyclic_groups_found_in_a_cycle_terminate_and_change_nothing_outside() {
    for length in [1, 2, 3, 1_000] {
        let mut rows = with_reader();
        rows.extend(chain(length));
        rows.push(member("g1", &format!("groups/g{length}")));
        rows.extend([group("outside"), user("other", Some("a"), false, true), member("outside", "users/other")]);
        rows.extend([role("a/q", Boundary::Application, Visibility::All), gives("a/q", "list")]);
        rows.extend([holds("groups/g1", "a/r"), holds("groups/outside", "a/q")]);
        assert!(allows(&rows, READ), "{length}: who is in the cycle has what it gives");
        assert!(!allows(&rows, Ask("a", "users/other", "read", "users/u")), "{length}: who is outside has not");
        assert!(allows(&rows, Ask("a", "users/other", "list", "")), "{length}: and loses nothing");
        assert!(!allows(&rows, Ask("a", "users/u", "list", "")), "{length}");
    }
}

#[test]
fn a_role_inherits_over_as_many_steps_as_allowed_and_not_over_one_more() {
    for (steps, expected) in [(0, true), (ROLE_DEPTH_MAX, true), (ROLE_DEPTH_MAX + 1, false)] {
        let mut rows = small_application();
        rows.push(user("u", Some("a"), false, true));
        let name = |number: usize| format!("a/r{number}");
        rows.extend((0..=steps).map(|number| role(&name(number), Boundary::Application, Visibility::All)));
        rows.extend((0..steps).map(|number| parent(&name(number), &name(number + 1))));
        rows.extend([gives(&name(steps), "read"), holds("users/u", "a/r0")]);
        assert_eq!(allows(&rows, READ), expected, "{steps} steps");
    }
}

#[test]
fn acyclic_roles_found_in_a_cycle_terminate_and_change_nothing_outside() {
    for length in [1, 2, 3, 100] {
        let mut rows = with_reader();
        let name = |number: usize| format!("a/r{}", number % length);
        rows.extend((0..length).map(|number| role(&name(number), Boundary::Application, Visibility::All)));
        rows.extend((0..length).map(|number| parent(&name(number), &name(number + 1))));
        rows.extend([gives("a/r0", "list"), holds("users/u", &name(length - 1)), parent("a/r", "a/r0")]);
        rows.extend([user("other", Some("a"), false, true), holds("users/other", "a/r")]);
        assert!(allows(&rows, Ask("a", "users/u", "list", "")), "{length}: who is in the cycle shares");
        assert!(!allows(&rows, READ), "{length}: nothing comes up from below the cycle");
        assert!(allows(&rows, Ask("a", "users/other", "read", "users/u")), "{length}: below it nothing is lost");
    }
}

#[test]
fn a_tenant_created_again_is_another_to_memberships_and_inclusion_lists() {
    let rows = |incarnation, live| {
        let mut rows = small_application();
        rows.retain(|row| *row != tenant("a", "t1", 1, true));
        rows.push(tenant("a", "t1", incarnation, live));
        rows.extend(["u", "w"].map(|name| user(name, Some("a"), true, true)));
        rows.extend([joined("u", "a", "t1", 1), joined("w", "a", "t1", 1)]);
        rows.extend([role("a/r", Boundary::Tenant, Visibility::All), gives("a/r", "read"), holds("users/u", "a/r")]);
        rows.extend([role("a/seen", Boundary::Application, Visibility::InclusionList), visible("a/seen", "t1", 1)]);
        rows.extend([gives("a/seen", "list"), holds("users/u", "a/seen")]);
        rows
    };
    for (incarnation, live, expected) in [(1, true, true), (1, false, false), (2, true, false), (2, false, false)] {
        let rows = rows(incarnation, live);
        let found = [READ, Ask("a", "users/u", "read", "users/w"), Ask("a", "users/u", "list", "")];
        assert_eq!(found.map(|ask| allows(&rows, ask)), [expected; 3], "#{incarnation}, live: {live}");
    }
    let mut again = rows(2, true);
    again.push(visible("a/r", "t1", 2));
    again.extend([user("new", Some("a"), true, true), joined("new", "a", "t1", 2), holds("users/new", "a/seen")]);
    assert!(!allows(&again, Ask("a", "users/new", "list", "")), "the list names the tenant that died");
}

#[test]
fn who_lost_every_tenant_is_not_application_level_again() {
    let mut rows = small_application();
    rows.extend([user("u", Some("a"), true, true), role("a/r", Boundary::Unset, Visibility::All)]);
    rows.extend([gives("a/r", "read"), holds("users/u", "a/r")]);
    assert_eq!(reason(&rows, READ), Reason::OutOfReach);
    rows.extend([role("a/q", Boundary::Application, Visibility::None), gives("a/q", "read"), holds("users/u", "a/q")]);
    assert!(!allows(&rows, READ), "visibility NONE is for who is application-level");
}
