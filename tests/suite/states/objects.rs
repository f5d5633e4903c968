//! What the small world has of resources: how they are related, what selects them, and which an assignment reaches.
//!
//! Relations close cycles and hang in the air, specs name kinds that nothing bears, scopes and instances are missing, and
//! some rows are beyond a limit. Most assignments reach everything, so that there is something else to decide as well.

use bailiwick::domain::assignment::ObjectAccess;
use bailiwick::domain::name::AssignmentName;
use bailiwick::domain::row::Row;
use bailiwick::domain::scope::{SelectionType, Selector};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::build::{
    assigned, assignment_name, below, by_adapter, cuts as build_cut, former, including, instance, names, of_assignment,
    of_scope, propagates, scoped, selecting_all, walks,
};
use super::usually;

/// Registered in most states, where they live in some tenant or in none.
pub(crate) const RESOURCES: &[(&str, &str)] = &[
    ("a", "invoice/2"),
    ("a", "invoice/3"),
    ("a", "report/t1"),
    ("a", "folder/1"),
    ("a", "folder/2"),
    ("a", "V::Host/1"),
    ("a", "V::Host/2"),
    ("a", "W::Host/1"),
    ("b", "invoice/2"),
    ("b", "report/4"),
    ("b", "folder/1"),
    ("bailiwick", "invoice/3"),
];

/// Names of resources; not each is registered in each application, and one is in none.
pub(crate) const KEYS: &[&str] = &[
    "folder/1",
    "folder/2",
    "V::Host/1",
    "V::Host/2",
    "W::Host/1",
    "invoice/2",
    "invoice/3",
    "report/t1",
    "report/4",
    "folder/9",
];

/// A traversal spec: its name, root kind and paths, and whether it selects by adapters.
#[derive(Debug)]
pub(super) struct Spec(&'static str, &'static str, &'static [&'static str], bool);

pub(super) const SPECS: &[Spec] = &[
    Spec("a/deep", "folder", &[">folder* >invoice", ">invoice", ">folder* >V::Host"], false),
    Spec("a/up", "invoice", &["<folder* <V::Host"], false),
    Spec("a/round", "V::Host", &[">folder <V::Host*", ">report"], false),
    Spec("a/adapters", "V::Host", &[">folder"], true),
    Spec("a/absent", "nothing", &[">absent >folder"], false),
    Spec("b/deep", "folder", &[">folder* >invoice"], false),
];

pub(crate) const SCOPES: &[&str] = &["a/s1", "a/s2", "a/s3", "b/s1", "bailiwick/s1"];

/// Who holds which role; these assignments are often there and reach what is their own.
pub(crate) const SHARERS: &[(&str, &str)] = &[
    ("users/s1", "a/r1"),
    ("users/a1", "a/r2"),
    ("groups/g1", "a/r1"),
    ("clients/x", "a/r3"),
    ("groups/x", "a/t1/r1"),
    ("users/b1", "b/r1"),
];

/// The names of their assignments, each with whose it is.
pub(crate) fn shared() -> impl Iterator<Item = (AssignmentName, &'static str, &'static str)> {
    SHARERS.iter().map(|(holder, role)| (assignment_name(holder, role, None), *holder, *role))
}

impl Spec {
    /// Mostly as it is called, at times with fewer paths or of the other type.
    pub(super) fn row(&'static self) -> impl Strategy<Value = Row> {
        let paths = prop_oneof![8 => Just(self.2.len()), 1 => 0..=self.2.len()];
        (paths, usually(0.05)).prop_map(|(paths, other)| {
            let row = walks(self.0, self.1, self.2.split_at(paths).0);
            if self.3 == other { row } else { by_adapter(row) }
        })
    }
}

/// What assignments reach: mostly everything.
pub(crate) fn accesses() -> BoxedStrategy<ObjectAccess> {
    let everything = prop_oneof![12 => Just(ObjectAccess::ALL), 1 => Just(scoped("all-objects"))];
    let both = scopes().prop_map(|scope| ObjectAccess { allow_all_objects: true, ..scope });
    prop_oneof![13 => everything, 1 => both, 5 => scopes(), 1 => Just(ObjectAccess::OWN)].boxed()
}

