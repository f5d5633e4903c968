//! A small world that has one of everything, a history that leaves traces in it, and every question about it.

use bailiwick::proto::v1::batch_check_permissions_request::Check;
use bailiwick::proto::v1::batch_check_permissions_request::check::Target;
use bailiwick::proto::v1::batch_check_permissions_response::result::Outcome;
use bailiwick::proto::v1::consistency::Requirement;
use bailiwick::proto::v1::{
    AssignRolesRequest, BatchCheckPermissionsRequest, CheckResult, Consistency, CreateTenantRequest, CreateUserRequest,
    Decision, DeleteApplicationRequest, DeleteTenantRequest, DeleteUserRequest, RemoveGroupMembersRequest,
    RemoveRolePrivilegesRequest, Tenant, UnassignRolesRequest, User,
};

use crate::harness::Clients;

/// The world before its history, by hand: in no order but that what is referred to comes first.
pub(super) const DOCUMENT: &str = include_str!("world.jsonl");

/// Lets things come and go, so that what is left has tombstones, former tenants, kept levels and exclusions.
pub(super) async fn live(clients: &Clients) -> String {
    for (tenant, again) in [("t2", true), ("t3", false), ("t4", true), ("t4", false)] {
        delete_tenant(clients, tenant).await;
        if again {
            create_tenant(clients, tenant).await;
        }
    }
    let delete = DeleteUserRequest { name: "users/kim".to_owned(), force: true, ..Default::default() };
    clients.directory.clone().delete_user(delete).await.unwrap();
    create_user(clients, "kim", "applications/shop", &["applications/shop/tenants/t1"]).await;
    create_user(clients, "joy", "", &["applications/shop/tenants/t2"]).await;
    let delete = DeleteApplicationRequest { name: "applications/gone".to_owned(), force: true, ..Default::default() };
    clients.application.clone().delete_application(delete).await.unwrap();
    let remove = RemoveGroupMembersRequest {
        name: "groups/staff".to_owned(),
        members: vec!["users/dan".to_owned()],
        ..Default::default()
    };
    clients.directory.clone().remove_group_members(remove).await.unwrap();
    // A parent gives it, so it is excluded from now on.
    let remove = RemoveRolePrivilegesRequest {
        name: "applications/shop/roles/writer".to_owned(),
        privileges: vec!["order:read".to_owned()],
        ..Default::default()
    };
    clients.role.clone().remove_role_privileges(remove).await.unwrap();
    hold(clients, "users/joy", "here").await;
    hold(clients, "users/hal", "boss").await;
    let unassign = UnassignRolesRequest {
        application: "applications/shop".to_owned(),
        subject: "users/fay".to_owned(),
        roles: vec!["applications/shop/roles/reader".to_owned()],
        ..Default::default()
    };
    clients.assignment.clone().unassign_roles(unassign).await.unwrap().into_inner().consistency_token
}

async fn delete_tenant(clients: &Clients, tenant: &str) {
    let name = format!("applications/shop/tenants/{tenant}");
    let delete = DeleteTenantRequest { name, force: true, ..Default::default() };
    clients.application.clone().delete_tenant(delete).await.unwrap();
}

async fn create_tenant(clients: &Clients, tenant: &str) {
    let create = CreateTenantRequest {
        parent: "applications/shop".to_owned(),
        tenant_id: tenant.to_owned(),
        tenant: Some(Tenant { display_name: format!("{tenant} again"), ..Default::default() }),
        ..Default::default()
    };
    clients.application.clone().create_tenant(create).await.unwrap();
}

async fn create_user(clients: &Clients, id: &str, application: &str, tenants: &[&str]) {
    let user = User {
        username: id.to_owned(),
        application: application.to_owned(),
        tenants: tenants.iter().map(|tenant| (*tenant).to_owned()).collect(),
        ..Default::default()
    };
    let create = CreateUserRequest { user_id: id.to_owned(), user: Some(user), ..Default::default() };
    clients.directory.clone().create_user(create).await.unwrap();
}

async fn hold(clients: &Clients, subject: &str, role: &str) {
    let assign = AssignRolesRequest {
        application: "applications/shop".to_owned(),
        subject: subject.to_owned(),
        roles: vec![format!("applications/shop/roles/{role}")],
        reason: "„because”, she said\nand meant it".to_owned(),
        ..Default::default()
    };
    clients.assignment.clone().assign_roles(assign).await.unwrap();
}

