//! RBAC objects of a cluster, what Kubernetes answers about them, and the import file that the converter of the
//! examples makes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;
use serde_json::{Value, json};

/// A request, as Kubernetes sees it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Question {
    pub(super) namespace: Option<String>,
    group: Option<String>,
    resource: Option<String>,
    url: Option<String>,
    verb: String,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        let objects = places.into_iter().map(Some).chain([None]).flat_map(line_of_object).collect();
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

    /// The questions that are about a place.
    pub(super) fn questions_in(&self, place: Option<&String>) -> Vec<usize> {
        let here = |question: &usize| self.questions[*question].namespace.as_ref() == place;
        (0..self.questions.len()).filter(here).collect()
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

/// An import line that registers the object of a namespace.
fn line_of_object(namespace: Option<&str>) -> Vec<u8> {
    let id = object_in(namespace).replace("objects/", "");
    let line = json!({"resource": {"application": "kubernetes", "kind": "objects", "id": id, "tenant": namespace}});
    format!("{line}\n").into_bytes()
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
    let lines = std::str::from_utf8(document).unwrap().lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let name = |line: Value| {
        let text = |kind: &str, field: &str| line[kind][field].as_str().map(str::to_owned);
        let user = || Some((text("user", "username")?, format!("users/{}", text("user", "id")?)));
        let client = || Some((text("client", "display_name")?, format!("clients/{}", text("client", "id")?)));
        user().or_else(client)
    };
    lines.filter_map(name).collect()
}

fn output(command: &mut Command) -> (Vec<u8>, String) {
    let output = command.env("PYTHONUTF8", "1").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{command:?}: {said}");
    (output.stdout, said)
}