/// What the sharers' assignments reach: mostly what is their own.
pub(super) fn own_accesses() -> BoxedStrategy<ObjectAccess> {
    prop_oneof![6 => Just(ObjectAccess::OWN), 2 => scopes(), 2 => Just(ObjectAccess::ALL)].boxed()
}

fn scopes() -> impl Strategy<Value = ObjectAccess> {
    prop_oneof![8 => select(&["s1", "s2", "s3"][..]), 1 => Just("gone")].prop_map(scoped)
}

/// Any row about resources, but for the resources, specs and scopes themselves.
pub(super) fn objects() -> BoxedStrategy<Row> {
    prop_oneof![3 => relations(), 4 => instances(), 3 => additions(), 3 => cut_or_not(), 2 => shares()].boxed()
}

/// Rows about resources that only add to what somebody reaches.
pub(crate) fn additions() -> BoxedStrategy<Row> {
    prop_oneof![1 => relations(), 2 => instances(), 3 => selections(false), 2 => shares()].boxed()
}

/// A relation; most parents are folders.
pub(crate) fn relations() -> impl Strategy<Value = Row> {
    let parents = prop_oneof![6 => select(KEYS.split_at(3).0), 1 => select(KEYS)];
    (select(&["a", "a", "a", "a", "b"][..]), select(KEYS), parents)
        .prop_map(|(of, child, parent)| below(of, child, parent))
}

fn selectors() -> impl Strategy<Value = Selector> {
    let scopes = prop_oneof![select(SCOPES.split_at(3).0), select(SCOPES)].prop_map(of_scope);
    let sharers = select(SHARERS).prop_map(|(holder, role)| of_assignment(holder, role));
    prop_oneof![scopes, sharers]
}

/// The last number is beyond the limit.
fn numbers() -> impl Strategy<Value = u16> {
    prop_oneof![14 => Just(0), 2 => Just(1), 1 => Just(63), 1 => Just(64)]
}

fn instances() -> impl Strategy<Value = Row> {
    let specs = select(&["deep", "deep", "up", "round", "adapters", "adapters", "absent", "gone"][..]);
    let adapters = prop_oneof![1 => Just(&[][..]), 2 => Just(&["V"][..]), 1 => Just(&["W", ""][..])];
    (selectors(), numbers(), option::weighted(0.7, specs), adapters, usually(0.15)).prop_map(
        |(selector, number, spec, adapters, all)| {
            let row = including(instance(&selector, number, spec), adapters);
            if all { selecting_all(row) } else { row }
        },
    )
}

/// Cuts, for there to be some that can be lifted.
pub(crate) fn cuts() -> impl Strategy<Value = Row> {
    (selectors(), numbers(), select(KEYS)).prop_map(|(selector, number, name)| build_cut(&selector, number, name))
}

/// Specs as they are called, or with other paths.
pub(crate) fn specs() -> impl Strategy<Value = Row> {
    (0..SPECS.len()).prop_flat_map(|at| SPECS[at].row())
}

fn cut_or_not() -> impl Strategy<Value = Row> {
    selections(true)
}

/// Of what is cut, some has been deleted since; of what is not, only behind the product's back.
fn selections(cut: bool) -> impl Strategy<Value = Row> {
    let give = || prop_oneof![7 => Just(SelectionType::Propagate), 3 => Just(SelectionType::Specific)];
    let types =
        if cut { prop_oneof![3 => Just(SelectionType::Unpropagate), 1 => give()].boxed() } else { give().boxed() };
    (selectors(), numbers(), types, select(KEYS), any::<u8>()).prop_map(|(selector, number, selection, name, seed)| {
        let (row, of) = match selection {
            SelectionType::Propagate => (propagates(&selector, number, name), 32),
            SelectionType::Unpropagate => (build_cut(&selector, number, name), 4),
            SelectionType::Specific => (names(&selector, number, name), 32),
        };
        if seed % of == 0 { former(row) } else { row }
    })
}

fn shares() -> impl Strategy<Value = Row> {
    (select(SHARERS), select(KEYS)).prop_map(|((holder, role), name)| assigned(holder, role, name))
}
