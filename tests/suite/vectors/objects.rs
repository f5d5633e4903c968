//! Which resources an assignment reaches: what instances select, and what comes first when several things are named.

use bailiwick::domain::assignment::ObjectAccess;
use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::change::Change;
use bailiwick::domain::decision::Reason;
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;
use bailiwick::domain::scope::Selector;
use bailiwick::engine::{Check, Snapshot, Target};

use super::{Ask, allows, load, reason, small_application};
use crate::model::Model;
use crate::states::build::{
    assigned, at, below, by_adapter, client, cuts, former, gives, holds, holds_cut, including, instance, joined, key,
    names, of_assignment, of_scope, propagates, reaching, resource, role, scope, scope_id, scoped, selecting_all,
    subject, user, walks,
};

/// What there is, and below what: an organisation with folders and machines, one of these in two folders.
const ESTATE: &[(&str, &[&str])] = &[
    ("org/1", &[]),
    ("folder/a", &["org/1"]),
    ("folder/b", &["folder/a"]),
    ("folder/x", &["org/1"]),
    ("vm/1", &["folder/b"]),
    ("vm/2", &["folder/b", "folder/x"]),
    ("disk/1", &["vm/1"]),
    ("V::Host/1", &["folder/a"]),
    ("W::Host/1", &["V::Host/1"]),
];

const EVERYTHING: &str = "org/1 folder/a folder/b folder/x vm/1 vm/2 disk/1 V::Host/1 W::Host/1";

/// A client of an application with an estate, and a role that gives it `read` on whatever its assignment reaches.
fn estate() -> Vec<Row> {
    let mut rows = small_application();
    rows.extend([client("c", "a", None, true), role("a/r", Boundary::Application, Visibility::All)]);
    rows.extend([gives("a/r", "read"), gives("a/r", "list")]);
    for (name, parents) in ESTATE {
        rows.push(resource("a", name, None, false));
        rows.extend(parents.iter().map(|parent| below("a", name, parent)));
    }
    rows
}

/// What of the estate the client may read, by the engine and by the model, which agree.
fn reached_in(engine: &Snapshot, model: &Model) -> String {
    let asker = subject("clients/c");
    let is_reached = |name: &&str| {
        let (kind, id) = name.split_once('/').unwrap();
        let target = Target::Resource { kind, id };
        let check = Check { application: "a", subject: (&asker).into(), privilege: "read", target };
        let (engine, model) = (engine.check(&check, at(0)), model.check(&check, at(0)));
        assert_eq!(engine, model, "engine and model on {name}");
        engine.allowed()
    };
    let reached: Vec<&str> = ESTATE.iter().map(|(name, _)| *name).filter(is_reached).collect();
    reached.join(" ")
}

fn reached(rows: &[Row]) -> String {
    reached_in(&load(rows), &Model::new(rows.iter().cloned()))
}

/// Rows of instances, with a bar between two of them: `+x` propagates from x, `-x` cuts at x, `!x` at what x was, `=x`
/// names x alone, and `*` selects all.
fn selected(selector: &Selector, spec: Option<&str>, texts: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for (number, text) in (0..).zip(texts.split('|')) {
        let made = instance(selector, number, spec);
        let is_all = text.split_whitespace().any(|word| word == "*");
        rows.push(if is_all { selecting_all(made) } else { made });
        rows.extend(text.split_whitespace().filter_map(|word| match word.split_at(1) {
            ("+", name) => Some(propagates(selector, number, name)),
            ("-", name) => Some(cuts(selector, number, name)),
            ("!", name) => Some(former(cuts(selector, number, name))),
            ("=", name) => Some(names(selector, number, name)),
            _ => None,
        }));
    }
    rows
}

/// What is reached by such instances, whether they are a scope's or the assignment's own; and the scope lists it.
fn reached_by(rows: &[Row], spec: Option<&str>, texts: &str) -> String {
    let holds = holds("clients/c", "a/r");
    let own = selected(&of_assignment("clients/c", "a/r"), spec, texts);
    let own = [rows, &own, &[reaching(holds.clone(), ObjectAccess::OWN)]].concat();
    let scope = [vec![scope("a/s"), reaching(holds, scoped("s"))], selected(&of_scope("a/s"), spec, texts)].concat();
    let scope = [rows, &scope].concat();
    let found = reached(&scope);
    assert_eq!(found, reached(&own), "of a scope, and of an assignment");
    let listed = Model::new(scope).held_by_scope(&scope_id("a/s"));
    let listed = ESTATE.iter().map(|(name, _)| *name).filter(|name| listed.contains(&key(name)));
    assert_eq!(found, listed.collect::<Vec<_>>().join(" "), "listed");
    found
}

