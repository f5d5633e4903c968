//! Permission boundaries over the API: what each kind lets through, who may change them, what becomes of them.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::{Actor, Refusal};
use super::shop::{self, ACME, CLERK, SHOPKEEPER};
use super::stage::{actor, import, imported, may, names, strings};

const SHOP: &str = "applications/shop";
const CREATE: &str = "BoundaryService/CreatePermissionBoundary";
const UPDATE: &str = "BoundaryService/UpdatePermissionBoundary";
const DELETE: &str = "BoundaryService/DeletePermissionBoundary";
const GET: &str = "BoundaryService/GetPermissionBoundary";

fn name(id: &str) -> String {
    format!("{SHOP}/permissionBoundaries/{id}")
}

fn tenants(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| format!("{SHOP}/tenants/{id}")).collect()
}

async fn create(by: &Actor, id: &str, kind: &str, more: Value) -> Result<Value, Refusal> {
    let mut boundary = more;
    boundary["boundary_name"] = id.into();
    boundary["kind"] = kind.into();
    by.call(CREATE, json!({"parent": SHOP, "permission_boundary_id": id, "permission_boundary": boundary})).await
}

async fn update(by: &Actor, id: &str, more: Value, mask: &str) -> Result<Value, Refusal> {
    let mut boundary = more;
    boundary["name"] = name(id).into();
    by.call(UPDATE, json!({"permission_boundary": boundary, "update_mask": mask})).await
}

/// A role with the boundary, given to somebody.
async fn given(root: &Actor, id: &str, boundary: &str, holder: &str) {
    let role = json!({"role_name": id, "privileges": ["order:read"], "permission_boundary": name(boundary)});
    root.done("RoleService/CreateRole", json!({"parent": SHOP, "role_id": id, "role": role})).await;
    let roles = [format!("{SHOP}/roles/{id}")];
    root.done("AssignmentService/AssignRoles", json!({"application": SHOP, "subject": holder, "roles": roles})).await;
}

async fn reads(root: &Actor, who: &str, on: &str) -> bool {
    may(root, ("shop", who, "order:read"), on).await
}

#[test]
fn a_list_of_tenants_bounds_what_a_role_reaches_and_changes_at_once() {
    shop::on_every_store(async |_server, root| {
        create(root, "only", "KIND_TENANT_INCLUSION_LIST", json!({"tenants": tenants(&["globex"])})).await.unwrap();
        create(root, "but", "KIND_TENANT_EXCLUSION_LIST", json!({"tenants": tenants(&["globex"])})).await.unwrap();
        given(root, "r-only", "only", CLERK).await;
        given(root, "r-but", "but", "users/shop-clerk").await;
        let orders = ["orders/of/acme", "orders/of/globex", "orders/7", "orders/unregistered"];
        let mut found = Vec::new();
        for who in [CLERK, "users/shop-clerk"] {
            for order in orders {
                found.push(reads(root, who, order).await);
            }
        }
        assert_eq!(found, [false, true, false, false, true, false, true, false]);
        let both = json!({"tenants": tenants(&["acme", "globex"])});
        let changed = update(root, "only", both.clone(), "tenants").await.unwrap();
        assert_eq!(strings(&changed["permission_boundary"]["tenants"]), tenants(&["acme", "globex"]));
        update(root, "but", both, "tenants").await.unwrap();
        assert!(reads(root, CLERK, "orders/of/acme").await);
        assert!(!reads(root, "users/shop-clerk", "orders/of/acme").await);
        assert!(reads(root, "users/shop-clerk", "orders/7").await);
    });
}

