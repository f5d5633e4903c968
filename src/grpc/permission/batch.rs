//! A batch: many questions of one revision at one time, one by one or as a product.
//!
//! Guarantees: what is wrong with one question spoils no other, and a question without a decision is never permitted,
//! in whatever mode; of a product nothing is made for each question but its place in the answer.

use tonic::Status;

use super::Permissions;
use crate::app::caller::Caller;
use crate::app::check_permission::Decider;
use crate::app::error::Result;
use crate::domain::decision::Decision;
use crate::domain::id::Id;
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

impl Permissions {
    /// Answers a batch.
    pub(super) async fn batch(
        &self,
        caller: &Caller,
        request: &v1::BatchCheckPermissionsRequest,
    ) -> Result<v1::BatchCheckPermissionsResponse, Status> {
        let batch = check::batch(request, caller, &self.app.state().tokens)?;
        let view = self.view(batch.wish).await?;
        let mut decider = self.app.decider(&view, caller);
        let mut response =
            v1::BatchCheckPermissionsResponse { consistency_token: view.token().to_owned(), ..Default::default() };
        match batch.questions {
            Questions::Each(checks, default) => {
                response.results.reserve(checks.len());
                for check in checks {
                    let answer = self.one(check, default.as_ref(), caller, &mut decider);
                    let allowed = matches!(&answer, Outcome::Result(it) if it.decision() == v1::Decision::Allowed);
                    response.results.push(Item { outcome: Some(answer) });
                    if ends(batch.mode, allowed) {
                        break;
                    }
                }
            }
            Questions::Compact(product) => {
                response.compact = Some(self.product(&product, batch.mode, &mut decider)?);
            }
        }
        Ok(response)
    }

    /// Answers one question of many.
    fn one(&self, check: &Check, default: Option<&Id>, caller: &Caller, decider: &mut Decider<'_>) -> Outcome {
        let mut violations = Violations::default();
        let question = check::question(check.into(), default, caller, &mut violations);
        let answer = complete(violations, question).and_then(|question| {
            let decision = decider.decide(&question)?;
            let more = (decider.cache_ttl(&decision, &question), decider.custom_boundaries(&decision, &question));
            Ok((decision, more))
        });
        match answer {
            Ok((decision, more)) => {
                self.metrics.decided(&decision);
                Outcome::Result(check::result(&decision, more))
            }
            Err(error) => Outcome::Error(status::rpc_status(&error)),
        }
    }

    /// Answers the questions of a product, which are all about one subject.
    fn product(&self, product: &Product<'_>, mode: BatchMode, decider: &mut Decider<'_>) -> Result<CompactResults> {
        let mut question = product.question.clone();
        decider.require_may_ask(&question.application, &question.subject)?;
        let mut all = CompactAnswers::with_capacity(product.len());
        for pair in product.pairs() {
            let answer = pair.and_then(|(privilege, target)| {
                (question.privilege, question.target) = (privilege, target);
                decider.answer(&question)
            });
            match &answer {
                Ok(decision) => {
                    self.metrics.decided(decision);
                    let extra =
                        (decider.cache_ttl(decision, &question), decider.custom_boundaries(decision, &question));
                    all.add(decision, extra);
                }
                Err(error) => all.fail(error),
            }
            if ends(mode, answer.as_ref().is_ok_and(Decision::allowed)) {
                break;
            }
        }
        Ok(all.finish())
    }
}
