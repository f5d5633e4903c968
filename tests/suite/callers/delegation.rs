//! What administrators of parts can do: everything that stays within their own reach.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::Actor;
use super::shop::{self, ACME_DELEGATE, CLERK, GROUP_KEEPER, SHOPKEEPER};
use super::stage::{actor, decision, may, names};

const ASSIGN: &str = "AssignmentService/AssignRoles";
const OWN: &str = "applications/shop/tenants/acme";

async fn assign(by: &Actor, subject: &str, role: &str) -> Value {
    let request = json!({"application": "applications/shop", "subject": subject, "roles": [role]});
    by.done(ASSIGN, request).await
}

#[test]
fn an_application_s_administrator_gives_what_he_has() {
    shop::on_every_store(async |server, root| {
        let keeper = actor(server, SHOPKEEPER).await;
        let role = json!({"role_name": "Readers", "privileges": ["order:read", "bailiwick:role:read"],
                          "excluded_privileges": ["order:write"]});
        let request = json!({"parent": "applications/shop", "role_id": "readers", "role": role});
        keeper.done("RoleService/CreateRole", request).await;
        for holder in
            ["users/shop-clerk", "users/both-clerk", "groups/weak", "clients/shop-client", "applications/shop"]
        {
            assign(&keeper, holder, "applications/shop/roles/readers").await;
        }
        assert!(may(root, ("shop", "users/shop-clerk", "order:read"), "orders/1").await);
        assert!(may(root, ("shop", "clients/shop-client", "order:read"), "orders/1").await);
        assert!(may(root, ("shop", "users/both-clerk", "order:read"), "tenant:globex").await);
        assert!(!may(root, ("shop", "users/both-clerk", "order:read"), "orders/1").await);
        let mine = json!({"application": "applications/shop", "tenants": [OWN], "username": "new"});
        let made = keeper.done("DirectoryService/CreateUser", json!({"user_id": "new", "user": mine})).await;
        assert_eq!(made["user"]["tenant_level"], true);
        keeper.done("DirectoryService/DeleteUser", json!({"name": "users/new"})).await;
    });
}

/// He may take what he could not give: taking away needs the right to manage assignments alone.
#[test]
fn an_application_s_administrator_takes_what_he_could_not_give() {
    shop::on_every_store(async |server, root| {
        assign(root, CLERK, "applications/shop/roles/boss").await;
        assert!(may(root, ("shop", CLERK, "secret:read"), "tenant:acme").await);
        let keeper = actor(server, SHOPKEEPER).await;
        let request = json!({"application": "applications/shop", "subject": CLERK,
                             "roles": ["applications/shop/roles/boss", "applications/shop/roles/none"]});
        let answer = keeper.done("AssignmentService/UnassignRoles", request).await;
        assert_eq!(answer["removed_count"], 1);
        assert!(!may(root, ("shop", CLERK, "secret:read"), "tenant:acme").await);
        let change = json!({"name": "applications/shop/roles/boss", "privileges": ["secret:read"]});
        keeper.done("RoleService/RemoveRolePrivileges", change).await;
    });
}

#[test]
fn a_tenant_s_delegate_makes_roles_and_users_of_the_tenant_and_joins_them() {
    shop::on_every_store(async |server, root| {
        let delegate = actor(server, ACME_DELEGATE).await;
        let role = json!({"role_name": "Writers", "privileges": ["order:write"], "privilege_patterns": ["order:*"]});
        let request = json!({"parent": OWN, "role_id": "writers", "role": role});
        let made = delegate.done("RoleService/CreateRole", request).await;
        assert_eq!(made["role"]["name"], format!("{OWN}/roles/writers"));
        let user = json!({"username": "new", "application": "applications/shop", "tenants": [OWN]});
        let user = delegate.done("DirectoryService/CreateUser", json!({"user": user})).await;
        let user = user["user"]["name"].as_str().unwrap();
        let given = assign(&delegate, user, &format!("{OWN}/roles/writers")).await;
        assert_eq!(given["assignments"][0]["active"], true, "{given}");
        assign(&delegate, ACME_DELEGATE, &format!("{OWN}/roles/writers")).await;
        assign(&delegate, "users/both-clerk", &format!("{OWN}/roles/writers")).await;
        for holder in [user, ACME_DELEGATE, "users/both-clerk"] {
            assert!(may(root, ("shop", holder, "order:refund"), "tenant:acme").await, "{holder}");
            assert_eq!(decision(root, ("shop", holder, "order:refund"), "tenant:globex").await, "OUT_OF_REACH");
            assert_eq!(decision(root, ("shop", holder, "order:refund"), "").await, "RESOURCE_REQUIRED");
        }
        let roles = delegate.done("RoleService/ListRoles", json!({"parent": OWN})).await;
        assert_eq!(names(&roles["roles"]).len(), 4, "{roles}");
        let filter = format!("tenant = \"{OWN}\"");
        let users = delegate.done("DirectoryService/ListUsers", json!({"filter": filter})).await;
        assert_eq!(names(&users["users"]).len(), 6, "{users}");
        delegate.done("DirectoryService/DeleteUser", json!({"name": user, "force": true})).await;
        delegate.done("RoleService/DeleteRole", json!({"name": format!("{OWN}/roles/writers"), "force": true})).await;
    });
}

