//! Metrics over OTLP: the same that a scraper reads, under the names of OpenTelemetry.

use serde_json::json;

use super::rotel::Rotel;
use crate::harness::block_on;
use crate::wire::probes::get;
use crate::wire::process::{Process, serve};

#[test]
fn the_collector_is_told_all_that_a_scraper_reads_and_the_conventions_own_name_for_calls() {
    let (rotel, folder) = (Rotel::start(), tempfile::tempdir().unwrap());
    let process = Process::start(folder.path(), &["--otlp-endpoint", &rotel.endpoint, "--otlp-metrics-interval", "1s"]);
    block_on(async {
        let root = process.root().await;
        let (subject, privilege) = ("clients/local-administrator", "bailiwick:role:read");
        let question = json!({"application": "applications/bailiwick", "subject": subject, "privilege": privilege});
        root.done("PermissionService/CheckPermission", question).await;
        root.refused("RoleService/GetRole", json!({"name": "applications/a/roles/r"})).await;
    });
    let scraped = get(process.metrics, "/metrics").1;
    // While it runs, and not only at its end.
    let families = scraped.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let own: Vec<&str> = families.filter(|name| !name.starts_with("grpc_server_")).collect();
    assert!(own.len() > 15, "{own:?}");
    let text = rotel.text_when(&format!("the calls and {own:?}"), |text| {
        let told: Vec<String> = names(text).map(|name| name.replace('.', "_")).collect();
        let bare = |name: &str| name.trim_end_matches("_total").trim_end_matches("_seconds").to_owned();
        let calls = ["rpc.server.call.duration", "CheckPermission)", "NOT_FOUND)"];
        calls.iter().all(|part| text.contains(part)) && own.iter().all(|name| told.contains(&bare(name)))
    });
    for said in ["service.name: Str(bailiwick)", "service.instance.id: Str(", "telemetry.sdk.name: Str(opentelemetry)"]
    {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }
    let version = concat!("service.version: Str(", env!("CARGO_PKG_VERSION"), ")");
    assert!(text.contains(version), "{version} is not in\n{text}");
    for attribute in [
        "rpc.system.name: Str(grpc)",
        "rpc.method: Str(bailiwick.v1.PermissionService/CheckPermission)",
        "rpc.response.status_code: Str(NOT_FOUND)",
        "reason: Str(ROLE_ASSIGNMENT)",
    ] {
        assert!(text.contains(attribute), "{attribute} is not in\n{text}");
    }
    let told: Vec<String> = names(&text).map(|name| name.replace('.', "_")).collect();
    assert!(!told.iter().any(|name| name.starts_with("grpc_server")), "{told:?}");
}

/// The names of metrics in what the collector writes.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.trim_start().strip_prefix("-> Name: "))
}

#[test]
fn the_last_metrics_and_spans_are_sent_at_the_end() {
    let (rotel, folder) = (Rotel::start(), tempfile::tempdir().unwrap());
    let more = ["--otlp-endpoint", &rotel.endpoint, "--otlp-metrics-interval", "1h", "--otlp-sampling-ratio", "1"];
    let mut command = serve(folder.path(), &more);
    command.env("OTEL_RESOURCE_ATTRIBUTES", "service.version=of-the-platform");
    let process = Process::started(command);
    block_on(async {
        process.root().await.done("ServerService/GetServerInfo", json!({})).await;
    });
    process.terminate();
    let (status, log) = process.ended();
    assert_eq!(status.code(), Some(0), "{log}");
    let text = rotel.text_with(&["Name: rpc.server.call.duration", "Name           : bailiwick.v1.ServerService"]);
    let calls = Rotel::spans(&text).into_iter().filter(|span| span.value("Name") != "head").count();
    assert_eq!(calls, 1, "{text}");
    // What the platform says of the service comes first.
    let versions: Vec<_> = text.lines().filter(|line| line.contains("service.version: ")).collect();
    assert!(!versions.is_empty() && versions.iter().all(|line| line.contains("of-the-platform")), "{versions:?}");
}
