//! The invariants of the model, over the API: each has a test of the same name. Those about administrators are in
//! `administrators` and `escalation`.

mod never_widen;
mod one_revision;

use serde_json::{Value, json};
use tonic::Code;

pub(crate) use self::one_revision::writes;
use super::actor::Actor;
use super::shop::{self, CLERK, PEOPLE};
use super::stage::{as_root_on_every_store, decision, export, import, imported, may, names, on_every_store, root};
use crate::harness::block_on;

#[test]
fn default_deny() {
    shop::on_every_store(async |_, root| {
        for (question, target, reason) in [
            (("shop", CLERK, "order:read"), "tenant:acme", "NOT_GRANTED"),
            (("shop", "users/absent", "order:read"), "", "SUBJECT_UNKNOWN"),
            (("shop", "clients/absent", "order:read"), "", "SUBJECT_UNKNOWN"),
            (("shop", "applications/absent", "order:read"), "", "SUBJECT_UNKNOWN"),
            (("shop", "users/bank-clerk", "order:read"), "", "SUBJECT_UNKNOWN"),
            (("absent", "users/shared", "order:read"), "", "APPLICATION_UNKNOWN"),
            (("shop", CLERK, "order:absent"), "tenant:acme", "PRIVILEGE_UNKNOWN"),
            (("shop", CLERK, "Order:read"), "tenant:acme", "PRIVILEGE_UNKNOWN"),
            (("shop", CLERK, "order:*"), "tenant:acme", "PRIVILEGE_UNKNOWN"),
            (("bank", "users/shared", "order:read"), "", "PRIVILEGE_UNKNOWN"),
            (("shop", CLERK, "order:read"), "tenant:absent", "TARGET_UNKNOWN"),
            (("shop", CLERK, "order:read"), "roles/absent", "TARGET_UNKNOWN"),
            (("shop", CLERK, "order:read"), "users/bank-clerk", "TARGET_UNKNOWN"),
            (("shop", CLERK, "order:read"), "scopes/any", "TARGET_UNKNOWN"),
            (("shop", CLERK, "order:read"), "orders/1", "NOT_GRANTED"),
            (("shop", CLERK, "order:read"), "", "NOT_GRANTED"),
        ] {
            assert_eq!(decision(root, question, target).await, reason, "{question:?} {target:?}");
        }
    });
}

/// Creates that fail because another one has taken the name, with the kind of thing that bears it.
async fn taken(by: &Actor, method: &str, request: Value) {
    let refusal = by.refused(method, request.clone()).await;
    assert_eq!(refusal.said(), (Code::AlreadyExists, "ALREADY_EXISTS"), "{method} {request}");
    assert!(refusal.details.iter().any(|detail| detail["resource_name"].is_string()), "{refusal:?}");
}

#[test]
fn unique_names() {
    as_root_on_every_store(async |root| {
        let lines = [
            json!({"application": {"id": "a"}}),
            json!({"application": {"id": "b"}}),
            json!({"tenant": {"application": "a", "id": "t"}}),
            json!({"user": {"id": "u", "username": "Straße"}}),
            json!({"group": {"id": "g", "group_name": "Ångström"}}),
            json!({"role": {"application": "a", "id": "r", "role_name": "Leader"}}),
        ];
        imported(root, &lines).await;
        let before = export(root).await;
        let role = |parent: &str, name: &str| json!({"parent": parent, "role": {"role_name": name}});
        for name in ["STRASSE", "straße", "Straße"] {
            taken(root, "DirectoryService/CreateUser", json!({"user": {"username": name}})).await;
        }
        for name in ["ÅNGSTRÖM", "A\u{30a}ngstro\u{308}m", "\u{212b}ngström"] {
            taken(root, "DirectoryService/CreateGroup", json!({"group": {"group_name": name}})).await;
        }
        for name in ["LEADER", "leader", "Leader"] {
            taken(root, "RoleService/CreateRole", role("applications/a", name)).await;
        }
        let ids = [
            ("DirectoryService/CreateUser", json!({"user_id": "u", "user": {"username": "other"}})),
            ("DirectoryService/CreateGroup", json!({"group_id": "g", "group": {"group_name": "other"}})),
            ("ApplicationService/CreateApplication", json!({"application_id": "a", "application": {}})),
            ("ApplicationService/CreateTenant", json!({"parent": "applications/a", "tenant_id": "t", "tenant": {}})),
            (
                "RoleService/CreateRole",
                json!({"parent": "applications/a", "role_id": "r", "role": {"role_name": "other"}}),
            ),
        ];
        for (method, request) in ids {
            taken(root, method, request).await;
        }
        let line = json!({"user": {"id": "other", "username": "STRASSE"}});
        assert_eq!(import(root, &[line]).await.unwrap_err().code, Code::AlreadyExists);
        assert_eq!(export(root).await, before);
        // Elsewhere the same name is another one, and ids that differ in case are two.
        for parent in ["applications/b", "applications/a/tenants/t"] {
            root.done("RoleService/CreateRole", role(parent, "leader")).await;
        }
        root.done("DirectoryService/CreateUser", json!({"user_id": "U", "user": {"username": "other"}})).await;
        root.done("RoleService/LookupRole", json!({"parent": "applications/a", "role_name": "lEADER"})).await;
    });
}

