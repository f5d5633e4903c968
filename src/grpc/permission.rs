//! `PermissionService`, the hot path: decode, decide, encode.
//!
//! Guarantees: between the decoded request and the decision nothing is awaited, unless the caller wishes for other
//! state than is at hand; that is found on the control runtime. A batch is decided on one view, and what is wrong
//! with one of its questions spoils no other.

use std::sync::Arc;

use tokio::runtime::Handle;
use tonic::{Request, Response, Status, async_trait};

use super::convert::consistency::{Past, consistency, past_page};
use super::convert::{check, complete};
use super::metrics::Metrics;
use super::{Answer, control, open, status};
use crate::app::caller::Caller;
use crate::app::check_permission::Decider;
use crate::app::consistency::Consistency;
use crate::app::error::Error;
use crate::app::service::App;
use crate::app::state::View;
use crate::app::subject_privileges::SubjectPrivilege;
use crate::domain::id::Id;
use crate::domain::limit::BATCH_CHECKS_MAX;
use crate::domain::name;
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::batch_check_permissions_request::Check;
use crate::proto::v1::batch_check_permissions_response::Result as Item;
use crate::proto::v1::batch_check_permissions_response::result::Outcome;
use crate::proto::v1::permission_service_server::PermissionService;

/// The service.
#[derive(Debug)]
pub(super) struct Permissions {
    /// The verbs.
    pub(super) app: App,
    /// Where decisions are counted.
    pub(super) metrics: Arc<Metrics>,
    /// Where the database may be awaited.
    pub(super) control: Handle,
}

impl Permissions {
    async fn view(&self, wish: Consistency) -> Result<View, Status> {
        if let Some(view) = self.app.freshness.at_hand(&wish) {
            return Ok(view?);
        }
        let freshness = self.app.freshness.clone();
        Ok(control::run(&self.control, async move { freshness.view(&wish, true).await }).await??)
    }

    fn outcome(&self, check: &Check, default: Option<&Id>, caller: &Caller, decider: &mut Decider<'_>) -> Outcome {
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
}

#[async_trait]
impl PermissionService for Permissions {
    async fn check_permission(
        &self,
        request: Request<v1::CheckPermissionRequest>,
    ) -> Answer<v1::CheckPermissionResponse> {
        let (caller, request) = open(request)?;
        let (mut violations, tokens) = (Violations::default(), &self.app.state().tokens);
        let question = check::question((&request).into(), None, &caller, &mut violations);
        let wish = consistency(request.consistency.as_ref(), Past::Answered, tokens, &mut violations);
        let (question, wish) = complete(violations, question.zip(wish))?;
        let view = self.view(wish).await?;
        let mut decider = self.app.decider(&view, &caller);
        let decision = decider.decide(&question)?;
        self.metrics.decided(&decision);
        let more = (decider.cache_ttl(&decision, &question), decider.custom_boundaries(&decision, &question));
        Ok(Response::new(check::response(&decision, more, view.token())))
    }

    async fn batch_check_permissions(
        &self,
        request: Request<v1::BatchCheckPermissionsRequest>,
    ) -> Answer<v1::BatchCheckPermissionsResponse> {
        let (caller, request) = open(request)?;
        let (default, wish) = batch(&request, &self.app)?;
        let view = self.view(wish).await?;
        let mut decider = self.app.decider(&view, &caller);
        let checks = request.checks.iter();
        let outcomes = checks.map(|check| self.outcome(check, default.as_ref(), &caller, &mut decider));
        Ok(Response::new(v1::BatchCheckPermissionsResponse {
            results: outcomes.map(|outcome| Item { outcome: Some(outcome) }).collect(),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_subject_privileges(
        &self,
        request: Request<v1::ListSubjectPrivilegesRequest>,
    ) -> Answer<v1::ListSubjectPrivilegesResponse> {
        let (caller, request) = open(request)?;
        let (mut violations, tokens) = (Violations::default(), &self.app.state().tokens);
        let whose = check::whose(&request, &caller, &mut violations);
        let page = past_page(&request, tokens, &mut violations);
        let (whose, page) = complete(violations, whose.zip(page))?;
        // It looks at many privileges at once: no check waits for that.
        let app = self.app.clone();
        let listed = async move { app.list_subject_privileges(&caller, &whose, &page).await };
        let (listed, next_page_token, view) = control::run(&self.control, listed).await??;
        let shown = |entry: SubjectPrivilege| v1::SubjectPrivilege {
            privilege: entry.key,
            without_target: entry.without_target,
        };
        Ok(Response::new(v1::ListSubjectPrivilegesResponse {
            privileges: listed.into_iter().map(shown).collect(),
            next_page_token,
            consistency_token: view.token().to_owned(),
        }))
    }
}

/// What a batch says of all its questions: the application of those that name none, and how fresh.
fn batch(request: &v1::BatchCheckPermissionsRequest, app: &App) -> Result<(Option<Id>, Consistency), Error> {
    let mut violations = Violations::default();
    if !(1..=BATCH_CHECKS_MAX).contains(&request.checks.len()) {
        violations.add("checks", format!("must hold 1 to {BATCH_CHECKS_MAX}, and holds {}", request.checks.len()));
    }
    let default = match request.application.as_str() {
        "" => Some(None),
        text => violations.take("application", name::parse_application(text)).map(Some),
    };
    let wish = consistency(request.consistency.as_ref(), Past::Answered, &app.state().tokens, &mut violations);
    complete(violations, default.zip(wish))
}
