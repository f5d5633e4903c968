//! Random histories: whatever came and went, an export fills another store with the same answers and the same export,
//! is no news to the store that it came from, and can be had again later.
//!
//! `BAILIWICK_TEST_ROUNDS` multiplies the number of histories.

use bailiwick::proto::v1::consistency::Requirement;
use bailiwick::proto::v1::import_policy_request::Options;
use bailiwick::proto::v1::{
    CheckResult, Consistency, DeleteApplicationRequest, DeletePermissionBoundaryRequest, DeleteRoleRequest,
    DeleteTenantRequest, DeleteUserRequest, RemoveGroupMembersRequest, RemoveRolePrivilegesRequest,
    UnassignRolesRequest,
};
use tonic::{Code, Status};

use super::small_world::{self, pick};
use super::transfer::{Exported, document, export, export_at, import, import_with};
use super::world;
use crate::access_matrix::exam::Random;
use crate::harness::{Clients, Server, block_on, rounds_or};

/// Exports of one history, and writes that are tried before each.
const EXPORTS: usize = 6;
const WRITES: usize = 150;

#[test]
fn after_any_history_an_export_fills_another_store_with_the_same() {
    let allowed: usize = (0..2 * rounds_or(1)).map(|seed| try_history(&mut Random(seed))).sum();
    assert!(allowed > 100, "histories that end in nothing prove nothing");
}

/// Lets a history happen, and says how many questions were allowed after its parts.
fn try_history(random: &mut Random) -> usize {
    let mut server = Server::start();
    let (mut exports, mut allowed): (Vec<Exported>, usize) = (Vec::new(), 0);
    for _ in 0..EXPORTS {
        block_on(async {
            let clients = server.clients().await;
            happen(&clients, random, WRITES).await;
            exports.push(export(&clients).await);
        });
        let exported = &exports[exports.len() - 1];
        let answers = block_on(fill(&server, &Server::start(), exported));
        block_on(begin(&Server::start(), beginning(&exported.document, random), &answers));
        allowed += answers.iter().filter(|answer| world::is_allowed(answer)).count();
    }
    server.restart();
    block_on(remember(&server, &exports));
    allowed
}

/// Lets some random writes happen, or be refused.
pub(crate) async fn happen(clients: &Clients, random: &mut Random, writes: usize) {
    for _ in 0..writes {
        accept(write(clients, random).await);
    }
}

/// The past is what it was.
async fn remember(server: &Server, exports: &[Exported]) {
    let clients = server.clients().await;
    for exported in exports {
        let requirement = Some(Requirement::AtExactRevision(exported.token.clone()));
        let again = export_at(&clients, Consistency { requirement, max_staleness: None }).await.unwrap();
        assert_eq!(again, *exported);
    }
}

/// The document as far as the end of a random line.
fn beginning<'a>(document: &'a str, random: &mut Random) -> &'a str {
    let ends: Vec<usize> = document.match_indices('\n').map(|(at, _)| at + 1).collect();
    &document[..ends[random.below(ends.len())]]
}

/// Sees that a beginning gives nothing that the whole does not.
async fn begin(server: &Server, beginning: &str, whole: &[CheckResult]) {
    let clients = server.clients().await;
    import(&clients, beginning).await;
    let questions = small_world::questions();
    let answers = world::answers(&clients, &questions).await;
    for ((question, answer), of_whole) in questions.iter().zip(&answers).zip(whole) {
        assert!(!world::is_allowed(answer) || world::is_allowed(of_whole), "{question:?}\n{beginning}");
    }
}

/// A random write may be refused, but for no reason of the server's own.
fn accept(outcome: Result<(), Status>) {
    let expected = [Code::InvalidArgument, Code::NotFound, Code::AlreadyExists, Code::FailedPrecondition];
    if let Err(status) = outcome {
        assert!(expected.contains(&status.code()), "{status:?}");
    }
}

