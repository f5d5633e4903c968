//! Ids are names and nothing else: another name for everything gives the same answers under the other names.

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::id::Id;
use bailiwick::domain::name::{AssignmentName, BoundaryId, PrivilegeGroupId, RoleId, ScopeId, Subject, TenantId};
use bailiwick::domain::policy::{PolicyDocument, StatementScope};
use bailiwick::domain::privilege::Privilege;
use bailiwick::domain::role::RoleElement;
use bailiwick::domain::row::Row;
use bailiwick::domain::scope::Selector;
use bailiwick::engine::{Check, Target};
use proptest::prelude::*;

use super::{cases, load, shown, told};
use crate::states;
use crate::states::build::id;
use crate::states::grid;
use crate::states::objects::shared;

/// A bijection that changes lengths, orders and which kinds of things share an id.
fn renamed(text: &str) -> String {
    match text {
        "bailiwick" | "administrator" | "all-objects" => text.to_owned(),
        "a" => "b".to_owned(),
        "b" => "a".to_owned(),
        "t1" => "t3".to_owned(),
        "t3" => "t1".to_owned(),
        "x" => "z".to_owned(),
        "z" => "a-rather-longer-name".to_owned(),
        "r1" => "1".to_owned(),
        _ => format!("~{text}"),
    }
}

fn rename(id: &mut Id) {
    *id = states::build::id(&renamed(id.as_str()));
}

fn rename_tenant(tenant: &mut TenantId) {
    rename(&mut tenant.application);
    rename(&mut tenant.tenant);
}

fn rename_role(role: &mut RoleId) {
    rename(&mut role.application);
    role.tenant.iter_mut().for_each(rename);
    rename(&mut role.role);
}

fn rename_group(group: &mut PrivilegeGroupId) {
    rename(&mut group.application);
    group.tenant.iter_mut().for_each(rename);
    rename(&mut group.group);
}

fn rename_subject(subject: &mut Subject) {
    match subject {
        Subject::User(id) | Subject::Client(id) | Subject::Group(id) | Subject::Application(id) => rename(id),
    }
}

fn rename_element(element: &mut RoleElement) {
    match element {
        RoleElement::Parent { tenant, role: id } | RoleElement::PrivilegeGroup { tenant, group: id } => {
            tenant.iter_mut().for_each(rename);
            rename(id);
        }
        RoleElement::VisibleTenant(tenant) => rename(tenant),
        RoleElement::Privilege(_) | RoleElement::Pattern(_) | RoleElement::Exclusion(_) => {}
    }
}

fn rename_boundary(id: &mut BoundaryId) {
    rename(&mut id.application);
    rename(&mut id.boundary);
}

fn rename_scope(id: &mut ScopeId) {
    rename(&mut id.application);
    rename(&mut id.scope);
}

fn rename_selector(selector: &mut Selector) {
    match selector {
        Selector::Scope(id) => rename_scope(id),
        Selector::Assignment(name) => rename_assignment(name),
    }
}

/// The name of an assignment is made of what it is.
fn rename_assignment(name: &mut AssignmentName) {
    let (_, holder, role) = shared().find(|(known, ..)| known == name).unwrap();
    let mut id = states::build::assignment_id(holder, role, None);
    rename_subject(&mut id.holder);
    rename_role(&mut id.role);
    *name = id.name();
}

fn rename_document(document: &mut PolicyDocument) {
    for statement in &mut document.statements {
        for scope in &mut statement.scopes {
            match scope {
                StatementScope::All => {}
                StatementScope::Role(role) => rename(role),
                StatementScope::Resource { kind, id } => *id = renamed_target(Target::Resource { kind, id }).1,
            }
        }
        statement.scopes.sort();
    }
    document.statements.sort();
}

fn rename_privilege(row: &mut Privilege) {
    rename(&mut row.id.application);
    row.document.iter_mut().for_each(rename_document);
}

