//! The people of a matrix spread over tenants, one of which is deleted and later created again; and everything that
//! can be asked about there.

use serde_json::{Value, json};

use super::APPLICATION;
use super::cut::{self, Home, Kind, Place};
use super::decomposition::{Block, Decomposition};
use super::exam::About;
use super::matrix::Matrix;
use crate::import_export::transfer;

/// In `west` nobody lives; `gone` is deleted.
const TENANTS: &[&str] = &["north", "south", "east", "west", "gone"];
/// What a custom boundary says.
pub(super) const CUSTOM_VALUE: &str = "ask the head of the ward";
/// The boundaries of the town: the id, and what it means. No id: the role has none.
pub(super) const BOUNDARIES: &[(&str, Kind)] = &[
    ("", Kind::Unset),
    ("application", Kind::Application),
    ("tenant", Kind::Tenant),
    ("self", Kind::SelfOnly),
    ("in-two", Kind::Including(&["gone", "south"])),
    ("in-gone", Kind::Including(&["gone"])),
    ("in-none", Kind::Including(&[])),
    ("but-two", Kind::Excluding(&["gone", "north"])),
    ("but-none", Kind::Excluding(&[])),
    ("custom", Kind::Custom),
];
/// Where the people live, one after the other: in one tenant, in two, in none. The last one left all tenants.
const HOMES: &[&[&str]] =
    &[&["north"], &["south"], &["east"], &["north", "south"], &[], &["gone"], &["east", "gone"], &[]];
/// Who of them never had a tenant.
const APPLICATION_LEVEL: usize = 4;

/// What has happened to the tenant that is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Before,
    Deleted,
    CreatedAgain,
}

impl Moment {
    /// The tenants that live, each as it is now.
    pub(super) fn live(self) -> Vec<&'static str> {
        let as_it_is = |tenant: &&'static str| match (*tenant, self) {
            ("gone", Self::Deleted) => None,
            ("gone", Self::CreatedAgain) => Some("gone again"),
            (tenant, _) => Some(tenant),
        };
        TENANTS.iter().filter_map(as_it_is).collect()
    }

    /// Where the user lives who stands at this place in the matrix.
    pub(super) fn home_of_user(self, user: usize) -> Home {
        let joined = HOMES[user % HOMES.len()].iter().copied();
        let (tenants, former) = joined.partition(|tenant| self.live().contains(tenant));
        Home { tenants, former, application_level: user % HOMES.len() == APPLICATION_LEVEL, user: Some(user) }
    }

    /// Everything that there is to ask about; without a place it is who asks.
    pub(super) fn targets(self, matrix: &Matrix) -> Vec<(About, Option<Place>)> {
        let of_tenants = TENANTS.iter().flat_map(|tenant| self.targets_in(tenant));
        let people = (0..HOMES.len()).map(|user| (matrix.name_of_user(user), Place::At(self.home_of_user(user))));
        let named = elsewhere().into_iter().map(|(name, place)| (name.to_owned(), place)).chain(people);
        let special = [(About::Nothing, Some(Place::Unnamed)), (About::Itself, None)];
        let named = named.map(|(name, place)| (About::Resource(name), Some(place)));
        special.into_iter().chain(of_tenants).chain(named).collect()
    }

    /// A tenant, and what lives in it: a document, a client, a role of its own.
    fn targets_in(self, tenant: &str) -> Vec<(About, Option<Place>)> {
        let found = self.live().into_iter().find(|live| cut::id(live) == tenant);
        let home = found.map(|live| Place::At(Home { tenants: vec![live], ..Home::default() }));
        let ours = home.clone().unwrap_or(Place::Absent);
        let foreign = home.unwrap_or(Place::Everywhere);
        vec![
            (About::Tenant(tenant.to_owned()), Some(ours.clone())),
            (About::Resource(format!("documents/of-{tenant}")), Some(foreign)),
            (About::Resource(format!("clients/of-{tenant}")), Some(ours.clone())),
            (About::Resource(format!("tenants/{tenant}/roles/own")), Some(ours)),
        ]
    }
}

/// What lives in no tenant, or not here.
fn elsewhere() -> Vec<(&'static str, Place)> {
    let application_level = || Place::At(Home { application_level: true, ..Home::default() });
    vec![
        ("documents/of-none", application_level()),
        ("clients/of-none", application_level()),
        ("documents/lost", Place::At(Home::default())),
        ("documents/unregistered", Place::Everywhere),
        ("applications/m", Place::Everywhere),
        ("roles/r1", Place::Everywhere),
        ("permissionBoundaries/in-two", Place::Everywhere),
        ("applications/other", Place::Absent),
        ("users/of-other", Place::Absent),
        ("users/shared", Place::Absent),
        ("users/nobody", Place::Absent),
        ("groups/of-r2", Place::Absent),
        ("roles/absent", Place::Absent),
    ]
}

