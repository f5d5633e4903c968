//! The small commands: the health of a server, the configuration it would use, where an export goes, completion and the
//! manual.

use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::Command;
use std::thread;

use serde_json::json;

use crate::commands::{bailiwick, commands_below, stderr, stdout};
use crate::harness::{Server, block_on};
use crate::wire::process::Process;

#[test]
fn healthcheck_tells_a_server_that_serves_from_all_others() {
    let server = Server::start();
    let endpoint = format!("http://{}", server.address());
    let ask = |service: &str| bailiwick(&["healthcheck", "--endpoint", &endpoint, "--service", service], &[]);
    for service in ["", "bailiwick.v1.PermissionService"] {
        let output = ask(service);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), "SERVING\n"), "{}", stderr(&output));
    }
    // Without an endpoint it asks where a server that is started here would listen, as in a container.
    for (host, code) in [("127.0.0.1", 0), ("0.0.0.0", 0), ("127.0.0.2", 1)] {
        let listen = format!("{host}:{}", server.address().port());
        let output = bailiwick(&["healthcheck"], &[("BAILIWICK_GRPC_LISTEN", &listen)]);
        assert_eq!(output.status.code(), Some(code), "{listen}: {}", stderr(&output));
    }
    let output = ask("bailiwick.v1.NoService");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("NOT_FOUND"), "{}", stderr(&output));
    server.stop();
    let output = ask("");
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(1), ""));
    assert!(stderr(&output).contains("cannot reach"), "{}", stderr(&output));
}

#[test]
fn healthcheck_does_not_wait_for_ever() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = listener.local_addr().unwrap().to_string();
    let output = bailiwick(&["healthcheck"], &[("BAILIWICK_ENDPOINT", &endpoint)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("no answer within 3 s"), "{}", stderr(&output));
}

#[test]
fn config_show_tells_values_and_where_they_come_from_but_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("secret"), "hush".repeat(8)).unwrap();
    let file = format!(
        "cache_ttl = '2s'\nsecret_file = '{}'\n[database]\nurl = 'postgres://u:hush-password@db/b?application_name=hush'\n\
         [otlp]\nheaders = 'key=hush-key'\n[[tokens]]\nsubject = 'users/alice'\ntoken = 'hush-0123456789abcdef'\n",
        path("secret")
    );
    fs::write(path("b.toml"), file).unwrap();
    let environment = [
        ("BAILIWICK_CONFIG", path("b.toml")),
        ("BAILIWICK_GRPC_LISTEN", "127.0.0.1:7".to_owned()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317".to_owned()),
    ];
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let output = bailiwick(&["config", "show", "--log-level", "debug"], &environment);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!text.contains("hush"), "{text}");
    for line in [
        "cache_ttl = \"2s\" # the file",
        "# secret = \"[redacted]\" # the file",
        "url = \"postgres://db/b\" # the file",
        "# headers = \"[redacted]\" # the file",
        "listen = \"127.0.0.1:7\" # a flag or variable",
        "level = \"debug\" # a flag or variable",
        "endpoint = \"http://collector:4317\" # a variable of OpenTelemetry",
        "poll_interval = \"250ms\" # default",
        "# subject = \"users/alice\"",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    let output = bailiwick(&["config", "show", "--cache-ttl", "1 day"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cache_ttl: "), "{}", stderr(&output));
}

#[test]
fn what_config_show_shows_is_a_configuration_that_shows_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shown.toml").display().to_string();
    let values = |output: &std::process::Output| -> Vec<String> {
        let text = stdout(output);
        text.lines().map(|line| line.split(" # ").next().unwrap().to_owned()).collect()
    };
    let first = bailiwick(&["config", "show", "--in-flight-max", "7", "--otlp-sampling-ratio", "0.5"], &[]);
    fs::write(&file, stdout(&first)).unwrap();
    let second = bailiwick(&["config", "show", "--config", &file], &[]);
    assert_eq!(second.status.code(), Some(0), "{}", stderr(&second));
    assert_eq!(values(&first), values(&second));
    assert!(values(&second).contains(&"in_flight_max = 7".to_owned()));
    // Every key that can be set is told of.
    let sample = include_str!("../../deploy/bailiwick.toml");
    let keys = sample.lines().filter_map(|line| line.trim_start_matches("# ").split_once(" = ")).map(|(key, _)| key);
    let shown = stdout(&first);
    let told_otherwise = ["token", "subject"];
    for key in keys.filter(|key| !key.contains(' ') && !key.ends_with("_file") && !told_otherwise.contains(key)) {
        let is_told = |line: &str| line.trim_start_matches("# ").split(' ').next() == Some(key);
        assert!(key.starts_with("token_") || shown.lines().any(is_told), "{key} is not in\n{shown}");
    }
}

#[test]
fn completion_is_a_script_that_the_shell_takes_and_completes_with() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = bailiwick(&["completion", shell], &[]);
        let script = stdout(&output);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(script.contains("healthcheck") && script.contains("otlp-endpoint"), "{shell}: {script}");
    }
    let script = "source <(\"$BAILIWICK\" completion bash); COMP_WORDS=(bailiwick hea); COMP_CWORD=1; \
                  _bailiwick bailiwick hea bailiwick; echo \"${COMPREPLY[@]}\"";
    let mut command = Command::new("bash");
    command.args(["-uo", "pipefail", "-c", script]).env("BAILIWICK", env!("CARGO_BIN_EXE_bailiwick"));
    let output = command.output().unwrap();
    assert_eq!(stdout(&output), "healthcheck\n", "{}", stderr(&output));
    assert_eq!(bailiwick(&["completion", "tcsh"], &[]).status.code(), Some(2));
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("man1");
    let output = bailiwick(&["man", "--folder", place.to_str().unwrap()], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let mut commands = commands_below(&[]);
    commands.push(Vec::new());
    assert_eq!(fs::read_dir(&place).unwrap().count(), commands.len());
    for command in commands {
        let name = [&["bailiwick".to_owned()], &command[..]].concat().join("-");
        let page =
            fs::read_to_string(place.join(format!("{name}.1"))).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(page.contains(".TH") && page.contains("SYNOPSIS") && page.contains("xample"), "{name}: {page}");
        assert!(!page.contains("otel-sdk-disabled"), "{name}");
    }
    assert!(stdout(&bailiwick(&["man"], &[])).contains("healthcheck"));
}

