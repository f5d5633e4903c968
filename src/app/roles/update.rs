//! Changes of a role. What makes it give more, or further, or to more people, is a grant.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use super::{
    group_element, parent_element, require_custom, require_grant, require_group, require_parent, visible_tenant,
};
use crate::app::authority::Thing;
use crate::app::boundaries::require_boundary;
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::app::methods;
use crate::app::port::{Receipt, Select};
use crate::app::privileges::require_keys;
use crate::app::service::require_etag;
use crate::app::writer::Operation;
use crate::domain::boundary::Boundary;
use crate::domain::id::{Id, PrivilegeKey, PrivilegePattern};
use crate::domain::metadata::Metadata;
use crate::domain::name::{PrivilegeGroupId, RoleId, TenantId};
use crate::domain::role::{Role, RoleElement, RoleElementRow, Visibility};
use crate::domain::row::{Key, Row};
use crate::engine::Snapshot;

/// A role to be changed; `None` leaves a field as it is, and a set is replaced as a whole.
#[derive(Clone, Debug)]
pub struct UpdateRole {
    /// Its identity.
    pub id: RoleId,
    /// Immutable: it must be what it is.
    pub role_name: Option<String>,
    /// For people.
    pub display_name: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// Words of those who manage it.
    pub metadata: Option<Metadata>,
    /// Keys that it names.
    pub privileges: Option<BTreeSet<PrivilegeKey>>,
    /// Patterns of keys.
    pub patterns: Option<BTreeSet<PrivilegePattern>>,
    /// Keys and patterns that it does not give.
    pub exclusions: Option<BTreeSet<PrivilegePattern>>,
    /// Privilege groups that it gives.
    pub privilege_groups: Option<BTreeSet<PrivilegeGroupId>>,
    /// Roles whose privileges it gives.
    pub parents: Option<BTreeSet<RoleId>>,
    /// On which targets it may act.
    pub boundary: Option<Boundary>,
    /// Who may hold it; for an inclusion list, with the tenants.
    pub visibility: Option<(Visibility, BTreeSet<Id>)>,
    /// Empty, or the etag that it must have.
    pub etag: String,
}

#[async_trait]
impl Operation for UpdateRole {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::role(&self.id);
        draft.authority().require(&methods::UPDATE_ROLE, &thing)?;
        let key = Key::Role(self.id.clone());
        let Some(Row::Role(old)) = draft.get(&key).await? else { return Err(Error::Internal) };
        require_etag(&self.etag, &thing.name, &old.stamp)?;
        require_custom(draft, &self.id)?;
        if self.role_name.as_ref().is_some_and(|sent| *sent != old.role_name) {
            return Err(Error::invalid("role.role_name", "is immutable"));
        }
        let new = self.changed(&old);
        if new.boundary != old.boundary {
            require_boundary(draft, &self.id, &new.boundary)?;
        }
        draft.put(Row::Role(new.clone())).await?;
        self.set_elements(draft).await?;
        if draft.changes().next().is_some() {
            draft.touch(&key).await?;
        }
        require_grant(draft, &self.id)?;
        self.require_wider(draft, (&old, &new))?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

impl UpdateRole {
    fn changed(&self, old: &Role) -> Role {
        Role {
            display_name: self.display_name.clone().unwrap_or_else(|| old.display_name.clone()),
            description: self.description.clone().unwrap_or_else(|| old.description.clone()),
            metadata: self.metadata.clone().unwrap_or_else(|| old.metadata.clone()),
            boundary: self.boundary.clone().unwrap_or_else(|| old.boundary.clone()),
            visibility: self.visibility.as_ref().map_or(old.visibility, |(visibility, _)| *visibility),
            ..old.clone()
        }
    }

    /// Replaces the sets that are written, element by element: what is in both stays as it is.
    async fn set_elements(&self, draft: &mut Draft<'_>) -> Result<()> {
        if !self.writes_a_set() {
            return Ok(());
        }
        let mut had = BTreeMap::new();
        for row in draft.select(&Select::ElementsOfRole(self.id.clone())).await? {
            if let Row::RoleElement(row) = row
                && self.writes(draft.before(), &row)
            {
                had.insert(row.element.clone(), row);
            }
        }
        self.require_new(draft, &had).await?;
        for wanted in self.wanted(draft, &had)? {
            let old = had.remove(&wanted.element);
            if old.is_none_or(|old| old != wanted) {
                draft.put(Row::RoleElement(wanted)).await?;
            }
        }
        draft.delete_rows(had.into_values().map(Row::RoleElement).collect());
        Ok(())
    }