#[test]
fn acyclic() {
    as_root_on_every_store(async |root| {
        let group = |id: &str| json!({"group": {"id": id, "group_name": id}});
        let role = |id: &str| json!({"role": {"application": "a", "id": id, "role_name": id}});
        let parent =
            |role: &str, parent: &str| json!({"role_parent": {"application": "a", "role": role, "parent": parent}});
        let lines = [
            json!({"application": {"id": "a"}}),
            group("a"),
            group("b"),
            group("c"),
            json!({"group_member": {"group": "a", "member": "groups/b"}}),
            json!({"group_member": {"group": "b", "member": "groups/c"}}),
            role("x"),
            role("y"),
            role("z"),
            parent("x", "y"),
            parent("y", "z"),
        ];
        imported(root, &lines).await;
        let before = export(root).await;
        for (group, member) in [("c", "groups/a"), ("b", "groups/a"), ("a", "groups/a"), ("c", "groups/b")] {
            let request = json!({"name": format!("groups/{group}"), "members": [member]});
            let refusal = root.refused("DirectoryService/AddGroupMembers", request).await;
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "CYCLE"), "{group} {member}");
            assert!(refusal.message.contains(&format!("groups/{group}")), "{}", refusal.message);
        }
        let created = json!({"group_id": "d", "group": {"group_name": "d"}, "members": ["groups/d"]});
        let refusal = root.refused("DirectoryService/CreateGroup", created).await;
        assert!(matches!(refusal.code, Code::FailedPrecondition | Code::NotFound), "{refusal:?}");
        for line in [
            parent("z", "x"),
            parent("y", "x"),
            parent("x", "x"),
            json!({"group_member": {"group": "c", "member": "groups/a"}}),
        ] {
            let refusal = import(root, &[line]).await.unwrap_err();
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "CYCLE"), "{refusal:?}");
        }
        let own = json!({"parent": "applications/a", "role_id": "w",
                         "role": {"role_name": "w", "parents": ["applications/a/roles/w"]}});
        let refusal = root.refused("RoleService/CreateRole", own).await;
        assert!(matches!(refusal.code, Code::FailedPrecondition | Code::NotFound), "{refusal:?}");
        assert_eq!(export(root).await, before);
    });
}

#[test]
fn one_owner() {
    shop::on_every_store(async |_, root| {
        let before = export(root).await;
        let role = |parent: &str, role: Value| json!({"parent": parent, "role": role});
        let (shop, acme) = ("applications/shop", "applications/shop/tenants/acme");
        for request in [
            role(shop, json!({"role_name": "new", "parents": ["applications/bank/roles/banker"]})),
            role(shop, json!({"role_name": "new", "parents": [format!("{acme}/roles/own-reader")]})),
            role(acme, json!({"role_name": "new", "parents": ["applications/shop/tenants/globex/roles/own-reader"]})),
            role(
                shop,
                json!({"role_name": "new", "permission_boundary": "applications/bank/permissionBoundaries/tenant"}),
            ),
            role(
                shop,
                json!({"role_name": "new", "tenant_visibility":
                {"mode": "MODE_TENANT_INCLUSION_LIST", "tenants": ["applications/bank/tenants/acme"]}}),
            ),
            role(acme, json!({"role_name": "new", "tenant_visibility": {"mode": "MODE_ALL"}})),
            role(shop, json!({"role_name": "new", "tenant_visibility": {"mode": "MODE_OWNER"}})),
        ] {
            let refusal = root.refused("RoleService/CreateRole", request.clone()).await;
            assert_eq!(refusal.code, Code::InvalidArgument, "{request}");
        }
        let user =
            json!({"user": {"username": "new", "application": shop, "tenants": ["applications/bank/tenants/acme"]}});
        assert_eq!(root.refused("DirectoryService/CreateUser", user).await.code, Code::InvalidArgument);
        let assign = json!({"application": shop, "subject": "users/shared", "tenant": "applications/bank/tenants/acme",
                            "roles": ["applications/shop/roles/reader"]});
        assert_eq!(root.refused("AssignmentService/AssignRoles", assign).await.code, Code::InvalidArgument);
        assert_eq!(export(root).await, before);
    });
}

