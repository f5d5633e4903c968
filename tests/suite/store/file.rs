//! What holds for files and addresses alone.

use std::time::{Duration, Instant};

use bailiwick::app::port::{Store, StoreError};
use bailiwick::store::{self, Direction};

use super::fresh::{Fresh, options};
use super::rows;

#[tokio::test]
async fn a_second_process_is_refused_at_once_and_told_who_has_the_file() {
    let fresh = Fresh::sqlite_file().await.unwrap();
    let begun = Instant::now();
    for answer in [
        store::connect(&fresh.url, &options()).await.err(),
        store::migrate(&fresh.url, Direction::Up).await.err(),
        store::migrate(&fresh.url, Direction::Status).await.err(),
    ] {
        let words = answer.unwrap().to_string();
        assert!(words.contains(&format!("process {}", std::process::id())), "{words}");
    }
    assert!(begun.elapsed() < Duration::from_secs(1));
    fresh.insert([rows::user("u")]).await;
    let (url, _directory) = fresh.closed().await;
    assert!(store::connect(&url, &options()).await.is_ok());
}

#[tokio::test]
async fn a_file_that_is_not_there_is_made_by_going_up_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.db");
    let url = format!("sqlite://{}", path.display());
    assert!(matches!(store::connect(&url, &options()).await.err(), Some(StoreError::Schema(_))));
    assert!(matches!(store::migrate(&url, Direction::Status).await.err(), Some(StoreError::Schema(_))));
    assert!(!path.exists());
    store::migrate(&url, Direction::Up).await.unwrap();
    assert!(store::connect(&url, &options()).await.is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn others_of_the_machine_cannot_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let fresh = Fresh::sqlite_file().await.unwrap();
    fresh.insert([rows::user("u")]).await;
    let file = fresh.url.strip_prefix("sqlite://").unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(format!("{file}{suffix}")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{suffix}");
    }
}

#[tokio::test]
async fn each_store_in_memory_is_another_one() {
    let (one, other) = (Fresh::memory().await, Fresh::memory().await);
    one.insert([rows::user("u")]).await;
    assert_eq!(other.store.head().await.unwrap().revision, 0);
    assert_ne!(one.store.head().await.unwrap().store_id, other.store.head().await.unwrap().store_id);
}

#[tokio::test]
async fn a_database_that_nobody_answers_for_is_not_available() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    for scheme in ["postgres", "mysql", "mariadb"] {
        let url = format!("{scheme}://user:hunter2@127.0.0.1:{port}/none");
        let answer = store::connect(&url, &options()).await.err().unwrap();
        assert!(matches!(answer, StoreError::Unavailable(_)), "{answer}");
        assert!(!answer.to_string().contains("hunter2"));
    }
}
