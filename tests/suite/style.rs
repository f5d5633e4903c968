//! The style of the code as tests: which module may use which, sizes, first lines, words.
//!
//! A single crate has no walls between its layers; [`arrows_point_one_way`] is the wall. The scan
//! reads text, not syntax, and relies on `cargo fmt`: an item ends at the first line that closes a
//! brace at its own indentation.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a panic is a failed test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may use of ours; whatever is not listed is refused.
const ARROWS: &[(&str, &[&str])] = &[
    ("app", &["engine", "domain", "measure"]),
    ("bench", &["app::import_document", "domain", "engine", "proto", "workload"]),
    ("cli", &["bench", "server", "proto", "config", "telemetry", "workload"]),
    ("config", &[]),
    ("domain", &[]),
    ("engine", &["domain"]),
    ("grpc", &["app", "domain", "measure", "proto"]),
    ("main", &["cli"]),
    ("measure", &[]),
    ("mesh", &["app", "domain", "proto"]),
    ("proto", &[]),
    ("server", &["app", "config", "domain", "engine", "grpc", "measure", "mesh", "proto", "store", "telemetry"]),
    ("store", &["app::port", "domain", "measure", "proto::storage"]),
    ("telemetry", &["config", "measure"]),
    ("workload", &["domain"]),
];

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["common", "helper", "helpers", "manager", "misc", "mod", "types", "util", "utils"];

/// Marks of unfinished work, and places that only one machine knows. (Cut in two, so that this
/// file does not hold them.)
const REFUSED_TEXTS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("HA", "CK"),
    concat!("/wo", "rk/"),
    concat!("crates", ".io"),
    concat!("pypi", ".org"),
    concat!("npmjs", ".org"),
];

/// Second names for things that have one: a subject, a holder, a consistency token.
const REFUSED_WORDS: &[&str] = &["principal", "principals", "assignee", "grantee", "zookie", "zedtoken"];

