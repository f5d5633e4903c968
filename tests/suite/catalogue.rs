//! Privileges and groups of them: what a role gives by them, who sees them, and what their end leaves behind.

use serde_json::{Value, json};
use tonic::Code;

use crate::callers::actor::Actor;
use crate::callers::stage::{as_root_on_every_store, decision, export, head, imported, may, names};

const APP: &str = "applications/app";
const TENANT: &str = "applications/app/tenants/t";

/// An application with a tenant and a user of each.
async fn open(root: &Actor) {
    let key = |key: &str| json!({"privilege": {"application": "app", "key": key}});
    let lines = [
        json!({"application": {"id": "app"}}),
        json!({"application": {"id": "free", "catalogue": "OPEN"}}),
        json!({"tenant": {"application": "app", "id": "t"}}),
        json!({"tenant": {"application": "free", "id": "t"}}),
        key("doc:read"),
        key("doc:write"),
        key("doc:list"),
        json!({"role": {"application": "app", "id": "r", "role_name": "r"}}),
        json!({"role": {"application": "app", "id": "child", "role_name": "child"}}),
        json!({"role_parent": {"application": "app", "role": "child", "parent": "r"}}),
        json!({"role": {"application": "app", "tenant": "t", "id": "own", "role_name": "own",
                        "tenant_visibility": "OWNER"}}),
        json!({"role_parent": {"application": "app", "tenant": "t", "role": "own", "parent": "child"}}),
        json!({"user": {"id": "above", "username": "above", "application": "app"}}),
        json!({"user": {"id": "member", "username": "member", "application": "app", "tenants": ["app/t"]}}),
        json!({"role_assignment": {"holder": "users/above", "application": "app", "role": "child"}}),
        json!({"role_assignment": {"holder": "users/member", "application": "app", "role": "own", "role_tenant": "t"}}),
    ];
    imported(root, &lines).await;
}

/// Runs a test on that stage, over each store there is.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
fn on_the_stage(test: impl AsyncFn(&Actor)) {
    as_root_on_every_store(async |root| {
        open(root).await;
        test(root).await;
    });
}

async fn group(root: &Actor, parent: &str, id: &str, words: Value) -> Value {
    let mut group = words;
    group["group_name"] = id.into();
    let request = json!({"parent": parent, "privilege_group_id": id, "privilege_group": group});
    root.done("PrivilegeService/CreatePrivilegeGroup", request).await["privilege_group"].clone()
}

async fn set_group(root: &Actor, id: &str, words: Value) {
    let mut group = words;
    group["name"] = format!("{APP}/privilegeGroups/{id}").into();
    root.done("PrivilegeService/UpdatePrivilegeGroup", json!({"privilege_group": group})).await;
}

async fn refer(root: &Actor, role: &str, groups: &[&str]) -> Value {
    root.done("RoleService/AddRolePrivilegeGroups", json!({"name": role, "privilege_groups": groups})).await
}

async fn given(root: &Actor, role: &str) -> Value {
    root.done("RoleService/ListRolePrivileges", json!({"name": role})).await["privileges"].clone()
}

async fn above(root: &Actor, key: &str) -> bool {
    may(root, ("app", "users/above", key), "docs/1").await
}

async fn member(root: &Actor, key: &str) -> bool {
    may(root, ("app", "users/member", key), "tenant:t").await
}

