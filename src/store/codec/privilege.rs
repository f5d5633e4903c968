//! Privileges, groups of them and to whom they are assigned, stored.
//!
//! A policy document is read whatever its size: what is beyond a limit is for who decides to leave out, and a row that
//! cannot be read would take more away than that. It is not read if its form is wrong. Its table holds it as JSON.

use serde::{Deserialize, Serialize};

use super::super::unreadable::Unreadable;
use super::name;
use super::row::{stamp, write_stamp};
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::name::PrivilegeId;
use crate::domain::pattern::is_pattern;
use crate::domain::policy::{Actions, EVERYTHING, PolicyDocument, Statement, StatementScope, class_of};
use crate::domain::privilege::{AssignedPrivilege, Privilege};
use crate::domain::privilege_group::PrivilegeGroup;
use crate::proto::storage::{self, policy_document};

/// A policy document in the column of a table.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    version: String,
    statements: Vec<StatementColumn>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatementColumn {
    actions: Vec<String>,
    scopes: Vec<String>,
}

/// The text of a policy document; nothing when it cannot be written.
#[expect(clippy::option_option, reason = "the outer says whether it could be written, the inner whether it is there")]
pub(in crate::store) fn document(document: Option<&PolicyDocument>) -> Option<Option<String>> {
    let Some(document) = document else { return Some(None) };
    let statements = document.statements.iter().map(texts);
    let statements = statements.map(|(actions, scopes)| StatementColumn { actions, scopes }).collect();
    let column = Column { version: document.version.clone(), statements };
    serde_json::to_string(&column).ok().map(Some)
}

/// Reads the text of a policy document.
pub(in crate::store) fn read_document(text: &str) -> Result<PolicyDocument, Unreadable> {
    let column: Column = serde_json::from_str(text)
        .map_err(|error| Unreadable::new(format!("a policy document that is none: {error}")))?;
    let statements = column.statements.iter().map(|stored| statement(&stored.actions, &stored.scopes));
    Ok(PolicyDocument { version: column.version, statements: statements.collect::<Result<_, _>>()? })
}

fn texts(statement: &Statement) -> (Vec<String>, Vec<String>) {
    (statement.actions.texts(), statement.scopes.iter().map(ToString::to_string).collect())
}

fn statement(actions: &[String], scopes: &[String]) -> Result<Statement, Unreadable> {
    let class = actions.first().map_or("", |action| class_of(action));
    let scopes = scopes.iter().map(|scope| StatementScope::parse(scope, class));
    let scopes = scopes.collect::<Result<Vec<_>, _>>()?;
    if actions == [EVERYTHING] {
        return Ok(Statement { actions: Actions::All, scopes });
    }
    if actions.iter().any(|action| class_of(action) != class || is_pattern(action)) {
        return Err(Unreadable::new("a statement whose actions are not the keys of one class"));
    }
    let keys = actions.iter().map(|action| PrivilegeKey::parse(action)).collect::<Result<_, _>>()?;
    Ok(Statement { actions: Actions::Keys(keys), scopes })
}

pub(super) fn write(row: &Privilege) -> storage::Privilege {
    storage::Privilege {
        id: Some(name::write_privilege(&row.id)),
        display_name: row.display_name.clone(),
        description: row.description.clone(),
        object_scoped: row.object_scoped,
        tenant_visible: row.tenant_visible,
        stamp: Some(write_stamp(&row.stamp)),
        document: row.document.as_ref().map(write_document),
    }
}

pub(super) fn read(row: storage::Privilege) -> Result<Privilege, Unreadable> {
    Ok(Privilege {
        id: name::privilege(row.id)?,
        display_name: row.display_name,
        description: row.description,
        object_scoped: row.object_scoped,
        tenant_visible: row.tenant_visible,
        document: row.document.map(stored_document).transpose()?,
        stamp: stamp(row.stamp)?,
    })
}

fn write_document(document: &PolicyDocument) -> storage::PolicyDocument {
    let statements = document.statements.iter().map(texts);
    let statements = statements.map(|(actions, scopes)| policy_document::Statement { actions, scopes });
    storage::PolicyDocument { version: document.version.clone(), statements: statements.collect() }
}

fn stored_document(stored: storage::PolicyDocument) -> Result<PolicyDocument, Unreadable> {
    let statements = stored.statements.iter().map(|stored| statement(&stored.actions, &stored.scopes));
    Ok(PolicyDocument { version: stored.version, statements: statements.collect::<Result<_, _>>()? })
}

pub(super) fn write_assigned(privilege: &PrivilegeId, user: &Id) -> storage::AssignedPrivilege {
    storage::AssignedPrivilege { privilege: Some(name::write_privilege(privilege)), user: user.to_string() }
}

pub(super) fn assigned(row: storage::AssignedPrivilege) -> Result<AssignedPrivilege, Unreadable> {
    Ok(AssignedPrivilege { privilege: name::privilege(row.privilege)?, user: name::id(&row.user)? })
}

pub(super) fn write_group(row: &PrivilegeGroup) -> storage::PrivilegeGroup {
    storage::PrivilegeGroup {
        id: Some(name::write_privilege_group(&row.id)),
        group_name: row.group_name.clone(),
        display_name: row.display_name.clone(),
        description: row.description.clone(),
        tenant_visible: row.tenant_visible,
        stamp: Some(write_stamp(&row.stamp)),
    }
}

pub(super) fn group(row: storage::PrivilegeGroup) -> Result<PrivilegeGroup, Unreadable> {
    Ok(PrivilegeGroup {
        id: name::privilege_group(row.id)?,
        group_name: row.group_name,
        display_name: row.display_name,
        description: row.description,
        tenant_visible: row.tenant_visible,
        stamp: stamp(row.stamp)?,
    })
}
