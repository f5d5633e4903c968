//! Lines of assignments and of what they reach: resources, relations, traversal specs, scopes, instances.

use std::collections::BTreeSet;

use super::{list, optional, role_id};
use crate::app::import_line::Step;
use crate::app::policy_line::{
    AssignedResourceLine, DirectionWord, FilterWord, InstanceLine, ResourceLine, ResourceParentLine,
    RoleAssignmentLine, ScopeLine, StepLine, TraversalSpecLine,
};
use crate::domain::assignment::{Assignment, AssignmentId, ObjectAccess};
use crate::domain::id::{ForeignId, Id, ResourceKind};
use crate::domain::name::{AssignmentName, ResourceId, ResourceKey, ScopeId, Subject, TraversalSpecId};
use crate::domain::resource::{Resource, ResourceParent};
use crate::domain::row::Stamp;
use crate::domain::scope::{AssignedResource, Instance, InstanceId, Scope, Selection, SelectionType, Selector};
use crate::domain::text;
use crate::domain::time::Time;
use crate::domain::traversal::{self, Direction, FilterType, TraversalSpec, TraversalStep};
use crate::domain::violation::{Malformed, Violations};

/// An assignment, without its instances and the resources that it names.
pub(super) fn assignment(line: &RoleAssignmentLine, v: &mut Violations) -> Option<Step> {
    let holder = v.take("role_assignment.holder", Subject::parse(&line.holder));
    let fields = ["role_assignment.application", "role_assignment.role_tenant", "role_assignment.role"];
    let role = role_id(v, fields, (&line.application, line.role_tenant.as_ref(), &line.role));
    let tenant = optional(v, "role_assignment.tenant", line.tenant.as_ref(), Id::parse);
    let time = |text: &str| Time::parse(text).ok_or_else(|| Malformed::new("must be a time in RFC 3339"));
    let start = optional(v, "role_assignment.start_time", line.start_time.as_ref(), time);
    let expire = optional(v, "role_assignment.expire_time", line.expire_time.as_ref(), time);
    let reason = v.take("role_assignment.reason", text::description(&line.reason));
    let scope = optional(v, "role_assignment.scope", line.scope.as_ref(), Id::parse);
    if let (Some(Some(start)), Some(Some(expire))) = (&start, &expire)
        && start >= expire
    {
        v.add("role_assignment.expire_time", "must be later than start_time");
    }
    Some(Step::Assignment(Assignment {
        id: AssignmentId { holder: holder?, role: role?, tenant: tenant? },
        access: ObjectAccess { allow_all_objects: line.allow_all_objects.0, scope: scope? },
        start: start?,
        expire: expire?,
        reason: reason?,
        stamp: Stamp::default(),
    }))
}

/// A resource, without its parents.
pub(super) fn resource(line: &ResourceLine, v: &mut Violations) -> Option<Step> {
    let application = v.take("resource.application", Id::parse(&line.application));
    let kind = v.take("resource.kind", ResourceKind::parse(&line.kind));
    let id = v.take("resource.id", ForeignId::parse(&line.id));
    let tenant = optional(v, "resource.tenant", line.tenant.as_ref(), Id::parse);
    Some(Step::Resource(Resource {
        id: ResourceId { application: application?, kind: kind?, id: id? },
        tenant: tenant?,
        tenant_level: line.tenant_level || line.tenant.is_some(),
        stamp: Stamp::default(),
    }))
}

/// A parent of a resource.
pub(super) fn parent(line: &ResourceParentLine, v: &mut Violations) -> Option<Step> {
    let application = v.take("resource_parent.application", Id::parse(&line.application));
    let kind = v.take("resource_parent.kind", ResourceKind::parse(&line.kind));
    let id = v.take("resource_parent.id", ForeignId::parse(&line.id));
    let parent_kind = v.take("resource_parent.parent_kind", ResourceKind::parse(&line.parent_kind));
    let parent_id = v.take("resource_parent.parent_id", ForeignId::parse(&line.parent_id));
    Some(Step::ResourceParent(ResourceParent {
        child: ResourceId { application: application?, kind: kind?, id: id? },
        parent: ResourceKey { kind: parent_kind?, id: parent_id? },
    }))
}

