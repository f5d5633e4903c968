//! Foreign resources as targets: where a registered one lives decides who reaches it; of any other nobody knows.

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::change::Change;
use bailiwick::domain::decision::Reason;
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;
use bailiwick::engine::{Check, Target};

use super::{Ask, VECTORS, allows, load, people, reason, small_application};
use crate::model::Model;
use crate::states::build::{
    application, at, client, gives, holds, holds_cut, joined, resource, role, subject, tenant, user,
};

/// An invoice of each tenant of A, one of A itself, and one of another application that A knows nothing of.
fn invoices() -> Vec<Row> {
    let mut rows: Vec<Row> =
        (1..=3).map(|number| resource("A", &format!("invoice/{number}"), Some(&format!("T{number}")), true)).collect();
    rows.extend([resource("A", "invoice/0", None, false), resource("B", "invoice/v", Some("U1"), true)]);
    rows
}

/// What the published vectors say of a person in a tenant, they say of a resource in it; but that nobody is a resource
/// himself, and that what A has not registered is reached by whoever reaches everything.
#[test]
fn the_published_vectors_hold_for_resources() {
    for (holder, asks, name, boundary, expected) in VECTORS {
        let mut rows = people();
        rows.extend(invoices());
        rows.extend([role(name, boundary.clone(), Visibility::All), gives(name, "manage"), holds(holder, name)]);
        let mut expected: Vec<char> = expected.chars().collect();
        if *boundary == Boundary::SelfOnly {
            expected[0] = 'N';
        }
        let unregistered = if expected[4] == 'Y' { 'Y' } else { 'N' };
        expected[3] = unregistered;
        let targets = ["invoice/1", "invoice/2", "invoice/3", "invoice/v", "invoice/0"];
        let found: Vec<char> =
            targets.iter().map(|on| if allows(&rows, Ask("A", asks, "manage", on)) { 'Y' } else { 'N' }).collect();
        assert_eq!(found, expected, "{asks} with {boundary:?} of {name}");
    }
}

/// Somebody of t1 with a TENANT boundary, and a client of the application itself that reaches everything.
fn readers() -> Vec<Row> {
    let mut rows = small_application();
    rows.extend([user("u", Some("a"), true, true), joined("u", "a", "t1", 1), client("c", "a", None, true)]);
    rows.extend([role("a/own", Boundary::Tenant, Visibility::All), gives("a/own", "read"), holds("users/u", "a/own")]);
    rows.extend([role("a/all", Boundary::Application, Visibility::All), gives("a/all", "read")]);
    rows.push(holds("clients/c", "a/all"));
    rows
}

fn both(rows: &[Row], on: &str) -> [bool; 2] {
    ["users/u", "clients/c"].map(|asks| allows(rows, Ask("a", asks, "read", on)))
}

#[test]
fn a_resource_is_reached_where_it_lives_and_only_as_long() {
    let mut rows = readers();
    assert_eq!(both(&rows, "invoice/1"), [false, true], "unregistered");
    for (tenant, level, expected) in [
        (Some("t1"), true, [true, true]),
        (Some("t1"), false, [true, true]),
        (Some("t2"), true, [false, true]),
        (Some("gone"), true, [false, true]),
        (None, true, [false, true]),
        (None, false, [false, true]),
    ] {
        rows.push(resource("a", "invoice/1", tenant, level));
        assert_eq!(both(&rows, "invoice/1"), expected, "{tenant:?} {level}");
        assert_eq!(both(&rows, "invoice/2"), [false, true], "another one");
        assert_eq!(both(&rows, "Invoice/1"), [false, true], "another kind");
        rows.pop();
    }
}

#[test]
fn a_resource_in_a_tenant_that_is_gone_is_in_no_tenant() {
    let mut rows = readers();
    rows.push(resource("a", "invoice/1", Some("t1"), true));
    rows.retain(|row| *row != tenant("a", "t1", 1, true));
    rows.push(tenant("a", "t1", 1, false));
    assert_eq!(both(&rows, "invoice/1"), [false, true]);
}

#[test]
fn a_role_or_an_assignment_of_one_tenant_reaches_the_resources_of_that_tenant() {
    let mut rows = small_application();
    rows.extend([user("u", Some("a"), true, true), joined("u", "a", "t1", 1), joined("u", "a", "t2", 1)]);
    rows.extend([role("a/all", Boundary::Application, Visibility::All), gives("a/all", "read")]);
    rows.extend([role("a/t1/own", Boundary::Application, Visibility::Owner), gives("a/t1/own", "read")]);
    for (name, place) in [("invoice/1", Some("t1")), ("invoice/2", Some("t2")), ("invoice/0", None)] {
        rows.push(resource("a", name, place, place.is_some()));
    }
    let on = ["invoice/1", "invoice/2", "invoice/0", "invoice/unregistered"];
    for (given, expected) in [
        (holds("users/u", "a/all"), [true, true, true, true]),
        (holds_cut("users/u", "a/all", Some("t2"), (None, None)), [false, true, false, false]),
        (holds("users/u", "a/t1/own"), [true, false, false, false]),
        (holds_cut("users/u", "a/t1/own", Some("t2"), (None, None)), [false, false, false, false]),
    ] {
        let rows = [&rows[..], &[given]].concat();
        assert_eq!(on.map(|on| allows(&rows, Ask("a", "users/u", "read", on))), expected);
    }
}

#[test]
fn a_resource_belongs_to_one_application_and_is_unregistered_in_the_others() {
    let mut rows = readers();
    rows.extend([application("b"), tenant("b", "t1", 1, true), resource("b", "invoice/1", Some("t1"), true)]);
    assert_eq!(both(&rows, "invoice/1"), [false, true]);
    // What bears a kind of ours is none of theirs, and there is no way around it.
    assert_eq!(reason(&rows, Ask("a", "clients/c", "read", "resources/invoice/1")), Reason::TargetUnknown);
}

/// Moves, deletions and returns, one change after the other: engine and model agree after each.
#[test]
fn a_moved_resource_is_reached_where_it_is_and_a_deleted_one_as_if_it_never_was() {
    let mut rows = readers();
    let mut engine = load(&rows);
    let mut model = Model::new(rows.iter().cloned());
    rows.push(resource("a", "invoice/1", Some("t1"), true));
    let here = |tenant: Option<&str>| resource("a", "invoice/1", tenant, true);
    let (in_t1, in_t2, lost) = (here(Some("t1")), here(Some("t2")), here(None));
    for (change, expected) in [
        (Change::insert(in_t1.clone()), [true, true]),
        (Change { before: Some(in_t1.clone()), after: Some(in_t2.clone()) }, [false, true]),
        (Change { before: Some(in_t2), after: Some(lost.clone()) }, [false, true]),
        (Change { before: Some(lost), after: Some(in_t1.clone()) }, [true, true]),
        (Change::delete(in_t1.clone()), [false, true]),
        (Change::insert(resource("a", "invoice/1", None, false)), [false, true]),
    ] {
        engine = engine.apply(std::slice::from_ref(&change));
        model.apply(&change);
        let found = ["users/u", "clients/c"].map(|asks| {
            let subject = subject(asks);
            let target = Target::Resource { kind: "invoice", id: "1" };
            let check = Check { application: "a", subject: (&subject).into(), privilege: "read", target };
            let (engine, model) = (engine.check(&check, at(0)), model.check(&check, at(0)));
            assert_eq!(engine, model);
            engine.allowed()
        });
        assert_eq!(found, expected, "{change:?}");
    }
    assert_eq!(engine.counts().resources, 1);
}
