//! Who comes to hold a role comes within the reach of those documents whose statements are about its holders.

use super::span::{Reach, Span};
use super::{Gift, Given, Shortfall};
use crate::engine::documents::Targets;
use crate::engine::snapshot::{Grant, Snapshot};

impl Snapshot {
    /// What the giver lacks to let whoever has such a document reach the holder of a grant: for each of its actions a path
    /// that holds him. The giver is judged by the state before.
    pub(super) fn shortfall_of_aim(
        &self,
        gift: Gift<'_>,
        (holder, grant): (u32, &Grant),
        before: &Self,
    ) -> Option<Shortfall> {
        let application = self.role_row(grant.role).application;
        if !self.is_aimed_at(application, holder) {
            return None;
        }
        let is_given = |right: &u32| self.givers.get(*right).is_some_and(|roles| roles.iter().next().is_some());
        let aiming = self.aims.get(grant.role).iter().filter(|right| is_given(right));
        let mut keys: Vec<u32> = aiming.map(|right| self.key_of(*right)).collect();
        keys.dedup();
        keys.into_iter().filter(|key| self.is_group(holder) || self.is_of_class(holder, *key)).find_map(|key| {
            let reached = self.ways_to(application, holder, grant).iter().any(|(targets, span)| {
                let given = Given { key, targets: Some(targets) };
                before.first_uncovered(gift, application, [given], span).is_none()
            });
            (!reached).then(|| self.shortfall(grant.role, key))
        })
    }

    /// Whether an action of an application can be on the subject: what lives in no application is reached by none.
    fn is_aimed_at(&self, application: u32, subject: u32) -> bool {
        self.is_group(subject) || self.subject_row(subject).application == application
    }

    /// What each would do to reach the holder: a path that holds one of his tenants, or everything.
    fn ways_to(&self, application: u32, holder: u32, grant: &Grant) -> Vec<(Targets, Span)> {
        let mut targets = vec![Targets { objects: Vec::new(), roles: vec![grant.role] }];
        let mut reaches: Vec<Reach> = Vec::new();
        // A group and an application are many: no tenant holds them, and no statement names them one by one.
        if !self.is_group(holder) && !self.is_application(holder) {
            let kind = if self.is_user(holder) { "users" } else { "clients" };
            let own = self.resource_in(application, kind, self.subjects.text(holder));
            targets.extend(own.map(|own| Targets { objects: vec![own], roles: Vec::new() }));
            reaches.extend(self.live_tenants(holder).map(|tenant| Reach::tenants(vec![tenant])));
        }
        if reaches.is_empty() {
            reaches.push(Reach::everything());
        }
        let spans = reaches.into_iter().map(|reach| Span { reach, wanted: None, until: grant.expire });
        spans.flat_map(|span| targets.iter().map(move |targets| (targets.clone(), span.clone()))).collect()
    }
}
