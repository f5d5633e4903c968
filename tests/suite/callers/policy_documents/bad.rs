//! Bad documents: each is refused with the exact fields, and nothing is stored.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tonic::Code;

use super::super::actor::Actor;
use super::super::shop::{self};
use super::super::stage::{export, head};
use super::{CREATE, DESK, SHOP, UPDATE, allow, changed, desk, document, new};

const REGISTER: &str = "PrivilegeService/BatchRegisterPrivileges";

/// Statements, and what is wrong in them: the ends of the fields.
fn bad() -> Vec<(&'static str, Vec<Value>, Vec<&'static str>)> {
    let deny = json!({"effect": "EFFECT_DENY", "actions": ["order:read"], "scopes": ["*"]});
    let unsaid = json!({"actions": ["order:read"], "scopes": ["*"]});
    let good = || allow(&["order:read"], &["*"]);
    let keys = |count: usize| (0..count).map(|n| format!("order:{n}")).collect::<Vec<String>>();
    let many =
        |actions: &[String], scopes: &[String]| json!({"effect": "EFFECT_ALLOW", "actions": actions, "scopes": scopes});
    let one = |text: &str| vec![text.to_owned()];
    let targets: Vec<String> = (0..257).map(|n| format!("orders/{n}")).collect();
    vec![
        ("no statement", vec![], vec![""]),
        ("mixed classes", vec![good(), allow(&["order:read", "secret:read"], &["*"])], vec!["[1].actions[1]"]),
        ("everything, and more", vec![allow(&["*", "order:read"], &["*"])], vec!["[0].actions[1]"]),
        ("more, and everything", vec![allow(&["order:read", "*"], &["*"])], vec!["[0].actions[1]"]),
        ("everything on less", vec![allow(&["*"], &["orders/7", "*"])], vec!["[0].scopes[0]"]),
        ("everything on a role", vec![allow(&["*"], &["roles/reader"])], vec!["[0].scopes[0]"]),
        ("a pattern", vec![allow(&["order:*"], &["*"])], vec!["[0].actions[0]"]),
        ("an empty key", vec![allow(&[""], &["*"])], vec!["[0].actions[0]"]),
        ("no kind", vec![allow(&["order:read"], &["orders"])], vec!["[0].scopes[0]"]),
        ("no id", vec![allow(&["order:read"], &["*", "orders/"])], vec!["[0].scopes[1]"]),
        ("a kind that is none", vec![allow(&["order:read"], &["a b/7", "/7"])], vec!["[0].scopes[0]", "[0].scopes[1]"]),
        (
            "everything of a kind is no pattern",
            vec![allow(&["order:read"], &["", "**"])],
            vec!["[0].scopes[0]", "[0].scopes[1]"],
        ),
        ("a control character", vec![allow(&["order:read"], &["orders/\u{7}"])], vec!["[0].scopes[0]"]),
        ("a role that cannot be one", vec![allow(&["users:list"], &["roles/a b"])], vec!["[0].scopes[0]"]),
        ("no actions", vec![good(), allow(&[], &["*"])], vec!["[1].actions"]),
        ("no scopes", vec![allow(&["order:read"], &[])], vec!["[0].scopes"]),
        ("a denial", vec![deny], vec!["[0].effect"]),
        ("no effect", vec![good(), unsaid], vec!["[1].effect"]),
        ("65 statements", (0..65).map(|n| allow(&["order:read"], &[&*format!("orders/{n}")])).collect(), vec![""]),
        ("257 actions", vec![many(&keys(257), &one("*"))], vec!["[0].actions"]),
        ("257 scopes", vec![many(&one("order:read"), &targets)], vec!["[0].scopes"]),
        (
            "many faults at once",
            vec![
                allow(&["order:read", "secret:read"], &["x"]),
                json!({"effect": 9, "actions": ["*"], "scopes": ["a/b"]}),
            ],
            vec!["[0].actions[1]", "[0].scopes[0]", "[1].effect", "[1].scopes[0]"],
        ),
    ]
}

