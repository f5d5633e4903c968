//! What a subject comes to reach by what it is: made, enabled, given a tenant, or given a credential.

use super::span::{Reach, Span, Within};
use super::{Gift, Shortfall};
use crate::domain::name::Subject;
use crate::engine::boundaries::RoleBoundary;
use crate::engine::reach::Path;
use crate::engine::snapshot::{Grant, NONE, Snapshot};

impl Snapshot {
    /// What the giver lacks to let a user or client reach what it reaches here and did not `before`, by all that it
    /// holds: itself, through groups, and as its application. The giver is judged by the state before.
    pub fn shortfall_of_subject(&self, gift: Gift<'_>, subject: &Subject, before: &Self) -> Option<Shortfall> {
        let id = self.subject_id(subject)?;
        self.grants_behind(id, gift).find_map(|grant| self.shortfall_of_gained(gift, (id, &grant), before))
    }

    /// What the giver lacks to let somebody act as the user or client: a path that covers all that it reaches here, and
    /// would reach if it were enabled.
    pub fn shortfall_of_credential(&self, gift: Gift<'_>, subject: &Subject, before: &Self) -> Option<Shortfall> {
        let id = self.subject_id(subject)?;
        let mut enabled = self.clone();
        enabled.subject_rows.get_mut(id).enabled = true;
        enabled.grants_behind(id, gift).find_map(|grant| {
            let reached = enabled.span_of(id, &grant)?;
            let application = enabled.role_row(grant.role).application;
            let uncovered = before.first_uncovered(gift, application, enabled.keys_given(grant.role), &reached);
            uncovered.map(|key| enabled.shortfall(grant.role, key))
        })
    }

    /// What a user or client holds itself, through groups, and as its application, and what has not ended.
    fn grants_behind(&self, id: u32, gift: Gift<'_>) -> impl Iterator<Item = Grant> {
        let mut holders: Vec<u32> = self.holders_of(id).collect();
        holders.sort_unstable();
        holders.dedup();
        let grants = holders.into_iter().flat_map(|holder| self.grants.of(holder));
        grants.filter(move |grant| !grant.ended(gift.now))
    }

    fn shortfall_of_gained(&self, gift: Gift<'_>, (id, grant): (u32, &Grant), before: &Self) -> Option<Shortfall> {
        let role = self.role_row(grant.role);
        // Ids are the same in both: `self` descends from `before`.
        let (now, earlier) = (self.span_of(id, grant)?, before.span_of(id, grant));
        if role.boundary == RoleBoundary::SelfOnly && earlier.is_some() {
            return None; // It is within SELF wherever it lives: more tenants reach no further.
        }
        let given = self.keys_given(grant.role);
        let uncovered = before.first_uncovered(gift, role.application, given, &now.beyond(earlier));
        uncovered.map(|key| self.shortfall(grant.role, key))
    }

    /// What the subject reaches through a grant of one that it stands behind; `None` if it reaches nothing.
    fn span_of(&self, id: u32, grant: &Grant) -> Option<Span> {
        let role = self.role_row(grant.role);
        let there = role.live && self.application_row(role.application).live;
        if !(there && self.can_act(id, role.application) && self.may_hold(id, grant.role, &role)) {
            return None;
        }
        let path = Path {
            subject: id,
            right: NONE,
            grant: *grant,
            role,
            boundary: self.kind_of(role.boundary, || self.is_tenant_level(id)),
        };
        if role.boundary == RoleBoundary::SelfOnly && !path.cuts().all(|cut| self.has_tenant(id, cut)) {
            return None; // It is not within the cuts itself.
        }
        Some(Span { reach: self.reach_of(id, *grant), wanted: self.wanted(grant.access), until: grant.expire })
    }
}

impl Span {
    /// What of this is beyond an earlier span of the same grant.
    fn beyond(self, earlier: Option<Self>) -> Self {
        let Some(earlier) = earlier else { return self };
        if earlier.reach.includes(&self.reach) {
            return Self { reach: Reach::nothing(), ..self };
        }
        let Self { reach: Reach { mut within, but }, wanted, until } = self;
        let held_no_less = earlier.reach.but.iter().all(|tenant| but.contains(tenant));
        if let (Within::Tenants(tenants), Within::Tenants(old), true) =
            (&mut within, &earlier.reach.within, held_no_less)
        {
            tenants.retain(|tenant| !old.contains(tenant));
        }
        Self { reach: Reach { within, but }, wanted, until }
    }
}