#[test]
fn without_a_spec_everything_below_is_reached_of_any_kind() {
    let rows = estate();
    for (texts, expected) in [
        ("", ""),
        ("+folder/a", "folder/a folder/b vm/1 vm/2 disk/1 V::Host/1 W::Host/1"),
        ("=folder/a", "folder/a"),
        ("-folder/a", "folder/a"),
        ("!folder/a", ""),
        // A cut stops what comes from above, and is itself included unless it is another by now.
        ("+folder/a -folder/b", "folder/a folder/b V::Host/1 W::Host/1"),
        ("+folder/a !folder/b", "folder/a V::Host/1 W::Host/1"),
        // A cut beats propagation at the same id.
        ("+folder/a -folder/a", "folder/a"),
        ("+folder/a !folder/a", ""),
        // What is below a cut can be selected all the same, and a cut above a start is nothing to it.
        ("+folder/a -folder/b +vm/1", "folder/a folder/b vm/1 disk/1 V::Host/1 W::Host/1"),
        ("+folder/a -folder/b =vm/1", "folder/a folder/b vm/1 V::Host/1 W::Host/1"),
        ("-folder/b +vm/2", "folder/b vm/2"),
        ("+folder/b -vm/1 =vm/1", "folder/b vm/1 vm/2"),
        ("+folder/b !vm/1 =vm/1", "folder/b vm/1 vm/2"),
        // Under two parents, one propagated and one cut, it is included.
        ("+org/1 -folder/b", "org/1 folder/a folder/b folder/x vm/2 V::Host/1 W::Host/1"),
        ("+org/1 -folder/b -folder/x", "org/1 folder/a folder/b folder/x V::Host/1 W::Host/1"),
        // Instances are united, and none takes anything from another.
        ("+folder/b -vm/2 | +folder/x", "folder/b folder/x vm/1 vm/2 disk/1"),
        ("+folder/b | -folder/b", "folder/b vm/1 vm/2 disk/1"),
        ("=folder/a | =vm/1", "folder/a vm/1"),
        // What is not registered is neither held nor a way to anything.
        ("+folder/9", ""),
        ("=folder/9 -folder/8", ""),
        ("*", EVERYTHING),
        ("* -folder/b !vm/1", EVERYTHING),
    ] {
        assert_eq!(reached_by(&rows, None, texts), expected, "{texts}");
    }
}