async fn refused(root: &Actor, (method, request): (&str, Value), fields: &[String], what: &str) {
    for validate_only in [true, false] {
        let mut request = request.clone();
        request["validate_only"] = validate_only.into();
        let refusal = root.refused(method, request).await;
        assert_eq!(refusal.said(), (Code::InvalidArgument, "INVALID_REQUEST"), "{what}: {refusal:?}");
        let expected: BTreeSet<String> = fields.iter().cloned().collect();
        assert_eq!(refusal.fields(), expected, "{method}: {what}");
    }
}

#[test]
fn each_is_refused_with_the_exact_field_and_nothing_is_stored() {
    shop::on_every_store(async |_, root| {
        desk(root).await;
        let before = (export(root).await, head(root).await);
        for (what, statements, faults) in bad() {
            let fields =
                |of: &str| -> Vec<String> { faults.iter().map(|end| format!("{of}.statements{end}")).collect() };
            refused(root, (CREATE, new("new", &statements)), &fields("privilege.document"), what).await;
            refused(root, (UPDATE, changed(&statements)), &fields("privilege.document"), what).await;
            let batch = json!({"parent": SHOP, "privileges": [{"key": "plain"}, {"key": "new", "document": document(&statements)}]});
            refused(root, (REGISTER, batch), &fields("privileges[1].document"), what).await;
        }
        for version in ["x".repeat(65), "a\nb".to_owned()] {
            let mut request = new("new", &[allow(&["order:read"], &["*"])]);
            request["privilege"]["document"]["version"] = version.into();
            refused(root, (CREATE, request), &["privilege.document.version".to_owned()], "a version").await;
        }
        assert_eq!((export(root).await, head(root).await), before);
    });
}

#[test]
fn at_the_limits_a_document_is_stored_whole() {
    shop::on_every_store(async |_, root| {
        let keys: Vec<String> = (0..256).map(|n| format!("thing:{n:03}")).collect();
        let targets: Vec<String> = (0..256).map(|n| format!("things/{n:03}")).collect();
        let all: Vec<Value> = keys.iter().map(|key| json!({"key": key})).collect();
        root.done(REGISTER, json!({"parent": SHOP, "privileges": all})).await;
        let statement = |n: usize| {
            let scopes = if n == 0 { targets.clone() } else { vec![format!("things/{n}")] };
            json!({"effect": "EFFECT_ALLOW", "actions": keys, "scopes": scopes})
        };
        let statements: Vec<Value> = (0..64).map(statement).collect();
        let mut request = new("desk", &statements);
        request["privilege"]["document"]["version"] = "v".repeat(64).into();
        let made = root.done(CREATE, request).await["privilege"].clone();
        assert_eq!(made["document"]["statements"].as_array().unwrap().len(), 64);
        assert_eq!(root.done("PrivilegeService/GetPrivilege", json!({"name": DESK})).await["privilege"], made);
    });
}

