//! What is above a resource. Resources with the same parents are a *family* and share the answer, so that it is worked
//! out once for all machines of a project, and moving a folder touches the folders below it, not the machines.
//!
//! Guarantees: what is above a family is all that a chain of at most [`RESOURCE_DEPTH_MAX`] relations leads to, through
//! resources that are there; no more of it than [`RESOURCE_ANCESTORS_MAX`] count. A cycle, which can only come from
//! outside, ends. A family, once formed, keeps its number.

use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use foldhash::quality::FixedState;
use rustc_hash::{FxHashMap, FxHashSet};

use super::chain::Line;
use super::index::Index;
use super::paged::Paged;
use super::pairs::Pairs;
use super::resolve::KindId;
use super::snapshot::{NONE, Snapshot};
use crate::domain::limit::{RESOURCE_ANCESTORS_MAX, RESOURCE_DEPTH_MAX, RESOURCE_PARENTS_MAX};

/// Resources with the same parents.
#[derive(Clone, Debug, Default)]
struct Family {
    /// Ordered.
    parents: Arc<[u32]>,
    above: Above,
    /// More is above it than counts.
    cut: bool,
}

/// All resources above a family.
#[derive(Clone, Debug)]
pub(super) enum Above {
    /// Each has one parent: the nearest first, with their kinds.
    Chain(Arc<[u32]>, Arc<[KindId]>),
    /// Ordered by id.
    Web(Arc<[u32]>),
}

impl Default for Above {
    fn default() -> Self {
        Self::Chain(Arc::from([]), Arc::from([]))
    }
}

impl Above {
    /// All of them.
    pub(super) fn all(&self) -> &[u32] {
        match self {
            Self::Chain(ids, _) | Self::Web(ids) => ids,
        }
    }

    /// The one line that they form, if they do.
    pub(super) fn line(&self) -> Option<Line<'_>> {
        match self {
            Self::Chain(ids, kinds) => Some(Line { ids, kinds }),
            Self::Web(_) => None,
        }
    }

    /// Whether the resource is one of them.
    pub(super) fn contains(&self, resource: u32) -> bool {
        match self {
            Self::Chain(ids, _) => ids.contains(&resource),
            Self::Web(ids) => ids.binary_search(&resource).is_ok(),
        }
    }
}

/// The families of all resources.
#[derive(Clone, Debug, Default)]
pub(super) struct Families {
    rows: Paged<Family>,
    index: Index,
    /// The family of a resource, counted from 1; 0 = it has no parents.
    of: Paged<u32>,
    /// Families that a resource is a parent of.
    below: Pairs,
    /// Resources in a family.
    members: Pairs,
    /// Relations of resources that have more parents than they may, and so count for nothing.
    beyond: usize,
    /// Families that are cut.
    cut: usize,
}

/// No parents: 0 in `of`.
const ORPHANS: u32 = 0;

impl Families {
    fn family_of(&self, resource: u32) -> u32 {
        self.of.get(resource).copied().unwrap_or(ORPHANS)
    }

    fn family(&self, family: u32) -> Option<&Family> {
        self.rows.get(family.checked_sub(1)?)
    }

    /// The parents that rows give a resource, ordered; more than may be, if rows are beyond the limit.
    pub(super) fn parents_in_rows(&self, resource: u32) -> &[u32] {
        self.family(self.family_of(resource)).map_or(&[], |family| &family.parents)
    }

    /// The parents of a resource, ordered.
    pub(super) fn parents(&self, resource: u32) -> &[u32] {
        within_limit(self.parents_in_rows(resource))
    }

    /// All that is above a resource.
    pub(super) fn above(&self, resource: u32) -> Option<&Above> {
        self.family(self.family_of(resource)).map(|family| &family.above)
    }

    /// The resources that have this one as a parent, be they there or not.
    pub(super) fn children(&self, resource: u32) -> impl Iterator<Item = u32> {
        let families = self
            .below
            .of(resource)
            .filter(|family| self.family(*family).is_some_and(|family| !within_limit(&family.parents).is_empty()));
        families.flat_map(|family| self.members.of(family))
    }

