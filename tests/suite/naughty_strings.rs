//! Strings that have broken other programs, in every text field of every method: what is stored comes back byte for
//! byte, and everything else is refused with the field's name; nothing breaks.
//!
//! Methods and fields come from the contract's descriptors and the requests from the table of refusals, so that what
//! is new is tried by itself. Needs the folder of real access data.

mod place;
mod stored;

use std::collections::BTreeMap;

use futures_util::StreamExt;
use prost::Message;
use prost_reflect::{DynamicMessage, MethodDescriptor, ReflectMessage, Value};
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use self::place::{Place, places};
use crate::callers::actor::{Actor, BROKEN, Refusal, described, json, message, path};
use crate::callers::shop::{self, PEOPLE};
use crate::callers::stage::{export, on_shared_databases, root, server_for};
use crate::harness::{Server, block_on, real_data, rounds_or};
use crate::refusals::calls;

/// Calls that are on their way at once.
const CALLS: usize = 64;

/// The strings, each once.
fn strings() -> Option<Vec<String>> {
    let file = real_data()?.join("naughty-strings/blns.json");
    let strings: Vec<String> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(strings.len(), 515);
    let distinct: std::collections::BTreeSet<String> = strings.into_iter().collect();
    Some(distinct.into_iter().collect())
}

/// What a trial ended with.
enum Judged {
    Answered(Vec<DynamicMessage>),
    Refused,
    /// Refused as malformed, and the field that is malformed is not named.
    Unnamed(String),
}

/// A call that is good but for one text.
struct Trial {
    method: MethodDescriptor,
    /// The messages of the good call, as far as they come before and after the one that is changed.
    messages: Vec<DynamicMessage>,
    /// Which of them is changed.
    at: usize,
    place: Place,
}

impl Trial {
    /// Every text field of every method.
    fn all() -> Vec<Self> {
        let mut trials = Vec::new();
        for (name, good, _malformed) in calls() {
            let method = described(name);
            let mut messages: Vec<_> = good.into_iter().map(|request| message(&method.input(), request)).collect();
            for message in &mut messages {
                only_validated(message);
            }
            for (at, message) in messages.iter().enumerate() {
                // A message of a stream is of one of several kinds.
                let is_there = |place: &Place| messages.len() == 1 || place.begins_in(message);
                let trial = |place| Self { method: method.clone(), messages: messages.clone(), at, place };
                trials.extend(places(&method.input()).into_iter().filter(is_there).map(trial));
            }
        }
        trials
    }

    /// Calls with a text in the place.
    async fn call(&self, by: &Actor, text: &str) -> Judged {
        let mut messages = self.messages.clone();
        self.place.set(&mut messages[self.at], text);
        let bytes = messages.iter().map(Message::encode_to_vec).collect();
        let outcome = by.raw(&path(&self.method), bytes, MetadataMap::new()).await;
        self.judged(text, outcome)
    }

    /// The answers or the refusal, as they may be.
    fn judged(&self, text: &str, outcome: Result<Vec<Vec<u8>>, Status>) -> Judged {
        let what = || format!("{} {} {text:?}", self.method.name(), self.place.shown());
        match outcome {
            Ok(answers) => {
                let decode = |answer: Vec<u8>| DynamicMessage::decode(self.method.output(), &answer[..]).unwrap();
                let answers: Vec<_> = answers.into_iter().map(decode).collect();
                for code in answers.iter().flat_map(|answer| codes(&json(answer))) {
                    assert!(!BROKEN.contains(&Code::from_i32(code)), "{}: an item: {code}", what());
                }
                Judged::Answered(answers)
            }
            Err(status) => {
                assert!(!BROKEN.contains(&status.code()), "{}: {status:?}", what());
                let refusal = Refusal::of(&status);
                if refusal.code == Code::InvalidArgument {
                    // What may not be changed is refused where the request asks for the change.
                    let names = |it: &(String, String)| self.place.is_named_by(it) || it.0 == "update_mask";
                    if !refusal.violations().iter().any(names) {
                        return Judged::Unnamed(format!("{text:?}: {refusal:?}"));
                    }
                }
                Judged::Refused
            }
        }
    }
}

