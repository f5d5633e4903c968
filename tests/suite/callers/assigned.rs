//! What subjects hold, by which way, and what could be given to them.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::Actor;
use super::shop::{self, ACME, ACME_DELEGATE, CLERK, NOBODY, SHOPKEEPER};
use super::stage::{actor, decision, imported, names, strings};

const SHOP: &str = "applications/shop";
const BATCH: &str = "AssignmentService/BatchGetAssignedRoles";
const LIST: &str = "AssignmentService/ListRoleAssignments";
const ASSIGNABLE: &str = "AssignmentService/ListAssignableRoles";
const ASSIGN: &str = "AssignmentService/AssignRoles";
const MEMBERS: &str = "DirectoryService/AddGroupMembers";

async fn batch(by: &Actor, subjects: &[&str]) -> Vec<Value> {
    let answer = by.done(BATCH, json!({"parent": SHOP, "subjects": subjects})).await;
    answer["results"].as_array().unwrap().clone()
}

fn roles(assignments: &Value) -> Vec<&str> {
    let records = assignments.as_array().into_iter().flatten();
    let mut roles: Vec<&str> =
        records.map(|record| record["role"].as_str().unwrap().rsplit('/').next().unwrap()).collect();
    roles.sort_unstable();
    roles
}

#[test]
fn each_subject_is_answered_about_alone() {
    shop::on_every_store(async |server, root| {
        let subjects = [SHOPKEEPER, "users/none", "groups/readers", "bad", "users/me", SHOPKEEPER];
        let results = batch(root, &subjects).await;
        assert_eq!(roles(&results[0]["assigned"]["assignments"]), ["shopkeeper"]);
        assert_eq!(results[1]["error"]["code"], Code::NotFound as i64);
        assert_eq!(roles(&results[2]["assigned"]["assignments"]), ["reader"]);
        assert_eq!(results[3]["error"]["code"], Code::InvalidArgument as i64);
        assert_eq!(results[4]["subject"], "clients/local-administrator");
        assert_eq!(results[5], results[0]);
        // A tenant's administrator is answered about his tenant's people; of himself, so is everybody.
        let acme = actor(server, ACME).await;
        let results = batch(&acme, &[CLERK, "users/globex-clerk", "users/none", "users/me"]).await;
        assert_eq!(results[0]["subject"], CLERK);
        assert!(results[0]["assigned"]["etag"].is_string());
        assert_eq!(results[1]["error"], results[2]["error"], "absent and forbidden are alike");
        assert_eq!(roles(&results[3]["assigned"]["assignments"]), ["tenant-admin"]);
        let nobody = actor(server, NOBODY).await;
        let results = batch(&nobody, &["users/me", CLERK]).await;
        assert!(results[0]["assigned"]["etag"].is_string());
        assert_eq!(results[1]["error"]["code"], Code::PermissionDenied as i64);
        for subjects in [&[][..], &[CLERK; 1_001]] {
            let refusal = root.refused(BATCH, json!({"parent": SHOP, "subjects": subjects})).await;
            assert_eq!(refusal.violated(), ["subjects"]);
        }
        assert_eq!(batch(root, &[CLERK; 1_000]).await.len(), 1_000);
    });
}

#[test]
fn an_answer_holds_five_thousand_assignments_at_most() {
    shop::on_every_store(async |_, root| {
        let role =
            |n: usize| json!({"role": {"application": "shop", "id": format!("r{n}"), "role_name": format!("r{n}")}});
        let given = |n: usize, who: &str| json!({"role_assignment": {"holder": who, "application": "shop", "role": format!("r{n}")}});
        let lines: Vec<Value> = (0..2_501).map(role).collect();
        imported(root, &lines).await;
        let lines: Vec<Value> = (0..2_501).map(|n| given(n, CLERK)).collect();
        imported(root, &lines[..2_500]).await;
        let results = batch(root, &[CLERK, CLERK]).await;
        assert!(results.iter().all(|result| roles(&result["assigned"]["assignments"]).len() == 2_500));
        imported(root, &lines[2_500..]).await;
        let results = batch(root, &[CLERK, CLERK, "users/shop-clerk"]).await;
        assert_eq!(roles(&results[0]["assigned"]["assignments"]).len(), 2_501);
        assert_eq!(results[1]["error"]["code"], Code::ResourceExhausted as i64);
        assert!(results[2]["assigned"]["etag"].is_string());
    });
}

