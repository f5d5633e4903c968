//! The floor: the service of checks as it is generated, with the same messages, that answers without a look at the
//! question, without any layer, on the same kind of runtime.

use std::net::SocketAddr;

use bailiwick::proto::v1::permission_service_client::PermissionServiceClient;
use bailiwick::proto::v1::permission_service_server::{PermissionService, PermissionServiceServer};
use bailiwick::proto::v1::{self, Decision, DecisionReason};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status, Streaming};

/// Where it is set, the test below is a server that says where it listens, until it is ended.
pub(super) const SERVE: &str = "BAILIWICK_TEST_SERVE_EMPTY";

/// Answers without looking at the question.
struct Empty;

#[tonic::async_trait]
impl PermissionService for Empty {
    async fn check_permission(
        &self,
        _: Request<v1::CheckPermissionRequest>,
    ) -> Result<Response<v1::CheckPermissionResponse>, Status> {
        Ok(Response::new(v1::CheckPermissionResponse {
            decision: Decision::Allowed.into(),
            reason: DecisionReason::RoleAssignment.into(),
            consistency_token: "A".repeat(56),
            valid_until: None,
            cache_ttl: Some(prost_types::Duration::default()),
            custom_boundaries: Vec::new(),
        }))
    }

    async fn batch_check_permissions(
        &self,
        _: Request<v1::BatchCheckPermissionsRequest>,
    ) -> Result<Response<v1::BatchCheckPermissionsResponse>, Status> {
        Ok(Response::new(v1::BatchCheckPermissionsResponse::default()))
    }

    type StreamCheckPermissionsStream = tokio_stream::Empty<Result<v1::StreamCheckPermissionsResponse, Status>>;

    async fn stream_check_permissions(
        &self,
        _: Request<Streaming<v1::StreamCheckPermissionsRequest>>,
    ) -> Result<Response<Self::StreamCheckPermissionsStream>, Status> {
        Ok(Response::new(tokio_stream::empty()))
    }

    async fn list_subject_privileges(
        &self,
        _: Request<v1::ListSubjectPrivilegesRequest>,
    ) -> Result<Response<v1::ListSubjectPrivilegesResponse>, Status> {
        Ok(Response::new(v1::ListSubjectPrivilegesResponse::default()))
    }
}

async fn listen() -> (SocketAddr, impl Future<Output = ()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let serve = Server::builder().add_service(PermissionServiceServer::new(Empty)).serve_with_incoming(incoming);
    (address, async { serve.await.unwrap() })
}

#[test]
fn an_empty_handler_allows_everything() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (address, serve) = listen().await;
        if std::env::var_os(SERVE).is_some() {
            println!("\nlistens on {address}");
            return serve.await;
        }
        tokio::spawn(serve);
        let mut client = PermissionServiceClient::connect(format!("http://{address}")).await.unwrap();
        let answer = client.check_permission(v1::CheckPermissionRequest::default()).await.unwrap().into_inner();
        assert_eq!(answer.decision(), Decision::Allowed);
    });
}
