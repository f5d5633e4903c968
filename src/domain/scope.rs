//! Scopes and what else selects resources: instances, each with the ids that it propagates from, cuts or takes alone.

use super::id::{Id, ResourceKind};
use super::name::{AssignmentName, ResourceKey, ScopeId, TraversalSpecId};
use super::row::Stamp;

/// The id of the predefined scope: whatever refers to it reaches every resource of the application.
pub const ALL_OBJECTS: &str = "all-objects";

/// A named, reusable selection of resources, without its instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Its identity.
    pub id: ScopeId,
    /// Unique in its application whatever its case.
    pub scope_name: String,
    /// For people.
    pub description: String,
    /// Who made and last changed it, and when.
    pub stamp: Stamp,
}

/// What has instances: a scope, or an assignment of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Selector {
    /// A scope.
    Scope(ScopeId),
    /// An assignment, by the last part of its resource name.
    Assignment(AssignmentName),
}

impl Selector {
    /// The application whose resources are selected.
    pub fn application(&self) -> &Id {
        match self {
            Self::Scope(scope) => &scope.application,
            Self::Assignment(assignment) => &assignment.application,
        }
    }
}

/// One of the instances of a selector; they are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceId {
    /// Whose.
    pub selector: Selector,
    /// Its place in the list.
    pub number: u16,
}

/// A traversal spec as a selector uses it, without the ids that it starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its identity.
    pub id: InstanceId,
    /// The spec, of the selector's application; `None` = everything below, of any kind.
    pub spec: Option<Id>,
    /// For a spec by adapter association: the qualifiers of the kinds that are selected. Ordered, each once.
    pub included_adapter_kinds: Vec<String>,
    /// Everything in the tree, whatever is selected.
    pub select_all_resources: bool,
}

impl Instance {
    /// The spec's identity.
    pub fn spec_id(&self) -> Option<TraversalSpecId> {
        let spec = self.spec.clone()?;
        Some(TraversalSpecId { application: self.id.selector.application().clone(), spec })
    }
}

/// What an id in an instance does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SelectionType {
    /// The resource and everything below it.
    Propagate,
    /// The resource alone; what is propagated from above stops at it.
    Unpropagate,
    /// The resource alone.
    Specific,
}

/// A resource that an instance selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The instance.
    pub instance: InstanceId,
    /// How.
    pub selection: SelectionType,
    /// Which.
    pub resource: ResourceKey,
    /// The resource that was selected has been deleted since: one that bears its id is cut, and is not selected.
    pub former: bool,
}

/// A resource that an assignment reaches by its name alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignedResource {
    /// The assignment.
    pub assignment: AssignmentName,
    /// The resource.
    pub resource: ResourceKey,
}

/// The part of a kind before its first `::`: the adapter that it comes from; empty if there is none.
pub fn qualifier(kind: &ResourceKind) -> &str {
    kind.as_str().split_once("::").map_or("", |(qualifier, _)| qualifier)
}
