//! Privileges: entries of an application's catalogue.

use super::id::Id;
use super::name::PrivilegeId;
use super::policy::PolicyDocument;
use super::row::Stamp;

/// A named right: to the action of its key, or to what a policy document says.
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
    /// What it gives instead of a right to the action of its key; whether there is one is immutable.
    pub document: Option<PolicyDocument>,
    /// Who made and last changed it, and when.
    pub stamp: Stamp,
}

/// A privilege that is assigned to a user itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignedPrivilege {
    /// The privilege, plain or a policy document.
    pub privilege: PrivilegeId,
    /// Who has it, in its application: without tenant, on all resources, within no boundary.
    pub user: Id,
}
