//! What the product itself is made of: the predefined privileges, the predefined administrator, and the rule that
//! somebody must be left who can administer everything (*last-administrator*, *predefined-immutable*).

use bailiwick::domain::predefined::PRIVILEGES;
use serde_json::{Value, json};
use tonic::Code;

use super::actor::Actor;
use super::stage::{ROOT, actor, as_root_on_every_store, export, head, imported, may, on_every_store, root, strings};
use crate::harness::block_on;

const ADMINISTRATOR: &str = "applications/bailiwick/roles/administrator";
const LAST: (Code, &str) = (Code::FailedPrecondition, "LAST_ADMINISTRATOR");

fn administrator(subject: &str) -> Value {
    json!({"application": "applications/bailiwick", "subject": subject, "roles": [ADMINISTRATOR]})
}

#[test]
fn the_predefined_privileges_are_in_every_catalogue() {
    as_root_on_every_store(async |root| {
        imported(root, &[json!({"application": {"id": "new"}})]).await;
        for application in ["bailiwick", "new"] {
            let list = json!({"parent": format!("applications/{application}"), "page_size": 1000});
            let listed = root.done("PrivilegeService/ListPrivileges", list).await;
            let keys: Vec<_> =
                listed["privileges"].as_array().unwrap().iter().map(|it| it["key"].as_str().unwrap()).collect();
            assert_eq!(keys, PRIVILEGES.iter().map(|privilege| privilege.key).collect::<Vec<_>>());
            let name = format!("applications/{application}/privileges/bailiwick:role:read");
            let one = root.done("PrivilegeService/GetPrivilege", json!({"name": name})).await;
            assert_eq!(one["privilege"]["kind"], "KIND_PREDEFINED", "{one}");
        }
    });
}

#[test]
fn the_administrator_reaches_everything_and_gives_nothing_of_an_application() {
    as_root_on_every_store(async |root| {
        let lines = [
            json!({"application": {"id": "a"}}),
            json!({"tenant": {"application": "a", "id": "t"}}),
            json!({"privilege": {"application": "a", "key": "x:read"}}),
            json!({"user": {"id": "u", "username": "u", "application": "a", "tenants": ["a/t"]}}),
        ];
        imported(root, &lines).await;
        for privilege in PRIVILEGES {
            for target in ["", "tenant:t", "users/u", "applications/a", "things/1"] {
                assert!(may(root, ("a", ROOT, privilege.key), target).await, "{} {target}", privilege.key);
            }
        }
        assert!(!may(root, ("a", ROOT, "x:read"), "").await, "a right of an application comes from its roles");
        let role = root.done("RoleService/GetRole", json!({"name": ADMINISTRATOR})).await;
        assert_eq!(role["role"]["kind"], "KIND_PREDEFINED");
        assert_eq!(strings(&role["role"]["privilege_patterns"]), ["bailiwick:*"]);
        assert_eq!(role["role"]["tenant_visibility"]["mode"], "MODE_NONE");
        assert_eq!(role["role"]["permission_boundary"], "applications/bailiwick/permissionBoundaries/application");
    });
}

#[test]
fn a_tenant_s_user_cannot_hold_the_administrator() {
    as_root_on_every_store(async |root| {
        let lines = [
            json!({"application": {"id": "a"}}),
            json!({"tenant": {"application": "a", "id": "t"}}),
            json!({"user": {"id": "of-tenant", "username": "of-tenant", "tenants": ["a/t"]}}),
            json!({"user": {"id": "was-of-tenant", "username": "was-of-tenant", "tenant_level": true}}),
        ];
        imported(root, &lines).await;
        for subject in ["users/of-tenant", "users/was-of-tenant"] {
            let refusal = root.refused("AssignmentService/AssignRoles", administrator(subject)).await;
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "ROLE_NOT_ASSIGNABLE"), "{subject}");
        }
    });
}

#[test]
fn predefined_immutable() {
    as_root_on_every_store(async |root| {
        let (before, revision) = (export(root).await, head(root).await);
        let role = |method, words: Value| {
            let mut request = words;
            request["name"] = ADMINISTRATOR.into();
            (method, request)
        };
        for (method, request) in [
            role("RoleService/DeleteRole", json!({})),
            role("RoleService/DeleteRole", json!({"force": true})),
            role("RoleService/AddRolePrivileges", json!({"privilege_patterns": ["*"]})),
            role("RoleService/SetRolePrivileges", json!({})),
            role("RoleService/RemoveRolePrivileges", json!({"privileges": ["bailiwick:role:read"]})),
            role("RoleService/RemoveRolePrivileges", json!({"privilege_patterns": ["bailiwick:*"]})),
            ("ApplicationService/DeleteApplication", json!({"name": "applications/bailiwick"})),
            ("ApplicationService/DeleteApplication", json!({"name": "applications/bailiwick", "force": true})),
        ] {
            let refusal = root.refused(method, request.clone()).await;
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "PREDEFINED"), "{method} {request}");
        }
        let taken = json!({"parent": "applications/bailiwick", "role_id": "administrator", "role": {"role_name": "x"}});
        assert_eq!(root.refused("RoleService/CreateRole", taken).await.code, Code::AlreadyExists);
        let key = json!({"parent": "applications/bailiwick", "privileges": [{"key": "bailiwick:role:read"}]});
        let refusal = root.refused("PrivilegeService/BatchRegisterPrivileges", key).await;
        assert_eq!(refusal.code, Code::InvalidArgument);
        assert_eq!((export(root).await, head(root).await), (before, revision));
    });
}

