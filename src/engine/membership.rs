//! Who is in a group, and in which groups somebody is: as lists, for those who ask about the directory.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::walk_back;
use super::lists::Lists;
use super::snapshot::{NONE, Snapshot};
use crate::domain::id::Id;
use crate::domain::name::Subject;

/// What contains each group.
#[derive(Clone, Debug, Default)]
pub(super) struct Closures {
    /// A group and all groups that contain it.
    pub(super) all: Lists<u32, 5>,
    /// Those of them that hold a role.
    pub(super) holding: Lists<u32, 5>,
}

impl Snapshot {
    /// A group and all groups that are in it, directly and through groups; without order, the group itself first.
    /// Whoever is a direct member of one of them is a member of the group.
    pub fn groups_inside(&self, group: &Id) -> Vec<Id> {
        let Some(id) = self.subject_id(&Subject::Group(group.clone())) else { return Vec::new() };
        let (mut found, mut edge) = (rustc_hash::FxHashSet::from_iter([id]), vec![id]);
        let mut inside = vec![group.clone()];
        while let Some(outer) = edge.pop() {
            // What a cycle or too deep a chain has cut off is no member, so it is asked the other way round.
            let inner = self.subgroups.get(outer).iter().filter(|inner| self.closures.all.find(**inner, &id).is_some());
            for inner in inner.copied().filter(|inner| found.insert(*inner)).collect::<Vec<_>>() {
                edge.push(inner);
                inside.extend(Id::parse(self.subjects.text(inner)).ok());
            }
        }
        inside
    }

    /// Whose assignments a subject holds by: its own, those of its groups, and of the application that it stands for.
    pub(super) fn holders_of(&self, subject: u32) -> impl Iterator<Item = u32> {
        let groups = self.direct_groups.get(subject).iter().flat_map(|group| self.closures.all.get(*group)).copied();
        std::iter::once(subject).chain(groups).chain(self.stood_for(subject))
    }

    /// Visits those of them that may have assignments, until one breaks: what a decision looks at.
    pub(super) fn visit_holders<B>(
        &self,
        subject: u32,
        mut visit: impl FnMut(u32) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        visit(subject)?;
        self.visit_groups(subject, &mut visit)?;
        self.stood_for(subject).map_or(ControlFlow::Continue(()), visit)
    }

    /// Visits the groups among these.
    pub(super) fn visit_groups<B>(&self, subject: u32, mut visit: impl FnMut(u32) -> ControlFlow<B>) -> ControlFlow<B> {
        for group in self.direct_groups.get(subject) {
            self.closures.holding.get(*group).iter().copied().try_for_each(&mut visit)?;
        }
        ControlFlow::Continue(())
    }

    /// The application that a subject stands for as a holder.
    fn stood_for(&self, subject: u32) -> Option<u32> {
        Some(self.subject_row(subject).stands_for).filter(|holder| *holder != NONE && self.subject_lives(*holder))
    }

    /// Whose assignments a subject holds by, and the shortest way to each: through which groups, nearest first, or by the
    /// application that it stands for.
    pub fn ways_to_holders(&self, subject: &Subject) -> BTreeMap<Subject, Vec<Subject>> {
        let Some(id) = self.subject_id(subject) else { return BTreeMap::from([(subject.clone(), Vec::new())]) };
        let holders: FxHashSet<u32> = self.holders_of(id).collect();
        let (mut came, mut edge) = (FxHashMap::from_iter([(id, id)]), VecDeque::from([id]));
        while let Some(from) = edge.pop_front() {
            for group in self.direct_groups.get(from).iter().filter(|group| holders.contains(*group)) {
                if let Entry::Vacant(entry) = came.entry(*group) {
                    entry.insert(from);
                    edge.push_back(*group);
                }
            }
        }
        let named = holders.into_iter().filter_map(|holder| {
            let way = walk_back(holder, &came).into_iter().filter(|step| *step != id);
            Some((self.subject_named(holder)?, way.filter_map(|step| self.subject_named(step)).collect()))
        });
        named.collect()
    }

    /// The ids of the groups that contain the subject, ordered, and of each whether the subject is a direct member.
    pub fn groups_containing(&self, subject: &Subject) -> Vec<(String, bool)> {
        let Some(id) = self.subject_id(subject) else { return Vec::new() };
        let direct = self.direct_groups.get(id);
        let mut groups: Vec<u32> = direct.iter().flat_map(|group| self.closures.all.get(*group)).copied().collect();
        groups.sort_unstable();
        groups.dedup();
        let is_direct = |group: &u32| direct.binary_search(group).is_ok();
        let mut named: Vec<_> =
            groups.iter().map(|group| (self.subjects.text(*group).to_owned(), is_direct(group))).collect();
        named.sort_unstable();
        named
    }
}
