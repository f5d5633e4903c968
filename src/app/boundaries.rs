//! Permission boundaries: create, get, list, update, delete. What a role's boundary lets through is part of what the role
//! gives, so to widen one is a grant to whoever may hold a role that refers to it.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::applications::{Deletion, in_use_for_good, missing, predefined_thing};
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
use crate::domain::boundary::{Boundary, BoundaryKind, BoundaryTenant, PREDEFINED, PermissionBoundary};
use crate::domain::fold::fold;
use crate::domain::id::Id;
use crate::domain::limit::PAGE_SIZE_MAX;
use crate::domain::name::{BoundaryId, RoleId, TenantId};
use crate::domain::predefined;
use crate::domain::row::{Key, Row, Stamp};
use crate::domain::violation::Violations;

/// A boundary to be made.
#[derive(Clone, Debug)]
pub struct NewBoundary {
    /// The boundary; its stamp is set here.
    pub boundary: PermissionBoundary,
    /// The tenants that it lists.
    pub tenants: BTreeSet<Id>,
}

#[async_trait]
impl Operation for NewBoundary {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let id = &self.boundary.id;
        draft.authority().require(&methods::CREATE_PERMISSION_BOUNDARY, &Thing::application(&id.application))?;
        let key = Key::Boundary(id.clone());
        if draft.contains(&key) || is_predefined(id) {
            return Err(Error::AlreadyExists { kind: KIND, name: id.to_string() });
        }
        draft.put(Row::Boundary(self.boundary.clone())).await?;
        for tenant in &self.tenants {
            let row = listed(draft, id, tenant)?;
            draft.put(row).await?;
        }
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// The type of a boundary, for people.
const KIND: &str = "permission boundary";

/// A tenant, as it is now, as an element of the boundary that lists it.
fn listed(draft: &Draft<'_>, boundary: &BoundaryId, tenant: &Id) -> Result<Row> {
    let id = TenantId { application: boundary.application.clone(), tenant: tenant.clone() };
    draft.authority().require_readable(&predefined::TENANT_READ, &Thing::tenant(&id))?;
    let incarnation = draft.before().live_incarnation(&id).ok_or_else(|| Error::not_found("tenant", &id))?;
    Ok(Row::BoundaryTenant(BoundaryTenant { boundary: boundary.clone(), tenant: tenant.clone(), incarnation }))
}

/// The boundaries that an application has without making them, by their ids.
pub fn predefined_of(application: &Id) -> Vec<PermissionBoundary> {
    let one = |boundary: &Boundary| {
        let kind = match boundary {
            Boundary::Application => BoundaryKind::Application,
            Boundary::Tenant => BoundaryKind::Tenant,
            Boundary::SelfOnly => BoundaryKind::SelfOnly,
            Boundary::Unset | Boundary::Named(_) => return None,
        };
        let id = boundary.id()?.to_owned();
        Some(PermissionBoundary {
            id: BoundaryId { application: application.clone(), boundary: Id::parse(&id).ok()? },
            boundary_name: id.clone(),
            display_name: id,
            description: String::new(),
            kind,
            value: String::new(),
            stamp: Stamp::default(),
        })
    };
    PREDEFINED.iter().filter_map(one).collect()
}

/// Refuses the name of a predefined boundary, which every application has, whatever its case.
pub(super) fn require_own_name(boundary: &PermissionBoundary) -> Result<()> {
    let folded = fold(&boundary.boundary_name);
    let taken = predefined_of(&boundary.id.application).into_iter().find(|taken| taken.boundary_name == folded);
    taken.map_or(Ok(()), |taken| {
        let (field, value) = ("boundary_name", boundary.boundary_name.clone());
        Err(Error::NameTaken { kind: KIND, field, value, owner: Some(taken.id.to_string()) })
    })
}

fn is_predefined(id: &BoundaryId) -> bool {
    PREDEFINED.iter().any(|boundary| boundary.id() == Some(id.boundary.as_str()))
}

/// A boundary to be changed; `None` leaves a field as it is.
#[derive(Clone, Debug)]
pub struct UpdateBoundary {
    /// Its identity.
    pub id: BoundaryId,
    /// Immutable: it must be what it is.
    pub boundary_name: Option<String>,
    /// Immutable: it must be what it is.
    pub kind: Option<BoundaryKind>,
    /// For people.
    pub display_name: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// The tenants that it lists, all of them.
    pub tenants: Option<BTreeSet<Id>>,
    /// What who asks is told of a custom one.
    pub value: Option<String>,
    /// Empty, or the etag that it must have.
    pub etag: String,
}

#[async_trait]
impl Operation for UpdateBoundary {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::boundary(&self.id);
        draft.authority().require(&methods::UPDATE_PERMISSION_BOUNDARY, &thing)?;
        if is_predefined(&self.id) {
            return Err(predefined_thing(&thing.name));
        }
        let key = Key::Boundary(self.id.clone());
        let Some(Row::Boundary(mut row)) = draft.get(&key).await? else { return Err(Error::Internal) };
        require_etag(&self.etag, &thing.name, &row.stamp)?;
        self.require_fitting(&row)?;
        row.display_name = self.display_name.take().unwrap_or(row.display_name);
        row.description = self.description.take().unwrap_or(row.description);
        row.value = self.value.take().unwrap_or(row.value);
        let kind = row.kind;
        draft.put(Row::Boundary(row)).await?;
        if let Some(tenants) = self.tenants.take() {
            set_tenants(draft, (&self.id, kind), &tenants).await?;
        }
        if draft.changes().next().is_some() {
            draft.touch(&key).await?;
        }
        draft.require_covered(|after, gift, before| after.shortfall_of_boundary(gift, &self.id, before))?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

impl UpdateBoundary {
    /// Refuses what the boundary cannot become.
    fn require_fitting(&self, row: &PermissionBoundary) -> Result<()> {
        let is_custom = row.kind == BoundaryKind::Custom;
        let tenants_sent = self.tenants.as_ref().is_some_and(|tenants| !tenants.is_empty());
        let value_fits = self.value.as_ref().is_none_or(|value| value.is_empty() != is_custom);
        let rules = [
            (
                "boundary_name",
                "is immutable",
                self.boundary_name.as_ref().is_some_and(|sent| *sent != row.boundary_name),
            ),
            ("kind", "is immutable", self.kind.is_some_and(|sent| sent != row.kind)),
            ("tenants", "must be empty for this kind", is_custom && tenants_sent),
            ("value", "must not be empty for this kind", is_custom && !value_fits),
            ("value", "must be empty for this kind", !is_custom && !value_fits),
        ];
        let mut violations = Violations::default();
        for (field, words, _) in rules.into_iter().filter(|(_, _, is_broken)| *is_broken) {
            violations.add(format!("permission_boundary.{field}"), words);
        }
        Error::check(violations)
    }
}

/// Makes these the tenants that a boundary lists. One that is listed already stays as it was listed: gone, it goes on to
/// exclude; but to be included it must be there.
async fn set_tenants(
    draft: &mut Draft<'_>,
    (boundary, kind): (&BoundaryId, BoundaryKind),
    tenants: &BTreeSet<Id>,
) -> Result<()> {
    let mut others = draft.select(&Select::TenantsOfBoundary(boundary.clone())).await?;
    let mut kept = BTreeSet::new();
    let (here, _) = draft.before().tenants_of_boundary(boundary);
    others.retain(|row| {
        let Row::BoundaryTenant(row) = row else { return false };
        let counts = kind == BoundaryKind::TenantExclusionList || here.iter().any(|id| id == row.tenant.as_str());
        let keep = counts && tenants.contains(&row.tenant);
        if keep {
            kept.insert(row.tenant.clone());
        }
        !keep
    });
    draft.delete_rows(others);
    for tenant in tenants.iter().filter(|tenant| !kept.contains(tenant)) {
        let row = listed(draft, boundary, tenant)?;
        draft.put(row).await?;
    }
    Ok(())
}

/// A boundary to be deleted.
#[derive(Clone, Debug)]
pub struct DeleteBoundary {
    /// Its identity.
    pub id: BoundaryId,
    /// How; there is no force.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeleteBoundary {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::boundary(&self.id);
        if let Err(error) = draft.authority().require(&methods::DELETE_PERMISSION_BOUNDARY, &thing) {
            return missing(&self.deletion, error);
        }
        if is_predefined(&self.id) {
            return Err(predefined_thing(&thing.name));
        }
        let key = Key::Boundary(self.id.clone());
        let row = draft.get(&key).await?.ok_or(Error::Internal)?;
        require_etag(&self.deletion.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
        in_use_for_good(draft, &thing.name, &[Select::RolesOfBoundary(self.id.clone())]).await?;
        let tenants = draft.select(&Select::TenantsOfBoundary(self.id.clone())).await?;
        draft.delete_rows(tenants);
        draft.delete(&key).await?;
        Ok(Receipt::default())
    }
}

/// Refuses a boundary that a role cannot refer to: one that is not there, or that the caller may not read.
pub(super) fn require_boundary(draft: &Draft<'_>, role: &RoleId, boundary: &Boundary) -> Result<()> {
    let Boundary::Named(id) = boundary else { return Ok(()) };
    let id = BoundaryId { application: role.application.clone(), boundary: id.clone() };
    draft.authority().require_readable(&predefined::PERMISSION_BOUNDARY_READ, &Thing::boundary(&id))
}

impl App {
    /// Makes a boundary.
    pub async fn create_boundary(&self, call: WriteCall, new: NewBoundary) -> Result<Written> {
        self.write(call, new).await
    }

