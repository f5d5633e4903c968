//! The program itself as a process of its own, without any of the developer's environment.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::callers::actor::Actor;

/// A server that runs as a process.
pub(crate) struct Process {
    child: Child,
    pub(crate) grpc: SocketAddr,
    /// Where the data plane listens by itself.
    pub(crate) data: Option<SocketAddr>,
    /// The socket of the data plane.
    pub(crate) data_socket: Option<PathBuf>,
    pub(crate) metrics: SocketAddr,
    /// Reads the log to its end, so that the process never waits for a reader.
    log: Option<JoinHandle<String>>,
}

/// `bailiwick serve` on the database in a folder.
pub(crate) fn serve(folder: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bailiwick"));
    let database = format!("sqlite://{}", folder.join("bailiwick.db").display());
    command.args(["serve", "--log-format", "json", "--database-url", &database]);
    command.args(["--grpc-listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--deadline-default", "30s"]);
    command.args(more).env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Asks a process to end.
pub(crate) fn terminate(id: u32) {
    let kill = format!("kill -TERM {id}");
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

impl Process {
    /// Starts a server, and waits until it says where it listens.
    pub(crate) fn start(folder: &Path, more: &[&str]) -> Self {
        Self::started(serve(folder, more))
    }

    /// The same of a command that was prepared.
    pub(crate) fn started(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let record = announced(&mut log);
        let address = |name: &str| record[name].as_str().map(|address| address.parse().unwrap());
        let (grpc, data, metrics) = (address("grpc").unwrap(), address("data"), address("metrics").unwrap());
        let data_socket = record["data_socket"].as_str().map(PathBuf::from);
        let log = std::thread::spawn(move || {
            let mut rest = String::new();
            log.read_to_string(&mut rest).unwrap();
            rest
        });
        Self { child, grpc, data, data_socket, metrics, log: Some(log) }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The local administrator of it.
    pub(crate) async fn root(&self) -> Actor {
        Actor::connect(self.grpc, None).await
    }

    /// Asks it to end.
    pub(crate) fn terminate(&self) {
        terminate(self.id());
    }

    /// Ends it without asking.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end; answers with what it logged since it was started.
    pub(crate) fn ended(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, self.log.take().unwrap().join().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped_already = self.child.wait();
    }
}

/// The record that says that the server serves, and where.
fn announced(log: &mut BufReader<ChildStderr>) -> Value {
    let mut before = String::new();
    loop {
        let mut line = String::new();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended before it served: {before}");
        let record: Value = serde_json::from_str(&line).unwrap_or_default();
        if record["grpc"].is_string() && record["metrics"].is_string() {
            return record;
        }
        before += &line;
    }
}
