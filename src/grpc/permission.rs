//! `PermissionService`, the hot path: decode, decide, encode.
//!
//! Guarantees: between the decoded request and the decision nothing is awaited, unless the caller wishes for other
//! state than is at hand; that is found on the control runtime. A batch is decided on one view, each question of a
//! stream on the newest one, and what is wrong with one of its questions spoils no other.

mod batch;
mod stream;

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tonic::{Request, Response, Status, Streaming, async_trait};

use self::stream::Answers;
use super::convert::consistency::{Past, consistency, past_page};
use super::convert::{check, complete};
use super::metrics::Metrics;
use super::{Answer, control, open};
use crate::app::caller::Caller;
use crate::app::check_permission::Question;
use crate::app::consistency::Consistency;
use crate::app::error::Error;
use crate::app::service::App;
use crate::app::state::View;
use crate::app::subject_privileges::SubjectPrivilege;
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::permission_service_server::PermissionService;

/// The service.
#[derive(Clone, Debug)]
pub(super) struct Permissions {
    /// The verbs.
    pub(super) app: App,
    /// Where decisions are counted.
    pub(super) metrics: Arc<Metrics>,
    /// Where the database may be awaited.
    pub(super) control: Handle,
    /// Becomes true when the server stops.
    pub(super) stop: watch::Receiver<bool>,
}

impl Permissions {
    async fn view(&self, wish: Consistency) -> Result<View, Status> {
        if let Some(view) = self.app.freshness.at_hand(&wish) {
            return Ok(view?);
        }
        let freshness = self.app.freshness.clone();
        Ok(control::run(&self.control, async move { freshness.view(&wish, true).await }).await??)
    }

    /// What one message asks, and how fresh.
    fn question<'a>(
        &self,
        request: &'a v1::CheckPermissionRequest,
        caller: &'a Caller,
    ) -> Result<(Question<'a>, Consistency), Error> {
        let (mut violations, tokens) = (Violations::default(), &self.app.state().tokens);
        let question = check::question(request.into(), None, caller, &mut violations);
        let wish = consistency(request.consistency.as_ref(), Past::Answered, tokens, &mut violations);
        complete(violations, question.zip(wish))
    }

    /// The answer to one question.
    fn decided(
        &self,
        view: &View,
        caller: &Caller,
        question: &Question<'_>,
    ) -> Result<v1::CheckPermissionResponse, Error> {
        let decider = self.app.decider(view, caller);
        let decision = decider.decide(question)?;
        self.metrics.decided(&decision);
        let more = (decider.cache_ttl(&decision, question), decider.custom_boundaries(&decision, question));
        Ok(check::response(&decision, more, view.token()))
    }
}

#[async_trait]
impl PermissionService for Permissions {
    async fn check_permission(
        &self,
        request: Request<v1::CheckPermissionRequest>,
    ) -> Answer<v1::CheckPermissionResponse> {
        let (caller, request) = open(request)?;
        let (question, wish) = self.question(&request, &caller)?;
        let view = self.view(wish).await?;
        Ok(Response::new(self.decided(&view, &caller, &question)?))
    }

    async fn batch_check_permissions(
        &self,
        request: Request<v1::BatchCheckPermissionsRequest>,
    ) -> Answer<v1::BatchCheckPermissionsResponse> {
        let (caller, request) = open(request)?;
        Ok(Response::new(self.batch(&caller, &request).await?))
    }

    type StreamCheckPermissionsStream = Answers;

    async fn stream_check_permissions(
        &self,
        request: Request<Streaming<v1::StreamCheckPermissionsRequest>>,
    ) -> Answer<Answers> {
        let (caller, questions) = open(request)?;
        Ok(Response::new(Answers::new(self.clone(), caller, questions)))
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