#[test]
fn what_a_group_holds_is_given_by_every_role_below_the_one_that_refers_to_it() {
    on_the_stage(async |root| {
        let docs = format!("{APP}/privilegeGroups/docs");
        group(root, APP, "docs", json!({"privileges": ["doc:read"]})).await;
        let referred = refer(root, &format!("{APP}/roles/r"), &[&docs]).await;
        assert_eq!(referred["privilege_groups"], json!([docs]));
        assert!(above(root, "doc:read").await && member(root, "doc:read").await);
        assert!(!above(root, "doc:write").await && !member(root, "doc:write").await);
        set_group(root, "docs", json!({"privileges": ["doc:write", "doc:list"]})).await;
        assert!(!above(root, "doc:read").await && !member(root, "doc:read").await);
        assert!(above(root, "doc:write").await && member(root, "doc:write").await);
        assert_eq!(given(root, &format!("{APP}/roles/child")).await, json!(["doc:list", "doc:write"]));
        let entries = json!({"name": format!("{APP}/roles/r"), "view": "ROLE_PRIVILEGES_VIEW_ENTRIES"});
        assert_eq!(root.done("RoleService/ListRolePrivileges", entries).await["privilege_groups"], json!([docs]));
        let read = root.done("RoleService/GetRole", json!({"name": format!("{APP}/roles/r")})).await;
        assert_eq!(read["role"]["privilege_groups"], json!([docs]));
        // Taken from the role, a key that the group still gives is excluded.
        let remove = json!({"name": format!("{APP}/roles/r"), "privileges": ["doc:write"]});
        let left = root.done("RoleService/RemoveRolePrivileges", remove).await;
        assert_eq!(left["privileges"], json!(["doc:list"]));
        assert!(!above(root, "doc:write").await && !member(root, "doc:write").await);
        let remove = json!({"name": format!("{APP}/roles/r"), "privilege_groups": [docs, docs]});
        let left = root.done("RoleService/RemoveRolePrivilegeGroups", remove).await;
        assert_eq!(left["privilege_groups"], Value::Null);
        assert!(!above(root, "doc:list").await && !member(root, "doc:list").await);
    });
}

#[test]
fn what_is_hidden_from_tenants_is_given_by_no_role_of_a_tenant_by_whatever_way() {
    on_the_stage(async |root| {
        let hidden = json!({"privileges": ["doc:read", "doc:write"], "tenant_visibility": "TENANT_VISIBILITY_NONE"});
        group(root, APP, "hidden", hidden).await;
        let hidden = format!("{APP}/privilegeGroups/hidden");
        for role in [format!("{APP}/roles/r"), format!("{TENANT}/roles/own")] {
            refer(root, &role, &[&hidden]).await;
        }
        assert!(above(root, "doc:read").await && !member(root, "doc:read").await);
        assert_eq!(given(root, &format!("{TENANT}/roles/own")).await, Value::Null);
        // What comes from elsewhere as well is given all the same.
        let add = json!({"name": format!("{APP}/roles/child"), "privileges": ["doc:read"]});
        root.done("RoleService/AddRolePrivileges", add).await;
        assert!(member(root, "doc:read").await && !member(root, "doc:write").await);
        set_group(root, "hidden", json!({"tenant_visibility": "TENANT_VISIBILITY_ALL"})).await;
        assert!(member(root, "doc:write").await);
        let hide =
            json!({"name": format!("{APP}/privileges/doc:write"), "tenant_visibility": "TENANT_VISIBILITY_NONE"});
        root.done("PrivilegeService/UpdatePrivilege", json!({"privilege": hide})).await;
        assert!(above(root, "doc:write").await && !member(root, "doc:write").await);
        assert_eq!(given(root, &format!("{TENANT}/roles/own")).await, json!(["doc:read"]));
    });
}

#[test]
fn a_privilege_in_use_is_deleted_by_force_alone_and_exclusions_keep_its_key() {
    on_the_stage(async |root| {
        let (key, role) = (format!("{APP}/privileges/doc:write"), format!("{APP}/roles/r"));
        group(root, APP, "docs", json!({"privileges": ["doc:read", "doc:write"]})).await;
        refer(root, &role, &[&format!("{APP}/privilegeGroups/docs")]).await;
        let update = json!({"name": role, "privileges": ["doc:write"], "privilege_patterns": ["doc:w*"]});
        root.done("RoleService/UpdateRole", json!({"role": update})).await;
        let child = json!({"name": format!("{APP}/roles/child"), "excluded_privileges": ["doc:write"]});
        root.done("RoleService/UpdateRole", json!({"role": child})).await;
        let before = export(root).await;
        let refusal = root.refused("PrivilegeService/DeletePrivilege", json!({"name": key})).await;
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "IN_USE"));
        assert!(refusal.message.contains("1 roles that name it, 1 privilege groups"), "{}", refusal.message);
        assert_eq!(export(root).await, before);
        let read = root.done("RoleService/GetRole", json!({"name": role})).await["role"]["etag"].clone();
        root.done("PrivilegeService/DeletePrivilege", json!({"name": key, "force": true})).await;
        let now = root.done("RoleService/GetRole", json!({"name": role})).await["role"].clone();
        assert_ne!(now["etag"], read);
        assert_eq!(now["privileges"], Value::Null);
        let group = json!({"name": format!("{APP}/privilegeGroups/docs")});
        let group = root.done("PrivilegeService/GetPrivilegeGroup", group).await;
        assert_eq!(group["privilege_group"]["privileges"], json!(["doc:read"]));
        assert_eq!(decision(root, ("app", "users/above", "doc:write"), "docs/1").await, "PRIVILEGE_UNKNOWN");
        // Created again it inherits nothing that gives but what patterns match, and is excluded where it was.
        let request = json!({"parent": APP, "privilege": {"key": "doc:write"}});
        root.done("PrivilegeService/CreatePrivilege", request).await;
        assert_eq!(given(root, &role).await, json!(["doc:read", "doc:write"]));
        assert_eq!(given(root, &format!("{APP}/roles/child")).await, json!(["doc:read"]));
    });
}