/// Fills another store, compares the two, and imports the export into its own store.
async fn fill(source: &Server, target: &Server, exported: &Exported) -> Vec<CheckResult> {
    let (source, target) = (source.clients().await, target.clients().await);
    import(&target, &exported.document).await;
    assert_eq!(export(&target).await.document, exported.document);
    let questions = small_world::questions();
    let (before, after) = (world::answers(&source, &questions).await, world::answers(&target, &questions).await);
    world::assert_same_answers(&questions, &before, &after);
    let done = import(&source, &exported.document).await;
    assert_eq!((done.created, done.updated), (0, 0), "{done:?}\n{}", exported.document);
    before
}

/// Lets some random lines be imported one by one, or be refused: nothing goes.
pub(crate) async fn grow(clients: &Clients, random: &mut Random, lines: usize) {
    for _ in 0..lines {
        accept(add(clients, random).await);
    }
}

async fn add(clients: &Clients, random: &mut Random) -> Result<(), Status> {
    let line = small_world::line(random);
    import_with(clients, Options::default(), document([line])).await.map(|_| ())
}

async fn write(clients: &Clients, random: &mut Random) -> Result<(), Status> {
    match random.below(20) {
        0..=17 => add(clients, random).await,
        18 => delete(clients, random).await,
        _ => take(clients, random).await,
    }
}

/// Deletes a thing with all that cannot live without it.
async fn delete(clients: &Clients, random: &mut Random) -> Result<(), Status> {
    let application = format!("applications/{}", pick(random, small_world::APPLICATIONS));
    match random.below(34) {
        0..=14 => {
            let name = format!("{application}/tenants/{}", pick(random, small_world::TENANTS));
            let request = DeleteTenantRequest { name, force: true, ..Default::default() };
            clients.application.clone().delete_tenant(request).await.map(|_| ())
        }
        15..=20 => {
            let name = format!("users/{}", pick(random, small_world::USERS));
            let request = DeleteUserRequest { name, force: true, ..Default::default() };
            clients.directory.clone().delete_user(request).await.map(|_| ())
        }
        21..=28 => {
            let name = format!("{application}/roles/{}", pick(random, small_world::ROLES));
            let request = DeleteRoleRequest { name, force: true, ..Default::default() };
            clients.role.clone().delete_role(request).await.map(|_| ())
        }
        29..=32 => {
            let name = format!("{application}/permissionBoundaries/{}", pick(random, small_world::OWN_BOUNDARIES));
            let request = DeletePermissionBoundaryRequest { name, ..Default::default() };
            clients.boundary.clone().delete_permission_boundary(request).await.map(|_| ())
        }
        _ => {
            let request = DeleteApplicationRequest { name: application, force: true, ..Default::default() };
            clients.application.clone().delete_application(request).await.map(|_| ())
        }
    }
}

/// Takes something from what a role, a subject or a group has.
async fn take(clients: &Clients, random: &mut Random) -> Result<(), Status> {
    let application = format!("applications/{}", pick(random, small_world::APPLICATIONS));
    let role = format!("{application}/roles/{}", pick(random, small_world::ROLES));
    match random.below(3) {
        0 => {
            let privileges = vec![pick(random, small_world::PRIVILEGES).to_owned()];
            let request = RemoveRolePrivilegesRequest { name: role, privileges, ..Default::default() };
            clients.role.clone().remove_role_privileges(request).await.map(|_| ())
        }
        1 => {
            let subject = small_world::holder(random);
            let request = UnassignRolesRequest { application, subject, roles: vec![role], ..Default::default() };
            clients.assignment.clone().unassign_roles(request).await.map(|_| ())
        }
        _ => {
            let name = format!("groups/{}", pick(random, small_world::GROUPS));
            let members = vec![small_world::member(random)];
            let request = RemoveGroupMembersRequest { name, members, ..Default::default() };
            clients.directory.clone().remove_group_members(request).await.map(|_| ())
        }
    }
}
