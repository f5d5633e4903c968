//! Where things live, what reaches them there, and what a request without a target needs.

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::decision::Reason;
use bailiwick::domain::predefined;
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::{Row, Stamp};

use super::{Ask, allows, reason, small_application};
use crate::states::build::{
    application, client, gives, gives_all, group, holds, holds_cut, joined, member, resource, role, tenant, user,
};

/// Targets of every kind in the small application, and whether they live in its tenant t1.
const TARGETS: &[(&str, bool)] = &[
    ("tenants/t1", true),
    ("tenants/t1/roles/own", true),
    ("clients/of-t1", true),
    ("users/in-t1", true),
    ("users/in-both", true),
    ("tenants/t2", false),
    ("users/in-t2", false),
    ("users/nowhere", false),
    ("clients/of-a", false),
    ("roles/r", false),
    ("privileges/read", false),
    ("privileges/bailiwick:user:read", false),
    ("permissionBoundaries/tenant", false),
    ("applications/a", false),
    ("invoice/unregistered", false),
    ("invoice/of-t1", true),
    ("invoice/of-t2", false),
    ("invoice/of-a", false),
    ("invoice/lost", false),
];

fn world(boundary: Boundary, cut: Option<&str>) -> Vec<Row> {
    let mut rows = small_application();
    for (name, tenants) in
        [("in-t1", &["t1"][..]), ("in-t2", &["t2"]), ("in-both", &["t1", "t2"]), ("nowhere", &[]), ("asker", &["t1"])]
    {
        rows.push(user(name, Some("a"), !tenants.is_empty(), true));
        rows.extend(tenants.iter().map(|tenant| joined(name, "a", tenant, 1)));
    }
    rows.extend([client("of-t1", "a", Some("t1"), true), client("of-a", "a", None, true)]);
    rows.extend([resource("a", "invoice/of-t1", Some("t1"), true), resource("a", "invoice/of-t2", Some("t2"), true)]);
    rows.extend([resource("a", "invoice/of-a", None, false), resource("a", "invoice/lost", None, true)]);
    rows.extend([role("a/t1/own", Boundary::Unset, Visibility::Owner), role("a/r", boundary, Visibility::All)]);
    rows.extend([gives("a/r", "read"), gives("a/r", "list"), holds_cut("users/asker", "a/r", cut, (None, None))]);
    rows
}

#[test]
fn a_path_that_reaches_everything_reaches_every_kind_of_target() {
    let rows = world(Boundary::Application, None);
    for (target, _) in TARGETS {
        assert!(allows(&rows, Ask("a", "users/asker", "read", target)), "{target}");
    }
    assert!(allows(&rows, Ask("a", "users/asker", "read", "")));
}

#[test]
fn a_boundary_or_an_assignment_of_one_tenant_reaches_what_lives_in_it_and_nothing_else() {
    for (boundary, cut) in [(Boundary::Tenant, None), (Boundary::Unset, None), (Boundary::Application, Some("t1"))] {
        let rows = world(boundary.clone(), cut);
        for (target, in_t1) in TARGETS {
            let found = reason(&rows, Ask("a", "users/asker", "read", target));
            let expected = if *in_t1 { Reason::RoleAssignment } else { Reason::OutOfReach };
            assert_eq!(found, expected, "{boundary:?} cut to {cut:?} on {target}");
        }
    }
}

#[test]
fn without_a_target_an_object_scoped_privilege_needs_a_path_that_reaches_everything() {
    let asks = [Ask("a", "users/asker", "read", ""), Ask("a", "users/asker", "list", "")];
    for (boundary, cut, expected) in [
        (Boundary::Application, None, [Reason::RoleAssignment, Reason::RoleAssignment]),
        (Boundary::Tenant, None, [Reason::ResourceRequired, Reason::RoleAssignment]),
        (Boundary::SelfOnly, None, [Reason::ResourceRequired, Reason::RoleAssignment]),
        (Boundary::Application, Some("t2"), [Reason::ResourceRequired, Reason::RoleAssignment]),
        (Boundary::Tenant, Some("t2"), [Reason::ResourceRequired, Reason::OutOfReach]),
        (Boundary::SelfOnly, Some("t2"), [Reason::ResourceRequired, Reason::OutOfReach]),
        (Boundary::Application, Some("gone"), [Reason::ResourceRequired, Reason::OutOfReach]),
    ] {
        let rows = world(boundary.clone(), cut);
        assert_eq!(asks.map(|ask| reason(&rows, ask)), expected, "{boundary:?} cut to {cut:?}");
    }
}

