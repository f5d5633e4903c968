//! What a role gives: changed, listed.

use super::{complete, role};
use crate::app::caller::Caller;
use crate::app::error::Result;
use crate::app::role_privileges::{ChangeRolePrivileges, HowPrivilegesChange, RoleEntry, RolePrivilegesView};
use crate::app::token::etag;
use crate::app::writer::Written;
use crate::domain::name::RoleId;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;

/// The words of a request that changes what a role gives.
#[derive(Clone, Copy, Debug)]
pub(in crate::grpc) struct Words<'a> {
    pub(in crate::grpc) name: &'a str,
    pub(in crate::grpc) privileges: &'a [String],
    pub(in crate::grpc) patterns: &'a [String],
    pub(in crate::grpc) etag: &'a str,
}

/// The change of what a role gives.
pub(in crate::grpc) fn change(
    words: Words<'_>,
    how: HowPrivilegesChange,
    mut violations: Violations,
) -> Result<ChangeRolePrivileges> {
    let role = violations.take("name", RoleId::parse(words.name));
    let privileges = role::privileges(&mut violations, "privileges", words.privileges);
    let patterns = role::patterns(&mut violations, "privilege_patterns", words.patterns);
    if how != HowPrivilegesChange::Set && words.privileges.is_empty() && words.patterns.is_empty() {
        violations.add("privileges", "must not be empty when privilege_patterns is");
    }
    let etag = words.etag.to_owned();
    complete(violations, role.map(|role| ChangeRolePrivileges { role, how, privileges, patterns, etag }))
}

/// What a role gives after a change, and its etag.
pub(in crate::grpc) fn changed(role: &RoleId, written: &Written) -> Result<(Vec<String>, String)> {
    let revision = super::write::made(written)?.stamp().map_or(0, |stamp| stamp.revision);
    Ok((written.snapshot.effective_keys(role), etag(&role.to_string(), revision)))
}

/// Which privileges of a role to list.
pub(in crate::grpc) fn view(number: i32) -> Result<RolePrivilegesView, Malformed> {
    use v1::RolePrivilegesView as Named;
    match Named::try_from(number) {
        Ok(Named::Entries) => Ok(RolePrivilegesView::Entries),
        Ok(Named::Unspecified | Named::Effective) => Ok(RolePrivilegesView::Effective),
        Err(_) => Err(Malformed::new("must be ROLE_PRIVILEGES_VIEW_ENTRIES or ROLE_PRIVILEGES_VIEW_EFFECTIVE")),
    }
}

/// Whether the caller asks as one who holds the role: nobody asks as somebody else.
pub(in crate::grpc) fn is_holder(text: &str, caller: &Caller) -> Result<bool, Malformed> {
    match text {
        "" => Ok(false),
        text if text == "users/me" || text == caller.name() => Ok(true),
        _ => Err(Malformed::new("must be empty, users/me or the caller's own name")),
    }
}

/// A page of what a role gives.
pub(in crate::grpc) fn page(
    entries: Vec<RoleEntry>,
    next_page_token: String,
    consistency_token: String,
) -> v1::ListRolePrivilegesResponse {
    let mut page = v1::ListRolePrivilegesResponse {
        next_page_token,
        consistency_token,
        ..v1::ListRolePrivilegesResponse::default()
    };
    for entry in entries {
        match entry {
            RoleEntry::Privilege(key) => page.privileges.push(key),
            RoleEntry::Pattern(pattern) => page.privilege_patterns.push(pattern),
            RoleEntry::Exclusion(text) => page.excluded_privileges.push(text),
            RoleEntry::PrivilegeGroup(name) => page.privilege_groups.push(name),
        }
    }
    page
}
