//! *never-widen*: what is deleted, disabled or expired never lets anybody do more, and whoever gets its id inherits
//! nothing.

use serde_json::{Value, json};

use super::super::actor::Actor;
use super::super::shop::{self, CLERK, PEOPLE};
use super::super::stage::{decision, imported, may, on_every_store, root};
use crate::harness::{Server, block_on};

/// Runs a story on every store, and looks at its end once more after a restart.
fn story<F: Future<Output = Vec<(&'static str, &'static str, &'static str)>>>(tell: impl Fn(Actor) -> F) {
    on_every_store(PEOPLE, |mut server: Server| {
        let denied = block_on(async {
            let root = root(&server).await;
            shop::open(&root).await;
            let denied = tell(root.clone()).await;
            nobody_may(&root, &denied).await;
            denied
        });
        server.restart();
        block_on(async { nobody_may(&root(&server).await, &denied).await });
    });
}

async fn nobody_may(root: &Actor, denied: &[(&str, &str, &str)]) {
    for (subject, privilege, target) in denied {
        let question = ("shop", *subject, *privilege);
        assert!(
            !may(root, question, target).await,
            "{question:?} {target}: {}",
            decision(root, question, target).await
        );
    }
}

async fn assign(root: &Actor, subject: &str, role: &str, tenant: &str) {
    let request = json!({"application": "applications/shop", "subject": subject, "roles": [role], "tenant": tenant});
    root.done("AssignmentService/AssignRoles", request).await;
}

fn forced(name: &str) -> Value {
    json!({"name": name, "force": true})
}

#[test]
fn never_widen() {
    story(|root| async move {
        // Excluded by its own role, given by a parent: what takes away outlives what it names.
        let role = json!({"role_name": "child", "parents": ["applications/shop/roles/capped"],
                          "excluded_privileges": ["order:refund"]});
        root.done("RoleService/CreateRole", json!({"parent": "applications/shop", "role_id": "child", "role": role}))
            .await;
        assign(&root, "users/shop-clerk", "applications/shop/roles/child", "").await;
        assert!(may(&root, ("shop", "users/shop-clerk", "order:read"), "").await);
        root.done("RoleService/DeleteRole", forced("applications/shop/roles/capped")).await;
        // A user who loses all tenants does not become one of the application.
        assign(&root, "users/globex-clerk", "applications/shop/roles/boss", "").await;
        assert!(may(&root, ("shop", "users/globex-clerk", "order:read"), "tenant:globex").await);
        root.done("ApplicationService/DeleteTenant", forced("applications/shop/tenants/globex")).await;
        vec![
            ("users/shop-clerk", "order:read", ""),
            ("users/shop-clerk", "order:refund", ""),
            ("users/globex-clerk", "order:read", ""),
            ("users/globex-clerk", "order:read", "orders/1"),
            ("users/globex-clerk", "order:read", "tenant:acme"),
            ("users/globex-clerk", "order:read", "tenant:globex"),
            ("users/globex-clerk", "order:read", "users/shop-clerk"),
        ]
    });
}

#[test]
fn a_tenant_created_again_inherits_nothing() {
    story(|root| async move {
        let role = json!({"role_name": "listed", "privileges": ["order:write"], "tenant_visibility":
            {"mode": "MODE_TENANT_INCLUSION_LIST", "tenants": ["applications/shop/tenants/acme"]}});
        root.done("RoleService/CreateRole", json!({"parent": "applications/shop", "role_id": "listed", "role": role}))
            .await;
        assign(&root, CLERK, "applications/shop/roles/listed", "").await;
        assign(&root, CLERK, "applications/shop/tenants/acme/roles/own-reader", "").await;
        assign(&root, "users/shop-clerk", "applications/shop/roles/reader", "acme").await;
        for (subject, privilege) in [(CLERK, "order:write"), (CLERK, "order:read"), ("users/shop-clerk", "order:read")]
        {
            assert!(may(&root, ("shop", subject, privilege), "tenant:acme").await, "{subject} {privilege}");
        }
        let acme = "applications/shop/tenants/acme";
        root.done("ApplicationService/DeleteTenant", forced(acme)).await;
        let again = json!({"parent": "applications/shop", "tenant_id": "acme", "tenant": {}});
        root.done("ApplicationService/CreateTenant", again).await;
        let user = root.done("DirectoryService/GetUser", json!({"name": CLERK})).await;
        assert_eq!((&user["user"]["tenants"], &user["user"]["tenant_level"]), (&Value::Null, &json!(true)), "{user}");
        let listed = root.done("RoleService/GetRole", json!({"name": "applications/shop/roles/listed"})).await;
        assert_eq!(listed["role"]["tenant_visibility"]["tenants"], Value::Null, "{listed}");
        // A member of the new tenant is no member of the old one, and the old one's roles are gone.
        imported(&root, &[json!({"user": {"id": "newcomer", "username": "newcomer", "application": "shop", "tenants": ["shop/acme"]}})]).await;
        let own = json!({"parent": acme, "role_id": "own-reader", "role": {"role_name": "own-reader", "privileges": ["order:read"]}});
        root.done("RoleService/CreateRole", own).await;
        let clerk = decision(&root, ("shop", CLERK, "order:write"), "tenant:acme").await;
        assert_eq!(clerk, "NOT_ASSIGNABLE");
        vec![
            (CLERK, "order:write", "tenant:acme"),
            (CLERK, "order:write", ""),
            (CLERK, "order:read", "tenant:acme"),
            (CLERK, "order:read", "users/newcomer"),
            (CLERK, "order:read", ""),
            ("users/shop-clerk", "order:read", "tenant:acme"),
            ("users/newcomer", "order:read", "tenant:acme"),
            ("users/newcomer", "order:write", "tenant:acme"),
            (shop::ACME, "bailiwick:user:read", "users/newcomer"),
            (shop::ACME, "bailiwick:role:read", "tenant:acme"),
            (shop::CUT, "bailiwick:role:read", "tenant:acme"),
        ]
    });
}

