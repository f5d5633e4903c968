//! Instances of traversal specs, in scopes and in role assignments.

use std::collections::BTreeSet;

use super::at_most;
use crate::app::selections::{NewInstance, ShownInstance, SpecRef};
use crate::domain::id::Id;
use crate::domain::limit::{INSTANCE_ADAPTER_KINDS_MAX, INSTANCE_IDS_MAX, INSTANCES_MAX};
use crate::domain::name::{ResourceKey, TraversalSpecId};
use crate::domain::scope::SelectionType;
use crate::domain::text;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;
use crate::proto::v1::traversal_spec_instance::ResourceSelection;
use crate::proto::v1::traversal_spec_instance::resource_selection::Type;

/// The instances under a field, such as `scope.instances`.
pub(in crate::grpc) fn instances(
    violations: &mut Violations,
    field: &str,
    sent: Vec<v1::TraversalSpecInstance>,
) -> Vec<NewInstance> {
    at_most(violations, field, sent.len(), INSTANCES_MAX);
    let sent = sent.into_iter().enumerate();
    sent.map(|(index, sent)| instance(violations, format!("{field}[{index}]"), sent)).collect()
}

fn instance(violations: &mut Violations, field: String, sent: v1::TraversalSpecInstance) -> NewInstance {
    let kinds: BTreeSet<String> = sent.included_adapter_kinds.into_iter().collect();
    at_most(violations, &format!("{field}.included_adapter_kinds"), kinds.len(), INSTANCE_ADAPTER_KINDS_MAX);
    for kind in &kinds {
        violations.take(format!("{field}.included_adapter_kinds"), text::required_name(kind));
    }
    let id = match sent.traversal_spec.as_str() {
        "" => None,
        name => violations.take(format!("{field}.traversal_spec"), TraversalSpecId::parse(name)),
    };
    let named = (sent.adapter_kind, sent.resource_kind, sent.name);
    let name = match (named.0.is_empty() && named.1.is_empty(), named.2.is_empty()) {
        (true, true) => None,
        (_, false) => Some(named),
        (false, true) => {
            violations.add(format!("{field}.name"), "must be set with `adapter_kind` or `resource_kind`");
            None
        }
    };
    let mut ids = Vec::new();
    for (outer, selection) in sent.resource_selection.into_iter().enumerate() {
        let kind = selection_type(selection.r#type);
        let kind = violations.take(format!("{field}.resource_selection[{outer}].type"), kind);
        for (inner, id) in selection.resource_id.into_iter().enumerate() {
            ids.extend(kind.map(|kind| ((outer, inner), kind, id)));
        }
    }
    let distinct: BTreeSet<_> = ids.iter().map(|(_, kind, id)| (*kind, id)).collect();
    at_most(violations, &format!("{field}.resource_selection"), distinct.len(), INSTANCE_IDS_MAX);
    let spec = SpecRef { id, name };
    NewInstance { field, spec, included_adapter_kinds: kinds, ids, select_all_resources: sent.select_all_resources }
}

fn selection_type(kind: i32) -> Result<SelectionType, Malformed> {
    match Type::try_from(kind) {
        Ok(Type::Propagate) => Ok(SelectionType::Propagate),
        Ok(Type::Unpropagate) => Ok(SelectionType::Unpropagate),
        Ok(Type::Specific) => Ok(SelectionType::Specific),
        _ => Err(Malformed::new("must be TYPE_PROPAGATE, TYPE_UNPROPAGATE or TYPE_SPECIFIC")),
    }
}

/// Instances of an application, as the API shows them.
pub(in crate::grpc) fn shown(application: &Id, instances: Vec<ShownInstance>) -> Vec<v1::TraversalSpecInstance> {
    instances.into_iter().map(|instance| shown_one(application, instance)).collect()
}

fn shown_one(application: &Id, ShownInstance { rows, spec }: ShownInstance) -> v1::TraversalSpecInstance {
    let mut cuts: Vec<ResourceKey> = rows.unpropagate.into_iter().chain(rows.former).collect();
    cuts.sort_unstable();
    let selections = [(Type::Propagate, rows.propagate), (Type::Unpropagate, cuts), (Type::Specific, rows.specific)];
    let selections = selections.into_iter().filter(|(_, keys)| !keys.is_empty());
    let resource_selection = selections.map(|(kind, keys)| ResourceSelection {
        resource_id: keys.iter().map(ToString::to_string).collect(),
        r#type: kind.into(),
    });
    let name = |spec| TraversalSpecId { application: application.clone(), spec }.to_string();
    let traversal_spec = rows.spec.map(name).unwrap_or_default();
    let (adapter_kind, resource_kind, name) =
        spec.map_or_else(Default::default, |spec| (spec.root_adapter_kind, spec.root_resource_kind, spec.spec_name));
    v1::TraversalSpecInstance {
        adapter_kind,
        included_adapter_kinds: rows.included_adapter_kinds,
        name,
        resource_kind,
        resource_selection: resource_selection.collect(),
        select_all_resources: rows.select_all_resources,
        traversal_spec,
    }
}
