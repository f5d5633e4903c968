//! Templates of Topaz: a manifest of types, relations and permissions; objects and relations; assertions.
//!
//! A template takes people and their groups from a directory that all templates share. It is not among the files, so
//! its people are written down here: each has an identity of the same name, and whoever asks by an identity is the
//! user. Terms `relation->identifier` therefore mean the relation itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::people;
use super::schema::{Assertion, Object, Question, Store, Subject, Term, Tuple};
use super::yaml;

/// The type of identities, and the relation of a user to them.
const IDENTITY: &str = "identity";
const IDENTIFIER: &str = "identifier";

/// Reads the template in a folder.
pub(super) fn read(folder: &Path, assertions: &str) -> Store {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let manifest = yaml::read(&folder.join("manifest.yaml"));
    let types = manifest["types"].as_object().unwrap();
    let kinds = types.iter().filter(|(kind, _)| *kind != IDENTITY).map(|(kind, it)| (kind.clone(), terms(it)));
    let list = |file: &str, field: &str| {
        let text = fs::read(folder.join(file)).unwrap();
        serde_json::from_slice::<Value>(&text).unwrap()[field].as_array().unwrap().clone()
    };
    let relations = list(&format!("{name}_relations.json"), "relations");
    let mut store = Store {
        name: format!("topaz-{name}"),
        kinds: kinds.collect(),
        objects: list(&format!("{name}_objects.json"), "objects").iter().map(object_of).collect(),
        tuples: relations.iter().map(tuple).chain(people::tuples()).collect(),
        assertions: list(assertions, "assertions").iter().map(assertion).collect(),
    };
    // What the template has no type for is not in its directory.
    store.tuples.retain(|tuple| store.kinds.get(&tuple.object.kind).is_some_and(|it| it.contains_key(&tuple.relation)));
    store
}

fn terms(of_type: &Value) -> BTreeMap<String, Term> {
    let section = |name: &str| of_type[name].as_object().cloned().unwrap_or_default().into_iter();
    let relations = section("relations").filter(|(name, _)| name != IDENTIFIER);
    let relations = relations.map(|(name, text)| (name, Term::Direct(parts(&text).map(str::to_owned).collect())));
    let permissions = section("permissions").map(|(name, text)| (name, Term::Any(parts(&text).map(part).collect())));
    relations.chain(permissions).collect()
}

fn parts(text: &Value) -> impl Iterator<Item = &str> {
    text.as_str().unwrap().split('|').map(str::trim)
}

fn part(text: &str) -> Term {
    assert!(!text.contains(['&', '(', ' ']), "intersections and exclusions are not read: {text}");
    match text.split_once("->") {
        None => Term::Computed(text.to_owned()),
        Some((relation, IDENTIFIER)) => Term::Computed(relation.to_owned()),
        Some((relation, right)) => Term::From { right: right.to_owned(), relation: relation.to_owned() },
    }
}

fn object_of(value: &Value) -> Object {
    Object::new(value["type"].as_str().unwrap(), value["id"].as_str().unwrap())
}

fn named(value: &Value, which: &str) -> Object {
    let text = |field: &str| value[format!("{which}_{field}")].as_str().unwrap().to_owned();
    let object = Object { kind: text("type"), id: text("id") };
    if object.kind == IDENTITY { Object::new("user", &object.id) } else { object }
}

fn tuple(value: &Value) -> Tuple {
    let relation = value["subject_relation"].as_str().filter(|relation| !relation.is_empty()).map(str::to_owned);
    Tuple {
        object: named(value, "object"),
        relation: value["relation"].as_str().unwrap().to_owned(),
        subject: Subject { object: named(value, "subject"), relation },
        conditional: false,
    }
}

fn assertion(value: &Value) -> Assertion {
    let check = &value["check"];
    let right = check["relation"].as_str().unwrap().to_owned();
    let question = Question { subject: named(check, "subject"), right, object: named(check, "object") };
    Assertion { questions: vec![(question, value["expected"].as_bool().unwrap())] }
}
