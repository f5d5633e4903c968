//! Tenants: create, get, list, update, delete. A deleted tenant leaves a tombstone, which gives nothing.

use async_trait::async_trait;

use super::applications::{Deletion, in_use, missing};
use super::authority::Thing;
use super::caller::Caller;
use super::consistency::Consistency;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::listing::{Page, PageRequest};
use super::methods;
use super::port::{Collection, Field, Receipt, Select};
use super::service::{App, authority, require_etag};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::id::Id;
use crate::domain::limit::PAGE_SIZE_MAX;
use crate::domain::name::{Subject, TenantId};
use crate::domain::row::{Key, Row, Stamp};
use crate::domain::tenancy::{Tenant, TenantType};

/// A tenant to be made.
#[derive(Clone, Debug)]
pub struct NewTenant {
    /// Its identity.
    pub id: TenantId,
    /// For people.
    pub display_name: String,
    /// Immutable.
    pub tenant_type: TenantType,
}

#[async_trait]
impl Operation for NewTenant {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        draft.authority().require(&methods::CREATE_TENANT, &Thing::application(&self.id.application))?;
        if draft.before().live_incarnation(&self.id).is_some() {
            return Err(Error::AlreadyExists { kind: "tenant", name: self.id.to_string() });
        }
        let incarnation = draft.before().incarnations(&self.id) + 1;
        let row = Tenant {
            id: self.id.clone(),
            display_name: self.display_name.clone(),
            tenant_type: self.tenant_type,
            incarnation,
            live: true,
            stamp: Stamp::default(),
        };
        let key = Key::Tenant(self.id.clone());
        // The tombstone of an earlier tenant of this id goes first: this is another thing, made now by this caller.
        draft.replace(Row::Tenant(row)).await?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// A tenant to be changed; `None` leaves a field as it is.
#[derive(Clone, Debug)]
pub struct UpdateTenant {
    /// Its identity.
    pub id: TenantId,
    /// For people.
    pub display_name: Option<String>,
    /// Immutable: it must be what it is.
    pub tenant_type: Option<TenantType>,
    /// Empty, or the etag that it must have.
    pub etag: String,
}

#[async_trait]
impl Operation for UpdateTenant {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::tenant(&self.id);
        draft.authority().require(&methods::UPDATE_TENANT, &thing)?;
        let key = Key::Tenant(self.id.clone());
        let Some(Row::Tenant(mut row)) = draft.get(&key).await? else { return Err(Error::Internal) };
        require_etag(&self.etag, &thing.name, &row.stamp)?;
        if self.tenant_type.is_some_and(|sent| sent != row.tenant_type) {
            return Err(Error::invalid("tenant.type", "is immutable"));
        }
        row.display_name = self.display_name.take().unwrap_or(row.display_name);
        draft.put(Row::Tenant(row)).await?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// A tenant to be deleted.
#[derive(Clone, Debug)]
pub struct DeleteTenant {
    /// Its identity.
    pub id: TenantId,
    /// How.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeleteTenant {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::tenant(&self.id);
        if let Err(error) = draft.authority().require(&methods::DELETE_TENANT, &thing) {
            return missing(&self.deletion, error);
        }
        let key = Key::Tenant(self.id.clone());
        let row = draft.get(&key).await?.ok_or(Error::Internal)?;
        require_etag(&self.deletion.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
        let owned = [
            Select::RolesOfTenant(self.id.clone()),
            Select::PrivilegeGroupsOfTenant(self.id.clone()),
            Select::ClientsOfTenant(self.id.clone()),
            Select::ResourcesOfTenant(self.id.clone()),
        ];
        in_use(draft, &thing.name, self.deletion.force, &owned).await?;
        bury(draft, &self.id).await?;
        Ok(Receipt { keys: Vec::new(), ..Receipt::default() })
    }
}

/// Leaves only the tombstone: what the tenant owns goes, and so do the assignments cut to it.
pub(super) async fn bury(draft: &mut Draft<'_>, tenant: &TenantId) -> Result<()> {
    for row in draft.select(&Select::RolesOfTenant(tenant.clone())).await? {
        if let Row::Role(role) = row {
            super::roles::delete_role(draft, &role.id).await?;
        }
    }
    for row in draft.select(&Select::PrivilegeGroupsOfTenant(tenant.clone())).await? {
        if let Row::PrivilegeGroup(group) = row {
            super::privilege_groups::delete_privilege_group(draft, &group.id).await?;
        }
    }
    for row in draft.select(&Select::ClientsOfTenant(tenant.clone())).await? {
        if let Row::Client(client) = row {
            super::users::delete_subject(draft, &Subject::Client(client.id)).await?;
        }
    }
    let resources = draft.select(&Select::ResourcesOfTenant(tenant.clone())).await?;
    super::resources::delete_resources(draft, resources).await?;
    let assignments = draft.select(&Select::AssignmentsInTenant(tenant.clone())).await?;
    draft.delete_rows(assignments);
    if let Some(Row::Tenant(row)) = draft.get(&Key::Tenant(tenant.clone())).await? {
        draft.put(Row::Tenant(Tenant { live: false, ..row })).await?;
    }
    Ok(())
}

impl App {
    /// Makes a tenant.
    pub async fn create_tenant(&self, call: WriteCall, new: NewTenant) -> Result<Written> {
        self.write(call, new).await
    }

    /// Changes a tenant.
    pub async fn update_tenant(&self, call: WriteCall, update: UpdateTenant) -> Result<Written> {
        self.write(call, update).await
    }

    /// Deletes a tenant.
    pub async fn delete_tenant(&self, call: WriteCall, delete: DeleteTenant) -> Result<Written> {
        self.write(call, delete).await
    }

    /// A tenant.
    pub async fn get_tenant(&self, caller: &Caller, id: &TenantId, wish: &Consistency) -> Result<(Row, View)> {
        let view = self.view(wish).await?;
        let thing = Thing::tenant(id);
        authority(&view, caller).require(&methods::GET_TENANT, &thing)?;
        self.read_one(view, &Key::Tenant(id.clone()), thing.kind, &thing.name).await
    }

    /// A page of an application's tenants.
    pub async fn list_tenants(&self, caller: &Caller, application: &Id, page: &PageRequest) -> Result<Page> {
        let question = page.question(caller, methods::LIST_TENANTS.path, application.as_str());
        let conditions = filter::parse(&page.filter, &[("display_name", Field::DisplayName)])?;
        let view = self.page_view(page, &question).await?;
        authority(&view, caller).require(&methods::LIST_TENANTS, &Thing::application(application))?;
        let size = page.size(PAGE_SIZE_MAX)?;
        self.page(page, &question, view, (Collection::Tenants(application.clone()), conditions, size)).await
    }
}