/// Root kind, paths, what is selected, what is reached.
const WALKS: &[(&str, &[&str], &str, &str)] = &[
    ("folder", &[">folder* >vm"], "+folder/a", "folder/a folder/b vm/1 vm/2"),
    ("folder", &[">folder* >vm"], "+folder/a -folder/b", "folder/a folder/b"),
    ("folder", &[">folder* >vm"], "+folder/a !vm/1", "folder/a folder/b vm/2"),
    // Its kind is that of a step as well: it may stand there, too.
    ("folder", &[">folder* >vm"], "+folder/x", "folder/x vm/2"),
    ("folder", &[">folder* >vm"], "+vm/1", "vm/1"),
    ("folder", &[">folder* >vm"], "=vm/1 -vm/2", "vm/1 vm/2"),
    // An id of a kind that is neither the root's nor a step's does not count, in whatever way it is named.
    ("folder", &[">folder* >vm"], "+org/1", ""),
    ("folder", &[">folder* >vm"], "=disk/1 -org/1", ""),
    ("org", &[">folder* >vm"], "+org/1 -disk/1 -V::Host/1", "org/1 folder/a folder/b folder/x vm/1 vm/2"),
    // Everything in the tree: all of the root kind, and what walks from them come to, whatever is cut.
    ("folder", &[">folder* >vm"], "*", "folder/a folder/b folder/x vm/1 vm/2"),
    ("folder", &[">folder* >vm"], "* -folder/b !vm/1", "folder/a folder/b folder/x vm/1 vm/2"),
    ("vm", &[">disk"], "*", "vm/1 vm/2 disk/1"),
    ("vm", &[">disk"], "* =folder/a", "vm/1 vm/2 disk/1"),
    // A step that is not recursive is taken once.
    ("org", &[">folder >vm"], "+org/1", "org/1 folder/a folder/x vm/2"),
    ("org", &[">folder* >vm"], "+org/1", "org/1 folder/a folder/b folder/x vm/1 vm/2"),
    ("org", &[">folder* >vm*"], "+org/1 -folder/a", "org/1 folder/a folder/x vm/2"),
    ("org", &[">folder >folder >vm"], "+org/1", "org/1 folder/a folder/b folder/x vm/1 vm/2"),
    ("org", &[">folder >vm", ">folder >folder"], "+org/1", "org/1 folder/a folder/b folder/x vm/2"),
    // No step is left out.
    ("org", &[">vm"], "+org/1", "org/1"),
    ("org", &[">folder >disk"], "+org/1", "org/1 folder/a folder/x"),
    // A spec without paths, or with an empty one, comes to nothing but its root.
    ("folder", &[], "+folder/a", "folder/a"),
    ("folder", &[], "*", "folder/a folder/b folder/x"),
    ("folder", &[""], "+folder/a =vm/1", "folder/a"),
    // Everything in the tree: a walk from each of the root kind begins wherever its kind fits.
    ("folder", &[">V::Host >folder >vm"], "+folder/x", "folder/x vm/2"),
    ("folder", &[">V::Host >folder >vm"], "*", "folder/a folder/b folder/x vm/1 vm/2 V::Host/1"),
    // Steps to parents.
    ("vm", &["<folder*"], "+vm/2", "folder/a folder/b folder/x vm/2"),
    ("vm", &["<folder*"], "+vm/2 -folder/b", "folder/b folder/x vm/2"),
    ("vm", &["<folder"], "+vm/1", "folder/b vm/1"),
    ("vm", &["<folder* <org"], "+vm/1", "org/1 folder/a folder/b vm/1"),
    ("vm", &["<folder >vm"], "+vm/1", "folder/b vm/1 vm/2"),
    ("vm", &["<folder >vm"], "+vm/1 -vm/2", "folder/b vm/1 vm/2"),
    ("vm", &["<folder >vm"], "+vm/1 !vm/2", "folder/b vm/1"),
    ("vm", &["<folder >vm"], "+folder/x", "folder/x vm/2"),
    ("disk", &["<vm <folder* >V::Host"], "+disk/1", "folder/a folder/b vm/1 disk/1 V::Host/1"),
    ("disk", &["<vm"], "*", "vm/1 disk/1"),
    // Kinds with their adapters are kinds of their own.
    ("V::Host", &[">W::Host"], "+V::Host/1", "V::Host/1 W::Host/1"),
    ("Host", &[">Host"], "+V::Host/1", ""),
    ("V::Host", &[">V::Host*"], "* ", "V::Host/1"),
    // Kinds that nothing bears.
    ("nothing", &[">absent >folder"], "*", ""),
    ("nothing", &[">absent >folder"], "+folder/a", "folder/a"),
];

#[test]
fn a_spec_that_walks_reaches_what_its_paths_lead_to() {
    for (root, paths, texts, expected) in WALKS {
        let mut rows = estate();
        rows.push(walks("a/w", root, paths));
        assert_eq!(reached_by(&rows, Some("w"), texts), *expected, "{texts} from {root} by {paths:?}");
    }
}

#[test]
fn a_spec_that_is_not_there_holds_nothing() {
    let mut rows = estate();
    rows.push(walks("b/w", "folder", &[">vm"]));
    for texts in ["+folder/a", "=folder/a", "-folder/a", "*"] {
        assert_eq!(reached_by(&rows, Some("w"), texts), "", "{texts}");
        assert_eq!(reached_by(&rows, Some("w"), &format!("{texts} |")), "", "{texts}");
    }
}

#[test]
fn what_has_been_deleted_since_is_selected_in_no_way() {
    let own = of_assignment("clients/c", "a/r");
    let start = [instance(&own, 0, None), reaching(holds("clients/c", "a/r"), ObjectAccess::OWN)];
    let rows = [&estate()[..], &start].concat();
    for select in [propagates, names, cuts] {
        let row = select(&own, 0, "vm/1");
        let (mut engine, mut model) = (load(&rows), Model::new(rows.iter().cloned()));
        for (change, held) in [
            (Change::insert(former(row.clone())), false),
            (Change { before: Some(former(row.clone())), after: Some(row.clone()) }, true),
            (Change { before: Some(row.clone()), after: Some(former(row.clone())) }, false),
            (Change::delete(former(row.clone())), false),
        ] {
            engine = engine.apply(std::slice::from_ref(&change));
            model.apply(&change);
            assert_eq!(!reached_in(&engine, &model).is_empty(), held, "{change:?}");
        }
    }
}

