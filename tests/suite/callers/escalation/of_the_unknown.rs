//! Keys that nobody knows yet: whoever lets a role give them needs to be allowed to delegate.

use serde_json::{Value, json};

use super::super::shop::{self, ACME, CLERK, SHOPKEEPER};
use super::super::stage::{actor, imported};
use super::{Attempt, EXCEEDS, attempt, create, refuse_beside};

/// Roles that give nothing yet, and one that gives everything but what is named like a pattern.
fn more() -> Vec<Value> {
    let role = |id: &str, patterns: &[&str], exclusions: &[&str]| json!({"role": {"application": "shop", "id": id, "role_name": id, "permission_boundary": "tenant", "privilege_patterns": patterns, "excluded_privileges": exclusions}});
    vec![
        role("future", &["later:*"], &[]),
        role("heir-of-future", &[], &[]),
        json!({"role_parent": {"application": "shop", "role": "heir-of-future", "parent": "future"}}),
        role("all-but", &["bucket:*"], &["bucket:x*"]),
        json!({"privilege": {"application": "shop", "key": "bucket:x*"}}),
    ]
}

fn inherit(what: &'static str, parent: &str) -> Attempt {
    let role = json!({"name": "applications/shop/roles/reader", "parents": [parent]});
    attempt(what, "RoleService/UpdateRole", json!({"role": role}), EXCEEDS)
}

#[test]
fn a_parent_that_follows_patterns_is_a_pattern() {
    refuse_beside(&more(), SHOPKEEPER, || {
        let (future, heir) = ("applications/shop/roles/future", "applications/shop/roles/heir-of-future");
        let child = |parent: &str| json!({"parents": [parent], "permission_boundary": "applications/shop/permissionBoundaries/application"});
        vec![
            create("a role that inherits a pattern", "applications/shop", &child(future), EXCEEDS),
            create("a role that inherits it from afar", "applications/shop", &child(heir), EXCEEDS),
            inherit("a parent with a pattern", future),
            inherit("a parent that inherits one", heir),
        ]
    });
}

/// A key may look like a pattern; lifted as an exclusion, it is one.
#[test]
fn a_key_that_looks_like_a_pattern_lifts_none() {
    refuse_beside(&more(), SHOPKEEPER, || {
        let change = json!({"name": "applications/shop/roles/all-but", "privileges": ["bucket:x*"]});
        vec![attempt("the key of an excluded pattern", "RoleService/AddRolePrivileges", change, EXCEEDS)]
    });
}

#[test]
fn a_key_that_looks_like_a_pattern_excludes_none() {
    shop::on_every_store(async |_server, root| {
        imported(root, &more()).await;
        let lines = [
            json!({"role": {"application": "shop", "id": "buckets", "role_name": "buckets", "privilege_patterns": ["bucket:*"]}}),
            json!({"privilege": {"application": "shop", "key": "bucket:xy"}}),
        ];
        imported(root, &lines).await;
        let change = json!({"name": "applications/shop/roles/buckets", "privileges": ["bucket:x*"]});
        let refusal = root.refused("RoleService/RemoveRolePrivileges", change).await;
        assert_eq!(refusal.said(), (tonic::Code::InvalidArgument, "INVALID_REQUEST"));
    });
}

/// What is hidden from tenants' roles is not given by them, and so nobody needs to cover it.
#[test]
fn a_key_that_a_tenant_s_role_does_not_show_is_not_given() {
    shop::on_every_store(async |server, _root| {
        let acme = actor(server, ACME).await;
        let role = "applications/shop/tenants/acme/roles/own-reader";
        let request = json!({"application": "applications/shop", "subject": CLERK, "roles": [role]});
        acme.done("AssignmentService/AssignRoles", request).await;
    });
}
