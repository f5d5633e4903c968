//! External identities over the API: whose they are, who may give one, what becomes of them.

use serde_json::{Value, json};
use tonic::Code;

use crate::callers::actor::{Actor, Refusal};
use crate::callers::shop::{self, ACME, CLERK, SHOPKEEPER, STAND_IN};
use crate::callers::stage::{actor, as_root_on_every_store, imported};

fn identity(issuer: &str, subject: &str) -> Value {
    json!({"issuer": issuer, "subject": subject})
}

fn known_as(kind: &str, name: &str, identities: &[Value]) -> Value {
    json!({kind: {"name": name, "external_identities": identities}, "update_mask": "externalIdentities"})
}

/// The identities in an answer, which leaves out an empty list.
fn shown(thing: &Value) -> Value {
    thing["external_identities"].as_array().cloned().unwrap_or_default().into()
}

async fn update(by: &Actor, name: &str, identities: &[Value]) -> Result<Value, Refusal> {
    let (kind, method) = match name.split_once('/') {
        Some(("users", _)) => ("user", "DirectoryService/UpdateUser"),
        _ => ("client", "DirectoryService/UpdateClient"),
    };
    let answer = by.call(method, known_as(kind, name, identities)).await?;
    Ok(shown(&answer[kind]))
}

#[test]
fn users_and_clients_are_made_and_shown_with_their_identities() {
    as_root_on_every_store(async |root| {
        shop::open(root).await;
        let (first, second) = (identity("https://id.example", "b"), identity("https://id.example", "B"));
        let both = json!([second, first]);
        let user =
            json!({"user_id": "eve", "user": {"username": "eve", "external_identities": [first, second, first]}});
        let made = root.done("DirectoryService/CreateUser", user).await;
        assert_eq!(made["user"]["external_identities"], both, "a set, in order");
        let owner = "applications/shop";
        let own = json!([identity("spiffe://shop", "b")]);
        let client = json!({"client_id": "robot", "client": {"owner": owner, "external_identities": own}});
        let made = root.done("DirectoryService/CreateClient", client).await;
        assert_eq!(made["client"]["external_identities"], own);
        let read = root.done("DirectoryService/GetUser", json!({"name": "users/eve"})).await;
        assert_eq!(read["user"]["external_identities"], both);
        let listed = root.done("DirectoryService/ListUsers", json!({"filter": "id = eve"})).await;
        assert_eq!(listed["users"][0]["external_identities"], both);
        let listed = root.done("DirectoryService/ListClients", json!({"filter": "id = robot"})).await;
        assert_eq!(listed["clients"][0]["external_identities"], own);
    });
}

#[test]
fn an_update_replaces_the_identities_that_it_names_and_changes_the_etag() {
    as_root_on_every_store(async |root| {
        shop::open(root).await;
        let (first, second) = (identity("i", "1"), identity("i", "2"));
        for name in [CLERK, "clients/shop-client"] {
            let (kind, get) = match name {
                CLERK => ("user", "DirectoryService/GetUser"),
                _ => ("client", "DirectoryService/GetClient"),
            };
            let etag = async || root.done(get, json!({"name": name})).await[kind]["etag"].clone();
            let empty = etag().await;
            assert_eq!(update(root, name, &[first.clone(), second.clone()]).await.unwrap(), json!([first, second]));
            let two = etag().await;
            assert_ne!(two, empty);
            assert_eq!(update(root, name, &[second.clone(), first.clone()]).await.unwrap(), json!([first, second]));
            assert_eq!(etag().await, two, "nothing changed");
            assert_eq!(update(root, name, std::slice::from_ref(&second)).await.unwrap(), json!([second]));
            assert_ne!(etag().await, two);
            assert_eq!(update(root, name, &[]).await.unwrap(), json!([]));
        }
    });
}

