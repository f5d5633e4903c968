//! Privilege groups: named sets of keys, owned by an application or by one of its tenants, that roles refer to.

use super::id::PrivilegeKey;
use super::name::PrivilegeGroupId;
use super::row::Stamp;

/// A privilege group, without its privileges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivilegeGroup {
    /// Its identity; the owner in it is immutable.
    pub id: PrivilegeGroupId,
    /// Unique in its owner whatever its case; immutable.
    pub group_name: String,
    /// For people.
    pub display_name: String,
    /// For people.
    pub description: String,
    /// False: no tenant's role gives what is in it, by whatever way it comes.
    pub tenant_visible: bool,
    /// Who made and last changed it or what is in it, and when.
    pub stamp: Stamp,
}

/// A key that is in a privilege group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupedPrivilege {
    /// The group.
    pub group: PrivilegeGroupId,
    /// The key, of the catalogue of the group's application.
    pub privilege: PrivilegeKey,
}
