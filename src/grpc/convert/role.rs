//! Roles: made, deleted, listed, shown.

use std::collections::BTreeSet;

use super::time::timestamp;
use super::{Owner, at_most, complete, elements, id_or, owner, required, set_of, tenant_named, write};
use crate::app::error::{Error, Result};
use crate::app::roles::{DeleteRole, NewRole};
use crate::app::state::Snapshot;
use crate::app::token::etag;
use crate::domain::boundary::Boundary;
use crate::domain::id::{Id, PrivilegeKey, PrivilegePattern};
use crate::domain::limit::{
    ROLE_EXCLUSIONS_MAX, ROLE_PARENTS_MAX, ROLE_PATTERNS_MAX, ROLE_PRIVILEGE_GROUPS_MAX, ROLE_PRIVILEGES_MAX,
    VISIBLE_TENANTS_MAX,
};
use crate::domain::metadata;
use crate::domain::name::{self, PrivilegeGroupId, RoleId, TenantId};
use crate::domain::pattern::is_pattern;
use crate::domain::role::{Role, RoleKind, Visibility};
use crate::domain::row::{Row, Stamp};
use crate::domain::text;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;
use crate::proto::v1::role::TenantVisibility;
use crate::proto::v1::role::tenant_visibility::Mode;

/// What stands before the id of a boundary of an application.
const BOUNDARIES: &str = "/permissionBoundaries/";

/// The role to be made.
pub(in crate::grpc) fn new_role(
    request: v1::CreateRoleRequest,
    fresh: Id,
    mut violations: Violations,
) -> Result<NewRole> {
    let parent = violations.take("parent", owner(&request.parent));
    let id = id_or(&mut violations, "role_id", &request.role_id, fresh);
    let message = required(&mut violations, "role", request.role).unwrap_or_default();
    let role = role_of(&message, parent.as_ref(), id, &mut violations);
    let privileges = privileges(&mut violations, "role.privileges", &message.privileges);
    let patterns = patterns(&mut violations, "role.privilege_patterns", &message.privilege_patterns);
    let exclusions = exclusions(&message, &mut violations);
    let parents = parents(&message, &mut violations);
    let privilege_groups = privilege_groups(&message, &mut violations);
    let visible_tenants = visible_tenants(&message, parent.as_ref(), &mut violations);
    let role = complete(violations, role)?;
    Ok(NewRole { role, privileges, patterns, exclusions, parents, privilege_groups, visible_tenants })
}

fn role_of(message: &v1::Role, parent: Option<&Owner>, id: Option<Id>, violations: &mut Violations) -> Option<Role> {
    let role_name = violations.take("role.role_name", text::required_name(&message.role_name));
    let display_name = violations.take("role.display_name", text::display(&message.display_name));
    let description = violations.take("role.description", text::description(&message.description));
    let metadata = metadata::checked(violations, "role.metadata", &message.metadata);
    let (application, tenant) = parent?;
    let boundary = violations.take("role.permission_boundary", boundary(&message.permission_boundary, application));
    let mode = message.tenant_visibility.as_ref().map_or(0, |visibility| visibility.mode);
    let visibility = violations.take("role.tenant_visibility.mode", visibility(mode, tenant.is_some()));
    let tenant = tenant.as_ref().map(|tenant| tenant.tenant.clone());
    Some(Role {
        id: RoleId { application: application.clone(), tenant, role: id? },
        role_name: role_name?,
        display_name: display_name?,
        description: description?,
        metadata,
        kind: RoleKind::Custom,
        boundary: boundary?,
        visibility: visibility?,
        stamp: Stamp::default(),
    })
}

/// Literal keys.
pub(super) fn privileges(violations: &mut Violations, field: &str, texts: &[String]) -> BTreeSet<PrivilegeKey> {
    let keys = set_of(violations, field, texts, PrivilegeKey::parse);
    at_most(violations, field, keys.len(), ROLE_PRIVILEGES_MAX);
    elements(keys).collect()
}

