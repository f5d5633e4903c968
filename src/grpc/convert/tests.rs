//! Tests of decoding: every violation at once, under the path of its field, at the limit and one past it.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use crate::app::caller::Caller;
use crate::app::consistency::Requirement;
use crate::app::methods;
use crate::app::role_privileges::HowPrivilegesChange;
use crate::app::token::{Revision, Tokens};
use crate::domain::boundary::Boundary;
use crate::domain::limit;
use crate::domain::name::Subject;
use crate::domain::role::Visibility;
use crate::proto::v1;
use crate::proto::v1::consistency::Requirement as Asked;
use crate::proto::v1::role::TenantVisibility;
use crate::proto::v1::role::tenant_visibility::Mode;

fn fresh() -> Id {
    Id::parse("fresh").unwrap()
}

/// The fields of all violations.
fn fields<T: std::fmt::Debug>(decoded: Result<T>) -> Vec<String> {
    match decoded.unwrap_err() {
        Error::Invalid(violations) => violations.into_iter().map(|violation| violation.field).collect(),
        other => vec![format!("{other:?}")],
    }
}

fn texts(count: usize, text: impl Fn(usize) -> String) -> Vec<String> {
    (0..count).map(text).collect()
}

fn new_role(role: v1::Role) -> v1::CreateRoleRequest {
    v1::CreateRoleRequest { parent: "applications/a".to_owned(), role: Some(role), ..Default::default() }
}

fn named() -> v1::Role {
    v1::Role { role_name: "r".to_owned(), ..Default::default() }
}

fn decoded(role: v1::Role) -> Result<crate::app::roles::NewRole> {
    role::new_role(new_role(role), fresh(), Violations::default())
}

#[test]
fn a_role_is_refused_with_every_violation_at_once() {
    let role = v1::Role {
        role_name: " r".to_owned(),
        description: "\u{1b}".to_owned(),
        privileges: vec!["ok".to_owned(), String::new()],
        parents: vec!["applications/a/roles/p".to_owned(), "x".to_owned(), "roles/p".to_owned()],
        permission_boundary: "applications/b/permissionBoundaries/self".to_owned(),
        tenant_visibility: Some(TenantVisibility { mode: Mode::Owner.into(), tenants: Vec::new() }),
        ..Default::default()
    };
    let request = v1::CreateRoleRequest { role_id: "me".to_owned(), ..new_role(role) };
    assert_eq!(
        fields(role::new_role(request, fresh(), Violations::default())),
        [
            "role_id",
            "role.role_name",
            "role.description",
            "role.permission_boundary",
            "role.tenant_visibility.mode",
            "role.privileges[1]",
            "role.parents[1]",
            "role.parents[2]"
        ]
    );
}

#[test]
fn output_only_fields_of_a_role_are_ignored_and_sets_lose_their_repeats() {
    let role = v1::Role {
        name: "nonsense".to_owned(),
        kind: 77,
        etag: "x".to_owned(),
        privileges: vec!["b".to_owned(), "a".to_owned(), "b".to_owned()],
        ..named()
    };
    let new = decoded(role).unwrap();
    assert_eq!(new.role.id.to_string(), "applications/a/roles/fresh");
    assert_eq!(new.privileges.len(), 2);
    assert_eq!((new.role.boundary, new.role.visibility), (Boundary::Unset, Visibility::All));
}

#[test]
fn a_tenants_role_is_visible_to_its_owner_only() {
    let of_tenant = |visibility: Option<TenantVisibility>| {
        let role = v1::Role { tenant_visibility: visibility, ..named() };
        let parent = "applications/a/tenants/t".to_owned();
        role::new_role(v1::CreateRoleRequest { parent, ..new_role(role) }, fresh(), Violations::default())
    };
    let new = of_tenant(None).unwrap();
    assert_eq!(new.role.visibility, Visibility::Owner);
    assert_eq!(new.role.id.to_string(), "applications/a/tenants/t/roles/fresh");
    let all = TenantVisibility { mode: Mode::All.into(), tenants: Vec::new() };
    assert_eq!(fields(of_tenant(Some(all))), ["role.tenant_visibility.mode"]);
}

