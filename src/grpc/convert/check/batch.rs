//! Batches: which questions, when they end, and the compact form of one subject and many privileges and targets.
//!
//! Guarantees: of a product, the subject, every privilege and every target is read once, however many questions they
//! make; what is wrong with one of them is told of each question that it is part of, as of a question that is asked alone.

use std::time::Duration;

use super::{asking, decision, privilege, reason, resource, tenant};
use crate::app::caller::Caller;
use crate::app::check_permission::{Question, Target};
use crate::app::consistency::Consistency;
use crate::app::error::{Error, Result};
use crate::app::token::Tokens;
use crate::domain::decision::Decision;
use crate::domain::id::IdRef;
use crate::domain::limit::BATCH_CHECKS_MAX;
use crate::domain::name;
use crate::domain::time::Time;
use crate::domain::violation::{Malformed, Violations};
use crate::grpc::convert::complete;
use crate::grpc::convert::consistency::{Past, consistency};
use crate::grpc::convert::time::{duration, timestamp};
use crate::grpc::status;
use crate::proto::v1;
use crate::proto::v1::BatchMode;
use crate::proto::v1::batch_check_permissions_request::{Check, CompactChecks};
use crate::proto::v1::batch_check_permissions_response::{CompactResults, CustomBoundaries, Failure};

/// A batch.
#[derive(Debug)]
pub(in crate::grpc) struct Batch<'a> {
    pub(in crate::grpc) questions: Questions<'a>,
    pub(in crate::grpc) mode: BatchMode,
    pub(in crate::grpc) wish: Consistency,
}

/// Its questions.
#[derive(Debug)]
pub(in crate::grpc) enum Questions<'a> {
    /// One by one, and the application of those that name none.
    Each(&'a [Check], Option<IdRef<'a>>),
    /// As a product.
    Compact(Box<Product<'a>>),
}

/// Every privilege on every target, for one subject.
#[derive(Debug)]
pub(in crate::grpc) struct Product<'a> {
    /// About whom, and in which application; the rest differs.
    pub(in crate::grpc) question: Question<'a>,
    privileges: Vec<Result<&'a str, Malformed>>,
    targets: Vec<Result<Target<'a>, Malformed>>,
    /// How a question names its target.
    field: &'static str,
}

/// The batch that a request asks for.
pub(in crate::grpc) fn batch<'a>(
    request: &'a v1::BatchCheckPermissionsRequest,
    caller: &'a Caller,
    tokens: &Tokens,
) -> Result<Batch<'a>> {
    let mut violations = Violations::default();
    let questions = match &request.compact {
        None => each(request, &mut violations),
        Some(compact) => product(request, compact, caller, &mut violations),
    };
    let mode = violations.take("mode", mode(request.mode));
    let wish = consistency(request.consistency.as_ref(), Past::Answered, tokens, &mut violations);
    let whole = questions.zip(mode).zip(wish);
    complete(violations, whole.map(|((questions, mode), wish)| Batch { questions, mode, wish }))
}

fn each<'a>(request: &'a v1::BatchCheckPermissionsRequest, violations: &mut Violations) -> Option<Questions<'a>> {
    let checks = &request.checks;
    if !(1..=BATCH_CHECKS_MAX).contains(&checks.len()) {
        violations.add("checks", format!("must hold 1 to {BATCH_CHECKS_MAX}, and holds {}", checks.len()));
    }
    let default = match request.application.as_str() {
        "" => Some(None),
        text => violations.take("application", name::read_application(text)).map(Some),
    };
    Some(Questions::Each(checks, default?))
}

fn product<'a>(
    request: &'a v1::BatchCheckPermissionsRequest,
    compact: &'a CompactChecks,
    caller: &'a Caller,
    violations: &mut Violations,
) -> Option<Questions<'a>> {
    let CompactChecks { subject, privileges, resources, tenants } = compact;
    let application = violations.take("application", name::read_application(&request.application));
    let subject = violations.take("compact.subject", asking(subject, caller));
    if !request.checks.is_empty() {
        violations.add("compact", "must not be set together with checks");
    }
    if privileges.is_empty() {
        violations.add("compact.privileges", "must not be empty");
    }
    if !(resources.is_empty() || tenants.is_empty()) {
        violations.add("compact.tenants", "must be empty when resources are named");
    }
    let count = privileges.len().saturating_mul(resources.len().max(tenants.len()).max(1));
    if count > BATCH_CHECKS_MAX {
        violations.add("compact", format!("must make at most {BATCH_CHECKS_MAX} questions, and makes {count}"));
        return None;
    }
    let (application, subject) = application.zip(subject)?;
    let (field, targets) = match (resources.as_slice(), tenants.as_slice()) {
        ([], []) => ("", vec![Ok(Target::Nothing)]),
        ([], named) => ("tenant", named.iter().map(|text| tenant(text, Some(application))).collect()),
        (named, _) => ("resource", named.iter().map(|text| resource(text)).collect()),
    };
    let privileges = privileges.iter().map(|text| privilege(text)).collect();
    let question = Question { application, subject, privilege: "", target: Target::Nothing, facts: None };
    Some(Questions::Compact(Box::new(Product { question, privileges, targets, field })))
}