/// Sets the field that keeps a call from writing, in a request or in its options.
fn only_validated(message: &mut DynamicMessage) {
    for field in message.descriptor().fields() {
        if field.name() == "validate_only" {
            message.set_field(&field, Value::Bool(true));
        } else if field.name() == "options" && message.has_field(&field) {
            only_validated(message.get_field_mut(&field).as_message_mut().unwrap());
        }
    }
}

/// The codes of the errors of items in an answer.
fn codes(answer: &serde_json::Value) -> Vec<i32> {
    match answer {
        serde_json::Value::Object(fields) => {
            let own = fields.get("error").and_then(|error| error["code"].as_i64());
            let own = own.map(|code| i32::try_from(code).unwrap());
            own.into_iter().chain(fields.values().flat_map(codes)).collect()
        }
        serde_json::Value::Array(items) => items.iter().flat_map(codes).collect(),
        _ => Vec::new(),
    }
}

/// What came of some trials.
#[derive(Default)]
struct Tally {
    fields: usize,
    answered: usize,
    refused: usize,
    /// For each field whose name a refusal lacked, one such refusal.
    unnamed: BTreeMap<String, String>,
}

impl Tally {
    fn count(&mut self, trial: &Trial, judged: &Judged) {
        match judged {
            Judged::Answered(_) => self.answered += 1,
            Judged::Refused => self.refused += 1,
            Judged::Unnamed(refusal) => {
                let field = format!("{} {}", trial.method.name(), trial.place.shown());
                self.unnamed.insert(field, refusal.clone());
            }
        }
    }

    fn add(mut self, other: Self) -> Self {
        self.unnamed.extend(other.unnamed);
        let [fields, answered, refused] =
            [self.fields + other.fields, self.answered + other.answered, self.refused + other.refused];
        Self { fields, answered, refused, unnamed: self.unnamed }
    }

    /// Reports it, seen with `--nocapture`; every refusal must have named its field.
    fn say(&self) {
        println!("{} fields: {} answered, {} refused", self.fields, self.answered, self.refused);
        assert!(self.unnamed.is_empty(), "{:#?}", self.unnamed);
    }
}

/// Tries the strings in every field; of more than one step only each so many-th of them, beginning elsewhere in each.
async fn try_every_field(server: &Server, strings: &[String], step: usize) -> Tally {
    let root = &root(server).await;
    shop::open(root).await;
    let before = export(root).await;
    let trials = Trial::all();
    let chosen = |at: usize| strings.iter().skip(at % step).step_by(step);
    let all = trials.iter().enumerate().flat_map(|(at, trial)| chosen(at).map(move |text| (trial, text)));
    let outcomes =
        futures_util::stream::iter(all).map(|(trial, text)| async move { (trial, trial.call(root, text).await) });
    let mut tally = Tally { fields: trials.len(), ..Tally::default() };
    let mut outcomes = outcomes.buffer_unordered(CALLS);
    while let Some((trial, judged)) = outcomes.next().await {
        tally.count(trial, &judged);
    }
    assert_eq!(export(root).await, before, "what is only validated changes nothing");
    tally
}

/// Of how many strings a field is given one: each field has some, each string many fields; in as many rounds, all.
fn step_of(usual: usize) -> usize {
    (usual / rounds_or(1_usize)).max(1)
}

#[test]
fn every_text_field_of_every_method_answers_a_naughty_string_or_refuses_it_by_name() {
    let Some(strings) = strings() else { return };
    let try_it = |server: &Server, step: usize| {
        block_on(try_every_field(server, &strings, step)).say();
    };
    try_it(&server_for(PEOPLE), step_of(3));
    // What is not written is the same on every store but for the lookups.
    on_shared_databases(PEOPLE).for_each(|server| try_it(&server, step_of(26)));
}

#[test]
fn a_naughty_string_that_is_stored_comes_back_byte_for_byte() {
    let Some(strings) = strings() else { return };
    shop::on_every_store(async |_, root| {
        let info = root.done("ServerService/GetServerInfo", serde_json::json!({})).await;
        // On a server each write waits for the disk.
        let is_server = info["database_kind"] != "DATABASE_KIND_SQLITE";
        let step = step_of(if is_server { 16 } else { 4 });
        stored::try_every_stored_field(root, &strings, step).await.say();
    });
}
