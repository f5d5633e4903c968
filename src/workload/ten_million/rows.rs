//! The rows of the world, and those of them that come and go.

use fastrand::Rng;

use super::{Held, OF_GROUP, OF_ROLE, OF_USER, TenMillion};
use crate::domain::assignment::{AssignmentId, ObjectAccess};
use crate::domain::change::Change;
use crate::domain::name::Subject;
use crate::domain::role::{RoleElement, RoleElementRow};
use crate::domain::row::Row;
use crate::workload::draw::index;
use crate::workload::row;

impl TenMillion {
    pub(super) fn all_rows(&self) -> impl Iterator<Item = Row> + Send {
        let first = std::iter::once(row::application(&self.application));
        let tenants = (0..self.tenants.tenants).map(|tenant| row::tenant(&self.application, self.tenant(tenant)));
        let keys = self.keys.iter().map(|key| row::privilege(&self.application, key));
        let roles = (0..self.roles.len() as u64).flat_map(|role| self.role_rows(role));
        let users = (0..self.users).flat_map(|user| self.user_rows(user));
        let groups = (0..self.groups).map(|group| row::group(self.group(group)));
        let nested = (0..self.groups).filter_map(|group| self.nesting(group));
        let members = (0..self.users).flat_map(|user| self.memberships(user));
        let resources = (0..self.resources).map(|number| self.resource_row(number));
        let of_users = (0..self.users).flat_map(|user| self.user_assignments(user));
        let of_groups = (0..self.groups).flat_map(|group| self.group_assignments(group));
        let catalogue = first.chain(tenants).chain(keys).chain(roles);
        let people = users.chain(groups).chain(nested).chain(members);
        catalogue.chain(people).chain(resources).chain(of_users).chain(of_groups)
    }

    fn role_rows(&self, role: u64) -> impl Iterator<Item = Row> + use<'_> {
        let keys = self.given(role).iter().filter_map(|key| self.key(*key)).cloned();
        self.roles
            .get(index(role))
            .into_iter()
            .flat_map(move |id| row::role(id, keys.clone().map(RoleElement::Privilege).collect()))
    }

    pub(super) fn user_row(&self, user: u64, enabled: bool) -> Row {
        row::user(self.user_of(user).id().clone(), &self.application, (true, enabled))
    }

    fn user_rows(&self, user: u64) -> impl Iterator<Item = Row> + use<> {
        let tenant = self.tenant(self.user_tenant(user));
        let member = row::user_tenant(self.user_of(user).id().clone(), &self.application, tenant);
        [self.user_row(user, true), member].into_iter()
    }

    fn nesting(&self, group: u64) -> Option<Row> {
        Some(row::member(self.group(self.above(group)?), Subject::Group(self.group(group))))
    }

    fn memberships(&self, user: u64) -> impl Iterator<Item = Row> + use<'_> {
        self.groups_of(user).map(move |group| row::member(self.group(group), self.user_of(user)))
    }

    /// Numbers from the last one on are of resources that are not there at first.
    fn resource_row(&self, number: u64) -> Row {
        let tenant = self.tenants.tenant(number % self.resources, self.resources);
        row::resource(self.resource(number).of(&self.application), Some(self.tenant(tenant)))
    }

    fn user_assignments(&self, user: u64) -> impl Iterator<Item = Row> + use<'_> {
        let holder = self.user_of(user);
        self.held_by_user(user).filter_map(move |held| self.assignment(&holder, held, None))
    }

    /// Those of groups are cut to the tenant.
    fn group_assignments(&self, group: u64) -> impl Iterator<Item = Row> + use<'_> {
        let holder = Subject::Group(self.group(group));
        let tenant = self.tenants.tenant(group, self.groups);
        self.held_by_group(group).filter_map(move |held| self.assignment(&holder, held, Some(tenant)))
    }

    fn assignment(&self, holder: &Subject, held: Held, tenant: Option<u64>) -> Option<Row> {
        let role = self.roles.get(index(held.role))?.clone();
        let id = AssignmentId { holder: holder.clone(), role, tenant: tenant.map(|tenant| self.tenant(tenant)) };
        Some(row::assignment(id, ObjectAccess::ALL, held.expire))
    }

    /// Of a hundred changes about 60 are of assignments, 25 of members, and the others of resources and users; one in a
    /// thousand is of a role.
    pub(super) fn loose(&self, rng: &mut Rng) -> (u64, Change) {
        let (user, group) = (rng.u64(..self.users), rng.u64(..self.groups));
        let delete = |number, row: Option<Row>| row.map(|row| (number, Change::delete(row)));
        let change = match rng.u64(..1_000) {
            0..550 => {
                let place = rng.u64(..OF_USER);
                delete(numbered(0, user, place), self.user_assignments(user).nth(index(place)))
            }
            550..600 => {
                let place = rng.u64(..OF_GROUP);
                delete(numbered(1, group, place), self.group_assignments(group).nth(index(place)))
            }
            600..850 => {
                let place = rng.u64(..2);
                delete(numbered(2, user, place), self.memberships(user).nth(index(place)))
            }
            850..950 => {
                let number = rng.u64(..self.resources);
                let new = self.resource_row(self.resources + number);
                Some((numbered(3, number, 0), Change::insert(new)))
            }
            950..951 => self.loose_right(rng),
            _ => None,
        };
        change.unwrap_or_else(|| {
            let (before, after) = (self.user_row(user, true), self.user_row(user, false));
            (numbered(4, user, 0), Change { before: Some(before), after: Some(after) })
        })
    }

    /// A privilege that a role gives is taken from it.
    fn loose_right(&self, rng: &mut Rng) -> Option<(u64, Change)> {
        let (role, place) = (rng.u64(..self.roles.len() as u64), rng.u64(..OF_ROLE));
        let key = self.key(*self.given(role).get(index(place))?)?.clone();
        let element = RoleElement::Privilege(key);
        let row = RoleElementRow { role: self.roles.get(index(role))?.clone(), element, incarnation: 0 };
        Some((numbered(5, role, place), Change::delete(Row::RoleElement(row))))
    }
}

/// A number for each thing that comes and goes.
fn numbered(kind: u64, number: u64, place: u64) -> u64 {
    (kind << 60) | (number << 8) | place
}