#[test]
fn one_assignment() {
    shop::on_every_store(async |_, root| {
        let assign = |tenant: &str, reason: &str| {
            json!({"application": "applications/shop", "subject": "users/both-clerk", "tenant": tenant,
                   "roles": ["applications/shop/roles/reader", "applications/shop/roles/reader"], "reason": reason})
        };
        let first = root.done("AssignmentService/AssignRoles", assign("", "first")).await;
        let again = root.done("AssignmentService/AssignRoles", assign("", "again")).await;
        assert_eq!(first["assignments"], again["assignments"], "the record that is there stays as it is");
        root.done("AssignmentService/AssignRoles", assign("acme", "in acme")).await;
        root.done("AssignmentService/AssignRoles", assign("applications/shop/tenants/acme", "by name")).await;
        let list = json!({"parent": "applications/shop", "filter": "subject = \"users/both-clerk\""});
        let listed = root.done("AssignmentService/ListRoleAssignments", list.clone()).await;
        assert_eq!(names(&listed["assignments"]).len(), 2, "{listed}");
        let gone = json!({"application": "applications/shop", "subject": "users/both-clerk",
                          "roles": ["applications/shop/roles/reader"]});
        assert_eq!(root.done("AssignmentService/UnassignRoles", gone).await["removed_count"], 1);
        let left = root.done("AssignmentService/ListRoleAssignments", list).await;
        assert_eq!(left["assignments"][0]["tenant"], "applications/shop/tenants/acme");
        assert!(may(root, ("shop", "users/both-clerk", "order:read"), "tenant:acme").await);
        assert!(!may(root, ("shop", "users/both-clerk", "order:read"), "tenant:globex").await);
    });
}

/// Check and Batch, before and after a restart, about everybody and everything on the stage.
#[test]
fn same_answer() {
    let subjects =
        [CLERK, "users/shared", "users/both-clerk", shop::SHOPKEEPER, shop::ACME, shop::CUT, "clients/shop-client"];
    let mut checks = Vec::new();
    for subject in subjects {
        for privilege in ["order:read", "secret:read", "bailiwick:role:read", "absent"] {
            checks.push(json!({"subject": subject, "privilege": privilege}));
            checks.push(json!({"subject": subject, "privilege": privilege, "tenant": "acme"}));
            checks.push(json!({"subject": subject, "privilege": privilege, "resource": "orders/1"}));
            checks.push(json!({"subject": subject, "privilege": privilege, "resource": CLERK}));
        }
    }
    let batch = json!({"application": "applications/shop", "checks": checks});
    on_every_store(PEOPLE, |mut server| {
        let before = block_on(async {
            let root = root(&server).await;
            shop::open(&root).await;
            let answers = root.done("PermissionService/BatchCheckPermissions", batch.clone()).await["results"].clone();
            for (check, answer) in checks.iter().zip(answers.as_array().unwrap()) {
                let mut one = check.clone();
                one["application"] = "applications/shop".into();
                let alone = root.done("PermissionService/CheckPermission", one).await;
                assert_eq!(
                    (&alone["decision"], &alone["reason"]),
                    (&answer["result"]["decision"], &answer["result"]["reason"]),
                    "{check}"
                );
            }
            answers
        });
        server.restart();
        let after = block_on(async {
            root(&server).await.done("PermissionService/BatchCheckPermissions", batch.clone()).await
        });
        assert_eq!(after["results"], before);
    });
}
