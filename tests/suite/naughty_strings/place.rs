//! Every place of a message that holds a text: found in the contract's own descriptors, set and read there.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use prost_types::{DescriptorProto, FileDescriptorSet};
use serde_json::json;

use crate::callers::actor::message;

/// The key under which a text is put into a map.
const KEY: &str = "k";

/// The full names of the fields that are ignored in requests, as their comments say.
static OUTPUT_ONLY: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut found = HashSet::new();
    for file in FileDescriptorSet::decode(bailiwick::proto::FILE_DESCRIPTOR_SET).unwrap().file {
        let locations = file.source_code_info.iter().flat_map(|info| &info.location);
        let comments: HashMap<&[i32], &str> = locations.map(|it| (&it.path[..], it.leading_comments())).collect();
        let mut messages: Vec<(Vec<i32>, String, &DescriptorProto)> = Vec::new();
        for (at, message) in (0..).zip(&file.message_type) {
            // 4: the messages of a file.
            messages.push((vec![4, at], format!("{}.{}", file.package(), message.name()), message));
        }
        while let Some((path, name, message)) = messages.pop() {
            for (at, inner) in (0..).zip(&message.nested_type) {
                // 3: the messages in a message.
                messages.push(([&path[..], &[3, at]].concat(), format!("{name}.{}", inner.name()), inner));
            }
            for (at, field) in (0..).zip(&message.field) {
                // 2: the fields of a message.
                let comment = comments.get(&[&path[..], &[2, at]].concat()[..]).copied().unwrap_or_default();
                if comment.to_lowercase().contains("output only") {
                    found.insert(format!("{name}.{}", field.name()));
                }
            }
        }
    }
    found
});

/// Where a text is, in messages of one kind: the fields that lead to it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    steps: Vec<FieldDescriptor>,
    /// The text is the key of a map's entry, not its value.
    is_key: bool,
}

/// Every place of a kind of message; messages that hold themselves are entered once.
pub(super) fn places(kind: &MessageDescriptor) -> Vec<Place> {
    let mut found = Vec::new();
    enter(kind, &[], &mut found);
    found
}

fn enter(kind: &MessageDescriptor, before: &[FieldDescriptor], found: &mut Vec<Place>) {
    for field in kind.fields() {
        let steps = [before, std::slice::from_ref(&field)].concat();
        match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let holds_text = entry.map_entry_value_field().kind() == Kind::String;
                let both = [false, true].map(|is_key| Place { steps: steps.clone(), is_key });
                found.extend(both.into_iter().filter(|_| holds_text));
            }
            Kind::Message(inner) if !steps.iter().any(|step| *step.parent_message() == inner) => {
                enter(&inner, &steps, found);
            }
            Kind::String => found.push(Place { steps, is_key: false }),
            _ => {}
        }
    }
}

/// A message that was not there, with what it cannot be without: a text is put into one of its fields.
fn filled(kind: &MessageDescriptor) -> DynamicMessage {
    let fields = match kind.name() {
        "ExternalIdentity" => json!({"issuer": "beside", "subject": "beside"}),
        "RequestedRoleAssignment" => json!({"application": "applications/shop", "role_name": "reader"}),
        "RoleAssignments" => json!({"application": "applications/shop"}),
        "TraversalSpecInstance" => json!({"name": "folders", "resource_kind": "folders"}),
        "ResourceRelation" => json!({"child": "orders/of/acme", "parent": "orders/7"}),
        "ResourceSelection" => json!({"type": "TYPE_SPECIFIC"}),
        "PolicyDocument" => {
            json!({"statements": [{"effect": "EFFECT_ALLOW", "actions": ["order:read"], "scopes": ["*"]}]})
        }
        "PolicyStatement" => json!({"effect": "EFFECT_ALLOW", "actions": ["order:read"], "scopes": ["*"]}),
        "Step" => json!({"kind": "orders", "direction": "DIRECTION_CHILD"}),
        "CompactChecks" => json!({"subject": "users/shared", "privileges": ["order:read"]}),
        _ => return DynamicMessage::new(kind.clone()),
    };
    message(kind, fields)
}

