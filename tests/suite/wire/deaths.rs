//! How the process ends: asked to, it finishes what it has accepted; killed, it has lost nothing that it confirmed.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Read;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use prost::Message;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;
use tonic::metadata::MetadataMap;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use bailiwick::proto::v1::ImportPolicyRequest;
use bailiwick::proto::v1::policy_data_service_client::PolicyDataServiceClient;

use super::probes::get;
use super::process::{Process, serve, terminate};
use crate::callers::actor::{Actor, described, message};
use crate::callers::stage::{export, rounds};
use crate::harness::block_on;

/// How long a call may take to finish after SIGTERM, and how much later the process may be gone on a slow machine.
const GRACE: Duration = Duration::from_secs(3);
const SLOWNESS: Duration = Duration::from_secs(8);

fn part(text: &serde_json::Value) -> ImportPolicyRequest {
    let described = described("PolicyDataService/ImportPolicy").input();
    ImportPolicyRequest::decode(&message(&described, text.clone()).encode_to_vec()[..]).unwrap()
}

fn data(line: &serde_json::Value) -> ImportPolicyRequest {
    part(&json!({"data": BASE64.encode(format!("{line}\n").as_bytes())}))
}

/// Waits until the health of the whole server is what it must become.
async fn becomes(watch: &mut tonic::Streaming<tonic_health::pb::HealthCheckResponse>, status: ServingStatus) {
    while watch.message().await.unwrap().unwrap().status() != status {}
}

/// A folder for temporary files, in which nothing is yet.
fn scratch(folder: &Path) -> PathBuf {
    let scratch = folder.join("scratch");
    std::fs::create_dir(&scratch).unwrap();
    scratch
}

fn names_in(folder: &Path) -> Vec<std::ffi::OsString> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
}

#[test]
fn asked_to_end_before_it_serves_it_ends_at_once_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let scratch = scratch(folder.path());
    let data = folder.path().join("policy.jsonl");
    assert!(Command::new("mkfifo").arg(&data).status().unwrap().success());
    let mut command = serve(folder.path(), &["--memory", "--data", data.to_str().unwrap()]);
    let mut child = command.env("TMPDIR", &scratch).spawn().unwrap();
    // Opened when the server opens it, which then waits for its contents.
    let _unwritten = OpenOptions::new().write(true).open(&data).unwrap();
    terminate(child.id());
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{log}");
    assert!(log.contains("SIGTERM received before the start was over"), "{log}");
    assert!(names_in(&scratch).is_empty(), "{:?}", names_in(&scratch));
}

#[test]
fn a_start_that_fails_says_all_that_it_has_to_say_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let scratch = scratch(folder.path());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, free) = (taken.local_addr().unwrap().to_string(), "127.0.0.1:0");
    for (grpc, metrics) in [(free, address.as_str()), (address.as_str(), free)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bailiwick"));
        command.args(["serve", "--memory", "--grpc-listen", grpc, "--metrics-listen", metrics]);
        let output = command.env_clear().env("TMPDIR", &scratch).output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && log.contains(&address), "{log}");
        assert!(log.contains("the state is loaded"), "{log}");
        assert!(names_in(&scratch).is_empty(), "{:?}: {log}", names_in(&scratch));
    }
}

#[test]
fn asked_to_end_it_says_so_finishes_what_it_has_accepted_and_leaves_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), &["--shutdown-grace", "3s"]);
    assert_eq!(get(process.metrics, "/readyz").0, 200);
    let began = block_on(async {
        let channel = process.root().await.channel;
        let mut watch =
            HealthClient::new(channel.clone()).watch(HealthCheckRequest::default()).await.unwrap().into_inner();
        becomes(&mut watch, ServingStatus::Serving).await;
        // An import of which a half has been sent.
        let (parts, sent) = mpsc::channel(8);
        let mut client = PolicyDataServiceClient::new(channel.clone());
        let import = tokio::spawn(async move { client.import_policy(ReceiverStream::new(sent)).await });
        parts.send(part(&json!({"options": {}}))).await.unwrap();
        parts.send(data(&json!({"bailiwick_policy": {"version": 1}}))).await.unwrap();
        in_flight(&process).await;
        process.terminate();
        let began = Instant::now();
        becomes(&mut watch, ServingStatus::NotServing).await;
        assert_eq!(get(process.metrics, "/readyz").0, 503);
        parts.send(data(&json!({"group": {"id": "last", "group_name": "last"}}))).await.unwrap();
        drop(parts);
        let answer = import.await.unwrap().unwrap().into_inner();
        assert_eq!((answer.lines, answer.created), (2, 1));
        while TcpStream::connect(process.grpc).is_ok() {
            tokio::task::yield_now().await;
        }
        began
    });
    let (status, log) = process.ended();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(began.elapsed() < GRACE + SLOWNESS, "{:?}", began.elapsed());
    assert!(log.contains("SIGTERM") && log.contains("stopped"), "{log}");
    let again = Process::start(folder.path(), &[]);
    assert!(block_on(async { export(&again.root().await).await }).contains("\"last\""));
}