#[test]
fn a_list_of_tenants_belongs_to_an_inclusion_list_of_the_same_application() {
    let with = |mode: Mode, tenants: &[&str]| {
        let tenants = tenants.iter().map(|&tenant| tenant.to_owned()).collect();
        decoded(v1::Role { tenant_visibility: Some(TenantVisibility { mode: mode.into(), tenants }), ..named() })
    };
    let listed = with(Mode::TenantInclusionList, &["applications/a/tenants/t"]).unwrap();
    assert_eq!(listed.visible_tenants.len(), 1);
    let wrong = with(Mode::TenantInclusionList, &["applications/a/tenants/t", "applications/b/tenants/t", "t"]);
    assert_eq!(fields(wrong), ["role.tenant_visibility.tenants[1]", "role.tenant_visibility.tenants[2]"]);
    assert_eq!(fields(with(Mode::All, &["applications/a/tenants/t"])), ["role.tenant_visibility.tenants"]);
}

#[test]
fn a_boundary_is_named_by_its_application_be_it_there_or_not() {
    let with = |id: &str| {
        decoded(v1::Role { permission_boundary: format!("applications/a/permissionBoundaries/{id}"), ..named() })
    };
    assert_eq!(with("tenant").unwrap().role.boundary, Boundary::Tenant);
    assert_eq!(with("other").unwrap().role.boundary, Boundary::parse("other").unwrap());
    assert_eq!(fields(with("a/b")), ["role.permission_boundary"]);
}

#[test]
fn the_lists_of_a_role_are_taken_at_their_limits_and_refused_one_past_them() {
    type Fill = fn(usize) -> v1::Role;
    let lists: [(&str, usize, Fill); 5] = [
        ("role.privileges", limit::ROLE_PRIVILEGES_MAX, |count| v1::Role {
            privileges: texts(count, |at| format!("k{at}")),
            ..named()
        }),
        ("role.privilege_patterns", limit::ROLE_PATTERNS_MAX, |count| v1::Role {
            privilege_patterns: texts(count, |at| format!("k{at}*")),
            ..named()
        }),
        ("role.excluded_privileges", limit::ROLE_EXCLUSIONS_MAX, |count| v1::Role {
            excluded_privileges: texts(count, |at| format!("k{at}")),
            ..named()
        }),
        ("role.excluded_privileges", limit::ROLE_PATTERNS_MAX, |count| v1::Role {
            excluded_privileges: texts(count, |at| format!("k{at}*")),
            ..named()
        }),
        ("role.parents", limit::ROLE_PARENTS_MAX, |count| v1::Role {
            parents: texts(count, |at| format!("applications/a/roles/r{at}")),
            ..named()
        }),
    ];
    for (field, max, fill) in lists {
        assert!(decoded(fill(max)).is_ok(), "{field}");
        assert_eq!(fields(decoded(fill(max + 1))), [field]);
    }
}

#[test]
fn a_change_of_privileges_names_some_unless_it_sets_them() {
    let words = role_privileges::Words { name: "applications/a/roles/r", privileges: &[], patterns: &[], etag: "" };
    let change = |how| role_privileges::change(words, how, Violations::default());
    assert!(change(HowPrivilegesChange::Set).is_ok());
    assert_eq!(fields(change(HowPrivilegesChange::Add)), ["privileges"]);
    assert_eq!(fields(change(HowPrivilegesChange::Remove)), ["privileges"]);
}

#[test]
fn a_user_belongs_to_tenants_of_its_own_application() {
    let with = |application: &str, tenants: &[&str]| {
        let tenants = tenants.iter().map(|&tenant| tenant.to_owned()).collect();
        let user =
            v1::User { username: "u".to_owned(), application: application.to_owned(), tenants, ..Default::default() };
        users::new_user(
            v1::CreateUserRequest { user: Some(user), ..Default::default() },
            fresh(),
            Violations::default(),
        )
    };
    let new = with("applications/a", &["applications/a/tenants/t", "applications/a/tenants/t"]).unwrap();
    assert_eq!((new.tenants.len(), new.user.enabled, new.id_is_chosen), (1, true, false));
    assert!(with("", &["applications/a/tenants/t", "applications/b/tenants/t"]).is_ok());
    assert_eq!(fields(with("applications/a", &["applications/b/tenants/t"])), ["user.tenants[0]"]);
    let many: Vec<String> = texts(limit::USER_TENANTS_MAX + 1, |at| format!("applications/a/tenants/t{at}"));
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(with("", many.get(1..).unwrap()).is_ok());
    assert_eq!(fields(with("", &many)), ["user.tenants"]);
}