impl Place {
    /// As a violation names it.
    pub(super) fn shown(&self) -> String {
        let step = |field: &FieldDescriptor| format!("{}{}", field.name(), if field.is_list() { "[0]" } else { "" });
        self.steps.iter().map(step).collect::<Vec<_>>().join(".")
    }

    /// Whether a violation is about the place, something in it, or what it is in; or of a field that must be as it is
    /// because of the place, which is then told.
    pub(super) fn is_named_by(&self, (field, description): &(String, String)) -> bool {
        // Of a stream's messages each has a number.
        let field = field.replace("chunks[0].", "chunk.");
        let shown = self.shown();
        let list = shown.strip_suffix("[0]").unwrap_or(&shown);
        let words = || description.split([' ', '`', ',']);
        let told = || self.steps.iter().any(|step| words().any(|word| word == step.name()));
        !field.is_empty() && (shown.starts_with(&field) || field.starts_with(list) || told())
    }

    /// Whether requests may hold something there, which is ignored.
    pub(super) fn is_output_only(&self) -> bool {
        self.steps.iter().any(|field| OUTPUT_ONLY.contains(field.full_name()))
    }

    /// The place in the message that the first field holds, if this is the field.
    pub(super) fn within(&self, field: &str) -> Option<Self> {
        let (first, rest) = self.steps.split_first()?;
        (first.name() == field && !rest.is_empty()).then(|| Self { steps: rest.to_vec(), is_key: self.is_key })
    }

    /// Whether the first field is set.
    pub(super) fn begins_in(&self, message: &DynamicMessage) -> bool {
        message.has_field(&self.steps[0])
    }

    /// The name of the first field.
    pub(super) fn first(&self) -> &str {
        self.steps[0].name()
    }

    /// Puts a text there; of a list it becomes the only element.
    pub(super) fn set(&self, message: &mut DynamicMessage, text: &str) {
        let (last, before) = self.steps.split_last().unwrap();
        let mut holder = message;
        for field in before {
            let Kind::Message(kind) = field.kind() else { unreachable!("{field:?}") };
            if field.name() == "compact" {
                holder.clear_field_by_name("checks"); // One excludes the other.
            }
            if !field.is_list() && !holder.has_field(field) {
                holder.set_field(field, Value::Message(filled(&kind)));
            }
            let value = holder.get_field_mut(field);
            if let Value::List(items) = value {
                if items.is_empty() {
                    items.push(Value::Message(filled(&kind)));
                }
                holder = items[0].as_message_mut().unwrap();
            } else {
                holder = value.as_message_mut().unwrap();
            }
        }
        let (key, value) = if self.is_key { (text, "v") } else { (KEY, text) };
        let value = Value::String(value.to_owned());
        let value = match last {
            last if last.is_map() => Value::Map(HashMap::from([(MapKey::String(key.to_owned()), value)])),
            last if last.is_list() => Value::List(vec![value]),
            _ => value,
        };
        holder.set_field(last, value);
    }

    /// The texts that are there.
    pub(super) fn get(&self, message: &DynamicMessage) -> Vec<String> {
        let mut holders = vec![message.clone()];
        let (last, before) = self.steps.split_last().unwrap();
        for field in before {
            let inner = holders.iter().flat_map(|holder| match holder.get_field(field).as_ref() {
                Value::List(items) => items.iter().filter_map(|it| it.as_message().cloned()).collect(),
                value => value.as_message().cloned().into_iter().collect::<Vec<_>>(),
            });
            holders = inner.collect();
        }
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let texts = holders.iter().flat_map(|holder| match holder.get_field(last).as_ref() {
            Value::List(items) => items.iter().filter_map(text).collect(),
            Value::Map(entries) if self.is_key => {
                entries.keys().filter_map(|key| key.as_str().map(str::to_owned)).collect()
            }
            Value::Map(entries) => entries.values().filter_map(text).collect(),
            value => text(value).into_iter().collect::<Vec<_>>(),
        });
        texts.collect()
    }
}
