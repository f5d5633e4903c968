//! Which resources an assignment reaches, and which a scope holds: only registered ones of its application.
//!
//! Every question is answered from the rows alone: the resources that something holds are listed by walking forward
//! from every start, one relation at a time. How much a walk with steps to parents may look at is not bounded here, nor
//! how many ancestors a resource may have. Rows beyond the other limits give nothing.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick::domain::assignment::Assignment;
use bailiwick::domain::id::{Id, ResourceKind};
use bailiwick::domain::limit::{
    INSTANCE_IDS_MAX, INSTANCES_MAX, RESOURCE_DEPTH_MAX, RESOURCE_PARENTS_MAX, SPEC_PATHS_MAX, SPEC_STEPS_MAX,
};
use bailiwick::domain::name::{AssignmentName, ResourceKey, ScopeId};
use bailiwick::domain::row::{Key, Row};
use bailiwick::domain::scope::{Instance, Selection, SelectionType, Selector};
use bailiwick::domain::traversal::{Direction, FilterType, TraversalSpec, TraversalStep};

use super::Model;

/// Resources of one application.
pub(crate) type Resources = BTreeSet<ResourceKey>;

/// Relations that count, each as (child, parent).
type Relations = BTreeSet<(ResourceKey, ResourceKey)>;

/// A step of a walk: the kind that it leads to (`None` = any), which way, whether it is taken again and again.
type Step = (Option<ResourceKind>, Direction, bool);

/// Where walks may begin and which ways they go.
struct Ways {
    /// The kind that walks begin with; `None` = any.
    root: Option<ResourceKind>,
    paths: Vec<Vec<Step>>,
}

/// Where a walk stands: at a resource, so many steps along a path.
type Standing = (ResourceKey, usize, usize);

impl Model {
    /// What an assignment reaches now: every resource; or what its scope holds; or what its own instances hold and
    /// what it names one by one.
    pub(crate) fn held_by_assignment(&self, assignment: &Assignment) -> Resources {
        let application = &assignment.id.role.application;
        if reaches_all_objects(assignment) {
            return self.registered(application);
        }
        if let Some(scope) = &assignment.access.scope {
            return self.held_by_scope(&ScopeId { application: application.clone(), scope: scope.clone() });
        }
        self.held_as_own(&assignment.id.name())
    }

    /// What an assignment has of its own, by its name: what its instances hold, and what it names one by one.
    pub(crate) fn held_as_own(&self, name: &AssignmentName) -> Resources {
        let registered = self.registered(&name.application);
        let named = self.rows.values().filter_map(|row| match row {
            Row::AssignedResource(row) if row.assignment == *name => Some(row.resource.clone()),
            _ => None,
        });
        let mut held: Resources = named.filter(|resource| registered.contains(resource)).collect();
        held.extend(self.held_by_selector(&Selector::Assignment(name.clone())));
        held
    }

    /// What a scope holds now: the predefined one every resource, one that does not exist none.
    pub(crate) fn held_by_scope(&self, scope: &ScopeId) -> Resources {
        if scope.scope.as_str() == "all-objects" {
            return self.registered(&scope.application);
        }
        if self.has_scope(scope) { self.held_by_selector(&Selector::Scope(scope.clone())) } else { Resources::new() }
    }

    pub(crate) fn has_scope(&self, scope: &ScopeId) -> bool {
        self.rows.contains_key(&Key::Scope(scope.clone())) && self.has_application(scope.application.as_str())
    }

    /// Every registered resource of an application.
    pub(crate) fn registered(&self, application: &Id) -> Resources {
        let resources = self.rows.values().filter_map(|row| match row {
            Row::Resource(row) if row.id.application == *application => Some(row.id.key()),
            _ => None,
        });
        resources.filter(|_| self.has_application(application.as_str())).collect()
    }

    /// Instances are united, and none takes anything from another.
    fn held_by_selector(&self, selector: &Selector) -> Resources {
        let mut held = Resources::new();
        for row in self.rows.values() {
            if let Row::Instance(instance) = row
                && instance.id.selector == *selector
                && usize::from(instance.id.number) < INSTANCES_MAX
            {
                held.extend(self.held_by_instance(instance));
            }
        }
        held
    }

