//! The privilege groups that a role refers to: add, remove, list.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::authority::Thing;
use super::caller::Caller;
use super::draft::Draft;
use super::error::{Error, Result};
use super::listing::PageRequest;
use super::methods::{self, Method};
use super::port::Receipt;
use super::roles::{group_element, require_custom, require_grant, require_group};
use super::service::{App, authority, require_etag};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::name::{PrivilegeGroupId, RoleId};
use crate::domain::role::RoleElementRow;
use crate::domain::row::{Key, Row};

/// How a role's privilege groups change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowGroupsChange {
    /// These as well.
    Add,
    /// Not these.
    Remove,
}

/// A change of a role's privilege groups.
#[derive(Clone, Debug)]
pub struct ChangeRolePrivilegeGroups {
    /// The role.
    pub role: RoleId,
    /// How.
    pub how: HowGroupsChange,
    /// The groups.
    pub groups: BTreeSet<PrivilegeGroupId>,
    /// Empty, or the etag that the role must have.
    pub etag: String,
}

#[async_trait]
impl Operation for ChangeRolePrivilegeGroups {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::role(&self.role);
        draft.authority().require(self.method(), &thing)?;
        let key = Key::Role(self.role.clone());
        let row = draft.get(&key).await?.ok_or(Error::Internal)?;
        require_etag(&self.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
        require_custom(draft, &self.role)?;
        for group in &self.groups {
            self.change(draft, group).await?;
        }
        if draft.changes().next().is_some() {
            draft.touch(&key).await?;
        }
        if self.how == HowGroupsChange::Add {
            require_grant(draft, &self.role)?;
        }
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

impl ChangeRolePrivilegeGroups {
    fn method(&self) -> &'static Method {
        match self.how {
            HowGroupsChange::Add => &methods::ADD_ROLE_PRIVILEGE_GROUPS,
            HowGroupsChange::Remove => &methods::REMOVE_ROLE_PRIVILEGE_GROUPS,
        }
    }

    async fn change(&self, draft: &mut Draft<'_>, group: &PrivilegeGroupId) -> Result<()> {
        let element = group_element(group);
        // What belongs to another application is not among the role's, whatever its id.
        let had = group.application == self.role.application && draft.before().has_element(&self.role, &element);
        match self.how {
            HowGroupsChange::Add if !had => {
                require_group(draft, &self.role, group)?;
                let row = RoleElementRow { role: self.role.clone(), element, incarnation: 0 };
                draft.put(Row::RoleElement(row)).await?;
            }
            HowGroupsChange::Remove if had => {
                draft.delete(&Key::RoleElement(self.role.clone(), element)).await?;
            }
            _ => {}
        }
        Ok(())
    }
}

impl App {
    /// Changes a role's privilege groups.
    pub async fn change_role_privilege_groups(
        &self,
        call: WriteCall,
        change: ChangeRolePrivilegeGroups,
    ) -> Result<Written> {
        self.write(call, change).await
    }

    /// A page of the names of a role's privilege groups, and the token of the next.
    pub async fn list_role_privilege_groups(
        &self,
        caller: &Caller,
        page: &PageRequest,
        role: &RoleId,
    ) -> Result<(Vec<String>, String, View)> {
        let question = page.question(caller, methods::LIST_ROLE_PRIVILEGE_GROUPS.path, &role.to_string());
        let view = self.entries_view(page, &question).await?;
        authority(&view, caller).require(&methods::LIST_ROLE_PRIVILEGE_GROUPS, &Thing::role(role))?;
        let all = view.snapshot().role_sets(role).privilege_groups;
        let (groups, next) = self.page_of_entries((page, &question), &view, all, String::clone)?;
        Ok((groups, next, view))
    }
}
