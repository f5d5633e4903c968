//! Granting: no write lets anyone reach what the writer could not.
//!
//! Whoever gives a privilege needs, for it, a path of his own that *covers* what the receiver would reach: the
//! tenants included, and no earlier end. A path with `bailiwick:role:delegate` stands in for the privilege, never
//! for the reach. A receiver that is not one person (a group, an application) counts as reaching everything.

mod aims;
mod documents;
mod receivers;
mod scopes;
mod span;
mod subject;
mod wanted;

use std::ops::ControlFlow;
use std::sync::Arc;

use rustc_hash::FxHashSet;

pub use self::receivers::{Judge, Receiver};
use self::span::{Reach, Span, lasts};
use super::aims::Aim;
use super::boundaries::RoleBoundary;
use super::decide::Question;
use super::documents::{Targets, include};
use super::reach::Path;
use super::selectors::Access;
use super::settle::below;
use super::snapshot::{Grant, NONE, SCOPE_APPLICATIONS, Snapshot};
use crate::domain::boundary::BoundaryKind;
use crate::domain::name::{BoundaryId, PrivilegeGroupId, RoleId, Subject};
use crate::domain::pattern::is_pattern;
use crate::domain::predefined;
use crate::domain::time::Time;

/// A privilege that the writer cannot give, or not that far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// Its key.
    pub privilege: String,
    /// The application in which it would be given.
    pub application: String,
}

/// A privilege as it is given.
#[derive(Clone, Copy, Debug)]
struct Given<'a> {
    key: u32,
    /// On what; `None` = on everything that the path reaches.
    targets: Option<&'a Targets>,
}

/// Who gives, and when.
#[derive(Clone, Copy, Debug)]
pub struct Gift<'a> {
    /// The writer.
    pub giver: &'a Subject,
    /// The time of the write.
    pub now: Time,
}

impl Snapshot {
    /// What the giver lacks to let a role give what it gives here and did not give `before`: to whoever holds
    /// it, or will, so as far as its owner reaches and without end. The giver is judged by the state before:
    /// nobody grants by a right that the same write makes.
    pub fn shortfall_of_role(&self, gift: Gift<'_>, role: &RoleId, before: &Self) -> Option<Shortfall> {
        let id = self.role_id(role)?;
        let short = self.shortfall_of_gain(gift, id, before);
        short.or_else(|| {
            if self.gives_more_unknown(id, before) { self.shortfall_of_unknown(gift, id, before) } else { None }
        })
    }

    /// What the giver lacks, `before`, to let a role give all that it gives here to more people, or further: its
    /// boundary is wider, or who may hold it are more.
    pub fn shortfall_of_wider_role(&self, gift: Gift<'_>, role: &RoleId, before: &Self) -> Option<Shortfall> {
        self.shortfall_of_wider(gift, self.role_id(role)?, before)
    }

    fn shortfall_of_wider(&self, gift: Gift<'_>, id: u32, before: &Self) -> Option<Shortfall> {
        let (application, span) = (self.role_row(id).application, self.owner_span(id));
        let short = before.first_uncovered(gift, application, self.keys_given(id), &span);
        let short = short.map(|key| self.shortfall(id, key));
        short.or_else(|| if self.follows_patterns(id) { self.shortfall_of_unknown(gift, id, before) } else { None })
    }

    /// What the giver lacks, `before`, to let every role that refers to a boundary reach further than it did: the boundary
    /// includes more tenants, excludes fewer, or is told otherwise to who decides.
    pub fn shortfall_of_boundary(&self, gift: Gift<'_>, boundary: &BoundaryId, before: &Self) -> Option<Shortfall> {
        let id = self.boundary_id(boundary)?;
        let (old, new) = (before.boundary_rows.get(id)?, self.boundary_rows.get(id)?);
        let lists = |state: &Self, tenant: u32| state.names_tenant(id, tenant);
        let wider = match new.kind? {
            BoundaryKind::TenantInclusionList => {
                self.listed_tenants(id).any(|tenant| !before.listed_tenants(id).any(|old| old == tenant))
            }
            BoundaryKind::TenantExclusionList => {
                before.boundary_tenants.get(id).iter().any(|old| !lists(self, old.tenant))
            }
            _ => old != new,
        };
        let roles = self.bounded_roles.get(id).iter().filter(|_| wider);
        roles.map(|role| self.shortfall_of_wider(gift, *role, before)).find(Option::is_some).flatten()
    }

