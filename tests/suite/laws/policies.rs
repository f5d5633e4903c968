//! Laws about policy documents: what one says can be said in other words, and then nothing changes.

use std::cell::Cell;

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::decision::Reason;
use bailiwick::domain::limit::DOCUMENT_STATEMENTS_MAX;
use bailiwick::domain::name::RoleId;
use bailiwick::domain::policy::{Actions, PolicyDocument, Statement, StatementScope, class_of};
use bailiwick::domain::privilege::Privilege;
use bailiwick::domain::role::{RoleElement, Visibility};
use bailiwick::domain::row::Row;
use bailiwick::engine::Target;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{cases, changed, find, first, load, lost, shown};
use crate::model::Model;
use crate::states::build::{at, document, excludes, gives, has_itself, holds, role, role_id, statement};
use crate::states::{self, DOCUMENTS, State, policies};

/// The rows, with every plain key that a role names in a document of its own, on everything.
fn in_documents(rows: &[Row]) -> Vec<Row> {
    let model = Model::new(rows.iter().cloned());
    let mut rewritten = Vec::new();
    for row in rows {
        let Row::RoleElement(element) = row else {
            rewritten.push(row.clone());
            continue;
        };
        let (application, tenant) = (element.role.application.as_str(), &element.role.tenant);
        match &element.element {
            RoleElement::Privilege(key) if is_plain(&model, application, key.as_str()) => {
                // Whatever pattern matches the one matches the other, or there is nothing that it would give.
                let other = format!("~{key}");
                rewritten.push(document(application, &other, vec![statement(&[key.as_str()], &["*"])]));
                let tenant = tenant.as_ref().map(|tenant| format!("{tenant}/")).unwrap_or_default();
                rewritten.push(gives(&format!("{application}/{tenant}{}", element.role.role), &other));
            }
            _ => rewritten.push(row.clone()),
        }
    }
    Model::new(rewritten).rows().cloned().collect()
}

fn is_plain(model: &Model, application: &str, key: &str) -> bool {
    let found = model.privilege(application, key);
    !key.starts_with("bailiwick:") && !key.contains('*') && found.is_some_and(|found| !found.is_document)
}

/// The rows, with a role for each privilege that a user has itself.
fn with_roles(rows: &[Row]) -> Vec<Row> {
    let mut rewritten = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let Row::AssignedPrivilege(row) = row else {
            rewritten.push(row.clone());
            continue;
        };
        let name = format!("{}/~{number}", row.privilege.application);
        rewritten.extend([role(&name, Boundary::Unset, Visibility::All), gives(&name, row.privilege.key.as_str())]);
        rewritten.push(holds(&format!("users/{}", row.user), &name));
    }
    rewritten
}

/// The rows, with other statements in the documents.
fn rewritten(rows: &[Row], statements: impl Fn(&Privilege, &Statement) -> Vec<Statement>) -> Vec<Row> {
    let mut rows = rows.to_vec();
    for row in &mut rows {
        if let Row::Privilege(row) = row
            && let Some(document) = &row.document
        {
            let all = document.statements.iter().flat_map(|one| statements(row, one)).collect();
            row.document = Some(PolicyDocument::new(document.version.clone(), all));
        }
    }
    rows
}

/// The documents that are as they must be, each cut into statements of one action and one scope.
fn cut_up(rows: &[Row]) -> Vec<Row> {
    rewritten(rows, |row, one| {
        let actions = one.actions.texts();
        let fits = row.document.as_ref().is_some_and(|document| {
            let pieces = document.statements.iter().map(|one| one.actions.texts().len() * one.scopes.len());
            policies::is_careful(document) && pieces.sum::<usize>() <= DOCUMENT_STATEMENTS_MAX
        });
        if !fits {
            return vec![one.clone()];
        }
        let pairs = actions.iter().flat_map(|action| one.scopes.iter().map(move |scope| (action, scope.to_string())));
        pairs.map(|(action, scope)| statement(&[action], &[scope.as_str()])).collect()
    })
}

/// The documents with those who hold a role, at a time, in the place of the role.
fn one_by_one(rows: &[Row], now: i64) -> Vec<Row> {
    let model = Model::new(rows.iter().cloned());
    rewritten(rows, |row, one| {
        let application = row.id.application.as_str();
        let class = match &one.actions {
            Actions::Keys(keys) => keys.first().map_or("", |key| class_of(key.as_str())),
            Actions::All => "",
        };
        let mut scopes: Vec<StatementScope> = Vec::new();
        for scope in &one.scopes {
            let StatementScope::Role(role) = scope else {
                scopes.push(scope.clone());
                continue;
            };
            scopes.push(StatementScope::Resource { kind: "nothing".to_owned(), id: "1".to_owned() });
            for name in states::grid::TARGETS {
                let (kind, id) = name.split_once('/').unwrap();
                let target = Target::Resource { kind, id };
                if model.holds_now((application, class), role, target, at(now)) {
                    scopes.push(StatementScope::Resource { kind: kind.to_owned(), id: id.to_owned() });
                }
            }
        }
        scopes.sort();
        scopes.dedup();
        vec![Statement { scopes, ..one.clone() }]
    })
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn a_key_and_a_document_of_it_on_everything_are_the_same(state in states::states()) {
        prop_assert_eq!(changed(&load(&state.0), &load(&in_documents(&state.0))), None);
    }

    #[test]
    fn a_privilege_of_a_user_itself_is_as_a_role_that_gives_only_it(state in states::states()) {
        prop_assert_eq!(changed(&load(&state.0), &load(&with_roles(&state.0))), None);
    }

    #[test]
    fn cutting_statements_into_pieces_changes_no_answer(state in states::states()) {
        prop_assert_eq!(changed(&load(&state.0), &load(&cut_up(&state.0))), None);
    }

    #[test]
    fn a_role_in_a_scope_is_who_holds_it_at_the_time(state in states::states(), now in select(vec![9, 10, 20])) {
        let (before, after) = (load(&state.0), load(&one_by_one(&state.0, now)));
        prop_assert_eq!(first((&before, &after), &[now], |old, new| old.reason != new.reason), None);
    }

    #[test]
    fn what_a_role_excludes_comes_by_no_way(
        state in states::states(),
        name in select(states::ROLES),
        key in select(states::grid::privileges()),
    ) {
        let engine = load(&only_with(&state, &role_id(name), excludes(name, key)));
        let found = find(|check| {
            let wrong = check.privilege == key && engine.check(check, at(10)).allowed();
            wrong.then(|| shown(check, 10))
        });
        prop_assert_eq!(found, None);
    }
}

