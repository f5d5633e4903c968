//! `AssignmentService`: decode, call, encode.

use tonic::{Request, Response, async_trait};

use super::convert::consistency::{Past, consistency, get, list};
use super::convert::requested::{self, NamedWords};
use super::convert::{access_difference, assignment as convert, complete, int32, role, write};
use super::{Answer, open};
use crate::app::assignments::Holdings;
use crate::app::error::{Error, Result};
use crate::app::methods;
use crate::app::service::App;
use crate::app::writer::Written;
use crate::domain::name::parse_application;
use crate::domain::row::Key;
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::assignment_service_server::AssignmentService;

/// The service.
#[derive(Debug)]
pub(super) struct Assignments {
    /// The verbs.
    pub(super) app: App,
}

impl Assignments {
    /// The assignments that a write was about.
    async fn shown(&self, written: &Written) -> Result<Vec<v1::RoleAssignment>> {
        let at = (&written.snapshot, self.app.state().clock.now());
        let shown = self.app.shown_assignments(&written.snapshot, written.rows.clone(), 0).await?;
        Ok(convert::assignments(shown, at))
    }
}

/// The words of a request that changes which resources an assignment names.
macro_rules! named {
    ($request:ident) => {
        NamedWords {
            holding: (&$request.application, &$request.subject, &$request.tenant),
            role: (&$request.role, &$request.role_name),
            resources: &$request.resources,
        }
    };
}

/// The name of the assignment that a write was about; empty if there is none.
fn name_of(written: &Written) -> String {
    match written.receipt.keys.first() {
        Some(Key::Assignment(id)) => id.name().to_string(),
        _ => String::new(),
    }
}