    /// What the giver lacks to put into a privilege group what is in it here and was not `before`, or to show it to
    /// tenants' roles: for every role that refers to it.
    pub fn shortfall_of_privilege_group(
        &self,
        gift: Gift<'_>,
        group: &PrivilegeGroupId,
        before: &Self,
    ) -> Option<Shortfall> {
        let roles = self.grouping_roles.get(self.privilege_group_id(group)?).iter();
        roles.map(|role| self.shortfall_of_gain(gift, *role, before)).find(Option::is_some).flatten()
    }

    /// What a role gains it gains for its owner's whole reach, which includes that of the roles that inherit from it.
    /// What it only passes on now, and gave itself before, is new to the tenants' roles below it alone.
    fn shortfall_of_gain(&self, gift: Gift<'_>, role: u32, before: &Self) -> Option<Shortfall> {
        let own = self.shortfall_of_given(gift, role, before);
        if own.is_some() || !self.passes_on_more(role, before) {
            return own;
        }
        let heirs = below(FxHashSet::from_iter([role]), |role| self.role_children.get(role));
        let of_tenants = heirs.into_iter().filter(|heir| self.role_row(*heir).tenant != NONE);
        of_tenants
            .filter_map(|heir| self.shortfall_of_given(gift, heir, before))
            .min_by(|a, b| a.privilege.cmp(&b.privilege))
    }

    fn shortfall_of_given(&self, gift: Gift<'_>, role: u32, before: &Self) -> Option<Shortfall> {
        let (application, span) = (self.role_row(role).application, self.owner_span(role));
        before.first_uncovered(gift, application, self.gained(role, before), &span).map(|key| self.shortfall(role, key))
    }

    /// What a role gives and did not give `before`, or on fewer targets. What it gave on all of them it gave on each.
    fn gained<'a>(&'a self, role: u32, before: &'a Self) -> impl Iterator<Item = Given<'a>> {
        // Ids are the same in both: `self` descends from `before`.
        let old = before.given.get(role).cloned().unwrap_or_default();
        let gave = move |id: u32| old.contains(id) && before.shows(role, id);
        let new = self.ids_given(role).filter(move |id| {
            let as_far = gave(*id) && include(before.targets_of(*id), self.targets_of(*id));
            !(as_far || gave(self.key_of(*id)))
        });
        new.map(|id| self.given(id))
    }

    fn passes_on_more(&self, role: u32, before: &Self) -> bool {
        let was_held_back = before.passed.get(role).and_then(Option::as_ref);
        let (Some(old), Some(new)) = (was_held_back, self.passed_on(role)) else { return false };
        new.iter().any(|key| !old.contains(key))
    }

