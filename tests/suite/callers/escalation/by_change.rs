//! What nobody reaches by changing a thing: a role that gives more, further or to more people; a privilege or a group
//! that tenants' roles shall see; what a group holds. Each road is one attempt, by somebody who may change the thing
//! and lacks what it would give.

use serde_json::{Value, json};

use super::super::shop::{ACME, ACME_DELEGATE, SHOPKEEPER};
use super::{ABSENT, Attempt, DENIED, EXCEEDS, INVALID, attempt, refuse};

const SHOP: &str = "applications/shop";
const ACME_TENANT: &str = "applications/shop/tenants/acme";
const GLOBEX: &str = "applications/shop/tenants/globex";

type Refused = (tonic::Code, &'static str);

/// A change of a role of an owner, with the one field that it writes.
fn role(what: &'static str, name: &str, (mask, words): (&str, Value), refused: Refused) -> Attempt {
    let mut role = words;
    role["name"] = name.into();
    attempt(what, "RoleService/UpdateRole", json!({"role": role, "update_mask": mask}), refused)
}

fn group(what: &'static str, name: &str, words: Value, refused: Refused) -> Attempt {
    let mut group = words;
    group["name"] = name.into();
    attempt(what, "PrivilegeService/UpdatePrivilegeGroup", json!({"privilege_group": group}), refused)
}

fn boundary(kind: &str) -> (&'static str, Value) {
    ("permissionBoundary", json!({"permission_boundary": format!("{SHOP}/permissionBoundaries/{kind}")}))
}

#[test]
fn an_application_s_administrator_widens_no_role_that_gives_more_than_he_has() {
    refuse(SHOPKEEPER, || {
        let of = |what, id: &str, words| role(what, &format!("{SHOP}/roles/{id}"), words, EXCEEDS);
        let (all, listed) = ("MODE_ALL", "MODE_TENANT_INCLUSION_LIST");
        let both = [ACME_TENANT, GLOBEX];
        let seen = |mode: &str, tenants: &[&str]| json!({"tenant_visibility": {"mode": mode, "tenants": tenants}});
        vec![
            of("a key", "reader", ("privileges", json!({"privileges": ["order:read", "order:write"]}))),
            of("a pattern", "reader", ("privilegePatterns", json!({"privilege_patterns": ["order:w*"]}))),
            of(
                "a pattern of what is not there",
                "reader",
                ("privilegePatterns", json!({"privilege_patterns": ["x*"]})),
            ),
            of("a parent", "reader", ("parents", json!({"parents": [format!("{SHOP}/roles/writer")]}))),
            of(
                "a group",
                "reader",
                ("privilegeGroups", json!({"privilege_groups": [format!("{SHOP}/privilegeGroups/bundle")]})),
            ),
            of("an exclusion less", "capped", ("excludedPrivileges", json!({"excluded_privileges": ["secret:*"]}))),
            of("no exclusions", "capped", ("*", json!({"privilege_patterns": ["order:*"]}))),
            of(
                "an exclusion less, of keys that nobody knows",
                "shut",
                ("excludedPrivileges", json!({"excluded_privileges": ["order:*"]})),
            ),
            of("everything from the subject alone", "own", boundary("application")),
            of("the tenant from the subject alone", "own", boundary("tenant")),
            of("whatever the subject is from the subject alone", "own", ("permissionBoundary", json!({}))),
            of("everything from where the subject is", "writer", boundary("application")),
            of("the subject alone from where it is", "writer", boundary("self")),
            of("all people from those without a tenant", "few", ("tenantVisibility", seen(all, &[]))),
            of("a tenant's people from those without one", "few", ("tenantVisibility", seen(listed, &[ACME_TENANT]))),
            of("another tenant's people", "seen", ("tenantVisibility", seen(listed, &both))),
            of("another tenant's people instead", "seen", ("tenantVisibility", seen(listed, &[GLOBEX]))),
            of("all people from a tenant's", "seen", ("tenantVisibility", seen(all, &[]))),
            of("people without a tenant", "seen", ("tenantVisibility", seen("MODE_NONE", &[]))),
            of("what is not set", "seen", ("*", json!({"privileges": ["order:write"]}))),
        ]
    });
}

#[test]
fn an_application_s_administrator_gives_nothing_by_groups_and_privileges_that_he_lacks() {
    refuse(SHOPKEEPER, || {
        let add = |what, role: &str, group: &str| {
            let request = json!({"name": role, "privilege_groups": [group]});
            attempt(what, "RoleService/AddRolePrivilegeGroups", request, EXCEEDS)
        };
        let shown = "TENANT_VISIBILITY_ALL";
        let privilege = json!({"name": format!("{SHOP}/privileges/secret:open"), "tenant_visibility": shown});
        let new = json!({"role_name": "new", "privilege_groups": [format!("{SHOP}/privilegeGroups/bundle")]});
        let (used, own) = (format!("{SHOP}/privilegeGroups/used"), format!("{ACME_TENANT}/privilegeGroups/own"));
        let lifted = json!({"name": format!("{SHOP}/roles/shut"), "privilege_patterns": ["later:*"]});
        vec![
            add("a group for a role", &format!("{SHOP}/roles/reader"), &format!("{SHOP}/privilegeGroups/bundle")),
            add(
                "a hidden group for a role",
                &format!("{SHOP}/roles/reader"),
                &format!("{SHOP}/privilegeGroups/hidden"),
            ),
            add(
                "a group for a tenant's role",
                &format!("{ACME_TENANT}/roles/own-reader"),
                &format!("{SHOP}/privilegeGroups/bundle"),
            ),
            attempt("a role with a group", "RoleService/CreateRole", json!({"parent": SHOP, "role": new}), EXCEEDS),
            group("a key in a group", &used, json!({"privileges": ["order:read", "order:write"]}), EXCEEDS),
            group("a key in a tenant's group", &own, json!({"privileges": ["order:refund"]}), EXCEEDS),
            group(
                "a group shown",
                &format!("{SHOP}/privilegeGroups/hidden"),
                json!({"tenant_visibility": shown}),
                EXCEEDS,
            ),
            group(
                "a group shown that a parent of a tenant's role refers to",
                &format!("{SHOP}/privilegeGroups/held"),
                json!({"tenant_visibility": shown}),
                EXCEEDS,
            ),
            attempt("a privilege shown", "PrivilegeService/UpdatePrivilege", json!({"privilege": privilege}), EXCEEDS),
            attempt("a pattern that was excluded", "RoleService/AddRolePrivileges", lifted, EXCEEDS),
        ]
    });
}

#[test]
fn a_tenant_s_administrator_gives_nothing_by_a_change_that_he_lacks() {
    refuse(ACME, || {
        let own = format!("{ACME_TENANT}/roles/own-reader");
        let of = |what, words| role(what, &own, words, EXCEEDS);
        let strong = format!("{ACME_TENANT}/privilegeGroups/strong");
        let add = json!({"name": own, "privilege_groups": [strong]});
        let wider =
            role("a wider boundary", &format!("{ACME_TENANT}/roles/own-writer"), boundary("application"), EXCEEDS);
        let own_group = format!("{ACME_TENANT}/privilegeGroups/own");
        vec![
            of("a key", ("privileges", json!({"privileges": ["order:write"]}))),
            of("a pattern", ("privilegePatterns", json!({"privilege_patterns": ["order:*"]}))),
            of("a parent", ("parents", json!({"parents": [format!("{ACME_TENANT}/roles/own-writer")]}))),
            of("a group", ("privilegeGroups", json!({"privilege_groups": [strong]}))),
            attempt("one more group", "RoleService/AddRolePrivilegeGroups", add, EXCEEDS),
            wider,
            group("a key in his group", &own_group, json!({"privileges": ["order:write"]}), EXCEEDS),
        ]
    });
}

/// Delegate stands in for a privilege, and never for the reach.
#[test]
fn a_tenant_s_administrator_changes_nothing_outside_of_it() {
    for who in [ACME, ACME_DELEGATE] {
        refuse(who, outside_of_the_tenant);
    }
}

fn outside_of_the_tenant() -> Vec<Attempt> {
    let own = format!("{ACME_TENANT}/roles/own-reader");
    let other = format!("{GLOBEX}/privilegeGroups/own");
    let make = |what, method, request| attempt(what, method, request, DENIED);
    let of_shop = |what, words: Value| role(what, &format!("{SHOP}/roles/reader"), ("*", words), DENIED);
    let refer = |what, group: &str, refused| {
        let request = json!({"name": own, "privilege_groups": [group]});
        attempt(what, "RoleService/AddRolePrivilegeGroups", request, refused)
    };
    let end = |what, method, name: &str| make(what, method, json!({"name": name, "force": true}));
    let new = json!({"group_name": "new"});
    let (privilege, key) =
        (json!({"name": format!("{SHOP}/privileges/order:read")}), format!("{SHOP}/privileges/order:read"));
    vec![
        of_shop("an application's role", json!({"privileges": ["order:read"]})),
        role("another tenant's role", &format!("{GLOBEX}/roles/own-reader"), ("*", json!({})), DENIED),
        role(
            "more people for his role",
            &own,
            ("tenantVisibility", json!({"tenant_visibility": {"mode": "MODE_ALL"}})),
            INVALID,
        ),
        refer("a group of the application, which he may not read", &format!("{SHOP}/privilegeGroups/used"), ABSENT),
        refer("a group that is not there", &format!("{ACME_TENANT}/privilegeGroups/none"), ABSENT),
        refer("another tenant's group", &other, INVALID),
        group(
            "a group of the application",
            &format!("{SHOP}/privilegeGroups/used"),
            json!({"privileges": ["order:read"]}),
            DENIED,
        ),
        group("another tenant's group", &other, json!({"privileges": ["order:read"]}), DENIED),
        make(
            "a new group of the application",
            "PrivilegeService/CreatePrivilegeGroup",
            json!({"parent": SHOP, "privilege_group": new}),
        ),
        make(
            "a new group of another tenant",
            "PrivilegeService/CreatePrivilegeGroup",
            json!({"parent": GLOBEX, "privilege_group": new}),
        ),
        end(
            "the end of a group of the application",
            "PrivilegeService/DeletePrivilegeGroup",
            &format!("{SHOP}/privilegeGroups/bundle"),
        ),
        end("the end of another tenant's group", "PrivilegeService/DeletePrivilegeGroup", &other),
        make("a privilege", "PrivilegeService/CreatePrivilege", json!({"parent": SHOP, "privilege": {"key": "new"}})),
        make("a changed privilege", "PrivilegeService/UpdatePrivilege", json!({"privilege": privilege})),
        end("the end of a privilege", "PrivilegeService/DeletePrivilege", &key),
    ]
}
