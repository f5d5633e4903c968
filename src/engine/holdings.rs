//! What a holder has of one role, and which resources there are.

use super::snapshot::{NONE, Snapshot};
use crate::domain::id::Id;
use crate::domain::name::{ResourceId, RoleId, Subject};

impl Snapshot {
    /// Whether the resource is registered.
    pub fn has_resource(&self, resource: &ResourceId) -> bool {
        self.resource_id(resource).is_some_and(|id| self.resource_row(id).live)
    }

    /// The tenants that the holder's records of a role are cut to, where none is a value of its own. Records that
    /// have ended count.
    pub fn tenants_held(&self, holder: &Subject, role: &RoleId) -> Vec<Option<Id>> {
        let Some((holder, role)) = self.subject_id(holder).zip(self.role_id(role)) else { return Vec::new() };
        let records = self.grants.get(holder).iter().filter(|grant| grant.role == role);
        let tenant = |tenant| match tenant {
            NONE => Some(None),
            tenant => Id::parse(self.tenants.text(tenant)).ok().map(Some),
        };
        records.filter_map(|grant| tenant(grant.tenant)).collect()
    }
}
