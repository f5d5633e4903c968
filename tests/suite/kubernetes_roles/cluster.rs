//! RBAC objects of a cluster, what Kubernetes answers about them, and the import file that the converter of the
//! examples makes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use bailiwick::domain::assignment::AssignmentId;
use bailiwick::domain::id::Id;
use bailiwick::domain::name::{RoleId, Subject};
use serde::Deserialize;
use serde_json::{Value, json};

/// The name of an object that no rule names.
const UNNAMED: &str = "of-no-rule";

/// A request, as Kubernetes sees it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Question {
    pub(super) namespace: Option<String>,
    group: Option<String>,
    resource: Option<String>,
    url: Option<String>,
    verb: String,
    /// Of the object that is asked about.
    pub(super) name: Option<String>,
}

/// Who asks, and what Kubernetes answers: a digit for each question.
#[derive(Debug, Deserialize)]
struct Expected {
    user: String,
    answers: String,
}

#[derive(Debug, Deserialize)]
struct Oracle {
    questions: Vec<Value>,
    subjects: Vec<Expected>,
    rules: usize,
    named_rules: usize,
}

/// What Kubernetes answers, and because of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Right {
    Denied,
    OfCluster,
    /// What is bound in the question's namespace alone allows it.
    OfNamespace,
}

impl Right {
    fn of(digit: char) -> Self {
        match digit {
            '0' => Self::Denied,
            '1' => Self::OfCluster,
            '2' => Self::OfNamespace,
            other => panic!("{other}"),
        }
    }
}

/// A cluster.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) questions: Vec<Question>,
    /// Kubernetes' name of each subject, and ours.
    pub(super) subjects: Vec<(String, String)>,
    answers: Vec<Vec<Right>>,
    pub(super) rules: usize,
    /// Rules that are about named objects alone.
    pub(super) named_rules: usize,
    /// The import file.
    pub(super) document: Vec<u8>,
    /// What the converter said that it left out.
    pub(super) left_out: Vec<String>,
}

impl Cluster {
    pub(super) fn read(files: &[PathBuf]) -> Self {
        let expected = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/kubernetes_roles/expected.py");
        let (expected, _) = output(Command::new("python3").arg(expected).args(files));
        let oracle: Oracle = serde_json::from_slice(&expected).unwrap();
        let (document, said) = converted(files, &oracle.questions);
        let names = names(&document);
        let places: BTreeSet<&str> = oracle.questions.iter().filter_map(|it| it["namespace"].as_str()).collect();
        let asked: BTreeSet<&str> = oracle.questions.iter().filter_map(|it| it["name"].as_str()).collect();
        let objects = lines_of_objects(&places, &asked, &document);
        let ours = |user: &String| names.get(user).cloned().unwrap_or_else(|| format!("users/{user}"));
        Self {
            subjects: oracle.subjects.iter().map(|subject| (subject.user.clone(), ours(&subject.user))).collect(),
            answers: oracle.subjects.iter().map(|it| it.answers.chars().map(Right::of).collect()).collect(),
            questions: oracle.questions.into_iter().map(|it| serde_json::from_value(it).unwrap()).collect(),
            rules: oracle.rules,
            named_rules: oracle.named_rules,
            document: [document, objects].concat(),
            left_out: said.lines().map(str::to_owned).collect(),
        }
    }

    /// What Kubernetes answers.
    pub(super) fn allows(&self, subject: usize, question: usize) -> bool {
        self.answers[subject][question] != Right::Denied
    }

    /// How many answers to these questions are allowed, how many of them by what is bound in the namespace alone, and
    /// how many are denied.
    pub(super) fn counts(&self, questions: &[usize]) -> (usize, usize, usize) {
        let count = |right| {
            let of_one =
                |answers: &Vec<Right>| questions.iter().filter(|question| answers[**question] == right).count();
            self.answers.iter().map(of_one).sum::<usize>()
        };
        let own = count(Right::OfNamespace);
        (own + count(Right::OfCluster), own, count(Right::Denied))
    }

    /// The namespaces that questions are about; `None` is the cluster.
    pub(super) fn places(&self) -> BTreeSet<Option<String>> {
        self.questions.iter().map(|question| question.namespace.clone()).collect()
    }

    /// The questions that are about a place, and about no object.
    pub(super) fn questions_in(&self, place: Option<&String>) -> Vec<usize> {
        self.questions_about(place, None)
    }

    /// The names of objects that questions are about.
    pub(super) fn object_names(&self) -> BTreeSet<String> {
        self.questions.iter().filter_map(|question| question.name.clone()).collect()
    }

    /// The questions that are about the object with a name in a place, or about none.
    pub(super) fn questions_about(&self, place: Option<&String>, name: Option<&String>) -> Vec<usize> {
        let here = |question: &usize| {
            let Question { namespace, name: asked, .. } = &self.questions[*question];
            (namespace.as_ref(), asked.as_ref()) == (place, name)
        };
        (0..self.questions.len()).filter(here).collect()
    }

    /// How many answers are allowed because of the object's name: the same about [`UNNAMED`] is denied.
    pub(super) fn by_name(&self) -> usize {
        let by_request: BTreeMap<_, _> = self
            .questions
            .iter()
            .enumerate()
            .map(|(at, it)| ((it.namespace.as_ref(), it.name.as_deref(), it.key()), at))
            .collect();
        let other = |it: &Question| by_request[&(it.namespace.as_ref(), Some(UNNAMED), it.key())];
        let about = self.questions.iter().enumerate().filter(|(_, it)| it.name.is_some());
        let pairs: Vec<(usize, usize)> = about.map(|(at, it)| (at, other(it))).collect();
        let by_name = |answers: &Vec<Right>| pairs.iter().filter(|(at, other)| answers[*at] > answers[*other]).count();
        self.answers.iter().map(by_name).sum()
    }

