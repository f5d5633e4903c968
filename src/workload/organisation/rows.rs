//! The rows of the clouds, and those of them that come and go.

use fastrand::Rng;

use super::evaluate::{Held, Selected};
use super::{ACTIONS, Cloud, EDITED, GROUPS, HOLDING, OF_GROUP, SCOPES, THINGS, USERS, VIEWED, name_of};
use crate::domain::assignment::{AssignmentId, ObjectAccess};
use crate::domain::change::Change;
use crate::domain::id::{Id, PrivilegePattern};
use crate::domain::name::{ResourceKey, Subject, TraversalSpecId};
use crate::domain::role::RoleElement;
use crate::domain::row::{Row, Stamp};
use crate::domain::scope::{AssignedResource, SelectionType, Selector};
use crate::domain::traversal::{Direction, FilterType, TraversalSpec, TraversalStep};
use crate::workload::draw::index;
use crate::workload::row;

/// The id of the one traversal spec.
const SPEC: &str = "tree";

impl Cloud {
    pub(super) fn all_rows(&self) -> impl Iterator<Item = Row> + Send {
        let organisations = || 0..self.organisations;
        let tenants = organisations().map(|number| row::tenant(&self.application, Self::tenant(number)));
        let keys = self.keys.iter().map(|key| row::privilege(&self.application, key));
        let roles = (0..self.roles()).flat_map(|role| row::role(&self.role(role), self.elements(role)));
        let first = std::iter::once(row::application(&self.application)).chain(tenants).chain(keys).chain(roles);
        let users = (0..self.organisations * USERS).flat_map(|user| self.user_rows(user));
        let groups = || 0..self.organisations * GROUPS;
        let named = groups().map(|group| row::group(Self::group(group)));
        let nested = groups().filter_map(|group| {
            Some(row::member(Self::group(Self::above_group(group)?), Subject::Group(Self::group(group))))
        });
        let members = (0..self.organisations * USERS).flat_map(|user| self.memberships(user));
        let things = organisations().flat_map(|organisation| self.things_of(organisation));
        let scopes = organisations().flat_map(|organisation| self.scopes_of(organisation));
        let of_groups = groups().flat_map(|group| self.group_assignments(group));
        let of_users = (0..self.organisations * USERS).flat_map(|user| self.user_assignments(user));
        let people = users.chain(named).chain(nested).chain(members);
        let reached = things.chain([self.spec()]).chain(scopes);
        first.chain(people).chain(reached).chain(of_groups).chain(of_users)
    }

    /// Viewers give keys, editors inherit and add, administrators go by pattern.
    fn elements(&self, role: u64) -> Vec<RoleElement> {
        let (service, kind) = (role / 4, role % 4);
        let of_service = service < self.services;
        let keys = |actions: std::ops::Range<u64>| {
            let keys = actions.filter_map(|action| self.key(service * ACTIONS + action).cloned());
            keys.map(RoleElement::Privilege).collect::<Vec<_>>()
        };
        let patterns = |actions: std::ops::Range<u64>| {
            let pattern = |action| PrivilegePattern::derived(format!("*:{}", name_of(action)));
            actions.map(pattern).map(RoleElement::Pattern).collect::<Vec<_>>()
        };
        let more = |actions| if of_service { keys(actions) } else { patterns(actions) };
        let viewer = || RoleElement::Parent { tenant: None, role: self.role(service * 4).role };
        let all = || if of_service { format!("service-{service:03}:*") } else { "*".to_owned() };
        match kind {
            0 => more(0..VIEWED),
            1 => [vec![viewer()], more(VIEWED..EDITED)].concat(),
            2 => vec![RoleElement::Pattern(PrivilegePattern::derived(all()))],
            _ => [vec![viewer()], keys(ACTIONS - 1..ACTIONS)].concat(),
        }
    }

    fn user_row(&self, user: u64, enabled: bool) -> Row {
        row::user(Self::user(user).id().clone(), &self.application, (true, enabled))
    }

    fn user_rows(&self, user: u64) -> impl Iterator<Item = Row> + use<> {
        let tenant = Self::tenant(user / USERS);
        let member = row::user_tenant(Self::user(user).id().clone(), &self.application, tenant);
        [self.user_row(user, true), member].into_iter()
    }

    fn memberships(&self, user: u64) -> impl Iterator<Item = Row> + use<> {
        self.groups_of(user).map(move |group| row::member(Self::group(group), Self::user(user)))
    }

