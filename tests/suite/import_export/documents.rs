//! Policy documents on lines: what is wrong with one is said by its field, a line replaces the document, and an export
//! has what a document names before it.

use bailiwick::proto::v1::import_policy_request::Options;
use serde_json::{Value, json};
use tonic::Code;

use super::refusal::Refusal;
use super::transfer::{document, export, import, import_with};
use crate::harness::{Clients, Server, block_on, on_every_store};

/// What is there already.
const THERE: &[&str] = &[
    r#"{"application":{"id":"a"}}"#,
    r#"{"application":{"id":"open","catalogue":"OPEN"}}"#,
    r#"{"privilege":{"application":"a","key":"x:read"}}"#,
    r#"{"privilege":{"application":"a","key":"x:write"}}"#,
    r#"{"privilege":{"application":"a","key":"users:list"}}"#,
    r#"{"privilege":{"application":"a","key":"x:all","document":{"statements":[{"effect":"ALLOW","actions":["x:read"],"scopes":["*"]}]}}}"#,
];

fn line(application: &str, key: &str, document: &Value) -> String {
    json!({ "privilege": { "application": application, "key": key, "document": document } }).to_string()
}

/// A document whose second statement has these actions and scopes.
fn second(actions: &Value, scopes: &Value) -> Value {
    let first = json!({ "effect": "ALLOW", "actions": ["x:read"], "scopes": ["*"] });
    json!({ "version": "1", "statements": [first, { "effect": "ALLOW", "actions": actions, "scopes": scopes }] })
}

/// Bad documents, and the field below `privilege.document` that must be named.
fn bad() -> Vec<(Value, &'static str)> {
    let many = |count: usize, of: &str| -> Value { (0..count).map(|at| format!("{of}{at}")).collect() };
    let statement = json!({ "effect": "ALLOW", "actions": ["x:read"], "scopes": ["*"] });
    vec![
        (second(&json!(["x:read", "users:list"]), &json!(["*"])), ".statements[1].actions[1]"),
        (second(&json!(["*", "x:read"]), &json!(["*"])), ".statements[1].actions[1]"),
        (second(&json!(["x:*"]), &json!(["*"])), ".statements[1].actions[0]"),
        (second(&json!(["*"]), &json!(["*", "x/1"])), ".statements[1].scopes[1]"),
        (second(&json!(["x:read"]), &json!(["x/1", "x"])), ".statements[1].scopes[1]"),
        (second(&json!(["users:list"]), &json!(["roles/no id"])), ".statements[1].scopes[0]"),
        (second(&json!([]), &json!(["*"])), ".statements[1].actions"),
        (second(&json!(["x:read"]), &json!([])), ".statements[1].scopes"),
        (second(&many(257, "x:"), &json!(["*"])), ".statements[1].actions"),
        (second(&json!(["x:read"]), &many(257, "x/")), ".statements[1].scopes"),
        (second(&json!(["x:read", 7]), &json!(["*"])), ".statements[1].actions[1]"),
        (json!({ "statements": [] }), ".statements"),
        (json!({ "statements": vec![statement.clone(); 65] }), ".statements"),
        (json!({ "version": "a\u{0}b", "statements": [statement] }), ".version"),
        (json!({ "version": "1" }), ""),
        (json!({ "statements": [{ "effect": "DENY", "actions": ["*"], "scopes": ["*"] }] }), ".statements[0].effect"),
        (json!({ "statements": [{ "actions": ["*"], "scopes": ["*"] }] }), ".statements[0]"),
        (
            json!({ "statements": [{ "effect": "ALLOW", "actions": ["*"], "scopes": ["*"], "not": 1 }] }),
            ".statements[0].not",
        ),
        (second(&json!(["x:read", "x:none"]), &json!(["*"])), ".statements"),
        (second(&json!(["x:all"]), &json!(["*"])), ".statements"),
        (second(&json!(["x:new"]), &json!(["*"])), ".statements"),
        (long(), ".statements"),
    ]
}