fn mode(mode: i32) -> Result<BatchMode, Malformed> {
    BatchMode::try_from(mode).map_err(|_| {
        Malformed::new(
            "must be BATCH_MODE_EXECUTE_ALL, BATCH_MODE_DENY_ON_FIRST_DENY or BATCH_MODE_PERMIT_ON_FIRST_PERMIT",
        )
    })
}

/// Whether a question that is allowed, or is not, ends the batch.
pub(in crate::grpc) fn ends(mode: BatchMode, allowed: bool) -> bool {
    match mode {
        BatchMode::Unspecified | BatchMode::ExecuteAll => false,
        BatchMode::DenyOnFirstDeny => !allowed,
        BatchMode::PermitOnFirstPermit => allowed,
    }
}

impl<'a> Product<'a> {
    /// How many questions there are.
    pub(in crate::grpc) fn len(&self) -> usize {
        self.privileges.len() * self.targets.len()
    }

    /// The question about each of the privileges, in their order, or what is wrong with the privilege.
    pub(in crate::grpc) fn questions(&self) -> impl Iterator<Item = Result<Question<'a>, &Malformed>> {
        self.privileges.iter().map(|privilege| match privilege {
            Ok(privilege) => Ok(Question { privilege, ..self.question.clone() }),
            Err(malformed) => Err(malformed),
        })
    }

    /// The targets in which nothing is wrong, in their order.
    pub(in crate::grpc) fn good_targets(&self) -> Vec<Target<'a>> {
        self.targets.iter().filter_map(|target| target.as_ref().ok().copied()).collect()
    }

    /// Of each target, in their order: the next of the answers about the good ones, or what is wrong with it or with the
    /// privilege.
    pub(in crate::grpc) fn answers(
        &self,
        malformed: Option<&Malformed>,
        answers: Vec<Result<Decision>>,
    ) -> impl Iterator<Item = (Target<'a>, Result<Decision>)> {
        let mut answers = answers.into_iter();
        self.targets.iter().map(move |target| match (malformed, target) {
            (None, Ok(target)) => (*target, answers.next().unwrap_or(Err(Error::Internal))),
            (privilege, target) => {
                let error = self.malformed(privilege, target.as_ref().err());
                (target.as_ref().copied().unwrap_or(Target::Nothing), Err(error))
            }
        })
    }

    fn malformed(&self, privilege: Option<&Malformed>, target: Option<&Malformed>) -> Error {
        let mut violations = Violations::default();
        for (field, malformed) in [("privilege", privilege), (self.field, target)] {
            if let Some(Malformed(description)) = malformed {
                violations.add(field, description.as_str());
            }
        }
        Error::Invalid(violations.into_vec())
    }
}

/// The answers to a product, in the making.
#[derive(Debug)]
pub(in crate::grpc) struct CompactAnswers {
    message: CompactResults,
    valid_until: Option<Time>,
    cache_ttl: Option<Duration>,
}

impl CompactAnswers {
    /// None yet, with room for so many.
    pub(in crate::grpc) fn with_capacity(count: usize) -> Self {
        let (decisions, reasons) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let message = CompactResults { decisions, reasons, ..CompactResults::default() };
        Self { message, valid_until: None, cache_ttl: None }
    }

    /// Adds the decision about the next question.
    pub(in crate::grpc) fn add(&mut self, decided: &Decision, (cache_ttl, values): (Duration, Vec<String>)) {
        if !values.is_empty() {
            self.message.custom_boundaries.push(CustomBoundaries { index: self.next(), values });
        }
        self.message.decisions.push(decision(decided).into());
        self.message.reasons.push(reason(decided.reason).into());
        self.valid_until = match (self.valid_until, decided.valid_until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.cache_ttl = Some(self.cache_ttl.map_or(cache_ttl, |shortest| shortest.min(cache_ttl)));
    }

    /// Adds why the next question has no decision.
    pub(in crate::grpc) fn fail(&mut self, error: &Error) {
        let status = Some(status::rpc_status(error));
        self.message.failures.push(Failure { index: self.next(), status });
        self.message.decisions.push(v1::Decision::Unspecified.into());
        self.message.reasons.push(v1::DecisionReason::Unspecified.into());
        self.cache_ttl = Some(Duration::ZERO);
    }

    /// The place of the next question.
    fn next(&self) -> i32 {
        i32::try_from(self.message.decisions.len()).unwrap_or(i32::MAX)
    }

    /// The message.
    pub(in crate::grpc) fn finish(self) -> CompactResults {
        CompactResults {
            valid_until: self.valid_until.map(timestamp),
            cache_ttl: Some(duration(self.cache_ttl.unwrap_or_default())),
            ..self.message
        }
    }
}