    /// The same import file, but for the assignments that reach a scope: each names the objects of its scope one by one.
    /// And how many these are.
    pub(super) fn one_by_one(&self) -> (Vec<u8>, i64) {
        let (mut held, mut document, mut assignments) = (BTreeMap::new(), Vec::new(), 0);
        for mut line in lines(&self.document) {
            let mut named = Vec::new();
            if let Some(scope) = line["instance"]["scope"].as_str() {
                held.insert(scope.to_owned(), line["instance"]["specific"].clone());
            }
            if let Some(Value::String(scope)) =
                line.get_mut("role_assignment").and_then(Value::as_object_mut).and_then(|it| it.remove("scope"))
            {
                assignments += 1;
                named = named_by(&line["role_assignment"], &held[&scope]);
            }
            for line in [line].into_iter().chain(named) {
                document.extend(format!("{line}\n").into_bytes());
            }
        }
        (document, assignments)
    }

    /// Our name of a subject.
    pub(super) fn subject(&self, user: &str) -> String {
        self.subjects.iter().find(|(name, _)| name == user).unwrap().1.clone()
    }
}

impl Question {
    /// The privilege that the request needs, written down anew.
    pub(super) fn key(&self) -> String {
        let escaped = |name: &str| {
            let escape = |c| match c {
                '%' | ':' | '*' => format!("%{:02X}", u32::from(c)),
                c => c.to_string(),
            };
            name.chars().map(escape).collect::<String>()
        };
        let names = match (&self.url, &self.group, &self.resource) {
            (Some(url), None, None) => vec!["url", url],
            (None, Some(group), Some(resource)) => vec!["resource", group, resource],
            _ => panic!("{self:?}"),
        };
        let names = names.into_iter().chain([self.verb.as_str()]).map(escaped);
        names.collect::<Vec<_>>().join(":")
    }
}

/// The name of the object that is registered in a namespace, or in none.
pub(super) fn object_in(namespace: Option<&str>) -> String {
    namespace.map_or_else(|| "objects/in-none".to_owned(), |namespace| format!("objects/in-{namespace}"))
}

/// The object with a name in a namespace, or in none.
pub(super) fn object_named(namespace: Option<&str>, name: &str) -> String {
    namespace.map_or_else(|| format!("objects/{name}"), |namespace| format!("objects/{namespace}/{name}"))
}

/// Import lines that register what is asked about, but for what the document registers.
fn lines_of_objects(places: &BTreeSet<&str>, names: &BTreeSet<&str>, document: &[u8]) -> Vec<u8> {
    let id = |line: Value| line["resource"]["id"].as_str().map(str::to_owned);
    let registered: BTreeSet<String> = lines(document).filter_map(id).collect();
    let mut found = Vec::new();
    for place in places.iter().copied().map(Some).chain([None]) {
        let named = names.iter().map(|name| object_named(place, name));
        for object in named.chain([object_in(place)]) {
            let id = object.strip_prefix("objects/").unwrap();
            if !registered.contains(id) {
                let line = json!({"application": "kubernetes", "kind": "objects", "id": id, "tenant": place});
                found.extend(format!("{}\n", json!({"resource": line})).into_bytes());
            }
        }
    }
    found
}

fn lines(document: &[u8]) -> impl Iterator<Item = Value> {
    std::str::from_utf8(document).unwrap().lines().map(|line| serde_json::from_str(line).unwrap())
}

/// The lines of the objects that an assignment names.
fn named_by(assignment: &Value, objects: &Value) -> Vec<Value> {
    let text = |field: &str| assignment[field].as_str().unwrap();
    let role = RoleId::parse(&format!("applications/kubernetes/roles/{}", text("role"))).unwrap();
    let tenant = assignment["tenant"].as_str().map(|tenant| Id::parse(tenant).unwrap());
    let id = AssignmentId { holder: Subject::parse(text("holder")).unwrap(), role, tenant }.name_id().to_string();
    let line = |object: &Value| {
        let object = object.as_str().unwrap().strip_prefix("objects/").unwrap();
        json!({"assigned_resource": {"application": "kubernetes", "assignment": id, "kind": "objects", "id": object}})
    };
    objects.as_array().unwrap().iter().map(line).collect()
}

/// The import file in which all questions are registered, and what the converter said.
fn converted(files: &[PathBuf], questions: &[Value]) -> (Vec<u8>, String) {
    let folder = tempfile::tempdir().unwrap();
    let asked = folder.path().join("questions.jsonl");
    let lines: Vec<String> = questions.iter().map(Value::to_string).collect();
    fs::write(&asked, lines.join("\n")).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/kubernetes_roles_to_import.py");
    output(Command::new("python3").args([script, "--probes", "--ask"]).arg(asked).args(files))
}

/// Our names of users and clients, by the names that they have in Kubernetes.
fn names(document: &[u8]) -> BTreeMap<String, String> {
    let name = |line: Value| {
        let text = |kind: &str, field: &str| line[kind][field].as_str().map(str::to_owned);
        let user = || Some((text("user", "username")?, format!("users/{}", text("user", "id")?)));
        let client = || Some((text("client", "display_name")?, format!("clients/{}", text("client", "id")?)));
        user().or_else(client)
    };
    lines(document).filter_map(name).collect()
}

fn output(command: &mut Command) -> (Vec<u8>, String) {
    let output = command.env("PYTHONUTF8", "1").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{command:?}: {said}");
    (output.stdout, said)
}
