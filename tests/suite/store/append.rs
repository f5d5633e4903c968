//! Writing: what was appended is there, whole; what failed or was dropped is not.

use bailiwick::app::port::{ItemFailure, NewRevision, Receipt, RowKind, Store, StoreError};
use bailiwick::domain::change::Change;
use bailiwick::domain::row::{Key, Row};

use super::fresh::{Fresh, audit, by_key, revision};
use super::rows;

pub(crate) async fn rows_of_every_kind_are_read_back_equal(fresh: Fresh) {
    let written = by_key(rows::edges());
    let head = fresh.insert(written.values().cloned()).await;
    assert_eq!(head.revision, 1);
    for page in [1, 7, 1_000] {
        assert_eq!(fresh.state(page).await, written);
    }
    let keys: Vec<Key> = written.keys().cloned().collect();
    assert_eq!(by_key(fresh.store.get(&keys).await.unwrap()), written);
    for (key, row) in &written {
        assert_eq!(fresh.store.get(std::slice::from_ref(key)).await.unwrap(), std::slice::from_ref(row));
    }
    assert!(RowKind::ALL.len() == 24 && fresh.store.get(&[]).await.unwrap().is_empty());

    let fresh = fresh.restarted().await;
    assert_eq!(fresh.state(100).await, written);
    let again = fresh.store.head().await.unwrap();
    assert_eq!((again.revision, again.chain, again.store_id), (1, head.chain, head.store_id));
    assert_eq!((fresh.store.skipped_rows(), fresh.store.drifted_loads()), (0, 0));
}

pub(crate) async fn a_row_is_replaced_and_deleted(fresh: Fresh) {
    let (before, mut after) = (rows::user("u"), rows::user("u"));
    if let Row::User(user) = &mut after {
        (user.display_name, user.enabled) = ("changed".to_owned(), false);
    }
    fresh.insert([before.clone()]).await;
    fresh.write(vec![Change { before: Some(before), after: Some(after.clone()) }]).await.unwrap();
    assert_eq!(fresh.store.get(&[after.key()]).await.unwrap(), std::slice::from_ref(&after));
    fresh.write(vec![Change::delete(after.clone())]).await.unwrap();
    assert!(fresh.store.get(&[after.key()]).await.unwrap().is_empty());
    let head = fresh.store.head().await.unwrap();
    assert_eq!((head.revision, head.state_sum), (3, 0));
}

/// More rows than one statement has parameters for, on any database.
pub(crate) async fn a_large_revision_is_written_whole(fresh: Fresh) {
    let mut written = Vec::new();
    for index in 0..5_000 {
        let name = format!("user-{index:05}");
        written.extend([rows::user(&name), rows::assignment(&format!("users/{name}"), "a/r", "")]);
        written.extend([rows::gives("a/r", &format!("key-{index:05}"))]);
    }
    let written = by_key(written);
    fresh.insert(written.values().cloned()).await;
    assert_eq!(fresh.state(4_096).await, written);
    let keys: Vec<Key> = written.keys().cloned().collect();
    assert_eq!(by_key(fresh.store.get(&keys).await.unwrap()), written);
    let commits = fresh.store.log(0, 1).await.unwrap();
    assert_eq!(commits[0].changes.len(), written.len());

    fresh.write(written.values().cloned().map(Change::delete).collect()).await.unwrap();
    assert!(fresh.state(4_096).await.is_empty());
    assert_eq!(fresh.store.drifted_loads(), 0);
}

/// Rows that together are more than a server takes in one statement.
pub(crate) async fn large_rows_are_written_whole(fresh: Fresh) {
    let wide = "\u{1d4b3}".repeat(4_096);
    let rows = (0..1_200).map(|index| {
        let mut row = rows::group(&format!("g{index:04}"));
        if let Row::Group(group) = &mut row {
            group.description.clone_from(&wide);
        }
        row
    });
    let written = by_key(rows);
    fresh.insert(written.values().cloned()).await;
    assert_eq!(fresh.state(1_000).await, written);
    assert_eq!(fresh.store.log(0, 1).await.unwrap()[0].changes.len(), written.len());
}

