//! Who holds what over what, in numbers, and what that allows.

use fastrand::Rng;

use super::{
    ACTIONS, Cloud, EDITED, FIRST_MACHINE, FIRST_PROJECT, FOLDERS, GROUPS, HOLDING, LEVELS, OF_GROUP, PROJECTS, SCOPES,
    THINGS, USERS, VIEWED,
};
use crate::workload::draw::{self, Table};

/// What an assignment reaches.
#[derive(Clone, Debug, Default)]
pub(super) struct Selected {
    pub(super) all: bool,
    /// The scope that says so, of the organisation's.
    pub(super) scope: Option<u64>,
    /// By a traversal spec; it leads to all that is below a folder, as no spec does.
    pub(super) spec: bool,
    pub(super) propagated: Vec<u64>,
    pub(super) cut: Vec<u64>,
    pub(super) single: Vec<u64>,
}

/// One of the assignments of a user or group.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) role: u64,
    pub(super) selected: Selected,
}

/// So many of some things, each once.
fn several(rng: &mut Rng, most: u64, (first, count): (u64, u64)) -> Vec<u64> {
    let mut found: Vec<u64> = (0..=rng.u64(..most)).map(|_| first + rng.u64(..count)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

const ALL_FOLDERS: (u64, u64) = (1, FOLDERS);
const ALL_PROJECTS: (u64, u64) = (FIRST_PROJECT, PROJECTS);
const ALL_MACHINES: (u64, u64) = (FIRST_MACHINE, THINGS - FIRST_MACHINE);

impl Cloud {
    /// What is right above a thing: a folder in one of the level before it, and one machine in twenty in two projects.
    pub(super) fn above(&self, organisation: u64, thing: u64) -> impl Iterator<Item = u64> + use<> {
        let mut rng = draw::of(self.seed, Table::Resource, organisation * THINGS + thing);
        let level = FOLDERS / LEVELS;
        let first = match thing {
            0 => None,
            1..FIRST_PROJECT => {
                let own = (thing - 1) / level;
                Some(own.checked_sub(1).map_or(0, |above| 1 + above * level + rng.u64(..level)))
            }
            FIRST_PROJECT..FIRST_MACHINE => Some(1 + rng.u64(..FOLDERS)),
            _ => Some(FIRST_PROJECT + rng.u64(..PROJECTS)),
        };
        let twice = thing >= FIRST_MACHINE && draw::percent(&mut rng, 5);
        let second = Some(FIRST_PROJECT + rng.u64(..PROJECTS)).filter(|second| twice && Some(*second) != first);
        first.into_iter().chain(second)
    }

    /// What a scope of an organisation holds.
    pub(super) fn selected(&self, organisation: u64, scope: u64) -> Selected {
        let mut rng = draw::of(self.seed, Table::Selection, organisation * SCOPES + scope);
        let rng = &mut rng;
        let selected = match scope % 10 {
            0..4 => Selected { propagated: several(rng, 2, ALL_FOLDERS), ..Selected::default() },
            4..6 => Selected { propagated: several(rng, 3, ALL_PROJECTS), ..Selected::default() },
            6 => Selected { propagated: vec![0], cut: several(rng, 4, ALL_FOLDERS), ..Selected::default() },
            7..9 => Selected { spec: true, propagated: several(rng, 2, ALL_FOLDERS), ..Selected::default() },
            _ => Selected { single: several(rng, 20, ALL_MACHINES), ..Selected::default() },
        };
        Selected { scope: Some(scope), ..selected }
    }

    /// The roles of one holder are of different halves of the catalogue; each twentieth is over everything, and two in
    /// twenty are over a folder or over machines that the assignment names itself.
    fn held(&self, mut rng: Rng, organisation: u64, count: u64) -> impl Iterator<Item = Held> + use<'_> {
        (0..count).map(move |part| {
            let role = draw::in_part(&mut rng, (part, count), self.roles());
            let basic = draw::percent(&mut rng, 10) && part + 1 == count;
            let role = if basic { self.roles() - 1 - rng.u64(..3) } else { role };
            let selected = match rng.u64(..20) {
                0 => Selected { all: true, ..Selected::default() },
                1 => Selected { propagated: several(&mut rng, 2, ALL_FOLDERS), ..Selected::default() },
                2 => Selected { single: several(&mut rng, 8, ALL_MACHINES), ..Selected::default() },
                _ => self.selected(organisation, rng.u64(..SCOPES)),
            };
            Held { role, selected }
        })
    }

    pub(super) fn held_by_group(&self, group: u64) -> impl Iterator<Item = Held> + use<'_> {
        self.held(draw::of(self.seed, Table::GroupAssignment, group), group / GROUPS, OF_GROUP)
    }

    pub(super) fn held_by_user(&self, user: u64) -> impl Iterator<Item = Held> + use<'_> {
        let count = u64::from(user.is_multiple_of(HOLDING));
        self.held(draw::of(self.seed, Table::UserAssignment, user), user / USERS, count)
    }

    /// The groups that a user is in.
    pub(super) fn groups_of(&self, user: u64) -> impl Iterator<Item = u64> + use<> {
        let mut rng = draw::of(self.seed, Table::User, user);
        let (first, count) = (user / USERS * GROUPS, 1 + rng.u64(..3));
        (0..count).map(move |part| first + draw::in_part(&mut rng, (part, count), GROUPS))
    }

    /// The group that has this one as a member.
    pub(super) fn above_group(group: u64) -> Option<u64> {
        let place = group % GROUPS;
        Some(group - place + place.checked_sub(1)? / 3)
    }

    /// Everything that a user holds, itself and through groups.
    pub(super) fn all_held(&self, user: u64) -> Vec<Held> {
        let mut held: Vec<Held> = self.held_by_user(user).collect();
        for group in self.groups_of(user) {
            let above = std::iter::successors(Some(group), |group| Self::above_group(*group));
            held.extend(above.flat_map(|group| self.held_by_group(group)));
        }
        held
    }

    /// Whether a role gives a privilege.
    pub(super) fn gives(&self, role: u64, privilege: u64) -> bool {
        let (service, action) = (privilege / ACTIONS, privilege % ACTIONS);
        let (of, kind) = (role / 4, role % 4);
        match (of < self.services, kind) {
            (true, _) if of != service => false,
            (_, 0) => action < VIEWED,
            (_, 1) => action < EDITED,
            (true, 2) | (false, _) => true,
            (true, _) => action < VIEWED || action == ACTIONS - 1,
        }
    }

    /// One of the privileges that a role gives.
    pub(super) fn one_given(&self, role: u64, rng: &mut Rng) -> u64 {
        let service = if role / 4 < self.services { role / 4 } else { rng.u64(..self.services) };
        let limit = match role % 4 {
            0 => VIEWED,
            1 => EDITED,
            3 if role / 4 < self.services => VIEWED,
            _ => ACTIONS,
        };
        service * ACTIONS + rng.u64(..limit)
    }

    /// Whether a thing is among what is selected: itself, or by what is above it and not cut.
    pub(super) fn reaches(&self, organisation: u64, selected: &Selected, thing: u64) -> bool {
        selected.all
            || selected.single.contains(&thing)
            || selected.cut.contains(&thing)
            || self.spreads(organisation, selected, thing)
    }

    fn spreads(&self, organisation: u64, selected: &Selected, thing: u64) -> bool {
        if selected.cut.contains(&thing) {
            return false;
        }
        let mut above = self.above(organisation, thing);
        selected.propagated.contains(&thing) || above.any(|above| self.spreads(organisation, selected, above))
    }

    /// Whether one of what is held allows it, on a thing of the holder's own organisation.
    pub(super) fn allows(&self, organisation: u64, held: &[Held], privilege: u64, thing: u64) -> bool {
        held.iter().any(|held| self.gives(held.role, privilege) && self.reaches(organisation, &held.selected, thing))
    }
}
