//! A server as a process whose instructions are counted while it is asked: by callgrind, so that the machine's other work
//! does not enter.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use bailiwick::proto::v1::permission_service_client::PermissionServiceClient;
use bailiwick::proto::v1::{CheckPermissionRequest, Decision};
use serde_json::Value;
use tempfile::TempDir;
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Endpoint;

use crate::wire::process::terminate;

/// The credential of every call.
const TOKEN: &str = "counted-by-this-token-and-no-other";

/// Calls before the counted ones: connections, pools and caches are there by then.
const WARM: usize = 200;

/// A process under callgrind.
pub(super) struct Counted {
    child: Child,
    folder: TempDir,
    address: SocketAddr,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped_already = self.child.wait();
    }
}

/// Runs a program under callgrind, which counts nothing until it is told to.
pub(super) fn callgrind(folder: &Path, counts_at_once: bool, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("valgrind");
    let at_once = if counts_at_once { "yes" } else { "no" };
    command.args(["-q", "--tool=callgrind", &format!("--instr-atstart={at_once}"), "--log-file=/dev/null"]);
    command.arg(format!("--callgrind-out-file={}", folder.join("counted").display())).arg(program.as_ref());
    command.env_clear().stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::null());
    command
}

/// The instructions that were counted in a folder.
pub(super) fn counted(folder: &Path) -> u64 {
    let told = std::fs::read_to_string(folder.join("counted")).unwrap();
    let total = told.lines().find_map(|line| line.strip_prefix("totals: ")).unwrap();
    total.trim().parse().unwrap()
}

impl Counted {
    /// The real server, with one data thread and its state in memory, and with everything on: a caller with a credential
    /// and a right to ask, `clients/asker`, metrics, sampled traces.
    pub(super) fn real(data: &Path) -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = callgrind(folder.path(), false, env!("CARGO_BIN_EXE_bailiwick"));
        command.args(["serve", "--memory", "--grpc-listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"]);
        // It looks at its database rarely: that is not what is counted.
        command.args(["--data-threads", "1", "--poll-interval", "20s", "--log-format", "json", "--data"]).arg(data);
        std::fs::write(folder.path().join("token"), TOKEN).unwrap();
        // One call in a hundred has a span; they are sent when nothing is counted any more, to nobody.
        command.args(["--otlp-endpoint", "http://127.0.0.1:9", "--otlp-metrics-interval", "1h"]);
        command.env("OTEL_BSP_SCHEDULE_DELAY", "3600000");
        command.args(["--token-subject", "clients/asker", "--token-file"]).arg(folder.path().join("token"));
        let mut child = command.stderr(Stdio::piped()).spawn().expect("valgrind is there: tests/run installs it");
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("bailiwick serves")).expect("the server starts");
        std::thread::spawn(move || lines.for_each(drop));
        let told: Value = serde_json::from_str(&line).unwrap();
        Self { child, folder, address: told["grpc"].as_str().unwrap().parse().unwrap() }
    }

    /// The empty handler, of the same program.
    pub(super) fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = callgrind(folder.path(), false, env!("CARGO_BIN_EXE_bailiwick"));
        let mut child = command.args(["bench", "empty"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix("listens on ")?.parse().ok()).expect("it listens");
        Self { child, folder, address }
    }

    /// Instructions for each of so many questions, asked one after the other; says how many were allowed.
    pub(super) fn per_question(mut self, asked: &[CheckPermissionRequest]) -> (u64, usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let allowed = runtime.block_on(async {
            let endpoint = Endpoint::from_shared(format!("http://{}", self.address)).unwrap().tcp_nodelay(true);
            let credential: MetadataValue<Ascii> = format!("Bearer {TOKEN}").parse().unwrap();
            let known = move |mut request: Request<()>| {
                request.metadata_mut().insert("authorization", credential.clone());
                Ok(request)
            };
            let mut client = PermissionServiceClient::with_interceptor(endpoint.connect().await.unwrap(), known);
            for request in asked.iter().cycle().take(WARM) {
                client.check_permission(request.clone()).await.unwrap();
            }
            self.count(true);
            let mut allowed = 0;
            for request in asked {
                let answer = client.check_permission(request.clone()).await.unwrap().into_inner();
                allowed += usize::from(answer.decision() == Decision::Allowed);
            }
            self.count(false);
            allowed
        });
        terminate(self.child.id());
        self.child.wait().unwrap();
        (counted(self.folder.path()) / asked.len() as u64, allowed)
    }

    fn count(&self, on: bool) {
        let mut command = Command::new("callgrind_control");
        command.args(["-i", if on { "on" } else { "off" }, &self.child.id().to_string()]);
        assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
    }
}
