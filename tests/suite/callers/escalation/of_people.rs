//! What nobody lets others reach by what they are: a user or client that is enabled, a tenant that a user is given, a
//! client that stands for its application. What stays within the caller's own reach, he may.

use serde_json::{Value, json};

use super::super::shop::{self, ACME, ACME_DELEGATE, SHOPKEEPER, STAND_IN};
use super::super::stage::{actor, imported, may};
use super::{Attempt, DENIED, EXCEEDS, INVALID, attempt, refuse_beside};

/// People who are off, or elsewhere, and hold more than most may give.
fn more() -> Vec<Value> {
    let user = |id: &str, enabled: bool, tenants: &[&str]| json!({"user": {"id": id, "username": id, "application": "shop", "enabled": enabled, "tenants": tenants}});
    let gives =
        |holder: &str, role: &str| json!({"role_assignment": {"holder": holder, "application": "shop", "role": role}});
    let member = |of: &str, who: &str| json!({"group_member": {"group": of, "member": who}});
    let mut at_home = gives("users/mover", "writer");
    at_home["role_assignment"]["tenant"] = "globex".into();
    vec![
        json!({"client": {"id": "off", "application": "shop", "enabled": false}}),
        json!({"client": {"id": "acme-off", "application": "shop", "tenant": "acme", "enabled": false}}),
        json!({"role": {"application": "shop", "id": "of-globex", "role_name": "of globex",
            "permission_boundary": "application", "tenant_visibility": "TENANT_INCLUSION_LIST", "visible_tenants": ["globex"]}}),
        json!({"role_privilege": {"application": "shop", "role": "of-globex", "privilege": "order:refund"}}),
        user("off-boss", false, &[]),
        user("off-reader", false, &[]),
        user("off-member", false, &[]),
        user("off-clerk", false, &["shop/acme"]),
        user("off-both", false, &["shop/acme", "shop/globex"]),
        user("writer", true, &["shop/acme"]),
        user("reader", true, &["shop/acme"]),
        user("listed", true, &["shop/acme"]),
        user("mover", true, &["shop/acme"]),
        user("globalist", true, &[]),
        gives("users/off-boss", "boss"),
        gives("users/off-reader", "reader"),
        member("inner", "users/off-member"),
        gives("users/off-clerk", "reader"),
        gives("users/off-both", "reader"),
        gives("users/writer", "writer"),
        gives("users/reader", "reader"),
        gives("users/listed", "of-globex"),
        at_home,
        gives("users/globalist", "writer"),
        gives("applications/shop", "boss"),
    ]
}

fn user(what: &'static str, name: &str, words: Value, refused: (tonic::Code, &'static str)) -> Attempt {
    let mut user = words;
    user["name"] = name.into();
    attempt(what, "DirectoryService/UpdateUser", json!({"user": user}), refused)
}

fn client(what: &'static str, name: &str, words: Value, refused: (tonic::Code, &'static str)) -> Attempt {
    let mut client = words;
    client["name"] = name.into();
    attempt(what, "DirectoryService/UpdateClient", json!({"client": client}), refused)
}

fn new_client(what: &'static str, owner: &str, refused: (tonic::Code, &'static str)) -> Attempt {
    attempt(what, "DirectoryService/CreateClient", json!({"client": {"owner": owner}}), refused)
}

const BOTH: [&str; 2] = ["applications/shop/tenants/acme", "applications/shop/tenants/globex"];

#[test]
fn an_application_s_administrator_lets_nobody_reach_more_than_he_does() {
    let table = || {
        let on = || json!({"enabled": true});
        let to_both = || json!({"tenants": BOTH});
        vec![
            user("one who holds what he lacks", "users/off-boss", on(), EXCEEDS),
            user("one whose group gives what he lacks", "users/off-member", on(), EXCEEDS),
            client("one that stands for a strong application", "clients/off", on(), EXCEEDS),
            new_client("a new one that does", "applications/shop", EXCEEDS),
            user("a tenant in which one's role gives more", "users/writer", to_both(), EXCEEDS),
            user("a tenant in which one may hold a role", "users/listed", to_both(), EXCEEDS),
            user("a tenant that one's assignment is cut to", "users/mover", to_both(), EXCEEDS),
            user(
                "a tenant of another application",
                "users/reader",
                json!({"tenants": ["applications/bank/tenants/acme"]}),
                INVALID,
            ),
            user("a user of another application", "users/bank-clerk", json!({"email": "x"}), DENIED),
            user("a user of none", "users/shared", json!({"tenants": BOTH}), DENIED),
        ]
    };
    refuse_beside(&more(), SHOPKEEPER, table);
}

/// He may all that the application's administrator may, but only for some hours.
#[test]
fn who_may_for_some_hours_enables_nobody_for_good() {
    refuse_beside(&more(), STAND_IN, || {
        vec![
            user("one who holds a role for good", "users/off-reader", json!({"enabled": true}), EXCEEDS),
            user("a tenant for good", "users/reader", json!({"tenants": BOTH}), EXCEEDS),
        ]
    });
}

