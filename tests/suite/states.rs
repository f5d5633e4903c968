//! Random states and random histories of changes in a small world, where everything meets everything.
//!
//! Two applications and the product's own, three tenants in each with the same ids, a dozen subjects, a dozen roles, a
//! dozen resources and what selects some of them.
//! The same id stands for things of several kinds, rows name what is missing, and tenants die and come back.
//! A *careful* state is one that the product's own writes could leave; the others hold rows put in behind its back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a failed test")]

use std::hash::{DefaultHasher, Hash, Hasher};

use bailiwick::domain::boundary::{Boundary, BoundaryKind};
use bailiwick::domain::change::Change;
use bailiwick::domain::id::Id;
use bailiwick::domain::limit::INSTANCES_MAX;
use bailiwick::domain::role::{RoleElement, Visibility};
use bailiwick::domain::row::Row;
use bailiwick::domain::scope::SelectionType;
use bailiwick::engine::{Loader, Snapshot};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::model::Model;

pub(crate) mod build;
pub(crate) mod grid;
mod name;
pub(crate) mod objects;
pub(crate) mod policies;
pub(crate) mod show;

use build::{
    bounds, excludes, gives, gives_all, gives_group, holds_cut, holds_key, identity, joined, member, named, parent,
    reaching, visible,
};
use name::{Name, every_name};

/// The compiled state of some rows.
pub(crate) fn load<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Snapshot {
    let mut loader = Loader::new(7);
    loader.add(rows.into_iter().cloned());
    loader.finish()
}

/// The rows of a state; its `Debug` is one short line for each.
#[derive(Clone)]
pub(crate) struct State(pub(crate) Vec<Row>);

/// A state, and what then happened to it, with the right before-images.
#[derive(Clone)]
pub(crate) struct History {
    pub(crate) start: State,
    pub(crate) revisions: Vec<Vec<Change>>,
}

pub(crate) const TENANTS: &[&str] = &["t1", "t2", "t3"];
pub(crate) const USERS: &[(&str, Option<&str>)] =
    &[("s1", None), ("s2", None), ("a1", Some("a")), ("a2", Some("a")), ("x", Some("a")), ("b1", Some("b"))];
const CLIENTS: &[(&str, &str, Option<&str>)] =
    &[("x", "a", None), ("y", "a", Some("t1")), ("z", "b", None), ("local-administrator", "bailiwick", None)];
pub(crate) const GROUPS: &[&str] = &["g1", "g2", "g3", "x"];
pub(crate) const ROLES: &[&str] = &[
    "a/r1",
    "a/r2",
    "a/r3",
    "a/r4",
    "a/t1/r1",
    "a/t2/r1",
    "b/r1",
    "b/r2",
    "b/t1/r1",
    "bailiwick/r1",
    "bailiwick/administrator",
    "bailiwick/t1/r1",
];
/// Privilege groups; the same id stands for one in several owners.
pub(crate) const PRIVILEGE_GROUPS: &[&str] = &["a/p1", "a/p2", "a/t1/p1", "a/t2/p1", "b/p1", "bailiwick/p1"];
pub(crate) const KEYS: &[&str] = &["read", "readAll", "Read", "re*"];
/// Keys of the classes of which documents can mean who holds a role.
const CLASSED_KEYS: &[&str] = &["users:get", "users:ban", "apps:get"];
/// Keys that are mostly documents.
pub(crate) const DOCUMENTS: &[&str] = &["doc", "users:doc"];
/// A key that nothing names at first: what gives it are patterns that were there before it.
const LATE_KEY: &str = "ready";
const OUR_KEYS: &[&str] = &[
    "bailiwick:permission:check",
    "bailiwick:role:manage-assignments",
    "bailiwick:role:delegate",
    "bailiwick:role-assignment:read",
    "bailiwick:user:read",
    "bailiwick:group:read",
    "bailiwick:nothing",
];
pub(crate) const PATTERNS: &[&str] =
    &["*", "re*", "*All", "*ead", "r*d", "Read", "bailiwick:*", "bailiwick:role:*", "*:user:*", "users:*", "*doc"];

/// Any state.
pub(crate) fn states() -> impl Strategy<Value = State> {
    rows().prop_map(|rows| State(Model::new(rows).rows().cloned().collect()))
}

/// States that the product's own writes could leave, but for references to what is missing.
pub(crate) fn careful_states() -> impl Strategy<Value = State> {
    rows().prop_map(|rows| State(with_levels(&Model::new(rows.into_iter().filter(is_careful)))))
}

