//! Keys, patterns and exclusions: what a role gives is what its texts say, byte for byte.

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::change::Change;
use bailiwick::domain::decision::Reason;
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;
use bailiwick::engine::{Check, Target};

use super::{Ask, allows, load, small_application};
use crate::states::build::{
    application, at, client, excludes, gives, gives_all, holds, holds_cut, joined, parent, privilege, role, subject,
    tenant, user,
};

/// The keys that a user gets by some elements of the role `a/r`, of those registered.
fn given(elements: &[Row], registered: &[&'static str]) -> Vec<&'static str> {
    let mut rows = small_application();
    rows.extend(registered.iter().map(|key| privilege("a", key, true, true)));
    rows.extend([user("u", Some("a"), false, true), role("a/r", Boundary::Application, Visibility::All)]);
    rows.push(holds("users/u", "a/r"));
    rows.extend(elements.iter().cloned());
    registered.iter().copied().filter(|key| allows(&rows, Ask("a", "users/u", key, ""))).collect()
}

const KEYS: &[&str] = &["read", "readAll", "Read", "a", "aa", "ab", "b:a", "a:b:c", "*", "a*", "?", "é"];

#[test]
fn a_key_gives_neither_its_prefixes_nor_its_extensions_nor_other_cases() {
    assert_eq!(given(&[gives("a/r", "read")], KEYS), ["read"]);
    assert_eq!(given(&[gives("a/r", "readAll")], KEYS), ["readAll"]);
    assert_eq!(given(&[gives("a/r", "Read")], KEYS), ["Read"]);
}

#[test]
fn a_literal_star_in_a_key_is_a_character() {
    assert_eq!(given(&[gives("a/r", "*")], KEYS), ["*"]);
    assert_eq!(given(&[gives("a/r", "a*")], KEYS), ["a*"]);
}

#[test]
fn a_star_in_a_pattern_stands_for_any_run_of_characters_and_nothing_else_does() {
    for (pattern, expected) in [
        ("*", KEYS),
        ("**", KEYS),
        ("a*", &["a", "aa", "ab", "a:b:c", "a*"]),
        ("*a", &["a", "aa", "b:a"]),
        ("*:*", &["b:a", "a:b:c"]),
        ("a*b", &["ab"]),
        ("a:*:c", &["a:b:c"]),
        ("a:*:*:c", &[]),
        ("?", &["?"]),
        ("read", &["read"]),
        ("rea*", &["read", "readAll"]),
        ("*é*", &["é"]),
        ("a*c*b", &[]),
    ] {
        assert_eq!(given(&[gives_all("a/r", pattern)], KEYS), expected, "{pattern}");
    }
}

#[test]
fn a_pattern_gives_keys_that_are_registered_later() {
    let mut rows = small_application();
    rows.extend([user("u", Some("a"), false, true), role("a/r", Boundary::Application, Visibility::All)]);
    rows.extend([gives_all("a/r", "re*"), holds("users/u", "a/r")]);
    let before = load(&rows);
    let after = before.apply(&[Change::insert(privilege("a", "ready", false, true))]);
    let subject = subject("users/u");
    let check = Check { application: "a", subject: (&subject).into(), privilege: "ready", target: Target::Nothing };
    assert_eq!(before.check(&check, at(0)).reason, Reason::PrivilegeUnknown);
    assert_eq!(after.check(&check, at(0)).reason, Reason::RoleAssignment);
}

#[test]
fn an_exclusion_takes_a_key_away_wherever_it_comes_from() {
    let parent_rows = [role("a/p", Boundary::Unset, Visibility::None), gives("a/p", "readAll"), parent("a/r", "a/p")];
    let parent_rows = |more: &[Row]| [&parent_rows[..], more].concat();
    let all = gives_all("a/r", "r*");
    assert_eq!(given(&parent_rows(&[]), KEYS), ["readAll"]);
    assert_eq!(given(&parent_rows(&[excludes("a/r", "read*")]), KEYS), Vec::<&str>::new());
    assert_eq!(given(&parent_rows(&[all.clone(), excludes("a/r", "readAll")]), KEYS), ["read"]);
    assert_eq!(given(&parent_rows(&[all, excludes("a/p", "readAll")]), KEYS), ["read", "readAll"]);
}

#[test]
fn no_wildcard_over_a_products_own_keys_gives_a_right_to_administer() {
    let ours = ["bailiwick:user:read", "bailiwick:role:create"];
    let given = |elements: &[Row]| {
        let mut rows = small_application();
        rows.extend([user("u", Some("a"), false, true), role("a/r", Boundary::Application, Visibility::All)]);
        rows.push(holds("users/u", "a/r"));
        rows.extend(elements.iter().cloned());
        ours.map(|key| allows(&rows, Ask("a", "users/u", key, "")))
    };
    for pattern in ["*", "b*", "bailiwick*", "*:user:*", "*ailiwick:user:read"] {
        assert_eq!(given(&[gives_all("a/r", pattern)]), [false, false], "{pattern}");
    }
    assert_eq!(given(&[gives_all("a/r", "bailiwick:user:*")]), [true, false]);
    assert_eq!(given(&[gives_all("a/r", "bailiwick:*")]), [true, true]);
    assert_eq!(given(&[gives_all("a/r", "bailiwick:*"), excludes("a/r", "*")]), [true, true]);
    assert_eq!(given(&[gives_all("a/r", "bailiwick:*"), excludes("a/r", "bailiwick:role:*")]), [true, false]);
}

#[test]
fn a_predefined_privilege_is_given_only_under_a_boundary_kind_that_it_accepts() {
    for (boundary, expected) in [
        (Boundary::Application, [true, true, true]),
        (Boundary::Tenant, [true, false, true]),
        (Boundary::Unset, [true, false, true]),
        (Boundary::SelfOnly, [true, false, false]),
    ] {
        let mut rows = small_application();
        rows.extend([user("u", Some("a"), true, true), joined("u", "a", "t1", 1)]);
        rows.extend([
            role("a/r", boundary.clone(), Visibility::All),
            gives_all("a/r", "bailiwick:*"),
            holds("users/u", "a/r"),
        ]);
        let given = |key, target| allows(&rows, Ask("a", "users/u", key, target));
        let found = [
            given("bailiwick:user:read", "users/u"),
            given("bailiwick:privilege:register", "applications/a"),
            given("bailiwick:user:delete", "users/u"),
        ];
        assert_eq!(found, expected, "{boundary:?}");
    }
}

#[test]
fn a_privilege_hidden_from_tenants_is_given_by_no_tenants_role_by_whatever_way() {
    let mut rows = small_application();
    rows.extend([privilege("a", "hidden", true, false), user("u", Some("a"), true, true), joined("u", "a", "t1", 1)]);
    rows.extend([role("a/p", Boundary::Application, Visibility::All), gives("a/p", "hidden"), gives("a/p", "read")]);
    rows.extend([role("a/t1/r", Boundary::Application, Visibility::Owner), parent("a/t1/r", "a/p")]);
    rows.push(holds("users/u", "a/t1/r"));
    assert!(allows(&rows, Ask("a", "users/u", "read", "users/u")));
    assert!(!allows(&rows, Ask("a", "users/u", "hidden", "users/u")));
    rows.push(holds("users/u", "a/p"));
    assert!(allows(&rows, Ask("a", "users/u", "hidden", "users/u")));
}

#[test]
fn names_whose_joined_texts_coincide_are_told_apart() {
    let mut rows = vec![application("a:b"), application("a"), privilege("a", "b:c", true, true)];
    rows.extend([privilege("a:b", "c", true, true), tenant("a", "b:t", 1, true), tenant("a:b", "t", 1, true)]);
    rows.extend([client("k", "a", None, true), client("k:l", "a:b", None, true)]);
    rows.extend(["a/b:r", "a:b/r"].map(|name| role(name, Boundary::Application, Visibility::All)));
    rows.extend([gives("a/b:r", "b:c"), holds("clients/k", "a/b:r")]);
    rows.extend([gives("a:b/r", "c"), holds_cut("clients/k:l", "a:b/r", Some("t"), (None, None))]);
    assert!(allows(&rows, Ask("a", "clients/k", "b:c", "tenants/b:t")));
    assert!(allows(&rows, Ask("a:b", "clients/k:l", "c", "tenants/t")));
    for ask in [
        Ask("a:b", "clients/k", "c", "tenants/t"),
        Ask("a", "clients/k:l", "b:c", "tenants/b:t"),
        Ask("a", "clients/k", "c", "tenants/b:t"),
        Ask("a", "clients/k", "b:c", "tenants/t"),
    ] {
        assert!(!allows(&rows, ask), "{ask:?}");
    }
}