/// Whether a privilege is about objects; by its place in the matrix.
pub(super) fn is_object_scoped(privilege: usize) -> bool {
    !privilege.is_multiple_of(3)
}

/// The boundary that a role has where each has another one.
pub(super) fn own_boundary(role: u32) -> (&'static str, Kind) {
    BOUNDARIES[usize::try_from(role).unwrap() % BOUNDARIES.len()]
}

/// The town as an import file: what is referred to stands before what refers to it.
pub(super) fn document(matrix: &Matrix, decomposition: &Decomposition) -> String {
    let mut lines =
        vec![json!({"application": {"id": "m", "catalogue": "STRICT"}}), json!({"application": {"id": "other"}})];
    lines.extend(TENANTS.iter().flat_map(|tenant| lines_of_tenant(tenant)));
    lines.extend(boundaries());
    lines.extend(matrix.privileges().enumerate().map(
        |(place, key)| json!({"privilege": {"application": "m", "key": key, "object_scoped": is_object_scoped(place)}}),
    ));
    lines.extend(people(matrix));
    lines.extend(decomposition.roles.iter().flat_map(lines_of_role));
    transfer::document(lines.iter().map(Value::to_string))
}

/// A tenant and what lives in it.
pub(super) fn lines_of_tenant(tenant: &str) -> Vec<Value> {
    let id = format!("of-{tenant}");
    vec![
        json!({"tenant": {"application": "m", "id": tenant}}),
        json!({"resource": {"application": "m", "kind": "documents", "id": id, "tenant": tenant}}),
        json!({"client": {"application": "m", "id": id, "tenant": tenant}}),
        json!({"role": {"application": "m", "tenant": tenant, "id": "own", "role_name": "own"}}),
    ]
}

fn boundaries() -> impl Iterator<Item = Value> {
    BOUNDARIES.iter().filter_map(|(id, kind)| {
        let (kind, tenants, value) = match kind {
            Kind::Including(tenants) => ("TENANT_INCLUSION_LIST", *tenants, ""),
            Kind::Excluding(tenants) => ("TENANT_EXCLUSION_LIST", *tenants, ""),
            Kind::Custom => ("CUSTOM", &[][..], CUSTOM_VALUE),
            Kind::Unset | Kind::Application | Kind::Tenant | Kind::SelfOnly => return None,
        };
        Some(json!({"permission_boundary": {
            "application": "m", "id": id, "boundary_name": id, "kind": kind, "tenants": tenants, "value": value,
        }}))
    })
}

/// The people of the matrix, others, and what is in no tenant.
fn people(matrix: &Matrix) -> Vec<Value> {
    let mut lines = vec![
        json!({"user": {"id": "shared", "username": "shared"}}),
        json!({"user": {"id": "of-other", "username": "of-other", "application": "other"}}),
        json!({"client": {"id": "of-none", "application": "m"}}),
        json!({"resource": {"application": "m", "kind": "documents", "id": "of-none"}}),
        json!({"resource": {"application": "m", "kind": "documents", "id": "lost", "tenant_level": true}}),
    ];
    lines.extend((0..matrix.users()).map(|user| {
        let name = matrix.name_of_user(user).replace("users/", "");
        let tenants: Vec<String> = HOMES[user % HOMES.len()].iter().map(|tenant| format!("m/{tenant}")).collect();
        let tenant_level = user % HOMES.len() != APPLICATION_LEVEL;
        json!({"user": {
            "id": name, "username": name, "application": "m", "tenants": tenants, "tenant_level": tenant_level,
        }})
    }));
    lines
}

/// A role, and who holds it: of every second one, the members of a group.
fn lines_of_role(block: &Block) -> Vec<Value> {
    let role = format!("r{}", block.number);
    let boundary = Some(own_boundary(block.number).0).filter(|boundary| !boundary.is_empty());
    let mut lines =
        vec![json!({"role": {"application": "m", "id": role, "role_name": role, "permission_boundary": boundary}})];
    lines.extend(block.permissions.iter().map(
        |permission| json!({"role_privilege": {"application": "m", "role": role, "privilege": format!("p{permission}")}}),
    ));
    let holds = |holder: String| json!({"role_assignment": {"holder": holder, "application": "m", "role": role}});
    let users = block.users.iter().map(|user| format!("users/u{user}"));
    if block.number.is_multiple_of(2) {
        let group = format!("of-{role}");
        lines.push(json!({"group": {"id": group, "group_name": group}}));
        lines.extend(users.map(|user| json!({"group_member": {"group": group, "member": user}})));
        lines.push(holds(format!("groups/{group}")));
    } else {
        lines.extend(users.map(holds));
    }
    lines
}

/// The name of a boundary in the API.
pub(super) fn boundary_name(id: &str) -> String {
    if id.is_empty() { String::new() } else { format!("{APPLICATION}/permissionBoundaries/{id}") }
}