#[test]
fn who_is_disabled_or_leaves_a_tenant_reaches_less() {
    story(|root| async move {
        let update = |user: Value, mask: &str| json!({"user": user, "update_mask": mask});
        assign(&root, "users/both-clerk", "applications/shop/roles/boss", "").await;
        assign(&root, CLERK, "applications/shop/roles/boss", "").await;
        assign(&root, "clients/shop-client", "applications/shop/roles/boss", "").await;
        for (subject, target) in
            [("users/both-clerk", "tenant:globex"), (CLERK, "tenant:acme"), ("clients/shop-client", "orders/1")]
        {
            assert!(may(&root, ("shop", subject, "order:read"), target).await, "{subject}");
        }
        let acme = json!({"name": "users/both-clerk", "tenants": ["applications/shop/tenants/acme"]});
        root.done("DirectoryService/UpdateUser", update(acme, "")).await;
        // Who has lost all tenants does not become one of the application.
        root.done("DirectoryService/UpdateUser", update(json!({"name": CLERK}), "tenants")).await;
        let off = json!({"client": {"name": "clients/shop-client", "enabled": false}});
        root.done("DirectoryService/UpdateClient", off).await;
        let user = root.done("DirectoryService/GetUser", json!({"name": CLERK})).await;
        assert_eq!((&user["user"]["tenants"], &user["user"]["tenant_level"]), (&Value::Null, &json!(true)), "{user}");
        assert!(may(&root, ("shop", "users/both-clerk", "order:read"), "tenant:acme").await);
        vec![
            ("users/both-clerk", "order:read", "tenant:globex"),
            ("users/both-clerk", "order:read", "orders/1"),
            (CLERK, "order:read", ""),
            (CLERK, "order:read", "orders/1"),
            (CLERK, "order:read", "tenant:acme"),
            ("clients/shop-client", "order:read", "orders/1"),
            ("clients/shop-client", "order:read", ""),
        ]
    });
}

#[test]
fn a_client_created_again_inherits_nothing() {
    story(|root| async move {
        assign(&root, "clients/acme-client", "applications/shop/roles/boss", "").await;
        let member = json!({"name": "groups/strong", "members": ["clients/acme-client"]});
        root.done("DirectoryService/AddGroupMembers", member).await;
        assert!(may(&root, ("shop", "clients/acme-client", "order:read"), "tenant:acme").await);
        root.done("DirectoryService/DeleteClient", forced("clients/acme-client")).await;
        let owned = json!({"owner": "applications/shop/tenants/acme"});
        root.done("DirectoryService/CreateClient", json!({"client_id": "acme-client", "client": owned})).await;
        vec![("clients/acme-client", "order:read", "tenant:acme"), ("clients/acme-client", "order:read", "")]
    });
}

