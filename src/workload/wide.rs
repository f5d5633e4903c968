//! Few things with very many others: users with very many roles, a role with very many holders, a group with very many
//! members.

use fastrand::Rng;

use super::amounts::{Amounts, Parameter};
use super::draw::{Keys, long_id};
use super::{Description, Question, World, row};
use crate::domain::assignment::{AssignmentId, ObjectAccess};
use crate::domain::change::Change;
use crate::domain::id::{ForeignId, Id, PrivilegeKey, ResourceKind};
use crate::domain::name::{ResourceKey, RoleId, Subject};
use crate::domain::role::RoleElement;
use crate::domain::row::Row;

pub(super) const DESCRIPTION: Description = Description {
    name: "wide",
    text: "100 users with 2,000 of 10,000 roles each, each role giving a privilege of its own; one role with 200,000 \
           holders; one group with a million members; 10,000 resources; half of the questions allowed, a third each \
           of the users with many roles, of the holders and of the members",
    parameters: &[
        Parameter::scaled("collectors", 100, 3, "users with very many roles"),
        Parameter::scaled("roles", 10_000, 20, "roles, of which each of these users has a fifth"),
        Parameter::scaled("holders", 200_000, 20, "users who hold one and the same role"),
        Parameter::scaled("members", 1_000_000, 20, "members of one group"),
        Parameter::scaled("resources", 10_000, 10, "resources"),
    ],
    build: |amounts, seed| Box::new(Wide::new(amounts, seed)),
};

/// The users with many roles have one in so many.
const EVERY: u64 = 5;

struct Wide {
    seed: u64,
    application: Id,
    collectors: u64,
    roles: u64,
    holders: u64,
    members: u64,
    resources: u64,
    keys: Vec<PrivilegeKey>,
}

/// The users, by what they are there for.
#[derive(Clone, Copy)]
enum User {
    Collector(u64),
    Holder(u64),
    Member(u64),
}

impl Wide {
    fn new(amounts: &Amounts, seed: u64) -> Self {
        let roles = amounts.get("roles");
        Self {
            seed,
            application: row::id("wide"),
            collectors: amounts.get("collectors"),
            roles,
            holders: amounts.get("holders"),
            members: amounts.get("members"),
            resources: amounts.get("resources"),
            // Each of the roles gives its own; the last two are those of the role with many holders and of the group's.
            keys: (0..roles + 2).map(|key| PrivilegeKey::derived(format!("thing:act-{key:06}"))).collect(),
        }
    }

    fn user(&self, user: User) -> Id {
        row::id(match user {
            User::Collector(number) => long_id("many", number, self.seed),
            User::Holder(number) => long_id("held", number, self.seed),
            User::Member(number) => long_id("staff", number, self.seed),
        })
    }

    fn users(&self) -> impl Iterator<Item = User> + use<> {
        let collectors = (0..self.collectors).map(User::Collector);
        collectors.chain((0..self.holders).map(User::Holder)).chain((0..self.members).map(User::Member))
    }

    fn group() -> Id {
        row::id("all-staff")
    }

    fn role(&self, number: u64) -> RoleId {
        row::role_id(&self.application, row::id(format!("role-{number:06}")))
    }

    fn key(&self, number: u64) -> Option<&PrivilegeKey> {
        self.keys.get(super::draw::index(number))
    }

    fn resource(number: u64) -> ResourceKey {
        let id = ForeignId::derived(format!("thing-{number:010}"));
        ResourceKey { kind: ResourceKind::derived("Thing".to_owned()), id }
    }

    fn assignment(&self, holder: Subject, role: u64) -> Row {
        let id = AssignmentId { holder, role: self.role(role), tenant: None };
        row::assignment(id, ObjectAccess::ALL, None)
    }

    /// The number of a role of a user with many.
    fn held(collector: u64, place: u64) -> u64 {
        place * EVERY + collector % EVERY
    }

    fn held_by(&self, collector: u64) -> impl Iterator<Item = Row> + use<'_> {
        let held = (0..self.roles).map(move |place| Self::held(collector, place));
        let held = held.take_while(|role| *role < self.roles);
        held.map(move |role| self.assignment(Subject::User(self.user(User::Collector(collector))), role))
    }

    fn given_to_many(&self, holder: u64) -> Row {
        self.assignment(Subject::User(self.user(User::Holder(holder))), self.roles)
    }

    fn member(&self, number: u64) -> Row {
        row::member(Self::group(), Subject::User(self.user(User::Member(number))))
    }
}

impl World for Wide {
    fn rows(&self) -> Box<dyn Iterator<Item = Row> + Send + '_> {
        let keys = self.keys.iter().map(|key| row::privilege(&self.application, key));
        let roles = (0..)
            .zip(&self.keys)
            .flat_map(|(number, key)| row::role(&self.role(number), vec![RoleElement::Privilege(key.clone())]));
        let users = self.users().map(|user| row::user(self.user(user), &self.application, (false, true)));
        let members = (0..self.members).map(|number| self.member(number));
        let things =
            (0..self.resources).map(|number| row::resource(Self::resource(number).of(&self.application), None));
        let collected = (0..self.collectors).flat_map(|collector| self.held_by(collector));
        let held = (0..self.holders).map(|holder| self.given_to_many(holder));
        let group = self.assignment(Subject::Group(Self::group()), self.roles + 1);
        let first = std::iter::once(row::application(&self.application)).chain(keys).chain(roles);
        let people = users.chain([row::group(Self::group())]).chain(members);
        Box::new(first.chain(people).chain(things).chain(collected).chain(held).chain([group]))
    }

    /// Who holds one role only is refused the next one's privilege; who holds many, one of a role that it has not.
    fn question(&self, number: u64, keys: Keys, rng: &mut Rng) -> Question {
        let allowed = number.is_multiple_of(2);
        let (user, privilege) = match number / 2 % 3 {
            0 => {
                let collector = keys.pick(rng, self.collectors);
                let own = Self::held(collector, rng.u64(..self.roles / EVERY));
                let other = own / EVERY * EVERY + (own + 1) % EVERY;
                (User::Collector(collector), if allowed { own } else { other })
            }
            1 => (User::Holder(keys.pick(rng, self.holders)), self.roles + u64::from(!allowed)),
            _ => (User::Member(keys.pick(rng, self.members)), self.roles + u64::from(allowed)),
        };
        let key = self.key(privilege).cloned();
        Question {
            application: self.application.clone(),
            subject: Subject::User(self.user(user)),
            privilege: key.unwrap_or_else(|| PrivilegeKey::derived("nothing".to_owned())),
            resource: Self::resource(keys.pick(rng, self.resources)),
            allowed,
        }
    }

    fn change(&self, rng: &mut Rng) -> (u64, Change) {
        let (kind, number) = (rng.u64(..2), rng.u64(..));
        let row = match kind {
            0 => (number % self.holders, self.given_to_many(number % self.holders)),
            _ => (number % self.members, self.member(number % self.members)),
        };
        ((kind << 60) | row.0, Change::delete(row.1))
    }
}
