//! What is written and read again: every Create and Update, with each string in each of its fields.

use futures_util::future::join_all;
use prost_reflect::{DynamicMessage, MethodDescriptor, ReflectMessage, Value};
use tonic::Code;

use super::place::{Place, places};
use super::{Judged, Tally, Trial};
use crate::callers::actor::{Actor, described, message};
use crate::refusals::calls;

/// A method that writes a thing, and the two that read and delete it.
struct Writer {
    method: MethodDescriptor,
    request: DynamicMessage,
    /// The field of the thing, in the request and in the answers.
    thing: String,
    get: String,
    /// Only what was created is deleted again.
    delete: Option<String>,
}

/// Every Create and Update of the contract whose thing can be read by its name.
fn writers() -> Vec<Writer> {
    let writer = |(name, mut good, _malformed): (&str, Vec<serde_json::Value>, _)| {
        let method = described(name);
        let (service, verb) = name.split_once('/').unwrap();
        let (kind, creates) = match (verb.strip_prefix("Create"), verb.strip_prefix("Update")) {
            (Some(kind), _) => (kind, true),
            (_, Some(kind)) => (kind, false),
            _ => return None,
        };
        let request = message(&method.input(), good.remove(0));
        let delete = creates.then(|| format!("{service}/Delete{kind}"));
        Some(Writer { method, request, thing: snake(kind), get: format!("{service}/Get{kind}"), delete })
    };
    calls().filter_map(writer).collect()
}

fn snake(kind: &str) -> String {
    let mut text = String::new();
    for c in kind.chars() {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}

/// Tries the strings in every field of every writer; the writers at once, each one string after the other. Of more than
/// one step only each so many-th of them, beginning elsewhere in each field.
pub(super) async fn try_every_stored_field(by: &Actor, strings: &[String], step: usize) -> Tally {
    let writers = writers();
    let tallies = join_all(writers.iter().map(|writer| try_writer(by, writer, strings, step))).await;
    tallies.into_iter().fold(Tally::default(), Tally::add)
}

async fn try_writer(by: &Actor, writer: &Writer, strings: &[String], step: usize) -> Tally {
    let mut tally = Tally::default();
    for place in places(&writer.method.input()) {
        // A thing that is asked for by another name is another thing.
        if place.first() == writer.thing && place.is_output_only() && writer.delete.is_none() {
            continue;
        }
        tally.fields += 1;
        let trial = writer.trial(&place);
        for text in strings.iter().skip(tally.fields % step).step_by(step) {
            let judged = trial.call(by, text).await;
            tally.count(&trial, &judged);
            if let Judged::Answered(answers) = judged {
                came_back(by, writer, &place, (&answers[0], text)).await;
            }
        }
    }
    tally
}

impl Writer {
    fn trial(&self, place: &Place) -> Trial {
        let mut request = self.request.clone();
        if let Some(mask) = request.descriptor().get_field_by_name("update_mask")
            && let Some(within) = place.within(&self.thing)
        {
            let paths = Value::List(vec![Value::String(within.first().to_owned())]);
            request.get_field_mut(&mask).as_message_mut().unwrap().set_field_by_name("paths", paths);
        }
        Trial { method: self.method.clone(), messages: vec![request], at: 0, place: place.clone() }
    }
}

/// What the write answered and what a Get answers hold the text, byte for byte. Then the thing is deleted again.
async fn came_back(by: &Actor, writer: &Writer, place: &Place, (answer, text): (&DynamicMessage, &str)) {
    let written = answer.get_field_by_name(&writer.thing).unwrap().as_message().unwrap().clone();
    let name = written.get_field_by_name("name").unwrap().as_str().unwrap().to_owned();
    let request = serde_json::json!({"name": name});
    if let Some(within) = place.within(&writer.thing)
        && !place.is_output_only()
    {
        let sent = if text.is_empty() { within.get(&written) } else { vec![text.to_owned()] };
        assert_eq!(within.get(&written), sent, "{} {}: the answer", writer.method.name(), place.shown());
        let read = by.done(&writer.get, request.clone()).await;
        let read = message(&described(&writer.get).output(), read);
        let read = read.get_field_by_name(&writer.thing).unwrap().as_message().unwrap().clone();
        assert_eq!(within.get(&read), sent, "{} {}: what is read", writer.method.name(), place.shown());
    }
    if let Some(delete) = &writer.delete {
        // A neighbour may have begun to use it, and then keeps it.
        if let Err(refusal) = by.call(delete, request).await {
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "IN_USE"), "{delete}: {refusal:?}");
        }
    }
}
