//! Walks along a traversal spec where everything above has one parent: then there is one way up, and it is taken once.
//!
//! All positions of all paths that a walk can stand at are bits of one word, so a step up the chain is a shift and two
//! masks, whatever the spec; nothing of the resources themselves is read but the kinds, which stand beside their ids.

use super::resolve::KindId;
use super::selectors::{Chosen, SpecStep, has};

/// A spec without steps to parents as words of bits: path after path, position after position, the root first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bits {
    /// Positions whose step is taken again and again.
    again: u64,
    /// The first positions of the paths: no step leads there.
    roots: u64,
    /// Where each kind stands.
    kinds: Vec<(KindId, u64)>,
}

/// What is above a resource, the nearest first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) ids: &'a [u32],
    pub(super) kinds: &'a [KindId],
}

impl Bits {
    /// The words of a spec; `None` if it has steps to parents, or more positions than a word has bits.
    pub(super) fn of(root: KindId, paths: &[Vec<SpecStep>]) -> Option<Self> {
        let positions: usize = paths.iter().map(|path| path.len() + 1).sum();
        if positions > 64 || paths.iter().flatten().any(|step| step.up) {
            return None;
        }
        let mut bits = Self { again: 0, roots: 0, kinds: Vec::new() };
        let mut bit = 1_u64;
        for path in paths {
            bits.roots |= bit;
            bits.stands(root, bit);
            bit = bit.wrapping_shl(1);
            for step in path {
                bits.stands(step.kind, bit);
                bits.again |= if step.recursive { bit } else { 0 };
                bit = bit.wrapping_shl(1);
            }
        }
        Some(bits)
    }

    fn stands(&mut self, kind: KindId, bit: u64) {
        match self.kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, places)) => *places |= bit,
            None => self.kinds.push((kind, bit)),
        }
    }

    fn places(&self, kind: KindId) -> u64 {
        self.kinds.iter().find(|(known, _)| *known == kind).map_or(0, |(_, places)| *places)
    }

    /// Whether a walk leads to a resource of this kind from something above it that `starts` one and before which nothing
    /// `stops` it.
    pub(super) fn lead(
        &self,
        kind: KindId,
        line: Line<'_>,
        starts: impl Fn(u32, KindId) -> bool,
        stops: impl Fn(u32) -> bool,
    ) -> bool {
        let mut stand = self.places(kind);
        for (id, kind) in line.ids.iter().zip(line.kinds) {
            // From where a step leads here: the position before, or the same one.
            stand = (((stand & !self.roots) >> 1) | (stand & self.again)) & self.places(*kind);
            if stand == 0 || stops(*id) {
                return false;
            }
            if starts(*id, *kind) {
                return true;
            }
        }
        false
    }
}

/// The same without a spec, where everything leads on.
pub(super) fn is_led_to(chosen: &Chosen, line: Line<'_>) -> bool {
    let met = line.ids.iter().find(|id| chosen.cuts(**id) || has(&chosen.propagate, **id));
    met.is_some_and(|id| !chosen.cuts(*id))
}
