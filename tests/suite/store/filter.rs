//! Filters: every field, equal and containing, and texts that mean something to SQL.

use std::collections::BTreeSet;

use bailiwick::app::port::{Collection, Condition, Field, ListQuery, Order, Store, StoreError};
use bailiwick::domain::fold::fold;
use bailiwick::domain::row::Row;

use super::fresh::Fresh;
use super::{objects, rows};

async fn listed(fresh: &Fresh, collection: &Collection, conditions: &[(Field, bool, &str)]) -> Vec<String> {
    let conditions = conditions
        .iter()
        .map(|(field, contains, value)| Condition { field: *field, contains: *contains, value: (*value).to_owned() })
        .collect();
    let query = ListQuery { collection: collection.clone(), conditions, order: Order::Name, after: None, limit: 100 };
    fresh.store.list(&query).await.unwrap().iter().map(short).collect()
}

fn short(row: &Row) -> String {
    match row {
        Row::Application(row) => row.id.to_string(),
        Row::Tenant(row) => row.id.tenant.to_string(),
        Row::User(row) => row.id.to_string(),
        Row::Client(row) => row.id.to_string(),
        Row::Group(row) => row.id.to_string(),
        Row::GroupMember(row) => row.member.to_string(),
        Row::Privilege(row) => row.id.key.to_string(),
        Row::Role(row) => row.id.to_string().replace("applications/", "").replace("tenants/", "").replace("roles/", ""),
        Row::PrivilegeGroup(row) => row.id.group.to_string(),
        Row::Assignment(row) => format!("{} {}", row.id.holder, row.id.tenant.as_ref().map_or("", |id| id.as_str())),
        Row::Scope(row) => row.id.scope.to_string(),
        Row::TraversalSpec(row) => row.id.spec.to_string(),
        Row::Resource(row) => format!("{}/{}", row.id.kind, row.id.id),
        _ => panic!("not listed: {row:?}"),
    }
}

async fn write(fresh: &Fresh) {
    let mut member = rows::user("member");
    if let Row::User(row) = &mut member {
        (row.application, row.enabled) = (Some(rows::id("a")), false);
    }
    let mut gone = rows::tenant("a", "gone");
    if let Row::Tenant(row) = &mut gone {
        row.live = false;
    }
    let mut again = rows::tenant("a", "again");
    if let Row::Tenant(row) = &mut again {
        row.incarnation = 2;
    }
    let mut written = vec![rows::application("a"), rows::application("A"), rows::tenant("a", "t"), gone, again];
    written.extend([rows::tenant("b", "t"), member, rows::user("other"), rows::user("Third")]);
    written.extend(["t", "gone", "again"].map(|tenant| rows::user_tenant("member", "a", tenant)));
    written.push(rows::user_tenant("Third", "b", "t"));
    written.extend([rows::group("g"), rows::group("h")]);
    written.extend(["read", "Read", "write"].map(|key| rows::privilege("a", key)));
    written.extend(["a/g", "a/h", "a/t/i"].map(rows::privilege_group));
    written.extend(["a/r", "a/s", "a/t/r", "a/t/q"].map(rows::role));
    written.extend([rows::assignment("users/u", "a/r", ""), rows::assignment("groups/g", "a/t/r", "t")]);
    written.push(rows::assignment("clients/u", "a/r", "t"));
    for (application, kind, name, tenant) in
        [("a", "k", "x/1", "t"), ("a", "k", "X/1", ""), ("a", "K", "y", "t"), ("A", "k", "x/1", "t")]
    {
        written.push(rows::resource(application, kind, name, tenant));
    }
    fresh.insert(written).await;
}

