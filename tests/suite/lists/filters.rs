//! Filters and orders: values are matched literally, names whatever their case, and every store gives the same.

use serde_json::{Value, json};
use tonic::Code;

use super::all;
use crate::callers::actor::Actor;
use crate::callers::shop::{self};
use crate::callers::stage::{actor, as_root_on_every_store, imported};

async fn found(by: &Actor, method: &str, parent: Option<&str>, filter: &str) -> Vec<String> {
    let mut request = json!({"filter": filter});
    if let Some(parent) = parent {
        request["parent"] = parent.into();
    }
    let names = all(by, (method, &request), 100).await;
    names.into_iter().map(|name| name.rsplit('/').next().unwrap().to_owned()).collect()
}

/// Names that SQL and patterns would take for something else.
const ODD: [&str; 12] =
    ["100%", "a_b", "aXb", "it's", "say \"x\"", "back\\slash", "semi;--", "*", "?", "[a]", "é", "ÉCOLE"];

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[test]
fn a_value_is_matched_literally() {
    as_root_on_every_store(async |root| {
        let mut lines = vec![json!({"application": {"id": "a"}})];
        for (n, name) in ODD.iter().enumerate() {
            lines.push(json!({"user": {"id": format!("u{n:02}"), "username": name}}));
            lines.push(json!({"group": {"id": format!("u{n:02}"), "group_name": name}}));
            lines.push(json!({"tenant": {"application": "a", "id": format!("u{n:02}"), "display_name": name}}));
            lines.push(json!({"role": {"application": "a", "id": format!("u{n:02}"), "role_name": name}}));
            lines.push(json!({"privilege": {"application": "a", "key": format!("{name}/u{n:02}")}}));
            let boundary = json!({"application": "a", "id": format!("u{n:02}"), "boundary_name": name, "kind": "TENANT_INCLUSION_LIST"});
            lines.push(json!({"permission_boundary": boundary}));
            lines.push(json!({"resource": {"application": "a", "kind": "k", "id": format!("{name}/u{n:02}")}}));
            lines.push(json!({"scope": {"application": "a", "id": format!("u{n:02}"), "scope_name": name}}));
            let spec =
                json!({"application": "a", "id": format!("u{n:02}"), "spec_name": name, "root_resource_kind": "k"});
            lines.push(json!({"traversal_spec": spec}));
        }
        imported(root, &lines).await;
        let lists: [(&str, Option<&str>, &str); 9] = [
            ("DirectoryService/ListUsers", None, "username"),
            ("DirectoryService/ListGroups", None, "group_name"),
            ("ApplicationService/ListTenants", Some("applications/a"), "display_name"),
            ("BoundaryService/ListPermissionBoundaries", Some("applications/a"), "boundary_name"),
            ("RoleService/ListRoles", Some("applications/a"), "role_name"),
            ("PrivilegeService/ListPrivileges", Some("applications/a"), "key"),
            ("ResourceService/ListResources", Some("applications/a"), "id"),
            ("ScopeService/ListScopes", Some("applications/a"), "scope_name"),
            ("ScopeService/ListTraversalSpecs", Some("applications/a"), "spec_name"),
        ];
        for (method, parent, field) in lists {
            for (n, name) in ODD.iter().enumerate() {
                let is_key = matches!(field, "key" | "id");
                let value = if is_key { format!("{name}/u{n:02}") } else { (*name).to_owned() };
                let equal = found(root, method, parent, &format!("{field} = {}", quoted(&value))).await;
                assert_eq!(equal, [format!("u{n:02}")], "{method} {field} = {value}");
                let part = found(root, method, parent, &format!("{field} : {}", quoted(name))).await;
                let folded = matches!(field, "username" | "group_name" | "boundary_name" | "role_name" | "scope_name");
                let contains = |other: &str| {
                    if folded { other.to_lowercase().contains(&name.to_lowercase()) } else { other.contains(name) }
                };
                let others = ODD.iter().enumerate().filter(|(_, other)| contains(other));
                let expected: Vec<String> = others.map(|(n, _)| format!("u{n:02}")).collect();
                assert_eq!(part, expected, "{method} {field} : {name}");
            }
            let nothing = found(root, method, parent, &format!("{field} = \"none' OR '1'='1\"")).await;
            assert!(nothing.is_empty(), "{method}: {nothing:?}");
        }
    });
}

