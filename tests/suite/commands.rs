//! The command line as a person meets it: help, exit codes, and errors that name everything wrong.
//!
//! Each test runs the program itself, without any of the developer's environment. What commands do
//! to a server is tested elsewhere.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a failed test")]

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

/// Runs the program with arguments and an environment of its own.
pub(crate) fn bailiwick(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bailiwick"));
    command.args(arguments).env_clear().envs(environment.iter().copied());
    command.stdin(Stdio::null()).output().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The commands below a command, as its own help lists them.
pub(crate) fn commands_below(parents: &[String]) -> Vec<Vec<String>> {
    let mut arguments: Vec<_> = parents.iter().map(String::as_str).collect();
    arguments.push("--help");
    let help = stdout(&bailiwick(&arguments, &[]));
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    let below: Vec<_> = names.map(|name| [parents, &[name.to_owned()]].concat()).collect();
    below.iter().flat_map(|command| [vec![command.clone()], commands_below(command)].concat()).collect()
}

#[test]
fn the_help_of_every_command_shows_an_example() {
    let commands = commands_below(&[]);
    assert!(commands.len() >= 9, "{commands:?}");
    for command in [vec![Vec::new()], commands].concat() {
        let mut arguments: Vec<_> = command.iter().map(String::as_str).collect();
        arguments.push("--help");
        let output = bailiwick(&arguments, &[]);
        assert_eq!(output.status.code(), Some(0), "{command:?}");
        let help = stdout(&output);
        let (_, examples) = help.split_once("Example").unwrap_or_else(|| panic!("no example for {command:?}"));
        let example = format!("bailiwick {}", command.join(" "));
        assert!(examples.contains(example.trim_end()), "{command:?}: {examples}");
    }
}

#[test]
fn version_tells_itself_as_text_and_as_json() {
    let text = stdout(&bailiwick(&["version"], &[]));
    assert_eq!(text, format!("bailiwick {}\n", env!("CARGO_PKG_VERSION")));
    let json: serde_json::Value = serde_json::from_str(&stdout(&bailiwick(&["version", "--json"], &[]))).unwrap();
    assert_eq!(json.get("version").unwrap(), env!("CARGO_PKG_VERSION"));
    assert_eq!(json.get("api").unwrap(), "bailiwick.v1");
}

#[test]
fn a_wrong_configuration_is_refused_with_every_violation() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bailiwick.toml");
    fs::write(&file, "colour = 'red'\n[metrics]\nlisten = 'there'\n[log]\nlevel = 'loud'\n").unwrap();
    let arguments = ["serve", "--config", file.to_str().unwrap(), "--cache-ttl", "1 day"];
    let environment = [("BAILIWICK_GRPC_LISTEN", "here"), ("BAILIWICK_DATABASE_URL", "oracle://u:hidden@h/d")];
    let output = bailiwick(&arguments, &environment);
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    for key in ["cache_ttl", "colour", "database.url", "grpc.listen", "log.level", "metrics.listen"] {
        assert!(text.contains(&format!("\n  {key}: ")), "{key} is not in {text}");
    }
    assert!(!text.contains("hidden"), "{text}");
}

#[test]
fn a_flag_beats_its_variable() {
    let environment = [("BAILIWICK_GRPC_LISTEN", "from-variable")];
    let text = stderr(&bailiwick(&["serve", "--grpc-listen", "from-flag"], &environment));
    assert!(text.contains("from-flag") && !text.contains("from-variable"), "{text}");
}

#[test]
fn a_listener_for_other_machines_needs_a_token() {
    let output = bailiwick(&["serve", "--memory", "--grpc-listen", "0.0.0.0:0"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("tokens: none is set"), "{}", stderr(&output));
}

#[test]
fn data_is_loaded_into_memory_alone() {
    let output = bailiwick(&["serve", "--data", "policy.jsonl"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--memory"), "{}", stderr(&output));
}

#[test]
fn a_check_that_reaches_no_server_is_neither_allowed_nor_denied() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let question = ["check", "--application", "a", "--subject", "users/u", "--privilege", "p"];
    let output = bailiwick(&question, &[("BAILIWICK_ENDPOINT", &endpoint)]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).starts_with(&format!("error: cannot reach {endpoint}: ")), "{}", stderr(&output));
}

#[test]
fn a_token_file_that_is_missing_is_named() {
    let output = bailiwick(&["export", "--token-file", "/nowhere/token"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("/nowhere/token"), "{}", stderr(&output));
}

/// Runs one of the converters in `examples/`.
fn convert(script: &str, arguments: &[&str]) -> Output {
    let path = format!("{}/examples/{script}", env!("CARGO_MANIFEST_DIR"));
    Command::new("python3").arg(path).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn lines(output: &Output) -> Vec<serde_json::Value> {
    assert!(output.status.success(), "{}", stderr(output));
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_role_converter_keeps_names_apart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roles.jsonl");
    let roles = r#"{"name": "roles/a.b", "title": "A", "description": "x\ny", "includedPermissions": ["k.2", "k.1"]}
{"name": "roles/a/b", "title": "A", "description": "", "includedPermissions": null}
"#;
    fs::write(&file, roles).unwrap();
    let policy =
        lines(&convert("gcp_roles_to_import.py", &[file.to_str().unwrap(), "--random-users", "3", "--seed", "1"]));
    let of = |kind: &str| policy.iter().filter_map(|line| line.get(kind)).collect::<Vec<_>>();
    assert_eq!(policy.first().unwrap().to_string(), r#"{"bailiwick_policy":{"version":1}}"#);
    assert_eq!(of("privilege").len(), 2);
    assert_eq!(of("role").iter().map(|role| role.get("id").unwrap()).collect::<Vec<_>>(), ["a.b", "a~2Fb"]);
    assert_eq!(of("role_privilege").len(), 2);
    assert_eq!(of("user").len(), 5);
    assert_eq!(of("role_assignment").len(), 2 + 3 * 2);
}

#[test]
fn the_matrix_converter_writes_what_the_blocks_say() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("blocks.txt");
    fs::write(&file, "role: 1\npermissions: 2, 5\nusers: 1, 3\n\nrole: 2\npermissions: 5\nusers: 3\n").unwrap();
    let policy = lines(&convert("access_matrix_to_import.py", &[file.to_str().unwrap(), "--application", "m"]));
    let count = |kind: &str| policy.iter().filter(|line| line.get(kind).is_some()).count();
    let kinds = ["application", "privilege", "role", "role_privilege", "user", "role_assignment"];
    assert_eq!(kinds.map(count), [1, 2, 2, 3, 2, 3]);
}

#[test]
fn the_converters_show_examples_and_name_the_wrong_line() {
    for script in ["gcp_roles_to_import.py", "access_matrix_to_import.py"] {
        assert!(stdout(&convert(script, &["--help"])).contains("example:"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wrong");
        fs::write(&file, "role: x\n").unwrap();
        let output = convert(script, &[file.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("line 1"), "{}", stderr(&output));
    }
}
