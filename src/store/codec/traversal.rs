//! Traversal specs, stored; their paths are a document of their own in the table.

use prost::Message;

use super::super::code::Coded;
use super::super::unreadable::Unreadable;
use super::row::{stamp, write_stamp};
use super::{exact, name, required};
use crate::domain::id::ResourceKind;
use crate::domain::traversal::{TraversalSpec, TraversalStep};
use crate::proto::storage::{self, traversal_paths::Path, traversal_paths::Step};

/// The paths of a traversal spec.
pub(in crate::store) fn paths(paths: &[Vec<TraversalStep>]) -> Vec<u8> {
    write_paths(paths).encode_to_vec()
}

/// Reads the paths of a traversal spec.
pub(in crate::store) fn read_paths(document: &[u8]) -> Result<Vec<Vec<TraversalStep>>, Unreadable> {
    all(exact(document)?)
}

pub(super) fn write(row: &TraversalSpec) -> storage::TraversalSpec {
    storage::TraversalSpec {
        id: Some(name::write_traversal_spec(&row.id)),
        root_adapter_kind: row.root_adapter_kind.clone(),
        root_resource_kind: row.root_resource_kind.clone(),
        spec_name: row.spec_name.clone(),
        description: row.description.clone(),
        filter_type: row.filter_type.code().into(),
        paths: Some(write_paths(&row.paths)),
        stamp: Some(write_stamp(&row.stamp)),
    }
}

pub(super) fn read(row: storage::TraversalSpec) -> Result<TraversalSpec, Unreadable> {
    Ok(TraversalSpec {
        id: name::traversal_spec(row.id)?,
        root_adapter_kind: row.root_adapter_kind,
        root_resource_kind: row.root_resource_kind,
        spec_name: row.spec_name,
        description: row.description,
        filter_type: Coded::from_code(row.filter_type)?,
        paths: all(required(row.paths, "the paths of a traversal spec")?)?,
        stamp: stamp(row.stamp)?,
    })
}

fn write_paths(paths: &[Vec<TraversalStep>]) -> storage::TraversalPaths {
    let path = |steps: &Vec<TraversalStep>| Path { steps: steps.iter().map(write_step).collect() };
    storage::TraversalPaths { paths: paths.iter().map(path).collect() }
}

fn write_step(step: &TraversalStep) -> Step {
    Step { kind: step.kind.to_string(), direction: step.direction.code().into(), recursive: step.recursive }
}

fn all(stored: storage::TraversalPaths) -> Result<Vec<Vec<TraversalStep>>, Unreadable> {
    stored.paths.into_iter().map(|path| path.steps.iter().map(step).collect()).collect()
}

fn step(stored: &Step) -> Result<TraversalStep, Unreadable> {
    Ok(TraversalStep {
        kind: ResourceKind::parse(&stored.kind)?,
        direction: Coded::from_code(stored.direction)?,
        recursive: stored.recursive,
    })
}
