//! Rows that somebody else has put in, and that mean nothing to us.

use bailiwick::app;
use bailiwick::app::port::{Collection, ListQuery, Order, RowKind, Select, Store, StoreError};
use bailiwick::domain::change::Change;
use bailiwick::domain::row::{Key, Row};
use bailiwick::domain::scope::SelectionType;

use super::fresh::{Fresh, by_key, revision};
use super::{documents, objects, rows};

/// Statements that each make one row unreadable, and the row.
fn poisons(fresh: &Fresh) -> Vec<(&'static str, Key)> {
    let mut poisons = vec![
        ("UPDATE roles SET boundary = 'no id' WHERE role = 'bad'", Key::Role(rows::role_id("a/bad"))),
        ("UPDATE applications SET catalogue = 0 WHERE id = 'b'", Key::Application(rows::id("b"))),
        ("UPDATE tenants SET incarnation = -1 WHERE tenant = 'bad'", Key::Tenant(rows::tenant_id("a", "bad"))),
        ("UPDATE users SET created_at = 9223372036854775807 WHERE id = 'bad'", Key::User(rows::id("bad"))),
        ("UPDATE group_members SET member_kind = 77", rows::member("g", "users/u").key()),
        ("UPDATE user_groups SET id = 'not/an/id' WHERE id = 'bad'", Key::Group(rows::id("bad"))),
    ];
    poisons.extend(of_objects(fresh));
    poisons.extend(documents::poisons().into_iter().map(|(sql, row)| (sql, row.key())));
    if fresh.url.starts_with("sqlite:") {
        let broken = "UPDATE clients SET display_name = CAST(x'ff80' AS TEXT) WHERE id = 'bad'";
        poisons.push((broken, Key::Client(rows::id("bad"))));
    }
    poisons
}

/// As `poisons`, of what selects resources. Field 15 of the document is not known.
fn of_objects(fresh: &Fresh) -> Vec<(&'static str, Key)> {
    let document = if fresh.url.starts_with("postgres") {
        r"UPDATE traversal_specs SET paths = '\x7801' WHERE spec = 'aaa'"
    } else {
        "UPDATE traversal_specs SET paths = x'7801' WHERE spec = 'aaa'"
    };
    let [parent, instance, adapters, selection, number, assigned, assignment] = objects().map(|row| row.key());
    vec![
        ("UPDATE resource_parents SET parent = '' WHERE resource = 'bad'", parent),
        (document, objects::spec("a/aaa").key()),
        ("UPDATE traversal_specs SET filter_type = 3 WHERE spec = 'bad'", objects::spec("a/bad").key()),
        ("UPDATE scopes SET updated_at = 9223372036854775807 WHERE scope = 'bad'", objects::scope("a/bad").key()),
        ("UPDATE instances SET number = 65536 WHERE number = 1", instance),
        ("UPDATE instances SET included_adapter_kinds = '{}' WHERE number = 2", adapters),
        ("UPDATE selections SET selection = 4 WHERE selection = 2", selection),
        ("UPDATE selections SET selector_kind = 3 WHERE selector_kind = 2", number),
        ("UPDATE assigned_resources SET kind = 'users'", assigned),
        ("UPDATE role_assignments SET scope = 'all objects'", assignment),
    ]
}

fn objects() -> [Row; 7] {
    [
        objects::parent("a/k/bad", "k/x"),
        objects::instance("scope a/aaa", 1),
        objects::instance("scope a/aaa", 2),
        objects::selection("scope a/aaa", 2, SelectionType::Unpropagate, "k/x"),
        objects::selection("assignment a/aaa", 2, SelectionType::Specific, "k/x"),
        objects::assigned("a/aaa", "k/x"),
        rows::assignment("users/u", "a/r", ""),
    ]
}

async fn write(fresh: &Fresh) -> Vec<Row> {
    let mut written = vec![rows::application("a"), rows::application("b"), rows::application("c")];
    written.extend(["aaa", "bad", "ccc"].map(|name| rows::role(&format!("a/{name}"))));
    written.extend(["aaa", "bad", "ccc"].map(|name| rows::tenant("a", name)));
    written.extend(["aaa", "bad", "ccc"].map(rows::user));
    written.extend(["aaa", "bad", "ccc"].map(rows::group));
    written.extend(["aaa", "bad", "ccc"].map(|name| rows::client(name, "a")));
    written.push(rows::member("g", "users/u"));
    written.extend(["a/aaa", "a/bad", "a/ccc"].map(objects::scope));
    written.extend(["a/aaa", "a/bad", "a/ccc"].map(objects::spec));
    written.extend(objects());
    written.extend([objects::parent("a/k/aaa", "k/x"), objects::parent("a/k/ccc", "k/x")]);
    written.extend([objects::instance("scope a/aaa", 0), objects::instance("scope a/ccc", 3)]);
    written.push(objects::selection("scope a/aaa", 2, SelectionType::Propagate, "k/x"));
    written.extend(documents::poisons().into_iter().map(|(_, row)| row));
    written.extend([documents::has("u", "a", "p1"), documents::document("sound", &[("*", "*")])]);
    fresh.insert(written.clone()).await;
    written
}

