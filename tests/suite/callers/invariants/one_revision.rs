//! *one-revision*: every write call is one revision, also one that changes nothing; what is refused, only validated or
//! only read is none.

use bailiwick::app::methods::OWN;
use serde_json::{Value, json};

use super::super::actor::described;
use super::super::shop::{self};
use super::super::stage::{as_root_on_every_store, assignment_name, head, imported, revision};

/// Every write method, in an order in which each succeeds, and changes something; twice where the second time
/// nothing is left to change.
pub(crate) fn writes() -> Vec<(&'static str, Value)> {
    let assign = json!({"application": "applications/new", "subject": "users/shared",
                        "roles": ["applications/new/roles/new"]});
    let one_role = json!({"role": "applications/new/roles/new", "subjects": ["users/shared", "users/new"]});
    let record = assignment_name("users/shared", "applications/new/roles/new", None);
    let register = json!({"parent": "applications/new", "privileges": [{"key": "a:b"}, {"key": "a:c"}]});
    let role = |words: Value| {
        let mut request = words;
        request["name"] = "applications/new/roles/new".into();
        request
    };
    let (one, two) = (role(json!({"privileges": ["a:b"]})), role(json!({"privileges": ["a:b", "a:c"]})));
    let application = json!({"application": {"name": "applications/new", "display_name": "Newer"}});
    let tenant = json!({"tenant": {"name": "applications/new/tenants/new", "display_name": "Newer"}});
    let built = vec![
        ("ApplicationService/CreateApplication", json!({"application_id": "new", "application": {}})),
        ("ApplicationService/CreateTenant", json!({"parent": "applications/new", "tenant_id": "new", "tenant": {}})),
        ("ApplicationService/UpdateApplication", application.clone()),
        ("ApplicationService/UpdateApplication", application),
        ("ApplicationService/UpdateTenant", tenant.clone()),
        ("ApplicationService/UpdateTenant", tenant),
        ("PrivilegeService/BatchRegisterPrivileges", register.clone()),
        ("PrivilegeService/BatchRegisterPrivileges", register),
        (
            "RoleService/CreateRole",
            json!({"parent": "applications/new", "role_id": "new", "role": {"role_name": "new"}}),
        ),
        ("RoleService/AddRolePrivileges", one.clone()),
        ("RoleService/AddRolePrivileges", one.clone()),
        ("RoleService/SetRolePrivileges", two.clone()),
        ("RoleService/SetRolePrivileges", two),
        ("RoleService/RemoveRolePrivileges", one.clone()),
        ("RoleService/RemoveRolePrivileges", one),
    ];
    let given = vec![
        ("AssignmentService/AssignRoles", assign.clone()),
        ("AssignmentService/AssignRoles", assign.clone()),
        ("AssignmentService/UnassignRoles", assign.clone()),
        ("AssignmentService/UnassignRoles", assign),
        ("AssignmentService/AssignRoleToSubjects", one_role.clone()),
        ("AssignmentService/AssignRoleToSubjects", one_role),
        ("AssignmentService/RevokeRoleFromSubject", json!({"role": "applications/new/roles/new", "subject": "new"})),
        ("AssignmentService/DeleteRoleAssignment", json!({"name": record})),
        ("AssignmentService/DeleteRoleAssignment", missing(&record)),
    ];
    let gone = vec![
        ("RoleService/DeleteRole", json!({"name": "applications/new/roles/new", "force": true})),
        ("RoleService/DeleteRole", missing("applications/new/roles/new")),
        ("ApplicationService/DeleteTenant", json!({"name": "applications/new/tenants/new"})),
        ("ApplicationService/DeleteTenant", missing("applications/new/tenants/new")),
        ("ApplicationService/DeleteApplication", json!({"name": "applications/new", "force": true})),
        ("ApplicationService/DeleteApplication", missing("applications/new")),
    ];
    [
        built,
        of_a_catalogue(),
        of_a_document(),
        of_boundaries(),
        of_scopes(),
        people(),
        replaced(),
        given,
        of_resources(),
        over_resources(),
        no_people(),
        gone,
    ]
    .concat()
}

fn missing(name: &str) -> Value {
    json!({"name": name, "allow_missing": true})
}

