//! What a tenant's administrator cannot do, with delegate and without it: delegate stands in for a privilege, and
//! never for the reach.

use serde_json::{Value, json};

use super::super::shop::{ACME, ACME_DELEGATE};
use super::{ABSENT, Attempt, DENIED, EXCEEDS, INVALID, assign, attempt, create, refuse};

const OWN: &str = "applications/shop/tenants/acme";
const OTHER: &str = "applications/shop/tenants/globex";
const CLERK: &str = "users/acme-clerk";

#[test]
fn a_tenant_s_administrator_passes_on_nothing_that_he_lacks() {
    refuse(ACME, || {
        let own_reader = "applications/shop/tenants/acme/roles/own-reader";
        let change = |what, method, words: Value| {
            let mut request = words;
            request["name"] = own_reader.into();
            attempt(what, method, request, EXCEEDS)
        };
        vec![
            create("a key that he lacks", OWN, &json!({"privileges": ["order:write"]}), EXCEEDS),
            create("delegate", OWN, &json!({"privileges": ["bailiwick:role:delegate"]}), EXCEEDS),
            create(
                "a key that his boundary does not give",
                OWN,
                &json!({"privileges": ["bailiwick:group:read"]}),
                EXCEEDS,
            ),
            create("a pattern", OWN, &json!({"privilege_patterns": ["order:re*"]}), EXCEEDS),
            create("a parent with more", OWN, &json!({"parents": [format!("{OWN}/roles/own-writer")]}), EXCEEDS),
            create(
                "a key with a wider boundary",
                OWN,
                &json!({"privileges": ["order:write"],
                "permission_boundary": "applications/shop/permissionBoundaries/application"}),
                EXCEEDS,
            ),
            change("a key for an own role", "RoleService/AddRolePrivileges", json!({"privileges": ["order:write"]})),
            change("a pattern for an own role", "RoleService/AddRolePrivileges", json!({"privilege_patterns": ["*"]})),
            change("a set for an own role", "RoleService/SetRolePrivileges", json!({"privileges": ["order:write"]})),
            assign("a stronger role to himself", ACME, &["applications/shop/tenants/acme/roles/own-writer"], EXCEEDS),
            assign("a stronger role to another", CLERK, &["applications/shop/tenants/acme/roles/own-writer"], EXCEEDS),
        ]
    });
}

/// What neither of the two may.
fn beyond_the_tenant() -> Vec<Attempt> {
    let nothing = json!({});
    let named = |what, method, name: &str| attempt(what, method, json!({"name": name, "force": true}), DENIED);
    let add = |what, role: &str| {
        attempt(what, "RoleService/AddRolePrivileges", json!({"name": role, "privileges": ["order:read"]}), DENIED)
    };
    vec![
        create("a role of the application", "applications/shop", &nothing, DENIED),
        create("a role of another tenant", OTHER, &nothing, DENIED),
        create("a role of another application's tenant", "applications/bank/tenants/acme", &nothing, DENIED),
        create("a role of ours", "applications/bailiwick", &nothing, DENIED),
        create("a role of a tenant that is not there", "applications/shop/tenants/none", &nothing, DENIED),
        create("a role that more people may hold", OWN, &json!({"tenant_visibility": {"mode": "MODE_ALL"}}), INVALID),
        create("a parent of another tenant", OWN, &json!({"parents": [format!("{OTHER}/roles/own-reader")]}), INVALID),
        create("a parent that he may not read", OWN, &json!({"parents": ["applications/shop/roles/boss"]}), ABSENT),
        add("a key for the role that he holds", "applications/shop/roles/tenant-admin"),
        add("a key for another tenant's role", "applications/shop/tenants/globex/roles/own-reader"),
        add("a key for our administrator", "applications/bailiwick/roles/administrator"),
        named("the end of an application's role", "RoleService/DeleteRole", "applications/shop/roles/capped"),
        named("the end of another tenant's role", "RoleService/DeleteRole", &format!("{OTHER}/roles/own-reader")),
        named("the end of his tenant", "ApplicationService/DeleteTenant", OWN),
        named("the end of another tenant", "ApplicationService/DeleteTenant", OTHER),
        named("the end of another tenant's user", "DirectoryService/DeleteUser", "users/globex-clerk"),
        named("the end of the application's user", "DirectoryService/DeleteUser", "users/shop-clerk"),
        named("the end of his application's administrator", "DirectoryService/DeleteUser", "users/shopkeeper"),
        attempt(
            "a tenant",
            "ApplicationService/CreateTenant",
            json!({"parent": "applications/shop", "tenant_id": "new", "tenant": {}}),
            DENIED,
        ),
        attempt(
            "a privilege",
            "PrivilegeService/BatchRegisterPrivileges",
            json!({"parent": "applications/shop", "privileges": [{"key": "new"}]}),
            DENIED,
        ),
        attempt(
            "himself in a strong group",
            "DirectoryService/AddGroupMembers",
            json!({"name": "groups/strong", "members": [ACME]}),
            DENIED,
        ),
    ]
}

