//! Traversal specs.

use super::mask::Mask;
use super::time::timestamp;
use super::{at_most, complete, id_or, required, write};
use crate::app::error::{Error, Result};
use crate::app::token::etag;
use crate::app::traversal_specs::{DeleteTraversalSpec, NewTraversalSpec, UpdateTraversalSpec};
use crate::domain::id::{Id, ResourceKind};
use crate::domain::limit::{SPEC_PATHS_MAX, SPEC_STEPS_MAX};
use crate::domain::name::{self, TraversalSpecId};
use crate::domain::row::{Row, Stamp};
use crate::domain::text;
use crate::domain::traversal::{
    Direction, FilterType, TraversalSpec, TraversalStep, root_adapter_kind, root_resource_kind,
};
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;
use crate::proto::v1::traversal_spec::{Direction as Way, FilterType as Filter, Path, Step};

/// The spec to be made.
pub(in crate::grpc) fn new_spec(
    request: v1::CreateTraversalSpecRequest,
    fresh: Id,
    mut violations: Violations,
) -> Result<NewTraversalSpec> {
    let v = &mut violations;
    let application = v.take("parent", name::parse_application(&request.parent));
    let id = id_or(v, "traversal_spec_id", &request.traversal_spec_id, fresh);
    let message = required(v, "traversal_spec", request.traversal_spec).unwrap_or_default();
    let adapter = v.take("traversal_spec.root_adapter_kind", root_adapter_kind(&message.root_adapter_kind));
    let kind = root_resource_kind(adapter.as_deref().unwrap_or_default(), &message.root_resource_kind);
    let kind = v.take("traversal_spec.root_resource_kind", kind);
    let spec_name = v.take("traversal_spec.spec_name", text::required_name(&message.spec_name));
    let description = v.take("traversal_spec.description", text::description(&message.description));
    let filter_type = v.take("traversal_spec.filter_type", filter_type(message.filter_type));
    let paths = paths(v, &message.paths);
    let spec = (|| {
        Some(TraversalSpec {
            id: TraversalSpecId { application: application?, spec: id? },
            root_adapter_kind: adapter?,
            root_resource_kind: kind?,
            spec_name: spec_name?,
            description: description?,
            filter_type: filter_type?,
            paths,
            stamp: Stamp::default(),
        })
    })();
    complete(violations, spec.map(|spec| NewTraversalSpec { spec }))
}

fn filter_type(sent: i32) -> Result<FilterType, Malformed> {
    match Filter::try_from(sent) {
        Ok(Filter::Unspecified | Filter::GenericRelation) => Ok(FilterType::GenericRelation),
        Ok(Filter::AdapterAssociation) => Ok(FilterType::AdapterAssociation),
        Err(_) => Err(Malformed::new("must be FILTER_TYPE_GENERIC_RELATION or FILTER_TYPE_ADAPTER_ASSOCIATION")),
    }
}

/// The paths, as far as they are valid.
fn paths(violations: &mut Violations, sent: &[Path]) -> Vec<Vec<TraversalStep>> {
    at_most(violations, "traversal_spec.paths", sent.len(), SPEC_PATHS_MAX);
    let mut paths = Vec::with_capacity(sent.len());
    for (index, path) in sent.iter().enumerate() {
        let field = format!("traversal_spec.paths[{index}].steps");
        if path.steps.is_empty() {
            violations.add(&field, "must not be empty");
        }
        at_most(violations, &field, path.steps.len(), SPEC_STEPS_MAX);
        let steps = path.steps.iter().enumerate();
        paths.push(steps.filter_map(|(index, sent)| step(violations, &format!("{field}[{index}]"), sent)).collect());
    }
    paths
}

fn step(violations: &mut Violations, field: &str, sent: &Step) -> Option<TraversalStep> {
    let kind = violations.take(format!("{field}.kind"), ResourceKind::parse(&sent.kind));
    let direction = match Way::try_from(sent.direction) {
        Ok(Way::Child) => Ok(Direction::Child),
        Ok(Way::Parent) => Ok(Direction::Parent),
        _ => Err(Malformed::new("must be DIRECTION_CHILD or DIRECTION_PARENT")),
    };
    let direction = violations.take(format!("{field}.direction"), direction);
    Some(TraversalStep { kind: kind?, direction: direction?, recursive: sent.recursive })
}

/// The change of a spec.
pub(in crate::grpc) fn update_spec(
    request: v1::UpdateTraversalSpecRequest,
    mut violations: Violations,
) -> Result<UpdateTraversalSpec> {
    let v = &mut violations;
    let message = required(v, "traversal_spec", request.traversal_spec).unwrap_or_default();
    let id = v.take("traversal_spec.name", TraversalSpecId::parse(&message.name));
    let fields = [
        ("description", !message.description.is_empty()),
        ("filter_type", message.filter_type != 0),
        ("paths", !message.paths.is_empty()),
    ];
    let mask = Mask::read("traversal_spec", request.update_mask.as_ref(), &fields, v);
    let description = mask.take(v, "description", || text::description(&message.description));
    let filter_type = mask.take(v, "filter_type", || filter_type(message.filter_type));
    let paths = mask.has("paths").then(|| paths(v, &message.paths));
    let sent = |text: String| Some(text).filter(|text| !text.is_empty());
    let update = id.map(|id| UpdateTraversalSpec {
        id,
        root_adapter_kind: sent(message.root_adapter_kind),
        root_resource_kind: sent(message.root_resource_kind),
        spec_name: sent(message.spec_name),
        description,
        filter_type,
        paths,
        etag: message.etag,
    });
    complete(violations, update)
}

/// The spec to be deleted.
pub(in crate::grpc) fn delete_spec(
    request: v1::DeleteTraversalSpecRequest,
    mut violations: Violations,
) -> Result<DeleteTraversalSpec> {
    let id = violations.take("name", TraversalSpecId::parse(&request.name));
    let deletion = write::deletion(request.etag, request.allow_missing, false);
    complete(violations, id.map(|id| DeleteTraversalSpec { id, deletion }))
}

/// A spec, as the API shows it.
pub(in crate::grpc) fn spec(row: &Row) -> Result<v1::TraversalSpec> {
    let Row::TraversalSpec(row) = row else { return Err(Error::Internal) };
    let name = row.id.to_string();
    let filter = match row.filter_type {
        FilterType::GenericRelation => Filter::GenericRelation,
        FilterType::AdapterAssociation => Filter::AdapterAssociation,
    };
    Ok(v1::TraversalSpec {
        etag: etag(&name, row.stamp.revision),
        name,
        root_adapter_kind: row.root_adapter_kind.clone(),
        root_resource_kind: row.root_resource_kind.clone(),
        spec_name: row.spec_name.clone(),
        description: row.description.clone(),
        filter_type: filter.into(),
        paths: row.paths.iter().map(|steps| Path { steps: steps.iter().map(shown_step).collect() }).collect(),
        has_parent_steps: row.climbs(),
        create_time: Some(timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
        update_time: Some(timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by.clone(),
    })
}

fn shown_step(step: &TraversalStep) -> Step {
    let direction = match step.direction {
        Direction::Child => Way::Child,
        Direction::Parent => Way::Parent,
    };
    Step { kind: step.kind.to_string(), direction: direction.into(), recursive: step.recursive }
}