fn people() -> Vec<(&'static str, Value)> {
    let members = json!({"name": "groups/new", "members": ["users/shared"]});
    let group = json!({"group": {"name": "groups/new", "display_name": "Newer"}});
    let tenants = ["applications/new/tenants/new"];
    let user = json!({"user": {"name": "users/new", "email": "x", "tenants": tenants}});
    let client = json!({"client": {"name": "clients/new", "enabled": false}});
    let owned = json!({"client_id": "new", "client": {"owner": "applications/new"}});
    vec![
        ("DirectoryService/CreateUser", json!({"user_id": "new", "user": {"username": "new"}})),
        ("DirectoryService/CreateGroup", json!({"group_id": "new", "group": {"group_name": "new"}})),
        ("DirectoryService/AddGroupMembers", members.clone()),
        ("DirectoryService/AddGroupMembers", members.clone()),
        ("DirectoryService/RemoveGroupMembers", members.clone()),
        ("DirectoryService/RemoveGroupMembers", members.clone()),
        ("DirectoryService/SetGroupMembers", members.clone()),
        ("DirectoryService/SetGroupMembers", members),
        ("DirectoryService/UpdateGroup", group.clone()),
        ("DirectoryService/UpdateGroup", group),
        ("DirectoryService/UpdateUser", user.clone()),
        ("DirectoryService/UpdateUser", user),
        ("DirectoryService/CreateClient", owned),
        ("DirectoryService/UpdateClient", client.clone()),
        ("DirectoryService/UpdateClient", client),
    ]
}

/// Those that say what one subject holds: another role, none without tenant, and what it holds in a tenant stays.
fn replaced() -> Vec<(&'static str, Value)> {
    let replace = |tenant: &str, roles: &[&str]| {
        let request =
            json!({"application": "applications/new", "subject": "users/shared", "tenant": tenant, "roles": roles});
        ("AssignmentService/ReplaceSubjectRoles", request)
    };
    let (new, other) = ("applications/new/roles/new", "applications/new/roles/other");
    let role = json!({"parent": "applications/new", "role_id": "other", "role": {"role_name": "other"}});
    vec![
        ("RoleService/CreateRole", role),
        replace("", &[new]),
        replace("", &[new]),
        replace("new", &[new, other]),
        replace("", &[other]),
        replace("", &[]),
        replace("", &[]),
        replace("new", &[]),
        ("RoleService/DeleteRole", json!({"name": other})),
    ]
}

/// What is held over resources: put, shared, and given to a user and to a new group.
fn over_resources() -> Vec<(&'static str, Value)> {
    let (application, role) = ("applications/new", "applications/new/roles/new");
    let these = |resources: &[&str]| json!({"application": application, "subject": "users/shared", "role": role, "resources": resources});
    let mut put = these(&[]);
    put["traversal_spec_instances"] =
        json!([{"resource_selection": [{"type": "TYPE_PROPAGATE", "resource_id": ["k/4"]}]}]);
    let of_user = json!({"user": {"name": "users/new"}, "role_assignments":
        {"application": application, "assignments": [{"role": role, "resources": ["k/4"]}]}});
    let group = json!({"group_id": "made", "group": {"group_name": "made"}, "members": ["users/shared"],
                       "role_assignments": [{"role": role, "resources": ["k/4"]}]});
    vec![
        ("ResourceService/CreateResource", json!({"parent": application, "resource": {"kind": "k", "id": "4"}})),
        ("AssignmentService/PutRoleAssignment", put.clone()),
        ("AssignmentService/PutRoleAssignment", put),
        ("AssignmentService/AddRoleAssignmentResources", these(&["k/4"])),
        ("AssignmentService/AddRoleAssignmentResources", these(&["k/4"])),
        ("AssignmentService/RemoveRoleAssignmentResources", these(&["k/4", "k/5"])),
        ("AssignmentService/RemoveRoleAssignmentResources", these(&["k/4", "k/5"])),
        ("DirectoryService/UpdateUser", of_user.clone()),
        ("DirectoryService/UpdateUser", of_user),
        (
            "DirectoryService/UpdateUser",
            json!({"user": {"name": "users/new"}, "role_assignments": {"application": application}}),
        ),
        ("DirectoryService/CreateGroup", group),
        ("DirectoryService/DeleteGroup", json!({"name": "groups/made", "force": true})),
    ]
}

