//! What a caller may do with Bailiwick itself: the same decision rule, asked about the same state.
//!
//! Whoever lacks the privilege, or names a thing that is absent or out of his reach, gets the same refusal.
//! Only a caller whose path reaches everything there is told that the thing does not exist.

use super::askers::Askers;
use super::caller::Caller;
use super::error::{Error, Result};
use super::methods::Method;
use crate::domain::decision::Decision;
use crate::domain::id::{Id, IdRef};
use crate::domain::name::{
    BoundaryId, PrivilegeGroupId, ResourceId, RoleId, ScopeId, Subject, TenantId, TraversalSpecId,
};
use crate::domain::predefined::{self, Predefined};
use crate::domain::row::Key;
use crate::domain::time::Time;
use crate::engine::{Check, Snapshot, Target};

/// A caller, before a state and a time.
#[derive(Clone, Copy, Debug)]
pub struct Authority<'a> {
    /// The state that decides.
    pub snapshot: &'a Snapshot,
    /// Who calls.
    pub caller: &'a Caller,
    /// When.
    pub now: Time,
}

/// A thing that a call is about: where it would be, whether or not it is there.
#[derive(Clone, Debug)]
pub struct Thing<'a> {
    /// Its type, e.g. `role`.
    pub kind: &'static str,
    /// Its resource name.
    pub name: String,
    /// The application in which it lives.
    pub application: Id,
    /// It, as a target.
    pub target: OwnTarget<'a>,
}

