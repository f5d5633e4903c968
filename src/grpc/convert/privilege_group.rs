//! Privilege groups: made, changed, deleted, listed, shown; and those of a role.

use std::collections::BTreeSet;

use super::mask::Mask;
use super::time::timestamp;
use super::{Owner, at_most, complete, elements, id_or, one_to, owner, required, set_of, write};
use crate::app::error::{Error, Result};
use crate::app::privilege_groups::{DeletePrivilegeGroup, NewPrivilegeGroup, UpdatePrivilegeGroup};
use crate::app::role_privilege_groups::{ChangeRolePrivilegeGroups, HowGroupsChange};
use crate::app::state::Snapshot;
use crate::app::token::etag;
use crate::app::writer::Written;
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::limit::{CALL_IDS_MAX, PRIVILEGE_GROUP_PRIVILEGES_MAX, ROLE_PRIVILEGE_GROUPS_MAX};
use crate::domain::name::{PrivilegeGroupId, RoleId};
use crate::domain::privilege_group::PrivilegeGroup;
use crate::domain::row::{Row, Stamp};
use crate::domain::text;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;
use crate::proto::v1::privilege_group::TenantVisibility;

/// The privilege group to be made.
pub(in crate::grpc) fn new_group(
    request: v1::CreatePrivilegeGroupRequest,
    fresh: Id,
    mut violations: Violations,
) -> Result<NewPrivilegeGroup> {
    let parent = violations.take("parent", owner(&request.parent));
    let id = id_or(&mut violations, "privilege_group_id", &request.privilege_group_id, fresh);
    let message = required(&mut violations, "privilege_group", request.privilege_group).unwrap_or_default();
    let group = group_of(&message, parent, id, &mut violations);
    let privileges = privileges(&mut violations, &message);
    complete(violations, group.map(|group| NewPrivilegeGroup { group, privileges }))
}

fn group_of(
    message: &v1::PrivilegeGroup,
    parent: Option<Owner>,
    id: Option<Id>,
    violations: &mut Violations,
) -> Option<PrivilegeGroup> {
    let group_name = violations.take("privilege_group.group_name", text::required_name(&message.group_name));
    let display_name = violations.take("privilege_group.display_name", text::display(&message.display_name));
    let description = violations.take("privilege_group.description", text::description(&message.description));
    let tenant_visible = violations.take("privilege_group.tenant_visibility", visible(message.tenant_visibility));
    let (application, tenant) = parent?;
    Some(PrivilegeGroup {
        id: PrivilegeGroupId { application, tenant: tenant.map(|tenant| tenant.tenant), group: id? },
        group_name: group_name?,
        display_name: display_name?,
        description: description?,
        tenant_visible: tenant_visible?,
        stamp: Stamp::default(),
    })
}

fn privileges(violations: &mut Violations, message: &v1::PrivilegeGroup) -> BTreeSet<PrivilegeKey> {
    let field = "privilege_group.privileges";
    let keys = set_of(violations, field, &message.privileges, PrivilegeKey::parse);
    at_most(violations, field, keys.len(), PRIVILEGE_GROUP_PRIVILEGES_MAX);
    elements(keys).collect()
}

fn visible(number: i32) -> Result<bool, Malformed> {
    match TenantVisibility::try_from(number) {
        Ok(TenantVisibility::Unspecified | TenantVisibility::All) => Ok(true),
        Ok(TenantVisibility::None) => Ok(false),
        Err(_) => Err(Malformed::new("must be TENANT_VISIBILITY_ALL or TENANT_VISIBILITY_NONE")),
    }
}