#[async_trait]
impl AssignmentService for Assignments {
    async fn replace_subject_roles(
        &self,
        request: Request<v1::ReplaceSubjectRolesRequest>,
    ) -> Answer<v1::ReplaceSubjectRolesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller.clone(), &methods::REPLACE_SUBJECT_ROLES, &mut violations);
        let (replace, indexes) = convert::replace(&request, self.app.replaced_roles_max, violations)?;
        let (holding, begin) = (replace.holding.clone(), replace.term.start);
        let written = self.app.replace_subject_roles(call, replace).await.map_err(|error| indexes.refusal(error))?;
        let access_difference = access_difference::of(&self.app, &written, begin).await?;
        Ok(Response::new(v1::ReplaceSubjectRolesResponse {
            assignments: self.shown(&written).await?,
            removed_count: int32(written.receipt.deleted),
            etag: self.app.etag_after(&written, &caller, &holding),
            consistency_token: self.app.token_of(&written),
            failures: indexes.failures(written.receipt.failures),
            access_difference,
        }))
    }

    async fn assign_roles(&self, request: Request<v1::AssignRolesRequest>) -> Answer<v1::AssignRolesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::ASSIGN_ROLES, &mut violations);
        let (assign, indexes) = convert::assign(&request, violations)?;
        let begin = assign.term.start;
        let written = self.app.assign_roles(call, assign).await.map_err(|error| indexes.refusal(error))?;
        let access_difference = access_difference::of(&self.app, &written, begin).await?;
        Ok(Response::new(v1::AssignRolesResponse {
            assignments: self.shown(&written).await?,
            consistency_token: self.app.token_of(&written),
            failures: indexes.failures(written.receipt.failures),
            access_difference,
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
            access_difference: access_difference::of(&self.app, &written, None).await?,
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
        let begin = assign.term.start;
        let written = self.app.assign_role_to_subjects(call, assign).await.map_err(|error| indexes.refusal(error))?;
        Ok(Response::new(v1::AssignRoleToSubjectsResponse {
            assignments: self.shown(&written).await?,
            access_difference: access_difference::of(&self.app, &written, begin).await?,
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
            access_difference: access_difference::of(&self.app, &written, None).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn put_role_assignment(
        &self,
        request: Request<v1::PutRoleAssignmentRequest>,
    ) -> Answer<v1::PutRoleAssignmentResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller.clone(), &methods::PUT_ROLE_ASSIGNMENT, &mut violations);
        let put = requested::put(request, violations)?;
        let begin = put.requested.term.start;
        let written = self.app.put_role_assignment(call, put).await?;
        write::made(&written)?;
        let Holdings { assignments, truncated } = self.app.holdings_after(&written, &caller).await?;
        let at = (&written.snapshot, self.app.state().clock.now());
        Ok(Response::new(v1::PutRoleAssignmentResponse {
            assignments: convert::assignments(assignments, at),
            truncated,
            access_difference: access_difference::of(&self.app, &written, begin).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn add_role_assignment_resources(
        &self,
        request: Request<v1::AddRoleAssignmentResourcesRequest>,
    ) -> Answer<v1::AddRoleAssignmentResourcesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::ADD_ROLE_ASSIGNMENT_RESOURCES, &mut violations);
        let add = requested::named(named!(request), true, violations)?;
        let named = add.resources.len() as u64;
        let written = self.app.change_named_resources(call, add).await?;
        Ok(Response::new(v1::AddRoleAssignmentResourcesResponse {
            name: name_of(&written),
            added_count: int32(named.saturating_sub(written.receipt.unchanged)),
            access_difference: access_difference::of(&self.app, &written, None).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn remove_role_assignment_resources(
        &self,
        request: Request<v1::RemoveRoleAssignmentResourcesRequest>,
    ) -> Answer<v1::RemoveRoleAssignmentResourcesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::REMOVE_ROLE_ASSIGNMENT_RESOURCES, &mut violations);
        let remove = requested::named(named!(request), false, violations)?;
        let named = remove.resources.len() as u64;
        let written = self.app.change_named_resources(call, remove).await?;
        Ok(Response::new(v1::RemoveRoleAssignmentResourcesResponse {
            name: name_of(&written),
            removed_count: int32(named.saturating_sub(written.receipt.unchanged)),
            access_difference: access_difference::of(&self.app, &written, None).await?,
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
        let (shown, named, view) = self.app.get_role_assignment(&caller, (&application, &id), &wish).await?;
        Ok(Response::new(v1::GetRoleAssignmentResponse {
            role_assignment: Some(convert::assignment(shown, (view.snapshot(), view.now))),
            named_resources: named.first.iter().map(ToString::to_string).collect(),
            named_resources_truncated: named.more,
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_role_assignments(
        &self,
        request: Request<v1::ListRoleAssignmentsRequest>,
    ) -> Answer<v1::ListRoleAssignmentsResponse> {
        let (caller, request) = open(request)?;
        let mut violations = Violations::default();
        let asked = convert::asked_list(&request, &mut violations);
        let parent = ("parent", convert::parent(&request.parent));
        let (application, page) = list(parent, &request, &self.app.state().tokens, violations)?;
        let listed = self.app.list_role_assignments(&caller, application.as_ref(), (&page, asked)).await?;
        Ok(Response::new(convert::listed(listed)))
    }

    async fn batch_get_assigned_roles(
        &self,
        request: Request<v1::BatchGetAssignedRolesRequest>,
    ) -> Answer<v1::BatchGetAssignedRolesResponse> {
        let (caller, request) = open(request)?;
        let (mut violations, tokens) = (Violations::default(), &self.app.state().tokens);
        let asked = convert::asked(&request, &caller, &mut violations);
        let wish = consistency(request.consistency.as_ref(), Past::Refused, tokens, &mut violations);
        let ((application, subjects), wish) = complete(violations, asked.zip(wish))?;
        let (results, view) = self.app.assigned_roles(&caller, &application, &subjects, &wish).await?;
        let named = subjects.iter().zip(&request.subjects).zip(results);
        let results = named.map(|((subject, sent), result)| convert::assigned((subject, sent), result, &view));
        Ok(Response::new(v1::BatchGetAssignedRolesResponse {
            results: results.collect(),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_assignable_roles(
        &self,
        request: Request<v1::ListAssignableRolesRequest>,
    ) -> Answer<v1::ListAssignableRolesResponse> {
        let (caller, request) = open(request)?;
        let mut violations = Violations::default();
        let holding = convert::receiver(&request, &mut violations);
        let parent = ("parent", parse_application(&request.parent));
        let (_, page) = list(parent, &request, &self.app.state().tokens, violations)?;
        let holding = holding.ok_or(Error::Internal)?;
        let page = self.app.list_assignable_roles(&caller, &holding, &page).await?;
        let snapshot = page.view.snapshot();
        Ok(Response::new(v1::ListAssignableRolesResponse {
            roles: page.rows.iter().map(|row| role::role(row, snapshot, false)).collect::<Result<_, _>>()?,
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
        Ok(Response::new(v1::DeleteRoleAssignmentResponse {
            access_difference: access_difference::of(&self.app, &written, None).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }
}
