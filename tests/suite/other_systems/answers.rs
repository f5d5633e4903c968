//! What a system of relations answers, by the meaning of its terms alone. It knows nothing of Bailiwick and shares no
//! rule with the conversion, but for what everybody has.
//!
//! Where an answer hangs on a construct that we do not have, it names the construct and no answer.

use std::collections::BTreeSet;

use super::schema::{Object, Question, Store, Subject, Term, Tuple};

/// An answer. The greater of two is that of whoever has one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    Denied,
    /// It hangs on this construct.
    HangsOn(&'static str),
    Allowed,
}

/// What is answered.
pub(super) fn answer(store: &Store, question: &Question) -> Answer {
    let asked = Asked { store, subject: &question.subject };
    asked.has(&question.object, &question.right, &mut BTreeSet::new())
}

struct Asked<'a> {
    store: &'a Store,
    subject: &'a Object,
}

/// What is being asked already.
type Open = BTreeSet<(Object, String)>;

impl Asked<'_> {
    fn has(&self, object: &Object, right: &str, open: &mut Open) -> Answer {
        let Some(term) = self.store.term(&object.kind, right) else { return Answer::Denied };
        let key = (object.clone(), right.to_owned());
        if !open.insert(key.clone()) {
            return Answer::Denied;
        }
        let answer = self.meets(object, right, term, open);
        open.remove(&key);
        answer
    }

    fn meets(&self, object: &Object, right: &str, term: &Term, open: &mut Open) -> Answer {
        match term {
            Term::Direct(_) => {
                most(self.store.tuples_of(object, right).map(|tuple| self.is_named_by(tuple, open)).collect())
            }
            Term::Computed(other) => self.has(object, other, open),
            Term::From { right, relation } => {
                most(self.store.parents(object, relation).map(|parent| self.has(parent, right, open)).collect())
            }
            Term::Any(terms) => most(terms.iter().map(|term| self.meets(object, right, term, open)).collect()),
            Term::All(terms) => {
                let (of_everybody, others): (Vec<_>, Vec<_>) =
                    terms.iter().partition(|term| self.store.is_of_everybody(&object.kind, term));
                if !of_everybody.iter().all(|term| self.store.everybody_has(&self.subject.kind, object, term)) {
                    return Answer::Denied;
                }
                let any = most(others.iter().map(|term| self.meets(object, right, term, open)).collect());
                if others.len() > 1 && any > Answer::Denied { Answer::HangsOn("intersection") } else { any }
            }
            Term::Without(one, _) => match self.meets(object, right, one, open) {
                Answer::Allowed => Answer::HangsOn("exclusion"),
                other => other,
            },
        }
    }

    fn is_named_by(&self, tuple: &Tuple, open: &mut Open) -> Answer {
        let Subject { object, relation } = &tuple.subject;
        let named = match relation {
            Some(relation) => self.has(object, relation, open),
            None if tuple.subject.is_everybody() && object.kind == self.subject.kind => Answer::Allowed,
            None if object == self.subject => Answer::Allowed,
            None => Answer::Denied,
        };
        if tuple.conditional && named > Answer::Denied {
            Answer::HangsOn("condition on the caller's context")
        } else {
            named
        }
    }
}

/// What whoever has one of them has.
fn most(answers: Vec<Answer>) -> Answer {
    answers.into_iter().max().unwrap_or(Answer::Denied)
}
