//! Users and clients: how they are found, what names are taken, who holds roles of which application.

use serde_json::{Value, json};
use tonic::Code;

use crate::callers::actor::Actor;
use crate::callers::shop::{self, ACME, BANKER, CLERK, SHOPKEEPER};
use crate::callers::stage::{ROOT, actor, as_root_on_every_store, imported, may, names, on_every_store, root};
use crate::harness::block_on;

async fn found(by: &Actor, method: &str, filter: &str) -> Vec<String> {
    let answer = by.done(method, json!({"filter": filter})).await;
    let list = answer.as_object().unwrap().values().find(|value| value.is_array()).cloned().unwrap_or_default();
    names(&list).into_iter().map(|name| name.rsplit('/').next().unwrap().to_owned()).collect()
}

#[test]
fn users_are_found_by_their_id_and_by_the_roles_that_they_hold() {
    as_root_on_every_store(async |root| {
        shop::open(root).await;
        let held = |holder: &str, tenant: Option<&str>, end: &str| {
            json!({"role_assignment":
            {"holder": holder, "application": "shop", "role": "reader", "tenant": tenant, "expire_time": end}})
        };
        let lines = [
            held("users/shared", None, "2100-01-01T00:00:00Z"),
            held("users/both-clerk", Some("acme"), "2001-01-01T00:00:00Z"),
            held("users/both-clerk", None, "2100-01-01T00:00:00Z"),
            held("clients/shop-client", None, "2100-01-01T00:00:00Z"),
            json!({"group_member": {"group": "readers", "member": CLERK}}),
        ];
        imported(root, &lines).await;
        let users = async |filter: &str| found(root, "DirectoryService/ListUsers", filter).await;
        assert_eq!(users("role = applications/shop/roles/reader").await, ["both-clerk", "shared"]);
        let both = "role = applications/shop/roles/reader AND tenant = applications/shop/tenants/acme";
        assert_eq!(users(both).await, ["both-clerk"]);
        assert!(users("role = applications/shop/roles/none").await.is_empty());
        assert!(users("role = applications/shop/tenants/acme/roles/reader").await.is_empty());
        assert_eq!(users("id = shared").await, ["shared"]);
        assert!(users("id = Shared").await.is_empty());
        for bad in ["role : x", "role = x", "id : x", "enabled = yes"] {
            let refusal = root.refused("DirectoryService/ListUsers", json!({"filter": bad})).await;
            assert_eq!(refusal.fields().into_iter().collect::<Vec<_>>(), ["filter"], "{bad}");
        }
    });
}

/// Who reads users, but no assignments, does not learn from a filter who holds what.
#[test]
fn a_filter_by_role_needs_the_right_to_read_assignments() {
    shop::on_every_store(async |server, root| {
        let lines = [
            json!({"role": {"application": "shop", "id": "phone-book", "role_name": "phone book"}}),
            json!({"role_privilege": {"application": "shop", "role": "phone-book", "privilege": "bailiwick:user:read"}}),
            json!({"role_assignment": {"holder": CLERK, "application": "shop", "role": "phone-book"}}),
        ];
        imported(root, &lines).await;
        let in_acme = "tenant = applications/shop/tenants/acme";
        let by_role = format!("{in_acme} AND role = applications/shop/roles/tenant-admin");
        let clerk = actor(server, CLERK).await;
        assert!(found(&clerk, "DirectoryService/ListUsers", in_acme).await.contains(&"acme-clerk".to_owned()));
        let refusal = clerk.refused("DirectoryService/ListUsers", json!({"filter": by_role})).await;
        assert_eq!(refusal.said(), (Code::PermissionDenied, "PERMISSION_DENIED"));
        assert_eq!(refusal.details[0]["metadata"]["privilege"], "bailiwick:role-assignment:read");
        let admin = actor(server, ACME).await;
        assert_eq!(found(&admin, "DirectoryService/ListUsers", &by_role).await, ["acme-admin"]);
        let elsewhere = format!("{in_acme} AND role = applications/bank/roles/banker");
        for caller in [&admin, &actor(server, SHOPKEEPER).await] {
            let refusal = caller.refused("DirectoryService/ListUsers", json!({"filter": elsewhere})).await;
            assert_eq!(refusal.code, Code::PermissionDenied);
        }
    });
}

