//! Resources and their relations: how rows change them, and what a write asks of them.

use rustc_hash::FxHashSet;

use super::apply::Step;
use super::facts::{Obstacle, way};
use super::families::Above;
use super::rows::KeptResource;
use super::settle::Dirty;
use super::snapshot::{NONE, ResourceRow, Snapshot};
use crate::domain::id::{ForeignId, Id, ResourceKind};
use crate::domain::limit::{RESOURCE_ANCESTORS_MAX, RESOURCE_DEPTH_MAX};
use crate::domain::name::{ResourceId, ResourceKey};
use crate::domain::resource::{Resource, ResourceParent};

impl Snapshot {
    pub(super) fn change_resource(&mut self, dirty: &mut Dirty, row: &Resource, step: Step) {
        let id = self.intern_resource(&row.id);
        if self.resource_row(id).live != step.present() {
            dirty.moved.resources.insert(id);
        }
        let tenant = row.tenant_id().filter(|_| step.present()).map_or(NONE, |tenant| self.intern_tenant(&tenant));
        let tenant_level = row.tenant_level || tenant != NONE;
        let row = ResourceRow { live: step.present(), tenant_level, tenant };
        *self.resource_rows.get_mut(id) = KeptResource::new(row);
        step.count(&mut self.counts.resources);
    }

    pub(super) fn change_resource_parent(&mut self, dirty: &mut Dirty, row: &ResourceParent, step: Step) {
        let (child, parent) = (self.intern_resource(&row.child), self.intern_resource(&row.parent_id()));
        if let Some(family) = self.families.relate(child, parent, step.present(), self.seed) {
            dirty.moved.resources.insert(child);
            dirty.moved.families.insert(family);
        }
        step.count(&mut self.counts.resource_parents);
    }

    /// Whether the relation is there, be the resources registered or not.
    pub(super) fn has_relation(&self, child: &ResourceId, parent: &ResourceKey) -> bool {
        let parent = self.resource_id(&parent.clone().of(&child.application));
        self.resource_id(child).zip(parent).is_some_and(|(child, parent)| self.families.is_parent(parent, child))
    }

    /// The parents of a resource, ordered.
    pub fn parents_of(&self, resource: &ResourceId) -> Vec<ResourceKey> {
        let Some(id) = self.resource_id(resource) else { return Vec::new() };
        let mut parents = self.resource_keys(self.families.parents_in_rows(id).iter().copied());
        parents.sort_unstable();
        parents
    }

    /// The resources that are directly below one, ordered, be they registered or not.
    pub fn children_of(&self, resource: &ResourceId) -> Vec<ResourceKey> {
        let Some(id) = self.resource_id(resource) else { return Vec::new() };
        let mut children = self.resource_keys(self.families.children_in_rows(id));
        children.sort_unstable();
        children
    }

    /// Whether something is below a resource.
    pub fn is_parent(&self, resource: &ResourceId) -> bool {
        self.resource_id(resource).is_some_and(|id| self.families.has_children(id))
    }

    pub(super) fn resource_keys(&self, ids: impl Iterator<Item = u32>) -> Vec<ResourceKey> {
        ids.filter_map(|id| self.resource_key(id)).collect()
    }

    pub(super) fn resource_key(&self, id: u32) -> Option<ResourceKey> {
        let kind = ResourceKind::parse(self.resource_kinds.text(self.resources.scope(id)?)).ok()?;
        Some(ResourceKey { kind, id: ForeignId::parse(self.resources.text(id)).ok()? })
    }

    /// The cycle that the relations of a resource close, or the limit that they are beyond: of it, or of what is below it.
    pub fn relation_obstacle(&self, resource: &ResourceId) -> Option<Obstacle> {
        let id = self.resource_id(resource)?;
        // What nothing is below is on no cycle.
        let parents = if self.families.has_children(id) { self.families.parents(id) } else { &[] };
        for parent in parents {
            if let Some(way) = way(*parent, id, |resource| self.families.parents(resource)) {
                let names = self.resource_keys(way.into_iter()).into_iter();
                return Some(Obstacle::Cycle(names.map(|key| key.of(&resource.application).to_string()).collect()));
            }
        }
        let above = self.families.above(id);
        let height = above.map_or(0, |above| self.height(id, above));
        if height + self.depth_of_relations(id, RESOURCE_DEPTH_MAX.saturating_sub(height)) > RESOURCE_DEPTH_MAX {
            return Some(Obstacle::TooDeep);
        }
        self.crowded(id)
            .and_then(|id| self.resource_key(id))
            .map(|key| Obstacle::TooManyAncestors(key.of(&resource.application).to_string()))
    }

    /// Steps from a resource to its furthest ancestor; one more than the limit for what is higher.
    fn height(&self, id: u32, above: &Above) -> usize {
        if let Above::Chain(chain, _) = above {
            return chain.len();
        }
        steps(id, RESOURCE_DEPTH_MAX + 1, |resource, next| next.extend(self.families.parents(resource)))
    }

    /// Steps from a resource to its furthest descendant, counted to one more than `most`.
    fn depth_of_relations(&self, id: u32, most: usize) -> usize {
        steps(id, most + 1, |resource, next| {
            next.extend(self.families.children(resource).filter(|child| self.families.has_children(*child)));
        }) + usize::from(self.families.has_children(id))
    }

    /// The resource, or one below it, that has more ancestors than it may.
    fn crowded(&self, id: u32) -> Option<u32> {
        let has_many = |id: u32| {
            // What is above is cut at the limit, so at the limit it is counted without one.
            self.families.above(id).is_some_and(|above| above.all().len() >= RESOURCE_ANCESTORS_MAX)
                && self.count_ancestors(id) > RESOURCE_ANCESTORS_MAX
        };
        let mut found: FxHashSet<u32> = FxHashSet::from_iter([id]);
        let mut edge = vec![id];
        while let Some(id) = edge.pop() {
            if has_many(id) {
                return Some(id);
            }
            // Resources of one family have the same ancestors: one of them stands for all.
            edge.extend(self.families.one_of_each_below(id).filter(|child| found.insert(*child)));
        }
        None
    }

    fn count_ancestors(&self, id: u32) -> usize {
        let mut found: FxHashSet<u32> = FxHashSet::default();
        let mut edge: Vec<u32> = self.families.parents(id).to_vec();
        while let Some(id) = edge.pop() {
            if found.len() <= RESOURCE_ANCESTORS_MAX && found.insert(id) {
                edge.extend(self.families.parents(id));
            }
        }
        found.len()
    }

    /// The registered resources of these kinds that bear an id, at most so many.
    pub fn resources_named(
        &self,
        application: &Id,
        kinds: &[ResourceKind],
        (id, most): (&str, usize),
    ) -> Vec<ResourceKey> {
        let Some(application) = self.application_id(application.as_str()) else { return Vec::new() };
        let found = kinds.iter().filter_map(|kind| self.resource_in(application, kind.as_str(), id));
        self.resource_keys(found.filter(|id| self.resource_row(*id).live).take(most))
    }
}

/// Steps of the longest way along `next`, counted to `most`: level by level, so that a cycle ends.
fn steps(from: u32, most: usize, next: impl Fn(u32, &mut Vec<u32>)) -> usize {
    let mut level: FxHashSet<u32> = FxHashSet::from_iter([from]);
    for depth in 0..most {
        let mut following = Vec::new();
        for id in &level {
            next(*id, &mut following);
        }
        if following.is_empty() {
            return depth;
        }
        level = following.into_iter().collect();
    }
    most
}
