//! External identities: whose one is, and which ones a subject has, by the rows alone.

use std::collections::BTreeMap;

use bailiwick::domain::change::Change;
use bailiwick::domain::row::{Key, Row};
use bailiwick::engine::Snapshot;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{cases, load};
use crate::states::build::{identity_id, subject};
use crate::states::{ISSUERS, KNOWN_AS, grid, identities};

/// What the state says of every identity and every subject there can be, and the rows say.
fn difference(engine: &Snapshot, rows: &BTreeMap<Key, Row>) -> Option<String> {
    let has = |bearer: &str| {
        let own = rows.values().filter_map(|row| match row {
            Row::ExternalIdentity(row) if row.bearer == subject(bearer) => Some(row.id.clone()),
            _ => None,
        });
        own.collect::<Vec<_>>()
    };
    let wrong = |bearer: &&&str| engine.external_identities_of(&subject(bearer)) != has(bearer);
    if let Some(bearer) = grid::SUBJECTS.iter().take(10).find(wrong) {
        return Some(format!("{bearer} has {:?}", engine.external_identities_of(&subject(bearer))));
    }
    for issuer in ISSUERS {
        for name in KNOWN_AS {
            let id = identity_id(issuer, name);
            let bearer = rows.get(&Key::ExternalIdentity(id.clone())).and_then(|row| match row {
                Row::ExternalIdentity(row) => Some(row.bearer.clone()),
                _ => None,
            });
            let people = bearer.clone().filter(|bearer| matches!(bearer.collection(), "users" | "clients"));
            if engine.bearer_of(&id) != people {
                return Some(format!("{id:?} is {:?}, not {bearer:?}", engine.bearer_of(&id)));
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn an_identity_is_whose_its_row_says_after_every_change(writes in vec((identities(), any::<bool>()), 1..40)) {
        let mut rows = BTreeMap::new();
        let mut engine = load([]);
        for (row, stays) in writes {
            let before = rows.get(&row.key()).cloned();
            let after = stays.then_some(row.clone());
            let changed = before.is_some() || after.is_some();
            if changed {
                engine = engine.apply(&[Change { before, after: after.clone() }]);
            }
            match after {
                Some(after) => rows.insert(row.key(), after),
                None => rows.remove(&row.key()),
            };
            prop_assert_eq!(difference(&engine, &rows), None);
        }
        prop_assert_eq!(difference(&load(rows.values()), &rows), None, "built from the rows");
    }
}
