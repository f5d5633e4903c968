//! Checks, single and in batches, as a client writes and reads them.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use bailiwick::proto::v1;
use bailiwick::proto::v1::DecisionReason as Reason;
use bailiwick::proto::v1::batch_check_permissions_request::Check;
use bailiwick::proto::v1::batch_check_permissions_response::result::Outcome;
use bailiwick::proto::v1::consistency::Requirement;
use tonic::Code;
use tonic_types::{RpcStatusExt, StatusExt};

use super::super::harness::{Clients, Server, block_on};
use super::{assign, check, fields, in_the_shop, refusal, role, shop};

async fn decided(clients: &mut Clients, request: v1::CheckPermissionRequest) -> v1::CheckPermissionResponse {
    clients.permission.check_permission(request).await.unwrap().into_inner()
}

#[test]
fn a_check_is_answered_with_its_reason_and_its_revision() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        shop(&mut clients).await.unwrap();
        role(&mut clients, "clerk", &["order:read"]).await.unwrap();
        let before = decided(&mut clients, check("order:read", Some("acme"))).await;
        assert_eq!((before.decision(), before.reason()), (v1::Decision::Denied, Reason::NotGranted));
        let written = clients.assignment.assign_roles(assign(&["clerk"])).await.unwrap().into_inner();
        let fresh = Requirement::AtLeastAsFresh(written.consistency_token);
        let consistency = Some(v1::Consistency { requirement: Some(fresh), max_staleness: None });
        let ask = v1::CheckPermissionRequest { consistency, ..check("order:read", Some("acme")) };
        let after = decided(&mut clients, ask).await;
        assert_eq!((after.decision(), after.reason()), (v1::Decision::Allowed, Reason::RoleAssignment));
        assert_eq!(after.cache_ttl, Some(prost_types::Duration::default()));
        assert_ne!(before.consistency_token, after.consistency_token);
        let past = Requirement::AtExactRevision(before.consistency_token.clone());
        let consistency = Some(v1::Consistency { requirement: Some(past), max_staleness: None });
        let ask = v1::CheckPermissionRequest { consistency, ..check("order:read", Some("acme")) };
        let then = decided(&mut clients, ask).await;
        assert_eq!((then.decision(), then.consistency_token), (v1::Decision::Denied, before.consistency_token));
    });
}

#[test]
fn unknown_things_are_denied_and_malformed_ones_refused() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        shop(&mut clients).await.unwrap();
        role(&mut clients, "clerk", &["order:read"]).await.unwrap();
        let unknown = decided(&mut clients, check("order:nothing", Some("acme"))).await;
        assert_eq!(unknown.reason(), Reason::PrivilegeUnknown);
        for tenant in ["nobody", "applications/bailiwick/tenants/acme"] {
            let elsewhere = decided(&mut clients, check("order:read", Some(tenant))).await;
            assert_eq!(elsewhere.reason(), Reason::TargetUnknown, "{tenant}");
        }
        let group = v1::CheckPermissionRequest { subject: "groups/g".to_owned(), ..check("", Some("a b")) };
        let refused = clients.permission.check_permission(group).await;
        assert_eq!(fields(refused), ["subject", "privilege", "tenant"]);
        let me = v1::CheckPermissionRequest { subject: "users/me".to_owned(), ..check("bailiwick:role:read", None) };
        assert_eq!(decided(&mut clients, me).await.decision(), v1::Decision::Allowed);
    });
}

#[test]
fn one_bad_question_spoils_no_other() {
    in_the_shop(async |mut root, mut alice| {
        role(&mut root, "clerk", &["order:read"]).await.unwrap();
        root.assignment.assign_roles(assign(&["clerk"])).await.unwrap();
        let ask = |subject: &str, application: &str| Check {
            facts: None,
            subject: subject.to_owned(),
            application: application.to_owned(),
            privilege: "order:read".to_owned(),
            target: Some(v1::batch_check_permissions_request::check::Target::Tenant("acme".to_owned())),
        };
        let checks = [("users/me", ""), ("groups/g", ""), ("users/bob", ""), ("users/me", "applications/other")];
        let batch = v1::BatchCheckPermissionsRequest {
            application: "applications/shop".to_owned(),
            checks: checks.map(|(subject, application)| ask(subject, application)).to_vec(),
            ..Default::default()
        };
        let answer = alice.permission.batch_check_permissions(batch).await.unwrap().into_inner();
        let outcomes: Vec<_> = answer.results.into_iter().map(|result| result.outcome.unwrap()).collect();
        let [Outcome::Result(mine), Outcome::Error(group), Outcome::Error(bob), Outcome::Result(other)] = &outcomes[..]
        else {
            unreachable!("{outcomes:?}")
        };
        assert_eq!((mine.decision(), other.decision()), (v1::Decision::Allowed, v1::Decision::Denied));
        assert_eq!(group.get_details_bad_request().unwrap().field_violations.len(), 1);
        let single = v1::CheckPermissionRequest { subject: "users/bob".to_owned(), ..check("order:read", None) };
        let alone = alice.permission.check_permission(single).await.unwrap_err();
        assert_eq!(alone.code(), Code::PermissionDenied);
        assert_eq!((bob.code, bob.message.as_str()), (7, alone.message()));
        assert_eq!(bob.get_details_error_info().unwrap().metadata, alone.get_details_error_info().unwrap().metadata);
    });
}

#[test]
fn a_batch_holds_one_to_a_thousand_questions() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        let batch = |count: usize| v1::BatchCheckPermissionsRequest {
            application: "applications/bailiwick".to_owned(),
            checks: vec![
                Check {
                    subject: "users/me".to_owned(),
                    privilege: "bailiwick:role:read".to_owned(),
                    ..Default::default()
                };
                count
            ],
            ..Default::default()
        };
        let full = clients.permission.batch_check_permissions(batch(1_000)).await.unwrap().into_inner();
        assert_eq!(full.results.len(), 1_000);
        for count in [0, 1_001] {
            assert_eq!(fields(clients.permission.batch_check_permissions(batch(count)).await), ["checks"]);
        }
        let bad = v1::BatchCheckPermissionsRequest { application: "shop".to_owned(), ..batch(1) };
        let refused = clients.permission.batch_check_permissions(bad).await;
        assert_eq!(refusal(refused), (Code::InvalidArgument, "INVALID_REQUEST".to_owned()));
    });
}
