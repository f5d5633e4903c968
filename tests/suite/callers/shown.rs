//! What lists leave out: whatever the caller could not read one by one.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::Actor;
use super::shop::{self, ACME, CLERK};
use super::stage::{actor, imported, names};

const LIST: &str = "AssignmentService/ListRoleAssignments";

fn given(holder: &str, tenant: Option<&str>) -> Value {
    json!({"role_assignment": {"holder": holder, "application": "shop", "role": "reader", "tenant": tenant}})
}

async fn listed(by: &Actor, filter: &str) -> Vec<String> {
    let answer = by.done(LIST, json!({"parent": "applications/shop", "filter": filter})).await;
    let records = answer["assignments"].as_array().into_iter().flatten();
    let shown = |record: &Value| {
        let tenant = record["tenant"].as_str().unwrap_or_default();
        format!("{} {}", record["holder"].as_str().unwrap(), tenant.rsplit('/').next().unwrap())
    };
    records.map(shown).collect()
}

/// The target of an assignment is its holder, and its tenant if it has one.
#[test]
fn a_list_of_assignments_shows_what_reading_each_would() {
    shop::on_every_store(async |server, root| {
        let both = "users/both-clerk";
        let lines = [
            given(both, None),
            given(both, Some("acme")),
            given(both, Some("globex")),
            given("users/globex-clerk", Some("acme")),
            given("users/shared", Some("acme")),
            given("groups/weak", Some("acme")),
        ];
        imported(root, &lines).await;
        let acme = actor(server, ACME).await;
        let of_both = format!("subject = {both}");
        let own = ["users/both-clerk ".to_owned(), "users/both-clerk acme".to_owned()];
        let sorted = |mut list: Vec<String>| {
            list.sort();
            list
        };
        assert_eq!(sorted(listed(&acme, &of_both).await), own);
        assert_eq!(listed(root, &of_both).await.len(), 3);
        let in_acme = "tenant = applications/shop/tenants/acme";
        // Who holds it without being of acme, or as a group, is none of its administrator's business.
        let shown = listed(&acme, in_acme).await;
        assert_eq!(shown.iter().filter(|record| !record.starts_with(both)).count(), 0, "{shown:?}");
        assert_eq!(listed(root, in_acme).await.len(), 5);
    });
}

/// A shared user may be in a tenant, and is still of the directory that belongs to no application.
#[test]
fn a_list_of_a_tenant_s_users_shows_those_that_live_there() {
    shop::on_every_store(async |server, root| {
        let guest = json!({"user": {"id": "guest", "username": "guest", "tenants": ["shop/acme", "bank/acme"]}});
        imported(root, &[guest, given("users/both-clerk", Some("globex")), given(CLERK, None)]).await;
        let acme = actor(server, ACME).await;
        let users = async |by: &Actor, filter: &str| {
            let answer = by.done("DirectoryService/ListUsers", json!({"filter": filter})).await;
            names(&answer["users"]).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let in_acme = "tenant = applications/shop/tenants/acme";
        let refusal = acme.refused("DirectoryService/GetUser", json!({"name": "users/guest"})).await;
        assert_eq!(refusal.code, Code::PermissionDenied);
        assert!(!users(&acme, in_acme).await.contains(&"users/guest".to_owned()));
        assert!(users(root, in_acme).await.contains(&"users/guest".to_owned()));
        let readers = format!("{in_acme} AND role = applications/shop/roles/reader");
        assert_eq!(users(&acme, &readers).await, [CLERK], "the other holds it in another tenant");
        assert_eq!(users(root, &readers).await, [CLERK, "users/both-clerk"]);
    });
}

#[test]
fn who_has_no_application_is_made_by_who_keeps_the_shared_directory() {
    shop::on_every_store(async |server, root| {
        let acme = actor(server, ACME).await;
        let shared = json!({"user": {"username": "stray", "tenants": ["applications/shop/tenants/acme"]}});
        let refusal = acme.refused("DirectoryService/CreateUser", shared.clone()).await;
        assert_eq!(refusal.said(), (Code::PermissionDenied, "PERMISSION_DENIED"));
        root.done("DirectoryService/CreateUser", shared).await;
    });
}

/// Nobody gives a client roles of another application; but one may come to hold some, and they can be taken away.
#[test]
fn what_nobody_could_give_can_be_taken_away() {
    shop::on_every_store(async |_server, root| {
        let (client, role) = ("clients/bank-client", "applications/shop/roles/reader");
        let (parts, shop) =
            (json!({"application": "applications/shop", "subject": client, "role": role}), "applications/shop");
        for (method, request) in [
            ("AssignmentService/UnassignRoles", json!({"application": shop, "subject": client, "roles": [role]})),
            ("AssignmentService/ReplaceSubjectRoles", json!({"application": shop, "subject": client})),
            ("AssignmentService/RevokeRoleFromSubject", json!({"role": role, "subject": client})),
            ("AssignmentService/RevokeRoleFromSubject", json!({"role": role, "subject": "bank-client"})),
            ("AssignmentService/DeleteRoleAssignment", parts.clone()),
        ] {
            imported(root, &[given(client, None)]).await;
            assert!(super::stage::may(root, ("shop", client, "order:read"), "orders/1").await);
            root.done(method, request).await;
            assert!(!super::stage::may(root, ("shop", client, "order:read"), "orders/1").await, "{method}");
        }
        let mut missing = parts;
        missing["allow_missing"] = true.into();
        root.done("AssignmentService/DeleteRoleAssignment", missing).await;
    });
}

#[test]
fn an_application_that_is_not_there_is_what_is_not_found() {
    shop::on_every_store(async |_server, root| {
        let role = "applications/none/roles/r";
        for (method, request) in [
            (
                "AssignmentService/AssignRoles",
                json!({"application": "applications/none", "subject": CLERK, "roles": [role]}),
            ),
            (
                "AssignmentService/UnassignRoles",
                json!({"application": "applications/none", "subject": CLERK, "roles": [role]}),
            ),
            (
                "AssignmentService/ReplaceSubjectRoles",
                json!({"application": "applications/none", "subject": CLERK, "roles": [role]}),
            ),
            ("AssignmentService/ReplaceSubjectRoles", json!({"application": "applications/none", "subject": CLERK})),
            ("AssignmentService/ListAssignableRoles", json!({"parent": "applications/none", "subject": CLERK})),
            (LIST, json!({"parent": "applications/none"})),
            ("RoleService/ListRoles", json!({"parent": "applications/none"})),
        ] {
            let refusal = root.refused(method, request).await;
            assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"), "{method}");
            assert_eq!(refusal.details[1]["resource_name"], "applications/none", "{method}");
        }
        let request = json!({"parent": "applications/shop", "filter": "tenant = acme"});
        let refusal = root.refused("RoleService/ListRoles", request).await;
        assert_eq!(refusal.fields().into_iter().collect::<Vec<_>>(), ["filter"]);
    });
}
