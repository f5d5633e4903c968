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

/// A foreign resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ResourceRow {
    pub(super) live: bool,
    /// Whether it ever had a tenant.
    pub(super) tenant_level: bool,
    /// The tenant it lives in, or `NONE`. It dies with that tenant, and so means the tenant as it is.
    pub(super) tenant: u32,
}

/// The same as it is kept: four bytes for each of millions. The tenant's id is one more, so that nothing is zero.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KeptResource(u32);

impl KeptResource {
    const LIVE: u32 = 1 << 31;
    const TENANT_LEVEL: u32 = 1 << 30;
    const TENANT: u32 = Self::TENANT_LEVEL - 1;

    pub(super) fn new(row: ResourceRow) -> Self {
        let flag = |is: bool, flag: u32| if is { flag } else { 0 };
        let tenant = row.tenant.wrapping_add(1);
        debug_assert!(tenant <= Self::TENANT, "there are fewer tenants");
        Self(tenant | flag(row.live, Self::LIVE) | flag(row.tenant_level, Self::TENANT_LEVEL))
    }

    pub(super) fn row(self) -> ResourceRow {
        let tenant = (self.0 & Self::TENANT).wrapping_sub(1);
        ResourceRow { live: self.0 & Self::LIVE != 0, tenant_level: self.0 & Self::TENANT_LEVEL != 0, tenant }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_kept_as_it_is() {
        for (live, tenant_level, tenant) in
            [(true, true, 0), (true, false, NONE), (false, true, 1 << 29), (false, false, NONE)]
        {
            let row = ResourceRow { live, tenant_level, tenant };
            assert_eq!(KeptResource::new(row).row(), row);
        }
        assert!(!KeptResource::default().row().live);
    }
}
