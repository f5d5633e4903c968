//! Resources, scopes, selectors, their instances and what these select, stored.

use super::super::code::Coded;
use super::super::unreadable::Unreadable;
use super::row::{stamp, write_stamp};
use super::{name, required};
use crate::domain::name::ResourceKey;
use crate::domain::resource::Resource;
use crate::domain::scope::{Instance, InstanceId, Scope, Selection, SelectionType, Selector};
use crate::proto::storage::{self, selector};

pub(super) fn write_instance(id: &InstanceId) -> storage::InstanceId {
    let kind = match &id.selector {
        Selector::Scope(scope) => selector::Kind::Scope(name::write_scope(scope)),
        Selector::Assignment(assignment) => selector::Kind::Assignment(name::write_assignment(assignment)),
    };
    storage::InstanceId { selector: Some(storage::Selector { kind: Some(kind) }), number: id.number.into() }
}

pub(super) fn instance(stored: Option<storage::InstanceId>) -> Result<InstanceId, Unreadable> {
    let stored = required(stored, "the identity of an instance")?;
    let kind = stored.selector.and_then(|selector| selector.kind);
    let selector = match required(kind, "the kind of a selector")? {
        selector::Kind::Scope(scope) => Selector::Scope(name::scope(Some(scope))?),
        selector::Kind::Assignment(assignment) => Selector::Assignment(name::assignment(Some(assignment))?),
    };
    Ok(InstanceId { selector, number: stored.number.try_into()? })
}

pub(super) fn write_selection(
    instance: &InstanceId,
    kind: SelectionType,
    resource: &ResourceKey,
) -> storage::SelectionId {
    storage::SelectionId {
        instance: Some(write_instance(instance)),
        r#type: kind.code().into(),
        resource: Some(name::write_resource_key(resource)),
    }
}

pub(super) fn selection(
    stored: Option<storage::SelectionId>,
) -> Result<(InstanceId, SelectionType, ResourceKey), Unreadable> {
    let stored = required(stored, "the identity of a selection")?;
    Ok((instance(stored.instance)?, Coded::from_code(stored.r#type)?, name::resource_key(stored.resource)?))
}

pub(super) fn write_instance_row(row: &Instance) -> storage::Instance {
    storage::Instance {
        id: Some(write_instance(&row.id)),
        spec: name::write_optional(row.spec.as_ref()),
        included_adapter_kinds: row.included_adapter_kinds.clone(),
        select_all_resources: row.select_all_resources,
    }
}

pub(super) fn instance_row(row: storage::Instance) -> Result<Instance, Unreadable> {
    Ok(Instance {
        id: instance(row.id)?,
        spec: name::optional(row.spec)?,
        included_adapter_kinds: row.included_adapter_kinds,
        select_all_resources: row.select_all_resources,
    })
}

pub(super) fn write_selection_row(row: &Selection) -> storage::Selection {
    storage::Selection { id: Some(write_selection(&row.instance, row.selection, &row.resource)), former: row.former }
}

pub(super) fn selection_row(row: storage::Selection) -> Result<Selection, Unreadable> {
    let (instance, selection, resource) = selection(row.id)?;
    Ok(Selection { instance, selection, resource, former: row.former })
}

pub(super) fn write_scope(row: &Scope) -> storage::Scope {
    storage::Scope {
        id: Some(name::write_scope(&row.id)),
        scope_name: row.scope_name.clone(),
        description: row.description.clone(),
        stamp: Some(write_stamp(&row.stamp)),
    }
}

pub(super) fn scope(row: storage::Scope) -> Result<Scope, Unreadable> {
    Ok(Scope {
        id: name::scope(row.id)?,
        scope_name: row.scope_name,
        description: row.description,
        stamp: stamp(row.stamp)?,
    })
}

pub(super) fn write_resource(row: &Resource) -> storage::Resource {
    storage::Resource {
        id: Some(name::write_resource(&row.id)),
        tenant: name::write_optional(row.tenant.as_ref()),
        tenant_level: row.tenant_level,
        stamp: Some(write_stamp(&row.stamp)),
    }
}

pub(super) fn resource(row: storage::Resource) -> Result<Resource, Unreadable> {
    Ok(Resource {
        id: name::resource(row.id)?,
        tenant: name::optional(row.tenant)?,
        tenant_level: row.tenant_level,
        stamp: stamp(row.stamp)?,
    })
}
