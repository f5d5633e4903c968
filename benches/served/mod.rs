//! Servers as processes on the first core, and clients with a credential: what measurements over the wire share.

mod collector;
pub(crate) mod database;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::str::FromStr;

use bailiwick::proto::v1::permission_service_client::PermissionServiceClient;
use tonic::metadata::AsciiMetadataValue;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

const TOKEN: &str = "measured-by-this-token-and-no-other";

/// A client whom the server knows by his token: `clients/asker`.
pub(crate) type Client = PermissionServiceClient<InterceptedService<Channel, Credential>>;

/// Puts the credential into every call.
#[derive(Clone)]
pub(crate) struct Credential(AsciiMetadataValue);

impl tonic::service::Interceptor for Credential {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

/// A server process.
pub(crate) struct Served {
    pub(crate) child: Child,
    endpoint: Endpoint,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Served {
    /// The real server with one data thread and everything on: a caller with a credential of his own, his own right to
    /// ask, metrics, a span of one call in a hundred, which a collector takes; `state` is told to it as the arguments that lead it to its state.
    pub(crate) fn real(folder: &Path, state: &[String]) -> Self {
        std::fs::write(folder.join("token"), TOKEN).unwrap();
        let mut command = pinned(env!("CARGO_BIN_EXE_bailiwick"));
        command.args(["serve", "--grpc-listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"]);
        command.args(["--data-threads", "1", "--log-format", "json", "--token-subject", "clients/asker"]);
        command.arg("--token-file").arg(folder.join("token")).args(state);
        command.arg("--otlp-endpoint").arg(format!("http://{}", collector::start()));
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut lines = log.lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("bailiwick serves")).expect("the server starts");
        std::thread::spawn(move || lines.for_each(drop));
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self::at(child, json["grpc"].as_str().unwrap())
    }

    /// One that listens there.
    pub(crate) fn at(child: Child, address: &str) -> Self {
        let endpoint = Endpoint::from_str(&format!("http://{address}")).unwrap().tcp_nodelay(true);
        Self { child, endpoint }
    }

    pub(crate) async fn client(&self) -> Client {
        let credential = Credential(format!("Bearer {TOKEN}").parse().unwrap());
        let client = PermissionServiceClient::with_interceptor(self.endpoint.connect().await.unwrap(), credential);
        client.max_decoding_message_size(64 << 20)
    }
}

/// What the measurement was told; nothing is measured when `cargo test --benches` asks whether it builds.
pub(crate) fn arguments() -> Option<Vec<String>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    (!arguments.iter().any(|argument| argument == "--test")).then_some(arguments)
}

/// A server process, on the first core where it can be pinned.
pub(crate) fn pinned(program: &str) -> Command {
    if Command::new("taskset").arg("--version").output().is_err() {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", "0", program]);
    command
}
