//! Lines of what assignments reach: relations of resources, traversal specs, scopes, instances, and resources that
//! assignments name.

use std::collections::HashSet;

use super::{immutable, put, require, require_application};
use crate::app::applications::predefined_thing;
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::domain::id::Id;
use crate::domain::name::{AssignmentName, ResourceId, ResourceKey, ScopeId, TraversalSpecId};
use crate::domain::resource::ResourceParent;
use crate::domain::row::{Key, NameSpace, Row};
use crate::domain::scope::{
    ALL_OBJECTS, AssignedResource, Instance, InstanceId, Scope, Selection, SelectionType, Selector,
};
use crate::domain::traversal::TraversalSpec;
use crate::engine::SelectorRows;

fn require_resource(draft: &Draft<'_>, id: &ResourceId) -> Result<()> {
    require(draft, &Key::Resource(id.clone()), "resource", id)
}

pub(super) async fn put_parent(draft: &mut Draft<'_>, row: &ResourceParent) -> Result<bool> {
    require_resource(draft, &row.child)?;
    require_resource(draft, &row.parent_id())?;
    let changed = put(draft, Row::ResourceParent(row.clone())).await?;
    if changed {
        draft.touch(&Key::Resource(row.child.clone())).await?;
    }
    Ok(changed)
}

pub(super) async fn put_spec(draft: &mut Draft<'_>, row: &TraversalSpec) -> Result<bool> {
    require_application(draft, &row.id.application)?;
    if let Some(Row::TraversalSpec(old)) = draft.get(&Key::TraversalSpec(row.id.clone())).await?
        && old.full_name() != row.full_name()
    {
        return Err(immutable(&row.id, "spec_name"));
    }
    put(draft, Row::TraversalSpec(row.clone())).await
}

pub(super) async fn put_scope(draft: &mut Draft<'_>, row: &Scope) -> Result<bool> {
    require_application(draft, &row.id.application)?;
    if row.id.scope.as_str() == ALL_OBJECTS {
        return Err(predefined_thing(&row.id.to_string()));
    }
    put(draft, Row::Scope(row.clone())).await
}

/// The scope exists, be it the predefined one.
pub(super) fn require_scope(draft: &Draft<'_>, scope: &ScopeId) -> Result<()> {
    if scope.scope.as_str() == ALL_OBJECTS {
        return Ok(());
    }
    require(draft, &Key::Scope(scope.clone()), "scope", scope)
}

/// The assignment exists: one that selects anything is known by its name, any other is looked up.
async fn require_assignment(draft: &mut Draft<'_>, name: &AssignmentName) -> Result<()> {
    if draft.snapshot().has_limited_assignment(name) {
        return Ok(());
    }
    let space = NameSpace::AssignmentIds(name.application.clone());
    match draft.find_name(&space, name.assignment.as_str()).await? {
        Some(_) => Ok(()),
        None => Err(Error::not_found("role assignment", name)),
    }
}

pub(super) async fn put_assigned(draft: &mut Draft<'_>, row: &AssignedResource) -> Result<bool> {
    require_assignment(draft, &row.assignment).await?;
    require_resource(draft, &row.resource.clone().of(&row.assignment.application))?;
    put(draft, Row::AssignedResource(row.clone())).await
}

/// The keys of an instance and of what it selects.
pub(super) fn keys_of(instance: &Instance, selections: &[Selection]) -> Vec<Key> {
    let selected =
        selections.iter().map(|row| Key::Selection(row.instance.clone(), row.selection, row.resource.clone()));
    let owner = match &instance.id.selector {
        Selector::Scope(scope) => Some(Key::Scope(scope.clone())),
        Selector::Assignment(_) => None,
    };
    selected.chain([Key::Instance(instance.id.clone())]).chain(owner).collect()
}

/// An instance: what it selects replaces what the one with its number selected.
pub(super) async fn put_instance(draft: &mut Draft<'_>, row: &Instance, selections: &[Selection]) -> Result<bool> {
    match &row.id.selector {
        Selector::Scope(scope) => require(draft, &Key::Scope(scope.clone()), "scope", scope)?,
        Selector::Assignment(name) => require_assignment(draft, name).await?,
    }
    let application: &Id = row.id.selector.application();
    if let Some(spec) = row.spec.clone() {
        let spec = TraversalSpecId { application: application.clone(), spec };
        require(draft, &Key::TraversalSpec(spec.clone()), "traversal spec", &spec)?;
    }
    for selection in selections.iter().filter(|selection| !selection.former) {
        require_resource(draft, &selection.resource.clone().of(application))?;
    }
    let old = draft.snapshot().selected(&row.id.selector).into_iter().find(|old| old.number == row.id.number);
    let mut others = old.map(|old| selections_of(&row.id, old)).unwrap_or_default();
    let kept: HashSet<Key> = keys_of(row, selections).into_iter().collect();
    others.retain(|old| !kept.contains(&old.key()));
    let mut changed = !others.is_empty();
    draft.delete_rows(others);
    changed |= put(draft, Row::Instance(row.clone())).await?;
    for selection in selections {
        changed |= put(draft, Row::Selection(selection.clone())).await?;
    }
    if let (true, Selector::Scope(scope)) = (changed, &row.id.selector) {
        draft.touch(&Key::Scope(scope.clone())).await?;
    }
    Ok(changed)
}

/// The rows of what an instance selects.
fn selections_of(id: &InstanceId, rows: SelectorRows) -> Vec<Row> {
    let of = |keys: Vec<ResourceKey>, selection, former| {
        let row = move |resource| Row::Selection(Selection { instance: id.clone(), selection, resource, former });
        keys.into_iter().map(row)
    };
    of(rows.propagate, SelectionType::Propagate, false)
        .chain(of(rows.unpropagate, SelectionType::Unpropagate, false))
        .chain(of(rows.specific, SelectionType::Specific, false))
        .chain(of(rows.former, SelectionType::Unpropagate, true))
        .collect()
}