#[test]
fn predefined_things_are_not_imported() {
    as_root_on_every_store(async |root| {
        let before = export(root).await;
        for line in [
            json!({"application": {"id": "bailiwick", "display_name": "mine"}}),
            json!({"role": {"application": "bailiwick", "id": "administrator", "role_name": "administrator"}}),
            json!({"role_privilege": {"application": "bailiwick", "role": "administrator", "privilege": "bailiwick:role:read"}}),
        ] {
            let refusal = super::stage::import(root, &[line]).await.unwrap_err();
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "PREDEFINED"), "{refusal:?}");
        }
        let key = json!({"privilege": {"application": "bailiwick", "key": "bailiwick:mine"}});
        assert_eq!(super::stage::import(root, &[key]).await.unwrap_err().code, Code::InvalidArgument);
        assert_eq!(export(root).await, before);
    });
}

/// What would leave nobody to administer everything.
fn last_rights() -> Vec<(&'static str, Value)> {
    let unassign = "AssignmentService/UnassignRoles";
    vec![
        (unassign, administrator("users/second")),
        ("DirectoryService/DeleteUser", json!({"name": "users/second", "force": true})),
        ("DirectoryService/UpdateUser", json!({"user": {"name": "users/second", "enabled": false}})),
        (
            "DirectoryService/UpdateUser",
            json!({"user": {"name": "users/second", "tenants": ["applications/a/tenants/t"]}}),
        ),
    ]
}

async fn second_administrator(root: &Actor) {
    let lines = [
        json!({"application": {"id": "a"}}),
        json!({"tenant": {"application": "a", "id": "t"}}),
        json!({"user": {"id": "second", "username": "second"}}),
        json!({"group": {"id": "admins", "group_name": "admins"}}),
        json!({"user": {"id": "member", "username": "member"}}),
        json!({"group_member": {"group": "admins", "member": "users/member"}}),
        json!({"user": {"id": "off", "username": "off", "enabled": false}}),
        json!({"user": {"id": "for-a-time", "username": "for-a-time"}}),
    ];
    imported(root, &lines).await;
    root.done("AssignmentService/AssignRoles", administrator("users/second")).await;
}

#[test]
fn last_administrator() {
    on_every_store(&["users/second"], |server| {
        block_on(async {
            let root = root(&server).await;
            let mine = || administrator(ROOT);
            assert_eq!(root.refused("AssignmentService/UnassignRoles", mine()).await.said(), LAST);
            second_administrator(&root).await;
            root.done("AssignmentService/UnassignRoles", mine()).await;
            assert_eq!(root.refused("ServerService/GetServerInfo", json!({})).await.code, Code::PermissionDenied);
            let second = actor(&server, "users/second").await;
            // Who holds it through a group, is disabled, or only for a time, does not count.
            second.done("AssignmentService/AssignRoles", administrator("groups/admins")).await;
            second.done("AssignmentService/AssignRoles", administrator("users/off")).await;
            let mut for_a_time = administrator("users/for-a-time");
            for_a_time["expire_time"] = "2100-01-01T00:00:00Z".into();
            second.done("AssignmentService/AssignRoles", for_a_time).await;
            let (before, revision) = (export(&second).await, head(&second).await);
            for (method, request) in last_rights() {
                assert_eq!(second.refused(method, request.clone()).await.said(), LAST, "{method} {request}");
                let mut validated = request;
                validated["validate_only"] = true.into();
                assert_eq!(second.refused(method, validated).await.said(), LAST, "{method}, only validated");
            }
            assert_eq!((export(&second).await, head(&second).await), (before, revision));
            second.done("AssignmentService/AssignRoles", administrator(ROOT)).await;
            root.done("DirectoryService/DeleteUser", json!({"name": "users/second", "force": true})).await;
            let refusal = second.refused("ServerService/GetServerInfo", json!({})).await;
            assert_eq!(refusal.code, Code::PermissionDenied, "who was deleted may nothing");
        });
    });
}

/// Clients go with what owns them, and an import changes users: both can take the last administrator.
#[test]
fn neither_a_forced_deletion_nor_an_import_takes_the_last_administrator() {
    on_every_store(&["clients/of-tenant", "clients/of-application"], |server| {
        block_on(async {
            let root = root(&server).await;
            let holds = |client: &str| json!({"role_assignment": {"holder": client, "application": "bailiwick", "role": "administrator"}});
            let lines = [
                json!({"application": {"id": "a"}}),
                json!({"client": {"id": "of-application", "application": "a"}}),
                holds("clients/of-application"),
            ];
            imported(&root, &lines).await;
            let other = actor(&server, "clients/of-application").await;
            other.done("AssignmentService/UnassignRoles", administrator(ROOT)).await;
            let before = export(&other).await;
            let delete = json!({"name": "applications/a", "force": true});
            assert_eq!(other.refused("ApplicationService/DeleteApplication", delete).await.said(), LAST);
            for line in [
                json!({"client": {"id": "of-application", "application": "a", "enabled": false}}),
                json!({"role_assignment": {"holder": "clients/of-application", "application": "bailiwick",
                                           "role": "administrator", "expire_time": "2100-01-01T00:00:00Z"}}),
            ] {
                let refusal = super::stage::import(&other, &[line]).await.unwrap_err();
                assert_eq!(refusal.said(), LAST, "{refusal:?}");
            }
            assert_eq!(export(&other).await, before);
        });
    });
}
