//! What the administrator of an application cannot do: he holds most `bailiwick:` keys and `order:read`, and may not
//! pass on what he lacks.

use serde_json::{Value, json};

use super::super::shop::SHOPKEEPER;
use super::{ABSENT, Attempt, DENIED, EXCEEDS, INVALID, assign, attempt, create, refuse};

const SHOP: &str = "applications/shop";

#[test]
fn an_application_s_administrator_makes_no_role_that_gives_more_than_he_has() {
    refuse(SHOPKEEPER, || {
        vec![
            create("a privilege that he lacks", SHOP, &json!({"privileges": ["order:read", "order:write"]}), EXCEEDS),
            create(
                "a pattern, which follows the catalogue",
                SHOP,
                &json!({"privilege_patterns": ["order:*"]}),
                EXCEEDS,
            ),
            create("a pattern that matches nothing yet", SHOP, &json!({"privilege_patterns": ["later:*"]}), EXCEEDS),
            create("every key of ours", SHOP, &json!({"privilege_patterns": ["bailiwick:*"]}), EXCEEDS),
            create("the right to delegate", SHOP, &json!({"privileges": ["bailiwick:role:delegate"]}), EXCEEDS),
            create("a strong parent", SHOP, &json!({"parents": ["applications/shop/roles/boss"]}), EXCEEDS),
            create("a parent with one key", SHOP, &json!({"parents": ["applications/shop/roles/writer"]}), EXCEEDS),
            create(
                "a parent, less an exclusion that does not reach far enough",
                SHOP,
                &json!({"parents": ["applications/shop/roles/boss"], "excluded_privileges": ["order:*"]}),
                EXCEEDS,
            ),
            create(
                "more than he has, to be held by the subject alone",
                SHOP,
                &json!({"privileges": ["secret:read"],
                        "permission_boundary": "applications/shop/permissionBoundaries/self"}),
                EXCEEDS,
            ),
            create(
                "a role of a tenant",
                "applications/shop/tenants/acme",
                &json!({"privileges": ["order:write"]}),
                EXCEEDS,
            ),
            create(
                "a parent of another application",
                SHOP,
                &json!({"parents": ["applications/bank/roles/banker"]}),
                INVALID,
            ),
            create("an unregistered key", SHOP, &json!({"privileges": ["order:new"]}), INVALID),
        ]
    });
}

fn change(what: &'static str, method: &'static str, role: &str, words: Value) -> Attempt {
    let mut request = words;
    request["name"] = role.into();
    attempt(what, method, request, EXCEEDS)
}

#[test]
fn an_application_s_administrator_adds_nothing_to_a_role_that_he_lacks() {
    refuse(SHOPKEEPER, || {
        let (add, set) = ("RoleService/AddRolePrivileges", "RoleService/SetRolePrivileges");
        let (reader, own) = ("applications/shop/roles/reader", "applications/shop/roles/shopkeeper");
        let capped = "applications/shop/roles/capped";
        let admin = "applications/bailiwick/roles/administrator";
        vec![
            change("a key for others", add, reader, json!({"privileges": ["order:write"]})),
            change("a key for the role that he holds", add, own, json!({"privileges": ["order:write"]})),
            change("delegate for the role that he holds", add, own, json!({"privileges": ["bailiwick:role:delegate"]})),
            change("a pattern for the role that he holds", add, own, json!({"privilege_patterns": ["*"]})),
            change("a key that an exclusion holds back", add, capped, json!({"privileges": ["order:write"]})),
            change(
                "the lifting of an exclusion, word for word",
                add,
                capped,
                json!({"privilege_patterns": ["secret:*"]}),
            ),
            change("another set", set, reader, json!({"privileges": ["order:read", "order:write"]})),
            change("another set of patterns", set, reader, json!({"privilege_patterns": ["*"]})),
            change("a set for the role that he holds", set, own, json!({"privilege_patterns": ["bailiwick:*", "*"]})),
            attempt(
                "our own administrator",
                add,
                json!({"name": admin, "privileges": ["bailiwick:role:read"]}),
                DENIED,
            ),
            attempt(
                "a role of another application",
                add,
                json!({"name": "applications/bank/roles/banker",
                    "privileges": ["account:read"]}),
                DENIED,
            ),
        ]
    });
}