pub(crate) async fn the_last_change_of_a_row_in_a_revision_stands(fresh: Fresh) {
    let (first, mut second) = (rows::group("g"), rows::group("g"));
    if let Row::Group(group) = &mut second {
        group.description = "later".to_owned();
    }
    let (gone, mut heir) = (rows::role("a/old"), rows::role("a/new"));
    if let (Row::Role(heir), Row::Role(gone)) = (&mut heir, &gone) {
        heir.role_name.clone_from(&gone.role_name);
    }
    let changes = vec![
        Change::insert(first.clone()),
        Change { before: Some(first), after: Some(second.clone()) },
        Change::insert(gone.clone()),
        Change::delete(gone),
        Change::insert(heir.clone()),
    ];
    fresh.write(changes).await.unwrap();
    assert_eq!(fresh.state(10).await, by_key([second, heir]));
    assert_eq!(fresh.store.drifted_loads(), 0);
}

pub(crate) async fn a_revision_that_fails_takes_no_other_with_it(fresh: Fresh) {
    let taken = |name: &str| {
        let mut row = rows::user(name);
        if let Row::User(user) = &mut row {
            user.username = "Taken".to_owned();
        }
        row
    };
    let mut transaction = fresh.store.begin().await.unwrap();
    transaction.append(revision(vec![Change::insert(taken("first"))])).await.unwrap();
    // What the failed revision wrote by statements of its own is taken back as well.
    let other_table = Change::insert(rows::application("innocent"));
    let clash = vec![other_table, Change::insert(rows::user("innocent")), Change::insert(taken("second"))];
    let failure = transaction.append(revision(clash)).await.unwrap_err();
    assert!(matches!(failure, StoreError::Conflict(_)), "{failure}");
    assert_eq!(transaction.head().revision, 1);
    assert!(transaction.get(&[rows::user("innocent").key()]).await.unwrap().is_empty());
    let third = transaction.append(revision(vec![Change::insert(rows::user("third"))])).await.unwrap();
    transaction.commit().await.unwrap();

    assert_eq!(third.revision, 2);
    assert_eq!(fresh.state(10).await, by_key([taken("first"), rows::user("third")]));
    assert_eq!(fresh.store.head().await.unwrap().chain, third.chain);
    assert_eq!(fresh.store.log(0, 2).await.unwrap().len(), 2);
}

pub(crate) async fn what_is_dropped_without_commit_leaves_nothing(fresh: Fresh) {
    let before = fresh.insert([rows::user("u")]).await;
    let mut transaction = fresh.store.begin().await.unwrap();
    let mut new = revision(vec![Change::insert(rows::user("v")), Change::delete(rows::user("u"))]);
    new.audit.request_id = "r".to_owned();
    transaction.append(new).await.unwrap();
    assert!(transaction.receipt("users/maker", &audit("").method, "r").await.unwrap().is_some());
    drop(transaction);

    let mut transaction = fresh.store.begin().await.unwrap();
    assert_eq!((transaction.head().revision, transaction.head().chain), (1, before.chain));
    assert!(transaction.receipt("users/maker", &audit("").method, "r").await.unwrap().is_none());
    drop(transaction);
    assert_eq!(fresh.state(10).await, by_key([rows::user("u")]));
    let fresh = fresh.restarted().await;
    assert_eq!(fresh.state(10).await, by_key([rows::user("u")]));
    assert_eq!(fresh.store.commits_after(&before, 10).await.unwrap(), []);
}

pub(crate) async fn an_empty_revision_is_a_revision(fresh: Fresh) {
    let first = fresh.write(Vec::new()).await.unwrap();
    let second = fresh.write(Vec::new()).await.unwrap();
    assert_eq!((first.revision, second.revision), (1, 2));
    assert_ne!(first.chain, second.chain);
    assert!(second.at >= first.at && second.now >= first.now);
}

