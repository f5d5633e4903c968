//! Tests of the configuration as a whole: layers, strictness, and what may not be seen.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a failed test")]

use std::fs;
use std::time::Duration;

use clap::{Args, Command, FromArgMatches};

use super::{Config, Database, Error, Flags, LogFormat, Violation};

/// A command that reads flags alone, so that the environment of the test decides nothing.
fn command() -> Command {
    let names: Vec<_> =
        Flags::augment_args(Command::new("serve")).get_arguments().map(|a| a.get_id().clone()).collect();
    names.into_iter().fold(Flags::augment_args(Command::new("serve")), |command, name| {
        command.mut_arg(name, |argument| argument.env(None::<&str>))
    })
}

fn flags(arguments: &[&str]) -> Flags {
    let matches = command().no_binary_name(true).try_get_matches_from(arguments).unwrap();
    Flags::from_arg_matches(&matches).unwrap()
}

fn load(file: &str, arguments: &[&str]) -> Result<Config, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bailiwick.toml");
    fs::write(&path, file).unwrap();
    let mut all = vec!["--config", path.to_str().unwrap()];
    all.extend(arguments);
    Config::load(&flags(&all))
}

fn violations(result: Result<Config, Error>) -> Vec<Violation> {
    match result {
        Err(Error::Invalid(violations)) => violations,
        other => panic!("expected violations, got {other:?}"),
    }
}

#[test]
fn nothing_configured_is_the_default() {
    assert_eq!(Config::load(&Flags::default()).unwrap(), Config::default());
    assert_eq!(load("", &[]).unwrap(), Config::default());
}

#[test]
fn a_flag_beats_the_file_and_the_file_beats_the_default() {
    let file = "cache_ttl = '2s'\nin_flight_max = 7\n[grpc]\nlisten = '127.0.0.1:1'";
    let config = load(file, &["--cache-ttl", "3s"]).unwrap();
    assert_eq!(config.cache_ttl, Duration::from_secs(3));
    assert_eq!(config.in_flight_max, 7);
    assert_eq!(config.grpc.listen.port(), 1);
    assert_eq!(config.metrics.listen.port(), 9090);
}

#[test]
fn flag_and_variable_and_key_are_one_name() {
    let command = Flags::augment_args(Command::new("serve"));
    let settings = || command.get_arguments().filter(|a| a.get_id() != "config" && !a.is_hide_set());
    for argument in settings() {
        let flag = argument.get_long().unwrap();
        let variable = argument.get_env().unwrap().to_str().unwrap();
        assert_eq!(variable, format!("BAILIWICK_{}", flag.to_uppercase().replace('-', "_")));
    }
    let keys: Vec<_> = Flags::default().settings().into_iter().map(|(key, _)| key).collect();
    let named = |flag: &str| keys.iter().any(|key| key.replace(['.', '_'], "-") == flag);
    let flags: Vec<_> = settings().filter_map(|a| a.get_long()).collect();
    assert!(flags.iter().all(|flag| named(flag)), "{flags:?} {keys:?}");
    assert_eq!(flags.len(), keys.len());
}

#[test]
fn the_defaults_that_help_shows_are_the_defaults() {
    let help: Vec<_> = Flags::augment_args(Command::new("serve"))
        .get_arguments()
        .filter_map(|a| Some((a.get_long()?.to_owned(), a.get_help()?.to_string())))
        .filter_map(|(flag, text)| Some((flag, text.split_once("[default: ")?.1.trim_end_matches(']').to_owned())))
        .filter(|(_, default)| !default.contains(' '))
        .collect();
    assert!(help.len() > 15, "{help:?}");
    let arguments: Vec<_> = help.iter().flat_map(|(flag, text)| [format!("--{flag}"), text.clone()]).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    assert_eq!(Config::load(&flags(&arguments)).unwrap(), Config::default());
}

#[test]
fn the_sample_file_is_the_default_and_names_every_key() {
    let sample = include_str!("../../deploy/bailiwick.toml");
    assert_eq!(load(sample, &[]).unwrap(), Config::default());
    for (key, _) in Flags::default().settings() {
        let (section, name) = key.split_once('.').unwrap_or(("", key));
        let (_, part) = sample.split_once(&format!("[{section}]")).unwrap_or(("", sample));
        let named = |line: &str| line.trim_start_matches("# ").starts_with(&format!("{name} = "));
        assert!(part.lines().any(named), "{key} is not in the sample");
    }
}