#[test]
fn what_must_be_set_is_asked_for() {
    let user = users::new_user(v1::CreateUserRequest::default(), fresh(), Violations::default());
    assert_eq!(fields(user), ["user", "user.username"]);
    let group = groups::new_group(v1::CreateGroupRequest::default(), fresh(), Violations::default());
    assert_eq!(fields(group), ["group", "group.group_name"]);
    let tenant = application::new_tenant(v1::CreateTenantRequest::default(), fresh(), Violations::default());
    assert_eq!(fields(tenant), ["parent", "tenant"]);
}

#[test]
fn members_are_users_clients_and_groups_and_at_most_a_thousand() {
    let change = |sent: &[String]| groups::change_members(("groups/g", sent), true, Violations::default());
    let sent = ["users/u".to_owned(), "applications/a".to_owned(), "users/me".to_owned()];
    assert_eq!(fields(change(&sent)), ["members[1]", "members[2]"]);
    assert_eq!(fields(change(&[])), ["members"]);
    let many = texts(limit::CALL_IDS_MAX + 1, |at| format!("users/u{at}"));
    assert_eq!(change(many.get(1..).unwrap()).unwrap().members.len(), limit::CALL_IDS_MAX);
    assert_eq!(fields(change(&many)), ["members"]);
    let repeated: Vec<String> = many.iter().skip(1).chain(many.iter().skip(1)).cloned().collect();
    assert!(change(&repeated).is_ok());
}

#[test]
fn a_role_named_twice_counts_once_under_its_first_index() {
    let roles = ["x", "x", "y"].map(|role| format!("applications/a/roles/{role}")).to_vec();
    let request = v1::AssignRolesRequest {
        application: "applications/a".to_owned(),
        subject: "users/u".to_owned(),
        roles,
        tenant: "t".to_owned(),
        ..Default::default()
    };
    let (assign, indexes) = assignment::assign(&request, Violations::default()).unwrap();
    assert_eq!((assign.roles.len(), assign.holding.tenant), (2, Some(Id::parse("t").unwrap())));
    let failure = Error::not_found("role", "y").of_item(1, "y");
    let failures = indexes.failures(vec![failure]);
    assert_eq!(failures.first().map(|failure| failure.index), Some(2));
    assert_eq!(failures.first().and_then(|failure| failure.status.as_ref()).map(|status| status.code), Some(5));
}

#[test]
fn an_assignment_ends_after_it_begins_and_in_a_tenant_of_its_application() {
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let request = v1::AssignRolesRequest {
        application: "applications/a".to_owned(),
        subject: "users/u".to_owned(),
        roles: vec!["applications/a/roles/r".to_owned()],
        tenant: "applications/b/tenants/t".to_owned(),
        start_time: at(10),
        expire_time: at(10),
        ..Default::default()
    };
    assert_eq!(
        fields(assignment::assign(&request, Violations::default()).map(|(assign, _)| assign)),
        ["tenant", "expire_time"]
    );
}

#[test]
fn keys_are_registered_once_in_a_call_and_never_ours() {
    let privileges =
        ["a", "bailiwick:x", "a", ""].map(|key| v1::Privilege { key: key.to_owned(), ..Default::default() });
    let request = v1::BatchRegisterPrivilegesRequest {
        parent: "applications/a".to_owned(),
        privileges: privileges.to_vec(),
        ..Default::default()
    };
    let refused = fields(privilege::register(&request, Violations::default()));
    assert_eq!(refused, ["privileges[1].key", "privileges[2].key", "privileges[3].key"]);
}

fn tokens() -> Tokens {
    Tokens::new(&[7; 32])
}

