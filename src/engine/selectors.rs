//! Scopes, traversal specs, and what assignments select themselves, compiled.
//!
//! A *selector* is a scope, or an assignment that does not reach every resource. What rows say of it beyond a limit is
//! held, so that it can be taken away again, and selects nothing.

use std::sync::Arc;

use super::apply::Step;
use super::chain::Bits;
use super::lists::Keyed;
use super::resolve::KindId;
use super::snapshot::{NONE, Snapshot};
use crate::domain::assignment::Assignment;
use crate::domain::id::Id;
use crate::domain::limit::{INSTANCE_IDS_MAX, INSTANCES_MAX, SPEC_PATHS_MAX, SPEC_STEPS_MAX};
use crate::domain::name::{AssignmentName, ResourceKey, ScopeId, TraversalSpecId};
use crate::domain::scope::{
    ALL_OBJECTS, AssignedResource, Instance, InstanceId, Scope, Selection, SelectionType, Selector,
};
use crate::domain::traversal::{Direction, FilterType, TraversalSpec};

/// Set in the scope of a selector's name when it is an assignment: the rest is the application.
const ASSIGNMENT_SCOPE: u32 = 1 << 31;

/// Which resources an assignment reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Access {
    /// Every one, registered or not.
    All,
    /// What a scope selects.
    Scope(u32),
    /// What the assignment selects itself.
    Own(u32),
}

impl Access {
    /// What selects them.
    pub(super) fn selector(self) -> Option<u32> {
        match self {
            Self::All => None,
            Self::Scope(selector) | Self::Own(selector) => Some(selector),
        }
    }
}

/// A traversal spec. One that is not there selects nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SpecRow {
    /// The kind that its walks begin with.
    pub(super) root: KindId,
    pub(super) adapters: bool,
    pub(super) paths: Vec<Vec<SpecStep>>,
    /// Whether some step leads to parents.
    pub(super) climbs: bool,
    /// The spec as words, for what has one parent.
    pub(super) bits: Option<Bits>,
}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SpecStep {
    pub(super) kind: KindId,
    pub(super) up: bool,
    pub(super) recursive: bool,
}

impl SpecRow {
    /// Whether an id of this kind counts.
    pub(super) fn knows(&self, kind: KindId) -> bool {
        self.root == kind || self.paths.iter().flatten().any(|step| step.kind == kind)
    }

    /// The kind at a position of a path: 0 is the root.
    pub(super) fn kind_at(&self, path: usize, position: usize) -> Option<KindId> {
        match position.checked_sub(1) {
            None => Some(self.root),
            Some(step) => self.paths.get(path)?.get(step).map(|step| step.kind),
        }
    }

    /// Whether the steps to two positions of a path lead the same way; none leads to the first.
    pub(super) fn same_way(&self, path: usize, one: usize, other: usize) -> bool {
        let up = |position: usize| Some(self.paths.get(path)?.get(position.checked_sub(1)?)?.up);
        up(one).is_some() && up(one) == up(other)
    }
}

/// An instance of a selector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct InstanceRow {
    pub(super) number: u16,
    /// What its row says; without one, its selections wait for it.
    pub(super) way: Option<Way>,
    pub(super) chosen: Arc<Chosen>,
}

/// What the rows of one instance say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the instance, and the resources selected in each of the ways")]
pub struct SelectorRows {
    pub number: u16,
    pub spec: Option<Id>,
    pub included_adapter_kinds: Vec<String>,
    pub select_all_resources: bool,
    pub propagate: Vec<ResourceKey>,
    pub unpropagate: Vec<ResourceKey>,
    pub specific: Vec<ResourceKey>,
    pub former: Vec<ResourceKey>,
}

/// How an instance walks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// Its spec; `None` = everything below, of any kind.
    pub(super) spec: Option<u32>,
    pub(super) select_all: bool,
    pub(super) adapters: Arc<[Arc<str>]>,
}

/// The ids in an instance, each list ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) propagate: Vec<u32>,
    pub(super) unpropagate: Vec<u32>,
    pub(super) specific: Vec<u32>,
    /// Cuts at what has been deleted since.
    pub(super) former: Vec<u32>,
}

impl Chosen {
    pub(super) fn len(&self) -> usize {
        self.propagate.len() + self.unpropagate.len() + self.specific.len() + self.former.len()
    }

    /// Whether no walk goes on at the resource.
    pub(super) fn cuts(&self, resource: u32) -> bool {
        has(&self.unpropagate, resource) || has(&self.former, resource)
    }

    /// Whether some walk is cut.
    pub(super) fn has_cuts(&self) -> bool {
        !(self.unpropagate.is_empty() && self.former.is_empty())
    }

    /// Whether the resource is taken alone.
    pub(super) fn takes(&self, resource: u32) -> bool {
        has(&self.specific, resource) || has(&self.unpropagate, resource)
    }
}

/// Whether an ordered list has the id.
pub(super) fn has(ids: &[u32], id: u32) -> bool {
    ids.binary_search(&id).is_ok()
}

