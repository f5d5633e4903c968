//! The questions that can be asked in the small world: every name in it, and some that are in no world.

use bailiwick::domain::name::Subject;
use bailiwick::engine::Target;

use super::build::subject;
use super::{CLASSED_KEYS, DOCUMENTS, KEYS, LATE_KEY, OUR_KEYS};

/// Every application, and one that never is.
pub(crate) const APPLICATIONS: &[&str] = &["a", "b", "bailiwick", "nowhere"];

/// Every privilege that a role of the small world can name, and two that are in no catalogue.
pub(crate) fn privileges() -> Vec<&'static str> {
    [KEYS, CLASSED_KEYS, DOCUMENTS, &[LATE_KEY], OUR_KEYS, &["nothing"]].concat()
}

/// Everybody who can ask, and some who cannot.
pub(crate) const SUBJECTS: &[&str] = &[
    "users/s1",
    "users/s2",
    "users/a1",
    "users/a2",
    "users/x",
    "users/b1",
    "clients/x",
    "clients/y",
    "clients/z",
    "clients/local-administrator",
    "applications/a",
    "applications/b",
    "applications/bailiwick",
    "groups/x",
    "users/nobody",
];

/// Every kind of target, written `kind/id`.
pub(crate) const TARGETS: &[&str] = &[
    "tenants/t1",
    "tenants/t2",
    "tenants/t3",
    "tenants/nowhere",
    "users/s1",
    "users/s2",
    "users/a1",
    "users/a2",
    "users/x",
    "users/b1",
    "users/nobody",
    "clients/x",
    "clients/y",
    "clients/z",
    "groups/g1",
    "groups/x",
    "roles/r1",
    "privilegeGroups/p1",
    "privilegeGroups/nothing",
    "tenants/t1/privilegeGroups/p1",
    "tenants/t3/privilegeGroups/p1",
    "tenants/t1/roles/r1",
    "tenants/t2/roles/r1",
    "applications/a",
    "applications/b",
    "privileges/read",
    "privileges/bailiwick:user:read",
    "privileges/bailiwick:nothing",
    "permissionBoundaries/self",
    "permissionBoundaries/in",
    "permissionBoundaries/none",
    "roleAssignments/x",
    "scopes/x",
    "scopes/s1",
    "scopes/all-objects",
    "traversalSpecs/deep",
    "invoice/1",
    "invoice/2",
    "invoice/3",
    "report/t1",
    "report/4",
    "folder/1",
    "folder/2",
    "V::Host/1",
    "V::Host/2",
    "W::Host/1",
    "resources/invoice/2",
];

/// Those of `privileges`, `SUBJECTS` and so on that there can be: enough to compare two states of one engine.
pub(crate) const REAL_PRIVILEGES: usize = 16;
pub(crate) const REAL_SUBJECTS: usize = 13;
pub(crate) const REAL_APPLICATIONS: usize = 3;

/// Instants just before, at and after those that assignments of the small world begin and end at.
pub(crate) const TIMES: &[i64] = &[9, 10, 19, 20, 30];

pub(crate) fn subjects() -> Vec<Subject> {
    SUBJECTS.iter().map(|name| subject(name)).collect()
}

pub(crate) fn targets() -> Vec<Target<'static>> {
    let named = TARGETS.iter().filter_map(|text| text.split_once('/')).map(|(kind, id)| Target::Resource { kind, id });
    [Target::Nothing, Target::Tenant("t1"), Target::Tenant("nowhere")].into_iter().chain(named).collect()
}
