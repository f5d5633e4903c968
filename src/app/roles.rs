//! Roles: create, get, look up, list, update, delete. A new role counts as held by whoever may hold it, so what it
//! gives is a grant from the first day.

mod update;

use std::collections::BTreeSet;

use async_trait::async_trait;

pub use self::update::UpdateRole;
use super::applications::{Deletion, in_use, missing, predefined_thing};
use super::authority::{OwnTarget, Thing};
use super::boundaries::require_boundary;
use super::caller::Caller;
use super::consistency::Consistency;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::listing::{Page, PageRequest};
use super::methods;
use super::port::{Collection, Field, Receipt, Select};
use super::privileges::require_keys;
use super::service::{App, authority, require_etag};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::fold::fold;
use crate::domain::id::{Id, PrivilegeKey, PrivilegePattern};
use crate::domain::limit::{FULL_ROLES_PAGE_MAX, PAGE_SIZE_MAX};
use crate::domain::name::{PrivilegeGroupId, RoleId, TenantId};
use crate::domain::predefined;
use crate::domain::role::{Role, RoleElement, RoleElementRow, Visibility};
use crate::domain::row::{Key, NameSpace, Row};
use crate::engine::Snapshot;

/// A role to be made.
#[derive(Clone, Debug)]
pub struct NewRole {
    /// The role; its stamp is set here.
    pub role: Role,
    /// Keys that it names.
    pub privileges: BTreeSet<PrivilegeKey>,
    /// Patterns of keys.
    pub patterns: BTreeSet<PrivilegePattern>,
    /// Keys and patterns that it does not give.
    pub exclusions: BTreeSet<PrivilegePattern>,
    /// Roles whose privileges it gives.
    pub parents: BTreeSet<RoleId>,
    /// Privilege groups that it gives.
    pub privilege_groups: BTreeSet<PrivilegeGroupId>,
    /// For an inclusion list: the tenants whose subjects may hold it.
    pub visible_tenants: BTreeSet<Id>,
}

