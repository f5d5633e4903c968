//! Traversal specs: named ways to walk the graph of resources from those of one kind.

use super::id::ResourceKind;
use super::limit::{SPEC_PATHS_MAX, SPEC_STEPS_MAX};
use super::name::TraversalSpecId;
use super::row::Stamp;
use super::violation::Malformed;

/// A traversal spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraversalSpec {
    /// Its identity.
    pub id: TraversalSpecId,
    /// The adapter that the root kind comes from; may be empty.
    pub root_adapter_kind: String,
    /// The root kind, without its adapter.
    pub root_resource_kind: String,
    /// Unique, byte for byte, among those with the same root.
    pub spec_name: String,
    /// For people.
    pub description: String,
    /// How it selects.
    pub filter_type: FilterType,
    /// Ways from the root, each a row of steps.
    pub paths: Vec<Vec<TraversalStep>>,
    /// Who made and last changed it, and when.
    pub stamp: Stamp,
}

/// How a traversal spec selects resources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FilterType {
    /// By walking its paths.
    #[default]
    GenericRelation,
    /// By the adapters that their kinds come from.
    AdapterAssociation,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraversalStep {
    /// The kind of the resources that it leads to.
    pub kind: ResourceKind,
    /// Which way.
    pub direction: Direction,
    /// Whether it is taken again and again.
    pub recursive: bool,
}

/// Which way a step goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the children.
    Child,
    /// To the parents.
    Parent,
}

impl TraversalSpec {
    /// The kind that its walks begin with, with its adapter.
    pub fn root_kind(&self) -> Result<ResourceKind, Malformed> {
        qualified(&self.root_adapter_kind, &self.root_resource_kind)
    }

    /// Whether some step leads to parents: such a walk can meet its bound when it is asked for.
    pub fn climbs(&self) -> bool {
        self.paths.iter().flatten().any(|step| step.direction == Direction::Parent)
    }

    /// Its name with its root, such that no two of them coincide: what is unique of it.
    pub fn full_name(&self) -> String {
        full_name(&self.root_adapter_kind, &self.root_resource_kind, &self.spec_name)
    }
}

/// The name of a traversal spec with its root. Kinds hold no slash, so it is one-to-one.
pub fn full_name(adapter: &str, kind: &str, spec_name: &str) -> String {
    format!("{adapter}/{kind}/{spec_name}")
}

/// The adapter that a root kind comes from, if `text` is one: such that the first `::` after it ends it.
pub fn root_adapter_kind(text: &str) -> Result<String, Malformed> {
    if text.is_empty() {
        return Ok(String::new());
    }
    ResourceKind::check_form(text)?;
    if text.contains("::") || text.ends_with(':') {
        return Err(Malformed::new("must not contain `::`, nor end with `:`"));
    }
    Ok(text.to_owned())
}

/// A root kind without its adapter, if `text` is one of that adapter.
pub fn root_resource_kind(adapter: &str, text: &str) -> Result<String, Malformed> {
    if text.is_empty() {
        return Err(Malformed::new("must not be empty"));
    }
    if adapter.is_empty() && text.contains("::") {
        return Err(Malformed::new("must not contain `::`; what is before it is the adapter"));
    }
    qualified(adapter, text).map(|_| text.to_owned())
}

/// A kind with the adapter that it comes from.
pub fn qualified(adapter: &str, kind: &str) -> Result<ResourceKind, Malformed> {
    if adapter.is_empty() { ResourceKind::parse(kind) } else { ResourceKind::parse(&format!("{adapter}::{kind}")) }
}

/// Refuses a root that is no kind, or that another adapter and kind could be read from as well.
pub fn check_root(adapter: &str, kind: &str) -> Result<(), Malformed> {
    root_adapter_kind(adapter)?;
    root_resource_kind(adapter, kind).map(|_| ())
}

/// Refuses more paths or steps than there may be, and a path without steps.
pub fn check_paths(paths: &[Vec<TraversalStep>]) -> Result<(), Malformed> {
    if paths.len() > SPEC_PATHS_MAX {
        return Err(Malformed::new(format!("must hold at most {SPEC_PATHS_MAX}, and holds {}", paths.len())));
    }
    match paths.iter().position(|path| !(1..=SPEC_STEPS_MAX).contains(&path.len())) {
        Some(at) => Err(Malformed::new(format!("path {at} must have 1 to {SPEC_STEPS_MAX} steps"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_read_back_from_its_kind() {
        for (adapter, kind) in [("", "Host"), ("VMWARE", "Host"), ("A:B", ":C"), ("A", "B::C"), ("A", ":"), ("", "a:b")]
        {
            assert_eq!(root_adapter_kind(adapter).as_deref(), Ok(adapter));
            assert_eq!(root_resource_kind(adapter, kind).as_deref(), Ok(kind));
            let Ok(root) = qualified(adapter, kind) else { panic!("{adapter} {kind}") };
            let parts = root.as_str().split_once("::").unwrap_or(("", root.as_str()));
            assert_eq!(parts, (adapter, kind));
        }
        for adapter in ["A::B", "A:", "::", "a b", "/"] {
            assert!(root_adapter_kind(adapter).is_err(), "{adapter}");
        }
        for (adapter, kind) in [("", "A::B"), ("", ""), ("A", ""), ("", "users"), ("A", "a/b"), ("", "::")] {
            assert!(root_resource_kind(adapter, kind).is_err(), "{adapter} {kind}");
        }
        let long = "k".repeat(120);
        assert!(root_resource_kind("sixsix", &long).is_ok() && root_resource_kind("sevenad", &long).is_err());
    }
}
