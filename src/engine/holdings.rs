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

    /// Whether the holder has an assignment of a role of the application or of one of its tenants.
    pub fn holds_roles_of(&self, holder: &Subject, application: &Id) -> bool {
        let ids = self.subject_id(holder).zip(self.application_id(application.as_str()));
        ids.is_some_and(|(holder, application)| {
            self.grants.get(holder).iter().any(|grant| self.role_row(grant.role).application == application)
        })
    }
}
