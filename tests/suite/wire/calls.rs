//! Paths and headers: a method is its path, byte for byte, and a caller is his credentials.

use serde_json::json;
use tonic::Code;
use tonic::metadata::MetadataMap;

use crate::callers::actor::{Actor, Refusal};
use crate::callers::shop::{self, NOBODY, PEOPLE};
use crate::callers::stage::{ROOT, actor, root, server_for, token_of};
use crate::harness::block_on;

const LIST: &str = "/bailiwick.v1.ApplicationService/ListApplications";

#[test]
fn a_path_that_is_no_method_is_unimplemented_for_everybody() {
    let server = server_for(PEOPLE);
    block_on(async {
        let root = root(&server).await;
        let nobody = root.with_token(None);
        for path in [
            "/bailiwick.v1.ApplicationService/None",
            "/bailiwick.v1.None/ListApplications",
            "/bailiwick.v1.ApplicationService/listApplications",
            "/bailiwick.v1.ApplicationService/ListApplications/",
            "/bailiwick.v1.ApplicationService/ListApplications/x",
            "//bailiwick.v1.ApplicationService/ListApplications",
            "/bailiwick.v1.ApplicationService//ListApplications",
            "/bailiwick.v1.ApplicationService/./ListApplications",
            "/bailiwick.v1.ApplicationService/List%41pplications",
            "/bailiwick.v1.ApplicationService%2FListApplications",
            "/Bailiwick.v1.ApplicationService/ListApplications",
            "/v1.ApplicationService/ListApplications",
            "/bailiwick.v1.ApplicationService",
            "/bailiwick.v1.PermissionService/",
            "/bailiwick.v1.PermissionService/CheckPermission2",
            "/grpc.health.v1.Health/None",
            "/",
        ] {
            for caller in [&root, &nobody] {
                let status = caller.raw(path, vec![Vec::new()], MetadataMap::new()).await.unwrap_err();
                let refusal = Refusal::of(&status);
                assert_eq!(refusal.said(), (Code::Unimplemented, "METHOD_UNKNOWN"), "{path}");
            }
        }
    });
}

fn headers(all: &[(&'static str, &str)]) -> MetadataMap {
    let mut metadata = MetadataMap::new();
    for (name, value) in all {
        metadata.append(*name, value.parse().unwrap());
    }
    metadata
}

async fn listed(by: &Actor, all: &[(&'static str, &str)]) -> (Code, String) {
    match by.raw(LIST, vec![Vec::new()], headers(all)).await {
        Ok(_) => (Code::Ok, String::new()),
        Err(status) => {
            let refusal = Refusal::of(&status);
            (refusal.code, refusal.reason)
        }
    }
}

#[test]
fn whoever_sends_two_credentials_is_nobody() {
    let server = server_for(PEOPLE);
    block_on(async {
        shop::open(&root(&server).await).await;
        let nobody = Actor::connect(server.address(), None).await;
        let (good, weak) = (format!("Bearer {}", token_of(ROOT)), format!("Bearer {}", token_of(NOBODY)));
        assert_eq!(listed(&nobody, &[("authorization", &good)]).await.0, Code::Ok);
        let unknown = (Code::Unauthenticated, "UNAUTHENTICATED".to_owned());
        for two in [[&good, &good], [&good, &weak], [&weak, &good]] {
            let sent = two.map(|value| ("authorization", value.as_str()));
            assert_eq!(listed(&nobody, &sent).await, unknown);
        }
        let joined = format!("{good}, {good}");
        for one in [
            joined.as_str(),
            "Basic cm9vdDpyb290",
            &token_of(ROOT),
            "Bearer",
            "Bearer ",
            &good.replace("Bearer ", "Bearer  "),
        ] {
            assert_eq!(listed(&nobody, &[("authorization", one)]).await, unknown, "{one}");
        }
    });
}

#[test]
fn a_header_that_claims_an_identity_is_not_looked_at() {
    let server = server_for(PEOPLE);
    block_on(async {
        shop::open(&root(&server).await).await;
        let nobody = Actor::connect(server.address(), None).await;
        let weak = actor(&server, NOBODY).await;
        for name in [
            "x-user",
            "x-forwarded-user",
            "x-authz-user",
            "x-subject",
            "x-tenant",
            "x-forwarded-client-cert",
            "forwarded",
            "proxy-authorization",
            "cookie",
            "x_user",
            "grpc-authorization",
            "x-authorization",
        ] {
            for value in [ROOT, &format!("Bearer {}", token_of(ROOT)), "authorization=Bearer"] {
                assert_eq!(listed(&nobody, &[(name, value)]).await.0, Code::Unauthenticated, "{name}");
                assert_eq!(listed(&weak, &[(name, value)]).await.0, Code::PermissionDenied, "{name}");
            }
        }
    });
}

/// Without tokens every caller is the local administrator, whatever he sends.
#[test]
fn without_tokens_every_caller_is_the_local_administrator() {
    let server = crate::harness::Server::start();
    block_on(async {
        for token in [None, Some("x".to_owned()), Some(token_of(NOBODY))] {
            let caller = Actor::connect(server.address(), token).await;
            let made = caller.done("DirectoryService/CreateUser", json!({"user": {"username": "x"}})).await;
            assert_eq!(made["user"]["created_by"], ROOT);
            let name = made["user"]["name"].clone();
            caller.done("DirectoryService/DeleteUser", json!({"name": name})).await;
        }
    });
}