#[test]
fn names_are_found_whatever_their_case_and_keys_byte_for_byte() {
    as_root_on_every_store(async |root| {
        let lines = [
            json!({"application": {"id": "a", "display_name": "Shop"}}),
            json!({"user": {"id": "u", "username": "Straße"}}),
            json!({"privilege": {"application": "a", "key": "Read"}}),
            json!({"privilege": {"application": "a", "key": "read"}}),
        ];
        imported(root, &lines).await;
        for filter in ["username = \"STRASSE\"", "username : \"ASS\"", "username=straße", "username:\"aß\""] {
            assert_eq!(found(root, "DirectoryService/ListUsers", None, filter).await, ["u"], "{filter}");
        }
        let keys =
            async |filter: &str| found(root, "PrivilegeService/ListPrivileges", Some("applications/a"), filter).await;
        assert_eq!(keys("key = \"Read\"").await, ["Read"]);
        assert_eq!(keys("key = \"read\"").await, ["read"]);
        assert_eq!(keys("key : \"rea\"").await.iter().filter(|key| !key.starts_with("bailiwick:")).count(), 1);
        let applications = async |filter: &str| found(root, "ApplicationService/ListApplications", None, filter).await;
        assert_eq!(applications("display_name = \"Shop\"").await, ["a"]);
        assert!(applications("display_name = \"shop\"").await.is_empty());
        // Predefined boundaries are in no store, and are found in the same way.
        let boundaries = async |filter: &str| {
            found(root, "BoundaryService/ListPermissionBoundaries", Some("applications/a"), filter).await
        };
        assert_eq!(boundaries("boundary_name = \"SELF\"").await, ["self"]);
        assert_eq!(boundaries("boundary_name : \"T\"").await, ["application", "tenant"]);
        assert_eq!(boundaries("display_name = \"tenant\"").await, ["tenant"]);
        assert!(boundaries("display_name = \"Tenant\"").await.is_empty());
        let scopes = async |filter: &str| found(root, "ScopeService/ListScopes", Some("applications/a"), filter).await;
        assert_eq!(scopes("scope_name = \"ALL-Objects\"").await, ["all-objects"]);
        assert_eq!(scopes("scope_name : \"L-O\"").await, ["all-objects"]);
        assert!(scopes("scope_name = \"all\"").await.is_empty());
    });
}

#[test]
fn conditions_are_joined_and_name_what_they_narrow() {
    shop::on_every_store(async |_, root| {
        imported(
            root,
            &[json!({"user": {"id": "off", "username": "off-clerk", "enabled": false, "application": "shop"}})],
        )
        .await;
        let users = async |filter: &str| found(root, "DirectoryService/ListUsers", None, filter).await;
        let acme = "tenant = \"applications/shop/tenants/acme\"";
        assert_eq!(users(acme).await, ["acme-admin", "acme-clerk", "acme-delegate", "acme-stand-in", "both-clerk"]);
        assert_eq!(users(&format!("{acme} AND username : \"CLERK\"")).await, ["acme-clerk", "both-clerk"]);
        assert_eq!(users("enabled = \"false\"").await, ["off"]);
        let shop = "application = applications/shop";
        assert_eq!(
            users(&format!("{shop} AND enabled = true AND username : clerk")).await,
            ["acme-clerk", "both-clerk", "globex-clerk", "shop-clerk"]
        );
        assert!(users(&format!("{shop} AND tenant = applications/bank/tenants/acme")).await.is_empty());
        let given = async |parent: &str, filter: &str| {
            let request = json!({"parent": parent, "filter": filter});
            let answer = root.done("AssignmentService/ListRoleAssignments", request).await;
            let of = |it: &Value| it["holder"].as_str().unwrap().to_owned();
            let mut holders: Vec<String> = answer["assignments"].as_array().into_iter().flatten().map(of).collect();
            holders.sort();
            holders
        };
        assert_eq!(
            given("applications/shop", "role = \"applications/shop/roles/shopkeeper\"").await,
            ["users/cut", "users/shopkeeper", "users/stand-in"]
        );
        assert_eq!(given("applications/shop", "tenant = \"applications/shop/tenants/acme\"").await, ["users/cut"]);
        assert_eq!(given("applications/-", "subject = \"groups/strong\"").await, ["groups/strong", "groups/strong"]);
        assert_eq!(given("applications/shop", "subject = \"groups/strong\"").await, ["groups/strong"]);
        assert_eq!(given("applications/shop", "subject_type = GROUP").await, ["groups/readers", "groups/strong"]);
        assert_eq!(given("applications/-", "subject_type = \"CLIENT\"").await, ["clients/local-administrator"]);
        assert!(given("applications/shop", "subject_type = APPLICATION").await.is_empty());
        let narrow = "subject_type = USER AND role = applications/shop/roles/tenant-admin";
        assert_eq!(given("applications/shop", narrow).await, [shop::ACME]);
        assert!(
            given("applications/shop", "subject = \"users/cut\" AND role = \"applications/shop/roles/boss\"")
                .await
                .is_empty()
        );
    });
}

