//! Laws about what scopes and assignments hold: a list of it and a check through it say the same, and what is given on a
//! resource may be given on all that is directly below it instead.

use bailiwick::domain::assignment::ObjectAccess;
use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::name::{AssignmentName, ResourceId};
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::{Key, Row};
use bailiwick::domain::scope::SelectionType;
use bailiwick::engine::{Check, Snapshot, Target};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{cases, find, load, lost, shown, told};
use crate::model::Model;
use crate::states::State;
use crate::states::build::{
    assignment_name, at, below, cuts, gives, holds, id, instance, key, names, of_scope, owned_by, owner, privilege,
    propagates, reaching, resource, role, role_id, scope, scope_id, scoped, subject, user,
};
use crate::states::objects::{KEYS, SCOPES, SHARERS, accesses};
use crate::states::{self, assignments};

/// The rows with somebody of no application, who stands for nothing else, and who may do one thing, with what the assignment of a sharer has as its own.
fn with_prober(rows: &[Row], application: &str, access: ObjectAccess, own: Option<&AssignmentName>) -> Vec<Row> {
    let name = format!("{application}/prober");
    let mut rows = rows.to_vec();
    let prober = assignment_name("users/prober", &name, None);
    let own: Vec<Row> = rows.iter().filter(|row| own.is_some() && owner(row) == own).cloned().collect();
    rows.extend(own.into_iter().map(|row| owned_by(row, &prober)));
    rows.extend([
        user("prober", None, false, true),
        privilege(application, "probe", true, true),
        role(&name, Boundary::Application, Visibility::All),
        gives(&name, "probe"),
        reaching(holds("users/prober", &name), access),
    ]);
    rows
}

/// The first registered resource about which a check of the prober and the list of what it reaches do not agree.
fn disagreement(rows: &[Row], application: &str) -> Option<String> {
    let (engine, model) = (load(rows), Model::new(rows.iter().cloned()));
    let (prober, role) = (subject("users/prober"), format!("{application}/prober"));
    let assignment = Key::Assignment(states::build::assignment_id("users/prober", &role, None));
    let Some(Row::Assignment(assignment)) = model.get(&assignment) else { return None };
    let listed = model.held_by_assignment(assignment);
    let registered = model.registered(&id(application));
    registered.iter().find_map(|name| {
        let target = Target::Resource { kind: name.kind.as_str(), id: name.id.as_str() };
        let check = Check { application, subject: (&prober).into(), privilege: "probe", target };
        let allowed = engine.check(&check, at(10)).allowed();
        let is_listed = listed.contains(name);
        (allowed != is_listed).then(|| format!("{name} is listed: {is_listed}, and allowed: {allowed}"))
    })
}

/// The state, and a scope of all below some resource, with perhaps a cut, that some hold.
fn with_a_tree() -> impl Strategy<Value = (State, &'static str)> {
    let more = (select(KEYS), proptest::option::of(select(KEYS)), proptest::option::of(select(KEYS)));
    let below_it = proptest::collection::vec(select(KEYS), 0..4);
    let held = proptest::collection::vec(assignments(), 10);
    (states::states(), more, below_it, held).prop_map(|(state, (top, cut, named), children, held)| {
        let tree = of_scope("a/tree");
        let mut rows = state.0;
        rows.extend([scope("a/tree"), instance(&tree, 0, None), propagates(&tree, 0, top)]);
        rows.push(resource("a", top, None, false));
        rows.extend(children.into_iter().map(|child| below("a", child, top)));
        rows.extend(cut.filter(|cut| *cut != top).map(|cut| cuts(&tree, 0, cut)));
        rows.extend(named.map(|name| names(&tree, 0, name)));
        rows.extend(held.into_iter().map(|row| reaching(row, scoped("tree"))));
        (State(Model::new(rows).rows().cloned().collect()), top)
    })
}

/// The rows, with each child of a resource propagated in place of the resource; or with nothing in its place.
fn moved_down(State(rows): &State, top: &str, to_children: bool) -> Vec<Row> {
    let tree = of_scope("a/tree");
    let given = propagates(&tree, 0, top).key();
    let children = rows.iter().filter_map(|row| match row {
        Row::ResourceParent(row) if row.parent_id() == key(top).of(&id("a")) => Some(row.child.key().to_string()),
        _ => None,
    });
    let children: Vec<Row> = children.map(|child| propagates(&tree, 0, &child)).collect();
    let rest = rows.iter().filter(|row| row.key() != given).cloned();
    let rows: Vec<Row> = rest.chain(children.into_iter().filter(|_| to_children)).collect();
    Model::new(rows).rows().cloned().collect()
}

