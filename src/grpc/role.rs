//! `RoleService`: decode, call, encode.

use tonic::{Request, Response, async_trait};

use super::convert::consistency::{Past, consistency, get, list};
use super::convert::role_privileges::{self as given, Words};
use super::convert::{access_difference, complete, privilege_group, role as convert, role_update, write};
use super::{Answer, open};
use crate::app::error::Result;
use crate::app::methods;
use crate::app::role_privilege_groups::HowGroupsChange;
use crate::app::role_privileges::HowPrivilegesChange as How;
use crate::app::service::App;
use crate::app::writer::{WriteCall, Written};
use crate::domain::name::RoleId;
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::role_service_server::RoleService;

/// The service.
#[derive(Debug)]
pub(super) struct Roles {
    /// The verbs.
    pub(super) app: App,
}

/// What a role gives, or which groups it refers to, after a change.
struct Changed {
    given: Vec<String>,
    etag: String,
    consistency_token: String,
    access_difference: Option<v1::AccessDifference>,
}

impl Roles {
    async fn change(&self, call: WriteCall, how: How, words: Words<'_>, violations: Violations) -> Result<Changed> {
        let change = given::change(words, how, violations)?;
        let role = change.role.clone();
        let written = self.app.change_role_privileges(call, change).await?;
        self.changed(given::changed(&role, &written)?, &written).await
    }

    async fn change_groups(
        &self,
        call: WriteCall,
        how: HowGroupsChange,
        words: (&str, &[String], &str),
        violations: Violations,
    ) -> Result<Changed> {
        let change = privilege_group::change(words, how, violations)?;
        let role = change.role.clone();
        let written = self.app.change_role_privilege_groups(call, change).await?;
        self.changed(privilege_group::changed(&role, &written)?, &written).await
    }

    async fn changed(&self, (given, etag): (Vec<String>, String), written: &Written) -> Result<Changed> {
        let access_difference = access_difference::of(&self.app, written, None).await?;
        Ok(Changed { given, etag, consistency_token: self.app.token_of(written), access_difference })
    }
}

/// The words of a request that changes what a role gives.
macro_rules! words {
    ($request:ident) => {
        Words {
            name: &$request.name,
            privileges: &$request.privileges,
            patterns: &$request.privilege_patterns,
            etag: &$request.etag,
        }
    };
}

