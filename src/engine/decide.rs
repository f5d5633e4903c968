//! The decision rule: may this subject exercise this privilege on this target, at this time?
//!
//! A pure function of one snapshot. It allocates nothing, allowed or denied. Whatever is unknown, expired,
//! disabled or missing ends in a denial, which names what was missing: of several paths that fail, the one
//! that came furthest.

use std::ops::ControlFlow;

use super::ahead::Likely;
use super::aims::{Aim, Aimed, earlier};
use super::objects::WalkTooLong;
use super::reach::Path;
use super::resolve::predefined;
use super::snapshot::{Grant, NONE, Snapshot};
use super::target::{Place, Target};
use crate::domain::boundary::BoundaryKind;
use crate::domain::decision::{Decision, Reason};
use crate::domain::name::SubjectRef;
use crate::domain::time::Time;

/// A question.
#[derive(Clone, Copy, Debug)]
pub struct Check<'a> {
    /// The application's id.
    pub application: &'a str,
    /// Who asks; a group never does, and is answered as unknown.
    pub subject: SubjectRef<'a>,
    /// The privilege's key.
    pub privilege: &'a str,
    /// On what.
    pub target: Target<'a>,
}

/// A question whose names are looked up, about one state: what is left of a decision can be measured by it.
#[derive(Clone, Copy, Debug)]
pub struct LookedUp {
    asked: Result<(Question, Place<'static>), Reason>,
    likely: Likely,
}

/// A question in ids.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub(super) application: u32,
    pub(super) subject: u32,
    pub(super) privilege: u32,
    /// What it is about, as statements of documents name it.
    pub(super) aim: Aim,
    pub(super) now: Time,
}

/// Questions that are read ahead side by side: more would push each other's lines out of the nearest cache.
pub(super) const SIDE_BY_SIDE: usize = 8;

impl Snapshot {
    /// Decides.
    pub fn check(&self, check: &Check<'_>, now: Time) -> Decision {
        self.answer(check, &self.read_ahead(check), now)
    }

