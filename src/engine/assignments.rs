//! Rows of assignments: who holds which role, and who administers everything.

use std::sync::Arc;

use super::apply::Step;
use super::settle::Dirty;
use super::snapshot::{Grant, NONE, Snapshot};
use crate::domain::assignment::Assignment;
use crate::domain::predefined;

impl Snapshot {
    pub(super) fn change_assignment(&mut self, dirty: &mut Dirty, row: &Assignment, step: Step) {
        let holder = self.intern_subject(&row.id.holder);
        let role = self.intern_role(&row.id.role);
        let tenant = row.id.tenant_id().map_or(NONE, |tenant| self.intern_tenant(&tenant));
        let grant = Grant { role, tenant, access: self.compiled_access(row), start: row.start, expire: row.expire };
        let held = self.grants.has(holder);
        let old = self.grants.find(holder, grant.key()).map(|old| old.access);
        if step.present() {
            self.grants.insert(holder, grant);
        } else {
            self.grants.remove(holder, grant.key());
        }
        if self.is_group(holder) && held != self.grants.has(holder) {
            dirty.holders.insert(holder);
        }
        self.note_selector(holder, [old, Some(grant.access)]);
        step.count(&mut self.counts.role_assignments);
        if row.id.role == predefined::administrator() {
            self.note_administrator(holder, step);
        }
    }

    fn note_administrator(&mut self, holder: u32, step: Step) {
        let still = self.grants.of(holder).any(|grant| self.is_administrator(grant.role));
        let holders = Arc::make_mut(&mut self.administrators);
        holders.retain(|other| *other != holder);
        if step.present() || still {
            holders.push(holder);
        }
    }
}
