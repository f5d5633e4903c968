//! `ResourceService`: decode, call, encode.

use tonic::{Request, Response, async_trait};

use super::convert::consistency::{get, list};
use super::convert::{resource as convert, write};
use super::{Answer, open};
use crate::app::methods;
use crate::app::service::App;
use crate::domain::name::{self, ResourceId};
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::resource_service_server::ResourceService;

/// The service.
#[derive(Debug)]
pub(super) struct Resources {
    /// The verbs.
    pub(super) app: App,
}

#[async_trait]
impl ResourceService for Resources {
    async fn create_resource(&self, request: Request<v1::CreateResourceRequest>) -> Answer<v1::CreateResourceResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::CREATE_RESOURCE, &mut violations);
        let new = convert::new_resource(request, violations)?;
        let written = self.app.create_resource(call, new).await?;
        Ok(Response::new(v1::CreateResourceResponse {
            resource: Some(convert::resource(write::made(&written)?)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn get_resource(&self, request: Request<v1::GetResourceRequest>) -> Answer<v1::GetResourceResponse> {
        let (caller, request) = open(request)?;
        let name = ResourceId::parse(&request.name);
        let (id, wish) = get(name, request.consistency.as_ref(), &self.app.state().tokens)?;
        let (row, view) = self.app.get_resource(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetResourceResponse {
            resource: Some(convert::resource(&row)?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_resources(&self, request: Request<v1::ListResourcesRequest>) -> Answer<v1::ListResourcesResponse> {
        let (caller, request) = open(request)?;
        let parent = ("parent", name::parse_application(&request.parent));
        let (application, page) = list(parent, &request, &self.app.state().tokens, Violations::default())?;
        let page = self.app.list_resources(&caller, &application, &page).await?;
        Ok(Response::new(v1::ListResourcesResponse {
            resources: page.rows.iter().map(convert::resource).collect::<Result<_, _>>()?,
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }

    async fn update_resource(&self, request: Request<v1::UpdateResourceRequest>) -> Answer<v1::UpdateResourceResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::UPDATE_RESOURCE, &mut violations);
        let update = convert::update_resource(request, violations)?;
        let written = self.app.update_resource(call, update).await?;
        Ok(Response::new(v1::UpdateResourceResponse {
            resource: Some(convert::resource(write::made(&written)?)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn delete_resource(&self, request: Request<v1::DeleteResourceRequest>) -> Answer<v1::DeleteResourceResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::DELETE_RESOURCE, &mut violations);
        let delete = convert::delete_resource(request, violations)?;
        let written = self.app.delete_resource(call, delete).await?;
        Ok(Response::new(v1::DeleteResourceResponse { consistency_token: self.app.token_of(&written) }))
    }
}
