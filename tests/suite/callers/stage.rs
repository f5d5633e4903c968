//! The stage for tests of the API: servers whose callers have tokens, and short words for what tests say often.

use bailiwick::config::{Config, Token};
use bailiwick::domain::assignment::AssignmentId;
use bailiwick::domain::id::Id;
use bailiwick::domain::name::{RoleId, Subject};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};

use super::actor::{Actor, Outcome, Refusal};
use crate::harness::{Database, Server, block_on, rounds_or, shared_databases};

/// Who sets everything up.
pub(crate) const ROOT: &str = "clients/local-administrator";

/// The token of a subject.
pub(crate) fn token_of(subject: &str) -> String {
    format!("{}:0123456789abcdef", subject.replace('/', ":"))
}

/// Gives the subjects tokens.
pub(crate) fn prepared(config: &mut Config, subjects: &[&str]) {
    let all = [&[ROOT], subjects].concat();
    config.tokens = all.iter().map(|subject| Token::new(subject, &token_of(subject))).collect();
}

/// A server on which [`ROOT`] and the subjects can call.
pub(crate) fn server_for(subjects: &[&str]) -> Server {
    Server::configured(&Database::Sqlite, |config| prepared(config, subjects))
}

/// Runs a test on a fresh server over each store there is.
pub(crate) fn on_every_store(subjects: &[&str], test: impl Fn(Server)) {
    test(server_for(subjects));
    on_shared_databases(subjects).for_each(test);
}

/// Runs a test as [`ROOT`] on a fresh server over each store there is.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
pub(crate) fn as_root_on_every_store(test: impl AsyncFn(&Actor)) {
    on_every_store(&[], |server| block_on(async { test(&root(&server).await).await }));
}

/// A fresh server over each database for tests that several processes may use at once.
pub(crate) fn on_shared_databases(subjects: &[&str]) -> impl Iterator<Item = Server> {
    shared_databases().map(|database| Server::configured(&database, |config| prepared(config, subjects)))
}

/// A subject that calls a server.
pub(crate) async fn actor(server: &Server, subject: &str) -> Actor {
    Actor::connect(server.address(), Some(token_of(subject))).await
}

/// Who sets everything up, on a server.
pub(crate) async fn root(server: &Server) -> Actor {
    actor(server, ROOT).await
}

/// Imports lines; the header comes by itself.
pub(crate) async fn import(by: &Actor, lines: &[Value]) -> Outcome {
    let header = json!({"bailiwick_policy": {"version": 1}});
    let texts: Vec<String> = std::iter::once(&header).chain(lines).map(Value::to_string).collect();
    let document = texts.join("\n");
    import_document(by, json!({}), document.as_bytes()).await
}

/// Imports a document.
pub(crate) async fn import_document(by: &Actor, options: Value, document: &[u8]) -> Outcome {
    let chunks = document.chunks(256 << 10).map(|chunk| json!({"data": BASE64.encode(chunk)}));
    let parts = std::iter::once(json!({"options": options})).chain(chunks).collect();
    by.send("PolicyDataService/ImportPolicy", parts).await.map(|mut answers| answers.remove(0))
}

/// Imports lines that must be right.
pub(crate) async fn imported(by: &Actor, lines: &[Value]) -> Value {
    import(by, lines).await.unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

/// Everything there is, as text.
pub(crate) async fn export(by: &Actor) -> String {
    export_at(by, json!({"fully_consistent": true})).await.unwrap()
}

/// Everything there is or was, as text.
pub(crate) async fn export_at(by: &Actor, consistency: Value) -> Result<String, Refusal> {
    let parts = by.send("PolicyDataService/ExportPolicy", vec![json!({"consistency": consistency})]).await?;
    let bytes =
        parts.iter().filter_map(|part| part["data"].as_str()).flat_map(|data| BASE64.decode(data.as_bytes()).unwrap());
    Ok(String::from_utf8(bytes.collect()).unwrap())
}

/// The revision that an answer names. A token is opaque to callers; a test may look into it.
pub(crate) fn revision(answer: &Value) -> u64 {
    let token = answer["consistency_token"].as_str().unwrap_or_else(|| panic!("no token in {answer}"));
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
    u64::from_le_bytes(bytes.get(8..16).unwrap().try_into().unwrap())
}

/// The newest revision of the store.
pub(crate) async fn head(by: &Actor) -> u64 {
    revision(&by.done("ServerService/GetServerInfo", json!({"consistency": {"fully_consistent": true}})).await)
}

/// The decision and its reason, without their prefixes. `target` is empty, `tenant:ID` or `kind/id`.
pub(crate) async fn decision(
    by: &Actor,
    (application, subject, privilege): (&str, &str, &str),
    target: &str,
) -> String {
    let mut request =
        json!({"application": format!("applications/{application}"), "subject": subject, "privilege": privilege});
    match target.strip_prefix("tenant:") {
        Some(tenant) => request["tenant"] = tenant.into(),
        None if target.is_empty() => {}
        None => request["resource"] = target.into(),
    }
    let answer = by.done("PermissionService/CheckPermission", request).await;
    answer["reason"].as_str().unwrap().trim_start_matches("DECISION_REASON_").to_owned()
}

/// Whether a subject may.
pub(crate) async fn may(by: &Actor, question: (&str, &str, &str), target: &str) -> bool {
    decision(by, question, target).await == "ROLE_ASSIGNMENT"
}

/// The strings of a list in an answer.
pub(crate) fn strings(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().map(|item| item.as_str().unwrap()).collect()
}

/// The names of the things of a list in an answer.
pub(crate) fn names(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().map(|item| item["name"].as_str().unwrap()).collect()
}

/// The name of an assignment of a role of an application, which follows from what it is made of.
pub(crate) fn assignment_name(holder: &str, role: &str, tenant: Option<&str>) -> String {
    let tenant = tenant.map(|tenant| Id::parse(tenant).unwrap());
    let id = AssignmentId { holder: Subject::parse(holder).unwrap(), role: RoleId::parse(role).unwrap(), tenant };
    id.name().to_string()
}

/// How often a test that looks for rare interleavings repeats: `BAILIWICK_TEST_ROUNDS`, 20 by default.
pub(crate) fn rounds() -> usize {
    rounds_or(20)
}
