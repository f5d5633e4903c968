//! Instructions of a decision, by workload: what does not depend on the mood of the machine.
//!
//! `cargo bench --bench instructions` runs itself under callgrind (Debian's package `valgrind`), where it asks each
//! workload's questions once and then twice: the difference is what the questions take. No question counts whose answer is
//! not the one that the workload expects. The tests hold such counts to a budget: `cargo test --test suite -- counts::`.

#![allow(clippy::unwrap_used, missing_docs, reason = "a measurement that fails may say so by a panic")]

use std::process::{Command, Stdio};

use bailiwick::bench::question::ask;
use bailiwick::engine::Loader;
use bailiwick::workload::{Keys, Question, Settings, Workload};

/// Workloads, each with its scale: callgrind takes fifty times as long as the machine.
const COUNTED: [(&str, f64); 8] = [
    ("casbin-small", 1.0),
    ("casbin-medium", 1.0),
    ("organisation", 0.002),
    ("ten-million", 0.001),
    ("deep", 0.01),
    ("flat", 0.01),
    ("wide", 0.01),
    ("negative", 0.01),
];
const QUESTIONS: usize = 2_000;
/// Set for the program under callgrind: the workload, its scale, and how often its questions are asked.
const ASKED: &str = "BAILIWICK_BENCH_ASKED";

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` asks whether it builds.
    }
    if let Ok(asked) = std::env::var(ASKED) {
        return ask_all(&asked);
    }
    println!("| workload | instructions of a decision |\n|---|---|");
    for (name, scale) in COUNTED {
        let (once, twice) = (counted(name, scale, 1), counted(name, scale, 2));
        println!("| {name} x {scale} | {} |", (twice - once) / QUESTIONS as u64);
    }
}

fn ask_all(asked: &str) {
    let mut parts = asked.split(' ');
    let mut part = || parts.next().unwrap();
    let (name, scale, rounds) = (part(), part().parse().unwrap(), part().parse().unwrap());
    let workload = Workload::new(name, &Settings { scale, ..Settings::default() }).unwrap();
    let mut loader = Loader::new(7);
    loader.add(workload.rows());
    let (state, questions) = (loader.finish(), workload.questions(Keys::Uniform).take(QUESTIONS));
    let questions: Vec<Question> = questions.collect();
    for _ in 0_usize..rounds {
        assert!(questions.iter().all(|question| ask(&state, question).allowed() == question.allowed));
    }
}

fn counted(name: &str, scale: f64, rounds: usize) -> u64 {
    let folder = tempfile::TempDir::new().unwrap();
    let out = folder.path().join("counted");
    let mut command = Command::new("valgrind");
    command.args(["-q", "--tool=callgrind", "--log-file=/dev/null"]).env(ASKED, format!("{name} {scale} {rounds}"));
    command.arg(format!("--callgrind-out-file={}", out.display())).arg(std::env::current_exe().unwrap());
    let status = command.stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "valgrind is there, and the answers are right");
    let told = std::fs::read_to_string(out).unwrap();
    let totals = told.lines().find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")));
    totals.and_then(|total| total.trim().parse().ok()).unwrap()
}
