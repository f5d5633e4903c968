//! From a row to its line in an export.

mod objects;

pub(super) use self::objects::instance;

use super::policy_line::{
    ApplicationLine, AssignedPrivilegeLine, BoundaryWord, CatalogueWord, ClientLine, DocumentLine, EffectWord,
    ExternalIdentityLine, GroupLine, GroupMemberLine, GroupedPrivilegeLine, Line, PermissionBoundaryLine,
    PrivilegeGroupLine, PrivilegeLine, PrivilegeVisibilityWord, ResourceLine, RoleAssignmentLine, RoleLine,
    RoleParentLine, RolePrivilegeGroupLine, RolePrivilegeLine, StatementLine, TenantLine, TenantTypeWord, UserLine,
    VisibilityWord, Yes,
};
use crate::domain::assignment::Assignment;
use crate::domain::boundary::{BoundaryKind, PermissionBoundary};
use crate::domain::directory::User;
use crate::domain::id::Id;
use crate::domain::name::TenantId;
use crate::domain::policy::{PolicyDocument, Statement};
use crate::domain::predefined;
use crate::domain::role::{Role, RoleElement, RoleElementRow, Visibility};
use crate::domain::row::Row;
use crate::domain::tenancy::{Catalogue, Tenant, TenantType};

fn text(id: Option<&Id>) -> Option<String> {
    id.map(ToString::to_string)
}

/// The line of a row that needs no other rows; `None` for what has none: parts of the product, and elements that
/// stand on the line of their thing.
pub(super) fn line(row: &Row) -> Option<Line> {
    Some(match row {
        Row::Application(row) if row.id == predefined::application() => return None,
        Row::Application(row) => Line::Application(ApplicationLine {
            id: row.id.to_string(),
            display_name: row.display_name.clone(),
            catalogue: match row.catalogue {
                Catalogue::Strict => CatalogueWord::Strict,
                Catalogue::Open => CatalogueWord::Open,
            },
        }),
        Row::Tenant(row) => Line::Tenant(tenant(row)),
        Row::Privilege(_) | Row::PrivilegeGroup(_) | Row::GroupedPrivilege(_) | Row::AssignedPrivilege(_) => {
            return catalogue(row);
        }
        Row::RoleElement(row) => return element(row),
        Row::Client(row) => Line::Client(ClientLine {
            id: row.id.to_string(),
            application: row.application.to_string(),
            tenant: text(row.tenant.as_ref()),
            display_name: row.display_name.clone(),
            enabled: Yes(row.enabled),
        }),
        Row::ExternalIdentity(row) => Line::ExternalIdentity(ExternalIdentityLine {
            bearer: row.bearer.to_string(),
            issuer: row.id.issuer.to_string(),
            subject: row.id.subject.to_string(),
        }),
        Row::Group(row) => Line::Group(GroupLine {
            id: row.id.to_string(),
            group_name: row.group_name.clone(),
            display_name: row.display_name.clone(),
            description: row.description.clone(),
        }),
        Row::GroupMember(row) => {
            Line::GroupMember(GroupMemberLine { group: row.group.to_string(), member: row.member.to_string() })
        }
        Row::Assignment(row) => Line::RoleAssignment(assignment(row)),
        Row::Resource(row) => Line::Resource(ResourceLine {
            application: row.id.application.to_string(),
            kind: row.id.kind.to_string(),
            id: row.id.id.to_string(),
            tenant: text(row.tenant.as_ref()),
            tenant_level: row.tenant_level && row.tenant.is_none(),
        }),
        Row::ResourceParent(_) | Row::TraversalSpec(_) | Row::Scope(_) | Row::AssignedResource(_) => {
            return objects::line(row);
        }
        Row::Role(_)
        | Row::User(_)
        | Row::UserTenant(_)
        | Row::Boundary(_)
        | Row::BoundaryTenant(_)
        | Row::Instance(_)
        | Row::Selection(_) => return None,
    })
}

