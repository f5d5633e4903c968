//! Page tokens that were not given out for this list, to this caller.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use tonic::Code;

use super::stage::{fill, lists};
use super::{on_full_lists, page, paged};
use crate::callers::actor::Actor;
use crate::callers::stage::{actor, imported, on_every_store, root};
use crate::harness::block_on;

async fn refused(by: &Actor, list: (&str, &Value), token: &str) {
    let refusal = page(by, list, 2, token).await.map(|page| page.names).unwrap_err();
    assert_eq!(refusal.code, Code::InvalidArgument, "{list:?} {token}: {refusal:?}");
    assert!(refusal.fields().contains("page_token"), "{list:?} {token}: {refusal:?}");
}

/// Every token but the right one: a bit of each byte flipped, cut anywhere, longer, and what is no token at all.
fn forged(token: &str) -> Vec<String> {
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
    let flipped = (0..bytes.len()).map(|at| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        BASE64URL_NOPAD.encode(&bytes)
    });
    let cut = (1..bytes.len()).step_by(7).map(|end| BASE64URL_NOPAD.encode(&bytes[..end]));
    let others = [
        "x".to_owned(),
        "0".to_owned(),
        format!("{token}="),
        format!("{token}AA"),
        format!(" {token}"),
        "' OR 1=1 --".to_owned(),
        "{\"offset\":1}".to_owned(),
        "A".repeat(10_000),
    ];
    flipped.chain(cut).chain(others).collect()
}

fn with(request: &Value, field: &str, value: &str) -> Value {
    let mut request = request.clone();
    request[field] = value.into();
    request
}

#[test]
fn a_page_token_that_was_not_given_out_is_refused() {
    on_full_lists(async |root| {
        for list in lists() {
            let asked = (list.method, &list.request);
            let first = paged(root, asked, 2, "").await;
            for token in forged(&first.next) {
                refused(root, asked, &token).await;
            }
            let second = paged(root, asked, 2, &first.next).await;
            assert_eq!(second.names, paged(root, asked, 2, &first.next).await.names, "a token may be used twice");
        }
    });
}

#[test]
fn a_page_token_is_good_for_its_own_list_alone() {
    on_full_lists(async |root| {
        let all = lists();
        let mut tokens = Vec::new();
        for list in &all {
            tokens.push(paged(root, (list.method, &list.request), 2, "").await.next);
        }
        for (at, list) in all.iter().enumerate() {
            for (_, token) in tokens.iter().enumerate().filter(|(other, _)| *other != at) {
                refused(root, (list.method, &list.request), token).await;
            }
        }
    });
}

#[test]
fn a_page_token_is_good_for_its_own_question_alone() {
    on_every_store(&["users/second"], |server| {
        block_on(async {
            let root = root(&server).await;
            fill(&root).await;
            imported(&root, &[
                json!({"user": {"id": "second", "username": "second"}}),
                json!({"role_assignment": {"holder": "users/second", "application": "bailiwick", "role": "administrator"}}),
            ]).await;
            let second = actor(&server, "users/second").await;
            for list in lists() {
                let token = paged(&root, (list.method, &list.request), 2, "").await.next;
                refused(&second, (list.method, &list.request), &token).await;
                if !list.sorts {
                    continue;
                }
                let mut ordered = list.request.clone();
                ordered["order_by"] = "create_time".into();
                refused(&root, (list.method, &ordered), &token).await;
            }
            let users = ("DirectoryService/ListUsers", &json!({}));
            let token = paged(&root, users, 2, "").await.next;
            let filtered = json!({"filter": "enabled = \"true\""});
            refused(&root, (users.0, &filtered), &token).await;
            let of = |parent: &str| json!({"parent": parent});
            let roles = |parent: &str| ("RoleService/ListRoles", of(parent));
            let token = paged(&root, (roles("applications/list").0, &of("applications/list")), 2, "").await.next;
            refused(&root, ("RoleService/ListRoles", &of("applications/list/tenants/t")), &token).await;
            let mut full = of("applications/list");
            full["view"] = "ROLE_VIEW_FULL".into();
            refused(&root, ("RoleService/ListRoles", &full), &token).await;
            let held = ("AssignmentService/ListRoleAssignments", of("applications/list"));
            let mut effective = with(&held.1, "filter", "subject = users/holder");
            let token = paged(&root, (held.0, &effective), 2, "").await.next;
            effective["view"] = "ROLE_ASSIGNMENT_VIEW_EFFECTIVE".into();
            refused(&root, (held.0, &effective), &token).await;
            let assignable = ("AssignmentService/ListAssignableRoles", with(&held.1, "subject", "users/holder"));
            let token = paged(&root, (assignable.0, &assignable.1), 2, "").await.next;
            for (field, value) in [("subject", "users/second"), ("tenant", "t"), ("parent", "applications/bailiwick")] {
                refused(&root, (assignable.0, &with(&assignable.1, field, value)), &token).await;
            }
            let list = ("RoleService/ListRolePrivileges", &json!({"name": "applications/list/roles/full"}));
            let token = paged(&root, list, 2, "").await.next;
            let entries = json!({"name": "applications/list/roles/full", "view": "ROLE_PRIVILEGES_VIEW_ENTRIES"});
            refused(&root, (list.0, &entries), &token).await;
        });
    });
}

/// The size of a page is no part of the question.
#[test]
fn a_page_token_may_be_used_with_another_page_size() {
    on_full_lists(async |root| {
        for list in lists() {
            let asked = (list.method, &list.request);
            let whole = paged(root, asked, 9, "").await;
            let first = paged(root, asked, 2, "").await;
            let rest = paged(root, asked, 7, &first.next).await;
            assert_eq!([first.names, rest.names].concat(), whole.names, "{}", list.method);
        }
    });
}