#[async_trait]
impl Operation for NewRole {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let owner = self.role.id.owner_tenant();
        let place = Thing::owner(&self.role.id.application, owner.as_ref());
        draft.authority().require(&methods::CREATE_ROLE, &place)?;
        let key = Key::Role(self.role.id.clone());
        if draft.contains(&key) {
            return Err(Error::AlreadyExists { kind: "role", name: self.role.id.to_string() });
        }
        let owner = (&self.role.id.application, self.role.id.tenant.as_ref());
        require_keys(draft, owner, ("role.privileges", &self.privileges)).await?;
        self.parents.iter().try_for_each(|parent| require_parent(draft, &self.role.id, parent))?;
        self.privilege_groups.iter().try_for_each(|group| require_group(draft, &self.role.id, group))?;
        require_boundary(draft, &self.role.id, &self.role.boundary)?;
        draft.put(Row::Role(self.role.clone())).await?;
        for row in self.elements(draft)? {
            draft.put(Row::RoleElement(row)).await?;
        }
        require_grant(draft, &self.role.id)?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

impl NewRole {
    fn elements(&self, draft: &Draft<'_>) -> Result<Vec<RoleElementRow>> {
        let role = &self.role.id;
        let row = |element| RoleElementRow { role: role.clone(), element, incarnation: 0 };
        let mut rows: Vec<RoleElementRow> = Vec::new();
        rows.extend(self.privileges.iter().cloned().map(RoleElement::Privilege).map(row));
        rows.extend(self.patterns.iter().cloned().map(RoleElement::Pattern).map(row));
        rows.extend(self.exclusions.iter().cloned().map(RoleElement::Exclusion).map(row));
        rows.extend(self.parents.iter().map(parent_element).map(row));
        rows.extend(self.privilege_groups.iter().map(group_element).map(row));
        for tenant in &self.visible_tenants {
            rows.push(visible_tenant(draft, role, tenant)?);
        }
        Ok(rows)
    }
}

/// A tenant, as it is now, as an element of the role that it shall see.
fn visible_tenant(draft: &Draft<'_>, role: &RoleId, tenant: &Id) -> Result<RoleElementRow> {
    let id = TenantId { application: role.application.clone(), tenant: tenant.clone() };
    draft.authority().require_readable(&predefined::TENANT_READ, &Thing::tenant(&id))?;
    let incarnation = draft.before().live_incarnation(&id).ok_or_else(|| Error::not_found("tenant", &id))?;
    Ok(RoleElementRow { role: role.clone(), element: RoleElement::VisibleTenant(tenant.clone()), incarnation })
}

/// A privilege group as an element of a role that refers to it.
pub(super) fn group_element(group: &PrivilegeGroupId) -> RoleElement {
    RoleElement::PrivilegeGroup { tenant: group.tenant.clone(), group: group.group.clone() }
}

/// A parent as an element of its child.
pub(super) fn parent_element(parent: &RoleId) -> RoleElement {
    RoleElement::Parent { tenant: parent.tenant.clone(), role: parent.role.clone() }
}

/// What an application's role refers to is the application's; what a tenant's role refers to is that tenant's or
/// the application's.
fn require_parent(draft: &Draft<'_>, role: &RoleId, parent: &RoleId) -> Result<()> {
    let own = parent.application == role.application && (parent.tenant.is_none() || parent.tenant == role.tenant);
    if !own {
        return Err(Error::invalid("role.parents", format!("{parent} belongs to another owner")));
    }
    draft.authority().require_readable(&predefined::ROLE_READ, &Thing::role(parent))
}

/// The same rule for a privilege group.
pub(super) fn require_group(draft: &Draft<'_>, role: &RoleId, group: &PrivilegeGroupId) -> Result<()> {
    let own = group.application == role.application && (group.tenant.is_none() || group.tenant == role.tenant);
    if !own {
        return Err(Error::invalid("role.privilege_groups", format!("{group} belongs to another owner")));
    }
    draft.authority().require_readable(&predefined::PRIVILEGE_GROUP_READ, &Thing::privilege_group(group))
}

/// Refuses unless the caller may let the role give what it gives now and did not before.
pub(super) fn require_grant(draft: &mut Draft<'_>, role: &RoleId) -> Result<()> {
    draft.require_covered(|after, gift, before| after.shortfall_of_role(gift, role, before))
}

/// A role to be deleted.
#[derive(Clone, Debug)]
pub struct DeleteRole {
    /// Its identity.
    pub id: RoleId,
    /// How.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeleteRole {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::role(&self.id);
        if let Err(error) = draft.authority().require(&methods::DELETE_ROLE, &thing) {
            return missing(&self.deletion, error);
        }
        let row = draft.get(&Key::Role(self.id.clone())).await?.ok_or(Error::Internal)?;
        require_etag(&self.deletion.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
        require_custom(draft, &self.id)?;
        let uses = [Select::AssignmentsOfRole(self.id.clone()), Select::ChildrenOfRole(self.id.clone())];
        in_use(draft, &thing.name, self.deletion.force, &uses).await?;
        delete_role(draft, &self.id).await?;
        Ok(Receipt::default())
    }
}

/// Predefined roles are immutable.
pub(super) fn require_custom(draft: &Draft<'_>, role: &RoleId) -> Result<()> {
    if draft.before().is_predefined_role(role) { Err(predefined_thing(&role.to_string())) } else { Ok(()) }
}

/// Deletes a role with its elements, its assignments, and the mention of it in the roles that inherit from it.
pub(super) async fn delete_role(draft: &mut Draft<'_>, role: &RoleId) -> Result<()> {
    let assignments = draft.select(&Select::AssignmentsOfRole(role.clone())).await?;
    draft.delete_rows(assignments);
    for row in draft.select(&Select::ChildrenOfRole(role.clone())).await? {
        if let Row::RoleElement(element) = &row {
            draft.touch(&Key::Role(element.role.clone())).await?;
        }
        draft.delete_rows(vec![row]);
    }
    let elements = draft.select(&Select::ElementsOfRole(role.clone())).await?;
    draft.delete_rows(elements);
    draft.delete(&Key::Role(role.clone())).await?;
    Ok(())
}

impl App {
    /// Makes a role.
    pub async fn create_role(&self, call: WriteCall, new: NewRole) -> Result<Written> {
        self.write(call, new).await
    }

