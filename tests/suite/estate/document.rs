//! The estate as a document to be imported.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::plan::{Given, Instance, Organisation, Over, VERBS, roles, verbs_of};
use crate::states::build::{assignment_name, id};

pub(crate) const APPLICATION: &str = "estate";

/// Lines, written one after the other.
#[derive(Default)]
pub(crate) struct Document(String);

impl Document {
    fn line(&mut self, what: &str, fields: &Value) {
        writeln!(self.0, "{}", json!({ what: fields })).unwrap();
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// The document of so many organisations.
pub(crate) fn document(organisations: usize, seed: u64) -> String {
    let mut document = Document::default();
    document.line("bailiwick_policy", &json!({ "version": 1 }));
    catalogue(&mut document);
    let of = |number| Organisation::new(number, seed);
    for number in 0..organisations {
        resources(&mut document, &mut of(number));
    }
    for number in 0..organisations {
        everything_else(&mut document, &mut of(number));
    }
    document.into_text()
}

fn catalogue(document: &mut Document) {
    document.line("application", &json!({ "id": APPLICATION }));
    for verb in VERBS {
        document.line("privilege", &json!({ "application": APPLICATION, "key": format!("thing:{verb}") }));
    }
    for role in roles() {
        let name = format!("role-{role:02}");
        document.line("role", &json!({ "application": APPLICATION, "id": name, "role_name": name }));
        for verb in verbs_of(role) {
            let privilege = format!("thing:{verb}");
            document
                .line("role_privilege", &json!({ "application": APPLICATION, "role": name, "privilege": privilege }));
        }
    }
    let step = |kind: &str, direction: &str, recursive: bool| json!({ "kind": format!("CLOUD::{kind}"), "direction": direction, "recursive": recursive });
    let child = |kind| step(kind, "CHILD", false);
    for (name, root, paths) in [
        (
            "tree",
            "Folder",
            json!([
                [step("Folder", "CHILD", true), child("Project"), child("Machine")],
                [child("Project"), child("Machine")]
            ]),
        ),
        ("machines", "Project", json!([[child("Machine")]])),
        ("upwards", "Machine", json!([[step("Project", "PARENT", false), step("Folder", "PARENT", true)]])),
    ] {
        document.line(
            "traversal_spec",
            &json!({
                "application": APPLICATION, "id": name, "spec_name": name, "root_adapter_kind": "CLOUD",
                "root_resource_kind": root, "paths": paths,
            }),
        );
    }
}

fn split(resource: &str) -> (&str, &str) {
    resource.split_once('/').unwrap()
}

fn resources(document: &mut Document, organisation: &mut Organisation) {
    let resources = organisation.resources();
    for (resource, _) in &resources {
        let (kind, id) = split(resource);
        document.line("resource", &json!({ "application": APPLICATION, "kind": kind, "id": id }));
    }
    for (child, parents) in &resources {
        let (kind, id) = split(child);
        for (parent_kind, parent_id) in parents.iter().map(|parent| split(parent)) {
            document.line("resource_parent", &json!({
                "application": APPLICATION, "kind": kind, "id": id, "parent_kind": parent_kind, "parent_id": parent_id,
            }));
        }
    }
}

fn everything_else(document: &mut Document, organisation: &mut Organisation) {
    for (scope, instances) in organisation.scopes() {
        document.line("scope", &json!({ "application": APPLICATION, "id": scope, "scope_name": scope }));
        for (number, instance) in instances.iter().enumerate() {
            document.line("instance", &lines_of(("scope", &scope), number, instance));
        }
    }
    for (group, outer) in organisation.groups() {
        document.line("group", &json!({ "id": group, "group_name": group }));
        if let Some(outer) = outer {
            document.line("group_member", &json!({ "group": outer, "member": format!("groups/{group}") }));
        }
    }
    for (user, groups) in organisation.users() {
        document.line("user", &json!({ "id": user, "username": user }));
        for group in groups {
            document.line("group_member", &json!({ "group": group, "member": format!("users/{user}") }));
        }
    }
    for given in organisation.assignments() {
        assignment(document, &given);
    }
}

fn lines_of((owner, name): (&str, &str), number: usize, instance: &Instance) -> Value {
    json!({
        "application": APPLICATION, owner: name, "number": number, "spec": instance.spec,
        "propagate": instance.propagate, "unpropagate": instance.unpropagate, "specific": instance.specific,
    })
}

fn assignment(document: &mut Document, given: &Given) {
    let role = format!("role-{:02}", given.role);
    let mut line = json!({ "holder": given.holder, "application": APPLICATION, "role": role });
    match &given.over {
        Over::Everything => {}
        Over::Scope(scope) => {
            line["allow_all_objects"] = json!(false);
            line["scope"] = json!(scope);
        }
        Over::Instance(_) | Over::Named(_) => line["allow_all_objects"] = json!(false),
    }
    document.line("role_assignment", &line);
    let name = name_of(&given.holder, &role);
    match &given.over {
        Over::Instance(instance) => document.line("instance", &lines_of(("assignment", &name), 0, instance)),
        Over::Named(resources) => {
            for (kind, id) in resources.iter().map(|resource| split(resource)) {
                document.line(
                    "assigned_resource",
                    &json!({
                        "application": APPLICATION, "assignment": name, "kind": kind, "id": id,
                    }),
                );
            }
        }
        Over::Everything | Over::Scope(_) => {}
    }
}

/// The id of an assignment.
pub(crate) fn name_of(holder: &str, role: &str) -> String {
    assignment_name(holder, &format!("{APPLICATION}/{role}"), None).assignment.to_string()
}

/// An id of the estate's application.
pub(crate) fn application() -> bailiwick::domain::id::Id {
    id(APPLICATION)
}
