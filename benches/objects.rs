//! What a check costs on a resource deep in a large graph, each beside the same check on a flat one in the same run; what
//! it costs to move a part of the graph; and what a resource costs in memory.
//!
//! `cargo bench --bench objects` builds states of 10,000, 100,000 and 1,000,000 resources and asks one after the other, in
//! turn, so that the machine's mood meets all alike. Times are in nanoseconds, medians over the rounds; what counts are
//! the ratios to *flat*: a resource that the scope selects by its name alone.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a measurement that fails may say so by a panic"
)]

use std::hint::black_box;
use std::time::Instant;

use bailiwick::domain::assignment::{Assignment, AssignmentId, ObjectAccess};
use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::change::Change;
use bailiwick::domain::directory::User;
use bailiwick::domain::id::{ForeignId, Id, PrivilegeKey, ResourceKind};
use bailiwick::domain::metadata::Metadata;
use bailiwick::domain::name::{PrivilegeId, ResourceId, RoleId, ScopeId, Subject, TraversalSpecId};
use bailiwick::domain::privilege::Privilege;
use bailiwick::domain::resource::{Resource, ResourceParent};
use bailiwick::domain::role::{Role, RoleElement, RoleElementRow, RoleKind, Visibility};
use bailiwick::domain::row::{Row, Stamp};
use bailiwick::domain::scope::{AssignedResource, Instance, InstanceId, Scope, Selection, SelectionType, Selector};
use bailiwick::domain::tenancy::{Application, Catalogue};
use bailiwick::domain::time::Time;
use bailiwick::domain::traversal::{Direction, FilterType, TraversalSpec, TraversalStep};
use bailiwick::engine::{Check, Loader, Snapshot, Target};

/// Resources of the states that are measured.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Steps from what a scope selects to what is asked about.
const DEPTHS: [usize; 4] = [0, 1, 8, 32];
/// Things in one tree: a chain of folders, and machines in the last one.
const TREE: usize = 1_000;
const ROUNDS: usize = 21;
const CHECKS: usize = 20_000;
const MOVED: usize = 10_000;

/// How a scope selects what is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// Everything below, of any kind.
    Everything,
    /// Along a traversal spec.
    Spec,
    /// Everything below but for a part.
    Cut,
}

impl By {
    fn name(self) -> &'static str {
        match self {
            Self::Everything => "no spec",
            Self::Spec => "spec",
            Self::Cut => "with a cut",
        }
    }
}

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn resource(kind: &str, number: usize) -> ResourceId {
    ResourceId {
        application: id("estate"),
        kind: ResourceKind::parse(kind).unwrap(),
        id: ForeignId::parse(&format!("{}-{number:010}", kind.to_lowercase())).unwrap(),
    }
}

fn folder(tree: usize, level: usize) -> ResourceId {
    resource("Folder", tree * 100 + level)
}

fn machine(tree: usize, number: usize) -> ResourceId {
    resource("Machine", tree * TREE + number)
}

fn user(tree: usize) -> Subject {
    Subject::User(id(&format!("person-{tree:08}")))
}

fn relation(child: &ResourceId, parent: &ResourceId) -> Row {
    Row::ResourceParent(ResourceParent { child: child.clone(), parent: parent.key() })
}

fn thing(id: ResourceId) -> Row {
    Row::Resource(Resource { id, tenant: None, tenant_level: false, stamp: Stamp::default() })
}

/// A tree whose machines are `depth` steps below what its scope selects; with depth 0 they are selected themselves.
fn tree(rows: &mut Vec<Row>, tree: usize, depth: usize, by: By) {
    let folders = depth.max(1);
    for level in 0..folders {
        rows.push(thing(folder(tree, level)));
        if level > 0 {
            rows.push(relation(&folder(tree, level), &folder(tree, level - 1)));
        }
    }
    for number in 0..TREE - folders {
        rows.push(thing(machine(tree, number)));
        rows.push(relation(&machine(tree, number), &folder(tree, folders - 1)));
    }
    let scope = ScopeId { application: id("estate"), scope: id(&format!("scope-{tree:08}")) };
    let instance = InstanceId { selector: Selector::Scope(scope.clone()), number: 0 };
    let row = |resource: &ResourceId, selection| {
        let resource = resource.key();
        Row::Selection(Selection { instance: instance.clone(), selection, resource, former: false })
    };
    if depth == 0 {
        rows.extend((0..TREE - folders).map(|number| row(&machine(tree, number), SelectionType::Specific)));
    } else {
        rows.push(row(&folder(tree, 0), SelectionType::Propagate));
    }
    if by == By::Cut {
        rows.push(row(&machine(tree, 0), SelectionType::Unpropagate));
    }
    rows.push(Row::Instance(Instance {
        id: instance.clone(),
        spec: (by == By::Spec).then(|| id("tree")),
        included_adapter_kinds: Vec::new(),
        select_all_resources: false,
    }));
    rows.push(Row::Scope(Scope {
        id: scope.clone(),
        scope_name: scope.scope.to_string(),
        description: String::new(),
        stamp: Stamp::default(),
    }));
    holder(rows, tree, scope);
}