/// Waits until the import is being answered: beside the watch, which counts as well.
async fn in_flight(process: &Process) {
    while !get(process.metrics, "/metrics").1.contains("bailiwick_grpc_calls_in_flight 2") {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[test]
fn a_stream_that_stays_open_does_not_keep_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), &["--shutdown-grace", "1s"]);
    block_on(async {
        let channel = process.root().await.channel;
        let mut watch =
            HealthClient::new(channel.clone()).watch(HealthCheckRequest::default()).await.unwrap().into_inner();
        becomes(&mut watch, ServingStatus::Serving).await;
        let (parts, sent) = mpsc::channel(8);
        let mut client = PolicyDataServiceClient::new(channel);
        let import = tokio::spawn(async move { client.import_policy(ReceiverStream::new(sent)).await });
        parts.send(part(&json!({"options": {}}))).await.unwrap();
        in_flight(&process).await;
        process.terminate();
        let began = Instant::now();
        let outcome = tokio::task::spawn_blocking(move || process.ended()).await.unwrap();
        assert_eq!(outcome.0.code(), Some(0), "{}", outcome.1);
        assert!(began.elapsed() < Duration::from_secs(1) + SLOWNESS, "{:?}", began.elapsed());
        assert!(import.await.unwrap().is_err(), "what could not be finished is not confirmed");
    });
}

#[test]
fn with_nothing_to_finish_it_leaves_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), &["--shutdown-grace", "60s"]);
    block_on(async {
        let idle = process.root().await;
        idle.done("ServerService/GetServerInfo", json!({})).await;
        process.terminate();
        let began = Instant::now();
        let (status, log) = tokio::task::spawn_blocking(move || process.ended()).await.unwrap();
        assert_eq!(status.code(), Some(0), "{log}");
        assert!(began.elapsed() < SLOWNESS, "an idle connection keeps it: {:?}", began.elapsed());
    });
}

#[test]
fn a_second_process_on_the_same_file_names_the_first_and_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let first = Process::start(folder.path(), &[]);
    let second = serve(folder.path(), &[]).output().unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success(), "{said}");
    assert!(said.contains(&format!("process {}", first.id())), "{said}");
    block_on(async { first.root().await.done("ServerService/GetServerInfo", json!({})).await });
    first.terminate();
    assert_eq!(first.ended().0.code(), Some(0));
    Process::start(folder.path(), &[]);
}

/// Creates groups with two members each until the connection breaks; answers with those that were confirmed.
async fn written(by: Actor, prefix: String, confirmed: mpsc::Sender<()>) -> Vec<String> {
    let mut acknowledged = Vec::new();
    loop {
        let id = format!("{prefix}-{}", acknowledged.len());
        let request = json!({"group_id": id, "group": {"group_name": id}, "members": ["users/a", "users/b"]});
        let method = described("DirectoryService/CreateGroup");
        let bytes = message(&method.input(), request).encode_to_vec();
        match by.raw("/bailiwick.v1.DirectoryService/CreateGroup", vec![bytes], MetadataMap::new()).await {
            Ok(_) => acknowledged.push(id),
            Err(status)
                if matches!(status.code(), Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal) =>
            {
                return acknowledged;
            }
            Err(status) => panic!("{status:?}"),
        }
        let _enough = confirmed.try_send(());
    }
}

/// Every group is there with both members, or is not there at all.
fn whole(document: &str) -> BTreeSet<String> {
    let lines: Vec<serde_json::Value> = document.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let groups: BTreeSet<String> =
        lines.iter().filter_map(|line| line["group"]["id"].as_str()).map(str::to_owned).collect();
    let members = lines.iter().filter_map(|line| line["group_member"]["group"].as_str());
    let mut count = std::collections::BTreeMap::new();
    members.for_each(|group| *count.entry(group.to_owned()).or_insert(0) += 1);
    assert!(groups.iter().all(|group| count.get(group) == Some(&2)), "a group was written by half");
    assert_eq!(groups.len(), count.len());
    groups
}

#[test]
fn killed_under_writes_it_has_every_one_that_it_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..rounds().div_ceil(5) {
        let mut process = Process::start(folder.path(), &[]);
        let more = block_on(async {
            let root = process.root().await;
            let there = whole(&export(&root).await);
            let lost: Vec<_> = acknowledged.iter().filter(|id| !there.contains(*id)).collect();
            assert!(lost.is_empty(), "confirmed and lost: {lost:?}");
            for id in ["a", "b"] {
                let _there_already =
                    root.call("DirectoryService/CreateUser", json!({"user_id": id, "user": {"username": id}})).await;
            }
            let (confirmed, mut count) = mpsc::channel(64);
            let writers: Vec<_> = (0..4)
                .map(|writer| tokio::spawn(written(root.clone(), format!("r{round}w{writer}"), confirmed.clone())))
                .collect();
            for _ in 0..10 + round * 7 {
                count.recv().await.unwrap();
            }
            process.kill();
            let mut all = Vec::new();
            for writer in writers {
                all.extend(writer.await.unwrap());
            }
            all
        });
        assert!(!more.is_empty());
        acknowledged.extend(more);
    }
    let last = Process::start(folder.path(), &[]);
    let there = whole(&block_on(async { export(&last.root().await).await }));
    assert!(acknowledged.iter().all(|id| there.contains(id)));
}
