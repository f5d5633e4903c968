//! Applications, tenants, users, groups, roles, privileges and assignments: made, read, listed, deleted.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use bailiwick::proto::v1;
use tonic::Code;
use tonic_types::StatusExt;

use super::super::harness::{Server, block_on, on_every_store};
use super::{assign, refusal, role, shop};

#[test]
fn what_was_made_is_read_as_it_was_made() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        shop(&mut clients).await.unwrap();
        let get = v1::GetUserRequest { name: "users/alice".to_owned(), consistency: None };
        let user = clients.directory.get_user(get).await.unwrap().into_inner().user.unwrap();
        assert_eq!(user.tenants, ["applications/shop/tenants/acme"]);
        assert_eq!((user.enabled, user.tenant_level), (Some(true), true));
        assert_eq!(user.created_by, "clients/local-administrator");
        assert!(!user.etag.is_empty() && user.create_time == user.update_time);
        let get = v1::GetTenantRequest { name: "applications/shop/tenants/acme".to_owned(), consistency: None };
        let tenant = clients.application.get_tenant(get).await.unwrap().into_inner().tenant.unwrap();
        assert_eq!(tenant.r#type(), v1::tenant::Type::Standard);
        let get = v1::GetApplicationRequest { name: "applications/shop".to_owned(), consistency: None };
        let application = clients.application.get_application(get).await.unwrap().into_inner().application.unwrap();
        assert_eq!(application.catalogue(), v1::application::Catalogue::Open);
    });
}

#[test]
fn users_me_is_nobody_when_the_caller_is_a_client() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        let get = v1::GetUserRequest { name: "users/me".to_owned(), consistency: None };
        let answer = clients.directory.get_user(get).await;
        assert_eq!(refusal(answer), (Code::NotFound, "NOT_FOUND".to_owned()));
    });
}

#[test]
fn a_role_is_found_shown_and_changed() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        shop(&mut clients).await.unwrap();
        let made = role(&mut clients, "Clerk", &["order:read", "order:list"]).await.unwrap().role.unwrap();
        assert_eq!(made.privileges, ["order:list", "order:read"]);
        let lookup = v1::LookupRoleRequest {
            parent: "applications/shop".to_owned(),
            role_name: "CLERK".to_owned(),
            consistency: None,
        };
        let found = clients.role.lookup_role(lookup).await.unwrap().into_inner().role.unwrap();
        assert_eq!(found, made);
        let name = made.name.clone();
        let add = v1::AddRolePrivilegesRequest {
            name: name.clone(),
            privileges: vec!["order:delete".to_owned()],
            etag: made.etag.clone(),
            ..Default::default()
        };
        let added = clients.role.add_role_privileges(add.clone()).await.unwrap().into_inner();
        assert_eq!(added.privileges, ["order:delete", "order:list", "order:read"]);
        assert_ne!(added.etag, made.etag);
        let stale = clients.role.add_role_privileges(add).await;
        assert_eq!(refusal(stale), (Code::Aborted, "ETAG_MISMATCH".to_owned()));
        let list = v1::ListRolePrivilegesRequest { name, page_size: 2, ..Default::default() };
        let page = clients.role.list_role_privileges(list.clone()).await.unwrap().into_inner();
        assert_eq!(page.privileges, ["order:delete", "order:list"]);
        let next = v1::ListRolePrivilegesRequest { page_token: page.next_page_token, ..list };
        let page = clients.role.list_role_privileges(next).await.unwrap().into_inner();
        assert_eq!((page.privileges, page.next_page_token), (vec!["order:read".to_owned()], String::new()));
    });
}

#[test]
fn a_list_shows_as_much_of_a_role_as_was_asked_for() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        shop(&mut clients).await.unwrap();
        role(&mut clients, "clerk", &["order:read"]).await.unwrap();
        let list = |view: v1::RoleView| v1::ListRolesRequest {
            parent: "applications/shop".to_owned(),
            view: view.into(),
            ..Default::default()
        };
        let basic = clients.role.list_roles(list(v1::RoleView::Basic)).await.unwrap().into_inner().roles;
        let full = clients.role.list_roles(list(v1::RoleView::Full)).await.unwrap().into_inner().roles;
        assert_eq!(basic.iter().map(|role| role.privileges.len()).collect::<Vec<_>>(), [0]);
        assert_eq!(full.iter().map(|role| role.privileges.len()).collect::<Vec<_>>(), [1]);
    });
}

#[test]
fn keys_that_differ_only_by_case_are_warned_of_once() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        shop(&mut clients).await.unwrap();
        let register = |keys: &[&str]| v1::BatchRegisterPrivilegesRequest {
            parent: "applications/shop".to_owned(),
            privileges: keys.iter().map(|&key| v1::Privilege { key: key.to_owned(), ..Default::default() }).collect(),
            ..Default::default()
        };
        let first = clients.privilege.batch_register_privileges(register(&["Read"])).await.unwrap().into_inner();
        assert_eq!(first.warnings, []);
        let both = register(&["Read", "read", "write"]);
        let second = clients.privilege.batch_register_privileges(both.clone()).await.unwrap().into_inner();
        assert_eq!(second.privileges.len(), 3);
        let warned: Vec<_> = second.warnings.iter().map(|w| (w.key.as_str(), w.twin_key.as_str())).collect();
        assert_eq!(warned, [("read", "Read")]);
        let again = clients.privilege.batch_register_privileges(both).await.unwrap().into_inner();
        assert_eq!(again.warnings, []);
        let name = "applications/shop/privileges/bailiwick:role:read".to_owned();
        let get = v1::GetPrivilegeRequest { name, consistency: None };
        let own = clients.privilege.get_privilege(get).await.unwrap().into_inner().privilege.unwrap();
        assert_eq!(own.kind(), v1::privilege::Kind::Predefined);
    });
}

