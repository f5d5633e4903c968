//! The resources that a gift would reach, and whether an assignment of the giver's own covers them.
//!
//! An assignment covers what it reaches every resource for, what the same scope selects, and what it holds each element
//! of. Whoever gives all that is below a resource must hold all that is below it himself, and for good: by an instance
//! that walks at least as far and cuts nothing.

use std::sync::Arc;

use crate::engine::objects::meets;
use crate::engine::selectors::{Access, Chosen, InstanceRow, Way, has};
use crate::engine::snapshot::Snapshot;
use crate::engine::target::Place;

/// What is selected, element by element; every list ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    /// It is what this scope selects: who has the same scope has it.
    pub(super) scope: Option<u32>,
    /// It is reached besides what was: who holds a privilege that is not object-scoped reaches no further with it.
    pub(super) besides: bool,
    /// Resources alone.
    alone: Vec<u32>,
    /// What a spec, or none, leads to from a resource.
    below: Vec<(Option<u32>, u32)>,
    /// The whole tree of a spec; without one, every registered resource.
    trees: Vec<Option<u32>>,
    /// What comes from an adapter.
    adapters: Vec<Arc<str>>,
}

impl Wanted {
    /// Nothing yet, besides what was reached.
    pub(super) fn besides() -> Self {
        Self { besides: true, ..Self::default() }
    }

    /// These resources alone, besides what was reached.
    pub(super) fn alone(ids: impl Iterator<Item = u32>) -> Self {
        let mut alone: Vec<u32> = ids.collect();
        alone.sort_unstable();
        alone.dedup();
        Self { alone, ..Self::besides() }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.alone.is_empty() && self.below.is_empty() && self.trees.is_empty() && self.adapters.is_empty()
    }

    /// Makes it what nobody has who has the spec alone: it leads elsewhere now.
    pub(super) fn forget_spec(&mut self) {
        let trees = std::mem::take(&mut self.trees).into_iter().map(|_| None);
        self.trees = trees.collect();
        self.below.iter_mut().for_each(|(spec, _)| *spec = None);
    }

    fn ordered(mut self) -> Self {
        self.alone.sort_unstable();
        self.alone.dedup();
        self.below.sort_unstable();
        self.below.dedup();
        self.trees.sort_unstable();
        self.trees.dedup();
        self.adapters.sort_unstable();
        self.adapters.dedup();
        self
    }
}

impl Snapshot {
    /// What an assignment reaches; `None` = every resource.
    pub(super) fn wanted(&self, access: Access) -> Option<Arc<Wanted>> {
        let selector = access.selector()?;
        let mut wanted = Wanted::default();
        match access {
            Access::Scope(_) if !self.scope_lives(selector) => return Some(wanted.into()),
            Access::Scope(_) => wanted.scope = Some(selector),
            _ => wanted.alone = self.assigned.of(selector).collect(),
        }
        for instance in self.instances.get(selector) {
            self.add_instance(instance, None, &mut wanted);
        }
        Some(wanted.ordered().into())
    }

    /// What an assignment reaches besides what it did before; `None` = every resource.
    pub(super) fn wanted_beyond(&self, access: Access, (before, earlier): (&Self, Access)) -> Option<Arc<Wanted>> {
        let selector = access.selector()?;
        if earlier != access || matches!(access, Access::Scope(_)) {
            let wanted = self.wanted(access)?.as_ref().clone();
            return Some(Wanted { besides: true, ..wanted }.into());
        }
        let named = self.assigned.of(selector).filter(|id| !before.assigned.contains(selector, *id));
        let mut wanted = Wanted { alone: named.collect(), ..Wanted::besides() };
        for instance in self.instances.get(selector) {
            self.add_instance(instance, before.instances.find(selector, &instance.number), &mut wanted);
        }
        Some(wanted.ordered().into())
    }

