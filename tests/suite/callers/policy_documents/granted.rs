//! *no-escalation* of documents: whoever lacks an action of one, or reaches less with it, gives it to nobody.

use serde_json::{Value, json};
use tonic::Code;

use super::super::actor::Actor;
use super::super::shop::{self, ACME, ACME_DELEGATE, CLERK, GROUP_KEEPER, SHOPKEEPER, STAND_IN};
use super::super::stage::{actor, export, head, may};
use super::{CREATE, DESK, SHOP, TO_ROLES, TO_USERS, UPDATE, allow, changed, document, new, role};

const EXCEEDS: (Code, &str) = (Code::PermissionDenied, "GRANT_EXCEEDS_OWN_REACH");
const DENIED: (Code, &str) = (Code::PermissionDenied, "PERMISSION_DENIED");
const OWN: &str = "applications/shop/tenants/acme/roles/own-reader";

/// Each call is refused as it says, also when it is only validated, and nothing changes.
async fn refused(root: &Actor, by: &Actor, calls: &[(&str, &str, Value, (Code, &str))]) {
    let before = (export(root).await, head(root).await);
    for (what, method, request, said) in calls {
        for validate_only in [true, false] {
            let mut request = request.clone();
            request["validate_only"] = validate_only.into();
            let refusal = by.refused(method, request).await;
            assert_eq!(refusal.said(), *said, "{what}: {refusal:?}");
        }
    }
    assert_eq!((export(root).await, head(root).await), before);
}

fn to_role(role: &str) -> Value {
    json!({"name": DESK, "roles": [role]})
}

fn to_user(user: &str) -> Value {
    json!({"name": DESK, "users": [user]})
}

#[test]
fn who_lacks_an_action_gives_no_document_with_it() {
    shop::on_every_store(async |server, root| {
        // The keeper reads orders, and writes none.
        root.done(CREATE, new("desk", &[allow(&["order:read"], &["*"]), allow(&["order:write"], &["orders/7"])])).await;
        root.done(CREATE, new("all", &[allow(&["*"], &["*"])])).await;
        let keeper = actor(server, SHOPKEEPER).await;
        let all = format!("{SHOP}/privileges/all");
        refused(root, &keeper, &[
            ("to a role", TO_ROLES, to_role(&role("reader")), EXCEEDS),
            ("to a tenant's role", TO_ROLES, to_role(OWN), EXCEEDS),
            ("to one of two roles", TO_ROLES, json!({"name": DESK, "roles": [role("writer"), role("reader")]}), EXCEEDS),
            ("to a user", TO_USERS, to_user(CLERK), EXCEEDS),
            ("to himself", TO_USERS, to_user(SHOPKEEPER), EXCEEDS),
            ("everything to a role", TO_ROLES, json!({"name": all, "roles": [role("reader")]}), EXCEEDS),
            ("everything to a user", TO_USERS, json!({"name": all, "users": [SHOPKEEPER]}), EXCEEDS),
            ("as a key of a role", "RoleService/AddRolePrivileges", json!({"name": role("reader"), "privileges": ["desk"]}), EXCEEDS),
            ("in a new role", "RoleService/CreateRole", json!({"parent": SHOP, "role": {"role_name": "new", "privileges": ["desk"]}}), EXCEEDS),
            ("in a group of a role", "PrivilegeService/UpdatePrivilegeGroup",
             json!({"privilege_group": {"name": format!("{SHOP}/privilegeGroups/used"), "privileges": ["order:read", "desk"]}}), EXCEEDS),
            ("plainly", TO_USERS, json!({"name": format!("{SHOP}/privileges/order:write"), "users": [CLERK]}), EXCEEDS),
        ]).await;
        root.done(UPDATE, changed(&[allow(&["order:read"], &["*"])])).await;
        keeper.done(TO_ROLES, to_role(&role("heir"))).await;
        keeper.done(TO_USERS, to_user(CLERK)).await;
        assert!(may(root, ("shop", CLERK, "order:read"), "orders/of/acme").await);
    });
}

