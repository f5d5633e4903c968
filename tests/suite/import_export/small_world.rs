//! Random lines over few ids, so that they meet; and all questions that can be asked about these ids.

use bailiwick::proto::v1::batch_check_permissions_request::Check;
use bailiwick::proto::v1::batch_check_permissions_request::check::Target;
use serde_json::{Value, json};

use crate::access_matrix::exam::Random;

pub(crate) const APPLICATIONS: &[&str] = &["a", "b"];
pub(crate) const TENANTS: &[&str] = &["t", "u"];
pub(crate) const PRIVILEGES: &[&str] = &["x:read", "x:write", "y:read", "bailiwick:user:read"];
/// Whether a privilege is a policy document is immutable, so that its key says it; in an export they come after others.
pub(crate) const DOCUMENTS: &[&str] = &["Doc", "z:doc"];
const PRIVILEGE_GROUPS: &[&str] = &["p", "q"];
pub(crate) const ROLES: &[&str] = &["r", "s", "v"];
pub(crate) const USERS: &[&str] = &["k", "l", "m", "n"];
const CLIENTS: &[&str] = &["c", "d"];
pub(crate) const GROUPS: &[&str] = &["g", "h"];
const THINGS: &[&str] = &["2", "3/x"];
const PATTERNS: &[&str] = &["x:*", "*:read", "*", "bailiwick:*", "x:write", "y:read"];
const EXCLUSIONS: &[&str] = &["x:w*", "y:read"];
const BOUNDARIES: &[&str] = &["application", "application", "tenant", "self", "in", "in", "but", "but", "hours"];
pub(crate) const OWN_BOUNDARIES: &[&str] = &["in", "but", "hours"];
const TIMES: &[&str] = &["2020-01-01T00:00:00Z", "2990-01-01T00:00:00Z"];

pub(crate) fn pick<'a>(random: &mut Random, words: &[&'a str]) -> &'a str {
    words[random.below(words.len())]
}

/// A word, or nothing, in one of `chances`.
fn maybe(random: &mut Random, chances: usize, words: &[&str]) -> Value {
    if random.below(chances) == 0 { Value::from(pick(random, words)) } else { Value::Null }
}

/// Some of the words, each once.
fn some(random: &mut Random, words: &[&str]) -> Vec<String> {
    words.iter().filter(|_| random.below(3) == 0).map(|word| (*word).to_owned()).collect()
}

/// Who can be in a group.
pub(crate) fn member(random: &mut Random) -> String {
    match random.below(6) {
        0..=2 => format!("users/{}", pick(random, USERS)),
        3..=4 => format!("clients/{}", pick(random, CLIENTS)),
        _ => format!("groups/{}", pick(random, GROUPS)),
    }
}

/// Who can hold a role.
pub(crate) fn holder(random: &mut Random) -> String {
    if random.below(8) == 0 { format!("applications/{}", pick(random, APPLICATIONS)) } else { member(random) }
}

