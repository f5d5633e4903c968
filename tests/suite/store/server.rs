//! What holds for one kind of database server alone.

use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use bailiwick::store::{self, Direction};
use sqlx::{Connection, Executor, MySqlConnection, PgConnection};

use super::fresh::{Fresh, sql_at};
use super::{bytes, filter, list, names};
use crate::{mariadb, postgres};

/// A database whose texts compare as people do, or are not even Unicode, as many a server makes one.
async fn badly_made(options: &str) -> Option<Fresh> {
    let url = mariadb::fresh_database_with(options).await?;
    Some(Fresh::migrated(url, None).await)
}

#[tokio::test]
async fn what_mariadb_compares_texts_by_elsewhere_is_of_no_matter() {
    for options in [
        "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
        "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "CHARACTER SET latin1 COLLATE latin1_swedish_ci",
    ] {
        let Some(fresh) = badly_made(options).await else { return };
        bytes::keys_that_differ_in_one_byte_are_different_rows(fresh).await;
        bytes::texts_of_any_length_are_read_back_equal(badly_made(options).await.unwrap()).await;
        names::a_folded_name_is_taken_once(badly_made(options).await.unwrap()).await;
        filter::values_are_matched_literally(badly_made(options).await.unwrap()).await;
    }
    let Some(fresh) = badly_made("COLLATE utf8mb4_general_ci").await else { return };
    list::every_collection_is_listed_in_both_orders_at_every_page_size(fresh).await;
}

/// Each text column of the schema, whoever added it.
#[tokio::test]
async fn every_text_of_mariadb_is_compared_byte_for_byte() {
    let Some(fresh) = badly_made("COLLATE utf8mb4_general_ci").await else { return };
    let mut connection = MySqlConnection::connect(&fresh.url).await.unwrap();
    let sql = "SELECT CAST(CONCAT(table_name, '.', column_name, ' ', collation_name) AS CHAR) \
               FROM information_schema.columns WHERE table_schema = DATABASE() \
               AND collation_name IS NOT NULL AND table_name <> 'seaql_migrations'";
    let columns: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
    assert!(columns.len() > 40, "{columns:?}");
    // Kinds of resources are ASCII: two of them and two foreign ids would be too long for an index otherwise.
    let kind =
        |column: &str| column.ends_with(".kind ascii_nopad_bin") || column.ends_with(".parent_kind ascii_nopad_bin");
    assert!(columns.iter().all(|column| column.ends_with(" utf8mb4_nopad_bin") || kind(column)), "{columns:?}");
}

/// Two processes that find an empty database migrate it one after the other.
#[tokio::test]
async fn two_who_migrate_at_once_do_not_meet() {
    for url in [postgres::fresh_database().await, mariadb::fresh_database().await].into_iter().flatten() {
        let (one, other) = tokio::join!(store::migrate(&url, Direction::Up), store::migrate(&url, Direction::Up));
        assert!(one.unwrap().iter().chain(&other.unwrap()).all(|step| step.applied));
        sql_at(&url, "DELETE FROM counter").await;
    }
}

/// Who migrates may take longer than any other lock is waited for.
#[tokio::test]
async fn who_migrates_waits_for_another_who_takes_long() {
    let Some(url) = postgres::fresh_database().await else { return };
    let mut other = PgConnection::connect(&url).await.unwrap();
    other.execute("SELECT pg_advisory_lock(7020397264381539433)").await.unwrap();
    let (migrated, ()) = tokio::join!(store::migrate(&url, Direction::Up), async {
        tokio::time::sleep(Duration::from_secs(6)).await;
        other.close().await.unwrap();
    });
    assert!(migrated.unwrap().iter().all(|step| step.applied));
}

/// What `serve` says of a database before it fails, because its address is taken.
async fn said_at_start(url: &str) -> String {
    store::migrate(url, Direction::Up).await.unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let secret = "0123456789abcdef".repeat(4);
    let arguments = ["serve", "--database-url", url, "--secret", &secret, "--grpc-listen", &address];
    let output = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
        .args(arguments)
        .args(["--metrics-listen", "127.0.0.1:0"])
        .env_clear()
        .output()
        .unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

const LOSES: &str = "loses writes that were acknowledged";

#[tokio::test]
async fn a_server_that_may_lose_the_latest_writes_is_warned_of() {
    if let Some(url) = postgres::fresh_database().await {
        assert!(!said_at_start(&url).await.contains(LOSES));
        let said = said_at_start(&format!("{url}?options=-c%20synchronous_commit%3Doff")).await;
        assert!(said.contains("synchronous_commit=off") && said.contains(LOSES), "{said}");
    }
    if let Some(url) = mariadb::fresh_database().await {
        assert!(!said_at_start(&url).await.contains(LOSES));
        // It has no such setting for a session. To the tests beside this one it makes no difference.
        let mut connection = MySqlConnection::connect(&url).await.unwrap();
        connection.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 2").await.unwrap();
        let said = said_at_start(&url).await;
        connection.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1").await.unwrap();
        assert!(said.contains("innodb_flush_log_at_trx_commit") && said.contains(LOSES), "{said}");
    }
}
