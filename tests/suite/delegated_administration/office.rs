//! The office: people of two branches and of none, apps, groups, and roles that have the documents in every way.
//!
//! Who has what is drawn by a seed, so it is the same each time.

use bailiwick::domain::boundary::{Boundary, BoundaryKind};
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;

use super::catalogue;
use super::documents::{DEPARTMENTS, THINGS, documents};
use crate::access_matrix::exam::Random;
use crate::model::Model;
use crate::states::build::{
    application, boundary, bounds, client, document, excludes, gives, gives_all, gives_group, group, has_itself, holds,
    holds_cut, holds_key, joined, member, named, parent, privilege, privilege_group, resource, role, tenant, user,
};

pub(super) const APPLICATION: &str = "desk";
/// 2026-01-01. What begins or ends does so long before or long after, for servers have a clock.
pub(super) const NOW: i64 = 1_767_225_600_000_000;
const LONG_AGO: i64 = 1_577_836_800_000_000;
const IN_LONG: i64 = 4_102_444_800_000_000;

const USERS: usize = 20;
const CLIENTS: usize = 5;
const DESKS: usize = 20;
const BRANCHES: [&str; 2] = ["emea", "apac"];

/// Everything there is, and what can be asked about it.
pub(super) struct Office {
    pub(super) rows: Vec<Row>,
    pub(super) subjects: Vec<String>,
    pub(super) keys: Vec<String>,
    pub(super) targets: Vec<String>,
}

/// The branch of something by its number; every third has none.
fn branch(number: usize) -> Option<&'static str> {
    BRANCHES.get(number % 3).copied()
}

impl Office {
    pub(super) fn new() -> Self {
        let mut rows = vec![application(APPLICATION), application("elsewhere")];
        rows.extend(BRANCHES.map(|name| tenant(APPLICATION, name, 1, true)));
        let keys = catalogue::keys();
        rows.extend(keys.iter().map(|key| {
            // Nobody in a branch hands out privileges.
            privilege(APPLICATION, key, catalogue::is_object_scoped(key), !key.starts_with("privileges:Manage"))
        }));
        rows.extend(documents().into_iter().map(|(key, statements)| document(APPLICATION, &key, statements)));
        rows.extend(
            THINGS.iter().enumerate().map(|(at, name)| resource(APPLICATION, name, branch(at), branch(at).is_some())),
        );
        let random = &mut Random(20_261_122);
        rows.extend(people());
        rows.extend(roles(random));
        rows.extend(departments(random));
        rows.extend(holders(random));
        let rows: Vec<Row> = Model::new(rows).rows().cloned().collect();
        let users = || (0..USERS).map(|number| format!("users/u{number}"));
        let clients = || (0..CLIENTS).map(|number| format!("clients/c{number}"));
        let subjects =
            users().chain(clients()).chain([format!("applications/{APPLICATION}"), "users/stranger".to_owned()]);
        let others =
            ["", "users/stranger", "applications/desk", "tenants/emea", "tenants/apac", "tenants/emea/roles/desk"];
        let others =
            others.into_iter().chain(["roles/sales", "roles/works", "groups/crew0", "privileges/helpdesk-sales"]);
        let others = others.chain(["idp/not-registered", "report/9"]).chain(THINGS.iter().copied());
        let targets = users().chain(clients()).chain(others.map(str::to_owned)).collect();
        let keys = keys.into_iter().chain(["helpdesk".to_owned()]).collect();
        Self { rows, subjects: subjects.collect(), keys, targets }
    }

    /// The office in which nothing is given but by one document, or not even by that; who has any of the roles' documents
    /// has this one.
    pub(super) fn with_document_alone(&self, key: &str, is_given: bool) -> Vec<Row> {
        let mut rows = self.rows.clone();
        rows.retain(|row| match row {
            Row::RoleElement(row) => match &row.element {
                bailiwick::domain::role::RoleElement::Privilege(other) => is_given && other.as_str() == key,
                bailiwick::domain::role::RoleElement::Pattern(_) => is_given && key.starts_with("helpdesk-"),
                _ => true,
            },
            Row::GroupedPrivilege(row) => is_given && row.privilege.as_str() == key,
            Row::AssignedPrivilege(row) => is_given && row.privilege.key.as_str() == key,
            _ => true,
        });
        rows
    }
}

fn people() -> Vec<Row> {
    let mut rows = vec![user("stranger", Some("elsewhere"), false, true)];
    for number in 0..USERS {
        let (name, home) = (format!("u{number}"), branch(number));
        rows.push(user(&name, Some(APPLICATION), home.is_some(), number != USERS - 1));
        rows.extend(home.map(|home| joined(&name, APPLICATION, home, 1)));
    }
    rows.extend((0..CLIENTS).map(|number| {
        let home = branch(number).filter(|_| number > 1);
        client(&format!("c{number}"), APPLICATION, home, number != CLIENTS - 1)
    }));
    rows
}

