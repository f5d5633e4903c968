//! Lines of a document to rows, by the names of their fields.

use bailiwick::domain::assignment::{Assignment, AssignmentId, ObjectAccess};
use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::directory::GroupMember;
use bailiwick::domain::id::Id;
use bailiwick::domain::name::{AssignmentName, ResourceKey, RoleId, ScopeId, TraversalSpecId};
use bailiwick::domain::resource::ResourceParent;
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::{Row, Stamp};
use bailiwick::domain::scope::{AssignedResource, Instance, InstanceId, Scope, Selection, SelectionType, Selector};
use bailiwick::domain::traversal::{Direction, FilterType, TraversalSpec, TraversalStep};
use serde_json::Value;

use crate::states::build;

fn id(value: &Value) -> Id {
    build::id(value.as_str().unwrap())
}

fn key(kind: &Value, id: &Value) -> ResourceKey {
    ResourceKey::parse(&format!("{}/{}", kind.as_str().unwrap(), id.as_str().unwrap())).unwrap()
}

/// Adds the rows of a line; what the line is about.
pub(crate) fn read(line: &str, rows: &mut Vec<Row>) -> &'static str {
    let value: Value = serde_json::from_str(line).unwrap();
    let (kind, of) = value.as_object().unwrap().iter().next().unwrap();
    let application = || id(&of["application"]);
    let text = |field: &str| of[field].as_str().unwrap_or_default().to_owned();
    match kind.as_str() {
        "bailiwick_policy" => "header",
        "client" => "client", // The one that the product has itself.
        "application" => add(rows, "application", build::application(&text("id"))),
        "privilege" => add(rows, "privilege", build::privilege(&text("application"), &text("key"), true, true)),
        "role" => add(rows, "role", build::role(&short_role(of, "id"), Boundary::Unset, Visibility::All)),
        "role_privilege" => add(rows, "role_privilege", build::gives(&short_role(of, "role"), &text("privilege"))),
        "user" => add(rows, "user", build::user(&text("id"), None, false, true)),
        "group" => add(rows, "group", build::group(&text("id"))),
        "group_member" => {
            let row = GroupMember { group: id(&of["group"]), member: build::subject(&text("member")) };
            add(rows, "group_member", Row::GroupMember(row))
        }
        "resource" => {
            let name = format!("{}/{}", text("kind"), text("id"));
            add(rows, "resource", build::resource(&text("application"), &name, None, false))
        }
        "resource_parent" => {
            let child = key(&of["kind"], &of["id"]).of(&application());
            let parent = key(&of["parent_kind"], &of["parent_id"]);
            add(rows, "resource_parent", Row::ResourceParent(ResourceParent { child, parent }))
        }
        "traversal_spec" => add(rows, "traversal_spec", Row::TraversalSpec(spec(of))),
        "scope" => {
            let id = ScopeId { application: application(), scope: id(&of["id"]) };
            let (scope_name, description) = (text("scope_name"), String::new());
            add(rows, "scope", Row::Scope(Scope { id, scope_name, description, stamp: Stamp::default() }))
        }
        "instance" => instance(of, rows),
        "assigned_resource" => {
            let assignment = AssignmentName { application: application(), assignment: id(&of["assignment"]) };
            let resource = key(&of["kind"], &of["id"]);
            add(rows, "assigned_resource", Row::AssignedResource(AssignedResource { assignment, resource }))
        }
        "role_assignment" => add(rows, "role_assignment", Row::Assignment(assignment(of))),
        other => panic!("an estate has no {other}"),
    }
}

fn add(rows: &mut Vec<Row>, kind: &'static str, row: Row) -> &'static str {
    rows.push(row);
    kind
}

fn short_role(of: &Value, field: &str) -> String {
    format!("{}/{}", of["application"].as_str().unwrap(), of[field].as_str().unwrap())
}

fn assignment(of: &Value) -> Assignment {
    let role = RoleId { application: id(&of["application"]), tenant: None, role: id(&of["role"]) };
    let holder = build::subject(of["holder"].as_str().unwrap());
    let access = ObjectAccess {
        allow_all_objects: of["allow_all_objects"].as_bool().unwrap_or(true),
        scope: of["scope"].as_str().map(build::id),
    };
    let id = AssignmentId { holder, role, tenant: None };
    Assignment { id, access, start: None, expire: None, reason: String::new(), stamp: Stamp::default() }
}

fn spec(of: &Value) -> TraversalSpec {
    let step = |step: &Value| TraversalStep {
        kind: bailiwick::domain::id::ResourceKind::parse(step["kind"].as_str().unwrap()).unwrap(),
        direction: if step["direction"] == "PARENT" { Direction::Parent } else { Direction::Child },
        recursive: step["recursive"].as_bool().unwrap_or_default(),
    };
    let path = |path: &Value| path.as_array().unwrap().iter().map(step).collect();
    TraversalSpec {
        id: TraversalSpecId { application: id(&of["application"]), spec: id(&of["id"]) },
        root_adapter_kind: of["root_adapter_kind"].as_str().unwrap_or_default().to_owned(),
        root_resource_kind: of["root_resource_kind"].as_str().unwrap().to_owned(),
        spec_name: of["spec_name"].as_str().unwrap().to_owned(),
        description: String::new(),
        filter_type: FilterType::GenericRelation,
        paths: of["paths"].as_array().unwrap().iter().map(path).collect(),
        stamp: Stamp::default(),
    }
}

fn instance(of: &Value, rows: &mut Vec<Row>) -> &'static str {
    let application = id(&of["application"]);
    let selector = match of["scope"].as_str() {
        Some(scope) => Selector::Scope(ScopeId { application, scope: build::id(scope) }),
        None => Selector::Assignment(AssignmentName { application, assignment: id(&of["assignment"]) }),
    };
    let number = u16::try_from(of["number"].as_u64().unwrap()).unwrap();
    let instance = InstanceId { selector, number };
    for (field, selection) in [
        ("propagate", SelectionType::Propagate),
        ("unpropagate", SelectionType::Unpropagate),
        ("specific", SelectionType::Specific),
    ] {
        for resource in of[field].as_array().into_iter().flatten() {
            let resource = ResourceKey::parse(resource.as_str().unwrap()).unwrap();
            rows.push(Row::Selection(Selection { instance: instance.clone(), selection, resource, former: false }));
        }
    }
    let spec = of["spec"].as_str().map(build::id);
    let row = Instance { id: instance, spec, included_adapter_kinds: Vec::new(), select_all_resources: false };
    add(rows, "instance", Row::Instance(row))
}