impl InstanceRow {
    /// What it walks by and the ids that it has, unless there are more than there may be.
    pub(super) fn valid(&self) -> Option<(&Way, &Chosen)> {
        let within = usize::from(self.number) < INSTANCES_MAX && self.chosen.len() <= INSTANCE_IDS_MAX;
        self.way.as_ref().filter(|_| within).map(|way| (way, self.chosen.as_ref()))
    }
}

impl Keyed for InstanceRow {
    type Key = u16;
    fn key(&self) -> u16 {
        self.number
    }
}

impl Snapshot {
    pub(super) fn scope_id(&self, scope: &ScopeId) -> Option<u32> {
        self.selectors.find(self.application_id(scope.application.as_str())?, scope.scope.as_str())
    }

    pub(super) fn scope_name(&self, selector: u32) -> &str {
        self.selectors.text(selector)
    }

    fn assignment_selector(&self, name: &AssignmentName) -> Option<u32> {
        let application = self.application_id(name.application.as_str())?;
        self.selectors.find(application | ASSIGNMENT_SCOPE, name.assignment.as_str())
    }

    pub(super) fn selector_id(&self, selector: &Selector) -> Option<u32> {
        match selector {
            Selector::Scope(scope) => self.scope_id(scope),
            Selector::Assignment(assignment) => self.assignment_selector(assignment),
        }
    }

    fn intern_selector(&mut self, selector: &Selector) -> u32 {
        let application = self.intern_application(selector.application().as_str());
        match selector {
            Selector::Scope(scope) => self.selectors.intern(application, scope.scope.as_str()),
            Selector::Assignment(name) => {
                self.selectors.intern(application | ASSIGNMENT_SCOPE, name.assignment.as_str())
            }
        }
    }

    /// The application of a selector.
    pub(super) fn selector_application(&self, selector: u32) -> u32 {
        self.selectors.scope(selector).map_or(NONE, |scope| scope & !ASSIGNMENT_SCOPE)
    }

    /// Whether a selector is an assignment, and no scope.
    pub(super) fn is_assignment(&self, selector: u32) -> bool {
        self.selectors.scope(selector).is_some_and(|scope| scope & ASSIGNMENT_SCOPE != 0)
    }

    /// Whether there is such a scope.
    pub(super) fn scope_lives(&self, selector: u32) -> bool {
        self.scopes.get(selector).copied().unwrap_or_default()
    }

    /// Whether the application has a scope with this id, be it the predefined one.
    pub(super) fn live_scope(&self, application: u32, scope: &str) -> bool {
        let own = self.selectors.find(application, scope);
        scope == ALL_OBJECTS || own.is_some_and(|id| self.scope_lives(id))
    }

    /// Whether the application has a traversal spec with this id.
    pub(super) fn live_spec(&self, application: u32, spec: &str) -> bool {
        self.specs.find(application, spec).is_some_and(|id| self.specs_there.get(id).copied().unwrap_or_default())
    }

    pub(super) fn spec_id(&self, spec: &TraversalSpecId) -> Option<u32> {
        self.specs.find(self.application_id(spec.application.as_str())?, spec.spec.as_str())
    }

    /// A traversal spec that is there.
    pub(super) fn spec(&self, spec: u32) -> Option<&SpecRow> {
        self.spec_rows.get(spec)?.as_deref()
    }

    /// What an assignment reaches, as its row says.
    pub(super) fn compiled_access(&mut self, row: &Assignment) -> Access {
        match &row.access.scope {
            _ if row.access.is_all() => Access::All,
            Some(scope) => {
                let application = row.id.role.application.clone();
                Access::Scope(self.intern_selector(&Selector::Scope(ScopeId { application, scope: scope.clone() })))
            }
            None => Access::Own(self.intern_selector(&Selector::Assignment(row.id.name()))),
        }
    }

    /// Notes that a holder has, or has no more, an assignment that reaches what a selector says.
    pub(super) fn note_selector(&mut self, holder: u32, accesses: [Option<Access>; 2]) {
        for access in accesses.into_iter().flatten() {
            let Some(selector) = access.selector() else { continue };
            if self.grants.of(holder).any(|grant| grant.access == access) {
                self.selector_holders.insert(selector, holder);
            } else {
                self.selector_holders.remove(selector, holder);
            }
        }
    }

    pub(super) fn change_scope(&mut self, row: &Scope, step: Step) {
        let id = self.intern_selector(&Selector::Scope(row.id.clone()));
        *self.scopes.get_mut(id) = step.present();
        let application = self.intern_application(row.id.application.as_str());
        step.count_small(&mut self.application_rows.get_mut(application).scopes);
        step.count(&mut self.counts.scopes);
    }

