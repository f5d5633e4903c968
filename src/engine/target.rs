//! What a request is about, and where that lives. A path reaches a target only through where the target lives.

use super::resolve::{KindId, predefined};
use super::snapshot::{NONE, SCOPE_CLIENTS, SCOPE_GROUPS, SCOPE_USERS, Snapshot};
use crate::domain::boundary::PREDEFINED;
use crate::domain::id::COLLECTIONS;
use crate::domain::predefined as ours;

/// What a request is about, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// Nothing in particular.
    Nothing,
    /// A tenant of the application, by its id.
    Tenant(&'a str),
    /// A resource: one of our own collections and what follows its name, or a foreign kind and id.
    Resource {
        /// `users`, `roles`, …, or a foreign kind.
        kind: &'a str,
        /// What follows the first slash.
        id: &'a str,
    },
}

/// Where a target lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place<'a> {
    /// There is no target.
    Nothing,
    /// In every tenant, or nobody knows in which: only a path that reaches everything covers it.
    Everywhere,
    /// In one live tenant.
    Tenant(u32),
    /// Where this subject lives: in its live tenants, or, application-level, in none.
    Subject(u32),
    /// Where this registered foreign resource lives: in its live tenant, or in none.
    Resource(u32),
    /// Where a trusted caller says that a foreign resource lives which nobody registered.
    Told(&'a Told<'a>),
}

/// What a trusted caller says of a foreign resource that nobody registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told<'a> {
    pub(super) application: u32,
    /// A row names it, though nobody registered it.
    pub(super) id: Option<u32>,
    pub(super) kind: Option<KindId>,
    pub(super) tenant: ToldTenant,
    /// Those of the parents that are registered.
    pub(super) parents: &'a [u32],
}

/// Where such a resource lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ToldTenant {
    /// He does not say.
    Unknown,
    /// In none.
    None,
    /// In this one, as it is now.
    Tenant(u32),
}

/// Whether resources of a kind are foreign ones, and not our own. Our collections are plurals: most foreign kinds are
/// told by their last letter.
pub(super) fn is_foreign(kind: &str) -> bool {
    !kind.ends_with('s') || !COLLECTIONS.contains(&kind)
}

/// Rights over what lives in no application that count in every application: giving its roles, and asking.
const SHARED_EVERYWHERE: [&str; 2] = [ours::PERMISSION_CHECK.key, ours::ROLE_MANAGE_ASSIGNMENTS.key];

impl Snapshot {
    /// Where the target lives, as `privilege` sees it from `application`; `None` when it is one of our own things
    /// that does not exist or lives elsewhere. A foreign resource that nobody registered has unknown tenants.
    pub(super) fn place(&self, application: u32, privilege: u32, target: Target<'_>) -> Option<Place<'static>> {
        match target {
            Target::Nothing => Some(Place::Nothing),
            Target::Tenant(tenant) => self.live_tenant(application, tenant).map(Place::Tenant),
            Target::Resource { kind: "users", id } => self.subject_place(application, privilege, SCOPE_USERS, id),
            Target::Resource { kind, id } if !is_foreign(kind) => self.own_place(application, privilege, kind, id),
            Target::Resource { kind, id } => Some(self.resource_place(self.resource_in(application, kind, id))),
        }
    }

    fn own_place(&self, application: u32, privilege: u32, kind: &str, id: &str) -> Option<Place<'static>> {
        match kind {
            "applications" => (self.application_id(id) == Some(application)).then_some(Place::Everywhere),
            "clients" => self.subject_place(application, privilege, SCOPE_CLIENTS, id),
            "groups" => self.group_place(application, privilege, id),
            "privileges" => {
                let found = self.privilege_id(application, id)?;
                self.privilege_row(found).live.then_some(Place::Everywhere)
            }
            "permissionBoundaries" => {
                let predefined = PREDEFINED.iter().any(|boundary| boundary.id() == Some(id));
                (predefined || self.live_boundary(application, id)).then_some(Place::Everywhere)
            }
            "privilegeGroups" => self.live_privilege_group(application, None, id).map(|()| Place::Everywhere),
            "scopes" => self.live_scope(application, id).then_some(Place::Everywhere),
            "traversalSpecs" => self.live_spec(application, id).then_some(Place::Everywhere),
            "roles" => self.live_role(application, None, id).map(|()| Place::Everywhere),
            "tenants" => match id.split_once('/') {
                None => self.live_tenant(application, id).map(Place::Tenant),
                Some((tenant, owned)) => {
                    let tenant = self.live_tenant(application, tenant)?;
                    self.owned_thing(application, tenant, owned).map(|()| Place::Tenant(tenant))
                }
            },
            _ => None,
        }
    }

