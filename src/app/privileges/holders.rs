//! Who has a privilege itself: the roles with it as their own element, the users to whom it is assigned.

use super::changes::{privilege as thing, require_there};
use crate::app::caller::Caller;
use crate::app::error::Result;
use crate::app::listing::PageRequest;
use crate::app::methods::{self, Method};
use crate::app::service::{App, authority};
use crate::app::state::View;
use crate::domain::id::Id;
use crate::domain::name::{PrivilegeId, RoleId};
use crate::engine::Snapshot;

/// A page of who has a privilege.
#[derive(Clone, Debug)]
pub struct Holders<T> {
    /// They, ordered.
    pub holders: Vec<T>,
    /// Empty after the last page.
    pub next_page_token: String,
    /// The state that they are of.
    pub view: View,
    /// How many there are, on all pages together.
    pub total: usize,
}

impl App {
    /// A page of the roles that have a privilege: first those of its application, then those of each tenant.
    pub async fn list_privilege_roles(
        &self,
        caller: &Caller,
        page: &PageRequest,
        privilege: &PrivilegeId,
    ) -> Result<Holders<RoleId>> {
        // No id holds a blank, and each character of one is behind it.
        let position = |role: &RoleId| format!("{} {}", role.tenant.as_ref().map_or("", Id::as_str), role.role);
        self.holders((caller, &methods::LIST_PRIVILEGE_ROLES), page, privilege, (Snapshot::roles_with, position)).await
    }

    /// A page of the users to whom a privilege is assigned.
    pub async fn list_privilege_users(
        &self,
        caller: &Caller,
        page: &PageRequest,
        privilege: &PrivilegeId,
    ) -> Result<Holders<Id>> {
        let what = (Snapshot::users_with, Id::to_string);
        self.holders((caller, &methods::LIST_PRIVILEGE_USERS), page, privilege, what).await
    }

    async fn holders<T>(
        &self,
        (caller, method): (&Caller, &'static Method),
        page: &PageRequest,
        privilege: &PrivilegeId,
        (all, position): (impl Fn(&Snapshot, &PrivilegeId) -> Vec<T>, impl Fn(&T) -> String),
    ) -> Result<Holders<T>> {
        let question = page.question(caller, method.path, &privilege.to_string());
        let view = self.entries_view(page, &question).await?;
        authority(&view, caller).require(method, &thing(privilege))?;
        require_there(view.snapshot(), privilege)?;
        let all = all(view.snapshot(), privilege);
        let total = all.len();
        let (holders, next_page_token) = self.page_of_entries((page, &question), &view, all, position)?;
        Ok(Holders { holders, next_page_token, view, total })
    }
}