/// One of our own things as a target.
#[derive(Clone, Copy, Debug)]
pub enum OwnTarget<'a> {
    /// The application that the thing is in.
    Application,
    /// A tenant of it.
    Tenant(&'a Id),
    /// A user, client or group.
    Subject(&'a Subject),
    /// A role of it.
    Role(&'a RoleId),
    /// A privilege group of it.
    PrivilegeGroup(&'a PrivilegeGroupId),
    /// A permission boundary of it.
    Boundary(&'a BoundaryId),
    /// A scope of it.
    Scope(&'a ScopeId),
    /// A traversal spec of it.
    TraversalSpec(&'a TraversalSpecId),
    /// A foreign resource of it.
    Resource(&'a ResourceId),
}

impl Authority<'_> {
    /// Whether the caller's roles give the privilege on a target.
    pub fn may(&self, privilege: &Predefined, application: &Id, target: OwnTarget<'_>) -> bool {
        let ask = |kind, id: &str| self.allowed(privilege, application, Target::Resource { kind, id });
        match target {
            OwnTarget::Application => ask("applications", application.as_str()),
            OwnTarget::Tenant(tenant) => self.allowed(privilege, application, Target::Tenant(tenant.as_str())),
            OwnTarget::Subject(subject) => ask(subject.collection(), subject.id().as_str()),
            OwnTarget::Role(role) => match &role.tenant {
                None => ask("roles", role.role.as_str()),
                Some(tenant) => ask("tenants", &format!("{tenant}/roles/{}", role.role)),
            },
            OwnTarget::PrivilegeGroup(group) => match &group.tenant {
                None => ask("privilegeGroups", group.group.as_str()),
                Some(tenant) => ask("tenants", &format!("{tenant}/privilegeGroups/{}", group.group)),
            },
            OwnTarget::Boundary(boundary) => ask("permissionBoundaries", boundary.boundary.as_str()),
            OwnTarget::Scope(scope) => ask("scopes", scope.scope.as_str()),
            OwnTarget::TraversalSpec(spec) => ask("traversalSpecs", spec.spec.as_str()),
            OwnTarget::Resource(resource) => ask(resource.kind.as_str(), resource.id.as_str()),
        }
    }

    fn allowed(&self, privilege: &Predefined, application: &Id, target: Target<'_>) -> bool {
        self.decide(privilege, application.as_str(), target).allowed()
    }

    fn decide(&self, privilege: &Predefined, application: &str, target: Target<'_>) -> Decision {
        let check = Check { application, subject: (&self.caller.subject).into(), privilege: privilege.key, target };
        self.snapshot.check(&check, self.now)
    }

    /// Whether the caller may ask about whomever there is in an application. What is found is kept among the askers of
    /// the state's revision.
    pub fn may_ask_about_all(&self, askers: &Askers, application: IdRef<'_>) -> bool {
        if askers.has(&self.caller.subject, application, self.now) {
            return true;
        }
        let decision = self.decide_about_all(&predefined::PERMISSION_CHECK, application);
        // Of names that mean nothing there are too many.
        if decision.allowed() && self.snapshot.has_application(application.as_str()) {
            askers.keep(&self.caller.subject, application, decision.valid_until);
        }
        decision.allowed()
    }

    /// Whether a path of the caller to the privilege reaches everything in the application; for one that does not
    /// exist, everything there is.
    pub fn reaches_everything(&self, privilege: &Predefined, application: &Id) -> bool {
        self.decide_about_all(privilege, application.borrowed()).allowed()
    }

    fn decide_about_all(&self, privilege: &Predefined, application: IdRef<'_>) -> Decision {
        let decide = |application: &str| {
            self.decide(privilege, application, Target::Resource { kind: "applications", id: application })
        };
        if self.snapshot.has_application(application.as_str()) {
            return decide(application.as_str());
        }
        decide(predefined::application().as_str())
    }

    /// Refuses unless the caller may call the method on the thing, and the thing exists.
    pub fn require(&self, method: &Method, thing: &Thing<'_>) -> Result<()> {
        let privilege = method.privilege().ok_or(Error::Internal)?;
        if self.may(privilege, &thing.application, thing.target) && !self.is_unregistered(thing.target) {
            return Ok(());
        }
        if !self.reaches_everything(privilege, &thing.application) {
            return Err(Error::denied(privilege));
        }
        if !self.snapshot.has_application(thing.application.as_str()) {
            return Err(Error::not_found("application", &crate::domain::name::application(&thing.application)));
        }
        Err(Error::not_found(thing.kind, &thing.name))
    }

    /// Whether it is a resource that nobody registered. Of it, unlike of our own things, it can be asked who may act
    /// on it; but there is nothing that a method could be called on.
    fn is_unregistered(&self, target: OwnTarget<'_>) -> bool {
        matches!(target, OwnTarget::Resource(id) if !self.snapshot.has_resource(id))
    }

    /// Refuses unless the caller may (still) call the method on what it once wrote.
    pub fn require_again(&self, method: &Method, written: &Key) -> Result<()> {
        let privilege = method.privilege().ok_or(Error::Internal)?;
        let allowed = match written {
            Key::Application(id) => self.may(privilege, id, OwnTarget::Application),
            Key::Privilege(id) => self.may(privilege, &id.application, OwnTarget::Application),
            Key::Tenant(id) => self.may(privilege, &id.application, OwnTarget::Tenant(&id.tenant)),
            Key::PrivilegeGroup(id) | Key::GroupedPrivilege(id, _) => {
                self.may(privilege, &id.application, OwnTarget::PrivilegeGroup(id))
            }
            Key::Boundary(id) | Key::BoundaryTenant(id, _) => {
                self.may(privilege, &id.application, OwnTarget::Boundary(id))
            }
            Key::Role(id) | Key::RoleElement(id, _) => self.may(privilege, &id.application, OwnTarget::Role(id)),
            Key::User(id) | Key::UserTenant(id, _) => self.may_where_it_lives(privilege, &Subject::User(id.clone())),
            Key::ExternalIdentity(id) => {
                let bearer = self.snapshot.bearer_of(id);
                bearer.is_some_and(|bearer| self.may_where_it_lives(privilege, &bearer))
            }
            Key::Client(id) => self.may_where_it_lives(privilege, &Subject::Client(id.clone())),
            Key::Group(id) | Key::GroupMember(id, _) => self.may_where_it_lives(privilege, &Subject::Group(id.clone())),
            Key::Assignment(id) => {
                let may = |target| self.may(privilege, &id.role.application, target);
                may(OwnTarget::Subject(&id.holder))
                    && id.tenant.as_ref().is_none_or(|tenant| may(OwnTarget::Tenant(tenant)))
            }
            Key::AssignedPrivilege(id, user) => {
                self.may(privilege, &id.application, OwnTarget::Subject(&Subject::User(user.clone())))
            }
            Key::Resource(id) | Key::ResourceParent(id, _) => {
                self.may(privilege, &id.application, OwnTarget::Resource(id))
            }
            Key::TraversalSpec(id) => self.may(privilege, &id.application, OwnTarget::TraversalSpec(id)),
            Key::Scope(id) => self.may(privilege, &id.application, OwnTarget::Scope(id)),
            Key::Instance(_) | Key::Selection(..) | Key::AssignedResource(..) => false, // No receipt names one.
        };
        if allowed { Ok(()) } else { Err(Error::denied(privilege)) }
    }

    fn may_where_it_lives(&self, privilege: &Predefined, subject: &Subject) -> bool {
        let thing = Thing::subject(self.snapshot, subject);
        self.may(privilege, &thing.application, thing.target)
    }

    /// Whether the caller may read a user, client, group or application, where it lives.
    pub fn may_read_subject(&self, subject: &Subject) -> bool {
        let privilege = match subject {
            Subject::User(_) => &predefined::USER_READ,
            Subject::Client(_) => &predefined::CLIENT_READ,
            Subject::Group(_) => &predefined::GROUP_READ,
            Subject::Application(_) => &predefined::APPLICATION_READ,
        };
        self.may_where_it_lives(privilege, subject)
    }

    /// Refuses unless the caller may read a thing that the request refers to: it is as if absent.
    pub fn require_readable(&self, privilege: &Predefined, thing: &Thing<'_>) -> Result<()> {
        if self.may(privilege, &thing.application, thing.target) {
            return Ok(());
        }
        Err(Error::not_found(thing.kind, &thing.name))
    }
}

impl<'a> Thing<'a> {
    /// An application.
    pub fn application(id: &Id) -> Self {
        Self {
            kind: "application",
            name: crate::domain::name::application(id),
            application: id.clone(),
            target: OwnTarget::Application,
        }
    }

    /// The whole of what this server holds: what lives in no application is decided in ours.
    pub fn everything() -> Self {
        Self::application(&predefined::application())
    }

    /// A tenant.
    pub fn tenant(id: &'a TenantId) -> Self {
        Self {
            kind: "tenant",
            name: id.to_string(),
            application: id.application.clone(),
            target: OwnTarget::Tenant(&id.tenant),
        }
    }

    /// A role.
    pub fn role(id: &'a RoleId) -> Self {
        Self { kind: "role", name: id.to_string(), application: id.application.clone(), target: OwnTarget::Role(id) }
    }

    /// A privilege group.
    pub fn privilege_group(id: &'a PrivilegeGroupId) -> Self {
        let (name, application) = (id.to_string(), id.application.clone());
        Self { kind: "privilege group", name, application, target: OwnTarget::PrivilegeGroup(id) }
    }

    /// A permission boundary.
    pub fn boundary(id: &'a BoundaryId) -> Self {
        Self {
            kind: "permission boundary",
            name: id.to_string(),
            application: id.application.clone(),
            target: OwnTarget::Boundary(id),
        }
    }

    /// A scope.
    pub fn scope(id: &'a ScopeId) -> Self {
        let (name, application) = (id.to_string(), id.application.clone());
        Self { kind: "scope", name, application, target: OwnTarget::Scope(id) }
    }

    /// A traversal spec.
    pub fn traversal_spec(id: &'a TraversalSpecId) -> Self {
        let (name, application) = (id.to_string(), id.application.clone());
        Self { kind: "traversal spec", name, application, target: OwnTarget::TraversalSpec(id) }
    }

    /// A foreign resource.
    pub fn resource(id: &'a ResourceId) -> Self {
        Self {
            kind: "resource",
            name: id.to_string(),
            application: id.application.clone(),
            target: OwnTarget::Resource(id),
        }
    }

    /// The owner of roles and privilege groups: an application, or one of its tenants.
    pub fn owner(application: &Id, tenant: Option<&'a TenantId>) -> Self {
        tenant.map_or_else(|| Self::application(application), Self::tenant)
    }

    /// A subject, where it lives: the application of a user or client, ours for what belongs to none.
    pub fn subject(snapshot: &Snapshot, subject: &'a Subject) -> Self {
        let application = snapshot.subject_facts(subject).and_then(|facts| facts.application);
        let application = application.and_then(|id| Id::parse(&id).ok()).unwrap_or_else(predefined::application);
        Self::subject_in(&application, subject)
    }

    /// A subject, seen from an application: for giving its roles and asking about them.
    pub fn subject_in(application: &Id, subject: &'a Subject) -> Self {
        let kind = match subject {
            Subject::User(_) => "user",
            Subject::Client(_) => "client",
            Subject::Group(_) => "group",
            Subject::Application(_) => "application",
        };
        Self { kind, name: subject.to_string(), application: application.clone(), target: OwnTarget::Subject(subject) }
    }
}
