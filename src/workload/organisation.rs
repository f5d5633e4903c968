//! An organisation like a cloud's, a thousand times: folders up to ten deep, projects, machines, and who may do what
//! below which of them.
//!
//! Each organisation is a tenant of one application. Users are in one to three of its groups, which are nested; groups
//! and some users hold roles over scopes: what is below folders or projects, with or without a traversal spec, everything
//! but for some folders, or single machines. The catalogue is shaped like a cloud's: for each service a viewer, an
//! editor that inherits from it, an administrator by pattern and an auditor, and three roles over all services.

mod evaluate;
mod rows;

use fastrand::Rng;

use super::amounts::{Amounts, Parameter};
use super::draw::{self, Keys, index};
use super::{Description, Question, World, row};
use crate::domain::change::Change;
use crate::domain::id::{ForeignId, Id, PrivilegeKey, ResourceKind};
use crate::domain::name::{ResourceKey, RoleId, ScopeId, Subject};
use crate::domain::row::Row;

/// What is in one organisation: itself, then its folders, its projects and its machines, numbered in this order.
const FOLDERS: u64 = 60;
const LEVELS: u64 = 10;
const PROJECTS: u64 = 140;
const THINGS: u64 = 1_000;
const FIRST_PROJECT: u64 = 1 + FOLDERS;
const FIRST_MACHINE: u64 = FIRST_PROJECT + PROJECTS;
const USERS: u64 = 200;
const GROUPS: u64 = 20;
const SCOPES: u64 = 30;
/// Roles of a group, and which of the users hold one themselves.
const OF_GROUP: u64 = 2;
const HOLDING: u64 = 9;
/// Actions of a service; a viewer may do the first, an editor more.
const ACTIONS: u64 = 25;
const VIEWED: u64 = 5;
const EDITED: u64 = 15;
const TRIES: usize = 200;

pub(super) const DESCRIPTION: Description = Description {
    name: "organisation",
    text: "1,000 organisations of a cloud, each a tenant with 1,000 resources (folders up to 10 deep, projects, \
           machines), 200 users, 20 nested groups, 30 scopes; 200 services with 25 privileges and 4 roles each, and 3 \
           roles over all; half of the questions allowed, one in twenty about another organisation's machine",
    parameters: &[
        Parameter::scaled("organisations", 1_000, 2, "organisations: tenants of 1,000 resources"),
        Parameter::scaled("services", 200, 4, "services of the catalogue, with 25 privileges and 4 roles each"),
    ],
    build: |amounts, seed| Box::new(Cloud::new(amounts, seed)),
};

struct Cloud {
    seed: u64,
    organisations: u64,
    services: u64,
    application: Id,
    keys: Vec<PrivilegeKey>,
    kinds: [ResourceKind; 4],
}

impl Cloud {
    fn new(amounts: &Amounts, seed: u64) -> Self {
        let services = amounts.get("services");
        let actions = (0..services).flat_map(|service| (0..ACTIONS).map(move |action| (service, action)));
        let key = |(service, action)| PrivilegeKey::derived(format!("service-{service:03}:{}", name_of(action)));
        Self {
            seed,
            organisations: amounts.get("organisations"),
            services,
            application: row::id("cloud"),
            keys: actions.map(key).collect(),
            kinds: ["Organisation", "Folder", "Project", "Machine"]
                .map(|kind| ResourceKind::derived(format!("CLOUD::{kind}"))),
        }
    }

    fn tenant(organisation: u64) -> Id {
        row::id(format!("organisation-{organisation:05}"))
    }

    /// Users and groups are numbered through all organisations.
    fn user(number: u64) -> Subject {
        Subject::User(row::id(format!("person-{:05}-{:03}", number / USERS, number % USERS)))
    }

    fn group(number: u64) -> Id {
        row::id(format!("team-{:05}-{:02}", number / GROUPS, number % GROUPS))
    }

    fn scope(&self, organisation: u64, number: u64) -> ScopeId {
        let scope = row::id(format!("scope-{organisation:05}-{number:02}"));
        ScopeId { application: self.application.clone(), scope }
    }

