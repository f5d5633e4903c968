//! Limits of relations, instances and specs: at a limit what is written holds, and rows beyond it allow nothing.

use bailiwick::domain::assignment::ObjectAccess;
use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::change::Change;
use bailiwick::domain::limit::{
    INSTANCE_IDS_MAX, INSTANCES_MAX, RESOURCE_DEPTH_MAX, RESOURCE_PARENTS_MAX, SPEC_PATHS_MAX, SPEC_STEPS_MAX,
};
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;
use bailiwick::engine::Loader;

use super::{Ask, allows, small_application};
use crate::states::build::{
    below, by_adapter, client, cuts, gives, holds, including, instance, names, of_assignment, propagates, reaching,
    resource, role, walks,
};

/// Folders in a line, each below the next, with a machine at the lower end; and somebody whose assignment has its own
/// resources.
fn line(folders: usize) -> Vec<Row> {
    let mut rows = small_application();
    rows.extend([client("c", "a", None, true), role("a/r", Boundary::Application, Visibility::All)]);
    rows.extend([gives("a/r", "read"), reaching(holds("clients/c", "a/r"), ObjectAccess::OWN)]);
    let name = |number: usize| if number == 0 { "vm/0".to_owned() } else { format!("folder/{number}") };
    for number in 0..=folders {
        rows.push(resource("a", &name(number), None, false));
        if number > 0 {
            rows.push(below("a", &name(number - 1), &name(number)));
        }
    }
    rows
}

fn reads(rows: &[Row], on: &str) -> bool {
    allows(rows, Ask("a", "clients/c", "read", on))
}

/// The rows, with one instance and what it has.
fn with(rows: &[Row], number: u16, spec: Option<&str>, more: &[Row]) -> Vec<Row> {
    let own = of_assignment("clients/c", "a/r");
    [rows, &[instance(&own, number, spec)], more].concat()
}

fn from(name: &str) -> Row {
    propagates(&of_assignment("clients/c", "a/r"), 0, name)
}

#[test]
fn what_is_more_steps_up_than_a_chain_may_have_is_not_above() {
    for (steps, expected) in [(1, true), (RESOURCE_DEPTH_MAX, true), (RESOURCE_DEPTH_MAX + 1, false)] {
        let mut rows = line(steps);
        rows.extend([walks("a/down", "folder", &[">folder* >vm", ">vm"]), walks("a/up", "vm", &["<folder*"])]);
        let top = format!("folder/{steps}");
        for spec in [None, Some("down")] {
            let rows = with(&rows, 0, spec, &[from(&top)]);
            assert_eq!(reads(&rows, "vm/0"), expected, "{steps} steps, {spec:?}");
            assert!(reads(&rows, "folder/1"), "{steps} steps, {spec:?}");
        }
        let rows = with(&rows, 0, Some("up"), &[from("vm/0")]);
        assert_eq!(reads(&rows, &top), expected, "{steps} steps up");
    }
}

#[test]
fn a_resource_with_too_many_parents_has_none() {
    for (parents, expected) in [(RESOURCE_PARENTS_MAX, true), (RESOURCE_PARENTS_MAX + 1, false)] {
        let mut rows = line(1);
        rows.extend((2..=parents).map(|number| resource("a", &format!("folder/{number}"), None, false)));
        rows.extend((2..=parents).map(|number| below("a", "vm/0", &format!("folder/{number}"))));
        rows.push(walks("a/up", "vm", &["<folder"]));
        assert_eq!(reads(&with(&rows, 0, None, &[from("folder/1")]), "vm/0"), expected, "{parents} parents");
        let up = with(&rows, 0, Some("up"), &[from("vm/0")]);
        assert_eq!(reads(&up, "folder/1"), expected, "{parents} parents");
        assert!(reads(&up, "vm/0"), "{parents} parents");
    }
}

#[test]
fn parents_that_are_not_there_are_counted_with_the_others() {
    let mut rows = line(1);
    rows.extend((0..RESOURCE_PARENTS_MAX).map(|number| below("a", "vm/0", &format!("gone/{number}"))));
    assert!(!reads(&with(&rows, 0, None, &[from("folder/1")]), "vm/0"));
    rows.pop();
    assert!(reads(&with(&rows, 0, None, &[from("folder/1")]), "vm/0"));
}

#[test]
fn an_instance_beyond_the_last_holds_nothing() {
    let own = of_assignment("clients/c", "a/r");
    for (number, expected) in [(0, true), (INSTANCES_MAX - 1, true), (INSTANCES_MAX, false), (u16::MAX.into(), false)] {
        let number = u16::try_from(number).unwrap();
        let rows = with(&line(1), number, None, &[propagates(&own, number, "folder/1")]);
        assert_eq!(reads(&rows, "vm/0"), expected, "#{number}");
    }
}

