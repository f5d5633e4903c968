//! What must hold of resources and of what selects them: no cycle, no more parents, steps, ancestors, instances and ids
//! than there may be.

use std::collections::BTreeSet;

use super::{at_most, obstacle};
use crate::app::error::Result;
use crate::domain::limit;
use crate::domain::name::ResourceId;
use crate::domain::scope::Selector;
use crate::domain::violation::Violations;
use crate::engine::Snapshot;

/// What a call has changed of them.
#[derive(Default)]
pub(super) struct Touched {
    pub(super) children: BTreeSet<ResourceId>,
    pub(super) selectors: BTreeSet<Selector>,
}

/// Where the parents of a resource are, for who knows the request to say it by its fields.
fn parents_field(child: &ResourceId) -> String {
    format!("{child}.parents")
}

pub(super) fn check(touched: &Touched, after: &Snapshot, violations: &mut Violations) -> Result<()> {
    let mut families = BTreeSet::new();
    for child in &touched.children {
        let parents = after.parents_of(child);
        if parents.len() > limit::RESOURCE_PARENTS_MAX {
            at_most(parents.len(), limit::RESOURCE_PARENTS_MAX, &parents_field(child), violations);
            continue;
        }
        // Of those with the same parents and nothing below them, one stands for all.
        if !after.is_parent(child) && !families.insert((&child.application, parents)) {
            continue;
        }
        let found = after.relation_obstacle(child);
        obstacle(found, child, &parents_field(child), limit::RESOURCE_DEPTH_MAX, violations)?;
    }
    for selector in &touched.selectors {
        let (instances, ids) = after.selector_sizes(selector);
        let name = match selector {
            Selector::Scope(scope) => scope.to_string(),
            Selector::Assignment(assignment) => assignment.to_string(),
        };
        at_most(instances, limit::INSTANCES_MAX, &format!("instances of {name}"), violations);
        at_most(ids, limit::INSTANCE_IDS_MAX, &format!("ids in one instance of {name}"), violations);
    }
    Ok(())
}