    /// Changes a role.
    pub async fn update_role(&self, call: WriteCall, update: UpdateRole) -> Result<Written> {
        self.write(call, update).await
    }

    /// Deletes a role.
    pub async fn delete_role(&self, call: WriteCall, delete: DeleteRole) -> Result<Written> {
        self.write(call, delete).await
    }

    /// A role.
    pub async fn get_role(&self, caller: &Caller, id: &RoleId, wish: &Consistency) -> Result<(Row, View)> {
        let view = self.view(wish).await?;
        let thing = Thing::role(id);
        authority(&view, caller).require(&methods::GET_ROLE, &thing)?;
        self.read_one(view, &Key::Role(id.clone()), thing.kind, &thing.name).await
    }

    /// A role by its `role_name` in its owner.
    pub async fn lookup_role(
        &self,
        caller: &Caller,
        (application, tenant): (&Id, Option<&TenantId>),
        role_name: &str,
        wish: &Consistency,
    ) -> Result<(Row, View)> {
        let view = self.view(wish).await?;
        let owner = Thing::owner(application, tenant);
        authority(&view, caller).require(&methods::LOOKUP_ROLE, &owner)?;
        let space = NameSpace::RoleNames(application.clone(), tenant.map(|tenant| tenant.tenant.clone()));
        let row = self.store.find_name(&space, &fold(role_name)).await?;
        let row = row.ok_or_else(|| Error::not_found("role", &format!("{} role_name {role_name}", owner.name)))?;
        let view = self.view_of(view, std::slice::from_ref(&row)).await?;
        Ok((row, view))
    }

    /// A page of roles of an application, or of a tenant with, if asked for, its application's own.
    pub async fn list_roles(
        &self,
        caller: &Caller,
        page: &PageRequest,
        (application, tenant): (&Id, Option<&TenantId>),
        (with_application, full): (bool, bool),
    ) -> Result<Page> {
        let owner = Thing::owner(application, tenant);
        let parent = format!("{}|{with_application}|{full}", owner.name);
        let question = page.question(caller, methods::LIST_ROLES.path, &parent);
        let conditions = filter::parse(&page.filter, &[("role_name", Field::RoleName), ("tenant", Field::Tenant)])?;
        for condition in conditions.iter().filter(|condition| condition.field == Field::Tenant) {
            filter::value(condition, TenantId::parse)?;
        }
        let view = self.page_view(page, &question).await?;
        let authority = authority(&view, caller);
        authority.require(&methods::LIST_ROLES, &owner)?;
        let with_application =
            with_application && authority.may(&predefined::ROLE_READ, application, OwnTarget::Application);
        let collection = tenant.map_or_else(
            || Collection::ApplicationRoles(application.clone()),
            |tenant| Collection::TenantRoles(tenant.clone(), with_application),
        );
        let size = page.size(if full { FULL_ROLES_PAGE_MAX } else { PAGE_SIZE_MAX })?;
        let mut listed = self.page(page, &question, view, (collection, conditions, size)).await?;
        if let Some(tenant) = tenant {
            let snapshot = listed.view.snapshot();
            listed.rows.retain(|row| matches!(row, Row::Role(role) if may_be_held_in(snapshot, role, tenant)));
        }
        Ok(listed)
    }
}

/// Whether who belongs to a tenant may hold the role: one of the tenant's own, or of its application.
fn may_be_held_in(snapshot: &Snapshot, role: &Role, tenant: &TenantId) -> bool {
    match role.visibility {
        _ if role.id.tenant.is_some() => true,
        Visibility::All => true,
        Visibility::InclusionList => snapshot.lists_tenant(&role.id, tenant),
        Visibility::None | Visibility::Owner => false,
    }
}
