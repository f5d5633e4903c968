//! The API as HTTP and JSON, by the annotations of the contract: a real Envoy with the shipped configuration before a
//! real server, called with curl.

mod envoy;
mod paths;

use std::process::Command;

use serde_json::{Value, json};

use self::envoy::{Answer, Envoy};
use crate::callers::stage::{server_for, token_of};
use crate::harness::Server;
use crate::{quick_start, tools};

/// A shop with a role, and a user who holds it and whose id is hard to write in a path.
fn shop(envoy: &Envoy) {
    let application = json!({"displayName": "Shop", "catalogue": "CATALOGUE_OPEN"});
    envoy.done("POST", "/v1/applications?applicationId=shop", &application);
    let role = json!({"roleName": "Clerk", "privileges": ["order:read", "order:lookup"]});
    envoy.done("POST", "/v1/applications/shop/roles?role_id=clerk", &role);
    envoy.done("POST", "/v1/users?user_id=a%3Ab%40c", &json!({"username": "ann"}));
    let give = json!({"subject": "users/a:b@c", "roles": ["applications/shop/roles/clerk"]});
    envoy.done("POST", "/v1/applications/shop:assignRoles", &give);
}

/// The status of HTTP, the code of gRPC, the reason, and the kinds of all details.
fn refusal(answer: &Answer) -> (u16, i64, &str, Vec<&str>) {
    let details = answer.body["details"].as_array().unwrap_or_else(|| panic!("no details: {answer:?}"));
    let kinds = details.iter().map(|detail| detail["@type"].as_str().unwrap().rsplit('.').next().unwrap()).collect();
    let reason = details.iter().find_map(|detail| detail["reason"].as_str()).unwrap();
    (answer.status, answer.body["code"].as_i64().unwrap(), reason, kinds)
}

#[test]
fn things_are_made_read_listed_changed_and_deleted() {
    let server = Server::start();
    let envoy = Envoy::before(&server);
    shop(&envoy);
    let user = envoy.done("GET", "/v1/users/a%3Ab%40c", &Value::Null);
    assert_eq!((&user["user"]["name"], &user["user"]["enabled"]), (&json!("users/a:b@c"), &json!(true)));
    envoy.done("POST", "/v1/users?userId=bea", &json!({"username": "bea"}));
    let first = envoy.done("GET", "/v1/users?pageSize=1", &Value::Null);
    let token = first["nextPageToken"].as_str().unwrap();
    let second = envoy.done("GET", &format!("/v1/users?page_size=1&page_token={token}"), &Value::Null);
    let names = [&first, &second].map(|page| page["users"][0]["name"].as_str().unwrap());
    assert_eq!(names, ["users/a:b@c", "users/bea"]);
    let change = json!({"displayName": "Store"});
    let changed = envoy.done("PATCH", "/v1/applications/shop?updateMask=displayName", &change);
    assert_eq!(
        (&changed["application"]["displayName"], &changed["application"]["catalogue"]),
        (&json!("Store"), &json!("CATALOGUE_OPEN"))
    );
    envoy.done("DELETE", "/v1/users/bea", &Value::Null);
    assert_eq!(envoy.call("GET", "/v1/users/bea").status, 404);
}

#[test]
fn a_check_is_a_post_and_a_token_says_how_fresh() {
    let server = Server::start();
    let envoy = Envoy::before(&server);
    shop(&envoy);
    let ask = json!({
        "application": "applications/shop",
        "subject": "users/a:b@c",
        "privilege": "order:read",
        "resource": "orders/1",
    });
    assert_eq!(envoy.done("POST", "/v1/permissions:check", &ask)["decision"], "DECISION_ALLOWED");
    let take = json!({"subject": "users/a:b@c", "roles": ["applications/shop/roles/clerk"]});
    let taken = envoy.done("POST", "/v1/applications/shop:unassignRoles", &take);
    let mut again = ask.clone();
    again["consistency"] = json!({"atLeastAsFresh": taken["consistencyToken"]});
    let answer = envoy.done("POST", "/v1/permissions:check", &again);
    assert_eq!(
        (&answer["decision"], &answer["reason"]),
        (&json!("DECISION_DENIED"), &json!("DECISION_REASON_NOT_GRANTED"))
    );
    let fresh = format!("/v1/applications?consistency.atLeastAsFresh={}", taken["consistencyToken"].as_str().unwrap());
    assert_eq!(envoy.done("GET", &fresh, &Value::Null)["applications"].as_array().unwrap().len(), 2);
    assert_eq!(envoy.call("GET", "/v1/applications?consistency.at_least_as_fresh=old").status, 400);
}

