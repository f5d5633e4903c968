//! The MariaDB server for tests: `BAILIWICK_TEST_MARIADB_URL` names a database on it whose user may create others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::doc_markdown, reason = "a failed unwrap is a failed test")]

use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};

use crate::database_server::{DatabaseServer, is_left_behind, with_database};

static SERVER: DatabaseServer = DatabaseServer::new("MariaDB", "BAILIWICK_TEST_MARIADB_URL");

/// The URL of a new, empty database; `None` when there is no server to make it on.
pub(crate) async fn fresh_database() -> Option<String> {
    fresh_database_with("").await
}

/// The URL of a new, empty database that was made with options, e.g. `COLLATE utf8mb4_general_ci`.
pub(crate) async fn fresh_database_with(options: &str) -> Option<String> {
    let server = SERVER.url()?;
    let mut admin = MySqlConnection::connect(&server).await.expect("the MariaDB server for tests is reachable");
    SERVER.tidy(drop_left_behind(server.clone()));
    let name = SERVER.new_name();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name} {options}"))).await.unwrap();
    Some(with_database(&server, &name))
}

async fn drop_left_behind(server: String) {
    let Ok(mut admin) = MySqlConnection::connect(&server).await else { return };
    let names = sqlx::query_scalar("SELECT CAST(schema_name AS CHAR) FROM information_schema.schemata")
        .fetch_all(&mut admin)
        .await;
    for name in names.unwrap_or_else(|_| Vec::<String>::new()).into_iter().filter(|name| is_left_behind(name)) {
        let _ = admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).await;
    }
}
