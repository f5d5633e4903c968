//! The quick start of the README, run as a reader would run it, with the real grpcurl against a real server.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is a failed test")]

use std::process::Command;

use super::harness::Server;
use super::tools;

/// The commands of the README between "```sh NAME" and "```".
pub(crate) fn block(name: &str) -> String {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once(&format!("```sh {name}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_readme_s_quick_start_works_as_written() {
    let server = Server::start();
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &block("quick-start")])
        .env("PATH", tools::path())
        .env("BAILIWICK_ADDRESS", server.address().to_string())
        .output()
        .expect("bash runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}\n{stderr}\n(grpcurl is installed by tests/run)");
    let (before, after) = stdout.split_once("\"assignments\"").unwrap();
    assert!(before.contains("\"decision\": \"DECISION_DENIED\""), "{before}");
    assert!(before.contains("\"reason\": \"DECISION_REASON_NOT_GRANTED\""), "{before}");
    assert!(after.contains("\"decision\": \"DECISION_ALLOWED\""), "{after}");
}