#[test]
fn an_action_is_a_plain_privilege_of_the_catalogue() {
    shop::on_every_store(async |_, root| {
        desk(root).await;
        let before = (export(root).await, head(root).await);
        let field = |of: &str, end: &str| vec![format!("{of}.document.statements{end}")];
        for (what, statements, end) in [
            ("unregistered", vec![allow(&["order:read", "order:none"], &["*"])], "[0].actions[1]"),
            ("another case", vec![allow(&["order:read"], &["*"]), allow(&["Order:read"], &["*"])], "[1].actions[0]"),
            ("a document", vec![allow(&["helpdesk"], &["*"])], "[0].actions[0]"),
            (
                "one of ours that is none",
                vec![allow(&["bailiwick:role:read", "bailiwick:none"], &["*"])],
                "[0].actions[1]",
            ),
        ] {
            refused(root, (CREATE, new("new", &statements)), &field("privilege", end), what).await;
            refused(root, (UPDATE, changed(&statements)), &field("privilege", end), what).await;
            let batch = json!({"parent": SHOP, "privileges": [{"key": "plain"}, {"key": "new", "document": document(&statements)}]});
            refused(root, (REGISTER, batch), &field("privileges[1]", end), what).await;
        }
        let itself = |key: &str| [allow(&["order:read"], &["*"]), allow(&[key], &["*"])];
        refused(root, (CREATE, new("new", &itself("new"))), &field("privilege", "[1].actions[0]"), "itself").await;
        refused(root, (UPDATE, changed(&itself("desk"))), &field("privilege", "[1].actions[0]"), "itself").await;
        let each_other = json!({"parent": SHOP, "privileges": [
            {"key": "b", "document": document(&[allow(&["a"], &["*"])])}, {"key": "a", "document": document(&[allow(&["order:read"], &["*"])])}]});
        refused(root, (REGISTER, each_other), &field("privileges[0]", "[0].actions[0]"), "one of the call").await;
        assert_eq!((export(root).await, head(root).await), before);
        let ours = new("ours", &[allow(&["bailiwick:role:read"], &["*"])]);
        root.done(CREATE, ours).await;
        let together = json!({"parent": SHOP, "privileges": [
            {"key": "late", "document": document(&[allow(&["late:x"], &["*"])])}, {"key": "late:x", "object_scoped": false}]});
        let answer = root.done(REGISTER, together).await;
        assert_eq!(answer["privileges"][1]["object_scoped"], false, "registered as the call says");
    });
}

#[test]
fn an_open_catalogue_registers_the_actions() {
    shop::on_every_store(async |_, root| {
        let bazaar = "applications/bazaar";
        let request = json!({"parent": bazaar, "privilege": {"key": "desk", "document": document(&[allow(&["stall:open", "stall:close"], &["stalls/1"])])}});
        root.done(CREATE, request).await;
        let update = json!({"privilege": {"name": format!("{bazaar}/privileges/desk"), "document": document(&[allow(&["stall:clean"], &["*"])])}});
        root.done(UPDATE, update).await;
        let listed = root.done(super::LIST, json!({"parent": bazaar, "filter": "key : \"stall\""})).await;
        let keys: Vec<&str> =
            listed["privileges"].as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
        assert_eq!(keys, ["stall:clean", "stall:close", "stall:open"]);
        let reserved = json!({"parent": bazaar, "privilege": {"key": "new", "document": document(&[allow(&["bailiwick:none"], &["*"])])}});
        refused(root, (CREATE, reserved), &["privilege.document.statements[0].actions[0]".to_owned()], "reserved")
            .await;
    });
}

#[test]
fn what_is_plain_stays_plain_and_what_is_a_document_stays_one() {
    shop::on_every_store(async |_, root| {
        desk(root).await;
        let before = (export(root).await, head(root).await);
        let mut request = changed(&[allow(&["order:read"], &["*"])]);
        request["privilege"]["name"] = format!("{SHOP}/privileges/order:read").into();
        refused(root, (UPDATE, request), &["privilege.document".to_owned()], "a document for a plain one").await;
        let mut nothing = changed(&[]);
        nothing["privilege"].as_object_mut().unwrap().remove("document");
        nothing["update_mask"] = "document".into();
        refused(root, (UPDATE, nothing), &["privilege.document".to_owned()], "none for a document").await;
        let given = document(&[allow(&["secret:read"], &["*"])]);
        for privilege in [json!({"key": "order:read", "document": given}), json!({"key": "desk"})] {
            let refusal = root.refused(REGISTER, json!({"parent": SHOP, "privileges": [privilege]})).await;
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "IMMUTABLE"), "{refusal:?}");
        }
        assert_eq!((export(root).await, head(root).await), before);
    });
}
