//! Laws about how one asks, on random states behind the real server and over each store: with boundaries of every kind,
//! tenants that came and went, and every visibility.

mod asked;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::rounds;
use crate::access_matrix::exam::Random;
use crate::callers::actor::{Actor, Refusal};
use crate::harness::{Server, block_on, on_every_store};
use crate::import_export::random::{grow, happen};
use crate::import_export::small_world::{self, APPLICATIONS, GROUPS, PRIVILEGES, ROLES, TENANTS, USERS};
use crate::import_export::transfer;
use crate::lists::paged_methods;

/// Writes that lead to a state, as far as they are not refused.
const WRITES: usize = 100;

/// Runs a test on random states behind a server over each store.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
fn on_random_states(test: impl AsyncFn(&Server)) {
    for seed in 0..2 * u64::from(rounds()) {
        on_every_store(|server| {
            block_on(async {
                let clients = server.clients().await;
                transfer::import(&clients, transfer::document(small_world::foundation())).await;
                transfer::import(&clients, transfer::document(scopes())).await;
                let random = &mut Random(seed);
                happen(&clients, random, WRITES).await;
                grow(&clients, random, 3 * WRITES).await;
                test(&server).await;
            });
        });
    }
}

/// Scopes and traversal specs of each application; one holds what a tenant may take with it.
fn scopes() -> Vec<String> {
    let lines = APPLICATIONS.iter().flat_map(|application| {
        let scope = |id: &str| json!({"scope": {"application": application, "id": id, "scope_name": id}});
        let spec = |id: &str| {
            let spec = json!({"application": application, "id": id, "spec_name": id, "root_resource_kind": "k"});
            json!({"traversal_spec": spec})
        };
        let instance = json!({"application": application, "scope": "s", "number": 0, "select_all_resources": true});
        [scope("s"), scope("z"), spec("s"), spec("z"), json!({"instance": instance})]
    });
    lines.map(|line| line.to_string()).collect()
}

/// Every list about every thing of the small world, in each order and view that it has.
fn lists() -> Vec<(&'static str, Value)> {
    let mut lists = vec![
        ("ApplicationService/ListApplications", json!({})),
        ("DirectoryService/ListUsers", json!({})),
        ("DirectoryService/ListUsers", json!({"filter": "enabled = \"true\""})),
        ("DirectoryService/ListClients", json!({})),
        ("DirectoryService/ListGroups", json!({"order_by": "create_time"})),
        ("AssignmentService/ListRoleAssignments", json!({"parent": "applications/-", "include_instances": true})),
    ];
    lists.extend(
        APPLICATIONS.iter().flat_map(|application| lists_of_application(&format!("applications/{application}"))),
    );
    for view in ["MEMBERSHIP_VIEW_DIRECT", "MEMBERSHIP_VIEW_TRANSITIVE"] {
        let members = |group: &&str| json!({"name": format!("groups/{group}"), "view": view});
        lists.extend(GROUPS.iter().map(|group| ("DirectoryService/ListGroupMembers", members(group))));
        let groups = |user: &&str| json!({"name": format!("users/{user}"), "view": view});
        lists.extend(USERS.iter().map(|user| ("DirectoryService/ListUserGroups", groups(user))));
    }
    lists
}

fn lists_of_application(application: &str) -> Vec<(&'static str, Value)> {
    let mut lists = Vec::new();
    for method in [
        "ApplicationService/ListTenants",
        "PrivilegeService/ListPrivileges",
        "AssignmentService/ListRoleAssignments",
        "ResourceService/ListResources",
        "BoundaryService/ListPermissionBoundaries",
        "ScopeService/ListScopes",
        "ScopeService/ListTraversalSpecs",
    ] {
        lists.push((method, json!({"parent": application})));
        lists.push((method, json!({"parent": application, "order_by": "create_time"})));
    }
    for scope in ["all-objects", "s"] {
        lists.push(("ScopeService/ListScopeResources", json!({"name": format!("{application}/scopes/{scope}")})));
    }
    for user in USERS {
        let subject = format!("users/{user}");
        lists.push(("AssignmentService/ListAssignableRoles", json!({"parent": application, "subject": subject})));
        lists
            .push(("PermissionService/ListSubjectPrivileges", json!({"application": application, "subject": subject})));
        let effective = json!({"parent": application, "filter": format!("subject = \"{subject}\""),
                               "view": "ROLE_ASSIGNMENT_VIEW_EFFECTIVE"});
        lists.push(("AssignmentService/ListRoleAssignments", effective));
    }
    for key in PRIVILEGES {
        let privilege = json!({"name": format!("{application}/privileges/{key}")});
        lists.push(("PrivilegeService/ListPrivilegeRoles", privilege.clone()));
        lists.push(("PrivilegeService/ListPrivilegeUsers", privilege));
    }
    let tenants = TENANTS.iter().map(|tenant| format!("{application}/tenants/{tenant}"));
    for owner in [application.to_owned()].into_iter().chain(tenants) {
        lists.push(("RoleService/ListRoles", json!({"parent": owner})));
        lists.push(("RoleService/ListRoles", json!({"parent": owner, "include_application_roles": true})));
        lists.push(("PrivilegeService/ListPrivilegeGroups", json!({"parent": owner})));
        for role in ROLES {
            let role = json!({"name": format!("{owner}/roles/{role}")});
            lists.push(("RoleService/ListRolePrivileges", role.clone()));
            lists.push(("RoleService/ListRolePrivilegeGroups", role));
        }
    }
    lists
}

/// All entries of a list, so many a page.
async fn entries(by: &Actor, (method, request): (&str, &Value), size: usize) -> Result<Vec<Value>, Refusal> {
    let (mut entries, mut request) = (Vec::new(), request.clone());
    request["page_size"] = size.into();
    loop {
        let answer = by.call(method, request.clone()).await?;
        let page: Vec<Value> =
            answer.as_object().unwrap().values().filter_map(Value::as_array).flatten().cloned().collect();
        assert!(page.len() <= size, "{method} {request}: {answer}");
        entries.extend(page);
        match answer["next_page_token"].as_str() {
            Some(token) => request["page_token"] = token.into(),
            None => return Ok(entries),
        }
    }
}

#[test]
fn m10_a_list_is_the_same_at_any_page_size() {
    let longest = RefCell::new(BTreeMap::<&str, usize>::new());
    on_random_states(async |server| {
        let by = Actor::connect(server.address(), None).await;
        for (method, request) in lists() {
            let one_by_one = entries(&by, (method, &request), 1).await;
            for size in [2, 3, 7, 1_000] {
                let paged = entries(&by, (method, &request), size).await;
                assert_eq!(paged, one_by_one, "{method} {request} at {size} a page");
            }
            let length = one_by_one.map_or(0, |entries| entries.len());
            longest.borrow_mut().entry(method).and_modify(|longest| *longest = length.max(*longest)).or_insert(length);
        }
    });
    let longest = longest.into_inner();
    println!("{longest:?}");
    assert!(longest.values().all(|length| *length >= 2), "what has no second page proves nothing: {longest:?}");
    assert_eq!(longest.keys().map(|method| (*method).to_owned()).collect::<BTreeSet<_>>(), paged_methods());
}