/// Rows come and go at random; what is left is what a map would hold, and the sum of the state knows it.
pub(crate) async fn a_random_history_leaves_what_it_says(fresh: Fresh) {
    let (pool, mut model, mut seed) = (rows::edges(), by_key([]), 1_u64);
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for round in 0..40 {
        let mut changes = Vec::new();
        for _ in 0..random(9) {
            let mut row = pool[random(pool.len())].clone();
            if let Some(stamp) = row.stamp_mut() {
                stamp.revision = round;
            }
            let before = model.get(&row.key()).cloned();
            let after = (before.is_none() || random(3) > 0).then_some(row);
            let key = after.as_ref().or(before.as_ref()).unwrap().key();
            match &after {
                Some(row) => model.insert(key, row.clone()),
                None => model.remove(&key),
            };
            changes.push(Change { before, after });
        }
        fresh.write(changes).await.unwrap();
    }
    assert_eq!(fresh.state(16).await, model);
    assert_eq!(fresh.store.drifted_loads(), 0);
    let rebuilt = fresh.store.log(0, 40).await.unwrap().into_iter().flat_map(|commit| commit.changes);
    let mut replayed = by_key([]);
    for change in rebuilt {
        let key = change.key().unwrap();
        assert_eq!(replayed.get(&key), change.before.as_ref());
        match change.after {
            Some(row) => replayed.insert(key, row),
            None => replayed.remove(&key),
        };
    }
    assert_eq!(replayed, model);
}

fn receipt() -> Receipt {
    let failure = ItemFailure {
        index: 3,
        name: "users/x".to_owned(),
        reason: "ROLE_NOT_FOUND".to_owned(),
        code: -5,
        message: "no such role".to_owned(),
    };
    Receipt {
        keys: rows::edges().iter().map(Row::key).collect(),
        failures: vec![failure],
        created: 1,
        updated: 2,
        deleted: 3,
        unchanged: u64::MAX,
    }
}

pub(crate) async fn a_receipt_is_found_under_caller_method_and_id(fresh: Fresh) {
    let new = NewRevision { changes: Vec::new(), audit: audit("r"), receipt: receipt() };
    let mut transaction = fresh.store.begin().await.unwrap();
    transaction.append(new).await.unwrap();
    transaction.append(revision(Vec::new())).await.unwrap();
    transaction.commit().await.unwrap();

    let mut transaction = fresh.store.begin().await.unwrap();
    let (caller, method) = (audit("r").caller, audit("r").method);
    let found = transaction.receipt(&caller, &method, "r").await.unwrap().unwrap();
    assert_eq!((found.revision, found.request_hash, found.receipt), (1, [9; 32], receipt()));
    for (caller, method, id) in [("users/other", &*method, "r"), (&*caller, "other", "r"), (&*caller, &*method, "R")] {
        assert!(transaction.receipt(caller, method, id).await.unwrap().is_none());
    }
    assert!(transaction.receipt(&caller, &method, "").await.unwrap().is_none());
}

pub(crate) async fn an_old_receipt_counts_as_absent(fresh: Fresh) {
    let kept = |receipt: Receipt| NewRevision { changes: Vec::new(), audit: audit("r"), receipt };
    let mut transaction = fresh.store.begin().await.unwrap();
    transaction.append(kept(receipt())).await.unwrap();
    transaction.commit().await.unwrap();
    if fresh.url != "sqlite::memory:" {
        assert_eq!(fresh.sql("UPDATE requests SET at = at - 86400000000").await, 1);
        let mut transaction = fresh.store.begin().await.unwrap();
        assert!(transaction.receipt(&audit("r").caller, &audit("r").method, "r").await.unwrap().is_none());
    }
    let mut transaction = fresh.store.begin().await.unwrap();
    transaction.append(kept(Receipt::default())).await.unwrap();
    let found = transaction.receipt(&audit("r").caller, &audit("r").method, "r").await.unwrap().unwrap();
    assert_eq!((found.revision, found.receipt), (2, Receipt::default()));
}
