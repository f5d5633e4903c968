//! Ten million assignments in one application with ten thousand tenants; and the same, smaller, to change.
//!
//! A user is in one tenant and in two of its groups, which are nested in trees of five levels; users hold nine roles
//! each, groups ten. A role gives twenty privileges; a fifth of the roles are tenants' own. No role has a boundary, so
//! that everybody acts in his own tenant. One assignment in ten ends, and of these one in ten has ended.

mod rows;

use fastrand::Rng;

use super::amounts::{Amounts, Parameter};
use super::draw::{self, Keys, Table, index};
use super::share::Shares;
use super::{Description, Question, World, row};
use crate::domain::change::Change;
use crate::domain::id::{ForeignId, Id, PrivilegeKey, ResourceKind};
use crate::domain::name::{ResourceKey, RoleId, Subject};
use crate::domain::row::Row;
use crate::domain::time::Time;

/// Roles that a user holds itself, and those that a group holds.
const OF_USER: u64 = 9;
const OF_GROUP: u64 = 10;
/// Privileges that a role gives.
const OF_ROLE: u64 = 20;
/// Groups in a tree of five levels, in each of which a group has two below it.
const TREE: u64 = 31;
/// Roles of the application for each that a tenant has.
const SHARED_ROLES: u64 = 4;
/// How often another question is drawn when one has not the answer that was wanted.
const TRIES: usize = 1_000;
/// Ends of assignments: long ago, and in a long time.
const ENDED: Time = Time::clamped(1_577_836_800_000_000);
const ENDING: Time = Time::clamped(4_102_444_800_000_000);

const PARAMETERS: &[Parameter] = &parameters(1);

const fn parameters(divisor: u64) -> [Parameter; 6] {
    [
        Parameter::scaled("users", 1_000_000 / divisor, 60, "users, with nine roles each"),
        Parameter::scaled("groups", 100_000 / divisor, 20, "groups, with ten roles each"),
        Parameter::scaled("roles", 10_000 / divisor, 50, "roles, a fifth of them tenants' own"),
        // With fewer, nearly everybody would have nearly all of them, and denials would be hard to find.
        Parameter::fixed("privileges", 2_000, "privileges, of which a role gives twenty"),
        Parameter::scaled("resources", 5_000_000 / divisor, 100, "resources"),
        Parameter::scaled("tenants", 10_000 / divisor, 5, "tenants; the largest has a tenth of everything"),
    ]
}

/// Those of the world at a tenth, and another one.
pub(super) const fn with(other: Parameter) -> [Parameter; 7] {
    let [users, groups, roles, privileges, resources, tenants] = parameters(10);
    [users, groups, roles, privileges, resources, tenants, other]
}

pub(super) const DESCRIPTION: Description = Description {
    name: "ten-million",
    text: "10 million assignments: 1 million users, 100,000 groups nested up to 5 deep, 10,000 roles, 2,000 privileges, \
           5 million resources, 10,000 tenants (the largest has a tenth), one assignment in ten ends; half of the \
           questions allowed, one in ten about another tenant's resource",
    parameters: PARAMETERS,
    build: |amounts, seed| Box::new(TenMillion::new("ten-million", amounts, seed)),
};

pub(super) const CHURN: Description = Description {
    name: "churn",
    text: "ten-million at a tenth, to be changed: assignments and members come and go, users are disabled, resources \
           move in and out, roles gain and lose privileges; half of the questions allowed, before the changes",
    parameters: &parameters(10),
    build: |amounts, seed| Box::new(TenMillion::new("churn", amounts, seed)),
};

/// The world of both.
pub(super) struct TenMillion {
    seed: u64,
    users: u64,
    groups: u64,
    resources: u64,
    tenants: Shares,
    application: Id,
    kinds: [ResourceKind; 8],
    keys: Vec<PrivilegeKey>,
    roles: Vec<RoleId>,
    /// What each role gives, one list after the other.
    given: Vec<u64>,
    /// The first roles, which are the application's; each of the others is one tenant's.
    shared_roles: u64,
}