    /// Things are numbered within their organisation.
    fn thing(&self, organisation: u64, number: u64) -> ResourceKey {
        let [top, folder, project, machine] = &self.kinds;
        let (kind, prefix) = match number {
            0 => (top, "organisation"),
            1..FIRST_PROJECT => (folder, "folder"),
            FIRST_PROJECT..FIRST_MACHINE => (project, "project"),
            _ => (machine, "machine"),
        };
        let id = ForeignId::derived(format!("{prefix}-{organisation:05}-{number:04}"));
        ResourceKey { kind: kind.clone(), id }
    }

    fn role(&self, number: u64) -> RoleId {
        let (service, kind) = (number / 4, number % 4);
        let name = match (service < self.services, kind) {
            (true, 0) => format!("service-{service:03}.viewer"),
            (true, 1) => format!("service-{service:03}.editor"),
            (true, 2) => format!("service-{service:03}.administrator"),
            (true, _) => format!("service-{service:03}.auditor"),
            (false, 0) => "viewer".to_owned(),
            (false, 1) => "editor".to_owned(),
            (false, _) => "owner".to_owned(),
        };
        row::role_id(&self.application, row::id(name))
    }

    fn roles(&self) -> u64 {
        self.services * 4 + 3
    }

    fn key(&self, number: u64) -> Option<&PrivilegeKey> {
        self.keys.get(index(number))
    }

    /// A user, a privilege and a machine of an organisation, with this answer, if they are found at once.
    fn draw(&self, keys: Keys, rng: &mut Rng, wanted: bool) -> Option<(u64, u64, (u64, u64))> {
        let user = keys.pick(rng, self.organisations * USERS);
        let organisation = user / USERS;
        let held = self.all_held(user);
        let start = keys.pick(rng, THINGS - FIRST_MACHINE);
        let machine = |at| FIRST_MACHINE + (start + at) % (THINGS - FIRST_MACHINE);
        if !wanted {
            // One in ten is of another organisation, with a privilege that the user has here.
            let privilege = self.one_given(draw::one(rng, &held)?.role, rng);
            if draw::percent(rng, 10) {
                let other = (organisation + 1 + rng.u64(..self.organisations - 1)) % self.organisations;
                return Some((user, privilege, (other, machine(0))));
            }
            let privilege = if rng.bool() { privilege } else { rng.u64(..self.keys.len() as u64) };
            let allowed = self.allows(organisation, &held, privilege, machine(0));
            return (!allowed).then_some((user, privilege, (organisation, machine(0))));
        }
        let one = draw::one(rng, &held)?;
        let reached = (0..THINGS - FIRST_MACHINE).map(machine);
        let machine = reached.into_iter().find(|machine| self.reaches(organisation, &one.selected, *machine))?;
        Some((user, self.one_given(one.role, rng), (organisation, machine)))
    }
}

/// What an action is called.
fn name_of(action: u64) -> String {
    const NAMES: [&str; 5] = ["get", "list", "watch", "describe", "export"];
    NAMES.get(index(action)).map_or_else(|| format!("change-{action:02}"), |name| (*name).to_owned())
}

impl World for Cloud {
    fn rows(&self) -> Box<dyn Iterator<Item = Row> + Send + '_> {
        Box::new(self.all_rows())
    }

    fn question(&self, _number: u64, keys: Keys, rng: &mut Rng) -> Question {
        let wanted = rng.bool();
        let drawn = (0..TRIES).find_map(|_| self.draw(keys, rng, wanted));
        let (user, privilege, (organisation, machine)) = drawn.unwrap_or_default();
        let key = drawn.and_then(|_| self.key(privilege)).cloned();
        Question {
            application: self.application.clone(),
            subject: Self::user(user),
            privilege: key.unwrap_or_else(|| PrivilegeKey::derived("nothing".to_owned())),
            resource: self.thing(organisation, machine),
            allowed: drawn.is_some() && wanted,
        }
    }

    fn change(&self, rng: &mut Rng) -> (u64, Change) {
        self.loose(rng)
    }
}
