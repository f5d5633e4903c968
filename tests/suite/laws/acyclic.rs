//! What is refused at a write: exactly what would close a cycle or go too deep, and the cycle is named.

use std::collections::BTreeSet;

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::change::Change;
use bailiwick::domain::limit::{GROUP_DEPTH_MAX, ROLE_DEPTH_MAX};
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;
use bailiwick::engine::Obstacle;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{cases, load};
use crate::states::build::{application, group, member, parent, role, role_id, subject};

/// More than a chain of roles may hold.
const ROLES: usize = ROLE_DEPTH_MAX + 4;

type Edges = BTreeSet<(usize, usize)>;

/// Steps of the longest chain of edges; `None` when there is a cycle.
fn depth(edges: &Edges) -> Option<usize> {
    let mut level: BTreeSet<usize> = (0..ROLES).collect();
    for steps in 0..=ROLES {
        level = edges.iter().filter(|(child, _)| level.contains(child)).map(|(_, parent)| *parent).collect();
        if level.is_empty() {
            return Some(steps);
        }
    }
    None
}

/// Whether the names are a chain of parents from one role to another.
fn is_chain(names: &[String], edges: &Edges, from: usize, to: usize) -> bool {
    let name = |number: usize| role_id(&role_name(number)).to_string();
    let is_edge = |pair: &[String]| edges.iter().any(|(child, parent)| [name(*child), name(*parent)] == *pair);
    names.first() == Some(&name(from)) && names.last() == Some(&name(to)) && names.windows(2).all(is_edge)
}

fn role_name(number: usize) -> String {
    format!("a/r{number}")
}

fn line_of_groups(prefix: &str, length: usize) -> Vec<Row> {
    let name = |number: usize| format!("{prefix}{number}");
    let links = (1..length).map(|number| member(&name(number + 1), &format!("groups/{}", name(number))));
    (1..=length).map(|number| group(&name(number))).chain(links).collect()
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn acyclic_a_parent_is_refused_exactly_when_it_closes_a_cycle_or_goes_too_deep(
        proposals in vec((0..ROLES, 0..ROLES), 0..60),
    ) {
        let roles = (0..ROLES).map(|number| role(&role_name(number), Boundary::Unset, Visibility::All));
        let rows: Vec<Row> = [application("a")].into_iter().chain(roles).collect();
        let (mut engine, mut edges) = (load(&rows), Edges::new());
        for (child, above) in proposals.into_iter().filter(|(child, above)| child != above) {
            let mut more = edges.clone();
            let is_new = more.insert((child, above));
            let found = engine.parent_obstacle(&role_id(&role_name(child)), &role_id(&role_name(above)));
            match (depth(&more), found) {
                (None, Some(Obstacle::Cycle(way))) => prop_assert!(is_chain(&way, &edges, above, child), "{way:?}"),
                (Some(steps), Some(Obstacle::TooDeep)) => prop_assert!(steps > ROLE_DEPTH_MAX, "{steps} steps"),
                (Some(steps), None) => {
                    prop_assert!(steps <= ROLE_DEPTH_MAX, "{steps} steps");
                    if is_new {
                        engine = engine.apply(&[Change::insert(parent(&role_name(child), &role_name(above)))]);
                    }
                    edges = more;
                }
                (right, wrong) => prop_assert!(false, "{child} below {above}: {wrong:?}, but the depth is {right:?}"),
            }
        }
    }

    #[test]
    fn acyclic_lines_of_groups_are_joined_only_up_to_the_depth(
        (lower, upper) in (1..=GROUP_DEPTH_MAX, 1..=GROUP_DEPTH_MAX),
    ) {
        let rows = [line_of_groups("low", lower), line_of_groups("up", upper)].concat();
        let engine = load(&rows);
        let (top, bottom) = (subject(&format!("groups/low{lower}")), subject("groups/up1"));
        let found = engine.member_obstacle(&bottom, &top);
        let expected = (lower + upper > GROUP_DEPTH_MAX).then_some(Obstacle::TooDeep);
        prop_assert_eq!(found, expected);
        let first = subject("groups/low1");
        let all = (1..=lower).map(|number| format!("groups/low{number}"));
        let around = engine.member_obstacle(&first, &top);
        prop_assert_eq!(around, Some(Obstacle::Cycle(all.collect())));
    }
}

#[test]
fn acyclic_nothing_is_a_parent_or_a_member_of_itself() {
    let rows = [application("a"), role("a/r0", Boundary::Unset, Visibility::All), group("g")];
    let engine = load(&rows);
    let itself = role_id("a/r0");
    assert_eq!(engine.parent_obstacle(&itself, &itself), Some(Obstacle::Cycle(vec![itself.to_string()])));
    let itself = subject("groups/g");
    assert_eq!(engine.member_obstacle(&itself, &itself), Some(Obstacle::Cycle(vec![itself.to_string()])));
}