    fn things_of(&self, organisation: u64) -> impl Iterator<Item = Row> + use<'_> {
        let things = (0..THINGS).map(move |thing| {
            row::resource(self.thing(organisation, thing).of(&self.application), Some(Self::tenant(organisation)))
        });
        things.chain((1..THINGS).flat_map(move |thing| self.parents_of(organisation, thing)))
    }

    fn parents_of(&self, organisation: u64, thing: u64) -> impl Iterator<Item = Row> + use<'_> {
        let child = self.thing(organisation, thing).of(&self.application);
        let above = self.above(organisation, thing);
        above.map(move |parent| row::parent(child.clone(), self.thing(organisation, parent)))
    }

    fn spec(&self) -> Row {
        let [_, folder, project, machine] = self.kinds.clone();
        let step =
            |kind: &_, recursive| TraversalStep { kind: Clone::clone(kind), direction: Direction::Child, recursive };
        let below = || [step(&project, false), step(&machine, false)];
        Row::TraversalSpec(TraversalSpec {
            id: TraversalSpecId { application: self.application.clone(), spec: row::id(SPEC) },
            root_adapter_kind: "CLOUD".to_owned(),
            root_resource_kind: "Folder".to_owned(),
            spec_name: SPEC.to_owned(),
            description: String::new(),
            filter_type: FilterType::GenericRelation,
            paths: vec![[vec![step(&folder, true)], below().to_vec()].concat(), below().to_vec()],
            stamp: Stamp::default(),
        })
    }

    fn scopes_of(&self, organisation: u64) -> impl Iterator<Item = Row> + use<'_> {
        (0..SCOPES).flat_map(move |number| {
            let (id, selected) = (self.scope(organisation, number), self.selected(organisation, number));
            std::iter::once(row::scope(&id)).chain(self.instance(Selector::Scope(id), organisation, &selected))
        })
    }

    fn instance(
        &self,
        selector: Selector,
        organisation: u64,
        selected: &Selected,
    ) -> impl Iterator<Item = Row> + use<> {
        let kinds = [
            (SelectionType::Propagate, &selected.propagated),
            (SelectionType::Unpropagate, &selected.cut),
            (SelectionType::Specific, &selected.single),
        ];
        let of_kind = |(kind, things): (SelectionType, &Vec<u64>)| {
            let things = things.iter().map(|thing| (kind, self.thing(organisation, *thing)));
            things.collect::<Vec<(SelectionType, ResourceKey)>>()
        };
        row::instance(selector, selected.spec.then(|| row::id(SPEC)), kinds.into_iter().flat_map(of_kind).collect())
    }

    fn group_assignments(&self, group: u64) -> impl Iterator<Item = Row> + use<'_> {
        let holder = Subject::Group(Self::group(group));
        self.held_by_group(group).flat_map(move |held| self.given(&holder, group / GROUPS, &held))
    }

    fn user_assignments(&self, user: u64) -> impl Iterator<Item = Row> + use<'_> {
        let holder = Self::user(user);
        self.held_by_user(user).flat_map(move |held| self.given(&holder, user / USERS, &held))
    }

    /// An assignment with what it names itself: a folder's tree, or machines one by one.
    fn given(&self, holder: &Subject, organisation: u64, held: &Held) -> Vec<Row> {
        let Held { role, selected } = held;
        let id = AssignmentId { holder: holder.clone(), role: self.role(*role), tenant: None };
        let name = id.name();
        let scope: Option<Id> = selected.scope.map(|number| self.scope(organisation, number).scope);
        let own = !selected.all && scope.is_none();
        let mut rows = vec![row::assignment(id, ObjectAccess { allow_all_objects: selected.all, scope }, None)];
        if own && !selected.propagated.is_empty() {
            rows.extend(self.instance(Selector::Assignment(name.clone()), organisation, selected));
        } else if own {
            let named =
                |thing: &u64| AssignedResource { assignment: name.clone(), resource: self.thing(organisation, *thing) };
            rows.extend(selected.single.iter().map(named).map(Row::AssignedResource));
        }
        rows
    }

    /// Of a hundred changes about 40 are of assignments over scopes, 40 of members, 15 of places in the tree, and the
    /// others of users.
    pub(super) fn loose(&self, rng: &mut Rng) -> (u64, Change) {
        let kind = rng.u64(..100);
        let (user, group) = (rng.u64(..self.organisations * USERS), rng.u64(..self.organisations * GROUPS));
        let place = rng.u64(..OF_GROUP);
        let drawn = match kind {
            0..30 => self.group_assignments(group).filter(of_scope).nth(index(place)).map(|row| (0, group, row)),
            30..40 => {
                self.user_assignments(user / HOLDING * HOLDING).find(of_scope).map(|row| (1, user / HOLDING, row))
            }
            40..80 => self.memberships(user).next().map(|row| (2, user, row)),
            80..95 => {
                let (organisation, thing) = (user / USERS, 1 + rng.u64(..THINGS - 1));
                let relation = self.parents_of(organisation, thing).next();
                relation.map(|row| (3, organisation * THINGS + thing, row))
            }
            _ => None,
        };
        if let Some((kind, number, row)) = drawn {
            let place = if kind == 0 { place } else { 0 };
            return ((kind << 60) | (number << 8) | place, Change::delete(row));
        }
        let (before, after) = (self.user_row(user, true), self.user_row(user, false));
        ((4 << 60) | (user << 8), Change { before: Some(before), after: Some(after) })
    }
}

/// Whether it is an assignment over a scope or over everything, which has no other rows of its own.
fn of_scope(row: &Row) -> bool {
    matches!(row, Row::Assignment(row) if row.access.allow_all_objects || row.access.scope.is_some())
}
