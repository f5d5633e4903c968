//! Rows of a workload: what it does not say of a thing is left out.

use crate::domain::assignment::{Assignment, AssignmentId, ObjectAccess};
use crate::domain::boundary::Boundary;
use crate::domain::directory::{Group, GroupMember, User, UserTenant};
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::metadata::Metadata;
use crate::domain::name::{PrivilegeId, ResourceId, ResourceKey, RoleId, ScopeId, Subject, TenantId};
use crate::domain::privilege::Privilege;
use crate::domain::resource::{Resource, ResourceParent};
use crate::domain::role::{Role, RoleElement, RoleElementRow, RoleKind, Visibility};
use crate::domain::row::{Row, Stamp};
use crate::domain::scope::{Instance, InstanceId, Scope, Selection, SelectionType, Selector};
use crate::domain::tenancy::{Application, Catalogue, Tenant, TenantType};
use crate::domain::time::Time;

/// An id of a workload.
pub(super) fn id(text: impl Into<String>) -> Id {
    Id::derived(text.into())
}

pub(super) fn application(id: &Id) -> Row {
    Row::Application(Application {
        id: id.clone(),
        display_name: String::new(),
        catalogue: Catalogue::Strict,
        stamp: Stamp::default(),
    })
}

pub(super) fn tenant(application: &Id, tenant: Id) -> Row {
    Row::Tenant(Tenant {
        id: TenantId { application: application.clone(), tenant },
        display_name: String::new(),
        tenant_type: TenantType::Standard,
        incarnation: 1,
        live: true,
        stamp: Stamp::default(),
    })
}

/// One that needs an object.
pub(super) fn privilege(application: &Id, key: &PrivilegeKey) -> Row {
    Row::Privilege(Privilege {
        id: PrivilegeId { application: application.clone(), key: key.clone() },
        display_name: String::new(),
        description: String::new(),
        object_scoped: true,
        tenant_visible: true,
        document: None,
        stamp: Stamp::default(),
    })
}

/// A role of an application.
pub(super) fn role_id(application: &Id, role: Id) -> RoleId {
    RoleId { application: application.clone(), tenant: None, role }
}

/// A role with its elements: without boundary, and for everyone who may hold it.
pub(super) fn role(id: &RoleId, elements: Vec<RoleElement>) -> impl Iterator<Item = Row> + use<> {
    let row = Row::Role(Role {
        id: id.clone(),
        role_name: id.role.to_string(),
        display_name: String::new(),
        description: String::new(),
        metadata: Metadata::new(),
        kind: RoleKind::Custom,
        boundary: Boundary::Unset,
        visibility: if id.tenant.is_some() { Visibility::Owner } else { Visibility::All },
        stamp: Stamp::default(),
    });
    let role = id.clone();
    let element = move |element| Row::RoleElement(RoleElementRow { role: role.clone(), element, incarnation: 0 });
    std::iter::once(row).chain(elements.into_iter().map(element))
}

/// A user of an application.
pub(super) fn user(id: Id, application: &Id, (tenant_level, enabled): (bool, bool)) -> Row {
    Row::User(User {
        username: id.to_string(),
        id,
        display_name: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        email: String::new(),
        enabled,
        application: Some(application.clone()),
        tenant_level,
        stamp: Stamp::default(),
    })
}

pub(super) fn user_tenant(user: Id, application: &Id, tenant: Id) -> Row {
    let tenant = TenantId { application: application.clone(), tenant };
    Row::UserTenant(UserTenant { user, tenant, incarnation: 1 })
}

pub(super) fn group(id: Id) -> Row {
    let group_name = id.to_string();
    let (display_name, description) = (String::new(), String::new());
    Row::Group(Group { id, group_name, display_name, description, stamp: Stamp::default() })
}

pub(super) fn member(group: Id, member: Subject) -> Row {
    Row::GroupMember(GroupMember { group, member })
}

pub(super) fn assignment(id: AssignmentId, access: ObjectAccess, expire: Option<Time>) -> Row {
    let (reason, stamp) = (String::new(), Stamp::default());
    Row::Assignment(Assignment { id, access, start: None, expire, reason, stamp })
}

pub(super) fn resource(id: ResourceId, tenant: Option<Id>) -> Row {
    Row::Resource(Resource { id, tenant_level: tenant.is_some(), tenant, stamp: Stamp::default() })
}

pub(super) fn parent(child: ResourceId, parent: ResourceKey) -> Row {
    Row::ResourceParent(ResourceParent { child, parent })
}

pub(super) fn scope(id: &ScopeId) -> Row {
    let scope_name = id.scope.to_string();
    Row::Scope(Scope { id: id.clone(), scope_name, description: String::new(), stamp: Stamp::default() })
}

/// The one instance of a selector, with what it selects.
pub(super) fn instance(
    selector: Selector,
    spec: Option<Id>,
    selections: Vec<(SelectionType, ResourceKey)>,
) -> impl Iterator<Item = Row> {
    let id = InstanceId { selector, number: 0 };
    let (included_adapter_kinds, select_all_resources) = (Vec::new(), false);
    let row = Row::Instance(Instance { id: id.clone(), spec, included_adapter_kinds, select_all_resources });
    let selection = move |(selection, resource)| {
        Row::Selection(Selection { instance: id.clone(), selection, resource, former: false })
    };
    std::iter::once(row).chain(selections.into_iter().map(selection))
}
