//! `roles/owner` gives nearly every privilege there is, and none of Bailiwick's own.

use bailiwick::domain::predefined;
use bailiwick::proto::v1::import_policy_request::Options;
use bailiwick::proto::v1::{
    Application, AssignRolesRequest, BatchRegisterPrivilegesRequest, CheckPermissionRequest, CreateApplicationRequest,
    CreateRoleRequest, CreateTenantRequest, CreateUserRequest, Decision, DeleteUserRequest, ExportPolicyRequest,
    GetApplicationRequest, GetServerInfoRequest, ListUsersRequest, Privilege, RemoveRolePrivilegesRequest, Role,
    SetRolePrivilegesRequest, Tenant, User,
};
use tonic::{Code, Status};

use super::catalogue::Catalogue;
use super::{APPLICATION, CONNECTIONS, OWNER};
use crate::access_matrix::exam::{Exam, Names};
use crate::harness::{Clients, Server};
use crate::import_export::transfer;

pub(super) async fn has_no_right_over_the_server(server: &Server, catalogue: &Catalogue) {
    let owner = catalogue.role("owner");
    let given = (0..catalogue.keys.len()).filter(|key| catalogue.gives(owner, *key)).count();
    assert_eq!(given, 13_350);
    let clients = server.clients_as(OWNER).await;
    for (what, outcome) in administrative_calls(&clients).await {
        assert_eq!(outcome.map_err(|status| status.code()), Err(Code::PermissionDenied), "{what}");
    }
    ask_about_itself(server, catalogue).await;
}

/// As itself it may ask only about itself: it has what its role gives, and no key of Bailiwick's own.
async fn ask_about_itself(server: &Server, catalogue: &Catalogue) {
    let owner = catalogue.role("owner");
    let own_keys = predefined::PRIVILEGES.iter().map(|privilege| privilege.key.to_owned());
    let names = Names {
        application: APPLICATION.to_owned(),
        subjects: vec!["users/me".to_owned(), "users/owner".to_owned()],
        privileges: catalogue.keys.iter().cloned().chain(own_keys).collect(),
    };
    let count = names.privileges.len();
    let exam = Exam::begin(server, Some(OWNER), CONNECTIONS, names).await;
    let asked = exam
        .ask((0..count).map(|key| (0, key)), |_, key| key < catalogue.keys.len() && catalogue.gives(owner, key))
        .await;
    assert_eq!(asked.allowed, 13_350);
    let names = Names {
        application: "applications/bailiwick".to_owned(),
        subjects: vec!["users/me".to_owned()],
        privileges: predefined::PRIVILEGES.iter().map(|privilege| privilege.key.to_owned()).collect(),
    };
    let pairs: Vec<(usize, usize)> = (0..names.privileges.len()).map(|key| (0, key)).collect();
    Exam::begin(server, Some(OWNER), 1, names).await.ask(pairs, |_, _| false).await;
    let other = CheckPermissionRequest {
        application: APPLICATION.to_owned(),
        subject: "users/viewer".to_owned(),
        privilege: catalogue.keys[0].clone(),
        ..Default::default()
    };
    let mut permission = server.clients_as(OWNER).await.permission;
    assert_eq!(permission.check_permission(other.clone()).await.unwrap_err().code(), Code::PermissionDenied);
    let me = CheckPermissionRequest { subject: "users/me".to_owned(), ..other };
    let answer = permission.check_permission(me).await.unwrap().into_inner();
    assert_eq!(answer.decision() == Decision::Allowed, catalogue.gives(owner, 0));
}

/// Calls one method of each kind, each with a request that the administrator could make.
async fn administrative_calls(clients: &Clients) -> Vec<(&'static str, Result<(), Status>)> {
    let Clients { mut application, mut directory, mut role, mut privilege, mut server, mut policy, .. } =
        clients.clone();
    let mut assignment = clients.assignment.clone();
    let viewer = format!("{APPLICATION}/roles/viewer");
    let parent = || APPLICATION.to_owned();
    macro_rules! call {
        ($client:ident.$method:ident($request:ident { $($field:ident: $value:expr),* })) => {
            (
                stringify!($method),
                $client.$method($request { $($field: $value,)* ..Default::default() }).await.map(|_| ()),
            )
        };
    }
    vec![
        call!(application.create_application(CreateApplicationRequest {
            application_id: "new".to_owned(),
            application: Some(Application::default())
        })),
        call!(application.get_application(GetApplicationRequest { name: parent() })),
        call!(application.create_tenant(CreateTenantRequest {
            parent: parent(),
            tenant_id: "new".to_owned(),
            tenant: Some(Tenant::default())
        })),
        call!(directory.create_user(CreateUserRequest {
            user_id: "new".to_owned(),
            user: Some(User { username: "new".to_owned(), ..Default::default() })
        })),
        call!(directory.list_users(ListUsersRequest {})),
        call!(directory.delete_user(DeleteUserRequest { name: "users/viewer".to_owned(), force: true })),
        call!(role.create_role(CreateRoleRequest {
            parent: parent(),
            role_id: "new".to_owned(),
            role: Some(Role { role_name: "new".to_owned(), ..Default::default() })
        })),
        call!(role.set_role_privileges(SetRolePrivilegesRequest { name: viewer.clone() })),
        call!(role.remove_role_privileges(RemoveRolePrivilegesRequest {
            name: viewer.clone(),
            privilege_patterns: vec!["*".to_owned()]
        })),
        call!(assignment.assign_roles(AssignRolesRequest {
            application: parent(),
            subject: "users/owner".to_owned(),
            roles: vec![viewer.clone()]
        })),
        call!(privilege.batch_register_privileges(BatchRegisterPrivilegesRequest {
            parent: parent(),
            privileges: vec![Privilege { key: "new".to_owned(), ..Default::default() }]
        })),
        call!(server.get_server_info(GetServerInfoRequest {})),
        call!(policy.export_policy(ExportPolicyRequest {})),
        (
            "import_policy",
            transfer::import_with(clients, Options::default(), transfer::document::<&str>([])).await.map(|_| ()),
        ),
    ]
}