#[test]
fn an_error_is_its_status_with_every_detail() {
    let server = server_for(&["users/a:b@c"]);
    let envoy = Envoy::before(&server);
    let by = |subject: &str| format!("authorization: Bearer {}", token_of(subject));
    let (root, ann) = (by("clients/local-administrator"), by("users/a:b@c"));
    let call = |by: &str, verb: &str, path: &str, body: Option<&Value>| {
        envoy.call_with(&["--request", verb, "--header", by], path, body.map(Value::to_string).as_deref())
    };
    let ann_there = json!({"username": "ann"});
    assert_eq!(call(&root, "POST", "/v1/users?user_id=a:b@c", Some(&ann_there)).status, 200);
    let group = json!({"groupId": "g", "group": {"groupName": "G"}});
    assert_eq!(call(&root, "POST", "/v1/groups", Some(&group)).status, 200);
    let members = json!({"members": ["users/a:b@c"]});
    assert_eq!(call(&root, "POST", "/v1/groups/g:addMembers", Some(&members)).status, 200);

    let nobody = envoy.call("GET", "/v1/users");
    assert_eq!(refusal(&nobody), (401, 16, "UNAUTHENTICATED", vec!["ErrorInfo"]));
    let missing = call(&root, "POST", "/v1/permissions:check", Some(&json!({})));
    assert_eq!(refusal(&missing), (400, 3, "INVALID_REQUEST", vec!["ErrorInfo", "BadRequest"]));
    let violations = missing.body["details"][1]["fieldViolations"].as_array().unwrap();
    let fields: Vec<&str> = violations.iter().map(|violation| violation["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["application", "subject", "privilege"]);
    let forbidden = call(&ann, "DELETE", "/v1/applications/bailiwick", None);
    assert_eq!(refusal(&forbidden), (403, 7, "PERMISSION_DENIED", vec!["ErrorInfo"]));
    assert_eq!(forbidden.body["details"][0]["metadata"]["privilege"], "bailiwick:application:delete");
    let absent = call(&root, "GET", "/v1/users/zoe", None);
    assert_eq!(refusal(&absent), (404, 5, "NOT_FOUND", vec!["ErrorInfo", "ResourceInfo"]));
    assert_eq!(absent.body["details"][1]["resourceName"], "users/zoe");
    let twice = call(&root, "POST", "/v1/users?user_id=a:b@c", Some(&ann_there));
    assert_eq!(refusal(&twice), (409, 6, "ALREADY_EXISTS", vec!["ErrorInfo", "ResourceInfo"]));
    let stale = call(&root, "DELETE", "/v1/users/a:b@c?etag=old", None);
    assert_eq!(refusal(&stale), (409, 10, "ETAG_MISMATCH", vec!["ErrorInfo"]));
    let in_use = call(&root, "DELETE", "/v1/users/a:b@c", None);
    assert_eq!(refusal(&in_use), (400, 9, "IN_USE", vec!["ErrorInfo", "PreconditionFailure"]));
}

#[test]
fn a_colon_or_an_at_of_an_id_is_percent_encoded_in_a_path() {
    let server = Server::start();
    let envoy = Envoy::before(&server);
    shop(&envoy);
    let key = envoy.done("GET", "/v1/applications/shop/privileges/order%3Alookup", &Value::Null);
    assert_eq!(key["privilege"]["key"], "order:lookup");
    // Written plainly, `:lookup` is the verb of another method, and here there is none.
    let plain = envoy.call("GET", "/v1/applications/shop/privileges/order:lookup");
    assert_eq!((plain.status, plain.reached.as_str()), (404, ""));
    for path in ["/v1/users/a%3ab%40c", "/v1/users/a:b@c", "/v1/users/%61%3A%62%40%63"] {
        assert_eq!(envoy.done("GET", path, &Value::Null)["user"]["name"], "users/a:b@c", "{path}");
    }
    // Decoded once, and a slash makes no other thing of it.
    for path in ["/v1/users/a%253Ab%2540c", "/v1/applications/shop%2Froles%2Fclerk", "/v1/users/..%2Fusers%2Fann"] {
        assert_eq!(refusal(&envoy.call("GET", path)), (400, 3, "INVALID_REQUEST", vec!["ErrorInfo", "BadRequest"]));
    }
}

#[test]
fn what_is_misspelt_in_a_path_or_a_query_is_refused_and_in_a_body_it_is_dropped() {
    let server = Server::start();
    let envoy = Envoy::before(&server);
    shop(&envoy);
    for (verb, path, status) in [
        ("GET", "/v1/roles", 404),
        ("GET", "/v1/applications/shop:assignRoles", 404),
        ("POST", "/v1/applications/shop:giveRoles", 404),
        ("PUT", "/v1/users", 404),
        ("GET", "/", 404),
        ("GET", "/v1/users?colour=red", 400),
    ] {
        let answer = envoy.call(verb, path);
        assert_eq!((answer.status, answer.reached.as_str()), (status, ""), "{verb} {path}: {answer:?}");
    }
    assert_eq!(envoy.call("GET", "/v1/users?page_size=many").status, 400);
    for body in ["{", r#"{"name": "groups/other", "members": ["users/a:b@c"]}"#] {
        let answer = envoy.call_with(&["--request", "POST"], "/v1/groups/g:addMembers", Some(body));
        assert_eq!((answer.status, answer.body.is_string()), (400, true), "{answer:?}");
    }
    let misspelt = json!({"application": "applications/shop", "subjekt": "users/a:b@c", "privilege": "order:read"});
    let answer = envoy.send("POST", "/v1/permissions:check", &misspelt);
    assert_eq!(refusal(&answer).2, "INVALID_REQUEST");
    assert_eq!(answer.body["details"][1]["fieldViolations"][0]["field"], "subject");
}

#[test]
fn a_long_answer_arrives_whole_and_a_stream_is_an_array() {
    let server = Server::start();
    let envoy = Envoy::before(&server);
    shop(&envoy);
    for part in 0..16 {
        let privileges: Vec<String> = (0..512).map(|key| format!("{part:02}{key:03}:{}", "k".repeat(180))).collect();
        let add = json!({ "privileges": privileges });
        envoy.done("POST", "/v1/applications/shop/roles/clerk:addPrivileges", &add);
    }
    let role = envoy.done("GET", "/v1/applications/shop/roles/clerk", &Value::Null);
    assert_eq!(role["role"]["privileges"].as_array().unwrap().len(), 16 * 512 + 2);
    let export = envoy.done("GET", "/v1/policy:export", &Value::Null);
    let pieces = export.as_array().unwrap().iter().map(|piece| piece["data"].as_str().unwrap());
    let data: Vec<u8> = pieces.flat_map(|data| data_encoding::BASE64.decode(data.as_bytes()).unwrap()).collect();
    let document = String::from_utf8(data).unwrap();
    assert_eq!(document.lines().filter(|line| line.starts_with(r#"{"role_privilege":"#)).count(), 16 * 512 + 2);
}

#[test]
fn the_readme_s_curl_works_as_written() {
    let server = Server::start();
    let envoy = Envoy::before(&server);
    let example = quick_start::block("http");
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &format!("{}\n{example}", quick_start::block("quick-start"))])
        .envs([("PATH", tools::path()), ("no_proxy", "*".to_owned())])
        .env("BAILIWICK_ADDRESS", server.address().to_string())
        .env("BAILIWICK_HTTP", format!("http://{}", envoy.address))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let answer: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!(answer["decision"], "DECISION_ALLOWED", "{}", String::from_utf8_lossy(&output.stderr));
}