    fn writes_a_set(&self) -> bool {
        self.privileges.is_some()
            || self.patterns.is_some()
            || self.exclusions.is_some()
            || self.privilege_groups.is_some()
            || self.parents.is_some()
            || self.visibility.is_some()
    }

    /// Whether an element is of a set that is written. A listed tenant that is gone stays with the list: it gives
    /// nothing, and nobody sees it.
    fn writes(&self, before: &Snapshot, row: &RoleElementRow) -> bool {
        match &row.element {
            RoleElement::Privilege(_) => self.privileges.is_some(),
            RoleElement::Pattern(_) => self.patterns.is_some(),
            RoleElement::Exclusion(_) => self.exclusions.is_some(),
            RoleElement::PrivilegeGroup { .. } => self.privilege_groups.is_some(),
            RoleElement::Parent { .. } => self.parents.is_some(),
            RoleElement::VisibleTenant(tenant) => self.visibility.as_ref().is_some_and(|(visibility, listed)| {
                let id = TenantId { application: self.id.application.clone(), tenant: tenant.clone() };
                let is_gone = !before.lists_tenant(&self.id, &id);
                *visibility != Visibility::InclusionList || !is_gone || listed.contains(tenant)
            }),
        }
    }

    /// What the role refers to from now on must be its owner's, and the caller must be able to read it.
    async fn require_new(&self, draft: &mut Draft<'_>, had: &BTreeMap<RoleElement, RoleElementRow>) -> Result<()> {
        let own = |application: &Id| *application == self.id.application;
        for parent in self.parents.iter().flatten() {
            if !own(&parent.application) || !had.contains_key(&parent_element(parent)) {
                require_parent(draft, &self.id, parent)?;
            }
        }
        for group in self.privilege_groups.iter().flatten() {
            if !own(&group.application) || !had.contains_key(&group_element(group)) {
                require_group(draft, &self.id, group)?;
            }
        }
        match &self.privileges {
            Some(keys) => {
                require_keys(draft, (&self.id.application, self.id.tenant.as_ref()), ("role.privileges", keys)).await
            }
            None => Ok(()),
        }
    }

    fn wanted(&self, draft: &Draft<'_>, had: &BTreeMap<RoleElement, RoleElementRow>) -> Result<Vec<RoleElementRow>> {
        let mut wanted: Vec<RoleElement> = Vec::new();
        wanted.extend(self.privileges.iter().flatten().cloned().map(RoleElement::Privilege));
        wanted.extend(self.patterns.iter().flatten().cloned().map(RoleElement::Pattern));
        wanted.extend(self.exclusions.iter().flatten().cloned().map(RoleElement::Exclusion));
        wanted.extend(self.parents.iter().flatten().map(parent_element));
        wanted.extend(self.privilege_groups.iter().flatten().map(group_element));
        let row = |element| RoleElementRow { role: self.id.clone(), element, incarnation: 0 };
        let mut rows: Vec<RoleElementRow> = wanted.into_iter().map(row).collect();
        for tenant in self.visibility.iter().flat_map(|(_, tenants)| tenants) {
            let id = TenantId { application: self.id.application.clone(), tenant: tenant.clone() };
            let listed = had.get(&RoleElement::VisibleTenant(tenant.clone()));
            match listed.filter(|_| draft.before().lists_tenant(&self.id, &id)) {
                Some(row) => rows.push(row.clone()),
                None => rows.push(visible_tenant(draft, &self.id, tenant)?),
            }
        }
        Ok(rows)
    }

    /// Refuses unless the caller may let the role give all that it gives as far, and to as many, as it does now.
    fn require_wider(&self, draft: &mut Draft<'_>, (old, new): (&Role, &Role)) -> Result<()> {
        draft.require_covered(|after, gift, before| {
            let listed = before.role_sets(&self.id).visible_tenants;
            let is_new = |tenant: &String| !listed.contains(tenant);
            let more_tenants = new.visibility == Visibility::InclusionList
                && old.visibility == Visibility::InclusionList
                && after.role_sets(&self.id).visible_tenants.iter().any(is_new);
            let narrower = new.boundary.is_within(&old.boundary) && new.visibility.is_within(old.visibility);
            if narrower && !more_tenants { None } else { after.shortfall_of_wider_role(gift, &self.id, before) }
        })
    }
}
