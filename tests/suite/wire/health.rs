//! The standard services: health and reflection, for everybody.

use std::collections::BTreeSet;

use bailiwick::app::methods;
use prost::Message;
use prost_types::FileDescriptorProto;
use tonic::Code;
use tonic::metadata::MetadataMap;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_reflection::pb::{v1, v1alpha};

use crate::callers::actor::Actor;
use crate::callers::stage::server_for;
use crate::harness::block_on;

/// The names of our services, as the table of methods has them.
pub(super) fn services() -> BTreeSet<&'static str> {
    methods::OWN.iter().filter_map(|method| method.path.split('/').next()).collect()
}

fn about(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.to_owned() }
}

#[test]
fn health_tells_everybody_that_each_service_serves() {
    let server = server_for(&[]);
    block_on(async {
        let mut health = HealthClient::new(Actor::connect(server.address(), None).await.channel);
        for service in services().into_iter().chain([""]) {
            let answer = health.check(about(service)).await.unwrap().into_inner();
            assert_eq!(answer.status(), ServingStatus::Serving, "{service:?}");
            let mut watch = health.watch(about(service)).await.unwrap().into_inner();
            let first: HealthCheckResponse = watch.message().await.unwrap().unwrap();
            assert_eq!(first.status(), ServingStatus::Serving, "{service:?}");
        }
        assert_eq!(health.check(about("none")).await.unwrap_err().code(), Code::NotFound);
        assert_eq!(health.watch(about("none")).await.unwrap_err().code(), Code::NotFound);
    });
}

/// Asks reflection one thing; the two versions differ only in the names of their types.
macro_rules! reflected {
    ($version:ident, $channel:expr, $request:expr) => {{
        let mut client = $version::server_reflection_client::ServerReflectionClient::new($channel);
        let request = $version::ServerReflectionRequest { host: String::new(), message_request: Some($request) };
        let mut answers = client.server_reflection_info(tokio_stream::iter([request])).await.unwrap().into_inner();
        answers.message().await.unwrap().unwrap().message_response.unwrap()
    }};
}

macro_rules! reflection_lists {
    ($version:ident, $channel:expr) => {{
        use $version::server_reflection_request::MessageRequest;
        use $version::server_reflection_response::MessageResponse;
        let MessageResponse::ListServicesResponse(list) =
            reflected!($version, $channel.clone(), MessageRequest::ListServices(String::new()))
        else {
            panic!("no list")
        };
        let names: BTreeSet<String> = list.service.into_iter().map(|service| service.name).collect();
        let symbol = MessageRequest::FileContainingSymbol("bailiwick.v1.RoleService.CreateRole".to_owned());
        let MessageResponse::FileDescriptorResponse(files) = reflected!($version, $channel.clone(), symbol) else {
            panic!("no file")
        };
        let absent = MessageRequest::FileContainingSymbol("bailiwick.v1.None".to_owned());
        let mut client = $version::server_reflection_client::ServerReflectionClient::new($channel.clone());
        let request = $version::ServerReflectionRequest { host: String::new(), message_request: Some(absent) };
        let refused = client.server_reflection_info(tokio_stream::iter([request])).await;
        let refused = match refused {
            Err(status) => status.code(),
            Ok(answers) => answers.into_inner().message().await.map_or_else(|status| status.code(), |_| Code::Ok),
        };
        (names, files.file_descriptor_proto, refused)
    }};
}

#[test]
fn both_versions_of_reflection_tell_what_there_is() {
    let server = server_for(&[]);
    block_on(async {
        let channel = Actor::connect(server.address(), None).await.channel;
        for (names, files, refused) in [reflection_lists!(v1, channel), reflection_lists!(v1alpha, channel)] {
            for service in services() {
                assert!(names.contains(service), "{service} is not in {names:?}");
            }
            assert!(names.contains("grpc.health.v1.Health"), "{names:?}");
            let file = FileDescriptorProto::decode(&files.first().unwrap()[..]).unwrap();
            assert_eq!(file.name(), "bailiwick/v1/role_service.proto");
            assert!(file.source_code_info.is_some(), "the comments are the documentation");
            assert_eq!(refused, Code::NotFound);
        }
    });
}

/// What is open to everybody is in the table of methods, and nothing else is open.
#[test]
fn nothing_but_health_and_reflection_is_open() {
    let server = server_for(&[]);
    block_on(async {
        let nobody = Actor::connect(server.address(), None).await;
        let open: BTreeSet<&str> = methods::STANDARD.iter().map(|method| method.path).collect();
        let expected = [
            "grpc.health.v1.Health/Check",
            "grpc.health.v1.Health/Watch",
            "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        ];
        assert_eq!(open, BTreeSet::from(expected));
        for method in methods::OWN {
            let outcome = nobody.raw(&format!("/{}", method.path), vec![Vec::new()], MetadataMap::new()).await;
            assert_eq!(outcome.unwrap_err().code(), Code::Unauthenticated, "{}", method.path);
        }
    });
}
