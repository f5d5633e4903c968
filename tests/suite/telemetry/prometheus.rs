//! Metrics as Prometheus scrapes them, by the judgement of Prometheus' own tool; and how many series there can be.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Stdio;

use serde_json::json;
use tonic::metadata::MetadataMap;

use super::rotel::tool;
use crate::callers::stage::{may, root, server_for};
use crate::harness::{Server, block_on};
use crate::wire::probes::{get, samples};

/// Made-up methods, and made-up questions.
const METHODS: usize = 10_000;
const QUESTIONS: usize = 500;

pub(super) fn scraped(server: &Server) -> String {
    let (status, text) = get(server.metrics_address(), "/metrics");
    assert_eq!(status, 200);
    text
}

/// Runs promtool with something to read.
pub(super) fn promtool(arguments: &[&str], input: &str) -> (bool, String) {
    let mut command = tool("promtool");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("promtool runs (tests/run installs it)");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[test]
pub(super) fn promtool_finds_nothing_to_say_about_the_metrics() {
    let server = server_for(&[]);
    let fresh = scraped(&server);
    block_on(async {
        let root = root(&server).await;
        assert!(!may(&root, ("shop", "users/nobody", "order:read"), "").await);
        root.done("DirectoryService/CreateUser", json!({"user_id": "a", "user": {"username": "a"}})).await;
        root.refused("RoleService/GetRole", json!({"name": "x"})).await;
    });
    for text in [fresh, scraped(&server)] {
        let (fine, said) = promtool(&["check", "metrics"], &text);
        assert!(fine && said.is_empty(), "{said}\n{text}");
    }
    let (fine, said) = promtool(&["check", "metrics"], "# TYPE wrongTotal counter\nwrongTotal 1\n");
    assert!(!fine && !said.is_empty(), "promtool finds fault with everything that is wrong");
}

/// Whoever makes up methods, privileges, subjects or reasons makes no series.
#[test]
fn the_number_of_series_does_not_grow_with_what_callers_send() {
    let server = server_for(&[]);
    // What is asked of the store is its own table, and a poll may ask for the first time at any moment.
    let sent = |series: &&String| !series.starts_with("bailiwick_store_operation_");
    let count = || samples(&scraped(&server)).keys().filter(sent).count();
    block_on(async {
        let root = root(&server).await;
        let made_up = async |n: usize| {
            let path = format!("/bailiwick.v1.Made{n}/Up{n}");
            root.raw(&path, vec![Vec::new()], MetadataMap::new()).await.unwrap_err();
        };
        let asked = async |n: usize| {
            let (subject, privilege) = (format!("users/u{n}"), format!("p{n}:read"));
            assert!(!may(&root, ("shop", subject.as_str(), privilege.as_str()), "").await);
            let user =
                json!({"user_id": format!("u{n}"), "user": {"username": format!("u{n}")}, "reason": format!("r{n}")});
            root.done("DirectoryService/CreateUser", user).await;
        };
        made_up(0).await;
        asked(0).await;
        let before = count();
        for n in 1..METHODS {
            made_up(n).await;
        }
        for n in 1..QUESTIONS {
            asked(n).await;
        }
        assert_eq!(count(), before);
        let text = scraped(&server);
        let metrics: BTreeMap<String, f64> = samples(&text);
        let unknown = "grpc_server_handled_total{grpc_type=\"unary\",grpc_service=\"unknown\",\
                       grpc_method=\"unknown\",grpc_code=\"Unimplemented\"}";
        assert!((metrics[unknown] - 10_000.0).abs() < 0.5, "{text}");
    });
}
