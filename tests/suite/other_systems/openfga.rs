//! Sample stores of `OpenFGA`: a model, tuples, and tests that check, list objects and list users.
//!
//! A list is asserted element by element: each that it names must be allowed, every other known one denied. A list of
//! groups asks for somebody who is in that group alone.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::model_language;
use super::schema::{Assertion, Object, Question, Store, Subject, Tuple};
use super::yaml;

/// Begins the ids of those who are in one group alone.
const MEMBER_OF: &str = "member-of:";

/// Reads the store in a folder.
pub(super) fn read(folder: &Path) -> Store {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let file = yaml::read(&folder.join("store.fga.yaml"));
    let model = match file["model_file"].as_str() {
        Some(of) => fs::read_to_string(folder.join(of)).unwrap(),
        None => file["model"].as_str().unwrap().to_owned(),
    };
    let mut store = Store {
        name: format!("openfga-{name}"),
        kinds: model_language::read(&model),
        tuples: items(&file["tuples"]).map(tuple).collect(),
        ..Store::default()
    };
    let tests: Vec<&Value> = items(&file["tests"]).collect();
    store.assertions = tests.iter().flat_map(|test| items(&test["check"])).flat_map(checks).collect();
    // Lists are about everything that is known by then.
    let lists = |store: &Store| -> Vec<Assertion> {
        let objects = tests.iter().flat_map(|test| items(&test["list_objects"])).flat_map(|it| objects(store, it));
        let users = tests.iter().flat_map(|test| items(&test["list_users"])).flat_map(|it| users(store, it));
        objects.chain(users).collect()
    };
    let found = lists(&store);
    store.assertions.extend(found);
    add_members(&mut store, &tests);
    store
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} of {value}"))
}

fn tuple(value: &Value) -> Tuple {
    Tuple {
        object: Object::parse(text(value, "object")),
        relation: text(value, "relation").to_owned(),
        subject: Subject::parse(text(value, "user")),
        conditional: !value["condition"].is_null(),
    }
}

fn checks(check: &Value) -> Vec<Assertion> {
    let one = |(right, expected): (&String, &Value)| {
        let (subject, object) = (Object::parse(text(check, "user")), Object::parse(text(check, "object")));
        let question = Question { subject, right: right.clone(), object };
        Assertion { questions: vec![(question, expected.as_bool().unwrap())] }
    };
    check["assertions"].as_object().unwrap().iter().map(one).collect()
}

fn objects(store: &Store, list: &Value) -> Vec<Assertion> {
    let subject = Object::parse(text(list, "user"));
    let one = |(right, expected): (&String, &Value)| {
        let expected: Vec<Object> = items(expected).map(|it| Object::parse(it.as_str().unwrap())).collect();
        let of_kind: Vec<Object> =
            store.things().into_iter().filter(|object| object.kind == text(list, "type")).collect();
        asserted(&expected, &of_kind, |object| Question {
            subject: subject.clone(),
            right: right.clone(),
            object: object.clone(),
        })
    };
    list["assertions"].as_object().unwrap().iter().map(one).collect()
}

fn users(store: &Store, list: &Value) -> Vec<Assertion> {
    let (object, [filter]) = (Object::parse(text(list, "object")), list["user_filter"].as_array().unwrap().as_slice())
    else {
        panic!("one filter: {list}")
    };
    let (kind, relation) = (text(filter, "type"), filter["relation"].as_str());
    let asked = |subject: &Object| relation.map_or_else(|| subject.clone(), |relation| member(subject, relation));
    let all = if relation.is_some() { store.things() } else { store.people() };
    let of_kind: Vec<Object> = all.into_iter().filter(|object| object.kind == kind).collect();
    let one = |(right, expected): (&String, &Value)| {
        let named = |it: &Value| {
            let subject = Subject::parse(it.as_str().unwrap());
            assert_eq!(subject.relation.as_deref(), relation);
            subject.object
        };
        let expected: Vec<Object> = items(&expected["users"]).map(named).collect();
        asserted(&expected, &of_kind, |subject| Question {
            subject: asked(subject),
            right: right.clone(),
            object: object.clone(),
        })
    };
    list["assertions"].as_object().unwrap().iter().map(one).collect()
}

/// A question about every known element, which also holds all that are expected.
fn asserted(expected: &[Object], known: &[Object], question: impl Fn(&Object) -> Question) -> Assertion {
    assert!(expected.iter().all(|object| known.contains(object)), "{expected:?} of {known:?}");
    Assertion { questions: known.iter().map(|object| (question(object), expected.contains(object))).collect() }
}

/// Somebody who is in a group alone.
fn member(group: &Object, relation: &str) -> Object {
    Object::new("user", &format!("{MEMBER_OF}{group}#{relation}"))
}

/// Puts those who are asked about in their groups.
fn add_members(store: &mut Store, tests: &[&Value]) {
    for filter in tests.iter().flat_map(|test| items(&test["list_users"])).flat_map(|it| items(&it["user_filter"])) {
        let Some(relation) = filter["relation"].as_str() else { continue };
        for group in store.things().into_iter().filter(|object| object.kind == text(filter, "type")) {
            let subject = Subject::one(member(&group, relation));
            store.tuples.insert(Tuple { object: group, relation: relation.to_owned(), subject, conditional: false });
        }
    }
}
