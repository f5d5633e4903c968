//! Which fields of a thing an update writes: its `update_mask`, or else the fields that are set.

use crate::domain::violation::{Malformed, Violations};

/// The fields to be written.
#[derive(Debug)]
pub(super) struct Mask {
    thing: &'static str,
    names: Vec<&'static str>,
}

/// A field that an update can write, and whether the message holds a value for it.
pub(super) type Writable = (&'static str, bool);

impl Mask {
    /// Reads the mask of an update of `thing`, the name of the message's field. Without a mask, or with an empty one,
    /// what is set is written; `*` writes every field, so that what is not set becomes empty.
    pub(super) fn read(
        thing: &'static str,
        sent: Option<&prost_types::FieldMask>,
        writable: &[Writable],
        violations: &mut Violations,
    ) -> Self {
        let paths = sent.map_or(&[][..], |mask| &mask.paths);
        let all = paths.iter().any(|path| path == "*");
        if all && paths.len() > 1 {
            violations.add("update_mask", "`*` stands alone");
        }
        for path in paths.iter().filter(|path| *path != "*") {
            if !writable.iter().any(|(name, _)| name == path) {
                let names: Vec<_> = writable.iter().map(|(name, _)| *name).collect();
                violations.add("update_mask", format!("may name {} or `*`, and nothing else", names.join(", ")));
                break;
            }
        }
        let written = |(name, set): &Writable| match paths {
            [] => *set,
            paths => all || paths.iter().any(|path| path == name),
        };
        let names = writable.iter().filter(|field| written(field)).map(|(name, _)| *name).collect();
        Self { thing, names }
    }

    /// Whether a field is written.
    pub(super) fn has(&self, field: &str) -> bool {
        self.names.contains(&field)
    }

    /// The new value of a field, if it is written and valid; what is not written is not looked at.
    pub(super) fn take<T>(
        &self,
        violations: &mut Violations,
        field: &'static str,
        value: impl FnOnce() -> Result<T, Malformed>,
    ) -> Option<T> {
        if !self.has(field) {
            return None;
        }
        violations.take(format!("{}.{field}", self.thing), value())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const FIELDS: &[Writable] = &[("display_name", true), ("description", false)];

    fn read(paths: &[&str]) -> (Vec<&'static str>, usize) {
        let mask = prost_types::FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() };
        let mut violations = Violations::default();
        let mask = Mask::read("role", Some(&mask), FIELDS, &mut violations);
        (mask.names, violations.into_vec().len())
    }

    #[test]
    fn without_a_mask_what_is_set_is_written() {
        let mask = Mask::read("role", None, FIELDS, &mut Violations::default());
        assert_eq!(mask.names, ["display_name"]);
        assert_eq!(read(&[]), (vec!["display_name"], 0));
    }

    #[test]
    fn a_mask_writes_what_it_names_and_a_star_writes_everything() {
        assert_eq!(read(&["description"]), (vec!["description"], 0));
        assert_eq!(read(&["description", "description"]), (vec!["description"], 0));
        assert_eq!(read(&["*"]), (vec!["display_name", "description"], 0));
    }

    #[test]
    fn a_mask_with_anything_else_is_refused() {
        for paths in [&["name"][..], &["display_name", "*"], &["display_name.x"], &[""], &["Display_name"]] {
            assert_eq!(read(paths).1, 1, "{paths:?}");
        }
    }

    #[test]
    fn only_a_written_field_is_looked_at() {
        let mask = Mask::read("role", None, FIELDS, &mut Violations::default());
        let mut violations = Violations::default();
        assert_eq!(mask.take(&mut violations, "description", || Err::<(), _>(Malformed::new("bad"))), None);
        assert!(violations.is_empty());
        assert_eq!(mask.take(&mut violations, "display_name", || Err::<(), _>(Malformed::new("bad"))), None);
        assert_eq!(violations.into_vec().first().unwrap().field, "role.display_name");
    }
}