#[test]
fn every_violation_is_listed_at_once() {
    let file = "cache_ttl = '31s'\ncolour = 'red'\npoll_interval = 250\n[grpc]\nlisten = 'here'\nport = 1\n\
                [[tokens]]\nsubject = 'bob'\ntoken = 'short'\nscope = 'x'";
    let found = violations(load(file, &["--data-threads", "many", "--database-url", "oracle://h/d"]));
    let keys: Vec<_> = found.iter().map(|violation| violation.key.as_str()).collect();
    let expected = [
        "cache_ttl",
        "colour",
        "data_threads",
        "database.url",
        "grpc.listen",
        "grpc.port",
        "poll_interval",
        "secret",
        "tokens[0]",
        "tokens[0]",
        "tokens[0].scope",
    ];
    assert_eq!(keys, expected, "{found:?}");
}

#[test]
fn an_open_listener_without_a_token_is_refused() {
    for address in ["0.0.0.0:50051", "[::]:50051", "10.0.0.1:50051"] {
        let found = violations(load("", &["--grpc-listen", address]));
        assert_eq!(found.len(), 1);
        assert!(found.iter().all(|v| v.key == "tokens" && v.problem.contains(address)), "{found:?}");
    }
    let token = "[[tokens]]\nsubject = 'users/alice'\ntoken = '0123456789abcdef'";
    let config = load(token, &["--grpc-listen", "0.0.0.0:50051"]).unwrap();
    assert_eq!(config.tokens.first().unwrap().subject, "users/alice");
}

#[test]
fn the_data_plane_has_doors_of_its_own_if_it_is_asked_for() {
    let data = load("[data]\nlisten = '127.0.0.1:7'\nsocket = '/run/d.sock'", &[]).unwrap().data;
    assert_eq!((data.listen, data.socket), ("127.0.0.1:7".parse().ok(), Some("/run/d.sock".into())));
    let longest = format!("/{}", "x".repeat(super::SOCKET_PATH_BYTES_MAX - 1));
    assert_eq!(load("", &["--data-socket", &longest]).unwrap().data.socket, Some(longest.clone().into()));
    for refused in [format!("{longest}x"), "a\0b".to_owned(), String::new()] {
        let found = violations(load("", &["--data-socket", &refused]));
        assert!(found.len() == 1 && found.iter().all(|v| v.key == "data.socket"), "{refused:?}: {found:?}");
    }
    let found = violations(load("", &["--data-listen", "0.0.0.0:7", "--grpc-listen", "[::]:8"]));
    let (named, tokens) =
        (["data.listen (0.0.0.0:7)", "grpc.listen ([::]:8)"], found.iter().all(|v| v.key == "tokens"));
    assert!(tokens && found.iter().zip(named).all(|(v, named)| v.problem.contains(named)), "{found:?}");
}

#[test]
fn no_two_listeners_are_at_one_address() {
    let load = |data: &str, metrics: &str| {
        load("", &["--grpc-listen", "127.0.0.1:7", "--data-listen", data, "--metrics-listen", metrics])
    };
    let keys = |found: Vec<Violation>| found.into_iter().map(|v| v.key).collect::<Vec<_>>();
    assert_eq!(keys(violations(load("127.0.0.1:7", "127.0.0.1:8"))), ["data.listen"]);
    assert_eq!(keys(violations(load("127.0.0.1:8", "127.0.0.1:8"))), ["metrics.listen"]);
    assert_eq!(keys(violations(load("127.0.0.1:7", "127.0.0.1:7"))), ["data.listen", "metrics.listen"]);
    assert!(load("127.0.0.1:0", "127.0.0.1:0").is_ok());
}

#[test]
fn one_token_comes_from_two_flags() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, "0123456789abcdef\n").unwrap();
    let file = path.to_str().unwrap();
    let config = load("", &["--token-subject", "clients/c", "--token-file", file]).unwrap();
    assert_eq!(config.tokens.first().map(super::Token::expose), Some("0123456789abcdef"));
    assert_eq!(violations(load("", &["--token-subject", "clients/c"])).len(), 1);
    assert_eq!(violations(load("", &["--token-file", file])).len(), 1);
    let listed = "[[tokens]]\nsubject = 'users/alice'\ntoken = 'fedcba9876543210'";
    assert_eq!(load(listed, &["--token-file", file]).unwrap().tokens.len(), 1);
}