#[test]
fn what_belongs_to_no_application_is_reached_everywhere_for_giving_roles_and_for_asking() {
    let mut rows = small_application();
    rows.extend([application("b"), user("shared", None, false, true), group("g"), client("c", "a", None, true)]);
    for name in ["a/r", "bailiwick/r"] {
        rows.extend([role(name, Boundary::Application, Visibility::All), holds("clients/c", name)]);
        rows.extend([gives_all(name, "*"), gives_all(name, "bailiwick:*")]);
    }
    for target in ["users/shared", "groups/g"] {
        for (asked_in, key, expected) in [
            ("a", "bailiwick:role:manage-assignments", Reason::RoleAssignment),
            ("a", "bailiwick:permission:check", Reason::RoleAssignment),
            ("b", "bailiwick:permission:check", Reason::RoleAssignment),
            ("a", "bailiwick:user:read", Reason::TargetUnknown),
            ("a", "bailiwick:role-assignment:read", Reason::TargetUnknown),
            ("a", "bailiwick:role:delegate", Reason::TargetUnknown),
            ("a", "read", Reason::TargetUnknown),
            ("bailiwick", "bailiwick:user:read", Reason::RoleAssignment),
            ("bailiwick", "bailiwick:group:read", Reason::RoleAssignment),
        ] {
            assert_eq!(reason(&rows, Ask(asked_in, "clients/c", key, target)), expected, "{key} in {asked_in}");
        }
    }
}

#[test]
fn the_predefined_administrator_may_do_everything_of_ours_and_nothing_else_in_every_application() {
    let mut rows = small_application();
    rows.retain(|row| *row != application("bailiwick"));
    rows.extend(predefined::genesis(&Stamp::default()));
    let admin = "clients/local-administrator";
    for privilege in predefined::PRIVILEGES {
        for asked_in in ["a", "bailiwick"] {
            assert!(allows(&rows, Ask(asked_in, admin, privilege.key, "")), "{}", privilege.key);
        }
        assert!(allows(&rows, Ask("a", admin, privilege.key, "tenants/t1")), "{}", privilege.key);
    }
    assert_eq!(reason(&rows, Ask("a", admin, "read", "")), Reason::NotGranted);
}

#[test]
fn an_application_as_holder_stands_for_its_own_clients_and_not_for_those_of_its_tenants() {
    let mut rows = small_application();
    rows.extend([application("b"), client("own", "a", None, true), client("of-t1", "a", Some("t1"), true)]);
    rows.extend([client("other", "b", None, true), role("a/r", Boundary::Application, Visibility::All)]);
    rows.extend([gives("a/r", "read"), holds("applications/a", "a/r"), user("u", Some("a"), false, true)]);
    for (asks, expected) in [
        ("clients/own", true),
        ("clients/of-t1", false),
        ("clients/other", false),
        ("users/u", false),
        ("applications/a", true),
    ] {
        assert_eq!(allows(&rows, Ask("a", asks, "read", "")), expected, "{asks}");
    }
}

#[test]
fn a_right_reaches_only_what_lives_in_its_roles_application() {
    let mut rows = small_application();
    rows.extend([application("b"), tenant("b", "t1", 1, true), client("c", "a", None, true)]);
    rows.extend([user("u", Some("b"), false, true), role("a/r", Boundary::Application, Visibility::All)]);
    rows.extend([gives_all("a/r", "*"), gives_all("a/r", "bailiwick:*"), holds("clients/c", "a/r")]);
    for key in ["read", "bailiwick:user:read", "bailiwick:permission:check"] {
        assert_eq!(reason(&rows, Ask("a", "clients/c", key, "users/u")), Reason::TargetUnknown, "{key}");
        assert_eq!(reason(&rows, Ask("a", "clients/c", key, "applications/b")), Reason::TargetUnknown, "{key}");
    }
    assert_eq!(reason(&rows, Ask("b", "clients/c", "bailiwick:user:read", "users/u")), Reason::NotGranted);
}

#[test]
fn a_role_that_the_subject_may_not_hold_gives_nothing() {
    let mut rows = small_application();
    rows.extend([
        user("in-t1", Some("a"), true, true),
        joined("in-t1", "a", "t1", 1),
        user("no-tenant", Some("a"), false, true),
    ]);
    rows.extend([group("all"), member("all", "users/in-t1"), member("all", "users/no-tenant")]);
    for (name, visibility, expected) in [
        ("a/r", Visibility::All, [true, true]),
        ("a/r", Visibility::None, [false, true]),
        ("a/r", Visibility::InclusionList, [false, false]),
        ("a/r", Visibility::Owner, [false, false]),
        ("a/t1/r", Visibility::All, [true, false]),
        ("a/t2/r", Visibility::All, [false, false]),
    ] {
        let mut rows = rows.clone();
        rows.extend([role(name, Boundary::Application, visibility), gives(name, "read"), holds("groups/all", name)]);
        let found = ["users/in-t1", "users/no-tenant"].map(|asks| reason(&rows, Ask("a", asks, "read", "users/in-t1")));
        let expected = expected.map(|may| if may { Reason::RoleAssignment } else { Reason::NotAssignable });
        assert_eq!(found, expected, "{name} {visibility:?}");
    }
}
