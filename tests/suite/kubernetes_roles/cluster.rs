//! RBAC objects of a cluster, what Kubernetes answers about them, and the import file that the converter of the
//! examples makes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

/// A request, as Kubernetes sees it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Question {
    pub(super) namespace: Option<String>,
    group: Option<String>,
    resource: Option<String>,
    url: Option<String>,
    verb: String,
}

/// Who asks, and what Kubernetes answers: `0` or `1` for each question.
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

/// A cluster.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) questions: Vec<Question>,
    /// Kubernetes' name of each subject, and ours.
    pub(super) subjects: Vec<(String, String)>,
    answers: Vec<Vec<bool>>,
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
        let ours = |user: &String| names.get(user).cloned().unwrap_or_else(|| format!("users/{user}"));
        Self {
            subjects: oracle.subjects.iter().map(|subject| (subject.user.clone(), ours(&subject.user))).collect(),
            answers: oracle.subjects.iter().map(|it| it.answers.chars().map(|digit| digit == '1').collect()).collect(),
            questions: oracle.questions.into_iter().map(|it| serde_json::from_value(it).unwrap()).collect(),
            rules: oracle.rules,
            named_rules: oracle.named_rules,
            document,
            left_out: said.lines().map(str::to_owned).collect(),
        }
    }

    /// What Kubernetes answers.
    pub(super) fn allows(&self, subject: usize, question: usize) -> bool {
        self.answers[subject][question]
    }

    /// How many questions of all subjects are allowed, and how many denied.
    pub(super) fn counts(&self) -> (usize, usize) {
        let allowed = self.answers.iter().flatten().filter(|allowed| **allowed).count();
        (allowed, self.subjects.len() * self.questions.len() - allowed)
    }

    /// The namespaces that questions are about; `None` is the cluster.
    pub(super) fn places(&self) -> BTreeSet<Option<String>> {
        self.questions.iter().map(|question| question.namespace.clone()).collect()
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