#[test]
fn a_group_in_use_is_deleted_by_force_alone_and_comes_back_to_no_role() {
    on_the_stage(async |root| {
        let (docs, role) = (format!("{APP}/privilegeGroups/docs"), format!("{APP}/roles/r"));
        group(root, APP, "docs", json!({"privileges": ["doc:read"]})).await;
        refer(root, &role, &[&docs]).await;
        let refusal = root.refused("PrivilegeService/DeletePrivilegeGroup", json!({"name": docs})).await;
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "IN_USE"));
        assert!(refusal.message.contains("1 roles that refer to it"), "{}", refusal.message);
        assert!(above(root, "doc:read").await);
        root.done("PrivilegeService/DeletePrivilegeGroup", json!({"name": docs, "force": true})).await;
        assert!(!above(root, "doc:read").await);
        let refusal = root.refused("PrivilegeService/DeletePrivilegeGroup", json!({"name": docs})).await;
        assert_eq!(refusal.code, Code::NotFound);
        group(root, APP, "docs", json!({"privileges": ["doc:read"]})).await;
        assert!(!above(root, "doc:read").await, "a new group is in no role");
        // A tenant's groups go with it.
        group(root, TENANT, "own", json!({"privileges": ["doc:read"]})).await;
        let tenant = json!({"name": TENANT});
        let refusal = root.refused("ApplicationService/DeleteTenant", tenant).await;
        assert!(refusal.message.contains("1 privilege groups"), "{}", refusal.message);
        root.done("ApplicationService/DeleteTenant", json!({"name": TENANT, "force": true})).await;
        assert!(!export(root).await.contains(r#""tenant":"t","group""#));
        root.done("ApplicationService/DeleteApplication", json!({"name": APP, "force": true})).await;
        assert!(!export(root).await.contains("privilege_group"));
    });
}

#[test]
fn an_open_catalogue_takes_the_keys_of_the_application_s_own_groups() {
    on_the_stage(async |root| {
        group(root, "applications/free", "g", json!({"privileges": ["new:key"]})).await;
        let read = json!({"name": "applications/free/privileges/new:key"});
        root.done("PrivilegeService/GetPrivilege", read).await;
        for (parent, key) in [("applications/free/tenants/t", "other:key"), (APP, "other:key"), (TENANT, "doc:none")] {
            let group = json!({"group_name": "x", "privileges": [key]});
            let request = json!({"parent": parent, "privilege_group": group});
            let refusal = root.refused("PrivilegeService/CreatePrivilegeGroup", request).await;
            assert_eq!(refusal.code, Code::InvalidArgument, "{parent} {key}: {refusal:?}");
        }
        group(root, "applications/free/tenants/t", "g", json!({"privileges": ["new:key", "bailiwick:role:read"]}))
            .await;
    });
}

