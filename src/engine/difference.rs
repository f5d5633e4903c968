//! What a change does to who may do what: everything that is allowed after it and was not before, and the reverse, as
//! rectangles of subjects, privileges and targets.
//!
//! Exact, and never written out: a group stands for its members, a boundary for the targets within it. It is asked of
//! states that differ in roles, in what roles give, in boundaries, in assignments and in what these select; people, groups, tenants and
//! resources are as they were. What only one of the states has is not among the targets.
//!
//! How: the roles and holders that changed are found by the pages that the states do not share. Every subject behind
//! them is reduced to what it holds before and after, each role with the area that its path reaches. Subjects that hold
//! the same differ by the same, so each such class is compared once.

mod aims;
mod area;
mod changed;
mod class;
mod objects;
mod shown;

use std::collections::BTreeMap;

use self::area::Area;
use self::changed::Changed;
use super::snapshot::Snapshot;
use crate::domain::boundary::BoundaryKind;
use crate::domain::name::{ResourceKey, Subject};
use crate::domain::time::Time;

/// What is gained, and what is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Allowed after, denied before.
    pub gained: Vec<Rectangle>,
    /// Allowed before, denied after.
    pub lost: Vec<Rectangle>,
    /// There is more than is told: the limit of names was met.
    pub truncated: bool,
}

/// Each of the subjects, with each of the privileges, on each of the targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rectangle {
    /// Users, clients and applications, and groups for all who are in them. An application stands for itself and for
    /// the clients that it owns itself.
    pub subjects: Vec<Subject>,
    /// Who is behind a group or an application, and is not meant.
    pub except_subjects: Vec<Subject>,
    /// Keys.
    pub privileges: Vec<String>,
    /// On what.
    pub targets: Targets,
    /// Targets that are not meant.
    pub except_targets: Vec<Targets>,
}

/// The targets within a boundary of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Targets {
    /// In this application; `None` = in every one.
    pub application: Option<String>,
    /// Within a boundary of this kind; never CUSTOM.
    pub boundary: BoundaryKind,
    /// The tenants of its list; of TENANT, if there are any, those of the subject's own tenants that count.
    pub tenants: Vec<String>,
    /// The tenants in every one of which they are.
    pub within: Vec<String>,
    /// These registered resources and nothing else; `None` = every resource, and whatever else there is.
    pub objects: Option<Objects>,
    /// Only what is within one of these scopes of statements; empty = no statement narrows it.
    pub scopes: Vec<String>,
}

/// Resources of an application.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Objects {
    /// They, ordered.
    pub resources: Vec<ResourceKey>,
    /// There are more than are told.
    pub truncated: bool,
}

/// Subjects that gain, or lose, the same privileges on the same targets.
type Rectangles = BTreeMap<(Vec<u32>, Area, Vec<Area>), Vec<u32>>;

/// Rectangles in ids, before they are told to people.
#[derive(Debug, Default)]
struct Found {
    gained: Rectangles,
    lost: Rectangles,
}

impl Snapshot {
    /// What is allowed at a time in `after` and not in this state, and the reverse. With `sees`, only what concerns
    /// subjects that it accepts, and those one by one.
    pub fn difference(&self, after: &Self, now: Time, sees: Option<&dyn Fn(&Subject) -> bool>) -> Difference {
        let changed = Changed::between(self, after, now);
        let mut found = Found::default();
        for (class, subjects) in changed.classes(sees) {
            for (mut keys, (from, to)) in changed.compare(&class.before, &class.after, class.home) {
                keys.sort_unstable();
                for (rectangles, more, less) in [(&mut found.gained, &to, &from), (&mut found.lost, &from, &to)] {
                    for (area, except) in area::beyond(more, less) {
                        rectangles.entry((keys.clone(), area, except)).or_default().extend(&subjects);
                    }
                }
            }
        }
        changed.shown(found, sees.is_none())
    }
}
