//! For those who may not, absent and existing are alike: the same status, text and details, byte for byte.

mod privileges;
mod subjects;

use serde_json::{Value, json};
use tonic::Code;

use crate::callers::actor::{Actor, Refusal};
use crate::callers::shop::{self, ACME, ACME_DELEGATE, BANKER, CLERK, NOBODY, SHOPKEEPER};
use crate::callers::stage::{actor, export};

/// Methods on the thing itself, by what follows the name in the request.
fn on_a_role() -> Vec<(&'static str, Value)> {
    let keys = json!({"privileges": ["order:read"]});
    let groups = json!({"privilege_groups": ["applications/shop/tenants/acme/privilegeGroups/own"]});
    vec![
        ("RoleService/GetRole", json!({})),
        ("RoleService/ListRolePrivileges", json!({})),
        ("RoleService/DeleteRole", json!({})),
        ("RoleService/DeleteRole", json!({"force": true, "allow_missing": true})),
        ("RoleService/DeleteRole", json!({"etag": "stale"})),
        ("RoleService/AddRolePrivileges", keys.clone()),
        ("RoleService/SetRolePrivileges", keys.clone()),
        ("RoleService/RemoveRolePrivileges", keys),
        ("RoleService/ListRolePrivilegeGroups", json!({})),
        ("RoleService/AddRolePrivilegeGroups", groups.clone()),
        ("RoleService/RemoveRolePrivilegeGroups", groups),
    ]
}

/// Changes of a role, by what follows its name in the message.
fn changes_of_a_role() -> Vec<(&'static str, Value)> {
    vec![
        ("RoleService/UpdateRole", json!({"role": {"display_name": "x"}})),
        ("RoleService/UpdateRole", json!({"role": {"privileges": ["order:read"], "etag": "x"}})),
    ]
}

