//! One long script over every service. Its answers are the same on every store, and its reads are the same after a
//! restart.
//!
//! What must differ is masked: tokens, times, etags, and the ids that the server makes. What was masked is not
//! compared, but that it is there is.

mod assignments;
mod boundaries;
mod catalogue;
mod documents;
mod people;
mod reads;
mod resources;
mod scopes;
mod script;
mod sharing;

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde_json::{Value, json};

use self::reads::reads;
use self::script::script;
use crate::callers::actor::{Actor, Refusal, described};
use crate::callers::stage::{actor, export, on_shared_databases, root, server_for};
use crate::harness::{Server, block_on};

/// Who calls in the script, beside the administrator.
const CALLERS: &[&str] = &["users/alice", "users/bob", "clients/robot"];

/// A call of the script.
#[derive(Clone)]
struct Step {
    /// Who calls; empty = the administrator.
    by: &'static str,
    method: &'static str,
    request: Value,
    /// The word that stands for the id that the server makes.
    made: Option<&'static str>,
}

/// A step of the administrator.
fn step(method: &'static str, request: Value) -> Step {
    Step { by: "", method, request, made: None }
}

impl Step {
    fn by(self, by: &'static str) -> Self {
        Self { by, ..self }
    }

    fn makes(self, word: &'static str) -> Self {
        Self { made: Some(word), ..self }
    }
}

/// The callers of a server, and the ids that it has made.
struct Stage {
    root: Actor,
    callers: BTreeMap<&'static str, Actor>,
    /// Ids by the words that stand for them.
    made: BTreeMap<&'static str, String>,
}

impl Stage {
    async fn on(server: &Server, made: BTreeMap<&'static str, String>) -> Self {
        let mut callers = BTreeMap::new();
        for subject in CALLERS {
            callers.insert(*subject, actor(server, subject).await);
        }
        Self { root: root(server).await, callers, made }
    }

    /// Plays a step; what is said, without what must differ.
    async fn play(&mut self, step: &Step) -> String {
        let by = if step.by.is_empty() { &self.root } else { self.callers.get(step.by).unwrap() };
        let written = step.request.to_string();
        let sent = self.made.iter().fold(written.clone(), |text, (word, id)| text.replace(*word, id));
        let outcome = by.send(step.method, vec![serde_json::from_str(&sent).unwrap()]).await;
        if let (Some(word), Ok(answers)) = (step.made, &outcome) {
            let name = made_name(answers.first().unwrap());
            self.made.insert(word, name.rsplit('/').next().unwrap().to_owned());
        }
        let said = match outcome {
            Ok(answers) => Value::from(answers.into_iter().map(masked).collect::<Vec<_>>()).to_string(),
            Err(Refusal { code, message, details, .. }) => json!([format!("{code:?}"), message, details]).to_string(),
        };
        let said = self.made.iter().fold(said, |text, (word, id)| text.replace(id.as_str(), word));
        format!("{} {} {written}\n  → {said}", step.by, step.method)
    }
}

/// The name of the thing in an answer.
fn made_name(answer: &Value) -> &str {
    let thing = answer.as_object().unwrap().values().find(|value| value.is_object());
    thing.and_then(|thing| thing["name"].as_str()).unwrap_or_else(|| panic!("nothing was made: {answer}"))
}

/// The answer, with a word in the place of what differs from store to store and from run to run.
fn masked(answer: Value) -> Value {
    const DIFFER: [&str; 9] = [
        "consistency_token",
        "etag",
        "create_time",
        "update_time",
        "next_page_token",
        "start_time",
        "evaluate_time",
        "store_id",
        "database_kind",
    ];
    match answer {
        Value::Object(fields) => {
            let mask = |(name, value): (String, Value)| {
                let value = match value {
                    _ if DIFFER.contains(&name.as_str()) => json!("…"),
                    Value::String(data) if name == "data" => text_of(&data),
                    value => masked(value),
                };
                (name, value)
            };
            fields.into_iter().map(mask).collect()
        }
        Value::Array(items) => items.into_iter().map(masked).collect(),
        other => other,
    }
}

/// The text that a field of bytes holds.
fn text_of(data: &str) -> Value {
    String::from_utf8(BASE64.decode(data.as_bytes()).unwrap()).unwrap().into()
}

/// Plays the script, and then all reads; the second list of what was said is that of the reads.
async fn played(server: &Server) -> (Vec<String>, Vec<String>, BTreeMap<&'static str, String>) {
    let mut stage = Stage::on(server, BTreeMap::new()).await;
    let mut said = Vec::new();
    for step in script() {
        said.push(stage.play(&step).await);
    }
    said.push(export(&stage.root).await.lines().fold(String::new(), |text, line| {
        text + &stage.made.iter().fold(line.to_owned(), |line, (word, id)| line.replace(id.as_str(), word)) + "\n"
    }));
    (said, read(&mut stage).await, stage.made)
}

async fn read(stage: &mut Stage) -> Vec<String> {
    let mut said = Vec::new();
    for step in reads() {
        said.push(stage.play(&step).await);
    }
    said
}

/// Where two transcripts part.
fn assert_same(one: &[String], other: &[String], what: &str) {
    for (at, (one, other)) in one.iter().zip(other).enumerate() {
        assert!(one == other, "{what}, at {at}:\n{one}\n\n{other}");
    }
    assert_eq!(one.len(), other.len(), "{what}");
}

#[test]
fn every_store_gives_the_same_answers_and_so_does_a_restart() {
    let mut sqlite = server_for(CALLERS);
    let (said, reads, made) = block_on(played(&sqlite));
    assert_same(&block_on(again(&sqlite, &made)), &reads, "asked twice");
    sqlite.restart();
    assert_same(&block_on(again(&sqlite, &made)), &reads, "SQLite after a restart");
    for mut shared in on_shared_databases(CALLERS) {
        let what = shared.config.database.redacted_url();
        let (said_there, reads_there, made) = block_on(played(&shared));
        assert_same(&said_there, &said, &what);
        assert_same(&reads_there, &reads, &what);
        shared.restart();
        assert_same(&block_on(again(&shared, &made)), &reads, &format!("{what} after a restart"));
    }
}

async fn again(server: &Server, made: &BTreeMap<&'static str, String>) -> Vec<String> {
    read(&mut Stage::on(server, made.clone()).await).await
}

#[test]
fn the_script_calls_every_method() {
    let steps = script().into_iter().chain(reads());
    let called: std::collections::BTreeSet<&str> = steps.map(|step| step.method).collect();
    for method in bailiwick::app::methods::OWN {
        let method = method.path.trim_start_matches("bailiwick.v1.");
        assert!(called.contains(method) || described(method).is_client_streaming(), "{method}");
    }
}
