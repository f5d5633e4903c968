//! What a write would do to who may do what, told before it is done.

use serde_json::{Value, json};

use super::actor::Actor;
use super::shop::{self, ACME, ACME_DELEGATE, CLERK, SHOPKEEPER};
use super::stage::{actor, export, may, strings};

const SHOP: &str = "applications/shop";
const ASSIGN: &str = "AssignmentService/AssignRoles";
const MEMBERS: &str = "DirectoryService/AddGroupMembers";

fn role(id: &str) -> String {
    format!("{SHOP}/roles/{id}")
}

async fn foreseen(by: &Actor, method: &str, mut request: Value) -> Value {
    request["validate_only"] = true.into();
    by.done(method, request).await["access_difference"].clone()
}

/// The rectangles as lines: who, what, on what.
fn told(rectangles: &Value) -> Vec<String> {
    let targets = |targets: &Value| {
        let short = |list: &Value| {
            strings(list).iter().map(|name| name.rsplit('/').next().unwrap()).collect::<Vec<_>>().join(" ")
        };
        let kind = targets["boundary_kind"].as_str().unwrap().trim_start_matches("KIND_");
        format!(
            "{kind} {}{}",
            short(&targets["tenants"]),
            if targets["within_tenants"].is_null() {
                String::new()
            } else {
                format!("in {}", short(&targets["within_tenants"]))
            }
        )
    };
    let line = |rectangle: &Value| {
        let except = strings(&rectangle["except_subjects"]).join(" ");
        let except = if except.is_empty() { except } else { format!(" but {except}") };
        let but: Vec<String> = rectangle["except_targets"].as_array().into_iter().flatten().map(targets).collect();
        let but = if but.is_empty() { String::new() } else { format!(" but {}", but.join(", ")) };
        let (who, what) = (strings(&rectangle["subjects"]).join(" "), strings(&rectangle["privileges"]).join(" "));
        format!("{who}{except}: {what}: {}{but}", targets(&rectangle["targets"]))
    };
    rectangles.as_array().into_iter().flatten().map(line).collect()
}

#[test]
fn a_role_for_a_group_is_told_without_its_members() {
    shop::on_every_store(async |_, root| {
        root.done(MEMBERS, json!({"name": "groups/readers", "members": ["users/shop-clerk", "clients/shop-client"]}))
            .await;
        let give = json!({"application": SHOP, "subject": "groups/readers", "roles": [role("writer")]});
        let before = export(root).await;
        let difference = foreseen(root, ASSIGN, give.clone()).await;
        assert_eq!(told(&difference["gained"]), ["groups/readers: order:write: APPLICATION "]);
        assert_eq!(told(&difference["lost"]), [""; 0]);
        assert_eq!(export(root).await, before);
        let answer = root.done(ASSIGN, give.clone()).await;
        assert_eq!(answer.get("access_difference"), None, "what is done is not foreseen");
        let again = foreseen(root, ASSIGN, give).await;
        assert_eq!((again.get("gained"), again.get("lost")), (None, None));
    });
}