/// Clients, members, and users by what they are and hold.
async fn people(fresh: &Fresh) {
    let mut off = rows::client("Off", "A");
    if let Row::Client(row) = &mut off {
        row.enabled = false;
    }
    let more = [
        off,
        rows::client("c", "a"),
        rows::client("d", "a/t"),
        rows::member("g", "users/other"),
        rows::member("g", "clients/c"),
        rows::member("g", "groups/h"),
        rows::assignment("users/other", "a/s", ""),
        rows::assignment("users/other", "a/s", "t"),
        rows::assignment("clients/c", "a/s", ""),
        rows::assignment("users/member", "a/t/q", ""),
    ];
    fresh.insert(more).await;
    let (users, clients, members) = (Collection::Users, Collection::Clients, Collection::Members(vec![rows::id("g")]));
    for (collection, field, contains, value, expected) in [
        (&clients, Field::Id, false, "c", &["c"][..]),
        (&clients, Field::Id, false, "C", &[]),
        (&clients, Field::DisplayName, true, "", &["Off", "c", "d"]),
        (&clients, Field::Application, false, "a", &["c", "d"]),
        (&clients, Field::Tenant, false, "applications/a/tenants/t", &["d"]),
        (&clients, Field::Tenant, false, "nonsense", &[]),
        (&clients, Field::Tenant, true, "tenants/t", &["d"]),
        (&clients, Field::Enabled, false, "false", &["Off"]),
        (&members, Field::MemberType, false, "USER", &["users/other"]),
        (&members, Field::MemberType, false, "CLIENT", &["clients/c"]),
        (&members, Field::MemberType, false, "GROUP", &["groups/h"]),
        (&members, Field::MemberType, false, "APPLICATION", &[]),
        (&users, Field::Id, false, "Third", &["Third"]),
        (&users, Field::Id, false, "third", &[]),
        (&users, Field::Role, false, "applications/a/roles/s", &["other"]),
        (&users, Field::Role, false, "applications/a/tenants/t/roles/q", &["member"]),
        (&users, Field::Role, false, "applications/a/roles/q", &[]),
        (&users, Field::Role, true, "/roles/", &["member", "other"]),
        (&users, Field::Role, false, "nonsense", &[]),
    ] {
        let found = listed(fresh, collection, &[(field, contains, value)]).await;
        assert_eq!(found, expected, "{collection:?} {field:?} {contains} {value:?}");
    }
}

pub(crate) async fn every_field_of_every_collection_is_compared(fresh: Fresh) {
    write(&fresh).await;
    let (a, t) = (rows::id("a"), rows::tenant_id("a", "t"));
    let tenants = Collection::Tenants(a.clone());
    let roles = Collection::TenantRoles(t, true);
    let privileges = Collection::Privileges(a.clone(), BTreeSet::new());
    let sets = Collection::PrivilegeGroups(a.clone(), None, BTreeSet::new());
    let users = Collection::Users;
    for (collection, field, contains, value, expected) in [
        (&Collection::Applications, Field::DisplayName, false, "Application a", &["a"][..]),
        (&Collection::Applications, Field::DisplayName, false, "application a", &[]),
        (&Collection::Applications, Field::DisplayName, true, "tion A", &["A"]),
        (&tenants, Field::DisplayName, false, "Tenant t", &["t"]),
        (&tenants, Field::DisplayName, true, "Tenant", &["again", "t"]),
        (&users, Field::DisplayName, true, "User ", &["Third", "member", "other"]),
        (&users, Field::Username, false, "login-third", &["Third"]),
        (&users, Field::Username, false, "login-Third", &[]),
        (&users, Field::Username, true, "th", &["Third", "other"]),
        (&users, Field::Application, false, "a", &["member"]),
        (&users, Field::Application, false, "", &["Third", "other"]),
        (&users, Field::Enabled, false, "true", &["Third", "other"]),
        (&users, Field::Enabled, false, "false", &["member"]),
        (&users, Field::Enabled, true, "al", &["member"]),
        (&users, Field::Enabled, false, "TRUE", &[]),
        (&users, Field::Tenant, false, "applications/a/tenants/t", &["member"]),
        (&users, Field::Tenant, false, "applications/b/tenants/t", &["Third"]),
        (&users, Field::Tenant, false, "applications/a/tenants/gone", &[]),
        (&users, Field::Tenant, false, "applications/a/tenants/again", &[]),
        (&users, Field::Tenant, false, "nonsense", &[]),
        (&users, Field::Tenant, true, "/tenants/t", &["Third", "member"]),
        (&Collection::Groups, Field::GroupName, false, "group g", &["g"]),
        (&Collection::Groups, Field::GroupName, true, "group", &["g", "h"]),
        (&Collection::Groups, Field::DisplayName, false, "", &["g", "h"]),
        (&privileges, Field::PrivilegeKey, false, "Read", &["Read"]),
        (&privileges, Field::PrivilegeKey, true, "ea", &["Read", "read"]),
        (&sets, Field::GroupName, false, "group g", &["g"]),
        (&sets, Field::GroupName, true, "group", &["g", "h"]),
        (&sets, Field::DisplayName, true, "", &["g", "h"]),
        (&roles, Field::RoleName, false, "role r", &["a/r", "a/t/r"]),
        (&roles, Field::RoleName, true, "q", &["a/t/q"]),
        (&roles, Field::Tenant, false, "applications/a/tenants/t", &["a/t/q", "a/t/r"]),
        (&roles, Field::Tenant, true, "tenants/t", &["a/t/q", "a/t/r"]),
        (&roles, Field::Tenant, false, "", &["a/r", "a/s"]),
        (&roles, Field::DisplayName, true, "", &["a/r", "a/s", "a/t/q", "a/t/r"]),
    ] {
        let found = listed(&fresh, collection, &[(field, contains, value)]).await;
        assert_eq!(found, expected, "{collection:?} {field:?} {contains} {value:?}");
    }
    assignments(&fresh).await;
    let both = [(Field::Enabled, false, "true"), (Field::Username, true, "other")];
    assert_eq!(listed(&fresh, &users, &both).await, ["other"]);
    people(&fresh).await;
}

