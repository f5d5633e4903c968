//! The example that shows every kind of line with every field that it can have.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick::app::error::Error;
use bailiwick::app::policy_line::Line;
use serde_json::{Map, Value, json};

use super::transfer::{export, import};
use crate::harness::{block_on, on_every_store};

const EXAMPLE: &str = include_str!("../../../examples/every_line_of_an_import.jsonl");

/// What the format would have taken in the place of a word that it does not know.
fn expected_instead_of_unknown(line: &Value) -> BTreeSet<String> {
    let Error::Invalid(violations) = Line::parse(line.to_string().as_bytes()).unwrap_err() else { panic!("{line}") };
    let refusal = &violations[0].description;
    let words = refusal.split_once("expected").unwrap_or_else(|| panic!("{refusal}")).1;
    words.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn kinds() -> BTreeMap<String, BTreeSet<String>> {
    let fields = |kind: &String| expected_instead_of_unknown(&json!({kind: {"?": 1}}));
    expected_instead_of_unknown(&json!({"?": {}})).into_iter().map(|kind| (kind.clone(), fields(&kind))).collect()
}

#[test]
fn the_example_has_every_kind_of_line_and_every_field() {
    let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in EXAMPLE.lines() {
        let line: Map<String, Value> = serde_json::from_str(line).unwrap();
        for (kind, thing) in line {
            shown.entry(kind).or_default().extend(thing.as_object().unwrap().keys().cloned());
        }
    }
    assert_eq!(shown, kinds());
}

#[test]
fn the_example_is_imported_whole_and_exported_again() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            import(&clients, EXAMPLE).await;
            let exported = export(&clients).await.document;
            for kind in kinds().keys() {
                assert!(exported.contains(&format!("{{\"{kind}\":")), "{kind}");
            }
            let again = import(&clients, EXAMPLE).await;
            assert_eq!((again.created, again.updated), (0, 0));
        });
    });
}
