//! Deadlines: none left, absurd, malformed; and a store that does not answer.

use std::time::{Duration, Instant};

use prost::Message;
use sea_orm::{ConnectionTrait, Database, TransactionTrait};
use serde_json::json;
use tonic::Code;

use super::http2::{Connection, framed};
use crate::callers::actor::{Refusal, described, message};
use crate::callers::stage::{export, head, on_shared_databases, root, server_for};
use crate::harness::{Server, block_on};

/// Makes a group within the time; a gRPC client would look at the time as well, and this one does not.
async fn made(server: &Server, name: &str, timeouts: &[&str]) -> Result<(), Refusal> {
    let request = json!({"group_id": name, "group": {"group_name": name}});
    let request = message(&described("DirectoryService/CreateGroup").input(), request).encode_to_vec();
    let headers: Vec<(&str, &str)> = timeouts.iter().map(|value| ("grpc-timeout", *value)).collect();
    let mut connection = Connection::open(server.address()).await;
    let answer = connection.call("/bailiwick.v1.DirectoryService/CreateGroup", &headers, framed(&request)).await;
    match answer.status.unwrap() {
        status if status.code() == Code::Ok => Ok(()),
        status => Err(Refusal::of(&status)),
    }
}

#[test]
fn without_time_nothing_is_done() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        let before = head(&root).await;
        for value in ["0n", "0u", "0m", "0S", "0M", "0H", "00000000S"] {
            let refusal = made(&server, "late", &[value]).await.unwrap_err();
            assert_eq!(refusal.said(), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"), "{value}");
        }
        assert_eq!(head(&root).await, before);
    });
}

#[test]
fn an_absurdly_long_time_is_cut_and_served() {
    let server = server_for(&[]);
    block_on(async {
        for (at, value) in ["99999999H", "99999999S", "1H", "30S"].into_iter().enumerate() {
            made(&server, &format!("g{at}"), &[value]).await.unwrap();
        }
    });
}

#[test]
fn a_timeout_that_is_none_is_refused() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        let before = head(&root).await;
        for value in ["", "abc", "1", "S", "-1S", "+1S", "1.5S", "1s", "1 S", "123456789S", "0x1S", "1SS", "٣S"] {
            let refusal = made(&server, "none", &[value]).await.unwrap_err();
            let said = (refusal.code, refusal.fields());
            assert_eq!(said, (Code::InvalidArgument, ["grpc-timeout".to_owned()].into()), "{value:?}");
        }
        assert_eq!(made(&server, "none", &["1S", "1S"]).await.unwrap_err().code, Code::InvalidArgument);
        assert_eq!(head(&root).await, before);
    });
}

/// A store that hangs: who waits for it is told in time, checks go on, and who gave up before his turn has changed
/// nothing.
#[test]
fn a_store_that_hangs_delays_nobody_beyond_his_deadline() {
    on_shared_databases(&[]).for_each(|server| block_on(hang_and_go_on(&server)));
}

async fn hang_and_go_on(server: &Server) {
    let root = root(server).await;
    let database = Database::connect(&server.config.database.url).await.unwrap();
    let other = database.begin().await.unwrap();
    other.execute_unprepared("SELECT * FROM counter FOR UPDATE").await.unwrap();
    let start = Instant::now();
    // The first holds the writer when the second comes.
    let refusal = made(server, "first", &["300m"]).await.unwrap_err();
    assert!(matches!(refusal.code, Code::DeadlineExceeded | Code::Unavailable), "{refusal:?}");
    let refusal = made(server, "second", &["300m"]).await.unwrap_err();
    assert!(matches!(refusal.code, Code::DeadlineExceeded | Code::Unavailable), "{refusal:?}");
    let mine =
        json!({"application": "applications/bailiwick", "subject": "users/me", "privilege": "bailiwick:role:read"});
    let allowed = root.done("PermissionService/CheckPermission", mine).await;
    assert_eq!(allowed["decision"], "DECISION_ALLOWED");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    other.rollback().await.unwrap();
    made(server, "third", &[]).await.unwrap();
    let after = export(&root).await;
    assert!(after.contains("\"third\"") && !after.contains("\"second\""), "{after}");
}
