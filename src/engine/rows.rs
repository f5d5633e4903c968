//! What the compiled state keeps of a row, in the place of its dense id.

use super::boundaries::RoleBoundary;
use super::lists::Keyed;
use super::selectors::Access;
use super::snapshot::NONE;
use crate::domain::role::Visibility;
use crate::domain::time::Time;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ApplicationRow {
    pub(super) live: bool,
    pub(super) open: bool,
    pub(super) keys: u32,
    pub(super) privilege_groups: u32,
    pub(super) boundaries: u32,
    pub(super) roles: u32,
    pub(super) scopes: u32,
    pub(super) specs: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct TenantRow {
    pub(super) live: bool,
    pub(super) incarnation: u32,
    pub(super) application: u32,
}

impl Default for TenantRow {
    fn default() -> Self {
        Self { live: false, incarnation: 0, application: NONE }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct SubjectRow {
    pub(super) live: bool,
    pub(super) enabled: bool,
    pub(super) tenant_level: bool,
    /// The application of a user, the owner of a client; `NONE` for the shared directory.
    pub(super) application: u32,
    /// For a client that an application owns itself: that application as a holder.
    pub(super) stands_for: u32,
}

impl Default for SubjectRow {
    fn default() -> Self {
        Self { live: false, enabled: false, tenant_level: false, application: NONE, stands_for: NONE }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct PrivilegeRow {
    pub(super) live: bool,
    pub(super) object_scoped: bool,
    pub(super) tenant_visible: bool,
    /// Whether it is a policy document, and so no right to an action.
    pub(super) document: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PrivilegeGroupRow {
    pub(super) live: bool,
    pub(super) tenant_visible: bool,
}

/// A foreign resource; of millions no more is kept than where each lives.
#[derive(Clone, Copy, Debug)]
pub(super) struct ResourceRow {
    pub(super) live: bool,
    /// Whether it ever had a tenant.
    pub(super) tenant_level: bool,
    /// The tenant it lives in, or `NONE`. It dies with that tenant, and so means the tenant as it is.
    pub(super) tenant: u32,
}

impl Default for ResourceRow {
    fn default() -> Self {
        Self { live: false, tenant_level: false, tenant: NONE }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct RoleRow {
    pub(super) live: bool,
    pub(super) boundary: RoleBoundary,
    pub(super) visibility: Visibility,
    pub(super) application: u32,
    /// The owning tenant, or `NONE`.
    pub(super) tenant: u32,
    /// Steps to the furthest ancestor; more than the limit when rows are beyond it or form a cycle.
    pub(super) height: u8,
}

impl Default for RoleRow {
    fn default() -> Self {
        Self {
            live: false,
            boundary: RoleBoundary::Unset,
            visibility: Visibility::All,
            application: NONE,
            tenant: NONE,
            height: 0,
        }
    }
}

/// A tenant as a membership or a list names it: one incarnation of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) tenant: u32,
    pub(super) incarnation: u32,
}

impl Keyed for Member {
    type Key = u32;
    fn key(&self) -> u32 {
        self.tenant
    }
}

/// An assignment of a holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) role: u32,
    /// The tenant it is cut to, or `NONE`.
    pub(super) tenant: u32,
    /// Which resources it reaches.
    pub(super) access: Access,
    pub(super) start: Option<Time>,
    pub(super) expire: Option<Time>,
}

impl Grant {
    /// At most one assignment of a holder has it.
    pub(super) fn key(&self) -> (u32, u32) {
        (self.role, self.tenant)
    }

    pub(super) fn valid(&self, now: Time) -> bool {
        self.start.is_none_or(|start| start <= now) && !self.ended(now)
    }

    pub(super) fn ended(&self, now: Time) -> bool {
        self.expire.is_some_and(|expire| expire <= now)
    }
}
