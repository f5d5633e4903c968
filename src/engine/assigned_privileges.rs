//! Privileges that are assigned to users themselves: each stands as a role of its application that gives only it, has no
//! boundary, and is held without tenant and on all resources. No row is such a role, and no name names one.

use super::apply::Step;
use super::granting::{Gift, Shortfall};
use super::selectors::Access;
use super::settle::Dirty;
use super::snapshot::{Grant, NONE, PRIVILEGE_SCOPE, Snapshot, TENANT_SCOPE};
use crate::domain::id::Id;
use crate::domain::name::{PrivilegeId, RoleId, Subject};
use crate::domain::privilege::AssignedPrivilege;

impl Snapshot {
    pub(super) fn change_assigned_privilege(&mut self, dirty: &mut Dirty, row: &AssignedPrivilege, step: Step) {
        let user = self.intern_subject(&Subject::User(row.user.clone()));
        let role = self.intern_stand_in(dirty, &row.privilege);
        let grant = Grant { role, tenant: NONE, access: Access::All, start: None, expire: None };
        if step.present() {
            self.grants.insert(user, grant);
            self.assigned_users.insert(role, user);
        } else {
            self.grants.remove(user, (role, NONE));
            self.assigned_users.remove(role, user);
        }
        step.count(&mut self.counts.assigned_privileges);
    }

    /// The role that stands for a privilege.
    fn intern_stand_in(&mut self, dirty: &mut Dirty, privilege: &PrivilegeId) -> u32 {
        let application = self.intern_application(privilege.application.as_str());
        let id = self.roles.intern(application | PRIVILEGE_SCOPE, privilege.key.as_str());
        if !self.role_row(id).live {
            let row = self.role_rows.get_mut(id);
            (row.live, row.application, row.tenant) = (true, application, NONE);
            let key = self.intern_key(dirty, application, privilege.key.as_str());
            self.role_keys.insert(id, key);
            dirty.roles.insert(id);
        }
        id
    }

    pub(super) fn stand_in(&self, privilege: &PrivilegeId) -> Option<u32> {
        let application = self.application_id(privilege.application.as_str())?;
        self.roles.find(application | PRIVILEGE_SCOPE, privilege.key.as_str())
    }

    /// Whether the role stands for a privilege that is assigned to users.
    pub(super) fn is_stand_in(&self, role: u32) -> bool {
        self.roles.scope(role).is_some_and(|scope| scope & (TENANT_SCOPE | PRIVILEGE_SCOPE) == PRIVILEGE_SCOPE)
    }

    /// Whether the privilege is assigned to the user itself.
    pub fn has_assigned_privilege(&self, privilege: &PrivilegeId, user: &Id) -> bool {
        let ids = self.stand_in(privilege).zip(self.subject_id(&Subject::User(user.clone())));
        ids.is_some_and(|(role, user)| self.assigned_users.contains(role, user))
    }

    /// The users to whom a privilege is assigned, ordered.
    pub fn users_with(&self, privilege: &PrivilegeId) -> Vec<Id> {
        let users = self.stand_in(privilege).into_iter().flat_map(|role| self.assigned_users.of(role));
        let mut users: Vec<Id> = users.filter_map(|user| Id::parse(self.subjects.text(user)).ok()).collect();
        users.sort_unstable();
        users
    }

    /// The privileges that are assigned to a user, ordered.
    pub fn privileges_of_user(&self, user: &Id) -> Vec<PrivilegeId> {
        let Some(user) = self.subject_id(&Subject::User(user.clone())) else { return Vec::new() };
        let stand_ins = self.grants.of_roles(user, |role| self.is_stand_in(role));
        let mut privileges: Vec<PrivilegeId> =
            stand_ins.filter_map(|grant| PrivilegeId::parse(&self.role_name(grant.role)).ok()).collect();
        privileges.sort_unstable();
        privileges
    }

    /// The roles that have a privilege as an element of their own: first those of the application, then those of each
    /// tenant, ordered.
    pub fn roles_with(&self, privilege: &PrivilegeId) -> Vec<RoleId> {
        let Some(key) = self.privilege_named(privilege) else { return Vec::new() };
        let application = self.application_id(privilege.application.as_str());
        // One of our own keys is the same in every application.
        let own = |role: &u32| application == Some(self.role_row(*role).application) && !self.is_stand_in(*role);
        let givers = self.naming_roles.of(key).filter(own);
        let mut roles: Vec<RoleId> = givers.filter_map(|role| RoleId::parse(&self.role_name(role)).ok()).collect();
        roles.sort_unstable_by(|one, other| (&one.tenant, &one.role).cmp(&(&other.tenant, &other.role)));
        roles
    }

    /// What the giver lacks to assign a privilege to a user, as it is assigned here: a path for each action that it gives,
    /// which covers what the user would reach. The giver is judged by the state before.
    pub fn shortfall_of_assigned_privilege(
        &self,
        gift: Gift<'_>,
        privilege: &PrivilegeId,
        user: &Id,
        before: &Self,
    ) -> Option<Shortfall> {
        let (role, user) = self.stand_in(privilege).zip(self.subject_id(&Subject::User(user.clone())))?;
        let grant = self.grants.find(user, (role, NONE))?;
        self.shortfall_of_stand_in(gift, (user, &grant), before)
    }
}
