//! Whom and what the statements of documents are about, as one question asks it.

use std::ops::ControlFlow;

use super::documents::Targets;
use super::snapshot::{Grant, NONE, SCOPE_APPLICATIONS, SCOPE_CLIENTS, SCOPE_USERS, Snapshot};
use super::target::Target;
use crate::domain::policy::{USERS_CLASS, class_of};
use crate::domain::time::Time;

/// A target as statements name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Aim {
    /// Its id among the resources, ours or foreign, if some row names it.
    pub(super) object: u32,
    /// The same in our own application, whose documents count in every one.
    pub(super) ours: u32,
    /// The user, client or application that it is.
    pub(super) subject: u32,
}

impl Aim {
    /// There is none, or no statement names it.
    pub(super) const NOTHING: Self = Self { object: NONE, ours: NONE, subject: NONE };
}

/// Whether the targets of a statement hold what is asked about, and how long that stays so.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Aimed {
    pub(super) now: bool,
    /// When it ends, if it is so now.
    pub(super) until: Option<Time>,
    /// When it will be so, if it is not.
    pub(super) next: Option<Time>,
}

impl Aimed {
    pub(super) const ALWAYS: Self = Self { now: true, until: None, next: None };

    /// Takes note of an assignment by which somebody holds one of the roles while it is valid.
    fn note(&mut self, grant: &Grant, now: Time) {
        if grant.valid(now) {
            self.until = if self.now { later(self.until, grant.expire) } else { grant.expire };
            self.now = true;
        } else if let Some(start) = grant.start.filter(|start| *start > now && !grant.ended(*start)) {
            self.next = Some(self.next.map_or(start, |next| next.min(start)));
        }
    }
}

impl Snapshot {
    /// The target of a question in an application, as statements name it.
    pub(super) fn aim(&self, application: u32, target: Target<'_>) -> Aim {
        let (kind, id) = match target {
            Target::Nothing => return Aim::NOTHING,
            Target::Tenant(tenant) => ("tenants", tenant),
            Target::Resource { kind, id } => (kind, id),
        };
        let subject = match kind {
            "users" => self.subjects.find(SCOPE_USERS, id),
            "clients" => self.subjects.find(SCOPE_CLIENTS, id),
            "applications" => self.subjects.find(SCOPE_APPLICATIONS, id),
            _ => None,
        };
        let object = |application| self.resource_in(application, kind, id).unwrap_or(NONE);
        Aim { object: object(application), ours: object(Self::OURS), subject: subject.unwrap_or(NONE) }
    }

    /// Whether the targets of what a path gives hold the aim; `None` = every target.
    pub(super) fn aimed(&self, targets: Option<&Targets>, aim: Aim, (action, now): (u32, Time)) -> Aimed {
        let Some(targets) = targets else { return Aimed::ALWAYS };
        let names = |object: u32| object != NONE && targets.objects.binary_search(&object).is_ok();
        if names(aim.object) || names(aim.ours) {
            return Aimed::ALWAYS;
        }
        if targets.roles.is_empty() || aim.subject == NONE || !self.is_of_class(aim.subject, action) {
            return Aimed::default();
        }
        self.holds_one_of(&targets.roles, aim.subject, now)
    }

    /// Whether an action on holders of roles is on holders of this kind: users, or clients and applications.
    pub(super) fn is_of_class(&self, subject: u32, action: u32) -> bool {
        self.is_user(subject) == (class_of(self.privileges.text(action)) == USERS_CLASS)
    }

    /// Whether somebody holds one of the roles now, itself, through a group, or by its application.
    pub(super) fn holds_one_of(&self, roles: &[u32], subject: u32, now: Time) -> Aimed {
        let mut aimed = Aimed::default();
        let _visited_all: ControlFlow<()> = self.visit_holders(subject, |holder| {
            let grants = self.grants.of_roles(holder, |role| roles.binary_search(&role).is_ok());
            grants.filter(|grant| self.could_be_held(subject, grant)).for_each(|grant| aimed.note(&grant, now));
            ControlFlow::Continue(())
        });
        aimed
    }

    /// Whether an assignment makes the subject a holder of its role, while it is valid.
    fn could_be_held(&self, subject: u32, grant: &Grant) -> bool {
        let role = self.role_row(grant.role);
        let there = role.live && self.application_row(role.application).live;
        let here = grant.tenant == NONE || self.tenant_lives(grant.tenant);
        there && here && self.may_hold(subject, grant.role, &role)
    }
}

/// The later of two ends; `None` = never.
fn later(one: Option<Time>, other: Option<Time>) -> Option<Time> {
    one.zip(other).map(|(one, other)| one.max(other))
}

/// The earlier of two ends; `None` = never.
pub(super) fn earlier(one: Option<Time>, other: Option<Time>) -> Option<Time> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
