//! What differs between two states: which roles, and who holds something else than before.

use rustc_hash::{FxHashMap, FxHashSet};

use super::aims::Moved;
use super::class::{Class, Held};
use super::objects::{Contents, Side};
use crate::domain::name::Subject;
use crate::domain::time::Time;
use crate::engine::snapshot::{Grant, NONE, RoleRow, Snapshot};

/// Two states, what differs, and when it is looked at.
#[derive(Debug)]
pub(super) struct Changed<'a> {
    pub(super) before: &'a Snapshot,
    pub(super) after: &'a Snapshot,
    pub(super) now: Time,
    /// Roles that give something else, or to others, or on other targets.
    pub(super) roles: FxHashSet<u32>,
    /// Who has other assignments, or assignments of such roles.
    pub(super) holders: FxHashSet<u32>,
    /// All that the changed roles and assignments give or gave.
    keys: FxHashSet<u32>,
    /// Who holds roles that documents are about before and not after, and the reverse.
    pub(super) moved: (Moved, Moved),
}

impl<'a> Changed<'a> {
    /// What differs.
    pub(super) fn between(before: &'a Snapshot, after: &'a Snapshot, now: Time) -> Self {
        let empty = FxHashSet::default();
        let moved = (Moved::default(), Moved::default());
        let mut changed = Self { before, after, now, roles: empty.clone(), holders: empty.clone(), keys: empty, moved };
        changed.find_roles();
        changed.find_holders();
        changed
    }

    fn states(&self) -> [&'a Snapshot; 2] {
        [self.before, self.after]
    }

    fn find_roles(&mut self) {
        let (before, after) = (self.before, self.after);
        let mut roles = FxHashSet::default();
        let rows = before.role_rows.unshared(&after.role_rows);
        roles.extend(rows.filter(|id| differ(&before.role_row(*id), &after.role_row(*id))));
        let given = before.given.unshared(&after.given);
        let same = |id: u32| match (before.given.get(id), after.given.get(id)) {
            (Some(old), Some(new)) => old.is_same(new),
            (old, new) => old.or(new).is_none_or(|given| given.iter().next().is_none()),
        };
        roles.extend(given.filter(|id| !same(*id)));
        roles.extend(before.visible_tenants.unshared(&after.visible_tenants));
        for key in before.privilege_rows.unshared(&after.privilege_rows) {
            if before.privilege_row(key) != after.privilege_row(key) {
                // What becomes of a key becomes of it wherever a document names it.
                let rights = [before, after].into_iter().flat_map(|state| state.rights_of.get(key).iter().copied());
                roles.extend(std::iter::once(key).chain(rights).flat_map(|id| self.givers(id)));
            }
        }
        let rights = before.rights.unshared(&after.rights);
        let rights = rights.filter(|right| before.right(*right) != after.right(*right));
        roles.extend(rights.flat_map(|right| self.givers(right)));
        let rows = before.boundary_rows.unshared(&after.boundary_rows);
        let rows = rows.filter(|id| before.boundary_rows.get(*id) != after.boundary_rows.get(*id));
        for boundary in rows.chain(before.boundary_tenants.unshared(&after.boundary_tenants)) {
            roles.extend(self.states().iter().flat_map(|state| state.bounded_roles.get(boundary)));
        }
        self.roles = roles;
    }