#[test]
fn a_server_that_ends_is_unhealthy_before_it_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), &["--shutdown-grace", "20s"]);
    let endpoint = process.grpc.to_string();
    block_on(async {
        let root = process.root().await;
        root.done("ServerService/GetServerInfo", json!({})).await;
    });
    assert_eq!(bailiwick(&["healthcheck", "--endpoint", &endpoint], &[]).status.code(), Some(0));
    process.terminate();
    assert_eq!(process.ended().0.code(), Some(0));
    assert_eq!(bailiwick(&["healthcheck", "--endpoint", &endpoint], &[]).status.code(), Some(1));
}

/// What is there under the name and is no file stays what it is: a pipe, a link, a folder.
#[test]
fn an_export_is_a_whole_file_or_goes_into_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::start(folder.path(), &["--memory"]);
    let (endpoint, place) = (server.grpc.to_string(), |name: &str| folder.path().join(name));
    let export = |path: &Path| bailiwick(&["export", "--endpoint", &endpoint, "-o", path.to_str().unwrap()], &[]);
    let whole = stdout(&bailiwick(&["export", "--endpoint", &endpoint], &[]));
    let (file, link, pipe) = (place("file"), place("link"), place("pipe"));
    assert!(whole.ends_with('\n') && export(&file).status.success());
    assert_eq!(fs::read_to_string(&file).unwrap(), whole);

    fs::write(&file, "what was there before").unwrap();
    symlink(&file, &link).unwrap();
    assert!(export(&link).status.success());
    assert_eq!((fs::read_link(&link).unwrap(), fs::read_to_string(&file).unwrap()), (file, whole.clone()));

    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let read = thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    assert!(export(&pipe).status.success());
    assert_eq!(read.join().unwrap(), whole);
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());

    let refused = export(folder.path());
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("cannot be written"), "{}", stderr(&refused));
    assert!(folder.path().is_dir() && !place("file.partial").exists() && !place("link.partial").exists());
}
