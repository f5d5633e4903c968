//! Resources: things of other services, as far as they are registered.

use super::id::Id;
use super::name::{ResourceId, ResourceKey, TenantId};
use super::row::Stamp;

/// A thing of another service. One that nobody registered has no row: where it lives is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its identity.
    pub id: ResourceId,
    /// The tenant of its application that it lives in.
    pub tenant: Option<Id>,
    /// True for good once it has had a tenant.
    pub tenant_level: bool,
    /// Who made and last changed it, and when.
    pub stamp: Stamp,
}

impl Resource {
    /// The tenant that it lives in.
    pub fn tenant_id(&self) -> Option<TenantId> {
        let tenant = self.tenant.clone()?;
        Some(TenantId { application: self.id.application.clone(), tenant })
    }
}

/// A parent of a resource, in the same application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceParent {
    /// What is below.
    pub child: ResourceId,
    /// What is above.
    pub parent: ResourceKey,
}

impl ResourceParent {
    /// What is above.
    pub fn parent_id(&self) -> ResourceId {
        self.parent.clone().of(&self.child.application)
    }
}
