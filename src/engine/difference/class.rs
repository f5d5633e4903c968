//! Classes of subjects: what they hold before and after, and how that differs.

use std::collections::BTreeMap;

use super::aims::Aims;
use super::area::{Area, Region};
use super::changed::Changed;
use super::objects::{Contents, Side};
use crate::domain::boundary::BoundaryKind;
use crate::domain::time::Time;
use crate::engine::reach::Path;
use crate::engine::resolve::predefined;
use crate::engine::snapshot::{NONE, Snapshot};

/// A role that a subject holds, and what it reaches by it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Held {
    pub(super) role: u32,
    /// The role's boundary as it is for this subject: our own privileges do not accept every one.
    boundary: BoundaryKind,
    region: Region,
}

/// Subjects that hold the same differ by the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Class {
    pub(super) before: Vec<Held>,
    pub(super) after: Vec<Held>,
    /// The application that a user belongs to, or `NONE`.
    pub(super) home: u32,
}

/// Whether a privilege is one of our own and whether it is object-scoped, and who of the held give it before and after.
type Givers = ((bool, bool), Vec<Way>, Vec<Way>);

/// Who of the held gives a privilege, and on which targets of statements.
type Way = (usize, Option<Aims>);

/// Areas in which a privilege is given before, and after.
pub(super) type Areas = (Vec<Area>, Vec<Area>);

impl Snapshot {
    /// What a subject holds of the roles that matter, at a time; ordered, each once.
    pub(super) fn held(
        &self,
        (subject, now): (u32, Time),
        matters: &mut impl FnMut(u32) -> bool,
        (side, contents): (Side, &mut Contents),
    ) -> Vec<Held> {
        if !(self.subject_lives(subject) && self.subject_row(subject).enabled) {
            return Vec::new();
        }
        let level = self.is_tenant_level(subject);
        let grants = self.holders_of(subject).flat_map(|holder| self.grants.of(holder));
        let grants = grants.filter(|grant| grant.valid(now) && matters(grant.role));
        let mut held: Vec<Held> = grants
            .filter_map(|grant| {
                let role = self.role_row(grant.role);
                let there = role.live && self.application_row(role.application).live;
                let holds = there && self.may_hold(subject, grant.role, &role);
                let path = Path { subject, right: NONE, grant, role, boundary: self.kind_of(role.boundary, || level) };
                let objects = if holds { contents.of((side, self), grant.access) } else { None };
                let region = if holds { self.region(&path, objects) } else { None };
                region.map(|region| Held { role: grant.role, boundary: path.boundary, region })
            })
            .collect();
        held.sort_unstable();
        held.dedup();
        held
    }

    /// By what a held role gives a key: itself, or rights of documents.
    fn ways(&self, held: &Held, key: u32) -> impl Iterator<Item = u32> {
        let row = self.privilege_row(key);
        let accepted = predefined(key).is_none_or(|privilege| privilege.accepts.contains(&held.boundary));
        let of_tenant = self.role_row(held.role).tenant != NONE;
        let given = self.given.get(held.role).filter(|_| row.live && !row.document && accepted);
        let ways = std::iter::once(key).chain(self.rights_of.get(key).iter().copied());
        ways.filter(move |way| {
            (!of_tenant || self.shows_tenants(*way)) && given.is_some_and(|given| given.contains(*way))
        })
    }

    /// Where a held role gives a key: one of our own that a role of ours gives counts in every application, one that is
    /// not object-scoped on every resource. Resources are those of the role's application. `None` = nowhere.
    fn area(
        &self,
        (held, aims): (&Held, &Option<Aims>),
        (is_ours, object_scoped): (bool, bool),
        home: u32,
    ) -> Option<Area> {
        let application = self.role_row(held.role).application;
        let mut region = held.region.clone();
        region.objects = region.objects.filter(|_| object_scoped);
        if region.objects.as_ref().is_some_and(|objects| objects.ids().is_empty()) {
            return None;
        }
        region.aims.clone_from(aims);
        let everywhere = is_ours && application == Self::OURS && region.objects.is_none();
        Some(Area { application: if everywhere { home } else { application }, region })
    }
}

impl Changed<'_> {
    /// The keys whose areas may differ, by the areas in which they are given before and after.
    pub(super) fn compare(&self, before: &[Held], after: &[Held], home: u32) -> Vec<(Vec<u32>, Areas)> {
        let mut by_givers: BTreeMap<Givers, Vec<u32>> = BTreeMap::new();
        for key in self.keys_of(before, after) {
            let givers = |state: &Snapshot, held: &[Held]| {
                let ways = |(at, held)| state.ways(held, key).map(move |way| (at, self.aims(state, way)));
                held.iter().enumerate().flat_map(ways).collect::<Vec<Way>>()
            };
            let givers = (givers(self.before, before), givers(self.after, after));
            let kind = (predefined(key).is_some(), self.is_object_scoped(key));
            by_givers.entry((kind, givers.0, givers.1)).or_default().push(key);
        }
        let areas = |state: &Snapshot, held: &[Held], givers: &[Way], kind| {
            let giving = givers.iter().filter_map(|(at, aims)| Some((held.get(*at)?, aims)));
            giving.filter_map(|way| state.area(way, kind, home)).collect()
        };
        let mut by_areas: BTreeMap<Areas, Vec<u32>> = BTreeMap::new();
        for ((kind, old, new), keys) in by_givers {
            let both = (areas(self.before, before, &old, kind), areas(self.after, after, &new, kind));
            by_areas.entry(both).or_default().extend(keys);
        }
        by_areas.into_iter().map(|(areas, keys)| (keys, areas)).collect()
    }

    /// Whether a privilege is object-scoped, which it is for good; one that is gone was.
    fn is_object_scoped(&self, key: u32) -> bool {
        let row = self.after.privilege_row(key);
        if row.live { row.object_scoped } else { self.before.privilege_row(key).object_scoped }
    }

    /// The keys that what differs gives: a role that changed, or one held in another way.
    fn keys_of(&self, before: &[Held], after: &[Held]) -> Vec<u32> {
        let given = |state: &Snapshot, held: &[Held], other: &[Held]| {
            let differs = |held: &&Held| self.roles.contains(&held.role) || other.binary_search(held).is_err();
            let roles = held.iter().filter(differs).filter_map(|held| state.given.get(held.role));
            let given = roles.flat_map(|given| given.iter()).filter(|id| state.is_action(*id));
            given.map(|id| state.key_of(id)).collect::<Vec<_>>()
        };
        let mut keys = given(self.before, before, after);
        keys.extend(given(self.after, after, before));
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}