#[test]
fn an_instance_with_too_many_ids_holds_nothing() {
    let own = of_assignment("clients/c", "a/r");
    let mut rows = line(1);
    rows.push(by_adapter(walks("a/adapters", "vm", &[""])));
    rows.push(resource("a", "V::Host/1", None, false));
    for (ids, expected) in [(INSTANCE_IDS_MAX, true), (INSTANCE_IDS_MAX + 1, false)] {
        let others = || (1..ids).map(|number| format!("other/{number}"));
        let named: Vec<Row> = others().map(|name| names(&own, 0, &name)).chain([from("folder/1")]).collect();
        assert_eq!(reads(&with(&rows, 0, None, &named), "vm/0"), expected, "{ids} ids");
        // Whatever is done with them, they are counted.
        let cut: Vec<Row> = others().map(|name| cuts(&own, 0, &name)).chain([from("folder/1")]).collect();
        assert_eq!(reads(&with(&rows, 0, None, &cut), "vm/0"), expected, "{ids} ids");
        let mut adapters = with(&rows, 0, Some("adapters"), &named);
        adapters = adapters.into_iter().map(|row| including(row, &["V"])).collect();
        assert_eq!(reads(&adapters, "V::Host/1"), expected, "{ids} ids");
    }
}

#[test]
fn a_spec_with_too_many_paths_or_steps_holds_nothing() {
    let paths = |count: usize| vec![">vm".to_owned(); count];
    let steps = |count: usize| vec![">vm".to_owned(), vec![">folder"; count].join(" ")];
    for (paths, expected) in [
        (paths(1), true),
        (paths(SPEC_PATHS_MAX), true),
        (paths(SPEC_PATHS_MAX + 1), false),
        (steps(SPEC_STEPS_MAX), true),
        (steps(SPEC_STEPS_MAX + 1), false),
    ] {
        let rows = [line(1), vec![walks("a/w", "folder", &paths)]].concat();
        let rows = with(&rows, 0, Some("w"), &[from("folder/1")]);
        assert_eq!(["vm/0", "folder/1"].map(|on| reads(&rows, on)), [expected; 2], "{paths:?}");
    }
    // As many steps as there may be are taken.
    let way = format!("{} >vm", vec![">folder"; SPEC_STEPS_MAX - 1].join(" "));
    let rows = [line(SPEC_STEPS_MAX), vec![walks("a/w", "folder", &[way])]].concat();
    assert!(reads(&with(&rows, 0, Some("w"), &[from(&format!("folder/{SPEC_STEPS_MAX}"))]), "vm/0"));
}

#[test]
fn acyclic_resources_found_in_a_cycle_terminate_and_change_nothing_outside() {
    for length in [1, 2, 3, 60] {
        let mut rows = line(length);
        rows.push(below("a", &format!("folder/{length}"), "folder/1"));
        rows.extend([resource("a", "folder/outside", None, false), resource("a", "vm/outside", None, false)]);
        rows.extend([below("a", "vm/outside", "folder/outside"), below("a", "folder/1", "folder/outside")]);
        rows.extend([walks("a/down", "folder", &[">folder* >vm"]), walks("a/up", "folder", &["<folder*"])]);
        let last = format!("folder/{length}");
        let on = ["vm/0", &last, "folder/1", "folder/outside", "vm/outside"];
        for (spec, start, expected) in [
            (None, "folder/1", [true, true, true, false, false]),
            (None, "folder/outside", [true, true, true, true, true]),
            (Some("down"), "folder/1", [true, true, true, false, false]),
            (Some("down"), "folder/outside", [true, true, true, true, true]),
            (Some("up"), "folder/1", [false, true, true, true, false]),
        ] {
            let rows = with(&rows, 0, spec, &[from(start)]);
            assert_eq!(on.map(|on| reads(&rows, on)), expected, "{length}: {start} by {spec:?}");
        }
    }
}

#[test]
fn rows_beyond_a_limit_are_counted_and_no_others() {
    let own = of_assignment("clients/c", "a/r");
    let beyond = |rows: &[Row]| {
        let mut loader = Loader::new(7);
        loader.add(rows.iter().cloned());
        loader.finish().counts().rows_beyond_limits
    };
    let parents = |count: usize| (0..count).map(|number| below("a", "vm/0", &format!("gone/{number}")));
    let ids = |count: usize| (0..count).map(|number| names(&own, 0, &format!("other/{number}"))).collect::<Vec<_>>();
    let last = u16::try_from(INSTANCES_MAX).unwrap();
    for (rows, expected) in [
        (line(RESOURCE_DEPTH_MAX), 0),
        (line(RESOURCE_DEPTH_MAX + 2), 2),
        (small_application().into_iter().chain(parents(RESOURCE_PARENTS_MAX)).collect(), 0),
        (small_application().into_iter().chain(parents(RESOURCE_PARENTS_MAX + 1)).collect(), 17),
        (with(&line(1), last - 1, None, &ids(0)), 0),
        (with(&line(1), last, None, &ids(0)), 1),
        (with(&line(1), 0, None, &ids(INSTANCE_IDS_MAX)), 0),
        (with(&line(1), 0, None, &ids(INSTANCE_IDS_MAX + 1)), 1),
        ([line(1), vec![walks("a/w", "folder", &vec![">vm"; SPEC_PATHS_MAX])]].concat(), 0),
        ([line(1), vec![walks("a/w", "folder", &vec![">vm"; SPEC_PATHS_MAX + 1])]].concat(), 1),
    ] {
        assert_eq!(beyond(&rows), expected);
        // However many there were: when they are gone, none is counted.
        let mut loader = Loader::new(7);
        loader.add(rows.iter().cloned());
        let gone: Vec<Change> = rows.into_iter().map(Change::delete).collect();
        assert_eq!(loader.finish().apply(&gone).counts().rows_beyond_limits, 0);
    }
}