/// Any state, and some revisions after it.
pub(crate) fn histories() -> impl Strategy<Value = History> {
    (rows(), vec(vec(edits(), 0..4), 0..7)).prop_map(|(rows, edits)| {
        let mut model = Model::new(rows);
        let start = State(model.rows().cloned().collect());
        let revisions = edits.into_iter().map(|edits| resolve(&mut model, edits)).collect();
        History { start, revisions }
    })
}

/// The rows that a history leaves.
pub(crate) fn rows_after(history: &History) -> Vec<Row> {
    let start = Model::new(history.start.0.clone());
    start.after(history.revisions.iter().flatten()).rows().cloned().collect()
}

/// The same items in another order, one for each seed.
pub(crate) fn shuffled<T: Clone>(items: &[T], seed: u64) -> Vec<T> {
    let mut numbered: Vec<(usize, &T)> = items.iter().enumerate().collect();
    numbered.sort_by_cached_key(|(number, _)| {
        let mut hasher = DefaultHasher::new();
        (seed, number).hash(&mut hasher);
        hasher.finish()
    });
    numbered.into_iter().map(|(_, item)| item.clone()).collect()
}

/// Any row of the small world.
pub(crate) fn any_row() -> impl Strategy<Value = Row> {
    let late = || select(vec!["a", "b", "bailiwick"]).prop_flat_map(|of| Name::Privilege(of, LATE_KEY).row());
    prop_oneof![2 => select(every_name()).prop_flat_map(Name::row), 1 => late(), 7 => relations(), 3 => objects::objects()]
}

/// What somebody did to one row.
#[derive(Clone, Debug)]
enum Edit {
    Put(Box<Row>),
    Remove(Index),
}

fn edits() -> impl Strategy<Value = Edit> {
    prop_oneof![2 => any_row().prop_map(|row| Edit::Put(Box::new(row))), 1 => any::<Index>().prop_map(Edit::Remove)]
}

/// The changes that some edits are in the state that they meet.
fn resolve(model: &mut Model, edits: Vec<Edit>) -> Vec<Change> {
    let mut changes = Vec::new();
    for edit in edits {
        let change = match edit {
            Edit::Put(row) => Change { before: model.get(&row.key()).cloned(), after: Some(*row) },
            Edit::Remove(index) => match model.rows().count() {
                0 => continue,
                rows => Change { before: model.rows().nth(index.index(rows)).cloned(), after: None },
            },
        };
        model.apply(&change);
        changes.push(change);
    }
    changes
}

/// So many that most states allow something and deny something.
const RELATIONS_MAX: usize = 210;
/// So many that most scopes hold something, and not everything.
const OBJECTS: std::ops::RangeInclusive<usize> = 30..=110;

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let things: Vec<_> = every_name().into_iter().map(|name| proptest::option::weighted(0.95, name.row())).collect();
    // Most roles give something, and most people are somewhere.
    let gifts: Vec<_> = ROLES.iter().map(|role| proptest::option::weighted(0.85, gift_of(Just(*role)))).collect();
    let homes: Vec<_> = USERS.iter().map(|user| proptest::option::weighted(0.6, home_of(Just(*user)))).collect();
    let related = (vec(objects::objects(), OBJECTS), vec(relations(), 0..=RELATIONS_MAX));
    (things, gifts, homes, related).prop_map(|(things, gifts, homes, (objects, relations))| {
        [things, gifts, homes].into_iter().flatten().flatten().chain(objects).chain(relations).collect()
    })
}

/// Who issues credentials, and whom they mean; joined, the first and the last pair are the same text.
pub(crate) const ISSUERS: &[&str] = &["i", "i ", "j"];
pub(crate) const KNOWN_AS: &[&str] = &["u1", " u1", "x"];

/// Rows that relate things, and those that say what a role gives.
fn relations() -> impl Strategy<Value = Row> {
    let excluded = (roles(), patterns()).prop_map(|(role, text)| excludes(role, text));
    prop_oneof![4 => home_of(select(USERS)), 1 => excluded, 1 => identities(), 2 => listed_tenants(), 24 => grants()]
}

/// A membership in a tenant.
fn home_of(users: impl Strategy<Value = (&'static str, Option<&'static str>)>) -> impl Strategy<Value = Row> {
    let of = prop_oneof![4 => Just("a"), 1 => Just("b"), 1 => Just("bailiwick")];
    let joins = (users, of, tenants(), incarnations());
    joins.prop_map(|((user, _), of, tenant, number)| joined(user, of, tenant, number))
}

/// Identities of people at issuers of credentials: few, so that one is often given to another.
pub(crate) fn identities() -> impl Strategy<Value = Row> {
    let bearers = select(grid::SUBJECTS.split_at(10).0);
    (select(ISSUERS), select(KNOWN_AS), bearers).prop_map(|(issuer, name, bearer)| identity(issuer, name, bearer))
}

