//! Policy documents and privileges of users: rows at the edges of what they may be, and documents of every size.

use bailiwick::app::port::Store;
use bailiwick::domain::change::Change;
use bailiwick::domain::id::PrivilegeKey;
use bailiwick::domain::policy::{Actions, PolicyDocument, Statement, StatementScope, class_of};
use bailiwick::domain::privilege::AssignedPrivilege;
use bailiwick::domain::row::Row;

use super::fresh::{Fresh, by_key};
use super::rows::{NASTY, id, privilege, privilege_id};

fn statement(actions: &[String], scopes: &[String]) -> Statement {
    let class = actions.first().map_or("", |action| class_of(action));
    let scopes = scopes.iter().map(|scope| StatementScope::parse(scope, class).unwrap()).collect();
    let keys = || actions.iter().map(|action| PrivilegeKey::parse(action).unwrap()).collect();
    Statement { actions: if actions == ["*"] { Actions::All } else { Actions::Keys(keys()) }, scopes }
}

/// The actions and the scopes of a statement, separated by spaces.
fn short((actions, scopes): (&str, &str)) -> Statement {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<String>>();
    statement(&words(actions), &words(scopes))
}

fn written(key: &str, version: &str, statements: Vec<Statement>) -> Row {
    let mut row = privilege("a", key);
    if let Row::Privilege(row) = &mut row {
        row.document = Some(PolicyDocument::new(version.to_owned(), statements));
    }
    row
}

/// A policy document of these statements.
pub(crate) fn document(key: &str, statements: &[(&str, &str)]) -> Row {
    written(key, "1", statements.iter().copied().map(short).collect())
}

pub(crate) fn has(user: &str, application: &str, key: &str) -> Row {
    Row::AssignedPrivilege(AssignedPrivilege { privilege: privilege_id(application, key), user: id(user) })
}

/// Rows of both kinds.
pub(crate) fn edges() -> Vec<Row> {
    let mut rows = vec![
        document("doc", &[("*", "*")]),
        document("Doc", &[("x:read x:write", "*"), ("x:read", "x/1 roles/r"), ("y", "tenants/t/roles/r")]),
        document("of roles", &[("users:list", "roles/r roles/R users/u"), ("apps:list", "roles/r *")]),
        written("of nothing", "", Vec::new()),
        has("u", "a", "doc"),
        has("U", "a", "doc"),
        has("u", "a", "Doc"),
        has("u", "A", "doc"),
        has("v", "b", "of nobody"),
    ];
    for (index, text) in NASTY.iter().enumerate() {
        let scopes: Vec<String> = NASTY.iter().filter(|id| !id.is_empty()).map(|id| format!("k/{id}")).collect();
        let nasty = statement(&[format!("class:{text}")], &scopes);
        rows.push(written(&format!("nasty {index}"), text, vec![nasty]));
    }
    rows.extend(NASTY.iter().filter(|text| !text.is_empty()).map(|text| has("u", "a", text)));
    let (long, wide) = ("x".repeat(64), "\u{1d4b3}".repeat(200));
    let scopes =
        [format!("{}/{}", "k".repeat(128), "\u{1d4b3}".repeat(64)), format!("{}/{}", "k".repeat(128), "x".repeat(256))];
    rows.push(written(
        &"\u{1d4b4}".repeat(200),
        &"\u{1d4b3}".repeat(64),
        vec![statement(std::slice::from_ref(&wide), &scopes)],
    ));
    rows.push(has(&long, &long, &wide));
    rows
}

/// So many statements, of so many actions and scopes each.
fn sized(key: &str, (statements, actions, scopes): (usize, usize, usize)) -> Row {
    let texts = |count: usize, text: &dyn Fn(usize) -> String| (0..count).map(text).collect::<Vec<String>>();
    let statement = |number: usize| {
        let actions = texts(actions, &|at| format!("class{number:02}:action-number-{at:03}"));
        statement(&actions, &texts(scopes, &|at| format!("kind/of-target-number-{at:03}")))
    };
    written(key, "2026-11-01", (0..statements).map(statement).collect())
}

