//! `ResourceService`: decode, call, encode.

use tonic::{Request, Response, Status, Streaming, async_trait};

use super::convert::consistency::{get, list};
use super::convert::{int32, resource as convert, write};
use super::{Answer, open, status};
use crate::app::error::Error;
use crate::app::methods;
use crate::app::service::App;
use crate::domain::name::{self, ResourceId};
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::import_resources_request::Part;
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
            resource: Some(convert::resource(write::made(&written)?, &written.snapshot)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn get_resource(&self, request: Request<v1::GetResourceRequest>) -> Answer<v1::GetResourceResponse> {
        let (caller, request) = open(request)?;
        let name = ResourceId::parse(&request.name);
        let (id, wish) = get(name, request.consistency.as_ref(), &self.app.state().tokens)?;
        let (row, view) = self.app.get_resource(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetResourceResponse {
            resource: Some(convert::resource(&row, view.snapshot())?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_resources(&self, request: Request<v1::ListResourcesRequest>) -> Answer<v1::ListResourcesResponse> {
        let (caller, request) = open(request)?;
        let parent = ("parent", name::parse_application(&request.parent));
        let (application, page) = list(parent, &request, &self.app.state().tokens, Violations::default())?;
        let page = self.app.list_resources(&caller, &application, &page).await?;
        let shown = page.rows.iter().map(|row| convert::resource(row, page.view.snapshot()));
        Ok(Response::new(v1::ListResourcesResponse {
            resources: shown.collect::<Result<_, _>>()?,
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
            resource: Some(convert::resource(write::made(&written)?, &written.snapshot)?),
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

    async fn batch_upsert_resources(
        &self,
        request: Request<v1::BatchUpsertResourcesRequest>,
    ) -> Answer<v1::BatchUpsertResourcesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::BATCH_UPSERT_RESOURCES, &mut violations);
        let written = self.app.upsert_resources(call, convert::upserts(request, violations)?).await?;
        Ok(Response::new(convert::upserted(&written.receipt, self.app.token_of(&written))))
    }

    async fn batch_update_relations(
        &self,
        request: Request<v1::BatchUpdateRelationsRequest>,
    ) -> Answer<v1::BatchUpdateRelationsResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::BATCH_UPDATE_RELATIONS, &mut violations);
        let written = self.app.update_relations(call, convert::relations(&request, violations)?).await?;
        Ok(Response::new(v1::BatchUpdateRelationsResponse {
            added_count: int32(written.receipt.created),
            removed_count: int32(written.receipt.deleted),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn import_resources(
        &self,
        request: Request<Streaming<v1::ImportResourcesRequest>>,
    ) -> Answer<v1::ImportResourcesResponse> {
        let (caller, mut messages) = open(request)?;
        let options = match next(&mut messages).await? {
            Some(Part::Options(options)) => convert::import_options(&options)?,
            _ => return Err(Error::invalid("options", "must be set in the first message").into()),
        };
        let mut import = self.app.import_resources(&caller, options).await?;
        while let Some(part) = next(&mut messages).await? {
            let Part::Chunk(chunk) = part else {
                return Err(Error::invalid("options", "must be set in the first message only").into());
            };
            let (chunk, hash) = convert::chunk(import.application(), import.chunks(), chunk)?;
            import.feed(chunk, hash).await?;
        }
        Ok(Response::new(convert::imported(import.finish().await?)))
    }
}

/// The next part of an import; `None` after the last message.
async fn next(messages: &mut Streaming<v1::ImportResourcesRequest>) -> Result<Option<Part>, Status> {
    match messages.message().await.map_err(|status| status::with_reason(&status))? {
        None => Ok(None),
        Some(v1::ImportResourcesRequest { part: Some(part) }) => Ok(Some(part)),
        Some(v1::ImportResourcesRequest { part: None }) => Err(Error::invalid("part", "must be set").into()),
    }
}