/// A line; what it refers to may not exist.
pub(crate) fn line(random: &mut Random) -> String {
    let application = pick(random, APPLICATIONS);
    let owner = maybe(random, 6, TENANTS);
    let line = match random.below(34) {
        0 => json!({ "application": { "id": application, "catalogue": pick(random, &["OPEN", "STRICT"]) } }),
        1..=3 => json!({ "tenant": {
            "application": application, "id": pick(random, TENANTS), "deleted": random.below(6) == 0,
        } }),
        4 => json!({ "privilege": {
            "application": application, "key": pick(random, PRIVILEGES),
            "tenant_visibility": pick(random, &["ALL", "ALL", "NONE"]),
        } }),
        5..=7 => role(random, application, &owner),
        8..=9 => json!({ "role_privilege": {
            "application": application, "tenant": owner, "role": pick(random, ROLES),
            "privilege": pick(random, PRIVILEGES),
        } }),
        10 => json!({ "role_parent": {
            "application": application, "tenant": owner, "role": pick(random, ROLES), "parent": pick(random, ROLES),
        } }),
        11..=13 => user(random, application),
        14 => json!({ "client": {
            "id": pick(random, CLIENTS), "application": application, "tenant": owner, "enabled": random.below(8) > 0,
        } }),
        15 => {
            let id = pick(random, GROUPS);
            json!({ "group": { "id": id, "group_name": id, "display_name": pick(random, USERS) } })
        }
        16..=17 => json!({ "group_member": { "group": pick(random, GROUPS), "member": member(random) } }),
        18 => {
            let id = pick(random, PRIVILEGE_GROUPS);
            json!({ "privilege_group": {
                "application": application, "tenant": owner, "id": id, "group_name": id,
                "tenant_visibility": pick(random, &["ALL", "ALL", "NONE"]),
            } })
        }
        19 => json!({ "grouped_privilege": {
            "application": application, "tenant": owner, "group": pick(random, PRIVILEGE_GROUPS),
            "privilege": pick(random, PRIVILEGES),
        } }),
        20 => json!({ "role_privilege_group": {
            "application": application, "tenant": owner, "role": pick(random, ROLES),
            "group": pick(random, PRIVILEGE_GROUPS), "group_tenant": if random.below(2) == 0 { owner } else { Value::Null },
        } }),
        21..=22 => json!({ "resource": {
            "application": application, "kind": "things", "id": pick(random, THINGS), "tenant": maybe(random, 2, TENANTS),
            "tenant_level": random.below(4) == 0,
        } }),
        23 => {
            let id = pick(random, USERS);
            let issuer = pick(random, &["i", "j"]);
            json!({ "external_identity": { "bearer": format!("users/{id}"), "issuer": issuer, "subject": id } })
        }
        24..=25 => boundary(random, application),
        26..=27 => document(random, application),
        28 => json!({ "role_privilege": {
            "application": application, "tenant": owner, "role": pick(random, ROLES), "privilege": pick(random, DOCUMENTS),
        } }),
        29 => json!({ "assigned_privilege": {
            "application": application, "privilege": pick(random, &[PRIVILEGES, DOCUMENTS].concat()),
            "user": pick(random, USERS),
        } }),
        _ => json!({ "role_assignment": {
            "holder": holder(random), "application": application, "role": pick(random, ROLES), "role_tenant": owner,
            "tenant": maybe(random, 5, TENANTS), "start_time": maybe(random, 6, TIMES), "expire_time": maybe(random, 6, TIMES),
        } }),
    };
    line.to_string()
}

/// One of everything in each application, so that what comes later finds what it refers to.
pub(crate) fn foundation() -> Vec<String> {
    let mut lines: Vec<Value> = Vec::new();
    for application in APPLICATIONS {
        let of = |id: &str| json!({"application": application, "id": id});
        let named = |id: &str, name: &str| json!({"application": application, "id": id, name: id});
        lines.push(json!({"application": {"id": application, "catalogue": "OPEN"}}));
        lines.extend(TENANTS.iter().map(|tenant| json!({"tenant": of(tenant)})));
        lines.extend(
            PRIVILEGES
                .iter()
                .filter(|key| !key.starts_with("bailiwick:"))
                .map(|key| json!({"privilege": {"application": application, "key": key}})),
        );
        lines.extend(PRIVILEGE_GROUPS.iter().map(|id| json!({"privilege_group": named(id, "group_name")})));
        lines.extend(ROLES.iter().map(|id| json!({"role": named(id, "role_name")})));
        lines.extend(
            THINGS.iter().map(|id| json!({"resource": {"application": application, "kind": "things", "id": id}})),
        );
    }
    lines.extend(GROUPS.iter().map(|id| json!({"group": {"id": id, "group_name": id}})));
    lines.extend(USERS.iter().map(|id| json!({"user": {"id": id, "username": id, "application": home(id)}})));
    lines.extend(CLIENTS.iter().zip(APPLICATIONS).map(|(id, of)| json!({"client": {"id": id, "application": of}})));
    lines.iter().map(Value::to_string).collect()
}

/// A boundary; its kind is immutable, so that its id says it.
fn boundary(random: &mut Random, application: &str) -> Value {
    let (id, kind) =
        [("in", "TENANT_INCLUSION_LIST"), ("but", "TENANT_EXCLUSION_LIST"), ("hours", "CUSTOM")][random.below(3)];
    let lists = id != "hours";
    let value = if lists { String::new() } else { pick(random, USERS).to_owned() };
    let tenants = if lists { some(random, TENANTS) } else { Vec::new() };
    let former = if id == "but" && random.below(3) == 0 { some(random, TENANTS) } else { Vec::new() };
    json!({ "permission_boundary": {
        "application": application, "id": id, "boundary_name": id, "display_name": pick(random, USERS), "kind": kind,
        "tenants": tenants, "former_tenants": former, "value": value,
    } })
}