/// Lines of a catalogue.
fn catalogue(row: &Row) -> Option<Line> {
    Some(match row {
        Row::Privilege(row) => Line::Privilege(PrivilegeLine {
            application: row.id.application.to_string(),
            key: row.id.key.to_string(),
            display_name: row.display_name.clone(),
            description: row.description.clone(),
            object_scoped: Yes(row.object_scoped),
            tenant_visibility: visibility(row.tenant_visible),
            document: row.document.as_ref().map(document),
        }),
        Row::PrivilegeGroup(row) => Line::PrivilegeGroup(PrivilegeGroupLine {
            application: row.id.application.to_string(),
            tenant: text(row.id.tenant.as_ref()),
            id: row.id.group.to_string(),
            group_name: row.group_name.clone(),
            display_name: row.display_name.clone(),
            description: row.description.clone(),
            tenant_visibility: visibility(row.tenant_visible),
        }),
        Row::GroupedPrivilege(row) => Line::GroupedPrivilege(GroupedPrivilegeLine {
            application: row.group.application.to_string(),
            tenant: text(row.group.tenant.as_ref()),
            group: row.group.group.to_string(),
            privilege: row.privilege.to_string(),
        }),
        Row::AssignedPrivilege(row) => Line::AssignedPrivilege(AssignedPrivilegeLine {
            application: row.privilege.application.to_string(),
            privilege: row.privilege.key.to_string(),
            user: row.user.to_string(),
        }),
        _ => return None,
    })
}

fn document(document: &PolicyDocument) -> DocumentLine {
    let statement = |statement: &Statement| StatementLine {
        effect: EffectWord::Allow,
        actions: statement.actions.texts(),
        scopes: statement.scopes.iter().map(ToString::to_string).collect(),
    };
    DocumentLine { version: document.version.clone(), statements: document.statements.iter().map(statement).collect() }
}

fn visibility(tenant_visible: bool) -> PrivilegeVisibilityWord {
    if tenant_visible { PrivilegeVisibilityWord::All } else { PrivilegeVisibilityWord::None }
}

fn tenant(row: &Tenant) -> TenantLine {
    TenantLine {
        application: row.id.application.to_string(),
        id: row.id.tenant.to_string(),
        display_name: row.display_name.clone(),
        r#type: match row.tenant_type {
            TenantType::Standard => TenantTypeWord::Standard,
            TenantType::Global => TenantTypeWord::Global,
            TenantType::Standalone => TenantTypeWord::Standalone,
        },
        deleted: !row.live,
    }
}

fn element(row: &RoleElementRow) -> Option<Line> {
    if row.role == predefined::administrator() {
        return None;
    }
    let (application, tenant) = (row.role.application.to_string(), text(row.role.tenant.as_ref()));
    let role = row.role.role.to_string();
    match &row.element {
        RoleElement::Privilege(key) => {
            let privilege = key.to_string();
            Some(Line::RolePrivilege(RolePrivilegeLine { application, tenant, role, privilege }))
        }
        RoleElement::Parent { tenant: parent_tenant, role: parent } => {
            let (parent, parent_tenant) = (parent.to_string(), text(parent_tenant.as_ref()));
            Some(Line::RoleParent(RoleParentLine { application, tenant, role, parent, parent_tenant }))
        }
        RoleElement::PrivilegeGroup { tenant: group_tenant, group } => {
            let (group, group_tenant) = (group.to_string(), text(group_tenant.as_ref()));
            Some(Line::RolePrivilegeGroup(RolePrivilegeGroupLine { application, tenant, role, group, group_tenant }))
        }
        RoleElement::Pattern(_) | RoleElement::Exclusion(_) | RoleElement::VisibleTenant(_) => None,
    }
}