/// Any row that only adds: an assignment, a member, something that a role gives or a group holds, a tenant that may
/// see one, a resource that a scope or an assignment holds.
pub(crate) fn grants() -> impl Strategy<Value = Row> {
    prop_oneof![4 => new_members(), 9 => gifts_of_roles(), 3 => held_keys(), 2 => lists(), 9 => assignments(), 2 => objects::additions(), 2 => policies::assigned_privileges()]
}

/// Another row of a role, a privilege or a privilege group.
pub(crate) fn changes() -> impl Strategy<Value = Row> {
    let changed = |name: &Name| matches!(name, Name::Role(_) | Name::Privilege(..) | Name::PrivilegeGroup(_));
    let names: Vec<Name> = every_name().into_iter().filter(changed).collect();
    select(names).prop_flat_map(Name::row)
}

/// Any key in a privilege group.
pub(crate) fn held_keys() -> impl Strategy<Value = Row> {
    (privilege_groups(), policies::any_key()).prop_map(|(group, key)| holds_key(group, key))
}

/// Privilege groups; those of one application come oftener.
fn privilege_groups() -> impl Strategy<Value = &'static str> {
    prop_oneof![select(PRIVILEGE_GROUPS), select(PRIVILEGE_GROUPS.split_at(4).0)]
}

/// Any member of a group.
pub(crate) fn new_members() -> impl Strategy<Value = Row> {
    (select(GROUPS), members()).prop_map(|(group, name)| member(group, name))
}

/// Anything that adds to a role: a key, a pattern, what a parent gives, what a group holds, a tenant that may see it.
pub(crate) fn gifts_of_roles() -> impl Strategy<Value = Row> {
    let parents = (roles(), select(ROLES)).prop_map(|(role, other)| parent(role, other));
    let groups = (roles(), privilege_groups()).prop_map(|(role, group)| gives_group(role, group));
    prop_oneof![7 => gift_of(roles()), 3 => parents, 3 => groups, 1 => lists()]
}

fn gift_of(role: impl Strategy<Value = &'static str>) -> impl Strategy<Value = Row> {
    (role, policies::any_key(), patterns(), any::<bool>())
        .prop_map(|(role, key, text, one)| if one { gives(role, key) } else { gives_all(role, text) })
}

fn lists() -> impl Strategy<Value = Row> {
    (roles(), tenants(), incarnations()).prop_map(|(role, tenant, number)| visible(role, tenant, number))
}

/// Tenants; the first ones come oftener, so that many share them.
fn tenants() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just("t1"), 3 => Just("t2"), 1 => Just("t3")]
}

/// Roles; those of one application come oftener, so that much meets there.
pub(crate) fn roles() -> impl Strategy<Value = &'static str> {
    prop_oneof![select(ROLES), select(ROLES.split_at(6).0)]
}

fn patterns() -> impl Strategy<Value = &'static str> {
    prop_oneof![6 => select(PATTERNS), 2 => select(KEYS), 1 => select(CLASSED_KEYS)]
}

/// Any assignment of the small world.
pub(crate) fn assignments() -> BoxedStrategy<Row> {
    let tenants = proptest::option::weighted(0.3, tenants());
    let others = (holders(), roles(), tenants, times(), objects::accesses());
    let others = others
        .prop_map(|(holder, role, tenant, times, access)| reaching(holds_cut(holder, role, tenant, times), access));
    let sharers = (select(objects::SHARERS), times(), objects::own_accesses());
    let sharers =
        sharers.prop_map(|((holder, role), times, access)| reaching(holds_cut(holder, role, None, times), access));
    prop_oneof![4 => others, 1 => sharers].boxed()
}

fn members() -> impl Strategy<Value = &'static str> {
    let people = select(grid::SUBJECTS.split_at(10).0);
    let groups = select(vec!["groups/g1", "groups/g2", "groups/g3", "groups/x"]);
    prop_oneof![8 => people, 8 => groups, 1 => Just("applications/a")]
}

fn holders() -> impl Strategy<Value = &'static str> {
    let people = select(grid::SUBJECTS.split_at(10).0);
    let groups = select(vec!["groups/g1", "groups/g2", "groups/g3", "groups/x"]);
    let odd =
        select(vec!["applications/a", "applications/b", "applications/bailiwick", "groups/nobody", "users/nobody"]);
    prop_oneof![8 => people, 5 => groups, 2 => odd]
}

fn times() -> impl Strategy<Value = (Option<i64>, Option<i64>)> {
    let start = prop_oneof![6 => Just(None), 1 => Just(Some(10)), 1 => Just(Some(20))];
    let expire = prop_oneof![6 => Just(None), 1 => Just(Some(10)), 1 => Just(Some(20)), 1 => Just(Some(30))];
    (start, expire)
}