fn no_people() -> Vec<(&'static str, Value)> {
    let no_groups = json!({"names": ["groups/new", "groups/other"], "allow_missing": true, "force": true});
    vec![
        ("DirectoryService/DeleteUser", json!({"name": "users/new"})),
        ("DirectoryService/DeleteUser", missing("users/new")),
        ("DirectoryService/CreateGroup", json!({"group_id": "other", "group": {"group_name": "other"}})),
        ("DirectoryService/DeleteGroup", json!({"name": "groups/other"})),
        ("DirectoryService/DeleteGroup", missing("groups/other")),
        ("DirectoryService/BatchDeleteGroups", no_groups.clone()),
        ("DirectoryService/BatchDeleteGroups", no_groups),
        ("DirectoryService/DeleteClient", json!({"name": "clients/new"})),
        ("DirectoryService/DeleteClient", missing("clients/new")),
    ]
}

/// Those about privileges and groups of them, with a role that comes and goes.
fn of_a_catalogue() -> Vec<(&'static str, Value)> {
    let app = "applications/new";
    let (key, group, role) =
        ("applications/new/privileges/a:d", "applications/new/privilegeGroups/new", "applications/new/roles/grouped");
    let privilege = json!({"privilege": {"name": key, "display_name": "Newer"}});
    let filled = json!({"privilege_group": {"name": group, "privileges": ["a:b", "a:c"]}});
    let changed = json!({"role": {"name": role, "display_name": "Newer", "privileges": ["a:d"]}});
    let refer = json!({"name": role, "privilege_groups": [group]});
    let new_group = json!({"parent": app, "privilege_group_id": "new", "privilege_group": {"group_name": "new"}});
    let new_role = json!({"parent": app, "role_id": "grouped", "role": {"role_name": "grouped"}});
    vec![
        ("PrivilegeService/CreatePrivilege", json!({"parent": app, "privilege": {"key": "a:d"}})),
        ("PrivilegeService/UpdatePrivilege", privilege.clone()),
        ("PrivilegeService/UpdatePrivilege", privilege),
        ("PrivilegeService/CreatePrivilegeGroup", new_group),
        ("PrivilegeService/UpdatePrivilegeGroup", filled.clone()),
        ("PrivilegeService/UpdatePrivilegeGroup", filled),
        ("RoleService/CreateRole", new_role),
        ("RoleService/UpdateRole", changed.clone()),
        ("RoleService/UpdateRole", changed),
        ("RoleService/AddRolePrivilegeGroups", refer.clone()),
        ("RoleService/AddRolePrivilegeGroups", refer.clone()),
        ("RoleService/RemoveRolePrivilegeGroups", refer.clone()),
        ("RoleService/RemoveRolePrivilegeGroups", refer),
        ("RoleService/DeleteRole", json!({"name": role})),
        ("PrivilegeService/DeletePrivilegeGroup", json!({"name": group})),
        ("PrivilegeService/DeletePrivilegeGroup", missing(group)),
        ("PrivilegeService/DeletePrivilege", json!({"name": key})),
        ("PrivilegeService/DeletePrivilege", missing(key)),
    ]
}

