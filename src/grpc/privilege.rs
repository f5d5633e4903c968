//! `PrivilegeService`: decode, call, encode.

use tonic::{Request, Response, async_trait};

use super::convert::consistency::{get, list};
use super::convert::policy_document::How;
use super::convert::{access_difference, privilege as convert, privilege_group, privilege_holders as holders, write};
use super::{Answer, open};
use crate::app::error::Result;
use crate::app::methods;
use crate::app::privilege_groups::GroupsShown;
use crate::app::service::App;
use crate::domain::name::{PrivilegeGroupId, PrivilegeId, parse_application};
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::privilege_service_server::PrivilegeService;

/// The service.
#[derive(Debug)]
pub(super) struct Privileges {
    /// The verbs.
    pub(super) app: App,
}

#[async_trait]
impl PrivilegeService for Privileges {
    async fn batch_register_privileges(
        &self,
        request: Request<v1::BatchRegisterPrivilegesRequest>,
    ) -> Answer<v1::BatchRegisterPrivilegesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::BATCH_REGISTER_PRIVILEGES, &mut violations);
        let register = convert::register(&request, violations)?;
        let application = register.application.clone();
        let written = self.app.register_privileges(call, register).await?;
        let token = self.app.token_of(&written);
        Ok(Response::new(convert::registered(&application, &written, token)?))
    }

    async fn create_privilege(
        &self,
        request: Request<v1::CreatePrivilegeRequest>,
    ) -> Answer<v1::CreatePrivilegeResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::CREATE_PRIVILEGE, &mut violations);
        let new = convert::new_privilege(request, violations)?;
        let written = self.app.create_privilege(call, new).await?;
        Ok(Response::new(convert::created(&written, self.app.token_of(&written))?))
    }

    async fn get_privilege(&self, request: Request<v1::GetPrivilegeRequest>) -> Answer<v1::GetPrivilegeResponse> {
        let (caller, request) = open(request)?;
        let tokens = &self.app.state().tokens;
        let (id, wish) = get(PrivilegeId::parse(&request.name), request.consistency.as_ref(), tokens)?;
        let (entry, view) = self.app.get_privilege(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetPrivilegeResponse {
            privilege: Some(convert::entry(&entry, How::Full)),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_privileges(&self, request: Request<v1::ListPrivilegesRequest>) -> Answer<v1::ListPrivilegesResponse> {
        let (caller, request) = open(request)?;
        let parent = ("parent", parse_application(&request.parent));
        let mut violations = Violations::default();
        let (keys, how) = convert::shown(&request, &mut violations);
        let (application, page) = list(parent, &request, &self.app.state().tokens, violations)?;
        let what = (&application, &keys, how == How::Full);
        let (entries, next_page_token, view) = self.app.list_privileges(&caller, what, &page).await?;
        Ok(Response::new(v1::ListPrivilegesResponse {
            privileges: entries.iter().map(|entry| convert::entry(entry, how)).collect(),
            next_page_token,
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn update_privilege(
        &self,
        request: Request<v1::UpdatePrivilegeRequest>,
    ) -> Answer<v1::UpdatePrivilegeResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::UPDATE_PRIVILEGE, &mut violations);
        let update = convert::update_privilege(request, violations)?;
        let written = self.app.update_privilege(call, update).await?;
        Ok(Response::new(v1::UpdatePrivilegeResponse {
            privilege: Some(convert::privilege(&written)?),
            access_difference: access_difference::of(&self.app, &written, None).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn delete_privilege(
        &self,
        request: Request<v1::DeletePrivilegeRequest>,
    ) -> Answer<v1::DeletePrivilegeResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::DELETE_PRIVILEGE, &mut violations);
        let delete = convert::delete_privilege(request, violations)?;
        let written = self.app.delete_privilege(call, delete).await?;
        Ok(Response::new(v1::DeletePrivilegeResponse { consistency_token: self.app.token_of(&written) }))
    }

    async fn create_privilege_group(
        &self,
        request: Request<v1::CreatePrivilegeGroupRequest>,
    ) -> Answer<v1::CreatePrivilegeGroupResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::CREATE_PRIVILEGE_GROUP, &mut violations);
        let new = privilege_group::new_group(request, self.app.fresh_id()?, violations)?;
        let written = self.app.create_privilege_group(call, new).await?;
        Ok(Response::new(v1::CreatePrivilegeGroupResponse {
            privilege_group: Some(privilege_group::group(write::made(&written)?, &written.snapshot, true)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn get_privilege_group(
        &self,
        request: Request<v1::GetPrivilegeGroupRequest>,
    ) -> Answer<v1::GetPrivilegeGroupResponse> {
        let (caller, request) = open(request)?;
        let tokens = &self.app.state().tokens;
        let (id, wish) = get(PrivilegeGroupId::parse(&request.name), request.consistency.as_ref(), tokens)?;
        let (row, view) = self.app.get_privilege_group(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetPrivilegeGroupResponse {
            privilege_group: Some(privilege_group::group(&row, view.snapshot(), true)?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_privilege_groups(
        &self,
        request: Request<v1::ListPrivilegeGroupsRequest>,
    ) -> Answer<v1::ListPrivilegeGroupsResponse> {
        let (caller, request) = open(request)?;
        let mut violations = Violations::default();
        let (full, ids) = privilege_group::shown(&request, &mut violations);
        let parent = ("parent", privilege_group::parent(&request));
        let ((application, tenant), page) = list(parent, &request, &self.app.state().tokens, violations)?;
        let shown = GroupsShown { application: &application, tenant: tenant.as_ref(), ids: &ids, full };
        let page = self.app.list_privilege_groups(&caller, &page, shown).await?;
        let snapshot = page.view.snapshot();
        let groups = page.rows.iter().map(|row| privilege_group::group(row, snapshot, full));
        Ok(Response::new(v1::ListPrivilegeGroupsResponse {
            privilege_groups: groups.collect::<Result<_>>()?,
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }

    async fn update_privilege_group(
        &self,
        request: Request<v1::UpdatePrivilegeGroupRequest>,
    ) -> Answer<v1::UpdatePrivilegeGroupResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::UPDATE_PRIVILEGE_GROUP, &mut violations);
        let update = privilege_group::update(request, violations)?;
        let written = self.app.update_privilege_group(call, update).await?;
        Ok(Response::new(v1::UpdatePrivilegeGroupResponse {
            privilege_group: Some(privilege_group::group(write::made(&written)?, &written.snapshot, true)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn delete_privilege_group(
        &self,
        request: Request<v1::DeletePrivilegeGroupRequest>,
    ) -> Answer<v1::DeletePrivilegeGroupResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::DELETE_PRIVILEGE_GROUP, &mut violations);
        let delete = privilege_group::delete(request, violations)?;
        let written = self.app.delete_privilege_group(call, delete).await?;
        Ok(Response::new(v1::DeletePrivilegeGroupResponse { consistency_token: self.app.token_of(&written) }))
    }

    async fn assign_privilege_to_roles(
        &self,
        request: Request<v1::AssignPrivilegeToRolesRequest>,
    ) -> Answer<v1::AssignPrivilegeToRolesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::ASSIGN_PRIVILEGE_TO_ROLES, &mut violations);
        let assign = holders::to_roles(&request, violations)?;
        let written = self.app.assign_privilege_to_roles(call, assign).await?;
        Ok(Response::new(v1::AssignPrivilegeToRolesResponse {
            roles: holders::given(&written)?,
            access_difference: access_difference::of(&self.app, &written, None).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn remove_privilege_from_role(
        &self,
        request: Request<v1::RemovePrivilegeFromRoleRequest>,
    ) -> Answer<v1::RemovePrivilegeFromRoleResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::REMOVE_PRIVILEGE_FROM_ROLE, &mut violations);
        let remove = holders::from_role(&request, violations)?;
        let written = self.app.remove_privilege_from_role(call, remove).await?;
        Ok(Response::new(v1::RemovePrivilegeFromRoleResponse {
            access_difference: access_difference::of(&self.app, &written, None).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn list_privilege_roles(
        &self,
        request: Request<v1::ListPrivilegeRolesRequest>,
    ) -> Answer<v1::ListPrivilegeRolesResponse> {
        let (caller, request) = open(request)?;
        let name = ("name", PrivilegeId::parse(&request.name));
        let (id, page) = list(name, &request, &self.app.state().tokens, Violations::default())?;
        Ok(Response::new(holders::roles(self.app.list_privilege_roles(&caller, &page, &id).await?)))
    }

    async fn assign_privilege_to_users(
        &self,
        request: Request<v1::AssignPrivilegeToUsersRequest>,
    ) -> Answer<v1::AssignPrivilegeToUsersResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::ASSIGN_PRIVILEGE_TO_USERS, &mut violations);
        let assign = holders::to_users(&request, violations)?;
        let written = self.app.assign_privilege_to_users(call, assign).await?;
        Ok(Response::new(v1::AssignPrivilegeToUsersResponse {
            access_difference: access_difference::of(&self.app, &written, None).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn remove_privilege_from_user(
        &self,
        request: Request<v1::RemovePrivilegeFromUserRequest>,
    ) -> Answer<v1::RemovePrivilegeFromUserResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::REMOVE_PRIVILEGE_FROM_USER, &mut violations);
        let remove = holders::from_user(&request, violations)?;
        let written = self.app.remove_privilege_from_user(call, remove).await?;
        Ok(Response::new(v1::RemovePrivilegeFromUserResponse {
            access_difference: access_difference::of(&self.app, &written, None).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn list_privilege_users(
        &self,
        request: Request<v1::ListPrivilegeUsersRequest>,
    ) -> Answer<v1::ListPrivilegeUsersResponse> {
        let (caller, request) = open(request)?;
        let name = ("name", PrivilegeId::parse(&request.name));
        let (id, page) = list(name, &request, &self.app.state().tokens, Violations::default())?;
        Ok(Response::new(holders::users(self.app.list_privilege_users(&caller, &page, &id).await?)))
    }
}