#[test]
fn a_custom_boundary_denies_and_tells_its_value() {
    shop::on_every_store(async |_server, root| {
        let made = create(root, "hours", "KIND_CUSTOM", json!({"value": "Office hours"})).await.unwrap();
        assert_eq!(made["permission_boundary"]["value"], "Office hours");
        given(root, "r", "hours", CLERK).await;
        let ask = |resource: &str| json!({"application": SHOP, "subject": CLERK, "privilege": "order:read", "resource": resource});
        let answer = root.done("PermissionService/CheckPermission", ask("orders/of/acme")).await;
        assert_eq!(answer["decision"], "DECISION_DENIED");
        assert_eq!(strings(&answer["custom_boundaries"]), ["Office hours"]);
        let batch = json!({"checks": [ask("orders/of/acme")]});
        let answer = root.done("PermissionService/BatchCheckPermissions", batch).await;
        assert_eq!(strings(&answer["results"][0]["result"]["custom_boundaries"]), ["Office hours"]);
        // Where another path allows, nobody needs to decide.
        given(root, "plain", "application", CLERK).await;
        let answer = root.done("PermissionService/CheckPermission", ask("orders/of/acme")).await;
        assert_eq!((&answer["decision"], strings(&answer["custom_boundaries"]).len()), (&json!("DECISION_ALLOWED"), 0));
        let taken = create(root, "other", "KIND_CUSTOM", json!({"value": "OFFICE HOURS"})).await.unwrap_err();
        assert_eq!(taken.said(), (Code::AlreadyExists, "ALREADY_EXISTS"));
        assert_eq!(taken.details[1]["resource_name"], name("hours"));
    });
}

#[test]
fn a_tenant_that_is_gone_goes_on_to_exclude_and_is_included_no_more() {
    shop::on_every_store(async |_server, root| {
        let listed = || json!({"tenants": tenants(&["globex"])});
        create(root, "only", "KIND_TENANT_INCLUSION_LIST", listed()).await.unwrap();
        create(root, "but", "KIND_TENANT_EXCLUSION_LIST", listed()).await.unwrap();
        given(root, "r-only", "only", CLERK).await;
        given(root, "r-but", "but", "users/shop-clerk").await;
        let globex = format!("{SHOP}/tenants/globex");
        root.done("ApplicationService/DeleteTenant", json!({"name": globex, "force": true})).await;
        let shown =
            async |id: &str| root.done(GET, json!({"name": name(id)})).await["permission_boundary"]["tenants"].clone();
        assert_eq!(strings(&shown("only").await), [""; 0]);
        assert_eq!(strings(&shown("but").await), tenants(&["globex"]));
        // A user who was in both is excluded still, in whatever tenant.
        assert!(!reads(root, "users/shop-clerk", "users/both-clerk").await);
        let back = json!({"parent": SHOP, "tenant_id": "globex", "tenant": {}});
        root.done("ApplicationService/CreateTenant", back).await;
        assert!(!reads(root, CLERK, "tenant:globex").await, "another tenant than the one that was listed");
        assert!(!reads(root, "users/shop-clerk", "tenant:globex").await, "excluded by its id");
        // It can stay in the list that excludes, and be listed anew in the other.
        update(root, "but", listed(), "tenants").await.unwrap();
        update(root, "only", listed(), "tenants").await.unwrap();
        assert!(reads(root, CLERK, "tenant:globex").await);
    });
}