    /// Decides several, in order: faster than one by one.
    pub fn check_all(&self, checks: &[Check<'_>], now: Time, mut answer: impl FnMut(Decision)) {
        let mut all = [Likely::default(); SIDE_BY_SIDE];
        for checks in checks.chunks(SIDE_BY_SIDE) {
            let all = all.get_mut(..checks.len()).unwrap_or_default();
            self.read_ahead_all(checks, all);
            checks.iter().zip(all).for_each(|(check, likely)| answer(self.answer(check, likely, now)));
        }
    }

    /// Looks up the names of a question.
    pub fn look_up(&self, check: &Check<'_>, now: Time) -> LookedUp {
        let likely = self.read_ahead(check);
        LookedUp { asked: self.ask_likely(check, &likely, now), likely }
    }

    /// Decides what was looked up in this state.
    pub fn check_looked_up(&self, question: &LookedUp) -> Decision {
        self.reach_all(std::slice::from_ref(&question.likely));
        self.decide_asked(question.asked)
    }

    fn answer(&self, check: &Check<'_>, likely: &Likely, now: Time) -> Decision {
        self.decide_asked(self.ask_likely(check, likely, now))
    }

    fn decide_asked(&self, asked: Result<(Question, Place<'static>), Reason>) -> Decision {
        asked.map_or_else(Decision::denied, |(question, place)| self.decide(question, place))
    }

    /// The question in ids; what is unknown is denied here.
    pub(super) fn ask(&self, check: &Check<'_>, now: Time) -> Result<(Question, Place<'static>), Reason> {
        self.ask_likely(check, &self.read_ahead(check), now)
    }

    fn ask_likely(&self, check: &Check<'_>, likely: &Likely, now: Time) -> Result<(Question, Place<'static>), Reason> {
        let question = self.ask_who(check, likely, now)?;
        self.ask_what(question, check.target, likely)
    }

    /// The question but for its target.
    pub(super) fn ask_who(&self, check: &Check<'_>, likely: &Likely, now: Time) -> Result<Question, Reason> {
        let is_group = matches!(check.subject, SubjectRef::Group(_));
        let found = if is_group { None } else { self.likely_subject(check.subject, likely.subject) };
        let subject = found.ok_or(Reason::SubjectUnknown)?;
        let row = self.subject_row(subject);
        if !self.subject_row_lives(row) {
            return Err(Reason::SubjectUnknown);
        }
        if !row.enabled {
            return Err(Reason::SubjectDisabled);
        }
        let application = likely.application.ok_or(Reason::ApplicationUnknown)?;
        if !self.application_row(application).live {
            return Err(Reason::ApplicationUnknown);
        }
        let is_user = matches!(check.subject, SubjectRef::User(_));
        if is_user && row.application != NONE && row.application != application {
            return Err(Reason::SubjectUnknown);
        }
        let privilege = self.privilege_id(application, check.privilege).ok_or(Reason::PrivilegeUnknown)?;
        if !self.privilege_row(privilege).live {
            return Err(Reason::PrivilegeUnknown);
        }
        Ok(Question { application, subject, privilege, aim: Aim::NOTHING, now })
    }

    /// The same about a target, and where that lives.
    pub(super) fn ask_what(
        &self,
        question: Question,
        target: Target<'_>,
        likely: &Likely,
    ) -> Result<(Question, Place<'static>), Reason> {
        let Question { application, privilege, .. } = question;
        let place = match (likely.kind, target) {
            (Some(kind), Target::Resource { id, .. }) => Some(self.likely_place(kind, likely.resource, id)),
            _ => self.place(application, privilege, target),
        };
        let place = place.ok_or(Reason::TargetUnknown)?;
        let by_documents = !self.rights_of.get(privilege).is_empty();
        let aim = if by_documents { self.aim(application, target) } else { Aim::NOTHING };
        Ok((Question { aim, ..question }, place))
    }

    pub(super) fn decide(&self, question: Question, place: Place<'_>) -> Decision {
        let mut verdict = Verdict::new(self.privilege_row(question.privilege).object_scoped);
        let endless = self.each_path(question, |path| self.weigh(&mut verdict, (question, place), path));
        verdict.decision(endless)
    }

    /// The same by paths that were found before.
    pub(super) fn decide_by(
        &self,
        paths: &[Result<Path, Reason>],
        (question, place): (Question, Place<'_>),
    ) -> Decision {
        let mut verdict = Verdict::new(self.privilege_row(question.privilege).object_scoped);
        let endless = paths.iter().try_for_each(|path| self.weigh(&mut verdict, (question, place), *path));
        verdict.decision(endless)
    }

    /// Takes a path into account; breaks when nothing can change the answer any more.
    fn weigh(
        &self,
        verdict: &mut Verdict,
        (question, place): (Question, Place<'_>),
        path: Result<Path, Reason>,
    ) -> ControlFlow<()> {
        let Verdict { denial, last_end, object_scoped } = verdict;
        let path = match path {
            Ok(path) => path,
            Err(reason) => {
                denial.reason = denial.reason.max_furthest(reason);
                return ControlFlow::Continue(());
            }
        };
        let aimed = self.aimed_by(&path, question);
        let nothing_to_hold = !aimed.now && aimed.next.is_none();
        let held = if nothing_to_hold { Ok(false) } else { self.holds(&path, place, *object_scoped) };
        let valid = path.grant.valid(question.now);
        if held == Err(WalkTooLong) && valid && aimed.now {
            denial.reason = denial.reason.max_furthest(Reason::WalkTooLong);
            return ControlFlow::Continue(());
        }
        let within = held != Ok(false) && aimed.now;
        if within && valid {
            let Some(end) = earlier(path.grant.expire, aimed.until) else { return ControlFlow::Break(()) };
            *last_end = (*last_end).max(Some(end));
            return ControlFlow::Continue(());
        }
        denial.custom |= path.boundary == BoundaryKind::Custom;
        denial.note_failed(&path.grant, within, (place, *object_scoped), question.now);
        if held != Ok(false) {
            denial.note_aimed(aimed);
        }
        ControlFlow::Continue(())
    }

    /// The values of the custom boundaries by which alone paths to a denied question fail, ordered: who asks may decide
    /// what they mean.
    pub fn custom_boundaries(&self, check: &Check<'_>, now: Time) -> Vec<String> {
        let Ok((question, place)) = self.ask(check, now) else { return Vec::new() };
        self.custom_values(question, place)
    }

    pub(super) fn custom_values(&self, question: Question, place: Place<'_>) -> Vec<String> {
        let object_scoped = self.privilege_row(question.privilege).object_scoped;
        let mut values = std::collections::BTreeSet::new();
        let _visited_all: ControlFlow<()> = self.each_path(question, |path| {
            if let Ok(path) = path
                && path.boundary == BoundaryKind::Custom
                && path.grant.valid(question.now)
                && self.aimed_by(&path, question).now
                && self.holds(&Path { boundary: BoundaryKind::Application, ..path }, place, object_scoped) == Ok(true)
            {
                values.extend(self.value_of(path.list()).map(ToOwned::to_owned));
            }
            ControlFlow::Continue(())
        });
        values.into_iter().collect()
    }

    /// Visits every path of the subject to a role that gives the privilege, valid now or not, until one breaks.
    /// An error stands for a path to a role that the subject may not hold.
    pub(super) fn each_path<B>(
        &self,
        question: Question,
        mut visit: impl FnMut(Result<Path, Reason>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        if self.privilege_row(question.privilege).document {
            return ControlFlow::Continue(()); // No document gives its own key.
        }
        let rights = self.rights_of.get(question.privilege);
        self.visit_holders(question.subject, |holder| {
            self.visit_grants((question, question.privilege), holder, &mut visit)?;
            rights.iter().try_for_each(|right| self.visit_grants((question, *right), holder, &mut visit))
        })
    }

    fn visit_grants<B>(
        &self,
        (question, right): (Question, u32),
        holder: u32,
        visit: &mut impl FnMut(Result<Path, Reason>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let Some(givers) = self.givers.get(right) else { return ControlFlow::Continue(()) };
        self.grants.visit(holder, givers, |grant| match self.path((question, right), grant) {
            Some(path) => visit(path),
            None => ControlFlow::Continue(()),
        })
    }

    /// Whether what gives the privilege on the path is about the target.
    fn aimed_by(&self, path: &Path, question: Question) -> Aimed {
        self.aimed(self.targets_of(path.right), question.aim, (question.privilege, question.now))
    }

    /// The path of a grant whose role gives the privilege; `None` when it does not give it here: a role of another
    /// application, a privilege hidden from tenants' roles, a boundary that the privilege does not accept.
    fn path(&self, (question, right): (Question, u32), grant: Grant) -> Option<Result<Path, Reason>> {
        let role = self.role_row(grant.role);
        let predefined = predefined(question.privilege);
        let ours = predefined.is_some() && role.application == Self::OURS;
        let here = (role.application == question.application || ours) && self.application_row(role.application).live;
        let shown = role.tenant == NONE || self.shows_tenants(right);
        let boundary = self.kind_of(role.boundary, || self.is_tenant_level(question.subject));
        let accepted = predefined.is_none_or(|privilege| privilege.accepts.contains(&boundary));
        if !(role.live && here && shown && accepted) {
            return None;
        }
        if !self.may_hold(question.subject, grant.role, &role) {
            return Some(Err(Reason::NotAssignable));
        }
        Some(Ok(Path { subject: question.subject, right, grant, role, boundary }))
    }
}

/// A decision in the making, path by path.
struct Verdict {
    /// What it is if no path gives the privilege.
    denial: Decision,
    /// An allowance holds until the last path that gives it ends, in whatever order the paths are visited.
    last_end: Option<Time>,
    object_scoped: bool,
}

impl Verdict {
    fn new(object_scoped: bool) -> Self {
        Self { denial: Decision::denied(Reason::NotGranted), last_end: None, object_scoped }
    }

    fn decision(self, endless: ControlFlow<()>) -> Decision {
        match (endless, self.last_end) {
            (ControlFlow::Break(()), _) => Decision::allowed_until(None),
            (_, Some(end)) => Decision::allowed_until(Some(end)),
            (_, None) => self.denial,
        }
    }
}

impl Decision {
    /// Takes note of a path that did not hold the target or is not valid now.
    fn note_failed(&mut self, grant: &Grant, within: bool, (place, object_scoped): (Place<'_>, bool), now: Time) {
        let reason = match place {
            _ if within => Reason::NotValidNow,
            Place::Nothing if object_scoped => Reason::ResourceRequired,
            _ => Reason::OutOfReach,
        };
        self.reason = self.reason.max_furthest(reason);
        if within && let Some(start) = grant.start.filter(|start| *start > now && !grant.ended(*start)) {
            self.valid_until = Some(self.valid_until.map_or(start, |until| until.min(start)));
        }
    }
}

impl Decision {
    /// Takes note of when a statement begins or ceases to hold the target, because somebody comes to hold a role or
    /// does so no more: the path may come further then, or less far.
    fn note_aimed(&mut self, aimed: Aimed) {
        if let Some(moment) = if aimed.now { aimed.until } else { aimed.next } {
            self.valid_until = Some(self.valid_until.map_or(moment, |until| until.min(moment)));
        }
    }
}

impl Reason {
    /// The one of two denials that came further along a path.
    fn max_furthest(self, other: Self) -> Self {
        let rank = |reason| match reason {
            Self::NotGranted => 0,
            Self::NotAssignable => 1,
            Self::OutOfReach | Self::ResourceRequired => 2,
            Self::NotValidNow => 3,
            Self::WalkTooLong => 5,
            _ => 4,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}
