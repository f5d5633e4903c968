//! Who may import could give anything to anybody, so only who may do that may import.

use bailiwick::proto::v1::import_policy_request::Options;
use tonic::Code;

use super::refusal::Refusal;
use super::transfer::{document, export, export_at, import, import_with};
use crate::harness::{Server, block_on};

const ADMINISTRATOR: &str = "the-administrator's-token";
const OTHER: &str = "a-token-of-somebody-else";

/// A server with two callers: the administrator and `users/x`.
fn server() -> Server {
    Server::with_tokens(&[("clients/local-administrator", ADMINISTRATOR), ("users/x", OTHER)])
}

/// `users/x` holds a role of an application that gives some keys or patterns, under a boundary.
fn holder(application: &str, boundary: &str, patterns: &[&str]) -> Vec<String> {
    let patterns = serde_json::to_string(patterns).unwrap();
    vec![
        r#"{"application":{"id":"shop"}}"#.to_owned(),
        format!(
            r#"{{"role":{{"application":"{application}","id":"r","role_name":"r","permission_boundary":"{boundary}","privilege_patterns":{patterns}}}}}"#
        ),
        r#"{"user":{"id":"x","username":"x"}}"#.to_owned(),
        format!(r#"{{"role_assignment":{{"holder":"users/x","application":"{application}","role":"r"}}}}"#),
    ]
}

const NEW: &str = r#"{"application":{"id":"new"}}"#;

#[test]
fn without_the_privileges_nothing_is_imported_or_exported() {
    let everything = "bailiwick:*";
    let grants = "bailiwick:role:*";
    for (application, boundary, patterns, may_export) in [
        ("bailiwick", "application", &[][..], false),
        ("bailiwick", "application", &["bailiwick:policy:export"], true),
        ("bailiwick", "application", &["bailiwick:policy:*"], true),
        ("bailiwick", "application", &[grants], false),
        ("bailiwick", "application", &["bailiwick:policy:import", "bailiwick:role:delegate"], false),
        ("bailiwick", "application", &["bailiwick:policy:import", "bailiwick:role:manage-assignments"], false),
        ("bailiwick", "tenant", &[everything], false),
        ("bailiwick", "self", &[everything], false),
        ("shop", "application", &[everything], false),
        ("shop", "application", &["*"], false),
    ] {
        let server = server();
        block_on(async {
            let administrator = server.clients_as(ADMINISTRATOR).await;
            import(&administrator, document(holder(application, boundary, patterns))).await;
            let before = export(&administrator).await;
            let other = server.clients_as(OTHER).await;
            let refused = import_with(&other, Options::default(), document([NEW])).await.unwrap_err();
            Refusal::of(&refused).expect(Code::PermissionDenied, "PERMISSION_DENIED");
            let exported = export_at(&other, None).await;
            assert_eq!(exported.is_ok(), may_export, "{application} {boundary} {patterns:?}: {exported:?}");
            if let Err(status) = exported {
                Refusal::of(&status).expect(Code::PermissionDenied, "PERMISSION_DENIED");
            }
            assert_eq!(export(&administrator).await, before);
        });
    }
}

#[test]
fn with_the_privileges_whoever_has_them_imports() {
    let server = server();
    block_on(async {
        let administrator = server.clients_as(ADMINISTRATOR).await;
        let patterns = &["bailiwick:policy:*", "bailiwick:role:delegate", "bailiwick:role:manage-assignments"];
        import(&administrator, document(holder("bailiwick", "application", patterns))).await;
        let other = server.clients_as(OTHER).await;
        import(&other, document([NEW])).await;
        assert!(export(&other).await.document.contains(NEW));
    });
}

#[test]
fn without_credentials_nobody_imports_or_exports() {
    let server = server();
    block_on(async {
        let nobody = server.clients().await;
        let refused = import_with(&nobody, Options::default(), document([NEW])).await.unwrap_err();
        Refusal::of(&refused).expect(Code::Unauthenticated, "UNAUTHENTICATED");
        let refused = export_at(&nobody, None).await.unwrap_err();
        Refusal::of(&refused).expect(Code::Unauthenticated, "UNAUTHENTICATED");
    });
}

#[test]
fn who_loses_the_right_by_the_first_batch_does_not_write_the_second() {
    let server = server();
    block_on(async {
        let administrator = server.clients_as(ADMINISTRATOR).await;
        import(&administrator, document(holder("bailiwick", "application", &["bailiwick:*"]))).await;
        let filler = std::iter::repeat_n(NEW.to_owned(), bailiwick::domain::limit::IMPORT_BATCH_LINES - 1);
        let disable = r#"{"user":{"id":"x","username":"x","enabled":false}}"#.to_owned();
        let more = r#"{"application":{"id":"more"}}"#.to_owned();
        let text = document(filler.chain([disable, more]));
        let other = server.clients_as(OTHER).await;
        let refusal = Refusal::of(&import_with(&other, Options::default(), text).await.unwrap_err());
        refusal.expect(Code::PermissionDenied, "PERMISSION_DENIED");
        assert_eq!(refusal.committed_lines.as_deref(), Some("5001"));
        let kept = export(&administrator).await.document;
        assert!(kept.contains(NEW) && !kept.contains(r#""more""#));
    });
}