#[test]
fn clients_are_found_by_what_owns_them() {
    shop::on_every_store(async |server, root| {
        imported(
            root,
            &[json!({"client": {"id": "off", "application": "shop", "enabled": false, "display_name": "It's Off"}})],
        )
        .await;
        let list = "DirectoryService/ListClients";
        let of_shop = "application = applications/shop";
        assert_eq!(found(root, list, of_shop).await, ["acme-client", "off", "shop-client"]);
        assert_eq!(found(root, list, "tenant = applications/shop/tenants/acme").await, ["acme-client"]);
        assert_eq!(found(root, list, "tenant = applications/bank/tenants/acme").await, [""; 0]);
        assert_eq!(found(root, list, "enabled = false").await, ["off"]);
        assert_eq!(found(root, list, "display_name : \"'s O\" AND id = off").await, ["off"]);
        let keeper = actor(server, SHOPKEEPER).await;
        assert_eq!(found(&keeper, list, of_shop).await.len(), 3);
        let admin = actor(server, ACME).await;
        assert_eq!(found(&admin, list, "tenant = applications/shop/tenants/acme").await, ["acme-client"]);
        for (caller, filter) in [(&keeper, ""), (&admin, of_shop), (&keeper, "application = applications/bank")] {
            let refusal = caller.refused(list, json!({"filter": filter})).await;
            assert_eq!(refusal.code, Code::PermissionDenied, "{filter}");
        }
    });
}

#[test]
fn a_client_needs_no_right_to_read_itself() {
    shop::on_every_store(async |server, _| {
        let nobody = actor(server, shop::NOBODY).await;
        let read = nobody.done("DirectoryService/GetClient", json!({"name": shop::NOBODY})).await;
        assert_eq!((&read["client"]["owner"], &read["client"]["enabled"]), (&json!("applications/bank"), &json!(true)));
        let other = nobody.refused("DirectoryService/GetClient", json!({"name": "clients/bank-client"})).await;
        assert_eq!(other.code, Code::PermissionDenied);
    });
}

/// Who may read the thing that has a name is told which it is; anybody else learns that the name is taken, no more.
#[test]
fn a_taken_name_says_whose_it_is_to_who_may_know() {
    shop::on_every_store(async |server, root| {
        let of_acme = |name: &str| {
            json!({"user": {"username": name, "application": "applications/shop",
            "tenants": ["applications/shop/tenants/acme"]}})
        };
        let create = "DirectoryService/CreateUser";
        let info = |refusal: &crate::callers::actor::Refusal| {
            assert_eq!(refusal.said(), (Code::AlreadyExists, "ALREADY_EXISTS"));
            let info = &refusal.details[1];
            (info["resource_type"].clone(), info["resource_name"].clone())
        };
        let admin = actor(server, ACME).await;
        let known = admin.refused(create, of_acme("Acme-CLERK")).await;
        assert_eq!(info(&known), (json!("user"), json!(CLERK)));
        assert!(known.message.contains("Acme-CLERK") && known.message.contains(CLERK), "{}", known.message);
        let hidden = admin.refused(create, of_acme("Globex-CLERK")).await;
        assert_eq!(info(&hidden), (json!("user"), json!("Globex-CLERK")));
        assert!(!format!("{hidden:?}").contains("globex-clerk"), "{hidden:?}");
        let group = json!({"group": {"group_name": "WEAK"}});
        let refusal = root.refused("DirectoryService/CreateGroup", group).await;
        assert_eq!(info(&refusal), (json!("group"), json!("groups/weak")));
        let bundle = json!({"parent": "applications/shop", "privilege_group": {"group_name": "BUNDLE"}});
        let refusal = root.refused("PrivilegeService/CreatePrivilegeGroup", bundle).await;
        assert_eq!(info(&refusal), (json!("privilege group"), json!("applications/shop/privilegeGroups/bundle")));
        let role = json!({"parent": "applications/shop", "role": {"role_name": "BOSS"}});
        let refusal = root.refused("RoleService/CreateRole", role).await;
        assert_eq!(info(&refusal), (json!("role"), json!("applications/shop/roles/boss")));
    });
}

