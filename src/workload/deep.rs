//! Deep beside flat: the same things, in chains of groups and folders or not.
//!
//! There are many chains, each with its own groups, folders, machines, users and one assignment. The first group holds a
//! role over a scope that has what is below the first folder. *Deep*: each group is a member of the one before it, and
//! the users are in the last; each folder is in the one before it, and the machines are in the last. *Flat*: users and
//! machines are in the first, and the other groups and folders are there, in nothing.

use fastrand::Rng;

use super::amounts::{Amounts, Parameter};
use super::draw::Keys;
use super::{Description, Question, World, row};
use crate::domain::assignment::{AssignmentId, ObjectAccess};
use crate::domain::change::Change;
use crate::domain::id::{ForeignId, Id, PrivilegeKey, ResourceKind};
use crate::domain::name::{ResourceKey, RoleId, ScopeId, Subject};
use crate::domain::role::RoleElement;
use crate::domain::row::Row;
use crate::domain::scope::{SelectionType, Selector};

const PARAMETERS: &[Parameter] = &[
    Parameter::scaled("chains", 1_000, 2, "chains, each with its groups, folders, machines and users"),
    Parameter::fixed("groups", 64, "groups of a chain"),
    Parameter::fixed("folders", 32, "folders of a chain"),
    Parameter::fixed("machines", 100, "machines of a chain"),
    Parameter::fixed("users", 10, "users of a chain"),
];

pub(super) const DEEP: Description = Description {
    name: "deep",
    text: "1,000 times 64 groups, each in the one before, and 32 folders, each in the one before: users in the last \
           group, 100 machines in the last folder, the role and its scope at the first; half of the questions allowed",
    parameters: PARAMETERS,
    build: |amounts, _| Box::new(Deep::new("deep", amounts, true)),
};

pub(super) const FLAT: Description = Description {
    name: "flat",
    text: "as much of everything as in deep, with users in the first group and machines in the first folder; half of \
           the questions allowed",
    parameters: PARAMETERS,
    build: |amounts, _| Box::new(Deep::new("flat", amounts, false)),
};

struct Deep {
    application: Id,
    chains: u64,
    groups: u64,
    folders: u64,
    machines: u64,
    users: u64,
    nested: bool,
    start: PrivilegeKey,
    stop: PrivilegeKey,
}

impl Deep {
    fn new(name: &str, amounts: &Amounts, nested: bool) -> Self {
        Self {
            application: row::id(name),
            chains: amounts.get("chains"),
            groups: amounts.get("groups").max(1),
            folders: amounts.get("folders").max(1),
            machines: amounts.get("machines").max(1),
            users: amounts.get("users").max(1),
            nested,
            start: PrivilegeKey::derived("machine:start".to_owned()),
            stop: PrivilegeKey::derived("machine:stop".to_owned()),
        }
    }

    fn group(chain: u64, level: u64) -> Id {
        row::id(format!("team-{chain:08}-level-{level:04}"))
    }

    fn user(chain: u64, number: u64) -> Subject {
        Subject::User(row::id(format!("person-{chain:08}-{number:06}")))
    }

    fn folder(chain: u64, level: u64) -> ResourceKey {
        let id = ForeignId::derived(format!("folder-{chain:08}-level-{level:04}"));
        ResourceKey { kind: ResourceKind::derived("Folder".to_owned()), id }
    }

    fn machine(chain: u64, number: u64) -> ResourceKey {
        let id = ForeignId::derived(format!("machine-{chain:08}-{number:06}"));
        ResourceKey { kind: ResourceKind::derived("Machine".to_owned()), id }
    }

    fn role(&self) -> RoleId {
        row::role_id(&self.application, row::id("operator"))
    }

    /// The group that users are in, or the folder that machines are in, of so many.
    fn lowest(&self, levels: u64) -> u64 {
        if self.nested { levels - 1 } else { 0 }
    }

    fn member(&self, chain: u64, user: u64) -> Row {
        row::member(Self::group(chain, self.lowest(self.groups)), Self::user(chain, user))
    }

    fn thing(&self, key: ResourceKey) -> Row {
        row::resource(key.of(&self.application), None)
    }

