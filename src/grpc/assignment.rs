//! `AssignmentService`: decode, call, encode.

use tonic::{Request, Response, async_trait};

use super::convert::consistency::{get, list};
use super::convert::{assignment as convert, int32, write};
use super::{Answer, open};
use crate::app::methods;
use crate::app::service::App;
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::assignment_service_server::AssignmentService;

/// The service.
#[derive(Debug)]
pub(super) struct Assignments {
    /// The verbs.
    pub(super) app: App,
}

#[async_trait]
impl AssignmentService for Assignments {
    async fn assign_roles(&self, request: Request<v1::AssignRolesRequest>) -> Answer<v1::AssignRolesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::ASSIGN_ROLES, &mut violations);
        let (assign, indexes) = convert::assign(&request, violations)?;
        let written = self.app.assign_roles(call, assign).await.map_err(|error| indexes.refusal(error))?;
        let (snapshot, now) = (&written.snapshot, self.app.state().clock.now());
        let assignments = written.rows.iter().map(|row| convert::assignment(row, snapshot, now));
        Ok(Response::new(v1::AssignRolesResponse {
            assignments: assignments.collect::<Result<_, _>>()?,
            consistency_token: self.app.token_of(&written),
            failures: indexes.failures(written.receipt.failures),
        }))
    }

    async fn unassign_roles(&self, request: Request<v1::UnassignRolesRequest>) -> Answer<v1::UnassignRolesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::UNASSIGN_ROLES, &mut violations);
        let unassign = convert::unassign(&request, violations)?;
        let written = self.app.unassign_roles(call, unassign).await?;
        Ok(Response::new(v1::UnassignRolesResponse {
            removed_count: int32(written.receipt.deleted),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn assign_role_to_subjects(
        &self,
        request: Request<v1::AssignRoleToSubjectsRequest>,
    ) -> Answer<v1::AssignRoleToSubjectsResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::ASSIGN_ROLE_TO_SUBJECTS, &mut violations);
        let (assign, indexes) = convert::assign_one(&request, violations)?;
        let written = self.app.assign_role_to_subjects(call, assign).await.map_err(|error| indexes.refusal(error))?;
        let (snapshot, now) = (&written.snapshot, self.app.state().clock.now());
        let assignments = written.rows.iter().map(|row| convert::assignment(row, snapshot, now));
        Ok(Response::new(v1::AssignRoleToSubjectsResponse {
            assignments: assignments.collect::<Result<_, _>>()?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn revoke_role_from_subject(
        &self,
        request: Request<v1::RevokeRoleFromSubjectRequest>,
    ) -> Answer<v1::RevokeRoleFromSubjectResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::REVOKE_ROLE_FROM_SUBJECT, &mut violations);
        let revoke = convert::revoke(&request, violations)?;
        let written = self.app.revoke_role_from_subject(call, revoke).await?;
        Ok(Response::new(v1::RevokeRoleFromSubjectResponse {
            removed_count: int32(written.receipt.deleted),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn get_role_assignment(
        &self,
        request: Request<v1::GetRoleAssignmentRequest>,
    ) -> Answer<v1::GetRoleAssignmentResponse> {
        let (caller, request) = open(request)?;
        let name = convert::record_id(&request.name);
        let ((application, id), wish) = get(name, request.consistency.as_ref(), &self.app.state().tokens)?;
        let (row, view) = self.app.get_role_assignment(&caller, (&application, &id), &wish).await?;
        Ok(Response::new(v1::GetRoleAssignmentResponse {
            role_assignment: Some(convert::assignment(&row, view.snapshot(), view.now)?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_role_assignments(
        &self,
        request: Request<v1::ListRoleAssignmentsRequest>,
    ) -> Answer<v1::ListRoleAssignmentsResponse> {
        let (caller, request) = open(request)?;
        let parent = ("parent", convert::parent(&request.parent));
        let (application, page) = list(parent, &request, &self.app.state().tokens, Violations::default())?;
        let page = self.app.list_role_assignments(&caller, application.as_ref(), &page).await?;
        let (snapshot, now) = (page.view.snapshot(), page.view.now);
        let assignments = page.rows.iter().map(|row| convert::assignment(row, snapshot, now));
        Ok(Response::new(v1::ListRoleAssignmentsResponse {
            assignments: assignments.collect::<Result<_, _>>()?,
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }

    async fn delete_role_assignment(
        &self,
        request: Request<v1::DeleteRoleAssignmentRequest>,
    ) -> Answer<v1::DeleteRoleAssignmentResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::DELETE_ROLE_ASSIGNMENT, &mut violations);
        let delete = convert::delete(request, violations)?;
        let written = self.app.delete_role_assignment(call, delete).await?;
        Ok(Response::new(v1::DeleteRoleAssignmentResponse { consistency_token: self.app.token_of(&written) }))
    }
}
