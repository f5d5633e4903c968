//! A real Envoy in front of a real server, with the configuration that is shipped: only its addresses, the place of
//! its descriptor set and a header that tells which method was reached are a test's own.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::Server;
use crate::tools;

/// The configuration that is shipped.
pub(super) const SHIPPED: &str = include_str!("../../../deploy/envoy.yaml");
/// Tells the path after the translation, which is the method's.
const REACHED: &str = "response_headers_to_add: [{header: {key: x-reached, value: \"%REQ(:PATH)%\"}}]";
const ADMIN: &str = "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}";
/// No call of a test takes as long; only streams without an end do.
const SECONDS_MAX: &str = "60";

/// A running Envoy.
pub(super) struct Envoy {
    child: Child,
    pub(super) address: SocketAddr,
    _folder: TempDir,
}

/// What comes back over HTTP.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The path of the gRPC method that was called; empty = none.
    pub(super) reached: String,
    /// As JSON, or as a text when it is none.
    pub(super) body: Value,
}

impl Envoy {
    pub(super) fn before(server: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = configured(server, folder.path());
        let mut command = Command::new("envoy");
        command.env("PATH", tools::path()).arg("-c").arg(config).args(["--config-yaml", ADMIN]);
        command.args(["--disable-hot-restart", "--concurrency", "1"]).stdin(Stdio::null()).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("tests/run installs envoy");
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut envoy = Self { child, address: server.address(), _folder: folder };
        let admin = started(log);
        let listeners = curl(admin, &["--request", "GET"], "/listeners?format=json", None).body;
        let port = &listeners["listener_statuses"][0]["local_address"]["socket_address"]["port_value"];
        envoy.address.set_port(port.as_u64().and_then(|port| port.try_into().ok()).unwrap());
        envoy
    }

    /// A call without a body.
    pub(super) fn call(&self, verb: &str, path: &str) -> Answer {
        curl(self.address, &["--request", verb], path, None)
    }

    /// A call with a body.
    pub(super) fn send(&self, verb: &str, path: &str, body: &Value) -> Answer {
        curl(self.address, &["--request", verb], path, Some(&body.to_string()))
    }

    /// A call with further options of curl, such as headers.
    pub(super) fn call_with(&self, options: &[&str], path: &str, body: Option<&str>) -> Answer {
        curl(self.address, options, path, body)
    }

    /// The body of a call that must succeed.
    pub(super) fn done(&self, verb: &str, path: &str, body: &Value) -> Value {
        let answer = if body.is_null() { self.call(verb, path) } else { self.send(verb, path, body) };
        assert_eq!(answer.status, 200, "{verb} {path} {body}: {answer:?}");
        answer.body
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped_already = self.child.wait();
    }
}

/// The shipped configuration with a server's address, in a folder with the descriptor set of the program.
fn configured(server: &Server, folder: &Path) -> std::path::PathBuf {
    let descriptor = folder.join("bailiwick.pb");
    let write = Command::new(env!("CARGO_BIN_EXE_bailiwick")).args(["descriptor", "-o"]).arg(&descriptor).status();
    assert!(write.unwrap().success());
    let server_port = format!("port_value: {}", server.address().port());
    let changes = [
        ("/etc/envoy/bailiwick.pb", descriptor.to_str().unwrap()),
        ("port_value: 8080", "port_value: 0"),
        ("port_value: 50051", &server_port),
        ("domains: [\"*\"]", &format!("domains: [\"*\"]\n                      {REACHED}")),
    ];
    let mut text = SHIPPED.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    for (shipped, own) in changes {
        assert_eq!(text.matches(shipped).count(), 1, "{shipped}");
        text = text.replace(shipped, own);
    }
    let path = folder.join("envoy.yaml");
    std::fs::write(&path, text).unwrap();
    path
}

/// Waits until Envoy serves; answers with its admin address. What it logs later is read and dropped.
fn started(mut log: impl BufRead + Send + 'static) -> SocketAddr {
    let (mut before, mut admin) = (String::new(), None);
    loop {
        let mut line = String::new();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "Envoy ended before it served: {before}");
        if let Some((_, address)) = line.split_once("admin address: ") {
            admin = Some(address.trim().parse().unwrap());
        }
        if line.contains("starting workers") {
            std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
            return admin.unwrap();
        }
        before += &line;
    }
}

/// Calls as a script would.
fn curl(address: SocketAddr, options: &[&str], path: &str, body: Option<&str>) -> Answer {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--include", "--noproxy", "*", "--max-time", SECONDS_MAX]);
    command.args(options).args(["--path-as-is", "--globoff", "--header", "expect:"]);
    if body.is_some() {
        command.args(["--header", "content-type: application/json", "--data-binary", "@-"]);
    }
    command.arg(format!("http://{address}{path}")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("tests/run installs curl");
    child.stdin.take().unwrap().write_all(body.unwrap_or_default().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (head, body) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("{options:?} {path}: {}", String::from_utf8_lossy(&output.stderr)));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let reached = head.lines().find_map(|line| line.strip_prefix("x-reached: ")).unwrap_or_default().to_owned();
    let body = serde_json::from_str(body).unwrap_or_else(|_| Value::from(body));
    Answer { status, reached, body }
}
