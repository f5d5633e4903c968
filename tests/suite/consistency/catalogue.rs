//! The catalogue: near-twins are warned of, an OPEN one registers what its application's roles name, a STRICT one
//! refuses.

use serde_json::{Value, json};
use tonic::Code;

use crate::callers::actor::Actor;
use crate::callers::shop::{self};
use crate::callers::stage::{decision, export, import, imported, may, strings};

async fn register(by: &Actor, application: &str, keys: &[&str]) -> Value {
    let privileges: Vec<Value> = keys.iter().map(|key| json!({"key": key})).collect();
    let request = json!({"parent": format!("applications/{application}"), "privileges": privileges});
    by.done("PrivilegeService/BatchRegisterPrivileges", request).await
}

/// Pairs of a new key and its twin.
fn warned(answer: &Value) -> Vec<(&str, &str)> {
    let warnings = answer["warnings"].as_array().into_iter().flatten();
    warnings.map(|warning| (warning["key"].as_str().unwrap(), warning["twin_key"].as_str().unwrap())).collect()
}

/// The registered keys of an application, without ours.
async fn keys(by: &Actor, application: &str) -> Vec<String> {
    let list = json!({"parent": format!("applications/{application}"), "page_size": 1000});
    let listed = by.done("PrivilegeService/ListPrivileges", list).await;
    let keys = listed["privileges"].as_array().into_iter().flatten().map(|it| it["key"].as_str().unwrap().to_owned());
    keys.filter(|key| !key.starts_with("bailiwick:")).collect()
}

#[test]
fn keys_that_differ_only_by_case_are_two_and_are_warned_of() {
    shop::on_every_store(async |_, root| {
        assert_eq!(warned(&register(root, "shop", &["invoice:read", "invoice:write"]).await), []);
        assert_eq!(warned(&register(root, "shop", &["Invoice:Read"]).await), [("Invoice:Read", "invoice:read")]);
        assert_eq!(warned(&register(root, "shop", &["Invoice:Read", "invoice:read"]).await), [], "nothing is new");
        let both = register(root, "shop", &["a:b", "A:B", "other"]).await;
        let both = warned(&both);
        assert_eq!(both, [("a:b", "A:B"), ("A:B", "a:b")]);
        assert_eq!(warned(&register(root, "bank", &["INVOICE:READ"]).await), [], "another catalogue");
        // They are two privileges, and a role that gives one does not give the other.
        let role = json!({"role_name": "one", "privileges": ["invoice:read"]});
        root.done("RoleService/CreateRole", json!({"parent": "applications/shop", "role_id": "one", "role": role}))
            .await;
        let assign = json!({"application": "applications/shop", "subject": "users/shared", "roles": ["applications/shop/roles/one"]});
        root.done("AssignmentService/AssignRoles", assign).await;
        assert!(may(root, ("shop", "users/shared", "invoice:read"), "").await);
        assert!(!may(root, ("shop", "users/shared", "Invoice:Read"), "").await);
    });
}

#[test]
fn registering_is_all_or_nothing_and_leaves_what_is_there() {
    shop::on_every_store(async |_, root| {
        let first = json!({"parent": "applications/shop", "privileges":
            [{"key": "a", "display_name": "First", "object_scoped": false, "tenant_visibility": "TENANT_VISIBILITY_NONE"}]});
        let first = root.done("PrivilegeService/BatchRegisterPrivileges", first).await;
        let again = json!({"parent": "applications/shop", "privileges":
            [{"key": "a", "display_name": "Second", "object_scoped": false}]});
        let again = root.done("PrivilegeService/BatchRegisterPrivileges", again).await;
        assert_eq!(first["privileges"], again["privileges"]);
        let document = export(root).await;
        for (privileges, code) in [
            (json!([{"key": "b"}, {"key": "a", "object_scoped": true}]), Code::FailedPrecondition),
            (json!([{"key": "b"}, {"key": "bailiwick:b"}]), Code::InvalidArgument),
            (json!([{"key": "b"}, {"key": "b"}]), Code::InvalidArgument),
            (json!([{"key": "b"}, {"key": "x".repeat(201)}]), Code::InvalidArgument),
        ] {
            let request = json!({"parent": "applications/shop", "privileges": privileges});
            let refusal = root.refused("PrivilegeService/BatchRegisterPrivileges", request.clone()).await;
            assert_eq!(refusal.code, code, "{request}");
        }
        assert_eq!(export(root).await, document);
    });
}