fn holder(rows: &mut Vec<Row>, tree: usize, scope: ScopeId) {
    let holder = user(tree);
    rows.push(Row::User(User {
        id: holder.id().clone(),
        username: holder.id().to_string(),
        display_name: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        email: String::new(),
        enabled: true,
        application: None,
        tenant_level: false,
        stamp: Stamp::default(),
    }));
    rows.push(Row::Assignment(Assignment {
        id: AssignmentId { holder, role: role(), tenant: None },
        access: ObjectAccess { allow_all_objects: false, scope: Some(scope.scope) },
        start: None,
        expire: None,
        reason: String::new(),
        stamp: Stamp::default(),
    }));
}

fn role() -> RoleId {
    RoleId { application: id("estate"), tenant: None, role: id("operator") }
}

/// What every state has.
fn ground() -> Vec<Row> {
    let key = PrivilegeKey::parse("machine:start").unwrap();
    let kind = |kind| ResourceKind::parse(kind).unwrap();
    let step = |kind, recursive| TraversalStep { kind, direction: Direction::Child, recursive };
    vec![
        Row::Application(Application {
            id: id("estate"),
            display_name: String::new(),
            catalogue: Catalogue::Strict,
            stamp: Stamp::default(),
        }),
        Row::Privilege(Privilege {
            id: PrivilegeId { application: id("estate"), key: key.clone() },
            display_name: String::new(),
            description: String::new(),
            object_scoped: true,
            tenant_visible: true,
            document: None,
            stamp: Stamp::default(),
        }),
        Row::Role(Role {
            id: role(),
            role_name: "operator".to_owned(),
            display_name: String::new(),
            description: String::new(),
            metadata: Metadata::new(),
            kind: RoleKind::Custom,
            boundary: Boundary::Unset,
            visibility: Visibility::All,
            stamp: Stamp::default(),
        }),
        Row::RoleElement(RoleElementRow { role: role(), element: RoleElement::Privilege(key), incarnation: 0 }),
        Row::TraversalSpec(TraversalSpec {
            id: TraversalSpecId { application: id("estate"), spec: id("tree") },
            root_adapter_kind: String::new(),
            root_resource_kind: "Folder".to_owned(),
            spec_name: "tree".to_owned(),
            description: String::new(),
            filter_type: FilterType::GenericRelation,
            paths: vec![
                vec![step(kind("Folder"), true), step(kind("Machine"), false)],
                vec![step(kind("Machine"), false)],
            ],
            stamp: Stamp::default(),
        }),
    ]
}

/// A state of so many resources at a depth.
struct Estate {
    depth: usize,
    by: By,
    trees: usize,
    state: Snapshot,
}

fn estate(size: usize, depth: usize, by: By) -> Estate {
    let trees = size / TREE;
    let mut loader = Loader::new(7);
    loader.add(ground());
    for number in 0..trees {
        let mut rows = Vec::new();
        tree(&mut rows, number, depth, by);
        loader.add(rows);
    }
    Estate { depth, by, trees, state: loader.finish() }
}

