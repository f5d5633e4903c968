//! The way of a document from its making to its end, with what it gives asked at every step.

use serde_json::{Value, json};

use super::super::shop::{self, CLERK};
use super::super::stage::{decision, may, strings};
use super::{
    CREATE, DELETE, DESK, FROM_ROLE, FROM_USER, GET, LIST, ROLES, SHOP, TO_ROLES, TO_USERS, UPDATE, USERS, allow,
    changed, desk, document, new, role,
};

const CLERK_OF_SHOP: &str = "users/shop-clerk";

#[test]
fn a_document_is_told_as_a_set_and_lists_tell_it_when_asked() {
    shop::on_every_store(async |_, root| {
        let statements = [
            allow(&["order:write", "order:read", "order:write"], &["orders/of/acme", "orders/7", "orders/7"]),
            allow(&["order:read"], &["*"]),
            allow(&["order:read", "order:write"], &["orders/7", "orders/of/acme"]),
        ];
        let made = root.done(CREATE, new("desk", &statements)).await["privilege"].clone();
        let told =
            [allow(&["order:read"], &["*"]), allow(&["order:read", "order:write"], &["orders/7", "orders/of/acme"])];
        assert_eq!(made["document"], document(&told));
        assert_eq!(
            (&made["name"], &made["object_scoped"], &made["kind"]),
            (&json!(DESK), &json!(true), &json!("KIND_CUSTOM"))
        );
        assert_eq!(root.done(GET, json!({"name": DESK})).await["privilege"], made);
        let list = |view: &str| json!({"parent": SHOP, "keys": ["desk", "order:read"], "view": view});
        for view in ["PRIVILEGE_VIEW_UNSPECIFIED", "PRIVILEGE_VIEW_BASIC"] {
            let listed = root.done(LIST, list(view)).await["privileges"].clone();
            assert_eq!(listed[0]["document"], json!({"version": "2022-06-30"}), "{view}");
            assert_eq!((&listed[0]["etag"], &listed[1]["document"]), (&made["etag"], &Value::Null));
        }
        let listed = root.done(LIST, list("PRIVILEGE_VIEW_FULL")).await["privileges"].clone();
        assert_eq!(listed[0], made);
        for (asked, given) in [(0, 10), (3, 3), (11, 10), (1_000, 10)] {
            let page = json!({"parent": SHOP, "view": "PRIVILEGE_VIEW_FULL", "page_size": asked});
            assert_eq!(root.done(LIST, page).await["privileges"].as_array().unwrap().len(), given);
        }
    });
}

#[test]
fn what_a_document_gives_to_roles_reaches_everybody_who_holds_them_and_ends_with_it() {
    shop::on_every_store(async |_, root| {
        desk(root).await;
        let seven = ("shop", CLERK_OF_SHOP, "order:read");
        let hold = json!({"role": role("grouped"), "subjects": [CLERK_OF_SHOP, "users/shared"]});
        root.done("AssignmentService/AssignRoleToSubjects", hold).await;
        root.done("RoleService/SetRolePrivileges", json!({"name": role("grouped"), "privileges": []})).await;
        let none = json!({"name": role("grouped"), "privilege_groups": [format!("{SHOP}/privilegeGroups/used")]});
        root.done("RoleService/RemoveRolePrivilegeGroups", none).await;
        assert_eq!(decision(root, seven, "orders/7").await, "NOT_GRANTED");
        let given = root
            .done(TO_ROLES, json!({"name": DESK, "roles": [role("grouped")], "role_names": ["HEIR", "Grouped"]}))
            .await;
        assert_eq!(strings(&given["roles"]), [role("grouped"), role("heir")]);
        assert_eq!(given.get("access_difference"), None);
        for who in [CLERK_OF_SHOP, "users/shared"] {
            let asks = async |key, target| may(root, ("shop", who, key), target).await;
            assert!(asks("order:read", "orders/7").await && !asks("order:read", "orders/of/acme").await, "{who}");
            assert!(asks("order:write", "orders/of/acme").await && asks("order:refund", "").await, "{who}");
            assert_eq!(decision(root, ("shop", who, "order:read"), "").await, "RESOURCE_REQUIRED", "{who}");
            assert_eq!(
                decision(root, ("shop", who, "desk"), "orders/7").await,
                "NOT_GRANTED",
                "its own key is no right"
            );
        }
        let gives = root.done("RoleService/ListRolePrivileges", json!({"name": role("grouped")})).await;
        assert_eq!(strings(&gives["privileges"]), ["desk", "order:read", "order:refund", "order:write"]);
        let updated = root.done(UPDATE, changed(&[allow(&["order:read"], &["*"])])).await["privilege"].clone();
        assert_eq!(updated["document"], document(&[allow(&["order:read"], &["*"])]));
        assert!(may(root, seven, "orders/of/acme").await && may(root, seven, "").await);
        assert!(!may(root, ("shop", CLERK_OF_SHOP, "order:write"), "orders/7").await);
        let has = root.done(ROLES, json!({"name": DESK})).await;
        assert_eq!((strings(&has["roles"]), &has["total_size"]), (vec![&*role("grouped"), &*role("heir")], &json!(2)));
        root.done(FROM_ROLE, json!({"name": DESK, "role_name": "GROUPED"})).await;
        assert_eq!(decision(root, seven, "orders/7").await, "NOT_GRANTED");
        let refusal = root.refused(FROM_ROLE, json!({"name": DESK, "role": role("grouped")})).await;
        assert_eq!(refusal.said(), (tonic::Code::NotFound, "NOT_FOUND"), "{refusal:?}");
    });
}

