//! Rows that somebody else has put in, and that mean nothing to us.

use bailiwick::app;
use bailiwick::app::port::{Collection, ListQuery, Order, RowKind, Select, Store, StoreError};
use bailiwick::domain::change::Change;
use bailiwick::domain::row::{Key, Row};

use super::fresh::{Fresh, by_key, revision};
use super::rows;

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
    if fresh.url.starts_with("sqlite:") {
        let broken = "UPDATE clients SET display_name = CAST(x'ff80' AS TEXT) WHERE id = 'bad'";
        poisons.push((broken, Key::Client(rows::id("bad"))));
    }
    poisons
}

async fn write(fresh: &Fresh) -> Vec<Row> {
    let mut written = vec![rows::application("a"), rows::application("b"), rows::application("c")];
    written.extend(["aaa", "bad", "ccc"].map(|name| rows::role(&format!("a/{name}"))));
    written.extend(["aaa", "bad", "ccc"].map(|name| rows::tenant("a", name)));
    written.extend(["aaa", "bad", "ccc"].map(rows::user));
    written.extend(["aaa", "bad", "ccc"].map(rows::group));
    written.extend(["aaa", "bad", "ccc"].map(|name| rows::client(name, "a")));
    written.push(rows::member("g", "users/u"));
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
        if matches!(key, Key::GroupMember(..) | Key::Group(_)) {
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
    ] {
        assert_eq!(fresh.sql(sql).await, 1);
        fresh.state(2).await;
        assert_eq!(fresh.store.drifted_loads(), loads, "{sql}");
    }
    let mut reader = fresh.store.reader().await.unwrap();
    reader.scan(RowKind::User, None, 100).await.unwrap();
    assert_eq!(fresh.store.drifted_loads(), 3, "a part of a walk tells nothing");
    app::follow::load(fresh.store.as_ref(), 0, &|_| ()).await.unwrap();
    assert_eq!(fresh.store.drifted_loads(), 4, "a load that finds it tells it once");
    let mut reader = fresh.store.reader().await.unwrap();
    for kind in RowKind::ALL {
        let mut last = None;
        while let Some(row) = reader.scan(kind, last.as_ref(), 2).await.unwrap().pop() {
            last = Some(row.key());
        }
    }
    assert_eq!(fresh.store.drifted_loads(), 5, "and so does a walk to where nothing comes any more");
}
