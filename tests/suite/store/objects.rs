//! Rows of resources, their relations, and what selects them, whose texts and numbers are at the edges of what they
//! may be.

use bailiwick::domain::assignment::{Assignment, ObjectAccess};
use bailiwick::domain::id::ResourceKind;
use bailiwick::domain::name::{AssignmentName, ResourceId, ResourceKey, ScopeId, TraversalSpecId};
use bailiwick::domain::resource::ResourceParent;
use bailiwick::domain::row::Row;
use bailiwick::domain::scope::{AssignedResource, Instance, InstanceId, Scope, Selection, SelectionType, Selector};
use bailiwick::domain::time::Time;
use bailiwick::domain::traversal::{Direction, FilterType, TraversalSpec, TraversalStep};

use super::rows::{NASTY, assignment, id, resource, stamp};

/// `a/k/x` for the resource `k/x` of the application `a`.
pub(crate) fn resource_id(short: &str) -> ResourceId {
    let (application, key) = short.split_once('/').unwrap();
    ResourceKey::parse(key).unwrap().of(&id(application))
}

fn resource_key(text: &str) -> ResourceKey {
    ResourceKey::parse(text).unwrap()
}

pub(crate) fn scope_id(short: &str) -> ScopeId {
    let (application, scope) = short.split_once('/').unwrap();
    ScopeId { application: id(application), scope: id(scope) }
}

pub(crate) fn spec_id(short: &str) -> TraversalSpecId {
    let (application, spec) = short.split_once('/').unwrap();
    TraversalSpecId { application: id(application), spec: id(spec) }
}

pub(crate) fn assignment_name(short: &str) -> AssignmentName {
    let (application, assignment) = short.split_once('/').unwrap();
    AssignmentName { application: id(application), assignment: id(assignment) }
}

/// `scope a/s` or `assignment a/n`.
pub(crate) fn selector(text: &str) -> Selector {
    match text.split_once(' ').unwrap() {
        ("scope", short) => Selector::Scope(scope_id(short)),
        (_, short) => Selector::Assignment(assignment_name(short)),
    }
}

/// The parent is of the child's application.
pub(crate) fn parent(child: &str, parent: &str) -> Row {
    Row::ResourceParent(ResourceParent { child: resource_id(child), parent: resource_key(parent) })
}

pub(crate) fn scope(short: &str) -> Row {
    let scope_name = format!("Scope {short}");
    Row::Scope(Scope { id: scope_id(short), scope_name, description: String::new(), stamp: stamp(1_000_000) })
}

pub(crate) fn spec(short: &str) -> Row {
    Row::TraversalSpec(TraversalSpec {
        id: spec_id(short),
        root_adapter_kind: "A".to_owned(),
        root_resource_kind: "k".to_owned(),
        spec_name: format!("Spec {short}"),
        description: String::new(),
        filter_type: FilterType::GenericRelation,
        paths: vec![vec![step("k", Direction::Child, true)]],
        stamp: stamp(1_000_000),
    })
}

fn step(kind: &str, direction: Direction, recursive: bool) -> TraversalStep {
    TraversalStep { kind: ResourceKind::parse(kind).unwrap(), direction, recursive }
}

pub(crate) fn instance(of: &str, number: u16) -> Row {
    Row::Instance(Instance {
        id: InstanceId { selector: selector(of), number },
        spec: None,
        included_adapter_kinds: Vec::new(),
        select_all_resources: false,
    })
}

pub(crate) fn selection(of: &str, number: u16, selection: SelectionType, resource: &str) -> Row {
    let instance = InstanceId { selector: selector(of), number };
    Row::Selection(Selection { instance, selection, resource: resource_key(resource), former: false })
}

pub(crate) fn assigned(assignment: &str, resource: &str) -> Row {
    let (assignment, resource) = (assignment_name(assignment), resource_key(resource));
    Row::AssignedResource(AssignedResource { assignment, resource })
}

