//! The assignments of every holder: of millions no more is kept than the role and the tenant, for most reach everything
//! at all times; what else there is to say of one stands beside.
//!
//! A list is never changed in place: two states that share it agree on all that stands beside, too.

use std::ops::ControlFlow;

use prefetch_index::prefetch_index;

use super::lists::Lists;
use super::paged::Paged;
use super::rows::Grant;
use super::selectors::Access;
use super::set::IdSet;
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

/// An assignment: eight bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Kept {
    role: u32,
    /// With `IN_TENANT` the tenant that it is cut to, and nothing else limits it; else where its terms stand; `NONE` = it
    /// reaches everything at all times.
    limits: u32,
}

/// Ids of tenants are below it.
const IN_TENANT: u32 = 1 << 31;
/// Assignments on a line of memory, and how many lines of a list are read ahead.
const LINE_ITEMS: usize = 64 / size_of::<Kept>();
const LINES_AHEAD: usize = 4;

/// What limits an assignment, or a place for that.
#[derive(Clone, Copy, Debug)]
enum Terms {
    Of {
        tenant: u32,
        access: Access,
        /// In microseconds, as of `expire`; what is out of the range of times is none.
        start: i64,
        expire: i64,
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

    /// Visits those of the roles of a set, until one breaks.
    pub(super) fn visit<B>(
        &self,
        holder: u32,
        roles: &IdSet,
        mut visit: impl FnMut(Grant) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        roles.visit_in(self.lists.get(holder), |kept| kept.role, |kept| visit(self.whole(*kept)))
    }

    /// The assignment of a holder with a role and a tenant, or `NONE`.
    pub(super) fn find(&self, holder: u32, key: (u32, u32)) -> Option<Grant> {
        let at = self.position(holder, key).ok()?;
        self.lists.get(holder).get(at).map(|kept| self.whole(*kept))
    }

    /// The holders whose lists are not the same one in both; they may be equal all the same.
    pub(super) fn unshared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = u32> + 'a {
        self.lists.unshared(&other.lists)
    }

    /// Asks memory for the place of a holder's list.
    pub(super) fn prefetch(&self, holder: u32) {
        self.lists.prefetch(holder);
    }

    /// Asks memory for a holder's list.
    pub(super) fn prefetch_items(&self, holder: u32) {
        let list = self.lists.get(holder);
        for at in (0..list.len()).step_by(LINE_ITEMS).take(LINES_AHEAD) {
            prefetch_index(list, at);
        }
    }

    /// Puts an assignment in its place, or replaces the one with its role and tenant.
    pub(super) fn insert(&mut self, holder: u32, grant: Grant) {
        let at = self.position(holder, grant.key());
        self.forget_terms(holder, at);
        let kept = self.kept(grant);
        let mut list = self.lists.get(holder).to_vec();
        match at {
            Ok(at) => list.splice(at..=at, [kept]),
            Err(at) => list.splice(at..at, [kept]),
        };
        self.lists.replace(holder, list);
    }

    /// Takes the assignment with a role and a tenant out.
    pub(super) fn remove(&mut self, holder: u32, key: (u32, u32)) {
        let at = self.position(holder, key);
        self.forget_terms(holder, at);
        if let Ok(at) = at {
            let mut list = self.lists.get(holder).to_vec();
            list.remove(at);
            self.lists.replace(holder, list);
        }
    }

    /// Where the assignment of a holder stands, or would.
    fn position(&self, holder: u32, key: (u32, u32)) -> Result<usize, usize> {
        self.lists.get(holder).binary_search_by(|kept| self.whole(*kept).key().cmp(&key))
    }

    fn whole(&self, Kept { role, limits }: Kept) -> Grant {
        let usual = |tenant| Grant { role, tenant, access: Access::All, start: None, expire: None };
        if limits == NONE {
            return usual(NONE);
        }
        if limits & IN_TENANT != 0 {
            return usual(limits & !IN_TENANT);
        }
        match self.terms.get(limits) {
            Some(Terms::Of { tenant, access, start, expire }) => {
                let (start, expire) = (Time::from_micros(*start), Time::from_micros(*expire));
                Grant { role, tenant: *tenant, access: *access, start, expire }
            }
            Some(Terms::Free(_)) | None => usual(NONE),
        }
    }

    fn kept(&mut self, Grant { role, tenant, access, start, expire }: Grant) -> Kept {
        let limits = if access != Access::All || start.is_some() || expire.is_some() {
            let micros = |time: Option<Time>| time.map_or(i64::MAX, Time::micros);
            self.keep(Terms::Of { tenant, access, start: micros(start), expire: micros(expire) })
        } else if tenant == NONE {
            NONE
        } else {
            tenant | IN_TENANT
        };
        Kept { role, limits }
    }

    fn keep(&mut self, terms: Terms) -> u32 {
        let Some(Terms::Free(next)) = self.terms.get(self.free).copied() else { return self.terms.push(terms) };
        let at = std::mem::replace(&mut self.free, next);
        *self.terms.get_mut(at) = terms;
        at
    }

    /// The place of the terms of an assignment that goes is free for others.
    fn forget_terms(&mut self, holder: u32, at: Result<usize, usize>) {
        let kept = at.ok().and_then(|at| self.lists.get(holder).get(at).copied());
        if let Some(Kept { limits, .. }) = kept.filter(|kept| kept.limits & IN_TENANT == 0) {
            *self.terms.get_mut(limits) = Terms::Free(std::mem::replace(&mut self.free, limits));
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
        let in_tenant = |tenant, expire| Grant { tenant, expire, ..grant(2, None) };
        let time = |micros| Some(Time::clamped(micros));
        for round in 0..100 {
            let all = [
                grant(1, None),
                in_tenant(4, None),
                in_tenant(9, time(round)),
                grant(2, time(round)),
                Grant { access: Access::Own(7), ..grant(3, None) },
            ];
            for grant in all.iter().rev() {
                grants.insert(5, *grant);
            }
            let before = grants.clone();
            grants.insert(5, grant(2, time(-round)));
            grants.insert(5, in_tenant(9, None));
            grants.remove(5, (3, NONE));
            assert_eq!(before.of(5).collect::<Vec<_>>(), all);
            let left = [grant(1, None), in_tenant(4, None), in_tenant(9, None), grant(2, time(-round))];
            assert_eq!(grants.of(5).collect::<Vec<_>>(), left);
            assert!(left.iter().all(|grant| grants.find(5, grant.key()) == Some(*grant)));
            assert_eq!(before.unshared(&grants).collect::<Vec<_>>(), [5]);
        }
        assert_eq!(size_of::<Terms>(), 32, "of millions");
        assert!(grants.terms.len() <= 3, "{}", grants.terms.len());
    }
}
