//! Where a target lives, and whether a path holds it there.

use bailiwick::domain::boundary::BoundaryKind;
use bailiwick::domain::id::Id;
use bailiwick::domain::name::{PrivilegeGroupId, ResourceId, RoleId, ScopeId, Subject, TenantId, TraversalSpecId};
use bailiwick::domain::row::{Key, Row};
use bailiwick::engine::Target;

use super::{Model, Path, Tenants};

/// Where a target lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// There is no target.
    Nothing,
    /// It acts in every tenant, or nobody knows in which: only a path that reaches everything covers it.
    Everywhere,
    /// In these live tenants; application-level things, and those that lost their tenants, in none.
    In {
        tenants: Tenants,
        /// These, and those that it was in and that are gone.
        named: Tenants,
        /// Whether it never was in any.
        application_level: bool,
        /// Who it is, when it is somebody.
        subject: Option<Subject>,
        /// Which registered resource it is, when it is one of another service.
        resource: Option<ResourceId>,
    },
}

/// Every collection is a kind of our own, and no foreign resource bears it.
const COLLECTIONS: &str = "applications tenants roles privileges privilegeGroups permissionBoundaries scopes \
                           traversalSpecs resources roleAssignments users clients groups authSources";

impl Model {
    /// Where a target lives; `None` for one of our own things that does not exist or lives elsewhere.
    pub(crate) fn place(&self, application: &str, privilege: &str, target: Target<'_>) -> Option<Place> {
        let (kind, id) = match target {
            Target::Nothing => return Some(Place::Nothing),
            Target::Tenant(tenant) => ("tenants", tenant),
            Target::Resource { kind, id } => (kind, id),
        };
        if !COLLECTIONS.split_whitespace().any(|collection| collection == kind) {
            return Some(self.place_of_resource(application, kind, id));
        }
        match kind {
            "applications" => (id == application).then_some(Place::Everywhere),
            "privileges" => self.privilege(application, id).map(|_| Place::Everywhere),
            "permissionBoundaries" => {
                let predefined = matches!(id, "application" | "tenant" | "self");
                (predefined || self.boundary(application, id).is_some()).then_some(Place::Everywhere)
            }
            "privilegeGroups" => self.owned_group(application, None, id).map(|()| Place::Everywhere),
            "roles" => self.owned_role(application, None, id).map(|()| Place::Everywhere),
            "scopes" => {
                let scope = ScopeId { application: Id::parse(application).ok()?, scope: Id::parse(id).ok()? };
                (id == "all-objects" || self.get(&Key::Scope(scope)).is_some()).then_some(Place::Everywhere)
            }
            "traversalSpecs" => {
                let spec = TraversalSpecId { application: Id::parse(application).ok()?, spec: Id::parse(id).ok()? };
                self.get(&Key::TraversalSpec(spec)).map(|_| Place::Everywhere)
            }
            "tenants" => self.place_of_tenant(application, id),
            "users" | "clients" => self.place_of_subject(application, privilege, kind, id),
            "groups" => {
                let found = Id::parse(id).is_ok_and(|id| self.has_group(&id));
                (found && shared_live_here(application, privilege)).then_some(Place::Everywhere)
            }
            _ => None,
        }
    }

    /// A foreign resource: in its tenant, if that lives; one that nobody registered has unknown ones.
    fn place_of_resource(&self, application: &str, kind: &str, id: &str) -> Place {
        let found = ResourceId::parse(&format!("applications/{application}/resources/{kind}/{id}"));
        match found.ok().and_then(|id| self.rows.get(&Key::Resource(id))) {
            Some(Row::Resource(row)) => {
                let resource = Some(row.id.clone());
                let named: Tenants = row.tenant_id().into_iter().collect();
                let tenants = named.iter().filter(|tenant| self.is_live(tenant)).cloned().collect();
                let application_level = named.is_empty() && !row.tenant_level;
                Place::In { tenants, named, application_level, subject: None, resource }
            }
            _ => Place::Everywhere,
        }
    }

    /// A tenant, and the roles and privilege groups that it owns: in that tenant.
    fn place_of_tenant(&self, application: &str, id: &str) -> Option<Place> {
        let owned = |kind| id.split_once(kind);
        let (role, group) = (owned("/roles/"), owned("/privilegeGroups/"));
        let tenant = role.or(group).map_or(id, |(tenant, _)| tenant);
        let tenant = TenantId { application: Id::parse(application).ok()?, tenant: Id::parse(tenant).ok()? };
        if !self.is_live(&tenant) {
            return None;
        }
        if let Some((_, role)) = role {
            self.owned_role(application, Some(&tenant.tenant), role)?;
        }
        if let Some((_, group)) = group {
            self.owned_group(application, Some(&tenant.tenant), group)?;
        }
        let tenants = Tenants::from([tenant]);
        let named = tenants.clone();
        Some(Place::In { tenants, named, application_level: false, subject: None, resource: None })
    }

