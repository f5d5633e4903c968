//! Statuses of refusals: absent and forbidden, taken, in use.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use bailiwick::proto::v1;
use tonic::Code;
use tonic_types::StatusExt;

use super::super::harness::{Server, block_on};
use super::{assign, in_the_shop, refusal, role, shop};

#[test]
fn absent_and_forbidden_are_the_same_bytes() {
    in_the_shop(async |mut root, mut alice| {
        let mut seen = Vec::new();
        for name in ["applications/shop", "applications/nothing", "applications/bailiwick"] {
            let get = v1::GetApplicationRequest { name: name.to_owned(), consistency: None };
            let status = alice.application.get_application(get).await.unwrap_err();
            assert_eq!(status.code(), Code::PermissionDenied, "{name}");
            seen.push((status.message().to_owned(), status.details().to_vec()));
        }
        assert!(seen.windows(2).all(|pair| matches!(pair, [one, two] if one == two)));
        let get = v1::GetApplicationRequest { name: "applications/nothing".to_owned(), consistency: None };
        let known = root.application.get_application(get).await.unwrap_err();
        let thing = known.get_details_resource_info().unwrap();
        assert_eq!((known.code(), thing.resource_name.as_str()), (Code::NotFound, "applications/nothing"));
    });
}

#[test]
fn what_is_taken_or_in_use_is_named() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        shop(&mut clients).await.unwrap();
        role(&mut clients, "clerk", &["order:read"]).await.unwrap();
        clients.assignment.assign_roles(assign(&["clerk"])).await.unwrap();
        let taken = role(&mut clients, "clerk", &[]).await.unwrap_err();
        assert_eq!(taken.code(), Code::AlreadyExists);
        assert_eq!(taken.get_details_resource_info().unwrap().resource_type, "role");
        let name = "applications/shop/roles/clerk".to_owned();
        let delete = v1::DeleteRoleRequest { name, ..Default::default() };
        let used = clients.role.delete_role(delete.clone()).await.unwrap_err();
        let violations = used.get_details_precondition_failure().unwrap().violations;
        assert_eq!(violations.first().map(|violation| violation.r#type.as_str()), Some("IN_USE"));
        clients.role.delete_role(v1::DeleteRoleRequest { force: true, ..delete.clone() }).await.unwrap();
        assert_eq!(refusal(clients.role.delete_role(delete.clone()).await).0, Code::NotFound);
        clients.role.delete_role(v1::DeleteRoleRequest { allow_missing: true, ..delete }).await.unwrap();
    });
}
