//! Who is given a privilege: all or none, whoever is missing is named, what is there already is left alone; and lists of
//! them with their number.

use serde_json::{Value, json};
use tonic::Code;

use super::super::shop::{self, ACME, CLERK, SHOPKEEPER};
use super::super::stage::{actor, export, head, imported, strings};
use super::{DESK, FROM_ROLE, FROM_USER, ROLES, SHOP, TO_ROLES, TO_USERS, USERS, desk, role};
use crate::lists::all;
use crate::store::sql_at;

const READ: &str = "applications/shop/privileges/order:read";

#[test]
fn roles_get_it_all_or_none_and_what_fails_is_named_where_it_stands() {
    shop::on_every_store(async |_, root| {
        desk(root).await;
        let before = (export(root).await, head(root).await);
        let own = format!("{SHOP}/tenants/acme/roles/own-reader");
        let missing = json!({"name": DESK, "roles": [role("reader"), role("none"), role("none")], "role_names": ["Reader", "None"]});
        let refusal = root.refused(TO_ROLES, missing).await;
        assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"), "{refusal:?}");
        assert_eq!(refusal.violated(), ["roles[1]", "role_names[1]"]);
        let of_us = json!({"name": "applications/bailiwick/privileges/bailiwick:role:read", "roles": ["applications/bailiwick/roles/group-keeper", "applications/bailiwick/roles/administrator"]});
        let refusal = root.refused(TO_ROLES, of_us).await;
        assert_eq!(
            (refusal.said(), refusal.violated()),
            ((Code::FailedPrecondition, "PREDEFINED"), vec!["roles[1]".to_owned()])
        );
        let absent = json!({"name": format!("{SHOP}/privileges/none"), "roles": [role("reader")]});
        let refusal = root.refused(TO_ROLES, absent).await;
        assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"));
        assert!(refusal.details.iter().any(|detail| detail["resource_name"] == format!("{SHOP}/privileges/none")));
        assert_eq!((export(root).await, head(root).await), before);
        let given = root.done(TO_ROLES, json!({"name": DESK, "roles": [role("writer"), own, role("writer")], "role_names": ["WRITER", "Reader"]})).await;
        assert_eq!(strings(&given["roles"]), [role("writer"), own.clone(), role("reader")]);
        let etag =
            async |name: &str| root.done("RoleService/GetRole", json!({"name": name})).await["role"]["etag"].clone();
        let (old, after) = (etag(&own).await, export(root).await);
        root.done(TO_ROLES, json!({"name": DESK, "roles": [own]})).await;
        assert_eq!((etag(&own).await, export(root).await), (old.clone(), after), "what it has already is left alone");
        root.done(FROM_ROLE, json!({"name": DESK, "role": own})).await;
        assert_ne!(etag(&own).await, old);
    });
}