    fn relation(&self, child: ResourceKey, parent: ResourceKey) -> Row {
        row::parent(child.of(&self.application), parent)
    }

    fn groups_of(&self, chain: u64) -> impl Iterator<Item = Row> + use<'_> {
        let groups = (0..self.groups).map(move |level| row::group(Self::group(chain, level)));
        let levels = if self.nested { 1..self.groups } else { 0..0 };
        let nested = levels
            .map(move |level| row::member(Self::group(chain, level - 1), Subject::Group(Self::group(chain, level))));
        groups.chain(nested)
    }

    fn people_of(&self, chain: u64) -> impl Iterator<Item = Row> + use<'_> {
        let user = move |number| row::user(Self::user(chain, number).id().clone(), &self.application, (false, true));
        let member = move |number| self.member(chain, number);
        (0..self.users).flat_map(move |number| [user(number), member(number)])
    }

    fn things_of(&self, chain: u64) -> impl Iterator<Item = Row> + use<'_> {
        let folders = (0..self.folders).map(move |level| self.thing(Self::folder(chain, level)));
        let levels = if self.nested { 1..self.folders } else { 0..0 };
        let nested = levels.map(move |level| self.relation(Self::folder(chain, level), Self::folder(chain, level - 1)));
        let lowest = self.lowest(self.folders);
        let machine = move |number| {
            let machine = || Self::machine(chain, number);
            [self.thing(machine()), self.relation(machine(), Self::folder(chain, lowest))]
        };
        folders.chain(nested).chain((0..self.machines).flat_map(machine))
    }

    fn access_of(&self, chain: u64) -> impl Iterator<Item = Row> + use<> {
        let scope = ScopeId { application: self.application.clone(), scope: row::id(format!("scope-{chain:08}")) };
        let holder = Subject::Group(Self::group(chain, 0));
        let id = AssignmentId { holder, role: self.role(), tenant: None };
        let access = ObjectAccess { allow_all_objects: false, scope: Some(scope.scope.clone()) };
        let first = std::iter::once(row::scope(&scope));
        let selected = vec![(SelectionType::Propagate, Self::folder(chain, 0))];
        let instance = row::instance(Selector::Scope(scope), None, selected);
        first.chain(instance).chain([row::assignment(id, access, None)])
    }
}

impl World for Deep {
    fn rows(&self) -> Box<dyn Iterator<Item = Row> + Send + '_> {
        let keys = [&self.start, &self.stop].map(|key| row::privilege(&self.application, key));
        let role = row::role(&self.role(), vec![RoleElement::Privilege(self.start.clone())]);
        let first = std::iter::once(row::application(&self.application)).chain(keys).chain(role);
        let groups = (0..self.chains).flat_map(|chain| self.groups_of(chain));
        let people = (0..self.chains).flat_map(|chain| self.people_of(chain));
        let things = (0..self.chains).flat_map(|chain| self.things_of(chain));
        let access = (0..self.chains).flat_map(|chain| self.access_of(chain));
        Box::new(first.chain(groups).chain(people).chain(things).chain(access))
    }

    /// Half are allowed; the others are about another chain's machine, and a fifth of them for the other privilege.
    fn question(&self, number: u64, keys: Keys, rng: &mut Rng) -> Question {
        let user = keys.pick(rng, self.chains * self.users);
        let (chain, allowed) = (user / self.users, number.is_multiple_of(2));
        let other_privilege = !allowed && rng.u64(..5) == 0;
        let away = if allowed || other_privilege { 0 } else { 1 + rng.u64(..self.chains - 1) };
        Question {
            application: self.application.clone(),
            subject: Self::user(chain, user % self.users),
            privilege: if other_privilege { self.stop.clone() } else { self.start.clone() },
            resource: Self::machine((chain + away) % self.chains, keys.pick(rng, self.machines)),
            allowed,
        }
    }

    fn change(&self, rng: &mut Rng) -> (u64, Change) {
        let user = rng.u64(..self.chains * self.users);
        (user, Change::delete(self.member(user / self.users, user % self.users)))
    }
}
