//! What a path holds and for how long, as far as comparing two of them needs to know.

use std::sync::Arc;

use super::wanted::Wanted;
use crate::domain::time::Time;

/// Where the targets that a path holds may live.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Within {
    Everything,
    /// In some tenant, or application-level: not what has lost its tenants, what nobody registered, and what acts in
    /// every tenant.
    Somewhere,
    /// In one of these; empty = nothing.
    Tenants(Vec<u32>),
}

/// The targets that a path holds, as far as comparing two of them needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Reach {
    pub(super) within: Within,
    /// What has one of these tenants is not held.
    pub(super) but: Vec<u32>,
}

impl Reach {
    pub(super) fn everything() -> Self {
        Self { within: Within::Everything, but: Vec::new() }
    }

    pub(super) fn tenants(tenants: Vec<u32>) -> Self {
        Self { within: Within::Tenants(tenants), but: Vec::new() }
    }

    pub(super) fn nothing() -> Self {
        Self::tenants(Vec::new())
    }

    /// The same as an exclusion list leaves it, also an empty one: without what has one of these tenants, and without
    /// what it cannot tell to have none of them.
    pub(super) fn but(mut self, tenants: Vec<u32>) -> Self {
        match &mut self.within {
            Within::Tenants(within) => within.retain(|tenant| !tenants.contains(tenant)),
            within => *within = Within::Somewhere,
        }
        self.but = tenants;
        self
    }

    pub(super) fn includes(&self, other: &Self) -> bool {
        let holds_no_less = self.but.iter().all(|tenant| other.but.contains(tenant));
        match (&self.within, &other.within) {
            (_, Within::Tenants(none)) if none.is_empty() => true,
            (Within::Everything, _) | (Within::Somewhere, Within::Somewhere | Within::Tenants(_)) => holds_no_less,
            (Within::Tenants(_), Within::Somewhere) | (_, Within::Everything) => false,
            (Within::Tenants(own), Within::Tenants(other)) => {
                holds_no_less && other.iter().all(|tenant| own.contains(tenant))
            }
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        matches!(&self.within, Within::Tenants(tenants) if tenants.is_empty())
    }
}

/// A reach, the resources in it that are meant, and when it ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Span {
    pub(super) reach: Reach,
    /// `None` = all.
    pub(super) wanted: Option<Arc<Wanted>>,
    pub(super) until: Option<Time>,
}

impl Span {
    /// Whether a privilege reaches nothing by it: one that is object-scoped when no resource is selected, any other when
    /// resources alone are new.
    pub(super) fn is_nothing_for(&self, object_scoped: bool) -> bool {
        self.wanted.as_ref().is_some_and(|wanted| if object_scoped { wanted.is_nothing() } else { wanted.besides })
    }

    /// The same reach, on every resource in it.
    pub(super) fn on_all_objects(&self) -> Self {
        Self { wanted: None, ..self.clone() }
    }
}

/// Whether what ends at one time ends no earlier than what ends at another.
pub(super) fn lasts(own: Option<Time>, other: Option<Time>) -> bool {
    match (own, other) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(own), Some(other)) => own >= other,
    }
}
