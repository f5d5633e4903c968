//! Limits of transport: at the limit, and one past it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use prost::Message;
use serde_json::{Value, json};
use tonic::Code;
use tonic::metadata::MetadataMap;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use super::frames::Peer;
use crate::callers::actor::{Actor, Refusal, described, message};
use crate::callers::shop::{self, PEOPLE};
use crate::callers::stage::{head, prepared, root, server_for};
use crate::harness::{Database, Server, block_on};

/// A request of exactly so many bytes.
fn of_size(size: usize) -> Vec<u8> {
    let filter = |length: usize| json!({"filter": "x".repeat(length)});
    let kind = described("DirectoryService/ListUsers").input();
    let overhead = message(&kind, filter(size - 100)).encode_to_vec().len() - (size - 100);
    let bytes = message(&kind, filter(size - overhead)).encode_to_vec();
    assert_eq!(bytes.len(), size);
    bytes
}

async fn listed(by: &Actor, bytes: Vec<u8>) -> Refusal {
    let outcome = by.raw("/bailiwick.v1.DirectoryService/ListUsers", vec![bytes], MetadataMap::new()).await;
    Refusal::of(&outcome.unwrap_err())
}

#[test]
fn a_message_of_one_mebibyte_is_read_and_one_byte_more_is_not() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        let at = listed(&root, of_size(1 << 20)).await;
        assert_eq!((at.code, at.fields()), (Code::InvalidArgument, ["filter".to_owned()].into()), "{at:?}");
        let past = listed(&root, of_size((1 << 20) + 1)).await;
        assert!(matches!(past.code, Code::OutOfRange | Code::ResourceExhausted), "{past:?}");
    });
}

#[test]
fn a_thousand_checks_are_answered_and_one_more_is_not() {
    let server = server_for(PEOPLE);
    block_on(async {
        let root = root(&server).await;
        shop::open(&root).await;
        let batch = |count: usize| {
            let check = json!({"subject": "users/shared", "privilege": "order:read"});
            json!({"application": "applications/shop", "checks": vec![check; count]})
        };
        let answer = root.done("PermissionService/BatchCheckPermissions", batch(1_000)).await;
        assert_eq!(answer["results"].as_array().unwrap().len(), 1_000);
        for count in [0, 1_001] {
            let refusal = root.refused("PermissionService/BatchCheckPermissions", batch(count)).await;
            assert_eq!((refusal.code, refusal.fields()), (Code::InvalidArgument, ["checks".to_owned()].into()));
        }
    });
}

#[test]
fn a_thousand_ids_go_into_one_call_and_one_more_does_not() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        root.done("ApplicationService/CreateApplication", json!({"application_id": "a", "application": {}})).await;
        let keys = |count: usize| -> Vec<Value> { (0..count).map(|n| json!({"key": format!("k{n}")})).collect() };
        let register = |count| json!({"parent": "applications/a", "privileges": keys(count)});
        root.done("PrivilegeService/BatchRegisterPrivileges", register(1_000)).await;
        let names = |count: usize| -> Vec<String> { (0..count).map(|n| format!("users/u{n}")).collect() };
        root.done("DirectoryService/CreateGroup", json!({"group_id": "g", "group": {"group_name": "g"}})).await;
        root.done("DirectoryService/RemoveGroupMembers", json!({"name": "groups/g", "members": names(1_000)})).await;
        let roles =
            |count: usize| -> Vec<String> { (0..count).map(|n| format!("applications/a/roles/r{n}")).collect() };
        let unassign =
            |count| json!({"application": "applications/a", "subject": "applications/a", "roles": roles(count)});
        root.done("AssignmentService/UnassignRoles", unassign(1_000)).await;
        let asked = |count| json!({"parent": "applications/a", "subjects": names(count)});
        root.done("AssignmentService/BatchGetAssignedRoles", asked(1_000)).await;
        for (method, request) in [
            ("PrivilegeService/BatchRegisterPrivileges", register(1_001)),
            ("DirectoryService/RemoveGroupMembers", json!({"name": "groups/g", "members": names(1_001)})),
            ("DirectoryService/AddGroupMembers", json!({"name": "groups/g", "members": names(1_001)})),
            ("DirectoryService/CreateGroup", json!({"group": {"group_name": "x"}, "members": names(1_001)})),
            ("AssignmentService/UnassignRoles", unassign(1_001)),
            ("AssignmentService/AssignRoles", unassign(1_001)),
            ("AssignmentService/BatchGetAssignedRoles", asked(1_001)),
        ] {
            assert_eq!(root.refused(method, request).await.code, Code::InvalidArgument, "{method}");
        }
    });
}

