//! The merged layers as a bag of leaves that the sections take their keys from.
//!
//! Guarantees: a key that nobody takes is unknown and refused; a value that does not fit leaves the
//! default in place and is remembered, so that reading goes on and every violation is found.
//! It does not know which keys exist: the sections do.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use config::{ConfigError, File, FileFormat, Source as _, Value, ValueKind};

use super::error::{Error, Violation};
use super::flags::{Setting, Source};
use super::otlp::Ratio;
use super::standard::Fallbacks;
use super::units;

/// Where what stands in for a key comes from.
const STANDARD: &str = "a variable of OpenTelemetry";

/// What is left to take, and what was wrong so far.
pub(super) struct Reader {
    leaves: BTreeMap<String, Value>,
    violations: Vec<Violation>,
}

impl Reader {
    /// Reads the file, if there is one, and lays the settings over it.
    pub(super) fn open(source: &Source, settings: &[Setting<'_>]) -> Result<Self, Error> {
        let mut builder = config::Config::builder();
        if let Some(path) = &source.config {
            builder = builder.add_source(File::from(path.as_path()).format(FileFormat::Toml).required(true));
        }
        for (key, value) in settings {
            builder = builder.set_override_option(*key, value.map(str::to_owned)).map_err(|e| unusable(source, &e))?;
        }
        let merged = builder.build().and_then(|merged| merged.collect()).map_err(|e| unusable(source, &e))?;
        let mut leaves = BTreeMap::new();
        for (name, value) in merged {
            flatten(name, value, &mut leaves);
        }
        Ok(Self { leaves, violations: Vec::new() })
    }

    /// Fills in what is set nowhere; answers with what was said of such keys and left out.
    pub(super) fn fall_back(&mut self, fallbacks: Fallbacks) -> Vec<String> {
        let is_set = |key: &str| self.leaves.contains_key(key) || self.leaves.contains_key(&format!("{key}_file"));
        let left_out = fallbacks.left_out.into_iter().filter(|(key, _)| !is_set(key));
        let left_out = left_out.map(|(_, words)| words.to_owned()).collect();
        let missing: Vec<_> = fallbacks.values.into_iter().filter(|(key, _)| !is_set(key)).collect();
        for (key, value) in missing {
            self.leaves.insert(key.to_owned(), Value::new(Some(&STANDARD.to_owned()), value));
        }
        left_out
    }

    /// Where each key that is set comes from, in words.
    pub(super) fn origins(&self) -> BTreeMap<String, String> {
        let of = |value: &Value| match value.origin() {
            None => "a flag or variable",
            Some(STANDARD) => STANDARD,
            Some(_) => "the file",
        };
        self.leaves.iter().map(|(key, value)| (key.clone(), of(value).to_owned())).collect()
    }

    /// Remembers a violation.
    pub(super) fn refuse(&mut self, key: &str, problem: impl Into<String>) {
        self.violations.push(Violation { key: key.to_owned(), problem: problem.into() });
    }

    /// Whether something is wrong with a key or with what is below it, so that what follows from
    /// its absence need not be said as well.
    pub(super) fn has_failed(&self, key: &str) -> bool {
        self.violations.iter().any(|violation| violation.key.starts_with(key))
    }

    /// Takes a key's text; numbers and truth values are taken as they are written.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let text = self.leaves.remove(key)?.into_string();
        match text {
            Ok(text) if text.is_empty() => self.refuse(key, "is empty"),
            Ok(text) => return Some(text),
            Err(_) => self.refuse(key, "must be a single value"),
        }
        None
    }

    /// Takes a key's list; absent is empty.
    pub(super) fn list(&mut self, key: &str) -> Vec<Value> {
        match self.leaves.remove(key).map(|value| value.kind) {
            None => Vec::new(),
            Some(ValueKind::Array(entries)) => entries,
            Some(_) => {
                self.refuse(key, "must be a list");
                Vec::new()
            }
        }
    }