/// One of the assignments of a user or group, in numbers.
#[derive(Clone, Copy)]
struct Held {
    role: u64,
    expire: Option<Time>,
}

impl TenMillion {
    pub(super) fn new(name: &str, amounts: &Amounts, seed: u64) -> Self {
        let application = row::id(name);
        let (roles, tenants, keys) = (amounts.get("roles"), amounts.get("tenants"), amounts.get("privileges"));
        let shared_roles = roles - (roles / (SHARED_ROLES + 1)).min(tenants);
        let key = |number: u64| format!("service-{:04}:operation-{number:05}", number / 25);
        let role = |number: u64| {
            let tenant = number.checked_sub(shared_roles).map(|tenant| tenant_id(tenant, seed));
            RoleId { application: application.clone(), tenant, role: row::id(draw::long_id("role", number, seed)) }
        };
        let given = |number: u64| {
            let mut rng = draw::of(seed, Table::Role, number);
            (0..OF_ROLE).map(move |part| draw::in_part(&mut rng, (part, OF_ROLE), keys))
        };
        Self {
            seed,
            users: amounts.get("users"),
            groups: amounts.get("groups"),
            resources: amounts.get("resources"),
            tenants: Shares { tenants },
            kinds: ["instance", "disk", "bucket", "network", "database", "secret", "queue", "image"]
                .map(|kind| ResourceKind::derived(kind.to_owned())),
            keys: (0..keys).map(|number| PrivilegeKey::derived(key(number))).collect(),
            roles: (0..roles).map(role).collect(),
            given: (0..roles).flat_map(given).collect(),
            shared_roles,
            application,
        }
    }

    pub(super) fn application(&self) -> &Id {
        &self.application
    }

    pub(super) fn user_of(&self, number: u64) -> Subject {
        Subject::User(row::id(draw::long_id("user", number, self.seed)))
    }

    fn tenant(&self, number: u64) -> Id {
        tenant_id(number, self.seed)
    }

    fn group(&self, number: u64) -> Id {
        row::id(draw::long_id("group", number, self.seed))
    }

    fn resource(&self, number: u64) -> ResourceKey {
        let [first, ..] = &self.kinds;
        let kind = self.kinds.get(index(draw::mixed(number) % 8));
        let id = ForeignId::derived(draw::long_id("thing", number, self.seed));
        ResourceKey { kind: kind.unwrap_or(first).clone(), id }
    }

    fn user_tenant(&self, user: u64) -> u64 {
        self.tenants.tenant(user, self.users)
    }

    /// The groups that a user is in: two of its tenant's, as far as there are two.
    fn groups_of(&self, user: u64) -> impl Iterator<Item = u64> + use<> {
        let own = self.tenants.of(self.user_tenant(user), self.groups);
        let (mut rng, count) = (draw::of(self.seed, Table::User, user), own.end - own.start);
        (0..count.min(2)).map(move |part| own.start + draw::in_part(&mut rng, (part, 2), count))
    }

    /// The group that has this one as a member.
    fn above(&self, group: u64) -> Option<u64> {
        let first = self.tenants.of(self.tenants.tenant(group, self.groups), self.groups).start;
        let (tree, place) = ((group - first) / TREE, (group - first) % TREE);
        Some(first + tree * TREE + place.checked_sub(1)? / 2)
    }

    fn held_by_user(&self, user: u64) -> impl Iterator<Item = Held> + use<> {
        self.held((Table::UserAssignment, user), self.user_tenant(user), OF_USER)
    }

    fn held_by_group(&self, group: u64) -> impl Iterator<Item = Held> + use<> {
        self.held((Table::GroupAssignment, group), self.tenants.tenant(group, self.groups), OF_GROUP)
    }

