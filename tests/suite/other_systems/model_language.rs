//! The language of `OpenFGA`'s models, as far as the sample stores speak it: no parentheses, no modules.

use std::collections::BTreeMap;

use super::schema::Term;

/// Reads a model: its types with their relations.
pub(super) fn read(model: &str) -> BTreeMap<String, BTreeMap<String, Term>> {
    let (mut kinds, mut kind) = (BTreeMap::<String, BTreeMap<String, Term>>::new(), String::new());
    let lines = model.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    // Conditions are no relations, and stand at the end.
    for line in lines.take_while(|line| !line.starts_with("condition ")) {
        if let Some(name) = line.strip_prefix("type ") {
            name.trim().clone_into(&mut kind);
            kinds.entry(kind.clone()).or_default();
        } else if let Some(definition) = line.strip_prefix("define ") {
            let (name, text) = definition.split_once(':').unwrap();
            let before = kinds.get_mut(&kind).unwrap().insert(name.trim().to_owned(), term(text.trim()));
            assert!(before.is_none(), "{line}");
        } else {
            assert!(["model", "schema 1.1", "relations"].contains(&line), "{line}");
        }
    }
    kinds
}

/// Two operators do not stand beside each other without parentheses.
fn term(text: &str) -> Term {
    assert!(!text.contains('('), "{text}");
    let operators = [" or ", " and ", " but not "].into_iter().filter(|operator| text.contains(operator));
    match operators.collect::<Vec<_>>().as_slice() {
        [] => leaf(text),
        [" or "] => Term::Any(text.split(" or ").map(leaf).collect()),
        [" and "] => Term::All(text.split(" and ").map(leaf).collect()),
        [" but not "] => {
            let (one, other) = text.split_once(" but not ").unwrap();
            Term::Without(Box::new(leaf(one)), Box::new(leaf(other)))
        }
        more => panic!("{text}: {more:?}"),
    }
}

fn leaf(text: &str) -> Term {
    let text = text.trim();
    if let Some(named) = text.strip_prefix('[') {
        let named = named.strip_suffix(']').unwrap().split(',').map(str::trim);
        // A condition is said again by the tuple that has it.
        return Term::Direct(named.map(|name| name.split(" with ").next().unwrap().to_owned()).collect());
    }
    match text.split_once(" from ") {
        Some((right, relation)) => Term::From { right: right.trim().to_owned(), relation: relation.trim().to_owned() },
        None => Term::Computed(text.to_owned()),
    }
}
