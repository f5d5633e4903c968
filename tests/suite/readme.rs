//! The tables of the README are what the code says.
//!
//! When one is not, the test shows the text that it wants; `BAILIWICK_TEST_WRITE_README=1 cargo test readme` writes it.

use std::fmt::Write as _;

use bailiwick::config::Flags;
use bailiwick::domain::limit::ALL;
use clap::{Arg, Args, Command};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

/// A number as people read it: sizes in powers of two with their unit, others with commas.
fn spelled(name: &str, value: u64) -> String {
    let (mebi, kibi) = (1 << 20, 1 << 10);
    if name.contains("BYTES") && value.is_multiple_of(mebi) {
        return format!("{} MiB", value / mebi);
    }
    if name.contains("BYTES") && value.is_multiple_of(kibi) {
        return format!("{} KiB", value / kibi);
    }
    let digits = value.to_string();
    let commas = digits.char_indices().map(|(at, digit)| {
        let is_third = at > 0 && (digits.len() - at).is_multiple_of(3);
        if is_third { format!(",{digit}") } else { digit.to_string() }
    });
    commas.collect()
}

fn limits() -> String {
    let mut table = "| Limit | |\n|---|---|\n".to_owned();
    for limit in ALL {
        let meaning = limit.meaning.trim().trim_end_matches('.').trim_end_matches(", at most");
        writeln!(table, "| {meaning} | {} |", spelled(limit.name, limit.value)).unwrap();
    }
    table
}

fn settings() -> String {
    let mut table = "| Flag | Default | |\n|---|---|---|\n".to_owned();
    let command = Flags::augment_args(Command::new("serve"));
    for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
        writeln!(table, "{}", setting(argument)).unwrap();
    }
    table
}

fn setting(argument: &Arg) -> String {
    let help = argument.get_help().unwrap().to_string().replace('|', "\\|");
    let (meaning, default) = help.split_once(" [default: ").unwrap_or((&help, ""));
    let default = default.trim_end_matches(']');
    let default = if default.is_empty() || default.contains(' ') { default.to_owned() } else { format!("`{default}`") };
    format!("| `--{}` | {default} | {meaning} |", argument.get_long().unwrap())
}

#[test]
fn the_tables_are_what_the_code_says() {
    let readme = std::fs::read_to_string(README).unwrap();
    let mut wanted = readme.clone();
    for (name, table) in [("limits", limits()), ("settings", settings())] {
        let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
        let (before, rest) = wanted.split_once(&begin).unwrap_or_else(|| panic!("the README has no {begin}"));
        let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("the README has no {end}"));
        wanted = format!("{before}{begin}{table}{end}{after}");
    }
    if std::env::var_os("BAILIWICK_TEST_WRITE_README").is_some() {
        std::fs::write(README, &wanted).unwrap();
    }
    assert!(
        std::fs::read_to_string(README).unwrap() == wanted,
        "the tables of the README are not what the code says. BAILIWICK_TEST_WRITE_README=1 cargo test readme writes \
         them; they should be\n\n{}\n{}",
        limits(),
        settings()
    );
}
