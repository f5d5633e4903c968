//! Policy documents over the API: made, changed, given to roles and users, listed, taken away, deleted; and each bad one
//! refused by its field.

mod bad;
mod deleted;
mod foreseen;
mod granted;
mod holders;
mod lived;

use serde_json::{Value, json};

use super::actor::Actor;

pub(super) const SHOP: &str = "applications/shop";
pub(super) const DESK: &str = "applications/shop/privileges/desk";
pub(super) const CREATE: &str = "PrivilegeService/CreatePrivilege";
pub(super) const UPDATE: &str = "PrivilegeService/UpdatePrivilege";
pub(super) const GET: &str = "PrivilegeService/GetPrivilege";
pub(super) const LIST: &str = "PrivilegeService/ListPrivileges";
pub(super) const DELETE: &str = "PrivilegeService/DeletePrivilege";
pub(super) const TO_ROLES: &str = "PrivilegeService/AssignPrivilegeToRoles";
pub(super) const FROM_ROLE: &str = "PrivilegeService/RemovePrivilegeFromRole";
pub(super) const ROLES: &str = "PrivilegeService/ListPrivilegeRoles";
pub(super) const TO_USERS: &str = "PrivilegeService/AssignPrivilegeToUsers";
pub(super) const FROM_USER: &str = "PrivilegeService/RemovePrivilegeFromUser";
pub(super) const USERS: &str = "PrivilegeService/ListPrivilegeUsers";

pub(super) fn role(id: &str) -> String {
    format!("{SHOP}/roles/{id}")
}

/// A statement.
pub(super) fn allow(actions: &[&str], scopes: &[&str]) -> Value {
    json!({"effect": "EFFECT_ALLOW", "actions": actions, "scopes": scopes})
}

/// A document.
pub(super) fn document(statements: &[Value]) -> Value {
    json!({"version": "2022-06-30", "statements": statements})
}

/// A request that makes a document of the shop.
pub(super) fn new(key: &str, statements: &[Value]) -> Value {
    json!({"parent": SHOP, "privilege": {"key": key, "document": document(statements)}})
}

/// A request that replaces the document of the desk.
pub(super) fn changed(statements: &[Value]) -> Value {
    json!({"privilege": {"name": DESK, "document": document(statements)}})
}

/// Makes the desk of the shop: reads the orders 7, writes all of them.
pub(super) async fn desk(root: &Actor) -> Value {
    let statements = [allow(&["order:read"], &["orders/7"]), allow(&["order:write", "order:refund"], &["*"])];
    root.done(CREATE, new("desk", &statements)).await["privilege"].clone()
}