#[test]
fn a_tenant_s_list_with_the_application_s_roles_shows_those_that_its_people_may_hold() {
    as_root_on_every_store(async |root| {
        let role = |id: &str, visibility: &str, tenants: &[&str]| json!({"role": {"application": "a", "id": id, "role_name": id, "tenant_visibility": visibility, "visible_tenants": tenants}});
        let lines = [
            json!({"application": {"id": "a"}}),
            json!({"tenant": {"application": "a", "id": "t"}}),
            json!({"tenant": {"application": "a", "id": "other"}}),
            role("all", "ALL", &[]),
            role("listed", "TENANT_INCLUSION_LIST", &["other", "t"]),
            role("listed-elsewhere", "TENANT_INCLUSION_LIST", &["other"]),
            role("no-tenant", "NONE", &[]),
            json!({"role": {"application": "a", "tenant": "t", "id": "own", "role_name": "own", "tenant_visibility": "OWNER"}}),
            json!({"role": {"application": "a", "tenant": "other", "id": "others", "role_name": "own", "tenant_visibility": "OWNER"}}),
        ];
        imported(root, &lines).await;
        let request = json!({"parent": "applications/a/tenants/t", "include_application_roles": true});
        for size in [1, 2, 50] {
            let shown = all(root, ("RoleService/ListRoles", &request), size).await;
            assert_eq!(
                shown,
                ["applications/a/roles/all", "applications/a/roles/listed", "applications/a/tenants/t/roles/own"]
            );
        }
        let mut own = request;
        own["filter"] = "tenant = \"applications/a/tenants/t\"".into();
        assert_eq!(all(root, ("RoleService/ListRoles", &own), 50).await, ["applications/a/tenants/t/roles/own"]);
    });
}

/// Who may not read the application's roles is shown the tenant's own.
#[test]
fn a_tenant_s_administrator_is_shown_the_roles_that_he_may_read() {
    shop::on_every_store(async |server, _| {
        let acme = actor(server, shop::ACME).await;
        let request = json!({"parent": "applications/shop/tenants/acme", "include_application_roles": true});
        let shown = all(&acme, ("RoleService/ListRoles", &request), 50).await;
        let own =
            ["own-heir", "own-reader", "own-writer"].map(|id| format!("applications/shop/tenants/acme/roles/{id}"));
        assert_eq!(shown, own);
        let keeper = actor(server, shop::SHOPKEEPER).await;
        assert!(all(&keeper, ("RoleService/ListRoles", &request), 50).await.len() > own.len());
    });
}

#[test]
fn a_filter_or_an_order_that_is_none_is_refused() {
    as_root_on_every_store(async |root| {
        let users = "DirectoryService/ListUsers";
        for filter in [
            "username",
            "username =",
            "= x",
            "email = \"x\"",
            "username > \"x\"",
            "username = \"x",
            "username = x y",
            "username = x OR username = y",
            "NOT username = x",
            "(username = x)",
            "tenant : \"a\"",
            "tenant = \"a\"",
            "application = \"shop\"",
            "enabled = \"maybe\"",
            "username = x AND",
            &"x".repeat(2_049),
        ] {
            let refusal = root.refused(users, json!({"filter": filter})).await;
            assert_eq!(
                (refusal.code, refusal.fields()),
                (Code::InvalidArgument, ["filter".to_owned()].into()),
                "{filter}"
            );
        }
        for order in ["username", "name desc", "NAME", "create_time, name", "-name", ";"] {
            let refusal = root.refused(users, json!({"order_by": order})).await;
            assert_eq!(
                (refusal.code, refusal.fields()),
                (Code::InvalidArgument, ["order_by".to_owned()].into()),
                "{order}"
            );
        }
        for (method, parent, filter) in [
            ("AssignmentService/ListRoleAssignments", "applications/-", "subject = \"nobody\""),
            ("AssignmentService/ListRoleAssignments", "applications/-", "role : \"x\""),
            ("AssignmentService/ListRoleAssignments", "applications/-", "subject_type = user"),
            ("AssignmentService/ListRoleAssignments", "applications/-", "subject_type : USER"),
            ("AssignmentService/ListRoleAssignments", "applications/-", "scope : \"x\""),
            ("AssignmentService/ListRoleAssignments", "applications/-", "scope = \"all-objects\""),
            ("ScopeService/ListScopes", "applications/bailiwick", "description = \"x\""),
            ("ScopeService/ListTraversalSpecs", "applications/bailiwick", "root_adapter_kind : \"x\""),
            ("ScopeService/ListTraversalSpecs", "applications/bailiwick", "root_resource_kind : \"x\""),
            ("BoundaryService/ListPermissionBoundaries", "applications/bailiwick", "kind = \"KIND_SELF\""),
            ("PrivilegeService/ListPrivileges", "applications/bailiwick", "name = \"x\""),
            ("RoleService/ListRoles", "applications/bailiwick", "kind = \"PREDEFINED\""),
        ] {
            let refusal = root.refused(method, json!({"parent": parent, "filter": filter})).await;
            assert_eq!(
                (refusal.code, refusal.fields()),
                (Code::InvalidArgument, ["filter".to_owned()].into()),
                "{filter}"
            );
        }
    });
}
