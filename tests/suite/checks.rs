//! Many questions at once: batches in every mode and form, and streams.

mod compact;
mod modes;
mod streams;

use serde_json::{Value, json};

use crate::callers::actor::Actor;
use crate::callers::stage::imported;

const CHECK: &str = "PermissionService/CheckPermission";
const BATCH: &str = "PermissionService/BatchCheckPermissions";

/// An application in which a user has the privilege `k:yes`, and not `k:no`; and a tenant of it.
async fn open(root: &Actor) {
    let mut lines = vec![json!({"application": {"id": "a"}}), json!({"tenant": {"application": "a", "id": "t"}})];
    lines.extend(["k:yes", "k:no"].map(|key| json!({"privilege": {"application": "a", "key": key}})));
    lines.push(json!({"role": {"application": "a", "id": "r", "role_name": "r"}}));
    lines.push(json!({"role_privilege": {"application": "a", "role": "r", "privilege": "k:yes"}}));
    lines.push(json!({"user": {"id": "u", "username": "u", "application": "a"}}));
    lines.push(json!({"user": {"id": "v", "username": "v", "application": "a"}}));
    lines.push(json!({"role_assignment": {"holder": "users/u", "application": "a", "role": "r"}}));
    imported(root, &lines).await;
}

/// A question about the user.
fn question(privilege: &str) -> Value {
    json!({"application": "applications/a", "subject": "users/u", "privilege": privilege, "resource": "things/1"})
}
