//! Rows that no write of the product makes, put in behind its back: none of them ever allows.

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::change::Change;
use bailiwick::domain::decision::Reason;
use bailiwick::domain::predefined;
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::{Row, Stamp};

use super::{Ask, allows, load, reason, small_application};
use crate::model::Model;
use crate::states::build::{
    application, at, client, gives, gives_all, group, holds, holds_cut, joined, member, parent, privilege, role,
    tenant, user, visible,
};

fn reader(boundary: Boundary) -> Vec<Row> {
    let mut rows = small_application();
    rows.extend([role("a/r", boundary, Visibility::All), gives("a/r", "read"), gives("a/r", "list")]);
    rows
}

#[test]
fn a_client_whose_application_is_missing_is_itself_missing() {
    let mut rows = reader(Boundary::Application);
    rows.extend([client("orphan", "gone", None, true), holds("clients/orphan", "a/r")]);
    assert_eq!(reason(&rows, Ask("a", "clients/orphan", "read", "")), Reason::SubjectUnknown);
    rows.push(application("gone"));
    assert!(allows(&rows, Ask("a", "clients/orphan", "read", "")));
}

#[test]
fn a_role_whose_application_is_missing_gives_nothing() {
    let mut rows = small_application();
    rows.extend([role("bailiwick/r", Boundary::Application, Visibility::All), gives_all("bailiwick/r", "bailiwick:*")]);
    rows.extend([client("c", "a", None, true), holds("clients/c", "bailiwick/r")]);
    assert!(allows(&rows, Ask("a", "clients/c", "bailiwick:user:read", "")));
    rows.retain(|row| *row != application("bailiwick"));
    assert!(!allows(&rows, Ask("a", "clients/c", "bailiwick:user:read", "")));
}

#[test]
fn a_tenant_whose_application_is_missing_is_shared_by_nobody() {
    let mut rows = reader(Boundary::Tenant);
    rows.extend([tenant("gone", "t", 1, true), user("u", None, true, true), joined("u", "gone", "t", 1)]);
    rows.push(holds("users/u", "a/r"));
    assert!(!allows(&rows, Ask("a", "users/u", "list", "")));
}

#[test]
fn an_application_is_no_member_of_a_group() {
    let mut rows = reader(Boundary::Application);
    rows.extend([group("g"), member("g", "applications/a"), holds("groups/g", "a/r"), client("c", "a", None, true)]);
    assert!(!allows(&rows, Ask("a", "applications/a", "read", "")));
    assert!(!allows(&rows, Ask("a", "clients/c", "read", "")));
}

#[test]
fn a_user_shares_no_tenant_of_an_application_that_is_not_its_own() {
    let mut rows = reader(Boundary::Tenant);
    rows.extend([application("b"), tenant("b", "t1", 1, true), user("u", Some("a"), true, true)]);
    rows.extend([joined("u", "b", "t1", 1), holds("users/u", "a/r")]);
    assert!(!allows(&rows, Ask("a", "users/u", "read", "users/u")));
    assert!(!allows(&rows, Ask("a", "users/u", "list", "")));
}

#[test]
fn who_joined_a_tenant_is_tenant_level_whatever_its_row_says() {
    let mut rows = reader(Boundary::Unset);
    rows.extend([user("u", Some("a"), false, true), joined("u", "a", "t1", 1), holds("users/u", "a/r")]);
    assert!(allows(&rows, Ask("a", "users/u", "read", "users/u")));
    assert_eq!(reason(&rows, Ask("a", "users/u", "read", "tenants/t2")), Reason::OutOfReach);
}

#[test]
fn a_membership_without_an_incarnation_is_in_no_incarnation() {
    let mut rows = reader(Boundary::Tenant);
    rows.extend([user("u", Some("a"), true, true), joined("u", "a", "t1", 0), holds("users/u", "a/r")]);
    rows.extend([role("a/seen", Boundary::Application, Visibility::InclusionList), visible("a/seen", "t1", 0)]);
    rows.extend([gives("a/seen", "read"), holds("users/u", "a/seen")]);
    assert!(!allows(&rows, Ask("a", "users/u", "read", "users/u")));
}

