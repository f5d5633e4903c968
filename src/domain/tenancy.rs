//! Applications and their tenants.

use super::id::Id;
use super::name::TenantId;
use super::row::Stamp;

/// Which privilege keys a role of the application may name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Catalogue {
    /// Registered keys only.
    #[default]
    Strict,
    /// Any key: those named by the application's own roles are registered on the fly.
    Open,
}

/// A namespace that owns roles, privileges and tenants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: Id,
    /// For people.
    pub display_name: String,
    /// Which keys its roles may name.
    pub catalogue: Catalogue,
    /// Who made and last changed it, and when.
    pub stamp: Stamp,
}

/// What a tenant is to its application; immutable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TenantType {
    /// An ordinary customer.
    #[default]
    Standard,
    /// The tenant that stands for all of the application's own people.
    Global,
    /// A customer on its own.
    Standalone,
}

/// A customer of an application.
///
/// The row outlives the tenant as a tombstone: memberships and lists that name it match nothing but
/// exclusions, and a tenant created again under the id is another *incarnation*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its identity.
    pub id: TenantId,
    /// For people.
    pub display_name: String,
    /// Immutable.
    pub tenant_type: TenantType,
    /// How often a tenant of this id has been created; 1 for the first.
    pub incarnation: u32,
    /// False for a tombstone.
    pub live: bool,
    /// Who made and last changed it, and when.
    pub stamp: Stamp,
}
