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
pub(crate) fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

/// Samples by name and labels. Fails on a line that is neither a comment of the format nor a sample.
pub(crate) fn samples(text: &str) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            assert!(["HELP ", "TYPE "].iter().any(|kind| comment.starts_with(kind)), "{line}");
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let name = series.split('{').next().unwrap();
        assert!(
            ["bailiwick_", "grpc_server_", "process_"].iter().any(|part| name.starts_with(part))
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
            "{line}"
        );
        assert!(!series.contains('{') || series.ends_with('}'), "{line}");
        let value = value.parse().unwrap_or_else(|_| unreachable!("{line} has no value"));
        assert!(found.insert(series.to_owned(), value).is_none(), "{line} stands twice");
    }
    found
}

/// How many calls of a method of ours ended with a code.
pub(crate) fn calls(metrics: &BTreeMap<String, f64>, method: &str, code: &str) -> f64 {
    let (service, method) = method.split_once('/').unwrap();
    let labels = [
        "grpc_server_handled_total{".to_owned(),
        format!("grpc_service=\"bailiwick.v1.{service}\""),
        format!("grpc_method=\"{method}\""),
        format!("grpc_code=\"{code}\""),
    ];
    let mut found = metrics.iter().filter(|(series, _)| labels.iter().all(|label| series.contains(label)));
    found.next().map_or(0.0, |(_, value)| *value)
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
    assert!((calls(&metrics, "RoleService/GetRole", "PermissionDenied") - 1.0).abs() < 0.5, "{text}");
    assert!((calls(&metrics, "RoleService/GetRole", "Unauthenticated") - 1.0).abs() < 0.5, "{text}");
    assert!((calls(&metrics, "PolicyDataService/ImportPolicy", "OK") - 1.0).abs() < 0.5, "{text}");
    let took = "grpc_server_handling_seconds_count{grpc_type=\"unary\",\
                grpc_service=\"bailiwick.v1.PermissionService\",grpc_method=\"CheckPermission\"}";
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