    /// The same as rows have it, those beyond a limit too.
    pub(super) fn children_in_rows(&self, resource: u32) -> impl Iterator<Item = u32> {
        self.below.of(resource).flat_map(|family| self.members.of(family))
    }

    /// Whether a relation makes it a parent of something.
    pub(super) fn has_children(&self, resource: u32) -> bool {
        self.children(resource).next().is_some()
    }

    /// One child of a resource for each set of parents that its children have.
    pub(super) fn one_of_each_below(&self, resource: u32) -> impl Iterator<Item = u32> {
        self.below.of(resource).filter_map(|family| {
            self.members.of(family).find(|member| self.below.has(*member)).or_else(|| self.members.of(family).next())
        })
    }

    /// How many relations count for nothing, and above how many families more stands than counts.
    pub(super) fn beyond(&self) -> usize {
        self.beyond + self.cut
    }

    /// Whether the relation is there.
    pub(super) fn is_parent(&self, parent: u32, child: u32) -> bool {
        self.parents_in_rows(child).binary_search(&parent).is_ok()
    }

    /// Adds a parent to a resource or takes it away; `None` if that changes nothing, else the family that it is in now.
    pub(super) fn relate(&mut self, child: u32, parent: u32, there: bool, seed: u64) -> Option<u32> {
        let old = self.family_of(child);
        let mut parents = self.parents_in_rows(child).to_vec();
        match (parents.binary_search(&parent), there) {
            (Err(at), true) => parents.insert(at, parent),
            (Ok(at), false) => _ = parents.remove(at),
            _ => return None,
        }
        let over = |parents: &[u32]| if parents.len() > RESOURCE_PARENTS_MAX { parents.len() } else { 0 };
        self.beyond = self.beyond + over(&parents) - over(self.parents_in_rows(child));
        let new = self.form(parents, seed);
        *self.of.get_mut(child) = new;
        if old != ORPHANS {
            self.members.remove(old, child);
        }
        if new != ORPHANS {
            self.members.insert(new, child);
        }
        Some(new)
    }

    /// The family with these parents.
    fn form(&mut self, parents: Vec<u32>, seed: u64) -> u32 {
        if parents.is_empty() {
            return ORPHANS;
        }
        let hash = hash(&parents, seed);
        let is_it = |at: u32| self.rows.get(at).is_some_and(|family| *family.parents == parents);
        if let Some(at) = self.index.find(hash, is_it) {
            return at + 1;
        }
        let parents: Arc<[u32]> = parents.into();
        let at = self.rows.push(Family { parents: parents.clone(), ..Family::default() });
        self.index.insert(hash, at);
        for parent in parents.iter() {
            self.below.insert(*parent, at + 1);
        }
        at + 1
    }
}

fn within_limit(parents: &[u32]) -> &[u32] {
    if parents.len() > RESOURCE_PARENTS_MAX { &[] } else { parents }
}

fn hash(parents: &[u32], seed: u64) -> u64 {
    let mut hasher = FixedState::with_seed(seed).build_hasher();
    for parent in parents {
        hasher.write_u32(*parent);
    }
    hasher.finish()
}

/// Whose ancestry a change touched.
#[derive(Debug, Default)]
pub(super) struct Moved {
    /// Families that somebody came to.
    pub(super) families: FxHashSet<u32>,
    /// Resources that have other parents than before, or came, or went.
    pub(super) resources: FxHashSet<u32>,
}

impl Snapshot {
    /// Works out again what is above the families that a change touched, the upper ones first.
    pub(super) fn settle_families(&mut self, moved: Moved) {
        let mut touched = moved.families;
        touched.remove(&ORPHANS);
        let mut edge: Vec<u32> = moved.resources.into_iter().collect();
        while let Some(resource) = edge.pop() {
            for family in self.families.below.of(resource) {
                if touched.insert(family) {
                    edge.extend(self.families.members.of(family).filter(|member| self.families.below.has(*member)));
                }
            }
        }
        for (family, tangled) in self.upper_first(&touched) {
            let (above, cut) = self.work_out(family, tangled);
            let Some(at) = family.checked_sub(1) else { continue };
            let row = self.families.rows.get_mut(at);
            row.above = above;
            let was_cut = std::mem::replace(&mut row.cut, cut);
            self.families.cut = self.families.cut + usize::from(cut) - usize::from(was_cut);
        }
    }