/// A policy document; what it names may not be registered.
fn document(random: &mut Random, application: &str) -> Value {
    let mut statement = || {
        let (actions, scopes) = match random.below(5) {
            0 => (vec!["*"], vec!["*".to_owned()]),
            1 => (vec!["bailiwick:user:read"], some(random, &["*", "users/k", "users/m", "users/k"])),
            2 => (vec!["y:read"], some(random, &["*", "tenants/t", "tenants/u", "things/2"])),
            3 => (vec!["x:read"], some(random, &["things/2", "things/3/x", "roles/r"])),
            _ => (vec!["x:read", "x:write"], vec![pick(random, &["*", "things/3/x", "users/k"]).to_owned()]),
        };
        json!({ "effect": "ALLOW", "actions": actions, "scopes": scopes })
    };
    let statements: Vec<Value> = [statement(), statement()].into();
    json!({ "privilege": {
        "application": application, "key": pick(random, DOCUMENTS), "tenant_visibility": pick(random, &["ALL", "ALL", "NONE"]),
        "document": { "version": pick(random, USERS), "statements": statements },
    } })
}

fn role(random: &mut Random, application: &str, owner: &Value) -> Value {
    let id = pick(random, ROLES);
    let mode = match (owner.is_null(), random.below(6)) {
        (true, 0) => "TENANT_INCLUSION_LIST",
        (true, 1) => "NONE",
        _ => "ALL",
    };
    let listed = if mode == "TENANT_INCLUSION_LIST" { some(random, TENANTS) } else { Vec::new() };
    json!({ "role": {
        "application": application, "tenant": owner, "id": id, "role_name": id,
        "privilege_patterns": some(random, PATTERNS), "excluded_privileges": some(random, EXCLUSIONS),
        "permission_boundary": maybe(random, 2, BOUNDARIES), "tenant_visibility": mode, "visible_tenants": listed,
    } })
}

/// Whether a user belongs to an application is immutable, so that its id says it.
fn home(user: &str) -> Value {
    match user {
        "k" => Value::from("a"),
        "l" => Value::from("b"),
        _ => Value::Null,
    }
}

fn user(random: &mut Random, application: &str) -> Value {
    let id = pick(random, USERS);
    let home = home(id);
    let of = home.as_str().unwrap_or(application);
    let tenants: Vec<String> = some(random, TENANTS).iter().map(|tenant| format!("{of}/{tenant}")).collect();
    json!({ "user": {
        "id": id, "username": id, "application": home, "tenants": tenants, "enabled": random.below(8) > 0,
    } })
}

/// Every question about these ids.
pub(crate) fn questions() -> Vec<Check> {
    let subjects = [("users", USERS), ("clients", CLIENTS), ("applications", APPLICATIONS)];
    let subjects = subjects.iter().flat_map(|(kind, ids)| ids.iter().map(move |id| format!("{kind}/{id}")));
    let subjects: Vec<String> = subjects.collect();
    let mut targets = vec![None];
    targets.extend(TENANTS.iter().map(|tenant| Some(Target::Tenant((*tenant).to_owned()))));
    let resources = [
        "things/1",
        "things/2",
        "things/3/x",
        "users/k",
        "users/m",
        "clients/c",
        "clients/d",
        "groups/g",
        "roles/r",
        "tenants/t/roles/r",
        "privilegeGroups/p",
        "permissionBoundaries/in",
        "permissionBoundaries/self",
    ];
    targets.extend(resources.iter().map(|resource| Some(Target::Resource((*resource).to_owned()))));
    let mut questions = Vec::new();
    for application in APPLICATIONS {
        for subject in &subjects {
            for privilege in PRIVILEGES {
                questions.extend(targets.iter().map(|target| Check {
                    facts: None,
                    application: format!("applications/{application}"),
                    subject: subject.clone(),
                    privilege: (*privilege).to_owned(),
                    target: target.clone(),
                }));
            }
        }
    }
    questions
}
