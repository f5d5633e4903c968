//! `DirectoryService`: decode, call, encode.

use tonic::{Request, Response, async_trait};

use super::convert::consistency::{get, list};
use super::convert::{clients, groups, int32, users, write};
use super::{Answer, open};
use crate::app::error::Error;
use crate::app::members::MembershipView;
use crate::app::methods;
use crate::app::service::App;
use crate::domain::name::{Subject, parse_top};
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::directory_service_server::DirectoryService;

/// The service.
#[derive(Debug)]
pub(super) struct Directory {
    /// The verbs.
    pub(super) app: App,
}

#[async_trait]
impl DirectoryService for Directory {
    async fn create_user(&self, request: Request<v1::CreateUserRequest>) -> Answer<v1::CreateUserResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::CREATE_USER, &mut violations);
        let new = users::new_user(request, self.app.fresh_id()?, violations)?;
        let written = self.app.create_user(call, new).await?;
        Ok(Response::new(v1::CreateUserResponse {
            user: Some(users::user(write::made(&written)?, &written.snapshot)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn get_user(&self, request: Request<v1::GetUserRequest>) -> Answer<v1::GetUserResponse> {
        let (caller, request) = open(request)?;
        let tokens = &self.app.state().tokens;
        let meant = users::user_meant(&request.name, &caller);
        let (subject, wish) = get(meant, request.consistency.as_ref(), tokens)?;
        // The caller may be a client, and a client is no user.
        let Subject::User(id) = subject else { return Err(Error::not_found("user", &request.name).into()) };
        let (row, view) = self.app.get_user(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetUserResponse {
            user: Some(users::user(&row, view.snapshot())?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_users(&self, request: Request<v1::ListUsersRequest>) -> Answer<v1::ListUsersResponse> {
        let (caller, request) = open(request)?;
        let ((), page) = list(("", Ok(())), &request, &self.app.state().tokens, Violations::default())?;
        let page = self.app.list_users(&caller, &page).await?;
        let snapshot = page.view.snapshot();
        Ok(Response::new(v1::ListUsersResponse {
            users: page.rows.iter().map(|row| users::user(row, snapshot)).collect::<Result<_, _>>()?,
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }

    async fn update_user(&self, request: Request<v1::UpdateUserRequest>) -> Answer<v1::UpdateUserResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::UPDATE_USER, &mut violations);
        let written = self.app.update_user(call, users::update_user(request, violations)?).await?;
        Ok(Response::new(v1::UpdateUserResponse {
            user: Some(users::user(write::made(&written)?, &written.snapshot)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn delete_user(&self, request: Request<v1::DeleteUserRequest>) -> Answer<v1::DeleteUserResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::DELETE_USER, &mut violations);
        let delete = users::delete_user(request, violations)?;
        let written = self.app.delete_user(call, delete).await?;
        Ok(Response::new(v1::DeleteUserResponse { consistency_token: self.app.token_of(&written) }))
    }

    async fn create_client(&self, request: Request<v1::CreateClientRequest>) -> Answer<v1::CreateClientResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::CREATE_CLIENT, &mut violations);
        let new = clients::new_client(request, self.app.fresh_id()?, violations)?;
        let written = self.app.create_client(call, new).await?;
        Ok(Response::new(v1::CreateClientResponse {
            client: Some(clients::client(write::made(&written)?, &written.snapshot)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn get_client(&self, request: Request<v1::GetClientRequest>) -> Answer<v1::GetClientResponse> {
        let (caller, request) = open(request)?;
        let tokens = &self.app.state().tokens;
        let (id, wish) = get(parse_top("clients", &request.name), request.consistency.as_ref(), tokens)?;
        let (row, view) = self.app.get_client(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetClientResponse {
            client: Some(clients::client(&row, view.snapshot())?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_clients(&self, request: Request<v1::ListClientsRequest>) -> Answer<v1::ListClientsResponse> {
        let (caller, request) = open(request)?;
        let ((), page) = list(("", Ok(())), &request, &self.app.state().tokens, Violations::default())?;
        let page = self.app.list_clients(&caller, &page).await?;
        let snapshot = page.view.snapshot();
        Ok(Response::new(v1::ListClientsResponse {
            clients: page.rows.iter().map(|row| clients::client(row, snapshot)).collect::<Result<_, _>>()?,
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }

    async fn update_client(&self, request: Request<v1::UpdateClientRequest>) -> Answer<v1::UpdateClientResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::UPDATE_CLIENT, &mut violations);
        let written = self.app.update_client(call, clients::update_client(request, violations)?).await?;
        Ok(Response::new(v1::UpdateClientResponse {
            client: Some(clients::client(write::made(&written)?, &written.snapshot)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn delete_client(&self, request: Request<v1::DeleteClientRequest>) -> Answer<v1::DeleteClientResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::DELETE_CLIENT, &mut violations);
        let written = self.app.delete_client(call, clients::delete_client(request, violations)?).await?;
        Ok(Response::new(v1::DeleteClientResponse { consistency_token: self.app.token_of(&written) }))
    }

    async fn create_group(&self, request: Request<v1::CreateGroupRequest>) -> Answer<v1::CreateGroupResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::CREATE_GROUP, &mut violations);
        let new = groups::new_group(request, self.app.fresh_id()?, violations)?;
        let written = self.app.create_group(call, new).await?;
        Ok(Response::new(v1::CreateGroupResponse {
            group: Some(groups::group(write::made(&written)?)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn get_group(&self, request: Request<v1::GetGroupRequest>) -> Answer<v1::GetGroupResponse> {
        let (caller, request) = open(request)?;
        let tokens = &self.app.state().tokens;
        let (id, wish) = get(parse_top("groups", &request.name), request.consistency.as_ref(), tokens)?;
        let (row, view) = self.app.get_group(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetGroupResponse {
            group: Some(groups::group(&row)?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_groups(&self, request: Request<v1::ListGroupsRequest>) -> Answer<v1::ListGroupsResponse> {
        let (caller, request) = open(request)?;
        let ((), page) = list(("", Ok(())), &request, &self.app.state().tokens, Violations::default())?;
        let page = self.app.list_groups(&caller, &page).await?;
        Ok(Response::new(v1::ListGroupsResponse {
            groups: page.rows.iter().map(groups::group).collect::<Result<_, _>>()?,
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }

    async fn add_group_members(
        &self,
        request: Request<v1::AddGroupMembersRequest>,
    ) -> Answer<v1::AddGroupMembersResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::ADD_GROUP_MEMBERS, &mut violations);
        let change = groups::change_members((&request.name, &request.members), true, violations)?;
        let written = self.app.change_members(call, change).await?;
        Ok(Response::new(v1::AddGroupMembersResponse {
            added_count: int32(written.receipt.created),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn remove_group_members(
        &self,
        request: Request<v1::RemoveGroupMembersRequest>,
    ) -> Answer<v1::RemoveGroupMembersResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::REMOVE_GROUP_MEMBERS, &mut violations);
        let change = groups::change_members((&request.name, &request.members), false, violations)?;
        let written = self.app.change_members(call, change).await?;
        Ok(Response::new(v1::RemoveGroupMembersResponse {
            removed_count: int32(written.receipt.deleted),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn update_group(&self, request: Request<v1::UpdateGroupRequest>) -> Answer<v1::UpdateGroupResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::UPDATE_GROUP, &mut violations);
        let written = self.app.update_group(call, groups::update_group(request, violations)?).await?;
        Ok(Response::new(v1::UpdateGroupResponse {
            group: Some(groups::group(write::made(&written)?)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn delete_group(&self, request: Request<v1::DeleteGroupRequest>) -> Answer<v1::DeleteGroupResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::DELETE_GROUP, &mut violations);
        let written = self.app.delete_group(call, groups::delete_group(request, violations)?).await?;
        Ok(Response::new(v1::DeleteGroupResponse { consistency_token: self.app.token_of(&written) }))
    }

    async fn batch_delete_groups(
        &self,
        request: Request<v1::BatchDeleteGroupsRequest>,
    ) -> Answer<v1::BatchDeleteGroupsResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::BATCH_DELETE_GROUPS, &mut violations);
        let delete = groups::delete_groups(&request, violations)?;
        let named = delete.ids.len() as u64;
        let written = self.app.delete_groups(call, delete).await?;
        Ok(Response::new(v1::BatchDeleteGroupsResponse {
            deleted_count: int32(named.saturating_sub(written.receipt.unchanged)),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn set_group_members(
        &self,
        request: Request<v1::SetGroupMembersRequest>,
    ) -> Answer<v1::SetGroupMembersResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::SET_GROUP_MEMBERS, &mut violations);
        let written = self.app.set_members(call, groups::set_members(request, violations)?).await?;
        Ok(Response::new(v1::SetGroupMembersResponse {
            added_count: int32(written.receipt.created),
            removed_count: int32(written.receipt.deleted),
            etag: groups::group(write::made(&written)?)?.etag,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn list_group_members(
        &self,
        request: Request<v1::ListGroupMembersRequest>,
    ) -> Answer<v1::ListGroupMembersResponse> {
        let (caller, request) = open(request)?;
        let mut violations = Violations::default();
        let shown = violations.take("view", groups::membership_view(request.view)).unwrap_or(MembershipView::Direct);
        let group = parse_top("groups", &request.name);
        let (group, page) = list(("name", group), &request, &self.app.state().tokens, violations)?;
        let page = self.app.list_group_members(&caller, &page, &group, shown).await?;
        Ok(Response::new(v1::ListGroupMembersResponse {
            memberships: page.memberships.iter().map(groups::membership).collect(),
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }

    async fn list_user_groups(
        &self,
        request: Request<v1::ListUserGroupsRequest>,
    ) -> Answer<v1::ListUserGroupsResponse> {
        let (caller, request) = open(request)?;
        let mut violations = Violations::default();
        let shown = violations.take("view", groups::membership_view(request.view)).unwrap_or(MembershipView::Direct);
        let meant = users::user_meant(&request.name, &caller);
        let (subject, page) = list(("name", meant), &request, &self.app.state().tokens, violations)?;
        let page = self.app.list_user_groups(&caller, &page, &subject, shown).await?;
        Ok(Response::new(v1::ListUserGroupsResponse {
            memberships: page.memberships.iter().map(groups::membership).collect(),
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }
}