#[test]
fn roles_are_assigned_whole_or_in_part_and_failures_keep_their_index() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        shop(&mut clients).await.unwrap();
        role(&mut clients, "clerk", &["order:read"]).await.unwrap();
        let some = assign(&["clerk", "clerk", "nothing", "clerk", "void"]);
        let whole = clients.assignment.assign_roles(some.clone()).await.unwrap_err();
        assert_eq!(whole.code(), Code::NotFound);
        let items = whole.get_details_bad_request().unwrap().field_violations;
        let items: Vec<_> = items.iter().map(|item| item.field.as_str()).collect();
        assert_eq!(items, ["roles[2]", "roles[4]"]);
        let part = v1::AssignRolesRequest { allow_partial: true, ..some };
        let part = clients.assignment.assign_roles(part).await.unwrap().into_inner();
        let failed: Vec<_> = part.failures.iter().map(|failure| (failure.index, failure.role.as_str())).collect();
        assert_eq!(failed, [(2, "applications/shop/roles/nothing"), (4, "applications/shop/roles/void")]);
        let made: Vec<_> = part.assignments.iter().map(|made| (made.role.as_str(), made.active)).collect();
        assert_eq!(made, [("applications/shop/roles/clerk", true)]);
        let list = v1::ListRoleAssignmentsRequest {
            parent: "applications/-".to_owned(),
            filter: "subject = \"users/alice\"".to_owned(),
            ..Default::default()
        };
        let listed = clients.assignment.list_role_assignments(list).await.unwrap().into_inner().assignments;
        assert_eq!(listed, part.assignments);
        let take = v1::UnassignRolesRequest {
            application: "applications/shop".to_owned(),
            subject: "users/alice".to_owned(),
            roles: vec!["applications/shop/roles/clerk".to_owned(), "applications/shop/roles/void".to_owned()],
            ..Default::default()
        };
        let taken = clients.assignment.unassign_roles(take).await.unwrap().into_inner();
        assert_eq!(taken.removed_count, 1);
    });
}

#[test]
fn members_are_counted_as_they_come_and_go() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        shop(&mut clients).await.unwrap();
        let group = v1::Group { group_name: "Staff".to_owned(), ..Default::default() };
        let create = v1::CreateGroupRequest { group_id: "staff".to_owned(), group: Some(group), ..Default::default() };
        clients.directory.create_group(create).await.unwrap();
        let members = vec!["users/alice".to_owned(), "users/alice".to_owned()];
        let (name, some) = ("groups/staff".to_owned(), Default::default);
        let add = v1::AddGroupMembersRequest { name: name.clone(), members: members.clone(), ..some() };
        let added = clients.directory.add_group_members(add.clone()).await.unwrap().into_inner().added_count;
        let again = clients.directory.add_group_members(add).await.unwrap().into_inner().added_count;
        assert_eq!((added, again), (1, 0));
        let remove = v1::RemoveGroupMembersRequest { name, members, ..Default::default() };
        let removed = clients.directory.remove_group_members(remove).await.unwrap().into_inner().removed_count;
        assert_eq!(removed, 1);
    });
}

#[test]
fn a_retry_is_answered_as_the_first_call_was() {
    let server = Server::start();
    block_on(async {
        let mut clients = server.clients().await;
        let create = |name: &str| v1::CreateApplicationRequest {
            application: Some(v1::Application { display_name: name.to_owned(), ..Default::default() }),
            request_id: "once".to_owned(),
            ..Default::default()
        };
        let first = clients.application.create_application(create("a")).await.unwrap().into_inner();
        let retry = clients.application.create_application(create("a")).await.unwrap().into_inner();
        assert_eq!(first.application, retry.application, "the id that was made is kept");
        let other = clients.application.create_application(create("b")).await;
        assert_eq!(refusal(other), (Code::InvalidArgument, "REQUEST_ID_REUSED".to_owned()));
        let name = first.application.unwrap().name;
        let delete = v1::DeleteApplicationRequest { name, ..Default::default() };
        clients.application.delete_application(delete).await.unwrap();
        let late = clients.application.create_application(create("a")).await;
        assert_eq!(refusal(late), (Code::NotFound, "NOT_FOUND".to_owned()));
    });
}

#[test]
fn the_server_says_what_it_is() {
    on_every_store(|server| {
        block_on(async {
            let mut clients = server.clients().await;
            let info = clients.server.get_server_info(v1::GetServerInfoRequest::default()).await.unwrap().into_inner();
            let kind = match server.config.database.url.split_once(':').unwrap().0 {
                "sqlite" => v1::DatabaseKind::Sqlite,
                "mysql" => v1::DatabaseKind::Mariadb,
                _ => v1::DatabaseKind::Postgresql,
            };
            assert_eq!(info.database_kind(), kind);
            assert!(!info.version.is_empty() && !info.store_id.is_empty() && info.start_time.is_some());
            let counts: Vec<_> = info.counts.iter().map(|count| (count.kind.as_str(), count.count)).collect();
            assert!(counts.is_sorted());
            assert!(counts.contains(&("role_assignments", 1)));
        });
    });
}
