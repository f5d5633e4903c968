//! Who is given a role, by an assignment or as a member of a group: what the giver must cover is what each would reach.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::span::{Span, lasts};
use super::wanted::Wanted;
use super::{Gift, Shortfall};
use crate::domain::assignment::AssignmentId;
use crate::domain::name::{ResourceKey, RoleId, Subject, TenantId};
use crate::domain::time::Time;
use crate::engine::selectors::Access;
use crate::engine::snapshot::{Grant, NONE, Snapshot};

/// An assignment that would be made.
#[derive(Clone, Copy, Debug)]
pub struct Receiver<'a> {
    /// Who would hold the role.
    pub holder: &'a Subject,
    /// The tenant that the assignment is cut to.
    pub tenant: Option<&'a TenantId>,
    /// When it would end.
    pub expire: Option<Time>,
}

/// Judges the gifts of one call, by the state before it. Most receivers reach the same, and what a role gives may be
/// long: each reach of a role is judged once.
#[derive(Debug)]
pub struct Judge<'a> {
    snapshot: &'a Snapshot,
    gift: Gift<'a>,
    judged: FxHashMap<(u32, Span), Option<u32>>,
}

impl Snapshot {
    /// A judge of what somebody gives.
    pub fn judge<'a>(&'a self, gift: Gift<'a>) -> Judge<'a> {
        Judge { snapshot: self, gift, judged: FxHashMap::default() }
    }
}

impl Snapshot {
    /// An assignment that is there, and its holder.
    pub(in crate::engine) fn grant_at(&self, id: &AssignmentId) -> Option<(u32, Grant)> {
        let tenant = id.tenant_id().map_or(Some(NONE), |tenant| self.tenant_id(&tenant))?;
        let (holder, role) = (self.subject_id(&id.holder)?, self.role_id(&id.role)?);
        Some((holder, self.grants.find(holder, (role, tenant))?))
    }
}

impl Judge<'_> {
    /// What the giver lacks to give the role to the receiver.
    pub fn shortfall_of_assignment(&mut self, role: &RoleId, receiver: Receiver<'_>) -> Option<Shortfall> {
        let snapshot = self.snapshot;
        let role = snapshot.role_id(role)?;
        let tenant = receiver.tenant.map_or(Some(NONE), |tenant| snapshot.tenant_id(tenant))?;
        let grant = Grant { role, tenant, access: Access::All, start: None, expire: receiver.expire };
        self.shortfall_of_grant(snapshot, (snapshot.subject_id(receiver.holder)?, &grant), None)
    }

    /// What the giver lacks to make the member one of the group: all that the group and the groups above it give.
    pub fn shortfall_of_membership(&mut self, group: &Subject, member: &Subject) -> Option<Shortfall> {
        let snapshot = self.snapshot;
        let (group, member) = (snapshot.subject_id(group)?, snapshot.subject_id(member)?);
        let above = snapshot.closures.all.get(group).iter();
        let now = self.gift.now;
        let mut live = above.flat_map(|holder| snapshot.grants.of(*holder)).filter(|grant| !grant.ended(now));
        live.find_map(|grant| self.shortfall_of_grant(snapshot, (member, &grant), snapshot.wanted(grant.access)))
    }

    /// What the giver lacks to make an assignment what it is in the state after the write: nothing, if its holder reaches
    /// nothing more by it than by the one that it replaces.
    pub fn shortfall_of_put(&mut self, made: &AssignmentId, after: &Snapshot) -> Option<Shortfall> {
        let (holder, grant) = after.grant_at(made)?;
        let (before, now) = (self.snapshot, self.gift.now);
        let replaced = before.grant_at(made).filter(|(_, old)| !old.ended(now));
        let as_long =
            replaced.filter(|(_, old)| lasts(old.expire, grant.expire) && begins_no_earlier(&grant, old, now));
        let as_far = |old: &Grant| before.reach_of(holder, *old).includes(&after.reach_of(holder, grant));
        // Ids are the same in both: `after` descends from `before`.
        let Some((_, old)) = as_long.filter(|(_, old)| as_far(old)) else {
            return self.shortfall_of_made(made, after);
        };
        let beyond = after.wanted_beyond(grant.access, (before, old.access));
        if old.access == Access::All || before.access_covers(old.access, beyond.as_deref()) {
            return None;
        }
        self.shortfall_of_grant(after, (holder, &grant), beyond)
    }

    /// What the giver lacks to make the assignment that there is in the state after the write.
    pub fn shortfall_of_made(&mut self, made: &AssignmentId, after: &Snapshot) -> Option<Shortfall> {
        let (holder, grant) = after.grant_at(made)?;
        self.shortfall_of_grant(after, (holder, &grant), after.wanted(grant.access))
    }

    /// What the giver lacks to let an assignment, as it is after the write, reach these resources besides.
    pub fn shortfall_of_named(
        &mut self,
        made: &AssignmentId,
        resources: &[ResourceKey],
        after: &Snapshot,
    ) -> Option<Shortfall> {
        let (holder, grant) = after.grant_at(made)?;
        if grant.access == Access::All {
            return None; // It reaches them already.
        }
        let application = &made.role.application;
        let ids = resources.iter().filter_map(|key| after.resource_id(&key.clone().of(application)));
        self.shortfall_of_grant(after, (holder, &grant), Some(Wanted::alone(ids).into()))
    }

    /// The same for a grant in a state, which is that before or one that descends from it. The giver is judged by the
    /// state before.
    fn shortfall_of_grant(
        &mut self,
        state: &Snapshot,
        (holder, grant): (u32, &Grant),
        wanted: Option<Arc<Wanted>>,
    ) -> Option<Shortfall> {
        let (snapshot, gift) = (self.snapshot, self.gift);
        let application = snapshot.role_row(grant.role).application;
        let key = (grant.role, Span { reach: state.reach_of(holder, *grant), wanted, until: grant.expire });
        let judged = self.judged.entry(key).or_insert_with_key(|(role, span)| {
            snapshot.first_uncovered(gift, application, snapshot.keys_given(*role), span)
        });
        let short = judged.map(|key| snapshot.shortfall(grant.role, key));
        short.or_else(|| state.shortfall_of_aim(gift, (holder, grant), snapshot))
    }
}

/// Whether a grant gives nothing before the one that it replaces did, or now.
fn begins_no_earlier(grant: &Grant, replaced: &Grant, now: Time) -> bool {
    replaced.start.is_none_or(|old| old <= now || grant.start.is_some_and(|start| start >= old))
}
