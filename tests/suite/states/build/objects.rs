//! Rows about which resources something reaches: relations, traversal specs, scopes, instances and what they select.
//!
//! Resources are written `kind/id`, specs and scopes `a/name`. A path of a spec is a row of steps: `>folder` leads to
//! the children of that kind, `<folder` to the parents, and a star behind one takes it again and again.

use bailiwick::domain::assignment::{Assignment, ObjectAccess};
use bailiwick::domain::id::ResourceKind;
use bailiwick::domain::name::{AssignmentName, ResourceKey, ScopeId, TraversalSpecId};
use bailiwick::domain::resource::ResourceParent;
use bailiwick::domain::row::{Row, Stamp};
use bailiwick::domain::scope::{AssignedResource, Instance, InstanceId, Scope, Selection, SelectionType, Selector};
use bailiwick::domain::traversal::{Direction, FilterType, TraversalSpec, TraversalStep};

use super::{assignment_id, id};

pub(crate) fn key(name: &str) -> ResourceKey {
    ResourceKey::parse(name).unwrap()
}

/// The first is below the second.
pub(crate) fn below(application: &str, child: &str, parent: &str) -> Row {
    Row::ResourceParent(ResourceParent { child: key(child).of(&id(application)), parent: key(parent) })
}

pub(crate) fn spec_id(short: &str) -> TraversalSpecId {
    let (application, spec) = short.split_once('/').unwrap();
    TraversalSpecId { application: id(application), spec: id(spec) }
}

pub(crate) fn scope_id(short: &str) -> ScopeId {
    let (application, scope) = short.split_once('/').unwrap();
    ScopeId { application: id(application), scope: id(scope) }
}

fn step(text: &str) -> TraversalStep {
    let direction = if text.starts_with('>') { Direction::Child } else { Direction::Parent };
    let kind = text.trim_start_matches(['>', '<']).trim_end_matches('*');
    TraversalStep { kind: ResourceKind::parse(kind).unwrap(), direction, recursive: text.ends_with('*') }
}

/// A spec that walks: its root kind, perhaps with an adapter, and its paths.
pub(crate) fn walks<T: AsRef<str>>(short: &str, root: &str, paths: &[T]) -> Row {
    let (adapter, kind) = root.split_once("::").unwrap_or(("", root));
    Row::TraversalSpec(TraversalSpec {
        id: spec_id(short),
        root_adapter_kind: adapter.to_owned(),
        root_resource_kind: kind.to_owned(),
        spec_name: short.to_owned(),
        description: String::new(),
        filter_type: FilterType::GenericRelation,
        paths: paths.iter().map(|path| path.as_ref().split_whitespace().map(step).collect()).collect(),
        stamp: Stamp::default(),
    })
}

/// The same spec, by the adapters of kinds.
pub(crate) fn by_adapter(mut row: Row) -> Row {
    if let Row::TraversalSpec(spec) = &mut row {
        spec.filter_type = FilterType::AdapterAssociation;
    }
    row
}

pub(crate) fn scope(short: &str) -> Row {
    let (id, description) = (scope_id(short), String::new());
    Row::Scope(Scope { id, scope_name: short.to_owned(), description, stamp: Stamp::default() })
}

pub(crate) fn of_scope(short: &str) -> Selector {
    Selector::Scope(scope_id(short))
}

pub(crate) fn assignment_name(holder: &str, role: &str, tenant: Option<&str>) -> AssignmentName {
    assignment_id(holder, role, tenant).name()
}

/// What an assignment without tenant has of its own.
pub(crate) fn of_assignment(holder: &str, role: &str) -> Selector {
    Selector::Assignment(assignment_name(holder, role, None))
}

/// An instance, by the id of its spec.
pub(crate) fn instance(selector: &Selector, number: u16, spec: Option<&str>) -> Row {
    Row::Instance(Instance {
        id: InstanceId { selector: selector.clone(), number },
        spec: spec.map(id),
        included_adapter_kinds: Vec::new(),
        select_all_resources: false,
    })
}

/// The same instance, with all resources selected.
pub(crate) fn selecting_all(mut row: Row) -> Row {
    if let Row::Instance(instance) = &mut row {
        instance.select_all_resources = true;
    }
    row
}

/// The same instance, with adapters.
pub(crate) fn including(mut row: Row, adapters: &[&str]) -> Row {
    if let Row::Instance(instance) = &mut row {
        instance.included_adapter_kinds = adapters.iter().map(|&adapter| adapter.to_owned()).collect();
    }
    row
}

fn select(selector: &Selector, number: u16, selection: SelectionType, name: &str) -> Row {
    let instance = InstanceId { selector: selector.clone(), number };
    Row::Selection(Selection { instance, selection, resource: key(name), former: false })
}

/// The instance has the resource and all below it.
pub(crate) fn propagates(selector: &Selector, number: u16, name: &str) -> Row {
    select(selector, number, SelectionType::Propagate, name)
}

/// The instance has the resource alone, and nothing by way of it.
pub(crate) fn cuts(selector: &Selector, number: u16, name: &str) -> Row {
    select(selector, number, SelectionType::Unpropagate, name)
}

/// The instance has the resource alone.
pub(crate) fn names(selector: &Selector, number: u16, name: &str) -> Row {
    select(selector, number, SelectionType::Specific, name)
}

/// The same selection, of a resource that has been deleted since.
pub(crate) fn former(mut row: Row) -> Row {
    if let Row::Selection(selection) = &mut row {
        selection.former = true;
    }
    row
}

/// An assignment without tenant names a resource.
pub(crate) fn assigned(holder: &str, role: &str, name: &str) -> Row {
    let assignment = assignment_name(holder, role, None);
    Row::AssignedResource(AssignedResource { assignment, resource: key(name) })
}

/// What an assignment reaches that has a scope.
pub(crate) fn scoped(scope: &str) -> ObjectAccess {
    ObjectAccess { allow_all_objects: false, scope: Some(id(scope)) }
}

/// The same assignment, with another access.
pub(crate) fn reaching(row: Row, access: ObjectAccess) -> Row {
    match row {
        Row::Assignment(row) => Row::Assignment(Assignment { access, ..row }),
        other => other,
    }
}

/// The assignment whose own the row is.
pub(crate) fn owner(row: &Row) -> Option<&AssignmentName> {
    match row {
        Row::Instance(Instance { id: InstanceId { selector: Selector::Assignment(name), .. }, .. })
        | Row::Selection(Selection { instance: InstanceId { selector: Selector::Assignment(name), .. }, .. }) => {
            Some(name)
        }
        Row::AssignedResource(row) => Some(&row.assignment),
        _ => None,
    }
}

/// The same row, of another assignment.
pub(crate) fn owned_by(mut row: Row, owner: &AssignmentName) -> Row {
    match &mut row {
        Row::Instance(Instance { id: InstanceId { selector: Selector::Assignment(name), .. }, .. })
        | Row::Selection(Selection { instance: InstanceId { selector: Selector::Assignment(name), .. }, .. })
        | Row::AssignedResource(AssignedResource { assignment: name, .. }) => *name = owner.clone(),
        _ => {}
    }
    row
}
