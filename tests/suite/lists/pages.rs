//! Pages of every size, with writes between them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tonic::Code;

use super::stage::{List, STABLE, half, lists};
use super::{all, on_full_lists, page, paged, paged_methods};
use crate::callers::actor::Actor;
use crate::callers::stage::as_root_on_every_store;

const SIZES: [i64; 6] = [1, 2, 5, 16, 53, 100];
/// Writes while one list is read once, about.
const WRITES: usize = 8;

#[test]
fn what_stays_is_neither_missed_nor_repeated_at_any_page_size_while_others_write() {
    on_full_lists(async |root| {
        let mut passed = 0;
        for list in lists() {
            let stays = staying(root, &list).await;
            for size in SIZES {
                passed = read_while_writing(root, &list, (size, &stays), passed).await;
            }
        }
    });
}

#[test]
fn every_list_of_the_contract_is_here() {
    let here: BTreeSet<_> = lists().iter().map(|list| list.method.to_owned()).collect();
    assert_eq!(here, paged_methods());
}

/// The entries that stay, in their order, as one great page shows them and as their ids say.
async fn staying(root: &Actor, list: &List) -> Vec<String> {
    let ids = (list.ids)();
    let shown = all(root, (list.method, &list.request), 1_000).await;
    let Some(name) = list.name else {
        assert_eq!(shown.len(), STABLE, "{}", list.method);
        assert!(shown.is_sorted(), "{}: {shown:?}", list.method);
        return shown;
    };
    let expected: Vec<String> = ids.iter().map(|id| name(id)).collect();
    let wanted: BTreeSet<&String> = expected.iter().collect();
    let shown: Vec<String> = shown.into_iter().filter(|name| wanted.contains(name)).collect();
    assert_eq!(shown, expected, "{} {}", list.method, list.request);
    shown
}

/// Reads a list page by page; between the pages others come and go.
async fn read_while_writing(root: &Actor, list: &List, (size, stays): (i64, &[String]), mut passed: usize) -> usize {
    let every = (STABLE / usize::try_from(size).unwrap() / WRITES).max(1);
    let (first, mut seen, mut token, mut pages) = (passed, Vec::new(), String::new(), 0);
    loop {
        let page = paged(root, (list.method, &list.request), size, &token).await;
        assert!(page.names.len() <= usize::try_from(size).unwrap(), "{}: too many for {size}", list.method);
        seen.extend(page.names);
        token = page.next;
        if pages % every == 0 {
            write(root, (list.comes)(passed)).await;
            if passed > first {
                write(root, (list.goes)(passed - 1)).await;
            }
            passed += 1;
        }
        pages += 1;
        if token.is_empty() {
            break;
        }
    }
    write(root, (list.goes)(passed - 1)).await;
    let wanted: BTreeSet<&String> = stays.iter().collect();
    let found: Vec<String> = seen.iter().filter(|name| wanted.contains(name)).cloned().collect();
    assert_eq!(found, stays, "{} {} at {size} a page", list.method, list.request);
    let distinct: BTreeSet<&String> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len(), "{} {} at {size} a page repeats something", list.method, list.request);
    passed
}

async fn write(root: &Actor, writes: Vec<(&'static str, Value)>) {
    for (method, request) in writes {
        root.done(method, request).await;
    }
}

#[test]
fn by_time_the_older_come_first_and_equals_by_name() {
    on_full_lists(async |root| {
        for list in lists().into_iter().filter(|list| list.sorts) {
            let mut request = list.request.clone();
            request["order_by"] = "create_time".into();
            let Some(name) = list.name else { continue };
            let expected: Vec<String> = [half(false), half(true)].concat().iter().map(|id| name(id)).collect();
            let wanted: BTreeSet<&String> = expected.iter().collect();
            for size in [7, 53, 1_000] {
                let shown = all(root, (list.method, &request), size).await;
                let distinct: BTreeSet<&String> = shown.iter().collect();
                assert_eq!(distinct.len(), shown.len(), "{} repeats something", list.method);
                let found: Vec<&String> = shown.iter().filter(|name| wanted.contains(name)).collect();
                assert_eq!(found, expected.iter().collect::<Vec<_>>(), "{} {request} at {size}", list.method);
            }
        }
    });
}

#[test]
fn a_page_has_fifty_entries_by_default_and_a_thousand_at_most() {
    as_root_on_every_store(async |root| {
        let users = (0..1_100).map(|n| json!({"user": {"id": format!("u{n:04}"), "username": format!("u{n:04}")}}));
        crate::callers::stage::imported(root, &users.collect::<Vec<_>>()).await;
        let list = ("DirectoryService/ListUsers", &json!({}));
        for (asked, given) in [(0, 50), (49, 49), (1_000, 1_000), (1_001, 1_000), (i64::from(i32::MAX), 1_000)] {
            assert_eq!(paged(root, list, asked, "").await.names.len(), given, "{asked}");
        }
        for asked in [-1, i64::from(i32::MIN)] {
            let refusal = page(root, list, asked, "").await.unwrap_err();
            assert_eq!((refusal.code, refusal.fields()), (Code::InvalidArgument, ["page_size".to_owned()].into()));
        }
    });
}

#[test]
fn complete_roles_come_ten_a_page() {
    on_full_lists(async |root| {
        let request = json!({"parent": "applications/list", "view": "ROLE_VIEW_FULL"});
        for asked in [0, 11, 1_000] {
            assert_eq!(paged(root, ("RoleService/ListRoles", &request), asked, "").await.names.len(), 10);
        }
        let basic = json!({"parent": "applications/list"});
        let full = all(root, ("RoleService/ListRoles", &request), 7).await;
        assert_eq!(full, all(root, ("RoleService/ListRoles", &basic), 100).await);
        let mut wide = request;
        wide["filter"] = "role_name = \"the full one\"".into();
        let shown = root.done("RoleService/ListRoles", wide).await["roles"].clone();
        assert_eq!(shown[0]["privileges"].as_array().unwrap().len(), STABLE);
        let alone = root.done("RoleService/GetRole", json!({"name": "applications/list/roles/full"})).await;
        assert_eq!(shown[0], alone["role"]);
    });
}

#[test]
fn an_empty_list_is_one_empty_page() {
    as_root_on_every_store(async |root| {
        root.done("ApplicationService/CreateApplication", json!({"application_id": "a", "application": {}})).await;
        for (method, request) in [
            ("ApplicationService/ListTenants", json!({"parent": "applications/a"})),
            ("RoleService/ListRoles", json!({"parent": "applications/a"})),
            ("DirectoryService/ListGroups", json!({})),
            ("DirectoryService/ListUsers", json!({})),
            ("AssignmentService/ListRoleAssignments", json!({"parent": "applications/a"})),
        ] {
            let page = paged(root, (method, &request), 10, "").await;
            assert!(page.names.is_empty() && page.next.is_empty(), "{method}: {page:?}");
        }
    });
}
