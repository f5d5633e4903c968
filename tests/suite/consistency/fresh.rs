//! Read your writes, on every method; another process' writes, when asked for; tokens that are none.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use prost_reflect::MessageDescriptor;
use serde_json::{Value, json};
use tonic::Code;

use crate::callers::actor::{Actor, described};
use crate::callers::shop::{self, PEOPLE};
use crate::callers::stage::{assignment_name, export_at, head, may, prepared, revision, root, server_for};
use crate::harness::{Server, block_on, shared_databases};
use crate::lists::{Page, all, paged, stage};

/// A read of every kind, of something that is there once the shop is open.
fn reads() -> Vec<(&'static str, Value)> {
    let check = json!({"application": "applications/shop", "subject": "users/shared", "privilege": "order:read"});
    let streamed = check.clone();
    let of_readers = assignment_name("groups/readers", "applications/shop/roles/reader", None);
    vec![
        ("ApplicationService/GetApplication", json!({"name": "applications/shop"})),
        ("ApplicationService/ListApplications", json!({})),
        ("ApplicationService/GetTenant", json!({"name": "applications/shop/tenants/acme"})),
        ("ApplicationService/ListTenants", json!({"parent": "applications/shop"})),
        ("AssignmentService/GetRoleAssignment", json!({"name": of_readers})),
        ("AssignmentService/ListRoleAssignments", json!({"parent": "applications/shop"})),
        (
            "AssignmentService/BatchGetAssignedRoles",
            json!({"parent": "applications/shop", "subjects": ["users/shop-clerk"]}),
        ),
        ("AssignmentService/ListAssignableRoles", json!({"parent": "applications/shop", "subject": "users/shared"})),
        ("BoundaryService/GetPermissionBoundary", json!({"name": "applications/shop/permissionBoundaries/customers"})),
        ("BoundaryService/ListPermissionBoundaries", json!({"parent": "applications/shop"})),
        ("DirectoryService/GetUser", json!({"name": "users/shared"})),
        ("DirectoryService/ListUsers", json!({})),
        ("DirectoryService/GetClient", json!({"name": "clients/shop-client"})),
        ("DirectoryService/ListClients", json!({})),
        ("DirectoryService/GetGroup", json!({"name": "groups/weak"})),
        ("DirectoryService/ListGroups", json!({})),
        ("DirectoryService/ListGroupMembers", json!({"name": "groups/weak"})),
        ("DirectoryService/ListUserGroups", json!({"name": "users/shared"})),
        ("PermissionService/CheckPermission", check),
        (
            "PermissionService/BatchCheckPermissions",
            json!({"application": "applications/shop",
            "checks": [{"subject": "users/shared", "privilege": "order:read"}]}),
        ),
        ("PermissionService/StreamCheckPermissions", json!({"check": streamed})),
        (
            "PermissionService/ListSubjectPrivileges",
            json!({"application": "applications/shop", "subject": "users/shared"}),
        ),
        ("PolicyDataService/ExportPolicy", json!({})),
        ("PrivilegeService/GetPrivilege", json!({"name": "applications/shop/privileges/order:read"})),
        ("PrivilegeService/ListPrivileges", json!({"parent": "applications/shop"})),
        ("PrivilegeService/ListPrivilegeRoles", json!({"name": "applications/shop/privileges/order:read"})),
        ("PrivilegeService/ListPrivilegeUsers", json!({"name": "applications/shop/privileges/helpdesk"})),
        ("PrivilegeService/GetPrivilegeGroup", json!({"name": "applications/shop/privilegeGroups/used"})),
        ("PrivilegeService/ListPrivilegeGroups", json!({"parent": "applications/shop"})),
        ("ResourceService/GetResource", json!({"name": "applications/shop/resources/orders/7"})),
        ("ResourceService/ListResources", json!({"parent": "applications/shop"})),
        ("RoleService/GetRole", json!({"name": "applications/shop/roles/reader"})),
        ("RoleService/LookupRole", json!({"parent": "applications/shop", "role_name": "reader"})),
        ("RoleService/ListRoles", json!({"parent": "applications/shop"})),
        ("RoleService/ListRolePrivileges", json!({"name": "applications/shop/roles/reader"})),
        ("RoleService/ListRolePrivilegeGroups", json!({"name": "applications/shop/roles/reader"})),
        ("ScopeService/GetScope", json!({"name": "applications/shop/scopes/all-orders"})),
        ("ScopeService/ListScopes", json!({"parent": "applications/shop"})),
        ("ScopeService/ListScopeResources", json!({"name": "applications/shop/scopes/all-objects"})),
        ("ScopeService/GetTraversalSpec", json!({"name": "applications/shop/traversalSpecs/folders"})),
        ("ScopeService/ListTraversalSpecs", json!({"parent": "applications/shop"})),
        ("ServerService/GetServerInfo", json!({})),
    ]
}

