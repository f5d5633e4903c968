//! The file of roles, read here by itself, and the import file that the converter of the examples makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

/// Chooses the random roles.
const SEED: &str = "7";

/// A line of the file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GoogleRole {
    name: String,
    #[serde(default)]
    included_permissions: Vec<String>,
}

/// A line of the import file, as far as it is read here.
#[derive(Deserialize)]
struct AssignmentLine {
    role_assignment: Assignment,
}

#[derive(Deserialize)]
struct Assignment {
    holder: String,
    role: String,
}

/// A user and the places of the roles it holds.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) id: String,
    pub(super) roles: Vec<usize>,
}

/// Roles and privileges by their places, in the order of their bytes.
pub(super) struct Catalogue {
    /// Ids of the roles, which are those of the users that hold them.
    pub(super) roles: Vec<String>,
    pub(super) keys: Vec<String>,
    /// The import file.
    pub(super) document: Vec<u8>,
    grants: Vec<(usize, usize)>,
    given: Vec<Vec<bool>>,
}

impl Catalogue {
    pub(super) fn read(file: &Path, random_users: usize) -> Self {
        let unpacked = output(Command::new("zcat").arg(file));
        let text = String::from_utf8(unpacked).unwrap();
        let roles: BTreeMap<String, BTreeSet<String>> = text.lines().map(role).collect();
        assert_eq!(roles.len(), text.lines().count(), "no two roles have one name");
        let keys: BTreeSet<&String> = roles.values().flatten().collect();
        let keys: Vec<String> = keys.into_iter().cloned().collect();
        let places: BTreeMap<&str, usize> = keys.iter().enumerate().map(|(at, key)| (key.as_str(), at)).collect();
        let pairs = roles.values().enumerate();
        let grants = pairs.flat_map(|(role, given)| given.iter().map(move |key| (role, key)));
        let grants: Vec<(usize, usize)> = grants.map(|(role, key)| (role, places[key.as_str()])).collect();
        let mut given = vec![vec![false; keys.len()]; roles.len()];
        for (role, key) in &grants {
            given[*role][*key] = true;
        }
        let document = converted(file, random_users);
        Self { roles: roles.into_keys().collect(), keys, document, grants, given }
    }

    /// Roles, privileges, and pairs of the two.
    pub(super) fn size(&self) -> (usize, usize, usize) {
        (self.roles.len(), self.keys.len(), self.grants.len())
    }

    pub(super) fn gives(&self, role: usize, key: usize) -> bool {
        self.given[role][key]
    }

    /// Every pair there can be.
    pub(super) fn all_pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.roles.len()).flat_map(|role| (0..self.keys.len()).map(move |key| (role, key)))
    }

    /// Every pair that the file names.
    pub(super) fn grants(&self) -> impl Iterator<Item = (usize, usize)> {
        self.grants.iter().copied()
    }

    /// The place of a role.
    pub(super) fn role(&self, id: &str) -> usize {
        self.roles.binary_search_by(|role| role.as_str().cmp(id)).unwrap()
    }

    pub(super) fn document_lines(&self) -> usize {
        self.document.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count()
    }

    /// The users that the converter gave random roles.
    pub(super) fn random_users(&self) -> Vec<Held> {
        let text = std::str::from_utf8(&self.document).unwrap();
        let mut users: BTreeMap<String, Held> = BTreeMap::new();
        for line in text.lines().filter(|line| line.contains("\"users/random-")) {
            let AssignmentLine { role_assignment } = serde_json::from_str(line).unwrap();
            let id = role_assignment.holder.strip_prefix("users/").unwrap().to_owned();
            let user = users.entry(id.clone()).or_insert_with(|| Held { id, roles: Vec::new() });
            user.roles.push(self.role(&role_assignment.role));
        }
        users.into_values().collect()
    }
}

/// A role's id is its name without `roles/`; that no name needs more than that is part of what is tested.
fn role(line: &str) -> (String, BTreeSet<String>) {
    let role: GoogleRole = serde_json::from_str(line).unwrap();
    let id = role.name.strip_prefix("roles/").unwrap();
    assert!(id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:@-".contains(&byte)), "{id}");
    (id.to_owned(), role.included_permissions.into_iter().collect())
}

fn converted(file: &Path, random_users: usize) -> Vec<u8> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/gcp_roles_to_import.py");
    let count = random_users.to_string();
    output(Command::new("python3").args([script, "--random-users", &count, "--seed", SEED]).arg(file))
}

fn output(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
