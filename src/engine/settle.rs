//! What is derived from rows: what each role gives, and which groups contain each group.
//!
//! Only what a change can have touched is derived again: the role or group itself and everything below it.
//! Rows beyond a limit, and cycles, can only come from outside. A role or group contributes over at most as many
//! steps as the limit allows: so a cycle ends, its members share what they give, and nothing outside it differs.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::families::Moved;
use super::set::IdSet;
use super::snapshot::{NONE, Snapshot};
use crate::domain::limit::{GROUP_DEPTH_MAX, ROLE_DEPTH_MAX};
use crate::domain::pattern;

/// What the rows of a change touched.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    pub(super) roles: FxHashSet<u32>,
    pub(super) groups: FxHashSet<u32>,
    /// Groups that have come to hold a role, or hold none any more.
    pub(super) holders: FxHashSet<u32>,
    /// Privilege groups that hold other keys than before, or are seen by others: the roles that refer to them are dirty.
    pub(super) privilege_groups: FxHashSet<u32>,
    /// Documents that say something else than before.
    pub(super) documents: FxHashSet<u32>,
    /// Keys interned for the first time, with their application.
    pub(super) keys: Vec<(u32, u32)>,
    pub(super) moved: Moved,
}

/// How much of what a role gives is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Portion {
    /// What an application's role gives to who holds it.
    Whole,
    /// The same without the privilege groups that no tenant's role gives.
    Passed,
}

/// More than any legal height: the role stands above the limit, or in or below a cycle.
const TOO_HIGH: u8 = u8::MAX;

impl Snapshot {
    pub(super) fn settle(&mut self, mut dirty: Dirty) {
        for group in &dirty.privilege_groups {
            dirty.roles.extend(self.grouping_roles.get(*group));
        }
        self.settle_documents(&mut dirty);
        self.add_unbounded_rights(&mut dirty);
        self.match_new_keys(&mut dirty);
        let roles = below(dirty.roles, |role| self.role_children.get(role));
        for role in self.rise(&roles) {
            let given = self.compute_given(role, self.portion_of(role));
            self.publish_given(role, given);
            let passed = self.holds_back(role).then(|| self.compute_given(role, Portion::Passed));
            if passed.is_some() || self.passed.get(role).is_some_and(Option::is_some) {
                *self.passed.get_mut(role) = passed;
            }
        }
        self.settle_groups(dirty.groups, dirty.holders);
        self.settle_families(dirty.moved);
    }

    fn settle_groups(&mut self, groups: FxHashSet<u32>, holders: FxHashSet<u32>) {
        let moved = below(groups, |group| self.subgroups.get(group));
        for group in &moved {
            let closure = self.compute_closure(*group);
            self.closures.all.replace(*group, closure);
        }
        let touched = below(holders, |group| self.subgroups.get(group));
        for group in moved.union(&touched) {
            let holding =
                self.closures.all.get(*group).iter().copied().filter(|holder| self.grants.has(*holder)).collect();
            self.closures.holding.replace(*group, holding);
        }
    }

    /// A role whose pattern matches a new key gives it from now on.
    fn match_new_keys(&self, dirty: &mut Dirty) {
        for (application, key) in &dirty.keys {
            let text = self.privileges.text(*key);
            for role in self.pattern_roles.get(*application) {
                if !dirty.roles.contains(role) && any_matches(self.role_patterns.get(*role), text) {
                    dirty.roles.insert(*role);
                }
            }
        }
    }