/// Everything is also what nobody knows yet: it takes delegate.
#[test]
fn who_has_every_action_of_today_gives_no_document_of_everything() {
    shop::on_every_store(async |server, root| {
        let keys = ["order:read", "order:write", "order:refund", "secret:read", "secret:open"];
        let role_of_all = json!({"role_name": "all of today", "privileges": keys, "privilege_patterns": ["bailiwick:*"],
            "excluded_privileges": ["bailiwick:role:delegate"], "permission_boundary": format!("{SHOP}/permissionBoundaries/application")});
        root.done("RoleService/CreateRole", json!({"parent": SHOP, "role_id": "today", "role": role_of_all})).await;
        let hold = json!({"application": SHOP, "subject": GROUP_KEEPER, "roles": [role("today")]});
        root.done("AssignmentService/AssignRoles", hold).await;
        let caller = actor(server, GROUP_KEEPER).await;
        let today = keys.map(|key| allow(&[key], &["*"]));
        caller.done(CREATE, new("desk", &today)).await;
        root.done(CREATE, new("all", &[allow(&["*"], &["*"])])).await;
        caller.done(TO_USERS, to_user("users/shared")).await;
        caller.done(TO_ROLES, to_role(&role("heir"))).await;
        let all = format!("{SHOP}/privileges/all");
        let calls = [
            ("everything to a role", TO_ROLES, json!({"name": all, "roles": [role("heir")]}), EXCEEDS),
            ("everything to a user", TO_USERS, json!({"name": all, "users": ["users/shared"]}), EXCEEDS),
            ("everything, made for a pattern", CREATE, new("more", &[allow(&["*"], &["*"])]), EXCEEDS),
            ("everything instead", UPDATE, changed(&[allow(&["*"], &["*"])]), EXCEEDS),
        ];
        refused(root, &caller, &calls).await;
        root.done(super::FROM_ROLE, json!({"name": DESK, "role": role("heir")})).await;
        refused(root, &caller, &calls[3..]).await;
    });
}

#[test]
fn who_holds_an_action_on_one_target_gives_it_on_no_other() {
    shop::on_every_store(async |server, root| {
        root.done(CREATE, new("desk", &[allow(&["secret:read"], &["orders/7"])])).await;
        root.done(CREATE, new("wide", &[allow(&["secret:read"], &["orders/7", "orders/of/acme"])])).await;
        root.done(CREATE, new("open", &[allow(&["secret:read"], &["*"])])).await;
        root.done(TO_USERS, to_user(SHOPKEEPER)).await;
        let keeper = actor(server, SHOPKEEPER).await;
        let other = |key: &str| json!({"name": format!("{SHOP}/privileges/{key}"), "users": ["users/shared"]});
        refused(
            root,
            &keeper,
            &[
                ("one more target", TO_USERS, other("wide"), EXCEEDS),
                ("every target", TO_USERS, other("open"), EXCEEDS),
                ("plainly", TO_USERS, other("secret:read"), EXCEEDS),
            ],
        )
        .await;
        keeper.done(TO_USERS, to_user("users/shared")).await;
        assert!(may(root, ("shop", "users/shared", "secret:read"), "orders/7").await);
    });
}

#[test]
fn who_changes_a_document_gives_what_it_says_anew_to_all_that_have_it() {
    shop::on_every_store(async |server, root| {
        let keeper = actor(server, SHOPKEEPER).await;
        keeper.done(CREATE, new("desk", &[allow(&["order:write"], &["*"])])).await;
        let update = |statements: &[Value]| changed(statements);
        // Nobody has it yet.
        keeper.done(UPDATE, update(&[allow(&["order:write", "order:refund"], &["orders/7"])])).await;
        root.done(TO_ROLES, to_role(&role("reader"))).await;
        root.done(TO_USERS, to_user(CLERK)).await;
        refused(
            root,
            &keeper,
            &[
                (
                    "another action",
                    UPDATE,
                    update(&[
                        allow(&["order:write", "order:refund"], &["orders/7"]),
                        allow(&["secret:read"], &["orders/7"]),
                    ]),
                    EXCEEDS,
                ),
                ("another target", UPDATE, update(&[allow(&["order:write"], &["orders/7", "orders/8"])]), EXCEEDS),
                ("every target", UPDATE, update(&[allow(&["order:write"], &["*"])]), EXCEEDS),
                ("everything", UPDATE, update(&[allow(&["*"], &["*"])]), EXCEEDS),
            ],
        )
        .await;
        keeper.done(UPDATE, update(&[allow(&["order:write"], &["orders/7"]), allow(&["order:read"], &["*"])])).await;
        // A pattern gives what is made later, at once.
        root.done(
            "RoleService/CreateRole",
            json!({"parent": SHOP, "role": {"role_name": "later", "privilege_patterns": ["later:*"]}}),
        )
        .await;
        let late = |key: &str, action: &str| json!({"parent": SHOP, "privileges": [{"key": key, "document": document(&[allow(&[action], &["*"])])}]});
        refused(
            root,
            &keeper,
            &[
                ("made for a pattern", CREATE, new("later:desk", &[allow(&["secret:read"], &["*"])]), EXCEEDS),
                (
                    "registered for a pattern",
                    "PrivilegeService/BatchRegisterPrivileges",
                    late("later:desk", "secret:read"),
                    EXCEEDS,
                ),
            ],
        )
        .await;
        keeper.done("PrivilegeService/BatchRegisterPrivileges", late("later:desk", "order:read")).await;
    });
}

