//! `bailiwick healthcheck`: asks a server's health service, for containers that have no shell and no other client.
//!
//! Exit codes: 0 when it serves; 1 when it does not, or cannot be asked in time, for both mean an unhealthy container
//! to whoever runs it. It needs no token and sends none.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::Outcome;
use super::connection;
use super::failure::describe;

/// What it does not serve is told with.
const UNHEALTHY: u8 = 1;
/// The longest that the question may take, with the connection.
const TIME_MAX: Duration = Duration::from_secs(3);

const ENDPOINT_HELP: &str = "The server's address, http://HOST:PORT, or its socket, unix:/PATH \
    [default: http://127.0.0.1:50051, or where --grpc-listen says]";

const EXAMPLES: &str = "Examples:
  bailiwick healthcheck
  bailiwick healthcheck --endpoint http://127.0.0.1:50051 --service bailiwick.v1.PermissionService
  bailiwick healthcheck --endpoint unix:/run/bailiwick/data.sock

In a Dockerfile:
  HEALTHCHECK CMD [\"/bailiwick\", \"healthcheck\"]

Exit code 0: it serves. 1: it does not, or cannot be asked within 3 s.";

/// Ask a server whether it serves, for containers
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// The server's address.
    #[arg(long, env = "BAILIWICK_ENDPOINT", value_name = "URL", help = ENDPOINT_HELP)]
    endpoint: Option<String>,

    /// Where a server that is started here listens, as it is told
    #[arg(long, env = "BAILIWICK_GRPC_LISTEN", value_name = "ADDRESS")]
    grpc_listen: Option<SocketAddr>,

    /// The service that is asked about; without it, the server as a whole
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    service: String,
}

impl Options {
    /// A server that listens on every address of a machine is asked on that of the loopback.
    fn address(&self) -> String {
        let listen = self.grpc_listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 50051)));
        let asked = match listen.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        self.endpoint.clone().unwrap_or_else(|| format!("http://{}", SocketAddr::new(asked, listen.port())))
    }
}

pub(super) async fn run(options: &Options) -> Outcome {
    let asked = tokio::time::timeout(TIME_MAX, ask(options)).await;
    let answer = asked.unwrap_or_else(|_| Err(format!("no answer within {} s", TIME_MAX.as_secs()).into()));
    Ok(match answer {
        Ok(ServingStatus::Serving) => {
            println!("{}", ServingStatus::Serving.as_str_name());
            ExitCode::SUCCESS
        }
        Ok(other) => {
            println!("{}", other.as_str_name());
            ExitCode::from(UNHEALTHY)
        }
        Err(error) => {
            eprintln!("{}", describe(error.as_ref()));
            ExitCode::from(UNHEALTHY)
        }
    })
}

async fn ask(options: &Options) -> Result<ServingStatus, Box<dyn std::error::Error + Send + Sync>> {
    let mut client = HealthClient::new(connection::channel(&options.address()).await?);
    let request = HealthCheckRequest { service: options.service.clone() };
    Ok(client.check(request).await?.into_inner().status())
}