#[test]
fn a_tenant_s_administrator_moves_nobody_and_enables_nobody_beyond_his_tenant() {
    for who in [ACME, ACME_DELEGATE] {
        refuse_beside(&more(), who, || {
            let (acme, globex) = (BOTH[0], BOTH[1]);
            vec![
                user("another tenant", "users/acme-clerk", json!({"tenants": BOTH}), DENIED),
                user(
                    "a tenant that is not there",
                    "users/acme-clerk",
                    json!({"tenants": [acme, "applications/shop/tenants/none"]}),
                    DENIED,
                ),
                user("another tenant less", "users/both-clerk", json!({"tenants": [acme]}), DENIED),
                user(
                    "his own tenant for another",
                    "users/both-clerk",
                    json!({"tenants": [globex, "applications/shop/tenants/none"]}),
                    DENIED,
                ),
                user("another tenant's user", "users/globex-clerk", json!({"tenants": [acme]}), DENIED),
                user("the application's user", "users/shop-clerk", json!({"tenants": [acme]}), DENIED),
                user("one who reaches another tenant", "users/off-both", json!({"enabled": true}), EXCEEDS),
                client("the application's client", "clients/off", json!({"enabled": true}), DENIED),
                new_client("a client of the application", "applications/shop", DENIED),
                new_client("a client of another tenant", globex, DENIED),
                new_client("a client of no tenant", "applications/shop/tenants/none", DENIED),
                attempt(
                    "an id of his choice",
                    "DirectoryService/CreateClient",
                    json!({"client_id": "mine", "client": {"owner": acme}}),
                    INVALID,
                ),
            ]
        });
    }
}

#[test]
fn who_changes_users_of_one_tenant_moves_none_across_its_bounds() {
    let blind = json!({"role": {"application": "shop", "id": "blind", "role_name": "blind"}});
    let key = json!({"role_privilege": {"application": "shop", "role": "blind", "privilege": "bailiwick:user:update"}});
    let held = json!({"role_assignment": {"holder": shop::CLERK, "application": "shop", "role": "blind"}});
    let back = json!({"user": {"id": "gone", "username": "gone", "application": "shop"}});
    refuse_beside(&[blind, key, held, back], shop::CLERK, || {
        vec![
            user("a tenant for one who has none", "users/gone", json!({"tenants": [BOTH[0]]}), DENIED),
            user("more tenants", "users/both-clerk", json!({"tenants": [BOTH[0]]}), DENIED),
        ]
    });
}

#[test]
fn what_stays_within_one_s_reach_is_allowed() {
    shop::on_every_store(async |server, root| {
        imported(root, &more()).await;
        let update = |kind: &str, name: &str, words: Value| {
            let mut thing = words;
            thing["name"] = name.into();
            json!({kind: thing})
        };
        let keeper = actor(server, SHOPKEEPER).await;
        let on = || json!({"enabled": true});
        for (kind, method, name, words) in [
            ("user", "DirectoryService/UpdateUser", "users/off-reader", on()),
            ("user", "DirectoryService/UpdateUser", "users/off-boss", json!({"email": "boss@off"})),
            ("user", "DirectoryService/UpdateUser", "users/off-both", on()),
            ("user", "DirectoryService/UpdateUser", "users/reader", json!({"tenants": BOTH})),
            ("user", "DirectoryService/UpdateUser", "users/writer", json!({"enabled": false, "tenants": BOTH})),
            // With its first tenant it loses the reach of the whole application.
            ("user", "DirectoryService/UpdateUser", "users/globalist", json!({"tenants": BOTH})),
            ("client", "DirectoryService/UpdateClient", "clients/acme-off", on()),
            ("client", "DirectoryService/UpdateClient", "clients/off", json!({"display_name": "Off"})),
        ] {
            keeper.done(method, update(kind, name, words)).await;
        }
        assert!(may(root, ("shop", "users/reader", "order:read"), "tenant:globex").await);
        let off = json!({"client": {"owner": "applications/shop", "enabled": false}});
        keeper.done("DirectoryService/CreateClient", off).await;
        let acme = actor(server, ACME).await;
        acme.done("DirectoryService/UpdateUser", update("user", "users/off-clerk", on())).await;
        assert!(may(root, ("shop", "users/off-clerk", "order:read"), "tenant:acme").await);
        acme.done("DirectoryService/CreateClient", json!({"client": {"owner": BOTH[0]}})).await;
        let leave = update("user", "users/both-clerk", json!({"tenants": [BOTH[1]]}));
        acme.done("DirectoryService/UpdateUser", leave).await;
        let delegate = actor(server, ACME_DELEGATE).await;
        let off = json!({"user": {"name": "users/writer", "enabled": false}});
        delegate.done("DirectoryService/UpdateUser", off).await;
    });
}
