//! One line of an import, checked in itself, and what it does to the state.

mod boundary;
mod catalogue;
mod objects;
mod people;

use self::boundary::put_boundary;
use self::catalogue::{put_assigned_privilege, put_grouped_privilege, put_privilege, put_privilege_group, require_key};
use self::people::{key_of, put_client, put_external_identity, put_group, put_member, put_user, require_subject};
use super::applications::predefined_thing;
use super::draft::{Draft, Put};
use super::error::{Error, Result};
use super::policy_line::Line;
use super::roles::{group_element, parent_element};
use crate::domain::assignment::Assignment;
use crate::domain::boundary::{Boundary, PermissionBoundary};
use crate::domain::directory::{Client, ExternalIdentity, Group, GroupMember, User};
use crate::domain::id::{Id, PrivilegeKey, PrivilegePattern};
use crate::domain::name::{BoundaryId, PrivilegeGroupId, RoleId, ScopeId, Subject, TenantId};
use crate::domain::predefined;
use crate::domain::privilege::{AssignedPrivilege, Privilege};
use crate::domain::privilege_group::{GroupedPrivilege, PrivilegeGroup};
use crate::domain::resource::{Resource, ResourceParent};
use crate::domain::role::{Role, RoleElement, RoleElementRow};
use crate::domain::row::{Key, NameSpace, Row, Stamp};
use crate::domain::scope::{AssignedResource, Instance, Scope, Selection};
use crate::domain::tenancy::{Application, Tenant};
use crate::domain::traversal::TraversalSpec;

/// What a line asks for; all of its parts are valid.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Application(Application),
    Tenant { tenant: Tenant, deleted: bool },
    Privilege(Privilege),
    PrivilegeGroup(PrivilegeGroup),
    GroupedPrivilege(GroupedPrivilege),
    Boundary { boundary: PermissionBoundary, tenants: Vec<Id>, former_tenants: Vec<Id> },
    Role { role: Role, sets: Vec<RoleElement>, former_tenants: Vec<Id> },
    RolePrivilege(RoleId, PrivilegeKey),
    RoleParent(RoleId, RoleId),
    RolePrivilegeGroup(RoleId, PrivilegeGroupId),
    User { user: User, tenants: Vec<TenantId>, former_tenants: Vec<TenantId> },
    Client(Client),
    ExternalIdentity(ExternalIdentity),
    Group(Group),
    GroupMember(GroupMember),
    Assignment(Assignment),
    Resource(Resource),
    ResourceParent(ResourceParent),
    TraversalSpec(TraversalSpec),
    Scope(Scope),
    Instance { instance: Instance, selections: Vec<Selection> },
    AssignedResource(AssignedResource),
    AssignedPrivilege(AssignedPrivilege),
}

/// Marks a membership or list entry that matches no incarnation of a tenant.
const GONE: u32 = 0;

impl Step {
    /// Checks a line in itself.
    pub(super) fn of(line: Line) -> Result<Self> {
        super::import_parse::step(line)
    }