#[test]
fn a_privilege_of_a_user_itself_stands_as_a_role_that_gives_only_it() {
    shop::on_every_store(async |_, root| {
        desk(root).await;
        let users = ["users/shop-clerk", CLERK, "users/shared"];
        root.done(TO_USERS, json!({"name": DESK, "users": users})).await;
        for who in users {
            assert!(may(root, ("shop", who, "order:write"), "orders/of/acme").await, "{who}");
        }
        // Who has tenants reaches what is in them.
        assert!(!may(root, ("shop", CLERK, "order:write"), "orders/of/globex").await);
        assert!(!may(root, ("shop", CLERK, "order:read"), "orders/7").await);
        assert!(may(root, ("shop", "users/shared", "order:read"), "orders/7").await);
        let plain = format!("{SHOP}/privileges/secret:read");
        root.done(TO_USERS, json!({"name": plain, "users": ["users/shared"]})).await;
        assert!(may(root, ("shop", "users/shared", "secret:read"), "").await);
        let listed = root.done(USERS, json!({"name": DESK})).await;
        assert_eq!(strings(&listed["users"]), [CLERK, "users/shared", "users/shop-clerk"]);
        assert_eq!(listed["total_size"], 3);
        root.done(FROM_USER, json!({"name": DESK, "user": "users/shared"})).await;
        assert_eq!(decision(root, ("shop", "users/shared", "order:write"), "orders/7").await, "NOT_GRANTED");
        assert!(may(root, ("shop", "users/shared", "secret:read"), "").await);
        let refusal = root.refused(FROM_USER, json!({"name": DESK, "user": "users/shared"})).await;
        assert_eq!(refusal.said(), (tonic::Code::NotFound, "NOT_FOUND"), "{refusal:?}");
        root.done(DELETE, json!({"name": DESK, "force": true})).await;
        assert!(!may(root, ("shop", CLERK, "order:write"), "orders/of/acme").await);
        assert_eq!(root.refused(USERS, json!({"name": DESK})).await.code, tonic::Code::NotFound);
        // Created again it is nobody's.
        desk(root).await;
        assert_eq!(root.done(USERS, json!({"name": DESK})).await.get("total_size"), None);
        assert!(!may(root, ("shop", CLERK, "order:write"), "orders/of/acme").await);
    });
}

#[test]
fn a_scope_of_a_role_means_those_who_hold_it_now() {
    shop::on_every_store(async |_, root| {
        let register = json!({"parent": SHOP, "privileges": [{"key": "users:unlock"}, {"key": "apps:restart"},
            {"key": "desk", "document": document(&[allow(&["users:unlock"], &["roles/reader"]), allow(&["apps:restart"], &["roles/reader"])])}]});
        let answer = root.done("PrivilegeService/BatchRegisterPrivileges", register.clone()).await;
        assert_eq!(answer["privileges"][2]["document"], json!({"version": "2022-06-30"}));
        let again = root.done("PrivilegeService/BatchRegisterPrivileges", register).await;
        assert_eq!(again["privileges"], answer["privileges"]);
        root.done(TO_USERS, json!({"name": DESK, "users": ["users/helper"]})).await;
        let unlocks = async |who: &str| may(root, ("shop", "users/helper", "users:unlock"), who).await;
        let restarts = async |who: &str| may(root, ("shop", "users/helper", "apps:restart"), who).await;
        assert!(!unlocks(CLERK).await && !restarts("clients/shop-client").await);
        let hold = |subjects: &[&str]| json!({"role": role("reader"), "subjects": subjects});
        root.done("AssignmentService/AssignRoleToSubjects", hold(&[CLERK])).await;
        root.done("AssignmentService/AssignRoleToSubjects", hold(&["clients/shop-client"])).await;
        assert!(unlocks(CLERK).await && restarts("clients/shop-client").await);
        assert!(!unlocks("clients/shop-client").await && !restarts(CLERK).await && !unlocks("roles/reader").await);
        root.done(
            "DirectoryService/AddGroupMembers",
            json!({"name": "groups/readers", "members": ["users/shop-clerk"]}),
        )
        .await;
        assert!(unlocks("users/shop-clerk").await, "through a group");
        root.done("AssignmentService/RevokeRoleFromSubject", json!({"role": role("reader"), "subject": CLERK})).await;
        assert!(!unlocks(CLERK).await);
    });
}