#[test]
fn a_tenant_s_administrator_gives_it_in_his_tenant_and_no_further() {
    shop::on_every_store(async |server, root| {
        root.done(CREATE, new("desk", &[allow(&["order:read"], &["*"])])).await;
        root.done(CREATE, new("strong", &[allow(&["order:write"], &["orders/of/acme"])])).await;
        let strong = |request: Value| {
            let mut request = request;
            request["name"] = format!("{SHOP}/privileges/strong").into();
            request
        };
        for who in [ACME, ACME_DELEGATE] {
            let caller = actor(server, who).await;
            refused(
                root,
                &caller,
                &[
                    ("making one", CREATE, new("new", &[allow(&["order:read"], &["*"])]), DENIED),
                    ("changing it", UPDATE, changed(&[allow(&["order:read"], &["orders/7"])]), DENIED),
                    ("to a role of the application", TO_ROLES, to_role(&role("reader")), DENIED),
                    ("to one by its name", TO_ROLES, json!({"name": DESK, "role_names": ["reader"]}), DENIED),
                    (
                        "to a role of another tenant",
                        TO_ROLES,
                        to_role("applications/shop/tenants/globex/roles/own-reader"),
                        DENIED,
                    ),
                    ("to somebody of another tenant", TO_USERS, to_user("users/globex-clerk"), DENIED),
                    ("to somebody of none", TO_USERS, to_user("users/shop-clerk"), DENIED),
                    ("to somebody of two", TO_USERS, to_user("users/both-clerk"), EXCEEDS),
                ],
            )
            .await;
            caller.done(TO_ROLES, to_role(OWN)).await;
            caller.done(TO_USERS, to_user(CLERK)).await;
            caller.done(super::FROM_USER, json!({"name": DESK, "user": CLERK})).await;
            caller.done(super::FROM_ROLE, json!({"name": DESK, "role": OWN})).await;
        }
        let acme = actor(server, ACME).await;
        refused(
            root,
            &acme,
            &[
                ("what he lacks to an own role", TO_ROLES, strong(to_role(OWN)), EXCEEDS),
                ("what he lacks to an own clerk", TO_USERS, strong(to_user(CLERK)), EXCEEDS),
            ],
        )
        .await;
        let delegate = actor(server, ACME_DELEGATE).await;
        delegate.done(TO_ROLES, strong(to_role(OWN))).await;
        delegate.done(TO_USERS, strong(to_user(CLERK))).await;
        assert!(may(root, ("shop", CLERK, "order:write"), "orders/of/acme").await);
        assert!(!may(root, ("shop", CLERK, "order:write"), "orders/of/globex").await);
    });
}

#[test]
fn what_is_held_for_some_hours_is_given_to_no_user_for_good() {
    shop::on_every_store(async |server, root| {
        root.done(CREATE, new("desk", &[allow(&["order:read"], &["*"])])).await;
        let keeper = actor(server, STAND_IN).await;
        refused(
            root,
            &keeper,
            &[
                ("to a user", TO_USERS, to_user(CLERK), EXCEEDS),
                ("to a role", TO_ROLES, to_role(&role("heir")), EXCEEDS),
            ],
        )
        .await;
    });
}

#[test]
fn what_is_hidden_from_tenants_is_shown_to_their_roles_by_who_has_it_alone() {
    shop::on_every_store(async |server, root| {
        let mut hidden = new("desk", &[allow(&["order:write"], &["*"])]);
        hidden["privilege"]["tenant_visibility"] = "TENANT_VISIBILITY_NONE".into();
        root.done(CREATE, hidden).await;
        let keeper = actor(server, SHOPKEEPER).await;
        // It gives a tenant's role nothing, so nothing is lacked.
        keeper.done(TO_ROLES, to_role(OWN)).await;
        let show = json!({"privilege": {"name": DESK, "tenant_visibility": "TENANT_VISIBILITY_ALL"}});
        refused(root, &keeper, &[("shown", UPDATE, show.clone(), EXCEEDS)]).await;
        root.done("AssignmentService/AssignRoles", json!({"application": SHOP, "subject": CLERK, "roles": [OWN]}))
            .await;
        assert!(!may(root, ("shop", CLERK, "order:write"), "orders/of/acme").await);
        root.done(UPDATE, show).await;
        assert!(may(root, ("shop", CLERK, "order:write"), "orders/of/acme").await);
    });
}
