//! The floor of every check over the wire: the service of checks as it is generated, with the same messages, the answer
//! filled, and nothing else: no look at the question, no layer, no caller.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;

use futures_util::{Stream, StreamExt};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status, Streaming, async_trait};

use crate::proto::v1::batch_check_permissions_request::CompactChecks;
use crate::proto::v1::batch_check_permissions_response::{CompactResults, Result as Item, result};
use crate::proto::v1::permission_service_server::{PermissionService, PermissionServiceServer};
use crate::proto::v1::stream_check_permissions_response::Outcome as Streamed;
use crate::proto::v1::{self, Decision, DecisionReason};

/// As long as a token is.
const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Answers without looking at the question.
struct Empty;

/// Which runtime of tokio serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// This thread alone.
    CurrentThread,
    /// The usual one of a server: several threads, which take work from each other.
    MultiThread,
}

/// Serves until the process ends; `told` is told where, once it listens.
///
/// # Errors
/// When the address is taken.
pub fn serve(address: SocketAddr, runtime: Runtime, told: impl FnOnce(SocketAddr)) -> io::Result<()> {
    let mut builder = match runtime {
        Runtime::CurrentThread => tokio::runtime::Builder::new_current_thread(),
        Runtime::MultiThread => tokio::runtime::Builder::new_multi_thread(),
    };
    builder.enable_all().build()?.block_on(async {
        let listener = TcpListener::bind(address).await?;
        told(listener.local_addr()?);
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let server = Server::builder().add_service(PermissionServiceServer::new(Empty));
        server.serve_with_incoming(incoming).await.map_err(io::Error::other)
    })
}

fn answer() -> v1::CheckPermissionResponse {
    v1::CheckPermissionResponse {
        decision: Decision::Allowed.into(),
        reason: DecisionReason::RoleAssignment.into(),
        consistency_token: TOKEN.to_owned(),
        valid_until: None,
        cache_ttl: Some(prost_types::Duration::default()),
        custom_boundaries: Vec::new(),
    }
}

fn item() -> Item {
    let result = v1::CheckResult {
        decision: Decision::Allowed.into(),
        reason: DecisionReason::RoleAssignment.into(),
        valid_until: None,
        cache_ttl: Some(prost_types::Duration::default()),
        custom_boundaries: Vec::new(),
    };
    Item { outcome: Some(result::Outcome::Result(result)) }
}

/// One decision and one reason for each privilege on each resource.
fn compact(asked: &CompactChecks) -> CompactResults {
    let count = asked.privileges.len() * asked.resources.len();
    CompactResults {
        decisions: vec![Decision::Allowed.into(); count],
        reasons: vec![DecisionReason::RoleAssignment.into(); count],
        cache_ttl: Some(prost_types::Duration::default()),
        ..CompactResults::default()
    }
}

#[async_trait]
impl PermissionService for Empty {
    async fn check_permission(
        &self,
        _: Request<v1::CheckPermissionRequest>,
    ) -> Result<Response<v1::CheckPermissionResponse>, Status> {
        Ok(Response::new(answer()))
    }

    async fn batch_check_permissions(
        &self,
        request: Request<v1::BatchCheckPermissionsRequest>,
    ) -> Result<Response<v1::BatchCheckPermissionsResponse>, Status> {
        let asked = request.get_ref();
        Ok(Response::new(v1::BatchCheckPermissionsResponse {
            results: asked.checks.iter().map(|_| item()).collect(),
            consistency_token: TOKEN.to_owned(),
            compact: asked.compact.as_ref().map(compact),
        }))
    }

    type StreamCheckPermissionsStream =
        Pin<Box<dyn Stream<Item = Result<v1::StreamCheckPermissionsResponse, Status>> + Send>>;

    async fn stream_check_permissions(
        &self,
        request: Request<Streaming<v1::StreamCheckPermissionsRequest>>,
    ) -> Result<Response<Self::StreamCheckPermissionsStream>, Status> {
        let answers = request.into_inner().map(|question| {
            let (correlation_id, outcome) = (question?.correlation_id, Some(Streamed::Result(answer())));
            Ok(v1::StreamCheckPermissionsResponse { correlation_id, outcome })
        });
        Ok(Response::new(answers.boxed()))
    }

    async fn list_subject_privileges(
        &self,
        _: Request<v1::ListSubjectPrivilegesRequest>,
    ) -> Result<Response<v1::ListSubjectPrivilegesResponse>, Status> {
        Ok(Response::new(v1::ListSubjectPrivilegesResponse::default()))
    }
}