#[test]
fn an_application_s_administrator_gives_no_role_that_is_stronger_than_he_is() {
    refuse(SHOPKEEPER, || {
        let writer = &["applications/shop/roles/writer"];
        let elsewhere = |what, application: &str, subject: &str, role: &str, refused| {
            let request = json!({"application": application, "subject": subject, "roles": [role]});
            attempt(what, "AssignmentService/AssignRoles", request, refused)
        };
        let administrator = "applications/bailiwick/roles/administrator";
        vec![
            assign("to himself", SHOPKEEPER, writer, EXCEEDS),
            assign("the strongest to himself", SHOPKEEPER, &["applications/shop/roles/boss"], EXCEEDS),
            assign("to another", "users/shop-clerk", writer, EXCEEDS),
            assign("to a tenant's user", "users/acme-clerk", writer, EXCEEDS),
            assign(
                "a tenant's role",
                "users/acme-clerk",
                &["applications/shop/tenants/acme/roles/own-writer"],
                EXCEEDS,
            ),
            assign("one that reaches the holder alone", "users/shop-clerk", &["applications/shop/roles/own"], EXCEEDS),
            assign("delegate", SHOPKEEPER, &["applications/shop/roles/tenant-delegate"], EXCEEDS),
            assign("to a group that he is in", "groups/weak", writer, EXCEEDS),
            assign("to the application, which stands for its clients", "applications/shop", writer, EXCEEDS),
            assign(
                "among others that he could give",
                SHOPKEEPER,
                &["applications/shop/roles/reader", "applications/shop/roles/writer"],
                EXCEEDS,
            ),
            assign("a role of ours in his application", SHOPKEEPER, &[administrator], ABSENT),
            assign("a role of another application", SHOPKEEPER, &["applications/bank/roles/banker"], ABSENT),
            elsewhere("a role of ours", "applications/bailiwick", SHOPKEEPER, administrator, DENIED),
            elsewhere(
                "a role of ours to a shared user",
                "applications/bailiwick",
                "users/shared",
                administrator,
                DENIED,
            ),
            elsewhere(
                "a role of the bank",
                "applications/bank",
                "users/bank-clerk",
                "applications/bank/roles/banker",
                DENIED,
            ),
            // Who belongs to the bank is nobody in the shop, and who reaches all of the shop is told so.
            elsewhere(
                "a role to the bank's user",
                "applications/shop",
                "users/bank-clerk",
                "applications/shop/roles/reader",
                ABSENT,
            ),
            elsewhere(
                "a role to the bank's clients",
                "applications/shop",
                "applications/bank",
                "applications/shop/roles/reader",
                ABSENT,
            ),
        ]
    });
}

#[test]
fn an_application_s_administrator_makes_nothing_outside_of_it() {
    refuse(SHOPKEEPER, || {
        let make = |what, method, request: Value| attempt(what, method, request, DENIED);
        let user = |what, user: Value| make(what, "DirectoryService/CreateUser", json!({"user": user}));
        let group = json!({"group_id": "new", "group": {"group_name": "new"}, "members": [SHOPKEEPER]});
        let tenant = json!({"parent": "applications/bank", "tenant_id": "new", "tenant": {}});
        let register = "PrivilegeService/BatchRegisterPrivileges";
        let key = |application: &str, key: &str| json!({"parent": application, "privileges": [{"key": key}]});
        vec![
            create("a role of ours", "applications/bailiwick", &json!({}), DENIED),
            create("a role of the bank", "applications/bank", &json!({}), DENIED),
            create("a role of the bank's tenant", "applications/bank/tenants/acme", &json!({}), DENIED),
            user("a user of the shared directory", json!({"username": "new"})),
            user("a user of the bank", json!({"username": "new", "application": "applications/bank"})),
            user(
                "a shared user in the bank's tenant",
                json!({"username": "new", "tenants": ["applications/bank/tenants/acme"]}),
            ),
            make("an application", "ApplicationService/CreateApplication", json!({"application": {}})),
            make("a tenant of the bank", "ApplicationService/CreateTenant", tenant),
            make("a privilege of the bank", register, key("applications/bank", "new")),
            attempt("a privilege that looks like ours", register, key("applications/shop", "bailiwick:new"), INVALID),
            make("a group", "DirectoryService/CreateGroup", group),
        ]
    });
}

#[test]
fn an_application_s_administrator_changes_nothing_outside_of_it() {
    refuse(SHOPKEEPER, || {
        let end = |what, method, name: &str| attempt(what, method, json!({"name": name, "force": true}), DENIED);
        let members = |what, method, member: &str| {
            attempt(what, method, json!({"name": "groups/strong", "members": [member]}), DENIED)
        };
        let less = |what, application: &str, subject: &str, role: &str| {
            let role = format!("applications/{application}/roles/{role}");
            let request =
                json!({"application": format!("applications/{application}"), "subject": subject, "roles": [role]});
            attempt(what, "AssignmentService/UnassignRoles", request, DENIED)
        };
        vec![
            end("the end of another application", "ApplicationService/DeleteApplication", "applications/bank"),
            end("the end of our application", "ApplicationService/DeleteApplication", "applications/bailiwick"),
            end("the end of the bank's tenant", "ApplicationService/DeleteTenant", "applications/bank/tenants/acme"),
            end("the end of a shared user", "DirectoryService/DeleteUser", "users/shared"),
            end("the end of the bank's role", "RoleService/DeleteRole", "applications/bank/roles/banker"),
            members("himself in a strong group", "DirectoryService/AddGroupMembers", SHOPKEEPER),
            members("others out of a group", "DirectoryService/RemoveGroupMembers", "groups/inner"),
            less("less for our administrator", "bailiwick", "clients/local-administrator", "administrator"),
            less("less for the banker", "bank", "users/banker", "banker"),
        ]
    });
}