#[test]
fn arrows_point_one_way() {
    let mut wrong = Vec::new();
    for file in files(&["src"], &["rs"]) {
        let module = top_module(&file.path);
        if module == "lib" {
            continue;
        }
        let allowed = ARROWS.iter().find(|(name, _)| *name == module).map(|(_, allowed)| *allowed);
        let Some(allowed) = allowed else { panic!("{}: the module is in no row of ARROWS", file.name()) };
        for (line, used) in uses(&file) {
            let is_own = leads_to(&used, &module);
            if !is_own && !allowed.iter().any(|target| leads_to(&used, target)) {
                wrong.push(format!("{}:{line}: {module} may not use {used}", file.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_file_opens_with_what_it_is() {
    refuse(files(&["src", "tests", "benches", "fuzz/fuzz_targets", "build.rs"], &["rs"]).iter().filter_map(|file| {
        let is_documented = file.text.starts_with("//! ");
        (!is_documented).then(|| format!("{}: does not open with //!", file.name()))
    }));
}

#[test]
fn no_file_is_longer_than_400_lines() {
    refuse(files(&["src", "tests", "benches", "fuzz/fuzz_targets", "build.rs"], &["rs"]).iter().filter_map(|file| {
        let lines = file.text.lines().count();
        (lines > FILE_LINES_MAX).then(|| format!("{}: {lines} lines", file.name()))
    }));
}

#[test]
fn no_function_is_longer_than_70_lines() {
    refuse(files(&["src", "tests", "benches", "fuzz/fuzz_targets", "build.rs"], &["rs"]).iter().flat_map(|file| {
        let long = functions(&file.text).into_iter().filter(|(_, _, lines)| *lines > FUNCTION_LINES_MAX);
        long.map(|(line, name, lines)| format!("{}:{line}: {name} has {lines} lines", file.name())).collect::<Vec<_>>()
    }));
}

#[test]
fn modules_have_names_that_say_something() {
    refuse(files(&["src", "tests"], &["rs"]).iter().filter_map(|file| {
        let relative = file.path.strip_prefix(root()).unwrap().with_extension("");
        let names: Vec<_> = relative.iter().filter_map(|part| part.to_str()).collect();
        names.iter().any(|name| EMPTY_NAMES.contains(name)).then(|| file.name())
    }));
}

#[test]
fn nothing_is_left_unfinished_or_tied_to_one_machine() {
    let places = [
        "src",
        "proto/bailiwick",
        "tests",
        "examples",
        "deploy",
        "benches",
        "fuzz/fuzz_targets",
        "build.rs",
        "README.md",
        "deny.toml",
    ];
    let kinds = ["rs", "proto", "py", "md", "toml", "yaml", "json", "", "sh"];
    refuse(files(&places, &kinds).iter().flat_map(|file| {
        let found =
            file.text.lines().enumerate().filter(|(_, line)| REFUSED_TEXTS.iter().any(|text| line.contains(text)));
        found.map(|(at, line)| format!("{}:{}: {}", file.name(), at + 1, line.trim())).collect::<Vec<_>>()
    }));
}

#[test]
fn one_thing_has_one_word() {
    refuse(files(&["src", "proto/bailiwick"], &["rs", "proto"]).iter().flat_map(|file| {
        let found = file.text.lines().enumerate().filter(|(_, line)| {
            let line = line.to_lowercase();
            let mut words = line.split(|c: char| !c.is_ascii_alphabetic());
            words.any(|word| REFUSED_WORDS.contains(&word))
        });
        found.map(|(at, line)| format!("{}:{}: {}", file.name(), at + 1, line.trim())).collect::<Vec<_>>()
    }));
}

struct Text {
    path: PathBuf,
    text: String,
}

impl Text {
    fn name(&self) -> String {
        self.path.strip_prefix(root()).unwrap().display().to_string()
    }
}

fn refuse(found: impl Iterator<Item = String>) {
    let found: Vec<_> = found.collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text files with one of the endings under the places, in the order of their names.
fn files(places: &[&str], endings: &[&str]) -> Vec<Text> {
    let mut found = BTreeSet::new();
    for place in places {
        collect(&root().join(place), &mut found);
    }
    let ending = |path: &Path| path.extension().unwrap_or_default().to_str().unwrap().to_owned();
    let wanted = found.into_iter().filter(|path| endings.contains(&ending(path).as_str()));
    wanted.filter_map(|path| Some(Text { text: fs::read_to_string(&path).ok()?, path })).collect()
}

fn collect(place: &Path, found: &mut BTreeSet<PathBuf>) {
    if place.is_dir() {
        for entry in fs::read_dir(place).unwrap() {
            collect(&entry.unwrap().path(), found);
        }
    } else if place.is_file() {
        found.insert(place.to_owned());
    }
}

/// `app` for `src/app.rs` and for everything below `src/app/`.
fn top_module(path: &Path) -> String {
    let relative = path.strip_prefix(root().join("src")).unwrap().with_extension("");
    relative.iter().next().unwrap().to_str().unwrap().to_owned()
}

fn leads_to(used: &str, target: &str) -> bool {
    used == target || used.strip_prefix(target).is_some_and(|rest| rest.starts_with("::"))
}

/// Every path of ours that a file uses, without `crate::`, with the line that it stands on.
fn uses(file: &Text) -> Vec<(usize, String)> {
    let depth = file.path.strip_prefix(root().join("src")).unwrap().components().count();
    let code: Vec<_> = file.text.lines().map(|line| line.split("//").next().unwrap()).collect();
    let (mut found, mut inside) = (Vec::new(), 0);
    for (at, line) in code.iter().enumerate() {
        if line.ends_with('{') && (line.starts_with("mod ") || line.starts_with("pub mod ")) {
            inside = 1;
        } else if *line == "}" {
            inside = 0;
        }
        let rest = || code[at + 1..].join("\n");
        for (start, _) in line.match_indices("crate::") {
            let tree = format!("{}\n{}", &line[start + "crate::".len()..], rest());
            found.extend(expand(&tree).into_iter().map(|path| (at + 1, path)));
        }
        // A chain of `super` that is as long as the module is deep ends at the root of the crate.
        let chain = "super::".repeat(depth + inside);
        if let Some(start) = line.find(&chain) {
            let tree = format!("{}\n{}", &line[start + chain.len()..], rest());
            found.extend(expand(&tree).into_iter().map(|path| (at + 1, path)));
        }
    }
    found
}

/// The paths of a use tree, or the one path at the start of an expression.
fn expand(tree: &str) -> Vec<String> {
    fn walk(tree: &mut std::iter::Peekable<std::str::Chars<'_>>, prefix: &str, paths: &mut Vec<String>) {
        let mut path = prefix.to_owned();
        while let Some(c) = tree.next_if(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '*')) {
            if c == '{' {
                while tree.peek().is_some_and(|c| *c != '}') {
                    tree.next_if(|c| c.is_whitespace() || *c == ',');
                    if tree.peek().is_some_and(|c| c.is_alphanumeric() || *c == '_') {
                        walk(tree, &path, paths);
                    } else {
                        tree.next_if(|c| *c != '}');
                    }
                }
                tree.next();
                return;
            }
            path.push(c);
        }
        paths.push(path.trim_end_matches([':', '*']).to_owned());
    }
    let mut paths = Vec::new();
    walk(&mut tree.chars().peekable(), "", &mut paths);
    paths
}

/// Every function of more than one line: where it begins, its first line, and how many it has.
fn functions(text: &str) -> Vec<(usize, String, usize)> {
    let lines: Vec<_> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let is_function = line.trim_start().split("fn ").next().is_some_and(|before| {
            line.contains("fn ") && before.split_whitespace().all(|word| word.starts_with("pub") || is_qualifier(word))
        });
        let end = format!("{}}}", " ".repeat(indent));
        let length = lines[at..].iter().position(|line| *line == end);
        if let Some(length) = length.filter(|_| is_function && !line.ends_with(['}', ';'])) {
            found.push((at + 1, line.trim().to_owned(), length + 1));
        }
    }
    found
}

fn is_qualifier(word: &str) -> bool {
    matches!(word, "const" | "async" | "unsafe" | "extern") || word.ends_with(')') || word.starts_with('"')
}

#[test]
fn the_scan_finds_what_it_is_for() {
    assert_eq!(
        expand("app::port::{Store, clock::{self, Clock}};\nuse x;"),
        ["app::port::Store", "app::port::clock::self", "app::port::clock::Clock",]
    );
    assert_eq!(expand("{domain, proto::v1::*};"), ["domain", "proto::v1"]);
    assert_eq!(expand("domain::id::parse(text)?"), ["domain::id::parse"]);
    let path = root().join("src/grpc/role.rs");
    let text = "use crate::store;\n// crate::no\nuse super::convert;\nuse super::super::engine::Snapshot;\n\
                mod tests {\n    use super::super::convert;\n}\n"
        .to_owned();
    let used: Vec<_> = uses(&Text { path, text }).into_iter().map(|(_, used)| used).collect();
    assert_eq!(used, ["store", "engine::Snapshot"]);
    assert!(leads_to("app::port::Store", "app::port") && !leads_to("app::portable", "app::port"));
    let code = "impl A {\n    pub(super) async fn f(\n        a: u8,\n    ) {\n        g();\n    }\n    fn h() {}\n}\n";
    assert_eq!(functions(code), [(2, "pub(super) async fn f(".to_owned(), 5)]);
}
