//! The things of the small world by name, with random properties.

use bailiwick::domain::boundary::BoundaryKind;
use bailiwick::domain::row::Row;
use proptest::prelude::*;
use proptest::sample::select;

use super::build::{
    application, boundary, client, group, privilege, privilege_group, resource, role, scope, tenant, user,
    with_statements,
};
use super::objects::{RESOURCES, SCOPES, SPECS, Spec};
use super::policies::documents;
use super::{
    BOUNDARIES, CLASSED_KEYS, CLIENTS, DOCUMENTS, GROUPS, KEYS, PRIVILEGE_GROUPS, ROLES, TENANTS, USERS, boundaries,
    incarnations, tenants, usually, visibilities,
};

/// A thing of the small world by name; its row has random properties.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name {
    Application(&'static str),
    Tenant(&'static str, &'static str),
    User(&'static str, Option<&'static str>),
    Client(&'static str, &'static str, Option<&'static str>),
    Group(&'static str),
    Privilege(&'static str, &'static str),
    PrivilegeGroup(&'static str),
    Boundary(&'static str, BoundaryKind),
    Role(&'static str),
    Resource(&'static str, &'static str),
    Spec(&'static Spec),
    Scope(&'static str),
}

pub(super) fn every_name() -> Vec<Name> {
    let applications = || ["a", "b", "bailiwick"].into_iter();
    let tenants = applications().flat_map(|of| TENANTS.iter().map(move |tenant| Name::Tenant(of, tenant)));
    let registered = || [KEYS, CLASSED_KEYS, DOCUMENTS].concat().into_iter();
    let keys = applications().flat_map(|of| registered().map(move |key| Name::Privilege(of, key)));
    applications()
        .map(Name::Application)
        .chain(tenants)
        .chain(USERS.iter().map(|(user, of)| Name::User(user, *of)))
        .chain(CLIENTS.iter().map(|(client, of, tenant)| Name::Client(client, of, *tenant)))
        .chain(GROUPS.iter().map(|group| Name::Group(group)))
        .chain(keys)
        .chain([Name::Privilege("a", "bailiwick:user:read")])
        .chain(PRIVILEGE_GROUPS.iter().map(|group| Name::PrivilegeGroup(group)))
        .chain(BOUNDARIES.iter().map(|(name, kind)| Name::Boundary(name, *kind)))
        .chain(ROLES.iter().map(|role| Name::Role(role)))
        .chain(RESOURCES.iter().map(|(of, name)| Name::Resource(of, name)))
        .chain(SPECS.iter().map(Name::Spec))
        .chain(SCOPES.iter().map(|name| Name::Scope(name)))
        .collect()
}

impl Name {
    pub(super) fn row(self) -> BoxedStrategy<Row> {
        match self {
            Self::Application(of) => Just(application(of)).boxed(),
            Self::Tenant(of, name) => {
                (incarnations(), usually(0.85)).prop_map(move |(number, live)| tenant(of, name, number, live)).boxed()
            }
            Self::User(name, of) => {
                let other = select(&[None, Some("a"), Some("b"), Some("bailiwick")][..]);
                let of = prop_oneof![19 => Just(of), 1 => other];
                let made = move |(of, level, enabled)| user(name, of, level, enabled);
                (of, any::<bool>(), usually(0.88)).prop_map(made).boxed()
            }
            Self::Client(name, of, tenant) => {
                usually(0.88).prop_map(move |enabled| client(name, of, tenant, enabled)).boxed()
            }
            Self::Group(name) => Just(group(name)).boxed(),
            Self::Privilege(of, key) => {
                let is_document = usually(if DOCUMENTS.contains(&key) { 0.9 } else { 0.04 });
                let made = move |(scoped, shown, is_document, statements)| {
                    let row = privilege(of, key, scoped, shown);
                    if is_document { with_statements(row, statements) } else { row }
                };
                (usually(0.6), usually(0.7), is_document, documents()).prop_map(made).boxed()
            }
            Self::PrivilegeGroup(name) => usually(0.6).prop_map(move |shown| privilege_group(name, shown)).boxed(),
            Self::Boundary(name, kind) => Just(boundary(name, kind)).boxed(),
            Self::Role(name) => {
                (boundaries(), visibilities()).prop_map(move |(boundary, seen)| role(name, boundary, seen)).boxed()
            }
            Self::Resource(of, name) => {
                let tenant = proptest::option::weighted(0.8, tenants());
                (tenant, any::<bool>()).prop_map(move |(tenant, level)| resource(of, name, tenant, level)).boxed()
            }
            Self::Spec(spec) => spec.row().boxed(),
            Self::Scope(name) => Just(scope(name)).boxed(),
        }
    }
}
