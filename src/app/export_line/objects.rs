//! Lines of what assignments reach.

use crate::app::policy_line::{
    AssignedResourceLine, DirectionWord, FilterWord, InstanceLine, Line, ResourceParentLine, ScopeLine, StepLine,
    TraversalSpecLine,
};
use crate::domain::row::Row;
use crate::domain::scope::{Instance, Selection, SelectionType, Selector};
use crate::domain::traversal::{Direction, FilterType, TraversalSpec, TraversalStep};

/// The line of a row that needs no other rows.
pub(super) fn line(row: &Row) -> Option<Line> {
    Some(match row {
        Row::ResourceParent(row) => Line::ResourceParent(ResourceParentLine {
            application: row.child.application.to_string(),
            kind: row.child.kind.to_string(),
            id: row.child.id.to_string(),
            parent_kind: row.parent.kind.to_string(),
            parent_id: row.parent.id.to_string(),
        }),
        Row::TraversalSpec(row) => Line::TraversalSpec(spec(row)),
        Row::Scope(row) => Line::Scope(ScopeLine {
            application: row.id.application.to_string(),
            id: row.id.scope.to_string(),
            scope_name: row.scope_name.clone(),
            description: row.description.clone(),
        }),
        Row::AssignedResource(row) => Line::AssignedResource(AssignedResourceLine {
            application: row.assignment.application.to_string(),
            assignment: row.assignment.assignment.to_string(),
            kind: row.resource.kind.to_string(),
            id: row.resource.id.to_string(),
        }),
        _ => return None,
    })
}

fn spec(row: &TraversalSpec) -> TraversalSpecLine {
    let step = |step: &TraversalStep| StepLine {
        kind: step.kind.to_string(),
        direction: match step.direction {
            Direction::Child => DirectionWord::Child,
            Direction::Parent => DirectionWord::Parent,
        },
        recursive: step.recursive,
    };
    TraversalSpecLine {
        application: row.id.application.to_string(),
        id: row.id.spec.to_string(),
        root_adapter_kind: row.root_adapter_kind.clone(),
        root_resource_kind: row.root_resource_kind.clone(),
        spec_name: row.spec_name.clone(),
        description: row.description.clone(),
        filter_type: match row.filter_type {
            FilterType::GenericRelation => FilterWord::GenericRelation,
            FilterType::AdapterAssociation => FilterWord::AdapterAssociation,
        },
        paths: row.paths.iter().map(|path| path.iter().map(step).collect()).collect(),
    }
}

/// An instance with all that it selects.
pub(in crate::app) fn instance(row: &Instance, selections: &[Selection]) -> Line {
    let mut line = InstanceLine {
        application: row.id.selector.application().to_string(),
        scope: None,
        assignment: None,
        number: row.id.number,
        spec: row.spec.as_ref().map(ToString::to_string),
        included_adapter_kinds: row.included_adapter_kinds.clone(),
        select_all_resources: row.select_all_resources,
        propagate: Vec::new(),
        unpropagate: Vec::new(),
        specific: Vec::new(),
        former: Vec::new(),
    };
    match &row.id.selector {
        Selector::Scope(scope) => line.scope = Some(scope.scope.to_string()),
        Selector::Assignment(name) => line.assignment = Some(name.assignment.to_string()),
    }
    for selection in selections {
        let list = match selection.selection {
            _ if selection.former => &mut line.former,
            SelectionType::Propagate => &mut line.propagate,
            SelectionType::Unpropagate => &mut line.unpropagate,
            SelectionType::Specific => &mut line.specific,
        };
        list.push(selection.resource.to_string());
    }
    Line::Instance(line)
}
