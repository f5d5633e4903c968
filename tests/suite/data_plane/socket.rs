//! The socket: its file, who may open it, what it replaces, and the commands that call through it.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use super::{endpoint, with_doors};
use crate::callers::actor::Actor;
use crate::callers::stage::{ROOT, prepared, token_of};
use crate::commands::{bailiwick, stderr, stdout};
use crate::harness::block_on;
use crate::wire::process::{Process, serve};
use crate::{quick_start, tools};

const CHECK: &str = "PermissionService/CheckPermission";

/// A folder with a place for a socket.
fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.sock");
    (folder, path)
}

/// A server with its socket there.
fn start(folder: &Path, path: &Path) -> Process {
    Process::start(folder, &["--data-socket", path.to_str().unwrap()])
}

fn mode(path: &Path) -> u32 {
    let metadata = fs::symlink_metadata(path).unwrap();
    assert!(metadata.file_type().is_socket());
    metadata.permissions().mode() & 0o7777
}

fn question() -> serde_json::Value {
    json!({"application": "applications/bailiwick", "subject": ROOT, "privilege": "bailiwick:role:read"})
}

/// A check through the socket, on a server without tokens.
fn asked(path: &Path) {
    block_on(async {
        let caller = Actor::connect_to(endpoint(path), None).await;
        assert_eq!(caller.done(CHECK, question()).await["decision"], "DECISION_ALLOWED");
    });
}

/// What a start that fails says.
fn refused(folder: &Path, path: &Path) -> String {
    let mut child = serve(folder, &["--data-socket", path.to_str().unwrap()]).spawn().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2), "{said}");
    assert!(said.contains(&format!("data.socket {}: ", path.display())), "{said}");
    said
}

#[test]
fn without_tokens_only_the_user_of_the_server_may_open_it() {
    with_doors(
        |_| {},
        async |server| {
            assert_eq!(mode(server.running().data_socket().unwrap()), 0o600);
        },
    );
}

#[test]
fn with_tokens_the_group_of_the_server_may_open_it_too() {
    with_doors(
        |config| prepared(config, &[]),
        async |server| {
            assert_eq!(mode(server.running().data_socket().unwrap()), 0o660);
        },
    );
}

#[test]
fn what_the_process_masks_does_not_matter() {
    let (folder, path) = place();
    let token = folder.path().join("token");
    fs::write(&token, token_of(ROOT)).unwrap();
    let file = token.to_str().unwrap();
    let more = ["--data-socket", path.to_str().unwrap(), "--token-subject", ROOT, "--token-file", file];
    for mask in ["0", "027", "077"] {
        let program = serve(folder.path(), &more);
        let mut command = Command::new("sh");
        command.args(["-c", &format!("umask {mask}; exec \"$0\" \"$@\"")]).arg(program.get_program());
        command.args(program.get_args()).env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let process = Process::started(command);
        assert_eq!(mode(&path), 0o660, "umask {mask}");
        process.terminate();
        assert_eq!(process.ended().0.code(), Some(0));
    }
}

#[test]
fn it_is_gone_when_the_server_is() {
    let (folder, path) = place();
    let process = start(folder.path(), &path);
    asked(&path);
    assert_eq!(process.data_socket.as_deref(), Some(path.as_path()));
    process.terminate();
    let (status, log) = process.ended();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(fs::symlink_metadata(&path).is_err());
    asked_again(folder.path(), &path);
}

fn asked_again(folder: &Path, path: &Path) {
    let _process = start(folder, path);
    asked(path);
}

#[test]
fn what_a_killed_server_left_is_replaced() {
    let (folder, path) = place();
    let mut process = start(folder.path(), &path);
    process.kill();
    assert!(UnixStream::connect(&path).is_err() && path.exists(), "it is left behind");
    asked_again(folder.path(), &path);
}

#[test]
fn a_start_that_fails_leaves_none() {
    let (folder, path) = place();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    // The socket is bound before the address.
    let more = ["--data-socket", path.to_str().unwrap(), "--data-listen", &address];
    let output = serve(folder.path(), &more).output().unwrap();
    assert!(!output.status.success() && stderr(&output).contains(&address), "{}", stderr(&output));
    assert!(fs::symlink_metadata(&path).is_err());
    drop(taken);
    let _process = Process::start(folder.path(), &more);
    asked(&path);
}

