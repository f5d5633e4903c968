//! A database that was restored from a copy: what came after the copy is no longer a history of this store.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tonic::Code;

use crate::callers::actor::Actor;
use crate::callers::shop::{self, PEOPLE};
use crate::callers::stage::{export, prepared, root};
use crate::harness::{Database, Server, block_on};

/// Copies the files of a database that no process has open; the lock is no part of it.
fn copied(from: &Path, to: &Path) {
    for entry in fs::read_dir(to).unwrap().map(Result::unwrap) {
        fs::remove_file(entry.path()).unwrap();
    }
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.path().extension().is_none_or(|extension| extension != "lock") {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// Starts a server on the database in a folder, and stops it after the work.
fn with_server<T>(folder: &Path, work: impl AsyncFnOnce(Actor) -> T) -> T {
    let server = Server::configured(&Database::Sqlite, |config| {
        prepared(config, PEOPLE);
        config.database.url = format!("sqlite://{}", folder.join("bailiwick.db").display());
    });
    let done = block_on(async { work(root(&server).await).await });
    server.stop();
    done
}

async fn written(by: &Actor, name: &str) -> Value {
    let group = json!({"group_id": name, "group": {"group_name": name}});
    by.done("DirectoryService/CreateGroup", group).await["consistency_token"].clone()
}

async fn asked(by: &Actor, consistency: Value) -> (Code, String) {
    let read = json!({"name": "groups/before", "consistency": consistency});
    match by.call("DirectoryService/GetGroup", read).await {
        Ok(_) => (Code::Ok, String::new()),
        Err(refusal) => (refusal.code, refusal.reason),
    }
}

fn diverged() -> (Code, String) {
    (Code::FailedPrecondition, "STORE_DIVERGED".to_owned())
}

#[test]
fn a_token_of_what_a_restored_copy_does_not_hold_is_refused() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (kept, document) = with_server(folder.path(), async |root| {
        shop::open(&root).await;
        (written(&root, "before").await, export(&root).await)
    });
    copied(folder.path(), copy.path());
    let lost = with_server(folder.path(), async |root| [written(&root, "after").await, written(&root, "later").await]);
    copied(copy.path(), folder.path());
    with_server(folder.path(), async |root| {
        assert_eq!(export(&root).await, document);
        for wish in [json!({}), json!({"at_least_as_fresh": kept}), json!({"fully_consistent": true})] {
            assert_eq!(asked(&root, wish.clone()).await.0, Code::Ok, "{wish}");
        }
        for token in &lost {
            assert_eq!(asked(&root, json!({"at_least_as_fresh": token})).await, diverged());
        }
        // Other writes take the same numbers: the numbers alone say nothing.
        written(&root, "instead").await;
        let newest = written(&root, "and-then").await;
        for token in &lost {
            assert_eq!(asked(&root, json!({"at_least_as_fresh": token})).await, diverged());
        }
        assert_eq!(asked(&root, json!({"at_least_as_fresh": newest})).await.0, Code::Ok);
        assert_eq!(
            root.refused("DirectoryService/GetGroup", json!({"name": "groups/after"})).await.code,
            Code::NotFound
        );
    });
    // From the start on, and not only because the process that wrote it remembers.
    with_server(folder.path(), async |root| {
        for token in &lost {
            assert_eq!(asked(&root, json!({"at_least_as_fresh": token})).await, diverged());
        }
        assert_eq!(asked(&root, json!({"at_least_as_fresh": kept})).await.0, Code::Ok);
    });
}