pub(crate) async fn a_row_that_cannot_be_understood_is_stepped_over_by_walks(fresh: Fresh) {
    let mut expected = by_key(write(&fresh).await);
    let poisons = poisons(&fresh);
    for (sql, key) in &poisons {
        assert_eq!(fresh.sql(sql).await, 1, "{sql}");
        expected.remove(key);
    }
    let fresh = fresh.restarted().await;
    let mut skipped = 0;
    for page in [1, 2, 3, 100] {
        assert_eq!(fresh.state(page).await, expected, "by {page}");
        skipped += u64::try_from(poisons.len()).unwrap();
        assert_eq!(fresh.store.skipped_rows(), skipped, "by {page}");
    }
    let limit = 2;
    let query =
        ListQuery { collection: Collection::Users, conditions: Vec::new(), order: Order::Name, after: None, limit };
    let page: Vec<Key> = fresh.store.list(&query).await.unwrap().iter().map(Row::key).collect();
    assert_eq!(page, ["aaa", "ccc"].map(|name| Key::User(rows::id(name))));
    assert_eq!(fresh.store.skipped_rows(), skipped, "a list is no load");
}

pub(crate) async fn a_row_that_cannot_be_understood_is_not_decided_on(fresh: Fresh) {
    write(&fresh).await;
    for (sql, key) in poisons(&fresh) {
        fresh.sql(sql).await;
        let of_key = matches!(
            key,
            Key::GroupMember(..)
                | Key::Group(_)
                | Key::ResourceParent(..)
                | Key::Selection(..)
                | Key::AssignedResource(..)
                | Key::AssignedPrivilege(..)
        );
        if of_key || sql.contains("SET number") {
            // It has another key now.
            assert_eq!(fresh.store.get(&[key]).await.unwrap(), []);
            continue;
        }
        let answer = fresh.store.get(std::slice::from_ref(&key)).await;
        assert!(matches!(answer, Err(StoreError::Corrupt(_))), "{key:?}: {answer:?}");
    }
    let roles = fresh.store.select(&Select::RolesOfApplication(rows::id("a"))).await;
    assert!(matches!(roles, Err(StoreError::Corrupt(_))));
    let sound = fresh.store.get(&[Key::Role(rows::role_id("a/aaa"))]).await.unwrap();
    assert_eq!(sound, [rows::role("a/aaa")]);
}

pub(crate) async fn a_row_that_cannot_be_understood_stops_no_write_beside_it(fresh: Fresh) {
    write(&fresh).await;
    let (sql, key) = poisons(&fresh).remove(0);
    fresh.sql(sql).await;
    let mut transaction = fresh.store.begin().await.unwrap();
    transaction.append(revision(vec![Change::insert(rows::group("before"))])).await.unwrap();
    let answer = transaction.get(&[key]).await;
    assert!(matches!(answer, Err(StoreError::Corrupt(_))), "{answer:?}");
    transaction.append(revision(vec![Change::insert(rows::group("after"))])).await.unwrap();
    transaction.commit().await.unwrap();
    let written = ["before", "after"].map(rows::group);
    assert_eq!(by_key(fresh.store.get(&written.clone().map(|row| row.key())).await.unwrap()), by_key(written));
}

pub(crate) async fn rows_changed_behind_our_back_are_noticed(fresh: Fresh) {
    let written = by_key(write(&fresh).await);
    assert_eq!(fresh.state(2).await, written);
    assert_eq!(fresh.store.drifted_loads(), 0);
    for (loads, sql) in [
        (1, "UPDATE roles SET boundary = 2 WHERE role = 'bad'"),
        (2, "DELETE FROM users WHERE id = 'bad'"),
        (3, "INSERT INTO group_members VALUES ('g', 1, 'intruder')"),
        (4, "UPDATE role_assignments SET allow_all_objects = NOT allow_all_objects"),
        (5, "UPDATE instances SET select_all_resources = NOT select_all_resources WHERE number = 1"),
        (6, "UPDATE selections SET former = NOT former WHERE selection = 3"),
        (7, "INSERT INTO assigned_resources VALUES ('a', 'aaa', 'k', 'intruder')"),
        (8, "INSERT INTO resource_parents VALUES ('a', 'k', 'low', 'k', 'intruder')"),
        (9, "INSERT INTO assigned_privileges VALUES ('a', 'p1', 'intruder')"),
        (10, "UPDATE privileges SET document = NULL WHERE privilege = 'sound'"),
        (11, "UPDATE privileges SET document = replace(document, 'x:read', 'x:write') WHERE privilege = 'p1'"),
    ] {
        assert_eq!(fresh.sql(sql).await, 1);
        fresh.state(2).await;
        assert_eq!(fresh.store.drifted_loads(), loads, "{sql}");
    }
    let mut reader = fresh.store.reader().await.unwrap();
    reader.scan(RowKind::User, None, 100).await.unwrap();
    assert_eq!(fresh.store.drifted_loads(), 11, "a part of a walk tells nothing");
    app::follow::load(fresh.store.as_ref(), 0, &|_| ()).await.unwrap();
    assert_eq!(fresh.store.drifted_loads(), 12, "a load that finds it tells it once");
    let mut reader = fresh.store.reader().await.unwrap();
    for kind in RowKind::ALL {
        let mut last = None;
        while let Some(row) = reader.scan(kind, last.as_ref(), 2).await.unwrap().pop() {
            last = Some(row.key());
        }
    }
    assert_eq!(fresh.store.drifted_loads(), 13, "and so does a walk to where nothing comes any more");
}
