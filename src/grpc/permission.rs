//! `PermissionService`, the hot path: decode, decide, encode.
//!
//! Guarantees: between the decoded request and the decision nothing is awaited, unless the caller wishes for other
//! state than is at hand; that is found on the control runtime. A batch is decided on one view, and what is wrong
//! with one of its questions spoils no other.

mod batch;

use std::sync::Arc;

use tokio::runtime::Handle;
use tonic::{Request, Response, Status, async_trait};

use super::convert::consistency::{Past, consistency, past_page};
use super::convert::{check, complete};
use super::metrics::Metrics;
use super::{Answer, control, open};
use crate::app::consistency::Consistency;
use crate::app::service::App;
use crate::app::state::View;
use crate::app::subject_privileges::SubjectPrivilege;
use crate::domain::violation::Violations;
use crate::proto::v1;
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
        Ok(Response::new(self.batch(&caller, &request).await?))
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
