//! `BoundaryService`: decode, call, encode.

use tonic::{Request, Response, async_trait};

use super::convert::consistency::{get, list};
use super::convert::{access_difference, boundary as convert, write};
use super::{Answer, open};
use crate::app::methods;
use crate::app::service::App;
use crate::domain::name::{self, BoundaryId};
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::boundary_service_server::BoundaryService;

/// The service.
#[derive(Debug)]
pub(super) struct Boundaries {
    /// The verbs.
    pub(super) app: App,
}

#[async_trait]
impl BoundaryService for Boundaries {
    async fn create_permission_boundary(
        &self,
        request: Request<v1::CreatePermissionBoundaryRequest>,
    ) -> Answer<v1::CreatePermissionBoundaryResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::CREATE_PERMISSION_BOUNDARY, &mut violations);
        let new = convert::new_boundary(request, self.app.fresh_id()?, violations)?;
        let written = self.app.create_boundary(call, new).await?;
        Ok(Response::new(v1::CreatePermissionBoundaryResponse {
            permission_boundary: Some(convert::boundary(write::made(&written)?, &written.snapshot)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn get_permission_boundary(
        &self,
        request: Request<v1::GetPermissionBoundaryRequest>,
    ) -> Answer<v1::GetPermissionBoundaryResponse> {
        let (caller, request) = open(request)?;
        let tokens = &self.app.state().tokens;
        let (id, wish) = get(BoundaryId::parse(&request.name), request.consistency.as_ref(), tokens)?;
        let (row, view) = self.app.get_boundary(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetPermissionBoundaryResponse {
            permission_boundary: Some(convert::boundary(&row, view.snapshot())?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_permission_boundaries(
        &self,
        request: Request<v1::ListPermissionBoundariesRequest>,
    ) -> Answer<v1::ListPermissionBoundariesResponse> {
        let (caller, request) = open(request)?;
        let parent = ("parent", name::parse_application(&request.parent));
        let (application, page) = list(parent, &request, &self.app.state().tokens, Violations::default())?;
        let page = self.app.list_boundaries(&caller, &application, &page).await?;
        let snapshot = page.view.snapshot();
        let shown = page.rows.iter().map(|row| convert::boundary(row, snapshot));
        Ok(Response::new(v1::ListPermissionBoundariesResponse {
            permission_boundaries: shown.collect::<Result<_, _>>()?,
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }

    async fn update_permission_boundary(
        &self,
        request: Request<v1::UpdatePermissionBoundaryRequest>,
    ) -> Answer<v1::UpdatePermissionBoundaryResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::UPDATE_PERMISSION_BOUNDARY, &mut violations);
        let written = self.app.update_boundary(call, convert::update_boundary(request, violations)?).await?;
        Ok(Response::new(v1::UpdatePermissionBoundaryResponse {
            permission_boundary: Some(convert::boundary(write::made(&written)?, &written.snapshot)?),
            access_difference: access_difference::of(&self.app, &written, None).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn delete_permission_boundary(
        &self,
        request: Request<v1::DeletePermissionBoundaryRequest>,
    ) -> Answer<v1::DeletePermissionBoundaryResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::DELETE_PERMISSION_BOUNDARY, &mut violations);
        let delete = convert::delete_boundary(request, violations)?;
        let written = self.app.delete_boundary(call, delete).await?;
        Ok(Response::new(v1::DeletePermissionBoundaryResponse { consistency_token: self.app.token_of(&written) }))
    }
}