#[test]
fn a_spec_by_adapters_reaches_what_comes_from_them_whatever_is_selected() {
    let rows = [estate(), vec![by_adapter(walks("a/w", "folder", &[">vm"]))]].concat();
    let own = of_assignment("clients/c", "a/r");
    for (adapters, expected) in [
        (&["V"][..], "V::Host/1"),
        (&["V", "W"], "V::Host/1 W::Host/1"),
        (&["X", "W"], "W::Host/1"),
        (&[], ""),
        // What has no adapter is associated with none.
        (&[""], ""),
        (&["Host", "v", "V::", "folder"], ""),
    ] {
        for texts in ["", "+folder/a", "*", "-V::Host/1", "!W::Host/1", "=vm/1"] {
            let mut rows = rows.clone();
            let selected = selected(&own, Some("w"), texts).into_iter();
            rows.extend(selected.map(|row| including(row, adapters)));
            rows.push(reaching(holds("clients/c", "a/r"), ObjectAccess::OWN));
            assert_eq!(reached(&rows), expected, "{adapters:?} {texts}");
        }
    }
    // An instance that walks has no use for adapters.
    let rows = [estate(), vec![reaching(holds("clients/c", "a/r"), ObjectAccess::OWN)]].concat();
    let walks = selected(&own, None, "+vm/1").into_iter().map(|row| including(row, &["V"]));
    assert_eq!(reached(&[rows, walks.collect()].concat()), "vm/1 disk/1");
}

#[test]
fn all_objects_come_before_the_scope_and_the_scope_before_what_is_its_own() {
    let mut rows = estate();
    rows.extend(selected(&of_assignment("clients/c", "a/r"), None, "=vm/1"));
    rows.extend([assigned("clients/c", "a/r", "folder/x"), assigned("clients/c", "a/r", "folder/9")]);
    rows.extend([scope("a/s"), scope("a/none")]);
    rows.extend(selected(&of_scope("a/s"), None, "=folder/a"));
    rows.extend(selected(&of_scope("a/gone"), None, "=folder/b"));
    let all = |scope: ObjectAccess| ObjectAccess { allow_all_objects: true, ..scope };
    for (access, expected) in [
        (ObjectAccess::ALL, EVERYTHING),
        (all(scoped("s")), EVERYTHING),
        (all(scoped("gone")), EVERYTHING),
        (scoped("all-objects"), EVERYTHING),
        (scoped("s"), "folder/a"),
        (scoped("none"), ""),
        (scoped("gone"), ""),
        (ObjectAccess::OWN, "folder/x vm/1"),
    ] {
        let rows = [&rows[..], &[reaching(holds("clients/c", "a/r"), access.clone())]].concat();
        assert_eq!(reached(&rows), expected, "{access:?}");
        // What is not registered, what is ours and no target at all are reached by what reaches everything.
        let everything = expected == EVERYTHING;
        for target in ["vm/9", "users/c", "clients/c", "tenants/t1", "roles/r", "applications/a", ""] {
            let expected = match target {
                "users/c" => Reason::TargetUnknown,
                _ if everything => Reason::RoleAssignment,
                "" => Reason::ResourceRequired,
                _ => Reason::OutOfReach,
            };
            assert_eq!(reason(&rows, Ask("a", "clients/c", "read", target)), expected, "{access:?} {target}");
            // A privilege that is not object-scoped asks for no resources.
            let expected = if target == "users/c" { Reason::TargetUnknown } else { Reason::RoleAssignment };
            assert_eq!(reason(&rows, Ask("a", "clients/c", "list", target)), expected, "{access:?} {target}");
        }
    }
}

