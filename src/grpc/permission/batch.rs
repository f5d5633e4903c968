//! A batch: many questions of one revision at one time, one by one or as a product.
//!
//! Guarantees: what is wrong with one question spoils no other, and a question without a decision is never permitted,
//! in whatever mode. Questions are decided side by side, so that they wait for memory together.

use std::time::Duration;

use tonic::Status;

use super::Permissions;
use crate::app::caller::Caller;
use crate::app::check_permission::{Decider, Question};
use crate::app::error::{Error, Result};
use crate::domain::decision::Decision;
use crate::domain::id::IdRef;
use crate::domain::violation::Violations;
use crate::grpc::convert::check::{CompactAnswers, Product, Questions, ends};
use crate::grpc::convert::{check, complete};
use crate::grpc::status;
use crate::proto::v1;
use crate::proto::v1::BatchMode;
use crate::proto::v1::batch_check_permissions_request::Check;
use crate::proto::v1::batch_check_permissions_response::CompactResults;
use crate::proto::v1::batch_check_permissions_response::Result as Item;
use crate::proto::v1::batch_check_permissions_response::result::Outcome;

/// Questions that are read before the first of them is decided: enough to be decided side by side, and not many more than
/// the one that ends a batch.
const AT_ONCE: usize = 32;

/// A decision, with how long it may be kept and the custom boundaries that it met.
type Answered = (Decision, (Duration, Vec<String>));

impl Permissions {
    /// Answers a batch.
    pub(super) async fn batch(
        &self,
        caller: &Caller,
        request: &v1::BatchCheckPermissionsRequest,
    ) -> Result<v1::BatchCheckPermissionsResponse, Status> {
        let batch = check::batch(request, caller, &self.app.state().tokens)?;
        let view = self.view(batch.wish).await?;
        let decider = self.app.decider(&view, caller);
        let mut response =
            v1::BatchCheckPermissionsResponse { consistency_token: view.token().to_owned(), ..Default::default() };
        match batch.questions {
            Questions::Each(checks, default) => {
                response.results.reserve(checks.len());
                let questions = checks.iter().map(|check| question(check, default, caller, &decider));
                self.answer_each(questions, &decider, |answer| {
                    let allowed = answer.as_ref().is_ok_and(|(decision, _)| decision.allowed());
                    response.results.push(Item { outcome: Some(outcome(answer)) });
                    ends(batch.mode, allowed)
                });
            }
            Questions::Compact(product) => {
                response.compact = Some(self.product(&product, batch.mode, &decider)?);
            }
        }
        Ok(response)
    }

    /// Answers the questions of a product, which are all about one subject.
    fn product<'a>(&self, product: &Product<'a>, mode: BatchMode, decider: &Decider<'a>) -> Result<CompactResults> {
        decider.require_may_ask(product.question.application, product.question.subject)?;
        let (mut all, targets) = (CompactAnswers::with_capacity(product.len()), product.good_targets());
        let is_last = |decision: &Result<Decision>| ends(mode, decision.as_ref().is_ok_and(Decision::allowed));
        for question in product.questions() {
            let (mut question, malformed) = match question {
                Ok(question) => (question, None),
                Err(malformed) => (product.question.clone(), Some(malformed)),
            };
            let decisions = match malformed {
                None => decider.answer_targets(&question, &targets, is_last),
                Some(_) => Vec::new(),
            };
            for (target, decision) in product.answers(malformed, decisions) {
                question.target = target;
                let ends = is_last(&decision);
                match decision {
                    Ok(decision) => all.add(&decision, self.more(&decision, &question, decider)),
                    Err(error) => all.fail(&error),
                }
                if ends {
                    return Ok(all.finish());
                }
            }
        }
        Ok(all.finish())
    }

    /// Answers questions that the caller may ask, some at once, in their order, until an answer is the last one.
    fn answer_each<'a>(
        &self,
        mut questions: impl Iterator<Item = Result<Question<'a>>>,
        decider: &Decider<'_>,
        mut is_last: impl FnMut(Result<Answered>) -> bool,
    ) {
        loop {
            let mut asked = Vec::with_capacity(AT_ONCE);
            let mut keep = |question| asked.push(question);
            let read: Vec<_> = questions.by_ref().take(AT_ONCE).map(|question| question.map(&mut keep)).collect();
            if read.is_empty() {
                return;
            }
            let mut decisions = asked.iter().zip(decider.answer_all(&asked));
            for read in read {
                let decision = read.and_then(|()| decisions.next().ok_or(Error::Internal));
                let answer = decision.and_then(|(question, decision)| {
                    let decision = decision?;
                    Ok((decision, self.more(&decision, question, decider)))
                });
                if is_last(answer) {
                    return;
                }
            }
        }
    }

    /// What is told with a decision, which is counted.
    fn more(&self, decision: &Decision, question: &Question<'_>, decider: &Decider<'_>) -> (Duration, Vec<String>) {
        self.metrics.decided(decision);
        (decider.cache_ttl(decision, question), decider.custom_boundaries(decision, question))
    }
}

/// One question of many, if the caller may ask it.
fn question<'a>(
    check: &'a Check,
    default: Option<IdRef<'a>>,
    caller: &'a Caller,
    decider: &Decider<'a>,
) -> Result<Question<'a>> {
    let mut violations = Violations::default();
    let question = check::question(check.into(), default, caller, &mut violations);
    let question = complete(violations, question)?;
    decider.require_may_ask(question.application, question.subject)?;
    Ok(question)
}

fn outcome(answer: Result<Answered>) -> Outcome {
    match answer {
        Ok((decision, more)) => Outcome::Result(check::result(&decision, more)),
        Err(error) => Outcome::Error(status::rpc_status(&error)),
    }
}