#[test]
fn a_registered_privilege_under_our_own_prefix_is_none() {
    let mut rows = reader(Boundary::Application);
    rows.extend([privilege("a", "bailiwick:extra", true, true), privilege("a", "bailiwick:user:read", false, true)]);
    rows.extend([gives("a/r", "bailiwick:extra"), gives("a/r", "bailiwick:user:read")]);
    rows.extend([user("u", Some("a"), true, true), joined("u", "a", "t1", 1), holds("users/u", "a/r")]);
    assert_eq!(reason(&rows, Ask("a", "users/u", "bailiwick:extra", "")), Reason::PrivilegeUnknown);
    assert!(allows(&rows, Ask("a", "users/u", "bailiwick:user:read", "users/u")));
}

#[test]
fn one_owner_a_role_inherits_nothing_from_another_tenants() {
    let mut rows = reader(Boundary::Application);
    rows.extend([
        role("a/t1/strong", Boundary::Application, Visibility::All),
        role("a/q", Boundary::Application, Visibility::All),
    ]);
    rows.extend([gives("a/t1/strong", "read"), parent("a/q", "a/t1/strong"), client("c", "a", None, true)]);
    rows.extend([holds("clients/c", "a/q"), role("a/t2/weak", Boundary::Application, Visibility::All)]);
    rows.extend([
        parent("a/t2/weak", "a/t1/strong"),
        client("d", "a", Some("t2"), true),
        holds("clients/d", "a/t2/weak"),
    ]);
    assert!(!allows(&rows, Ask("a", "clients/c", "read", "tenants/t1")));
    assert!(!allows(&rows, Ask("a", "clients/d", "read", "tenants/t2")));
}

#[test]
fn restrictions_to_two_tenants_intersect() {
    let mut rows = small_application();
    rows.extend([role("a/t1/r", Boundary::Application, Visibility::Owner), gives("a/t1/r", "read")]);
    rows.push(gives("a/t1/r", "list"));
    for (name, homes) in [("one", &["t1"][..]), ("other", &["t2"]), ("both", &["t1", "t2"])] {
        rows.push(user(name, Some("a"), true, true));
        rows.extend(homes.iter().map(|home| joined(name, "a", home, 1)));
    }
    rows.push(holds_cut("users/one", "a/t1/r", Some("t2"), (None, None)));
    let found = ["users/one", "users/other", "users/both"].map(|on| allows(&rows, Ask("a", "users/one", "read", on)));
    assert_eq!(found, [false, false, true]);
    assert!(allows(&rows, Ask("a", "users/one", "list", "")), "so the path can hold some target");
}

#[test]
fn rows_that_name_what_is_missing_give_nothing() {
    let mut rows = reader(Boundary::Application);
    rows.extend([user("u", Some("a"), false, true), holds("users/u", "a/missing"), gives("a/missing", "read")]);
    rows.extend([
        member("missing", "users/u"),
        holds("groups/missing", "a/r"),
        role("a/q", Boundary::Application, Visibility::All),
    ]);
    rows.extend([parent("a/q", "a/missing"), holds("users/u", "a/q"), gives("a/q", "unregistered")]);
    assert_eq!(reason(&rows, Ask("a", "users/u", "read", "")), Reason::NotGranted);
    assert_eq!(reason(&rows, Ask("a", "users/u", "unregistered", "")), Reason::PrivilegeUnknown);
}

#[test]
fn nobody_administers_by_a_role_or_an_application_that_is_missing() {
    let rows = predefined::genesis(&Stamp::default());
    let administered = |rows: &[Row]| {
        let engine = load(rows).has_administrator(at(0));
        assert_eq!(engine, Model::new(rows.iter().cloned()).has_administrator(at(0)));
        engine
    };
    assert!(administered(&rows));
    for kind in 0..rows.len() {
        let mut rows = rows.clone();
        let row = rows.remove(kind);
        // Who holds it is the question, not what it gives.
        let is_element = matches!(row, Row::RoleElement(_));
        assert_eq!(administered(&rows), is_element, "{row:?}");
        let deleted = load(&[&rows[..], std::slice::from_ref(&row)].concat()).apply(&[Change::delete(row)]);
        assert_eq!(deleted.has_administrator(at(0)), is_element);
    }
}
