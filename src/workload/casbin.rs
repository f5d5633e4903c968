//! The role benchmarks of Casbin: user `i` has role `i/10`, and role `i` may read data `i/10`.
//!
//! What Casbin says of a role, that it may read a thing, is said here by a role that gives the right to read, held over
//! a scope that has the thing. Questions by uniform keys differ from each other up to twice the number of users.

use fastrand::Rng;

use super::amounts::{Amounts, Parameter};
use super::draw::{Keys, mixed, scattered};
use super::{Description, Question, World, row};
use crate::domain::assignment::{AssignmentId, ObjectAccess};
use crate::domain::change::Change;
use crate::domain::id::{ForeignId, Id, PrivilegeKey, ResourceKind};
use crate::domain::name::{ResourceKey, ScopeId, Subject};
use crate::domain::role::RoleElement;
use crate::domain::row::Row;
use crate::domain::scope::{SelectionType, Selector};

/// Users of a role, and roles of a thing.
const EACH: u64 = 10;

const fn users(default: u64) -> Parameter {
    Parameter::scaled("users", default, 2 * EACH * EACH, "users; a tenth as many roles, a hundredth as many things")
}

pub(super) const SMALL: Description = Description {
    name: "casbin-small",
    text: "Casbin's small role benchmark: 100 roles, 1,000 users, 10 things to read; half of the questions allowed",
    parameters: &[users(1_000)],
    build,
};

pub(super) const MEDIUM: Description = Description {
    name: "casbin-medium",
    text: "Casbin's medium role benchmark: 1,000 roles, 10,000 users, 100 things to read; half of the questions allowed",
    parameters: &[users(10_000)],
    build,
};

pub(super) const LARGE: Description = Description {
    name: "casbin-large",
    text: "Casbin's large role benchmark: 10,000 roles, 100,000 users, 1,000 things to read; half of the questions allowed",
    parameters: &[users(100_000)],
    build,
};

struct Casbin {
    users: u64,
    /// The place of the user who is asked about first.
    first: u64,
    application: Id,
    read: PrivilegeKey,
    kind: ResourceKind,
}

fn build(amounts: &Amounts, seed: u64) -> Box<dyn World> {
    Box::new(Casbin {
        users: amounts.get("users"),
        first: mixed(seed) % amounts.get("users"),
        application: row::id("casbin"),
        read: PrivilegeKey::derived("data:read".to_owned()),
        kind: ResourceKind::derived("data".to_owned()),
    })
}

impl Casbin {
    fn data(&self) -> u64 {
        self.users.div_ceil(EACH * EACH)
    }

    fn user(number: u64) -> Id {
        row::id(format!("user{number}"))
    }

    fn role(number: u64) -> Id {
        row::id(format!("group{number}"))
    }

    fn key(&self, data: u64) -> ResourceKey {
        ResourceKey { kind: self.kind.clone(), id: ForeignId::derived(format!("data{data}")) }
    }

    fn scope(&self, data: u64) -> ScopeId {
        ScopeId { application: self.application.clone(), scope: row::id(format!("data{data}")) }
    }

    fn data_rows(&self, data: u64) -> impl Iterator<Item = Row> {
        let scope = self.scope(data);
        let thing = row::resource(self.key(data).of(&self.application), None);
        let selected = vec![(SelectionType::Specific, self.key(data))];
        let rows = [thing, row::scope(&scope)];
        rows.into_iter().chain(row::instance(Selector::Scope(scope), None, selected))
    }

    fn assignment(&self, user: u64) -> Row {
        let role = row::role_id(&self.application, Self::role(user / EACH));
        let id = AssignmentId { holder: Subject::User(Self::user(user)), role, tenant: None };
        let scope = Some(self.scope(user / EACH / EACH).scope);
        row::assignment(id, ObjectAccess { allow_all_objects: false, scope }, None)
    }
}

impl World for Casbin {
    fn rows(&self) -> Box<dyn Iterator<Item = Row> + Send + '_> {
        let gives = || vec![RoleElement::Privilege(self.read.clone())];
        let role = move |number| row::role(&row::role_id(&self.application, Self::role(number)), gives());
        let user = |number| row::user(Self::user(number), &self.application, (false, true));
        let first = [row::application(&self.application), row::privilege(&self.application, &self.read)];
        let rows = first.into_iter().chain((0..self.users.div_ceil(EACH)).flat_map(role));
        let rows = rows.chain((0..self.data()).flat_map(|data| self.data_rows(data)));
        Box::new(rows.chain((0..self.users).map(user)).chain((0..self.users).map(|user| self.assignment(user))))
    }

    fn question(&self, number: u64, keys: Keys, rng: &mut Rng) -> Question {
        let user = match keys {
            Keys::Uniform => scattered(self.first + number / 2, self.users),
            Keys::Zipf => keys.pick(rng, self.users),
        };
        let (own, allowed) = (user / EACH / EACH, number.is_multiple_of(2));
        let other = (own + 1 + rng.u64(..self.data() - 1)) % self.data();
        Question {
            application: self.application.clone(),
            subject: Subject::User(Self::user(user)),
            privilege: self.read.clone(),
            resource: self.key(if allowed { own } else { other }),
            allowed,
        }
    }

    fn change(&self, rng: &mut Rng) -> (u64, Change) {
        let user = rng.u64(..self.users);
        (user, Change::delete(self.assignment(user)))
    }
}
