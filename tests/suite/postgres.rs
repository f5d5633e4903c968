//! The PostgreSQL server for tests: `BAILIWICK_TEST_POSTGRES_URL` names a database on it whose user may create others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::doc_markdown, reason = "a failed unwrap is a failed test")]

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::database_server::{DatabaseServer, is_left_behind, with_database};

static SERVER: DatabaseServer = DatabaseServer::new("PostgreSQL", "BAILIWICK_TEST_POSTGRES_URL");

/// The URL of a new, empty database; `None` when there is no server to make it on.
pub(crate) async fn fresh_database() -> Option<String> {
    let server = SERVER.url()?;
    let mut admin = PgConnection::connect(&server).await.expect("the PostgreSQL server for tests is reachable");
    SERVER.tidy(drop_left_behind(server.clone()));
    let name = SERVER.new_name();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    Some(with_database(&server, &name))
}

async fn drop_left_behind(server: String) {
    let Ok(mut admin) = PgConnection::connect(&server).await else { return };
    let names = sqlx::query_scalar("SELECT datname FROM pg_database").fetch_all(&mut admin).await;
    for name in names.unwrap_or_else(|_| Vec::<String>::new()).into_iter().filter(|name| is_left_behind(name)) {
        let _ = admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).await;
    }
}