async fn assignments(fresh: &Fresh) {
    for (field, contains, value, expected) in [
        (Field::Holder, false, "users/u", &["users/u "][..]),
        (Field::Holder, false, "u", &[]),
        (Field::Holder, true, "s/u", &["clients/u t", "users/u "]),
        (Field::Holder, true, "groups/", &["groups/g t"]),
        (Field::HolderType, false, "CLIENT", &["clients/u t"]),
        (Field::HolderType, true, "E", &["clients/u t", "users/u "]),
        (Field::HolderType, false, "user", &[]),
        (Field::Role, false, "applications/a/roles/r", &["clients/u t", "users/u "]),
        (Field::Role, false, "applications/a/tenants/t/roles/r", &["groups/g t"]),
        (Field::Role, true, "/tenants/t/roles", &["groups/g t"]),
        (Field::Role, true, "a/roles/r", &["clients/u t", "users/u "]),
        (Field::Tenant, false, "applications/a/tenants/t", &["clients/u t", "groups/g t"]),
        (Field::Tenant, false, "", &["users/u "]),
        (Field::Tenant, true, "/t", &["clients/u t", "groups/g t"]),
    ] {
        for collection in [Collection::Assignments(None), Collection::Assignments(Some(rows::id("a")))] {
            let mut found = listed(fresh, &collection, &[(field, contains, value)]).await;
            found.sort();
            assert_eq!(found, expected, "{field:?} {contains} {value:?}");
        }
    }
}

pub(crate) async fn every_field_of_resources_is_compared(fresh: Fresh) {
    write(&fresh).await;
    let relations = [
        ("a/k/x/1", "k/X/1"),
        ("a/k/x/1", "K/y"),
        ("a/K/y", "k/X/1"),
        ("A/k/x/1", "k/x/1"),
        ("a/k/not-registered", "k/X/1"),
    ];
    fresh.insert(relations.map(|(child, parent)| objects::parent(child, parent))).await;
    let resources = Collection::Resources(rows::id("a"));
    for (field, contains, value, expected) in [
        (Field::ResourceKind, false, "k", &["k/X/1", "k/x/1"][..]),
        (Field::ResourceKind, true, "k", &["k/X/1", "k/x/1"]),
        (Field::ResourceId, false, "x/1", &["k/x/1"]),
        (Field::ResourceId, true, "/1", &["k/X/1", "k/x/1"]),
        (Field::Tenant, false, "applications/a/tenants/t", &["K/y", "k/x/1"]),
        (Field::Tenant, false, "", &["k/X/1"]),
        (Field::Tenant, true, "a/tenants", &["K/y", "k/x/1"]),
        (Field::ResourceKind, false, "\u{212a}", &[]),
        (Field::ResourceKind, true, "\u{e9}", &[]),
        (Field::ResourceKind, false, "k ", &[]),
        (Field::ResourceId, true, "\u{e9}", &[]),
        (Field::Parent, false, "k/X/1", &["K/y", "k/x/1"]),
        (Field::Parent, false, "K/y", &["k/x/1"]),
        (Field::Parent, false, "k/x/1", &[]),
        (Field::Parent, false, "\u{e9}/x", &[]),
        (Field::Parent, false, "", &[]),
        (Field::Parent, true, "", &["K/y", "k/x/1"]),
        (Field::Parent, true, "K/", &["k/x/1"]),
        (Field::Parent, true, "/X", &["K/y", "k/x/1"]),
        (Field::Parent, true, "\u{e9}", &[]),
    ] {
        assert_eq!(listed(&fresh, &resources, &[(field, contains, value)]).await, expected, "{field:?} {value:?}");
    }
}

