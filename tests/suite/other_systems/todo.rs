//! The todo scenario of the `AuthZEN` working group, in the four drafts of its decisions. Its policy is in none of the
//! files: who is an admin (here: who is in `evil_genius`) does everything, an editor creates todos and changes the own
//! ones, a viewer reads.
//!
//! A caller sends the owner of a todo as an attribute. Whatever the draft and the question, it is the same for the same
//! todo, so that it is no attribute of the caller but a fact about the todo: everybody's assignment names the todos that
//! are their own, one by one, and what is needed for these alone is object-scoped. A subject stands there with the id of
//! an identity or of a user; the first draft says which is whose.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use bailiwick::domain::assignment::AssignmentId;
use bailiwick::domain::name::{RoleId, Subject};
use serde_json::{Value, json};

use super::exam::{Asked, decisions};
use super::people::PEOPLE;
use crate::harness::Server;
use crate::import_export::transfer;

const APPLICATION: &str = "todo";
/// Who issues the identities of the scenario.
const ISSUER: &str = "https://citadel.demo.aserto.com/dex";
/// Privileges, and whether they are about one resource.
const PRIVILEGES: [(&str, bool); 5] = [
    ("can_read_user", false),
    ("can_read_todos", false),
    ("can_create_todo", false),
    ("can_update_todo", true),
    ("can_delete_todo", true),
];
/// How many privileges each role gives, and the group that has it.
const ROLES: [(&str, usize, &str); 3] = [("admin", 5, "evil_genius"), ("editor", 5, "editor"), ("viewer", 2, "viewer")];

/// One file: its name; its assertions, each of one question or more, with what is decided.
type Draft = (String, Vec<Vec<(Asked, bool)>>);

#[derive(Default)]
pub(super) struct Scenario {
    drafts: Vec<Draft>,
    /// Identities and the users that they are of.
    identities: BTreeMap<String, String>,
    /// Todos and their owners.
    owners: BTreeMap<String, String>,
    /// Resources, `kind/id`.
    resources: BTreeSet<String>,
}

impl Scenario {
    pub(super) fn read(folder: &Path) -> Self {
        let versions = ["", "-authorization-api-1_0-00", "-authorization-api-1_0-01", "-authorization-api-1_0-02"];
        let files = versions.map(|version| {
            let name = format!("decisions{version}.json");
            let file: Value = serde_json::from_slice(&fs::read(folder.join(&name)).unwrap()).unwrap();
            let assertions = file.as_object().unwrap().values().flat_map(|list| list.as_array().unwrap().clone());
            (name, assertions.collect::<Vec<_>>())
        });
        let mut scenario = Self::default();
        for (name, assertions) in files {
            let assertions = assertions.iter().map(|assertion| scenario.assertion(assertion)).collect();
            scenario.drafts.push((name, assertions));
        }
        scenario
    }

    /// One question, or several that share what they do not say.
    fn assertion(&mut self, assertion: &Value) -> Vec<(Asked, bool)> {
        let request = &assertion["request"];
        let Some(evaluations) = request["evaluations"].as_array() else {
            return vec![(self.question(request, request), assertion["expected"].as_bool().unwrap())];
        };
        let expected = assertion["expected"].as_array().unwrap();
        assert_eq!(evaluations.len(), expected.len());
        let decided = expected.iter().map(|it| it["decision"].as_bool().unwrap());
        evaluations.iter().map(|it| self.question(it, request)).zip(decided).collect()
    }

    fn question(&mut self, own: &Value, shared: &Value) -> Asked {
        let part = |name: &str| if own[name].is_null() { &shared[name] } else { &own[name] };
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{own} {shared}")).to_owned();
        let (subject, resource) = (part("subject"), part("resource"));
        let id = text(&subject["id"]);
        if let Some(identity) = subject["identity"].as_str() {
            let before = self.identities.insert(identity.to_owned(), id.clone());
            assert!(before.is_none_or(|before| before == id));
        }
        let user = self.identities.get(&id).cloned().unwrap_or(id);
        let name = format!("{}/{}", text(&resource["type"]), text(&resource["id"]));
        let owner = resource["ownerID"].as_str().or_else(|| resource["properties"]["ownerID"].as_str());
        if let Some(owner) = owner {
            let before = self.owners.insert(name.clone(), owner.to_owned());
            assert!(before.is_none_or(|before| before == owner), "the owner of {name} is no fact about it");
        }
        self.resources.insert(name.clone());
        (format!("users/{user}"), text(&part("action")["name"]), name)
    }