    /// Changes a boundary.
    pub async fn update_boundary(&self, call: WriteCall, update: UpdateBoundary) -> Result<Written> {
        self.write(call, update).await
    }

    /// Deletes a boundary.
    pub async fn delete_boundary(&self, call: WriteCall, delete: DeleteBoundary) -> Result<Written> {
        self.write(call, delete).await
    }

    /// A boundary, a predefined one too.
    pub async fn get_boundary(&self, caller: &Caller, id: &BoundaryId, wish: &Consistency) -> Result<(Row, View)> {
        let view = self.view(wish).await?;
        let thing = Thing::boundary(id);
        authority(&view, caller).require(&methods::GET_PERMISSION_BOUNDARY, &thing)?;
        if let Some(found) = predefined_of(&id.application).into_iter().find(|boundary| boundary.id == *id) {
            return Ok((Row::Boundary(found), view));
        }
        self.read_one(view, &Key::Boundary(id.clone()), thing.kind, &thing.name).await
    }

    /// A page of an application's boundaries, the predefined ones among them.
    pub async fn list_boundaries(&self, caller: &Caller, application: &Id, page: &PageRequest) -> Result<Page> {
        let question = page.question(caller, methods::LIST_PERMISSION_BOUNDARIES.path, application.as_str());
        let fields = [("boundary_name", Field::BoundaryName), ("display_name", Field::DisplayName)];
        let conditions = filter::parse(&page.filter, &fields)?;
        let view = self.page_view(page, &question).await?;
        let thing = Thing::application(application);
        authority(&view, caller).require(&methods::LIST_PERMISSION_BOUNDARIES, &thing)?;
        let own = predefined_of(application).into_iter();
        let own = own.map(|boundary| (boundary.boundary_name.clone(), Row::Boundary(boundary)));
        let what = (Collection::Boundaries(application.clone()), conditions, page.size(PAGE_SIZE_MAX)?);
        self.page_with((page, &question), view, what, own).await
    }
}