/// Those about a policy document, which a role and a user get and lose: one of the action it names is taken with it.
fn of_a_document() -> Vec<(&'static str, Value)> {
    let (app, name) = ("applications/new", "applications/new/privileges/desk");
    let document =
        |actions: &[&str]| json!({"statements": [{"effect": "EFFECT_ALLOW", "actions": actions, "scopes": ["k/1"]}]});
    let new = json!({"parent": app, "privilege": {"key": "desk", "document": document(&["a:b"])}});
    let update = json!({"privilege": {"name": name, "document": document(&["a:b", "a:c"])}});
    let to_roles = json!({"name": name, "roles": ["applications/new/roles/new"], "role_names": ["NEW"]});
    let to_users = json!({"name": name, "users": ["users/shared", "users/helper"]});
    let from_user = json!({"name": name, "user": "users/helper"});
    vec![
        ("PrivilegeService/CreatePrivilege", new),
        ("PrivilegeService/UpdatePrivilege", update.clone()),
        ("PrivilegeService/UpdatePrivilege", update),
        ("PrivilegeService/AssignPrivilegeToRoles", to_roles.clone()),
        ("PrivilegeService/AssignPrivilegeToRoles", to_roles.clone()),
        ("PrivilegeService/AssignPrivilegeToUsers", to_users.clone()),
        ("PrivilegeService/AssignPrivilegeToUsers", to_users),
        ("PrivilegeService/RemovePrivilegeFromUser", from_user),
        ("PrivilegeService/RemovePrivilegeFromRole", json!({"name": name, "role_name": "new"})),
        ("PrivilegeService/AssignPrivilegeToRoles", to_roles),
        ("PrivilegeService/DeletePrivilege", json!({"name": name, "force": true})),
    ]
}

/// Those about permission boundaries: a list of tenants, and one that who asks decides.
fn of_boundaries() -> Vec<(&'static str, Value)> {
    let app = "applications/new";
    let (list, custom) = ("applications/new/permissionBoundaries/list", "applications/new/permissionBoundaries/custom");
    let create = |id: &str, words: Value| {
        let mut boundary = words;
        boundary["boundary_name"] = id.into();
        let request = json!({"parent": app, "permission_boundary_id": id, "permission_boundary": boundary});
        ("BoundaryService/CreatePermissionBoundary", request)
    };
    let update = |name: &str, words: Value| {
        let mut boundary = words;
        boundary["name"] = name.into();
        ("BoundaryService/UpdatePermissionBoundary", json!({"permission_boundary": boundary}))
    };
    let tenants = json!({"tenants": ["applications/new/tenants/new"]});
    vec![
        create("list", json!({"kind": "KIND_TENANT_EXCLUSION_LIST"})),
        create("custom", json!({"kind": "KIND_CUSTOM", "value": "Office hours"})),
        update(list, tenants.clone()),
        update(list, tenants),
        update(custom, json!({"value": "office hours"})),
        update(custom, json!({"value": "office hours"})),
        ("BoundaryService/DeletePermissionBoundary", json!({"name": list})),
        ("BoundaryService/DeletePermissionBoundary", missing(list)),
        ("BoundaryService/DeletePermissionBoundary", json!({"name": custom})),
        ("BoundaryService/DeletePermissionBoundary", missing(custom)),
    ]
}

/// Those about resources and their relations.
fn of_resources() -> Vec<(&'static str, Value)> {
    let moved = json!({"resource": {"name": "applications/new/resources/k/new/1",
                                    "tenant": "applications/new/tenants/new"}});
    let upsert = json!({"parent": "applications/new", "resources": [
        {"kind": "k", "id": "new/2", "parents": ["k/new/3"]}, {"kind": "k", "id": "new/3"}]});
    let relate = |way: &str| json!({"parent": "applications/new", way: [{"child": "k/new/1", "parent": "k/new/2"}]});
    vec![
        (
            "ResourceService/CreateResource",
            json!({"parent": "applications/new", "resource": {"kind": "k", "id": "new/1"}}),
        ),
        ("ResourceService/UpdateResource", moved.clone()),
        ("ResourceService/UpdateResource", moved),
        ("ResourceService/BatchUpsertResources", upsert.clone()),
        ("ResourceService/BatchUpsertResources", upsert),
        ("ResourceService/BatchUpdateRelations", relate("add")),
        ("ResourceService/BatchUpdateRelations", relate("add")),
        ("ResourceService/BatchUpdateRelations", relate("remove")),
        ("ResourceService/BatchUpdateRelations", relate("remove")),
        ("ResourceService/DeleteResource", json!({"name": "applications/new/resources/k/new/1"})),
        ("ResourceService/DeleteResource", missing("applications/new/resources/k/new/1")),
        ("ResourceService/DeleteResource", json!({"name": "applications/new/resources/k/new/3", "force": true})),
    ]
}