#[test]
fn a_user_created_again_inherits_nothing() {
    story(|root| async move {
        assign(&root, "users/shop-clerk", "applications/shop/roles/boss", "").await;
        let member = json!({"name": "groups/readers", "members": ["users/shop-clerk"]});
        root.done("DirectoryService/AddGroupMembers", member).await;
        assert!(may(&root, ("shop", "users/shop-clerk", "secret:read"), "").await);
        root.done("DirectoryService/DeleteUser", forced("users/shop-clerk")).await;
        let user = json!({"username": "shop-clerk", "application": "applications/shop"});
        root.done("DirectoryService/CreateUser", json!({"user_id": "shop-clerk", "user": user})).await;
        vec![("users/shop-clerk", "secret:read", ""), ("users/shop-clerk", "order:read", "")]
    });
}

#[test]
fn a_role_created_again_inherits_nothing() {
    story(|root| async move {
        assign(&root, "users/shop-clerk", "applications/shop/roles/writer", "").await;
        let child = json!({"role_name": "child", "parents": ["applications/shop/roles/writer"]});
        root.done("RoleService/CreateRole", json!({"parent": "applications/shop", "role_id": "child", "role": child}))
            .await;
        assign(&root, "clients/shop-client", "applications/shop/roles/child", "").await;
        for holder in ["users/shop-clerk", "clients/shop-client"] {
            assert!(may(&root, ("shop", holder, "order:write"), "").await, "{holder}");
        }
        root.done("RoleService/DeleteRole", forced("applications/shop/roles/writer")).await;
        let again = json!({"role_name": "writer", "privileges": ["order:write"]});
        root.done("RoleService/CreateRole", json!({"parent": "applications/shop", "role_id": "writer", "role": again}))
            .await;
        vec![("users/shop-clerk", "order:write", ""), ("clients/shop-client", "order:write", "")]
    });
}

#[test]
fn an_application_created_again_inherits_nothing() {
    story(|root| async move {
        assign(&root, "users/shared", "applications/shop/roles/boss", "").await;
        assert!(may(&root, ("shop", "users/shared", "secret:read"), "").await);
        root.done("ApplicationService/DeleteApplication", forced("applications/shop")).await;
        assert_eq!(decision(&root, ("shop", "users/shared", "secret:read"), "").await, "APPLICATION_UNKNOWN");
        root.done("ApplicationService/CreateApplication", json!({"application_id": "shop", "application": {}})).await;
        assert_eq!(decision(&root, ("shop", "users/shared", "secret:read"), "").await, "PRIVILEGE_UNKNOWN");
        let keys =
            json!({"parent": "applications/shop", "privileges": [{"key": "secret:read"}, {"key": "order:read"}]});
        root.done("PrivilegeService/BatchRegisterPrivileges", keys).await;
        let role = json!({"role_name": "boss", "privilege_patterns": ["*"]});
        root.done("RoleService/CreateRole", json!({"parent": "applications/shop", "role_id": "boss", "role": role}))
            .await;
        let tenant = json!({"parent": "applications/shop", "tenant_id": "acme", "tenant": {}});
        root.done("ApplicationService/CreateTenant", tenant).await;
        for id in ["shop-clerk", "acme-clerk"] {
            let user = json!({"username": id, "application": "applications/shop", "tenants": ["applications/shop/tenants/acme"]});
            root.done("DirectoryService/CreateUser", json!({"user_id": id, "user": user})).await;
        }
        imported(&root, &[json!({"client": {"id": "shop-client", "application": "shop"}})]).await;
        vec![
            ("users/shared", "secret:read", ""),
            ("users/shop-clerk", "order:read", "tenant:acme"),
            (CLERK, "order:read", "tenant:acme"),
            ("clients/shop-client", "order:read", ""),
            (shop::SHOPKEEPER, "bailiwick:role:read", ""),
        ]
    });
}

#[test]
fn whoever_leaves_a_group_has_what_it_gave_no_longer() {
    story(|root| async move {
        let members = json!({"name": "groups/inner", "members": ["users/shared", "clients/shop-client"]});
        root.done("DirectoryService/AddGroupMembers", members.clone()).await;
        assert!(may(&root, ("shop", "users/shared", "secret:read"), "").await);
        root.done("DirectoryService/RemoveGroupMembers", members).await;
        root.done("DirectoryService/AddGroupMembers", json!({"name": "groups/inner", "members": ["users/shop-clerk"]}))
            .await;
        assert!(may(&root, ("shop", "users/shop-clerk", "secret:read"), "").await);
        let nested = json!({"name": "groups/strong", "members": ["groups/inner"]});
        root.done("DirectoryService/RemoveGroupMembers", nested).await;
        vec![
            ("users/shared", "secret:read", ""),
            ("clients/shop-client", "secret:read", ""),
            ("users/shop-clerk", "secret:read", ""),
        ]
    });
}
