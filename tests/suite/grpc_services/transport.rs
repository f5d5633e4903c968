//! What the layer does to every call, and the standard services beside ours.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::Duration;

use bailiwick::proto::v1;
use bytes::Bytes;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::{v1 as reflection, v1alpha};

use super::super::harness::{Server, block_on};
use super::refusal;

const CHECK: &str = "/bailiwick.v1.PermissionService/CheckPermission";

/// A message that another service would understand.
#[derive(Clone, PartialEq, prost::Message)]
struct Foreign {
    #[prost(bytes = "bytes", tag = "1")]
    text: Bytes,
}

async fn channel(server: &Server) -> Channel {
    Endpoint::from_shared(format!("http://{}", server.address())).unwrap().connect().await.unwrap()
}

async fn send(channel: &Channel, path: &'static str, bytes: Vec<u8>) -> Result<(), Status> {
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready().await.map_err(|error| Status::unknown(error.to_string()))?;
    let codec = tonic_prost::ProstCodec::<Foreign, Foreign>::default();
    let message = Foreign { text: bytes.into() };
    grpc.unary(Request::new(message), PathAndQuery::from_static(path), codec)
        .await
        .map(|_: tonic::Response<Foreign>| ())
}

#[test]
fn what_is_no_message_of_a_method_is_refused_with_a_reason() {
    let server = Server::start();
    block_on(async {
        let channel = channel(&server).await;
        for path in ["/bailiwick.v1.PermissionService/Nothing", "/bailiwick.v1.NothingService/Get", "/x.y/Z"] {
            let refused = refusal(send(&channel, path, vec![]).await);
            assert_eq!(refused, (Code::Unimplemented, "METHOD_UNKNOWN".to_owned()), "{path}");
        }
        let malformed = refusal(send(&channel, CHECK, vec![0xff, 0xfe]).await);
        assert_eq!(malformed, (Code::InvalidArgument, "MESSAGE_MALFORMED".to_owned()));
        let large = refusal(send(&channel, CHECK, vec![b'x'; 1 << 20]).await);
        assert_eq!(large, (Code::OutOfRange, "MESSAGE_TOO_LARGE".to_owned()));
    });
}

#[test]
fn a_deadline_is_kept_and_a_malformed_one_refused() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        let ask = || v1::GetServerInfoRequest::default();
        for (timeout, expected) in [("soon", (Code::InvalidArgument, "INVALID_REQUEST")), ("99999999H", (Code::Ok, ""))]
        {
            let mut request = Request::new(ask());
            request.metadata_mut().insert("grpc-timeout", timeout.parse().unwrap());
            let answer = refusal(clients.server.get_server_info(request).await);
            assert_eq!(answer, (expected.0, expected.1.to_owned()), "{timeout}");
        }
        let mut watching = HealthClient::new(channel(&server).await);
        let mut request = Request::new(HealthCheckRequest::default());
        request.set_timeout(Duration::from_millis(50));
        let mut statuses = watching.watch(request).await.unwrap().into_inner();
        assert!(statuses.message().await.unwrap().is_some());
        let ended = refusal(statuses.message().await);
        assert_eq!(ended.0, Code::DeadlineExceeded);
    });
}

#[test]
fn nobody_calls_without_credentials_what_is_not_open() {
    let server = Server::with_tokens(&[("clients/local-administrator", "administrator-token")]);
    block_on(async {
        let mut nobody = server.clients().await;
        let answer = nobody.server.get_server_info(v1::GetServerInfoRequest::default()).await;
        assert_eq!(refusal(answer), (Code::Unauthenticated, "UNAUTHENTICATED".to_owned()));
        let mut health = HealthClient::new(channel(&server).await);
        for service in ["", "bailiwick.v1.PermissionService"] {
            let check = HealthCheckRequest { service: service.to_owned() };
            let serving = health.check(check).await.unwrap().into_inner().status();
            assert_eq!(serving, tonic_health::pb::health_check_response::ServingStatus::Serving, "{service}");
        }
    });
}

#[test]
fn reflection_tells_of_every_service_in_both_versions() {
    let server = Server::start();
    block_on(async {
        let channel = channel(&server).await;
        let list = MessageRequest::ListServices(String::new());
        let ask = reflection::ServerReflectionRequest { host: String::new(), message_request: Some(list) };
        let mut client = ServerReflectionClient::new(channel.clone());
        let mut answers = client.server_reflection_info(tokio_stream::once(ask)).await.unwrap().into_inner();
        let answer = answers.message().await.unwrap().unwrap().message_response;
        let Some(MessageResponse::ListServicesResponse(services)) = answer else { unreachable!("{answer:?}") };
        let names: Vec<_> = services.service.into_iter().map(|service| service.name).collect();
        for service in bailiwick::app::methods::OWN.iter().filter_map(|method| method.path.split('/').next()) {
            assert!(names.iter().any(|name| name == service), "{service} is not in {names:?}");
        }
        assert!(names.iter().any(|name| name == "grpc.health.v1.Health"), "{names:?}");
        let list = v1alpha::server_reflection_request::MessageRequest::FileContainingSymbol(
            "bailiwick.v1.PermissionService".to_owned(),
        );
        let ask = v1alpha::ServerReflectionRequest { host: String::new(), message_request: Some(list) };
        let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(channel);
        let mut answers = client.server_reflection_info(tokio_stream::once(ask)).await.unwrap().into_inner();
        let answer = answers.message().await.unwrap().unwrap().message_response;
        let is_file =
            matches!(answer, Some(v1alpha::server_reflection_response::MessageResponse::FileDescriptorResponse(_)));
        assert!(is_file, "{answer:?}");
    });
}