    /// The roles that give a privilege or right, before or after.
    pub(super) fn givers(&self, id: u32) -> impl Iterator<Item = u32> + use<'a> {
        self.states().into_iter().filter_map(move |state| state.givers.get(id)).flat_map(|roles| roles.iter())
    }

    fn find_holders(&mut self) {
        let (before, after) = (self.before, self.after);
        let mut givers = FxHashSet::default();
        for holder in before.grants.unshared(&after.grants) {
            let (old, new): (Vec<Grant>, Vec<Grant>) =
                (before.grants.of(holder).collect(), after.grants.of(holder).collect());
            let gone = old.iter().filter(|grant| !new.contains(grant));
            let other: Vec<u32> =
                gone.chain(new.iter().filter(|grant| !old.contains(grant))).map(|grant| grant.role).collect();
            if !other.is_empty() {
                self.holders.insert(holder);
            }
            givers.extend(other);
        }
        self.find_moved(givers.iter().copied().chain(self.roles.clone()));
        givers.extend(&self.roles);
        givers.extend(self.find_holders_of_objects());
        if !self.roles.is_empty() {
            let holds = |holder: &u32| {
                let mut grants = self.states().into_iter().flat_map(|state| state.grants.of(*holder));
                grants.any(|grant| self.roles.contains(&grant.role))
            };
            let holders: Vec<u32> = (0..after.subjects.len()).filter(holds).collect();
            self.holders.extend(holders);
        }
        self.keys = givers.iter().flat_map(|role| self.given(*role)).collect();
    }

    /// Those whose assignments may reach other resources, by what they or their scopes select; the roles of these.
    fn find_holders_of_objects(&mut self) -> Vec<u32> {
        let (before, after) = (self.before, self.after);
        let mut selectors: FxHashSet<u32> = before.instances.unshared(&after.instances).collect();
        selectors.extend(before.assigned.unshared(&after.assigned));
        let scopes = before.scopes.unshared(&after.scopes);
        selectors.extend(scopes.filter(|id| before.scope_lives(*id) != after.scope_lives(*id)));
        for spec in before.spec_rows.unshared(&after.spec_rows) {
            if before.spec(spec) != after.spec(spec) {
                selectors.extend(self.states().into_iter().flat_map(|state| state.spec_users.of(spec)));
            }
        }
        let mut roles = Vec::new();
        for state in self.states() {
            for holder in selectors.iter().flat_map(|selector| state.selector_holders.of(*selector)) {
                let reaches = |grant: &Grant| grant.access.selector().is_some_and(|id| selectors.contains(&id));
                roles.extend(state.grants.of(holder).filter(reaches).map(|grant| grant.role));
                self.holders.insert(holder);
            }
        }
        roles
    }

    /// What a role gives, before or after.
    fn given(&self, role: u32) -> impl Iterator<Item = u32> + use<'a> {
        self.states().into_iter().flat_map(move |state| {
            let given = state.given.get(role).into_iter().flat_map(|given| given.iter());
            given.map(|id| state.key_of(id))
        })
    }

    /// The subjects behind what changed, by what they hold before and after.
    pub(super) fn classes(&self, sees: Option<&dyn Fn(&Subject) -> bool>) -> FxHashMap<Class, Vec<u32>> {
        let (mut classes, mut relevant) = (FxHashMap::default(), FxHashMap::default());
        let mut contents = Contents::default();
        for subject in self.subjects() {
            if !sees.is_none_or(|sees| self.is_told_alone(subject, sees)) {
                continue;
            }
            let class = self.class_of(subject, &mut relevant, &mut contents);
            if class.before != class.after || self.holds_changed(&class.after) {
                classes.entry(class).or_insert_with(Vec::new).push(subject);
            }
        }
        classes
    }

    /// Whether who may see some subjects only is told of this one. An application is not told of: it stands for others.
    fn is_told_alone(&self, subject: u32, sees: &dyn Fn(&Subject) -> bool) -> bool {
        !self.after.is_application(subject) && self.after.subject_named(subject).is_some_and(|name| sees(&name))
    }

    fn holds_changed(&self, held: &[Held]) -> bool {
        held.iter().any(|held| self.roles.contains(&held.role))
    }

    /// Users, clients and applications that a changed holder stands for, ordered.
    fn subjects(&self) -> Vec<u32> {
        let alone = |holder: &u32| !self.after.is_group(*holder) && !self.after.is_application(*holder);
        if self.holders.iter().all(alone) {
            let mut subjects: Vec<u32> = self.holders.iter().copied().collect();
            subjects.sort_unstable();
            return subjects;
        }
        let behind = |subject: &u32| self.after.holders_of(*subject).any(|holder| self.holders.contains(&holder));
        (0..self.after.subjects.len()).filter(|subject| !self.after.is_group(*subject)).filter(behind).collect()
    }

    fn class_of(&self, subject: u32, relevant: &mut FxHashMap<u32, bool>, contents: &mut Contents) -> Class {
        let mut is_relevant =
            |role: u32| *relevant.entry(role).or_insert_with(|| self.given(role).any(|key| self.keys.contains(&key)));
        let at = (subject, self.now);
        let before = self.before.held(at, &mut is_relevant, (Side::Before, contents));
        let after = self.after.held(at, &mut is_relevant, (Side::After, contents));
        let home = if self.after.is_user(subject) { self.after.subject_row(subject).application } else { NONE };
        Class { before, after, home }
    }
}

/// Whether a role reaches others, or other targets.
fn differ(old: &RoleRow, new: &RoleRow) -> bool {
    let parts = |row: &RoleRow| (row.live, row.boundary, row.visibility, row.application, row.tenant);
    parts(old) != parts(new)
}
