//! Which privileges somebody has: of those asked about, or all, on something or at all.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::Actor;
use super::shop::{self, ACME, CLERK, NOBODY, SHOPKEEPER};
use super::stage::{actor, imported, may};

const SHOP: &str = "applications/shop";
const LIST: &str = "PermissionService/ListSubjectPrivileges";

fn asked(subject: &str, mut more: Value) -> Value {
    more["application"] = SHOP.into();
    more["subject"] = subject.into();
    more
}

/// The keys, `*` after one that is allowed without target; page by page.
async fn held(by: &Actor, request: Value) -> Vec<String> {
    let (mut found, mut token) = (Vec::new(), Value::from(""));
    loop {
        let mut request = request.clone();
        request["page_token"] = token;
        request["page_size"] = 2.into();
        let answer = by.done(LIST, request).await;
        let key = |held: &Value| {
            let star = if held["without_target"] == true { "*" } else { "" };
            format!("{}{star}", held["privilege"].as_str().unwrap())
        };
        found.extend(answer["privileges"].as_array().into_iter().flatten().map(key));
        token = answer["next_page_token"].clone();
        if token.is_null() {
            return found;
        }
    }
}

#[test]
fn who_asks_which_of_these_he_has_is_told_and_unknown_ones_are_no_error() {
    shop::on_every_store(async |server, root| {
        let line = |role: &str| json!({"role_assignment": {"holder": CLERK, "application": "shop", "role": role}});
        imported(root, &[line("reader"), line("writer"), line("own")]).await;
        let clerk = actor(server, CLERK).await;
        let these = json!({"privileges": ["order:write", "order:refund", "no:such", "order:read", "order:read"]});
        assert_eq!(held(&clerk, asked("users/me", these.clone())).await, ["order:read", "order:write"]);
        assert_eq!(held(&clerk, asked("users/me", json!({}))).await, ["order:read", "order:write", "secret:read"]);
        let there = |target: &str| asked("users/me", json!({"resource": target}));
        assert_eq!(held(&clerk, there("orders/of/acme")).await, ["order:read", "order:write"]);
        assert_eq!(held(&clerk, there("orders/of/globex")).await, [""; 0]);
        assert_eq!(held(&clerk, there(CLERK)).await, ["order:read", "order:write", "secret:read"]);
        assert_eq!(held(&clerk, asked("users/me", json!({"tenant": "acme"}))).await, ["order:read", "order:write"]);
        // Whoever reaches everything is allowed without target, too.
        let keeper = held(root, asked(SHOPKEEPER, json!({}))).await;
        assert!(keeper.contains(&"order:read*".to_owned()) && keeper.len() > 30, "{keeper:?}");
        for key in keeper.iter().map(|key| key.trim_end_matches('*')) {
            assert!(may(root, ("shop", SHOPKEEPER, key), "").await, "{key}");
        }
        assert_eq!(held(root, asked("users/nobody", json!({}))).await, [""; 0], "unknown, and the caller reaches all");
    });
}

#[test]
fn nobody_is_told_of_others_without_the_right_to_check() {
    shop::on_every_store(async |server, root| {
        let acme = actor(server, ACME).await;
        assert!(!held(&acme, asked(CLERK, json!({}))).await.contains(&"order:refund".to_owned()));
        let (nobody, denied) = (actor(server, NOBODY).await, Code::PermissionDenied);
        assert_eq!(nobody.refused(LIST, asked(CLERK, json!({}))).await.code, denied);
        assert_eq!(held(&nobody, asked("users/me", json!({}))).await, [""; 0]);
        let (there, absent) = (asked("users/globex-clerk", json!({})), asked("users/none", json!({})));
        assert_eq!(acme.refused(LIST, there).await, acme.refused(LIST, absent).await);
        let many: Vec<String> = (0..1_001).map(|number| format!("key:{number}")).collect();
        let refusal = root.refused(LIST, asked(CLERK, json!({"privileges": many}))).await;
        assert_eq!(refusal.violated(), ["privileges"]);
        assert_eq!(held(root, asked(CLERK, json!({"privileges": many[..1_000]}))).await, [""; 0]);
        let refusal = root.refused(LIST, asked("groups/weak", json!({"resource": "x", "page_size": -1}))).await;
        assert_eq!(refusal.violated(), ["subject", "resource", "page_size"]);
    });
}