    pub(super) fn change_spec(&mut self, row: &TraversalSpec, step: Step) {
        let application = self.intern_application(row.id.application.as_str());
        let id = self.specs.intern(application, row.id.spec.as_str());
        let compiled = if step.present() { self.compiled_spec(application, row) } else { None };
        let was_beyond = u64::from(self.live_spec(application, row.id.spec.as_str()) && self.spec(id).is_none());
        let counted = self.counts.rows_beyond_limits + u64::from(step.present() && compiled.is_none());
        self.counts.rows_beyond_limits = counted.saturating_sub(was_beyond);
        *self.spec_rows.get_mut(id) = compiled.map(Arc::new);
        *self.specs_there.get_mut(id) = step.present();
        step.count_small(&mut self.application_rows.get_mut(application).specs);
        step.count(&mut self.counts.traversal_specs);
    }

    /// A spec with more paths or steps than there may be selects nothing.
    fn compiled_spec(&mut self, application: u32, row: &TraversalSpec) -> Option<SpecRow> {
        let within = row.paths.len() <= SPEC_PATHS_MAX && row.paths.iter().all(|path| path.len() <= SPEC_STEPS_MAX);
        let root = row.root_kind().ok().filter(|_| within)?;
        let mut paths = Vec::with_capacity(row.paths.len());
        for path in &row.paths {
            let steps = path.iter().map(|step| SpecStep {
                kind: self.resource_kinds.intern(application, step.kind.as_str()),
                up: step.direction == Direction::Parent,
                recursive: step.recursive,
            });
            paths.push(steps.collect());
        }
        let root = self.resource_kinds.intern(application, root.as_str());
        Some(SpecRow {
            root,
            adapters: row.filter_type == FilterType::AdapterAssociation,
            bits: Bits::of(root, &paths),
            paths,
            climbs: row.climbs(),
        })
    }

    /// Changes an instance in its place; one that has neither row nor selection is none.
    fn change_instance_at(&mut self, id: &InstanceId, change: impl FnOnce(&mut InstanceRow)) {
        let selector = self.intern_selector(&id.selector);
        let empty = || InstanceRow { number: id.number, way: None, chosen: Arc::default() };
        let mut row = self.instances.find(selector, &id.number).cloned().unwrap_or_else(empty);
        let beyond = |row: &InstanceRow| u64::from(row.way.is_some() && row.valid().is_none());
        let was_beyond = beyond(&row);
        change(&mut row);
        let counted = self.counts.rows_beyond_limits + beyond(&row);
        self.counts.rows_beyond_limits = counted.saturating_sub(was_beyond);
        if row.way.is_none() && row.chosen.len() == 0 {
            self.instances.remove(selector, &id.number);
        } else {
            self.instances.insert(selector, row);
        }
    }

    pub(super) fn change_instance(&mut self, row: &Instance, step: Step) {
        let spec = row.spec_id().map(|spec| {
            let application = self.intern_application(spec.application.as_str());
            self.specs.intern(application, spec.spec.as_str())
        });
        let adapters = row.included_adapter_kinds.iter().map(|kind| Arc::from(kind.as_str())).collect();
        let way = Way { spec, select_all: row.select_all_resources, adapters };
        let selector = self.intern_selector(&row.id.selector);
        let old = self.instances.find(selector, &row.id.number).and_then(|row| row.way.as_ref()?.spec);
        self.change_instance_at(&row.id, |instance| instance.way = step.present().then_some(way));
        let uses = |state: &Self, spec: u32| {
            state.instances.get(selector).iter().any(|row| row.way.as_ref().is_some_and(|way| way.spec == Some(spec)))
        };
        for spec in [old, spec].into_iter().flatten() {
            if uses(self, spec) {
                self.spec_users.insert(spec, selector);
            } else {
                self.spec_users.remove(spec, selector);
            }
        }
        step.count(&mut self.counts.instances);
    }

    pub(super) fn change_selection(&mut self, row: &Selection, step: Step) {
        let resource = self.intern_resource(&row.resource.clone().of(row.instance.selector.application()));
        // What has been deleted since can only be cut: no write leaves another row of it.
        let counts = step.present() && (!row.former || row.selection == SelectionType::Unpropagate);
        self.change_instance_at(&row.instance, |instance| {
            let chosen = Arc::make_mut(&mut instance.chosen);
            let list = match row.selection {
                SelectionType::Propagate => &mut chosen.propagate,
                SelectionType::Unpropagate => {
                    // It changes from the one to the other when what it names is deleted.
                    let other = if row.former { &mut chosen.unpropagate } else { &mut chosen.former };
                    other.retain(|id| *id != resource);
                    if row.former { &mut chosen.former } else { &mut chosen.unpropagate }
                }
                SelectionType::Specific => &mut chosen.specific,
            };
            match (list.binary_search(&resource), counts) {
                (Err(at), true) => list.insert(at, resource),
                (Ok(at), false) => _ = list.remove(at),
                _ => {}
            }
        });
        step.count(&mut self.counts.selections);
    }

    pub(super) fn change_assigned_resource(&mut self, row: &AssignedResource, step: Step) {
        let selector = self.intern_selector(&Selector::Assignment(row.assignment.clone()));
        let resource = self.intern_resource(&row.resource.clone().of(&row.assignment.application));
        if step.present() {
            self.assigned.insert(selector, resource);
        } else {
            self.assigned.remove(selector, resource);
        }
        step.count(&mut self.counts.assigned_resources);
    }
}
