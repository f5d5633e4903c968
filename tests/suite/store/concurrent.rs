//! Several at once: writers one after another, readers beside them.

use std::sync::Arc;

use bailiwick::app::port::{RowKind, Store};
use bailiwick::domain::change::Change;
use bailiwick::domain::row::Key;

use super::fresh::{Fresh, by_key, revision};
use super::rows;

/// Every writer adds one to what it read under the lock: none is lost, and no revision is given twice.
pub(crate) async fn writers_are_serial(fresh: Fresh) {
    let fresh = Arc::new(fresh);
    let writers = (0..4).map(|writer| {
        let fresh = Arc::clone(&fresh);
        tokio::spawn(async move {
            let mut revisions = Vec::new();
            for round in 0..5 {
                let mut transaction = fresh.store.begin().await.unwrap();
                let seen = transaction.head().clone();
                let count = transaction.count(&all_users()).await.unwrap();
                assert_eq!(count, seen.revision, "what was committed is seen, and nothing else");
                let row = in_application(&format!("w{writer}-{round}"));
                let head = transaction.append(revision(vec![Change::insert(row)])).await.unwrap();
                assert_eq!(head.revision, seen.revision + 1);
                transaction.commit().await.unwrap();
                revisions.push(head.revision);
            }
            revisions
        })
    });
    let mut revisions = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        revisions.extend(writer.await.unwrap());
    }
    revisions.sort_unstable();
    assert_eq!(revisions, (1..=20).collect::<Vec<u64>>());
}

fn all_users() -> bailiwick::app::port::Select {
    bailiwick::app::port::Select::UsersOfApplication(rows::id("a"))
}

fn in_application(name: &str) -> bailiwick::domain::row::Row {
    let mut row = rows::user(name);
    if let bailiwick::domain::row::Row::User(user) = &mut row {
        user.application = Some(rows::id("a"));
    }
    row
}

pub(crate) async fn a_write_in_progress_is_seen_by_nobody_and_stops_no_reader(fresh: Fresh) {
    let seen = fresh.insert([rows::user("u")]).await;
    let mut transaction = fresh.store.begin().await.unwrap();
    let changes = vec![Change::delete(rows::user("u")), Change::insert(rows::user("v"))];
    let next = transaction.append(revision(changes)).await.unwrap();

    let expected = by_key([rows::user("u")]);
    assert_eq!(fresh.state(10).await, expected);
    assert_eq!(fresh.store.get(&[Key::User(rows::id("v"))]).await.unwrap(), []);
    assert_eq!(fresh.store.head().await.unwrap().revision, 1);
    assert_eq!(fresh.store.commits_after(&seen, 10).await.unwrap(), []);
    assert_eq!(transaction.get(&[Key::User(rows::id("v"))]).await.unwrap(), [rows::user("v")]);

    transaction.commit().await.unwrap();
    assert_eq!(fresh.state(10).await, by_key([rows::user("v")]));
    let commits = fresh.store.commits_after(&seen, 10).await.unwrap();
    assert_eq!(commits.iter().map(|commit| commit.chain).collect::<Vec<_>>(), [next.chain]);
}

pub(crate) async fn a_reader_keeps_its_revision(fresh: Fresh) {
    fresh.insert([rows::user("a"), rows::user("b"), rows::user("c")]).await;
    let mut reader = fresh.store.reader().await.unwrap();
    let first = reader.scan(RowKind::User, None, 1).await.unwrap();
    fresh.write(vec![Change::delete(rows::user("b")), Change::insert(rows::group("g"))]).await.unwrap();
    let rest = reader.scan(RowKind::User, Some(&first[0].key()), 10).await.unwrap();
    assert_eq!(rest, [rows::user("b"), rows::user("c")]);
    assert_eq!(reader.scan(RowKind::Group, None, 10).await.unwrap(), []);
    assert_eq!(reader.head().revision, 1);
    drop(reader);
    assert_eq!(fresh.state(10).await, by_key([rows::user("a"), rows::user("c"), rows::group("g")]));
}