fn name_of(desk: usize) -> String {
    if desk % 5 == 4 { format!("desk/{}/desk", BRANCHES[desk / 5 % 2]) } else { format!("desk/desk{desk}") }
}

/// Roles that have documents: themselves, by patterns, by a group of privileges and from parents; without what they
/// exclude; within every kind of boundary.
fn roles(random: &mut Random) -> Vec<Row> {
    let all = documents();
    let keys = catalogue::keys();
    let boundaries =
        [Boundary::Application, Boundary::Application, Boundary::Unset, Boundary::Tenant, named("only-apac")];
    let mut rows =
        vec![boundary("desk/only-apac", BoundaryKind::TenantInclusionList), bounds("desk/only-apac", "apac", 1)];
    rows.push(privilege_group("desk/first-line", true));
    rows.extend(["helpdesk", "helpdesk-sales", "viewer", "events:Get"].map(|key| holds_key("desk/first-line", key)));
    for desk in 0..DESKS {
        let name = name_of(desk);
        let visibility = if desk == 7 { Visibility::None } else { Visibility::All };
        let drawn = boundaries[random.below(boundaries.len())].clone();
        rows.push(role(&name, if desk % 2 == 0 { Boundary::Application } else { drawn }, visibility));
        // Each document is had by some desks, and by those that are drawn.
        let had = |at: &usize| [0, 1, 3, 4].iter().any(|more| (at + more) % DESKS == desk);
        rows.extend((0..all.len()).filter(had).map(|at| gives(&name, &all[at].0)));
        rows.push(gives(&name, &all[1 + random.below(all.len() - 1)].0));
        rows.push(gives(&name, &keys[random.below(keys.len())]));
        match desk % 7 {
            1 => rows.push(gives_group(&name, "desk/first-line")),
            2 => rows.push(gives_all(&name, "helpdesk-*")),
            3 => rows.push(parent(&name, "desk/desk0")),
            5 => rows.push(parent(&name, "desk/desk2")),
            _ => {}
        }
        match desk % 6 {
            2 => rows.push(excludes(&name, "users:ResetPassword")),
            3 => rows.push(excludes(&name, "*:Delete")),
            5 => rows.push(excludes(&name, "helpdesk-legal")),
            _ => {}
        }
    }
    rows
}

/// The roles that documents mean, and who has them: directly, through groups, in a branch, not any more and not yet.
fn departments(random: &mut Random) -> Vec<Row> {
    let mut rows = Vec::new();
    for (at, department) in DEPARTMENTS.iter().enumerate() {
        let name = format!("desk/{department}");
        let visibility = if at == 4 { Visibility::None } else { Visibility::All };
        rows.push(role(&name, Boundary::SelfOnly, visibility));
        rows.push(holds(&format!("groups/crew{}", at % 4), &name));
        rows.push(holds(&format!("clients/c{}", random.below(CLIENTS)), &name));
        let mut somebody = || format!("users/u{}", random.below(USERS));
        rows.extend([holds(&somebody(), &name), holds(&somebody(), &name)]);
        rows.push(holds_cut(&somebody(), &name, Some(BRANCHES[at % 2]), (None, None)));
        rows.push(holds_cut(&somebody(), &name, None, (None, Some(LONG_AGO))));
        rows.push(holds_cut(&somebody(), &name, None, (Some(IN_LONG), None)));
        rows.push(holds_cut(&somebody(), &name, None, (Some(LONG_AGO), Some(IN_LONG))));
    }
    rows.push(holds("applications/desk", "desk/works"));
    rows
}

/// Who has the desks, and what people have themselves.
fn holders(random: &mut Random) -> Vec<Row> {
    let mut rows: Vec<Row> = (0..4).map(|number| group(&format!("crew{number}"))).collect();
    rows.extend([member("crew0", "groups/crew1"), member("crew1", "clients/c2")]);
    for number in 0..USERS {
        let name = format!("users/u{number}");
        if number % 2 == 0 {
            rows.push(member(&format!("crew{}", random.below(4)), &name));
        }
        rows.push(holds(&name, &name_of(number % DESKS)));
        let cut = branch(random.below(6));
        rows.push(holds_cut(&name, &name_of(random.below(DESKS)), cut, (None, None)));
    }
    rows.extend([
        holds("groups/crew3", "desk/desk3"),
        holds("clients/c0", "desk/desk1"),
        holds("applications/desk", "desk/desk6"),
    ]);
    rows.push(holds_cut("clients/c1", "desk/desk8", None, (None, Some(LONG_AGO))));
    let all = documents();
    for number in (0..USERS).step_by(2) {
        rows.push(has_itself(&format!("u{number}"), APPLICATION, &all[1 + random.below(all.len() - 1)].0));
    }
    rows.extend([has_itself("u3", APPLICATION, "users:Get"), has_itself("u6", APPLICATION, "apps:List")]);
    rows
}