    /// What a tenant owns, by what follows the tenant's name.
    fn owned_thing(&self, application: u32, tenant: u32, owned: &str) -> Option<()> {
        match owned.split_once('/')? {
            ("privilegeGroups", group) => self.live_privilege_group(application, Some(tenant), group),
            ("roles", role) => self.live_role(application, Some(tenant), role),
            _ => None,
        }
    }

    fn live_privilege_group(&self, application: u32, tenant: Option<u32>, group: &str) -> Option<()> {
        let group = self.privilege_group_in(application, tenant, group)?;
        self.privilege_group_row(group).live.then_some(())
    }

    /// Where a foreign resource lives, if it is registered.
    pub(super) fn resource_place(&self, resource: Option<u32>) -> Place<'static> {
        let registered = resource.filter(|resource| self.resource_row(*resource).live);
        registered.map_or(Place::Everywhere, Place::Resource)
    }

    fn live_tenant(&self, application: u32, tenant: &str) -> Option<u32> {
        self.tenant_in(application, tenant).filter(|tenant| self.tenant_lives(*tenant))
    }

    fn live_role(&self, application: u32, tenant: Option<u32>, role: &str) -> Option<()> {
        let role = self.role_in(application, tenant, role)?;
        self.role_row(role).live.then_some(())
    }

    fn subject_place(&self, application: u32, privilege: u32, scope: u32, id: &str) -> Option<Place<'static>> {
        let subject = self.subjects.find(scope, id)?;
        let row = self.subject_row(subject);
        let here = row.application == application || (row.application == NONE && sees_shared(application, privilege));
        (self.subject_lives(subject) && here).then_some(Place::Subject(subject))
    }

    fn group_place(&self, application: u32, privilege: u32, id: &str) -> Option<Place<'static>> {
        let group = self.subjects.find(SCOPE_GROUPS, id)?;
        let here = self.subject_row(group).live && sees_shared(application, privilege);
        here.then_some(Place::Everywhere)
    }

    /// Whether a place has none of the tenants that a boundary lists, be they gone or created again, and either is in a
    /// live tenant or never was in any.
    pub(super) fn place_is_outside(&self, place: Place<'_>, boundary: u32) -> bool {
        let listed = |tenant: u32| self.names_tenant(boundary, tenant);
        match place {
            Place::Tenant(tenant) => !listed(tenant),
            Place::Subject(subject) => {
                let mut tenants = self.memberships.get(subject).iter();
                let somewhere = self.live_tenants(subject).next().is_some();
                (somewhere || !self.is_tenant_level(subject)) && !tenants.any(|member| listed(member.tenant))
            }
            Place::Resource(resource) => {
                let row = self.resource_row(resource);
                match row.tenant {
                    NONE => !row.tenant_level,
                    tenant => self.tenant_lives(tenant) && !listed(tenant),
                }
            }
            Place::Told(told) => match told.tenant {
                ToldTenant::Unknown => false,
                ToldTenant::None => true,
                ToldTenant::Tenant(tenant) => self.tenant_lives(tenant) && !listed(tenant),
            },
            Place::Nothing | Place::Everywhere => false,
        }
    }

    /// Whether a place is in a tenant.
    pub(super) fn place_has(&self, place: Place<'_>, tenant: u32) -> bool {
        match place {
            Place::Tenant(place) => place == tenant,
            Place::Subject(subject) => self.has_tenant(subject, tenant),
            Place::Resource(resource) => self.resource_row(resource).tenant == tenant && self.tenant_lives(tenant),
            Place::Told(told) => told.tenant == ToldTenant::Tenant(tenant) && self.tenant_lives(tenant),
            Place::Nothing | Place::Everywhere => false,
        }
    }
}

/// Whether what belongs to no application is among what `privilege` acts on in `application`.
fn sees_shared(application: u32, privilege: u32) -> bool {
    let everywhere = |key| SHARED_EVERYWHERE.contains(&key);
    predefined(privilege).is_some_and(|privilege| application == Snapshot::OURS || everywhere(privilege.key))
}
