//! A product in which administration is delegated: the complete list of its actions, fifty policy documents for helpdesks
//! and the like, and an office in which roles, groups and people have them in every way.
//!
//! What everybody may do on everything is what the reference model says; a part of it is asked of a server over each store.
//! Figures are seen with `--nocapture`.

mod catalogue;
mod documents;
mod lines;
mod office;

use bailiwick::domain::decision::Reason;
use bailiwick::domain::name::Subject;
use bailiwick::engine::{Check, Loader, Snapshot, Target};

use self::office::{APPLICATION, NOW, Office};
use crate::access_matrix::exam::{About, Asked, Exam, Names};
use crate::harness::{Server, block_on, on_every_store};
use crate::import_export::transfer;
use crate::model::Model;
use crate::states::build::{at, subject};

/// Connections that ask at once.
const CONNECTIONS: usize = 2;

fn compiled(office: &Office) -> Snapshot {
    let mut loader = Loader::new(7);
    loader.add(office.rows.iter().cloned());
    loader.finish()
}

fn target(name: &str) -> Target<'_> {
    name.split_once('/').map_or(Target::Nothing, |(kind, id)| Target::Resource { kind, id })
}

#[test]
fn what_everybody_may_do_on_everything_is_what_the_model_says() {
    let office = Office::new();
    let (engine, model) = (compiled(&office), Model::new(office.rows.iter().cloned()));
    let (mut allowed, mut out_of_reach, mut asked) = (0_u32, 0_u32, 0_u32);
    for name in &office.subjects {
        let subject = subject(name);
        for key in &office.keys {
            let question = model.question(APPLICATION, &subject, key);
            for name in &office.targets {
                let check = Check {
                    application: APPLICATION,
                    subject: (&subject).into(),
                    privilege: key,
                    target: target(name),
                };
                let found = engine.check(&check, at(NOW));
                let right = question.is_answered_by(found, check.target, at(NOW));
                let model = || question.answer(check.target, at(NOW));
                assert!(right, "{subject} {key} {name}: engine {found:?}, model {:?}", model());
                asked += 1;
                allowed += u32::from(found.allowed());
                out_of_reach += u32::from(found.reason == Reason::OutOfReach);
            }
        }
    }
    println!("{asked} questions, {allowed} allowed, {out_of_reach} out of reach");
    assert!(allowed * 20 > asked && out_of_reach * 20 > asked, "{asked}: {allowed}, {out_of_reach}");
}

/// Every document gives something to somebody, and everybody has what nobody else has by it: a document by which nobody
/// has anything would prove nothing.
#[test]
fn every_document_gives_somebody_something() {
    let office = Office::new();
    for key in documents::keys() {
        let of = |rows: Vec<_>| {
            let mut loader = Loader::new(7);
            loader.add(rows);
            loader.finish()
        };
        let with = of(office.with_document_alone(&key, true));
        let without = of(office.with_document_alone(&key, false));
        let differs =
            office.subjects.iter().map(|name| subject(name)).any(|who| differ(&office, &who, &with, &without));
        assert!(differs, "{key}");
    }
}

fn differ(office: &Office, who: &Subject, one: &Snapshot, other: &Snapshot) -> bool {
    office.keys.iter().any(|key| {
        office.targets.iter().any(|name| {
            let check = Check { application: APPLICATION, subject: who.into(), privilege: key, target: target(name) };
            one.check(&check, at(NOW)).allowed() != other.check(&check, at(NOW)).allowed()
        })
    })
}

#[test]
fn a_server_answers_the_same_over_every_store() {
    let office = Office::new();
    let engine = compiled(&office);
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            let done = transfer::import(&clients, transfer::document(lines::of(&office.rows))).await;
            assert_eq!(done.updated, 0, "{done:?}");
            let mut all = Asked::default();
            for name in office.targets.iter().step_by(3) {
                all += ask(&server, &office, &engine, name).await;
            }
            all.say("all");
            assert!(all.allowed > 500 && all.denied > 500, "{all:?}");
        });
    });
}

/// Asks for everybody about every action on one target.
async fn ask(server: &Server, office: &Office, engine: &Snapshot, name: &str) -> Asked {
    let names = Names {
        application: format!("applications/{APPLICATION}"),
        subjects: office.subjects.clone(),
        privileges: office.keys.clone(),
    };
    let about = if name.is_empty() { About::Nothing } else { About::Resource(name.to_owned()) };
    let exam = Exam::begin(server, None, CONNECTIONS, names).await.about(about);
    let pairs = (0..office.subjects.len()).flat_map(|who| (0..office.keys.len()).map(move |key| (who, key)));
    let expected = |who: usize, key: usize| {
        let (who, key) = (subject(&office.subjects[who]), &office.keys[key]);
        let check = Check { application: APPLICATION, subject: (&who).into(), privilege: key, target: target(name) };
        engine.check(&check, at(NOW)).allowed()
    };
    exam.ask(pairs, expected).await
}
