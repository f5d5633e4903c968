//! Lines of what assignments reach: relations, traversal specs, scopes, instances.

use serde::{Deserialize, Serialize};

use super::{DirectionWord, FilterWord, default, is_default};

lines! {
    /// `{"resource_parent": …}`: both in one application.
    ResourceParentLine {
        application: String,
        kind: String,
        id: String,
        parent_kind: String,
        parent_id: String,
    }

    /// `{"traversal_spec": …}`
    TraversalSpecLine {
        application: String,
        id: String,
        root_adapter_kind: String = "default",
        root_resource_kind: String,
        spec_name: String,
        description: String = "default",
        filter_type: FilterWord = "default",
        paths: Vec<Vec<StepLine>> = "default",
    }

    /// A step of a path.
    StepLine {
        kind: String,
        direction: DirectionWord,
        recursive: bool = "default",
    }

    /// `{"scope": …}`
    ScopeLine {
        application: String,
        id: String,
        scope_name: String,
        description: String = "default",
    }

    /// `{"instance": …}`: the one with this number of a `scope` or of a role `assignment`, by their ids. Resources are
    /// `kind/id`; `former` ones, which are gone, are only cut.
    InstanceLine {
        application: String,
        scope: Option<String> = "default",
        assignment: Option<String> = "default",
        number: u16,
        spec: Option<String> = "default",
        included_adapter_kinds: Vec<String> = "default",
        select_all_resources: bool = "default",
        propagate: Vec<String> = "default",
        unpropagate: Vec<String> = "default",
        specific: Vec<String> = "default",
        former: Vec<String> = "default",
    }

    /// `{"assigned_resource": …}`; `assignment`: the id of the role assignment.
    AssignedResourceLine {
        application: String,
        assignment: String,
        kind: String,
        id: String,
    }
}