async fn effective(by: &Actor, filter: &str) -> Vec<(String, String, bool)> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let request = json!({"parent": SHOP, "filter": filter, "view": "ROLE_ASSIGNMENT_VIEW_EFFECTIVE", "page_size": 2,
            "page_token": token});
        let answer = by.done(LIST, request).await;
        for record in answer["assignments"].as_array().into_iter().flatten() {
            let role = roles(&json!([record]))[0].to_owned();
            found.push((role, strings(&record["via"]).join(" > "), record["active"] == true));
        }
        token = answer["next_page_token"].as_str().map_or_else(String::new, ToOwned::to_owned);
        if token.is_empty() {
            found.sort();
            return found;
        }
    }
}

#[test]
fn what_a_subject_holds_by_others_is_listed_with_the_shortest_way() {
    shop::on_every_store(async |server, root| {
        // `inner` is in `strong`, which is in `readers`; the clerk is in `inner`.
        let in_group = |group: &str, who: &str| json!({"name": format!("groups/{group}"), "members": [who]});
        root.done(MEMBERS, in_group("inner", CLERK)).await;
        root.done(MEMBERS, in_group("readers", "groups/strong")).await;
        let give = |who: &str, role: &str| json!({"application": SHOP, "subject": who, "roles": [format!("{SHOP}/roles/{role}")]});
        root.done(ASSIGN, give(CLERK, "seen")).await;
        root.done(ASSIGN, give("groups/inner", "few")).await;
        let filter = format!("subject = \"{CLERK}\"");
        let own = |role: &str, via: &str, active| (role.to_owned(), via.to_owned(), active);
        let all = [
            own("boss", "groups/inner > groups/strong", true),
            // He is in a tenant, so he may not hold what is for those who are not.
            own("few", "groups/inner", false),
            own("reader", "groups/inner > groups/strong > groups/readers", true),
            own("seen", "", true),
        ];
        assert_eq!(effective(root, &filter).await, all);
        assert_eq!(effective(&actor(server, CLERK).await, "subject = \"users/me\"").await, all);
        assert_eq!(effective(&actor(server, ACME).await, &filter).await, all, "what may be read of the subject");
        let narrowed = format!("{filter} AND role = \"{SHOP}/roles/boss\"");
        assert_eq!(effective(root, &narrowed).await, all[..1]);
        root.done(MEMBERS, in_group("strong", CLERK)).await;
        assert_eq!(effective(root, &narrowed).await, [own("boss", "groups/strong", true)]);
        // A client holds what its application does; a group, what the groups above it do.
        root.done(ASSIGN, give(SHOP, "writer")).await;
        let of_client = effective(root, "subject = \"clients/shop-client\"").await;
        assert_eq!(of_client, [own("writer", SHOP, true)]);
        let of_group = effective(root, "subject = \"groups/strong\"").await;
        assert_eq!(of_group, [own("boss", "", true), own("reader", "groups/readers", true)]);
        for filter in ["", "subject : \"clerk\"", "subject = \"users/x\" AND subject_type = \"USER\""] {
            let request = json!({"parent": SHOP, "filter": filter, "view": "ROLE_ASSIGNMENT_VIEW_EFFECTIVE"});
            assert_eq!(root.refused(LIST, request).await.violated(), ["filter"], "{filter}");
        }
    });
}

async fn assignable(by: &Actor, subject: &str, tenant: &str) -> Vec<String> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let request =
            json!({"parent": SHOP, "subject": subject, "tenant": tenant, "page_size": 3, "page_token": token});
        let answer = by.done(ASSIGNABLE, request).await;
        found.extend(
            names(&answer["roles"]).into_iter().map(|name| name.trim_start_matches("applications/shop/").to_owned()),
        );
        token = answer["next_page_token"].as_str().map_or_else(String::new, ToOwned::to_owned);
        if token.is_empty() {
            return found;
        }
    }
}

/// What is listed can be given, and nothing else can.
async fn prove(by: &Actor, subject: &str, tenant: &str, all: &[String]) -> Vec<String> {
    let listed = assignable(by, subject, tenant).await;
    for role in all {
        let name = format!("{SHOP}/{role}");
        let request =
            json!({"application": SHOP, "subject": subject, "tenant": tenant, "roles": [name], "validate_only": true});
        let given = by.call(ASSIGN, request).await;
        assert_eq!(given.is_ok(), listed.contains(role), "{role} to {subject} in {tenant:?}: {given:?}");
    }
    listed
}

