//! What a write of a document would do to who may do what, told before it is done.

use serde_json::{Value, json};

use super::super::actor::Actor;
use super::super::shop::{self, CLERK, SHOPKEEPER};
use super::super::stage::{actor, export, strings};
use super::{DESK, FROM_ROLE, FROM_USER, TO_ROLES, TO_USERS, UPDATE, allow, changed, desk, role};

async fn foreseen(by: &Actor, method: &str, mut request: Value) -> Value {
    request["validate_only"] = true.into();
    by.done(method, request).await["access_difference"].clone()
}

/// The rectangles as lines: who, what, on what.
fn told(rectangles: &Value) -> Vec<String> {
    let line = |rectangle: &Value| {
        let targets = &rectangle["targets"];
        let kind = targets["boundary_kind"].as_str().unwrap().trim_start_matches("KIND_");
        let (who, what) = (strings(&rectangle["subjects"]).join(" "), strings(&rectangle["privileges"]).join(" "));
        format!("{who}: {what}: {kind} {}", strings(&targets["scopes"]).join(" ")).trim_end().to_owned()
    };
    let mut lines: Vec<String> = rectangles.as_array().into_iter().flatten().map(line).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn each_write_tells_what_it_would_give_and_take_and_does_nothing() {
    shop::on_every_store(async |_, root| {
        desk(root).await;
        let hold = json!({"role": role("few"), "subjects": ["users/shop-clerk"]});
        root.done("AssignmentService/AssignRoleToSubjects", hold).await;
        let (to_roles, to_users) =
            (json!({"name": DESK, "roles": [role("few")]}), json!({"name": DESK, "users": ["users/shared"]}));
        let of = |who: &str| {
            [
                format!("{who}: order:read: APPLICATION orders/7"),
                format!("{who}: order:refund order:write: APPLICATION"),
            ]
        };
        let before = export(root).await;
        let difference = foreseen(root, TO_ROLES, to_roles.clone()).await;
        assert_eq!((told(&difference["gained"]), told(&difference["lost"])), (of("users/shop-clerk").to_vec(), vec![]));
        let difference = foreseen(root, TO_USERS, to_users.clone()).await;
        assert_eq!((told(&difference["gained"]), told(&difference["lost"])), (of("users/shared").to_vec(), vec![]));
        assert_eq!(export(root).await, before);
        root.done(TO_ROLES, to_roles.clone()).await;
        root.done(TO_USERS, to_users.clone()).await;
        let nothing = foreseen(root, TO_ROLES, to_roles).await;
        assert_eq!((nothing.get("gained"), nothing.get("lost")), (None, None));
        let before = export(root).await;
        let update =
            changed(&[allow(&["order:write", "order:refund"], &["*"]), allow(&["order:read"], &["orders/of/acme"])]);
        let difference = foreseen(root, UPDATE, update).await;
        let both = |target: &str| vec![format!("users/shared users/shop-clerk: order:read: APPLICATION {target}")];
        assert_eq!(
            (told(&difference["gained"]), told(&difference["lost"])),
            (both("orders/of/acme"), both("orders/7"))
        );
        let difference = foreseen(root, FROM_ROLE, json!({"name": DESK, "role": role("few")})).await;
        assert_eq!((told(&difference["gained"]), told(&difference["lost"])), (vec![], of("users/shop-clerk").to_vec()));
        let difference = foreseen(root, FROM_USER, json!({"name": DESK, "user": "users/shared"})).await;
        assert_eq!((told(&difference["gained"]), told(&difference["lost"])), (vec![], of("users/shared").to_vec()));
        assert_eq!(export(root).await, before);
    });
}

#[test]
fn who_may_not_ask_about_somebody_is_not_told_of_him() {
    shop::on_every_store(async |server, root| {
        let read = "applications/shop/privileges/order:read";
        root.done("AssignmentService/AssignRoles", json!({"application": "applications/shop", "subject": super::super::shop::ACME, "roles": [role("tenant-delegate")]})).await;
        let of_acme = actor(server, super::super::shop::ACME_DELEGATE).await;
        let difference = foreseen(&of_acme, TO_USERS, json!({"name": read, "users": [CLERK]})).await;
        assert_eq!(told(&difference["gained"]), ["users/acme-clerk: order:read: TENANT"]);
        let keeper = actor(server, SHOPKEEPER).await;
        let difference = foreseen(&keeper, TO_USERS, json!({"name": read, "users": [CLERK, "users/shop-clerk"]})).await;
        assert_eq!(told(&difference["gained"]).len(), 2);
    });
}