fn rename_row(row: &mut Row) {
    match row {
        Row::Application(row) => rename(&mut row.id),
        Row::Tenant(row) => rename_tenant(&mut row.id),
        Row::User(row) => {
            rename(&mut row.id);
            row.application.iter_mut().for_each(rename);
        }
        Row::UserTenant(row) => {
            rename(&mut row.user);
            rename_tenant(&mut row.tenant);
        }
        Row::Client(row) => {
            rename(&mut row.id);
            rename(&mut row.application);
            row.tenant.iter_mut().for_each(rename);
        }
        Row::ExternalIdentity(row) => rename_subject(&mut row.bearer),
        Row::Group(row) => rename(&mut row.id),
        Row::GroupMember(row) => {
            rename(&mut row.group);
            rename_subject(&mut row.member);
        }
        Row::Privilege(row) => rename_privilege(row),
        Row::AssignedPrivilege(row) => {
            rename(&mut row.privilege.application);
            rename(&mut row.user);
        }
        Row::PrivilegeGroup(row) => rename_group(&mut row.id),
        Row::GroupedPrivilege(row) => rename_group(&mut row.group),
        Row::Boundary(row) => rename_boundary(&mut row.id),
        Row::BoundaryTenant(row) => {
            rename_boundary(&mut row.boundary);
            rename(&mut row.tenant);
        }
        Row::Role(row) => {
            rename_role(&mut row.id);
            if let Boundary::Named(id) = &mut row.boundary {
                rename(id);
            }
        }
        Row::RoleElement(row) => {
            rename_role(&mut row.role);
            rename_element(&mut row.element);
        }
        Row::Assignment(row) => {
            rename_subject(&mut row.id.holder);
            rename_role(&mut row.id.role);
            row.id.tenant.iter_mut().for_each(rename);
            row.access.scope.iter_mut().for_each(rename);
        }
        Row::Resource(row) => {
            rename(&mut row.id.application);
            row.tenant.iter_mut().for_each(rename);
        }
        Row::ResourceParent(row) => rename(&mut row.child.application),
        Row::TraversalSpec(row) => {
            rename(&mut row.id.application);
            rename(&mut row.id.spec);
        }
        Row::Scope(row) => rename_scope(&mut row.id),
        Row::Instance(row) => {
            rename_selector(&mut row.id.selector);
            row.spec.iter_mut().for_each(rename);
        }
        Row::Selection(row) => rename_selector(&mut row.instance.selector),
        Row::AssignedResource(row) => rename_assignment(&mut row.assignment),
    }
}

/// The id of a target; keys, predefined boundaries and what other services call their things are no ids of ours.
fn renamed_target(target: Target<'_>) -> (String, String) {
    match target {
        Target::Nothing => (String::new(), String::new()),
        Target::Tenant(tenant) => ("tenants".to_owned(), renamed(tenant)),
        Target::Resource {
            kind: kind @ ("privileges" | "invoice" | "report" | "folder" | "V::Host" | "W::Host"),
            id,
        }
        | Target::Resource { kind: kind @ "permissionBoundaries", id: id @ ("application" | "tenant" | "self") } => {
            (kind.to_owned(), id.to_owned())
        }
        Target::Resource { kind, id } => {
            let parts = id
                .split('/')
                .map(|part| if ["roles", "privilegeGroups"].contains(&part) { part.to_owned() } else { renamed(part) });
            (kind.to_owned(), parts.collect::<Vec<_>>().join("/"))
        }
    }
}

proptest! {
    #![proptest_config(cases(10))]

    #[test]
    fn m7_renaming_all_ids_by_a_bijection_renames_the_answers(state in states::states()) {
        let before = load(&state.0);
        let mut rows = state.0.clone();
        rows.iter_mut().for_each(rename_row);
        let after = load(&rows);
        for application in grid::APPLICATIONS {
            for subject in grid::subjects() {
                for target in grid::targets() {
                    let (kind, id) = renamed_target(target);
                    let other = if kind.is_empty() { target } else { Target::Resource { kind: &kind, id: &id } };
                    let mut renamed_subject = subject.clone();
                    rename_subject(&mut renamed_subject);
                    for privilege in grid::privileges() {
                        let old = Check { application, subject: (&subject).into(), privilege, target };
                        let application = &renamed(application);
                        let new = Check { application, subject: (&renamed_subject).into(), privilege, target: other };
                        for now in [10, 20] {
                            let answers = (told(&before, &old, now), told(&after, &new, now));
                            prop_assert_eq!(answers.0, answers.1, "{}", shown(&old, now));
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn the_renaming_is_a_bijection_on_the_names_of_the_small_world() {
    let names = ["a", "b", "bailiwick", "t1", "t2", "t3", "x", "y", "z", "s1", "s2", "a1", "a2", "b1", "r1", "r2"];
    let other: std::collections::BTreeSet<String> = names.into_iter().map(renamed).collect();
    assert_eq!(other.len(), names.len());
    assert!(other.iter().all(|name| id(name).as_str() == name));
}
