//! Checks and health are served at every door of the data plane, to whom they are served elsewhere, within the same
//! limits; nothing else is.

use std::collections::BTreeSet;

use bailiwick::app::methods;
use serde_json::json;
use tonic::Code;
use tonic::metadata::MetadataMap;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::{at_the_doors, in_the_shop, with_doors};
use crate::callers::actor::{Actor, Refusal};
use crate::callers::shop::{CLERK, NOBODY, SHOPKEEPER};
use crate::callers::stage::{ROOT, actor, head, token_of};
use crate::wire::probes::{calls, get, samples};

const CHECK: &str = "PermissionService/CheckPermission";
const CHECKS: &str = "bailiwick.v1.PermissionService/";

/// May the shopkeeper read orders?
fn question() -> serde_json::Value {
    json!({"application": "applications/shop", "subject": SHOPKEEPER, "privilege": "order:read", "tenant": "acme"})
}

fn health(by: &Actor) -> HealthClient<tonic::transport::Channel> {
    HealthClient::new(by.channel.clone())
}

fn about(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.to_owned() }
}

#[test]
fn checks_are_answered_as_elsewhere() {
    in_the_shop(
        |_| {},
        async |server, root| {
            let expected = root.done(CHECK, question()).await;
            assert_eq!(expected["decision"], "DECISION_ALLOWED");
            let check = json!({"subject": SHOPKEEPER, "privilege": "order:read", "tenant": "acme"});
            let batch = json!({"application": "applications/shop", "checks": [check]});
            let listed = json!({"application": "applications/shop", "subject": SHOPKEEPER});
            let others = [
                ("PermissionService/BatchCheckPermissions", batch),
                ("PermissionService/ListSubjectPrivileges", listed),
            ];
            for (door, caller) in at_the_doors(server, Some(token_of(ROOT))).await {
                assert_eq!(caller.done(CHECK, question()).await, expected, "{door}");
                for (method, request) in &others {
                    let answer = caller.done(method, request.clone()).await;
                    assert_eq!(answer, root.done(method, request.clone()).await, "{door}: {method}");
                }
            }
        },
    );
}

/// The table of methods decides: one that is added to the service is there as well.
#[test]
fn every_method_of_the_service_is_there() {
    in_the_shop(
        |_| {},
        async |server, root| {
            let all: Vec<_> = methods::OWN.iter().filter(|method| method.path.starts_with(CHECKS)).collect();
            assert!(all.len() >= 3, "{all:?}");
            let ended = async |caller: &Actor, path: &str| {
                let outcome = caller.raw(&format!("/{path}"), vec![Vec::new()], MetadataMap::new()).await;
                outcome
                    .map_or_else(|status| (status.code(), status.message().to_owned()), |_| (Code::Ok, String::new()))
            };
            for (door, caller) in at_the_doors(server, Some(token_of(ROOT))).await {
                for method in &all {
                    let here = ended(&caller, method.path).await;
                    assert_eq!(here, ended(root, method.path).await, "{door}: {}", method.path);
                    assert_ne!(here.0, Code::Unimplemented, "{door}: {}", method.path);
                }
            }
        },
    );
}

#[test]
fn health_tells_everybody_of_what_is_served_there() {
    in_the_shop(
        |_| {},
        async |server, _| {
            for (door, nobody) in at_the_doors(server, None).await {
                let mut health = health(&nobody);
                for service in ["", "bailiwick.v1.PermissionService"] {
                    let answer = health.check(about(service)).await.unwrap().into_inner();
                    assert_eq!(answer.status(), ServingStatus::Serving, "{door}: {service:?}");
                    let mut watch = health.watch(about(service)).await.unwrap().into_inner();
                    let first = watch.message().await.unwrap().unwrap();
                    assert_eq!(first.status(), ServingStatus::Serving, "{door}: {service:?}");
                }
                for service in ["bailiwick.v1.RoleService", "grpc.reflection.v1.ServerReflection", "none"] {
                    assert_eq!(
                        health.check(about(service)).await.unwrap_err().code(),
                        Code::NotFound,
                        "{door}: {service}"
                    );
                }
            }
        },
    );
}

/// Every method but checks and health, and some that no listener has.
fn others() -> impl Iterator<Item = String> {
    let all = methods::OWN.iter().copied().chain(methods::STANDARD).map(|method| method.path.to_owned());
    let others = all.filter(|path| !path.starts_with(CHECKS) && !path.starts_with("grpc.health.v1.Health/"));
    let none = ["PermissionService/None", "PermissionService/", "RoleService/None", "None/None"];
    others.chain(none.map(|path| format!("bailiwick.v1.{path}")))
}

#[test]
fn no_other_method_is_there_whoever_calls() {
    in_the_shop(
        |_| {},
        async |server, root| {
            let before = head(root).await;
            let mut said = BTreeSet::new();
            let mut refused = 0;
            for token in [Some(token_of(ROOT)), Some(token_of(NOBODY)), None, Some("unknown-0123456789".to_owned())] {
                for (door, caller) in at_the_doors(server, token).await {
                    for path in others() {
                        let outcome = caller.raw(&format!("/{path}"), vec![Vec::new()], MetadataMap::new()).await;
                        let refusal = Refusal::of(&outcome.unwrap_err());
                        assert_eq!(refusal.said(), (Code::Unimplemented, "METHOD_UNKNOWN"), "{door}: {path}");
                        said.insert((refusal.message, refusal.bytes));
                        refused += 1;
                    }
                }
            }
            assert!(refused > 4 * 90, "{refused}");
            // Word for word the same, whether another listener has the method or not.
            let [(message, _)] = said.iter().collect::<Vec<_>>()[..] else { panic!("{said:?}") };
            assert_eq!(
                message,
                "this listener has no such method: it serves the data plane only, which is checks and health"
            );
            assert_eq!(head(root).await, before);
        },
    );
}

