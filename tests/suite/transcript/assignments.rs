//! The part of the script about what one subject holds: replaced whole and in part, only validated, refused, and asked
//! about in every way.

use serde_json::{Value, json};

use super::script::{check_in, user};
use super::{Step, step};

const APP: &str = "applications/app";
const OWN: &str = "applications/app/tenants/north/roles/own";

/// The steps.
pub(super) fn steps() -> Vec<Step> {
    let erin = user("erin", json!({"application": APP, "tenants": ["applications/app/tenants/north"]}));
    [vec![erin], replaced(), validated(), refused(), none_left()].concat()
}

/// What is there at the end, and what is not.
pub(super) fn reads() -> Vec<Step> {
    [held(), assignable(), effective()].concat()
}

fn role(id: &str) -> String {
    if id.contains('/') { id.to_owned() } else { format!("{APP}/roles/{id}") }
}

fn replace(subject: &str, roles: &[&str], words: Value) -> Step {
    let mut request = words;
    request["application"] = APP.into();
    request["subject"] = subject.into();
    request["roles"] = roles.iter().map(|id| role(id)).collect();
    step("AssignmentService/ReplaceSubjectRoles", request)
}

fn asked() -> Vec<Step> {
    let questions = [("doc:write", "north"), ("doc:read", "North"), ("site:close", "north")];
    questions.map(|(privilege, tenant)| check_in("users/erin", privilege, tenant)).into()
}

fn replaced() -> Vec<Step> {
    let times =
        json!({"tenant": "north", "start_time": "2090-01-01T00:00:00.000001Z", "expire_time": "2091-01-01T00:00:00Z"});
    let mut steps = vec![
        replace("users/erin", &["writer", "self"], json!({"reason": "because\n"})),
        replace("users/erin", &["self", OWN, "writer", "self"], json!({})),
        replace("users/erin", &["listed", OWN], json!({"tenant": "applications/app/tenants/north"})),
        replace("users/erin", &["listed", "all"], times),
    ];
    steps.extend(asked());
    steps.extend([
        replace("users/erin", &["listed", OWN], json!({"tenant": "north"})),
        replace(
            "users/erin",
            &["absent", OWN, "applications/App/roles/free", "reader"],
            json!({"allow_partial": true}),
        ),
        replace("users/erin", &["absent"], json!({"allow_partial": true})),
        replace("clients/Robot", &["all"], json!({"request_id": "once"})),
        replace("clients/Robot", &["all"], json!({"request_id": "once"})),
        replace("clients/Robot", &["reader"], json!({"request_id": "once"})),
    ]);
    steps.extend(asked());
    steps
}

/// What would be done is told in the same words by every store.
fn validated() -> Vec<Step> {
    let mut steps = Vec::new();
    for subject in ["users/erin", "users/bob", "groups/outer", "applications/app"] {
        for (roles, tenant) in [(&["all", "writer"][..], ""), (&["writer"], "north"), (&[], "")] {
            steps.push(replace(subject, roles, json!({"tenant": tenant, "validate_only": true})));
        }
    }
    steps.push(replace("users/erin", &["all"], json!({"start_time": "2090-01-01T00:00:00Z", "validate_only": true})));
    steps
}

fn refused() -> Vec<Step> {
    let elsewhere = |application: &str, subject: &str, roles: &[&str]| {
        let mut step = replace(subject, roles, json!({}));
        step.request["application"] = application.into();
        step
    };
    let many = ["one", "two", "three", "four", "five", "six"];
    vec![
        replace("users/erin", &["absent", OWN, "applications/App/roles/free", "reader"], json!({})),
        replace("users/erin", &["reader"], json!({"etag": "stale"})),
        replace("users/erin", &[], json!({"etag": "stale"})),
        replace("users/erin", &many, json!({})),
        replace("users/erin", &["reader"], json!({"expire_time": "2000-01-01T00:00:00Z"})),
        replace("users/erin", &["reader"], json!({"tenant": "none"})),
        replace("users/erin", &[], json!({"tenant": "none"})),
        replace("users/none", &["reader"], json!({})),
        replace("users/none", &[], json!({})),
        replace("users/dave", &[OWN], json!({})),
        replace("users/erin", &["reader"], json!({})).by("users/alice"),
        elsewhere("applications/App", "users/erin", &["applications/App/roles/free"]),
        elsewhere("applications/none", "users/erin", &[]),
        elsewhere("applications/bailiwick", "clients/local-administrator", &[]),
    ]
}