/// Users and clients of one application hold no roles of another; who may read them is told so.
#[test]
fn a_holder_of_another_application_is_told_apart_from_one_that_is_not_there() {
    shop::on_every_store(async |server, root| {
        let give = |subject: &str| json!({"application": "applications/bank", "subject": subject, "roles": ["applications/bank/roles/banker"]});
        let assign = "AssignmentService/AssignRoles";
        for holder in ["clients/shop-client", "users/shop-clerk"] {
            let refusal = root.refused(assign, give(holder)).await;
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "ROLE_NOT_ASSIGNABLE"), "{holder}");
            assert!(refusal.message.contains("applications/shop"), "{}", refusal.message);
            let banker = actor(server, BANKER).await;
            let (is, is_not) =
                (banker.refused(assign, give(holder)).await, banker.refused(assign, give("users/none")).await);
            assert_eq!(is.code, is_not.code, "{holder}");
            assert!(!is.message.contains("applications/shop"), "{is:?}");
        }
        assert_eq!(root.refused(assign, give("clients/none")).await.said(), (Code::NotFound, "NOT_FOUND"));
    });
}

#[test]
fn the_local_administrator_is_a_client_like_another() {
    on_every_store(&["users/second"], |server| {
        block_on(async {
            let root = root(&server).await;
            let changed = json!({"client": {"name": ROOT, "display_name": "Here"}});
            assert_eq!(root.done("DirectoryService/UpdateClient", changed).await["client"]["display_name"], "Here");
            let last = (Code::FailedPrecondition, "LAST_ADMINISTRATOR");
            let off = json!({"client": {"name": ROOT, "enabled": false}});
            let gone = json!({"name": ROOT, "force": true});
            assert_eq!(root.refused("DirectoryService/UpdateClient", off.clone()).await.said(), last);
            assert_eq!(root.refused("DirectoryService/DeleteClient", gone.clone()).await.said(), last);
            let lines = [
                json!({"user": {"id": "second", "username": "second"}}),
                json!({"role_assignment": {"holder": "users/second", "application": "bailiwick", "role": "administrator"}}),
            ];
            imported(&root, &lines).await;
            root.done("DirectoryService/UpdateClient", off).await;
            let second = actor(&server, "users/second").await;
            assert!(!may(&second, ("bailiwick", ROOT, "bailiwick:server:read"), "").await);
            second.done("DirectoryService/DeleteClient", gone).await;
            let again = json!({"client_id": "local-administrator", "client": {"owner": "applications/bailiwick"}});
            second.done("DirectoryService/CreateClient", again).await;
            assert!(!may(&second, ("bailiwick", ROOT, "bailiwick:server:read"), "").await, "it inherits nothing");
        });
    });
}

/// The first tenant makes a user one of tenants for good; the others come and go.
#[test]
fn tenants_come_and_go_and_the_level_stays() {
    as_root_on_every_store(async |root| {
        shop::open(root).await;
        let move_to = async |tenants: &[&str]| {
            let user = json!({"name": "users/shop-clerk", "tenants": tenants});
            let answer =
                root.done("DirectoryService/UpdateUser", json!({"user": user, "update_mask": "tenants"})).await;
            (answer["user"]["tenants"].clone(), answer["user"]["tenant_level"].clone())
        };
        let (acme, globex) = ("applications/shop/tenants/acme", "applications/shop/tenants/globex");
        assert_eq!(move_to(&[]).await, (Value::Null, Value::Null));
        assert_eq!(move_to(&[globex, acme, globex]).await, (json!([acme, globex]), json!(true)));
        assert_eq!(move_to(&[globex]).await, (json!([globex]), json!(true)));
        assert_eq!(move_to(&[]).await, (Value::Null, json!(true)));
        let none = json!({"user": {"name": "users/shop-clerk", "tenants": ["applications/shop/tenants/none"]}});
        assert_eq!(root.refused("DirectoryService/UpdateUser", none).await.code, Code::NotFound);
    });
}
