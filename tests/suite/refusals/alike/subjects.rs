//! Those to whom something is given, and what is given: absent, or out of reach.

use serde_json::{Value, json};
use tonic::Code;

use super::{alike, as_each, without};
use crate::callers::shop::{ACME, ACME_DELEGATE, CLERK, NOBODY, SHOPKEEPER};

#[test]
fn a_user_out_of_reach_is_as_if_absent() {
    let own = [
        ("DirectoryService/GetUser", json!({})),
        ("DirectoryService/ListUserGroups", json!({})),
        ("DirectoryService/DeleteUser", json!({})),
        ("DirectoryService/DeleteUser", json!({"force": true, "allow_missing": true, "etag": "stale"})),
    ];
    let given =
        json!({"application": "applications/shop", "roles": ["applications/shop/tenants/acme/roles/own-reader"]});
    let given_in = json!({"application": "applications/shop", "tenant": "acme",
                          "roles": ["applications/shop/tenants/acme/roles/own-reader"]});
    let asked = json!({"application": "applications/shop", "privilege": "order:read"});
    let shared = json!({"application": "applications/shop", "resources": ["orders/7"],
                        "role": "applications/shop/tenants/acme/roles/own-reader"});
    let as_subject = [
        ("AssignmentService/AssignRoles", given.clone()),
        ("AssignmentService/AssignRoles", given_in.clone()),
        ("AssignmentService/ReplaceSubjectRoles", given.clone()),
        ("AssignmentService/ReplaceSubjectRoles", given_in.clone()),
        ("AssignmentService/ReplaceSubjectRoles", json!({"application": "applications/shop", "etag": "stale"})),
        ("AssignmentService/ListAssignableRoles", json!({"parent": "applications/shop"})),
        ("AssignmentService/ListAssignableRoles", json!({"parent": "applications/shop", "tenant": "acme"})),
        ("AssignmentService/PutRoleAssignment", shared.clone()),
        (
            "AssignmentService/PutRoleAssignment",
            json!({"application": "applications/shop", "role_name": "none", "etag": "x"}),
        ),
        ("AssignmentService/AddRoleAssignmentResources", shared.clone()),
        ("AssignmentService/RemoveRoleAssignmentResources", shared),
        ("AssignmentService/UnassignRoles", given),
        ("AssignmentService/UnassignRoles", given_in),
        ("PermissionService/CheckPermission", asked),
        ("PermissionService/ListSubjectPrivileges", json!({"application": "applications/shop"})),
    ];
    let compact = json!({"application": "applications/shop", "compact": {"privileges": ["order:read", "none", ""]}});
    let compact = [("PermissionService/BatchCheckPermissions", compact)];
    as_each(&[ACME, ACME_DELEGATE, NOBODY], async |caller| {
        let names = ["users/globex-clerk", "users/absent", "users/shop-clerk", "users/bank-clerk", "users/shared"];
        alike(caller, &own, "name", &names).await;
        let clients = [
            "clients/shop-client",
            "clients/bank-client",
            "clients/absent",
            "applications/shop",
            "applications/absent",
        ];
        alike(caller, &as_subject, "subject", &[&names[..], &clients[..]].concat()).await;
        alike(caller, &compact, "compact.subject", &[&names[..], &clients[..]].concat()).await;
        for name in names.into_iter().chain(clients) {
            let list = json!({"parent": "applications/shop", "filter": format!("subject = \"{name}\"")});
            let refusal = caller.refused("AssignmentService/ListRoleAssignments", list).await;
            let absent = json!({"parent": "applications/shop", "filter": "subject = \"users/gone\""});
            assert_eq!(refusal, caller.refused("AssignmentService/ListRoleAssignments", absent).await, "{name}");
            let batch = json!({"parent": "applications/shop", "subjects": ["users/gone", name]});
            let results = caller.done("AssignmentService/BatchGetAssignedRoles", batch).await["results"].clone();
            assert_eq!(results[0]["error"]["code"], i32::from(Code::PermissionDenied), "{results}");
            assert_eq!(results[0]["error"], results[1]["error"], "{name}");
        }
    });
    as_each(&[SHOPKEEPER], async |caller| {
        alike(caller, &own, "name", &["users/bank-clerk", "users/shared", "users/absent"]).await;
    });
}

/// A thing that the request refers to: absent, or not to be read, it does not exist.
#[test]
fn a_thing_referred_to_that_may_not_be_read_is_as_if_absent() {
    as_each(&[ACME, ACME_DELEGATE], async |caller| {
        let assign = |role: &str| json!({"application": "applications/shop", "subject": CLERK, "roles": [role]});
        let parent = |role: &str| {
            json!({"parent": "applications/shop/tenants/acme",
            "role": {"role_name": "new", "parents": [role]}})
        };
        for (existing, absent) in [
            ("applications/shop/roles/boss", "applications/shop/roles/none"),
            ("applications/shop/roles/reader", "applications/shop/roles/absent"),
        ] {
            for (method, request) in [
                ("AssignmentService/AssignRoles", &assign as &dyn Fn(&str) -> Value),
                ("AssignmentService/ReplaceSubjectRoles", &assign),
                ("RoleService/CreateRole", &parent),
            ] {
                let (is, is_not) =
                    (caller.refused(method, request(existing)).await, caller.refused(method, request(absent)).await);
                assert_eq!(is.said(), (Code::NotFound, "NOT_FOUND"), "{method}");
                assert_eq!(without(&is, existing), without(&is_not, absent), "{method}");
            }
        }
        let own = "applications/shop/tenants/acme/roles/own-reader";
        let put =
            |scope: &str| json!({"application": "applications/shop", "subject": CLERK, "role": own, "scope": scope});
        let share = |resource: &str| json!({"application": "applications/shop", "subject": CLERK, "role": own, "resources": [resource]});
        let within = |resource: &str| {
            let selection = json!([{"type": "TYPE_PROPAGATE", "resource_id": [resource]}]);
            json!({"application": "applications/shop", "subject": CLERK, "role": own,
                   "traversal_spec_instances": [{"resource_selection": selection}]})
        };
        let (put_method, add) = ("AssignmentService/PutRoleAssignment", "AssignmentService/AddRoleAssignmentResources");
        for (method, request, existing, absent) in [
            (
                put_method,
                &put as &dyn Fn(&str) -> Value,
                "applications/shop/scopes/all-orders",
                "applications/shop/scopes/none",
            ),
            (put_method, &share, "orders/7", "orders/none"),
            (put_method, &within, "orders/7", "orders/none"),
            (add, &share, "orders/7", "orders/none"),
        ] {
            let (is, is_not) =
                (caller.refused(method, request(existing)).await, caller.refused(method, request(absent)).await);
            assert_eq!(is.said(), (Code::NotFound, "NOT_FOUND"), "{method} {existing}");
            assert_eq!(without(&is, existing), without(&is_not, absent), "{method}");
        }
        let (other, absent) =
            ("applications/shop/tenants/globex/roles/own-reader", "applications/shop/tenants/globex/roles/absent");
        let (is, is_not) = (
            caller.refused("AssignmentService/AssignRoles", assign(other)).await,
            caller.refused("AssignmentService/AssignRoles", assign(absent)).await,
        );
        assert_eq!(without(&is, other), without(&is_not, absent));
    });
}
