//! What exists, of which level, in which tenants. A row whose owner is missing is itself missing.

use std::collections::BTreeSet;

use bailiwick::domain::boundary::BoundaryKind;
use bailiwick::domain::directory::{Client, User};
use bailiwick::domain::id::Id;
use bailiwick::domain::name::{PrivilegeId, RoleId, Subject, TenantId};
use bailiwick::domain::predefined;
use bailiwick::domain::role::{Role, RoleElement};
use bailiwick::domain::row::{Key, Row};

use super::{Model, Tenants};

/// What a check needs to know about a privilege.
pub(crate) struct Privilege {
    pub(crate) object_scoped: bool,
    pub(crate) tenant_visible: bool,
    pub(crate) is_document: bool,
    /// The boundary kinds that a predefined privilege lists; `None` = any.
    pub(crate) accepts: Option<&'static [BoundaryKind]>,
}

impl Model {
    pub(crate) fn has_application(&self, application: &str) -> bool {
        Id::parse(application).is_ok_and(|id| self.rows.contains_key(&Key::Application(id)))
    }

    /// The incarnation of a tenant that lives.
    pub(crate) fn live_incarnation(&self, tenant: &TenantId) -> Option<u32> {
        match self.rows.get(&Key::Tenant(tenant.clone())) {
            Some(Row::Tenant(row)) if row.live && self.has_application(tenant.application.as_str()) => {
                Some(row.incarnation)
            }
            _ => None,
        }
    }

    pub(crate) fn is_live(&self, tenant: &TenantId) -> bool {
        self.live_incarnation(tenant).is_some()
    }

    pub(crate) fn user(&self, id: &Id) -> Option<&User> {
        match self.rows.get(&Key::User(id.clone())) {
            Some(Row::User(user)) => {
                let owned = user.application.as_ref().is_none_or(|of| self.has_application(of.as_str()));
                owned.then_some(user)
            }
            _ => None,
        }
    }

    pub(crate) fn client(&self, id: &Id) -> Option<&Client> {
        match self.rows.get(&Key::Client(id.clone())) {
            Some(Row::Client(client)) if self.has_application(client.application.as_str()) => Some(client),
            _ => None,
        }
    }

    pub(crate) fn has_group(&self, id: &Id) -> bool {
        self.rows.contains_key(&Key::Group(id.clone()))
    }

    pub(crate) fn role(&self, id: &RoleId) -> Option<&Role> {
        match self.rows.get(&Key::Role(id.clone())) {
            Some(Row::Role(role)) if self.has_application(id.application.as_str()) => Some(role),
            _ => None,
        }
    }

    /// An entry of the application's catalogue. Keys that begin with `bailiwick:` are predefined in every one, and
    /// nobody registers one.
    pub(crate) fn privilege(&self, application: &str, key: &str) -> Option<Privilege> {
        if key.starts_with("bailiwick:") {
            let found = predefined::PRIVILEGES.iter().find(|privilege| privilege.key == key)?;
            let accepts = Some(found.accepts);
            return Some(Privilege { object_scoped: true, tenant_visible: true, is_document: false, accepts });
        }
        self.rows.values().find_map(|row| match row {
            Row::Privilege(row) if is_named(&row.id, application, key) => Some(Privilege {
                object_scoped: row.object_scoped,
                tenant_visible: row.tenant_visible,
                is_document: row.document.is_some(),
                accepts: None,
            }),
            _ => None,
        })
    }

    /// The keys that a role has: those that it gives, be it on few targets, and the documents that it holds.
    pub(crate) fn effective_keys(&self, role: &RoleId) -> Vec<String> {
        let application = role.application.as_str();
        let has = |key: &String| {
            let Some(found) = self.privilege(application, key) else { return false };
            let shown = found.tenant_visible || role.tenant.is_none();
            let held = self.givers(key, key).contains(role);
            shown && (held || !found.is_document && self.rights(key).iter().any(|right| right.roles.contains(role)))
        };
        self.catalogue(application).into_iter().filter(has).collect()
    }

