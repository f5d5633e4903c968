//! Who is in a group, and in which groups somebody is: as lists, for those who ask about the directory.

use super::snapshot::Snapshot;
use crate::domain::id::Id;
use crate::domain::name::Subject;

impl Snapshot {
    /// A group and all groups that are in it, directly and through groups; without order, the group itself first.
    /// Whoever is a direct member of one of them is a member of the group.
    pub fn groups_inside(&self, group: &Id) -> Vec<Id> {
        let Some(id) = self.subject_id(&Subject::Group(group.clone())) else { return Vec::new() };
        let (mut found, mut edge) = (rustc_hash::FxHashSet::from_iter([id]), vec![id]);
        let mut inside = vec![group.clone()];
        while let Some(outer) = edge.pop() {
            // What a cycle or too deep a chain has cut off is no member, so it is asked the other way round.
            let inner = self.subgroups.get(outer).iter().filter(|inner| self.closures.find(**inner, &id).is_some());
            for inner in inner.copied().filter(|inner| found.insert(*inner)).collect::<Vec<_>>() {
                edge.push(inner);
                inside.extend(Id::parse(self.subjects.text(inner)).ok());
            }
        }
        inside
    }

    /// The ids of the groups that contain the subject, ordered, and of each whether the subject is a direct member.
    pub fn groups_containing(&self, subject: &Subject) -> Vec<(String, bool)> {
        let Some(id) = self.subject_id(subject) else { return Vec::new() };
        let direct = self.direct_groups.get(id);
        let mut groups: Vec<u32> = direct.iter().flat_map(|group| self.closures.get(*group)).copied().collect();
        groups.sort_unstable();
        groups.dedup();
        let is_direct = |group: &u32| direct.binary_search(group).is_ok();
        let mut named: Vec<_> =
            groups.iter().map(|group| (self.subjects.text(*group).to_owned(), is_direct(group))).collect();
        named.sort_unstable();
        named
    }
}
