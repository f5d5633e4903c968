//! Resources of other services: register, get, list, move.
//!
//! Where a resource lives, and what it is below, decide who reaches it. So whoever says where it lives needs the
//! privilege there: on the tenant, or, for one that lives in none, on the whole application; and who moves it, on both
//! places. Whoever puts it below another one, or takes it away from there, needs the privilege on that one as well.

mod delete;
mod import;
mod places;
mod relations;
mod upsert;

use std::collections::BTreeSet;

use async_trait::async_trait;

pub use self::delete::DeleteResource;
pub(super) use self::delete::delete_resources;
pub use self::import::{ImportProgress, ImportResources, Options};
pub use self::relations::{Relation, UpdateRelations};
pub use self::upsert::{Upsert, UpsertResources};

use self::places::placed_in_one;
use self::relations::{Standing, set_parents};
use super::authority::Thing;
use super::caller::Caller;
use super::consistency::Consistency;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::listing::{Page, PageRequest};
use super::methods;
use super::port::{Collection, Condition, Field, Receipt};
use super::service::{App, authority, require_etag};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::id::{Id, ResourceKind};
use crate::domain::limit::PAGE_SIZE_MAX;
use crate::domain::name::{ResourceId, ResourceKey, TenantId};
use crate::domain::resource::Resource;
use crate::domain::row::{Key, Row, Stamp};
use crate::domain::violation::Malformed;

/// A resource to be registered.
#[derive(Clone, Debug)]
pub struct NewResource {
    /// Its identity.
    pub id: ResourceId,
    /// Where it shall live.
    pub tenant: Option<Id>,
    /// What it shall be directly below.
    pub parents: BTreeSet<ResourceKey>,
}

#[async_trait]
impl Operation for NewResource {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let tenant_level = self.tenant.is_some();
        let row = Resource { id: self.id.clone(), tenant: self.tenant.clone(), tenant_level, stamp: Stamp::default() };
        let tenant = row.tenant_id();
        draft.authority().require(&methods::CREATE_RESOURCE, &home(&self.id, tenant.as_ref()))?;
        let mut standing = Standing::new(&methods::CREATE_RESOURCE);
        // That it cannot be below itself is said of the outcome.
        for parent in self.parents.iter().filter(|parent| **parent != self.id.key()) {
            standing.require_gain(draft, &parent.clone().of(&self.id.application))?;
        }
        let key = Key::Resource(self.id.clone());
        if draft.contains(&key) {
            return Err(Error::AlreadyExists { kind: "resource", name: self.id.to_string() });
        }
        draft.put(Row::Resource(row)).await?;
        set_parents(draft, &self.id, &BTreeSet::new(), &self.parents).await?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// Where a resource lives: in a tenant, or in its application alone.
fn home<'a>(id: &ResourceId, tenant: Option<&'a TenantId>) -> Thing<'a> {
    Thing::owner(&id.application, tenant)
}

/// A resource to be changed; `None` leaves it where it is.
#[derive(Clone, Debug)]
pub struct UpdateResource {
    /// Its identity.
    pub id: ResourceId,
    /// Where it shall live.
    pub tenant: Option<Option<Id>>,
    /// What it shall be directly below.
    pub parents: Option<BTreeSet<ResourceKey>>,
    /// Empty, or the etag that it must have.
    pub etag: String,
}

#[async_trait]
impl Operation for UpdateResource {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::resource(&self.id);
        draft.authority().require(&methods::UPDATE_RESOURCE, &thing)?;
        let key = Key::Resource(self.id.clone());
        let Some(Row::Resource(mut row)) = draft.get(&key).await? else { return Err(Error::Internal) };
        require_etag(&self.etag, &thing.name, &row.stamp)?;
        if let Some(tenant) = self.tenant.take().filter(|tenant| *tenant != row.tenant) {
            row.tenant = tenant;
            row.tenant_level = true;
            draft.authority().require(&methods::UPDATE_RESOURCE, &home(&self.id, row.tenant_id().as_ref()))?;
        }
        draft.put(Row::Resource(row)).await?;
        if let Some(parents) = &self.parents {
            let old: BTreeSet<ResourceKey> = draft.before().parents_of(&self.id).into_iter().collect();
            let mut standing = Standing::new(&methods::UPDATE_RESOURCE);
            for parent in parents.difference(&old) {
                standing.require_gain(draft, &parent.clone().of(&self.id.application))?;
            }
            for parent in old.difference(parents) {
                standing.require(draft, &parent.clone().of(&self.id.application))?;
            }
            set_parents(draft, &self.id, &old, parents).await?;
        }
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

const FIELDS: &filter::Fields =
    &[("kind", Field::ResourceKind), ("id", Field::ResourceId), ("tenant", Field::Tenant), ("parent", Field::Parent)];

fn tenant_of(application: &Id, text: &str) -> std::result::Result<TenantId, Malformed> {
    let tenant = TenantId::parse(text)?;
    if tenant.application == *application {
        return Ok(tenant);
    }
    Err(Malformed::new(format!("must be a tenant of applications/{application}")))
}

/// What the conditions name: where the privilege is needed, and what the resources are below.
#[derive(Default)]
struct Named {
    tenant: Option<TenantId>,
    parents: Vec<ResourceId>,
}

impl Named {
    /// Checks the conditions.
    fn of(conditions: &[Condition], application: &Id) -> Result<Self> {
        let mut named = Self::default();
        for condition in conditions {
            match condition.field {
                Field::Tenant => named.tenant = Some(filter::value(condition, |text| tenant_of(application, text))?),
                Field::ResourceKind => filter::value(condition, ResourceKind::check_form)?,
                Field::Parent => named.parents.push(filter::value(condition, ResourceKey::parse)?.of(application)),
                _ => {}
            }
        }
        Ok(named)
    }
}

impl App {
    /// Registers a resource.
    pub async fn create_resource(&self, call: WriteCall, new: NewResource) -> Result<Written> {
        self.write(call, new).await.map_err(placed_in_one)
    }

    /// Moves a resource.
    pub async fn update_resource(&self, call: WriteCall, update: UpdateResource) -> Result<Written> {
        self.write(call, update).await.map_err(placed_in_one)
    }

    /// A resource.
    pub async fn get_resource(&self, caller: &Caller, id: &ResourceId, wish: &Consistency) -> Result<(Row, View)> {
        let view = self.view(wish).await?;
        let thing = Thing::resource(id);
        authority(&view, caller).require(&methods::GET_RESOURCE, &thing)?;
        self.read_one(view, &Key::Resource(id.clone()), thing.kind, &thing.name).await
    }

    /// A page of an application's resources.
    pub async fn list_resources(&self, caller: &Caller, application: &Id, page: &PageRequest) -> Result<Page> {
        let question = page.question(caller, methods::LIST_RESOURCES.path, application.as_str());
        let conditions = filter::parse(&page.filter, FIELDS)?;
        let named = Named::of(&conditions, application)?;
        let view = self.page_view(page, &question).await?;
        authority(&view, caller)
            .require(&methods::LIST_RESOURCES, &Thing::owner(application, named.tenant.as_ref()))?;
        let size = page.size(PAGE_SIZE_MAX)?;
        if !named.parents.iter().all(|parent| view.snapshot().has_resource(parent)) {
            return Ok(Page { rows: Vec::new(), next_page_token: String::new(), view });
        }
        self.page(page, &question, view, (Collection::Resources(application.clone()), conditions, size)).await
    }
}
