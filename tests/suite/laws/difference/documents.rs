//! What policy documents give, in the access difference.

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::change::Change;
use bailiwick::domain::role::Visibility;
use bailiwick::engine::Rectangle;

use super::{company, load};
use crate::states::build::{application, at, document, gives, holds, privilege, role, statement, subject};

#[test]
fn a_key_that_goes_is_lost_also_by_documents() {
    let mut rows = company();
    rows.extend([document("a", "doc", vec![statement(&["read"], &["*"])]), gives("a/s", "doc")]);
    rows.extend([role("a/s", Boundary::Application, Visibility::All), holds("users/u4", "a/s")]);
    let before = load(&rows);
    let gone = before.apply(&[Change { before: Some(privilege("a", "read", true, true)), after: None }]);
    let lost = before.difference(&gone, at(1), None).lost;
    assert!(lost.iter().any(|lost| lost.subjects.contains(&subject("users/u4"))), "{lost:?}");
}

#[test]
fn what_our_own_documents_give_of_our_own_privileges_is_told_of_every_application() {
    let key = "bailiwick:permission:check";
    let mut rows = company();
    rows.extend([application("bailiwick"), document("bailiwick", "doc", vec![statement(&[key], &["users/u1"])])]);
    rows.extend([role("bailiwick/s", Boundary::Application, Visibility::All), gives("bailiwick/s", "doc")]);
    // One of the application says the same of the same user.
    rows.extend([document("a", "doc", vec![statement(&[key], &["users/u1"])]), gives("a/s", "doc")]);
    rows.push(role("a/s", Boundary::Application, Visibility::All));
    let before = load(&rows);
    let held = |role: &str| before.apply(&[Change::insert(holds("applications/a", role))]);
    let told = |gained: &[Rectangle]| {
        let of = gained.iter().map(|told| (told.targets.application.clone(), told.targets.scopes.join(" ")));
        of.collect::<Vec<_>>()
    };
    let here = before.difference(&held("a/s"), at(1), None).gained;
    assert_eq!(told(&here), [(Some("a".to_owned()), "users/u1".to_owned())]);
    let everywhere = before.difference(&held("bailiwick/s"), at(1), None).gained;
    assert_eq!(told(&everywhere), [(None, "users/u1".to_owned())]);
    // Who has it in one application gains it in the others.
    let more = held("a/s").apply(&[Change::insert(holds("applications/a", "bailiwick/s"))]);
    let rest = held("a/s").difference(&more, at(1), None).gained;
    assert_eq!(told(&rest), told(&everywhere));
    assert_eq!(rest.iter().map(|told| told.except_targets.len()).collect::<Vec<_>>(), [1]);
}