async fn read(by: &Actor, method: &str, request: &Value, consistency: Value) -> u64 {
    let request = wishing(request, consistency);
    let answers = by.ask(method, vec![request]).await.unwrap_or_else(|refusal| panic!("{method}: {refusal:?}"));
    let answer = answers.first().unwrap();
    revision(answer.get("result").unwrap_or(answer))
}

/// The request with a consistency: of a stream, with one in its question.
fn wishing(request: &Value, consistency: Value) -> Value {
    let mut request = request.clone();
    match request.get_mut("check") {
        Some(check) => check["consistency"] = consistency,
        None => request["consistency"] = consistency,
    }
    request
}

/// Whether a message has a consistency, or holds a question that has one.
fn wishes(message: &MessageDescriptor) -> bool {
    let check = message.get_field_by_name("check").map(|field| field.kind());
    let question = check.and_then(|kind| kind.as_message().cloned());
    question.as_ref().unwrap_or(message).get_field_by_name("consistency").is_some()
}

#[test]
fn every_method_that_takes_a_consistency_is_read_here() {
    let tested: Vec<&str> = reads().into_iter().map(|(method, _)| method).collect();
    for method in bailiwick::app::methods::OWN {
        let method = method.path.trim_start_matches("bailiwick.v1.");
        assert_eq!(tested.contains(&method), wishes(&described(method).input()), "{method}");
    }
}

#[test]
fn a_caller_reads_its_own_writes_on_every_method() {
    shop::on_every_store(async |_, root| {
        for (round, (method, request)) in reads().iter().enumerate() {
            let group = json!({"group": {"group_name": format!("group {round}")}});
            let written = root.done("DirectoryService/CreateGroup", group).await;
            for wish in [json!({"at_least_as_fresh": written["consistency_token"]}), json!({"fully_consistent": true})]
            {
                assert!(read(root, method, request, wish).await >= revision(&written), "{method}");
            }
        }
    });
}

#[test]
fn a_write_is_in_force_at_once_where_it_was_made() {
    shop::on_every_store(async |_, root| {
        let change = json!({"application": "applications/shop", "subject": "users/shared",
                            "roles": ["applications/shop/roles/reader"]});
        for _ in 0..20 {
            root.done("AssignmentService/AssignRoles", change.clone()).await;
            assert!(may(root, ("shop", "users/shared", "order:read"), "").await);
            root.done("AssignmentService/UnassignRoles", change.clone()).await;
            assert!(!may(root, ("shop", "users/shared", "order:read"), "").await);
        }
    });
}

/// Two processes on one database, of which the second looks at it only when it is asked to.
fn two_processes(test: impl AsyncFn(Actor, Actor)) {
    for database in shared_databases() {
        let server = Server::configured(&database, |config| {
            prepared(config, PEOPLE);
            (config.poll_interval, config.staleness_bound) = (Duration::from_hours(1), Duration::from_hours(2));
        });
        let other = server.beside();
        block_on(async { test(root(&server).await, root(&other).await).await });
    }
}

const QUESTION: (&str, &str, &str) = ("shop", "users/shared", "order:read");

async fn ask(by: &Actor, consistency: Value) -> bool {
    let check = json!({"application": "applications/shop", "subject": "users/shared", "privilege": "order:read",
                       "consistency": consistency});
    by.done("PermissionService/CheckPermission", check).await["decision"] == "DECISION_ALLOWED"
}