/// The calls by which a role comes to name keys.
fn naming(owner: &str, keys: &Value) -> [(&'static str, Value); 3] {
    let role = format!("{owner}/roles/plain");
    [
        ("RoleService/CreateRole", json!({"parent": owner, "role": {"role_name": "new", "privileges": keys}})),
        ("RoleService/AddRolePrivileges", json!({"name": role, "privileges": keys})),
        ("RoleService/SetRolePrivileges", json!({"name": role, "privileges": keys})),
    ]
}

#[test]
fn a_strict_catalogue_refuses_what_is_not_registered() {
    shop::on_every_store(async |_, root| {
        let plain = json!({"parent": "applications/shop", "role_id": "plain", "role": {"role_name": "plain"}});
        root.done("RoleService/CreateRole", plain).await;
        let document = export(root).await;
        for key in ["order:new", "Order:read", "order:*", "bailiwick:none"] {
            for (method, request) in naming("applications/shop", &json!(["order:read", key])) {
                assert_eq!(root.refused(method, request).await.code, Code::InvalidArgument, "{method} {key}");
            }
        }
        let line = json!({"role_privilege": {"application": "shop", "role": "plain", "privilege": "order:new"}});
        assert_eq!(import(root, &[line]).await.unwrap_err().code, Code::InvalidArgument);
        assert_eq!(export(root).await, document);
        let removed = json!({"name": "applications/shop/roles/plain", "privileges": ["order:new"]});
        root.done("RoleService/RemoveRolePrivileges", removed).await;
    });
}

#[test]
fn an_open_catalogue_registers_what_its_application_s_roles_name() {
    shop::on_every_store(async |_, root| {
        for role in ["plain", "seller"] {
            let request =
                json!({"parent": "applications/bazaar", "role_id": role, "role": {"role_name": format!("a {role}")}});
            let _there_already = root.call("RoleService/CreateRole", request).await;
        }
        for (at, (method, mut request)) in naming("applications/bazaar", &json!([])).into_iter().enumerate() {
            let key = format!("fish:{at}");
            let words = if at == 0 { &mut request["role"] } else { &mut request };
            words["privileges"] = json!([key, "bailiwick:role:read"]);
            root.done(method, request).await;
            assert!(keys(root, "bazaar").await.contains(&key), "{method}");
        }
        assert_eq!(keys(root, "bazaar").await, ["fish:0", "fish:1", "fish:2"]);
        let reserved =
            json!({"parent": "applications/bazaar", "role": {"role_name": "x", "privileges": ["bailiwick:none"]}});
        assert_eq!(root.refused("RoleService/CreateRole", reserved).await.code, Code::InvalidArgument);
    });
}

#[test]
fn neither_a_tenant_s_role_nor_an_import_nor_a_check_nor_a_refused_call_registers() {
    shop::on_every_store(async |_, root| {
        imported(root, &[
            json!({"tenant": {"application": "bazaar", "id": "acme"}}),
            json!({"role": {"application": "bazaar", "tenant": "acme", "id": "plain", "role_name": "plain", "tenant_visibility": "OWNER"}}),
        ]).await;
        let document = export(root).await;
        for (method, request) in naming("applications/bazaar/tenants/acme", &json!(["fish:sell"])) {
            assert_eq!(root.refused(method, request).await.code, Code::InvalidArgument, "{method}");
        }
        let line = json!({"role_privilege": {"application": "bazaar", "role": "seller", "privilege": "fish:sell"}});
        assert_eq!(import(root, &[line]).await.unwrap_err().code, Code::InvalidArgument);
        assert_eq!(decision(root, ("bazaar", "users/shared", "fish:sell"), "").await, "PRIVILEGE_UNKNOWN");
        let taken = json!({"parent": "applications/bazaar", "role_id": "other",
                           "role": {"role_name": "SELLER", "privileges": ["fish:sell"]}});
        assert_eq!(root.refused("RoleService/CreateRole", taken).await.code, Code::AlreadyExists);
        let excluded =
            json!({"role_name": "x", "excluded_privileges": ["fish:sell"], "privilege_patterns": ["fish:buy"]});
        let request = json!({"parent": "applications/bazaar", "role": excluded, "validate_only": true});
        root.done("RoleService/CreateRole", request).await;
        assert_eq!(export(root).await, document);
    });
}

#[test]
fn a_new_key_is_given_at_once_by_the_patterns_that_match_it() {
    shop::on_every_store(async |_, root| {
        let role = json!({"role_name": "all", "privilege_patterns": ["order:*"], "excluded_privileges": ["order:x*"]});
        root.done("RoleService/CreateRole", json!({"parent": "applications/shop", "role_id": "all", "role": role}))
            .await;
        let assign = json!({"application": "applications/shop", "subject": "users/shared", "roles": ["applications/shop/roles/all"]});
        root.done("AssignmentService/AssignRoles", assign).await;
        register(root, "shop", &["order:new", "order:xnew", "bailiwick", "orders:new"]).await;
        assert!(may(root, ("shop", "users/shared", "order:new"), "").await);
        for key in ["order:xnew", "orders:new", "bailiwick", "bailiwick:role:read"] {
            assert_eq!(decision(root, ("shop", "users/shared", key), "").await, "NOT_GRANTED", "{key}");
        }
    });
}

/// Set leaves exclusions as they are; Add lifts those of its own words; Remove excludes what would still be given.
#[test]
fn add_set_and_remove_do_with_exclusions_what_they_say() {
    shop::on_every_store(async |_, root| {
        let name = "applications/shop/roles/capped";
        let change = |method: &'static str, mut words: Value| {
            words["name"] = name.into();
            (method, words)
        };
        let entries = async |root: &Actor| {
            let list = json!({"name": name, "view": "ROLE_PRIVILEGES_VIEW_ENTRIES"});
            root.done("RoleService/ListRolePrivileges", list).await["excluded_privileges"].clone()
        };
        let (method, request) =
            change("RoleService/SetRolePrivileges", json!({"privileges": ["order:write", "order:read"]}));
        let set = root.done(method, request).await;
        assert_eq!(strings(&set["privileges"]), ["order:read"], "an excluded key stays excluded");
        assert_eq!(strings(&entries(root).await), ["order:write", "secret:*"]);
        let (method, request) = change(
            "RoleService/AddRolePrivileges",
            json!({"privileges": ["order:write"], "privilege_patterns": ["*"]}),
        );
        let added = root.done(method, request).await;
        assert_eq!(strings(&added["privileges"]), ["helpdesk", "order:read", "order:refund", "order:write"]);
        let (method, request) =
            change("RoleService/RemoveRolePrivileges", json!({"privileges": ["order:refund", "order:none"]}));
        let removed = root.done(method, request).await;
        assert_eq!(strings(&removed["privileges"]), ["helpdesk", "order:read", "order:write"]);
        assert_eq!(strings(&entries(root).await), ["order:refund", "secret:*"]);
    });
}
