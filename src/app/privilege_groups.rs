//! Privilege groups: create, get, list, update, delete. A new one is in no role, so it gives nothing; what is put into
//! one later is given by every role that refers to it, and so is a grant.

use std::collections::BTreeSet;

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
use super::privileges::require_keys;
use super::service::{App, authority, require_etag};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::limit::{FULL_PRIVILEGE_GROUPS_PAGE_MAX, PAGE_SIZE_MAX};
use crate::domain::name::{PrivilegeGroupId, TenantId};
use crate::domain::privilege_group::{GroupedPrivilege, PrivilegeGroup};
use crate::domain::row::{Key, Row};

/// A privilege group to be made.
#[derive(Clone, Debug)]
pub struct NewPrivilegeGroup {
    /// The group; its stamp is set here.
    pub group: PrivilegeGroup,
    /// The keys in it.
    pub privileges: BTreeSet<PrivilegeKey>,
}

#[async_trait]
impl Operation for NewPrivilegeGroup {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let id = &self.group.id;
        let owner = id.owner_tenant();
        let place = Thing::owner(&id.application, owner.as_ref());
        draft.authority().require(&methods::CREATE_PRIVILEGE_GROUP, &place)?;
        let key = Key::PrivilegeGroup(id.clone());
        if draft.contains(&key) {
            return Err(Error::AlreadyExists { kind: "privilege group", name: id.to_string() });
        }
        require_keys(draft, (&id.application, id.tenant.as_ref()), ("privilege_group.privileges", &self.privileges))
            .await?;
        draft.put(Row::PrivilegeGroup(self.group.clone())).await?;
        for privilege in &self.privileges {
            draft.put(row(id, privilege)).await?;
        }
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

fn row(group: &PrivilegeGroupId, privilege: &PrivilegeKey) -> Row {
    Row::GroupedPrivilege(GroupedPrivilege { group: group.clone(), privilege: privilege.clone() })
}

/// A privilege group to be changed; `None` leaves a field as it is.
#[derive(Clone, Debug)]
pub struct UpdatePrivilegeGroup {
    /// Its identity.
    pub id: PrivilegeGroupId,
    /// Immutable: it must be what it is.
    pub group_name: Option<String>,
    /// For people.
    pub display_name: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// Whether tenants' roles give what is in it.
    pub tenant_visible: Option<bool>,
    /// The keys in it, all of them.
    pub privileges: Option<BTreeSet<PrivilegeKey>>,
    /// Empty, or the etag that it must have.
    pub etag: String,
}

#[async_trait]
impl Operation for UpdatePrivilegeGroup {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::privilege_group(&self.id);
        draft.authority().require(&methods::UPDATE_PRIVILEGE_GROUP, &thing)?;
        let key = Key::PrivilegeGroup(self.id.clone());
        let Some(Row::PrivilegeGroup(mut row)) = draft.get(&key).await? else { return Err(Error::Internal) };
        require_etag(&self.etag, &thing.name, &row.stamp)?;
        if self.group_name.as_ref().is_some_and(|sent| *sent != row.group_name) {
            return Err(Error::invalid("privilege_group.group_name", "is immutable"));
        }
        row.display_name = self.display_name.take().unwrap_or(row.display_name);
        row.description = self.description.take().unwrap_or(row.description);
        row.tenant_visible = self.tenant_visible.unwrap_or(row.tenant_visible);
        draft.put(Row::PrivilegeGroup(row)).await?;
        if let Some(privileges) = self.privileges.take() {
            set_privileges(draft, &self.id, &privileges).await?;
        }
        if draft.changes().next().is_some() {
            draft.touch(&key).await?;
        }
        draft.require_covered(|after, gift, before| after.shortfall_of_privilege_group(gift, &self.id, before))?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// Makes these the keys of a privilege group.
async fn set_privileges(
    draft: &mut Draft<'_>,
    group: &PrivilegeGroupId,
    privileges: &BTreeSet<PrivilegeKey>,
) -> Result<()> {
    let mut others = draft.select(&Select::PrivilegesOfGroup(group.clone())).await?;
    others.retain(|row| matches!(row, Row::GroupedPrivilege(row) if !privileges.contains(&row.privilege)));
    draft.delete_rows(others);
    require_keys(draft, (&group.application, group.tenant.as_ref()), ("privilege_group.privileges", privileges))
        .await?;
    let new = |privilege: &&PrivilegeKey| !draft.contains(&Key::GroupedPrivilege(group.clone(), (*privilege).clone()));
    let new: Vec<&PrivilegeKey> = privileges.iter().filter(new).collect();
    for privilege in new {
        draft.put(row(group, privilege)).await?;
    }
    Ok(())
}

/// A privilege group to be deleted.
#[derive(Clone, Debug)]
pub struct DeletePrivilegeGroup {
    /// Its identity.
    pub id: PrivilegeGroupId,
    /// How.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeletePrivilegeGroup {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::privilege_group(&self.id);
        if let Err(error) = draft.authority().require(&methods::DELETE_PRIVILEGE_GROUP, &thing) {
            return missing(&self.deletion, error);
        }
        let row = draft.get(&Key::PrivilegeGroup(self.id.clone())).await?.ok_or(Error::Internal)?;
        require_etag(&self.deletion.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
        let uses = [Select::RolesOfGroup(self.id.clone())];
        in_use(draft, &thing.name, self.deletion.force, &uses).await?;
        delete_privilege_group(draft, &self.id).await?;
        Ok(Receipt::default())
    }
}

/// Deletes a privilege group with what is in it, and the mention of it in roles.
pub(super) async fn delete_privilege_group(draft: &mut Draft<'_>, group: &PrivilegeGroupId) -> Result<()> {
    let mentions = draft.select(&Select::RolesOfGroup(group.clone())).await?;
    delete_elements(draft, mentions).await?;
    let privileges = draft.select(&Select::PrivilegesOfGroup(group.clone())).await?;
    draft.delete_rows(privileges);
    draft.delete(&Key::PrivilegeGroup(group.clone())).await?;
    Ok(())
}

/// Deletes elements of roles and of privilege groups, whose etags change.
pub(super) async fn delete_elements(draft: &mut Draft<'_>, rows: Vec<Row>) -> Result<()> {
    for row in rows {
        let thing = match &row {
            Row::RoleElement(element) => Key::Role(element.role.clone()),
            Row::GroupedPrivilege(grouped) => Key::PrivilegeGroup(grouped.group.clone()),
            _ => return Err(Error::Internal),
        };
        draft.touch(&thing).await?;
        draft.delete_rows(vec![row]);
    }
    Ok(())
}

/// Which privilege groups a list shows.
#[derive(Clone, Copy, Debug)]
pub struct GroupsShown<'a> {
    /// The application.
    pub application: &'a Id,
    /// The tenant whose groups they are; none = the application's own.
    pub tenant: Option<&'a TenantId>,
    /// Only those with these ids; empty = all.
    pub ids: &'a BTreeSet<Id>,
    /// With what is in them.
    pub full: bool,
}

impl App {
    /// Makes a privilege group.
    pub async fn create_privilege_group(&self, call: WriteCall, new: NewPrivilegeGroup) -> Result<Written> {
        self.write(call, new).await
    }

