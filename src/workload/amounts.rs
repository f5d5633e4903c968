//! How much there is of everything: parameters, their scale, and what was set.

use std::collections::BTreeMap;

use crate::domain::violation::Malformed;

/// A number of a workload that can be set.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// At scale 1.
    pub default: u64,
    /// The least that the scale makes of it; `None`: the scale leaves it as it is.
    pub least: Option<u64>,
    /// What it is a number of.
    pub meaning: &'static str,
}

impl Parameter {
    /// One that grows and shrinks with the scale.
    pub(super) const fn scaled(name: &'static str, default: u64, least: u64, meaning: &'static str) -> Self {
        Self { name, default, least: Some(least), meaning }
    }

    /// One that the scale leaves as it is.
    pub(super) const fn fixed(name: &'static str, default: u64, meaning: &'static str) -> Self {
        Self { name, default, least: None, meaning }
    }
}

/// What is chosen of a workload.
#[derive(Clone, Debug)]
pub struct Settings {
    /// 1 is as the workload is described.
    pub scale: f64,
    /// Everything is drawn from it.
    pub seed: u64,
    /// Parameters by name, in the place of their defaults; the scale does not change them.
    pub set: BTreeMap<String, u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { scale: 1.0, seed: 1, set: BTreeMap::new() }
    }
}

/// The numbers of a workload.
#[derive(Clone, Debug)]
pub(super) struct Amounts(BTreeMap<&'static str, u64>);

impl Amounts {
    pub(super) fn new(parameters: &'static [Parameter], settings: &Settings) -> Result<Self, Malformed> {
        if let Some(name) = settings.set.keys().find(|name| parameters.iter().all(|known| known.name != **name)) {
            return Err(Malformed::new(format!("the workload has no parameter {name}")));
        }
        if !(settings.scale > 0.0 && settings.scale <= 1_000.0) {
            return Err(Malformed::new("the scale must be above 0 and at most 1000"));
        }
        let value = |parameter: &Parameter| match (settings.set.get(parameter.name), parameter.least) {
            (Some(set), least) => (*set).max(least.unwrap_or_default()),
            (None, Some(least)) => scaled(parameter.default, settings.scale).max(least),
            (None, None) => parameter.default,
        };
        Ok(Self(parameters.iter().map(|parameter| (parameter.name, value(parameter))).collect()))
    }

    pub(super) fn get(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.0.iter().map(|(name, value)| (*name, *value))
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "amounts are far below 2^53, and a scale is positive"
)]
fn scaled(amount: u64, scale: f64) -> u64 {
    (amount as f64 * scale).round() as u64
}