/// An assignment that reaches what it says; `scope` may be empty.
pub(crate) fn reaching(holder: &str, role: &str, (allow_all_objects, scope): (bool, &str)) -> Row {
    let mut row = assignment(holder, role, "");
    if let Row::Assignment(Assignment { access, .. }) = &mut row {
        *access = ObjectAccess { allow_all_objects, scope: (!scope.is_empty()).then(|| id(scope)) };
    }
    row
}

/// Rows of each of these kinds.
pub(crate) fn edges() -> Vec<Row> {
    let mut rows = resources();
    rows.extend(relations());
    rows.extend(specs());
    rows.extend(scopes());
    rows.extend(instances());
    rows.extend(selections());
    rows.extend(assigned_resources());
    rows.extend(longest());
    rows
}

fn resources() -> Vec<Row> {
    let mut lost = resource("a", "k", "lost", "");
    if let Row::Resource(row) = &mut lost {
        (row.tenant_level, row.stamp.created_at, row.stamp.updated_at) = (true, Time::MIN, Time::MAX);
    }
    // Joined with slashes, the names of the first two would be the same.
    vec![
        resource("a", "k", "k/x", ""),
        resource("a", "k-", "x", "T"),
        resource("a", "K", "k/x", ""),
        resource("a", "A::k", "a//b/", "t"),
        resource("A", "k", "k/x", "t"),
        resource("b", "k", "k/x", "t"),
        lost,
    ]
}

fn relations() -> Vec<Row> {
    let mut rows: Vec<Row> = [
        ("a/k/k/x", "K/k/x"),
        ("a/k/k/x", "k/k/x"),
        ("a/k/k/x", "k-/k/x"),
        ("a/K/k/x", "A::k/a//b/"),
        ("a/A::k/a//b/", "K/k/x"),
        ("A/k/k/x", "K/k/x"),
        ("b/k/k/x", "K/k/x"),
        // Joined with slashes, these would be the same.
        ("a/k/x/y", "k/z"),
        ("a/k/x", "y/k/z"),
    ]
    .map(|(child, above)| parent(child, above))
    .into();
    for text in NASTY.iter().filter(|text| !text.is_empty()) {
        rows.extend([parent(&format!("a/k/{text}"), "K/top"), parent("a/K/low", &format!("k/{text}"))]);
    }
    rows
}

fn specs() -> Vec<Row> {
    let mut rows: Vec<Row> = ["a/s", "a/S", "A/s", "b/s"].map(spec).into();
    for (index, text) in NASTY.iter().enumerate() {
        let mut nasty = spec(&format!("a/n{index}"));
        if let Row::TraversalSpec(row) = &mut nasty {
            (row.spec_name, row.description) = ((*text).to_owned(), (*text).to_owned());
            row.filter_type = FilterType::AdapterAssociation;
            row.paths = vec![Vec::new(); index % 3];
        }
        rows.push(nasty);
        let mut rooted = spec(&format!("a/root{index}"));
        if let Row::TraversalSpec(row) = &mut rooted {
            (row.root_adapter_kind, row.root_resource_kind) = ((*text).to_owned(), (*text).to_owned());
        }
        rows.push(rooted);
    }
    rows
}

fn scopes() -> Vec<Row> {
    let mut rows: Vec<Row> = ["a/s", "A/s", "b/s"].map(scope).into();
    for (index, text) in NASTY.iter().enumerate() {
        let mut nasty = scope(&format!("a/n{index}"));
        if let Row::Scope(row) = &mut nasty {
            (row.scope_name, row.description) = (format!("{index}{text}"), (*text).to_owned());
            (row.stamp.created_at, row.stamp.updated_at) = (Time::MIN, Time::MAX);
        }
        rows.push(nasty);
    }
    for (holder, access) in [
        ("users/none", (false, "")),
        ("users/scoped", (false, "s")),
        ("groups/scoped", (false, "S")),
        ("clients/scoped", (true, "s")),
        ("users/all", (false, "all-objects")),
    ] {
        rows.push(reaching(holder, "a/r", access));
    }
    rows.push(reaching("users/scoped", "A/r", (false, "s")));
    rows
}