    /// Takes `true` or `false`.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let mut found = None;
        self.choice(key, &[("true", Some(true)), ("false", Some(false))], &mut found);
        found
    }

    /// Takes one of a few words.
    pub(super) fn choice<T: Copy>(&mut self, key: &str, words: &[(&str, T)], into: &mut T) {
        let Some(text) = self.text(key) else { return };
        let chosen = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        self.settle(key, into, chosen, || {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            format!("{text:?} is none of {}", words.join(", "))
        });
    }

    /// Takes an address with its port.
    pub(super) fn address(&mut self, key: &str, into: &mut SocketAddr) {
        let mut found = None;
        self.optional_address(key, &mut found);
        *into = found.unwrap_or(*into);
    }

    /// Takes an address with its port, where one may be missing.
    pub(super) fn optional_address(&mut self, key: &str, into: &mut Option<SocketAddr>) {
        let Some(text) = self.text(key) else { return };
        self.settle(key, into, text.parse().ok().map(Some), || {
            format!("{text:?} is no IP address with a port, such as 127.0.0.1:50051")
        });
    }

    /// Takes a whole number within a range.
    pub(super) fn number<T>(&mut self, key: &str, range: RangeInclusive<u64>, into: &mut T)
    where
        T: TryFrom<u64>,
    {
        let Some(text) = self.text(key) else { return };
        let number = text.parse().ok().filter(|number| range.contains(number));
        self.settle(key, into, number.and_then(|number| T::try_from(number).ok()), || {
            format!("{text:?} is no whole number from {} to {}", range.start(), range.end())
        });
    }

    /// Takes a size within a range.
    pub(super) fn bytes<T>(&mut self, key: &str, range: RangeInclusive<u64>, into: &mut T)
    where
        T: TryFrom<u64>,
    {
        let Some(text) = self.text(key) else { return };
        let size = units::bytes(&text).filter(|size| range.contains(size));
        self.settle(key, into, size.and_then(|size| T::try_from(size).ok()), || {
            let [least, most] = [range.start(), range.end()].map(|size| units::spell_bytes(*size));
            format!("{text:?} is no size from {least} to {most}")
        });
    }

    /// Takes a number from 0 to 1.
    pub(super) fn ratio(&mut self, key: &str, into: &mut Ratio) {
        let Some(text) = self.text(key) else { return };
        self.settle(key, into, Ratio::parse(&text), || format!("{text:?} is no number from 0 to 1"));
    }

    /// Takes a duration within a range.
    pub(super) fn duration(&mut self, key: &str, range: RangeInclusive<Duration>, into: &mut Duration) {
        let Some(text) = self.text(key) else { return };
        let duration = units::duration(&text).filter(|duration| range.contains(duration));
        self.settle(key, into, duration, || {
            let [least, most] = [range.start(), range.end()].map(|d| units::spell_duration(*d));
            format!("{text:?} is no duration from {least} to {most} (units: ms, s, m, h)")
        });
    }

    /// Stores what was found, or remembers why nothing was.
    fn settle<T>(&mut self, key: &str, into: &mut T, found: Option<T>, problem: impl FnOnce() -> String) {
        if let Some(value) = found {
            *into = value;
        } else {
            self.refuse(key, problem());
        }
    }

    /// Ends the reading: what is left over is unknown.
    pub(super) fn finish(self) -> Result<(), Error> {
        self.finish_where(|_| true)
    }

    /// Ends the reading for a command that uses one section: unknown keys, and that section's violations.
    pub(super) fn finish_section(self, section: &str) -> Result<(), Error> {
        self.finish_where(|key| key.split('.').next() == Some(section))
    }

    fn finish_where(self, of_interest: impl Fn(&str) -> bool) -> Result<(), Error> {
        let unknown = self.leaves.into_keys().map(|key| Violation { key, problem: "is no key".to_owned() });
        let wrong = self.violations.into_iter().filter(|violation| of_interest(&violation.key));
        let mut violations: Vec<_> = unknown.chain(wrong).collect();
        violations.sort();
        if violations.is_empty() { Ok(()) } else { Err(Error::Invalid(violations)) }
    }
}

fn flatten(name: String, value: Value, leaves: &mut BTreeMap<String, Value>) {
    match value.kind {
        ValueKind::Table(fields) if !fields.is_empty() => {
            for (field, value) in fields {
                flatten(format!("{name}.{field}"), value, leaves);
            }
        }
        ValueKind::Table(_) | ValueKind::Nil => {}
        _ => {
            leaves.insert(name, value);
        }
    }
}

/// Says what is wrong with the file, but never repeats a line of it: the line may hold a secret.
fn unusable(source: &Source, error: &ConfigError) -> Error {
    let reason = match error {
        ConfigError::FileParse { cause, .. } => {
            let text = cause.to_string();
            let mut lines = text.lines();
            let place = lines.next().unwrap_or_default();
            lines.next_back().map_or_else(|| place.to_owned(), |what| format!("{place}: {what}"))
        }
        other => other.to_string(),
    };
    let path = source.config.clone().unwrap_or_default();
    Error::File { path: Path::new(&path).to_owned(), reason }
}
