//! One deletes what another begins to use: either the use is refused or the deletion is.

use serde_json::{Value, json};
use tonic::Code;

use super::{Pair, between, one_of};
use crate::callers::stage::{export, imported, rounds};

type Call = (&'static str, Value);

/// What is deleted, and the call that uses it.
fn uses(round: usize) -> Vec<(Call, Call)> {
    let delete = |method, name: String| (method, json!({"name": name}));
    let (role, user) = (format!("applications/a/roles/r{round}"), format!("users/u{round}"));
    let tenant = format!("applications/a/tenants/t{round}");
    let assign = json!({"application": "applications/a", "subject": "users/holder", "roles": [role]});
    let other = format!("applications/a/roles/s{round}");
    let replace = json!({"application": "applications/a", "subject": "users/holder", "roles": [other]});
    vec![
        (delete("RoleService/DeleteRole", role), ("AssignmentService/AssignRoles", assign)),
        (delete("RoleService/DeleteRole", other), ("AssignmentService/ReplaceSubjectRoles", replace)),
        (
            delete("DirectoryService/DeleteUser", user.clone()),
            ("DirectoryService/AddGroupMembers", json!({"name": "groups/g", "members": [user]})),
        ),
        (
            delete("ApplicationService/DeleteTenant", tenant.clone()),
            ("RoleService/CreateRole", json!({"parent": tenant, "role_id": "own", "role": {"role_name": "own"}})),
        ),
        (
            delete("ApplicationService/DeleteApplication", format!("applications/a{round}")),
            (
                "ApplicationService/CreateTenant",
                json!({"parent": format!("applications/a{round}"), "tenant_id": "t", "tenant": {}}),
            ),
        ),
    ]
}

/// Those who use the things, in every round.
fn users_of_things() -> [Value; 3] {
    [
        json!({"application": {"id": "a"}}),
        json!({"user": {"id": "holder", "username": "holder", "application": "a"}}),
        json!({"group": {"id": "g", "group_name": "g"}}),
    ]
}

fn things(round: usize) -> Vec<Value> {
    vec![
        json!({"role": {"application": "a", "id": format!("r{round}"), "role_name": format!("r{round}")}}),
        json!({"role": {"application": "a", "id": format!("s{round}"), "role_name": format!("s{round}")}}),
        json!({"user": {"id": format!("u{round}"), "username": format!("u{round}")}}),
        json!({"tenant": {"application": "a", "id": format!("t{round}")}}),
        json!({"application": {"id": format!("a{round}")}}),
    ]
}

#[test]
fn what_is_deleted_is_not_used_and_what_is_used_is_not_deleted() {
    between(&[], async |Pair { one, two }| {
        imported(one, &users_of_things()).await;
        for round in 0..rounds() {
            imported(one, &things(round)).await;
            for ((delete, name), (method, request)) in uses(round) {
                let outcomes = tokio::join!(one.call(delete, name), two.call(method, request));
                match one_of(outcomes, method) {
                    (0, refusal) => assert_eq!(refusal.code, Code::NotFound, "{method}: {refusal:?}"),
                    (_, refusal) => {
                        assert_eq!(refusal.said(), (Code::FailedPrecondition, "IN_USE"), "{delete}: {refusal:?}");
                    }
                }
            }
        }
        assert_eq!(export(one).await, export(two).await);
    });
}

/// With force the use goes with what it uses, or is refused; it never stays behind.
#[test]
fn a_forced_deletion_leaves_no_use_behind() {
    between(&[], async |Pair { one, two }| {
        imported(one, &users_of_things()).await;
        let before = export(one).await;
        for round in 0..rounds() {
            imported(one, &things(round)).await;
            for ((delete, mut name), (method, request)) in uses(round) {
                name["force"] = true.into();
                let (deleted, used) = tokio::join!(one.call(delete, name), two.call(method, request));
                deleted.unwrap();
                assert!(used.is_ok() || used.is_err_and(|refusal| refusal.code == Code::NotFound), "{method}");
            }
        }
        let without_tombstones = |document: &str| {
            document.lines().filter(|line| !line.contains("\"deleted\":true")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(without_tombstones(&export(two).await), without_tombstones(&before));
    });
}
