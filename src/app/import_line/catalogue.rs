//! Lines of a catalogue: privileges, privilege groups, what is in them, and the users that have privileges themselves.

use super::people::require_subject;
use super::{immutable, put, require, require_application, require_tenant};
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::app::import_parse::STATEMENTS;
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::name::{PrivilegeId, Subject};
use crate::domain::policy::PolicyDocument;
use crate::domain::predefined;
use crate::domain::privilege::{AssignedPrivilege, Privilege};
use crate::domain::privilege_group::{GroupedPrivilege, PrivilegeGroup};
use crate::domain::row::{Key, Row};

/// A role and a privilege group may name the keys of its application's catalogue, with what this batch has made of it. An import registers
/// none on the fly, also where the catalogue is OPEN: a later line of the file may narrow the privilege.
pub(super) fn require_key(draft: &Draft<'_>, field: &str, application: &Id, key: &PrivilegeKey) -> Result<()> {
    let id = PrivilegeId { application: application.clone(), key: key.clone() };
    if predefined::find(key.as_str()).is_some() || draft.contains(&Key::Privilege(id)) {
        return Ok(());
    }
    let description = format!("{key:?} is not in the application's catalogue", key = key.as_str());
    Err(Error::invalid(field, description))
}

pub(super) async fn put_privilege(draft: &mut Draft<'_>, row: &Privilege) -> Result<bool> {
    require_application(draft, &row.id.application)?;
    if let Some(Row::Privilege(old)) = draft.get(&Key::Privilege(row.id.clone())).await? {
        if old.object_scoped != row.object_scoped {
            return Err(immutable(&row.id, "object_scoped"));
        }
        if old.document.is_some() != row.document.is_some() {
            return Err(immutable(&row.id, "whether it is a policy document"));
        }
    }
    if let Some(document) = &row.document {
        require_actions(draft, &row.id, document)?;
    }
    put(draft, Row::Privilege(row.clone())).await
}

/// Refuses actions that are in no catalogue or are policy documents: a document comes after the privileges that it names.
fn require_actions(draft: &mut Draft<'_>, id: &PrivilegeId, document: &PolicyDocument) -> Result<()> {
    for key in document.keys() {
        require_key(draft, STATEMENTS, &id.application, key)?;
    }
    let of = |key: &PrivilegeKey| PrivilegeId { application: id.application.clone(), key: key.clone() };
    let snapshot = draft.snapshot();
    match document.keys().find(|key| *key == &id.key || snapshot.is_document(&of(key))) {
        Some(key) => Err(Error::invalid(STATEMENTS, format!("{:?} is a policy document, and no action", key.as_str()))),
        None => Ok(()),
    }
}

pub(super) async fn put_assigned_privilege(draft: &mut Draft<'_>, row: &AssignedPrivilege) -> Result<bool> {
    let application = &row.privilege.application;
    require_key(draft, "assigned_privilege.privilege", application, &row.privilege.key)?;
    let user = Subject::User(row.user.clone());
    require_subject(draft, &user)?;
    if let Some(Row::User(of)) = draft.get(&Key::User(row.user.clone())).await?
        && of.application.as_ref().is_some_and(|of| of != application)
    {
        let words = format!("{user} belongs to another application than the privilege");
        return Err(Error::precondition("ROLE_NOT_ASSIGNABLE", user.to_string(), words));
    }
    put(draft, Row::AssignedPrivilege(row.clone())).await
}

pub(super) async fn put_privilege_group(draft: &mut Draft<'_>, row: &PrivilegeGroup) -> Result<bool> {
    match row.id.owner_tenant() {
        Some(tenant) => require_tenant(draft, &tenant).await.map(|_| ())?,
        None => require_application(draft, &row.id.application)?,
    }
    if let Some(Row::PrivilegeGroup(old)) = draft.get(&Key::PrivilegeGroup(row.id.clone())).await?
        && old.group_name != row.group_name
    {
        return Err(immutable(&row.id, "group_name"));
    }
    put(draft, Row::PrivilegeGroup(row.clone())).await
}

pub(super) async fn put_grouped_privilege(draft: &mut Draft<'_>, row: &GroupedPrivilege) -> Result<bool> {
    let group = Key::PrivilegeGroup(row.group.clone());
    require(draft, &group, "privilege group", &row.group)?;
    require_key(draft, "grouped_privilege.privilege", &row.group.application, &row.privilege)?;
    let changed = put(draft, Row::GroupedPrivilege(row.clone())).await?;
    if changed {
        draft.touch(&group).await?;
    }
    Ok(changed)
}