#[test]
fn the_roles_listed_as_assignable_are_those_that_can_be_assigned() {
    shop::on_every_store(async |server, root| {
        let all = async |parent: &str| {
            let answer = root.done("RoleService/ListRoles", json!({"parent": parent, "page_size": 100})).await;
            names(&answer["roles"])
                .into_iter()
                .map(|name| name.trim_start_matches("applications/shop/").to_owned())
                .collect::<Vec<_>>()
        };
        let mut roles = all(SHOP).await;
        roles.extend(all("applications/shop/tenants/acme").await);
        roles.extend(all("applications/shop/tenants/globex").await);
        assert!(roles.len() > 15, "{roles:?}");
        let by_root = prove(root, CLERK, "", &roles).await;
        assert!(by_root.contains(&"tenants/acme/roles/own-reader".to_owned()));
        assert!(!by_root.contains(&"tenants/globex/roles/own-reader".to_owned()), "he is not in that tenant");
        assert!(!by_root.contains(&"roles/few".to_owned()));
        let (keeper, acme, delegate) =
            (actor(server, SHOPKEEPER).await, actor(server, ACME).await, actor(server, ACME_DELEGATE).await);
        let by_keeper = prove(&keeper, CLERK, "", &roles).await;
        assert!(by_keeper.len() < by_root.len() && by_keeper.contains(&"roles/reader".to_owned()), "{by_keeper:?}");
        let by_acme = prove(&acme, CLERK, "", &roles).await;
        let by_delegate = prove(&delegate, CLERK, "", &roles).await;
        assert!(by_acme.len() < by_delegate.len(), "{by_acme:?} {by_delegate:?}");
        prove(root, "groups/weak", "", &roles).await;
        prove(root, "users/both-clerk", "globex", &roles).await;
        let refusal = acme.refused(ASSIGNABLE, json!({"parent": SHOP, "subject": "users/globex-clerk"})).await;
        assert_eq!(refusal.code, Code::PermissionDenied);
        let refusal = root.refused(ASSIGNABLE, json!({"parent": "x", "subject": "", "tenant": "?"})).await;
        assert_eq!(refusal.violated(), ["subject", "parent"]);
    });
}

/// What somebody held when more might hold it is kept, gives nothing, and is shown as that.
#[test]
fn a_role_that_is_hidden_from_its_holder_is_listed_as_inactive_until_it_is_shown_again() {
    shop::on_every_store(async |_, root| {
        let role = "applications/shop/roles/reader";
        root.done(ASSIGN, json!({"application": "applications/shop", "subject": CLERK, "roles": [role]})).await;
        let shown = async |mode: &str, tenants: &[&str]| {
            let visibility = json!({"mode": format!("MODE_{mode}"), "tenants": tenants});
            let wish =
                json!({"role": {"name": role, "tenant_visibility": visibility}, "update_mask": "tenantVisibility"});
            root.done("RoleService/UpdateRole", wish).await;
            let filter = format!("subject = \"{CLERK}\" AND role = \"{role}\"");
            let listed = root.done(LIST, json!({"parent": "applications/shop", "filter": filter})).await;
            let records = listed["assignments"].as_array().unwrap();
            assert_eq!(records.len(), 1, "it is kept");
            (records[0]["active"] == true, decision(root, ("shop", CLERK, "order:read"), "orders/of/acme").await)
        };
        let (acme, globex) = ("applications/shop/tenants/acme", "applications/shop/tenants/globex");
        let gives = |reason: &str| (reason == "ROLE_ASSIGNMENT", reason.to_owned());
        assert_eq!(shown("ALL", &[]).await, gives("ROLE_ASSIGNMENT"));
        assert_eq!(shown("NONE", &[]).await, gives("NOT_ASSIGNABLE"));
        assert_eq!(shown("TENANT_INCLUSION_LIST", &[globex]).await, gives("NOT_ASSIGNABLE"));
        assert_eq!(shown("TENANT_INCLUSION_LIST", &[acme, globex]).await, gives("ROLE_ASSIGNMENT"));
    });
}
