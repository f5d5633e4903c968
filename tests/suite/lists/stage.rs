//! Every list there is, filled with things that stay, and the writes by which others come and go.

mod holders;
mod roles;
mod scopes;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use self::roles::of_roles;
use crate::callers::actor::Actor;
use crate::callers::stage::imported;

/// Things of each kind that stay as they are while a list is read; in two halves, one made after the other.
pub(super) const STABLE: usize = 107;

type Write = (&'static str, Value);

/// A list.
pub(crate) struct List {
    pub(crate) method: &'static str,
    /// The request, without its page.
    pub(crate) request: Value,
    /// The name of the entry with an id, where it follows from the id.
    pub(super) name: Option<fn(&str) -> String>,
    /// The writes that make the n-th passing entry.
    pub(super) comes: fn(usize) -> Vec<Write>,
    /// The writes that remove it, if it can be removed.
    pub(super) goes: fn(usize) -> Vec<Write>,
    /// The ids of the entries that stay, in order.
    pub(super) ids: fn() -> Vec<String>,
    /// Whether it takes `order_by` and `filter`.
    pub(super) sorts: bool,
}

/// The id of the n-th thing that stays: upper and lower case, and signs that collations like to skip.
pub(super) fn id(n: usize) -> String {
    let beginnings = ["a", "A", "b", "B", "_", "~", "z", "Z", "0", "a-b", "a.b", "ab", "a@b"];
    format!("{}{n:03}", beginnings.get(n % beginnings.len()).unwrap())
}

/// The id of the n-th thing that passes: before, among and after those that stay.
fn passing(n: usize) -> String {
    let beginnings = ["-", "B", "a", "~~"];
    format!("{}{n:03}p", beginnings.get(n % beginnings.len()).unwrap())
}

/// The ids of one half, byte for byte in order.
pub(super) fn half(second: bool) -> Vec<String> {
    let middle = STABLE / 2;
    let range = if second { middle..STABLE } else { 0..middle };
    range.map(id).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Both halves.
pub(super) fn both() -> Vec<String> {
    [half(false), half(true)].concat().into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

/// Fills every list, one half after the other.
pub(crate) async fn fill(root: &Actor) {
    let stage = [
        json!({"application": {"id": "list"}}),
        json!({"tenant": {"application": "list", "id": "t"}}),
        json!({"role": {"application": "list", "id": "full", "role_name": "the full one"}}),
        json!({"user": {"id": "holder", "username": "holder", "application": "list"}}),
        json!({"group": {"id": "full", "group_name": "full"}}),
        holders::document(),
        json!({"group": {"id": "outer", "group_name": "outer"}}),
        json!({"group_member": {"group": "outer", "member": "groups/full"}}),
    ];
    imported(root, &stage).await;
    for second in [false, true] {
        imported(root, &half(second).iter().flat_map(|id| lines(id)).collect::<Vec<_>>()).await;
    }
}

/// Privilege groups of one role that stay: a role has room for 64.
fn few() -> Vec<String> {
    both().into_iter().step_by(3).collect()
}

fn lines(id: &str) -> Vec<Value> {
    let refers = json!({"role_privilege_group": {"application": "list", "role": "full", "group": id}});
    let mut lines = vec![
        json!({"application": {"id": id}}),
        json!({"tenant": {"application": "list", "id": id}}),
        json!({"user": {"id": id, "username": id.to_owned() + "'s", "application": "list"}}),
        json!({"client": {"id": id, "application": "list", "tenant": "t"}}),
        json!({"group": {"id": id, "group_name": id.to_owned() + "'s"}}),
        json!({"privilege": {"application": "list", "key": format!("k:{id}")}}),
        json!({"role": {"application": "list", "id": id, "role_name": id.to_owned() + "'s"}}),
        json!({"role": {"application": "list", "tenant": "t", "id": id, "role_name": id.to_owned() + "'s",
                        "tenant_visibility": "OWNER"}}),
        json!({"role_privilege": {"application": "list", "role": "full", "privilege": format!("k:{id}")}}),
        json!({"role_privilege": {"application": "list", "role": id, "privilege": format!("k:{id}")}}),
        json!({"role_assignment": {"holder": holder(id), "application": "list", "role": id}}),
        json!({"resource": {"application": "list", "kind": "thing", "id": id, "tenant": "t"}}),
        json!({"permission_boundary": {"application": "list", "id": id, "boundary_name": id, "kind": "TENANT_EXCLUSION_LIST"}}),
        json!({"privilege_group": {"application": "list", "id": id, "group_name": id.to_owned() + "'s"}}),
        json!({"privilege_group": {"application": "list", "tenant": "t", "id": id, "group_name": id.to_owned() + "'s"}}),
    ];
    lines.extend(scopes::lines(id));
    lines.extend(holders::lines(id));
    lines.push(json!({"group_member": {"group": "full", "member": format!("users/{id}")}}));
    lines.push(json!({"group_member": {"group": id, "member": "users/holder"}}));
    lines.extend(few().iter().any(|few| few == id).then_some(refers));
    lines
}

/// Who holds the role with an id: the one whose lists are read, or a group that he is in.
fn holder(id: &str) -> String {
    if id.ends_with(['0', '2', '4', '6', '8']) { "users/holder".to_owned() } else { format!("groups/{id}") }
}

/// Every list.
pub(crate) fn lists() -> Vec<List> {
    let of_people = of_the_directory().into_iter().chain(of_memberships());
    of_applications()
        .into_iter()
        .chain(of_people)
        .chain(of_roles())
        .chain(of_privilege_groups())
        .chain(holders::of_holders())
        .chain(of_resources())
        .chain([of_boundaries()])
        .chain(scopes::of_scopes())
        .collect()
}

fn of_applications() -> [List; 3] {
    [
        List {
            method: "ApplicationService/ListApplications",
            request: json!({}),
            name: Some(|id| format!("applications/{id}")),
            comes: |n| {
                vec![("ApplicationService/CreateApplication", json!({"application_id": passing(n), "application": {}}))]
            },
            goes: |n| vec![delete("ApplicationService/DeleteApplication", "applications", n)],
            ids: both,
            sorts: true,
        },
        List {
            method: "ApplicationService/ListTenants",
            request: json!({"parent": "applications/list"}),
            name: Some(|id| format!("applications/list/tenants/{id}")),
            comes: |n| {
                let request = json!({"parent": "applications/list", "tenant_id": passing(n), "tenant": {}});
                vec![("ApplicationService/CreateTenant", request)]
            },
            goes: |n| vec![delete("ApplicationService/DeleteTenant", "applications/list/tenants", n)],
            ids: both,
            sorts: true,
        },
        List {
            method: "PrivilegeService/ListPrivileges",
            request: json!({"parent": "applications/list"}),
            name: Some(|id| format!("applications/list/privileges/k:{id}")),
            comes: |n| vec![registered(n)],
            goes: |n| {
                let name = format!("applications/list/privileges/k:{}", passing(n));
                vec![("PrivilegeService/DeletePrivilege", json!({"name": name}))]
            },
            ids: both,
            sorts: true,
        },
    ]
}

fn of_the_directory() -> [List; 5] {
    let users = |request| List {
        method: "DirectoryService/ListUsers",
        request,
        name: Some(|id| format!("users/{id}")),
        comes: |n| {
            let user = json!({"username": format!("passing {n}"), "application": "applications/list"});
            vec![("DirectoryService/CreateUser", json!({"user_id": passing(n), "user": user}))]
        },
        goes: |n| vec![delete("DirectoryService/DeleteUser", "users", n)],
        ids: both,
        sorts: true,
    };
    let clients = |request| List {
        method: "DirectoryService/ListClients",
        request,
        name: Some(|id| format!("clients/{id}")),
        comes: |n| {
            let client = json!({"owner": "applications/list/tenants/t"});
            vec![("DirectoryService/CreateClient", json!({"client_id": passing(n), "client": client}))]
        },
        goes: |n| vec![delete("DirectoryService/DeleteClient", "clients", n)],
        ids: both,
        sorts: true,
    };
    [
        clients(json!({})),
        clients(json!({"filter": "tenant = \"applications/list/tenants/t\" AND enabled = \"true\""})),
        users(json!({})),
        users(json!({"filter": "application = \"applications/list\" AND username : \"'S\""})),
        List {
            method: "DirectoryService/ListGroups",
            request: json!({}),
            name: Some(|id| format!("groups/{id}")),
            comes: |n| {
                let request = json!({"group_id": passing(n), "group": {"group_name": format!("passing {n}")}});
                vec![("DirectoryService/CreateGroup", request)]
            },
            goes: |n| vec![delete("DirectoryService/DeleteGroup", "groups", n)],
            ids: both,
            sorts: true,
        },
    ]
}

fn of_memberships() -> [List; 4] {
    let members = |request| List {
        method: "DirectoryService/ListGroupMembers",
        request,
        name: Some(|id| format!("users/{id}")),
        comes: |n| {
            let user = json!({"username": format!("passing {n}"), "application": "applications/list"});
            let add = json!({"name": "groups/full", "members": [format!("users/{}", passing(n))]});
            vec![
                ("DirectoryService/CreateUser", json!({"user_id": passing(n), "user": user})),
                ("DirectoryService/AddGroupMembers", add),
            ]
        },
        goes: |n| {
            let name = format!("users/{}", passing(n));
            vec![("DirectoryService/DeleteUser", json!({"name": name, "force": true}))]
        },
        ids: both,
        sorts: false,
    };
    let groups = |request| List {
        method: "DirectoryService/ListUserGroups",
        request,
        name: Some(|id| format!("groups/{id}")),
        comes: |n| {
            let group = json!({"group_name": format!("passing {n}")});
            vec![(
                "DirectoryService/CreateGroup",
                json!({"group_id": passing(n), "group": group, "members": ["users/holder"]}),
            )]
        },
        goes: |n| {
            let name = format!("groups/{}", passing(n));
            vec![("DirectoryService/DeleteGroup", json!({"name": name, "force": true}))]
        },
        ids: both,
        sorts: false,
    };
    [
        members(json!({"name": "groups/full"})),
        members(json!({"name": "groups/outer", "view": "MEMBERSHIP_VIEW_TRANSITIVE"})),
        groups(json!({"name": "users/holder"})),
        groups(json!({"name": "users/holder", "view": "MEMBERSHIP_VIEW_TRANSITIVE"})),
    ]
}

fn of_resources() -> [List; 2] {
    let resources = |request| List {
        method: "ResourceService/ListResources",
        request,
        name: Some(|id| format!("applications/list/resources/thing/{id}")),
        comes: |n| {
            let resource = json!({"kind": "thing", "id": passing(n), "tenant": "applications/list/tenants/t"});
            vec![("ResourceService/CreateResource", json!({"parent": "applications/list", "resource": resource}))]
        },
        goes: |n| vec![delete("ResourceService/DeleteResource", "applications/list/resources/thing", n)],
        ids: both,
        sorts: true,
    };
    let of_tenant = "tenant = \"applications/list/tenants/t\" AND kind = thing";
    [
        resources(json!({"parent": "applications/list"})),
        resources(json!({"parent": "applications/list", "filter": of_tenant})),
    ]
}

/// Those that are predefined stand among the others.
fn of_boundaries() -> List {
    let with_predefined = || {
        let predefined = ["application", "self", "tenant"].map(str::to_owned);
        both().into_iter().chain(predefined).collect::<BTreeSet<_>>().into_iter().collect()
    };
    List {
        method: "BoundaryService/ListPermissionBoundaries",
        request: json!({"parent": "applications/list"}),
        name: Some(|id| format!("applications/list/permissionBoundaries/{id}")),
        comes: |n| {
            let boundary = json!({"boundary_name": passing(n), "kind": "KIND_CUSTOM", "value": passing(n)});
            let id = passing(n);
            let request =
                json!({"parent": "applications/list", "permission_boundary_id": id, "permission_boundary": boundary});
            vec![("BoundaryService/CreatePermissionBoundary", request)]
        },
        goes: |n| {
            let boundaries = "applications/list/permissionBoundaries";
            vec![delete("BoundaryService/DeletePermissionBoundary", boundaries, n)]
        },
        ids: with_predefined,
        sorts: true,
    }
}

fn of_privilege_groups() -> [List; 4] {
    let groups = |request| List {
        method: "PrivilegeService/ListPrivilegeGroups",
        request,
        name: Some(|id| format!("applications/list/privilegeGroups/{id}")),
        comes: |n| vec![group("applications/list", n), group("applications/list/tenants/t", n)],
        goes: |n| vec![no_group("applications/list", n), no_group("applications/list/tenants/t", n)],
        ids: both,
        sorts: true,
    };
    [
        groups(json!({"parent": "applications/list"})),
        groups(json!({"parent": "applications/list", "filter": "group_name : \"'S\" AND display_name : \"\""})),
        List {
            name: Some(|id| format!("applications/list/tenants/t/privilegeGroups/{id}")),
            ..groups(json!({"parent": "applications/list/tenants/t"}))
        },
        List {
            method: "RoleService/ListRolePrivilegeGroups",
            comes: |n| vec![group("applications/list", n), referring("RoleService/AddRolePrivilegeGroups", n)],
            goes: |n| vec![referring("RoleService/RemoveRolePrivilegeGroups", n), no_group("applications/list", n)],
            ids: few,
            sorts: false,
            ..groups(json!({"name": "applications/list/roles/full"}))
        },
    ]
}

fn group(parent: &str, n: usize) -> Write {
    let group = json!({"group_name": format!("passing {n}")});
    let request = json!({"parent": parent, "privilege_group_id": passing(n), "privilege_group": group});
    ("PrivilegeService/CreatePrivilegeGroup", request)
}

fn no_group(parent: &str, n: usize) -> Write {
    delete("PrivilegeService/DeletePrivilegeGroup", &format!("{parent}/privilegeGroups"), n)
}

fn referring(method: &'static str, n: usize) -> Write {
    let group = format!("applications/list/privilegeGroups/{}", passing(n));
    (method, json!({"name": "applications/list/roles/full", "privilege_groups": [group]}))
}

fn delete(method: &'static str, collection: &str, n: usize) -> Write {
    (method, json!({"name": format!("{collection}/{}", passing(n))}))
}

fn registered(n: usize) -> Write {
    let key = format!("k:{}", passing(n));
    ("PrivilegeService/BatchRegisterPrivileges", json!({"parent": "applications/list", "privileges": [{"key": key}]}))
}
