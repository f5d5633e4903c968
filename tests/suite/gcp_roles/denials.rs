//! Which denials are asked about: half of them beside a grant, where a mistake by one place would show.

use std::collections::BTreeMap;

use super::catalogue::Catalogue;
use crate::access_matrix::exam::Random;
use crate::harness::Server;

/// So many pairs that are no grants, each once: half of them as near to a grant as there are any, by one step in
/// the order of the privileges or of the roles, or by two, and so on; the others anywhere.
pub(super) fn chosen(catalogue: &Catalogue, count: usize) -> Vec<(usize, usize)> {
    let mut chosen =
        Chosen { taken: vec![vec![false; catalogue.keys.len()]; catalogue.roles.len()], pairs: Vec::new() };
    let mut distance = 1;
    while chosen.pairs.len() < count / 2 {
        for (role, key) in catalogue.grants() {
            for pair in [
                (Some(role), key.checked_sub(distance)),
                (Some(role), Some(key + distance)),
                (role.checked_sub(distance), Some(key)),
                (Some(role + distance), Some(key)),
            ] {
                if let (Some(role), Some(key)) = pair
                    && chosen.pairs.len() < count / 2
                {
                    chosen.take(catalogue, role, key);
                }
            }
        }
        distance += 1;
    }
    println!("denials up to {} steps from a grant: {}", distance - 1, chosen.pairs.len());
    let mut random = Random(3);
    while chosen.pairs.len() < count {
        chosen.take(catalogue, random.below(catalogue.roles.len()), random.below(catalogue.keys.len()));
    }
    chosen.pairs
}

struct Chosen {
    taken: Vec<Vec<bool>>,
    pairs: Vec<(usize, usize)>,
}

impl Chosen {
    /// Takes the pair unless it is outside the catalogue, a grant, or taken already.
    fn take(&mut self, catalogue: &Catalogue, role: usize, key: usize) {
        let inside = role < catalogue.roles.len() && key < catalogue.keys.len();
        if inside && !catalogue.gives(role, key) && !std::mem::replace(&mut self.taken[role][key], true) {
            self.pairs.push((role, key));
        }
    }
}

/// Five privileges have a twin that differs only by case, and every user is asked about both.
pub(super) async fn near_twins_are_two_privileges(server: &Server, catalogue: &Catalogue) {
    let mut twins: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, key) in catalogue.keys.iter().enumerate() {
        twins.entry(key.to_lowercase()).or_default().push(at);
    }
    let twins: Vec<Vec<usize>> = twins.into_values().filter(|same| same.len() > 1).collect();
    assert_eq!(twins.len(), 5);
    let apart = |pair: &Vec<usize>| {
        (0..catalogue.roles.len()).any(|role| catalogue.gives(role, pair[0]) != catalogue.gives(role, pair[1]))
    };
    assert!(twins.iter().all(|pair| pair.len() == 2) && twins.iter().any(apart));
    let exam = super::exam(server, &catalogue.roles, catalogue).await;
    let pairs = (0..catalogue.roles.len()).flat_map(|role| twins.iter().flatten().map(move |key| (role, *key)));
    exam.ask(pairs, |role, key| catalogue.gives(role, key)).await.say("near-twins");
}