/// Patterns of keys.
pub(super) fn patterns(violations: &mut Violations, field: &str, texts: &[String]) -> BTreeSet<PrivilegePattern> {
    let patterns = set_of(violations, field, texts, PrivilegePattern::parse);
    at_most(violations, field, patterns.len(), ROLE_PATTERNS_MAX);
    elements(patterns).collect()
}

/// Roles that it inherits from.
pub(super) fn parents(message: &v1::Role, violations: &mut Violations) -> BTreeSet<RoleId> {
    let parents = set_of(violations, "role.parents", &message.parents, RoleId::parse);
    at_most(violations, "role.parents", parents.len(), ROLE_PARENTS_MAX);
    elements(parents).collect()
}

/// Privilege groups that it refers to.
pub(super) fn privilege_groups(message: &v1::Role, violations: &mut Violations) -> BTreeSet<PrivilegeGroupId> {
    let field = "role.privilege_groups";
    let groups = set_of(violations, field, &message.privilege_groups, PrivilegeGroupId::parse);
    at_most(violations, field, groups.len(), ROLE_PRIVILEGE_GROUPS_MAX);
    elements(groups).collect()
}

/// Keys and patterns of keys that it does not give.
pub(super) fn exclusions(message: &v1::Role, violations: &mut Violations) -> BTreeSet<PrivilegePattern> {
    let field = "role.excluded_privileges";
    let all = set_of(violations, field, &message.excluded_privileges, PrivilegePattern::parse);
    at_most(violations, field, all.len(), ROLE_EXCLUSIONS_MAX);
    let patterns = all.iter().filter(|(_, text)| is_pattern(text.as_str())).count();
    if patterns > ROLE_PATTERNS_MAX {
        violations.add(field, format!("must hold at most {ROLE_PATTERNS_MAX} patterns, and holds {patterns}"));
    }
    elements(all).collect()
}

/// The tenants whose subjects may hold it.
pub(super) fn visible_tenants(message: &v1::Role, parent: Option<&Owner>, violations: &mut Violations) -> BTreeSet<Id> {
    let field = "role.tenant_visibility.tenants";
    let (Some(visibility), Some((application, _))) = (&message.tenant_visibility, parent) else {
        return BTreeSet::new();
    };
    if visibility.mode != i32::from(Mode::TenantInclusionList) && !visibility.tenants.is_empty() {
        violations.add(field, "must be empty unless the mode is MODE_TENANT_INCLUSION_LIST");
    }
    let tenants = set_of(violations, field, &visibility.tenants, |text| tenant_named(application, text));
    at_most(violations, field, tenants.len(), VISIBLE_TENANTS_MAX);
    elements(tenants).collect()
}

/// Who may hold it.
pub(super) fn visibility(mode: i32, is_tenants: bool) -> Result<Visibility, Malformed> {
    match (Mode::try_from(mode), is_tenants) {
        (Ok(Mode::Unspecified | Mode::All), false) => Ok(Visibility::All),
        (Ok(Mode::TenantInclusionList), false) => Ok(Visibility::InclusionList),
        (Ok(Mode::None), false) => Ok(Visibility::None),
        (Ok(Mode::Unspecified | Mode::Owner), true) => Ok(Visibility::Owner),
        (_, true) => Err(Malformed::new("must be MODE_OWNER for a role that a tenant owns")),
        (_, false) => Err(Malformed::new(
            "must be MODE_ALL, MODE_TENANT_INCLUSION_LIST or MODE_NONE for a role that an application owns",
        )),
    }
}

/// The boundary of this name, be there such a boundary or not; none, if there is no name.
pub(super) fn boundary(text: &str, application: &Id) -> Result<Boundary, Malformed> {
    let prefix = format!("{}{BOUNDARIES}", name::application(application));
    match text.strip_prefix(&prefix) {
        Some(id) => Boundary::parse(id),
        None if text.is_empty() => Ok(Boundary::Unset),
        None => Err(Malformed::new(format!("must be {prefix}{{boundary}}"))),
    }
}