/// Those about scopes, and the traversal spec that one of them uses.
fn of_scopes() -> Vec<(&'static str, Value)> {
    let app = "applications/new";
    let (scope, spec) = ("applications/new/scopes/new", "applications/new/traversalSpecs/new");
    let new_spec = json!({"spec_name": "new", "root_resource_kind": "k"});
    let paths = json!([{"steps": [{"kind": "k", "direction": "DIRECTION_PARENT"}]}]);
    let changed_spec = json!({"traversal_spec": {"name": spec, "paths": paths}});
    let instances = json!([{"traversal_spec": spec, "select_all_resources": true}]);
    let new_scope = |id: &str| json!({"parent": app, "scope_id": id, "scope": {"scope_name": id}});
    let changed = json!({"scope": {"name": scope, "instances": instances}});
    let batch = json!({"parent": app, "names": ["applications/new/scopes/other"], "allow_missing": true});
    vec![
        (
            "ScopeService/CreateTraversalSpec",
            json!({"parent": app, "traversal_spec_id": "new", "traversal_spec": new_spec}),
        ),
        ("ScopeService/UpdateTraversalSpec", changed_spec.clone()),
        ("ScopeService/UpdateTraversalSpec", changed_spec),
        ("ScopeService/CreateScope", new_scope("new")),
        ("ScopeService/CreateScope", new_scope("other")),
        ("ScopeService/UpdateScope", changed.clone()),
        ("ScopeService/UpdateScope", changed),
        ("ScopeService/DeleteScope", json!({"name": scope})),
        ("ScopeService/DeleteScope", missing(scope)),
        ("ScopeService/BatchDeleteScopes", batch.clone()),
        ("ScopeService/BatchDeleteScopes", batch),
        ("ScopeService/DeleteTraversalSpec", json!({"name": spec})),
        ("ScopeService/DeleteTraversalSpec", missing(spec)),
    ]
}

#[test]
fn every_method_that_writes_is_tried_here() {
    let tried: Vec<&str> = writes().into_iter().map(|(method, _)| method).collect();
    for method in OWN {
        let method = method.path.trim_start_matches("bailiwick.v1.");
        let is_write = described(method).input().get_field_by_name("validate_only").is_some();
        assert_eq!(tried.contains(&method), is_write, "{method}");
    }
}

#[test]
fn one_revision() {
    shop::on_every_store(async |_, root| {
        for (method, request) in writes() {
            let before = head(root).await;
            let mut validated = request.clone();
            validated["validate_only"] = true.into();
            assert_eq!(revision(&root.done(method, validated).await), before, "{method}, only validated");
            let answer = root.done(method, request.clone()).await;
            assert_eq!(revision(&answer), before + 1, "{method} {request}");
            assert_eq!(head(root).await, before + 1, "{method} {request}");
        }
    });
}

#[test]
fn a_batch_of_an_import_is_one_revision() {
    as_root_on_every_store(async |root| {
        let before = head(root).await;
        let user = |number| json!({"user": {"id": format!("u{number}"), "username": format!("u{number}")}});
        let lines: Vec<Value> = (0..5_001).map(user).collect();
        let answer = imported(root, &lines).await;
        assert_eq!((&answer["batches"], &answer["created"]), (&json!(2), &json!(5_001)), "{answer}");
        assert_eq!(revision(&answer), before + 2);
        let again = imported(root, &lines).await;
        assert_eq!((&again["created"], &again["unchanged"]), (&Value::Null, &json!(5_001)), "{again}");
        assert_eq!(head(root).await, before + 4);
    });
}

#[test]
fn what_is_refused_or_only_read_is_no_revision() {
    shop::on_every_store(async |_, root| {
        let before = head(root).await;
        for (method, request) in writes().into_iter().filter(|(method, _)| method.contains("/Delete")) {
            let absent = json!({"name": request["name"]});
            root.refused(method, absent).await;
        }
        root.refused("RoleService/DeleteRole", json!({"name": "applications/shop/roles/boss"})).await;
        root.done("RoleService/ListRoles", json!({"parent": "applications/shop"})).await;
        root.done("DirectoryService/GetUser", json!({"name": "users/shared"})).await;
        assert_eq!(head(root).await, before);
    });
}
