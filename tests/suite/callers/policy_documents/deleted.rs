//! What is in use is deleted by force alone, and then with what names it: a statement that is left without actions, a
//! document that is left without statements; a user, an application.

use serde_json::{Value, json};
use tonic::Code;

use super::super::actor::Actor;
use super::super::shop::{self, CLERK};
use super::super::stage::{export, head, may, strings};
use super::{CREATE, DELETE, DESK, GET, ROLES, SHOP, TO_ROLES, TO_USERS, USERS, allow, desk, document, new, role};

/// The refusal of a deletion says how much is in the way, and changes nothing.
async fn in_use(root: &Actor, method: &str, name: &str, counts: &[&str]) {
    let before = (export(root).await, head(root).await);
    let refusal = root.refused(method, json!({"name": name})).await;
    assert_eq!(refusal.said(), (Code::FailedPrecondition, "IN_USE"), "{refusal:?}");
    for count in counts {
        assert!(refusal.message.contains(count), "{count}: {refusal:?}");
    }
    assert_eq!((export(root).await, head(root).await), before);
}

async fn document_of(root: &Actor, key: &str) -> Value {
    root.done(GET, json!({"name": format!("{SHOP}/privileges/{key}")})).await["privilege"]["document"].clone()
}

#[test]
fn a_document_in_use_goes_by_force_from_all_that_has_it() {
    shop::on_every_store(async |_, root| {
        desk(root).await;
        root.done(TO_ROLES, json!({"name": DESK, "roles": [role("reader"), role("writer")]})).await;
        root.done(TO_USERS, json!({"name": DESK, "users": [CLERK, "users/shared", "users/shop-clerk"]})).await;
        let group = format!("{SHOP}/privilegeGroups/bundle");
        let bundle = json!({"privilege_group": {"name": group, "privileges": ["desk", "order:read"]}});
        root.done("PrivilegeService/UpdatePrivilegeGroup", bundle).await;
        in_use(root, DELETE, DESK, &["2 roles", "1 privilege groups", "3 users"]).await;
        root.done(DELETE, json!({"name": DESK, "force": true})).await;
        let after = export(root).await;
        assert!(!after.contains("\"desk\""), "{after}");
        let left = root.done("PrivilegeService/GetPrivilegeGroup", json!({"name": group})).await;
        assert_eq!(left["privilege_group"]["privileges"], json!(["order:read"]));
    });
}

#[test]
fn an_action_that_goes_is_taken_out_of_documents_and_what_is_left_empty_goes_with_it() {
    shop::on_every_store(async |_, root| {
        let both = [
            allow(&["order:refund", "order:write"], &["*"]),
            allow(&["order:refund"], &["orders/7"]),
            allow(&["order:read"], &["*"]),
        ];
        root.done(CREATE, new("both", &both)).await;
        root.done(CREATE, new("desk", &[allow(&["order:refund"], &["orders/7"]), allow(&["order:refund"], &["*"])]))
            .await;
        root.done(CREATE, new("all", &[allow(&["*"], &["*"])])).await;
        root.done(TO_ROLES, json!({"name": DESK, "roles": [role("reader"), role("few")]})).await;
        root.done(TO_USERS, json!({"name": DESK, "users": [CLERK]})).await;
        root.done(TO_USERS, json!({"name": format!("{SHOP}/privileges/both"), "users": ["users/shared"]})).await;
        let refund = format!("{SHOP}/privileges/order:refund");
        in_use(root, DELETE, &refund, &["2 policy documents"]).await;
        root.done(DELETE, json!({"name": refund, "force": true})).await;
        let left = [allow(&["order:read"], &["*"]), allow(&["order:write"], &["*"])];
        assert_eq!(document_of(root, "both").await, document(&left));
        assert_eq!(document_of(root, "all").await, document(&[allow(&["*"], &["*"])]));
        assert_eq!(root.refused(GET, json!({"name": DESK})).await.code, Code::NotFound);
        assert!(may(root, ("shop", "users/shared", "order:write"), "").await);
        let after = export(root).await;
        assert!(!after.contains("\"desk\"") && !after.contains("\"order:refund\""), "{after}");
    });
}

#[test]
fn a_user_with_privileges_of_its_own_goes_by_force_and_comes_back_without_them() {
    shop::on_every_store(async |_, root| {
        desk(root).await;
        root.done("DirectoryService/CreateUser", json!({"user_id": "new", "user": {"username": "new"}})).await;
        root.done(TO_USERS, json!({"name": DESK, "users": ["users/new"]})).await;
        root.done(TO_USERS, json!({"name": format!("{SHOP}/privileges/order:read"), "users": ["users/new"]})).await;
        in_use(root, "DirectoryService/DeleteUser", "users/new", &["2 privileges"]).await;
        root.done("DirectoryService/DeleteUser", json!({"name": "users/new", "force": true})).await;
        assert!(!export(root).await.contains("\"new\""));
        root.done("DirectoryService/CreateUser", json!({"user_id": "new", "user": {"username": "new"}})).await;
        assert!(!may(root, ("shop", "users/new", "order:read"), "orders/7").await);
        assert_eq!(root.done(USERS, json!({"name": DESK})).await.get("users"), None);
    });
}

#[test]
fn an_application_takes_the_privileges_that_it_gave_to_users_of_all() {
    shop::on_every_store(async |_, root| {
        let request = json!({"parent": "applications/bazaar", "privilege": {"key": "desk", "document": document(&[allow(&["stall:open"], &["*"])])}});
        root.done(CREATE, request).await;
        let name = "applications/bazaar/privileges/desk";
        root.done(TO_USERS, json!({"name": name, "users": ["users/shared", "users/helper"]})).await;
        in_use(
            root,
            "ApplicationService/DeleteApplication",
            "applications/bazaar",
            &["2 privileges", "2 privileges of users"],
        )
        .await;
        root.done("ApplicationService/DeleteApplication", json!({"name": "applications/bazaar", "force": true})).await;
        let after = export(root).await;
        assert!(!after.contains("bazaar"), "{after}");
        assert!(may(root, ("shop", "users/helper", "secret:read"), "orders/7").await, "what others gave stays");
    });
}

#[test]
fn a_role_that_goes_leaves_its_document_and_the_scopes_that_name_it() {
    shop::on_every_store(async |_, root| {
        root.done(CREATE, json!({"parent": SHOP, "privilege": {"key": "users:unlock"}})).await;
        root.done(CREATE, new("desk", &[allow(&["users:unlock"], &["roles/heir", "users/acme-clerk"])])).await;
        root.done(TO_ROLES, json!({"name": DESK, "role_names": ["heir", "reader"]})).await;
        let before = document_of(root, "desk").await;
        root.done("RoleService/DeleteRole", json!({"name": role("heir"), "force": true})).await;
        assert_eq!(document_of(root, "desk").await, before);
        assert_eq!(strings(&root.done(ROLES, json!({"name": DESK})).await["roles"]), [role("reader")]);
    });
}