#[test]
fn a_role_refers_to_groups_of_its_own_owner_and_of_its_application() {
    on_the_stage(async |root| {
        for parent in [APP, TENANT, "applications/free", "applications/free/tenants/t"] {
            group(root, parent, "g", json!({})).await;
        }
        let before = head(root).await;
        for (role, group) in [
            (format!("{APP}/roles/r"), format!("{TENANT}/privilegeGroups/g")),
            (format!("{APP}/roles/r"), "applications/free/privilegeGroups/g".to_owned()),
            (format!("{TENANT}/roles/own"), "applications/free/tenants/t/privilegeGroups/g".to_owned()),
        ] {
            let request = json!({"name": role, "privilege_groups": [group]});
            let refusal = root.refused("RoleService/AddRolePrivilegeGroups", request).await;
            assert_eq!(refusal.code, Code::InvalidArgument, "{role} {group}");
            let request = json!({"role": {"name": role, "privilege_groups": [group]}});
            assert_eq!(root.refused("RoleService/UpdateRole", request).await.code, Code::InvalidArgument);
        }
        assert_eq!(head(root).await, before);
        // A group of another application under the same id is not the role's, also when it is taken away.
        refer(root, &format!("{APP}/roles/r"), &[&format!("{APP}/privilegeGroups/g")]).await;
        let other = ["applications/free/privilegeGroups/g"];
        let request = json!({"name": format!("{APP}/roles/r"), "privilege_groups": other});
        let left = root.done("RoleService/RemoveRolePrivilegeGroups", request).await;
        assert_eq!(left["privilege_groups"], json!([format!("{APP}/privilegeGroups/g")]));
        let request = json!({"role": {"name": format!("{APP}/roles/r"), "privilege_groups": other}});
        assert_eq!(root.refused("RoleService/UpdateRole", request).await.code, Code::InvalidArgument);
        refer(
            root,
            &format!("{TENANT}/roles/own"),
            &[&format!("{APP}/privilegeGroups/g"), &format!("{TENANT}/privilegeGroups/g")],
        )
        .await;
    });
}

#[test]
fn a_role_has_sixty_four_groups_at_most() {
    on_the_stage(async |root| {
        let lines = (0..65).map(|n| json!({"privilege_group": {"application": "app", "id": format!("g{n}"), "group_name": format!("g{n}")}}));
        imported(root, &lines.collect::<Vec<_>>()).await;
        let all: Vec<String> = (0..65).map(|n| format!("{APP}/privilegeGroups/g{n}")).collect();
        let (first, last) = all.split_at(64);
        let role = format!("{APP}/roles/r");
        let request = json!({"name": role, "privilege_groups": all});
        let refusal = root.refused("RoleService/AddRolePrivilegeGroups", request).await;
        assert_eq!(refusal.code, Code::InvalidArgument);
        let request = json!({"name": role, "privilege_groups": first});
        root.done("RoleService/AddRolePrivilegeGroups", request).await;
        let request = json!({"name": role, "privilege_groups": last});
        let refusal = root.refused("RoleService/AddRolePrivilegeGroups", request).await;
        assert_eq!(refusal.code, Code::InvalidArgument, "{refusal:?}");
        let listed = root.done("RoleService/ListRolePrivilegeGroups", json!({"name": role, "page_size": 100})).await;
        assert_eq!(listed["privilege_groups"].as_array().unwrap().len(), 64);
    });
}

#[test]
fn lists_answer_about_the_keys_and_ids_that_are_named_and_skip_the_unknown() {
    on_the_stage(async |root| {
        let keys = ["doc:write", "none", "bailiwick:role:read", "doc:read", "doc:read"];
        let mut request = json!({"parent": APP, "keys": keys});
        let name = |key: &str| format!("{APP}/privileges/{key}");
        let expected = ["bailiwick:role:read", "doc:read", "doc:write"].map(name);
        let listed = root.done("PrivilegeService/ListPrivileges", request.clone()).await;
        assert_eq!(names(&listed["privileges"]), expected);
        request["filter"] = "key : write".into();
        let listed = root.done("PrivilegeService/ListPrivileges", request.clone()).await;
        assert_eq!(names(&listed["privileges"]), [name("doc:write")]);
        request["filter"] = "".into();
        request["page_size"] = 2.into();
        let page = root.done("PrivilegeService/ListPrivileges", request.clone()).await;
        assert_eq!(names(&page["privileges"]), expected.split_at(2).0);
        request["page_token"] = page["next_page_token"].clone();
        let page = root.done("PrivilegeService/ListPrivileges", request.clone()).await;
        assert_eq!(names(&page["privileges"]), expected.split_at(2).1);
        request["keys"] = json!(["doc:write"]);
        assert_eq!(root.refused("PrivilegeService/ListPrivileges", request).await.code, Code::InvalidArgument);
        for id in ["a", "b", "c"] {
            group(root, APP, id, json!({"privileges": ["doc:read"]})).await;
        }
        let mut request = json!({"parent": APP, "ids": ["c", "none", "a"]});
        let listed = root.done("PrivilegeService/ListPrivilegeGroups", request.clone()).await;
        assert_eq!(names(&listed["privilege_groups"]), ["a", "c"].map(|id| format!("{APP}/privilegeGroups/{id}")));
        assert_eq!(listed["privilege_groups"][0]["privileges"], Value::Null);
        request["view"] = "PRIVILEGE_GROUP_VIEW_FULL".into();
        let listed = root.done("PrivilegeService/ListPrivilegeGroups", request).await;
        assert_eq!(listed["privilege_groups"][1]["privileges"], json!(["doc:read"]));
    });
}