/// The state in which nobody has anything but by one role, which has something more.
fn only_with(State(rows): &State, role: &RoleId, more: Row) -> Vec<Row> {
    let other = |row: &Row| match row {
        Row::Assignment(row) => row.id.role != *role,
        Row::AssignedPrivilege(_) => true,
        _ => false,
    };
    let kept = rows.iter().filter(|row| !other(row)).cloned();
    Model::new(kept.chain([more])).rows().cloned().collect()
}

/// The rows, with nothing given but by statements of a kind.
fn by_statements(rows: &[Row], is_kept: impl Fn(&Statement) -> bool) -> Vec<Row> {
    let mut rows = rewritten(rows, |_, one| Some(one.clone()).filter(&is_kept).into_iter().collect());
    let is_document = |key: &str| DOCUMENTS.contains(&key);
    rows.retain(|row| match row {
        Row::RoleElement(row) => match &row.element {
            RoleElement::Privilege(key) => is_document(key.as_str()),
            RoleElement::Pattern(pattern) => pattern.as_str() == "*doc",
            RoleElement::PrivilegeGroup { .. } => false,
            _ => true,
        },
        Row::AssignedPrivilege(row) => is_document(row.privilege.key.as_str()),
        _ => true,
    });
    rows
}

/// Laws about documents by which nobody has anything prove nothing: every form of scope holds something and keeps something
/// away, for roles that have the document and for users that have it themselves.
#[test]
fn every_form_of_scope_lets_something_through_and_keeps_something_away() {
    type Form = (&'static str, fn(&Statement) -> bool);
    fn any_scope(one: &Statement, is_sought: impl Fn(&StatementScope) -> bool) -> bool {
        one.scopes.iter().all(is_sought)
    }
    let forms: [Form; 5] = [
        ("everything", |one| one.actions == Actions::All),
        ("unscoped", |one| any_scope(one, |scope| *scope == StatementScope::All)),
        ("one thing", |one| any_scope(one, |scope| matches!(scope, StatementScope::Resource { .. }))),
        ("users", |one| {
            let of_users = one.actions.texts().first().is_some_and(|action| class_of(action) == "users");
            of_users && any_scope(one, |scope| matches!(scope, StatementScope::Role(_)))
        }),
        ("apps", |one| {
            let of_apps = one.actions.texts().first().is_some_and(|action| class_of(action) == "apps");
            of_apps && any_scope(one, |scope| matches!(scope, StatementScope::Role(_)))
        }),
    ];
    for (name, is_kept) in forms {
        for itself in [false, true] {
            let (mut runner, allowed, denied) = (TestRunner::deterministic(), Cell::new(0), Cell::new(0));
            for _ in 0..if itself { 10 } else { 30 } {
                let mut rows = by_statements(&states::states().new_tree(&mut runner).unwrap().current().0, is_kept);
                rows.retain(|row| {
                    !matches!((row, itself), (Row::Assignment(_), true) | (Row::AssignedPrivilege(_), _))
                });
                let users = states::USERS.iter().filter(|_| itself);
                let all = users.flat_map(|(user, _)| DOCUMENTS.iter().map(|key| has_itself(user, "a", key)));
                rows.extend(all);
                let engine = load(&rows);
                first((&engine, &engine), &[10], |answer, _| {
                    allowed.set(allowed.get() + u32::from(answer.allowed()));
                    denied.set(denied.get() + u32::from(answer.reason == Reason::OutOfReach));
                    false
                });
            }
            let (allowed, denied) = (allowed.get(), denied.get());
            println!("{name}, itself: {itself}: {allowed} allowed, {denied} out of reach");
            assert!(allowed >= 10 && denied >= 10, "{name}, itself: {itself}: {allowed}, {denied}");
        }
    }
}

/// Laws about rewritten documents of which nobody has anything prove nothing.
#[test]
fn random_documents_often_give_something_that_is_rewritten() {
    let mut runner = TestRunner::deterministic();
    let (mut documents, mut roles, mut pieces, mut holders) = (0, 0, 0, 0);
    for _ in 0..60 {
        let State(rows) = states::states().new_tree(&mut runner).unwrap().current();
        let before = load(&rows);
        // Without what the rewriting puts there, something is lost.
        let loses = |rewritten: Vec<Row>| {
            let kept: Vec<Row> = rewritten.into_iter().filter(|row| rows.contains(row)).collect();
            u32::from(lost(&before, &load(&kept)).is_some())
        };
        documents += loses(in_documents(&rows));
        roles += loses(with_roles(&rows));
        pieces += loses(cut_up(&rows));
        holders += loses(one_by_one(&rows, 10));
    }
    println!("{documents} documents, {roles} roles, {pieces} in pieces, {holders} of holders");
    assert!(documents.min(roles).min(pieces).min(holders) >= 5, "{documents}, {roles}, {pieces}, {holders}");
}