    /// Adds what an instance selects, but for what an earlier form of it did.
    pub(super) fn add_instance(&self, instance: &InstanceRow, earlier: Option<&InstanceRow>, wanted: &mut Wanted) {
        let Some((way, chosen)) = instance.valid() else { return };
        let spec = way.spec;
        let earlier = earlier.and_then(InstanceRow::valid).filter(|(old, _)| old.spec == spec);
        if spec.is_some_and(|spec| self.spec(spec).is_some_and(|spec| spec.adapters)) {
            let known = |kind: &&Arc<str>| earlier.is_some_and(|(old, _)| old.adapters.contains(kind));
            wanted.adapters.extend(way.adapters.iter().filter(|kind| !known(kind)).cloned());
            return;
        }
        let everything_before = earlier.is_some_and(|(old, _)| old.select_all);
        if way.select_all || (everything_before && spec.is_none()) {
            if !everything_before {
                wanted.trees.push(spec);
            }
            return;
        }
        let same_way = earlier.filter(|_| !everything_before);
        let started = |old: &Chosen, id: u32| has(&old.propagate, id) && !has(&old.former, id);
        let taken_before = |id: u32| same_way.is_some_and(|(_, old)| old.takes(id) || started(old, id));
        wanted.alone.extend(chosen.specific.iter().chain(&chosen.unpropagate).filter(|id| !taken_before(**id)));
        // A cut that is no more lets every walk of the instance further.
        let cut_before = |id: &u32| chosen.cuts(*id);
        let as_before = same_way.filter(|(_, old)| old.unpropagate.iter().chain(&old.former).all(cut_before));
        let known = |id: &&u32| as_before.is_some_and(|(_, old)| has(&old.propagate, **id) && !old.cuts(**id));
        // No walk begins at a cut.
        let begins = chosen.propagate.iter().filter(|id| !chosen.cuts(**id) && !known(id));
        wanted.below.extend(begins.map(|id| (spec, *id)));
    }

    /// Adds what an instance of a selector selects, unless one of the earlier instances did; they may have changed places.
    pub(super) fn add_instance_beside(&self, instance: &InstanceRow, earlier: &[InstanceRow], wanted: &mut Wanted) {
        let selected_by = |old: &InstanceRow| {
            let mut rest = Wanted::default();
            self.add_instance(instance, Some(old), &mut rest);
            rest.is_nothing()
        };
        let at_its_place = earlier.iter().find(|old| old.number == instance.number);
        if !at_its_place.is_some_and(selected_by) && !earlier.iter().any(selected_by) {
            self.add_instance(instance, at_its_place, wanted);
        }
    }

    /// Whether what an assignment reaches, by this state, covers what is wanted; `None` = every resource.
    pub(super) fn access_covers(&self, access: Access, wanted: Option<&Wanted>) -> bool {
        let (Some(selector), Some(wanted)) = (access.selector(), wanted) else { return access == Access::All };
        if let Access::Scope(scope) = access {
            if !self.scope_lives(scope) {
                return wanted.is_nothing();
            }
            if wanted.scope == Some(scope) {
                return true;
            }
        }
        let instances = || self.instances.get(selector).iter().filter_map(InstanceRow::valid);
        let holds = |id: u32| self.reaches_object(access, Place::Resource(id)) == Ok(true);
        let everything = |way: &Way| way.spec.is_none() && way.select_all;
        let below = |(spec, id): (Option<u32>, u32)| {
            instances().any(|(way, chosen)| {
                let far = way.spec.is_none() && !chosen.has_cuts() && self.is_at_or_below(id, &chosen.propagate);
                let same = way.spec == spec && !chosen.has_cuts() && has(&chosen.propagate, id);
                everything(way) || far || same || (way.spec == spec && way.select_all)
            })
        };
        let tree = |spec: Option<u32>| {
            instances().any(|(way, _)| everything(way) || (way.spec == spec && way.select_all && spec.is_some()))
        };
        let adapter = |kind: &Arc<str>| {
            instances().any(|(way, _)| {
                let by_adapter = way.spec.and_then(|spec| self.spec(spec)).is_some_and(|spec| spec.adapters);
                everything(way) || (by_adapter && way.adapters.contains(kind))
            })
        };
        wanted.alone.iter().all(|id| holds(*id))
            && wanted.below.iter().all(|wanted| below(*wanted))
            && wanted.trees.iter().all(|spec| tree(*spec))
            && wanted.adapters.iter().all(adapter)
    }

    /// Whether the resource is one of these, or below one.
    fn is_at_or_below(&self, id: u32, ids: &[u32]) -> bool {
        let above = self.families.above(id);
        self.resource_row(id).live && (has(ids, id) || above.is_some_and(|above| meets(above, ids)))
    }
}