#[test]
fn another_process_answers_with_a_write_once_it_is_asked_for_it() {
    two_processes(async |here, there| {
        shop::open(&here).await;
        let change = json!({"application": "applications/shop", "subject": "users/shared",
                            "roles": ["applications/shop/roles/reader"]});
        // The control: without a wish the other process has not seen it, or this test would prove nothing.
        here.done("AssignmentService/AssignRoles", change.clone()).await;
        assert!(may(&here, QUESTION, "").await && !ask(&there, json!({"minimize_latency": true})).await);
        assert!(ask(&there, json!({"fully_consistent": true})).await);
        let revoked = here.done("AssignmentService/UnassignRoles", change.clone()).await;
        assert!(ask(&there, json!({})).await, "the control");
        assert!(!ask(&there, json!({"at_least_as_fresh": revoked["consistency_token"]})).await);
        here.done("AssignmentService/AssignRoles", change.clone()).await;
        assert!(!ask(&there, json!({"max_staleness": "3600s"})).await, "the control");
        assert!(ask(&there, json!({"max_staleness": "0s"})).await);
        here.done("AssignmentService/UnassignRoles", change.clone()).await;
        assert!(!ask(&there, json!({"max_staleness": "0.000001s"})).await, "a bound that is over is as good as none");
        let exact = here.done("AssignmentService/AssignRoles", change).await;
        assert!(ask(&there, json!({"at_exact_revision": exact["consistency_token"]})).await);
    });
}

#[test]
fn every_method_of_another_process_sees_a_write_by_its_token() {
    two_processes(async |here, there| {
        shop::open(&here).await;
        for (round, (method, request)) in reads().iter().enumerate() {
            let group = json!({"group": {"group_name": format!("group {round}")}});
            let written = here.done("DirectoryService/CreateGroup", group).await;
            let wish = json!({"at_least_as_fresh": written["consistency_token"]});
            assert!(read(&there, method, request, wish).await >= revision(&written), "{method}");
        }
    });
}

/// What a process writes, it writes on top of what others have written, whether it has seen it or not.
#[test]
fn a_process_writes_on_top_of_what_it_has_not_seen() {
    two_processes(async |here, there| {
        shop::open(&here).await;
        let role = json!({"parent": "applications/shop", "role_id": "new", "role": {"role_name": "new"}});
        here.done("RoleService/CreateRole", role.clone()).await;
        assert_eq!(there.refused("RoleService/CreateRole", role).await.code, Code::AlreadyExists);
        let assign = json!({"application": "applications/shop", "subject": "users/shared", "roles": ["applications/shop/roles/new"]});
        let written = there.done("AssignmentService/AssignRoles", assign).await;
        assert_eq!(revision(&written), head(&here).await);
    });
}

#[test]
fn a_token_that_is_none_is_refused_everywhere() {
    let server = server_for(PEOPLE);
    block_on(async {
        let root = root(&server).await;
        shop::open(&root).await;
        let good =
            root.done("ServerService/GetServerInfo", json!({})).await["consistency_token"].as_str().unwrap().to_owned();
        let bytes = BASE64URL_NOPAD.decode(good.as_bytes()).unwrap();
        let mut flipped = bytes.clone();
        *flipped.get_mut(9).unwrap() ^= 1;
        let page = root.done("DirectoryService/ListGroups", json!({"page_size": 1})).await["next_page_token"].clone();
        let forged = [
            String::new(),
            "x".to_owned(),
            good.get(1..).unwrap().to_owned(),
            format!("{good}A"),
            format!("{good}="),
            BASE64URL_NOPAD.encode(&flipped),
            BASE64URL_NOPAD.encode(bytes.get(..24).unwrap()),
            page.as_str().unwrap().to_owned(),
            "A".repeat(100_000),
        ];
        for (method, request) in reads() {
            for token in &forged {
                let request = wishing(&request, json!({"at_least_as_fresh": token}));
                let refusal = root.ask(method, vec![request]).await.unwrap_err();
                assert_eq!(refusal.code, Code::InvalidArgument, "{method} {token}");
                assert!(refusal.fields().contains("consistency.at_least_as_fresh"), "{method} {token}: {refusal:?}");
            }
        }
    });
}