    /// The keys of the application's catalogue.
    pub(crate) fn catalogue(&self, application: &str) -> BTreeSet<String> {
        let registered = self.rows.values().filter_map(|row| match row {
            Row::Privilege(row) if row.id.application.as_str() == application => Some(row.id.key.to_string()),
            _ => None,
        });
        let predefined = predefined::PRIVILEGES.iter().map(|privilege| privilege.key.to_owned());
        registered.chain(predefined).filter(|key| self.privilege(application, key).is_some()).collect()
    }

    /// Users, clients and applications ask; a group holds roles but never asks.
    pub(crate) fn can_ask(&self, subject: &Subject) -> bool {
        match subject {
            Subject::User(id) => self.user(id).is_some(),
            Subject::Client(id) => self.client(id).is_some(),
            Subject::Application(id) => self.has_application(id.as_str()),
            Subject::Group(_) => false,
        }
    }

    pub(crate) fn is_enabled(&self, subject: &Subject) -> bool {
        match subject {
            Subject::User(id) => self.user(id).is_some_and(|user| user.enabled),
            Subject::Client(id) => self.client(id).is_some_and(|client| client.enabled),
            Subject::Application(_) | Subject::Group(_) => true,
        }
    }

    /// The application of a user that has one.
    pub(crate) fn application_of_user(&self, subject: &Subject) -> Option<&str> {
        match subject {
            Subject::User(id) => self.user(id)?.application.as_ref().map(Id::as_str),
            _ => None,
        }
    }

    /// Application-level until it first gets a tenant, then tenant-level for good.
    pub(crate) fn is_tenant_level(&self, subject: &Subject) -> bool {
        match subject {
            Subject::User(id) => {
                let joined = |row: &Row| matches!(row, Row::UserTenant(member) if member.user == *id);
                self.user(id).is_some_and(|user| user.tenant_level) || self.rows.values().any(joined)
            }
            Subject::Client(id) => self.client(id).is_some_and(|client| client.tenant.is_some()),
            Subject::Application(_) | Subject::Group(_) => false,
        }
    }

    /// The live tenants of a subject: of a user's own application, of a shared user's any. A membership is in the
    /// incarnation that was joined, and in no other.
    pub(crate) fn tenants(&self, subject: &Subject) -> Tenants {
        let named: Tenants = match subject {
            Subject::User(id) => self.joined_by(id),
            Subject::Client(id) => self.client(id).and_then(owning_tenant).into_iter().collect(),
            Subject::Application(_) | Subject::Group(_) => Tenants::new(),
        };
        named.into_iter().filter(|tenant| self.is_live(tenant)).collect()
    }

    fn joined_by(&self, id: &Id) -> Tenants {
        let Some(user) = self.user(id) else { return Tenants::new() };
        let mut joined = Tenants::new();
        for row in self.rows.values() {
            if let Row::UserTenant(member) = row
                && member.user == *id
                && user.application.as_ref().is_none_or(|of| *of == member.tenant.application)
                && self.live_incarnation(&member.tenant) == Some(member.incarnation)
            {
                joined.insert(member.tenant.clone());
            }
        }
        joined
    }

    /// Whether a tenant, as it is now, is on the visibility list of a role of its application.
    pub(crate) fn is_listed(&self, role: &RoleId, tenant: &TenantId) -> bool {
        let key = Key::RoleElement(role.clone(), RoleElement::VisibleTenant(tenant.tenant.clone()));
        match self.rows.get(&key) {
            Some(Row::RoleElement(row)) if tenant.application == role.application => {
                self.live_incarnation(tenant) == Some(row.incarnation)
            }
            _ => false,
        }
    }
}

fn is_named(id: &PrivilegeId, application: &str, key: &str) -> bool {
    id.application.as_str() == application && id.key.as_str() == key
}

fn owning_tenant(client: &Client) -> Option<TenantId> {
    let tenant = client.tenant.clone()?;
    Some(TenantId { application: client.application.clone(), tenant })
}