    /// What a role gives, without what is hidden from a tenant's role.
    fn keys_given(&self, role: u32) -> impl Iterator<Item = Given<'_>> {
        self.ids_given(role).map(|id| self.given(id))
    }

    fn ids_given(&self, role: u32) -> impl Iterator<Item = u32> {
        let given = self.given.get(role).into_iter().flat_map(|given| given.iter());
        given.filter(move |id| self.is_action(*id) && self.shows(role, *id))
    }

    fn given(&self, id: u32) -> Given<'_> {
        Given { key: self.key_of(id), targets: self.targets_of(id) }
    }

    /// Whether the role may give the privilege at all.
    fn shows(&self, role: u32, privilege: u32) -> bool {
        self.role_row(role).tenant == NONE || self.shows_tenants(privilege)
    }

    /// Whether the role, or one that it inherits from, has patterns, and so gives keys that nobody knows yet; or has a
    /// document that is about every action.
    fn follows_patterns(&self, role: u32) -> bool {
        if self.holds_unbounded_document(role) {
            return true;
        }
        let ancestry = below(FxHashSet::from_iter([role]), |role| self.role_parents.get(role));
        ancestry.into_iter().any(|role| !self.role_patterns.get(role).is_empty())
    }

    /// Whether the role gives more of the keys that nobody knows yet than `before`: by a pattern, by a parent that
    /// follows some, or because it excludes fewer of them.
    fn gives_more_unknown(&self, role: u32, before: &Self) -> bool {
        let is_new = |pattern: &Arc<str>| before.role_patterns.find(role, pattern).is_none();
        let by_pattern = self.role_patterns.get(role).iter().any(is_new);
        let is_new = |parent: &u32| before.role_parents.find(role, parent).is_none();
        let inherits_more = |parent: &u32| is_new(parent) && self.follows_patterns(*parent);
        by_pattern
            || self.gives_more_unbounded(role, before)
            || self.role_parents.get(role).iter().any(inherits_more)
            || (self.follows_patterns(role) && self.excludes_less_unknown(role, before))
    }

    fn gives_more_unbounded(&self, role: u32, before: &Self) -> bool {
        let documents = self.unbounded_documents.get(self.role_row(role).application);
        let gives = |state: &Self, id: u32| state.given.get(role).is_some_and(|given| given.contains(id));
        let was_unbounded = |id: u32| before.unbounded_documents.find(self.role_row(role).application, &id).is_some();
        documents.iter().any(|id| gives(self, *id) && !(gives(before, *id) && was_unbounded(*id)))
    }

    /// Whether an exclusion was lifted that is not merely of one key that is known.
    fn excludes_less_unknown(&self, role: u32, before: &Self) -> bool {
        let application = self.role_row(role).application;
        let stays = |text: &Arc<str>| self.role_exclusions.find(role, text).is_some();
        let known = |text: &str| {
            let key = before.privilege_id(application, text);
            !is_pattern(text) && key.is_some_and(|key| before.privilege_row(key).live)
        };
        before.role_exclusions.get(role).iter().any(|text| !stays(text) && !known(text))
    }

    /// What the giver lacks to give a role keys that nobody knows yet: who may delegate may give any.
    pub fn shortfall_of_pattern(&self, gift: Gift<'_>, role: &RoleId, before: &Self) -> Option<Shortfall> {
        self.shortfall_of_unknown(gift, self.role_id(role)?, before)
    }

    fn shortfall_of_unknown(&self, gift: Gift<'_>, role: u32, before: &Self) -> Option<Shortfall> {
        let (application, span) = (self.role_row(role).application, self.owner_span(role));
        let uncovered = before.first_uncovered(gift, application, [self.anything()?], &span);
        uncovered.map(|key| self.shortfall(role, key))
    }

    /// What stands for keys that nobody knows yet, on every target.
    fn anything(&self) -> Option<Given<'_>> {
        let key = self.privilege_id(Self::OURS, predefined::ROLE_DELEGATE.key)?;
        Some(Given { key, targets: None })
    }

    fn shortfall(&self, role: u32, privilege: u32) -> Shortfall {
        Shortfall {
            privilege: self.privileges.text(privilege).to_owned(),
            application: self.applications.text(self.role_row(role).application).to_owned(),
        }
    }

    /// Whether the subject is one whose questions in the application are not denied before anything else.
    fn can_act(&self, subject: u32, application: u32) -> bool {
        let row = self.subject_row(subject);
        let elsewhere = self.is_user(subject) && row.application != NONE && row.application != application;
        self.subject_lives(subject) && row.enabled && !elsewhere && !self.is_group(subject)
    }

    fn owner_span(&self, role: u32) -> Span {
        let tenant = self.role_row(role).tenant;
        let reach = if tenant == NONE { Reach::everything() } else { Reach::tenants(vec![tenant]) };
        Span { reach, wanted: None, until: None }
    }

    /// The first privilege for which the giver, by this state, has no path that covers the span and its targets. One that
    /// is not object-scoped is given without regard to resources, also where none is selected.
    fn first_uncovered<'a>(
        &self,
        gift: Gift<'_>,
        application: u32,
        privileges: impl IntoIterator<Item = Given<'a>>,
        needed: &Span,
    ) -> Option<u32> {
        if needed.reach.is_nothing() {
            return None;
        }
        let on_objects = |privilege: u32| self.privilege_row(privilege).object_scoped;
        let counts = |given: &Given<'_>| !needed.is_nothing_for(on_objects(given.key));
        let mut privileges = privileges.into_iter().filter(counts).peekable();
        let first = privileges.peek()?.key;
        let giver = self.subject_id(gift.giver).filter(|giver| self.can_act(*giver, application));
        let Some(giver) = giver else { return Some(first) };
        let asks = |privilege| Question { application, subject: giver, privilege, aim: Aim::NOTHING, now: gift.now };
        let delegate = self.privilege_id(Self::OURS, predefined::ROLE_DELEGATE.key);
        let delegates = |span: &Span| delegate.is_some_and(|delegate| self.covers((asks(delegate), None), span));
        if delegates(&needed.on_all_objects()) {
            return None;
        }
        let delegates_here = needed.wanted.is_some() && delegates(needed);
        let covered = |given: &Given<'_>| {
            (delegates_here && on_objects(given.key)) || self.covers((asks(given.key), given.targets), needed)
        };
        privileges.find(|given| !covered(given)).map(|given| given.key)
    }

    /// Whether one valid path of the giver to the privilege covers the span and the targets; `None` = all of them.
    fn covers(&self, (question, targets): (Question, Option<&Targets>), needed: &Span) -> bool {
        let object_scoped = self.privilege_row(question.privilege).object_scoped;
        let found = self.each_path(question, |path| match path {
            Ok(path)
                if path.grant.valid(question.now)
                    && lasts(path.grant.expire, needed.until)
                    && include(self.targets_of(path.right), targets)
                    && self.reach_of_path(&path).includes(&needed.reach)
                    && (!object_scoped || self.access_covers(path.grant.access, needed.wanted.as_deref())) =>
            {
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        });
        found.is_break()
    }

    fn reach_of_path(&self, path: &Path) -> Reach {
        match path.boundary {
            BoundaryKind::Application => self.reach_of_cuts(path),
            BoundaryKind::Tenant => Reach::tenants(self.tenants_of(path).collect()),
            BoundaryKind::TenantInclusionList => {
                Reach::tenants(self.listed_tenants(path.list()).filter(|tenant| path.cut_keeps(*tenant)).collect())
            }
            BoundaryKind::TenantExclusionList => self.reach_of_cuts(path).but(self.excluded_by(path)),
            // What reaches the subject alone, or what somebody else decides, covers nobody else's reach.
            BoundaryKind::SelfOnly | BoundaryKind::Custom => Reach::nothing(),
        }
    }

    fn excluded_by(&self, path: &Path) -> Vec<u32> {
        self.boundary_tenants.get(path.list()).iter().map(|member| member.tenant).collect()
    }

    /// What a path under its cuts holds at the most: under two of them, who lives in both tenants.
    fn most_of_cuts(&self, path: &Path) -> Reach {
        let cuts: Vec<u32> = path.cuts().collect();
        if cuts.is_empty() {
            return Reach::everything();
        }
        Reach::tenants(if cuts.iter().all(|cut| self.tenant_lives(*cut)) { cuts } else { Vec::new() })
    }

    /// What a path under its cuts holds at the least, which is what its holder can pass on.
    fn reach_of_cuts(&self, path: &Path) -> Reach {
        let mut cuts = path.cuts().peekable();
        if cuts.peek().is_none() {
            return Reach::everything();
        }
        Reach::tenants(cuts.filter(|cut| path.cut_keeps(*cut) && self.tenant_lives(*cut)).collect())
    }

    /// What a holder would reach through a grant, at the most. What a custom boundary means is not ours to say: it may
    /// be everything.
    fn reach_of(&self, holder: u32, grant: Grant) -> Reach {
        let role = self.role_row(grant.role);
        let one_person = !self.is_group(holder) && !self.is_application(holder);
        let boundary = self.kind_of(role.boundary, || self.is_tenant_level(holder));
        let path = Path { subject: holder, right: NONE, grant, role, boundary };
        match boundary {
            BoundaryKind::Tenant if one_person => Reach::tenants(self.tenants_of(&path).collect()),
            // He himself is reached in his tenants; without one, by nobody who does not reach everything.
            BoundaryKind::SelfOnly if one_person && self.live_tenants(holder).next().is_some() => {
                Reach::tenants(self.live_tenants(holder).collect())
            }
            BoundaryKind::TenantInclusionList if path.cuts().next().is_none() => {
                Reach::tenants(self.listed_tenants(path.list()).collect())
            }
            BoundaryKind::TenantExclusionList => self.most_of_cuts(&path).but(self.excluded_by(&path)),
            _ => self.most_of_cuts(&path),
        }
    }

    pub(super) fn is_application(&self, subject: u32) -> bool {
        self.subjects.scope(subject) == Some(SCOPE_APPLICATIONS)
    }

    /// Whether somebody can still administer everything: an enabled user or client that holds the predefined
    /// administrator directly, now and without an end.
    pub fn has_administrator(&self, now: Time) -> bool {
        self.administrators.iter().any(|holder| {
            let row = self.subject_row(*holder);
            let person = !self.is_group(*holder) && !self.is_application(*holder);
            let endless = self.grants.of(*holder).any(|grant| {
                let role = self.role_row(grant.role);
                self.is_administrator(grant.role)
                    && (role.live && self.application_row(role.application).live)
                    && grant.tenant == NONE
                    && grant.access == Access::All
                    && grant.expire.is_none()
                    && grant.valid(now)
                    && role.boundary == RoleBoundary::Application
                    && self.may_hold(*holder, grant.role, &role)
            });
            person && self.subject_lives(*holder) && row.enabled && endless
        })
    }

    pub(super) fn is_administrator(&self, role: u32) -> bool {
        self.role_in(Self::OURS, None, predefined::ADMINISTRATOR) == Some(role)
    }
}
