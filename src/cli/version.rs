//! `bailiwick version`: tells what this program is and, asked to, what the server is.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::Outcome;
use super::connection::{self, CALL_DEADLINE, Connection};
use super::failure::printable;
use crate::proto::v1::server_service_client::ServerServiceClient;
use crate::proto::v1::{GetServerInfoRequest, GetServerInfoResponse};

const EXAMPLES: &str = "Examples:
  bailiwick version
  bailiwick version --json
  bailiwick version --server --endpoint http://127.0.0.1:50051";

/// Tell the version of this program, and of a server
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Ask the server at --endpoint as well
    #[arg(long)]
    server: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(options: &Options) -> Outcome {
    let server = if options.server { Some(ask(&options.connection).await?) } else { None };
    if options.json {
        println!("{}", as_json(server.as_ref()));
    } else {
        println!("{}", as_text(server.as_ref()));
    }
    Ok(ExitCode::SUCCESS)
}

async fn ask(connection: &Connection) -> Result<GetServerInfoResponse, Box<dyn std::error::Error + Send + Sync>> {
    let mut client = ServerServiceClient::new(connection.open().await?);
    let response = client.get_server_info(connection::call(GetServerInfoRequest::default(), CALL_DEADLINE)).await?;
    Ok(response.into_inner())
}

fn as_text(server: Option<&GetServerInfoResponse>) -> String {
    let mut lines = vec![format!("bailiwick {}", env!("CARGO_PKG_VERSION"))];
    if let Some(info) = server {
        lines.push(format!("server {}", info.version));
        lines.push(format!("store {}", info.store_id));
        lines.extend(info.counts.iter().map(|entry| format!("{:>12} {}", entry.count, entry.kind)));
    }
    let lines: Vec<_> = lines.iter().map(|line| printable(line)).collect();
    lines.join("\n")
}

fn as_json(server: Option<&GetServerInfoResponse>) -> Value {
    let mut fields = json!({
        "name": "bailiwick",
        "version": env!("CARGO_PKG_VERSION"),
        "api": "bailiwick.v1",
        "importFormat": 1,
    });
    if let (Some(fields), Some(info)) = (fields.as_object_mut(), server) {
        fields.insert("server".to_owned(), server_as_json(info));
    }
    fields
}

fn server_as_json(info: &GetServerInfoResponse) -> Value {
    let counts: serde_json::Map<_, _> =
        info.counts.iter().map(|entry| (entry.kind.clone(), entry.count.into())).collect();
    json!({
        "version": info.version,
        "storeId": info.store_id,
        "databaseKind": info.database_kind().as_str_name(),
        "consistencyToken": info.consistency_token,
        "startTime": info.start_time.map(|time| time.to_string()),
        "counts": counts,
    })
}