#[test]
fn one_that_somebody_serves_is_refused_and_goes_on() {
    let (folder, path) = place();
    let first = start(folder.path(), &path);
    let said = refused(tempfile::tempdir().unwrap().path(), &path);
    assert!(said.contains("another process serves there"), "{said}");
    asked(&path);
    drop(first);
    let _other_program = {
        fs::remove_file(&path).unwrap();
        UnixListener::bind(&path).unwrap()
    };
    let said = refused(folder.path(), &path);
    assert!(said.contains("another process serves there"), "{said}");
}

#[test]
fn what_is_no_socket_or_has_no_folder_is_refused() {
    let (folder, path) = place();
    fs::write(&path, "kept").unwrap();
    let said = refused(folder.path(), &path);
    assert!(said.contains("something that is no socket is there"), "{said}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "kept");
    let missing = folder.path().join("missing/data.sock");
    let said = refused(folder.path(), &missing);
    assert!(said.contains("its folder") && said.contains("missing: No such file or directory"), "{said}");
    let long = folder.path().join("x".repeat(108));
    let output = bailiwick(&["serve", "--data-socket", long.to_str().unwrap()], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("data.socket: has ") && stderr(&output).contains("107"), "{}", stderr(&output));
}

#[test]
fn commands_that_ask_go_through_it_and_others_are_told_what_it_serves() {
    let (folder, path) = place();
    let process = start(folder.path(), &path);
    let at = endpoint(&path);
    let check = ["check", "--application", "bailiwick", "--subject", ROOT, "--privilege", "bailiwick:role:read"];
    let asked = [&check[..], &["--endpoint", &at]].concat();
    let output = bailiwick(&asked, &[]);
    let said = (output.status.code(), stdout(&output));
    assert_eq!(said, (Some(0), "ALLOWED ROLE_ASSIGNMENT\n".to_owned()), "{}", stderr(&output));
    for (service, code) in [("", 0), ("bailiwick.v1.PermissionService", 0), ("bailiwick.v1.RoleService", 1)] {
        let output = bailiwick(&["healthcheck", "--service", service], &[("BAILIWICK_ENDPOINT", &at)]);
        assert_eq!(output.status.code(), Some(code), "{service}: {}", stderr(&output));
    }
    for command in [&["version", "--server"][..], &["export"]] {
        let output = bailiwick(command, &[("BAILIWICK_ENDPOINT", &at)]);
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        let said = stderr(&output);
        assert!(said.contains("UNIMPLEMENTED: this listener has no such method: it serves the data plane"), "{said}");
    }
    process.terminate();
    assert_eq!(process.ended().0.code(), Some(0));
    let output = bailiwick(&asked, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains(&format!("cannot reach {at}: No such file")), "{}", stderr(&output));
}

#[test]
fn a_token_goes_through_it_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, token_of(ROOT)).unwrap();
    with_doors(
        |config| prepared(config, &[]),
        async |server| {
            let at = endpoint(server.running().data_socket().unwrap());
            let check =
                ["check", "--application", "bailiwick", "--subject", ROOT, "--privilege", "bailiwick:role:read"];
            let output = bailiwick(&[&check[..], &["--endpoint", &at]].concat(), &[]);
            assert!(stderr(&output).contains("UNAUTHENTICATED"), "{}", stderr(&output));
            let token = ["--endpoint", &at, "--token-file", file.to_str().unwrap()];
            let output = bailiwick(&[&check[..], &token].concat(), &[]);
            assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
        },
    );
}

/// The commands of the README, with the real grpcurl, on what the quick start has made.
#[test]
fn the_readme_s_commands_for_the_socket_work_as_written() {
    let (folder, path) = place();
    let process = start(folder.path(), &path);
    let program = Path::new(env!("CARGO_BIN_EXE_bailiwick")).parent().unwrap().display();
    let run = |block: &str| {
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", &quick_start::block(block)]).current_dir(folder.path());
        command.env("PATH", format!("{program}:{}", tools::path()));
        command.env("BAILIWICK_ADDRESS", process.grpc.to_string()).env("BAILIWICK_SOCKET", &path);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}\n{}", stdout(&output), stderr(&output));
        stdout(&output)
    };
    run("quick-start");
    let said = run("socket");
    assert!(said.contains("SERVING\n") && said.contains("ALLOWED ROLE_ASSIGNMENT\n"), "{said}");
    assert!(said.contains("\"decision\": \"DECISION_ALLOWED\""), "{said}");
}