/// A document of few statements, and of more bytes than one may have.
fn long() -> Value {
    let scopes: Vec<String> = (0..256).map(|at| format!("{}/{at:0256}", "k".repeat(128))).collect();
    let statement = |at: usize| {
        let actions: Vec<String> = (0..256).map(|of| format!("{:\u{1d4b3}<196}{of:04}", format!("c{at}:"))).collect();
        json!({ "effect": "ALLOW", "actions": actions, "scopes": scopes })
    };
    json!({ "statements": (0..5).map(statement).collect::<Vec<Value>>() })
}

async fn refused(clients: &Clients, text: &str) -> Refusal {
    let before = export(clients).await;
    let status = import_with(clients, Options::default(), document([text])).await.expect_err(text);
    assert_eq!(export(clients).await, before, "{text}");
    Refusal::of(&status)
}

#[test]
fn a_document_that_is_no_good_is_refused_and_the_field_is_named() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        import(&clients, document(THERE)).await;
        for (bad, field) in bad() {
            let refusal = refused(&clients, &line("a", "x:new", &bad)).await;
            refusal.expect(Code::InvalidArgument, "INVALID_REQUEST");
            assert_eq!(refusal.fields, [format!("line 2: privilege.document{field}")], "{refusal:?}");
        }
        // An import registers nothing on the fly.
        let other =
            line("open", "doc", &json!({ "statements": [{ "effect": "ALLOW", "actions": ["y"], "scopes": ["*"] }] }));
        refused(&clients, &other).await.expect(Code::InvalidArgument, "INVALID_REQUEST");
    });
}

#[test]
fn a_line_replaces_the_document_and_leaves_who_has_it() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            let has = r#"{"assigned_privilege":{"application":"a","privilege":"x:all","user":"u"}}"#;
            import(&clients, document(THERE.iter().copied().chain([r#"{"user":{"id":"u","username":"u"}}"#, has])))
                .await;
            for (version, statements) in [
                ("1", json!([{ "effect": "ALLOW", "actions": ["x:read", "x:write"], "scopes": ["*", "x/1"] }])),
                ("2", json!([{ "effect": "ALLOW", "actions": ["users:list"], "scopes": ["users/u", "roles/r"] }])),
                ("2", json!([{ "effect": "ALLOW", "actions": ["*"], "scopes": ["*"] }])),
            ] {
                let line = line("a", "x:all", &json!({ "version": version, "statements": statements }));
                let done = import(&clients, document([&line])).await;
                assert_eq!((done.created, done.updated, done.unchanged), (0, 1, 0), "{line}");
                let exported = export(&clients).await.document;
                let again = import(&clients, document([&line])).await;
                assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 1), "{line}");
                let kept: Value =
                    serde_json::from_str(exported.lines().find(|line| line.contains("x:all")).unwrap()).unwrap();
                assert_eq!(kept["privilege"]["document"]["statements"], statements);
                assert!(exported.ends_with(&format!("{has}\n")), "{exported}");
            }
        });
    });
}

#[test]
fn an_export_has_what_a_document_names_before_it() {
    on_every_store(|server| {
        let exported = block_on(async {
            let clients = server.clients().await;
            import(&clients, document(THERE)).await;
            for key in ["0", "A", "zz"] {
                import(&clients, document([line("a", key, &second(&json!(["users:list"]), &json!(["roles/r"])))]))
                    .await;
            }
            export(&clients).await.document
        });
        let keys = exported.lines().filter_map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            Some((line["privilege"]["key"].as_str()?.to_owned(), !line["privilege"]["document"].is_null()))
        });
        let keys: Vec<(String, bool)> = keys.collect();
        let expected = [("users:list", false), ("x:read", false), ("x:write", false)];
        let documents = [("0", true), ("A", true), ("x:all", true), ("zz", true)];
        let expected = expected.into_iter().chain(documents).map(|(key, is)| (key.to_owned(), is));
        assert_eq!(keys, expected.collect::<Vec<_>>());
        let target = Server::start();
        block_on(async {
            let clients = target.clients().await;
            import(&clients, &exported).await;
            assert_eq!(export(&clients).await.document, exported);
        });
    });
}