#[test]
fn giving_it_lifts_an_exclusion_and_taking_it_leaves_what_comes_by_another_way() {
    shop::on_every_store(async |_, root| {
        let gives = async |id: &str| {
            let answer = root.done("RoleService/ListRolePrivileges", json!({"name": role(id)})).await;
            strings(&answer["privileges"]).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(gives("capped").await, ["order:read", "order:refund"]);
        let write = format!("{SHOP}/privileges/order:write");
        root.done(TO_ROLES, json!({"name": write, "roles": [role("capped")]})).await;
        assert_eq!(gives("capped").await, ["order:read", "order:refund", "order:write"]);
        root.done(FROM_ROLE, json!({"name": write, "role": role("capped")})).await;
        assert_eq!(gives("capped").await, ["order:read", "order:refund", "order:write"], "the pattern gives it");
        let refusal = root.refused(FROM_ROLE, json!({"name": write, "role_name": "capped"})).await;
        assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"), "what a pattern gives is no element of its own");
        let ours = json!({"name": "applications/bailiwick/privileges/bailiwick:role:read", "role": "applications/bailiwick/roles/administrator"});
        assert_eq!(root.refused(FROM_ROLE, ours).await.said(), (Code::FailedPrecondition, "PREDEFINED"));
        assert_eq!(root.refused(FROM_ROLE, json!({"name": write, "role": role("none")})).await.code, Code::NotFound);
        for (role, role_name, field) in [
            ("", "", "role"),
            (&*role("reader"), "reader", "role_name"),
            ("applications/bank/roles/banker", "", "role"),
        ] {
            let refusal = root.refused(FROM_ROLE, json!({"name": READ, "role": role, "role_name": role_name})).await;
            assert_eq!((refusal.code, refusal.violated()), (Code::InvalidArgument, vec![field.to_owned()]));
        }
    });
}

#[test]
fn users_get_it_all_or_none_and_what_fails_is_named_where_it_stands() {
    shop::on_every_store(async |server, root| {
        desk(root).await;
        let before = (export(root).await, head(root).await);
        let give = |users: &[&str]| json!({"name": DESK, "users": users});
        let refusal =
            root.refused(TO_USERS, give(&["users/shared", "users/shared", "users/none", CLERK, "users/gone"])).await;
        assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"));
        assert_eq!(refusal.violated(), ["users[2]", "users[4]"]);
        let refusal = root.refused(TO_USERS, give(&[CLERK, "users/bank-clerk"])).await;
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "ROLE_NOT_ASSIGNABLE"));
        assert_eq!(refusal.violated(), ["users[1]"]);
        let keeper = actor(server, SHOPKEEPER).await;
        let refusal = keeper.refused(TO_USERS, give(&["users/bank-clerk"])).await;
        assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"), "whom he may not read does not exist");
        let absent = json!({"name": format!("{SHOP}/privileges/none"), "users": [CLERK]});
        assert_eq!(root.refused(TO_USERS, absent).await.said(), (Code::NotFound, "NOT_FOUND"));
        assert_eq!((export(root).await, head(root).await), before);
        root.done(TO_USERS, give(&[CLERK, "users/shared", CLERK])).await;
        let after = export(root).await;
        root.done(TO_USERS, give(&["users/shared", CLERK])).await;
        assert_eq!(export(root).await, after);
        let of_acme = actor(server, ACME).await;
        of_acme.done(FROM_USER, json!({"name": DESK, "user": CLERK})).await;
        let outside = json!({"name": DESK, "user": "users/shared"});
        assert_eq!(of_acme.refused(FROM_USER, outside).await.said(), (Code::PermissionDenied, "PERMISSION_DENIED"));
        let (user, field) = (json!({"name": DESK, "user": "users/none"}), json!({"name": DESK}));
        assert_eq!(root.refused(FROM_USER, user).await.code, Code::NotFound);
        assert_eq!(root.refused(FROM_USER, field).await.violated(), ["user"]);
    });
}