fn wished(requirement: Option<Asked>, max_staleness: Option<i64>, past: consistency::Past) -> Result<Requirement> {
    let max_staleness = max_staleness.map(|seconds| prost_types::Duration { seconds, nanos: 0 });
    let message = v1::Consistency { requirement, max_staleness };
    let mut violations = Violations::default();
    let wish = consistency::consistency(Some(&message), past, &tokens(), &mut violations);
    complete(violations, wish).map(|wish| wish.requirement)
}

#[test]
fn a_wish_for_freshness_is_clear() {
    use consistency::Past::{Answered, Refused};
    let revision = Revision { store: 1, number: 2, chain: 3 };
    let token = tokens().consistency(revision);
    assert_eq!(wished(None, Some(0), Refused), Ok(Requirement::MinimizeLatency));
    let fresh = Asked::AtLeastAsFresh(token.clone());
    assert_eq!(wished(Some(fresh), None, Refused), Ok(Requirement::AtLeastAsFresh(revision)));
    let exact = || Some(Asked::AtExactRevision(token.clone()));
    assert_eq!(wished(exact(), None, Answered), Ok(Requirement::AtExactRevision(revision)));
    assert_eq!(fields(wished(exact(), None, Refused)), ["consistency.at_exact_revision"]);
    assert_eq!(fields(wished(exact(), Some(1), Answered)), ["consistency.max_staleness"]);
    let empty = Asked::AtLeastAsFresh(String::new());
    assert_eq!(
        fields(wished(Some(empty), Some(-1), Refused)),
        ["consistency.at_least_as_fresh", "consistency.max_staleness"]
    );
    assert_eq!(fields(wished(Some(Asked::FullyConsistent(false)), None, Refused)), ["consistency.fully_consistent"]);
}

#[test]
fn a_page_is_refused_with_every_violation_at_once() {
    let request = v1::ListRolesRequest {
        page_size: -1,
        order_by: "size".to_owned(),
        consistency: Some(v1::Consistency { requirement: Some(Asked::MinimizeLatency(false)), max_staleness: None }),
        ..Default::default()
    };
    let parent = ("parent", owner("x"));
    assert_eq!(
        fields(consistency::list(parent, &request, &tokens(), Violations::default())),
        ["parent", "page_size", "order_by", "consistency.minimize_latency"]
    );
}

#[test]
fn the_application_roles_are_listed_with_a_tenants_only() {
    let view = |parent: &str| {
        let parent = parent.to_owned();
        let request = v1::ListRolesRequest { parent, include_application_roles: true, ..Default::default() };
        let mut violations = Violations::default();
        role::list_view(&request, &mut violations);
        violations.is_empty()
    };
    assert!(view("applications/a/tenants/t"));
    assert!(!view("applications/a"));
}

#[test]
fn a_retry_is_the_same_request_whatever_its_id() {
    let call = |id: &str, parent: &str| {
        let mut request =
            v1::CreateTenantRequest { parent: parent.to_owned(), request_id: id.to_owned(), ..Default::default() };
        let caller = Caller::new(Subject::parse("users/u").unwrap());
        write::call(&mut request, caller, &methods::CREATE_TENANT, &mut Violations::default())
    };
    assert_eq!(call("1", "applications/a").request_hash, call("2", "applications/a").request_hash);
    assert_ne!(call("1", "applications/a").request_hash, call("1", "applications/b").request_hash);
    assert_eq!(call("1", "applications/a").request_id, "1");
}

#[test]
fn what_a_write_says_about_itself_is_bounded() {
    let mut request = v1::DeleteRoleRequest {
        request_id: "x".repeat(limit::REQUEST_ID_CHARS_MAX + 1),
        reason: "x".repeat(limit::DESCRIPTION_CHARS_MAX + 1),
        ..Default::default()
    };
    let caller = Caller::new(Subject::parse("users/u").unwrap());
    let mut violations = Violations::default();
    write::call(&mut request, caller, &methods::DELETE_ROLE, &mut violations);
    let refused = fields(role::delete_role(request, violations));
    assert_eq!(refused, ["request_id", "reason", "name"]);
}
