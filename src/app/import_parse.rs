//! From the text of an import line to valid values; every violation of the line is named.

mod boundary;
mod documents;
mod objects;

pub(super) use self::documents::STATEMENTS;

use super::error::{Error, Result};
use super::import_line::Step;
use super::policy_line::{
    ApplicationLine, CatalogueWord, ClientLine, ExternalIdentityLine, GroupLine, GroupMemberLine, GroupedPrivilegeLine,
    Line, PrivilegeGroupLine, PrivilegeVisibilityWord, RoleLine, RoleParentLine, RolePrivilegeGroupLine,
    RolePrivilegeLine, TenantLine, TenantTypeWord, UserLine, VisibilityWord,
};
use crate::domain::boundary::Boundary;
use crate::domain::directory::{Client, ExternalIdentity, ExternalIdentityId, Group, GroupMember, User};
use crate::domain::id::{ForeignId, Id, PrivilegeKey, PrivilegePattern};
use crate::domain::limit;
use crate::domain::metadata;
use crate::domain::name::{PrivilegeGroupId, RoleId, Subject, TenantId};
use crate::domain::privilege_group::{GroupedPrivilege, PrivilegeGroup};
use crate::domain::role::{Role, RoleElement, RoleKind, Visibility};
use crate::domain::row::Stamp;
use crate::domain::tenancy::{Application, Catalogue, Tenant, TenantType};
use crate::domain::text;
use crate::domain::violation::{Malformed, Violations};

impl Line {
    /// Whether the line is right in itself, whatever the state that it would meet; every violation is named.
    pub fn check(self) -> Result<()> {
        step(self).map(|_| ())
    }
}

/// Checks a line in itself.
pub(super) fn step(line: Line) -> Result<Step> {
    let mut v = Violations::default();
    let step = match line {
        Line::BailiwickPolicy(_) => {
            return Err(Error::invalid("bailiwick_policy", "stands on the first line only"));
        }
        Line::Application(line) => application(&line, &mut v),
        Line::Tenant(line) => tenant(&line, &mut v),
        Line::Privilege(line) => documents::privilege(&line, &mut v),
        Line::PrivilegeGroup(line) => privilege_group(&line, &mut v),
        Line::GroupedPrivilege(line) => grouped_privilege(&line, &mut v),
        Line::PermissionBoundary(line) => boundary::step(&line, &mut v),
        Line::Role(line) => role(&line, &mut v),
        Line::RolePrivilege(line) => role_privilege(&line, &mut v),
        Line::RoleParent(line) => role_parent(&line, &mut v),
        Line::RolePrivilegeGroup(line) => role_privilege_group(&line, &mut v),
        Line::User(line) => user(&line, &mut v),
        Line::Client(line) => client(&line, &mut v),
        Line::ExternalIdentity(line) => external_identity(&line, &mut v),
        Line::Group(line) => group(&line, &mut v),
        Line::GroupMember(line) => group_member(&line, &mut v),
        Line::RoleAssignment(line) => objects::assignment(&line, &mut v),
        Line::Resource(line) => objects::resource(&line, &mut v),
        Line::ResourceParent(line) => objects::parent(&line, &mut v),
        Line::TraversalSpec(line) => objects::spec(&line, &mut v),
        Line::Scope(line) => objects::scope(&line, &mut v),
        Line::Instance(line) => objects::instance(&line, &mut v),
        Line::AssignedResource(line) => objects::assigned(&line, &mut v),
        Line::AssignedPrivilege(line) => documents::assigned(&line, &mut v),
    };
    Error::check(v)?;
    step.ok_or(Error::Internal)
}

/// An optional value: absent, valid, or a violation.
#[expect(clippy::option_option, reason = "the outer says whether it is valid, the inner whether it is there")]
fn optional<T>(
    v: &mut Violations,
    field: &str,
    text: Option<&String>,
    parse: impl Fn(&str) -> std::result::Result<T, Malformed>,
) -> Option<Option<T>> {
    match text {
        None => Some(None),
        Some(text) => v.take(field, parse(text)).map(Some),
    }
}

fn list<T>(
    v: &mut Violations,
    field: &str,
    texts: &[String],
    parse: impl Fn(&str) -> std::result::Result<T, Malformed>,
) -> Vec<T> {
    let items = texts.iter().enumerate();
    items.filter_map(|(at, text)| v.take(format!("{field}[{at}]"), parse(text))).collect()
}