#[test]
fn with_allow_partial_what_can_be_given_is_given() {
    shop::on_every_store(async |server, _| {
        let keeper = actor(server, SHOPKEEPER).await;
        let roles = ["writer", "reader", "absent", "reader"].map(|role| format!("applications/shop/roles/{role}"));
        let request = json!({"application": "applications/shop", "subject": "users/shop-clerk", "roles": roles,
                             "allow_partial": true});
        let answer = keeper.done(ASSIGN, request).await;
        assert_eq!(answer["assignments"].as_array().unwrap().len(), 1, "{answer}");
        let failed: Vec<_> = answer["failures"].as_array().unwrap().iter().collect();
        let said: Vec<_> = failed
            .iter()
            .map(|failure| (failure["index"].as_i64().unwrap_or(0), failure["status"]["code"].as_i64().unwrap()))
            .collect();
        assert_eq!(said, [(0, 7), (2, 5)], "{answer}");
        let none = json!({"application": "applications/shop", "subject": "users/shop-clerk", "roles": [roles[0]],
                          "allow_partial": true});
        assert_eq!(keeper.refused(ASSIGN, none).await.code, Code::PermissionDenied);
    });
}

#[test]
fn a_keeper_of_groups_fills_those_that_give_nothing() {
    shop::on_every_store(async |server, _| {
        let keeper = actor(server, GROUP_KEEPER).await;
        let made = keeper
            .done(
                "DirectoryService/CreateGroup",
                json!({"group_id": "new", "group": {"group_name": "New"}, "members": ["users/shared"]}),
            )
            .await;
        assert_eq!(made["group"]["name"], "groups/new");
        let members = json!({"name": "groups/new", "members": ["users/shared", "groups/weak"]});
        let added = keeper.done("DirectoryService/AddGroupMembers", members).await;
        assert_eq!(added["added_count"], 1);
        let removed = json!({"name": "groups/strong", "members": ["groups/inner", "users/nobody"]});
        let removed = keeper.done("DirectoryService/RemoveGroupMembers", removed).await;
        assert_eq!(removed["removed_count"], 1);
    });
}

/// Whoever is told that a thing is not there reaches everything there.
#[test]
fn only_who_reaches_everything_learns_that_a_thing_is_absent() {
    shop::on_every_store(async |server, root| {
        let (keeper, delegate) = (actor(server, SHOPKEEPER).await, actor(server, ACME_DELEGATE).await);
        for (method, name) in [
            ("RoleService/GetRole", "applications/shop/roles/absent"),
            ("RoleService/GetRole", "applications/shop/tenants/acme/roles/absent"),
            ("ApplicationService/GetTenant", "applications/shop/tenants/absent"),
            ("PrivilegeService/GetPrivilege", "applications/shop/privileges/absent"),
        ] {
            assert_eq!(root.refused(method, json!({"name": name})).await.code, Code::NotFound, "{method} {name}");
            assert_eq!(keeper.refused(method, json!({"name": name})).await.code, Code::NotFound, "{method} {name}");
            let refusal = delegate.refused(method, json!({"name": name})).await;
            assert_eq!(refusal.code, Code::PermissionDenied, "{method} {name}");
        }
        // A user that is not there would belong to no application: ours is where that is known.
        let absent = json!({"name": "users/absent"});
        assert_eq!(root.refused("DirectoryService/GetUser", absent.clone()).await.code, Code::NotFound);
        assert_eq!(keeper.refused("DirectoryService/GetUser", absent).await.code, Code::PermissionDenied);
    });
}
