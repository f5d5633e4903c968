//! Decisions as data: the published vectors and the corner cases, asked of the engine and of the model.

#![allow(clippy::indexing_slicing, reason = "a panic is a failed test")]

use bailiwick::domain::boundary::{Boundary, BoundaryKind};
use bailiwick::domain::decision::{Decision, Reason};
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;
use bailiwick::engine::{Check, Target};

use crate::model::Model;
use crate::states::build::{
    application, at, boundary, bounds, client, gives, group, holds, joined, member, named, privilege, role, subject,
    tenant, user,
};
use crate::states::load;

mod bounds;
mod keys;
mod object_limits;
mod objects;
mod own_privileges;
mod places;
mod resources;
mod statement_limits;
mod statements;
mod strange_rows;

/// A question in short texts: application, subject, key, and `kind/id` or nothing.
#[derive(Clone, Copy, Debug)]
struct Ask<'a>(&'a str, &'a str, &'a str, &'a str);

/// The answer at a time, on which engine and model must agree.
fn answer_at(rows: &[Row], Ask(application, name, key, target): Ask<'_>, micros: i64) -> Decision {
    let subject = subject(name);
    let target = target.split_once('/').map_or(Target::Nothing, |(kind, id)| Target::Resource { kind, id });
    let check = Check { application, subject: (&subject).into(), privilege: key, target };
    let engine = load(rows).check(&check, at(micros));
    let model = Model::new(rows.iter().cloned());
    let question = model.question(application, &subject, key);
    let right = question.is_answered_by(engine, target, at(micros));
    assert!(right, "engine {engine:?} and model {:?} on {check:?}", question.answer(target, at(micros)));
    engine
}

fn reason(rows: &[Row], ask: Ask<'_>) -> Reason {
    answer_at(rows, ask, 0).reason
}

fn allows(rows: &[Row], ask: Ask<'_>) -> bool {
    answer_at(rows, ask, 0).allowed()
}

/// An application `a` with two tenants and the privileges `read` (on objects) and `list` (on none).
fn small_application() -> Vec<Row> {
    vec![
        application("a"),
        application("bailiwick"),
        tenant("a", "t1", 1, true),
        tenant("a", "t2", 1, true),
        privilege("a", "read", true, true),
        privilege("a", "list", false, true),
    ]
}

/// Application A with three tenants, application B with one, somebody in each, and a client of A itself.
fn people() -> Vec<Row> {
    let mut rows = vec![application("A"), application("B"), tenant("B", "U1", 1, true), client("c0", "A", None, true)];
    for number in 1..=3 {
        let (name, home) = (format!("u{number}"), format!("T{number}"));
        rows.extend([tenant("A", &home, 1, true), user(&name, Some("A"), true, true), joined(&name, "A", &home, 1)]);
    }
    rows.extend([user("v", Some("B"), true, true), joined("v", "B", "U1", 1)]);
    rows.extend([group("shared"), member("shared", "users/v"), privilege("A", "manage", true, true)]);
    rows
}

/// Whom the role is given to, who asks, the role, its boundary, and the answers on u1, u2, u3, v and c0.
const VECTORS: &[(&str, &str, &str, Boundary, &str)] = &[
    ("users/u1", "users/u1", "A/r", Boundary::Application, "YYYNY"),
    ("users/u1", "users/u1", "A/r", Boundary::Tenant, "YNNNN"),
    ("clients/c0", "clients/c0", "A/r", Boundary::Tenant, "NNNNN"),
    ("users/u1", "users/u1", "A/r", Boundary::SelfOnly, "YNNNN"),
    ("users/u1", "users/u1", "A/r", Boundary::Unset, "YNNNN"),
    ("clients/c0", "clients/c0", "A/r", Boundary::Unset, "YYYNY"),
    ("users/u1", "users/u1", "A/T1/r", Boundary::Application, "YNNNN"),
    ("groups/shared", "users/v", "A/r", Boundary::Application, "NNNNN"),
];

/// The same under a list: its kind, its tenants, and the answers.
const LISTS: &[(&str, BoundaryKind, &[&str], &str)] = &[
    ("users/u1", BoundaryKind::TenantInclusionList, &["T2", "T3"], "NYYNN"),
    ("users/u1", BoundaryKind::TenantInclusionList, &[], "NNNNN"),
    ("users/u1", BoundaryKind::TenantExclusionList, &["T2"], "YNYNY"),
    ("users/u1", BoundaryKind::TenantExclusionList, &["T1"], "NYYNY"),
    ("clients/c0", BoundaryKind::TenantExclusionList, &[], "YYYNY"),
    ("users/u1", BoundaryKind::Custom, &[], "NNNNN"),
];

