//! What a holder has of one role, and which resources there are.

use super::snapshot::{Grant, NONE, Snapshot};
use crate::domain::assignment::AssignmentId;
use crate::domain::id::Id;
use crate::domain::name::{ResourceId, RoleId, Subject};
use crate::domain::time::Time;

/// When something begins and ends; `None` = it always was, it never will.
type Times = (Option<Time>, Option<Time>);

impl Snapshot {
    /// Whether the resource is registered.
    pub fn has_resource(&self, resource: &ResourceId) -> bool {
        self.resource_id(resource).is_some_and(|id| self.resource_row(id).live)
    }

    /// The tenants that the holder's records of a role are cut to, where none is a value of its own. Records that
    /// have ended count.
    pub fn tenants_held(&self, holder: &Subject, role: &RoleId) -> Vec<Option<Id>> {
        let Some((holder, role)) = self.subject_id(holder).zip(self.role_id(role)) else { return Vec::new() };
        let records = self.grants.of_roles(holder, |held| held == role);
        records.filter_map(|grant| self.cut_of(&grant)).collect()
    }

    /// The tenant that a record is cut to, where none is a value of its own.
    #[expect(clippy::option_option, reason = "no name, cut to none, or a tenant")]
    fn cut_of(&self, grant: &Grant) -> Option<Option<Id>> {
        match grant.tenant {
            NONE => Some(None),
            tenant => Id::parse(self.tenants.text(tenant)).ok().map(Some),
        }
    }

    /// What the holder has of the application's roles and of its tenants', by name, with the times of each.
    pub fn held_of(&self, holder: &Subject, application: &Id) -> Vec<(AssignmentId, Times)> {
        let ids = self.subject_id(holder).zip(self.application_id(application.as_str()));
        let Some((id, of)) = ids else { return Vec::new() };
        let records = self.grants.of_roles(id, |role| self.role_row(role).application == of);
        let mut held: Vec<(AssignmentId, Times)> = records
            .filter_map(|grant| {
                let role = RoleId::parse(&self.role_name(grant.role)).ok()?;
                let id = AssignmentId { holder: holder.clone(), role, tenant: self.cut_of(&grant)? };
                Some((id, (grant.start, grant.expire)))
            })
            .collect();
        held.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        held
    }

    /// Whether the subject holds the role by an assignment that is active: its own, or that of a group or application by
    /// which it holds it.
    pub fn holds_now(&self, subject: &Subject, role: &RoleId, now: Time) -> bool {
        let Some((id, role_id)) = self.subject_id(subject).zip(self.role_id(role)) else { return false };
        let active = |grant: &Grant| {
            let there = grant.tenant == NONE || self.tenant_lives(grant.tenant);
            grant.role == role_id && grant.valid(now) && there
        };
        self.is_assignable(subject, role)
            && self.holders_of(id).any(|id| self.grants.of(id).any(|grant| active(&grant)))
    }

    /// Whether the holder has an assignment of a role of the application or of one of its tenants.
    pub fn holds_roles_of(&self, holder: &Subject, application: &Id) -> bool {
        let ids = self.subject_id(holder).zip(self.application_id(application.as_str()));
        ids.is_some_and(|(holder, application)| {
            self.grants.of(holder).any(|grant| self.role_row(grant.role).application == application)
        })
    }
}