fn instances() -> Vec<Row> {
    let selectors = ["scope a/s", "scope a/S", "scope A/s", "assignment a/s", "assignment A/s"];
    let mut rows: Vec<Row> = selectors.map(|of| instance(of, 0)).into();
    // As numbers they have another order than as texts.
    rows.extend([1, 2, 9, 10, 63, 64, 100, u16::MAX].map(|number| instance("scope a/s", number)));
    let used = [("scope a/s", 3, "s"), ("assignment a/s", 1, "s"), ("assignment A/s", 1, "s"), ("scope a/s", 4, "S")];
    for (of, number, spec) in used {
        let mut using = instance(of, number);
        if let Row::Instance(row) = &mut using {
            (row.spec, row.select_all_resources) = (Some(id(spec)), true);
            row.included_adapter_kinds = NASTY.iter().map(ToString::to_string).collect();
        }
        rows.push(using);
    }
    rows
}

fn selections() -> Vec<Row> {
    use SelectionType::{Propagate, Specific, Unpropagate};
    let mut rows = Vec::new();
    for (of, number) in [("scope a/s", 0), ("scope a/s", 10), ("scope a/s", 9), ("assignment a/s", 0), ("scope A/s", 0)]
    {
        for (kind, key) in [(Propagate, "k/k/x"), (Unpropagate, "k/k/x"), (Specific, "k/k/x"), (Propagate, "K/k/x")] {
            rows.push(selection(of, number, kind, key));
        }
    }
    let mut former = selection("scope a/s", 0, Unpropagate, "k/gone");
    if let Row::Selection(row) = &mut former {
        row.former = true;
    }
    rows.push(former);
    for text in NASTY.iter().filter(|text| !text.is_empty()) {
        rows.push(selection("assignment a/s", 1, Specific, &format!("k/{text}")));
    }
    rows
}

fn assigned_resources() -> Vec<Row> {
    let mut rows: Vec<Row> =
        [("a/s", "k/k/x"), ("a/s", "K/k/x"), ("a/S", "k/k/x"), ("A/s", "k/k/x"), ("b/s", "k-/x"), ("a/t", "k/k/x")]
            .map(|(assignment, key)| assigned(assignment, key))
            .into();
    rows.extend(NASTY.iter().filter(|text| !text.is_empty()).map(|text| assigned("a/s", &format!("k/{text}"))));
    rows
}

/// Everything as long as it may be.
fn longest() -> Vec<Row> {
    let (wide, long, kind) = ("\u{1d4b3}", "x".repeat(64), "k".repeat(128));
    let short = format!("{long}/{long}");
    let mut named = scope(&short);
    if let Row::Scope(row) = &mut named {
        (row.scope_name, row.description) = (wide.repeat(256), wide.repeat(4_096));
    }
    let mut walked = spec(&short);
    if let Row::TraversalSpec(row) = &mut walked {
        (row.spec_name, row.description) = (wide.repeat(256), wide.repeat(4_096));
        (row.root_adapter_kind, row.root_resource_kind) = (kind.clone(), kind.clone());
        row.paths = vec![vec![step(&kind, Direction::Parent, false); 32]; 16];
    }
    let mut rows = vec![named, walked, reaching("users/long", "a/r", (false, &long))];
    for of in ["scope", "assignment"].map(|of| format!("{of} {short}")) {
        let mut used = instance(&of, u16::MAX);
        if let Row::Instance(row) = &mut used {
            (row.spec, row.included_adapter_kinds) = (Some(id(&long)), vec![wide.repeat(128); 64]);
        }
        rows.push(used);
        for key in [wide.repeat(64), "x".repeat(256)].map(|name| format!("{kind}/{name}")) {
            rows.push(selection(&of, u16::MAX, SelectionType::Specific, &key));
        }
    }
    for key in [wide.repeat(64), "x".repeat(256)].map(|name| format!("{kind}/{name}")) {
        rows.extend([assigned(&short, &key), parent(&format!("{long}/{key}"), &key)]);
        rows.push(parent(&format!("{long}/{kind}/y"), &key));
    }
    rows
}