/// A role, of the fields of these names.
fn role_id(
    v: &mut Violations,
    fields: [&str; 3],
    (application, tenant, role): (&str, Option<&String>, &str),
) -> Option<RoleId> {
    let application = v.take(fields[0], Id::parse(application));
    let tenant = optional(v, fields[1], tenant, Id::parse);
    let role = v.take(fields[2], Id::parse(role));
    Some(RoleId { application: application?, tenant: tenant?, role: role? })
}

fn application(line: &ApplicationLine, v: &mut Violations) -> Option<Step> {
    let id = v.take("application.id", Id::parse(&line.id));
    let display_name = v.take("application.display_name", text::display(&line.display_name));
    let catalogue = match line.catalogue {
        CatalogueWord::Strict => Catalogue::Strict,
        CatalogueWord::Open => Catalogue::Open,
    };
    Some(Step::Application(Application { id: id?, display_name: display_name?, catalogue, stamp: Stamp::default() }))
}

fn tenant(line: &TenantLine, v: &mut Violations) -> Option<Step> {
    let application = v.take("tenant.application", Id::parse(&line.application));
    let tenant = v.take("tenant.id", Id::parse(&line.id));
    let display_name = v.take("tenant.display_name", text::display(&line.display_name));
    let tenant_type = match line.r#type {
        TenantTypeWord::Standard => TenantType::Standard,
        TenantTypeWord::Global => TenantType::Global,
        TenantTypeWord::Standalone => TenantType::Standalone,
    };
    let tenant = Tenant {
        id: TenantId { application: application?, tenant: tenant? },
        display_name: display_name?,
        tenant_type,
        incarnation: 1,
        live: true,
        stamp: Stamp::default(),
    };
    Some(Step::Tenant { tenant, deleted: line.deleted })
}

/// A privilege group, of the fields of these names.
fn group_id(
    v: &mut Violations,
    fields: [&str; 3],
    (application, tenant, group): (&str, Option<&String>, &str),
) -> Option<PrivilegeGroupId> {
    let application = v.take(fields[0], Id::parse(application));
    let tenant = optional(v, fields[1], tenant, Id::parse);
    let group = v.take(fields[2], Id::parse(group));
    Some(PrivilegeGroupId { application: application?, tenant: tenant?, group: group? })
}

fn privilege_group(line: &PrivilegeGroupLine, v: &mut Violations) -> Option<Step> {
    let fields = ["privilege_group.application", "privilege_group.tenant", "privilege_group.id"];
    let id = group_id(v, fields, (&line.application, line.tenant.as_ref(), &line.id));
    let group_name = v.take("privilege_group.group_name", text::required_name(&line.group_name));
    let display_name = v.take("privilege_group.display_name", text::display(&line.display_name));
    let description = v.take("privilege_group.description", text::description(&line.description));
    Some(Step::PrivilegeGroup(PrivilegeGroup {
        id: id?,
        group_name: group_name?,
        display_name: display_name?,
        description: description?,
        tenant_visible: line.tenant_visibility == PrivilegeVisibilityWord::All,
        stamp: Stamp::default(),
    }))
}

fn grouped_privilege(line: &GroupedPrivilegeLine, v: &mut Violations) -> Option<Step> {
    let fields = ["grouped_privilege.application", "grouped_privilege.tenant", "grouped_privilege.group"];
    let group = group_id(v, fields, (&line.application, line.tenant.as_ref(), &line.group));
    let privilege = v.take("grouped_privilege.privilege", PrivilegeKey::parse(&line.privilege));
    Some(Step::GroupedPrivilege(GroupedPrivilege { group: group?, privilege: privilege? }))
}

fn role_privilege_group(line: &RolePrivilegeGroupLine, v: &mut Violations) -> Option<Step> {
    let fields = ["role_privilege_group.application", "role_privilege_group.tenant", "role_privilege_group.role"];
    let role = role_id(v, fields, (&line.application, line.tenant.as_ref(), &line.role));
    let tenant = optional(v, "role_privilege_group.group_tenant", line.group_tenant.as_ref(), Id::parse);
    let group = v.take("role_privilege_group.group", Id::parse(&line.group));
    if line.group_tenant.is_some() && line.group_tenant != line.tenant {
        v.add("role_privilege_group.group_tenant", "must be the role's own tenant, or left out");
    }
    let role = role?;
    let group = PrivilegeGroupId { application: role.application.clone(), tenant: tenant?, group: group? };
    Some(Step::RolePrivilegeGroup(role, group))
}

