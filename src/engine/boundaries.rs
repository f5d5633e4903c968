//! Permission boundaries, compiled: what each says, which tenants it lists, which roles refer to it.

use std::sync::Arc;

use super::apply::Step;
use super::snapshot::{Member, NONE, Snapshot};
use crate::domain::boundary::{Boundary, BoundaryKind, BoundaryTenant, PermissionBoundary};
use crate::domain::name::BoundaryId;
use crate::domain::row::Key;

/// The boundary of a role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RoleBoundary {
    #[default]
    Unset,
    Application,
    Tenant,
    SelfOnly,
    /// One of the application's own.
    Named(u32),
}

/// A boundary of an application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct BoundaryRow {
    /// What it says; `None` when it does not exist.
    pub(super) kind: Option<BoundaryKind>,
    /// What who asks is told of a custom one.
    pub(super) value: Option<Arc<str>>,
}

impl RoleBoundary {
    /// The boundary whose list it means, or `NONE`.
    pub(super) fn list(self) -> u32 {
        match self {
            Self::Named(id) => id,
            _ => NONE,
        }
    }
}

impl Snapshot {
    /// What the boundary of a role is for a subject that is, or is not, tenant-level. One that does not exist holds
    /// nothing, as one whose holder is not told what it means.
    pub(super) fn kind_of(&self, boundary: RoleBoundary, is_tenant_level: impl FnOnce() -> bool) -> BoundaryKind {
        match boundary {
            RoleBoundary::SelfOnly => BoundaryKind::SelfOnly,
            RoleBoundary::Tenant => BoundaryKind::Tenant,
            RoleBoundary::Unset if is_tenant_level() => BoundaryKind::Tenant,
            RoleBoundary::Application | RoleBoundary::Unset => BoundaryKind::Application,
            RoleBoundary::Named(id) => self.boundary_kind(id).unwrap_or(BoundaryKind::Custom),
        }
    }

    fn boundary_kind(&self, id: u32) -> Option<BoundaryKind> {
        self.boundary_rows.get(id).and_then(|row| row.kind)
    }

    /// What who asks is told of a custom boundary.
    pub(super) fn value_of(&self, boundary: u32) -> Option<&str> {
        self.boundary_rows.get(boundary).and_then(|row| row.value.as_deref())
    }

    pub(super) fn boundary_in(&self, application: u32, boundary: &str) -> Option<u32> {
        self.boundaries.find(application, boundary)
    }

    pub(super) fn boundary_id(&self, boundary: &BoundaryId) -> Option<u32> {
        self.boundary_in(self.application_id(boundary.application.as_str())?, boundary.boundary.as_str())
    }

    /// Whether the application itself has a boundary with this id.
    pub(super) fn live_boundary(&self, application: u32, boundary: &str) -> bool {
        self.boundary_in(application, boundary).is_some_and(|id| self.boundary_kind(id).is_some())
    }

    /// Whether a boundary lists the tenant, whichever incarnation of it.
    pub(super) fn names_tenant(&self, boundary: u32, tenant: u32) -> bool {
        self.boundary_tenants.find(boundary, &tenant).is_some()
    }

    /// The tenants that a boundary lists and that are there as they were listed.
    pub(super) fn listed_tenants(&self, boundary: u32) -> impl Iterator<Item = u32> {
        let listed = self.boundary_tenants.get(boundary).iter();
        listed.filter(|member| self.is_live(**member)).map(|member| member.tenant)
    }

    pub(super) fn compiled(&mut self, application: u32, boundary: &Boundary) -> RoleBoundary {
        match boundary {
            Boundary::Unset => RoleBoundary::Unset,
            Boundary::Application => RoleBoundary::Application,
            Boundary::Tenant => RoleBoundary::Tenant,
            Boundary::SelfOnly => RoleBoundary::SelfOnly,
            Boundary::Named(id) => RoleBoundary::Named(self.boundaries.intern(application, id.as_str())),
        }
    }

    fn intern_boundary(&mut self, boundary: &BoundaryId) -> u32 {
        let application = self.intern_application(boundary.application.as_str());
        self.boundaries.intern(application, boundary.boundary.as_str())
    }

    pub(super) fn change_boundary(&mut self, row: &PermissionBoundary, step: Step) {
        let id = self.intern_boundary(&row.id);
        let value = Some(row.value.as_str()).filter(|_| row.kind == BoundaryKind::Custom).map(Arc::from);
        let kind = Some(row.kind).filter(|_| step.present());
        *self.boundary_rows.get_mut(id) = BoundaryRow { kind, value: value.filter(|_| step.present()) };
        let application = self.intern_application(row.id.application.as_str());
        step.count_small(&mut self.application_rows.get_mut(application).boundaries);
        step.count(&mut self.counts.permission_boundaries);
    }

    pub(super) fn change_boundary_tenant(&mut self, row: &BoundaryTenant, step: Step) {
        let boundary = self.intern_boundary(&row.boundary);
        let application = self.intern_application(row.boundary.application.as_str());
        let tenant = self.intern_tenant_in(application, row.tenant.as_str());
        if step.present() {
            self.boundary_tenants.insert(boundary, Member { tenant, incarnation: row.incarnation });
        } else {
            self.boundary_tenants.remove(boundary, &tenant);
        }
        step.count(&mut self.counts.boundary_tenants);
    }

    /// Whether the application itself has the boundary.
    pub fn has_boundary(&self, boundary: &BoundaryId) -> bool {
        self.boundary_id(boundary).is_some_and(|id| self.boundary_kind(id).is_some())
    }

    /// Whether a boundary lists the tenant.
    pub(super) fn has_boundary_tenant(&self, key: &Key) -> bool {
        let Key::BoundaryTenant(boundary, tenant) = key else { return false };
        let Some(id) = self.boundary_id(boundary) else { return false };
        let application = self.application_id(boundary.application.as_str());
        let tenant = application.and_then(|application| self.tenant_in(application, tenant.as_str()));
        tenant.is_some_and(|tenant| self.names_tenant(id, tenant))
    }

    /// The ids of the tenants that a boundary lists, ordered: those that are there as they were listed, and those that
    /// are not.
    pub fn tenants_of_boundary(&self, boundary: &BoundaryId) -> (Vec<String>, Vec<String>) {
        let Some(id) = self.boundary_id(boundary) else { return Default::default() };
        let (here, gone): (Vec<Member>, Vec<Member>) =
            self.boundary_tenants.get(id).iter().partition(|member| self.is_live(**member));
        let named = |members: Vec<Member>| {
            let mut ids: Vec<String> =
                members.into_iter().map(|member| self.tenants.text(member.tenant).to_owned()).collect();
            ids.sort_unstable();
            ids
        };
        (named(here), named(gone))
    }

    /// How many tenants a boundary lists, those that are gone included.
    pub fn boundary_size(&self, boundary: &BoundaryId) -> usize {
        self.boundary_id(boundary).map_or(0, |id| self.boundary_tenants.get(id).len())
    }

    /// How many boundaries the application has, without the predefined ones.
    pub fn boundary_count(&self, application: &str) -> usize {
        self.application_id(application).map_or(0, |id| self.application_row(id).boundaries as usize)
    }

    /// Notes which boundary a role refers to from now on.
    pub(super) fn note_bounded(&mut self, role: u32, old: RoleBoundary, new: RoleBoundary) {
        if old.list() != NONE {
            self.bounded_roles.remove(old.list(), &role);
        }
        if new.list() != NONE {
            self.bounded_roles.insert(new.list(), role);
        }
    }
}
