//! Traces over OTLP: whose calls have spans, what these say, and what they never say.

use serde_json::json;
use tonic::metadata::MetadataMap;

use super::rotel::{Rotel, Written};
use crate::callers::actor::{Actor, described, message, path};
use crate::harness::block_on;
use crate::wire::process::Process;

const PARENT: &str = "00f067aa0ba902b7";
const TOKEN: &str = "hush-0123456789-hush";

/// Calls with a trace: its id, and the flags that say whether it is sampled.
async fn call(by: &Actor, method: &str, request: serde_json::Value, (trace, flags): (&str, &str)) {
    use prost::Message;
    let described = described(method);
    let bytes = message(&described.input(), request).encode_to_vec();
    let mut metadata = MetadataMap::new();
    metadata.insert("traceparent", format!("00-{trace}-{PARENT}-{flags}").parse().unwrap());
    metadata.insert("tracestate", "vendor=opaque".parse().unwrap());
    let _some_are_refused = by.raw(&path(&described), vec![bytes], metadata).await;
}

fn of<'a>(spans: &'a [Written], trace: &str) -> Vec<&'a Written> {
    spans.iter().filter(|span| span.value("Trace ID") == trace).collect()
}

#[test]
fn a_caller_s_trace_goes_on_here_and_into_the_database() {
    let (rotel, folder) = (Rotel::start(), tempfile::tempdir().unwrap());
    let token_file = folder.path().join("token");
    std::fs::write(&token_file, TOKEN).unwrap();
    let process = Process::start(
        folder.path(),
        &[
            ["--otlp-endpoint", &rotel.endpoint, "--otlp-sampling-ratio", "0"],
            ["--token-subject", "clients/local-administrator", "--token-file", token_file.to_str().unwrap()],
        ]
        .concat(),
    );
    let trace = |n: u8| format!("4bf92f3577b34da6a3ce929d0e0e47{n:02}");
    block_on(async {
        let root = Actor::connect(process.grpc, Some(TOKEN.to_owned())).await;
        let user = json!({"user_id": "hush-id", "user": {"username": "hush-name", "email": "hush@hush.example"}});
        call(&root, "DirectoryService/CreateUser", user, (&trace(1), "01")).await;
        let question = json!({"application": "applications/hush", "subject": "users/hush", "privilege": "hush:read"});
        call(&root, "PermissionService/CheckPermission", question.clone(), (&trace(2), "01")).await;
        // Not sampled, by the caller or by the ratio; and refused before it is begun.
        call(&root, "PermissionService/CheckPermission", question.clone(), (&trace(3), "00")).await;
        root.done("PermissionService/CheckPermission", question.clone()).await;
        let stranger = root.with_token(Some("hush-0123456789-other".to_owned()));
        call(&stranger, "PermissionService/CheckPermission", question, (&trace(4), "01")).await;
        call(&root, "RoleService/GetRole", json!({"name": "hush"}), (&trace(5), "01")).await;
        call(&root, "PolicyDataService/ExportPolicy", json!({}), (&trace(6), "01")).await;
    });
    process.terminate();
    let (status, log) = process.ended();
    assert_eq!(status.code(), Some(0), "{log}");
    let text =
        rotel.text_with(&[&trace(1), &trace(2), &trace(5), &trace(6), "bailiwick.state.revision", "bailiwick.chain"]);
    let (heads, spans): (Vec<_>, Vec<_>) =
        Rotel::spans(&text).into_iter().partition(|span| span.value("Name") == "head");
    for head in &heads {
        let chain = head.attribute("bailiwick.chain");
        assert!(log.contains(chain.trim_start_matches("Str(").trim_end_matches(')')), "{chain}: {log}");
    }
    assert!(!heads.is_empty(), "{text}");
    a_write(&of(&spans, &trace(1)));
    let [check] = of(&spans, &trace(2))[..] else { panic!("{text}") };
    assert_eq!(check.value("Name"), "bailiwick.v1.PermissionService/CheckPermission");
    for none in [trace(3), trace(4)] {
        assert!(of(&spans, &none).is_empty(), "{text}");
    }
    let refused = of(&spans, &trace(5));
    assert_eq!(refused[0].attribute("rpc.response.status_code"), "Str(INVALID_ARGUMENT)");
    assert_eq!(refused[0].value("Status code"), "STATUS_CODE_UNSET", "a refusal is no failure of the server");
    let export = of(&spans, &trace(6));
    assert!(export.iter().any(|span| span.attribute("rpc.method").contains("ExportPolicy")), "{text}");
    let traces: std::collections::BTreeSet<_> = spans.iter().map(|span| span.value("Trace ID")).collect();
    assert_eq!(traces.len(), 4, "nothing else is traced: {text}");
    assert!(!text.contains("hush"), "{text}");
    assert!(!log.contains("hush-0"), "{log}");
}

/// The call, the group that it was written in, the write itself, and what the database was asked for.
fn a_write(spans: &[&Written]) {
    let named = |name: &str| {
        *spans.iter().find(|span| span.value("Name") == name).unwrap_or_else(|| panic!("{name}: {spans:?}"))
    };
    let (call, group, write) =
        (named("bailiwick.v1.DirectoryService/CreateUser"), named("write group"), named("write"));
    assert_eq!((call.value("Parent ID"), call.value("Kind")), (PARENT, "SPAN_KIND_SERVER"));
    for (name, value) in [
        ("rpc.system.name", "Str(grpc)"),
        ("rpc.system", "Str(grpc)"),
        ("rpc.service", "Str(bailiwick.v1.DirectoryService)"),
        ("rpc.method", "Str(bailiwick.v1.DirectoryService/CreateUser)"),
        ("rpc.response.status_code", "Str(OK)"),
        ("rpc.grpc.status_code", "Int(0)"),
    ] {
        assert_eq!(call.attribute(name), value, "{name}");
    }
    let id = |span: &Written| span.value("ID").to_owned();
    assert_eq!((group.value("Parent ID"), write.value("Parent ID")), (&*id(call), &*id(call)));
    assert_eq!(group.attribute("bailiwick.writes"), "Int(1)");
    for (name, parent) in [("begin", group), ("append", write), ("commit", group)] {
        let step = named(name);
        assert_eq!((step.value("Parent ID"), step.value("Kind")), (&*id(parent), "SPAN_KIND_CLIENT"), "{name}");
        assert_eq!(step.attribute("db.system.name"), "Str(sqlite)", "{name}");
        assert_eq!(step.attribute("db.operation.name"), format!("Str({name})"));
    }
}