/// A traversal spec.
pub(super) fn spec(line: &TraversalSpecLine, v: &mut Violations) -> Option<Step> {
    let application = v.take("traversal_spec.application", Id::parse(&line.application));
    let id = v.take("traversal_spec.id", Id::parse(&line.id));
    let root = traversal::check_root(&line.root_adapter_kind, &line.root_resource_kind);
    let root = v.take("traversal_spec.root_resource_kind", root);
    let spec_name = v.take("traversal_spec.spec_name", text::required_name(&line.spec_name));
    let description = v.take("traversal_spec.description", text::description(&line.description));
    let mut paths = Vec::with_capacity(line.paths.len());
    for path in &line.paths {
        let mut steps = Vec::with_capacity(path.len());
        for step in path {
            steps.push(self::step(step, v)?);
        }
        paths.push(steps);
    }
    v.take("traversal_spec.paths", traversal::check_paths(&paths))?;
    root?;
    Some(Step::TraversalSpec(TraversalSpec {
        id: TraversalSpecId { application: application?, spec: id? },
        root_adapter_kind: line.root_adapter_kind.clone(),
        root_resource_kind: line.root_resource_kind.clone(),
        spec_name: spec_name?,
        description: description?,
        filter_type: match line.filter_type {
            FilterWord::GenericRelation => FilterType::GenericRelation,
            FilterWord::AdapterAssociation => FilterType::AdapterAssociation,
        },
        paths,
        stamp: Stamp::default(),
    }))
}

fn step(line: &StepLine, v: &mut Violations) -> Option<TraversalStep> {
    let kind = v.take("traversal_spec.paths", ResourceKind::parse(&line.kind))?;
    let direction = match line.direction {
        DirectionWord::Child => Direction::Child,
        DirectionWord::Parent => Direction::Parent,
    };
    Some(TraversalStep { kind, direction, recursive: line.recursive })
}

/// A scope, without its instances.
pub(super) fn scope(line: &ScopeLine, v: &mut Violations) -> Option<Step> {
    let application = v.take("scope.application", Id::parse(&line.application));
    let id = v.take("scope.id", Id::parse(&line.id));
    let scope_name = v.take("scope.scope_name", text::required_name(&line.scope_name));
    let description = v.take("scope.description", text::description(&line.description));
    let id = ScopeId { application: application?, scope: id? };
    Some(Step::Scope(Scope { id, scope_name: scope_name?, description: description?, stamp: Stamp::default() }))
}

/// An instance with all that it selects.
pub(super) fn instance(line: &InstanceLine, v: &mut Violations) -> Option<Step> {
    let application = v.take("instance.application", Id::parse(&line.application));
    let scope = optional(v, "instance.scope", line.scope.as_ref(), Id::parse);
    let assignment = optional(v, "instance.assignment", line.assignment.as_ref(), Id::parse);
    let spec = optional(v, "instance.spec", line.spec.as_ref(), Id::parse);
    let kinds: BTreeSet<String> = line.included_adapter_kinds.iter().cloned().collect();
    for kind in &kinds {
        v.take("instance.included_adapter_kinds", text::required_name(kind));
    }
    let selector = match (application?, scope?, assignment?) {
        (application, Some(scope), None) => Selector::Scope(ScopeId { application, scope }),
        (application, None, Some(assignment)) => Selector::Assignment(AssignmentName { application, assignment }),
        _ => {
            v.add("instance.scope", "either this or `assignment` must be set");
            return None;
        }
    };
    let id = InstanceId { selector, number: line.number };
    let mut selections = Vec::new();
    for (field, texts, selection, former) in [
        ("instance.propagate", &line.propagate, SelectionType::Propagate, false),
        ("instance.unpropagate", &line.unpropagate, SelectionType::Unpropagate, false),
        ("instance.specific", &line.specific, SelectionType::Specific, false),
        ("instance.former", &line.former, SelectionType::Unpropagate, true),
    ] {
        for resource in list(v, field, texts, ResourceKey::parse) {
            selections.push(Selection { instance: id.clone(), selection, resource, former });
        }
    }
    let instance = Instance {
        id,
        spec: spec?,
        included_adapter_kinds: kinds.into_iter().collect(),
        select_all_resources: line.select_all_resources,
    };
    Some(Step::Instance { instance, selections })
}

/// A resource that an assignment names.
pub(super) fn assigned(line: &AssignedResourceLine, v: &mut Violations) -> Option<Step> {
    let application = v.take("assigned_resource.application", Id::parse(&line.application));
    let assignment = v.take("assigned_resource.assignment", Id::parse(&line.assignment));
    let kind = v.take("assigned_resource.kind", ResourceKind::parse(&line.kind));
    let id = v.take("assigned_resource.id", ForeignId::parse(&line.id));
    Some(Step::AssignedResource(AssignedResource {
        assignment: AssignmentName { application: application?, assignment: assignment? },
        resource: ResourceKey { kind: kind?, id: id? },
    }))
}
