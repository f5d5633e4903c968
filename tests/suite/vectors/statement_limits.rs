//! Documents at their limits and one beyond, and such as nobody could write: what is malformed allows nothing.

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::decision::Reason;
use bailiwick::domain::limit::{DOCUMENT_STATEMENTS_MAX, STATEMENT_ACTIONS_MAX, STATEMENT_SCOPES_MAX};
use bailiwick::domain::policy::Statement;
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;

use super::{Ask, allows, reason, small_application};
use crate::states::build::{document, gives, has_itself, holds, privilege, role, statement, user};

/// Whoever has a document by a role, and by itself.
fn with(statements: Vec<Statement>) -> Vec<Row> {
    let mut rows = small_application();
    rows.extend([privilege("a", "x:do", true, true), document("a", "doc", statements)]);
    rows.extend([user("u", Some("a"), false, true), user("w", Some("a"), false, true), has_itself("w", "a", "doc")]);
    rows.extend([role("a/r", Boundary::Application, Visibility::All), gives("a/r", "doc"), holds("users/u", "a/r")]);
    rows
}

/// Whether the first, and so the second, may do something.
fn gives_it(statements: Vec<Statement>) -> bool {
    let rows = with(statements);
    let found = ["users/u", "users/w"].map(|name| allows(&rows, Ask("a", name, "x:do", "thing/1")));
    assert_eq!(found[0], found[1], "a role and the user's own");
    found[0]
}

/// The text, and others up to so many.
fn among(text: &str, prefix: &str, count: usize) -> Vec<String> {
    (1..count).map(|number| format!("{prefix}{number}")).chain([text.to_owned()]).collect()
}

#[test]
fn a_document_of_more_statements_than_allowed_gives_nothing() {
    for (count, expected) in [(1, true), (DOCUMENT_STATEMENTS_MAX, true), (DOCUMENT_STATEMENTS_MAX + 1, false)] {
        let others = (1..count).map(|number| statement(&["x:other"], &[format!("k/{number}")]));
        let statements: Vec<Statement> = others.chain([statement(&["x:do"], &["*"])]).collect();
        assert_eq!(statements.len(), count);
        assert_eq!(gives_it(statements), expected, "{count} statements");
    }
}

#[test]
fn a_statement_of_more_actions_or_scopes_than_allowed_gives_nothing_and_the_others_do() {
    for (actions, scopes, expected) in [
        (STATEMENT_ACTIONS_MAX, STATEMENT_SCOPES_MAX, true),
        (STATEMENT_ACTIONS_MAX + 1, 1, false),
        (1, STATEMENT_SCOPES_MAX + 1, false),
    ] {
        let long = statement(&among("x:do", "x:", actions), &among("thing/1", "k/", scopes));
        assert_eq!(gives_it(vec![long.clone()]), expected, "{actions} actions, {scopes} scopes");
        assert!(gives_it(vec![long, statement(&["x:do"], &["*"])]));
    }
}

#[test]
fn what_nobody_could_write_gives_nothing() {
    for (statements, why) in [
        (vec![statement(&["x:do", "y:do"], &["*"])], "two classes"),
        (vec![statement(&["*"], &["thing/1"])], "every action on one thing"),
        (vec![statement(&["x:do"], &[] as &[&str])], "no scope"),
        (vec![statement(&[] as &[&str], &["*"])], "no action"),
        (vec![], "no statement"),
    ] {
        assert!(!gives_it(statements), "{why}");
    }
}

#[test]
fn a_document_under_our_own_prefix_is_none() {
    let mut rows = with(vec![]);
    rows.push(document("a", "bailiwick:doc", vec![statement(&["x:do"], &["*"])]));
    rows.push(document("a", "bailiwick:user:read", vec![statement(&["x:do"], &["*"])]));
    rows.extend(["bailiwick:doc", "bailiwick:user:read"].map(|key| gives("a/r", key)));
    assert_eq!(reason(&rows, Ask("a", "users/u", "x:do", "thing/1")), Reason::NotGranted);
    assert_eq!(reason(&rows, Ask("a", "users/u", "bailiwick:doc", "")), Reason::PrivilegeUnknown);
    assert!(allows(&rows, Ask("a", "users/u", "bailiwick:user:read", "users/u")));
}

#[test]
fn what_names_a_document_or_a_user_that_is_missing_gives_nothing() {
    let mut rows = small_application();
    rows.extend([user("u", Some("a"), false, true), has_itself("u", "a", "gone"), has_itself("u", "nowhere", "read")]);
    rows.extend([has_itself("nobody", "a", "read"), role("a/r", Boundary::Application, Visibility::All)]);
    rows.extend([gives("a/r", "gone"), holds("users/u", "a/r")]);
    assert_eq!(reason(&rows, Ask("a", "users/u", "read", "")), Reason::NotGranted);
    assert_eq!(reason(&rows, Ask("a", "users/u", "gone", "")), Reason::PrivilegeUnknown);
    assert_eq!(reason(&rows, Ask("a", "users/nobody", "read", "")), Reason::SubjectUnknown);
    assert_eq!(reason(&rows, Ask("nowhere", "users/u", "read", "")), Reason::ApplicationUnknown);
}
