//! Hostile strings, from the folder of real access data: what is accepted comes back byte for byte.

use std::fs;

use bailiwick::proto::v1::import_policy_request::Options;
use serde_json::{Value, json};
use tonic::Code;

use super::refusal::Refusal;
use super::transfer::{document, export, import, import_with};
use crate::harness::{Clients, block_on, on_every_store, real_data};

/// A field of a thing, and how long it may be.
struct Field {
    thing: &'static str,
    name: &'static str,
    chars_max: usize,
    /// Must not be empty, nor begin or end with white space.
    is_name: bool,
    may_break_lines: bool,
}

const FIELDS: &[Field] = &[
    Field { thing: "application", name: "display_name", chars_max: 256, is_name: false, may_break_lines: false },
    Field { thing: "privilege", name: "description", chars_max: 4_096, is_name: false, may_break_lines: true },
    Field { thing: "role", name: "role_name", chars_max: 256, is_name: true, may_break_lines: false },
    Field { thing: "user", name: "username", chars_max: 256, is_name: true, may_break_lines: false },
    Field { thing: "user", name: "email", chars_max: 256, is_name: false, may_break_lines: false },
    Field { thing: "group", name: "group_name", chars_max: 256, is_name: true, may_break_lines: false },
];

impl Field {
    /// Whether the field takes the text, as the contract says it.
    fn takes(&self, text: &str) -> bool {
        let breaks = |c: char| self.may_break_lines && matches!(c, '\n' | '\r' | '\t');
        let name = !self.is_name || (!text.is_empty() && text.trim() == text);
        name && text.chars().count() <= self.chars_max && text.chars().all(|c| !c.is_control() || breaks(c))
    }

    /// A line with the text in the field.
    fn line(&self, id: usize, text: &str) -> Value {
        let id = format!("{}-{id}", self.name);
        let mut thing = match self.thing {
            "application" => json!({ "id": id }),
            "privilege" => json!({ "application": "a", "key": id }),
            "role" => json!({ "application": "a", "id": id, "role_name": id }),
            "user" => json!({ "id": id, "username": id }),
            _ => json!({ "id": id, "group_name": id }),
        };
        thing[self.name] = Value::from(text);
        json!({ self.thing: thing })
    }
}

#[test]
fn hostile_strings_come_back_byte_for_byte_or_are_refused() {
    let Some(data) = real_data() else { return };
    let text = fs::read_to_string(data.join("naughty-strings/blns.json")).unwrap();
    let strings: Vec<String> = serde_json::from_str(&text).unwrap();
    assert_eq!(strings.len(), 515);
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            import(&clients, document([r#"{"application":{"id":"a"}}"#])).await;
            for field in FIELDS {
                try_field(&clients, field, &strings).await;
            }
        });
    });
}

async fn try_field(clients: &Clients, field: &Field, strings: &[String]) {
    let mut lines = Vec::new();
    for (number, string) in strings.iter().enumerate() {
        // Names are unique, so each has its number before it.
        let text = if field.is_name { format!("{number} {string}") } else { string.clone() };
        let line = field.line(number, &text);
        if field.takes(&text) {
            lines.push(line);
        } else {
            let status = import_with(clients, Options::default(), document([line.to_string()])).await.unwrap_err();
            let refusal = Refusal::of(&status);
            refusal.expect(Code::InvalidArgument, "INVALID_REQUEST");
            assert_eq!(refusal.fields, [format!("line 2: {}.{}", field.thing, field.name)]);
        }
    }
    assert!(lines.len() > strings.len() / 2);
    import(clients, document(lines.iter().map(Value::to_string))).await;
    let exported = export(clients).await.document;
    let exported: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in lines {
        let id = |line: &Value| {
            let thing = line.get(field.thing)?;
            thing.get("key").or_else(|| thing.get("id")).cloned()
        };
        let back = exported.iter().find(|other| id(other) == id(&line)).unwrap();
        let text = |line: &Value| line[field.thing][field.name].as_str().unwrap_or_default().to_owned();
        assert_eq!(text(back), text(&line));
    }
}