/// Watches that are open count, and a place that is left is free again.
#[test]
fn a_call_beyond_those_that_may_be_in_flight_is_told_to_come_back() {
    let server = Server::configured(&Database::Sqlite, |config| {
        prepared(config, &[]);
        config.in_flight_max = 3;
    });
    block_on(async {
        let root = root(&server).await;
        head(&root).await;
        let mut watches = Vec::new();
        for _ in 0..3 {
            let mut health = HealthClient::new(Actor::connect(server.address(), None).await.channel);
            let mut watch = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
            watch.message().await.unwrap().unwrap();
            watches.push((health, watch));
        }
        for method in ["ServerService/GetServerInfo", "ApplicationService/ListApplications"] {
            let refusal = root.refused(method, json!({})).await;
            assert_eq!(refusal.said(), (Code::ResourceExhausted, "TOO_MANY_CALLS"), "{method}");
        }
        watches.pop();
        while let Err(refusal) = root.call("ServerService/GetServerInfo", json!({})).await {
            assert_eq!(refusal.code, Code::ResourceExhausted, "{refusal:?}");
            tokio::task::yield_now().await;
        }
    });
}

/// Peers that say nothing, and one that says half a preface, are let go; one that has said all of it may be silent.
#[test]
fn a_peer_that_does_not_begin_is_let_go() {
    let server = server_for(&[]);
    let began = Instant::now();
    let mut silent: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(server.address()).unwrap()).collect();
    silent.last_mut().unwrap().write_all(b"PRI * HTTP/2").unwrap();
    let mut quiet = Peer::connect(server.address());
    for mut peer in silent {
        peer.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        peer.read_to_end(&mut Vec::new()).unwrap();
        assert!(began.elapsed() > Duration::from_secs(9), "a slow peer has time to begin");
    }
    quiet.open("/grpc.health.v1.Health/Watch");
    assert_eq!(quiet.next_answered(|_| true), 1);
}

/// A peer that opens more streams than it may has those refused, and keeps the others.
#[test]
fn a_stream_beyond_those_of_a_connection_is_refused() {
    let server = Server::configured(&Database::Sqlite, |config| {
        prepared(config, &[]);
        config.streams_per_connection_max = 3;
    });
    let mut peer = Peer::connect(server.address());
    // Watches, which stay open; all are sent before anything is read.
    (0..5).for_each(|_| peer.open("/grpc.health.v1.Health/Watch"));
    let refused: Vec<u32> = (0..2).map(|_| peer.next_refused()).collect();
    assert_eq!(refused, [7, 9], "the last two of 1, 3, 5, 7 and 9");
    peer.reset(1);
    peer.open("/grpc.health.v1.Health/Watch");
    assert_eq!(peer.next_answered(|stream| stream == 11), 11, "a place that was left is free again");
}

/// Resets that a peer provokes and does not read would heap up.
#[test]
fn a_peer_of_very_many_faulty_streams_is_told_to_go_and_others_are_served() {
    let server = server_for(&[]);
    let mut peer = Peer::connect(server.address());
    (0..=20_000).for_each(|_| peer.open_faulty("/grpc.health.v1.Health/Check"));
    peer.is_told_to_go();
    block_on(async { head(&root(&server).await).await });
}

#[test]
fn headers_beyond_what_they_may_be_refuse_the_call_and_nothing_else() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        let with = |size: usize, count: usize| {
            let mut metadata = MetadataMap::new();
            for _ in 0..count {
                metadata.append("x-filling", "x".repeat(size).parse().unwrap());
            }
            metadata
        };
        let path = "/bailiwick.v1.ServerService/GetServerInfo";
        assert!(root.raw(path, vec![Vec::new()], with(8 << 10, 1)).await.is_ok(), "the control");
        for metadata in [with(17 << 10, 1), with(100, 1_000), with(1, 10_000)] {
            let victim = Actor::connect(server.address(), None).await;
            let outcome = victim.raw(path, vec![Vec::new()], metadata).await;
            assert!(outcome.is_err(), "{outcome:?}");
            head(&root).await;
        }
    });
}
