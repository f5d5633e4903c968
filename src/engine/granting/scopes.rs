//! What a changed scope or traversal spec gives: the privileges of the roles that use it, on what it selects besides.

use std::sync::Arc;

use super::span::Span;
use super::wanted::Wanted;
use super::{Gift, Shortfall};
use crate::domain::name::{ScopeId, TraversalSpecId};
use crate::engine::selectors::InstanceRow;
use crate::engine::snapshot::Snapshot;

impl Snapshot {
    /// What the giver lacks to let a scope select what it selects here and did not `before`.
    pub fn shortfall_of_scope(&self, gift: Gift<'_>, scope: &ScopeId, before: &Self) -> Option<Shortfall> {
        let id = self.scope_id(scope)?;
        let mut wanted = Wanted::besides();
        let earlier = if before.scope_lives(id) { before.instances.get(id) } else { &[] };
        for instance in self.instances.get(id) {
            self.add_instance_beside(instance, earlier, &mut wanted);
        }
        if wanted.is_nothing() {
            return None;
        }
        self.shortfall_of_selector(gift, id, (wanted.into(), before))
    }

    /// What the giver lacks to let a traversal spec lead where it leads here, and led not `before`.
    pub fn shortfall_of_spec(&self, gift: Gift<'_>, spec: &TraversalSpecId, before: &Self) -> Option<Shortfall> {
        let id = self.spec_id(spec)?;
        if self.spec(id) == before.spec(id) {
            return None;
        }
        let of_spec = |row: &&InstanceRow| row.way.as_ref().is_some_and(|way| way.spec == Some(id));
        self.spec_users.of(id).find_map(|selector| {
            let mut wanted = Wanted::besides();
            for instance in self.instances.get(selector).iter().filter(of_spec) {
                self.add_instance(instance, None, &mut wanted);
            }
            // Who has the spec himself has it as it was.
            wanted.forget_spec();
            self.shortfall_of_selector(gift, selector, (wanted.into(), before))
        })
    }

    /// The same for every assignment that reaches what a selector says.
    fn shortfall_of_selector(
        &self,
        gift: Gift<'_>,
        selector: u32,
        (wanted, before): (Arc<Wanted>, &Self),
    ) -> Option<Shortfall> {
        self.selector_holders.of(selector).find_map(|holder| {
            let mut grants = self
                .grants
                .of(holder)
                .filter(|grant| grant.access.selector() == Some(selector) && !grant.ended(gift.now));
            grants.find_map(|grant| {
                let reach = self.reach_of(holder, grant);
                let span = Span { reach, wanted: Some(wanted.clone()), until: grant.expire };
                // What is not object-scoped does not depend on them.
                let keys = self.keys_given(grant.role).filter(|given| self.privilege_row(given.key).object_scoped);
                let application = self.role_row(grant.role).application;
                before.first_uncovered(gift, application, keys, &span).map(|key| self.shortfall(grant.role, key))
            })
        })
    }
}
