//! What a write must know about privilege groups: which exist, and what is in them.

use super::snapshot::{NONE, Snapshot, TENANT_SCOPE};
use crate::domain::id::PrivilegeKey;
use crate::domain::name::PrivilegeGroupId;

impl Snapshot {
    /// Whether the privilege group exists.
    pub fn has_privilege_group(&self, group: &PrivilegeGroupId) -> bool {
        self.privilege_group_id(group).is_some_and(|id| self.privilege_group_row(id).live)
    }

    /// Whether a key is in a privilege group.
    pub(super) fn has_grouped(&self, group: &PrivilegeGroupId, privilege: &PrivilegeKey) -> bool {
        let application = self.application_id(group.application.as_str());
        let key = application.and_then(|application| self.privilege_id(application, privilege.as_str()));
        let ids = self.privilege_group_id(group).zip(key);
        ids.is_some_and(|(group, key)| self.grouped_keys.find(group, &key).is_some())
    }

    /// The keys in a privilege group, ordered.
    pub fn keys_of_group(&self, group: &PrivilegeGroupId) -> Vec<String> {
        let keys = self.privilege_group_id(group).map_or(&[][..], |id| self.grouped_keys.get(id));
        let mut keys: Vec<String> = keys.iter().map(|key| self.privileges.text(*key).to_owned()).collect();
        keys.sort_unstable();
        keys
    }

    /// How many keys are in a privilege group.
    pub fn group_size(&self, group: &PrivilegeGroupId) -> usize {
        self.privilege_group_id(group).map_or(0, |id| self.grouped_keys.get(id).len())
    }

    /// How many privilege groups the application and its tenants own.
    pub fn privilege_group_count(&self, application: &str) -> usize {
        self.application_id(application).map_or(0, |id| self.application_row(id).privilege_groups as usize)
    }

    pub(super) fn privilege_group_name(&self, id: u32) -> String {
        let group = self.privilege_groups.text(id);
        match self.privilege_groups.scope(id).unwrap_or(NONE) {
            scope if scope & TENANT_SCOPE == 0 => {
                format!("applications/{}/privilegeGroups/{group}", self.applications.text(scope))
            }
            scope => format!("{}/privilegeGroups/{group}", self.tenant_name(scope & !TENANT_SCOPE)),
        }
    }
}