/// The change of a privilege group.
pub(in crate::grpc) fn update(
    request: v1::UpdatePrivilegeGroupRequest,
    mut violations: Violations,
) -> Result<UpdatePrivilegeGroup> {
    let message = required(&mut violations, "privilege_group", request.privilege_group).unwrap_or_default();
    let id = violations.take("privilege_group.name", PrivilegeGroupId::parse(&message.name));
    let fields = [
        ("display_name", !message.display_name.is_empty()),
        ("description", !message.description.is_empty()),
        ("privileges", !message.privileges.is_empty()),
        ("tenant_visibility", message.tenant_visibility != 0),
    ];
    let mask = Mask::read("privilege_group", request.update_mask.as_ref(), &fields, &mut violations);
    let display_name = mask.take(&mut violations, "display_name", || text::display(&message.display_name));
    let description = mask.take(&mut violations, "description", || text::description(&message.description));
    let tenant_visible = mask.take(&mut violations, "tenant_visibility", || visible(message.tenant_visibility));
    let privileges = mask.has("privileges").then(|| privileges(&mut violations, &message));
    let group_name = Some(message.group_name).filter(|name| !name.is_empty());
    let etag = message.etag;
    let update =
        |id| UpdatePrivilegeGroup { id, group_name, display_name, description, tenant_visible, privileges, etag };
    complete(violations, id.map(update))
}

/// The privilege group to be deleted.
pub(in crate::grpc) fn delete(
    request: v1::DeletePrivilegeGroupRequest,
    mut violations: Violations,
) -> Result<DeletePrivilegeGroup> {
    let id = violations.take("name", PrivilegeGroupId::parse(&request.name));
    let deletion = write::deletion(request.etag, request.allow_missing, request.force);
    complete(violations, id.map(|id| DeletePrivilegeGroup { id, deletion }))
}

/// The owner that a List names.
pub(in crate::grpc) fn parent(request: &v1::ListPrivilegeGroupsRequest) -> Result<Owner, Malformed> {
    owner(&request.parent)
}

/// How much of each group a list shows, everything or not, and of which ones.
pub(in crate::grpc) fn shown(
    request: &v1::ListPrivilegeGroupsRequest,
    violations: &mut Violations,
) -> (bool, BTreeSet<Id>) {
    use v1::PrivilegeGroupView as View;
    let view = View::try_from(request.view)
        .map_err(|_| Malformed::new("must be PRIVILEGE_GROUP_VIEW_BASIC or PRIVILEGE_GROUP_VIEW_FULL"));
    let full = violations.take("view", view) == Some(View::Full);
    let ids = set_of(violations, "ids", &request.ids, Id::parse);
    at_most(violations, "ids", ids.len(), CALL_IDS_MAX);
    (full, elements(ids).collect())
}

/// A privilege group, as the API shows it: complete, or without what is in it.
pub(in crate::grpc) fn group(row: &Row, snapshot: &Snapshot, full: bool) -> Result<v1::PrivilegeGroup> {
    let Row::PrivilegeGroup(row) = row else { return Err(Error::Internal) };
    let name = row.id.to_string();
    let visibility = if row.tenant_visible { TenantVisibility::All } else { TenantVisibility::None };
    Ok(v1::PrivilegeGroup {
        etag: etag(&name, row.stamp.revision),
        name,
        group_name: row.group_name.clone(),
        display_name: row.display_name.clone(),
        description: row.description.clone(),
        privileges: if full { snapshot.keys_of_group(&row.id) } else { Vec::new() },
        tenant_visibility: visibility.into(),
        create_time: Some(timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
        update_time: Some(timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by.clone(),
    })
}

/// The change of a role's privilege groups.
pub(in crate::grpc) fn change(
    (name, groups, etag): (&str, &[String], &str),
    how: HowGroupsChange,
    mut violations: Violations,
) -> Result<ChangeRolePrivilegeGroups> {
    let role = violations.take("name", RoleId::parse(name));
    let found = set_of(&mut violations, "privilege_groups", groups, PrivilegeGroupId::parse);
    one_to(&mut violations, "privilege_groups", groups, found.len(), ROLE_PRIVILEGE_GROUPS_MAX);
    let groups = elements(found).collect();
    complete(violations, role.map(|role| ChangeRolePrivilegeGroups { role, how, groups, etag: etag.to_owned() }))
}

/// The privilege groups of a role after a change, and the role's etag.
pub(in crate::grpc) fn changed(role: &RoleId, written: &Written) -> Result<(Vec<String>, String)> {
    let revision = write::made(written)?.stamp().map_or(0, |stamp| stamp.revision);
    Ok((written.snapshot.role_sets(role).privilege_groups, etag(&role.to_string(), revision)))
}
