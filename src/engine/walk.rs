//! Walks along a traversal spec, taken backwards: from a resource towards the ids that propagate.
//!
//! A walk through a position of a path came from the position before it by that step, or from the same position if the
//! step is recursive. Steps to children come from parents, of which there are few; steps to parents come from children,
//! of which there may be many: only such a walk can meet its bound, and then there is no answer.
//! What has been looked at is kept in a place of the thread's own, so that a walk allocates nothing once that has grown.

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::objects::{Spot, WalkTooLong, positions};
use super::selectors::{Chosen, SpecRow, has};
use super::snapshot::Snapshot;
use crate::domain::limit::{RESOURCE_DEPTH_MAX, RESOURCE_WALK_MAX};

/// A resource that a walk is at, on which path, at which position, and whether it left it by a step to parents.
type Stand = (u32, u8, u8, bool);

#[derive(Default)]
struct Scratch {
    /// How many steps one after the other, all to children or all to parents, lead from there: the fewest.
    seen: FxHashMap<Stand, usize>,
    resources: FxHashSet<u32>,
    edge: Vec<(Stand, usize)>,
    level: Vec<u32>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Whether a walk that no cut stops leads to the resource from an id that propagates.
pub(super) fn reaches(
    state: &Snapshot,
    (spec, chosen): (&SpecRow, &Chosen),
    spot: &Spot<'_>,
) -> Result<bool, WalkTooLong> {
    back(state, spec, spot, &|id| chosen.cuts(id), &|id| has(&chosen.propagate, id))
}

/// Whether the resource is of the root kind, or a walk leads to it from one that is.
pub(super) fn reaches_root(state: &Snapshot, spec: &SpecRow, spot: &Spot<'_>) -> Result<bool, WalkTooLong> {
    back(state, spec, spot, &|_| false, &|id| state.resources.scope(id) == Some(spec.root))
}

/// Whether, without a spec, something that propagates is above the resource with no cut between: or is itself.
pub(super) fn is_uncut(state: &Snapshot, chosen: &Chosen, spot: &Spot<'_>) -> bool {
    if spot.id.is_some_and(|id| chosen.cuts(id)) {
        return false;
    }
    if spot.registered && spot.id.is_some_and(|id| has(&chosen.propagate, id)) {
        return true;
    }
    with_scratch(|scratch| {
        let visit = |scratch: &mut Scratch, parents: &[u32]| {
            for parent in parents.iter().filter(|parent| state.resource_row(**parent).live && !chosen.cuts(**parent)) {
                if scratch.resources.insert(*parent) {
                    scratch.level.push(*parent);
                }
            }
        };
        visit(scratch, spot.parents);
        let mut from = 0;
        for _ in 0..RESOURCE_DEPTH_MAX {
            let to = scratch.level.len();
            for at in from..to {
                let Some(id) = scratch.level.get(at).copied() else { break };
                if has(&chosen.propagate, id) {
                    return true;
                }
                visit(scratch, state.families.parents(id));
            }
            from = to;
        }
        false
    })
}

fn with_scratch<T>(work: impl FnOnce(&mut Scratch) -> T) -> T {
    SCRATCH.with_borrow_mut(|scratch| {
        scratch.seen.clear();
        scratch.resources.clear();
        scratch.edge.clear();
        scratch.level.clear();
        work(scratch)
    })
}

fn back(
    state: &Snapshot,
    spec: &SpecRow,
    spot: &Spot<'_>,
    cuts: &dyn Fn(u32) -> bool,
    is_start: &dyn Fn(u32) -> bool,
) -> Result<bool, WalkTooLong> {
    let Some(kind) = spot.kind else { return Ok(false) };
    if spot.id.is_some_and(cuts) {
        return Ok(false);
    }
    let here = spot.id.filter(|_| spot.registered);
    if here.is_some_and(is_start) {
        return Ok(true);
    }
    with_scratch(|scratch| {
        let mut walk = Walk { state, spec, cuts, scratch };
        for (path, position) in positions(spec, kind) {
            walk.from((spot.parents, here), (path, position), None)?;
        }
        while let Some(((id, path, position, up), steps)) = walk.scratch.edge.pop() {
            if is_start(id) {
                return Ok(true);
            }
            let at = (usize::from(path), usize::from(position));
            walk.from((state.families.parents(id), Some(id)), at, Some((up, steps)))?;
        }
        Ok(false)
    })
}

struct Walk<'a> {
    state: &'a Snapshot,
    spec: &'a SpecRow,
    cuts: &'a dyn Fn(u32) -> bool,
    scratch: &'a mut Scratch,
}

impl Walk<'_> {
    /// Notes from where a walk can have come to a resource at a position, and after how many steps the same way on from
    /// there: more than a chain of relations may have lead nowhere.
    fn from(
        &mut self,
        (parents, id): (&[u32], Option<u32>),
        (path, position): (usize, usize),
        onward: Option<(bool, usize)>,
    ) -> Result<(), WalkTooLong> {
        let Some(before) = position.checked_sub(1) else { return Ok(()) };
        let Some(step) = self.spec.paths.get(path).and_then(|steps| steps.get(before)).copied() else { return Ok(()) };
        let steps = onward.filter(|(up, _)| *up == step.up).map_or(1, |(_, steps)| steps + 1);
        if steps > RESOURCE_DEPTH_MAX {
            return Ok(());
        }
        let again = step.recursive.then_some(position);
        for came in [Some(before), again].into_iter().flatten() {
            let way = (path, came, step.up);
            if step.up {
                let children = id.into_iter().flat_map(|id| self.state.families.children(id));
                for child in children {
                    self.note(child, way, steps)?;
                }
            } else {
                parents.iter().try_for_each(|parent| self.note(*parent, way, steps))?;
            }
        }
        Ok(())
    }

    fn note(&mut self, id: u32, (path, position, up): (usize, usize, bool), steps: usize) -> Result<(), WalkTooLong> {
        if self.scratch.resources.insert(id) && self.scratch.resources.len() > RESOURCE_WALK_MAX {
            return Err(WalkTooLong);
        }
        let fits = self.state.resources.scope(id) == self.spec.kind_at(path, position);
        if !fits || !self.state.resource_row(id).live || (self.cuts)(id) {
            return Ok(());
        }
        let stand = (id, u8::try_from(path).unwrap_or(u8::MAX), u8::try_from(position).unwrap_or(u8::MAX), up);
        if self.scratch.seen.get(&stand).is_none_or(|fewest| steps < *fewest) {
            self.scratch.seen.insert(stand, steps);
            self.scratch.edge.push((stand, steps));
        }
        Ok(())
    }
}
