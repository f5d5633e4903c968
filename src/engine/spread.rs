//! The list beside the rule: which resources a scope, or an assignment, holds now.

use rustc_hash::{FxHashMap, FxHashSet};

use super::objects::positions;
use super::selectors::{Chosen, InstanceRow, SpecRow, Way};
use super::snapshot::Snapshot;
use crate::domain::limit::RESOURCE_DEPTH_MAX;
use crate::domain::name::{ResourceKey, ScopeId};
use crate::domain::scope::ALL_OBJECTS;

impl Snapshot {
    /// The resources that a scope holds, in no order; the predefined one holds all that its application has registered.
    /// `None` when there is no such scope.
    pub fn resources_of_scope(&self, scope: &ScopeId) -> Option<Held<'_>> {
        let application = self.application_id(scope.application.as_str())?;
        if scope.scope.as_str() == ALL_OBJECTS {
            return Some(Held { state: self, ids: self.registered_resources(application).collect() });
        }
        let id = self.scope_id(scope).filter(|id| self.scope_lives(*id))?;
        Some(Held { state: self, ids: self.held_by(id).into_iter().collect() })
    }

    /// What a selector holds: all of its instances, and the resources that it names.
    pub(super) fn held_by(&self, selector: u32) -> FxHashSet<u32> {
        let application = self.selector_application(selector);
        let mut held: FxHashSet<u32> = FxHashSet::default();
        held.extend(self.assigned.of(selector).filter(|id| self.resource_row(*id).live));
        for (way, chosen) in self.instances.get(selector).iter().filter_map(InstanceRow::valid) {
            match way.spec.map(|spec| self.spec(spec)) {
                None => self.spread_below(application, way, chosen, &mut held),
                Some(Some(spec)) if spec.adapters => held.extend(self.associated(application, way)),
                Some(Some(spec)) => self.spread_along((application, spec), way, chosen, &mut held),
                Some(None) => {}
            }
        }
        held
    }

    fn registered_resources(&self, application: u32) -> impl Iterator<Item = u32> {
        let here = move |id: &u32| {
            let kind = self.resources.scope(*id);
            self.resource_row(*id).live && kind.and_then(|kind| self.resource_kinds.scope(kind)) == Some(application)
        };
        (0..self.resources.len()).filter(here)
    }

    fn associated(&self, application: u32, way: &Way) -> impl Iterator<Item = u32> {
        let of_adapter = |kind: u32| {
            let qualifier = self.resource_kinds.text(kind).split_once("::").map(|(qualifier, _)| qualifier);
            qualifier.is_some_and(|qualifier| way.adapters.iter().any(|adapter| **adapter == *qualifier))
        };
        let kinds: FxHashSet<u32> = (0..self.resource_kinds.len()).filter(|kind| of_adapter(*kind)).collect();
        let fits = move |id: &u32| self.resources.scope(*id).is_some_and(|kind| kinds.contains(&kind));
        self.registered_resources(application).filter(fits)
    }

    fn taken<'a>(&'a self, chosen: &'a Chosen) -> impl Iterator<Item = u32> + 'a {
        let ids = chosen.specific.iter().chain(&chosen.unpropagate).copied();
        ids.filter(|id| self.resource_row(*id).live)
    }

    fn starts<'a>(&'a self, chosen: &'a Chosen) -> impl Iterator<Item = u32> + 'a {
        let ids = chosen.propagate.iter().copied();
        ids.filter(|id| self.resource_row(*id).live && !chosen.cuts(*id))
    }

    fn spread_below(&self, application: u32, way: &Way, chosen: &Chosen, held: &mut FxHashSet<u32>) {
        if way.select_all {
            held.extend(self.registered_resources(application));
            return;
        }
        held.extend(self.taken(chosen));
        let mut level: Vec<u32> = self.starts(chosen).collect();
        let mut seen: FxHashSet<u32> = level.iter().copied().collect();
        for _ in 0..RESOURCE_DEPTH_MAX {
            let children = level.iter().flat_map(|id| self.families.children(*id));
            level = children.filter(|child| self.goes_on(*child, chosen) && seen.insert(*child)).collect();
            if level.is_empty() {
                break;
            }
        }
        held.extend(seen);
    }

    fn goes_on(&self, id: u32, chosen: &Chosen) -> bool {
        self.resource_row(id).live && !chosen.cuts(id)
    }

    fn spread_along(
        &self,
        (application, spec): (u32, &SpecRow),
        way: &Way,
        chosen: &Chosen,
        held: &mut FxHashSet<u32>,
    ) {
        let knows = |id: &u32| self.resources.scope(*id).is_some_and(|kind| spec.knows(kind));
        let nothing = Chosen::default();
        let (starts, chosen): (Vec<u32>, &Chosen) = if way.select_all {
            (
                self.registered_resources(application)
                    .filter(|id| self.resources.scope(*id) == Some(spec.root))
                    .collect(),
                &nothing,
            )
        } else {
            held.extend(self.taken(chosen).filter(knows));
            (self.starts(chosen).filter(knows).collect(), chosen)
        };
        let mut edge: Vec<(u32, usize, usize)> = Vec::new();
        for id in starts {
            held.insert(id);
            let kind = self.resources.scope(id).unwrap_or(u32::MAX);
            edge.extend(positions(spec, kind).map(|(path, position)| (id, path, position)));
        }
        // How many steps one after the other, all to children or all to parents, led there: the fewest.
        let mut seen: FxHashMap<(u32, usize, usize), usize> = edge.iter().map(|stand| (*stand, 0)).collect();
        while let Some((id, path, position)) = edge.pop() {
            held.insert(id);
            let steps = seen.get(&(id, path, position)).copied().unwrap_or_default();
            for (next, to) in self.next_along(spec, (id, path, position)) {
                let steps = if spec.same_way(path, position, to) { steps + 1 } else { 1 };
                let fewer = seen.get(&(next, path, to)).is_none_or(|fewest| steps < *fewest);
                if steps <= RESOURCE_DEPTH_MAX && fewer && self.goes_on(next, chosen) {
                    seen.insert((next, path, to), steps);
                    edge.push((next, path, to));
                }
            }
        }
    }

    /// Where a walk goes on: by the next step of the path, or by the last one again.
    fn next_along(&self, spec: &SpecRow, (id, path, position): (u32, usize, usize)) -> Vec<(u32, usize)> {
        let Some(steps) = spec.paths.get(path) else { return Vec::new() };
        let again = position.checked_sub(1).filter(|last| steps.get(*last).is_some_and(|step| step.recursive));
        let mut next = Vec::new();
        for at in [Some(position), again].into_iter().flatten() {
            let Some(step) = steps.get(at) else { continue };
            let fits = |id: &u32| self.resources.scope(*id) == Some(step.kind);
            if step.up {
                next.extend(self.families.parents(id).iter().copied().filter(fits).map(|id| (id, at + 1)));
            } else {
                next.extend(self.families.children(id).filter(fits).map(|id| (id, at + 1)));
            }
        }
        next
    }
}

/// Resources that are held.
#[derive(Debug)]
pub struct Held<'a> {
    pub(super) state: &'a Snapshot,
    pub(super) ids: Vec<u32>,
}

impl Held<'_> {
    /// How many they are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The first of those behind `after`, ordered by kind and id byte for byte; at most so many.
    pub fn page(&self, after: Option<&ResourceKey>, most: usize) -> Vec<ResourceKey> {
        let state = self.state;
        let name = |id: &u32| {
            let kind = state.resources.scope(*id).map_or("", |kind| state.resource_kinds.text(kind));
            (kind, state.resources.text(*id))
        };
        let after = after.map(|key| (key.kind.as_str(), key.id.as_str()));
        let mut rest: Vec<u32> =
            self.ids.iter().copied().filter(|id| after.is_none_or(|after| name(id) > after)).collect();
        if rest.len() > most {
            rest.select_nth_unstable_by(most, |one, other| name(one).cmp(&name(other)));
            rest.truncate(most);
        }
        rest.sort_unstable_by(|one, other| name(one).cmp(&name(other)));
        state.resource_keys(rest.into_iter())
    }
}
