//! Callers who were found to be allowed to ask about everything in an application, at one revision.
//!
//! What is found is kept with the revision, and so is never of another one; and it counts no longer than the path lasts
//! by which it was found. Only who reaches everything is kept: whoever may ask about some is decided of each anew.
//!
//! Reading takes no lock and allocates nothing. Of two callers who fall on one place the first keeps it, and the other is
//! decided anew each time. A process is asked by a few services, seldom by more than there are places.

use std::hash::{BuildHasher, BuildHasherDefault};
use std::sync::OnceLock;

use rustc_hash::FxHasher;

use crate::domain::id::{Id, IdRef};
use crate::domain::name::Subject;
use crate::domain::time::Time;

const PLACES: usize = 64;

/// The callers.
#[derive(Debug)]
pub struct Askers {
    places: [OnceLock<Asker>; PLACES],
}

#[derive(Debug)]
struct Asker {
    caller: Subject,
    application: Id,
    /// When it ends; `None` = never.
    until: Option<Time>,
}

impl Default for Askers {
    fn default() -> Self {
        Self { places: std::array::from_fn(|_| OnceLock::new()) }
    }
}

impl Askers {
    /// Whether the caller is known to be allowed to ask about everything in the application now.
    pub fn has(&self, caller: &Subject, application: IdRef<'_>, now: Time) -> bool {
        let asker = self.place(caller, application).and_then(OnceLock::get);
        asker.is_some_and(|asker| {
            asker.caller == *caller
                && asker.application.borrowed() == application
                && asker.until.is_none_or(|until| now < until)
        })
    }

    /// Keeps that he is, until then; unless another has the place.
    pub fn keep(&self, caller: &Subject, application: IdRef<'_>, until: Option<Time>) {
        if let Some(place) = self.place(caller, application) {
            let asker = || Asker { caller: caller.clone(), application: application.to_id(), until };
            let _whoever_was_first = place.get_or_init(asker);
        }
    }

    fn place(&self, caller: &Subject, application: IdRef<'_>) -> Option<&OnceLock<Asker>> {
        let hash = BuildHasherDefault::<FxHasher>::default().hash_one((caller, application));
        self.places.get(usize::try_from(hash >> 32).unwrap_or(0) % PLACES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        Id::parse(text).unwrap()
    }

    #[test]
    fn who_is_kept_is_known_in_that_application_until_it_ends_and_nobody_else() {
        let (askers, now) = (Askers::default(), Time::clamped(1_000));
        let (alice, bob) = (Subject::User(id("alice")), Subject::User(id("bob")));
        assert!(!askers.has(&alice, id("shop").borrowed(), now));
        askers.keep(&alice, id("shop").borrowed(), None);
        askers.keep(&bob, id("shop").borrowed(), Some(Time::clamped(1_001)));
        assert!(askers.has(&alice, id("shop").borrowed(), now) && askers.has(&alice, id("shop").borrowed(), Time::MAX));
        assert!(
            askers.has(&bob, id("shop").borrowed(), now)
                && !askers.has(&bob, id("shop").borrowed(), Time::clamped(1_001))
        );
        assert!(
            !askers.has(&alice, id("desk").borrowed(), now)
                && !askers.has(&Subject::Client(id("alice")), id("shop").borrowed(), now)
        );
    }

    #[test]
    fn who_comes_to_a_taken_place_is_not_known_and_takes_it_from_nobody() {
        let (askers, shop, now) = (Askers::default(), id("shop"), Time::clamped(0));
        let callers: Vec<Subject> = (0..1_000).map(|number| Subject::Client(id(&format!("c{number}")))).collect();
        let keep_all = || callers.iter().map(|caller| askers.keep(caller, shop.borrowed(), None)).count();
        assert_eq!(keep_all(), callers.len());
        let known: Vec<&Subject> = callers.iter().filter(|caller| askers.has(caller, shop.borrowed(), now)).collect();
        assert!((2..=PLACES).contains(&known.len()), "{}", known.len());
        keep_all();
        assert!(known.iter().all(|caller| askers.has(caller, shop.borrowed(), now)));
    }
}
