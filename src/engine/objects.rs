//! Whether a resource is among those that an assignment reaches: by its scope as it is now, or by what it selects itself.
//!
//! What is asked for most is answered from what is above the resource, whatever the depth: an instance without spec, and
//! whether any id that propagates is above at all. Only then is a spec walked, from the resource towards the ids.

use super::chain::{self, Line};
use super::families::Above;
use super::resolve::KindId;
use super::selectors::{Access, Chosen, SpecRow, Way, has};
use super::snapshot::Snapshot;
use super::target::{Place, Told};
use super::walk;

/// A walk looked at more resources than it may, and did not find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkTooLong;

/// A resource as a selector sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot<'a> {
    /// `None` for one that nobody registered and no row names.
    pub(super) id: Option<u32>,
    pub(super) kind: Option<KindId>,
    pub(super) parents: &'a [u32],
    /// Whether it is registered, and so can be taken by name.
    pub(super) registered: bool,
}

impl Snapshot {
    /// Whether what lives at a place is among the resources of an assignment.
    pub(super) fn reaches_object(&self, access: Access, place: Place<'_>) -> Result<bool, WalkTooLong> {
        let (selector, own) = match access {
            Access::All => return Ok(true),
            Access::Scope(selector) if !self.scope_lives(selector) => return Ok(false),
            Access::Scope(selector) => (selector, false),
            Access::Own(selector) => (selector, true),
        };
        let Some((application, spot)) = self.spot(place) else { return Ok(false) };
        if self.selector_application(selector) != application {
            return Ok(false);
        }
        if own && spot.registered && spot.id.is_some_and(|id| self.assigned.contains(selector, id)) {
            return Ok(true);
        }
        let mut outcome = Ok(false);
        for instance in self.instances.get(selector) {
            let Some((way, chosen)) = instance.valid() else { continue };
            match self.instance_has(way, chosen, &spot) {
                Ok(false) => {}
                Ok(true) => return Ok(true),
                Err(too_far) => outcome = Err(too_far),
            }
        }
        outcome
    }

    /// The resource at a place, and its application.
    fn spot<'a>(&'a self, place: Place<'a>) -> Option<(u32, Spot<'a>)> {
        match place {
            Place::Resource(id) => {
                let kind = self.resources.scope(id)?;
                let spot =
                    Spot { id: Some(id), kind: Some(kind), parents: self.families.parents(id), registered: true };
                Some((self.resource_kinds.scope(kind)?, spot))
            }
            Place::Told(Told { application, id, kind, parents, .. }) => {
                Some((*application, Spot { id: *id, kind: *kind, parents, registered: false }))
            }
            Place::Nothing | Place::Everywhere | Place::Tenant(_) | Place::Subject(_) => None,
        }
    }

    fn instance_has(&self, way: &Way, chosen: &Chosen, spot: &Spot<'_>) -> Result<bool, WalkTooLong> {
        let Some(spec) = way.spec else { return Ok(self.is_below(way, chosen, spot)) };
        let Some(spec) = self.spec(spec) else { return Ok(false) };
        if spec.adapters {
            return Ok(self.is_of_adapter(way, spot));
        }
        if !spot.kind.is_some_and(|kind| spec.knows(kind)) {
            return Ok(false);
        }
        let line = self.line_above(spot).zip(spec.bits.as_ref()).zip(spot.kind);
        if way.select_all {
            return match line {
                Some(((line, bits), kind)) => {
                    let is_root = |_, kind| kind == spec.root;
                    Ok(kind == spec.root || bits.lead(kind, line, is_root, |_| false))
                }
                None => walk::reaches_root(self, spec, spot),
            };
        }
        if is_taken(chosen, spot) {
            return Ok(true);
        }
        if let Some(((line, bits), kind)) = line {
            let (cut, starts) = (|id| chosen.cuts(id), |id, _| has(&chosen.propagate, id));
            let itself = spot.id.filter(|id| !cut(*id));
            let leads = itself.is_some_and(|id| starts(id, kind) || bits.lead(kind, line, starts, cut));
            return Ok(leads);
        }
        // Below nothing that propagates, no walk is needed; a step to parents comes from elsewhere.
        if !spec.climbs && !self.is_under(&chosen.propagate, spot) {
            return Ok(false);
        }
        walk::reaches(self, (spec, chosen), spot)
    }

    /// The rule without a spec: everything below, of any kind.
    fn is_below(&self, way: &Way, chosen: &Chosen, spot: &Spot<'_>) -> bool {
        if way.select_all {
            return spot.registered || spot.parents.iter().any(|parent| self.resource_row(*parent).live);
        }
        if is_taken(chosen, spot) {
            return true;
        }
        if chosen.propagate.is_empty() || !self.is_under(&chosen.propagate, spot) {
            return false;
        }
        if !chosen.has_cuts() {
            return true;
        }
        match (spot.id, self.line_above(spot)) {
            (Some(id), _) if chosen.cuts(id) => false,
            (Some(id), Some(line)) => has(&chosen.propagate, id) || chain::is_led_to(chosen, line),
            _ => walk::is_uncut(self, chosen, spot),
        }
    }

    /// What is above a registered resource, if each of them has one parent.
    fn line_above(&self, spot: &Spot<'_>) -> Option<Line<'_>> {
        let id = spot.id.filter(|_| spot.registered)?;
        self.families.above(id).map_or(Some(Line { ids: &[], kinds: &[] }), Above::line)
    }

    /// Whether one of the ids is the resource, or above it.
    fn is_under(&self, ids: &[u32], spot: &Spot<'_>) -> bool {
        if spot.id.is_some_and(|id| has(ids, id)) {
            return true;
        }
        match spot.id.filter(|_| spot.registered).map(|id| self.families.above(id)) {
            Some(above) => above.is_some_and(|above| meets(above, ids)),
            None => spot.parents.iter().any(|parent| {
                self.resource_row(*parent).live
                    && (has(ids, *parent) || self.families.above(*parent).is_some_and(|above| meets(above, ids)))
            }),
        }
    }

    fn is_of_adapter(&self, way: &Way, spot: &Spot<'_>) -> bool {
        let kind = spot.kind.map_or("", |kind| self.resource_kinds.text(kind));
        let qualifier = kind.split_once("::").map(|(qualifier, _)| qualifier);
        spot.registered && qualifier.is_some_and(|qualifier| way.adapters.iter().any(|kind| **kind == *qualifier))
    }
}

fn is_taken(chosen: &Chosen, spot: &Spot<'_>) -> bool {
    spot.registered && spot.id.is_some_and(|id| chosen.takes(id))
}

/// Whether one of the ids is above: the shorter of the two lists is walked through.
pub(super) fn meets(above: &Above, ids: &[u32]) -> bool {
    if ids.len() <= IDS_FEW {
        return ids.iter().any(|id| above.contains(*id));
    }
    above.all().iter().any(|id| has(ids, *id))
}

/// So many ids are sooner looked for above than the other way round.
const IDS_FEW: usize = 8;

/// Whether a spec has the kind at some position of some path.
pub(super) fn positions(spec: &SpecRow, kind: KindId) -> impl Iterator<Item = (usize, usize)> {
    let paths = spec.paths.iter().enumerate();
    paths.flat_map(move |(path, steps)| {
        (0..=steps.len()).filter(move |position| spec.kind_at(path, *position) == Some(kind)).map(move |at| (path, at))
    })
}
