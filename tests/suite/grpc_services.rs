//! The services over the wire: what each method answers, and what a client reads in every refusal.
//!
//! The rules behind the answers are tested elsewhere; here it is the contract of messages and statuses.

mod catalogue;
mod documents;
mod questions;
mod refusals;
mod transport;

use bailiwick::proto::v1;
use tonic::{Code, Status};

use super::callers::actor::Refusal;
use super::harness::{Clients, Server, block_on};

/// The code of a refusal and its reason, which every refusal has.
fn refusal<T>(answer: Result<T, Status>) -> (Code, String) {
    let Err(status) = answer else { return (Code::Ok, String::new()) };
    let refusal = Refusal::of(&status);
    (refusal.code, refusal.reason)
}

/// The fields that a request was refused for.
fn fields<T>(answer: Result<T, Status>) -> Vec<String> {
    answer.err().map(|status| Refusal::of(&status).violated()).unwrap_or_default()
}

/// A shop with an open catalogue, a tenant and a user in it.
async fn shop(clients: &mut Clients) -> Result<(), Status> {
    use v1::application::Catalogue;
    let application = v1::Application { catalogue: Catalogue::Open.into(), ..Default::default() };
    let create = v1::CreateApplicationRequest {
        application_id: "shop".to_owned(),
        application: Some(application),
        ..Default::default()
    };
    clients.application.create_application(create).await?;
    let create = v1::CreateTenantRequest {
        parent: "applications/shop".to_owned(),
        tenant_id: "acme".to_owned(),
        tenant: Some(v1::Tenant::default()),
        ..Default::default()
    };
    clients.application.create_tenant(create).await?;
    let user = v1::User {
        username: "Alice".to_owned(),
        application: "applications/shop".to_owned(),
        tenants: vec!["applications/shop/tenants/acme".to_owned()],
        ..Default::default()
    };
    let create = v1::CreateUserRequest { user_id: "alice".to_owned(), user: Some(user), ..Default::default() };
    clients.directory.create_user(create).await?;
    Ok(())
}

/// Runs a test on a server with the shop, as its administrator and as Alice.
fn in_the_shop(test: impl AsyncFn(Clients, Clients)) {
    let server = Server::with_tokens(&[
        ("clients/local-administrator", "administrator-token"),
        ("users/alice", "alices-token-0001"),
    ]);
    block_on(async {
        let mut root = server.clients_as("administrator-token").await;
        shop(&mut root).await.unwrap();
        test(root, server.clients_as("alices-token-0001").await).await;
    });
}

/// Makes a role of the shop that gives these keys.
async fn role(clients: &mut Clients, id: &str, privileges: &[&str]) -> Result<v1::CreateRoleResponse, Status> {
    let privileges = privileges.iter().map(|&key| key.to_owned()).collect();
    let role = v1::Role { role_name: id.to_owned(), privileges, ..Default::default() };
    let create = v1::CreateRoleRequest {
        parent: "applications/shop".to_owned(),
        role_id: id.to_owned(),
        role: Some(role),
        ..Default::default()
    };
    Ok(clients.role.create_role(create).await?.into_inner())
}

fn assign(roles: &[&str]) -> v1::AssignRolesRequest {
    v1::AssignRolesRequest {
        application: "applications/shop".to_owned(),
        subject: "users/alice".to_owned(),
        roles: roles.iter().map(|id| format!("applications/shop/roles/{id}")).collect(),
        ..Default::default()
    }
}

fn check(privilege: &str, target: Option<&str>) -> v1::CheckPermissionRequest {
    use v1::check_permission_request::Target;
    v1::CheckPermissionRequest {
        facts: None,
        application: "applications/shop".to_owned(),
        subject: "users/alice".to_owned(),
        privilege: privilege.to_owned(),
        target: target.map(|tenant| Target::Tenant(tenant.to_owned())),
        consistency: None,
    }
}