/// A pair is one subject's; each half of it may be anybody's.
#[test]
fn an_identity_is_one_subject_s_alone_until_it_gives_it_up_or_goes() {
    shop::on_every_store(async |server, root| {
        let taken = || vec![identity("i", "1")];
        update(root, CLERK, &taken()).await.unwrap();
        update(root, "users/globex-clerk", &[identity("i", "one"), identity("j", "1")]).await.unwrap();
        for name in ["users/both-clerk", "clients/shop-client"] {
            let refusal = update(root, name, &taken()).await.unwrap_err();
            assert_eq!(refusal.said(), (Code::AlreadyExists, "ALREADY_EXISTS"), "{name}");
            assert_eq!(refusal.details[1]["resource_type"], "external identity");
            assert_eq!(refusal.details[1]["resource_name"], CLERK);
        }
        // Who may not read whose it is learns that it is taken, and no more.
        let acme = actor(server, ACME).await;
        let hidden = update(&acme, CLERK, &[identity("j", "1")]).await.unwrap_err();
        assert_eq!(hidden.said(), (Code::AlreadyExists, "ALREADY_EXISTS"));
        assert!(!format!("{hidden:?}").contains("globex"), "{hidden:?}");
        update(root, CLERK, &[]).await.unwrap();
        update(root, "users/both-clerk", &taken()).await.unwrap();
        let gone = json!({"name": "users/both-clerk", "force": true});
        root.done("DirectoryService/DeleteUser", gone).await;
        let back = json!({"user_id": "both-clerk", "user": {"username": "both-clerk"}});
        let back = root.done("DirectoryService/CreateUser", back).await;
        assert_eq!(shown(&back["user"]), json!([]), "what is made again inherits none");
        update(root, "clients/acme-client", &taken()).await.unwrap();
        let gone = json!({"name": "applications/shop/tenants/acme", "force": true});
        root.done("ApplicationService/DeleteTenant", gone).await;
        assert_eq!(update(root, "clients/shop-client", &taken()).await.unwrap(), json!(taken()));
    });
}

#[test]
fn an_identity_that_is_none_is_refused_with_every_field() {
    as_root_on_every_store(async |root| {
        shop::open(root).await;
        let long = "é".repeat(128);
        update(root, CLERK, &[identity(&long, &long)]).await.unwrap();
        let bad = [identity("", "x"), identity("i", &format!("{long}x")), identity("i\u{85}", "\n")];
        let refusal = update(root, CLERK, &bad).await.unwrap_err();
        let at = |index: usize, field: &str| format!("user.external_identities[{index}].{field}");
        let expected = [at(0, "issuer"), at(1, "subject"), at(2, "issuer"), at(2, "subject")];
        assert_eq!(refusal.fields().into_iter().collect::<Vec<_>>(), expected);
        let many: Vec<Value> = (0..64).map(|n| identity("i", &n.to_string())).collect();
        update(root, CLERK, &many).await.unwrap();
        let more = [&many[..], &[identity("j", "1")]].concat();
        let refusal = update(root, CLERK, &more).await.unwrap_err();
        assert_eq!(refusal.said(), (Code::InvalidArgument, "INVALID_REQUEST"));
        let line = json!({"external_identity": {"bearer": CLERK, "issuer": "j", "subject": "1"}});
        let refusal = crate::callers::stage::import(root, &[line]).await.unwrap_err();
        assert_eq!(refusal.code, Code::InvalidArgument, "an import keeps to the limit too");
    });
}

/// To give a user an identity is to let somebody act as the user, now or when it is enabled.
#[test]
fn nobody_gives_an_identity_to_who_reaches_further_than_he_does() {
    shop::on_every_store(async |server, root| {
        let gives = |holder: &str, role: &str| json!({"role_assignment": {"holder": holder, "application": "shop", "role": role}});
        let user = |id: &str, enabled: bool| json!({"user": {"id": id, "username": id, "application": "shop", "enabled": enabled, "tenants": ["shop/acme"]}});
        let lines = [
            user("plain", true),
            user("off-boss", false),
            user("strong", true),
            user("led", true),
            json!({"client": {"id": "stands-for-all", "application": "shop", "enabled": false}}),
            json!({"group_member": {"group": "inner", "member": "users/led"}}),
            gives("users/off-boss", "boss"),
            gives("users/strong", "boss"),
            gives("users/plain", "reader"),
            gives("applications/shop", "boss"),
        ];
        imported(root, &lines).await;
        let keeper = actor(server, SHOPKEEPER).await;
        for (number, who) in
            ["users/off-boss", "users/strong", "users/led", "clients/stands-for-all"].iter().enumerate()
        {
            let own = [identity("i", &number.to_string())];
            let refusal = update(&keeper, who, &own).await.unwrap_err();
            assert_eq!(refusal.said(), (Code::PermissionDenied, "GRANT_EXCEEDS_OWN_REACH"), "{who}");
            update(root, who, &own).await.unwrap();
            // To take one away needs no more than to change the user.
            assert_eq!(update(&keeper, who, &[]).await.unwrap(), json!([]), "{who}");
        }
        update(&keeper, "users/plain", &[identity("i", "plain")]).await.unwrap();
        // He may the same, but for some hours: a credential is for good.
        let stand_in = actor(server, STAND_IN).await;
        let refusal = update(&stand_in, "users/plain", &[identity("i", "other")]).await.unwrap_err();
        assert_eq!(refusal.said(), (Code::PermissionDenied, "GRANT_EXCEEDS_OWN_REACH"));
        let made = json!({"user": {"username": "new", "application": "applications/shop",
            "external_identities": [identity("i", "new")]}});
        stand_in.done("DirectoryService/CreateUser", made).await;
    });
}
