//! What follows from having a relation to an object: rights to the object itself, and to what stands below it.
//!
//! Exclusions, and intersections of more than one thing that not everybody has, give nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::schema::{Object, Store, Term};

/// A right to objects of a kind.
type Right = (String, String);

/// What a relation to an object gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Flow {
    /// Rights to the object itself, by kind and name.
    pub(super) here: BTreeSet<Right>,
    /// Rights to what stands below it.
    pub(super) below: BTreeSet<Right>,
    /// From a kind to the kinds of children that rights flow to.
    down: BTreeMap<String, BTreeSet<String>>,
}

/// A kind on a way down, and whether it may come many times in a row.
pub(super) type Step = (String, bool);

/// What a relation to an object gives to those who ask of a kind.
pub(super) fn of_relation(store: &Store, asking: &str, object: &Object, relation: &str) -> Flow {
    let mut flow = Flow::default();
    let mut waiting = vec![((object.kind.clone(), relation.to_owned()), true)];
    while let Some((right, is_here)) = waiting.pop() {
        let known = if is_here { &mut flow.here } else { &mut flow.below };
        if !known.insert(right.clone()) {
            continue;
        }
        let at = |object: &Object, term: &Term| store.everybody_has(asking, object, term);
        // What hangs on the object itself is known for this one alone.
        let here = |kind: &str, term: &Term| is_here && kind == object.kind && at(object, term);
        for (kind, name, term) in
            store.kinds.iter().flat_map(|(kind, all)| all.iter().map(move |it| (kind, it.0, it.1)))
        {
            for leaf in united(store, kind, term, &here) {
                match leaf {
                    Term::Computed(from) if (kind, from) == (&right.0, &right.1) => {
                        waiting.push(((kind.clone(), name.clone()), is_here));
                    }
                    Term::From { right: from, relation }
                        if *from == right.1 && is_parent(store, kind, relation, &right.0) =>
                    {
                        flow.down.entry(right.0.clone()).or_default().insert(kind.clone());
                        waiting.push(((kind.clone(), name.clone()), false));
                    }
                    _ => {}
                }
            }
        }
    }
    let at_root = flow.below.iter().filter(|(kind, _)| *kind == object.kind);
    assert!(at_root.clone().all(|right| flow.here.contains(right)), "{object}#{relation} gives less than below it");
    flow
}

/// The leaves any of which suffices.
fn united<'a>(store: &Store, kind: &str, term: &'a Term, here: &impl Fn(&str, &Term) -> bool) -> Vec<&'a Term> {
    match term {
        Term::Direct(_) | Term::Computed(_) | Term::From { .. } => vec![term],
        Term::Any(terms) => terms.iter().flat_map(|term| united(store, kind, term, here)).collect(),
        Term::All(terms) => {
            let (everybodys, others): (Vec<_>, Vec<_>) =
                terms.iter().partition(|term| store.is_of_everybody(kind, term));
            match others.as_slice() {
                [other] if everybodys.iter().all(|term| here(kind, term)) => united(store, kind, other, here),
                _ => Vec::new(),
            }
        }
        Term::Without(..) => Vec::new(),
    }
}

/// Whether a relation of a kind leads to objects of another.
fn is_parent(store: &Store, kind: &str, relation: &str, parent: &str) -> bool {
    match store.term(kind, relation) {
        Some(Term::Direct(named)) => named.iter().any(|name| name == parent),
        other => panic!("{kind}#{relation} is followed, but is no plain relation: {other:?}"),
    }
}

impl Flow {
    /// The ways down from a kind, none of which begins another.
    pub(super) fn paths(&self, root: &str) -> Vec<Vec<Step>> {
        let mut paths = self.ways(root, &mut vec![root.to_owned()]);
        if self.repeats(root) {
            let again = (root.to_owned(), true);
            paths.push(vec![again.clone()]);
            let longer = self.ways(root, &mut vec![root.to_owned()]);
            paths.extend(longer.into_iter().map(|path| [vec![again.clone()], path].concat()));
        }
        paths
    }

    fn ways(&self, kind: &str, above: &mut Vec<String>) -> Vec<Vec<Step>> {
        let mut ways = Vec::new();
        for next in self.down.get(kind).into_iter().flatten().filter(|next| *next != kind) {
            assert!(!above.contains(next), "rights flow from {next} over {kind} to {next}: not one way down");
            above.push(next.clone());
            let step = (next.clone(), self.repeats(next));
            let further = self.ways(next, above);
            above.pop();
            if further.is_empty() {
                ways.push(vec![step]);
            } else {
                ways.extend(further.into_iter().map(|way| [vec![step.clone()], way].concat()));
            }
        }
        ways
    }

    fn repeats(&self, kind: &str) -> bool {
        self.down.get(kind).is_some_and(|next| next.contains(kind))
    }
}
