//! What a write asks about scopes, traversal specs and what assignments select.

use super::selectors::{Access, SelectorRows, Way};
use super::snapshot::Snapshot;
use super::spread::Held;
use crate::domain::assignment::{AssignmentId, ObjectAccess};
use crate::domain::id::{Id, ResourceKind};
use crate::domain::name::{AssignmentName, ResourceKey, ScopeId, TraversalSpecId};
use crate::domain::row::Key;
use crate::domain::scope::{InstanceId, SelectionType, Selector};

impl Snapshot {
    /// Whether the application has the traversal spec.
    pub fn has_spec(&self, spec: &TraversalSpecId) -> bool {
        let application = self.application_id(spec.application.as_str());
        application.is_some_and(|application| self.live_spec(application, spec.spec.as_str()))
    }

    /// Whether the application itself has the scope.
    pub fn has_scope(&self, scope: &ScopeId) -> bool {
        self.scope_id(scope).is_some_and(|id| self.scope_lives(id))
    }

    /// How many scopes and traversal specs the application has, without the predefined ones.
    pub fn scope_sizes(&self, application: &str) -> (usize, usize) {
        let row = self.application_id(application).map_or_else(Default::default, |id| self.application_row(id));
        (row.scopes as usize, row.specs as usize)
    }

    pub(super) fn has_selected(&self, key: &Key) -> bool {
        match key {
            Key::Instance(id) => self.instance(id).is_some_and(|instance| instance.way.is_some()),
            Key::Selection(id, selection, resource) => {
                let resource = self.resource_id(&resource.clone().of(id.selector.application()));
                resource.zip(self.instance(id)).is_some_and(|(resource, row)| row.chosen.has(*selection, resource))
            }
            Key::AssignedResource(name, resource) => {
                let selector = self.selector_id(&Selector::Assignment(name.clone()));
                let resource = self.resource_id(&resource.clone().of(&name.application));
                selector.zip(resource).is_some_and(|(selector, resource)| self.assigned.contains(selector, resource))
            }
            _ => false,
        }
    }

    /// The kinds that a spec's ids count for: the root kind, and those of its steps. `None` when there is no such spec, or
    /// it selects by adapter.
    pub fn kinds_of_spec(&self, spec: &TraversalSpecId) -> Option<Vec<ResourceKind>> {
        let row = self.spec(self.spec_id(spec)?).filter(|row| !row.adapters)?;
        let mut kinds: Vec<u32> = row.paths.iter().flatten().map(|step| step.kind).chain([row.root]).collect();
        kinds.sort_unstable();
        kinds.dedup();
        Some(kinds.into_iter().filter_map(|kind| ResourceKind::parse(self.resource_kinds.text(kind)).ok()).collect())
    }

    /// Whether a spec selects by adapter; `None` when there is no such spec.
    pub fn is_by_adapter(&self, spec: &TraversalSpecId) -> Option<bool> {
        self.spec(self.spec_id(spec)?).map(|row| row.adapters)
    }

    /// How many scopes and how many assignments use a traversal spec.
    pub fn users_of_spec(&self, spec: &TraversalSpecId) -> (u64, u64) {
        let users = self.spec_id(spec).into_iter().flat_map(|id| self.spec_users.of(id));
        users.fold((0, 0), |(scopes, assignments), selector| {
            if self.is_assignment(selector) { (scopes, assignments + 1) } else { (scopes + 1, assignments) }
        })
    }

    /// Whether an instance uses the spec and includes no adapter kind.
    pub fn is_used_without_adapters(&self, spec: &TraversalSpecId) -> bool {
        let Some(id) = self.spec_id(spec) else { return false };
        let lacks = |way: &Way| way.spec == Some(id) && way.adapters.is_empty();
        let mut users = self.spec_users.of(id);
        users.any(|selector| self.instances.get(selector).iter().any(|row| row.way.as_ref().is_some_and(lacks)))
    }

    /// What a selector's rows say: its instances with their ids, in order.
    pub fn selected(&self, selector: &Selector) -> Vec<SelectorRows> {
        let Some(id) = self.selector_id(selector) else { return Vec::new() };
        let text = |spec: u32| Id::parse(self.specs.text(spec)).ok();
        let instances = self.instances.get(id).iter().filter_map(|row| {
            let way = row.way.as_ref()?;
            let keys = |ids: &[u32]| {
                let mut keys = self.resource_keys(ids.iter().copied());
                keys.sort_unstable();
                keys
            };
            Some(SelectorRows {
                number: row.number,
                spec: way.spec.and_then(text),
                included_adapter_kinds: way.adapters.iter().map(ToString::to_string).collect(),
                select_all_resources: way.select_all,
                propagate: keys(&row.chosen.propagate),
                unpropagate: keys(&row.chosen.unpropagate),
                specific: keys(&row.chosen.specific),
                former: keys(&row.chosen.former),
            })
        });
        instances.collect()
    }

    /// How many instances a selector has, and how many ids the one with the most.
    pub fn selector_sizes(&self, selector: &Selector) -> (usize, usize) {
        let instances = self.selector_id(selector).map_or(&[][..], |id| self.instances.get(id));
        (instances.len(), instances.iter().map(|row| row.chosen.len()).max().unwrap_or(0))
    }

    /// The first resources that an assignment names one by one, by kind and id byte for byte, and whether there are more.
    pub fn assigned_resources(&self, assignment: &AssignmentName, most: usize) -> (Vec<ResourceKey>, bool) {
        let Some(selector) = self.selector_id(&Selector::Assignment(assignment.clone())) else {
            return (Vec::new(), false);
        };
        let named = Held { state: self, ids: self.assigned.of(selector).collect() };
        (named.page(None, most), named.len() > most)
    }

    /// Whether an assignment, also one that is not there, has instances, or names resources one by one.
    pub fn selects_itself(&self, assignment: &AssignmentName) -> bool {
        let selector = self.selector_id(&Selector::Assignment(assignment.clone()));
        selector.is_some_and(|id| !self.instances.get(id).is_empty() || self.assigned.has(id))
    }

    /// Whether there is an assignment of this name that does not reach every resource.
    pub fn has_limited_assignment(&self, name: &AssignmentName) -> bool {
        self.selector_id(&Selector::Assignment(name.clone())).is_some_and(|id| self.selector_holders.has(id))
    }

    /// What an assignment that there is reaches, as far as its own row says.
    pub fn access_of(&self, id: &AssignmentId) -> Option<ObjectAccess> {
        let (_, grant) = self.grant_at(id)?;
        Some(match grant.access {
            Access::All => ObjectAccess::ALL,
            Access::Own(_) => ObjectAccess::OWN,
            Access::Scope(scope) => {
                ObjectAccess { allow_all_objects: false, scope: Id::parse(self.scope_name(scope)).ok() }
            }
        })
    }

    fn instance(&self, id: &InstanceId) -> Option<&super::selectors::InstanceRow> {
        self.instances.find(self.selector_id(&id.selector)?, &id.number)
    }
}

impl super::selectors::Chosen {
    fn has(&self, selection: SelectionType, resource: u32) -> bool {
        match selection {
            SelectionType::Propagate => super::selectors::has(&self.propagate, resource),
            SelectionType::Unpropagate => self.cuts(resource),
            SelectionType::Specific => super::selectors::has(&self.specific, resource),
        }
    }
}
