//! `ApplicationService`: decode, call, encode.

use tonic::{Request, Response, async_trait};

use super::convert::consistency::{get, list};
use super::convert::{application as convert, write};
use super::{Answer, open};
use crate::app::methods;
use crate::app::service::App;
use crate::domain::name::{TenantId, parse_application};
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::application_service_server::ApplicationService;

/// The service.
#[derive(Debug)]
pub(super) struct Applications {
    /// The verbs.
    pub(super) app: App,
}

#[async_trait]
impl ApplicationService for Applications {
    async fn create_application(
        &self,
        request: Request<v1::CreateApplicationRequest>,
    ) -> Answer<v1::CreateApplicationResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::CREATE_APPLICATION, &mut violations);
        let new = convert::new_application(request, self.app.fresh_id()?, violations)?;
        let written = self.app.create_application(call, new).await?;
        Ok(Response::new(v1::CreateApplicationResponse {
            application: Some(convert::application(write::made(&written)?)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn get_application(&self, request: Request<v1::GetApplicationRequest>) -> Answer<v1::GetApplicationResponse> {
        let (caller, request) = open(request)?;
        let tokens = &self.app.state().tokens;
        let (id, wish) = get(parse_application(&request.name), request.consistency.as_ref(), tokens)?;
        let (row, view) = self.app.get_application(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetApplicationResponse {
            application: Some(convert::application(&row)?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_applications(
        &self,
        request: Request<v1::ListApplicationsRequest>,
    ) -> Answer<v1::ListApplicationsResponse> {
        let (caller, request) = open(request)?;
        let ((), page) = list(("", Ok(())), &request, &self.app.state().tokens, Violations::default())?;
        let page = self.app.list_applications(&caller, &page).await?;
        Ok(Response::new(v1::ListApplicationsResponse {
            applications: page.rows.iter().map(convert::application).collect::<Result<_, _>>()?,
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }

    async fn update_application(
        &self,
        request: Request<v1::UpdateApplicationRequest>,
    ) -> Answer<v1::UpdateApplicationResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::UPDATE_APPLICATION, &mut violations);
        let update = convert::update_application(request, violations)?;
        let written = self.app.update_application(call, update).await?;
        Ok(Response::new(v1::UpdateApplicationResponse {
            application: Some(convert::application(write::made(&written)?)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn delete_application(
        &self,
        request: Request<v1::DeleteApplicationRequest>,
    ) -> Answer<v1::DeleteApplicationResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::DELETE_APPLICATION, &mut violations);
        let delete = convert::delete_application(request, violations)?;
        let written = self.app.delete_application(call, delete).await?;
        Ok(Response::new(v1::DeleteApplicationResponse { consistency_token: self.app.token_of(&written) }))
    }

    async fn create_tenant(&self, request: Request<v1::CreateTenantRequest>) -> Answer<v1::CreateTenantResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::CREATE_TENANT, &mut violations);
        let new = convert::new_tenant(request, self.app.fresh_id()?, violations)?;
        let written = self.app.create_tenant(call, new).await?;
        Ok(Response::new(v1::CreateTenantResponse {
            tenant: Some(convert::tenant(write::made(&written)?)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn get_tenant(&self, request: Request<v1::GetTenantRequest>) -> Answer<v1::GetTenantResponse> {
        let (caller, request) = open(request)?;
        let tokens = &self.app.state().tokens;
        let (id, wish) = get(TenantId::parse(&request.name), request.consistency.as_ref(), tokens)?;
        let (row, view) = self.app.get_tenant(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetTenantResponse {
            tenant: Some(convert::tenant(&row)?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_tenants(&self, request: Request<v1::ListTenantsRequest>) -> Answer<v1::ListTenantsResponse> {
        let (caller, request) = open(request)?;
        let parent = ("parent", parse_application(&request.parent));
        let (application, page) = list(parent, &request, &self.app.state().tokens, Violations::default())?;
        let page = self.app.list_tenants(&caller, &application, &page).await?;
        Ok(Response::new(v1::ListTenantsResponse {
            tenants: page.rows.iter().map(convert::tenant).collect::<Result<_, _>>()?,
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }

    async fn update_tenant(&self, request: Request<v1::UpdateTenantRequest>) -> Answer<v1::UpdateTenantResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::UPDATE_TENANT, &mut violations);
        let update = convert::update_tenant(request, violations)?;
        let written = self.app.update_tenant(call, update).await?;
        Ok(Response::new(v1::UpdateTenantResponse {
            tenant: Some(convert::tenant(write::made(&written)?)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn delete_tenant(&self, request: Request<v1::DeleteTenantRequest>) -> Answer<v1::DeleteTenantResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::DELETE_TENANT, &mut violations);
        let delete = convert::delete_tenant(request, violations)?;
        let written = self.app.delete_tenant(call, delete).await?;
        Ok(Response::new(v1::DeleteTenantResponse { consistency_token: self.app.token_of(&written) }))
    }
}