#[test]
fn a_boundary_in_use_or_predefined_stays() {
    shop::on_every_store(async |_server, root| {
        create(root, "only", "KIND_TENANT_INCLUSION_LIST", json!({})).await.unwrap();
        given(root, "r", "only", CLERK).await;
        let refusal = root.refused(DELETE, json!({"name": name("only")})).await;
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "IN_USE"));
        assert!(refusal.message.contains("1 roles"), "{}", refusal.message);
        root.done("RoleService/DeleteRole", json!({"name": format!("{SHOP}/roles/r"), "force": true})).await;
        root.done(DELETE, json!({"name": name("only")})).await;
        assert_eq!(root.refused(GET, json!({"name": name("only")})).await.said(), (Code::NotFound, "NOT_FOUND"));
        root.done(DELETE, json!({"name": name("only"), "allow_missing": true})).await;
        for id in ["application", "tenant", "self"] {
            assert_eq!(root.done(GET, json!({"name": name(id)})).await["permission_boundary"]["boundary_name"], id);
            let words = json!({"display_name": "x"});
            assert_eq!(update(root, id, words, "displayName").await.unwrap_err().reason, "PREDEFINED");
            assert_eq!(root.refused(DELETE, json!({"name": name(id)})).await.reason, "PREDEFINED");
            let again = create(root, id, "KIND_CUSTOM", json!({"value": "x"})).await.unwrap_err();
            assert_eq!(again.code, Code::AlreadyExists);
            // Nor does an import take its name.
            let line = json!({"permission_boundary": {"application": "shop", "id": "mine", "kind": "CUSTOM", "value": "x",
                "boundary_name": id.to_uppercase()}});
            assert_eq!(import(root, &[line]).await.unwrap_err().code, Code::AlreadyExists);
        }
        // Everything that is wrong is told at once.
        create(root, "only", "KIND_TENANT_INCLUSION_LIST", json!({})).await.unwrap();
        let wrong = json!({"boundary_name": "other", "kind": "KIND_CUSTOM", "value": "x"});
        let refusal = update(root, "only", wrong, "*").await.unwrap_err();
        let field = |name: &str| format!("permission_boundary.{name}");
        assert_eq!(refusal.violated(), ["boundary_name", "kind", "value"].map(field));
        let listed = root.done("BoundaryService/ListPermissionBoundaries", json!({"parent": SHOP})).await;
        assert!(names(&listed["permission_boundaries"]).contains(&name("self").as_str()));
    });
}

/// Whoever widens a boundary gives every role that refers to it to whoever may hold it.
#[test]
fn nobody_widens_a_boundary_for_more_than_he_reaches() {
    shop::on_every_store(async |server, root| {
        create(root, "only", "KIND_TENANT_INCLUSION_LIST", json!({"tenants": tenants(&["acme"])})).await.unwrap();
        create(root, "but", "KIND_TENANT_EXCLUSION_LIST", json!({"tenants": tenants(&["acme"])})).await.unwrap();
        create(root, "hours", "KIND_CUSTOM", json!({"value": "hours"})).await.unwrap();
        let role = |id: &str, boundary: &str| json!({"role": {"application": "shop", "id": id, "role_name": id, "permission_boundary": boundary}});
        let gives =
            |id: &str| json!({"role_privilege": {"application": "shop", "role": id, "privilege": "order:refund"}});
        let lines =
            ["only", "but", "hours"].map(|list| [role(&format!("r-{list}"), list), gives(&format!("r-{list}"))]);
        imported(root, &lines.concat()).await;
        let keeper = actor(server, SHOPKEEPER).await;
        for (id, more, mask) in [
            ("only", json!({"tenants": tenants(&["acme", "globex"])}), "tenants"),
            ("but", json!({"tenants": []}), "tenants"),
            ("hours", json!({"value": "always"}), "value"),
        ] {
            let refusal = update(&keeper, id, more.clone(), mask).await.unwrap_err();
            assert_eq!(refusal.said(), (Code::PermissionDenied, "GRANT_EXCEEDS_OWN_REACH"), "{id}");
            update(root, id, more, mask).await.unwrap();
        }
        // To narrow one gives nothing.
        update(&keeper, "only", json!({"tenants": []}), "tenants").await.unwrap();
        update(&keeper, "but", json!({"tenants": tenants(&["acme"])}), "tenants").await.unwrap();
        let acme = actor(server, ACME).await;
        for method in [GET, DELETE] {
            assert_eq!(acme.refused(method, json!({"name": name("but")})).await.code, Code::PermissionDenied);
        }
        let role = json!({"role_name": "mine", "permission_boundary": name("but")});
        let create = json!({"parent": format!("{SHOP}/tenants/acme"), "role": role});
        let refusal = acme.refused("RoleService/CreateRole", create).await;
        assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"), "as if the boundary were not there");
    });
}