    /// The families ordered so that those of parents come first; those in or below a cycle come last, marked, and are
    /// worked out by a search of their own.
    fn upper_first(&self, families: &FxHashSet<u32>) -> Vec<(u32, bool)> {
        let upper = |family: u32| {
            let parents = self.families.family(family).map_or(&[][..], |family| within_limit(&family.parents));
            let above = parents.iter().map(|parent| self.families.family_of(*parent));
            above.filter(|above| families.contains(above)).collect::<FxHashSet<u32>>()
        };
        let mut waiting: FxHashMap<u32, usize> = FxHashMap::default();
        let mut lower: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for family in families {
            let above = upper(*family);
            waiting.insert(*family, above.len());
            for above in above {
                lower.entry(above).or_default().push(*family);
            }
        }
        let mut order: Vec<u32> = waiting.iter().filter(|(_, above)| **above == 0).map(|(family, _)| *family).collect();
        let mut next = 0;
        while let Some(family) = order.get(next).copied() {
            next += 1;
            waiting.remove(&family);
            for below in lower.get(&family).into_iter().flatten() {
                if let Some(above) = waiting.get_mut(below) {
                    *above -= 1;
                    if *above == 0 {
                        order.push(*below);
                    }
                }
            }
        }
        let ordered = order.into_iter().map(|family| (family, false));
        ordered.chain(waiting.into_keys().map(|family| (family, true))).collect()
    }

    /// What is above a family, its parents and what is above them, and whether more is than counts. In a tangle nobody
    /// knows yet what is above a parent.
    fn work_out(&self, family: u32, tangled: bool) -> (Above, bool) {
        let parents = self.families.family(family).map_or(&[][..], |family| within_limit(&family.parents));
        let mut live = parents.iter().copied().filter(|parent| self.resource_row(*parent).live);
        if let (Some(parent), None, false) = (live.next(), live.next(), tangled) {
            let kind = self.resources.scope(parent).unwrap_or(NONE);
            match self.families.above(parent) {
                None => return (Above::Chain(Arc::from([parent]), Arc::from([kind])), false),
                Some(Above::Chain(rest, kinds)) if rest.len() < RESOURCE_DEPTH_MAX && !rest.contains(&parent) => {
                    let ids = std::iter::once(parent).chain(rest.iter().copied()).collect();
                    let kinds = std::iter::once(kind).chain(kinds.iter().copied()).collect();
                    return (Above::Chain(ids, kinds), false);
                }
                _ => {}
            }
        }
        self.search(parents)
    }

    /// The same step by step, for what has several parents, stands at the limit of depth, or on a cycle.
    fn search(&self, parents: &[u32]) -> (Above, bool) {
        let mut found: FxHashSet<u32> = FxHashSet::default();
        let mut level: Vec<u32> = parents.to_vec();
        let is_new = |id: &u32, found: &FxHashSet<u32>| self.resource_row(*id).live && !found.contains(id);
        let mut full = false;
        for _ in 0..RESOURCE_DEPTH_MAX {
            level.retain(|id| {
                is_new(id, &found) && {
                    let fits = found.len() < RESOURCE_ANCESTORS_MAX;
                    full |= !fits;
                    fits && found.insert(*id)
                }
            });
            level = level.iter().flat_map(|id| self.families.parents(*id)).copied().collect();
            if level.is_empty() {
                break;
            }
        }
        let cut = full || level.iter().any(|id| is_new(id, &found));
        let mut above: Vec<u32> = found.into_iter().collect();
        above.sort_unstable();
        (Above::Web(above.into()), cut)
    }
}