fn role(line: &RoleLine, v: &mut Violations) -> Option<Step> {
    let fields = ["role.application", "role.tenant", "role.id"];
    let id = role_id(v, fields, (&line.application, line.tenant.as_ref(), &line.id));
    let role_name = v.take("role.role_name", text::required_name(&line.role_name));
    let display_name = v.take("role.display_name", text::display(&line.display_name));
    let description = v.take("role.description", text::description(&line.description));
    let metadata = metadata::checked(v, "role.metadata", &line.metadata);
    let boundary = optional(v, "role.permission_boundary", line.permission_boundary.as_ref(), Boundary::parse);
    let visibility = visibility(line, v);
    let mut sets: Vec<RoleElement> = Vec::new();
    let patterns = list(v, "role.privilege_patterns", &line.privilege_patterns, PrivilegePattern::parse);
    sets.extend(patterns.into_iter().map(RoleElement::Pattern));
    let exclusions = list(v, "role.excluded_privileges", &line.excluded_privileges, PrivilegePattern::parse);
    sets.extend(exclusions.into_iter().map(RoleElement::Exclusion));
    let tenants = list(v, "role.visible_tenants", &line.visible_tenants, Id::parse);
    sets.extend(tenants.into_iter().map(RoleElement::VisibleTenant));
    let former_tenants = list(v, "role.former_visible_tenants", &line.former_visible_tenants, Id::parse);
    let role = Role {
        id: id?,
        role_name: role_name?,
        display_name: display_name?,
        description: description?,
        metadata,
        kind: RoleKind::Custom,
        boundary: boundary?.unwrap_or_default(),
        visibility,
        stamp: Stamp::default(),
    };
    Some(Step::Role { role, sets, former_tenants })
}

fn visibility(line: &RoleLine, v: &mut Violations) -> Visibility {
    let lists = !line.visible_tenants.is_empty() || !line.former_visible_tenants.is_empty();
    if lists && line.tenant_visibility != VisibilityWord::TenantInclusionList {
        v.add("role.visible_tenants", "needs tenant_visibility TENANT_INCLUSION_LIST");
    }
    if line.visible_tenants.len() + line.former_visible_tenants.len() > limit::VISIBLE_TENANTS_MAX {
        v.add("role.visible_tenants", format!("must be at most {}", limit::VISIBLE_TENANTS_MAX));
    }
    match (line.tenant_visibility, line.tenant.is_some()) {
        (VisibilityWord::All | VisibilityWord::Owner, true) => Visibility::Owner,
        (_, true) => {
            v.add("role.tenant_visibility", "of a tenant's role is always OWNER");
            Visibility::Owner
        }
        (VisibilityWord::All, false) => Visibility::All,
        (VisibilityWord::TenantInclusionList, false) => Visibility::InclusionList,
        (VisibilityWord::None, false) => Visibility::None,
        (VisibilityWord::Owner, false) => {
            v.add("role.tenant_visibility", "OWNER needs a role that a tenant owns");
            Visibility::Owner
        }
    }
}

fn role_privilege(line: &RolePrivilegeLine, v: &mut Violations) -> Option<Step> {
    let fields = ["role_privilege.application", "role_privilege.tenant", "role_privilege.role"];
    let role = role_id(v, fields, (&line.application, line.tenant.as_ref(), &line.role));
    let key = v.take("role_privilege.privilege", PrivilegeKey::parse(&line.privilege));
    Some(Step::RolePrivilege(role?, key?))
}

fn role_parent(line: &RoleParentLine, v: &mut Violations) -> Option<Step> {
    let fields = ["role_parent.application", "role_parent.tenant", "role_parent.role"];
    let role = role_id(v, fields, (&line.application, line.tenant.as_ref(), &line.role));
    let tenant = optional(v, "role_parent.parent_tenant", line.parent_tenant.as_ref(), Id::parse);
    let parent = v.take("role_parent.parent", Id::parse(&line.parent));
    if line.parent_tenant.is_some() && line.parent_tenant != line.tenant {
        v.add("role_parent.parent_tenant", "must be the role's own tenant, or left out");
    }
    let role = role?;
    let parent = RoleId { application: role.application.clone(), tenant: tenant?, role: parent? };
    Some(Step::RoleParent(role, parent))
}