    /// The things whose records the step needs: fetched together before the batch runs.
    pub(super) fn keys(&self) -> Vec<Key> {
        match self {
            Self::Application(row) => vec![Key::Application(row.id.clone())],
            Self::Tenant { tenant, .. } => vec![Key::Tenant(tenant.id.clone())],
            Self::Privilege(row) => vec![Key::Privilege(row.id.clone())],
            Self::PrivilegeGroup(row) => vec![Key::PrivilegeGroup(row.id.clone())],
            Self::GroupedPrivilege(row) => vec![Key::PrivilegeGroup(row.group.clone())],
            Self::Boundary { boundary, .. } => vec![Key::Boundary(boundary.id.clone())],
            Self::Role { role, .. } => vec![Key::Role(role.id.clone())],
            Self::RolePrivilege(role, _) | Self::RoleParent(role, _) | Self::RolePrivilegeGroup(role, _) => {
                vec![Key::Role(role.clone())]
            }
            Self::User { user, .. } => vec![Key::User(user.id.clone())],
            Self::Client(row) => vec![Key::Client(row.id.clone())],
            Self::ExternalIdentity(row) => vec![Key::ExternalIdentity(row.id.clone()), key_of(&row.bearer).0],
            Self::Group(row) => vec![Key::Group(row.id.clone())],
            Self::GroupMember(row) => vec![Key::Group(row.group.clone())],
            Self::Assignment(row) => vec![Key::Assignment(row.id.clone())],
            Self::Resource(row) => vec![Key::Resource(row.id.clone())],
            Self::ResourceParent(row) => {
                vec![Key::ResourceParent(row.child.clone(), row.parent.clone()), Key::Resource(row.child.clone())]
            }
            Self::TraversalSpec(row) => vec![Key::TraversalSpec(row.id.clone())],
            Self::Scope(row) => vec![Key::Scope(row.id.clone())],
            Self::Instance { instance, selections } => objects::keys_of(instance, selections),
            Self::AssignedResource(row) => {
                vec![Key::AssignedResource(row.assignment.clone(), row.resource.clone())]
            }
            Self::AssignedPrivilege(row) => {
                vec![Key::AssignedPrivilege(row.privilege.clone(), row.user.clone()), Key::User(row.user.clone())]
            }
        }
    }

    /// Whether it relates something to the role, group or resource of this name, and so could close a cycle.
    pub(super) fn relates(&self, name: &str) -> bool {
        match self {
            Self::RoleParent(role, _) => role.to_string() == name,
            Self::GroupMember(row) => Subject::Group(row.group.clone()).to_string() == name,
            Self::ResourceParent(row) => row.child.to_string() == name,
            _ => false,
        }
    }

    /// Does it; says whether anything changed.
    pub(super) async fn run(&self, draft: &mut Draft<'_>) -> Result<bool> {
        match self {
            Self::Application(row) => put_application(draft, row).await,
            Self::Tenant { tenant, deleted } => put_tenant(draft, tenant, *deleted).await,
            Self::Privilege(row) => put_privilege(draft, row).await,
            Self::PrivilegeGroup(row) => put_privilege_group(draft, row).await,
            Self::GroupedPrivilege(row) => put_grouped_privilege(draft, row).await,
            Self::Boundary { boundary, tenants, former_tenants } => {
                put_boundary(draft, boundary, tenants, former_tenants).await
            }
            Self::Role { role, sets, former_tenants } => put_role(draft, role, sets, former_tenants).await,
            Self::RolePrivilege(role, key) => {
                require_role(draft, role)?;
                require_key(draft, "role_privilege.privilege", &role.application, key)?;
                put_element(draft, role, RoleElement::Privilege(key.clone()), 0).await
            }
            Self::RoleParent(role, parent) => {
                require_role(draft, role)?;
                require(draft, &Key::Role(parent.clone()), "role", parent)?;
                put_element(draft, role, parent_element(parent), 0).await
            }
            Self::RolePrivilegeGroup(role, group) => {
                require_role(draft, role)?;
                require(draft, &Key::PrivilegeGroup(group.clone()), "privilege group", group)?;
                put_element(draft, role, group_element(group), 0).await
            }
            Self::User { user, tenants, former_tenants } => put_user(draft, user, tenants, former_tenants).await,
            Self::Client(row) => put_client(draft, row).await,
            Self::ExternalIdentity(row) => put_external_identity(draft, row).await,
            Self::Group(row) => put_group(draft, row).await,
            Self::GroupMember(row) => put_member(draft, row).await,
            Self::Assignment(row) => put_assignment(draft, row).await,
            Self::Resource(row) => put_resource(draft, row).await,
            Self::ResourceParent(row) => objects::put_parent(draft, row).await,
            Self::TraversalSpec(row) => objects::put_spec(draft, row).await,
            Self::Scope(row) => objects::put_scope(draft, row).await,
            Self::Instance { instance, selections } => objects::put_instance(draft, instance, selections).await,
            Self::AssignedResource(row) => objects::put_assigned(draft, row).await,
            Self::AssignedPrivilege(row) => put_assigned_privilege(draft, row).await,
        }
    }
}

