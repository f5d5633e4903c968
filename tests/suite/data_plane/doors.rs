//! How the doors of the data plane are opened and closed, and when they are not.

use std::net::{TcpListener, TcpStream};
use std::process::Command;

use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::callers::actor::Actor;
use crate::commands::{bailiwick, stderr};
use crate::harness::{Server, block_on};
use crate::wire::process::{Process, serve};

#[test]
fn there_is_no_such_door_unless_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), &[]);
    assert_eq!(process.data, None);
    assert_eq!(Server::start().running().data_address(), None);
}

#[test]
fn an_address_that_is_taken_is_named_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = serve(folder.path(), &["--data-listen", &address]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(&format!("data.listen {address}: Address already in use")), "{said}");
    drop(taken);
    let process = Process::start(folder.path(), &["--data-listen", &address]);
    assert_eq!(process.data.map(|data| data.to_string()), Some(address));
}

#[test]
fn a_door_for_other_machines_needs_a_token() {
    let output = bailiwick(&["serve", "--memory", "--grpc-listen", "127.0.0.1:0", "--data-listen", "0.0.0.0:0"], &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("tokens: none is set, but data.listen (0.0.0.0:0)"), "{said}");
}

#[test]
fn asked_to_end_it_says_so_there_too_and_takes_no_new_connections() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.sock");
    let more = ["--data-listen", "127.0.0.1:0", "--data-socket", path.to_str().unwrap(), "--shutdown-grace", "30s"];
    let process = Process::start(folder.path(), &more);
    let address = process.data.unwrap();
    block_on(async {
        let caller = Actor::connect(address, None).await;
        let mut watch = HealthClient::new(caller.channel.clone()).watch(HealthCheckRequest::default()).await;
        let watch = watch.as_mut().unwrap().get_mut();
        assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
        process.terminate();
        assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
        while TcpStream::connect(address).is_ok() || path.exists() {
            tokio::task::yield_now().await;
        }
        // The watch is open all the while: dropping it is what lets the process go.
    });
    let (status, log) = process.ended();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("\"drained\":true"), "{log}");
}

#[test]
fn the_environment_opens_it_as_the_flag_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut command: Command = serve(folder.path(), &[]);
    command.env("BAILIWICK_DATA_LISTEN", "127.0.0.1:0");
    let process = Process::started(command);
    assert!(process.data.is_some_and(|data| data.port() != 0 && data != process.grpc));
}
