//! What a path can hold: its tenants, cut by its role's owner, its assignment's tenant and the boundary.

use super::objects::WalkTooLong;
use super::snapshot::{Grant, NONE, RoleRow, Snapshot};
use super::target::{Place, ToldTenant};
use crate::domain::boundary::BoundaryKind;
use crate::domain::role::Visibility;

/// One way from a subject to a role, without the question what the role gives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path {
    /// Who asks.
    pub(super) subject: u32,
    /// The privilege that the role gives, or the right of a document by which it gives it.
    pub(super) right: u32,
    pub(super) grant: Grant,
    pub(super) role: RoleRow,
    /// The role's boundary as it is for this subject.
    pub(super) boundary: BoundaryKind,
}

impl Path {
    /// The boundary whose list counts.
    pub(super) fn list(&self) -> u32 {
        self.role.boundary.list()
    }

    /// Whether it covers what has no tenant of its own, and what has unknown ones.
    pub(super) fn is_unbounded(&self) -> bool {
        self.role.tenant == NONE && self.grant.tenant == NONE && self.boundary == BoundaryKind::Application
    }

    /// Whether a tenant is outside neither the role's owner nor the assignment.
    pub(super) fn cut_keeps(&self, tenant: u32) -> bool {
        [self.role.tenant, self.grant.tenant].into_iter().all(|cut| cut == NONE || cut == tenant)
    }

    /// The tenants it is cut to, if any.
    pub(super) fn cuts(&self) -> impl Iterator<Item = u32> + use<> {
        [self.role.tenant, self.grant.tenant].into_iter().filter(|cut| *cut != NONE)
    }
}

impl Snapshot {
    /// Whether the subject may hold the role now: application and visibility.
    pub(super) fn may_hold(&self, subject: u32, role: u32, row: &RoleRow) -> bool {
        let of = self.subject_row(subject);
        if of.application != NONE && of.application != row.application && self.is_user(subject) {
            return false;
        }
        match row.visibility {
            _ if row.tenant != NONE => self.has_tenant(subject, row.tenant),
            Visibility::All => true,
            Visibility::None => !self.is_tenant_level(subject),
            Visibility::InclusionList => self.live_tenants(subject).any(|tenant| self.lists(role, tenant)),
            Visibility::Owner => false, // An application is no tenant: nobody has the owning one.
        }
    }

    /// Whether the role's list of tenants holds this one as it is now.
    pub(super) fn lists(&self, role: u32, tenant: u32) -> bool {
        self.visible_tenants.find(role, &tenant).is_some_and(|member| self.is_live(*member))
    }

    /// The live tenants of the subject in which the role is visible, cut as the path is.
    pub(super) fn tenants_of(&self, path: &Path) -> impl Iterator<Item = u32> {
        self.live_tenants(path.subject).filter(|tenant| {
            path.cut_keeps(*tenant)
                && match path.role.visibility {
                    _ if path.role.tenant != NONE => true,
                    Visibility::All => true,
                    Visibility::InclusionList => self.lists(path.grant.role, *tenant),
                    Visibility::None | Visibility::Owner => false,
                }
        })
    }

    /// Whether a target at `place` is within the path.
    pub(super) fn holds(&self, path: &Path, place: Place<'_>, object_scoped: bool) -> Result<bool, WalkTooLong> {
        let within = match place {
            Place::Everywhere => path.is_unbounded(),
            Place::Nothing if object_scoped => path.is_unbounded(),
            Place::Nothing => self.could_hold(path),
            Place::Told(told) if told.tenant == ToldTenant::Unknown => path.is_unbounded(),
            Place::Tenant(_) | Place::Subject(_) | Place::Resource(_) | Place::Told(_) => {
                path.cuts().all(|cut| self.place_has(place, cut)) && self.boundary_holds(path, place)
            }
        };
        if within && object_scoped { self.reaches_object(path.grant.access, place) } else { Ok(within) }
    }

    fn boundary_holds(&self, path: &Path, place: Place<'_>) -> bool {
        match path.boundary {
            BoundaryKind::Application => true,
            BoundaryKind::SelfOnly => place == Place::Subject(path.subject),
            BoundaryKind::Tenant => self.tenants_of(path).any(|tenant| self.place_has(place, tenant)),
            BoundaryKind::TenantInclusionList => {
                self.listed_tenants(path.list()).any(|tenant| self.place_has(place, tenant))
            }
            BoundaryKind::TenantExclusionList => self.place_is_outside(place, path.list()),
            BoundaryKind::Custom => false,
        }
    }

    /// Whether some target could be within the path.
    pub(super) fn could_hold(&self, path: &Path) -> bool {
        path.cuts().all(|cut| self.tenant_lives(cut))
            && match path.boundary {
                BoundaryKind::Application => true,
                BoundaryKind::SelfOnly => path.cuts().all(|cut| self.has_tenant(path.subject, cut)),
                BoundaryKind::Tenant => self.tenants_of(path).next().is_some(),
                BoundaryKind::TenantInclusionList => self.listed_tenants(path.list()).next().is_some(),
                BoundaryKind::TenantExclusionList => path.cuts().all(|cut| !self.names_tenant(path.list(), cut)),
                BoundaryKind::Custom => false,
            }
    }
}
