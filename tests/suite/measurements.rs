//! `bailiwick bench`: what it writes can be imported, what it measures is answered as expected, and what is not ends
//! with an error.

use std::process::Output;

use crate::commands::{bailiwick, stderr, stdout};
use crate::wire::process::Process;
use bailiwick::workload::ALL;

fn bench(arguments: &[&str]) -> Output {
    bailiwick(&[&["bench"], arguments].concat(), &[])
}

/// The figure in a row of the table.
fn figure(table: &str, row: &str) -> String {
    let line = table.lines().find_map(|line| line.strip_prefix(&format!("| {row} | ")));
    line.unwrap_or_else(|| panic!("no {row} in\n{table}")).trim_end_matches(" |").to_owned()
}

#[test]
fn every_workload_is_imported_and_asked_about_over_the_wire() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workload.jsonl").display().to_string();
    for name in ALL.iter().map(|description| description.name) {
        let output = bench(&["generate", "--workload", name, "--scale", "0.0001", "--seed", "5", "-o", &file]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", stderr(&output));
        let state = tempfile::tempdir().unwrap();
        let server = Process::start(state.path(), &["--memory", "--data", &file]);
        let (endpoint, pid) = (server.grpc.to_string(), server.id().to_string());
        let ask = |seed: &str, more: &[&str]| {
            let chosen = ["load", "--workload", name, "--scale", "0.0001", "--seed", seed, "--questions", "300"];
            let rest = ["--duration", "0.2", "--warm-up", "0.1", "--endpoint", &endpoint];
            bench(&[&chosen[..], &rest, more].concat())
        };
        for more in [
            &["--connections", "2", "--streams", "4", "--keys", "zipf", "--server-pid", &pid][..],
            &["--rate", "200"],
            &["--method", "batch", "--batch", "100"],
        ] {
            let output = ask("5", more);
            let table = stdout(&output);
            assert_eq!(output.status.code(), Some(0), "{name} {more:?}: {}\n{table}", stderr(&output));
            assert_eq!(figure(&table, "calls failed"), "0", "{name} {more:?}");
            assert_eq!(table.contains("processor time of the server"), more.contains(&"--server-pid"), "{table}");
            let allowed: f64 = figure(&table, "allowed").trim_end_matches(" %").parse().unwrap();
            let half = if name == "negative" { 0.0..0.1 } else { 30.0..70.0 };
            assert!(half.contains(&allowed), "{name} {more:?}: {allowed}");
        }
    }
}

#[test]
fn a_server_with_another_state_ends_the_measurement() {
    let state = tempfile::tempdir().unwrap();
    let server = Process::start(state.path(), &["--memory"]);
    let endpoint = server.grpc.to_string();
    let arguments = ["load", "--workload", "deep", "--scale", "0.002", "--duration", "0.1", "--warm-up", "0.1"];
    let output = bench(&[&arguments[..], &["--endpoint", &endpoint]].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("not as the workload expects"), "{}", stderr(&output));
}

#[test]
fn an_open_loop_calls_at_its_rate_and_counts_from_when_calls_were_due() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workload.jsonl").display().to_string();
    bench(&["generate", "--workload", "flat", "--scale", "0.002", "-o", &file]);
    let state = tempfile::tempdir().unwrap();
    let server = Process::start(state.path(), &["--memory", "--data", &file]);
    let endpoint = server.grpc.to_string();
    let load = |rate: &str, streams: &str| {
        let arguments = ["load", "--workload", "flat", "--scale", "0.002", "--duration", "0.5", "--warm-up", "0.1"];
        let rest = ["--endpoint", &endpoint, "--rate", rate, "--streams", streams];
        let output = bench(&[&arguments[..], &rest].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output)
    };
    assert_eq!(figure(&load("100", "64"), "calls answered"), "50");
    // A million calls a second through one stream cannot be sent when they are due: they are late, and that counts.
    let table = load("1000000", "1");
    let median: f64 = figure(&table, "latency p50").trim_end_matches(" ms").parse().unwrap();
    let unsent: u64 = figure(&table, "calls due and not sent in time").parse().unwrap();
    assert!(median > 100.0 && unsent > 0, "{table}");
}

#[test]
fn the_engine_is_measured_beside_the_latency_of_the_machine() {
    let arguments = ["engine", "--workload", "churn", "--scale", "0.001", "--questions", "500", "--rounds", "1"];
    let output = bench(&[&arguments[..], &["--changes", "2000"]].concat());
    let table = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{}\n{table}", stderr(&output));
    let before = table.split("changes, each a revision").next().unwrap();
    assert_eq!(before.matches("| Uniform | ").count() + before.matches("| Zipf | ").count(), 2, "{table}");
    assert_eq!(table.matches("\nL = ").count(), 2, "{table}");
    assert_eq!(figure(&table, "changes, each a revision"), "2000");
    assert!(table.contains("all of it, to each assignment"), "{table}");
    let rows: u64 = figure(&table, "rows loaded").parse().unwrap();
    assert!(rows > 1_000, "{table}");
}

#[test]
fn workloads_are_listed_and_what_is_not_there_is_named() {
    let listed = stdout(&bench(&["workloads"]));
    for description in &ALL {
        assert!(listed.contains(description.name) && listed.contains(description.text), "{listed}");
    }
    let refused = |arguments: &[&str], word: &str| {
        let output = bench(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(word), "{arguments:?}: {}", stderr(&output));
    };
    refused(&["engine", "--workload", "nothing"], "ten-million");
    refused(&["engine", "--workload", "wide", "--set", "chains=3"], "chains");
    refused(&["engine", "--workload", "wide", "--set", "roles"], "PARAMETER=NUMBER");
    refused(&["generate", "--workload", "wide", "--scale", "0"], "scale");
    refused(&["load", "--workload", "wide", "--rate", "0"], "above 0");
}
