//! From names to dense ids and back: the only place that knows how a name is scoped.

use super::snapshot::{
    NONE, SCOPE_APPLICATIONS, SCOPE_CLIENTS, SCOPE_GROUPS, SCOPE_USERS, Snapshot, TENANT_SCOPE, TOP, subject_scope,
};
use crate::domain::id::Id;
use crate::domain::name::{PrivilegeGroupId, ResourceId, RoleId, Subject, TenantId};
use crate::domain::predefined;

/// The kind of a foreign resource, of one application.
pub(super) type KindId = u32;

impl Snapshot {
    pub(super) fn application_id(&self, application: &str) -> Option<u32> {
        self.applications.find(TOP, application)
    }

    pub(super) fn tenant_in(&self, application: u32, tenant: &str) -> Option<u32> {
        self.tenants.find(application, tenant)
    }

    pub(super) fn tenant_id(&self, tenant: &TenantId) -> Option<u32> {
        self.tenant_in(self.application_id(tenant.application.as_str())?, tenant.tenant.as_str())
    }

    pub(super) fn subject_id(&self, subject: &Subject) -> Option<u32> {
        self.subjects.find(subject_scope(subject.into()), subject.id().as_str())
    }

    /// A predefined key means the same in every application.
    pub(super) fn privilege_id(&self, application: u32, key: &str) -> Option<u32> {
        let scope = if predefined::is_reserved(key) { TOP } else { application };
        self.privileges.find(scope, key)
    }

    pub(super) fn role_in(&self, application: u32, tenant: Option<u32>, role: &str) -> Option<u32> {
        self.roles.find(tenant.map_or(application, |tenant| tenant | TENANT_SCOPE), role)
    }

    pub(super) fn role_id(&self, role: &RoleId) -> Option<u32> {
        let application = self.application_id(role.application.as_str())?;
        let tenant = match &role.tenant {
            Some(tenant) => Some(self.tenant_in(application, tenant.as_str())?),
            None => None,
        };
        self.role_in(application, tenant, role.role.as_str())
    }

    pub(super) fn privilege_group_in(&self, application: u32, tenant: Option<u32>, group: &str) -> Option<u32> {
        self.privilege_groups.find(tenant.map_or(application, |tenant| tenant | TENANT_SCOPE), group)
    }

    pub(super) fn privilege_group_id(&self, group: &PrivilegeGroupId) -> Option<u32> {
        let application = self.application_id(group.application.as_str())?;
        let tenant = match &group.tenant {
            Some(tenant) => Some(self.tenant_in(application, tenant.as_str())?),
            None => None,
        };
        self.privilege_group_in(application, tenant, group.group.as_str())
    }

    pub(super) fn intern_privilege_group(&mut self, group: &PrivilegeGroupId) -> u32 {
        let scope = match group.owner_tenant() {
            Some(tenant) => self.intern_tenant(&tenant) | TENANT_SCOPE,
            None => self.intern_application(group.application.as_str()),
        };
        self.privilege_groups.intern(scope, group.group.as_str())
    }

    pub(super) fn resource_in(&self, application: u32, kind: &str, id: &str) -> Option<u32> {
        self.resources.find(self.resource_kinds.find(application, kind)?, id)
    }

    pub(super) fn resource_id(&self, resource: &ResourceId) -> Option<u32> {
        let application = self.application_id(resource.application.as_str())?;
        self.resource_in(application, resource.kind.as_str(), resource.id.as_str())
    }

    pub(super) fn intern_resource(&mut self, resource: &ResourceId) -> u32 {
        let application = self.intern_application(resource.application.as_str());
        let kind = self.resource_kinds.intern(application, resource.kind.as_str());
        self.resources.intern(kind, resource.id.as_str())
    }

    pub(super) fn intern_application(&mut self, application: &str) -> u32 {
        self.applications.intern(TOP, application)
    }

    pub(super) fn intern_tenant(&mut self, tenant: &TenantId) -> u32 {
        let application = self.intern_application(tenant.application.as_str());
        self.intern_tenant_in(application, tenant.tenant.as_str())
    }

    pub(super) fn intern_tenant_in(&mut self, application: u32, tenant: &str) -> u32 {
        let id = self.tenants.intern(application, tenant);
        if self.tenant_row(id).application != application {
            self.tenant_rows.get_mut(id).application = application;
        }
        id
    }

    pub(super) fn intern_subject(&mut self, subject: &Subject) -> u32 {
        self.subjects.intern(subject_scope(subject.into()), subject.id().as_str())
    }

    pub(super) fn intern_role(&mut self, role: &RoleId) -> u32 {
        let scope = match role.owner_tenant() {
            Some(tenant) => self.intern_tenant(&tenant) | TENANT_SCOPE,
            None => self.intern_application(role.application.as_str()),
        };
        let id = self.roles.intern(scope, role.role.as_str());
        let application = self.intern_application(role.application.as_str());
        if self.role_row(id).application != application {
            let row = self.role_rows.get_mut(id);
            row.application = application;
            row.tenant = if scope & TENANT_SCOPE == 0 { NONE } else { scope & !TENANT_SCOPE };
        }
        id
    }

    /// Interns a key and, when it is new, notes it in its application's catalogue; `true` when it is new.
    pub(super) fn intern_privilege(&mut self, application: u32, key: &str) -> (u32, bool) {
        let scope = if predefined::is_reserved(key) { TOP } else { application };
        let known = self.privileges.len();
        let id = self.privileges.intern(scope, key);
        let new = id >= known && scope != TOP;
        if new {
            self.catalogue.insert(application, id);
        }
        (id, new)
    }

    /// The subject with an id.
    pub(super) fn subject_named(&self, subject: u32) -> Option<Subject> {
        let id = Id::parse(self.subjects.text(subject)).ok()?;
        match self.subjects.scope(subject)? {
            SCOPE_USERS => Some(Subject::User(id)),
            SCOPE_CLIENTS => Some(Subject::Client(id)),
            SCOPE_GROUPS => Some(Subject::Group(id)),
            SCOPE_APPLICATIONS => Some(Subject::Application(id)),
            _ => None,
        }
    }

    pub(super) fn is_user(&self, subject: u32) -> bool {
        self.subjects.scope(subject) == Some(SCOPE_USERS)
    }

    pub(super) fn is_group(&self, subject: u32) -> bool {
        self.subjects.scope(subject) == Some(SCOPE_GROUPS)
    }
}

/// Whether a privilege is one of our own, with the table's entry: they have the lowest ids.
pub(super) fn predefined(privilege: u32) -> Option<&'static predefined::Predefined> {
    predefined::PRIVILEGES.get(privilege as usize).copied()
}