fn require(draft: &Draft<'_>, key: &Key, kind: &'static str, name: &impl ToString) -> Result<()> {
    if draft.contains(key) { Ok(()) } else { Err(Error::not_found(kind, name)) }
}

fn require_application(draft: &Draft<'_>, id: &Id) -> Result<()> {
    require(draft, &Key::Application(id.clone()), "application", &format!("applications/{id}"))
}

/// The role exists and is not part of the product.
fn require_role(draft: &Draft<'_>, role: &RoleId) -> Result<()> {
    if draft.before().is_predefined_role(role) {
        return Err(predefined_thing(&role.to_string()));
    }
    require(draft, &Key::Role(role.clone()), "role", role)
}

/// The incarnation of a tenant that exists, with what this batch has made.
async fn require_tenant(draft: &mut Draft<'_>, id: &TenantId) -> Result<u32> {
    match draft.get(&Key::Tenant(id.clone())).await? {
        Some(Row::Tenant(tenant)) if tenant.live => Ok(tenant.incarnation),
        _ => Err(Error::not_found("tenant", id)),
    }
}

fn immutable(name: &impl ToString, field: &str) -> Error {
    Error::precondition("IMMUTABLE", name.to_string(), format!("{field} cannot be changed"))
}

async fn put(draft: &mut Draft<'_>, row: Row) -> Result<bool> {
    Ok(draft.put(row).await? != Put::Unchanged)
}

async fn put_application(draft: &mut Draft<'_>, row: &Application) -> Result<bool> {
    if row.id == predefined::application() {
        return Err(predefined_thing("applications/bailiwick"));
    }
    put(draft, Row::Application(row.clone())).await
}

async fn put_tenant(draft: &mut Draft<'_>, row: &Tenant, deleted: bool) -> Result<bool> {
    if !deleted {
        require_application(draft, &row.id.application)?;
    }
    let old = match draft.get(&Key::Tenant(row.id.clone())).await? {
        Some(Row::Tenant(old)) => Some(old),
        _ => None,
    };
    match old {
        Some(old) if old.tenant_type != row.tenant_type && old.live && !deleted => Err(immutable(&row.id, "type")),
        // An import never deletes: a tombstone in the file leaves a tenant, or its tombstone, as it is.
        Some(_) if deleted => Ok(false),
        Some(old) if old.live => put(draft, Row::Tenant(Tenant { incarnation: old.incarnation, ..row.clone() })).await,
        Some(old) => {
            draft.replace(Row::Tenant(Tenant { incarnation: old.incarnation + 1, ..row.clone() })).await?;
            Ok(true)
        }
        None => put(draft, Row::Tenant(Tenant { live: !deleted, ..row.clone() })).await,
    }
}

async fn put_role(draft: &mut Draft<'_>, role: &Role, sets: &[RoleElement], former: &[Id]) -> Result<bool> {
    match role.id.owner_tenant() {
        Some(tenant) => require_tenant(draft, &tenant).await.map(|_| ())?,
        None => require_application(draft, &role.id.application)?,
    }
    let key = Key::Role(role.id.clone());
    let old = draft.get(&key).await?;
    if draft.before().is_predefined_role(&role.id) {
        return Err(predefined_thing(&role.id.to_string()));
    }
    if matches!(&old, Some(Row::Role(old)) if old.role_name != role.role_name) {
        return Err(immutable(&role.id, "role_name"));
    }
    if let Boundary::Named(id) = &role.boundary {
        let id = BoundaryId { application: role.id.application.clone(), boundary: id.clone() };
        require(draft, &Key::Boundary(id.clone()), "permission boundary", &id)?;
    }
    let mut changed = put(draft, Row::Role(role.clone())).await?;
    if old.is_some() {
        changed |= drop_other_elements(draft, &role.id, sets, former).await?;
    }
    for element in sets {
        let incarnation = match element {
            RoleElement::VisibleTenant(tenant) => {
                let tenant = TenantId { application: role.id.application.clone(), tenant: tenant.clone() };
                require_tenant(draft, &tenant).await?
            }
            _ => 0,
        };
        changed |= put_element(draft, &role.id, element.clone(), incarnation).await?;
    }
    for tenant in former {
        changed |= put_former_element(draft, &role.id, tenant).await?;
    }
    Ok(changed)
}

