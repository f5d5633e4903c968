//! Privileges: entries of an application's catalogue.

use super::name::PrivilegeId;
use super::row::Stamp;

/// A named right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privilege {
    /// Its application and key.
    pub id: PrivilegeId,
    /// For people.
    pub display_name: String,
    /// For people.
    pub description: String,
    /// Whether a check must say on which object; immutable.
    pub object_scoped: bool,
    /// False: no tenant's role gives it, by whatever way it comes.
    pub tenant_visible: bool,
    /// Who made and last changed it, and when.
    pub stamp: Stamp,
}