#[test]
fn a_token_of_another_store_is_refused() {
    let (server, other) = (server_for(PEOPLE), server_for(PEOPLE));
    block_on(async {
        let (root, other) = (root(&server).await, root(&other).await);
        shop::open(&root).await;
        let foreign = other.done("ServerService/GetServerInfo", json!({})).await["consistency_token"].clone();
        for wish in [json!({"at_least_as_fresh": foreign}), json!({"at_exact_revision": foreign})] {
            let refusal = export_at(&root, wish).await.unwrap_err();
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "STORE_DIVERGED"), "{refusal:?}");
        }
    });
}

#[test]
fn the_past_is_asked_of_checks_and_the_export_alone() {
    let server = server_for(PEOPLE);
    block_on(async {
        let root = root(&server).await;
        shop::open(&root).await;
        let token = root.done("ServerService/GetServerInfo", json!({})).await["consistency_token"].clone();
        let of_past = [
            "CheckPermission",
            "BatchCheckPermissions",
            "StreamCheckPermissions",
            "ListSubjectPrivileges",
            "ExportPolicy",
        ];
        for (method, request) in reads() {
            for wish in [json!({"at_exact_revision": token}), json!({"as_of": "2020-01-01T00:00:00Z"})] {
                let outcome = root.ask(method, vec![wishing(&request, wish.clone())]).await;
                let code = outcome.map_or_else(|refusal| refusal.code, |_| Code::Ok);
                let answered = of_past.iter().any(|name| method.ends_with(name));
                let expected = match (answered, wish["as_of"].is_string()) {
                    (false, _) => Code::InvalidArgument,
                    (true, false) => Code::Ok,
                    (true, true) => Code::FailedPrecondition,
                };
                assert_eq!(code, expected, "{method} {wish}");
            }
        }
    });
}

/// A page of a list is of the revision of the page before it, at least, whichever process answers.
#[test]
fn the_pages_of_a_list_do_not_go_back_in_time() {
    two_processes(async |here, there| {
        stage::fill(&here).await;
        let mut fallen = Vec::new();
        for list in stage::lists() {
            let list = (list.method, &list.request);
            let entries = all(&here, list, 1_000).await;
            let pages = pages_by_turns(&here, &there, list).await;
            let shown: Vec<&String> = pages.iter().flat_map(|page| &page.names).collect();
            assert_eq!(shown, entries.iter().collect::<Vec<_>>(), "{list:?}");
            assert!(pages.len() > 2, "{list:?} has too few pages");
            let revisions: Vec<u64> = pages.iter().map(|page| page.revision).collect();
            if !revisions.is_sorted() {
                fallen.push(format!("{list:?}: {revisions:?}"));
            }
        }
        assert!(fallen.is_empty(), "pages of older states than those before them: {fallen:#?}");
    });
}

/// All pages of a list: each second one from the process that has not seen what was written before the page. That it
/// knows the entries matters: an entry that it does not know makes it look, whatever the token says.
async fn pages_by_turns(here: &Actor, there: &Actor, list: (&str, &Value)) -> Vec<Page> {
    const INFO: &str = "ServerService/GetServerInfo";
    let (mut pages, mut token) = (Vec::<Page>::new(), String::new());
    read(there, INFO, &json!({}), json!({"fully_consistent": true})).await;
    loop {
        let by = if pages.len() % 2 == 0 { here } else { there };
        if pages.len() % 2 == 0 {
            // A write that no list shows.
            here.done("DirectoryService/UpdateUser", json!({"user": {"name": "users/holder"}})).await;
        } else {
            let seen = read(there, INFO, &json!({}), json!({})).await;
            // The pages of what a scope holds are all of the revision of the first.
            let first = !list.0.ends_with("/ListScopeResources") || pages.len() == 1;
            assert!(!first || seen < pages[pages.len() - 1].revision, "the control: {list:?}");
        }
        let page = paged(by, list, 12, &token).await;
        token.clone_from(&page.next);
        pages.push(page);
        if token.is_empty() {
            return pages;
        }
    }
}