/// A listed tenant that is gone; one that is listed already and gone stays as it is.
async fn put_former_element(draft: &mut Draft<'_>, role: &RoleId, tenant: &Id) -> Result<bool> {
    let former = draft.snapshot().role_sets(role).former_tenants;
    if former.iter().any(|id| id == tenant.as_str()) {
        return Ok(false);
    }
    put_element(draft, role, RoleElement::VisibleTenant(tenant.clone()), GONE).await
}

/// The sets on a role's line replace those that the role has; keys, parents and groups have lines of their own.
async fn drop_other_elements(
    draft: &mut Draft<'_>,
    role: &RoleId,
    sets: &[RoleElement],
    former: &[Id],
) -> Result<bool> {
    let old = draft.snapshot().role_sets(role);
    let pattern = |text: &String| PrivilegePattern::parse(text).ok();
    let tenant = |text: &String| Id::parse(text).ok();
    let mut elements: Vec<RoleElement> = old.patterns.iter().filter_map(pattern).map(RoleElement::Pattern).collect();
    elements.extend(old.exclusions.iter().filter_map(pattern).map(RoleElement::Exclusion));
    elements.extend(old.visible_tenants.iter().filter_map(tenant).map(RoleElement::VisibleTenant));
    elements.extend(
        old.former_tenants.iter().filter_map(tenant).filter(|id| !former.contains(id)).map(RoleElement::VisibleTenant),
    );
    let mut changed = false;
    for element in elements.into_iter().filter(|element| !sets.contains(element)) {
        changed |= draft.delete(&Key::RoleElement(role.clone(), element)).await?;
    }
    if changed {
        draft.touch(&Key::Role(role.clone())).await?;
    }
    Ok(changed)
}

async fn put_element(draft: &mut Draft<'_>, role: &RoleId, element: RoleElement, incarnation: u32) -> Result<bool> {
    let row = RoleElementRow { role: role.clone(), element, incarnation };
    let changed = put(draft, Row::RoleElement(row)).await?;
    if changed {
        draft.touch(&Key::Role(role.clone())).await?;
    }
    Ok(changed)
}

async fn put_assignment(draft: &mut Draft<'_>, row: &Assignment) -> Result<bool> {
    require_subject(draft, &row.id.holder)?;
    require(draft, &Key::Role(row.id.role.clone()), "role", &row.id.role)?;
    if let Some(tenant) = row.id.tenant_id() {
        require_tenant(draft, &tenant).await?;
    }
    if let Some(scope) = row.access.scope.clone() {
        objects::require_scope(draft, &ScopeId { application: row.id.role.application.clone(), scope })?;
    }
    let changed = put(draft, Row::Assignment(Assignment { stamp: Stamp::default(), ..row.clone() })).await?;
    // What it names stands on lines of its own, which may be of the same batch.
    let name = row.id.name();
    draft.note_name(
        NameSpace::AssignmentIds(name.application),
        name.assignment.as_str(),
        Key::Assignment(row.id.clone()),
    );
    Ok(changed)
}

async fn put_resource(draft: &mut Draft<'_>, row: &Resource) -> Result<bool> {
    match row.tenant_id() {
        Some(tenant) => require_tenant(draft, &tenant).await.map(|_| ())?,
        None => require_application(draft, &row.id.application)?,
    }
    let had_tenant = match draft.get(&Key::Resource(row.id.clone())).await? {
        Some(Row::Resource(old)) => old.tenant_level,
        _ => false,
    };
    put(draft, Row::Resource(Resource { tenant_level: row.tenant_level || had_tenant, ..row.clone() })).await
}