#[async_trait]
impl RoleService for Roles {
    async fn create_role(&self, request: Request<v1::CreateRoleRequest>) -> Answer<v1::CreateRoleResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::CREATE_ROLE, &mut violations);
        let new = convert::new_role(request, self.app.fresh_id()?, violations)?;
        let written = self.app.create_role(call, new).await?;
        Ok(Response::new(v1::CreateRoleResponse {
            role: Some(convert::role(write::made(&written)?, &written.snapshot, true)?),
            access_difference: access_difference::of(&self.app, &written, None).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn get_role(&self, request: Request<v1::GetRoleRequest>) -> Answer<v1::GetRoleResponse> {
        let (caller, request) = open(request)?;
        let tokens = &self.app.state().tokens;
        let (id, wish) = get(RoleId::parse(&request.name), request.consistency.as_ref(), tokens)?;
        let (row, view) = self.app.get_role(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetRoleResponse {
            role: Some(convert::role(&row, view.snapshot(), true)?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn lookup_role(&self, request: Request<v1::LookupRoleRequest>) -> Answer<v1::LookupRoleResponse> {
        let (caller, request) = open(request)?;
        let (mut violations, tokens) = (Violations::default(), &self.app.state().tokens);
        let sought = convert::sought(&request, &mut violations);
        let wish = consistency(request.consistency.as_ref(), Past::Refused, tokens, &mut violations);
        let (((application, tenant), role_name), wish) = complete(violations, sought.zip(wish))?;
        let owner = (&application, tenant.as_ref());
        let (row, view) = self.app.lookup_role(&caller, owner, &role_name, &wish).await?;
        Ok(Response::new(v1::LookupRoleResponse {
            role: Some(convert::role(&row, view.snapshot(), true)?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_roles(&self, request: Request<v1::ListRolesRequest>) -> Answer<v1::ListRolesResponse> {
        let (caller, request) = open(request)?;
        let mut violations = Violations::default();
        let full = convert::list_view(&request, &mut violations);
        let parent = ("parent", convert::parent(&request));
        let ((application, tenant), page) = list(parent, &request, &self.app.state().tokens, violations)?;
        let (owner, shown) = ((&application, tenant.as_ref()), (request.include_application_roles, full));
        let page = self.app.list_roles(&caller, &page, owner, shown).await?;
        let snapshot = page.view.snapshot();
        Ok(Response::new(v1::ListRolesResponse {
            roles: page.rows.iter().map(|row| convert::role(row, snapshot, full)).collect::<Result<_>>()?,
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }

    async fn update_role(&self, request: Request<v1::UpdateRoleRequest>) -> Answer<v1::UpdateRoleResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::UPDATE_ROLE, &mut violations);
        let update = role_update::update_role(request, violations)?;
        let written = self.app.update_role(call, update).await?;
        Ok(Response::new(v1::UpdateRoleResponse {
            role: Some(convert::role(write::made(&written)?, &written.snapshot, true)?),
            access_difference: access_difference::of(&self.app, &written, None).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn delete_role(&self, request: Request<v1::DeleteRoleRequest>) -> Answer<v1::DeleteRoleResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::DELETE_ROLE, &mut violations);
        let delete = convert::delete_role(request, violations)?;
        let written = self.app.delete_role(call, delete).await?;
        Ok(Response::new(v1::DeleteRoleResponse {
            access_difference: access_difference::of(&self.app, &written, None).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn add_role_privileges(
        &self,
        request: Request<v1::AddRolePrivilegesRequest>,
    ) -> Answer<v1::AddRolePrivilegesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::ADD_ROLE_PRIVILEGES, &mut violations);
        let Changed { given: privileges, etag, consistency_token, access_difference } =
            self.change(call, How::Add, words!(request), violations).await?;
        Ok(Response::new(v1::AddRolePrivilegesResponse { privileges, etag, consistency_token, access_difference }))
    }

    async fn set_role_privileges(
        &self,
        request: Request<v1::SetRolePrivilegesRequest>,
    ) -> Answer<v1::SetRolePrivilegesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::SET_ROLE_PRIVILEGES, &mut violations);
        let Changed { given: privileges, etag, consistency_token, access_difference } =
            self.change(call, How::Set, words!(request), violations).await?;
        Ok(Response::new(v1::SetRolePrivilegesResponse { privileges, etag, consistency_token, access_difference }))
    }

    async fn remove_role_privileges(
        &self,
        request: Request<v1::RemoveRolePrivilegesRequest>,
    ) -> Answer<v1::RemoveRolePrivilegesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::REMOVE_ROLE_PRIVILEGES, &mut violations);
        let Changed { given: privileges, etag, consistency_token, access_difference } =
            self.change(call, How::Remove, words!(request), violations).await?;
        Ok(Response::new(v1::RemoveRolePrivilegesResponse { privileges, etag, consistency_token, access_difference }))
    }

    async fn list_role_privileges(
        &self,
        request: Request<v1::ListRolePrivilegesRequest>,
    ) -> Answer<v1::ListRolePrivilegesResponse> {
        let (caller, request) = open(request)?;
        let mut violations = Violations::default();
        let shown = violations.take("view", given::view(request.view));
        let as_holder = violations.take("holder", given::is_holder(&request.holder, &caller));
        let name = ("name", RoleId::parse(&request.name));
        let (role, page) = list(name, &request, &self.app.state().tokens, violations)?;
        let (shown, as_holder) = complete(Violations::default(), shown.zip(as_holder))?;
        let (entries, next, view) = self.app.list_role_privileges(&caller, &page, (&role, as_holder), shown).await?;
        Ok(Response::new(given::page(entries, next, view.token().to_owned())))
    }

    async fn add_role_privilege_groups(
        &self,
        request: Request<v1::AddRolePrivilegeGroupsRequest>,
    ) -> Answer<v1::AddRolePrivilegeGroupsResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::ADD_ROLE_PRIVILEGE_GROUPS, &mut violations);
        let words = (request.name.as_str(), request.privilege_groups.as_slice(), request.etag.as_str());
        let Changed { given: privilege_groups, etag, consistency_token, access_difference } =
            self.change_groups(call, HowGroupsChange::Add, words, violations).await?;
        Ok(Response::new(v1::AddRolePrivilegeGroupsResponse {
            privilege_groups,
            etag,
            consistency_token,
            access_difference,
        }))
    }

    async fn remove_role_privilege_groups(
        &self,
        request: Request<v1::RemoveRolePrivilegeGroupsRequest>,
    ) -> Answer<v1::RemoveRolePrivilegeGroupsResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::REMOVE_ROLE_PRIVILEGE_GROUPS, &mut violations);
        let words = (request.name.as_str(), request.privilege_groups.as_slice(), request.etag.as_str());
        let Changed { given: privilege_groups, etag, consistency_token, access_difference } =
            self.change_groups(call, HowGroupsChange::Remove, words, violations).await?;
        Ok(Response::new(v1::RemoveRolePrivilegeGroupsResponse {
            privilege_groups,
            etag,
            consistency_token,
            access_difference,
        }))
    }

    async fn list_role_privilege_groups(
        &self,
        request: Request<v1::ListRolePrivilegeGroupsRequest>,
    ) -> Answer<v1::ListRolePrivilegeGroupsResponse> {
        let (caller, request) = open(request)?;
        let name = ("name", RoleId::parse(&request.name));
        let (role, page) = list(name, &request, &self.app.state().tokens, Violations::default())?;
        let (privilege_groups, next_page_token, view) =
            self.app.list_role_privilege_groups(&caller, &page, &role).await?;
        let consistency_token = view.token().to_owned();
        Ok(Response::new(v1::ListRolePrivilegeGroupsResponse { privilege_groups, next_page_token, consistency_token }))
    }
}
