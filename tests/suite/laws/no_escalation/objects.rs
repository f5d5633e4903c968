//! The same of what assignments reach: a scope that holds more, a cut that is lifted, a spec that leads elsewhere, a
//! resource that is shared.

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::{Key, Row};
use bailiwick::domain::scope::{SelectionType, Selector};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Cell, TestRunner, ValueTree, Writer, cases, try_all};
use crate::model::Model;
use crate::states::build::{assignment_id, gives_all, holds, reaching, role};
use crate::states::{self, State, grid, objects};

/// A state with somebody in it who holds everything over some resources, and writes that he might want to make.
fn wishes() -> impl Strategy<Value = (State, &'static str, State)> {
    let givers = select(grid::SUBJECTS.split_at(grid::REAL_SUBJECTS).0);
    let own = (any::<bool>(), objects::accesses(), objects::accesses());
    let writes = vec(prop_oneof![6 => objects::additions(), 3 => objects::cuts(), 2 => objects::specs()], 1..24);
    (states::careful_states(), givers, own, writes).prop_map(|(mut state, giver, (delegates, all, some), writes)| {
        for (name, access, key) in [("a/own", some, "*"), ("a/other", all, "bailiwick:role:delegate")] {
            if name == "a/own" || delegates {
                let rows = [role(name, Boundary::Application, Visibility::All), gives_all(name, key)];
                state.0.extend(rows);
                state.0.push(reaching(holds(giver, name), access));
            }
        }
        let state = State(Model::new(state.0).rows().cloned().collect());
        (state, giver, State(writes))
    })
}

/// Whether a request could say so: what it names is there.
fn could_be_asked(model: &Model, write: &Row) -> bool {
    let is_there = |selector: &Selector, resource: &bailiwick::domain::name::ResourceKey| {
        let id = resource.clone().of(selector.application());
        model.get(&Key::Resource(id)).is_some()
    };
    match write {
        Row::Selection(row) => !row.former && is_there(&row.instance.selector, &row.resource),
        Row::AssignedResource(row) => is_there(&Selector::Assignment(row.assignment.clone()), &row.resource),
        Row::Instance(_) => true,
        // One that is made can be asked about from then on, which is nothing that it gives.
        Row::TraversalSpec(row) => model.get(&Key::TraversalSpec(row.id.clone())).is_some(),
        _ => false,
    }
}

/// Whether the engine lets the writer do it.
fn may_select(writer: &Writer<'_>, write: &Row) -> bool {
    if !could_be_asked(writer.model, write) {
        return false;
    }
    let (after, gift, before) = (writer.after(write), writer.gift(), writer.engine);
    let made = |name: &bailiwick::domain::name::AssignmentName| {
        let (_, holder, role) = objects::shared().find(|(shared, ..)| shared == name)?;
        Some(assignment_id(holder, role, None))
    };
    let selector = match write {
        Row::TraversalSpec(row) => return after.shortfall_of_spec(gift, &row.id, before).is_none(),
        Row::AssignedResource(row) => {
            let Some(id) = made(&row.assignment) else { return false };
            let resources = std::slice::from_ref(&row.resource);
            return before.judge(gift).shortfall_of_named(&id, resources, &after).is_none();
        }
        Row::Instance(row) => &row.id.selector,
        Row::Selection(row) => &row.instance.selector,
        _ => return false,
    };
    match selector {
        Selector::Scope(scope) => after.shortfall_of_scope(gift, scope, before).is_none(),
        Selector::Assignment(name) => {
            made(name).is_some_and(|id| before.judge(gift).shortfall_of_put(&id, &after).is_none())
        }
    }
}

/// A cut that is there is lifted by writing it again.
pub(super) fn lifts(model: &Model, write: &Row) -> bool {
    let is_cut = matches!(write, Row::Selection(row) if row.selection == SelectionType::Unpropagate);
    is_cut && model.get(&write.key()).is_some()
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn no_escalation_by_selecting_resources((state, giver, writes) in wishes()) {
        prop_assert_eq!(try_all(&state, giver, &writes, may_select), None);
    }
}

/// A law about writes that nobody may make, or that give nothing, proves nothing.
#[test]
fn random_selections_are_often_allowed_and_give_something() {
    let (mut runner, useful, refused) = (TestRunner::deterministic(), Cell::new(0), Cell::new(0));
    for _ in 0..180 {
        if useful.get() >= 3 && refused.get() >= 3 {
            break;
        }
        let (state, giver, writes) = wishes().new_tree(&mut runner).unwrap().current();
        try_all(&state, giver, &writes, |writer, write| {
            if could_be_asked(writer.model, write) && writer.new_right(write, |_, _| true).is_some() {
                let count = if may_select(writer, write) { &useful } else { &refused };
                count.set(count.get() + 1);
            }
            false
        });
    }
    let (useful, refused) = (useful.get(), refused.get());
    assert!(useful >= 3 && refused >= 3, "{useful} allowed and {refused} refused that give something");
}
