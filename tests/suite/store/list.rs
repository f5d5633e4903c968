//! Lists: every collection, both orders, pages of any size.

use std::collections::BTreeSet;

use bailiwick::app::port::{Collection, ListQuery, Order, Store};
use bailiwick::domain::change::Change;
use bailiwick::domain::id::PrivilegeKey;
use bailiwick::domain::name::Subject;
use bailiwick::domain::row::Row;
use bailiwick::domain::time::Time;

use super::fresh::{Fresh, by_key};
use super::{objects, rows};

/// The last part of the name by which a row is listed, and what stands before it.
fn name(row: &Row) -> (String, String) {
    match row {
        Row::Application(row) => (String::new(), row.id.to_string()),
        Row::Tenant(row) => (String::new(), row.id.tenant.to_string()),
        Row::User(row) => (String::new(), row.id.to_string()),
        Row::Client(row) => (String::new(), row.id.to_string()),
        Row::Group(row) => (String::new(), row.id.to_string()),
        Row::Role(row) => {
            (row.id.tenant.as_ref().map(ToString::to_string).unwrap_or_default(), row.id.role.to_string())
        }
        Row::Privilege(row) => (String::new(), row.id.key.to_string()),
        Row::PrivilegeGroup(row) => (String::new(), row.id.group.to_string()),
        Row::Assignment(row) => (row.id.role.application.to_string(), row.id.name_id().to_string()),
        // As the domain orders the kinds of subjects.
        Row::GroupMember(row) => {
            let kind = ["users", "clients", "groups"].iter().position(|kind| *kind == row.member.collection());
            (kind.unwrap().to_string(), row.member.id().to_string())
        }
        Row::Boundary(row) => (String::new(), row.id.boundary.to_string()),
        Row::Scope(row) => (String::new(), row.id.scope.to_string()),
        Row::TraversalSpec(row) => (String::new(), row.id.spec.to_string()),
        Row::Resource(row) => (row.id.kind.to_string(), row.id.id.to_string()),
        _ => panic!("not listed: {row:?}"),
    }
}

fn made(row: &Row) -> Time {
    row.stamp().map_or_else(Time::default, |stamp| stamp.created_at)
}

fn is_in(row: &Row, collection: &Collection) -> bool {
    match (collection, row) {
        (Collection::Applications, Row::Application(_))
        | (Collection::Users, Row::User(_))
        | (Collection::Clients, Row::Client(_))
        | (Collection::Groups, Row::Group(_))
        | (Collection::Assignments(None), Row::Assignment(_)) => true,
        (Collection::Members(ids), Row::GroupMember(row)) => ids.contains(&row.group),
        (Collection::Tenants(id), Row::Tenant(row)) => row.id.application == *id && row.live,
        (Collection::RolesOfApplication(id), Row::Role(row)) => row.id.application == *id,
        (Collection::ApplicationRoles(id), Row::Role(row)) => row.id.application == *id && row.id.tenant.is_none(),
        (Collection::TenantRoles(tenant, application_roles), Row::Role(row)) => {
            row.id.application == tenant.application
                && (row.id.tenant.as_ref() == Some(&tenant.tenant) || *application_roles && row.id.tenant.is_none())
        }
        (Collection::Privileges(id, keys), Row::Privilege(row)) => {
            row.id.application == *id && (keys.is_empty() || keys.contains(&row.id.key))
        }
        (Collection::PrivilegeGroups(id, tenant, ids), Row::PrivilegeGroup(row)) => {
            let owned = row.id.application == *id && row.id.tenant == *tenant;
            owned && (ids.is_empty() || ids.contains(&row.id.group))
        }
        (Collection::Assignments(Some(id)), Row::Assignment(row)) => row.id.role.application == *id,
        (Collection::AssignmentsOf(id, holders), Row::Assignment(row)) => {
            id.as_ref().is_none_or(|id| row.id.role.application == *id) && holders.contains(&row.id.holder)
        }
        (Collection::Boundaries(id), Row::Boundary(row)) => row.id.application == *id,
        (Collection::Resources(id), Row::Resource(row)) => row.id.application == *id,
        (Collection::Scopes(id), Row::Scope(row)) => row.id.application == *id,
        (Collection::TraversalSpecs(id), Row::TraversalSpec(row)) => row.id.application == *id,
        _ => false,
    }
}

fn collections() -> Vec<Collection> {
    let (a, tenant) = (rows::id("a"), rows::tenant_id("a", "t"));
    let key = |text: &str| PrivilegeKey::parse(text).unwrap();
    let holders: Vec<Subject> = ["users/u", "groups/u", "groups/none", "applications/u", "users/z", "users/y-1"]
        .map(|name| Subject::parse(name).unwrap())
        .into();
    vec![
        Collection::Applications,
        Collection::Tenants(a.clone()),
        Collection::Users,
        Collection::Clients,
        Collection::Groups,
        Collection::Members(vec![rows::id("g")]),
        Collection::RolesOfApplication(a.clone()),
        Collection::ApplicationRoles(a.clone()),
        Collection::TenantRoles(tenant.clone(), false),
        Collection::TenantRoles(tenant, true),
        Collection::Privileges(a.clone(), BTreeSet::new()),
        Collection::Privileges(a.clone(), ["case", "Case", "trailing", "absent"].into_iter().map(key).collect()),
        Collection::PrivilegeGroups(a.clone(), None, BTreeSet::new()),
        Collection::PrivilegeGroups(a.clone(), Some(rows::id("t")), BTreeSet::new()),
        Collection::PrivilegeGroups(a.clone(), None, ["my", "mY", "mz", "mZ", "gone"].map(rows::id).into()),
        Collection::Boundaries(a.clone()),
        Collection::Resources(a.clone()),
        Collection::Scopes(a.clone()),
        Collection::TraversalSpecs(a.clone()),
        Collection::AssignmentsOf(Some(a.clone()), holders.clone()),
        Collection::AssignmentsOf(None, holders),
        Collection::Assignments(Some(a)),
        Collection::Assignments(None),
    ]
}

