//! What changed documents give, and privileges that are assigned to users themselves.

use std::collections::BTreeSet;

use super::span::Span;
use super::{Gift, Shortfall};
use crate::domain::name::PrivilegeId;
use crate::engine::snapshot::{Grant, NONE, Snapshot};

impl Snapshot {
    /// What the giver lacks to make a privilege what it is here: shown to tenants' roles, for every one that gives it from
    /// now on; and for what its document did not say `before`, for every role and user that has it.
    pub fn shortfall_of_privilege(&self, gift: Gift<'_>, privilege: &PrivilegeId, before: &Self) -> Option<Shortfall> {
        let id = self.privilege_named(privilege)?;
        let says_else = self.documents.get(id).cloned().flatten() != before.documents.get(id).cloned().flatten();
        let ways = std::iter::once(id).chain(self.rights_of.get(id).iter().copied());
        let givers: BTreeSet<u32> =
            ways.filter_map(|way| self.givers.get(way)).flat_map(|roles| roles.iter()).collect();
        let gains = givers.into_iter().filter(|role| says_else || self.role_row(*role).tenant != NONE);
        gains.into_iter().find_map(|role| {
            if self.is_stand_in(role) {
                return self.shortfall_of_users(gift, role, before);
            }
            let short = self.shortfall_of_gain(gift, role, before);
            let unknown = short.is_none() && self.gives_more_unknown(role, before);
            if unknown { self.shortfall_of_unknown(gift, role, before) } else { short }
        })
    }

    /// The same for the users to whom a privilege is assigned.
    fn shortfall_of_users(&self, gift: Gift<'_>, role: u32, before: &Self) -> Option<Shortfall> {
        let application = self.role_row(role).application;
        let grants =
            self.assigned_users.of(role).filter_map(|user| Some((user, self.grants.find(user, (role, NONE))?)));
        grants.into_iter().find_map(|(user, grant)| {
            let span = self.span_of_stand_in(user, &grant);
            let unknown = self.anything().filter(|_| self.gives_more_unbounded(role, before));
            let short = before.first_uncovered(gift, application, self.gained(role, before).chain(unknown), &span);
            short.map(|key| self.shortfall(role, key))
        })
    }

    /// What the giver lacks to let a user have a privilege itself, by the state before.
    pub(in crate::engine) fn shortfall_of_stand_in(
        &self,
        gift: Gift<'_>,
        (user, grant): (u32, &Grant),
        before: &Self,
    ) -> Option<Shortfall> {
        let application = self.role_row(grant.role).application;
        let span = self.span_of_stand_in(user, grant);
        // No role was made that counts as held by everybody, and so nobody was asked for what nobody knows yet.
        let unknown = self.anything().filter(|_| self.holds_unbounded_document(grant.role));
        let short = before.first_uncovered(gift, application, self.keys_given(grant.role).chain(unknown), &span);
        short.map(|key| self.shortfall(grant.role, key))
    }

    fn span_of_stand_in(&self, user: u32, grant: &Grant) -> Span {
        Span { reach: self.reach_of(user, *grant), wanted: None, until: grant.expire }
    }
}