#[test]
fn a_check_needs_the_same_credentials_and_privilege_as_elsewhere() {
    in_the_shop(
        |_| {},
        async |server, _| {
            for (token, code) in [
                (None, Code::Unauthenticated),
                (Some("unknown-0123456789".to_owned()), Code::Unauthenticated),
                (Some(token_of(NOBODY)), Code::PermissionDenied),
                (Some(token_of(CLERK)), Code::PermissionDenied),
            ] {
                let elsewhere = Actor::connect(server.address(), token.clone()).await.refused(CHECK, question()).await;
                assert_eq!(elsewhere.code, code, "{elsewhere:?}");
                for (door, caller) in at_the_doors(server, token.clone()).await {
                    assert_eq!(caller.refused(CHECK, question()).await, elsewhere, "{door}");
                }
            }
        },
    );
}

#[test]
fn the_limits_of_a_message_and_of_time_hold_there() {
    in_the_shop(
        |config| config.message_bytes_max = 64 << 10,
        async |server, _| {
            for (door, caller) in at_the_doors(server, Some(token_of(ROOT))).await {
                let path = format!("/{CHECKS}CheckPermission");
                let large = caller.raw(&path, vec![vec![b'x'; (64 << 10) + 1]], MetadataMap::new()).await.unwrap_err();
                assert_eq!(Refusal::of(&large).reason, "MESSAGE_TOO_LARGE", "{door}");
                let mut late = MetadataMap::new();
                late.insert("grpc-timeout", "soon".parse().unwrap());
                let late = caller.raw(&path, vec![Vec::new()], late).await.unwrap_err();
                assert_eq!(Refusal::of(&late).violated(), ["grpc-timeout"], "{door}");
            }
        },
    );
}

#[test]
fn calls_in_flight_are_counted_together_whichever_door_they_came_through() {
    in_the_shop(
        |config| config.in_flight_max = 1,
        async |server, root| {
            for (door, caller) in at_the_doors(server, Some(token_of(ROOT))).await {
                for (first, second) in [(root, &caller), (&caller, root)] {
                    let mut watch = health(first).watch(about("")).await.unwrap().into_inner();
                    watch.message().await.unwrap().unwrap();
                    let refusal = second.refused(CHECK, question()).await;
                    assert_eq!(refusal.said(), (Code::ResourceExhausted, "TOO_MANY_CALLS"), "{door}");
                    drop(watch);
                    while let Err(refusal) = second.call(CHECK, question()).await {
                        assert_eq!(refusal.code, Code::ResourceExhausted, "{door}: {refusal:?}");
                        tokio::task::yield_now().await;
                    }
                }
            }
        },
    );
}

#[test]
fn metrics_count_what_comes_through_every_door_in_one_series() {
    in_the_shop(
        |_| {},
        async |server, root| {
            root.done(CHECK, question()).await;
            let doors = at_the_doors(server, Some(token_of(ROOT))).await;
            for (_, caller) in &doors {
                caller.done(CHECK, question()).await;
                for path in ["RoleService/GetRole", "RoleService/SecretMethod"] {
                    let path = format!("/bailiwick.v1.{path}");
                    caller.raw(&path, vec![Vec::new()], MetadataMap::new()).await.unwrap_err();
                }
            }
            let (_, text) = get(server.metrics_address(), "/metrics");
            let metrics = samples(&text);
            let of_doors = f64::from(u32::try_from(doors.len()).unwrap());
            assert!((calls(&metrics, CHECK, "OK") - 1.0 - of_doors).abs() < 0.5, "{text}");
            assert!((calls(&metrics, "RoleService/GetRole", "Unimplemented") - of_doors).abs() < 0.5, "{text}");
            let unknown = metrics.iter().find(|(series, _)| {
                ["handled_total", "grpc_service=\"unknown\"", "Unimplemented"].iter().all(|part| series.contains(part))
            });
            assert!(unknown.is_some_and(|(_, count)| (count - of_doors).abs() < 0.5), "{text}");
            assert!(!text.contains("Secret"), "{text}");
        },
    );
}

#[test]
fn connections_of_every_door_share_the_threads() {
    let threads = |config: &mut bailiwick::config::Config| config.data_threads = 3.try_into().unwrap();
    in_the_shop(threads, async |server, root| {
        let mut connections = Vec::new();
        for _ in 0..8 {
            connections.push(("grpc.listen", actor(server, ROOT).await));
            connections.extend(at_the_doors(server, Some(token_of(ROOT))).await);
        }
        let expected = root.done(CHECK, question()).await;
        for (door, caller) in &connections {
            assert_eq!(caller.done(CHECK, question()).await, expected, "{door}");
        }
    });
}

#[test]
fn without_tokens_who_knocks_there_is_the_local_administrator_but_has_checks_alone() {
    with_doors(
        |_| {},
        async |server| {
            let question =
                json!({"application": "applications/bailiwick", "subject": ROOT, "privilege": "bailiwick:role:read"});
            for (door, caller) in at_the_doors(server, None).await {
                assert_eq!(caller.done(CHECK, question.clone()).await["decision"], "DECISION_ALLOWED", "{door}");
                let refusal = caller.refused("ServerService/GetServerInfo", json!({})).await;
                assert_eq!(refusal.code, Code::Unimplemented, "{door}");
            }
        },
    );
}