/// `application/tenant`.
fn tenant_path(text: &str) -> std::result::Result<TenantId, Malformed> {
    let (application, tenant) = text.split_once('/').ok_or_else(|| Malformed::new("must be application/tenant"))?;
    Ok(TenantId { application: Id::parse(application)?, tenant: Id::parse(tenant)? })
}

fn user(line: &UserLine, v: &mut Violations) -> Option<Step> {
    let id = v.take("user.id", Id::parse(&line.id));
    let username = v.take("user.username", text::required_name(&line.username));
    let display_name = v.take("user.display_name", text::display(&line.display_name));
    let first_name = v.take("user.first_name", text::display(&line.first_name));
    let last_name = v.take("user.last_name", text::display(&line.last_name));
    let email = v.take("user.email", text::display(&line.email));
    let application = optional(v, "user.application", line.application.as_ref(), Id::parse);
    let tenants = list(v, "user.tenants", &line.tenants, tenant_path);
    let former_tenants = list(v, "user.former_tenants", &line.former_tenants, tenant_path);
    if tenants.len() > limit::USER_TENANTS_MAX {
        v.add("user.tenants", format!("must be at most {}", limit::USER_TENANTS_MAX));
    }
    if let Some(Some(application)) = &application {
        for tenant in tenants.iter().chain(&former_tenants).filter(|tenant| tenant.application != *application) {
            v.add("user.tenants", format!("{tenant} is no tenant of the user's application"));
        }
    }
    let user = User {
        id: id?,
        username: username?,
        display_name: display_name?,
        first_name: first_name?,
        last_name: last_name?,
        email: email?,
        enabled: line.enabled.0,
        application: application?,
        tenant_level: line.tenant_level,
        stamp: Stamp::default(),
    };
    Some(Step::User { user, tenants, former_tenants })
}

fn client(line: &ClientLine, v: &mut Violations) -> Option<Step> {
    let id = v.take("client.id", Id::parse(&line.id));
    let application = v.take("client.application", Id::parse(&line.application));
    let tenant = optional(v, "client.tenant", line.tenant.as_ref(), Id::parse);
    let display_name = v.take("client.display_name", text::display(&line.display_name));
    Some(Step::Client(Client {
        id: id?,
        application: application?,
        tenant: tenant?,
        display_name: display_name?,
        enabled: line.enabled.0,
        stamp: Stamp::default(),
    }))
}

fn group(line: &GroupLine, v: &mut Violations) -> Option<Step> {
    let id = v.take("group.id", Id::parse(&line.id));
    let group_name = v.take("group.group_name", text::required_name(&line.group_name));
    let display_name = v.take("group.display_name", text::display(&line.display_name));
    let description = v.take("group.description", text::description(&line.description));
    Some(Step::Group(Group {
        id: id?,
        group_name: group_name?,
        display_name: display_name?,
        description: description?,
        stamp: Stamp::default(),
    }))
}

fn external_identity(line: &ExternalIdentityLine, v: &mut Violations) -> Option<Step> {
    let bearer = v.take("external_identity.bearer", Subject::parse(&line.bearer));
    if matches!(bearer, Some(Subject::Group(_) | Subject::Application(_))) {
        v.add("external_identity.bearer", "must be a user or a client");
    }
    let issuer = v.take("external_identity.issuer", ForeignId::parse(&line.issuer));
    let subject = v.take("external_identity.subject", ForeignId::parse(&line.subject));
    let id = ExternalIdentityId { issuer: issuer?, subject: subject? };
    Some(Step::ExternalIdentity(ExternalIdentity { id, bearer: bearer? }))
}

fn group_member(line: &GroupMemberLine, v: &mut Violations) -> Option<Step> {
    let group = v.take("group_member.group", Id::parse(&line.group));
    let member = v.take("group_member.member", Subject::parse(&line.member));
    if matches!(member, Some(Subject::Application(_))) {
        v.add("group_member.member", "must be a user, a client or a group");
    }
    Some(Step::GroupMember(GroupMember { group: group?, member: member? }))
}
