//! One role of many subjects: given to all of them or to none, taken from one of them wherever the caller covers.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::{Actor, Refusal};
use super::shop::{self, ACME, ACME_DELEGATE, CLERK, SHOPKEEPER};
use super::stage::{actor, export, imported, may, strings};

const ASSIGN: &str = "AssignmentService/AssignRoleToSubjects";
const REVOKE: &str = "AssignmentService/RevokeRoleFromSubject";
const READER: &str = "applications/shop/roles/reader";
const OWN_READER: &str = "applications/shop/tenants/acme/roles/own-reader";

fn given(role: &str, subjects: &[&str]) -> Value {
    json!({"role": role, "subjects": subjects})
}

fn taken(role: &str, subject: &str) -> Value {
    json!({"role": role, "subject": subject})
}

/// The tenants, `-` for none, in which a subject holds the role.
async fn held(root: &Actor, role: &str, subject: &str) -> Vec<String> {
    let filter = format!("role = \"{role}\" AND subject = \"{subject}\"");
    let request = json!({"parent": "applications/shop", "filter": filter});
    let answer = root.done("AssignmentService/ListRoleAssignments", request).await;
    let tenant =
        |record: &Value| record["tenant"].as_str().map_or("-", |name| name.rsplit('/').next().unwrap()).to_owned();
    let mut tenants: Vec<String> = answer["assignments"].as_array().into_iter().flatten().map(tenant).collect();
    tenants.sort();
    tenants
}

#[test]
fn a_role_is_given_to_all_of_them_and_repeats_change_nothing() {
    shop::on_every_store(async |_, root| {
        for subjects in [
            &["users/shop-clerk", CLERK, "users/shop-clerk"][..],
            &["clients/shop-client", "clients/acme-client"],
            &["groups/weak", "groups/strong"],
            &["applications/shop"],
        ] {
            let answer = root.done(ASSIGN, given(READER, subjects)).await;
            let distinct: std::collections::BTreeSet<_> = subjects.iter().collect();
            let shown = answer["assignments"].as_array().unwrap();
            assert_eq!(shown.len(), distinct.len(), "{answer}");
            assert_eq!(shown[0]["holder"], subjects[0]);
            let mut other_words = given(READER, subjects);
            other_words["reason"] = "again".into();
            other_words["expire_time"] = "2100-01-01T00:00:00Z".into();
            let again = root.done(ASSIGN, other_words).await;
            assert_eq!(again["assignments"], answer["assignments"], "a record that is there is left alone");
        }
        assert!(may(root, ("shop", CLERK, "order:read"), "tenant:acme").await);
        let mut in_globex = given(READER, &["users/both-clerk"]);
        in_globex["tenant"] = "globex".into();
        root.done(ASSIGN, in_globex).await;
        assert!(may(root, ("shop", "users/both-clerk", "order:read"), "tenant:globex").await);
        assert!(!may(root, ("shop", "users/both-clerk", "order:read"), "tenant:acme").await);
    });
}

/// The fields of the items that a refusal lists, with their reasons.
fn items(refusal: &Refusal) -> Vec<(String, String)> {
    let listed = refusal.details.iter().filter_map(|detail| detail["field_violations"].as_array()).flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    listed.map(|violation| (text(&violation["field"]), text(&violation["reason"]))).collect()
}

#[test]
fn one_subject_that_fails_changes_nothing_and_every_one_is_named() {
    shop::on_every_store(async |_, root| {
        let before = export(root).await;
        let subjects = ["users/shop-clerk", "users/none", "users/bank-clerk", "users/nil"];
        let refusal = root.refused(ASSIGN, given(READER, &subjects)).await;
        assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"));
        assert!(refusal.message.contains("users/none"), "{refusal:?}");
        let missing = |index: usize| (format!("subjects[{index}]"), "NOT_FOUND".to_owned());
        let not = |index: usize| (format!("subjects[{index}]"), "ROLE_NOT_ASSIGNABLE".to_owned());
        // Who may read the user of another application is told that it is one.
        assert_eq!(items(&refusal), [missing(1), not(2), missing(3)], "{refusal:?}");
        let outside = ["users/both-clerk", "users/globex-clerk", "users/shop-clerk", CLERK];
        let refusal = root.refused(ASSIGN, given(OWN_READER, &outside)).await;
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "ROLE_NOT_ASSIGNABLE"));
        assert_eq!(items(&refusal), [not(1), not(2)]);
        let refusal = root.refused(ASSIGN, given("applications/shop/roles/none", &["users/shop-clerk"])).await;
        assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"));
        assert!(refusal.message.contains("roles/none"), "{refusal:?}");
        let mut nowhere = given(READER, &["users/shop-clerk"]);
        nowhere["tenant"] = "none".into();
        assert_eq!(root.refused(ASSIGN, nowhere).await.code, Code::NotFound);
        let mut past = given(READER, &["users/shop-clerk"]);
        past["expire_time"] = "2020-01-01T00:00:00Z".into();
        let refusal = root.refused(ASSIGN, past).await;
        assert_eq!(strings(&json!(refusal.fields())), ["expire_time"]);
        assert_eq!(export(root).await, before);
    });
}