fn in_tenant(what: &'static str, subject: &str, role: &str, tenant: &str) -> Attempt {
    let request = json!({"application": "applications/shop", "subject": subject, "roles": [role], "tenant": tenant});
    attempt(what, "AssignmentService/AssignRoles", request, DENIED)
}

/// Roles given further than he reaches.
fn wider_reach() -> Vec<Attempt> {
    let own = "applications/shop/tenants/acme/roles/own-reader";
    let reader = "applications/shop/roles/reader";
    vec![
        assign("an application's role, which he may not read", CLERK, &[reader], ABSENT),
        assign("the application's strongest role to himself", ACME_DELEGATE, &["applications/shop/roles/boss"], ABSENT),
        assign("another tenant's role", CLERK, &["applications/shop/tenants/globex/roles/own-reader"], ABSENT),
        assign("an own role to another tenant's user", "users/globex-clerk", &[own], DENIED),
        assign("an own role to the application's user", "users/shop-clerk", &[own], DENIED),
        assign("an own role to another application's user", "users/bank-clerk", &[own], DENIED),
        assign("an own role to a shared user", "users/shared", &[own], DENIED),
        assign("an own role to a group that he is in", "groups/weak", &[own], DENIED),
        assign("an own role to a strong group", "groups/strong", &[own], DENIED),
        assign("an own role to the application's client", "clients/shop-client", &[own], DENIED),
        assign("an own role to the application", "applications/shop", &[own], DENIED),
        in_tenant("in another tenant, by its id", "users/both-clerk", own, "globex"),
        in_tenant("in another tenant, by its name", "users/both-clerk", own, OTHER),
        in_tenant("in a tenant that is not there", CLERK, own, "none"),
        attempt(
            "less for another tenant's user",
            "AssignmentService/UnassignRoles",
            json!({"application": "applications/shop", "subject": "users/globex-clerk", "roles": [own]}),
            DENIED,
        ),
        attempt(
            "less for his application's administrator",
            "AssignmentService/UnassignRoles",
            json!({"application": "applications/shop", "subject": "users/shopkeeper",
                   "roles": ["applications/shop/roles/shopkeeper"]}),
            DENIED,
        ),
    ]
}

/// Users made where he has nothing to say.
fn users_elsewhere() -> Vec<Attempt> {
    let user =
        |what, user: Value, refused| attempt(what, "DirectoryService/CreateUser", json!({"user": user}), refused);
    let shop = "applications/shop";
    vec![
        user("a user of the application", json!({"username": "new", "application": shop}), DENIED),
        user("a user of another tenant", json!({"username": "new", "application": shop, "tenants": [OTHER]}), DENIED),
        user(
            "a user of his tenant and another",
            json!({"username": "new", "application": shop, "tenants": [OWN, OTHER]}),
            DENIED,
        ),
        user("a user of the shared directory", json!({"username": "new"}), DENIED),
        user(
            "a shared user of another application's tenant",
            json!({"username": "new", "tenants": ["applications/bank/tenants/acme"]}),
            DENIED,
        ),
        attempt(
            "an id of his choice",
            "DirectoryService/CreateUser",
            json!({"user_id": "chosen", "user": {"username": "new", "application": shop, "tenants": [OWN]}}),
            INVALID,
        ),
    ]
}

#[test]
fn a_tenant_s_administrator_does_nothing_outside_of_it() {
    refuse(ACME, || [beyond_the_tenant(), wider_reach(), users_elsewhere()].into_iter().flatten().collect());
}

#[test]
fn delegate_stands_in_for_a_privilege_and_never_for_the_reach() {
    refuse(ACME_DELEGATE, || [beyond_the_tenant(), wider_reach(), users_elsewhere()].into_iter().flatten().collect());
}
