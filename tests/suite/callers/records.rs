//! One role assignment, by its name or by what it is made of: shown, deleted.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::Actor;
use super::shop::{self, ACME, ACME_DELEGATE, CLERK, CUT, NOBODY, SHOPKEEPER};
use super::stage::{actor, assignment_name, export, head, may};

const GET: &str = "AssignmentService/GetRoleAssignment";
const DELETE: &str = "AssignmentService/DeleteRoleAssignment";
const READER: &str = "applications/shop/roles/reader";
const OWN_READER: &str = "applications/shop/tenants/acme/roles/own-reader";

async fn assign(by: &Actor, subject: &str, role: &str, tenant: &str) -> Value {
    let request = json!({"role": role, "subjects": [subject], "tenant": tenant});
    by.done("AssignmentService/AssignRoleToSubjects", request).await["assignments"][0].clone()
}

fn named(name: &str) -> Value {
    json!({"name": name})
}

fn parts(subject: &str, role: &str, tenant: &str) -> Value {
    let field = if role.contains('/') { "role" } else { "role_name" };
    json!({"application": "applications/shop", "subject": subject, field: role, "tenant": tenant})
}

#[test]
fn a_record_is_read_by_its_name_as_it_is_listed() {
    shop::on_every_store(async |_, root| {
        for (holder, role, tenant) in [
            (CLERK, OWN_READER, ""),
            (CLERK, READER, "acme"),
            ("groups/weak", READER, ""),
            ("applications/shop", READER, "globex"),
        ] {
            let made = assign(root, holder, role, tenant).await;
            let name = assignment_name(holder, role, Some(tenant).filter(|tenant| !tenant.is_empty()));
            assert_eq!(made["name"], name);
            let answer = root.done(GET, named(&name)).await;
            assert_eq!(answer["role_assignment"], made);
        }
        // A role that fewer may hold: the record stays, and says that it gives nothing.
        let name = assignment_name("users/both-clerk", "applications/shop/roles/narrow", None);
        let role = |tenants: &[&str]| {
            json!({"role": {"application": "shop", "id": "narrow", "role_name": "narrow",
                   "tenant_visibility": "TENANT_INCLUSION_LIST", "visible_tenants": tenants}})
        };
        super::stage::imported(root, &[role(&["acme"])]).await;
        assign(root, "users/both-clerk", "applications/shop/roles/narrow", "").await;
        assert_eq!(root.done(GET, named(&name)).await["role_assignment"]["active"], true);
        root.done("ApplicationService/DeleteTenant", json!({"name": "applications/shop/tenants/acme", "force": true}))
            .await;
        assert_eq!(root.done(GET, named(&name)).await["role_assignment"]["active"], Value::Null);
    });
}

#[test]
fn a_record_out_of_reach_is_as_if_absent() {
    shop::on_every_store(async |server, root| {
        let of_clerk = assign(root, CLERK, READER, "").await;
        let of_both = assign(root, "users/both-clerk", READER, "globex").await;
        let of_globex = assign(root, "users/globex-clerk", READER, "").await;
        let absent = assignment_name(CLERK, "applications/shop/roles/none", None);
        let name = |record: &Value| record["name"].as_str().unwrap().to_owned();
        let before = (export(root).await, head(root).await);
        for caller in [ACME, ACME_DELEGATE, CUT, NOBODY] {
            let caller = actor(server, caller).await;
            for method in [GET, DELETE] {
                let denied = caller.refused(method, named(&absent)).await;
                assert_eq!(denied.said(), (Code::PermissionDenied, "PERMISSION_DENIED"));
                for out_of_reach in [name(&of_both), name(&of_globex), "applications/none/roleAssignments/x".to_owned()]
                {
                    assert_eq!(denied, caller.refused(method, named(&out_of_reach)).await, "{out_of_reach}");
                }
            }
            let mut missing = named(&absent);
            missing["allow_missing"] = true.into();
            assert_eq!(caller.refused(DELETE, missing).await.code, Code::PermissionDenied);
        }
        let of_acme = actor(server, ACME).await;
        assert_eq!(of_acme.done(GET, named(&name(&of_clerk))).await["role_assignment"], of_clerk);
        // About one's own nobody needs a right.
        let clerk = actor(server, CLERK).await;
        assert_eq!(clerk.done(GET, named(&name(&of_clerk))).await["role_assignment"], of_clerk);
        assert_eq!(clerk.refused(DELETE, named(&name(&of_clerk))).await.code, Code::PermissionDenied);
        for method in [GET, DELETE] {
            let keeper = actor(server, SHOPKEEPER).await;
            assert_eq!(keeper.refused(method, named(&absent)).await.said(), (Code::NotFound, "NOT_FOUND"));
        }
        assert_eq!((export(root).await, head(root).await), before);
    });
}

#[test]
fn a_record_is_deleted_by_name_or_by_what_it_is_made_of() {
    shop::on_every_store(async |server, root| {
        let keeper = actor(server, SHOPKEEPER).await;
        for how in 0..4 {
            let uncut = assign(root, "users/both-clerk", READER, "").await;
            assign(root, "users/both-clerk", READER, "acme").await;
            let request = match how {
                0 => named(uncut["name"].as_str().unwrap()),
                1 => parts("users/both-clerk", READER, ""),
                2 => parts("users/both-clerk", "rEADER", ""),
                _ => {
                    let mut request = parts("users/both-clerk", READER, "");
                    request["etag"] = uncut["etag"].clone();
                    request
                }
            };
            let mut stale = request.clone();
            stale["etag"] = "stale".into();
            assert_eq!(keeper.refused(DELETE, stale).await.said(), (Code::Aborted, "ETAG_MISMATCH"));
            keeper.done(DELETE, request.clone()).await;
            assert!(!may(root, ("shop", "users/both-clerk", "order:read"), "tenant:globex").await);
            assert!(may(root, ("shop", "users/both-clerk", "order:read"), "tenant:acme").await);
            let refusal = keeper.refused(DELETE, request.clone()).await;
            assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"));
            let mut missing = request;
            missing["allow_missing"] = true.into();
            missing.as_object_mut().unwrap().remove("etag");
            keeper.done(DELETE, missing).await;
            keeper.done(DELETE, parts("users/both-clerk", READER, "applications/shop/tenants/acme")).await;
        }
        let absent = keeper.refused(DELETE, parts("users/both-clerk", "no such role", "")).await;
        assert_eq!(absent.said(), (Code::NotFound, "NOT_FOUND"));
        let refusal = root
            .refused(
                DELETE,
                json!({"application": "applications/bailiwick", "subject": "clients/local-administrator",
                       "role_name": "administrator"}),
            )
            .await;
        assert_eq!(refusal.code, Code::FailedPrecondition, "{refusal:?}");
    });
}

/// Whoever may not read a role cannot find out its name.
#[test]
fn a_role_name_that_may_not_be_read_is_as_if_absent() {
    shop::on_every_store(async |server, root| {
        assign(root, CLERK, READER, "").await;
        let of_acme = actor(server, ACME).await;
        let (is, is_not) = (
            of_acme.refused(DELETE, parts(CLERK, "reader", "")).await,
            of_acme.refused(DELETE, parts(CLERK, "readex", "")).await,
        );
        assert_eq!(is.said(), (Code::NotFound, "NOT_FOUND"));
        assert_eq!(is.message.replace("reader", "…"), is_not.message.replace("readex", "…"));
        // By its resource name he takes it, as UnassignRoles lets him.
        of_acme.done(DELETE, parts(CLERK, READER, "")).await;
    });
}
