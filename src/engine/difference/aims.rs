//! The targets of statements in two states. A role among them means who holds it in both; who holds it in one of them
//! only is named beside it, so that what is told of a change is exact.

use rustc_hash::{FxHashMap, FxHashSet};

use super::changed::Changed;
use crate::engine::documents::Targets;
use crate::engine::snapshot::{NONE, Snapshot};

/// Targets of a right, in one of two states.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Aims {
    /// The application of the document: another one's has other ids for the same names.
    application: u32,
    pub(super) targets: Targets,
    /// Who holds one of the roles here, and not in the other state; ordered.
    pub(super) moved: Vec<u32>,
}

/// Who holds each role in one state and not in the other.
pub(super) type Moved = FxHashMap<u32, Vec<u32>>;

impl Aims {
    pub(super) fn includes(&self, other: &Self) -> bool {
        let moved = || other.moved.iter().all(|id| self.moved.binary_search(id).is_ok());
        self.application == other.application && self.targets.includes(&other.targets) && moved()
    }

    /// Whether nothing is in both, for certain.
    pub(super) fn is_apart_from(&self, other: &Self) -> bool {
        let single = |aims: &Self| aims.targets.roles.is_empty() && aims.moved.is_empty();
        let meets = || self.targets.objects.iter().any(|id| other.targets.objects.binary_search(id).is_ok());
        self.application == other.application && single(self) && single(other) && !meets()
    }

    /// Without those of others; `None` when nothing is left.
    pub(super) fn without<'a>(&self, others: impl Iterator<Item = &'a Self>) -> Option<Self> {
        let mut left = self.clone();
        for other in others.filter(|other| other.application == self.application) {
            left.targets.objects.retain(|id| other.targets.objects.binary_search(id).is_err());
            left.targets.roles.retain(|id| other.targets.roles.binary_search(id).is_err());
            left.moved.retain(|id| other.moved.binary_search(id).is_err());
        }
        let Targets { objects, roles } = &left.targets;
        let nothing = objects.is_empty() && roles.is_empty() && left.moved.is_empty();
        (!nothing).then_some(left)
    }
}

impl Changed<'_> {
    /// Notes who holds other roles than before among those that documents are about, by what may have changed that.
    pub(super) fn find_moved(&mut self, roles: impl Iterator<Item = u32>) {
        let (before, after, now) = (self.before, self.after, self.now);
        let aimed = |role: &u32| [before, after].iter().any(|state| !state.aims.get(*role).is_empty());
        let aimed: FxHashSet<u32> = roles.filter(aimed).collect();
        for role in aimed {
            let holds = |state: &Snapshot, subject| state.holds_one_of(&[role], subject, now).now;
            let people = (0..after.subjects.len()).filter(|subject| !after.is_group(*subject));
            for subject in people {
                match (holds(before, subject), holds(after, subject)) {
                    (true, false) => self.moved.0.entry(role).or_default().push(subject),
                    (false, true) => self.moved.1.entry(role).or_default().push(subject),
                    _ => {}
                }
            }
            let moved = self.moved.0.contains_key(&role) || self.moved.1.contains_key(&role);
            if moved {
                let rights = [before, after].into_iter().flat_map(|state| state.aims.get(role));
                let givers: Vec<u32> = rights.flat_map(|right| self.givers(*right)).collect();
                self.roles.extend(givers);
            }
        }
    }

    /// The targets of what gives a key in one of the states; `None` = every target.
    pub(super) fn aims(&self, state: &Snapshot, way: u32) -> Option<Aims> {
        let targets = state.targets_of(way)?.clone();
        let application = state.right(way).and_then(|right| state.privileges.scope(right.document)).unwrap_or(NONE);
        let moved = if std::ptr::eq(state, self.before) { &self.moved.0 } else { &self.moved.1 };
        let key = state.key_of(way);
        let moved = targets.roles.iter().filter_map(|role| moved.get(role)).flatten().copied();
        let mut moved: Vec<u32> = moved.filter(|subject| state.is_of_class(*subject, key)).collect();
        moved.sort_unstable();
        moved.dedup();
        Some(Aims { application, targets, moved })
    }

    /// As statements tell them.
    pub(super) fn shown_aims(&self, aims: &Aims) -> Vec<String> {
        let state = self.after;
        let object = |id: &u32| {
            let kind = state.resources.scope(*id).map_or("", |kind| state.resource_kinds.text(kind));
            format!("{kind}/{}", state.resources.text(*id))
        };
        let objects = aims.targets.objects.iter().map(object);
        let roles = aims.targets.roles.iter().map(|role| format!("roles/{}", state.roles.text(*role)));
        let people = aims.moved.iter().filter_map(|id| state.subject_named(*id)).map(|subject| subject.to_string());
        let mut shown: Vec<String> = objects.chain(roles).chain(people).collect();
        shown.sort_unstable();
        shown.dedup();
        shown
    }
}
