//! Words that administrators keep beside a thing. They mean nothing to a decision.

use std::collections::BTreeMap;

use super::limit::METADATA_ENTRIES_MAX;
use super::text;
use super::violation::Violations;

/// Values by their keys.
pub type Metadata = BTreeMap<String, String>;

/// The metadata of `field`, with a violation for each entry that is not as it must be.
pub fn checked<'a>(
    violations: &mut Violations,
    field: &str,
    entries: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Metadata {
    let mut metadata = Metadata::new();
    for (key, value) in entries {
        let key = violations.take(field, text::metadata_key(key));
        let value = violations.take(field, text::metadata_value(value));
        metadata.extend(key.zip(value));
    }
    if metadata.len() > METADATA_ENTRIES_MAX {
        violations
            .add(field, format!("must hold at most {METADATA_ENTRIES_MAX} entries, and holds {}", metadata.len()));
    }
    metadata
}