#[test]
fn a_password_from_a_file_goes_into_the_url() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    fs::write(&path, "p@ss/word\n").unwrap();
    let with = |url| {
        load(
            "",
            &["--secret", &"x".repeat(32), "--database-url", url, "--database-password-file", path.to_str().unwrap()],
        )
    };
    assert_eq!(with("postgres://u@db/b").unwrap().database.url, "postgres://u:p%40ss%2Fword@db/b");
    for url in ["postgres://db/b", "sqlite://bailiwick.db"] {
        let found = violations(with(url));
        assert_eq!(found.first().unwrap().key, "database.password_file", "{found:?}");
        assert!(!format!("{found:?}").contains("p@ss"), "{found:?}");
    }
}

#[test]
fn two_subjects_never_share_a_token() {
    let entry = |subject| format!("[[tokens]]\nsubject = '{subject}'\ntoken = '0123456789abcdef'\n");
    let found = violations(load(&(entry("users/a") + &entry("users/b")), &[]));
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn postgresql_needs_a_secret_and_does_not_migrate_by_itself() {
    let url = ["--database-url", "postgres://h/d"];
    assert_eq!(violations(load("", &url)).first().unwrap().key, "secret");
    let config = load(&format!("secret = '{}'", "x".repeat(32)), &url).unwrap();
    assert!(!config.database.migrate);
    assert!(Config::default().database.migrate);
}

#[test]
fn secrets_are_never_shown() {
    let secret = "do-not-show-me-0123456789-0123456789";
    let file = format!(
        "secret = '{secret}'\n[database]\nurl = 'postgres://u:{secret}@h/d'\n\
         [otlp]\nheaders = 'key={secret}'\n[[tokens]]\nsubject = 'users/a'\ntoken = '{secret}'"
    );
    let config = load(&file, &[]).unwrap();
    assert_eq!(config.tokens.first().unwrap().expose(), secret);
    assert!(!format!("{config:?}").contains("do-not-show"));
    let wrong = file
        .replace("'postgres", "'nothing")
        .replace("users/a", "a")
        .replace("secret = ", "secret_file = 'x'\nsecret = ");
    for broken in [wrong, format!("secret = '{secret}"), format!("{secret}\n")] {
        let error = load(&broken, &[]).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("do-not-show"), "{error}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = Config::load(&flags(&["--config", "/nowhere/b.toml"])).unwrap_err();
    assert!(error.to_string().contains("/nowhere/b.toml"), "{error}");
    let error = load("grpc = \n", &[]).unwrap_err();
    assert!(error.to_string().contains("line 1"), "{error}");
}

#[test]
fn migrate_reads_the_database_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.toml");
    fs::write(&path, "deadline_max = 'x'\n[database]\nurl = 'postgres://h/d'").unwrap();
    let source = super::Source { config: Some(path.clone()), ..super::Source::default() };
    assert_eq!(Database::load(&source).unwrap().url, "postgres://h/d");
    fs::write(&path, "databse.url = 'postgres://h/d'").unwrap();
    assert!(Database::load(&source).is_err());
}

#[test]
fn formats_are_words() {
    assert_eq!(load("log.format = 'pretty'", &[]).unwrap().log.format, LogFormat::Pretty);
    assert_eq!(violations(load("log.format = 'xml'\nlog.level = 'loud'", &[])).len(), 2);
}

#[test]
fn standard_variables_stand_in_for_what_is_set_nowhere_else() {
    let standard = [
        ["--otel-exporter-otlp-endpoint", "http://from-variable:4317"],
        ["--otel-exporter-otlp-headers", "key=from-variable"],
        ["--otel-traces-sampler", "parentbased_traceidratio"],
        ["--otel-traces-sampler-arg", "0.5"],
        ["--otel-metric-export-interval", "5000"],
    ]
    .concat();
    let otlp = load("", &standard).unwrap().otlp;
    assert_eq!(otlp.endpoint.as_deref(), Some("http://from-variable:4317"));
    assert_eq!(otlp.headers.expose().collect::<Vec<_>>(), [("key", "from-variable")]);
    assert_eq!(otlp.metrics_interval, Duration::from_secs(5));
    assert_eq!(otlp.traced_share(), Some(0.5));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("headers");
    fs::write(&path, "key=from-file\n").unwrap();
    let file = format!("[otlp]\nendpoint = 'http://from-file:4317'\nheaders_file = '{}'", path.display());
    let otlp = load(&file, &standard).unwrap().otlp;
    assert_eq!(otlp.endpoint.as_deref(), Some("http://from-file:4317"));
    assert_eq!(otlp.headers.expose().collect::<Vec<_>>(), [("key", "from-file")]);
    let disabled = [standard, vec!["--otel-sdk-disabled", "true"]].concat();
    assert_eq!(load("", &disabled).unwrap(), Config::default());
    assert_eq!(Config::default().otlp.traced_share(), None);
}

#[test]
fn what_others_have_set_for_every_program_stops_nobody() {
    let otlp = |arguments: &[&str]| load("", arguments).map(|config| (config.otlp, config.warnings)).unwrap();
    let nothing = Config::default().otlp;
    for [flag, value] in [
        ["--otel-exporter-otlp-endpoint", "http://collector:4317/v1/traces"],
        ["--otel-exporter-otlp-headers", "do not show me"],
        ["--otel-metric-export-interval", "17"],
        ["--otel-metric-export-interval", "a minute"],
    ] {
        let (read, warnings) = otlp(&[flag, value]);
        let variable = flag.trim_start_matches('-').to_uppercase().replace('-', "_");
        assert_eq!(read, nothing, "{flag}");
        assert!(warnings.len() == 1 && warnings.iter().all(|said| said.starts_with(&variable)), "{warnings:?}");
        assert!(!format!("{warnings:?}").contains(value), "{warnings:?}");
    }
    let sampler = ["--otel-traces-sampler", "traceidratio", "--otel-traces-sampler-arg"];
    let (read, warnings) = otlp(&[&sampler[..], &["often"]].concat());
    assert_eq!((read, warnings.len()), (nothing.clone(), 1));
    let (read, warnings) = otlp(&[&sampler[..], &[""]].concat());
    assert_eq!((read.sampling_ratio.share().to_string(), warnings.len()), ("1".to_owned(), 0));
    let endpoint = ["--otel-exporter-otlp-endpoint", "http://collector:4318", "--otel-exporter-otlp-protocol"];
    let (read, warnings) = otlp(&[&endpoint[..], &["http/protobuf"]].concat());
    assert_eq!((read, warnings.len()), (nothing, 1));
    for protocol in ["grpc", ""] {
        let (read, warnings) = otlp(&[&endpoint[..], &[protocol]].concat());
        assert_eq!((read.endpoint.as_deref(), warnings.len()), (Some("http://collector:4318"), 0));
    }
    // Where our own key is set, nobody has asked what the variable says; and our own keys stay strict.
    let ours = [&endpoint[..], &["http/json", "--otlp-endpoint", "http://ours:4317"]].concat();
    assert_eq!(otlp(&ours).1, [""; 0]);
    assert_eq!(violations(load("", &["--otlp-sampling-ratio", "often"])).len(), 1);
}

#[test]
fn a_parameter_that_the_database_does_not_know_is_refused_without_its_value() {
    let secret = "x".repeat(32);
    let load = |url: &str| load("", &["--secret", &secret, "--database-url", url]);
    for url in [
        "postgres://u:p@db/b?sslmode=verify-full&sslrootcert=/ca.pem&application_name=x&options[geqo]=off",
        "postgres://u@db/b?password=do-not-show-me",
        "mysql://u:p@db/b?ssl-mode=VERIFY_IDENTITY&ssl-ca=/ca.pem",
        "mariadb://db/b?",
    ] {
        assert!(load(url).is_ok(), "{url}");
    }
    for (url, named) in [
        ("postgres://u@db/b?pasword=do-not-show-me", "pasword"),
        ("postgres://u@db/b?sslmode=require&sslpassword=do-not-show-me", "sslpassword"),
        ("mysql://u@db/b?password=do-not-show-me", "password"),
        ("postgres://u:hush?do-not-show-me@db/b", "parameter"),
        ("postgres://u@db/b?Do-not-show-me", "parameter"),
    ] {
        let found = violations(load(url));
        assert!(found.iter().all(|v| v.key == "database.url" && v.problem.contains(named)), "{found:?}");
        assert!(!format!("{found:?}").to_lowercase().contains("not-show"), "{found:?}");
    }
}