/// Things of every listed kind; some were made at the same instant, and none in the order of their names.
fn things() -> Vec<Row> {
    let mut things = rows::edges();
    for (index, name) in ["z", "Z", "y-1", "y.1", "y", "x", "0", "w~", "w"].iter().enumerate() {
        let mut group = rows::group(&format!("more-{name}"));
        let mut set = rows::privilege_group(&format!("a/m{name}"));
        if let Row::PrivilegeGroup(row) = &mut set {
            row.group_name = format!("set {index}");
        }
        let mut privilege = rows::privilege("a", &format!("\u{1f600}{name}"));
        let mut roles = [rows::role(&format!("a/m{name}")), rows::role(&format!("a/t/m{name}"))];
        // Folded, these two are the same.
        for (row, text) in roles.iter_mut().zip(["one", "two"]) {
            if let Row::Role(row) = row {
                row.role_name = format!("{text} {index}");
            }
        }
        if let Row::Group(row) = &mut group {
            row.group_name = format!("more {index}");
        }
        let mut scope = objects::scope(&format!("a/m{name}"));
        if let Row::Scope(row) = &mut scope {
            row.scope_name = format!("more {index}");
        }
        let mut rows = vec![
            scope,
            objects::spec(&format!("a/m{name}")),
            group,
            privilege.clone(),
            rows::tenant("a", &format!("m{name}")),
            set,
        ];
        rows.extend(roles);
        rows.push(rows::client(&format!("more-{name}"), "a"));
        rows.push(rows::assignment(&format!("users/{name}"), "a/r", ""));
        rows.push(rows::resource("a", "k", &format!("more/{name}"), ""));
        rows.push(rows::resource("a", &format!("k{}", name.replace('-', ".")), "x", "t"));
        privilege = rows::privilege("A", name);
        rows.push(privilege);
        for row in &mut rows {
            row.stamp_mut().unwrap().created_at =
                Time::from_micros(-5_000_000 + i64::try_from(index % 3).unwrap()).unwrap();
        }
        things.extend(rows);
    }
    things
}

async fn pages(fresh: &Fresh, collection: &Collection, order: Order, limit: usize) -> Vec<Row> {
    let mut listed: Vec<Row> = Vec::new();
    loop {
        let after = listed.last().map(|row| (made(row), row.key()));
        let query = ListQuery { collection: collection.clone(), conditions: Vec::new(), order, after, limit };
        let page = fresh.store.list(&query).await.unwrap();
        assert!(page.len() <= limit);
        let last = page.len() < limit;
        listed.extend(page);
        if last {
            return listed;
        }
    }
}

pub(crate) async fn every_collection_is_listed_in_both_orders_at_every_page_size(fresh: Fresh) {
    let written = by_key(things());
    fresh.insert(written.values().cloned()).await;
    for collection in collections() {
        let mut by_name: Vec<Row> = written.values().filter(|row| is_in(row, &collection)).cloned().collect();
        assert!(by_name.len() > 2, "{collection:?}");
        by_name.sort_by_key(name);
        let mut by_time = by_name.clone();
        by_time.sort_by_key(made);
        for limit in [1, 2, 5, 16, 1_000] {
            assert_eq!(pages(&fresh, &collection, Order::Name, limit).await, by_name, "{collection:?} by {limit}");
            // A member has no time, and the roles of a whole application are not listed by theirs.
            if matches!(collection, Collection::Members(_) | Collection::RolesOfApplication(_)) {
                continue;
            }
            let listed = pages(&fresh, &collection, Order::CreateTime, limit).await;
            assert_eq!(listed, by_time, "{collection:?} by {limit}");
        }
    }
}

/// What is there all the time is listed once, whatever comes and goes around it.
pub(crate) async fn pages_survive_writes_in_between(fresh: Fresh) {
    let steady: Vec<Row> = (0..20).map(|index| rows::user(&format!("s{index:02}"))).collect();
    let fleeting: Vec<Row> = (0..20).map(|index| rows::user(&format!("s{index:02}-"))).collect();
    fresh.insert(steady.clone()).await;
    for (order, limit) in [(Order::Name, 1), (Order::Name, 5), (Order::CreateTime, 2), (Order::CreateTime, 16)] {
        let mut listed: Vec<Row> = Vec::new();
        let mut there = false;
        loop {
            let change = if there { Change::delete } else { Change::insert };
            fresh.write(fleeting.iter().cloned().map(change).collect()).await.unwrap();
            there = !there;
            let after = listed.last().map(|row| (made(row), row.key()));
            let query = ListQuery { collection: Collection::Users, conditions: Vec::new(), order, after, limit };
            let page = fresh.store.list(&query).await.unwrap();
            let last = page.len() < limit;
            listed.extend(page);
            if last {
                break;
            }
        }
        if there {
            fresh.write(fleeting.iter().cloned().map(Change::delete).collect()).await.unwrap();
        }
        let seen: Vec<Row> = listed.iter().filter(|row| steady.contains(row)).cloned().collect();
        assert_eq!(seen, steady, "{order:?} by {limit}");
    }
}