    /// Changes a privilege group.
    pub async fn update_privilege_group(&self, call: WriteCall, update: UpdatePrivilegeGroup) -> Result<Written> {
        self.write(call, update).await
    }

    /// Deletes a privilege group.
    pub async fn delete_privilege_group(&self, call: WriteCall, delete: DeletePrivilegeGroup) -> Result<Written> {
        self.write(call, delete).await
    }

    /// A privilege group.
    pub async fn get_privilege_group(
        &self,
        caller: &Caller,
        id: &PrivilegeGroupId,
        wish: &Consistency,
    ) -> Result<(Row, View)> {
        let view = self.view(wish).await?;
        let thing = Thing::privilege_group(id);
        authority(&view, caller).require(&methods::GET_PRIVILEGE_GROUP, &thing)?;
        self.read_one(view, &Key::PrivilegeGroup(id.clone()), thing.kind, &thing.name).await
    }

    /// A page of the privilege groups of an application itself, or of a tenant.
    pub async fn list_privilege_groups(
        &self,
        caller: &Caller,
        page: &PageRequest,
        shown: GroupsShown<'_>,
    ) -> Result<Page> {
        let owner = Thing::owner(shown.application, shown.tenant);
        let parent = format!("{}|{}|{:?}", owner.name, shown.full, shown.ids);
        let question = page.question(caller, methods::LIST_PRIVILEGE_GROUPS.path, &parent);
        let fields = [("group_name", Field::GroupName), ("display_name", Field::DisplayName)];
        let conditions = filter::parse(&page.filter, &fields)?;
        let view = self.page_view(page, &question).await?;
        authority(&view, caller).require(&methods::LIST_PRIVILEGE_GROUPS, &owner)?;
        let size = page.size(if shown.full { FULL_PRIVILEGE_GROUPS_PAGE_MAX } else { PAGE_SIZE_MAX })?;
        let tenant = shown.tenant.map(|tenant| tenant.tenant.clone());
        let collection = Collection::PrivilegeGroups(shown.application.clone(), tenant, shown.ids.clone());
        self.page(page, &question, view, (collection, conditions, size)).await
    }
}