    fn held_by_instance(&self, instance: &Instance) -> Resources {
        let registered = self.registered(instance.id.selector.application());
        let selections = self.selections(instance);
        if selections.len() > INSTANCE_IDS_MAX {
            return Resources::new();
        }
        let Some(id) = instance.spec_id() else {
            let below = vec![(None, Direction::Child, true)];
            return self.walked(instance, &selections, &Ways { root: None, paths: vec![below] }, &registered);
        };
        match self.spec(&Key::TraversalSpec(id)) {
            None => Resources::new(),
            Some(spec) if spec.filter_type == FilterType::AdapterAssociation => {
                let is_included = |resource: &ResourceKey| has_adapter(resource, &instance.included_adapter_kinds);
                registered.into_iter().filter(is_included).collect()
            }
            Some(spec) => match spec.root_kind() {
                Ok(root) => self.walked(instance, &selections, &ways(root, spec), &registered),
                Err(_) => Resources::new(),
            },
        }
    }

    /// What an instance selects and cuts; what has been deleted since can only be cut.
    fn selections(&self, instance: &Instance) -> Vec<&Selection> {
        let selections = self.rows.values().filter_map(|row| match row {
            Row::Selection(row) if row.instance == instance.id => Some(row),
            _ => None,
        });
        selections.filter(|row| !row.former || row.selection == SelectionType::Unpropagate).collect()
    }

    /// A spec; one with too many paths, or with one too long, is as if absent.
    fn spec(&self, key: &Key) -> Option<&TraversalSpec> {
        match self.rows.get(key) {
            Some(Row::TraversalSpec(spec)) => {
                let fits =
                    spec.paths.len() <= SPEC_PATHS_MAX && spec.paths.iter().all(|path| path.len() <= SPEC_STEPS_MAX);
                fits.then_some(spec)
            }
            _ => None,
        }
    }

    /// What an instance holds that selects by walking.
    fn walked(&self, instance: &Instance, selections: &[&Selection], ways: &Ways, registered: &Resources) -> Resources {
        let relations = self.relations(instance.id.selector.application(), registered);
        if instance.select_all_resources {
            let roots = registered.iter().filter(|resource| fits(ways.root.as_ref(), resource)).cloned().collect();
            return walk(&roots, &Resources::new(), ways, &relations);
        }
        let counting = selections.iter().filter(|selection| ways.knows(&selection.resource));
        let of = |selection: SelectionType, former: bool| {
            let chosen = counting.clone().filter(move |row| row.selection == selection && (former || !row.former));
            chosen.map(|row| row.resource.clone()).collect::<Resources>()
        };
        let cuts = of(SelectionType::Unpropagate, true);
        let alone = &of(SelectionType::Unpropagate, false) | &of(SelectionType::Specific, false);
        let starts = &of(SelectionType::Propagate, false) & registered;
        let propagated = walk(&starts, &cuts, ways, &relations);
        &(&alone & registered) | &propagated
    }

    /// The relations of registered resources; one that has too many parents has none.
    fn relations(&self, application: &Id, registered: &Resources) -> Relations {
        let mut parents: BTreeMap<ResourceKey, Vec<ResourceKey>> = BTreeMap::new();
        for row in self.rows.values() {
            if let Row::ResourceParent(row) = row
                && row.child.application == *application
            {
                parents.entry(row.child.key()).or_default().push(row.parent.clone());
            }
        }
        let few = parents.into_iter().filter(|(_, parents)| parents.len() <= RESOURCE_PARENTS_MAX);
        let all = few.flat_map(|(child, parents)| parents.into_iter().map(move |parent| (child.clone(), parent)));
        all.filter(|(child, parent)| registered.contains(child) && registered.contains(parent)).collect()
    }
}

/// Whether it is every resource, whatever else it names.
pub(super) fn reaches_all_objects(assignment: &Assignment) -> bool {
    let scope = assignment.access.scope.as_ref().map(Id::as_str);
    assignment.access.allow_all_objects || scope == Some("all-objects")
}