/// Nobody creates an incarnation 0, but rows can be put in behind the product's back.
fn incarnations() -> impl Strategy<Value = u32> {
    prop_oneof![16 => Just(1), 3 => Just(2), 1 => Just(0)]
}

pub(crate) fn boundaries() -> impl Strategy<Value = Boundary> {
    let predefined = select(vec![Boundary::Unset, Boundary::Application, Boundary::Tenant, Boundary::SelfOnly]);
    let own = select(vec!["in", "ex", "in", "ex", "but-none", "custom", "gone"]).prop_map(named);
    prop_oneof![3 => predefined, 2 => own]
}

/// The boundaries of the small world; a role may also name one that is not there.
pub(crate) const BOUNDARIES: &[(&str, BoundaryKind)] = &[
    ("a/in", BoundaryKind::TenantInclusionList),
    ("a/ex", BoundaryKind::TenantExclusionList),
    ("a/but-none", BoundaryKind::TenantExclusionList),
    ("a/custom", BoundaryKind::Custom),
    ("b/in", BoundaryKind::TenantInclusionList),
    ("bailiwick/ex", BoundaryKind::TenantExclusionList),
];

/// A tenant in the list of a boundary.
pub(crate) fn listed_tenants() -> impl Strategy<Value = Row> {
    bounds_of(&["a/in", "a/ex", "a/in", "a/ex", "b/in", "bailiwick/ex"])
}

/// A tenant that a boundary includes.
pub(crate) fn included_tenants() -> impl Strategy<Value = Row> {
    bounds_of(&["a/in", "a/in", "b/in"])
}

/// A tenant that a boundary excludes.
pub(crate) fn excluded_tenants() -> impl Strategy<Value = Row> {
    bounds_of(&["a/ex", "a/ex", "bailiwick/ex"])
}

fn bounds_of(lists: &'static [&'static str]) -> impl Strategy<Value = Row> {
    (select(lists), tenants(), incarnations()).prop_map(|(list, tenant, number)| bounds(list, tenant, number))
}

fn visibilities() -> impl Strategy<Value = Visibility> {
    let rare = select(vec![Visibility::None, Visibility::InclusionList, Visibility::InclusionList, Visibility::Owner]);
    prop_oneof![3 => Just(Visibility::All), 1 => rare]
}

fn usually(weight: f64) -> impl Strategy<Value = bool> {
    proptest::bool::weighted(weight)
}

/// Whether the product itself could have written the row.
fn is_careful(row: &Row) -> bool {
    let home = |user: &str| USERS.iter().find(|(name, _)| *name == user).and_then(|(_, of)| *of);
    match row {
        Row::Tenant(row) => row.incarnation > 0,
        Row::User(row) => row.application.as_ref().map(Id::as_str) == home(row.id.as_str()),
        Row::UserTenant(row) => {
            let own = home(row.user.as_str()).is_none_or(|of| row.tenant.application.as_str() == of);
            row.incarnation > 0 && own
        }
        Row::GroupMember(row) => row.member.collection() != "applications",
        Row::BoundaryTenant(row) => row.incarnation > 0,
        Row::RoleElement(row) => row.incarnation > 0 || !matches!(row.element, RoleElement::VisibleTenant(_)),
        Row::Resource(row) => row.tenant_level || row.tenant.is_none(),
        Row::Privilege(row) => row.document.iter().all(policies::is_careful),
        Row::AssignedPrivilege(row) => {
            home(row.user.as_str()).is_none_or(|of| row.privilege.application.as_str() == of)
        }
        Row::Instance(row) => usize::from(row.id.number) < INSTANCES_MAX,
        Row::Selection(row) => !row.former || row.selection == SelectionType::Unpropagate,
        _ => true,
    }
}

/// The rows, with every user that joined a tenant tenant-level.
fn with_levels(model: &Model) -> Vec<Row> {
    let joined = |id| model.rows().any(|row| matches!(row, Row::UserTenant(member) if member.user == id));
    let mut rows: Vec<Row> = model.rows().cloned().collect();
    for row in &mut rows {
        if let Row::User(user) = row {
            user.tenant_level |= joined(user.id.clone());
        }
    }
    rows
}

/// Whether the row takes something away from a role, a tenant from a boundary, or a resource from an instance.
pub(crate) fn is_exclusion(row: &Row) -> bool {
    match row {
        Row::RoleElement(row) => matches!(row.element, RoleElement::Exclusion(_)),
        Row::BoundaryTenant(row) => row.boundary.boundary.as_str() == "ex",
        Row::Selection(row) => row.selection == SelectionType::Unpropagate,
        _ => false,
    }
}
