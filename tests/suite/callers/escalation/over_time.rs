//! Nobody gives for longer than he has, and what is cut to a tenant gives nothing beyond it.

use serde_json::{Value, json};

use super::super::shop::{self, ACME_STAND_IN, CLERK, CUT, EVENING, STAND_IN};
use super::super::stage::{actor, export, import, imported, on_every_store, root};
use super::{Attempt, DENIED, EXCEEDS, HELD, attempt, create, refuse};
use crate::harness::block_on;

const READER: &str = "applications/shop/roles/reader";
const OWN_READER: &str = "applications/shop/tenants/acme/roles/own-reader";

fn until(what: &'static str, subject: &str, role: &str, expire: Option<&str>) -> Attempt {
    let mut request = json!({"application": "applications/shop", "subject": subject, "roles": [role]});
    if let Some(expire) = expire {
        request["expire_time"] = expire.into();
    }
    attempt(what, "AssignmentService/AssignRoles", request, EXCEEDS)
}

#[test]
fn nobody_gives_for_longer_than_he_has() {
    let night = Some("2100-01-01T00:00:00.000001Z");
    refuse(STAND_IN, || {
        vec![
            until("to himself for good", STAND_IN, READER, None),
            until(HELD, STAND_IN, "applications/shop/roles/shopkeeper", None),
            until("to another for good", "users/shop-clerk", READER, None),
            until("to another, a microsecond longer", "users/shop-clerk", READER, night),
            create(
                "a role, which is there for good",
                "applications/shop",
                &json!({"privileges": ["order:read"]}),
                EXCEEDS,
            ),
            attempt(
                "a key for a role that he holds",
                "RoleService/AddRolePrivileges",
                json!({"name": "applications/shop/roles/writer", "privileges": ["order:read"]}),
                EXCEEDS,
            ),
        ]
    });
    refuse(ACME_STAND_IN, || {
        vec![
            until("to another for good", CLERK, OWN_READER, None),
            until("to another, a microsecond longer", CLERK, OWN_READER, night),
            create(
                "a role of the tenant",
                "applications/shop/tenants/acme",
                &json!({"privileges": ["order:read"]}),
                EXCEEDS,
            ),
        ]
    });
}

#[test]
fn what_is_given_until_the_same_evening_is_given() {
    shop::on_every_store(async |server, _| {
        for (who, subject, role) in [(STAND_IN, "users/shop-clerk", READER), (ACME_STAND_IN, CLERK, OWN_READER)] {
            let request = json!({"application": "applications/shop", "subject": subject, "roles": [role],
                                 "expire_time": EVENING});
            let answer = actor(server, who).await.done("AssignmentService/AssignRoles", request).await;
            assert_eq!(answer["assignments"][0]["expire_time"], EVENING, "{answer}");
        }
    });
}

#[test]
fn whoever_is_cut_to_a_tenant_gives_nothing_beyond_it() {
    refuse(CUT, || {
        let give = |what, subject: &str, tenant: Option<&str>, refused| {
            let mut request = json!({"application": "applications/shop", "subject": subject, "roles": [OWN_READER]});
            if let Some(tenant) = tenant {
                request["tenant"] = tenant.into();
            }
            attempt(what, "AssignmentService/AssignRoles", request, refused)
        };
        vec![
            create("a role of the application", "applications/shop", &json!({}), DENIED),
            create("a role of another tenant", "applications/shop/tenants/globex", &json!({}), DENIED),
            create(
                "a key that he lacks",
                "applications/shop/tenants/acme",
                &json!({"privileges": ["order:write"]}),
                EXCEEDS,
            ),
            give("to another tenant's user", "users/globex-clerk", None, DENIED),
            give("to the application's user", "users/shop-clerk", None, DENIED),
            give("to himself", CUT, None, DENIED),
            give("in another tenant", "users/both-clerk", Some("globex"), DENIED),
        ]
    });
}

/// An importer may give anything to anybody, so only who could do so for good may import.
#[test]
fn an_administrator_for_a_time_does_not_import_himself_for_good() {
    on_every_store(&["users/for-a-time"], |server| {
        block_on(async {
            let root = root(&server).await;
            let given = |expire: Option<&str>| {
                let mut line =
                    json!({"holder": "users/for-a-time", "application": "bailiwick", "role": "administrator"});
                if let Some(expire) = expire {
                    line["expire_time"] = expire.into();
                }
                json!({"role_assignment": line})
            };
            let user: Value = json!({"user": {"id": "for-a-time", "username": "for-a-time"}});
            imported(&root, &[user, given(Some(EVENING))]).await;
            let before = export(&root).await;
            let refusal = import(&actor(&server, "users/for-a-time").await, &[given(None)]).await.unwrap_err();
            assert_eq!(refusal.code, tonic::Code::PermissionDenied, "{refusal:?}");
            assert_eq!(export(&root).await, before);
        });
    });
}

/// A role whose boundary is the holder itself gives its keys there, wherever the holder lives.
#[test]
fn a_role_for_the_holder_alone_is_a_gift_also_to_one_who_lost_all_tenants() {
    shop::on_every_store(async |server, root| {
        let lost = json!({"user": {"id": "lost", "username": "lost", "application": "shop", "tenant_level": true}});
        imported(root, &[lost]).await;
        let shopkeeper = actor(server, shop::SHOPKEEPER).await;
        let refusal = shopkeeper
            .refused(
                "AssignmentService/AssignRoles",
                json!({"application": "applications/shop", "subject": "users/lost",
                       "roles": ["applications/shop/roles/own"]}),
            )
            .await;
        assert_eq!(refusal.said(), EXCEEDS, "{refusal:?}");
    });
}