    /// The roles ordered so that parents come first, with their heights set; those in or below a cycle come last.
    fn rise(&mut self, roles: &FxHashSet<u32>) -> Vec<u32> {
        let mut waiting: FxHashMap<u32, usize> = roles
            .iter()
            .map(|role| (*role, self.role_parents.get(*role).iter().filter(|parent| roles.contains(parent)).count()))
            .collect();
        let mut order: Vec<u32> = waiting.iter().filter(|(_, parents)| **parents == 0).map(|(role, _)| *role).collect();
        let mut next = 0;
        while let Some(role) = order.get(next).copied() {
            next += 1;
            let height = self.height_above(role);
            self.role_rows.get_mut(role).height = height;
            for child in self.role_children.get(role) {
                if let Some(parents) = waiting.get_mut(child) {
                    *parents -= 1;
                    if *parents == 0 {
                        order.push(*child);
                    }
                }
            }
            waiting.remove(&role);
        }
        for role in waiting.keys() {
            self.role_rows.get_mut(*role).height = TOO_HIGH;
            order.push(*role);
        }
        order
    }

    fn height_above(&self, role: u32) -> u8 {
        let parents = self.role_parents.get(role).iter();
        parents.map(|parent| self.role_row(*parent).height.saturating_add(1)).max().unwrap_or(0)
    }

    /// What a role of an application gives is more than it passes on to tenants' roles; a tenant's role gives no more.
    fn portion_of(&self, role: u32) -> Portion {
        if self.role_row(role).tenant == NONE { Portion::Whole } else { Portion::Passed }
    }

    /// Whether an application's role may pass on less than it gives: it, or what it inherits from, has a privilege
    /// group that no tenant's role gives. Above the limit of height nobody looks: both are computed.
    fn holds_back(&self, role: u32) -> bool {
        let row = self.role_row(role);
        let hidden = |group: &u32| {
            let group = self.privilege_group_row(*group);
            group.live && !group.tenant_visible
        };
        let held_above = |parent: &u32| self.passed.get(*parent).is_some_and(Option::is_some);
        row.tenant == NONE
            && (usize::from(row.height) > ROLE_DEPTH_MAX
                || self.role_groups.get(role).iter().any(hidden)
                || self.role_parents.get(role).iter().any(held_above))
    }

    /// What a role passes on to the tenants' roles that inherit from it.
    pub(super) fn passed_on(&self, role: u32) -> Option<&IdSet> {
        self.passed.get(role).and_then(Option::as_ref).or_else(|| self.given.get(role))
    }

    fn compute_given(&self, role: u32, portion: Portion) -> IdSet {
        if usize::from(self.role_row(role).height) <= ROLE_DEPTH_MAX {
            return self.give((role, portion), |parent, given| {
                let set = match portion {
                    Portion::Whole => self.given.get(parent),
                    Portion::Passed => self.passed_on(parent),
                };
                given.extend(set.iter().flat_map(|set| set.iter()));
            });
        }
        let mut memo = FxHashMap::default();
        self.give_within((role, portion), ROLE_DEPTH_MAX, &mut memo);
        IdSet::from_ordered(memo.remove(&(role, ROLE_DEPTH_MAX)).unwrap_or_default())
    }

    /// What a role gives through ancestors that are at most `steps` away.
    fn give_within(&self, (role, portion): (u32, Portion), steps: usize, memo: &mut FxHashMap<(u32, usize), Vec<u32>>) {
        if memo.contains_key(&(role, steps)) {
            return;
        }
        let parents = if steps == 0 { &[] } else { self.role_parents.get(role) };
        for parent in parents {
            self.give_within((*parent, portion), steps - 1, memo);
        }
        let given = self.give((role, portion), |parent, given| {
            if let Some(more) = steps.checked_sub(1).and_then(|steps| memo.get(&(parent, steps))) {
                given.extend(more);
            }
        });
        memo.insert((role, steps), given.iter().collect());
    }

