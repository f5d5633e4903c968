//! The assignments of every holder: of millions no more is kept than the role and the tenant, for most reach everything
//! at all times; what else there is to say of one stands beside.
//!
//! A list is never changed in place: two states that share it agree on all that stands beside, too.

use super::lists::{Keyed, Lists};
use super::paged::Paged;
use super::rows::Grant;
use super::selectors::Access;
use super::snapshot::NONE;
use crate::domain::time::Time;

/// The assignments.
#[derive(Clone, Debug)]
pub(super) struct Grants {
    lists: Lists<Kept>,
    terms: Paged<Terms>,
    /// The first place for terms that is free, or `NONE`.
    free: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Kept {
    role: u32,
    tenant: u32,
    /// Where the rest stands; `NONE` = it reaches everything at all times.
    terms: u32,
}

impl Keyed for Kept {
    type Key = (u32, u32);
    fn key(&self) -> (u32, u32) {
        (self.role, self.tenant)
    }
}

/// What limits an assignment besides its tenant, or a place for that.
#[derive(Clone, Copy, Debug)]
enum Terms {
    Of {
        access: Access,
        start: Option<Time>,
        expire: Option<Time>,
    },
    /// The next place that is free, or `NONE`.
    Free(u32),
}

impl Default for Terms {
    fn default() -> Self {
        Self::Free(NONE)
    }
}

impl Default for Grants {
    fn default() -> Self {
        Self { lists: Lists::default(), terms: Paged::default(), free: NONE }
    }
}

impl Grants {
    /// The assignments of a holder, ordered by role and tenant.
    pub(super) fn of(&self, holder: u32) -> impl Iterator<Item = Grant> + '_ {
        self.of_roles(holder, |_| true)
    }

    /// Whether the holder has one.
    pub(super) fn has(&self, holder: u32) -> bool {
        !self.lists.get(holder).is_empty()
    }

    /// Those of some roles.
    pub(super) fn of_roles(&self, holder: u32, is_meant: impl Fn(u32) -> bool) -> impl Iterator<Item = Grant> {
        let kept = self.lists.get(holder).iter().filter(move |kept| is_meant(kept.role));
        kept.map(|kept| self.whole(*kept))
    }

    /// The assignment of a holder with a role and a tenant, or `NONE`.
    pub(super) fn find(&self, holder: u32, key: (u32, u32)) -> Option<Grant> {
        self.lists.find(holder, &key).map(|kept| self.whole(*kept))
    }

    /// The holders whose lists are not the same one in both; they may be equal all the same.
    pub(super) fn unshared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = u32> + 'a {
        self.lists.unshared(&other.lists)
    }

    /// Puts an assignment in its place, or replaces the one with its role and tenant.
    pub(super) fn insert(&mut self, holder: u32, grant: Grant) {
        self.forget_terms(holder, grant.key());
        let Grant { role, tenant, access, start, expire } = grant;
        let usual = access == Access::All && start.is_none() && expire.is_none();
        let terms = if usual { NONE } else { self.keep(Terms::Of { access, start, expire }) };
        self.lists.insert(holder, Kept { role, tenant, terms });
    }

    /// Takes the assignment with a role and a tenant out.
    pub(super) fn remove(&mut self, holder: u32, key: (u32, u32)) {
        self.forget_terms(holder, key);
        self.lists.remove(holder, &key);
    }

    fn whole(&self, Kept { role, tenant, terms }: Kept) -> Grant {
        let usual = Grant { role, tenant, access: Access::All, start: None, expire: None };
        match if terms == NONE { None } else { self.terms.get(terms) } {
            Some(Terms::Of { access, start, expire }) => {
                Grant { access: *access, start: *start, expire: *expire, ..usual }
            }
            Some(Terms::Free(_)) | None => usual,
        }
    }

    fn keep(&mut self, terms: Terms) -> u32 {
        let Some(Terms::Free(next)) = self.terms.get(self.free).copied() else { return self.terms.push(terms) };
        let at = std::mem::replace(&mut self.free, next);
        *self.terms.get_mut(at) = terms;
        at
    }

    /// The place of the terms of an assignment that goes is free for others.
    fn forget_terms(&mut self, holder: u32, key: (u32, u32)) {
        let terms = self.lists.find(holder, &key).map_or(NONE, |kept| kept.terms);
        if terms != NONE {
            *self.terms.get_mut(terms) = Terms::Free(std::mem::replace(&mut self.free, terms));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_found_until_it_is_replaced_or_taken_and_places_are_used_again() {
        let mut grants = Grants::default();
        let grant = |role, start| Grant { role, tenant: NONE, access: Access::All, start, expire: None };
        let time = |micros| Some(Time::clamped(micros));
        for round in 0..100 {
            let all = [grant(1, None), grant(2, time(round)), Grant { access: Access::Own(7), ..grant(3, None) }];
            for grant in all {
                grants.insert(5, grant);
            }
            let before = grants.clone();
            grants.insert(5, grant(2, time(-round)));
            grants.remove(5, (3, NONE));
            assert_eq!(before.of(5).collect::<Vec<_>>(), all);
            assert_eq!(grants.of(5).collect::<Vec<_>>(), [grant(1, None), grant(2, time(-round))]);
            assert_eq!(grants.find(5, (2, NONE)), Some(grant(2, time(-round))));
            assert_eq!(before.unshared(&grants).collect::<Vec<_>>(), [5]);
        }
        assert!(grants.terms.len() <= 2, "{}", grants.terms.len());
    }
}
