//! *no-escalation*: attempts to reach more than one's own, each refused with the store untouched.
//!
//! The attempts are tables, one for each kind of administrator; what these may do is tested in `delegation`.

mod by_change;
mod of_a_tenant;
mod of_an_application;
mod of_groups;
mod of_objects;
mod of_people;
mod of_the_unknown;
mod over_time;

use serde_json::{Value, json};
use tonic::Code;

use super::actor::Actor;
use super::shop::{self, PEOPLE};
use super::stage::{actor, export, head, imported, on_every_store, root};
use crate::harness::{Server, block_on};

/// What an attempt ends with.
const EXCEEDS: (Code, &str) = (Code::PermissionDenied, "GRANT_EXCEEDS_OWN_REACH");
/// An attempt to give somebody for longer what he holds.
const HELD: &str = "his own role for good";
const DENIED: (Code, &str) = (Code::PermissionDenied, "PERMISSION_DENIED");
const ABSENT: (Code, &str) = (Code::NotFound, "NOT_FOUND");
const INVALID: (Code, &str) = (Code::InvalidArgument, "INVALID_REQUEST");

/// An attempt: what it is, the call, and how it is refused.
struct Attempt {
    what: &'static str,
    method: &'static str,
    request: Value,
    refused: (Code, &'static str),
}

fn attempt(what: &'static str, method: &'static str, request: Value, refused: (Code, &'static str)) -> Attempt {
    Attempt { what, method, request, refused }
}

/// Giving roles of the shop to somebody.
fn assign(what: &'static str, subject: &str, roles: &[&str], refused: (Code, &'static str)) -> Attempt {
    let request = json!({"application": "applications/shop", "subject": subject, "roles": roles});
    attempt(what, "AssignmentService/AssignRoles", request, refused)
}

/// Making a role.
fn create(what: &'static str, parent: &str, gives: &Value, refused: (Code, &'static str)) -> Attempt {
    let mut role = json!({"role_name": "new"});
    role.as_object_mut().unwrap().extend(gives.as_object().unwrap().clone());
    attempt(what, "RoleService/CreateRole", json!({"parent": parent, "role_id": "new", "role": role}), refused)
}

/// Runs a table on every store: each attempt is refused as it says, and nothing is changed by any of them.
fn refuse(who: &str, table: impl Fn() -> Vec<Attempt>) {
    refuse_beside(&[], who, table);
}

/// The same in a shop in which there is more.
fn refuse_beside(more: &[Value], who: &str, table: impl Fn() -> Vec<Attempt>) {
    on_every_store(PEOPLE, |server| block_on(refuse_on(&server, more, who, table())));
}

async fn refuse_on(server: &Server, more: &[Value], who: &str, table: Vec<Attempt>) {
    let root = root(server).await;
    shop::open(&root).await;
    imported(&root, more).await;
    let (before, revision) = (export(&root).await, head(&root).await);
    let caller = actor(server, who).await;
    let mut wrong = Vec::new();
    let mut other_ways: Vec<Attempt> = table.iter().filter_map(of_one_role).collect();
    other_ways.extend(table.iter().filter_map(of_one_privilege));
    for attempt in &table {
        other_ways.extend(replaced(&root, attempt).await);
    }
    for attempt in table.into_iter().chain(other_ways) {
        wrong.extend(tried(&caller, &attempt).await);
        let untouched = export(&root).await == before && head(&root).await == revision;
        assert!(untouched, "{who}: {}: the store has changed", attempt.what);
    }
    assert!(wrong.is_empty(), "{who}:\n{}", wrong.join("\n"));
}

/// What is refused for a subject and its roles is refused for a role and its subjects.
fn of_one_role(attempt: &Attempt) -> Option<Attempt> {
    let request = &attempt.request;
    let [role] = request["roles"].as_array()?.as_slice() else { return None };
    let here = role.as_str()?.starts_with(request["application"].as_str()?);
    if attempt.method != "AssignmentService/AssignRoles" || !here {
        return None;
    }
    let mut words = json!({"role": role, "subjects": [request["subject"]]});
    for field in ["tenant", "start_time", "expire_time"].into_iter().filter(|field| request[*field].is_string()) {
        words[field] = request[field].clone();
    }
    Some(Attempt { method: "AssignmentService/AssignRoleToSubjects", request: words, ..*attempt })
}

/// A key that is refused for a role is refused for the roles that shall have it.
fn of_one_privilege(attempt: &Attempt) -> Option<Attempt> {
    let (request, role) = (&attempt.request, attempt.request["name"].as_str()?);
    let [key] = request["privileges"].as_array()?.as_slice() else { return None };
    if attempt.method != "RoleService/AddRolePrivileges" || request.get("etag").is_some() || attempt.refused == INVALID
    {
        return None;
    }
    let application = role.split('/').take(2).collect::<Vec<_>>().join("/");
    let name = format!("{application}/privileges/{}", key.as_str()?);
    let request = json!({"name": name, "roles": [role]});
    Some(Attempt { method: "PrivilegeService/AssignPrivilegeToRoles", request, ..*attempt })
}

/// What is refused to be given is refused to be among all that somebody holds, unless it is held already: to keep it is
/// no gift.
async fn replaced(root: &Actor, attempt: &Attempt) -> Option<Attempt> {
    let request = &attempt.request;
    let roles = request["roles"].as_array().filter(|roles| roles.len() <= 5)?;
    if attempt.method != "AssignmentService/AssignRoles" {
        return None;
    }
    let asked = json!({"parent": request["application"], "subjects": [request["subject"]]});
    let answer = root.call("AssignmentService/BatchGetAssignedRoles", asked).await.ok()?;
    let held = answer["results"][0]["assigned"]["assignments"].as_array().cloned().unwrap_or_default();
    let keeps = held.iter().any(|record| roles.contains(&record["role"]));
    let request = request.clone();
    (!keeps).then_some(Attempt { method: "AssignmentService/ReplaceSubjectRoles", request, ..*attempt })
}

/// What is wrong with the answer to an attempt, also when it is only validated.
async fn tried(caller: &Actor, attempt: &Attempt) -> Vec<String> {
    let mut only_validated = attempt.request.clone();
    only_validated["validate_only"] = true.into();
    let mut wrong = Vec::new();
    for request in [only_validated, attempt.request.clone()] {
        match caller.call(attempt.method, request).await {
            Err(refusal) if refusal.said() == attempt.refused => {}
            Err(refusal) => wrong.push(format!("{}: {:?}, not {:?}", attempt.what, refusal, attempt.refused)),
            Ok(answer) => wrong.push(format!("{}: is answered with {answer}", attempt.what)),
        }
    }
    wrong
}