/// Whether the kind of a resource has a qualifier that is included.
fn has_adapter(resource: &ResourceKey, included: &[String]) -> bool {
    resource.kind.as_str().split_once("::").is_some_and(|(adapter, _)| included.iter().any(|kind| kind == adapter))
}

/// The ways of a spec that walks.
fn ways(root: ResourceKind, spec: &TraversalSpec) -> Ways {
    let step = |step: &TraversalStep| (Some(step.kind.clone()), step.direction, step.recursive);
    Ways { root: Some(root), paths: spec.paths.iter().map(|path| path.iter().map(step).collect()).collect() }
}

fn fits(kind: Option<&ResourceKind>, resource: &ResourceKey) -> bool {
    kind.is_none_or(|kind| *kind == resource.kind)
}

impl Ways {
    /// Whether the id of a resource counts: its kind is the root kind or occurs in a step.
    fn knows(&self, resource: &ResourceKey) -> bool {
        fits(self.root.as_ref(), resource)
            || self.paths.iter().flatten().any(|(kind, ..)| fits(kind.as_ref(), resource))
    }

    /// Everywhere a walk from a resource may begin: wherever its kind fits.
    fn beginnings(&self, resource: &ResourceKey) -> Vec<Standing> {
        let mut beginnings = Vec::new();
        for (number, path) in self.paths.iter().enumerate() {
            if fits(self.root.as_ref(), resource) {
                beginnings.push((resource.clone(), number, 0));
            }
            for (position, (kind, ..)) in path.iter().enumerate() {
                if fits(kind.as_ref(), resource) {
                    beginnings.push((resource.clone(), number, position + 1));
                }
            }
        }
        beginnings
    }

    /// The step by which one came to a position; there is none to the first.
    fn step(&self, path: usize, position: usize) -> Option<&Step> {
        self.paths.get(path)?.get(position.checked_sub(1)?)
    }

    /// The positions that one may be at after one more step: the next, and this again if its step is recursive.
    fn onward(&self, path: usize, position: usize) -> Vec<usize> {
        let again = self.step(path, position).is_some_and(|(_, _, recursive)| *recursive);
        let next = self.step(path, position + 1).map(|_| position + 1);
        next.into_iter().chain(again.then_some(position)).collect()
    }
}

/// The starts that are not cut, and all that walks from them come to without coming to a cut. No way up or down is longer
/// than a chain of relations may be; of each standing the shortest way to it is remembered.
fn walk(starts: &Resources, cuts: &Resources, ways: &Ways, relations: &Relations) -> Resources {
    let starts = starts - cuts;
    let mut lengths: BTreeMap<Standing, usize> = BTreeMap::new();
    let mut open: Vec<(Standing, usize)> = Vec::new();
    open.extend(starts.iter().flat_map(|start| ways.beginnings(start)).map(|standing| (standing, 0)));
    while let Some(((resource, path, position), length)) = open.pop() {
        let standing = (resource.clone(), path, position);
        if lengths.get(&standing).is_some_and(|known| *known <= length) {
            continue;
        }
        lengths.insert(standing, length);
        for next in ways.onward(path, position) {
            let Some((kind, direction, _)) = ways.step(path, next) else { continue };
            let same_way = ways.step(path, position).is_some_and(|(_, before, _)| before == direction);
            let length = if same_way { length + 1 } else { 1 };
            for found in neighbours(&resource, *direction, relations) {
                if length <= RESOURCE_DEPTH_MAX && fits(kind.as_ref(), found) && !cuts.contains(found) {
                    open.push(((found.clone(), path, next), length));
                }
            }
        }
    }
    let walked = lengths.into_keys().map(|(resource, ..)| resource);
    walked.chain(starts).collect()
}

/// The children or the parents of a resource.
fn neighbours<'a>(
    resource: &ResourceKey,
    direction: Direction,
    relations: &'a Relations,
) -> impl Iterator<Item = &'a ResourceKey> {
    relations.iter().filter_map(move |(child, parent)| match direction {
        Direction::Child => (parent == resource).then_some(child),
        Direction::Parent => (child == resource).then_some(parent),
    })
}