/// A thousand at once, and not one more.
#[test]
fn a_call_names_a_thousand_subjects_at_most() {
    shop::on_every_store(async |_, root| {
        let user = |n: usize| format!("users/u{n:04}");
        let lines: Vec<Value> = (0..1_001)
            .map(|n| json!({"user": {"id": format!("u{n:04}"), "username": format!("u{n:04}"), "application": "shop"}}))
            .collect();
        imported(root, &lines).await;
        let all: Vec<String> = (0..1_001).map(user).collect();
        let names: Vec<&str> = all.iter().map(String::as_str).collect();
        let refusal = root.refused(ASSIGN, given(READER, &names)).await;
        assert_eq!(strings(&json!(refusal.fields())), ["subjects"]);
        let answer = root.done(ASSIGN, given(READER, &names[..1_000])).await;
        assert_eq!(answer["assignments"].as_array().unwrap().len(), 1_000);
        assert!(may(root, ("shop", "users/u0999", "order:read"), "").await);
        assert!(!may(root, ("shop", "users/u1000", "order:read"), "").await);
    });
}

#[test]
fn a_role_is_taken_in_every_tenant_that_the_caller_covers() {
    shop::on_every_store(async |server, root| {
        let everywhere = async || {
            for tenant in ["", "acme", "globex"] {
                let mut request = given(READER, &["users/both-clerk"]);
                request["tenant"] = tenant.into();
                root.done(ASSIGN, request).await;
            }
        };
        everywhere().await;
        let of_acme = actor(server, ACME).await;
        let answer = of_acme.done(REVOKE, taken(READER, "users/both-clerk")).await;
        assert_eq!(answer["removed_count"], 2, "{answer}");
        assert_eq!(held(root, READER, "users/both-clerk").await, ["globex"]);
        let refusal = of_acme.refused(REVOKE, taken(READER, "users/both-clerk")).await;
        assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"), "what is left is as if it were not there");
        everywhere().await;
        let keeper = actor(server, SHOPKEEPER).await;
        let mut only_validated = taken(READER, "users/both-clerk");
        only_validated["validate_only"] = true.into();
        assert_eq!(keeper.done(REVOKE, only_validated).await["removed_count"], 3);
        assert_eq!(held(root, READER, "users/both-clerk").await, ["-", "acme", "globex"]);
        assert_eq!(keeper.done(REVOKE, taken(READER, "users/both-clerk")).await["removed_count"], 3);
        assert!(held(root, READER, "users/both-clerk").await.is_empty());
    });
}

/// A bare id is sought among the holders whom the caller covers; those beyond are as if absent.
#[test]
fn a_bare_id_is_sought_among_the_holders() {
    shop::on_every_store(async |server, root| {
        imported(
            root,
            &[
                json!({"user": {"id": "twin", "username": "twin", "application": "shop", "tenants": ["shop/acme"]}}),
                json!({"client": {"id": "twin", "application": "shop", "tenant": "acme"}}),
                json!({"group": {"id": "twin", "group_name": "twin"}}),
            ],
        )
        .await;
        for twin in ["users/twin", "groups/twin"] {
            root.done(ASSIGN, given(READER, &[twin])).await;
        }
        let refusal = root.refused(REVOKE, taken(READER, "twin")).await;
        assert_eq!(refusal.said(), (Code::InvalidArgument, "INVALID_REQUEST"));
        assert!(["users/twin", "groups/twin"].iter().all(|twin| refusal.message.contains(twin)), "{refusal:?}");
        // The administrator of acme does not cover the group: for him there is one.
        let of_acme = actor(server, ACME).await;
        assert_eq!(of_acme.done(REVOKE, taken(READER, "twin")).await["removed_count"], 1);
        assert!(held(root, READER, "users/twin").await.is_empty());
        let denied = of_acme.refused(REVOKE, taken(READER, "twin")).await;
        assert_eq!(denied.said(), (Code::PermissionDenied, "PERMISSION_DENIED"));
        assert_eq!(denied, of_acme.refused(REVOKE, taken(READER, "none")).await);
        assert_eq!(denied, of_acme.refused(REVOKE, taken("applications/shop/roles/none", "twin")).await);
        assert_eq!(root.done(REVOKE, taken(READER, "twin")).await["removed_count"], 1);
        for subject in ["twin", "none", "users/twin", "users/none"] {
            let refusal = root.refused(REVOKE, taken(READER, subject)).await;
            assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"), "{subject}");
        }
    });
}

/// Taking needs no more than the right to manage assignments, and the last administrator stays.
#[test]
fn what_could_not_be_given_can_be_taken_but_the_last_administrator_stays() {
    shop::on_every_store(async |server, root| {
        root.done(ASSIGN, given("applications/shop/roles/boss", &[CLERK])).await;
        let of_acme = actor(server, ACME_DELEGATE).await;
        assert_eq!(of_acme.done(REVOKE, taken("applications/shop/roles/boss", CLERK)).await["removed_count"], 1);
        let administrator = taken("applications/bailiwick/roles/administrator", "clients/local-administrator");
        let refusal = root.refused(REVOKE, administrator).await;
        assert_eq!(refusal.code, Code::FailedPrecondition);
    });
}
