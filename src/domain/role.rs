//! Roles: named sets of privileges, with at most one permission boundary.

use super::boundary::Boundary;
use super::id::{Id, PrivilegeKey, PrivilegePattern};
use super::metadata::Metadata;
use super::name::{PrivilegeGroupId, RoleId};
use super::row::Stamp;

/// Who made a role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RoleKind {
    /// An administrator.
    #[default]
    Custom,
    /// The product; immutable.
    Predefined,
}

/// Who may hold a role, by tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// Everyone.
    #[default]
    All,
    /// Who has a live tenant of the role's list.
    InclusionList,
    /// Who is application-level.
    None,
    /// Who has the owning tenant; always so for a tenant's role.
    Owner,
}

impl Visibility {
    /// Whether whoever may hold a role of this visibility may hold one of the other as well, lists of tenants apart.
    pub fn is_within(self, other: Self) -> bool {
        self == other || other == Self::All
    }
}

/// A role, without the elements of its sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its identity; the owner in it is immutable.
    pub id: RoleId,
    /// Unique in its owner whatever its case; immutable.
    pub role_name: String,
    /// For people.
    pub display_name: String,
    /// For people.
    pub description: String,
    /// Words of those who manage roles; they mean nothing to a decision.
    pub metadata: Metadata,
    /// Predefined roles are immutable.
    pub kind: RoleKind,
    /// On which targets it may act.
    pub boundary: Boundary,
    /// Who may hold it.
    pub visibility: Visibility,
    /// Who made and last changed it or one of its elements, and when.
    pub stamp: Stamp,
}

/// One element of one of a role's sets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleElement {
    /// It gives this key.
    Privilege(PrivilegeKey),
    /// It gives every key that the pattern matches, also those registered later.
    Pattern(PrivilegePattern),
    /// It gives no key that this matches, wherever it comes from. Kept as text.
    Exclusion(PrivilegePattern),
    /// It gives what this role of its application gives; `tenant` is the parent's owner.
    Parent {
        /// The parent's owning tenant, if a tenant owns it.
        tenant: Option<Id>,
        /// The parent's id.
        role: Id,
    },
    /// A tenant of the application whose subjects may hold it (`Visibility::InclusionList`).
    VisibleTenant(Id),
    /// It gives what is in this privilege group of its application; `tenant` is the group's owner.
    PrivilegeGroup {
        /// The group's owning tenant, if a tenant owns it.
        tenant: Option<Id>,
        /// The group's id.
        group: Id,
    },
}

/// A row of a role's sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleElementRow {
    /// The role.
    pub role: RoleId,
    /// The element.
    pub element: RoleElement,
    /// For a visible tenant, the incarnation that was listed; else 0.
    pub incarnation: u32,
}

impl RoleElement {
    /// The identity of a parent, as an element of `role`.
    pub fn parent_of(&self, role: &RoleId) -> Option<RoleId> {
        match self {
            Self::Parent { tenant, role: parent } => {
                Some(RoleId { application: role.application.clone(), tenant: tenant.clone(), role: parent.clone() })
            }
            _ => None,
        }
    }

    /// The identity of a privilege group, as an element of `role`.
    pub fn group_of(&self, role: &RoleId) -> Option<PrivilegeGroupId> {
        match self {
            Self::PrivilegeGroup { tenant, group } => Some(PrivilegeGroupId {
                application: role.application.clone(),
                tenant: tenant.clone(),
                group: group.clone(),
            }),
            _ => None,
        }
    }
}