async fn refusals(by: &Actor, calls: &[(&'static str, Value)], field: &str, name: &str) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (method, words) in calls {
        let mut request = words.clone();
        match field.split_once('.') {
            Some((thing, field)) => request[thing][field] = name.into(),
            None => request[field] = name.into(),
        }
        refusals.push(by.refused(method, request).await);
    }
    refusals
}

/// The refusals of all calls are the same for all names, and are denials.
async fn alike(by: &Actor, calls: &[(&'static str, Value)], field: &str, names: &[&str]) {
    let first = refusals(by, calls, field, names.first().unwrap()).await;
    for (refusal, (method, _)) in first.iter().zip(calls) {
        assert_eq!(refusal.said(), (Code::PermissionDenied, "PERMISSION_DENIED"), "{method}: {refusal:?}");
    }
    for name in names {
        for (was, is) in first.iter().zip(refusals(by, calls, field, name).await) {
            assert_eq!(*was, is, "{name} is told apart");
        }
    }
}

/// Runs a test as each of the callers, who change nothing.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
fn as_each(callers: &[&str], test: impl AsyncFn(&Actor)) {
    shop::on_every_store(async |server, root| {
        let before = export(root).await;
        for caller in callers {
            test(&actor(server, caller).await).await;
        }
        assert_eq!(export(root).await, before);
    });
}

#[test]
fn a_role_out_of_reach_is_as_if_absent() {
    as_each(&[NOBODY, CLERK, BANKER], async |caller| {
        let names = [
            "applications/shop/roles/boss",
            "applications/shop/roles/absent",
            "applications/absent/roles/boss",
            "applications/shop/tenants/acme/roles/own-reader",
            "applications/shop/tenants/absent/roles/own-reader",
            "applications/bailiwick/roles/administrator",
        ];
        alike(caller, &on_a_role(), "name", &names).await;
        alike(caller, &changes_of_a_role(), "role.name", &names).await;
    });
    as_each(&[ACME, ACME_DELEGATE], async |caller| {
        let names = [
            "applications/shop/tenants/globex/roles/own-reader",
            "applications/shop/tenants/globex/roles/absent",
            "applications/shop/tenants/absent/roles/own-reader",
            "applications/bank/tenants/acme/roles/own-reader",
            "applications/absent/tenants/acme/roles/own-reader",
            "applications/shop/roles/boss",
            "applications/shop/roles/absent",
        ];
        alike(caller, &on_a_role(), "name", &names).await;
        alike(caller, &changes_of_a_role(), "role.name", &names).await;
    });
    as_each(&[SHOPKEEPER], async |caller| {
        let names = [
            "applications/bank/roles/banker",
            "applications/bank/roles/absent",
            "applications/absent/roles/absent",
            "applications/bank/tenants/acme/roles/own-reader",
            "applications/bailiwick/roles/administrator",
        ];
        alike(caller, &on_a_role(), "name", &names).await;
        alike(caller, &changes_of_a_role(), "role.name", &names).await;
    });
}

#[test]
fn a_privilege_group_out_of_reach_is_as_if_absent() {
    let calls = [
        ("PrivilegeService/GetPrivilegeGroup", json!({})),
        ("PrivilegeService/DeletePrivilegeGroup", json!({})),
        ("PrivilegeService/DeletePrivilegeGroup", json!({"force": true, "allow_missing": true, "etag": "stale"})),
    ];
    let changes = [
        ("PrivilegeService/UpdatePrivilegeGroup", json!({"privilege_group": {"display_name": "x"}})),
        (
            "PrivilegeService/UpdatePrivilegeGroup",
            json!({"privilege_group": {"privileges": ["order:read"], "etag": "x"}}),
        ),
    ];
    as_each(&[ACME, ACME_DELEGATE, NOBODY, CLERK], async |caller| {
        let names = [
            "applications/shop/privilegeGroups/bundle",
            "applications/shop/privilegeGroups/absent",
            "applications/shop/tenants/globex/privilegeGroups/own",
            "applications/shop/tenants/globex/privilegeGroups/absent",
            "applications/shop/tenants/absent/privilegeGroups/own",
            "applications/bank/privilegeGroups/absent",
            "applications/absent/privilegeGroups/absent",
        ];
        alike(caller, &calls, "name", &names).await;
        alike(caller, &changes, "privilege_group.name", &names).await;
    });
    as_each(&[ACME, ACME_DELEGATE], async |caller| {
        let own = "applications/shop/tenants/acme/roles/own-reader";
        let refer = |group: &str| json!({"name": own, "privilege_groups": [group]});
        let (is, is_not) = ("applications/shop/privilegeGroups/used", "applications/shop/privilegeGroups/absent");
        let there = caller.refused("RoleService/AddRolePrivilegeGroups", refer(is)).await;
        let absent = caller.refused("RoleService/AddRolePrivilegeGroups", refer(is_not)).await;
        assert_eq!(there.said(), (Code::NotFound, "NOT_FOUND"));
        assert_eq!(without(&there, is), without(&absent, is_not));
    });
}

#[test]
fn a_permission_boundary_out_of_reach_is_as_if_absent() {
    let (get, delete) = ("BoundaryService/GetPermissionBoundary", "BoundaryService/DeletePermissionBoundary");
    let calls = [(get, json!({})), (delete, json!({})), (delete, json!({"allow_missing": true, "etag": "stale"}))];
    let words = json!({"permission_boundary": {"kind": "KIND_CUSTOM", "etag": "x"}});
    let change = [("BoundaryService/UpdatePermissionBoundary", words)];
    as_each(&[ACME_DELEGATE, BANKER, CLERK, NOBODY], async |caller| {
        let names = ["shop/customers", "shop/unused", "shop/absent", "shop/self", "absent/self", "absent/absent"];
        let names = names.map(|name| format!("applications/{}", name.replace('/', "/permissionBoundaries/")));
        let names = names.each_ref().map(String::as_str);
        alike(caller, &calls, "name", &names).await;
        alike(caller, &change, "permission_boundary.name", &names).await;
    });
}

#[test]
fn a_scope_or_traversal_spec_out_of_reach_is_as_if_absent() {
    let missing = json!({"allow_missing": true, "force": true, "etag": "stale"});
    let of_scope = [
        ("ScopeService/GetScope", json!({})),
        ("ScopeService/ListScopeResources", json!({})),
        ("ScopeService/DeleteScope", json!({})),
        ("ScopeService/DeleteScope", missing),
    ];
    let of_spec = [
        ("ScopeService/GetTraversalSpec", json!({})),
        ("ScopeService/DeleteTraversalSpec", json!({})),
        ("ScopeService/DeleteTraversalSpec", json!({"allow_missing": true, "etag": "stale"})),
    ];
    let instances = json!([{"traversal_spec": "applications/shop/traversalSpecs/folders"}]);
    let change = [
        ("ScopeService/UpdateScope", json!({"scope": {"scope_name": "x", "etag": "x"}})),
        ("ScopeService/UpdateScope", json!({"scope": {"instances": instances}})),
    ];
    let change_spec =
        [("ScopeService/UpdateTraversalSpec", json!({"traversal_spec": {"spec_name": "x", "etag": "x"}}))];
    as_each(&[ACME_DELEGATE, BANKER, CLERK, NOBODY], async |caller| {
        let names = |collection: &str, own: [&str; 3]| {
            let names = own.into_iter().flat_map(|id| ["shop", "absent"].map(|of| (of, id)));
            names.map(|(of, id)| format!("applications/{of}/{collection}/{id}")).collect::<Vec<_>>()
        };
        let scopes = names("scopes", ["all-orders", "all-objects", "absent"]);
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        alike(caller, &of_scope, "name", &scopes).await;
        alike(caller, &change, "scope.name", &scopes).await;
        let specs = names("traversalSpecs", ["folders", "idle", "absent"]);
        let specs: Vec<&str> = specs.iter().map(String::as_str).collect();
        alike(caller, &of_spec, "name", &specs).await;
        alike(caller, &change_spec, "traversal_spec.name", &specs).await;
        let batch = async |name: &str| {
            let request = json!({"parent": name.split("/scopes").next(), "names": [name], "allow_missing": true});
            caller.refused("ScopeService/BatchDeleteScopes", request).await
        };
        let first = without(&batch(scopes[0]).await, scopes[0]);
        for name in scopes {
            assert_eq!(without(&batch(name).await, name), first, "{name}");
        }
    });
}

#[test]
fn what_belongs_to_an_owner_out_of_reach_is_as_if_absent() {
    let of_owner = [
        ("RoleService/ListRoles", json!({})),
        ("RoleService/LookupRole", json!({"role_name": "own-reader"})),
        ("RoleService/LookupRole", json!({"role_name": "absent"})),
        ("RoleService/CreateRole", json!({"role_id": "own-reader", "role": {"role_name": "own-reader"}})),
        ("RoleService/CreateRole", json!({"role": {"role_name": "new", "privileges": ["order:read"]}})),
        ("PrivilegeService/ListPrivilegeGroups", json!({})),
        (
            "PrivilegeService/CreatePrivilegeGroup",
            json!({"privilege_group_id": "own", "privilege_group": {"group_name": "own"}}),
        ),
    ];
    as_each(&[ACME, ACME_DELEGATE], async |caller| {
        let names = [
            "applications/shop/tenants/globex",
            "applications/shop/tenants/absent",
            "applications/bank/tenants/acme",
            "applications/absent/tenants/acme",
            "applications/shop",
            "applications/bank",
            "applications/absent",
        ];
        alike(caller, &of_owner, "parent", &names).await;
    });
    let of_application = [
        ("ApplicationService/ListTenants", json!({})),
        ("ApplicationService/CreateTenant", json!({"tenant_id": "acme", "tenant": {}})),
        ("PrivilegeService/ListPrivileges", json!({})),
        ("PrivilegeService/BatchRegisterPrivileges", json!({"privileges": [{"key": "account:read"}]})),
        ("PrivilegeService/CreatePrivilege", json!({"privilege": {"key": "account:read"}})),
        ("AssignmentService/ListRoleAssignments", json!({})),
        ("AssignmentService/ListAssignableRoles", json!({"subject": "users/shared"})),
        ("AssignmentService/ListAssignableRoles", json!({"subject": "users/absent", "tenant": "acme"})),
        ("BoundaryService/ListPermissionBoundaries", json!({})),
        ("ScopeService/ListScopes", json!({})),
        ("ScopeService/ListTraversalSpecs", json!({})),
        ("ScopeService/CreateScope", json!({"scope_id": "all-orders", "scope": {"scope_name": "All Orders"}})),
        (
            "ScopeService/CreateTraversalSpec",
            json!({"traversal_spec": {"spec_name": "idle", "root_resource_kind": "folders"}}),
        ),
        (
            "BoundaryService/CreatePermissionBoundary",
            json!({"permission_boundary_id": "self", "permission_boundary": {"boundary_name": "x", "kind": "KIND_CUSTOM", "value": "x"}}),
        ),
    ];
    as_each(&[SHOPKEEPER, NOBODY], async |caller| {
        let calls = [&of_owner[..], &of_application[..]].concat();
        alike(caller, &calls, "parent", &["applications/bank", "applications/absent", "applications/bailiwick"]).await;
    });
}

#[test]
fn an_application_a_tenant_and_a_privilege_out_of_reach_are_as_if_absent() {
    let delete = json!({"force": true, "allow_missing": true});
    let application = [
        ("ApplicationService/GetApplication", json!({})),
        ("ApplicationService/DeleteApplication", json!({})),
        ("ApplicationService/DeleteApplication", delete.clone()),
    ];
    let tenant = [
        ("ApplicationService/GetTenant", json!({})),
        ("ApplicationService/DeleteTenant", json!({})),
        ("ApplicationService/DeleteTenant", delete),
    ];
    let privilege = [
        ("PrivilegeService/GetPrivilege", json!({})),
        ("PrivilegeService/DeletePrivilege", json!({})),
        ("PrivilegeService/DeletePrivilege", json!({"force": true, "allow_missing": true})),
        ("PrivilegeService/ListPrivilegeRoles", json!({})),
        ("PrivilegeService/ListPrivilegeUsers", json!({})),
    ];
    let change_application = [("ApplicationService/UpdateApplication", json!({"application": {"display_name": "x"}}))];
    let change_tenant = [("ApplicationService/UpdateTenant", json!({"tenant": {"display_name": "x", "etag": "x"}}))];
    as_each(&[SHOPKEEPER, NOBODY], async |caller| {
        let others = ["applications/bank", "applications/absent", "applications/bailiwick"];
        alike(caller, &application, "name", &others).await;
        alike(caller, &change_application, "application.name", &others).await;
        let others =
            ["applications/bank/tenants/acme", "applications/bank/tenants/absent", "applications/absent/tenants/acme"];
        alike(caller, &tenant, "name", &others).await;
        alike(caller, &change_tenant, "tenant.name", &others).await;
        alike(
            caller,
            &privilege,
            "name",
            &[
                "applications/bank/privileges/account:read",
                "applications/bank/privileges/absent",
                "applications/absent/privileges/account:read",
                "applications/bank/privileges/bailiwick:role:read",
            ],
        )
        .await;
    });
    as_each(&[ACME, ACME_DELEGATE], async |caller| {
        let others =
            ["applications/shop/tenants/globex", "applications/shop/tenants/absent", "applications/bank/tenants/acme"];
        alike(caller, &tenant, "name", &others).await;
        alike(caller, &change_tenant, "tenant.name", &others).await;
        alike(
            caller,
            &privilege,
            "name",
            &["applications/shop/privileges/order:read", "applications/shop/privileges/absent"],
        )
        .await;
    });
}

#[test]
fn a_group_out_of_reach_is_as_if_absent() {
    let members = json!({"members": ["users/acme-clerk"]});
    let own = [
        ("DirectoryService/GetGroup", json!({})),
        ("DirectoryService/DeleteGroup", json!({})),
        ("DirectoryService/DeleteGroup", json!({"force": true, "allow_missing": true, "etag": "stale"})),
        ("DirectoryService/AddGroupMembers", members.clone()),
        ("DirectoryService/RemoveGroupMembers", members.clone()),
        ("DirectoryService/SetGroupMembers", members),
        ("DirectoryService/SetGroupMembers", json!({"etag": "stale"})),
        ("DirectoryService/ListGroupMembers", json!({"view": "MEMBERSHIP_VIEW_TRANSITIVE"})),
    ];
    let change = [("DirectoryService/UpdateGroup", json!({"group": {"display_name": "x", "etag": "x"}}))];
    as_each(&[NOBODY, SHOPKEEPER, ACME_DELEGATE, BANKER], async |caller| {
        let names = ["groups/weak", "groups/strong", "groups/absent"];
        alike(caller, &own, "name", &names).await;
        alike(caller, &change, "group.name", &names).await;
    });
}

#[test]
fn a_client_out_of_reach_is_as_if_absent() {
    let own = [
        ("DirectoryService/GetClient", json!({})),
        ("DirectoryService/DeleteClient", json!({})),
        ("DirectoryService/DeleteClient", json!({"force": true, "allow_missing": true, "etag": "stale"})),
    ];
    let change_client = [("DirectoryService/UpdateClient", json!({"client": {"enabled": true, "etag": "x"}}))];
    let change_user = [("DirectoryService/UpdateUser", json!({"user": {"email": "x", "etag": "x"}}))];
    let owned = [("DirectoryService/CreateClient", json!({"client_id": "acme-client", "client": {}}))];
    as_each(&[ACME, ACME_DELEGATE, SHOPKEEPER], async |caller| {
        let names = ["clients/bank-client", "clients/nobody", "clients/absent", "clients/local-administrator"];
        alike(caller, &own, "name", &names).await;
        alike(caller, &change_client, "client.name", &names).await;
        alike(caller, &change_user, "user.name", &["users/bank-clerk", "users/shared", "users/absent"]).await;
        let owners = ["applications/bank", "applications/absent", "applications/bank/tenants/acme"];
        alike(caller, &owned, "client.owner", &owners).await;
    });
    as_each(&[ACME, ACME_DELEGATE], async |caller| {
        let owners = ["applications/shop/tenants/globex", "applications/shop/tenants/absent", "applications/shop"];
        alike(caller, &owned, "client.owner", &owners).await;
        alike(caller, &own, "name", &["clients/shop-client", "clients/absent"]).await;
        alike(caller, &change_user, "user.name", &["users/globex-clerk", "users/absent", "users/shop-clerk"]).await;
    });
}

/// What a refusal says, but for the name that the caller sent.
fn without(refusal: &Refusal, name: &str) -> (Code, String, String) {
    let details = Value::from(refusal.details.clone()).to_string();
    (refusal.code, refusal.message.replace(name, "…"), details.replace(name, "…"))
}
