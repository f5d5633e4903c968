//! What happens in one tenant is nothing to the others.

use bailiwick::domain::assignment::ObjectAccess;
use bailiwick::domain::boundary::{Boundary, BoundaryTenant};
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{cases, changed, load, put};
use crate::states;
use crate::states::State;
use crate::states::build::{
    assigned, below, bounds, client, excludes, gives, gives_all, gives_group, holds_cut, holds_key, instance, joined,
    member, of_scope, parent, privilege_group, propagates, reaching, resource, role, scope, scoped, tenant, tenant_id,
    user, visible,
};

/// The people of a tenant that no state of the small world knows.
const PEOPLE: &[&str] = &["users/new1", "users/new2", "clients/new3"];
const OWN_ROLES: &[&str] = &["a/new/r1", "a/new/r2"];
/// Roles that its people may be given.
const ALL_ROLES: &[&str] = &["a/new/r1", "a/new/r2", "a/r1", "a/r2", "a/t1/r1", "bailiwick/r1"];

/// Everything that a tenant brings along: itself, its people, its roles, and what its people hold.
fn new_tenant() -> impl Strategy<Value = Vec<Row>> {
    let things = [
        tenant("a", "new", 1, true),
        user("new1", Some("a"), true, true),
        user("new2", None, true, true),
        client("new3", "a", Some("new"), true),
        joined("new1", "a", "new", 1),
        joined("new2", "a", "new", 1),
        resource("a", "invoice/new", Some("new"), true),
        resource("a", "folder/new", Some("new"), true),
        below("a", "invoice/new", "folder/new"),
        scope("a/new"),
        instance(&of_scope("a/new"), 0, None),
        propagates(&of_scope("a/new"), 0, "folder/new"),
        privilege_group("a/new/p1", true),
    ];
    let roles = OWN_ROLES.iter().map(|name| states::boundaries().prop_map(|boundary| own_role(name, boundary)));
    let accesses = select(vec![ObjectAccess::ALL, ObjectAccess::OWN, scoped("new"), scoped("s1")]);
    let relations = prop_oneof![
        (select(OWN_ROLES), select(states::KEYS)).prop_map(|(role, key)| gives(role, key)),
        (select(OWN_ROLES), select(states::PATTERNS)).prop_map(|(role, text)| gives_all(role, text)),
        (select(OWN_ROLES), select(states::PATTERNS)).prop_map(|(role, text)| excludes(role, text)),
        (select(OWN_ROLES), select(ALL_ROLES)).prop_map(|(role, other)| parent(role, other)),
        (select(states::GROUPS), select(PEOPLE)).prop_map(|(group, name)| member(group, name)),
        (select(PEOPLE), select(ALL_ROLES), proptest::option::of(Just("new")), accesses)
            .prop_map(|(holder, role, cut, access)| reaching(holds_cut(holder, role, cut, (None, None)), access)),
        (select(PEOPLE), select(ALL_ROLES)).prop_map(|(holder, role)| assigned(holder, role, "folder/new")),
        (select(OWN_ROLES), select(&["a/new/p1", "a/p1"][..])).prop_map(|(role, group)| gives_group(role, group)),
        select(states::KEYS).prop_map(|key| holds_key("a/new/p1", key)),
        Just(visible("a/r2", "new", 1)),
        Just(bounds("a/ex", "new", 1)),
        Just(bounds("a/in", "new", 1)),
    ];
    (roles.collect::<Vec<_>>(), vec(relations, 0..15))
        .prop_map(move |(roles, relations)| things.iter().cloned().chain(roles).chain(relations).collect())
}

fn own_role(name: &str, boundary: Boundary) -> Row {
    role(name, boundary, Visibility::Owner)
}

/// Whether a boundary includes a tenant that lives already. The first one gives its roles something to act on, and then a
/// question without a target is rightly answered in another way.
fn includes_something(State(rows): &State, boundary: &Row) -> bool {
    let Row::BoundaryTenant(boundary) = boundary else { return true };
    let lives = |listed: &BoundaryTenant| {
        let id = tenant_id(listed.boundary.application.as_str(), listed.tenant.as_str());
        rows.iter().any(
            |row| matches!(row, Row::Tenant(row) if row.live && row.id == id && row.incarnation == listed.incarnation),
        )
    };
    let mut listed = rows.iter().filter_map(|row| if let Row::BoundaryTenant(row) = row { Some(row) } else { None });
    listed.any(|listed| listed.boundary == boundary.boundary && lives(listed))
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn m8_loading_a_tenant_changes_nothing_in_another(state in states::states(), mut rows in new_tenant()) {
        let before = load(&state.0);
        rows.retain(|row| states::is_exclusion(row) || includes_something(&state, row));
        prop_assert_eq!(changed(&before, &put(&before, &state.0, rows)), None);
    }
}
