//! `users/me`: about himself everybody may ask, whatever his rights.

use serde_json::{Value, json};
use tonic::Code;

use super::shop::{self, CLERK, NOBODY};
use super::stage::{actor, decision, imported, may, on_every_store, root};
use crate::harness::block_on;

fn check(subject: &str) -> Value {
    json!({"application": "applications/shop", "subject": subject, "privilege": "order:read", "tenant": "acme"})
}

#[test]
fn about_himself_a_user_needs_no_privilege() {
    shop::on_every_store(async |server, root| {
        let clerk = actor(server, CLERK).await;
        let me = clerk.done("DirectoryService/GetUser", json!({"name": "users/me"})).await;
        assert_eq!(me["user"]["name"], CLERK);
        assert_eq!(clerk.done("DirectoryService/GetUser", json!({"name": CLERK})).await["user"], me["user"]);
        let denied = clerk.done("PermissionService/CheckPermission", check("users/me")).await;
        assert_eq!(denied["reason"], "DECISION_REASON_NOT_GRANTED");
        let assign = json!({"application": "applications/shop", "subject": CLERK,
                            "roles": ["applications/shop/tenants/acme/roles/own-reader"]});
        root.done("AssignmentService/AssignRoles", assign).await;
        for subject in ["users/me", CLERK] {
            let allowed = clerk.done("PermissionService/CheckPermission", check(subject)).await;
            assert_eq!(allowed["decision"], "DECISION_ALLOWED", "{subject}");
        }
        for parent in ["applications/shop", "applications/-"] {
            let request = json!({"parent": parent, "filter": "subject = \"users/me\""});
            let mine = clerk.done("AssignmentService/ListRoleAssignments", request).await;
            assert_eq!(mine["assignments"].as_array().unwrap().len(), 1, "{mine}");
        }
    });
}

#[test]
fn a_client_is_no_user_and_may_ask_what_it_may_do() {
    shop::on_every_store(async |server, _| {
        let nobody = actor(server, NOBODY).await;
        let refusal = nobody.refused("DirectoryService/GetUser", json!({"name": "users/me"})).await;
        assert_eq!(refusal.code, Code::NotFound);
        let answer = nobody.done("PermissionService/CheckPermission", check("users/me")).await;
        assert_eq!(answer["reason"], "DECISION_REASON_NOT_GRANTED");
        let mine = json!({"parent": "applications/shop", "filter": "subject = \"users/me\""});
        assert_eq!(nobody.done("AssignmentService/ListRoleAssignments", mine).await["assignments"], Value::Null);
    });
}

#[test]
fn about_others_he_may_not_ask() {
    shop::on_every_store(async |server, _| {
        let clerk = actor(server, CLERK).await;
        for subject in ["users/acme-admin", "users/absent", "clients/nobody", "applications/shop"] {
            let refusal = clerk.refused("PermissionService/CheckPermission", check(subject)).await;
            assert_eq!(refusal.said(), (Code::PermissionDenied, "PERMISSION_DENIED"), "{subject}");
        }
        let list = json!({"parent": "applications/shop", "filter": "subject = \"users/acme-admin\""});
        assert_eq!(clerk.refused("AssignmentService/ListRoleAssignments", list).await.code, Code::PermissionDenied);
        let batch = json!({"application": "applications/shop", "checks": [
            {"subject": "users/me", "privilege": "order:read"},
            {"subject": "users/acme-admin", "privilege": "order:read"},
            {"subject": "groups/weak", "privilege": "order:read"},
            {"subject": "users/me", "privilege": "order:write", "tenant": "acme"}]});
        let answer = clerk.done("PermissionService/BatchCheckPermissions", batch).await;
        let codes: Vec<_> =
            answer["results"].as_array().unwrap().iter().map(|result| result["error"]["code"].as_i64()).collect();
        assert_eq!(codes, [None, Some(7), Some(3), None], "{answer}");
    });
}

/// A token may stand for somebody who is not there, or not there any more: then he has no right, also about himself.
#[test]
fn a_token_gives_no_right_to_who_is_unknown_or_disabled() {
    on_every_store(&["users/gone", "users/off"], |server| {
        block_on(async {
            let root = root(&server).await;
            shop::open(&root).await;
            let off = json!({"user": {"id": "off", "username": "off", "enabled": false}});
            let given = json!({"role_assignment": {"holder": "users/off", "application": "bailiwick", "role": "administrator"}});
            imported(&root, &[off, given]).await;
            for (who, reason) in [("users/gone", "SUBJECT_UNKNOWN"), ("users/off", "SUBJECT_DISABLED")] {
                assert_eq!(decision(&root, ("shop", who, "bailiwick:role:read"), "").await, reason);
                let actor = actor(&server, who).await;
                let refusal = actor.refused("ApplicationService/ListApplications", json!({})).await;
                assert_eq!(refusal.code, Code::PermissionDenied, "{who}");
            }
        });
    });
}

/// A user of one application is nobody in another one, whatever roles it is given there behind our back.
#[test]
fn a_user_of_another_application_is_unknown_here() {
    shop::on_every_store(async |_, root| {
        let refusal = root
            .refused(
                "AssignmentService/AssignRoles",
                json!({"application": "applications/shop",
                "subject": "users/bank-clerk", "roles": ["applications/shop/roles/reader"]}),
            )
            .await;
        assert!(matches!(refusal.code, Code::NotFound | Code::FailedPrecondition), "{refusal:?}");
        assert_eq!(decision(root, ("shop", "users/bank-clerk", "order:read"), "").await, "SUBJECT_UNKNOWN");
        let member = json!({"name": "groups/readers", "members": ["users/bank-clerk", "users/shared"]});
        root.done("DirectoryService/AddGroupMembers", member).await;
        assert!(may(root, ("shop", "users/shared", "order:read"), "").await, "a shared user has it");
        assert_eq!(decision(root, ("shop", "users/bank-clerk", "order:read"), "").await, "SUBJECT_UNKNOWN");
    });
}