/// The first answer that is another one, but for those about one resource.
fn changed_but_for(top: &ResourceId, before: &Snapshot, after: &Snapshot) -> Option<String> {
    find(|check| {
        if matches!(check.target, Target::Resource { kind, id } if kind == top.kind.as_str() && id == top.id.as_str()) {
            return None;
        }
        [10, 20].into_iter().find_map(|now| {
            let (old, new) = (told(before, check, now), told(after, check, now));
            (old != new).then(|| format!("{}: {old:?}, then {new:?}", shown(check, now)))
        })
    })
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn what_a_scope_or_an_assignment_holds_is_what_a_check_through_it_allows(
        state in states::states(),
        access in accesses(),
    ) {
        for name in SCOPES {
            let application = role_id(name).application;
            let application = application.as_str();
            let scope = scope_id(name);
            let rows = with_prober(&state.0, application, scoped(scope.scope.as_str()), None);
            prop_assert_eq!(disagreement(&rows, application), None, "{}", name);
            let model = Model::new(rows);
            let listed = load(model.rows()).resources_of_scope(&scope).map(|held| held.page(None, usize::MAX));
            let held: Vec<_> = model.held_by_scope(&scope).into_iter().collect();
            // Nobody is shown a scope of an application that is not there.
            let there = model.has_application(application);
            prop_assert_eq!(listed.filter(|_| there).unwrap_or_default(), held, "{}", name);
            let prober = states::build::assignment_id("users/prober", &format!("{application}/prober"), None);
            if let Some(Row::Assignment(assignment)) = model.get(&Key::Assignment(prober)) {
                prop_assert_eq!(model.held_by_scope(&scope), model.held_by_assignment(assignment));
            }
        }
        for (holder, role) in SHARERS {
            let name = assignment_name(holder, role, None);
            let application = name.application.clone();
            for access in [ObjectAccess::OWN, access.clone()] {
                let rows = with_prober(&state.0, application.as_str(), access, Some(&name));
                prop_assert_eq!(disagreement(&rows, application.as_str()), None, "{}, {}", holder, role);
            }
        }
    }

    #[test]
    fn m6_moving_a_grant_from_a_resource_to_all_its_children_changes_no_answer_below_it((state, top) in with_a_tree()) {
        let after = load(&moved_down(&state, top, true));
        let top_id = key(top).of(&id("a"));
        prop_assert_eq!(changed_but_for(&top_id, &load(&state.0), &after), None);
    }
}

/// Laws about scopes that hold nothing, and about resources with nothing below them, prove nothing.
#[test]
fn random_scopes_often_hold_something_and_not_everything() {
    let mut runner = TestRunner::deterministic();
    let (mut some, mut none, mut all, mut useful, mut cut_off) = (0, 0, 0, 0, 0);
    for _ in 0..60 {
        let state = states::states().new_tree(&mut runner).unwrap().current();
        let model = Model::new(state.0);
        for name in SCOPES {
            let scope = scope_id(name);
            match (model.held_by_scope(&scope).len(), model.registered(&scope.application).len()) {
                (0, _) => none += 1,
                (held, there) if held < there => some += 1,
                _ => all += 1,
            }
        }
        let (state, top) = with_a_tree().new_tree(&mut runner).unwrap().current();
        let top_id = key(top).of(&id("a"));
        let nothing = load(&moved_down(&state, top, false));
        useful += u32::from(changed_but_for(&top_id, &load(&state.0), &nothing).is_some());
        cut_off += u32::from(lost(&load(&state.0), &load(&moved_down(&state, top, true))).is_some());
    }
    println!(
        "{some} hold some, {none} none, {all} all; {useful} of 60 grants reach something below, {cut_off} the top"
    );
    assert!(some >= 60 && none >= 10 && all >= 5 && useful >= 10 && cut_off >= 10);
}

/// What is selected in each way is among what the random states select.
#[test]
fn random_states_select_in_every_way() {
    let mut runner = TestRunner::deterministic();
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for _ in 0..60 {
        let state = states::states().new_tree(&mut runner).unwrap().current();
        for row in &state.0 {
            let way = match row {
                Row::Selection(row) if row.former => "former".to_owned(),
                Row::Selection(row) => format!("{:?}", row.selection),
                Row::Instance(row) if row.select_all_resources => "all".to_owned(),
                Row::Instance(row) => row.spec.as_ref().map_or("no spec".to_owned(), ToString::to_string),
                Row::AssignedResource(_) => "assigned".to_owned(),
                Row::Assignment(row) if row.access == ObjectAccess::OWN => "own".to_owned(),
                Row::Assignment(row) => format!("all: {}", row.access.is_all()),
                _ => continue,
            };
            *counts.entry(way).or_default() += 1;
        }
    }
    println!("{counts:?}");
    let ways = [SelectionType::Propagate, SelectionType::Unpropagate, SelectionType::Specific];
    let ways = ways.iter().map(|way| format!("{way:?}"));
    let more = ["former", "all", "no spec", "deep", "up", "round", "adapters", "absent", "gone", "assigned", "own"];
    for way in ways.chain(more.map(ToOwned::to_owned)).chain(["all: true".to_owned(), "all: false".to_owned()]) {
        assert!(counts.get(&way).is_some_and(|count| *count >= 20), "{way}: {counts:?}");
    }
}