#[test]
fn a_call_names_one_to_a_thousand() {
    shop::on_every_store(async |_, root| {
        let lines = (0..1_001).flat_map(|n| {
            [
                json!({"role": {"application": "shop", "id": format!("r{n}"), "role_name": format!("r{n}")}}),
                json!({"user": {"id": format!("u{n}"), "username": format!("u{n}"), "application": "shop"}}),
            ]
        });
        imported(root, &lines.collect::<Vec<_>>()).await;
        let roles: Vec<String> = (0..1_001).map(|n| role(&format!("r{n}"))).collect();
        let users: Vec<String> = (0..1_001).map(|n| format!("users/u{n}")).collect();
        for (method, request, field) in [
            (TO_ROLES, json!({"name": READ, "roles": roles}), "roles"),
            (TO_ROLES, json!({"name": READ, "roles": roles[..1_000], "role_names": ["r1000"]}), "roles"),
            (TO_ROLES, json!({"name": READ}), "roles"),
            (TO_USERS, json!({"name": READ, "users": users}), "users"),
            (TO_USERS, json!({"name": READ}), "users"),
        ] {
            let refusal = root.refused(method, request).await;
            assert_eq!((refusal.code, refusal.violated()), (Code::InvalidArgument, vec![field.to_owned()]), "{method}");
        }
        root.done(TO_ROLES, json!({"name": READ, "roles": roles[..999], "role_names": ["r999"]})).await;
        root.done(TO_USERS, json!({"name": READ, "users": users[..1_000]})).await;
        let wanted = |names: &[String], more: &[String]| {
            let mut names = [names, more].concat();
            names.sort_unstable();
            names
        };
        let mut had = ["reader", "shopkeeper", "tenant-admin", "tenant-delegate"].map(role);
        had.sort_unstable();
        let own = ["acme/roles/own-reader", "globex/roles/own-reader"].map(|name| format!("{SHOP}/tenants/{name}"));
        let request = json!({"name": READ});
        for size in [1, 333, 1_000] {
            let listed = all(root, (ROLES, &request), size).await;
            assert_eq!(listed, [wanted(&roles[..1_000], &had), own.to_vec()].concat(), "{size}");
            assert_eq!(all(root, (USERS, &request), size).await, wanted(&users[..1_000], &[]), "{size}");
        }
        for (method, list, total) in [(ROLES, "roles", 1_006), (USERS, "users", 1_000)] {
            for (asked, given) in [(0, 50), (7, 7), (2_000, 1_000)] {
                let page = root.done(method, json!({"name": READ, "page_size": asked})).await;
                assert_eq!((page[list].as_array().unwrap().len(), &page["total_size"]), (given, &json!(total)));
                let rest = json!({"name": READ, "page_size": 3, "page_token": page["next_page_token"]});
                assert_eq!(root.done(method, rest).await["total_size"], total, "on every page");
            }
            let nobody = root.done(method, json!({"name": format!("{SHOP}/privileges/order:refund")})).await;
            assert_eq!((nobody.get(list), nobody.get("total_size")), (None, None));
            let of_another = root.done(method, json!({"name": READ, "page_size": 1})).await["next_page_token"].clone();
            let refusal = root.refused(method, json!({"name": DESK, "page_token": of_another})).await;
            assert_eq!(refusal.violated(), ["page_token"]);
        }
        let elsewhere = json!({"application": "bank", "role": "banker", "privilege": "bailiwick:role:delegate"});
        imported(root, &[json!({"role_privilege": elsewhere})]).await;
        let ours = json!({"name": format!("{SHOP}/privileges/bailiwick:role:delegate")});
        assert_eq!(
            root.done(ROLES, ours).await,
            json!({"roles": [role("tenant-delegate")], "total_size": 1,
            "consistency_token": root.done(ROLES, json!({"name": READ, "page_size": 1})).await["consistency_token"]})
        );
    });
}

#[test]
fn every_write_is_one_audited_call_under_its_method_and_reason() {
    shop::on_every_store(async |server, root| {
        desk(root).await;
        let with = |mut request: Value| {
            request["reason"] = "as the ticket says".into();
            request["request_id"] = "ticket".into();
            request
        };
        for (method, request) in [
            (super::UPDATE, super::changed(&[super::allow(&["order:read"], &["*"])])),
            (TO_ROLES, json!({"name": DESK, "roles": [role("reader"), role("writer")]})),
            (FROM_ROLE, json!({"name": DESK, "role": role("reader")})),
            (TO_USERS, json!({"name": DESK, "users": [CLERK, "users/shared"]})),
            (FROM_USER, json!({"name": DESK, "user": CLERK})),
            (super::DELETE, json!({"name": DESK, "force": true})),
        ] {
            let before = head(root).await;
            root.done(method, with(request)).await;
            assert_eq!(head(root).await, before + 1);
            let url = &server.config.database.url;
            let found = sql_at(url, &audited(url, before + 1, method, "as the ticket says")).await;
            assert_eq!(found, 1, "{method}");
        }
    });
}

/// Counts, as rows that are touched, the audit records of a revision with this method and reason.
fn audited(url: &str, revision: u64, method: &str, reason: &str) -> String {
    let hex = if url.starts_with("postgres") { "UPPER(ENCODE(payload, 'hex'))" } else { "HEX(payload)" };
    let reason = data_encoding::HEXUPPER.encode(reason.as_bytes());
    format!(
        "UPDATE audit SET at = at WHERE revision = {revision} AND method = 'bailiwick.v1.{method}' \
         AND caller = 'clients/local-administrator' AND {hex} LIKE '%{reason}%'"
    )
}
