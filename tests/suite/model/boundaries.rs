//! Permission boundaries, and the tenants that they list.

use bailiwick::domain::boundary::{Boundary, BoundaryKind, PermissionBoundary};
use bailiwick::domain::id::Id;
use bailiwick::domain::name::{BoundaryId, Subject, TenantId};
use bailiwick::domain::role::Role;
use bailiwick::domain::row::{Key, Row};
use bailiwick::domain::time::Time;
use bailiwick::engine::Target;

use super::{Model, Path, Question, Tenants, none_means};

impl Model {
    /// A boundary that an application has of its own.
    pub(crate) fn boundary(&self, application: &str, id: &str) -> Option<&PermissionBoundary> {
        let id = BoundaryId { application: Id::parse(application).ok()?, boundary: Id::parse(id).ok()? };
        match self.rows.get(&Key::Boundary(id)) {
            Some(Row::Boundary(boundary)) => Some(boundary),
            _ => None,
        }
    }

    /// What the boundary of a role is for a subject. One that is not there lets nothing through.
    pub(crate) fn resolve(&self, role: &Role, subject: &Subject) -> BoundaryKind {
        match &role.boundary {
            Boundary::Unset => none_means(self.is_tenant_level(subject)),
            Boundary::Application => BoundaryKind::Application,
            Boundary::Tenant => BoundaryKind::Tenant,
            Boundary::SelfOnly => BoundaryKind::SelfOnly,
            Boundary::Named(_) => self.boundary_of(role).map_or(BoundaryKind::Custom, |boundary| boundary.kind),
        }
    }

    fn boundary_of(&self, role: &Role) -> Option<&PermissionBoundary> {
        let Boundary::Named(id) = &role.boundary else { return None };
        self.boundary(role.id.application.as_str(), id.as_str())
    }

    /// The incarnation in which the boundary of the role lists a tenant of its application.
    fn listed(&self, role: &Role, tenant: &TenantId) -> Option<u32> {
        let Boundary::Named(boundary) = &role.boundary else { return None };
        if tenant.application != role.id.application {
            return None;
        }
        let id = BoundaryId { application: role.id.application.clone(), boundary: boundary.clone() };
        match self.rows.get(&Key::BoundaryTenant(id, tenant.tenant.clone())) {
            Some(Row::BoundaryTenant(row)) => Some(row.incarnation),
            _ => None,
        }
    }

    /// What is included is a tenant as it was listed: created again it is another.
    pub(crate) fn is_included(&self, role: &Role, tenant: &TenantId) -> bool {
        self.listed(role, tenant).is_some_and(|number| self.live_incarnation(tenant) == Some(number))
    }

    /// What is excluded is whatever bears the id.
    pub(crate) fn is_excluded(&self, role: &Role, tenant: &TenantId) -> bool {
        self.listed(role, tenant).is_some()
    }

    pub(crate) fn includes_a_live_tenant(&self, role: &Role) -> bool {
        self.rows.values().any(|row| matches!(row, Row::Tenant(tenant) if self.is_included(role, &tenant.id)))
    }

    /// The tenants that a subject is in or was in.
    pub(crate) fn named_tenants(&self, subject: &Subject) -> Tenants {
        let joined = self.rows.values().filter_map(|row| match (row, subject) {
            (Row::UserTenant(member), Subject::User(id)) if member.user == *id => Some(member.tenant.clone()),
            _ => None,
        });
        let owner = match subject {
            Subject::Client(id) => self.client(id).and_then(|client| {
                Some(TenantId { application: client.application.clone(), tenant: client.tenant.clone()? })
            }),
            _ => None,
        };
        joined.chain(owner).collect()
    }
}

impl Question<'_> {
    /// The values of the custom boundaries by which alone a path, valid now, does not hold the target; none for what is
    /// unknown.
    pub(crate) fn custom_for(&self, target: Target<'_>, now: Time) -> Vec<String> {
        let Some(place) = self.model.place(self.application, self.privilege, target) else { return Vec::new() };
        let mut values = std::collections::BTreeSet::new();
        for path in self.paths.iter().flatten() {
            let counts = path.may_hold && path.valid_at(now) && path.boundary == BoundaryKind::Custom;
            let open = Path { boundary: BoundaryKind::Application, ..path.clone() };
            if counts && self.holds(&open, &place, target, now) {
                values.extend(self.model.boundary_of(&path.role).map(|boundary| boundary.value.clone()));
            }
        }
        values.into_iter().collect()
    }
}