const SUBJECTS: &[&str] = &[
    "users/ann",
    "users/bob",
    "users/cid",
    "users/dan",
    "users/eve",
    "users/fay",
    "users/gus",
    "users/hal",
    "users/ida",
    "users/joy",
    "users/kim",
    "users/zed",
    "users/nobody",
    "clients/c-app",
    "clients/c-off",
    "clients/c-t1",
    "clients/c-t2",
    "clients/c-lab",
    "clients/local-administrator",
    "applications/shop",
    "applications/lab",
];

/// Of each application: its privileges, and on what to ask about them.
const ABOUT: &[(&str, &[&str], &[&str])] = &[
    (
        "shop",
        &[
            "order:read",
            "order:write",
            "order:delete",
            "order:everything",
            "users:list",
            "Aid",
            "Order:Read",
            "report:read",
            "ping",
            "stück:lesen",
            "stuck:lesen",
            "bailiwick:user:read",
            "bailiwick:role:manage-assignments",
            "bailiwick:permission:check",
        ],
        &[
            "",
            "@t1",
            "@t2",
            "@t3",
            "documents/1",
            "documents/of/t1",
            "documents/of t2 ",
            "Documents/gét/t3",
            "documents/none",
            "documents/lost",
            "users/ann",
            "users/bob",
            "users/hal",
            "users/dan",
            "users/fay",
            "users/kim",
            "clients/c-app",
            "clients/c-t1",
            "groups/staff",
            "roles/reader",
            "tenants/t1/roles/clerk",
        ],
    ),
    ("lab", &["exp:run", "exp:stop", "bailiwick:user:read"], &["", "@l1", "users/eve", "samples/7"]),
    (
        "bailiwick",
        &["bailiwick:server:read", "bailiwick:permission:check", "bailiwick:policy:import"],
        &["", "users/fay", "groups/staff"],
    ),
    ("gone", &["order:read"], &["", "@g1"]),
];

/// Every question that there is about the world; a target that begins with `@` is a tenant.
pub(super) fn questions() -> Vec<Check> {
    let mut questions = Vec::new();
    for (application, privileges, targets) in ABOUT {
        for subject in SUBJECTS {
            for privilege in *privileges {
                questions.extend(targets.iter().map(|target| Check {
                    facts: None,
                    application: format!("applications/{application}"),
                    subject: (*subject).to_owned(),
                    privilege: (*privilege).to_owned(),
                    target: match target.strip_prefix('@') {
                        _ if target.is_empty() => None,
                        Some(tenant) => Some(Target::Tenant(tenant.to_owned())),
                        None => Some(Target::Resource((*target).to_owned())),
                    },
                }));
            }
        }
    }
    questions
}

/// The answers to all questions, made of everything that is committed.
pub(super) async fn answers(clients: &Clients, questions: &[Check]) -> Vec<CheckResult> {
    let mut answers = Vec::with_capacity(questions.len());
    for checks in questions.chunks(1_000) {
        let requirement = Some(Requirement::FullyConsistent(true));
        let consistency = Some(Consistency { requirement, max_staleness: None });
        let request = BatchCheckPermissionsRequest { checks: checks.to_vec(), consistency, ..Default::default() };
        let mut request = tonic::Request::new(request);
        request.set_timeout(std::time::Duration::from_secs(30));
        let response = clients.permission.clone().batch_check_permissions(request).await.unwrap().into_inner();
        answers.extend(response.results.into_iter().map(|result| match result.outcome {
            Some(Outcome::Result(answer)) => answer,
            other => panic!("{other:?}"),
        }));
    }
    assert_eq!(answers.len(), questions.len());
    answers
}

pub(super) fn is_allowed(answer: &CheckResult) -> bool {
    answer.decision == Decision::Allowed as i32
}

/// Refuses answers that differ, and names the first question.
pub(super) fn assert_same_answers(questions: &[Check], before: &[CheckResult], after: &[CheckResult]) {
    for ((question, before), after) in questions.iter().zip(before).zip(after) {
        assert_eq!(before, after, "{question:?}");
    }
}
