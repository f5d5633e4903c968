//! The reference model: the decision rule in the dumbest readable way, sets and loops over raw rows.
//!
//! It is the executable specification that the compiled state is held to. It shares the nouns of `domain` and
//! no rule with the engine: patterns, boundaries, levels and liveness are written out again here.
//! It interns nothing, remembers nothing and is not fast; it deliberately refuses no write and knows no caller.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick::domain::boundary::BoundaryKind;
use bailiwick::domain::change::Change;
use bailiwick::domain::decision::{Decision, Reason};
use bailiwick::domain::name::{Subject, TenantId};
use bailiwick::domain::policy::StatementScope;
use bailiwick::domain::row::{Key, Row};
use bailiwick::domain::time::Time;
use bailiwick::engine::{Check, Target};

mod boundaries;
mod objects;
mod paths;
mod place;
mod statements;
mod things;

pub(crate) use paths::Path;
pub(crate) use place::Place;

/// A state: nothing but its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Model {
    rows: BTreeMap<Key, Row>,
}

/// What a subject may do with a privilege, before a target and a time are named.
pub(crate) struct Question<'a> {
    model: &'a Model,
    application: &'a str,
    privilege: &'a str,
    object_scoped: bool,
    /// The paths from the subject to the privilege, or what is unknown.
    paths: Result<Vec<Path<'a>>, Reason>,
}

impl Model {
    pub(crate) fn new(rows: impl IntoIterator<Item = Row>) -> Self {
        Self { rows: rows.into_iter().map(|row| (row.key(), row)).collect() }
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Row> {
        self.rows.get(key)
    }

    pub(crate) fn apply(&mut self, change: &Change) {
        if let Some(before) = &change.before {
            self.rows.remove(&before.key());
        }
        if let Some(after) = &change.after {
            self.rows.insert(after.key(), after.clone());
        }
    }

    /// The state after some changes.
    pub(crate) fn after<'a>(&self, changes: impl IntoIterator<Item = &'a Change>) -> Self {
        let mut next = self.clone();
        changes.into_iter().for_each(|change| next.apply(change));
        next
    }

    /// May the subject exercise the privilege on the target?
    pub(crate) fn check(&self, check: &Check<'_>, now: Time) -> Decision {
        self.question(check.application, &check.subject.to_subject(), check.privilege).answer(check.target, now)
    }

    /// The first half of a check.
    pub(crate) fn question<'a>(
        &'a self,
        application: &'a str,
        subject: &'a Subject,
        privilege: &'a str,
    ) -> Question<'a> {
        let paths = match self.what_is_unknown(application, subject, privilege) {
            Some(reason) => Err(reason),
            None => Ok(self.paths(application, subject, privilege)),
        };
        let object_scoped = self.privilege(application, privilege).is_some_and(|found| found.object_scoped);
        Question { model: self, application, privilege, object_scoped, paths }
    }

    /// A disabled subject is denied before anything; an unknown subject (also a user of another application), an
    /// unknown application and an unknown privilege each have their own reason.
    fn what_is_unknown(&self, application: &str, subject: &Subject, privilege: &str) -> Option<Reason> {
        if !self.can_ask(subject) {
            return Some(Reason::SubjectUnknown);
        }
        if !self.is_enabled(subject) {
            return Some(Reason::SubjectDisabled);
        }
        if !self.has_application(application) {
            return Some(Reason::ApplicationUnknown);
        }
        if self.application_of_user(subject).is_some_and(|of| of != application) {
            return Some(Reason::SubjectUnknown);
        }
        self.privilege(application, privilege).is_none().then_some(Reason::PrivilegeUnknown)
    }
}