fn assignment(row: &Assignment) -> RoleAssignmentLine {
    RoleAssignmentLine {
        holder: row.id.holder.to_string(),
        application: row.id.role.application.to_string(),
        role: row.id.role.role.to_string(),
        role_tenant: text(row.id.role.tenant.as_ref()),
        tenant: text(row.id.tenant.as_ref()),
        allow_all_objects: Yes(row.access.allow_all_objects),
        scope: text(row.access.scope.as_ref()),
        start_time: row.start.map(|time| time.to_string()),
        expire_time: row.expire.map(|time| time.to_string()),
        reason: row.reason.clone(),
    }
}

/// A boundary's line, with the tenants that it lists, those that are gone apart.
pub(super) fn boundary(
    row: &PermissionBoundary,
    (tenants, former_tenants): (Vec<String>, Vec<String>),
) -> Option<Line> {
    Some(Line::PermissionBoundary(PermissionBoundaryLine {
        application: row.id.application.to_string(),
        id: row.id.boundary.to_string(),
        boundary_name: row.boundary_name.clone(),
        display_name: row.display_name.clone(),
        description: row.description.clone(),
        kind: match row.kind {
            BoundaryKind::TenantInclusionList => BoundaryWord::TenantInclusionList,
            BoundaryKind::TenantExclusionList => BoundaryWord::TenantExclusionList,
            BoundaryKind::Custom => BoundaryWord::Custom,
            BoundaryKind::Application | BoundaryKind::Tenant | BoundaryKind::SelfOnly => return None,
        },
        tenants,
        former_tenants,
        value: row.value.clone(),
    }))
}

/// A role's line, with the elements that stand on it; `former`: the tenants it was visible to that are gone.
pub(super) fn role(role: &Role, elements: &[RoleElement], former: &[String]) -> Option<Line> {
    if role.id == predefined::administrator() {
        return None;
    }
    let mut line = RoleLine {
        application: role.id.application.to_string(),
        tenant: text(role.id.tenant.as_ref()),
        id: role.id.role.to_string(),
        role_name: role.role_name.clone(),
        display_name: role.display_name.clone(),
        description: role.description.clone(),
        metadata: role.metadata.clone(),
        privilege_patterns: Vec::new(),
        excluded_privileges: Vec::new(),
        permission_boundary: role.boundary.id().map(ToOwned::to_owned),
        tenant_visibility: match (role.visibility, role.id.tenant.is_some()) {
            (_, true) | (Visibility::Owner, _) => VisibilityWord::Owner,
            (Visibility::All, false) => VisibilityWord::All,
            (Visibility::InclusionList, false) => VisibilityWord::TenantInclusionList,
            (Visibility::None, false) => VisibilityWord::None,
        },
        visible_tenants: Vec::new(),
        former_visible_tenants: Vec::new(),
    };
    for element in elements {
        match element {
            RoleElement::Pattern(pattern) => line.privilege_patterns.push(pattern.to_string()),
            RoleElement::Exclusion(text) => line.excluded_privileges.push(text.to_string()),
            RoleElement::VisibleTenant(tenant) if former.iter().any(|id| id == tenant.as_str()) => {
                line.former_visible_tenants.push(tenant.to_string());
            }
            RoleElement::VisibleTenant(tenant) => line.visible_tenants.push(tenant.to_string()),
            RoleElement::Privilege(_) | RoleElement::Parent { .. } | RoleElement::PrivilegeGroup { .. } => {}
        }
    }
    Some(Line::Role(line))
}

/// A user's line, with its tenants, those that are gone apart.
pub(super) fn user(user: &User, live: &[&TenantId], former: &[&TenantId]) -> Line {
    let path = |tenant: &&TenantId| format!("{}/{}", tenant.application, tenant.tenant);
    Line::User(UserLine {
        id: user.id.to_string(),
        username: user.username.clone(),
        display_name: user.display_name.clone(),
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        email: user.email.clone(),
        enabled: Yes(user.enabled),
        application: text(user.application.as_ref()),
        tenants: live.iter().map(path).collect(),
        former_tenants: former.iter().map(path).collect(),
        tenant_level: user.tenant_level,
    })
}