    /// The first of the roles is the tenant's own, if it has one.
    fn held(&self, (table, holder): (Table, u64), tenant: u64, count: u64) -> impl Iterator<Item = Held> + use<> {
        let (mut rng, shared) = (draw::of(self.seed, table, holder), self.shared_roles);
        let own = Some(shared + tenant).filter(|own| *own < self.roles.len() as u64);
        (0..count).map(move |part| {
            let role = draw::in_part(&mut rng, (part, count), shared);
            let end = if draw::percent(&mut rng, 10) { ENDED } else { ENDING };
            let expire = draw::percent(&mut rng, 10).then_some(end);
            Held { role: own.filter(|_| part == 0).unwrap_or(role), expire }
        })
    }

    /// Everything that a user holds, itself and through groups.
    fn all_held(&self, user: u64) -> Vec<Held> {
        let mut held: Vec<Held> = self.held_by_user(user).collect();
        let mut seen = Vec::new();
        for group in self.groups_of(user) {
            let above = std::iter::successors(Some(group), |group| self.above(*group));
            for group in above {
                if !seen.contains(&group) {
                    seen.push(group);
                    held.extend(self.held_by_group(group));
                }
            }
        }
        held
    }

    fn given(&self, role: u64) -> &[u64] {
        let first = role * OF_ROLE;
        self.given.get(index(first)..index(first + OF_ROLE)).unwrap_or_default()
    }

    /// Whether one of what is held gives a privilege now.
    fn gives(&self, held: &[Held], privilege: u64) -> bool {
        let valid = held.iter().filter(|held| held.expire != Some(ENDED));
        valid.into_iter().any(|held| self.given(held.role).contains(&privilege))
    }

    /// A user, a privilege and a resource, with this answer, if they are found at once.
    fn draw(&self, keys: Keys, rng: &mut Rng, (wanted, crossing): (bool, bool)) -> Option<(u64, u64, u64)> {
        let user = keys.pick(rng, self.users);
        let own = self.tenants.of(self.user_tenant(user), self.resources);
        let resource = if crossing {
            Some(keys.pick(rng, self.resources)).filter(|number| !own.contains(number))?
        } else {
            own.start + Some(own.end - own.start).filter(|count| *count > 0).map(|count| keys.pick(rng, count))?
        };
        let held = self.all_held(user);
        let privilege = if wanted || crossing {
            let role = draw::one(rng, &held)?.role;
            *draw::one(rng, self.given(role))?
        } else {
            rng.u64(..self.keys.len() as u64)
        };
        let allowed = !crossing && self.gives(&held, privilege);
        (allowed == wanted).then_some((user, privilege, resource))
    }

    /// A question with this answer, about another tenant's resource or its user's own. (Where there is none, one about
    /// nothing, which is denied.)
    pub(super) fn question_with(&self, keys: Keys, rng: &mut Rng, (wanted, crossing): (bool, bool)) -> Question {
        let drawn = (0..TRIES).find_map(|_| self.draw(keys, rng, (wanted, crossing)));
        let (user, privilege, resource) = drawn.unwrap_or_default();
        let key = drawn.and_then(|_| self.key(privilege)).cloned();
        Question {
            application: self.application.clone(),
            subject: self.user_of(user),
            privilege: key.unwrap_or_else(|| PrivilegeKey::derived("nothing".to_owned())),
            resource: self.resource(resource),
            allowed: drawn.is_some() && wanted,
        }
    }

    fn key(&self, privilege: u64) -> Option<&PrivilegeKey> {
        self.keys.get(index(privilege))
    }
}

fn tenant_id(number: u64, seed: u64) -> Id {
    row::id(draw::long_id("tenant", number, seed))
}

impl World for TenMillion {
    fn rows(&self) -> Box<dyn Iterator<Item = Row> + Send + '_> {
        Box::new(self.all_rows())
    }

    /// Half are allowed. Of the others one in five is about another tenant's resource, with a privilege that is given.
    fn question(&self, _number: u64, keys: Keys, rng: &mut Rng) -> Question {
        let wanted = rng.bool();
        let crossing = !wanted && draw::percent(rng, 20);
        self.question_with(keys, rng, (wanted, crossing))
    }

    fn change(&self, rng: &mut Rng) -> (u64, Change) {
        self.loose(rng)
    }
}
