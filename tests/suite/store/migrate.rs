//! The schema: up, down and up again, also after a step was cut short.

use bailiwick::app::port::{Store, StoreError};
use bailiwick::store::{self, Direction};

use super::fresh::{Fresh, options, sql_at};
use super::rows;

pub(crate) async fn the_schema_goes_up_and_down_and_up_again(fresh: Fresh) {
    let first = fresh.insert([rows::user("u")]).await;
    let (url, _directory) = fresh.closed().await;
    let steps = store::migrate(&url, Direction::Status).await.unwrap();
    assert!(!steps.is_empty() && steps.iter().all(|step| step.applied));
    for _ in 0..2 {
        store::migrate(&url, Direction::Up).await.unwrap();
    }
    let store = store::connect(&url, &options()).await.unwrap();
    assert_eq!(store.head().await.unwrap().chain, first.chain, "going up changes no data");
    store.close().await.unwrap();
    drop(store);

    let steps = store::migrate(&url, Direction::Down).await.unwrap();
    assert!(steps.iter().all(|step| !step.applied));
    let answer = store::connect(&url, &options()).await;
    assert!(matches!(answer.err(), Some(StoreError::Schema(_))));
    store::migrate(&url, Direction::Down).await.unwrap();
    store::migrate(&url, Direction::Up).await.unwrap();
    let store = store::connect(&url, &options()).await.unwrap();
    let head = store.head().await.unwrap();
    assert_eq!((head.revision, head.state_sum), (0, 0));
    assert_ne!(head.store_id, first.store_id);
}

pub(crate) async fn a_migration_that_was_killed_half_way_is_finished_by_the_next(fresh: Fresh) {
    // On MariaDB a table is made together with its indexes.
    let drop = if fresh.is_mariadb() { "DROP TABLE users" } else { "DROP INDEX users_by_created_at_id" };
    let (url, _directory) = fresh.closed().await;
    sql_at(&url, "DELETE FROM seaql_migrations").await;
    sql_at(&url, "DROP TABLE role_assignments").await;
    sql_at(&url, drop).await;
    assert!(store::migrate(&url, Direction::Status).await.unwrap().iter().all(|step| !step.applied));
    let answer = store::connect(&url, &options()).await;
    assert!(matches!(answer.err(), Some(StoreError::Schema(_))));
    store::migrate(&url, Direction::Up).await.unwrap();
    let store = store::connect(&url, &options()).await.unwrap();
    assert_eq!(store.head().await.unwrap().revision, 0);
}

pub(crate) async fn a_schema_that_is_not_ours_is_refused(fresh: Fresh) {
    fresh.sql("UPDATE counter SET min_reader = 2").await;
    assert!(matches!(fresh.store.head().await, Err(StoreError::Schema(_))));
    assert!(matches!(fresh.store.begin().await.err(), Some(StoreError::Schema(_))));
    assert!(matches!(fresh.store.reader().await.err(), Some(StoreError::Schema(_))));
    fresh.sql("UPDATE counter SET min_reader = 1").await;
    assert!(fresh.store.begin().await.is_ok());
    fresh.sql("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)").await;
    let (url, _directory) = fresh.closed().await;
    let answer = store::connect(&url, &options()).await;
    assert!(matches!(answer.err(), Some(StoreError::Schema(_))));
    assert!(store::migrate(&url, Direction::Up).await.is_err());
}
