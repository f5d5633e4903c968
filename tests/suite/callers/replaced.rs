//! All roles of a subject at once: what becomes of those it holds, whole or in part, and when two replace them.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::{Actor, Refusal};
use super::shop::{self, ACME, ACME_DELEGATE, CLERK, SHOPKEEPER};
use super::stage::{actor, export, head, imported, strings};
use crate::harness::rounds_or;

const SHOP: &str = "applications/shop";
const REPLACE: &str = "AssignmentService/ReplaceSubjectRoles";
const ASSIGN: &str = "AssignmentService/AssignRoles";
const CLERKS: &str = "users/shop-clerk";

fn role(id: &str) -> String {
    if id.contains('/') { format!("{SHOP}/tenants/{id}") } else { format!("{SHOP}/roles/{id}") }
}

fn wish(subject: &str, roles: &[&str]) -> Value {
    let roles: Vec<String> = roles.iter().map(|id| role(id)).collect();
    json!({"application": SHOP, "subject": subject, "roles": roles})
}

fn partial(roles: &[&str]) -> Value {
    let mut wish = wish(CLERKS, roles);
    wish["allow_partial"] = true.into();
    wish
}

/// The roles that a subject holds in the shop, each with its tenant if it has one.
async fn held(root: &Actor, subject: &str) -> Vec<String> {
    let answer = root.done("AssignmentService/BatchGetAssignedRoles", json!({"parent": SHOP, "subjects": [subject]}));
    let answer = answer.await;
    let records = answer["results"][0]["assigned"]["assignments"].as_array().cloned().unwrap_or_default();
    let last = |text: &Value| text.as_str().map(|name| name.rsplit('/').next().unwrap().to_owned());
    let shown = |record: &Value| match last(&record["tenant"]) {
        Some(tenant) => format!("{} in {tenant}", last(&record["role"]).unwrap()),
        None => last(&record["role"]).unwrap(),
    };
    let mut held: Vec<String> = records.iter().map(shown).collect();
    held.sort();
    held
}

/// The clerk of the shop holds `reader` and `writer`; `few` is for nobody who is in a tenant, `seen` for acme alone.
async fn two_held(root: &Actor) {
    root.done(REPLACE, wish(CLERKS, &["reader", "writer"])).await;
    assert_eq!(held(root, CLERKS).await, ["reader", "writer"]);
}

fn indexes(failures: &Value) -> Vec<(i64, i64)> {
    let one = |failure: &Value| (failure["index"].as_i64().unwrap_or(0), failure["status"]["code"].as_i64().unwrap());
    failures.as_array().into_iter().flatten().map(one).collect()
}

/// The vectors of the model: [b,c], [b,z] whole and partial, [z,n], none, and six.
#[test]
fn the_roles_given_become_the_ones_held() {
    shop::on_every_store(async |_, root| {
        two_held(root).await;
        let answer = root.done(REPLACE, wish(CLERKS, &["writer", "grouped"])).await;
        assert_eq!(answer["removed_count"], 1);
        assert_eq!(answer["assignments"].as_array().unwrap().len(), 2);
        assert_eq!(held(root, CLERKS).await, ["grouped", "writer"]);

        let before = export(root).await;
        let refusal = root.refused(REPLACE, wish(CLERKS, &["writer", "none"])).await;
        assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"));
        let refusal = root.refused(REPLACE, partial(&["none", "seen"])).await;
        assert_eq!(refusal.said(), (Code::NotFound, "NOT_FOUND"), "the status of the lowest index");
        let refusal = root.refused(REPLACE, partial(&["seen", "none"])).await;
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "ROLE_NOT_ASSIGNABLE"));
        let six = ["writer", "reader", "grouped", "heir", "own", "few"];
        assert_eq!(root.refused(REPLACE, wish(CLERKS, &six)).await.violated(), ["roles"]);
        assert_eq!(export(root).await, before, "what is refused changes nothing");

        let answer = root.done(REPLACE, partial(&["seen", "writer", "writer", "none"])).await;
        assert_eq!(indexes(&answer["failures"]), [(0, Code::FailedPrecondition as i64), (3, Code::NotFound as i64)]);
        assert_eq!(held(root, CLERKS).await, ["writer"]);
        // Five distinct ones are enough, however often each is named.
        root.done(REPLACE, wish(CLERKS, &["writer", "reader", "grouped", "heir", "own", "own", "writer"])).await;
        assert_eq!(held(root, CLERKS).await.len(), 5);
        let answer = root.done(REPLACE, wish(CLERKS, &[])).await;
        assert_eq!((answer["removed_count"].as_i64(), held(root, CLERKS).await.len()), (Some(5), 0));
        // Nothing to take is no failure, also in part.
        root.done(REPLACE, partial(&[])).await;
    });
}

