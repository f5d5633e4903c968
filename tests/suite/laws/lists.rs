//! The list says what the check says: a subject has exactly the privileges that it may exercise.

use std::collections::BTreeSet;

use bailiwick::engine::{Check, Target};
use proptest::prelude::*;

use super::{cases, load};
use crate::model::Model;
use crate::states;
use crate::states::build::at;
use crate::states::grid;

proptest! {
    #![proptest_config(cases(15))]

    #[test]
    fn the_privileges_of_a_subject_are_those_that_checks_allow(state in states::states(), now in 9..31_i64) {
        let (engine, model) = (load(&state.0), Model::new(state.0.iter().cloned()));
        let wanted: BTreeSet<&str> = grid::privileges().into_iter().collect();
        for application in grid::APPLICATIONS {
            for subject in &grid::subjects() {
                let list = |target, wanted| {
                    engine.subject_privileges((application, subject), target, wanted, at(now)).unwrap()
                };
                for target in grid::targets().into_iter().filter(|target| *target != Target::Nothing) {
                    let allowed = |privilege: &&str| {
                        engine.check(&Check { application, subject: subject.into(), privilege, target }, at(now)).allowed()
                    };
                    let expected: Vec<&str> = wanted.iter().copied().filter(allowed).collect();
                    let listed = list(target, Some(&wanted));
                    let keys: Vec<&str> = listed.iter().map(|has| has.key.as_str()).collect();
                    prop_assert_eq!(&keys, &expected, "{} {} {:?}", application, subject, target);
                    // Of all there are, the same.
                    let all = list(target, None);
                    prop_assert_eq!(all.iter().filter(|has| wanted.contains(has.key.as_str())).count(), keys.len());
                    prop_assert!(all.iter().all(|has| allowed(&has.key.as_str())), "{:?}", all);
                }
                let somewhere: Vec<(String, bool)> = wanted
                    .iter()
                    .filter(|key| model.question(application, subject, key).could_reach(at(now)))
                    .map(|key| {
                        let check = Check { application, subject: subject.into(), privilege: key, target: Target::Nothing };
                        ((*key).to_owned(), engine.check(&check, at(now)).allowed())
                    })
                    .collect();
                let listed = list(Target::Nothing, Some(&wanted));
                let listed: Vec<_> = listed.into_iter().map(|has| (has.key, has.without_target)).collect();
                prop_assert_eq!(listed, somewhere, "{} {} anywhere", application, subject);
            }
        }
    }
}
