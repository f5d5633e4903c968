//! The headline: may this subject exercise this privilege on this target?
//!
//! Nothing is awaited and nothing is locked between the decoded request and the decision, unless the caller asked
//! for fresher state than is at hand. A batch is decided on one snapshot, at one time.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::time::Duration;

use super::authority::OwnTarget;
use super::caller::Caller;
use super::error::{Error, Result};
use super::service::{App, authority};
use super::state::View;
use crate::domain::decision::{Decision, Reason};
use crate::domain::id::IdRef;
use crate::domain::limit::RESOURCE_WALK_MAX;
use crate::domain::name::SubjectRef;
use crate::domain::predefined;
use crate::domain::time::Time;
use crate::engine::Check;
pub use crate::engine::{FactTenant, Facts, Target};

/// A question, all of its parts valid.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The application.
    pub application: IdRef<'a>,
    /// Who asks.
    pub subject: SubjectRef<'a>,
    /// The privilege's key.
    pub privilege: &'a str,
    /// On what.
    pub target: Target<'a>,
    /// What a trusted caller says of the target.
    pub facts: Option<Facts<'a>>,
}

impl Question<'_> {
    fn check(&self) -> Check<'_> {
        Check {
            application: self.application.as_str(),
            subject: self.subject,
            privilege: self.privilege,
            target: self.target,
        }
    }
}

/// A walk along a traversal spec with steps to parents met its bound: there is no answer.
pub(super) fn walk_too_long() -> Error {
    let description = format!(
        "a traversal spec with steps to parents leads past {RESOURCE_WALK_MAX} resources: there is no answer; \
         give the role by a spec that is narrower, or that has steps to children alone"
    );
    Error::TooLarge { reason: "RESOURCE_WALK_TOO_LONG", description }
}

/// A decision, unless there is none.
fn answered(decision: Decision) -> Result<Decision> {
    if decision.reason == Reason::WalkTooLong { Err(walk_too_long()) } else { Ok(decision) }
}

/// Decides for one caller, on one view.
#[derive(Debug)]
pub struct Decider<'a> {
    view: &'a View,
    caller: &'a Caller,
    cache_ttl: Duration,
    /// The application about which he was last found to be allowed to ask all.
    asks_all: Cell<Option<IdRef<'a>>>,
}

impl App {
    /// Decides for a caller, on a view.
    pub fn decider<'a>(&self, view: &'a View, caller: &'a Caller) -> Decider<'a> {
        Decider { view, caller, cache_ttl: self.cache_ttl, asks_all: Cell::default() }
    }
}

impl<'a> Decider<'a> {
    /// The decision, if the caller may ask about the subject. About himself a caller needs no privilege; whoever
    /// reaches everything learns also that a subject is unknown.
    pub fn decide(&self, question: &Question<'a>) -> Result<Decision> {
        self.require_may_ask(question.application, question.subject)?;
        self.answer(question)
    }

    /// The decision, of a question that the caller is known to be allowed to ask.
    fn answer(&self, question: &Question<'_>) -> Result<Decision> {
        let decision = match &question.facts {
            None => self.view.snapshot().check(&question.check(), self.view.now),
            Some(facts) => {
                self.require_trusted(question.application)?;
                self.view.snapshot().check_with(&question.check(), facts, self.view.now)
            }
        };
        answered(decision)
    }

    /// The decisions of several questions that the caller is known to be allowed to ask, in their order; faster than one
    /// by one.
    pub fn answer_all(&self, questions: &[Question<'_>]) -> Vec<Result<Decision>> {
        if questions.iter().any(|question| question.facts.is_some()) {
            return questions.iter().map(|question| self.answer(question)).collect();
        }
        let checks: Vec<Check<'_>> = questions.iter().map(Question::check).collect();
        let mut decisions = Vec::with_capacity(checks.len());
        self.view.snapshot().check_all(&checks, self.view.now, |decision| decisions.push(answered(decision)));
        decisions
    }

    /// The decisions of a question about each of these targets, in the place of its own one, up to the first that is
    /// the last one.
    pub fn answer_targets(
        &self,
        question: &Question<'_>,
        targets: &[Target<'_>],
        is_last: impl Fn(&Result<Decision>) -> bool,
    ) -> Vec<Result<Decision>> {
        let mut decisions = Vec::with_capacity(targets.len());
        let take = |decision| {
            let decision = answered(decision);
            let last = is_last(&decision);
            decisions.push(decision);
            if last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let _has_them_all = self.view.snapshot().check_targets(&question.check(), targets, self.view.now, take);
        decisions
    }

    /// Refuses unless the caller may ask about the subject in the application.
    pub fn require_may_ask(&self, application: IdRef<'a>, subject: SubjectRef<'_>) -> Result<()> {
        if self.asks_all.get() == Some(application) || subject == SubjectRef::from(&self.caller.subject) {
            return Ok(()); // As of nearly every question of a batch.
        }
        let authority = authority(self.view, self.caller);
        if authority.may_ask_about_all(&self.view.published.askers, application) {
            self.asks_all.set(Some(application));
            return Ok(());
        }
        let (application, subject) = (application.to_id(), subject.to_subject());
        let may = authority.may(&predefined::PERMISSION_CHECK, &application, OwnTarget::Subject(&subject));
        if may { Ok(()) } else { Err(Error::denied(&predefined::PERMISSION_CHECK)) }
    }

    /// Refuses unless the caller is taken at its word in the application.
    fn require_trusted(&self, application: IdRef<'_>) -> Result<()> {
        let authority = authority(self.view, self.caller);
        let trusted = authority.reaches_everything(&predefined::PERMISSION_ASSERT, &application.to_id());
        if trusted { Ok(()) } else { Err(Error::denied(&predefined::PERMISSION_ASSERT)) }
    }

    /// Of a denial that met custom boundaries, the values by which alone it is one.
    pub fn custom_boundaries(&self, decision: &Decision, question: &Question<'_>) -> Vec<String> {
        if !decision.custom {
            return Vec::new(); // Nearly always: the answer is made without another look.
        }
        let state = self.view.snapshot();
        match &question.facts {
            None => state.custom_boundaries(&question.check(), self.view.now),
            Some(facts) => state.custom_boundaries_with(&question.check(), facts, self.view.now),
        }
    }

    /// How long the receiver may keep a decision: never beyond the time until which it holds, and not at all what was
    /// decided by somebody's word.
    pub fn cache_ttl(&self, decision: &Decision, question: &Question<'_>) -> Duration {
        if question.facts.is_some() {
            return Duration::ZERO;
        }
        let left = |until: Time| u64::try_from(until.micros() - self.view.now.micros()).unwrap_or(0);
        decision.valid_until.map_or(self.cache_ttl, |until| self.cache_ttl.min(Duration::from_micros(left(until))))
    }
}
