//! Two writers of whom one takes the other's right: nobody acts on a right that is gone.

use serde_json::{Value, json};
use tonic::Code;

use super::{Pair, between, one_of};
use crate::callers::actor::Actor;
use crate::callers::stage::{ROOT, imported, may, revision, rounds, token_of};

const ASSIGN: &str = "AssignmentService/AssignRoles";
const UNASSIGN: &str = "AssignmentService/UnassignRoles";

fn administrator(subject: &str) -> Value {
    json!({"application": "applications/bailiwick", "subject": subject, "roles": ["applications/bailiwick/roles/administrator"]})
}

fn lent(actor: &Actor, subject: &str) -> Actor {
    actor.with_token(Some(token_of(subject)))
}

/// Runs a round again and again between two who are the only administrators whenever it begins; the server is given
/// back at the end.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
fn between_two_administrators(round: impl AsyncFn(&Actor, &Actor)) {
    between(&["users/first", "users/second"], async |Pair { one, two }| {
        let users = ["first", "second"].map(|id| json!({"user": {"id": id, "username": id}}));
        imported(one, &users).await;
        let (first, second) = (lent(one, "users/first"), lent(two, "users/second"));
        for subject in ["users/first", "users/second"] {
            one.done(ASSIGN, administrator(subject)).await;
        }
        one.done(UNASSIGN, administrator(ROOT)).await;
        for _ in 0..rounds() {
            round(&first, &second).await;
        }
        first.done(ASSIGN, administrator(ROOT)).await;
    });
}

#[test]
fn of_two_administrators_who_remove_each_other_one_stays() {
    between_two_administrators(async |first, second| {
        let outcomes = tokio::join!(
            first.call(UNASSIGN, administrator("users/second")),
            second.call(UNASSIGN, administrator("users/first"))
        );
        let (stays, refusal) = one_of(outcomes, "the last administrator");
        // The loser has no right any more, or would have removed the last one.
        let lost = [(Code::PermissionDenied, "PERMISSION_DENIED"), (Code::FailedPrecondition, "LAST_ADMINISTRATOR")];
        assert!(lost.contains(&refusal.said()), "{refusal:?}");
        let (winner, loser) = if stays == 0 { (first, "users/second") } else { (second, "users/first") };
        winner.done(ASSIGN, administrator(loser)).await;
    });
}

#[test]
fn of_two_administrators_who_resign_one_stays() {
    between_two_administrators(async |first, second| {
        let outcomes = tokio::join!(
            first.call(UNASSIGN, administrator("users/first")),
            second.call(UNASSIGN, administrator("users/second"))
        );
        let (resigned, refusal) = one_of(outcomes, "the last administrator");
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "LAST_ADMINISTRATOR"));
        let (stays, gone) = if resigned == 0 { (second, "users/first") } else { (first, "users/second") };
        stays.done(ASSIGN, administrator(gone)).await;
    });
}

/// One gives a role while the other takes his right to give it: whatever was given was given before.
#[test]
fn nothing_is_given_after_the_right_to_give_it_was_taken() {
    between(&["users/giver"], async |Pair { one, two }| {
        let lines = [
            json!({"application": {"id": "a"}}),
            json!({"privilege": {"application": "a", "key": "x"}}),
            json!({"role": {"application": "a", "id": "giver", "role_name": "giver", "privilege_patterns": ["bailiwick:*", "x"]}}),
            json!({"role": {"application": "a", "id": "x", "role_name": "x", "privilege_patterns": ["x"]}}),
            json!({"user": {"id": "giver", "username": "giver", "application": "a"}}),
        ];
        imported(one, &lines).await;
        let giver = lent(two, "users/giver");
        let right =
            json!({"application": "applications/a", "subject": "users/giver", "roles": ["applications/a/roles/giver"]});
        for round in 0..rounds() {
            let user =
                json!({"user": {"id": format!("u{round}"), "username": format!("u{round}"), "application": "a"}});
            imported(one, &[user]).await;
            one.done(ASSIGN, right.clone()).await;
            let holder = format!("users/u{round}");
            let gift = json!({"application": "applications/a", "subject": holder, "roles": ["applications/a/roles/x"]});
            let (taken, given) = tokio::join!(one.call(UNASSIGN, right.clone()), giver.call(ASSIGN, gift));
            let taken = taken.unwrap();
            assert_eq!(taken["removed_count"], 1);
            let has_it = may(one, ("a", holder.as_str(), "x"), "").await;
            match given {
                Ok(given) => assert!(revision(&given) < revision(&taken) && has_it),
                Err(refusal) => assert!(refusal.code == Code::PermissionDenied && !has_it, "{refusal:?}"),
            }
        }
    });
}

/// One makes a role stronger while another, who lacks what it gains, gives it away: he gave what it was before, which
/// is held by whoever holds the role; or he is refused.
#[test]
fn a_role_is_given_as_strong_as_it_is_when_it_is_given() {
    between(&["users/giver"], async |Pair { one, two }| {
        let lines = [
            json!({"application": {"id": "a"}}),
            json!({"privilege": {"application": "a", "key": "x"}}),
            json!({"role": {"application": "a", "id": "giver", "role_name": "giver", "privilege_patterns": ["bailiwick:*"],
                            "excluded_privileges": ["bailiwick:role:delegate"]}}),
            json!({"user": {"id": "giver", "username": "giver", "application": "a"}}),
            json!({"user": {"id": "holder", "username": "holder", "application": "a"}}),
            json!({"role_assignment": {"holder": "users/giver", "application": "a", "role": "giver"}}),
        ];
        imported(one, &lines).await;
        let giver = lent(two, "users/giver");
        for round in 0..rounds() {
            let name = format!("applications/a/roles/r{round}");
            let made = json!({"parent": "applications/a", "role_id": format!("r{round}"), "role": {"role_name": format!("r{round}")}});
            one.done("RoleService/CreateRole", made).await;
            let stronger = json!({"name": name, "privileges": ["x"]});
            let gift = json!({"application": "applications/a", "subject": "users/holder", "roles": [name]});
            let (grown, given) =
                tokio::join!(one.call("RoleService/AddRolePrivileges", stronger), giver.call(ASSIGN, gift));
            let grown = grown.unwrap();
            match given {
                Ok(given) => assert!(revision(&given) < revision(&grown)),
                Err(refusal) => assert_eq!(refusal.reason, "GRANT_EXCEEDS_OWN_REACH"),
            }
        }
    });
}
