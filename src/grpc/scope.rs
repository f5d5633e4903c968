//! `ScopeService`: decode, call, encode.

use tonic::{Request, Response, async_trait};

use super::convert::consistency::{get, list};
use super::convert::{int32, int64, scope as convert, traversal_spec, write};
use super::{Answer, open};
use crate::app::error::{Error, Result};
use crate::app::methods;
use crate::app::selections::ShownInstance;
use crate::app::service::App;
use crate::app::state::Snapshot;
use crate::app::writer::Written;
use crate::domain::name::{self, ScopeId, TraversalSpecId};
use crate::domain::row::Row;
use crate::domain::scope::Selector;
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::scope_service_server::ScopeService;

/// The service.
#[derive(Debug)]
pub(super) struct Scopes {
    /// The verbs.
    pub(super) app: App,
}

impl Scopes {
    /// Scopes with their instances in a state; without them unless `full`.
    async fn shown(&self, rows: &[Row], snapshot: &Snapshot, full: bool) -> Result<Vec<v1::Scope>> {
        let selectors = rows.iter().filter_map(|row| match row {
            Row::Scope(scope) => Some(Selector::Scope(scope.id.clone())),
            _ => None,
        });
        let mut instances: Vec<Vec<ShownInstance>> = vec![Vec::new(); rows.len()];
        if full {
            instances = self.app.shown_instances(snapshot, &selectors.collect::<Vec<_>>()).await?;
        }
        rows.iter().zip(instances).map(|(row, instances)| convert::scope(row, instances)).collect()
    }

    async fn shown_one(&self, row: &Row, snapshot: &Snapshot) -> Result<v1::Scope> {
        self.shown(std::slice::from_ref(row), snapshot, true).await?.pop().ok_or(Error::Internal)
    }

    async fn made(&self, written: &Written) -> Result<Option<v1::Scope>> {
        self.shown_one(write::made(written)?, &written.snapshot).await.map(Some)
    }
}