    /// (keys ∪ patterns ∪ groups ∪ the rights of the documents among these ∪ what the parents give) − exclusions.
    fn give(&self, (role, portion): (u32, Portion), inherit: impl Fn(u32, &mut Vec<u32>)) -> IdSet {
        let row = self.role_row(role);
        if !row.live {
            return IdSet::default();
        }
        let mut given = self.role_keys.get(role).to_vec();
        self.add_matching(row.application, self.role_patterns.get(role), &mut given);
        self.add_grouped((role, portion), &mut given);
        let documents: Vec<u32> = given.iter().copied().filter(|key| self.privilege_row(*key).document).collect();
        given.extend(documents.into_iter().flat_map(|document| self.document_rights.get(document)));
        for parent in self.role_parents.get(role) {
            inherit(*parent, &mut given);
        }
        given.sort_unstable();
        given.dedup();
        let exclusions = self.role_exclusions.get(role);
        if !exclusions.is_empty() {
            let exclusions = Exclusions::new(exclusions);
            given.retain(|key| {
                let document = self.right(*key).map(|right| right.document);
                !exclusions.cover(self.privileges.text(*key))
                    && !document.is_some_and(|document| exclusions.cover(self.privileges.text(document)))
            });
        }
        IdSet::from_ordered(given)
    }

    fn add_matching(&self, application: u32, patterns: &[Arc<str>], given: &mut Vec<u32>) {
        if patterns.is_empty() {
            return;
        }
        let ours = 0..u32::try_from(crate::domain::predefined::PRIVILEGES.len()).unwrap_or(0);
        let keys = ours.chain(self.catalogue.get(application).iter().copied());
        given.extend(keys.filter(|key| any_matches(patterns, self.privileges.text(*key))));
    }

    fn add_grouped(&self, (role, portion): (u32, Portion), given: &mut Vec<u32>) {
        for group in self.role_groups.get(role) {
            let row = self.privilege_group_row(*group);
            if row.live && (row.tenant_visible || portion == Portion::Whole) {
                given.extend(self.grouped_keys.get(*group));
            }
        }
    }

    /// Stores what a role gives, both ways round.
    fn publish_given(&mut self, role: u32, given: IdSet) {
        let old = self.given.get(role).cloned().unwrap_or_default();
        for key in old.iter().filter(|key| !given.contains(*key)) {
            self.givers.get_mut(key).remove(role);
        }
        for key in given.iter().filter(|key| !old.contains(*key)) {
            self.givers.get_mut(key).insert(role);
        }
        *self.given.get_mut(role) = given;
    }

    /// The group and all groups that contain it: the nearest first while searching, ordered when done.
    fn compute_closure(&self, group: u32) -> Vec<u32> {
        if !self.subject_row(group).live {
            return Vec::new();
        }
        let mut found: FxHashSet<u32> = FxHashSet::from_iter([group]);
        let mut edge = vec![group];
        for _ in 1..GROUP_DEPTH_MAX {
            let above = edge.iter().flat_map(|group| self.direct_groups.get(*group));
            let new = above.copied().filter(|group| self.subject_row(*group).live && found.insert(*group));
            edge = new.collect();
            if edge.is_empty() {
                break;
            }
        }
        let mut closure: Vec<u32> = found.into_iter().collect();
        closure.sort_unstable();
        closure
    }
}

/// Exclusions of a role: those without a wildcard are looked up, the others tried one by one.
struct Exclusions<'a> {
    literal: FxHashSet<&'a str>,
    patterns: Vec<&'a str>,
}

impl<'a> Exclusions<'a> {
    fn new(texts: &'a [Arc<str>]) -> Self {
        let (patterns, literal): (Vec<&str>, Vec<&str>) =
            texts.iter().map(AsRef::as_ref).partition(|text| pattern::is_pattern(text));
        Self { literal: literal.into_iter().collect(), patterns }
    }

    fn cover(&self, key: &str) -> bool {
        self.literal.contains(key) || self.patterns.iter().any(|text| pattern::matches(text, key))
    }
}

fn any_matches(patterns: &[Arc<str>], key: &str) -> bool {
    patterns.iter().any(|text| pattern::matches(text, key))
}

/// The ids and everything reachable from them.
pub(super) fn below<'a>(mut found: FxHashSet<u32>, children: impl Fn(u32) -> &'a [u32]) -> FxHashSet<u32> {
    let mut edge: Vec<u32> = found.iter().copied().collect();
    while let Some(id) = edge.pop() {
        edge.extend(children(id).iter().copied().filter(|child| found.insert(*child)));
    }
    found
}