#[test]
fn a_privilege_that_differs_by_case_is_another_one_and_the_answer_says_so() {
    on_the_stage(async |root| {
        let create = |key: &str| json!({"parent": APP, "privilege": {"key": key, "object_scoped": false}});
        let made = root.done("PrivilegeService/CreatePrivilege", create("Doc:Read")).await;
        assert_eq!(made["privilege"]["name"], format!("{APP}/privileges/Doc:Read"));
        assert_eq!(made["privilege"]["object_scoped"], false);
        assert_eq!(
            (&made["warnings"][0]["key"], &made["warnings"][0]["twin_key"]),
            (&json!("Doc:Read"), &json!("doc:read"))
        );
        let refusal = root.refused("PrivilegeService/CreatePrivilege", create("Doc:Read")).await;
        assert_eq!(refusal.said(), (Code::AlreadyExists, "ALREADY_EXISTS"));
        for name in ["DOCS", "dOcS"] {
            let group = json!({"group_name": name});
            let request = json!({"parent": TENANT, "privilege_group": group});
            let answer = root.call("PrivilegeService/CreatePrivilegeGroup", request).await;
            assert_eq!(answer.is_ok(), name == "DOCS", "{answer:?}");
        }
        group(root, APP, "docs", json!({})).await;
    });
}

/// An update of a role writes what its mask names, keeps what is the same, and a list as a whole.
#[test]
fn an_update_of_a_role_takes_effect_at_once() {
    on_the_stage(async |root| {
        let role = format!("{APP}/roles/child");
        let update = |words: Value, mask: &str| {
            let mut words = words;
            words["name"] = role.clone().into();
            json!({"role": words, "update_mask": mask})
        };
        let narrow =
            json!({"permission_boundary": format!("{APP}/permissionBoundaries/self"), "privileges": ["doc:read"]});
        root.done("RoleService/UpdateRole", update(narrow, "permissionBoundary,privileges")).await;
        assert!(!above(root, "doc:read").await);
        assert!(may(root, ("app", "users/above", "doc:read"), "users/above").await);
        root.done("RoleService/UpdateRole", update(json!({}), "permissionBoundary")).await;
        assert!(above(root, "doc:read").await);
        let listed = json!({"tenant_visibility": {"mode": "MODE_TENANT_INCLUSION_LIST", "tenants": [TENANT]}});
        root.done("RoleService/UpdateRole", update(listed, "tenantVisibility")).await;
        assert_eq!(decision(root, ("app", "users/above", "doc:read"), "docs/1").await, "NOT_ASSIGNABLE");
        let read = root.done("RoleService/GetRole", json!({"name": role})).await["role"].clone();
        assert_eq!(read["parents"], json!([format!("{APP}/roles/r")]), "what the mask does not name stays");
        assert_eq!(read["tenant_visibility"]["tenants"], json!([TENANT]));
        root.done("RoleService/UpdateRole", update(json!({}), "*")).await;
        let read = root.done("RoleService/GetRole", json!({"name": role})).await["role"].clone();
        assert_eq!((&read["parents"], &read["privileges"]), (&Value::Null, &Value::Null));
        assert_eq!(read["tenant_visibility"], json!({"mode": "MODE_ALL"}));
        let cycle = json!({"role": {"name": format!("{APP}/roles/r"), "parents": [format!("{APP}/roles/r")]}});
        assert_eq!(root.refused("RoleService/UpdateRole", cycle).await.said(), (Code::FailedPrecondition, "CYCLE"));
        let unknown = json!({"role": {"name": role, "privileges": ["doc:none"]}});
        assert_eq!(root.refused("RoleService/UpdateRole", unknown).await.code, Code::InvalidArgument);
    });
}