impl Estate {
    /// Nanoseconds of a check, over questions spread over the whole estate; every one is allowed.
    fn time(&self, round: usize) -> f64 {
        let questions: Vec<(Subject, ResourceId)> = (0..CHECKS)
            .map(|at| {
                let spread = (at + round * CHECKS).wrapping_mul(2_654_435_761);
                let tree = spread % self.trees;
                (user(tree), machine(tree, 1 + (spread / 7) % (TREE - 100)))
            })
            .collect();
        let now = Time::from_micros(1).unwrap();
        let since = Instant::now();
        for (subject, resource) in &questions {
            let target = Target::Resource { kind: resource.kind.as_str(), id: resource.id.as_str() };
            let check = Check { application: "estate", subject: subject.into(), privilege: "machine:start", target };
            assert!(black_box(self.state.check(black_box(&check), now)).allowed());
        }
        since.elapsed().as_nanos() as f64 / CHECKS as f64
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Bytes of this process that are in memory.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1_024
}

fn checks() {
    println!("| resources | depth | selected | a check | to flat |\n|---|---|---|---|---|");
    for size in SIZES {
        let mut estates: Vec<Estate> = DEPTHS.into_iter().map(|depth| estate(size, depth, By::Everything)).collect();
        estates.extend([8, 32].into_iter().flat_map(|depth| [By::Spec, By::Cut].map(|by| estate(size, depth, by))));
        let mut times = vec![Vec::new(); estates.len()];
        for round in 0..ROUNDS {
            for (estate, times) in estates.iter().zip(&mut times) {
                times.push(estate.time(round));
            }
        }
        let ratios = |own: &[f64]| median(own.iter().zip(&times[0]).map(|(own, flat)| own / flat).collect());
        for (estate, own) in estates.iter().zip(&times) {
            let how = if estate.depth == 0 { "by name" } else { estate.by.name() };
            let (depth, ns, ratio) = (estate.depth, median(own.clone()), ratios(own));
            println!("| {size:>9} | {depth:>2} | {how:<10} | {ns:>6.0} ns | {ratio:>5.2} |");
        }
    }
}

/// Moves a folder with so many things below it to another place and back.
fn moves() {
    let mut loader = Loader::new(7);
    loader.add(ground());
    for number in 0..100 {
        let mut rows = Vec::new();
        tree(&mut rows, number, 8, By::Everything);
        loader.add(rows);
    }
    let top = resource("Folder", 99_999_999);
    loader.add([thing(top.clone())]);
    loader.add((0..MOVED / TREE).map(|tree| relation(&folder(tree, 0), &top)));
    let mut state = loader.finish();
    let places = [folder(50, 7), folder(60, 3)];
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let (old, new) = (&places[round % 2], &places[(round + 1) % 2]);
        let changes = [Change::delete(relation(&top, old)), Change::insert(relation(&top, new))];
        let changes = if round == 0 { &changes[1..] } else { &changes[..] };
        let since = Instant::now();
        state = black_box(state.apply(changes));
        times.push(since.elapsed().as_nanos() as f64 / 1_000.0);
    }
    println!("a subtree of {MOVED} resources is moved in {:.0} µs", median(times));
}

/// Adds one resource to an assignment that names so many already.
fn adds() {
    let holder = user(0);
    let assignment = AssignmentId { holder: holder.clone(), role: role(), tenant: None };
    let named = |number: usize| {
        let (assignment, resource) = (assignment.name(), machine(number / TREE, number % TREE).key());
        Row::AssignedResource(AssignedResource { assignment, resource })
    };
    for count in [1, 1_000, 1_000_000] {
        let mut loader = Loader::new(7);
        loader.add(ground());
        loader.add([Row::Assignment(Assignment {
            id: assignment.clone(),
            access: ObjectAccess::OWN,
            start: None,
            expire: None,
            reason: String::new(),
            stamp: Stamp::default(),
        })]);
        loader.add((0..count).map(named));
        loader.add((0..ROUNDS).map(|round| thing(machine(5_000_000, round))));
        let mut state = loader.finish();
        let times = (0..ROUNDS).map(|round| {
            let (assignment, resource) = (assignment.name(), machine(5_000_000, round).key());
            let change = Change::insert(Row::AssignedResource(AssignedResource { assignment, resource }));
            let since = Instant::now();
            state = black_box(state.apply([&change]));
            since.elapsed().as_nanos() as f64 / 1_000.0
        });
        println!("one resource is added to an assignment that names {count} in {:.0} µs", median(times.collect()));
    }
}

fn memory() {
    let mut rows = Vec::new();
    for number in 0..SIZES[2] / TREE {
        tree(&mut rows, number, 8, By::Everything);
    }
    let (count, before, since) = (SIZES[2], resident(), Instant::now());
    let mut loader = Loader::new(7);
    loader.add(ground());
    loader.add(rows.iter().cloned());
    let state = black_box(loader.finish());
    let taken = since.elapsed().as_secs_f64();
    let bytes = resident().saturating_sub(before) / count;
    println!("{count} resources with a parent each: compiled in {taken:.2} s, {bytes} bytes a resource");
    drop(state);
}

fn main() {
    memory();
    moves();
    adds();
    checks();
}