/// The role to be deleted.
pub(in crate::grpc) fn delete_role(request: v1::DeleteRoleRequest, mut violations: Violations) -> Result<DeleteRole> {
    let id = violations.take("name", RoleId::parse(&request.name));
    let deletion = write::deletion(request.etag, request.allow_missing, request.force);
    complete(violations, id.map(|id| DeleteRole { id, deletion }))
}

/// How much of each role a list shows: everything, or the lists left out. With a tenant as parent it can hold the
/// application's own roles, too.
pub(in crate::grpc) fn list_view(request: &v1::ListRolesRequest, violations: &mut Violations) -> bool {
    use v1::RoleView as View;
    let is_application = matches!(owner(&request.parent), Ok((_, None)));
    if request.include_application_roles && is_application {
        violations.add("include_application_roles", "must not be set with an application as parent");
    }
    let view = View::try_from(request.view).map_err(|_| Malformed::new("must be ROLE_VIEW_BASIC or ROLE_VIEW_FULL"));
    violations.take("view", view) == Some(View::Full)
}

/// A role, as the API shows it: complete, or without its lists.
pub(in crate::grpc) fn role(row: &Row, snapshot: &Snapshot, full: bool) -> Result<v1::Role> {
    let Row::Role(row) = row else { return Err(Error::Internal) };
    let name = row.id.to_string();
    let application = name::application(&row.id.application);
    let basic = v1::Role {
        etag: etag(&name, row.stamp.revision),
        name,
        role_name: row.role_name.clone(),
        display_name: row.display_name.clone(),
        description: row.description.clone(),
        metadata: row.metadata.clone(),
        kind: kind(row.kind).into(),
        permission_boundary: row.boundary.id().map(|id| format!("{application}{BOUNDARIES}{id}")).unwrap_or_default(),
        tenant_visibility: Some(TenantVisibility { mode: mode(row.visibility).into(), tenants: Vec::new() }),
        create_time: Some(timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
        update_time: Some(timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by.clone(),
        ..v1::Role::default()
    };
    Ok(if full { with_lists(basic, row, snapshot) } else { basic })
}

fn with_lists(basic: v1::Role, row: &Role, snapshot: &Snapshot) -> v1::Role {
    let sets = snapshot.role_sets(&row.id);
    let application = name::application(&row.id.application);
    let tenants = sets.visible_tenants.iter().map(|tenant| format!("{application}/tenants/{tenant}")).collect();
    v1::Role {
        privileges: sets.privileges,
        privilege_patterns: sets.patterns,
        excluded_privileges: sets.exclusions,
        privilege_groups: sets.privilege_groups,
        parents: sets.parents,
        tenant_visibility: Some(TenantVisibility { mode: mode(row.visibility).into(), tenants }),
        ..basic
    }
}

fn kind(kind: RoleKind) -> v1::role::Kind {
    match kind {
        RoleKind::Custom => v1::role::Kind::Custom,
        RoleKind::Predefined => v1::role::Kind::Predefined,
    }
}

fn mode(visibility: Visibility) -> Mode {
    match visibility {
        Visibility::All => Mode::All,
        Visibility::InclusionList => Mode::TenantInclusionList,
        Visibility::None => Mode::None,
        Visibility::Owner => Mode::Owner,
    }
}

/// The role that a Lookup seeks: its owner and its role name.
pub(in crate::grpc) fn sought(request: &v1::LookupRoleRequest, violations: &mut Violations) -> Option<(Owner, String)> {
    let parent = violations.take("parent", owner(&request.parent));
    let role_name = violations.take("role_name", text::required_name(&request.role_name));
    parent.zip(role_name)
}

/// The owner that a List names.
pub(in crate::grpc) fn parent(request: &v1::ListRolesRequest) -> Result<(Id, Option<TenantId>), Malformed> {
    owner(&request.parent)
}