#[test]
fn an_assignment_reaches_resources_of_its_roles_application_and_within_its_boundary_only() {
    let mut rows = small_application();
    rows.extend([client("c", "a", None, true), role("bailiwick/r", Boundary::Application, Visibility::All)]);
    rows.extend([gives("bailiwick/r", "bailiwick:user:read"), assigned("clients/c", "bailiwick/r", "vm/1")]);
    rows.extend(["a", "bailiwick"].map(|of| resource(of, "vm/1", None, false)));
    rows.push(reaching(holds("clients/c", "bailiwick/r"), ObjectAccess::OWN));
    let asked = |of| allows(&rows, Ask(of, "clients/c", "bailiwick:user:read", "vm/1"));
    assert_eq!(["a", "bailiwick"].map(asked), [false, true]);

    let mut rows = small_application();
    rows.extend([user("u", Some("a"), true, true), joined("u", "a", "t1", 1), joined("u", "a", "t2", 1)]);
    rows.extend([resource("a", "vm/1", Some("t1"), true), resource("a", "vm/2", Some("t2"), true)]);
    rows.extend([resource("a", "org/1", None, false), below("a", "vm/1", "org/1"), below("a", "vm/2", "org/1")]);
    rows.extend([scope("a/s"), role("a/r", Boundary::Tenant, Visibility::All), gives("a/r", "read")]);
    rows.extend(selected(&of_scope("a/s"), None, "+org/1"));
    rows.extend([assigned("users/u", "a/r", "vm/1"), assigned("users/u", "a/r", "vm/2")]);
    for (cut, access, expected) in [
        (None, scoped("s"), [true, true, false]),
        (Some("t1"), scoped("s"), [true, false, false]),
        (None, ObjectAccess::OWN, [true, true, false]),
        // The assignment in a tenant is another one, and names nothing.
        (Some("t1"), ObjectAccess::OWN, [false, false, false]),
    ] {
        let rows = [&rows[..], &[reaching(holds_cut("users/u", "a/r", cut, (None, None)), access.clone())]].concat();
        let found = ["vm/1", "vm/2", "org/1"].map(|on| allows(&rows, Ask("a", "users/u", "read", on)));
        assert_eq!(found, expected, "{cut:?} {access:?}");
    }
}

/// One change after the other: what is propagated is covered as soon as its relation is there, and no longer.
#[test]
fn what_a_scope_holds_is_what_it_holds_now() {
    let mut rows = estate();
    rows.extend([scope("a/s"), reaching(holds("clients/c", "a/r"), scoped("s")), walks("a/w", "folder", &[">vm"])]);
    rows.extend(selected(&of_scope("a/s"), Some("w"), "+folder/x"));
    let (mut engine, mut model) = (load(&rows), Model::new(rows));
    let changed = |before: Row, after: Row| Change { before: Some(before), after: Some(after) };
    let start = || propagates(&of_scope("a/s"), 0, "folder/x");
    for (change, expected) in [
        (Change::insert(below("a", "vm/1", "folder/x")), "folder/x vm/1 vm/2"),
        (Change::delete(below("a", "vm/2", "folder/x")), "folder/x vm/1"),
        (Change::delete(resource("a", "vm/1", None, false)), "folder/x"),
        (Change::insert(resource("a", "vm/1", None, false)), "folder/x vm/1"),
        (Change::insert(below("a", "folder/b", "folder/x")), "folder/x vm/1"),
        (
            changed(walks("a/w", "folder", &[">vm"]), walks("a/w", "folder", &[">folder* >vm", ">vm"])),
            "folder/b folder/x vm/1 vm/2",
        ),
        (Change::insert(cuts(&of_scope("a/s"), 0, "folder/b")), "folder/b folder/x vm/1"),
        (
            changed(cuts(&of_scope("a/s"), 0, "folder/b"), former(cuts(&of_scope("a/s"), 0, "folder/b"))),
            "folder/x vm/1",
        ),
        (Change::delete(start()), ""),
        (Change::insert(start()), "folder/x vm/1"),
        (Change::delete(resource("a", "folder/x", None, false)), ""),
        (Change::insert(resource("a", "folder/x", None, false)), "folder/x vm/1"),
        (Change::delete(former(cuts(&of_scope("a/s"), 0, "folder/b"))), "folder/b folder/x vm/1 vm/2"),
        (Change::delete(walks("a/w", "folder", &[">folder* >vm", ">vm"])), ""),
        (Change::insert(walks("a/w", "folder", &["<org"])), "org/1 folder/x"),
        (Change::delete(instance(&of_scope("a/s"), 0, Some("w"))), ""),
        (Change::insert(instance(&of_scope("a/s"), 0, None)), "folder/b folder/x vm/1 vm/2 disk/1"),
        (Change::delete(scope("a/s")), ""),
        (Change::insert(scope("a/s")), "folder/b folder/x vm/1 vm/2 disk/1"),
    ] {
        engine = engine.apply(std::slice::from_ref(&change));
        model.apply(&change);
        assert_eq!(reached_in(&engine, &model), expected, "{change:?}");
        let cold = load(&model.rows().cloned().collect::<Vec<_>>());
        assert_eq!(reached_in(&cold, &model), expected, "built from the rows, {change:?}");
    }
}