#[test]
fn every_write_of_roles_boundaries_and_assignments_tells_what_it_would_do() {
    shop::on_every_store(async |_, root| {
        let of = |who: &str, roles: &[&str]| {
            let roles: Vec<String> = roles.iter().map(|id| role(id)).collect();
            json!({"application": SHOP, "subject": who, "roles": roles})
        };
        root.done(ASSIGN, of(CLERK, &["reader", "outer"])).await;
        let keys = |id: &str, keys: &[&str]| json!({"name": role(id), "privileges": keys});
        let gained = async |method: &str, request: Value| told(&foreseen(root, method, request).await["gained"]);
        let lost = async |method: &str, request: Value| told(&foreseen(root, method, request).await["lost"]);
        let clerk = "users/acme-clerk: order:read: TENANT ";
        assert_eq!(lost("AssignmentService/UnassignRoles", of(CLERK, &["reader"])).await, [clerk]);
        assert_eq!(lost("AssignmentService/ReplaceSubjectRoles", of(CLERK, &["writer"])).await, [clerk]);
        assert_eq!(
            gained("AssignmentService/ReplaceSubjectRoles", of(CLERK, &["writer"])).await,
            ["users/acme-clerk: order:write: TENANT "]
        );
        let revoke = json!({"role": role("reader"), "subject": CLERK});
        assert_eq!(lost("AssignmentService/RevokeRoleFromSubject", revoke).await, [clerk]);
        let delete = json!({"application": SHOP, "subject": CLERK, "role_name": "reader"});
        assert_eq!(lost("AssignmentService/DeleteRoleAssignment", delete).await, [clerk]);
        let give = json!({"role": role("writer"), "subjects": [CLERK, "users/shop-clerk"]});
        let both = gained("AssignmentService/AssignRoleToSubjects", give).await;
        assert_eq!(both, ["users/acme-clerk: order:write: TENANT ", "users/shop-clerk: order:write: APPLICATION "]);
        // His other role excludes globex, and he is in acme: what TENANT holds already is not gained.
        assert_eq!(
            gained("RoleService/AddRolePrivileges", keys("outer", &["order:read"])).await,
            ["users/acme-clerk: order:read: TENANT_EXCLUSION_LIST globex but TENANT "]
        );
        assert_eq!(lost("RoleService/RemoveRolePrivileges", keys("reader", &["order:read"])).await.len(), 1);
        assert_eq!(lost("RoleService/SetRolePrivileges", keys("reader", &[])).await.len(), 1);
        let groups = json!({"name": role("reader"), "privilege_groups": [format!("{SHOP}/privilegeGroups/bundle")]});
        assert_eq!(
            gained("RoleService/AddRolePrivilegeGroups", groups).await,
            ["users/acme-clerk: order:write: TENANT "]
        );
        let narrower = json!({"role": {"name": role("reader"), "permission_boundary": format!("{SHOP}/permissionBoundaries/self")}});
        assert_eq!(lost("RoleService/UpdateRole", narrower).await, ["users/acme-clerk: order:read: TENANT  but SELF "]);
        let delete = json!({"name": role("reader"), "force": true});
        assert_eq!(lost("RoleService/DeleteRole", delete).await, [clerk]);
        root.done("RoleService/AddRolePrivileges", keys("outer", &["order:write"])).await;
        let fewer = json!({"permission_boundary": {"name": format!("{SHOP}/permissionBoundaries/customers")}, "update_mask": "tenants"});
        assert_eq!(
            gained("BoundaryService/UpdatePermissionBoundary", fewer).await,
            ["users/acme-clerk: order:write: TENANT_EXCLUSION_LIST  but TENANT_EXCLUSION_LIST globex"]
        );
    });
}

#[test]
fn who_may_ask_about_some_is_told_of_those_alone() {
    shop::on_every_store(async |server, root| {
        root.done(
            MEMBERS,
            json!({"name": "groups/readers", "members": [CLERK, "users/globex-clerk", "users/shop-clerk"]}),
        )
        .await;
        let acme = actor(server, ACME_DELEGATE).await;
        // He may not give a group anything: whoever is in it would have it.
        let give = |who: &str| json!({"application": SHOP, "subject": who, "roles": [format!("{SHOP}/tenants/acme/roles/own-writer")]});
        assert!(acme.call(ASSIGN, give("groups/readers")).await.is_err());
        let difference = foreseen(&acme, ASSIGN, give("users/both-clerk")).await;
        assert_eq!(told(&difference["gained"]), ["users/both-clerk: order:write: APPLICATION in acme"]);
        let keeper = actor(server, SHOPKEEPER).await;
        let fewer = json!({"name": role("reader"), "privileges": ["order:read"]});
        let keeper = foreseen(&keeper, "RoleService/RemoveRolePrivileges", fewer).await;
        let keeper = told(&keeper["lost"]);
        assert_eq!(keeper.len(), 2, "{keeper:?}");
        assert!(may(root, ("shop", ACME, "bailiwick:permission:check"), "users/acme-clerk").await);
    });
}

#[test]
fn what_begins_later_is_told_as_it_will_be() {
    shop::on_every_store(async |_, root| {
        let give = json!({"application": SHOP, "subject": "users/shop-clerk", "roles": [role("writer")], "start_time": shop::EVENING});
        let difference = foreseen(root, ASSIGN, give).await;
        assert_eq!(difference["evaluate_time"], shop::EVENING);
        assert_eq!(told(&difference["gained"]), ["users/shop-clerk: order:write: APPLICATION "]);
    });
}
