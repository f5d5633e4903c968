//! Asks a server all that a store asserts, and all that could be asked of it, and keeps count.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};

use bailiwick::proto::v1::batch_check_permissions_request::Check;
use bailiwick::proto::v1::batch_check_permissions_request::check::Target;
use bailiwick::proto::v1::batch_check_permissions_response::result::Outcome;
use bailiwick::proto::v1::{BatchCheckPermissionsRequest, Decision};

use super::answers::{Answer, answer};
use super::conversion::{asked, name_of};
use super::schema::{Question, Store};
use crate::harness::Clients;

/// Questions in one call.
const BATCH: usize = 1_000;

/// One line of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) store: String,
    pub(super) assertions: usize,
    /// All of whose questions are met.
    pub(super) met: usize,
    /// How many hang on each construct.
    pub(super) listed: BTreeMap<&'static str, usize>,
    /// What the assertions come to; of them are met:
    pub(super) questions: usize,
    pub(super) questions_met: usize,
    /// Every question about everybody and everything: allowed, denied, and left out since it hangs on a construct.
    pub(super) every: (usize, usize, usize),
    /// What is listed, in words.
    words: BTreeSet<String>,
}

impl Row {
    /// Assertions, and how many are met; questions, and how many are met; of everything: allowed, denied, listed.
    pub(super) fn figures(&self) -> (&str, [usize; 7]) {
        let (allowed, denied, left_out) = self.every;
        let figures = [self.assertions, self.met, self.questions, self.questions_met, allowed, denied, left_out];
        (&self.store, figures)
    }
}

impl Display for Row {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { store, assertions, met, questions, questions_met, every: (allowed, denied, left_out), .. } = self;
        write!(f, "{store:<26} {assertions:>3} assertions: {met:>3} met, {:>2} listed;", assertions - met)?;
        write!(f, " {questions:>3} questions: {questions_met:>3} met;")?;
        write!(f, " of everybody about everything: {allowed:>3} allowed, {denied:>4} denied, {left_out:>2} listed")?;
        self.listed.iter().try_for_each(|(construct, count)| write!(f, "; {count} assertions: {construct}"))?;
        self.words.iter().try_for_each(|words| write!(f, "\n    listed: {words}"))
    }
}

/// A question in our words: subject, privilege, resource.
pub(super) type Asked = (String, String, String);

/// Whether each is allowed.
pub(super) async fn decisions(clients: &Clients, application: &str, questions: &[Asked]) -> Vec<bool> {
    let mut decisions = Vec::new();
    for batch in questions.chunks(BATCH) {
        let check = |(subject, privilege, resource): &Asked| Check {
            application: String::new(),
            subject: subject.clone(),
            privilege: privilege.clone(),
            target: Some(Target::Resource(resource.clone())),
            facts: None,
        };
        let request = BatchCheckPermissionsRequest {
            application: format!("applications/{application}"),
            checks: batch.iter().map(check).collect(),
            ..Default::default()
        };
        let response = clients.permission.clone().batch_check_permissions(request).await.unwrap().into_inner();
        assert_eq!(response.results.len(), batch.len());
        decisions.extend(response.results.into_iter().map(|result| match result.outcome {
            Some(Outcome::Result(answer)) => Decision::try_from(answer.decision).unwrap() == Decision::Allowed,
            other => panic!("{other:?}"),
        }));
    }
    decisions
}

fn in_our_words(question: &Question, application: &str) -> Asked {
    let (privilege, resource) = asked(question);
    (name_of(&question.subject, application), privilege, resource)
}

/// Asks all that a store asserts, and then everything; refuses an answer that is not the expected one.
pub(super) async fn ask(clients: &Clients, application: &str, store: &Store) -> Row {
    let mut row = Row { store: store.name.clone(), assertions: store.assertions.len(), ..Row::default() };
    for assertion in &store.assertions {
        let questions: Vec<Asked> =
            assertion.questions.iter().map(|(question, _)| in_our_words(question, application)).collect();
        let ours = decisions(clients, application, &questions).await;
        let mut hangs = None;
        for ((question, expected), allowed) in assertion.questions.iter().zip(ours) {
            row.questions += 1;
            match answer(store, question) {
                Answer::HangsOn(construct) => {
                    assert!(!allowed, "{application}: {question:?} is allowed without its {construct}");
                    hangs = Some(construct);
                    let Question { subject, right, object } = question;
                    row.words.insert(format!("{object}#{right}@{subject} is {expected} there: {construct}"));
                }
                known => {
                    assert_eq!(known == Answer::Allowed, *expected, "{}: {question:?} as its terms say", store.name);
                    assert_eq!(allowed, *expected, "{application}: {question:?}");
                    row.questions_met += 1;
                }
            }
        }
        match hangs {
            Some(construct) => *row.listed.entry(construct).or_default() += 1,
            None => row.met += 1,
        }
    }
    Row { every: everything(clients, application, store).await, ..row }
}

/// Asks everybody about everything, also what nothing asserts.
async fn everything(clients: &Clients, application: &str, store: &Store) -> (usize, usize, usize) {
    let all = store.every_question();
    let ours =
        decisions(clients, application, &all.iter().map(|it| in_our_words(it, application)).collect::<Vec<_>>()).await;
    let mut counts = (0, 0, 0);
    for (question, allowed) in all.iter().zip(ours) {
        let known = answer(store, question);
        assert_eq!(allowed, known == Answer::Allowed, "{application}: {question:?}, {known:?}");
        match known {
            Answer::Allowed => counts.0 += 1,
            Answer::Denied => counts.1 += 1,
            Answer::HangsOn(_) => counts.2 += 1,
        }
    }
    counts
}