/// Everything without tenant is gone, and what is held in a tenant stays.
fn none_left() -> Vec<Step> {
    let mut steps = vec![replace("users/erin", &[], json!({})), replace("users/erin", &[], json!({}))];
    steps.extend(asked());
    steps
}

fn held() -> Vec<Step> {
    let get = |parent: &str, subjects: &[&str]| {
        step("AssignmentService/BatchGetAssignedRoles", json!({"parent": parent, "subjects": subjects}))
    };
    let all = [
        "users/alice",
        "users/bob",
        "users/erin",
        "users/Erin",
        "users/none",
        "clients/Robot",
        "groups/outer",
        "applications/app",
        "users/bob",
        "users/me",
        "erin",
        "groups/none",
    ];
    vec![
        get(APP, &all),
        get("applications/App", &all),
        get("applications/bailiwick", &all),
        get("applications/none", &all),
        get(APP, &all).by("users/alice"),
        get(APP, &all).by("clients/robot"),
        get(APP, &[]),
    ]
}

fn assignable() -> Vec<Step> {
    let mut steps = Vec::new();
    for (parent, subject, tenant) in [
        (APP, "users/carol", ""),
        (APP, "users/carol", "north"),
        (APP, "users/bob", ""),
        (APP, "users/none", ""),
        (APP, "users/bob", "none"),
        (APP, "clients/Robot", "applications/app/tenants/north"),
        (APP, "groups/outer", ""),
        (APP, "applications/app", ""),
        ("applications/App", "users/bob", ""),
        ("applications/App", "users/carol", ""),
        ("applications/bailiwick", "users/bob", ""),
        ("applications/none", "users/bob", ""),
    ] {
        for size in [0, 3] {
            let request = json!({"parent": parent, "subject": subject, "tenant": tenant, "page_size": size});
            steps.push(step("AssignmentService/ListAssignableRoles", request));
        }
    }
    let mine = json!({"parent": APP, "subject": "users/alice"});
    steps.push(step("AssignmentService/ListAssignableRoles", mine).by("users/alice"));
    steps
}

fn effective() -> Vec<Step> {
    let list = |parent: &str, filter: &str, words: Value| {
        let mut request = words;
        request["parent"] = parent.into();
        request["filter"] = filter.into();
        request["view"] = "ROLE_ASSIGNMENT_VIEW_EFFECTIVE".into();
        step("AssignmentService/ListRoleAssignments", request)
    };
    let mut steps = Vec::new();
    for subject in
        ["users/alice", "users/bob", "users/erin", "users/(user)", "groups/inner", "clients/robot", "users/none"]
    {
        for (order, size) in [("name", 0), ("name", 2), ("create_time", 0), ("create_time", 2)] {
            for parent in [APP, "applications/-"] {
                let words = json!({"order_by": order, "page_size": size});
                steps.push(list(parent, &format!("subject = {subject}"), words));
            }
        }
    }
    steps.extend([
        list(APP, "subject = users/me", json!({})).by("users/bob"),
        list("applications/-", "subject = users/me", json!({})).by("clients/robot"),
        list(APP, "subject = users/erin AND tenant = applications/app/tenants/north", json!({})),
        list(APP, "subject = users/bob AND role = applications/app/roles/reader", json!({})),
        list(APP, "subject = users/bob AND subject_type = USER", json!({})),
        list(APP, "", json!({})),
    ]);
    steps
}