    pub(super) async fn load(&self, server: &Server) {
        let done = transfer::import(&server.clients().await, self.document()).await;
        assert_eq!((done.updated, done.unchanged), (0, 0), "{done:?}");
    }

    fn document(&self) -> String {
        let mut lines = vec![json!({"application": {"id": APPLICATION}})];
        for (key, object_scoped) in PRIVILEGES {
            let privilege = json!({"application": APPLICATION, "key": key, "object_scoped": object_scoped});
            lines.push(json!({"privilege": privilege}));
        }
        for (role, count, _) in ROLES {
            lines.push(json!({"role": {"application": APPLICATION, "id": role, "role_name": role}}));
            let given = PRIVILEGES.iter().take(count);
            lines.extend(given.map(
                |(key, _)| json!({"role_privilege": {"application": APPLICATION, "role": role, "privilege": key}}),
            ));
        }
        for resource in &self.resources {
            let (kind, id) = resource.split_once('/').unwrap();
            lines.push(json!({"resource": {"application": APPLICATION, "kind": kind, "id": id}}));
        }
        for (user, groups) in PEOPLE {
            lines.extend(self.person(user, groups));
        }
        transfer::document(lines.iter().map(Value::to_string))
    }

    /// A user, the identities it has, and its role over the todos that are its own.
    fn person(&self, user: &str, groups: &[&str]) -> Vec<Value> {
        let mut lines = vec![json!({"user": {"id": user, "username": user, "application": APPLICATION}})];
        let bearer = format!("users/{user}");
        for (identity, _) in self.identities.iter().filter(|(_, of)| *of == user) {
            lines.push(json!({"external_identity": {"bearer": bearer, "issuer": ISSUER, "subject": identity}}));
        }
        let (role, _, _) = ROLES.iter().find(|(_, _, group)| groups.contains(group)).unwrap();
        lines.push(json!({"role_assignment": {"holder": bearer, "application": APPLICATION, "role": role,
            "allow_all_objects": *role == "admin"}}));
        let name = RoleId::parse(&format!("applications/{APPLICATION}/roles/{role}")).unwrap();
        let id =
            AssignmentId { holder: Subject::parse(&bearer).unwrap(), role: name, tenant: None }.name_id().to_string();
        for (todo, _) in self.owners.iter().filter(|(_, owner)| *owner == user) {
            let (kind, todo) = todo.split_once('/').unwrap();
            lines.push(
                json!({"assigned_resource": {"application": APPLICATION, "assignment": id, "kind": kind, "id": todo}}),
            );
        }
        lines
    }

    /// Asks all that any draft decides, and returns the table.
    pub(super) async fn ask(&self, server: &Server) -> String {
        let (clients, mut table) = (server.clients().await, String::new());
        for (name, assertions) in &self.drafts {
            let questions: Vec<_> = assertions.iter().flatten().cloned().collect();
            let (asked, expected): (Vec<Asked>, Vec<bool>) = questions.into_iter().unzip();
            let ours = decisions(&clients, APPLICATION, &asked).await;
            for ((question, expected), allowed) in asked.iter().zip(&expected).zip(&ours) {
                assert_eq!(allowed, expected, "{name}: {question:?}");
            }
            let allowed = ours.iter().filter(|allowed| **allowed).count();
            let counts = format!("{} assertions: all met; {} questions", assertions.len(), asked.len());
            writeln!(table, "{name}: {counts}: {allowed} allowed, {} denied", asked.len() - allowed).unwrap();
        }
        table
    }
}
