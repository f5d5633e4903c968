//! Databases that others can use at the same time: connections that are cut, and transactions that are in the way.

use bailiwick::app::port::{Store, StoreError, Transaction};
use bailiwick::domain::change::Change;
use bailiwick::domain::row::Row;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, TransactionTrait};

use super::fresh::{Fresh, by_key, revision};
use super::rows;

/// What a lost connection had begun is gone, nothing can be written over what is left of it, and the next one works.
pub(crate) async fn a_connection_that_is_cut_leaves_nothing_and_heals(fresh: Fresh) {
    fresh.insert([rows::user("u")]).await;
    let mut transaction = fresh.store.begin().await.unwrap();
    transaction.append(revision(vec![Change::insert(rows::user("v"))])).await.unwrap();
    let others = if fresh.is_mariadb() {
        "BEGIN NOT ATOMIC \
         FOR other IN (SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()) \
         DO KILL other.id; END FOR; END"
    } else {
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()"
    };
    fresh.sql(others).await;
    for _ in 0..2 {
        let answer = transaction.append(revision(vec![Change::insert(rows::user("w"))])).await;
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    }
    assert!(matches!(transaction.commit().await, Err(StoreError::Unavailable(_))));
    fresh.insert([rows::user("x")]).await;
    assert_eq!(fresh.state(10).await, by_key([rows::user("u"), rows::user("x")]));
}

/// Somebody else who has locked the rows of users, and will wait for ever for whatever else he wants.
async fn intruder(fresh: &Fresh) -> (DatabaseConnection, DatabaseTransaction) {
    let database = Database::connect(&fresh.url).await.unwrap();
    let transaction = database.begin().await.unwrap();
    // Of two who wait for each other the one that waits longer, or has done less, is told to go: not him.
    let patient = if fresh.is_mariadb() {
        "SET SESSION innodb_lock_wait_timeout = 600"
    } else {
        "SET LOCAL deadlock_timeout = '600s'"
    };
    transaction.execute_unprepared(patient).await.unwrap();
    let locked = transaction.execute_unprepared("UPDATE users SET email = 'intruder@example.org'").await.unwrap();
    assert_eq!(locked.rows_affected(), 100);
    (database, transaction)
}

fn renamed(name: &str) -> Change {
    let (before, mut after) = (rows::user(name), rows::user(name));
    if let Row::User(user) = &mut after {
        user.display_name = "changed".to_owned();
    }
    Change { before: Some(before), after: Some(after) }
}

fn people() -> Vec<Row> {
    (0..100).map(|index| rows::user(&format!("u{index:02}"))).collect()
}

/// A deadlock ends the transaction: the write says so, and nothing of the transaction is ever committed.
pub(crate) async fn who_ends_a_deadlock_is_told_and_has_written_nothing(fresh: Fresh) {
    fresh.insert(people()).await;
    let (_database, intruder) = intruder(&fresh).await;
    let mut transaction = fresh.store.begin().await.unwrap();
    transaction.append(revision(vec![Change::insert(rows::group("g"))])).await.unwrap();
    let waiting = tokio::spawn(async move {
        intruder.execute_unprepared("SELECT * FROM counter FOR UPDATE").await.unwrap();
        intruder.rollback().await.unwrap();
    });
    let answer = transaction.append(revision(vec![renamed("u50")])).await;
    assert!(matches!(answer, Err(StoreError::Conflict(_) | StoreError::Unavailable(_))), "{answer:?}");
    if fresh.is_mariadb() {
        assert_nothing_more(transaction).await;
    } else {
        // PostgreSQL takes back no more than the savepoint.
        drop(transaction);
    }
    waiting.await.unwrap();
    assert_eq!(fresh.state(1_000).await, by_key(people()));
    fresh.write(vec![renamed("u50")]).await.unwrap();
    assert_eq!(fresh.store.head().await.unwrap().revision, 2);
}

async fn assert_nothing_more(mut transaction: Box<dyn Transaction>) {
    let answer = transaction.append(revision(vec![Change::insert(rows::group("h"))])).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    assert!(matches!(transaction.commit().await, Err(StoreError::Unavailable(_))));
}

/// A lock that somebody else does not let go of: the write says so in time, and those beside it stand.
pub(crate) async fn who_waits_too_long_for_a_lock_is_told_and_can_go_on(fresh: Fresh) {
    fresh.insert(people()).await;
    let (_database, intruder) = intruder(&fresh).await;
    let mut transaction = fresh.store.begin().await.unwrap();
    transaction.append(revision(vec![Change::insert(rows::group("g"))])).await.unwrap();
    let answer = transaction.append(revision(vec![renamed("u50")])).await;
    assert!(matches!(answer, Err(StoreError::Conflict(_))), "{answer:?}");
    intruder.rollback().await.unwrap();
    transaction.append(revision(vec![Change::insert(rows::group("h"))])).await.unwrap();
    transaction.commit().await.unwrap();
    let mut expected = people();
    expected.extend([rows::group("g"), rows::group("h")]);
    assert_eq!(fresh.state(1_000).await, by_key(expected));
}

/// What PostgreSQL cannot do ends the whole transaction, and its COMMIT then takes everything back without a word.
pub(crate) async fn nothing_is_committed_after_a_read_that_failed(fresh: Fresh) {
    fresh.insert(people()).await;
    let mut transaction = fresh.store.begin().await.unwrap();
    transaction.append(revision(vec![Change::insert(rows::group("g"))])).await.unwrap();
    let database = Database::connect(ConnectOptions::new(&fresh.url).max_connections(1).to_owned()).await.unwrap();
    let lock = if fresh.is_mariadb() { "LOCK TABLES users WRITE" } else { "BEGIN; LOCK TABLE users" };
    database.execute_unprepared(lock).await.unwrap();
    let answer = transaction.get(&[rows::user("u50").key()]).await;
    assert!(matches!(answer, Err(StoreError::Conflict(_))), "{answer:?}");
    database.close().await.unwrap();
    let answer = transaction.commit().await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    if !fresh.is_mariadb() {
        let mut transaction = fresh.store.begin().await.unwrap();
        transaction.append(revision(vec![Change::insert(rows::group("h"))])).await.unwrap();
        let answer = transaction.receipt("users/u", "method", "no text of PostgreSQL: \0").await;
        assert!(matches!(answer, Err(StoreError::Corrupt(_))), "{answer:?}");
        let answer = transaction.commit().await;
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    }
    assert_eq!(fresh.state(1_000).await, by_key(people()));
    assert_eq!(fresh.write(vec![renamed("u50")]).await.unwrap().revision, 2);
}
