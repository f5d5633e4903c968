//! Those whom a privilege is given to and taken from: absent, or out of reach.

use serde_json::json;
use tonic::Code;

use super::as_each;
use crate::callers::actor::Refusal;
use crate::callers::shop::{ACME, ACME_DELEGATE, CLERK, NOBODY, SHOPKEEPER};

fn same(refusals: &[Refusal]) {
    for refusal in refusals {
        assert_eq!(*refusal, refusals[0]);
    }
}

#[test]
fn a_role_out_of_reach_that_shall_have_a_privilege_is_as_if_absent() {
    as_each(&[ACME, ACME_DELEGATE, CLERK, NOBODY], async |caller| {
        let (mut listed, mut named) = (Vec::new(), Vec::new());
        for key in ["order:read", "helpdesk", "none"] {
            let name = format!("applications/shop/privileges/{key}");
            for role in [
                "roles/boss",
                "roles/absent",
                "tenants/globex/roles/own-reader",
                "tenants/globex/roles/absent",
                "tenants/absent/roles/x",
            ] {
                let role = format!("applications/shop/{role}");
                let request = json!({"name": name, "roles": [role]});
                listed.push(caller.refused("PrivilegeService/AssignPrivilegeToRoles", request).await);
                let request = json!({"name": name, "role": role});
                named.push(caller.refused("PrivilegeService/RemovePrivilegeFromRole", request).await);
            }
        }
        let mut by_name = Vec::new();
        for role in ["boss", "reader", "own-reader", "absent"] {
            let name = "applications/shop/privileges/order:read";
            let request = json!({"name": name, "role_names": [role]});
            by_name.push(caller.refused("PrivilegeService/AssignPrivilegeToRoles", request).await);
            let request = json!({"name": name, "role_name": role});
            named.push(caller.refused("PrivilegeService/RemovePrivilegeFromRole", request).await);
        }
        for refusals in [listed, by_name, named] {
            assert_eq!(refusals[0].said(), (Code::PermissionDenied, "PERMISSION_DENIED"));
            same(&refusals);
        }
    });
}

#[test]
fn a_user_out_of_reach_who_shall_have_a_privilege_is_as_if_absent() {
    let out_of_reach =
        ["users/globex-clerk", "users/absent", "users/shop-clerk", "users/bank-clerk", "users/shared", "users/helper"];
    as_each(&[ACME, ACME_DELEGATE, CLERK, NOBODY], async |caller| {
        let (mut given, mut taken) = (Vec::new(), Vec::new());
        for key in ["order:read", "helpdesk", "none"] {
            let name = format!("applications/shop/privileges/{key}");
            for user in out_of_reach {
                let request = json!({"name": name, "users": [user]});
                given.push(caller.refused("PrivilegeService/AssignPrivilegeToUsers", request).await);
                let request = json!({"name": name, "user": user});
                taken.push(caller.refused("PrivilegeService/RemovePrivilegeFromUser", request).await);
            }
        }
        for refusals in [given, taken] {
            assert_eq!(refusals[0].said(), (Code::PermissionDenied, "PERMISSION_DENIED"));
            same(&refusals);
        }
    });
    as_each(&[SHOPKEEPER], async |caller| {
        let mut refusals = Vec::new();
        for privilege in ["bank/privileges/account:read", "bank/privileges/none", "absent/privileges/none"] {
            let name = format!("applications/{privilege}");
            refusals.push(
                caller
                    .refused("PrivilegeService/AssignPrivilegeToUsers", json!({"name": name, "users": [CLERK]}))
                    .await,
            );
        }
        same(&refusals);
    });
}
