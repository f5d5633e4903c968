//! How long a change takes that is about very much: so long later revisions wait. Checks never do: the state that answers
//! them stands as it is until the next one is whole.
//!
//! `cargo bench --bench large_changes` builds the workload `wide` (a group of a million members, a role with 200,000
//! holders, 10,000 roles) and makes each change and its contrary in turn. Subtrees of resources: `--bench objects`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a measurement that fails may say so by a panic"
)]

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bailiwick::domain::change::Change;
use bailiwick::domain::directory::GroupMember;
use bailiwick::domain::id::{Id, PrivilegeKey};
use bailiwick::domain::name::{RoleId, Subject};
use bailiwick::domain::role::{RoleElement, RoleElementRow};
use bailiwick::domain::row::Row;
use bailiwick::engine::{Loader, Snapshot};
use bailiwick::workload::{Settings, Workload};

const ROUNDS: usize = 25;
const CHILDREN: usize = 1_000;

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` asks whether it builds.
    }
    let workload = Workload::new("wide", &Settings::default()).unwrap();
    let mut loader = Loader::new(7);
    let (mut roles, mut groups, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    let mut holders: HashMap<RoleId, usize> = HashMap::new();
    for row in workload.rows() {
        match &row {
            Row::Role(role) => roles.push(role.id.clone()),
            Row::Assignment(assignment) => *holders.entry(assignment.id.role.clone()).or_default() += 1,
            Row::Group(group) => groups.push(group.clone()),
            Row::Privilege(privilege) => keys.push(privilege.id.key.clone()),
            _ => {}
        }
        loader.add([row]);
    }
    let state = loader.finish();
    println!("{ROUNDS} rounds; µs of a change: the median, and the longest\n");
    println!("| change | there | longest | and back | longest |\n|---|---|---|---|---|");
    let (held_by_many, count) = holders.iter().max_by_key(|(_, count)| **count).unwrap();
    show(&format!("a role with {count} holders gains a privilege"), &state, &gives(held_by_many, &keys[0]));
    let (state, outer) = with_outer_group(&state, &groups[0]);
    let joins = Row::GroupMember(GroupMember { group: outer, member: Subject::Group(groups[0].id.clone()) });
    show("a group with a million members comes into another one", &state, &joins);
    let (parent, children) = roles.split_first().unwrap();
    let state = children.iter().take(CHILDREN).fold(state, |state, child| {
        let element = RoleElement::Parent { tenant: None, role: parent.role.clone() };
        state.apply([&Change::insert(element_of(child, element))])
    });
    show("a role from which 1,000 inherit gains a privilege", &state, &gives(parent, keys.last().unwrap()));
}

fn element_of(role: &RoleId, element: RoleElement) -> Row {
    Row::RoleElement(RoleElementRow { role: role.clone(), element, incarnation: 0 })
}

fn gives(role: &RoleId, key: &PrivilegeKey) -> Row {
    element_of(role, RoleElement::Privilege(key.clone()))
}

fn with_outer_group(state: &Snapshot, like: &bailiwick::domain::directory::Group) -> (Snapshot, Id) {
    let id = Id::parse("outer").unwrap();
    let outer = bailiwick::domain::directory::Group { id: id.clone(), ..like.clone() };
    (state.apply([&Change::insert(Row::Group(outer))]), id)
}

/// Puts the row in and takes it out again, round after round, each time beside a state that goes on to be read.
fn show(name: &str, state: &Snapshot, row: &Row) {
    let there = Change { before: None, after: Some(row.clone()) };
    let back = Change { before: Some(row.clone()), after: None };
    let (mut times, mut times_back) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (next, time) = timed(|| state.apply([&there]));
        times.push(time);
        times_back.push(timed(|| black_box(next.apply([&back]))).1);
    }
    let told = |times: &mut Vec<Duration>| {
        times.sort();
        format!("{} | {}", times[times.len() / 2].as_micros(), times[times.len() - 1].as_micros())
    };
    println!("| {name} | {} | {} |", told(&mut times), told(&mut times_back));
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let since = Instant::now();
    let done = work();
    (done, since.elapsed())
}