/// The largest document there may be, and some that only somebody else can have written.
pub(crate) async fn documents_of_any_size_are_read_back_equal(fresh: Fresh) {
    let sizes = [(64, 256, 256), (65, 1, 1), (1, 257, 1), (1, 1, 257), (1, 0, 1), (1, 1, 0), (1, 0, 0), (0, 0, 0)];
    let rows = by_key(sizes.into_iter().enumerate().map(|(index, size)| sized(&format!("doc {index}"), size)));
    let Some(Row::Privilege(largest)) = rows.values().next() else { panic!("{rows:?}") };
    largest.document.as_ref().unwrap().check_bytes().unwrap();
    fresh.insert(rows.values().cloned()).await;
    let fresh = fresh.restarted().await;
    for page in [1, 3, 100] {
        assert_eq!(fresh.state(page).await, rows);
    }
    let logged = fresh.store.log(0, 1).await.unwrap().into_iter().flat_map(|commit| commit.changes);
    assert_eq!(by_key(logged.filter_map(|change| change.after)), rows);
    assert_eq!((fresh.store.skipped_rows(), fresh.store.drifted_loads()), (0, 0));
}

/// A document is replaced as a whole, and the log leads back to each that there was.
pub(crate) async fn a_document_is_replaced_and_had_again(fresh: Fresh) {
    let states = [
        document("doc", &[("x:read", "*"), ("y:read", "y/1")]),
        sized("doc", (64, 256, 256)),
        document("doc", &[("*", "*")]),
        written("doc", "2", Vec::new()),
    ];
    let (assigned, mut log) = (has("u", "a", "doc"), vec![Change::insert(states[0].clone())]);
    log.extend(states.windows(2).map(|pair| Change { before: Some(pair[0].clone()), after: Some(pair[1].clone()) }));
    fresh.insert([assigned.clone()]).await;
    let mut sums = Vec::new();
    for (change, state) in log.iter().zip(&states) {
        sums.push(fresh.write(vec![change.clone()]).await.unwrap().state_sum);
        assert_eq!(fresh.state(10).await, by_key([assigned.clone(), state.clone()]));
    }
    for (at, state) in states.iter().enumerate().rev().skip(1) {
        let number = u64::try_from(at).unwrap() + 2;
        let last = fresh.store.log(number, number + 1).await.unwrap().remove(0).changes;
        let head = fresh.write(last.into_iter().rev().map(Change::inverse).collect()).await.unwrap();
        assert_eq!(head.state_sum, sums[at]);
        assert_eq!(fresh.state(10).await, by_key([assigned.clone(), state.clone()]));
    }
    assert_eq!(fresh.store.drifted_loads(), 0);
}

/// Statements that each leave in a table what is no document, and the rows.
pub(crate) fn poisons() -> Vec<(&'static str, Row)> {
    let poison = |sql, key: &str| (sql, document(key, &[("x:read", "x/1")]));
    vec![
        poison("UPDATE privileges SET document = 'null' WHERE privilege = 'p1'", "p1"),
        poison("UPDATE privileges SET document = '' WHERE privilege = 'p2'", "p2"),
        poison("UPDATE privileges SET document = '{\"version\":\"\"}' WHERE privilege = 'p3'", "p3"),
        poison(
            "UPDATE privileges SET document = '{\"version\":\"\",\"statements\":[{\"actions\":[\"*\",\"x\"],\"scopes\":[\"*\"]}]}' \
             WHERE privilege = 'p4'",
            "p4",
        ),
        poison(
            "UPDATE privileges SET document = '{\"version\":\"\",\"statements\":[{\"actions\":[\"x:*\"],\"scopes\":[\"*\"]}]}' \
             WHERE privilege = 'p5'",
            "p5",
        ),
        poison(
            "UPDATE privileges SET document = '{\"version\":\"\",\"statements\":[{\"actions\":[\"x\"],\"scopes\":[\"x\"]}]}' \
             WHERE privilege = 'p6'",
            "p6",
        ),
        poison(
            "UPDATE privileges SET document = \
             '{\"version\":\"\",\"statements\":[{\"effect\":\"DENY\",\"actions\":[\"x\"],\"scopes\":[\"*\"]}]}' \
             WHERE privilege = 'p7'",
            "p7",
        ),
        ("UPDATE assigned_privileges SET user_id = 'no id' WHERE user_id = 'bad'", has("bad", "a", "p1")),
    ]
}
