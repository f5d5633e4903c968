//! What the small world has of policy documents: statements of every form, some as nobody could write them, and privileges
//! that users have themselves.
//!
//! Actions are registered or not, hidden or not, and documents themselves; scopes name what is there and what is not. A few
//! documents are at a limit or one beyond it.

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::limit::{DOCUMENT_STATEMENTS_MAX, STATEMENT_ACTIONS_MAX, STATEMENT_SCOPES_MAX};
use bailiwick::domain::policy::{PolicyDocument, Statement, StatementScope};
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;
use bailiwick::domain::violation::Violations;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::build::{gives, has_itself, holds, privilege, role, statement, with_statements};
use super::{CLASSED_KEYS, DOCUMENTS, KEYS, OUR_KEYS, USERS, grid};

/// Of the class of users; one is a document, and one in no catalogue.
const OF_USERS: &[&str] = &["users:get", "users:get", "users:ban", "users:doc", "users:nothing"];
/// Roles of which who holds them is meant; one is not there.
const MEANT_ROLES: &[&str] = &["roles/r1", "roles/r1", "roles/r2", "roles/r3", "roles/r4", "roles/gone"];

/// What a document says; most say several things.
pub(super) fn documents() -> BoxedStrategy<Vec<Statement>> {
    (vec(statements(), 1..4), 0..60_u8)
        .prop_map(|(mut statements, limit)| {
            match limit {
                0 => fill(&mut statements, DOCUMENT_STATEMENTS_MAX),
                1 => fill(&mut statements, DOCUMENT_STATEMENTS_MAX + 1),
                2 => statements.push(long(STATEMENT_ACTIONS_MAX, 1)),
                3 => statements.push(long(STATEMENT_ACTIONS_MAX + 1, 1)),
                4 => statements.push(long(1, STATEMENT_SCOPES_MAX)),
                5 => statements.push(long(1, STATEMENT_SCOPES_MAX + 1)),
                _ => {}
            }
            statements
        })
        .boxed()
}

fn fill(statements: &mut Vec<Statement>, length: usize) {
    statements.sort();
    statements.dedup();
    let more = length.saturating_sub(statements.len());
    statements.extend((0..more).map(|number| statement(&["users:get"], &[format!("k/{number}")])));
}

/// A statement of many actions and scopes.
fn long(actions: usize, scopes: usize) -> Statement {
    let more = |prefix: &'static str, count: usize| (1..count).map(move |number| format!("{prefix}{number}"));
    let actions: Vec<String> = more("users:no", actions).chain(["users:get".to_owned()]).collect();
    let scopes: Vec<String> = more("k/", scopes).chain(["*".to_owned()]).collect();
    statement(&actions, &scopes)
}

fn statements() -> impl Strategy<Value = Statement> {
    let of_users = (vec(select(OF_USERS), 1..4), vec(scopes(true), 1..4));
    let of_apps = (Just(vec!["apps:get"]), vec(scopes(true), 1..4));
    let of_others = (select(KEYS).prop_map(|key| vec![key]), vec(scopes(false), 1..4));
    let of_ours = (vec(select(OUR_KEYS), 1..3), vec(scopes(false), 1..4));
    let everything = (Just(vec!["*"]), Just(vec!["*"]));
    // Nobody can write these.
    let mixed = (Just(vec!["users:get", "read", "apps:get"]), vec(scopes(false), 1..3));
    let narrow = (Just(vec!["*"]), vec(scopes(false), 1..3));
    prop_oneof![12 => of_users, 5 => of_apps, 8 => of_others, 4 => of_ours, 2 => everything, 1 => mixed, 1 => narrow]
        .prop_map(|(actions, scopes)| statement(&actions, &scopes))
}

fn scopes(roles: bool) -> impl Strategy<Value = &'static str> {
    let fit = |text: &&&str| StatementScope::parse(text, "").is_ok();
    let named: Vec<&str> = grid::TARGETS.iter().filter(fit).copied().collect();
    let people = named.iter().copied().filter(|name| name.starts_with("users/") || name.starts_with("clients/"));
    let people: Vec<&str> = people.chain(["applications/a"]).collect();
    prop_oneof![
        5 => Just("*"),
        3 => select(people),
        3 => select(named),
        if roles { 6 } else { 1 } => select(MEANT_ROLES),
    ]
}

/// A key that a user has itself.
pub(crate) fn assigned_privileges() -> impl Strategy<Value = Row> {
    let users = prop_oneof![12 => select(USERS).prop_map(|(user, _)| user), 1 => Just("nobody")];
    let of = prop_oneof![5 => Just("a"), 2 => Just("b"), 2 => Just("bailiwick"), 1 => Just("nowhere")];
    (users, of, any_key()).prop_map(|(user, of, key)| has_itself(user, of, key))
}

/// A document that somebody could write, be there another one of its key or none.
pub(crate) fn written_documents() -> impl Strategy<Value = Row> {
    let of = prop_oneof![4 => Just("a"), 1 => Just("b"), 1 => Just("bailiwick")];
    let keys = prop_oneof![4 => select(DOCUMENTS), 1 => Just("another-doc")];
    let made = |(of, key, scoped, shown, statements)| with_statements(privilege(of, key, scoped, shown), statements);
    let rows = (of, keys, any::<bool>(), any::<bool>(), documents()).prop_map(made);
    rows.prop_filter(
        "nobody could write it",
        |row| matches!(row, Row::Privilege(row) if row.document.iter().all(is_careful)),
    )
}

/// Somebody has a document that means, by users and apps, who holds a role.
pub(crate) fn aims() -> impl Strategy<Value = Vec<Row>> {
    let meant = || select(MEANT_ROLES.split_at(5).0);
    let of_users = (vec(select(OF_USERS), 1..3), meant()).prop_map(|(keys, role)| statement(&keys, &[role]));
    let of_apps = meant().prop_map(|role| statement(&["apps:get"], &[role]));
    (vec(prop_oneof![2 => of_users, 1 => of_apps], 1..4), select(USERS)).prop_map(|(statements, (user, _))| {
        let row = with_statements(privilege("a", "aim", true, true), statements);
        let role = role("a/aim", Boundary::Application, Visibility::All);
        vec![row, role, gives("a/aim", "aim"), holds(&format!("users/{user}"), "a/aim")]
    })
}

/// Any key; documents come oftener.
pub(super) fn any_key() -> impl Strategy<Value = &'static str> {
    prop_oneof![6 => select(KEYS), 5 => select(OUR_KEYS), 2 => select(CLASSED_KEYS), 3 => select(DOCUMENTS)]
}

/// Whether somebody could have written the document.
pub(crate) fn is_careful(document: &PolicyDocument) -> bool {
    let is_written = |statement: &Statement| {
        let scopes: Vec<String> = statement.scopes.iter().map(ToString::to_string).collect();
        let mut violations = Violations::default();
        let parsed = Statement::parse(&mut violations, "", &statement.actions.texts(), &scopes);
        violations.is_empty() && parsed.as_ref() == Some(statement)
    };
    document.statements.len() <= DOCUMENT_STATEMENTS_MAX && document.statements.iter().all(is_written)
}

/// Whether the document means who holds a role; `None` = any.
pub(crate) fn means_holders(row: &Row, role: Option<&str>) -> bool {
    let Row::Privilege(row) = row else { return false };
    let statements = row.document.iter().flat_map(|document| &document.statements);
    statements.flat_map(|statement| &statement.scopes).any(|scope| match scope {
        StatementScope::Role(id) => role.is_none_or(|role| id.as_str() == role),
        _ => false,
    })
}
