//! Privileges given to roles and users, taken from them, and who has one.

use super::assignment::role_ref;
use super::{at_most, complete, int64, one_to, set_of};
use crate::app::assignments::RoleRef;
use crate::app::error::{Error, Result};
use crate::app::privileges::{
    AssignPrivilegeToRoles, AssignPrivilegeToUsers, Holders, RemovePrivilegeFromRole, RemovePrivilegeFromUser,
};
use crate::app::writer::Written;
use crate::domain::id::Id;
use crate::domain::limit::CALL_IDS_MAX;
use crate::domain::name::{PrivilegeId, RoleId, Subject};
use crate::domain::row::Key;
use crate::domain::text;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;

/// The privilege to be given to roles.
pub(in crate::grpc) fn to_roles(
    request: &v1::AssignPrivilegeToRolesRequest,
    mut violations: Violations,
) -> Result<AssignPrivilegeToRoles> {
    let privilege = violations.take("name", PrivilegeId::parse(&request.name));
    let roles = set_of(&mut violations, "roles", &request.roles, |text| own_role(privilege.as_ref(), text));
    let role_names = set_of(&mut violations, "role_names", &request.role_names, text::required_name);
    if request.roles.is_empty() && request.role_names.is_empty() {
        violations.add("roles", "must not be empty when role_names is");
    }
    at_most(&mut violations, "roles", roles.len() + role_names.len(), CALL_IDS_MAX);
    complete(violations, privilege.map(|privilege| AssignPrivilegeToRoles { privilege, roles, role_names }))
}

/// A role of the privilege's application, or of one of its tenants.
fn own_role(privilege: Option<&PrivilegeId>, text: &str) -> Result<RoleId, Malformed> {
    let role = RoleId::parse(text)?;
    match privilege.filter(|privilege| privilege.application != role.application) {
        Some(privilege) => Err(Malformed::new(format!("must be a role of applications/{}", privilege.application))),
        None => Ok(role),
    }
}

/// The roles that were given a privilege, as the first answer named them.
pub(in crate::grpc) fn given(written: &Written) -> Result<Vec<String>> {
    let name = |key: &Key| match key {
        Key::Role(role) => Ok(role.to_string()),
        _ => Err(Error::Internal),
    };
    written.receipt.keys.iter().map(name).collect()
}

/// The privilege to be taken out of a role.
pub(in crate::grpc) fn from_role(
    request: &v1::RemovePrivilegeFromRoleRequest,
    mut violations: Violations,
) -> Result<RemovePrivilegeFromRole> {
    let privilege = violations.take("name", PrivilegeId::parse(&request.name));
    let role = role_ref("", (&request.role, &request.role_name), &mut violations);
    if let Some(RoleRef::Id(_)) = &role {
        violations.take("role", own_role(privilege.as_ref(), &request.role));
    }
    complete(violations, (|| Some(RemovePrivilegeFromRole { privilege: privilege?, role: role? }))())
}

/// The privilege to be assigned to users.
pub(in crate::grpc) fn to_users(
    request: &v1::AssignPrivilegeToUsersRequest,
    mut violations: Violations,
) -> Result<AssignPrivilegeToUsers> {
    let privilege = violations.take("name", PrivilegeId::parse(&request.name));
    let users = set_of(&mut violations, "users", &request.users, user);
    one_to(&mut violations, "users", &request.users, users.len(), CALL_IDS_MAX);
    complete(violations, privilege.map(|privilege| AssignPrivilegeToUsers { privilege, users }))
}

fn user(text: &str) -> Result<Id, Malformed> {
    match Subject::parse(text) {
        Ok(Subject::User(id)) => Ok(id),
        _ => Err(Malformed::new("must be users/{user}")),
    }
}

/// The privilege to be taken from a user.
pub(in crate::grpc) fn from_user(
    request: &v1::RemovePrivilegeFromUserRequest,
    mut violations: Violations,
) -> Result<RemovePrivilegeFromUser> {
    let privilege = violations.take("name", PrivilegeId::parse(&request.name));
    let user = violations.take("user", user(&request.user));
    complete(violations, (|| Some(RemovePrivilegeFromUser { privilege: privilege?, user: user? }))())
}

/// A page of the roles that have a privilege.
pub(in crate::grpc) fn roles(page: Holders<RoleId>) -> v1::ListPrivilegeRolesResponse {
    v1::ListPrivilegeRolesResponse {
        roles: page.holders.iter().map(ToString::to_string).collect(),
        next_page_token: page.next_page_token,
        consistency_token: page.view.token().to_owned(),
        total_size: int64(page.total as u64),
    }
}

/// A page of the users who have a privilege.
pub(in crate::grpc) fn users(page: Holders<Id>) -> v1::ListPrivilegeUsersResponse {
    v1::ListPrivilegeUsersResponse {
        users: page.holders.iter().map(|id| format!("users/{id}")).collect(),
        next_page_token: page.next_page_token,
        consistency_token: page.view.token().to_owned(),
        total_size: int64(page.total as u64),
    }
}
