//! The scenarios of `examples/`, run as a reader would run them, with the real grpcurl against a real server.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is a failed test")]

use std::path::PathBuf;
use std::process::{Command, Output};

use super::callers::stage::{ROOT, server_for, token_of};
use super::harness::Server;
use super::tools;

/// What the scenarios share; it is no scenario itself.
const SHARED: &str = "scenario.sh";

fn scenarios() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut scenarios: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|end| end == "sh") && !path.ends_with(SHARED)).collect();
    scenarios.sort();
    scenarios
}

fn run(scenario: &PathBuf, arguments: &[&str], address: &str, token: Option<&str>) -> Output {
    let mut command = Command::new(scenario);
    command.args(arguments).env("PATH", tools::path()).env("BAILIWICK_ADDRESS", address).env_remove("BAILIWICK_TOKEN");
    command.envs(token.map(|token| ("BAILIWICK_TOKEN", token)));
    command.output().expect("bash runs")
}

/// Runs every scenario twice against a server; what they say.
fn works(server: &Server, token: Option<&str>) -> String {
    let mut said = String::new();
    assert!(scenarios().len() >= 3, "{:?}", scenarios());
    for scenario in scenarios() {
        for _ in 0..2 {
            let output = run(&scenario, &[], &server.address().to_string(), token);
            let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success(), "{}: {stdout}\n{stderr}", scenario.display());
            assert!(stdout.lines().filter(|line| line.starts_with("  ")).count() > 15, "{stdout}");
            said.push_str(&stdout);
        }
    }
    said
}

#[test]
fn every_scenario_of_the_examples_works_as_written_and_works_again() {
    works(&Server::start(), None);
}

#[test]
fn every_scenario_works_with_credentials_and_shows_what_becomes_of_bad_ones() {
    let said = works(&server_for(&[]), Some(&token_of(ROOT)));
    assert!(said.contains("Unauthenticated UNAUTHENTICATED"), "{said}");
}

#[test]
fn a_scenario_says_what_it_shows_and_ends_when_an_answer_is_wrong() {
    for scenario in scenarios() {
        let help = run(&scenario, &["--help"], "127.0.0.1:1", None);
        let said = String::from_utf8_lossy(&help.stdout).into_owned();
        assert!(help.status.success() && said.contains("Example: ") && said.lines().count() > 3, "{said}");
        let nobody_there = run(&scenario, &[], "127.0.0.1:1", None);
        assert!(!nobody_there.status.success());
        assert!(String::from_utf8_lossy(&nobody_there.stderr).contains("FAILED: "), "{nobody_there:?}");
    }
}
