//! Lines of a catalogue: privileges, privilege groups, and what is in them.

use super::{immutable, put, require, require_application, require_tenant};
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::name::PrivilegeId;
use crate::domain::predefined;
use crate::domain::privilege::Privilege;
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
    if let Some(Row::Privilege(old)) = draft.get(&Key::Privilege(row.id.clone())).await?
        && old.object_scoped != row.object_scoped
    {
        return Err(immutable(&row.id, "object_scoped"));
    }
    put(draft, Row::Privilege(row.clone())).await
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