    fn owned_role(&self, application: &str, tenant: Option<&Id>, role: &str) -> Option<()> {
        let (application, role) = (Id::parse(application).ok()?, Id::parse(role).ok()?);
        self.role(&RoleId { application, tenant: tenant.cloned(), role }).map(|_| ())
    }

    fn owned_group(&self, application: &str, tenant: Option<&Id>, group: &str) -> Option<()> {
        let (application, group) = (Id::parse(application).ok()?, Id::parse(group).ok()?);
        let id = PrivilegeGroupId { application, tenant: tenant.cloned(), group };
        self.get(&Key::PrivilegeGroup(id)).map(|_| ())
    }

    /// A user or client of an application: in it and its tenants.
    fn place_of_subject(&self, application: &str, privilege: &str, kind: &str, id: &str) -> Option<Place> {
        let id = Id::parse(id).ok()?;
        let (subject, owner) = if kind == "users" {
            (Subject::User(id.clone()), self.user(&id)?.application.clone())
        } else {
            (Subject::Client(id.clone()), Some(self.client(&id)?.application.clone()))
        };
        let here = match owner {
            Some(owner) => owner.as_str() == application,
            None => shared_live_here(application, privilege),
        };
        here.then(|| Place::In {
            tenants: self.tenants(&subject),
            named: self.named_tenants(&subject),
            application_level: !self.is_tenant_level(&subject),
            subject: Some(subject),
            resource: None,
        })
    }

    /// Whether the path holds a target at the place: within the role's owner, the assignment's tenant and the
    /// boundary; and, if the privilege is object-scoped, within the resources of the assignment.
    pub(crate) fn within(&self, path: &Path<'_>, place: &Place, object_scoped: bool) -> bool {
        let any_object = !object_scoped || path.resources.is_none();
        match place {
            Place::Everywhere => any_object && reaches_everything(path),
            Place::Nothing if object_scoped => any_object && reaches_everything(path),
            Place::Nothing => self.could_hold_some_target(path),
            Place::In { tenants, named, application_level, subject, resource } => {
                (any_object || resource.as_ref().is_some_and(|resource| is_held(path, resource)))
                    && path.cuts().is_subset(tenants)
                    && match path.boundary {
                        BoundaryKind::Application => true,
                        BoundaryKind::Tenant => !path.tenants.is_disjoint(tenants),
                        BoundaryKind::SelfOnly => subject.as_ref() == Some(path.subject),
                        BoundaryKind::TenantInclusionList => {
                            tenants.iter().any(|tenant| self.is_included(&path.role, tenant))
                        }
                        BoundaryKind::TenantExclusionList => {
                            let somewhere = !tenants.is_empty() || *application_level;
                            somewhere && !named.iter().any(|tenant| self.is_excluded(&path.role, tenant))
                        }
                        BoundaryKind::Custom => false,
                    }
            }
        }
    }

    /// Not CUSTOM, not TENANT with an empty T, not an inclusion list without a live tenant, and nothing cut to a tenant in which nothing lives.
    pub(crate) fn could_hold_some_target(&self, path: &Path<'_>) -> bool {
        path.cuts().iter().all(|cut| self.is_live(cut))
            && match path.boundary {
                BoundaryKind::Application => true,
                BoundaryKind::Tenant => !path.tenants.is_empty(),
                BoundaryKind::SelfOnly => path.cuts().is_subset(&self.tenants(path.subject)),
                BoundaryKind::TenantInclusionList => self.includes_a_live_tenant(&path.role),
                BoundaryKind::TenantExclusionList => {
                    !path.cuts().iter().any(|tenant| self.is_excluded(&path.role, tenant))
                }
                BoundaryKind::Custom => false,
            }
    }
}

/// Whether the resources of the assignment, which are its role's application's, hold one.
fn is_held(path: &Path<'_>, resource: &ResourceId) -> bool {
    let held = path.resources.as_ref().is_none_or(|resources| resources.contains(&resource.key()));
    held && resource.application == path.role.id.application
}

/// Its role is owned by the application, its assignment has no tenant, its boundary is APPLICATION.
fn reaches_everything(path: &Path<'_>) -> bool {
    path.cuts().is_empty() && path.boundary == BoundaryKind::Application
}

/// Whether what belongs to no application is among what the privilege acts on in this one: for giving roles and for
/// asking, everywhere; for the other predefined privileges, in the product's own application.
fn shared_live_here(application: &str, privilege: &str) -> bool {
    let ours = privilege.starts_with("bailiwick:") && application == "bailiwick";
    ours || privilege == "bailiwick:role:manage-assignments" || privilege == "bailiwick:permission:check"
}
