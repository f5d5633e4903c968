//! An export of the past is the export that was taken then.

use bailiwick::proto::v1::consistency::Requirement;
use bailiwick::proto::v1::{Consistency, CreateUserRequest, GetUserRequest, User};
use prost_types::{Duration, Timestamp};
use tonic::Code;

use super::refusal::Refusal;
use super::transfer::{Exported, document, export, export_at, import};
use super::world;
use crate::harness::{Clients, Server, block_on, on_every_store};

/// Lines that replace sets of the world, and make another thing.
const OTHERWISE: [&str; 4] = [
    r#"{"role":{"application":"shop","id":"all-orders","role_name":"All orders","excluded_privileges":["order:*"]}}"#,
    r#"{"role":{"application":"shop","id":"listed","role_name":"Listed"}}"#,
    r#"{"user":{"id":"cid","username":"cid","application":"shop","tenants":["shop/t1"]}}"#,
    r#"{"group":{"id":"more","group_name":"More"}}"#,
];

fn at(requirement: Requirement) -> Consistency {
    Consistency { requirement: Some(requirement), max_staleness: None }
}

/// Makes a user and says when that was.
async fn mark(clients: &Clients, id: &str) -> Timestamp {
    let user = User { username: id.to_owned(), ..User::default() };
    let create = CreateUserRequest { user_id: id.to_owned(), user: Some(user), ..Default::default() };
    clients.directory.clone().create_user(create).await.unwrap();
    let get = GetUserRequest { name: format!("users/{id}"), consistency: None };
    let user = clients.directory.clone().get_user(get).await.unwrap().into_inner().user.unwrap();
    user.create_time.unwrap()
}

/// Checks that each export of the past is what it was then.
async fn assert_remembered(clients: &Clients, then: &[(Exported, Option<Timestamp>)]) {
    for (exported, time) in then {
        let again = export_at(clients, at(Requirement::AtExactRevision(exported.token.clone()))).await.unwrap();
        assert_eq!(again, *exported);
        if let Some(time) = time {
            let again = export_at(clients, at(Requirement::AsOf(*time))).await.unwrap();
            assert_eq!(again, *exported);
        }
    }
}

#[test]
fn an_export_of_the_past_is_the_export_that_was_taken_then() {
    on_every_store(|mut server| {
        let then = block_on(async {
            let clients = server.clients().await;
            let mut then = vec![(export(&clients).await, None)];
            import(&clients, world::DOCUMENT).await;
            let time = mark(&clients, "first").await;
            then.push((export(&clients).await, Some(time)));
            world::live(&clients).await;
            let time = mark(&clients, "second").await;
            then.push((export(&clients).await, Some(time)));
            import(&clients, document(OTHERWISE)).await;
            then.push((export(&clients).await, None));
            assert_remembered(&clients, &then).await;
            then
        });
        let documents: std::collections::BTreeSet<&str> =
            then.iter().map(|(exported, _)| exported.document.as_str()).collect();
        assert_eq!(documents.len(), then.len(), "each is another");
        // What was kept in memory is gone: from here on the past is made of the log.
        server.restart();
        block_on(async { assert_remembered(&server.clients().await, &then).await });
    });
}

#[test]
fn an_export_is_at_least_as_fresh_as_a_token_says() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            let done = import(&clients, world::DOCUMENT).await;
            for requirement in [
                Requirement::AtLeastAsFresh(done.consistency_token.clone()),
                Requirement::FullyConsistent(true),
                Requirement::AtExactRevision(done.consistency_token.clone()),
            ] {
                let exported = export_at(&clients, at(requirement)).await.unwrap();
                assert_eq!(exported.token, done.consistency_token);
                assert!(exported.document.contains(r#""role":"runner""#));
            }
        });
    });
}

#[test]
fn a_past_that_never_was_is_refused() {
    let (server, another) = (Server::start(), Server::start());
    block_on(async {
        let clients = server.clients().await;
        let foreign = export(&another.clients().await).await.token;
        let future = Timestamp { seconds: 32_000_000_000, nanos: 0 };
        for (requirement, code) in [
            (Requirement::AtExactRevision("forged".to_owned()), Code::InvalidArgument),
            (Requirement::AsOf(future), Code::InvalidArgument),
            (Requirement::AsOf(Timestamp { seconds: 1, nanos: 0 }), Code::FailedPrecondition),
        ] {
            assert_eq!(export_at(&clients, at(requirement)).await.unwrap_err().code(), code);
        }
        // The two stores have one secret here, so the token is no forgery: it is of a history that is not ours.
        let refused = export_at(&clients, at(Requirement::AtExactRevision(foreign))).await.unwrap_err();
        Refusal::of(&refused).expect(Code::FailedPrecondition, "STORE_DIVERGED");
        let bound = Consistency {
            requirement: Some(Requirement::AsOf(Timestamp { seconds: 1, nanos: 0 })),
            max_staleness: Some(Duration { seconds: 1, nanos: 0 }),
        };
        assert_eq!(export_at(&clients, bound).await.unwrap_err().code(), Code::InvalidArgument);
    });
}