#[test]
fn only_one_application_and_tenant_is_replaced_and_what_is_kept_stays_as_it_was() {
    shop::on_every_store(async |_, root| {
        let of = |more: Value| {
            let mut wish = wish("users/both-clerk", &["reader"]);
            wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            wish
        };
        let evening = json!({"expire_time": shop::EVENING, "reason": "for a while"});
        let first = root.done(REPLACE, of(evening)).await;
        root.done(REPLACE, of(json!({"tenant": "acme"}))).await;
        root.done(REPLACE, of(json!({"tenant": "globex"}))).await;
        assert_eq!(held(root, "users/both-clerk").await, ["reader", "reader in acme", "reader in globex"]);
        let again = root.done(REPLACE, of(json!({}))).await;
        assert_eq!(again["assignments"], first["assignments"], "its times and its reason, too");
        let mut none = wish("users/both-clerk", &[]);
        none["tenant"] = format!("{SHOP}/tenants/acme").into();
        root.done(REPLACE, none).await;
        assert_eq!(held(root, "users/both-clerk").await, ["reader", "reader in globex"]);
        // A tenant's role is one of the application's, too.
        root.done(REPLACE, wish("users/both-clerk", &["acme/roles/own-reader"])).await;
        assert_eq!(held(root, "users/both-clerk").await, ["own-reader", "reader in globex"]);
        // A record that has ended counts as absent: it is replaced, or goes with the others.
        let line = |role: &str| {
            json!({"role_assignment": {"holder": CLERKS, "application": "shop", "role": role,
                "expire_time": "2020-01-01T00:00:00Z"}})
        };
        imported(root, &[line("reader"), line("writer")]).await;
        let answer = root.done(REPLACE, wish(CLERKS, &["reader"])).await;
        assert_eq!(answer["assignments"][0].get("expire_time"), None);
        assert_eq!(held(root, CLERKS).await, ["reader"]);
    });
}

#[test]
fn a_role_that_is_held_already_counts_as_success_though_it_could_not_be_given() {
    shop::on_every_store(async |server, root| {
        let keeper = actor(server, SHOPKEEPER).await;
        let boss = json!({"application": SHOP, "subject": CLERKS, "roles": [role("boss")]});
        root.done(ASSIGN, boss).await;
        // The shopkeeper could give neither, but keeps the one and may take it.
        let refusal = keeper.refused(REPLACE, wish(CLERKS, &["boss", "writer"])).await;
        assert_eq!(refusal.said(), (Code::PermissionDenied, "GRANT_EXCEEDS_OWN_REACH"));
        keeper.done(REPLACE, wish(CLERKS, &["boss", "reader"])).await;
        keeper.done(REPLACE, wish(CLERKS, &["reader"])).await;
        assert_eq!(held(root, CLERKS).await, ["reader"]);
        // Who sees no more of him than that he is elsewhere does not see him.
        let acme = actor(server, ACME).await;
        let refusal = |who| async move { acme.refused(REPLACE, wish(who, &["reader"])).await };
        assert_eq!(refusal(CLERKS).await.code, Code::PermissionDenied);
        let delegate = actor(server, ACME_DELEGATE).await;
        delegate.done(REPLACE, wish(CLERK, &["acme/roles/own-reader"])).await;
        assert_eq!(strings(&json!(held(root, CLERK).await)), ["own-reader"]);
    });
}

#[test]
fn an_etag_of_what_was_held_before_aborts() {
    shop::on_every_store(async |_, root| {
        let first = root.done(REPLACE, wish(CLERKS, &["reader"])).await;
        let with = |etag: &Value, roles: &[&str]| {
            let mut wish = wish(CLERKS, roles);
            wish["etag"] = etag.clone();
            wish
        };
        let second = root.done(REPLACE, with(&first["etag"], &["writer"])).await;
        let refusal = root.refused(REPLACE, with(&first["etag"], &["grouped"])).await;
        assert_eq!(refusal.said(), (Code::Aborted, "ETAG_MISMATCH"));
        let batch = json!({"parent": SHOP, "subjects": [CLERKS]});
        let read = root.done("AssignmentService/BatchGetAssignedRoles", batch).await;
        assert_eq!(read["results"][0]["assigned"]["etag"], second["etag"]);
        root.done(REPLACE, with(&second["etag"], &["grouped"])).await;
        assert_eq!(held(root, CLERKS).await, ["grouped"]);
    });
}

async fn replaced(by: &Actor, roles: &[&str]) -> Result<Value, Refusal> {
    by.call(REPLACE, wish(CLERKS, roles)).await
}

/// Two at once: the result is always that of one of the two serial orders, which here is one of the two wishes.
#[test]
fn two_who_replace_the_same_roles_come_one_after_the_other() {
    shop::on_every_store(async |server, root| {
        let other = actor(server, SHOPKEEPER).await;
        let wishes = [&["reader", "grouped"][..], &["grouped", "own-nothing"][..]];
        let empty = json!({"parent": SHOP, "role_id": "own-nothing", "role": {"role_name": "own-nothing"}});
        root.done("RoleService/CreateRole", empty).await;
        let before = head(root).await;
        let rounds: u32 = 20 * rounds_or(1);
        let mut last = [0, 0];
        for round in 0..rounds {
            root.done(REPLACE, wish(CLERKS, if round % 2 == 0 { &[] } else { &["own-nothing"] })).await;
            let (one, two) = tokio::join!(replaced(root, wishes[0]), replaced(&other, wishes[1]));
            let (one, two) = (one.unwrap(), two.unwrap());
            assert_ne!(one["consistency_token"], two["consistency_token"]);
            let found = held(root, CLERKS).await;
            let mut wanted = wishes.map(|wish| wish.iter().map(ToString::to_string).collect::<Vec<_>>());
            for wish in &mut wanted {
                wish.sort();
            }
            let which = wanted.iter().position(|wish| *wish == found).unwrap_or_else(|| panic!("{found:?}"));
            last[which] += 1;
        }
        assert_eq!(head(root).await, before + u64::from(rounds) * 3);
        println!("{rounds} rounds: the first wish stayed {} times, the second {} times", last[0], last[1]);
    });
}
