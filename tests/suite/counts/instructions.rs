//! Instructions of a decision, and of a whole check over the wire beside those of an empty handler.
//!
//! What a decision takes is held to a budget of the compiler's version, in `budgets.txt`; a version that has none is told
//! its figure. A check is held to its ratio to the empty handler of the same run. More than 3 % above is a failure; who
//! makes either cheaper writes the new figure down.

use std::io::Write;
use std::path::Path;

use bailiwick::proto::v1::CheckPermissionRequest;
use bailiwick::proto::v1::check_permission_request::Target;
use tempfile::{NamedTempFile, TempDir};

use super::office;
use super::server::{Counted, callgrind, counted};
use crate::states::load;

/// How often the test below asks its questions, where it is set.
const ROUNDS: &str = "BAILIWICK_TEST_COUNTED_ROUNDS";
const BUDGETS: &str = include_str!("budgets.txt");
/// Thousandths.
const TOLERANCE: u64 = 1_030;
const USERS: usize = 200;

#[test]
fn the_company_is_answered_as_it_must_be() {
    let (engine, questions) = (load(&office::rows()), office::questions());
    let rounds = std::env::var(ROUNDS).map_or(1, |text| text.parse().unwrap());
    (0..rounds).for_each(|_| office::ask(&engine, &questions));
}

/// What so many rounds of all questions take, with all that is done before.
fn instructions_of(rounds: usize) -> u64 {
    let folder = TempDir::new().unwrap();
    let mut command = callgrind(folder.path(), true, std::env::current_exe().unwrap());
    command.args(["--exact", "counts::instructions::the_company_is_answered_as_it_must_be"]);
    let status = command.env(ROUNDS, rounds.to_string()).status().expect("valgrind is there: tests/run installs it");
    assert!(status.success());
    counted(folder.path())
}

#[test]
fn a_decision_takes_no_more_instructions_than_it_did() {
    let questions = office::questions().len() as u64;
    let each = (instructions_of(2) - instructions_of(1)) / questions;
    hold("a decision", each);
}

#[test]
fn a_check_over_the_wire_takes_little_more_instructions_than_an_empty_handler() {
    let (data, asked) = (data(), questions());
    let (real, allowed) = Counted::real(data.path()).per_question(&asked);
    let (empty, all) = Counted::empty().per_question(&asked);
    assert_eq!((allowed, all), (asked.len() / 2, asked.len()));
    println!("a check takes {real} instructions, an empty handler {empty}");
    hold("a check, in thousandths of an empty handler", real * 1_000 / empty);
}

/// Holds a count to its budget.
fn hold(what: &str, count: u64) {
    let version = rustc();
    let lines = BUDGETS.lines().filter_map(|line| line.strip_prefix(&version)?.trim().split_once(" = "));
    let budget = lines.filter(|(name, _)| *name == what).find_map(|(_, budget)| budget.parse::<u64>().ok());
    println!("{what}: {count}; budget of rustc {version}: {budget:?}");
    if let Some(budget) = budget {
        assert!(count * 1_000 <= budget * TOLERANCE, "{what}: {count}, more than {budget} by over 3 %");
    }
}

fn rustc() -> String {
    let rustc = Path::new(env!("CARGO")).with_file_name("rustc");
    let told = std::process::Command::new(rustc).arg("--version").output().unwrap().stdout;
    String::from_utf8(told).unwrap().split_whitespace().nth(1).unwrap().to_owned()
}

/// An import: users who hold one role, and a client who may ask about everybody.
fn data() -> NamedTempFile {
    let mut file = NamedTempFile::with_suffix(".jsonl").unwrap();
    let mut line = |text: &str| writeln!(file, "{text}").unwrap();
    line(r#"{"bailiwick_policy":{"version":1}}"#);
    line(r#"{"application":{"id":"billing"}}"#);
    line(r#"{"privilege":{"application":"billing","key":"invoice:read"}}"#);
    line(r#"{"privilege":{"application":"billing","key":"invoice:create"}}"#);
    line(r#"{"role":{"application":"billing","id":"clerk","role_name":"clerk"}}"#);
    line(r#"{"role_privilege":{"application":"billing","role":"clerk","privilege":"invoice:read"}}"#);
    for user in 0..USERS {
        line(&format!(r#"{{"user":{{"id":"user-{user:020}","username":"u{user}","application":"billing"}}}}"#));
    }
    for user in 0..USERS {
        line(&format!(
            r#"{{"role_assignment":{{"holder":"users/user-{user:020}","application":"billing","role":"clerk"}}}}"#
        ));
    }
    line(r#"{"client":{"id":"asker","application":"billing"}}"#);
    line(r#"{"role":{"application":"billing","id":"asker","role_name":"asker"}}"#);
    line(r#"{"role_privilege":{"application":"billing","role":"asker","privilege":"bailiwick:permission:check"}}"#);
    line(r#"{"role_assignment":{"holder":"clients/asker","application":"billing","role":"asker"}}"#);
    file.flush().unwrap();
    file
}

/// A thousand questions; every second one is allowed.
fn questions() -> Vec<CheckPermissionRequest> {
    let question = |number: usize| CheckPermissionRequest {
        application: "applications/billing".to_owned(),
        subject: format!("users/user-{:020}", number * 7 % USERS),
        privilege: if number.is_multiple_of(2) { "invoice:read" } else { "invoice:create" }.to_owned(),
        target: Some(Target::Resource(format!("invoices/{number}"))),
        consistency: None,
        facts: None,
    };
    (0..1_000).map(question).collect()
}