impl Question<'_> {
    /// The second half of a check. The time until which it holds is exact.
    pub(crate) fn answer(&self, target: Target<'_>, now: Time) -> Decision {
        let paths = match &self.paths {
            Err(reason) => return Decision::denied(*reason),
            Ok(paths) => paths,
        };
        let Some(place) = self.model.place(self.application, self.privilege, target) else {
            return Decision::denied(Reason::TargetUnknown);
        };
        // Paths are united: the one that comes furthest decides.
        let outcomes: Vec<(Reason, &Path<'_>)> =
            paths.iter().map(|path| (self.outcome(path, &place, target, now), path)).collect();
        let reason = furthest(outcomes.iter().map(|(reason, _)| *reason));
        let decisive = outcomes.iter().filter(|(outcome, _)| *outcome == reason).map(|(_, path)| *path);
        let met = |path: &Path<'_>| path.may_hold && path.boundary == BoundaryKind::Custom;
        let custom = reason != Reason::RoleAssignment && paths.iter().any(met);
        let valid_until = match self.moments(target) {
            None => valid_until(reason, decisive, now),
            Some(moments) => moments.into_iter().find(|then| {
                let later = paths.iter().map(|path| self.outcome(path, &place, target, *then));
                *then > now && furthest(later) != reason
            }),
        };
        Decision { reason, valid_until, custom }
    }

    /// Whether the answer is right. Where targets come and go with the roles that they hold, an answer may be said to hold
    /// for less long than it does, until something begins or ends.
    pub(crate) fn is_answered_by(&self, found: Decision, target: Target<'_>, now: Time) -> bool {
        let right = self.answer(target, now);
        if found == right {
            return true;
        }
        let sooner = match (self.moments(target), found.valid_until) {
            (Some(moments), Some(until)) => {
                moments.contains(&until) && until > now && right.valid_until.is_none_or(|end| until < end)
            }
            _ => false,
        };
        let until = if sooner { found.valid_until } else { right.valid_until };
        found == Decision { valid_until: until, ..right }
    }

    /// Whether the answer can be anything but a denial.
    pub(crate) fn has_paths(&self) -> bool {
        self.paths.as_ref().is_ok_and(|paths| !paths.is_empty())
    }

    /// Whether one of the paths, valid now, holds a place, wherever that place came from, and the target.
    pub(crate) fn reaches(&self, place: &Place, target: Target<'_>, now: Time) -> bool {
        self.paths.iter().flatten().any(|path| self.outcome(path, place, target, now) == Reason::RoleAssignment)
    }

    /// Whether one of the paths, valid now, could hold some target.
    pub(crate) fn could_reach(&self, now: Time) -> bool {
        let could = |path: &Path<'_>| path.may_hold && path.valid_at(now) && self.model.could_hold_some_target(path);
        self.paths.iter().flatten().any(could)
    }

    /// What becomes of one path.
    fn outcome(&self, path: &Path<'_>, place: &Place, target: Target<'_>, now: Time) -> Reason {
        if !path.may_hold {
            return Reason::NotAssignable;
        }
        if !self.holds(path, place, target, now) {
            let no_object = *place == Place::Nothing && self.object_scoped;
            return if no_object { Reason::ResourceRequired } else { Reason::OutOfReach };
        }
        if path.valid_at(now) { Reason::RoleAssignment } else { Reason::NotValidNow }
    }

    /// Whether the path holds the target at its place: within all that bounds it, and the statement's scopes.
    fn holds(&self, path: &Path<'_>, place: &Place, target: Target<'_>, now: Time) -> bool {
        let action = (self.application, self.privilege);
        let in_scope = path.scopes.is_none_or(|scopes| self.model.scopes_hold(action, scopes, target, now));
        in_scope && self.model.within(path, place, self.object_scoped)
    }

    /// When something begins or ends that could matter, in order; `None` when only paths themselves do.
    fn moments(&self, target: Target<'_>) -> Option<BTreeSet<Time>> {
        let scopes = self.paths.iter().flatten().flat_map(|path| path.scopes.iter().copied().flatten());
        let roles: BTreeSet<_> =
            scopes.filter_map(|scope| if let StatementScope::Role(role) = scope { Some(role) } else { None }).collect();
        let held = |role| self.model.holdings((self.application, self.privilege), role, target);
        let held = roles.into_iter().flat_map(held);
        let mut moments: BTreeSet<Time> = held.flat_map(|(start, expire)| start.into_iter().chain(expire)).collect();
        let paths = self.paths.iter().flatten().map(|path| (path.assignment.start, path.assignment.expire));
        (!moments.is_empty()).then(|| {
            moments.extend(paths.flat_map(|(start, expire)| start.into_iter().chain(expire)));
            moments
        })
    }
}

/// The reason of the path that came furthest.
fn furthest(reasons: impl Iterator<Item = Reason>) -> Reason {
    reasons.max_by_key(|reason| rank(*reason)).unwrap_or(Reason::NotGranted)
}

/// How far along a path a denial came.
fn rank(reason: Reason) -> u8 {
    match reason {
        Reason::NotGranted => 0,
        Reason::NotAssignable => 1,
        Reason::OutOfReach | Reason::ResourceRequired => 2,
        Reason::NotValidNow => 3,
        _ => 4,
    }
}

/// An ALLOW holds until the last path that allows has ended; a DENY until the first that would allow begins.
fn valid_until<'a>(reason: Reason, decisive: impl Iterator<Item = &'a Path<'a>>, now: Time) -> Option<Time> {
    match reason {
        Reason::RoleAssignment => {
            let ends: Option<Vec<Time>> = decisive.map(|path| path.assignment.expire).collect();
            ends.and_then(|ends| ends.into_iter().max())
        }
        Reason::NotValidNow => {
            let begins = decisive.filter_map(|path| path.assignment.start.filter(|start| path.valid_at(*start)));
            begins.filter(|start| *start > now).min()
        }
        _ => None,
    }
}

/// Tenants by name.
pub(crate) type Tenants = BTreeSet<TenantId>;

/// The kind of boundary that *none* stands for: TENANT if the subject is tenant-level, else APPLICATION.
fn none_means(tenant_level: bool) -> BoundaryKind {
    if tenant_level { BoundaryKind::Tenant } else { BoundaryKind::Application }
}