pub(crate) async fn every_field_of_scopes_and_traversal_specs_is_compared(fresh: Fresh) {
    let mut other = objects::spec("a/other");
    if let Row::TraversalSpec(row) = &mut other {
        (row.root_adapter_kind, row.root_resource_kind) = (String::new(), "K".to_owned());
    }
    let mut written = vec![objects::spec("a/s"), objects::spec("A/s"), other];
    written.extend(["a/s", "a/t", "A/s"].map(objects::scope));
    for (holder, role, access) in [
        ("users/u", "a/r", (false, "s")),
        ("groups/u", "a/r", (true, "s")),
        ("users/v", "a/r", (false, "S")),
        ("users/w", "A/r", (false, "s")),
        ("users/x", "a/r", (true, "")),
    ] {
        written.push(objects::reaching(holder, role, access));
    }
    fresh.insert(written).await;
    let (scopes, specs) = (Collection::Scopes(rows::id("a")), Collection::TraversalSpecs(rows::id("a")));
    let assignments = Collection::Assignments(None);
    for (collection, field, contains, value, expected) in [
        (&scopes, Field::ScopeName, false, "scope a/s", &["s"][..]),
        (&scopes, Field::ScopeName, false, "Scope a/s", &[]),
        (&scopes, Field::ScopeName, false, "scope A/s", &[]),
        (&scopes, Field::ScopeName, true, "scope", &["s", "t"]),
        (&specs, Field::SpecName, false, "Spec a/s", &["s"]),
        (&specs, Field::SpecName, false, "spec a/s", &[]),
        (&specs, Field::SpecName, true, "Spec", &["other", "s"]),
        (&specs, Field::RootAdapterKind, false, "A", &["s"]),
        (&specs, Field::RootAdapterKind, false, "", &["other"]),
        (&specs, Field::RootAdapterKind, true, "", &["other", "s"]),
        (&specs, Field::RootResourceKind, false, "k", &["s"]),
        (&specs, Field::RootResourceKind, true, "K", &["other"]),
        (&assignments, Field::Scope, false, "applications/a/scopes/s", &["groups/u ", "users/u "]),
        (&assignments, Field::Scope, false, "applications/A/scopes/s", &["users/w "]),
        (&assignments, Field::Scope, false, "s", &[]),
        (&assignments, Field::Scope, false, "", &["users/x "]),
        (&assignments, Field::Scope, true, "/scopes/S", &["users/v "]),
        (&assignments, Field::Scope, true, "/scopes/", &["groups/u ", "users/u ", "users/v ", "users/w "]),
    ] {
        let mut found = listed(&fresh, collection, &[(field, contains, value)]).await;
        found.sort();
        assert_eq!(found, expected, "{collection:?} {field:?} {contains} {value:?}");
    }
}

pub(crate) async fn values_are_matched_literally(fresh: Fresh) {
    let written: Vec<Row> = rows::edges();
    fresh.insert(written.clone()).await;
    let values = rows::NASTY.iter().chain(&["%", "_", "\\", "a%", "*", "?", "'", "\""]);
    for value in values {
        let users = written.iter().filter_map(|row| if let Row::User(row) = row { Some(row) } else { None });
        let mut matching: Vec<String> = users
            .clone()
            .filter(|user| user.display_name.contains(value) && fold(&user.username).contains(&fold(value)))
            .map(|user| user.id.to_string())
            .collect();
        matching.sort();
        let folded = fold(value);
        let conditions = [(Field::DisplayName, true, *value), (Field::Username, true, folded.as_str())];
        assert_eq!(listed(&fresh, &Collection::Users, &conditions).await, matching, "{value:?}");
        let mut equal: Vec<String> =
            users.filter(|user| user.display_name == **value).map(|user| user.id.to_string()).collect();
        equal.sort();
        assert_eq!(listed(&fresh, &Collection::Users, &[(Field::DisplayName, false, value)]).await, equal, "{value:?}");
    }
}

pub(crate) async fn a_field_of_another_collection_is_refused(fresh: Fresh) {
    let condition = Condition { field: Field::Holder, contains: false, value: "users/u".to_owned() };
    let query = ListQuery {
        collection: Collection::Users,
        conditions: vec![condition],
        order: Order::Name,
        after: None,
        limit: 1,
    };
    assert!(matches!(fresh.store.list(&query).await, Err(StoreError::Schema(_))));
}
