//! What a trusted caller says of a resource that nobody registered, and what somebody asks of a role as its holder.

use serde_json::{Value, json};
use tonic::Code;

use super::put_assignment::{PUT, READER, among_goods, below, put};
use super::shop::{ACME, BANKER, CLERK, NOBODY, SHOPKEEPER};
use super::stage::{actor, imported, strings};

const CHECK: &str = "PermissionService/CheckPermission";
const GIVES: &str = "RoleService/ListRolePrivileges";

#[allow(clippy::needless_pass_by_value, reason = "a request is written where it is sent")]
fn about(subject: &str, resource: &str, facts: Value) -> Value {
    json!({"application": "applications/shop", "subject": subject, "privilege": "order:read",
           "resource": resource, "facts": facts})
}

#[test]
fn facts_say_where_an_unregistered_resource_is() {
    among_goods(async |_, root| {
        root.done(PUT, put("users/shared", below("TYPE_PROPAGATE", &["folders/a"]))).await;
        root.done(PUT, put(CLERK, json!({"allow_all_objects": true}))).await;
        let in_b = json!({"no_tenant": true, "parents": ["folders/b", "folders/none"]});
        for (subject, resource, facts, allowed) in [
            ("users/shared", "orders/new", json!({}), false),
            ("users/shared", "orders/new", in_b.clone(), true),
            ("users/shared", "orders/new", json!({"tenant": "acme", "parents": ["folders/a"]}), true),
            ("users/shared", "orders/new", json!({"no_tenant": true, "parents": ["folders/none"]}), false),
            ("users/shared", "orders/new", json!({"no_tenant": true}), false),
            ("users/shared", "orders/13", in_b.clone(), false),
            ("users/shared", "orders/11", json!({"no_tenant": true}), true),
            (CLERK, "orders/new", json!({}), false),
            (CLERK, "orders/new", json!({"tenant": "acme"}), true),
            (CLERK, "orders/new", json!({"tenant": "applications/shop/tenants/acme"}), true),
            (CLERK, "orders/new", json!({"tenant": "globex"}), false),
            (CLERK, "orders/new", json!({"tenant": "none"}), false),
            (CLERK, "orders/new", json!({"tenant": "applications/bank/tenants/acme"}), false),
            (CLERK, "orders/new", json!({"no_tenant": true}), false),
            (CLERK, "orders/11", json!({"tenant": "acme"}), false),
            ("users/absent", "orders/new", in_b.clone(), false),
        ] {
            let request = about(subject, resource, facts);
            let answer = root.done(CHECK, request.clone()).await;
            assert_eq!(answer["decision"] == "DECISION_ALLOWED", allowed, "{request} {answer}");
            let mut check = request.clone();
            check.as_object_mut().unwrap().remove("application");
            let batch = json!({"application": "applications/shop", "checks": [check]});
            let result =
                root.done("PermissionService/BatchCheckPermissions", batch).await["results"][0]["result"].clone();
            assert_eq!((&result["decision"], &result["reason"]), (&answer["decision"], &answer["reason"]), "{request}");
        }
        for (request, field) in [
            (about("users/shared", "users/shared", json!({})), "facts"),
            (about("users/shared", "scopes/thirteen", json!({})), "facts"),
            (about("users/shared", "orders/new", json!({"no_tenant": false})), "facts.no_tenant"),
            (about("users/shared", "orders/new", json!({"tenant": ""})), "facts.tenant"),
            (about("users/shared", "orders/new", json!({"parents": ["folders"]})), "facts.parents[0]"),
            (
                about(
                    "users/shared",
                    "orders/new",
                    json!({"parents": (0..17).map(|n| format!("k/{n}")).collect::<Vec<_>>()}),
                ),
                "facts.parents",
            ),
        ] {
            assert_eq!(root.refused(CHECK, request.clone()).await.violated(), [field], "{request}");
        }
        let mut request = about("users/shared", "", json!({}));
        request.as_object_mut().unwrap().remove("resource");
        assert_eq!(root.refused(CHECK, request.clone()).await.violated(), ["facts"]);
        request["tenant"] = "acme".into();
        assert_eq!(root.refused(CHECK, request).await.violated(), ["facts"]);
    });
}

#[test]
fn facts_are_taken_from_who_reaches_everything_alone() {
    among_goods(async |server, root| {
        root.done(PUT, put("users/shared", json!({"allow_all_objects": true}))).await;
        for caller in [ACME, BANKER, CLERK, NOBODY] {
            let caller_of = actor(server, caller).await;
            for subject in ["users/me", "users/shared", "users/absent"] {
                let refusal = caller_of.refused(CHECK, about(subject, "orders/11", json!({}))).await;
                assert_eq!(refusal.said(), (Code::PermissionDenied, "PERMISSION_DENIED"), "{caller} {subject}");
            }
            let own = caller_of.refused(CHECK, about("users/me", "orders/new", json!({"no_tenant": true}))).await;
            assert_eq!(own.fact("privilege").as_deref(), Some("bailiwick:permission:assert"), "{caller}");
        }
        let keeper = actor(server, SHOPKEEPER).await;
        let answer = keeper.done(CHECK, about("users/shared", "orders/new", json!({"no_tenant": true}))).await;
        assert_eq!((&answer["decision"], &answer["cache_ttl"]), (&json!("DECISION_ALLOWED"), &json!("0s")));
    });
}

#[test]
fn who_holds_a_role_reads_what_it_gives() {
    among_goods(async |server, root| {
        let asks = |holder: &str| json!({"name": READER, "holder": holder});
        let denied = (Code::PermissionDenied, "PERMISSION_DENIED");
        let clerk = actor(server, CLERK).await;
        assert_eq!(clerk.refused(GIVES, asks("users/me")).await.said(), denied, "he does not hold it");
        let absent = json!({"name": "applications/shop/roles/none", "holder": "users/me"});
        assert_eq!(clerk.refused(GIVES, absent.clone()).await, clerk.refused(GIVES, asks("users/me")).await);
        assert_eq!(root.refused(GIVES, absent).await.said(), denied, "also to who reads every role");
        root.done(PUT, put(CLERK, json!({}))).await;
        for holder in ["users/me", CLERK] {
            assert_eq!(strings(&clerk.done(GIVES, asks(holder)).await["privileges"]), ["order:read"]);
        }
        assert_eq!(clerk.refused(GIVES, asks("")).await.said(), denied, "it is not his to read");
        for holder in ["users/shared", "me", "clients/nobody"] {
            assert_eq!(clerk.refused(GIVES, asks(holder)).await.violated(), ["holder"]);
        }
        root.done(PUT, put(CLERK, json!({"start_time": "2100-01-01T00:00:00Z"}))).await;
        assert_eq!(clerk.refused(GIVES, asks("users/me")).await.said(), denied, "not yet");
        let member = json!({"group_member": {"group": "readers", "member": CLERK}});
        imported(root, &[member]).await;
        assert_eq!(strings(&clerk.done(GIVES, asks("users/me")).await["privileges"]), ["order:read"], "by a group");
        let entries =
            json!({"name": READER, "holder": "users/me", "view": "ROLE_PRIVILEGES_VIEW_ENTRIES", "page_size": 1});
        assert_eq!(strings(&clerk.done(GIVES, entries).await["privileges"]), ["order:read"]);
    });
}
