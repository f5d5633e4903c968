//! The metrics listener: metrics, probes, and nothing else.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::json;
use tonic::metadata::MetadataMap;

use crate::callers::shop::{self, NOBODY, PEOPLE};
use crate::callers::stage::{actor, may, root, server_for};
use crate::harness::block_on;

/// Status and body of a GET.
pub(super) fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

/// Samples by name and labels. Fails on a line that is neither a comment of OpenMetrics nor a sample.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let lines: Vec<&str> = text.lines().collect();
    let (end, lines) = lines.split_last().unwrap();
    assert_eq!(*end, "# EOF");
    let mut found = BTreeMap::new();
    for line in lines {
        if let Some(comment) = line.strip_prefix("# ") {
            assert!(["HELP ", "TYPE ", "UNIT "].iter().any(|kind| comment.starts_with(kind)), "{line}");
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let name = series.split('{').next().unwrap();
        assert!(
            name.starts_with("bailiwick_") && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
            "{line}"
        );
        assert!(!series.contains('{') || series.ends_with('}'), "{line}");
        let value = value.parse().unwrap_or_else(|_| unreachable!("{line} has no value"));
        assert!(found.insert(series.to_owned(), value).is_none(), "{line} stands twice");
    }
    found
}

fn calls(metrics: &BTreeMap<String, f64>, method: &str, code: &str) -> f64 {
    let series = format!("bailiwick_grpc_calls_total{{method=\"bailiwick.v1.{method}\",code=\"{code}\"}}");
    metrics.get(&series).copied().unwrap_or(0.0)
}

#[test]
fn metrics_count_calls_and_decisions_and_tell_no_id() {
    let server = server_for(PEOPLE);
    let secret = "order:read";
    block_on(async {
        let root = root(&server).await;
        shop::open(&root).await;
        for subject in ["users/shared", "users/absent-and-secret"] {
            assert!(!may(&root, ("shop", subject, secret), "tenant:acme").await);
        }
        assert!(may(&root, ("shop", "clients/local-administrator", "bailiwick:role:read"), "").await);
        let nobody = actor(&server, NOBODY).await;
        nobody.refused("RoleService/GetRole", json!({"name": "applications/secret/roles/secret"})).await;
        nobody
            .with_token(None)
            .refused("RoleService/GetRole", json!({"name": "applications/secret/roles/secret"}))
            .await;
        let path = "/bailiwick.v1.RoleService/SecretMethod";
        nobody.raw(path, vec![Vec::new()], MetadataMap::new()).await.unwrap_err();
    });
    let (status, text) = get(server.metrics_address(), "/metrics");
    assert_eq!(status, 200);
    let metrics = samples(&text);
    assert!((calls(&metrics, "PermissionService/CheckPermission", "OK") - 3.0).abs() < 0.5, "{text}");
    assert!((calls(&metrics, "RoleService/GetRole", "PERMISSION_DENIED") - 1.0).abs() < 0.5, "{text}");
    assert!((calls(&metrics, "RoleService/GetRole", "UNAUTHENTICATED") - 1.0).abs() < 0.5, "{text}");
    assert!((calls(&metrics, "PolicyDataService/ImportPolicy", "OK") - 1.0).abs() < 0.5, "{text}");
    let took = "bailiwick_grpc_call_duration_seconds_count{method=\"bailiwick.v1.PermissionService/CheckPermission\"}";
    assert!((metrics.get(took).unwrap() - 3.0).abs() < 0.5, "{text}");
    for (outcome, reason) in [("ALLOWED", "ROLE_ASSIGNMENT"), ("DENIED", "NOT_GRANTED"), ("DENIED", "SUBJECT_UNKNOWN")]
    {
        let series = format!("bailiwick_decisions_total{{outcome=\"{outcome}\",reason=\"{reason}\"}}");
        assert!((metrics.get(&series).unwrap() - 1.0).abs() < 0.5, "{series}: {text}");
    }
    assert!((metrics.get("bailiwick_state_things{kind=\"groups\"}").unwrap() - 4.0).abs() < 0.5, "{text}");
    for told in ["secret", "Secret", "shop", "acme", "users/", "order:", "local-administrator", "0123456789abcdef"] {
        assert!(!text.contains(told), "{told} is in {text}");
    }
}

/// Whoever makes up methods makes no series.
#[test]
fn the_number_of_series_does_not_grow_with_what_callers_send() {
    let server = server_for(&[]);
    let count = || samples(&get(server.metrics_address(), "/metrics").1).len();
    let call = |n: usize| {
        block_on(async {
            let nobody = crate::callers::actor::Actor::connect(server.address(), None).await;
            let path = format!("/bailiwick.v1.Made{n}/Up{n}");
            nobody.raw(&path, vec![Vec::new()], MetadataMap::new()).await.unwrap_err();
        });
    };
    call(0);
    let before = count();
    (1..20).for_each(call);
    assert_eq!(count(), before);
}

#[test]
fn the_probes_answer_and_nothing_else_is_there() {
    let server = server_for(&[]);
    let address = server.metrics_address();
    assert_eq!(get(address, "/readyz"), (200, "ok\n".to_owned()));
    assert_eq!(get(address, "/livez"), (200, "ok\n".to_owned()));
    for path in ["/", "/metrics/", "/debug", "/v1/applications", "/bailiwick.v1.ServerService/GetServerInfo"] {
        assert_eq!(get(address, path).0, 404, "{path}");
    }
}