const TARGETS: [&str; 5] = ["users/u1", "users/u2", "users/u3", "users/v", "clients/c0"];

fn answers(rows: &[Row], asks: &str) -> String {
    TARGETS.iter().map(|on| if allows(rows, Ask("A", asks, "manage", on)) { 'Y' } else { 'N' }).collect()
}

#[test]
fn the_published_vectors_of_lists_hold() {
    for (asks, kind, tenants, expected) in LISTS {
        let mut rows = people();
        rows.extend([boundary("A/list", *kind), role("A/r", named("list"), Visibility::All)]);
        rows.extend(tenants.iter().map(|tenant| bounds("A/list", tenant, 1)));
        rows.extend([gives("A/r", "manage"), holds(asks, "A/r")]);
        assert_eq!(answers(&rows, asks), *expected, "{asks} with {kind:?} {tenants:?}");
    }
    let mut rows = people();
    rows.extend([boundary("A/list", BoundaryKind::TenantInclusionList), bounds("A/list", "T3", 1)]);
    for (name, boundary) in [("A/r", Boundary::Tenant), ("A/s", named("list"))] {
        rows.extend([role(name, boundary, Visibility::All), gives(name, "manage"), holds("users/u1", name)]);
    }
    assert_eq!(answers(&rows, "users/u1"), "YNYNN", "a second role adds to the first");
}

#[test]
fn the_published_vectors_hold() {
    for (holder, asks, name, boundary, expected) in VECTORS {
        let mut rows = people();
        rows.extend([role(name, boundary.clone(), Visibility::All), gives(name, "manage"), holds(holder, name)]);
        assert_eq!(answers(&rows, asks), *expected, "{asks} with {boundary:?} of {name}");
    }
}

#[test]
fn a_second_role_adds_to_the_first_and_takes_nothing_from_it() {
    let mut rows = people();
    rows.extend([role("A/r", Boundary::Tenant, Visibility::All), gives("A/r", "manage"), holds("users/u1", "A/r")]);
    rows.extend([role("A/s", Boundary::SelfOnly, Visibility::All), gives("A/s", "manage"), holds("users/u1", "A/s")]);
    rows.extend([user("w", Some("A"), true, true), joined("w", "A", "T1", 1)]);
    assert!(allows(&rows, Ask("A", "users/u1", "manage", "users/u1")));
    assert!(allows(&rows, Ask("A", "users/u1", "manage", "users/w")));
    assert_eq!(reason(&rows, Ask("A", "users/u1", "manage", "users/u2")), Reason::OutOfReach);
}

#[test]
fn a_disabled_subject_is_denied_before_anything_else() {
    let mut rows = small_application();
    rows.extend([user("u", Some("a"), false, false), role("a/r", Boundary::Application, Visibility::All)]);
    rows.extend([gives("a/r", "read"), holds("users/u", "a/r")]);
    for (asked_in, key) in [("a", "read"), ("a", "nothing"), ("nowhere", "read")] {
        assert_eq!(reason(&rows, Ask(asked_in, "users/u", key, "")), Reason::SubjectDisabled);
    }
}

#[test]
fn whatever_is_unknown_is_denied_by_its_own_reason() {
    let mut rows = small_application();
    rows.extend([application("b"), user("u", Some("a"), false, true), user("other", Some("b"), false, true)]);
    rows.extend([role("a/r", Boundary::Application, Visibility::All), gives("a/r", "read"), gives("a/r", "dropped")]);
    rows.extend(["users/u", "users/other", "users/nobody", "groups/g"].map(|holder| holds(holder, "a/r")));
    rows.push(group("g"));
    for (ask, expected) in [
        (Ask("a", "users/u", "read", "users/u"), Reason::RoleAssignment),
        (Ask("a", "users/nobody", "read", "users/u"), Reason::SubjectUnknown),
        (Ask("a", "users/other", "read", "users/u"), Reason::SubjectUnknown),
        (Ask("a", "groups/g", "read", "users/u"), Reason::SubjectUnknown),
        (Ask("nowhere", "users/u", "read", "users/u"), Reason::ApplicationUnknown),
        (Ask("a", "users/u", "dropped", "users/u"), Reason::PrivilegeUnknown),
        (Ask("a", "users/u", "bailiwick:dropped", "users/u"), Reason::PrivilegeUnknown),
        (Ask("a", "users/u", "read", "users/nobody"), Reason::TargetUnknown),
        (Ask("a", "users/u", "read", "users/other"), Reason::TargetUnknown),
        (Ask("a", "users/u", "read", "scopes/s"), Reason::TargetUnknown),
    ] {
        assert_eq!(reason(&rows, ask), expected, "{ask:?}");
    }
}
