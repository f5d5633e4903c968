//! Tests of what may be replaced, who gets a path, and what is left behind.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a failed test")]

use std::os::unix::fs::symlink;
use std::os::unix::net::{UnixListener as StdListener, UnixStream as StdStream};
use std::sync::Barrier;

use tempfile::TempDir;

use super::*;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn bind(path: &Path, mode: u32) -> Result<Socket, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Socket::bind(path, mode))
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

/// A socket on which nobody accepts.
fn dead(path: &Path) {
    drop(StdListener::bind(path).unwrap());
    assert!(path.exists(), "the file outlives its process");
}

#[test]
fn it_has_its_mode_and_is_removed_at_the_end() {
    let folder = folder();
    let path = folder.path().join("s");
    for wanted in [0o600, 0o660, 0o666] {
        let socket = bind(&path, wanted).unwrap();
        assert_eq!(mode(&path), wanted);
        StdStream::connect(&path).unwrap();
        drop(socket);
        assert!(fs::symlink_metadata(&path).is_err());
    }
}

#[test]
fn one_on_which_nobody_accepts_is_replaced() {
    let folder = folder();
    let path = folder.path().join("s");
    dead(&path);
    let _socket = bind(&path, 0o600).unwrap();
    StdStream::connect(&path).unwrap();
}

#[test]
fn one_on_which_somebody_accepts_is_refused_and_stays() {
    let folder = folder();
    let path = folder.path().join("s");
    let _live = bind(&path, 0o600).unwrap();
    let said = bind(&path, 0o600).unwrap_err();
    assert!(said.contains("another process serves there"), "{said}");
    StdStream::connect(&path).unwrap();
}

#[test]
fn what_is_no_socket_is_refused_and_stays() {
    let folder = folder();
    let path = folder.path().join("s");
    let (file, dead_one, live_one) =
        (folder.path().join("file"), folder.path().join("dead"), folder.path().join("live"));
    fs::write(&file, "kept").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o604)).unwrap();
    dead(&dead_one);
    let _live = StdListener::bind(&live_one).unwrap();
    let refused = |what: &str| {
        let said = bind(&path, 0o660).unwrap_err();
        assert!(said.contains("no socket is there"), "{what}: {said}");
    };
    for target in [&file, &dead_one, &live_one, &folder.path().join("nothing")] {
        symlink(target, &path).unwrap();
        refused("a link");
        assert_eq!(fs::read_link(&path).unwrap(), *target);
        fs::remove_file(&path).unwrap();
    }
    assert_eq!((fs::read_to_string(&file).unwrap(), mode(&file)), ("kept".to_owned(), 0o604));
    fs::write(&path, "kept").unwrap();
    refused("a file");
    assert_eq!(fs::read_to_string(&path).unwrap(), "kept");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused("a folder");
    assert!(path.is_dir());
}

#[test]
fn a_folder_that_is_missing_is_named() {
    let folder = folder();
    let missing = folder.path().join("missing");
    let said = bind(&missing.join("s"), 0o600).unwrap_err();
    assert!(said.contains(missing.to_str().unwrap()) && said.contains("No such file"), "{said}");
}

#[test]
fn of_many_who_want_one_path_at_once_one_gets_it() {
    let folder = folder();
    let path = folder.path().join("s");
    for _ in 0..20 {
        dead(&path);
        let barrier = Barrier::new(8);
        let racer = || {
            barrier.wait();
            bind(&path, 0o600)
        };
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..8).map(|_| scope.spawn(racer)).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert!(
            won.len() == 1
                && lost.iter().filter_map(|lost| lost.as_ref().err()).all(|said| said.contains("serves there")),
            "{lost:?}"
        );
        StdStream::connect(&path).unwrap();
        drop(won);
    }
}

#[test]
fn what_was_put_in_its_place_is_not_removed() {
    let folder = folder();
    let path = folder.path().join("s");
    let socket = bind(&path, 0o600).unwrap();
    fs::rename(&path, folder.path().join("moved")).unwrap();
    fs::write(&path, "kept").unwrap();
    drop(socket);
    assert_eq!(fs::read_to_string(&path).unwrap(), "kept");
}