#[async_trait]
impl ScopeService for Scopes {
    async fn create_scope(&self, request: Request<v1::CreateScopeRequest>) -> Answer<v1::CreateScopeResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::CREATE_SCOPE, &mut violations);
        let new = convert::new_scope(request, self.app.fresh_id()?, violations)?;
        let written = self.app.create_scope(call, new).await?;
        Ok(Response::new(v1::CreateScopeResponse {
            scope: self.made(&written).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn get_scope(&self, request: Request<v1::GetScopeRequest>) -> Answer<v1::GetScopeResponse> {
        let (caller, request) = open(request)?;
        let tokens = &self.app.state().tokens;
        let (id, wish) = get(ScopeId::parse(&request.name), request.consistency.as_ref(), tokens)?;
        let (row, view) = self.app.get_scope(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetScopeResponse {
            scope: Some(self.shown_one(&row, view.snapshot()).await?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_scopes(&self, request: Request<v1::ListScopesRequest>) -> Answer<v1::ListScopesResponse> {
        let (caller, request) = open(request)?;
        let mut violations = Violations::default();
        let full = convert::list_view(&request, &mut violations);
        let parent = ("parent", name::parse_application(&request.parent));
        let (application, page) = list(parent, &request, &self.app.state().tokens, violations)?;
        let page = self.app.list_scopes(&caller, (&application, full), &page).await?;
        Ok(Response::new(v1::ListScopesResponse {
            scopes: self.shown(&page.rows, page.view.snapshot(), full).await?,
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }

    async fn update_scope(&self, request: Request<v1::UpdateScopeRequest>) -> Answer<v1::UpdateScopeResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::UPDATE_SCOPE, &mut violations);
        let written = self.app.update_scope(call, convert::update_scope(request, violations)?).await?;
        Ok(Response::new(v1::UpdateScopeResponse {
            scope: self.made(&written).await?,
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn delete_scope(&self, request: Request<v1::DeleteScopeRequest>) -> Answer<v1::DeleteScopeResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::DELETE_SCOPE, &mut violations);
        let written = self.app.delete_scope(call, convert::delete_scope(request, violations)?).await?;
        Ok(Response::new(v1::DeleteScopeResponse { consistency_token: self.app.token_of(&written) }))
    }

    async fn batch_delete_scopes(
        &self,
        request: Request<v1::BatchDeleteScopesRequest>,
    ) -> Answer<v1::BatchDeleteScopesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::BATCH_DELETE_SCOPES, &mut violations);
        let delete = convert::delete_scopes(&request, violations)?;
        let named = delete.ids.len() as u64;
        let written = self.app.delete_scopes(call, delete).await?;
        Ok(Response::new(v1::BatchDeleteScopesResponse {
            deleted_count: int32(named.saturating_sub(written.receipt.unchanged)),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn list_scope_resources(
        &self,
        request: Request<v1::ListScopeResourcesRequest>,
    ) -> Answer<v1::ListScopeResourcesResponse> {
        let (caller, request) = open(request)?;
        let named = ("name", ScopeId::parse(&request.name));
        let (id, page) = list(named, &request, &self.app.state().tokens, Violations::default())?;
        let page = self.app.list_scope_resources(&caller, &id, &page).await?;
        Ok(Response::new(v1::ListScopeResourcesResponse {
            resources: page.resources.iter().map(ToString::to_string).collect(),
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
            total_size: int64(page.total as u64),
        }))
    }

    async fn create_traversal_spec(
        &self,
        request: Request<v1::CreateTraversalSpecRequest>,
    ) -> Answer<v1::CreateTraversalSpecResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::CREATE_TRAVERSAL_SPEC, &mut violations);
        let new = traversal_spec::new_spec(request, self.app.fresh_id()?, violations)?;
        let written = self.app.create_traversal_spec(call, new).await?;
        Ok(Response::new(v1::CreateTraversalSpecResponse {
            traversal_spec: Some(traversal_spec::spec(write::made(&written)?)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn get_traversal_spec(
        &self,
        request: Request<v1::GetTraversalSpecRequest>,
    ) -> Answer<v1::GetTraversalSpecResponse> {
        let (caller, request) = open(request)?;
        let tokens = &self.app.state().tokens;
        let (id, wish) = get(TraversalSpecId::parse(&request.name), request.consistency.as_ref(), tokens)?;
        let (row, view) = self.app.get_traversal_spec(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetTraversalSpecResponse {
            traversal_spec: Some(traversal_spec::spec(&row)?),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_traversal_specs(
        &self,
        request: Request<v1::ListTraversalSpecsRequest>,
    ) -> Answer<v1::ListTraversalSpecsResponse> {
        let (caller, request) = open(request)?;
        let parent = ("parent", name::parse_application(&request.parent));
        let (application, page) = list(parent, &request, &self.app.state().tokens, Violations::default())?;
        let page = self.app.list_traversal_specs(&caller, &application, &page).await?;
        Ok(Response::new(v1::ListTraversalSpecsResponse {
            traversal_specs: page.rows.iter().map(traversal_spec::spec).collect::<Result<_>>()?,
            next_page_token: page.next_page_token,
            consistency_token: page.view.token().to_owned(),
        }))
    }

    async fn update_traversal_spec(
        &self,
        request: Request<v1::UpdateTraversalSpecRequest>,
    ) -> Answer<v1::UpdateTraversalSpecResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::UPDATE_TRAVERSAL_SPEC, &mut violations);
        let update = traversal_spec::update_spec(request, violations)?;
        let written = self.app.update_traversal_spec(call, update).await?;
        Ok(Response::new(v1::UpdateTraversalSpecResponse {
            traversal_spec: Some(traversal_spec::spec(write::made(&written)?)?),
            consistency_token: self.app.token_of(&written),
        }))
    }

    async fn delete_traversal_spec(
        &self,
        request: Request<v1::DeleteTraversalSpecRequest>,
    ) -> Answer<v1::DeleteTraversalSpecResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::DELETE_TRAVERSAL_SPEC, &mut violations);
        let delete = traversal_spec::delete_spec(request, violations)?;
        let written = self.app.delete_traversal_spec(call, delete).await?;
        Ok(Response::new(v1::DeleteTraversalSpecResponse { consistency_token: self.app.token_of(&written) }))
    }
}
