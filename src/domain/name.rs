//! Resource names (AIP-122): how things are named in requests, answers and the audit log.
//!
//! A type here is the identity of a thing; its `Display` is the resource name and its `parse` the inverse.

mod objects;

use std::fmt;

pub use self::objects::{AssignmentName, ResourceKey, ScopeId, TraversalSpecId};

use super::id::{ForeignId, Id, IdRef, PrivilegeKey, ResourceKind};
use super::violation::Malformed;

/// `applications/{application}/tenants/{tenant}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId {
    /// The application it belongs to.
    pub application: Id,
    /// Its id in the application.
    pub tenant: Id,
}

/// `applications/{application}/roles/{role}`, or `applications/{application}/tenants/{tenant}/roles/{role}`
/// for a role that a tenant owns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleId {
    /// The application it belongs to.
    pub application: Id,
    /// The owning tenant; `None` when the application owns it.
    pub tenant: Option<Id>,
    /// Its id in its owner.
    pub role: Id,
}

/// `applications/{application}/privilegeGroups/{group}`, or
/// `applications/{application}/tenants/{tenant}/privilegeGroups/{group}` for a group that a tenant owns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrivilegeGroupId {
    /// The application it belongs to.
    pub application: Id,
    /// The owning tenant; `None` when the application owns it.
    pub tenant: Option<Id>,
    /// Its id in its owner.
    pub group: Id,
}

/// `applications/{application}/permissionBoundaries/{boundary}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BoundaryId {
    /// The application it belongs to.
    pub application: Id,
    /// Its id in the application.
    pub boundary: Id,
}

/// `applications/{application}/privileges/{key}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrivilegeId {
    /// The application whose catalogue holds it.
    pub application: Id,
    /// Its key.
    pub key: PrivilegeKey,
}

/// `applications/{application}/resources/{kind}/{id}`: a thing of another service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId {
    /// The application it belongs to.
    pub application: Id,
    /// What it is.
    pub kind: ResourceKind,
    /// What the other service calls it, among those of its kind.
    pub id: ForeignId,
}

/// Whom an assignment can name, and (but for groups) who can ask; by an id, or by one in the text that it was read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectOf<I> {
    /// `users/{user}`: a person.
    User(I),
    /// `clients/{client}`: a machine identity.
    Client(I),
    /// `groups/{group}`: its members, directly and through groups.
    Group(I),
    /// `applications/{application}`: the clients that it owns itself.
    Application(I),
}

/// A subject.
pub type Subject = SubjectOf<Id>;

/// A subject in the text that it was read in: a question is decided without a copy of it.
pub type SubjectRef<'a> = SubjectOf<IdRef<'a>>;

/// `applications/{application}`.
pub fn application(application: &Id) -> String {
    format!("applications/{application}")
}

/// The application's id in `applications/{application}`.
pub fn parse_application(name: &str) -> Result<Id, Malformed> {
    read_application(name).map(IdRef::to_id)
}

/// The same without a copy.
pub fn read_application(name: &str) -> Result<IdRef<'_>, Malformed> {
    id_in("applications", name).unwrap_or_else(|| Err(Malformed::new("must be applications/{application}")))
}

/// The id in `{collection}/{id}` for a collection at the top, such as `users`.
pub fn parse_top(collection: &str, name: &str) -> Result<Id, Malformed> {
    let id = id_in(collection, name).unwrap_or_else(|| Err(Malformed::new(format!("must be {collection}/{{id}}"))));
    id.map(IdRef::to_id)
}

/// What follows a collection, of a name that has no more than two parts.
fn id_in<'a>(collection: &str, name: &'a str) -> Option<Result<IdRef<'a>, Malformed>> {
    let text = name.strip_prefix(collection)?.strip_prefix('/')?;
    let id = IdRef::parse(text); // No id has a slash in it: it is looked for only in what is none.
    if id.is_err() && text.contains('/') { None } else { Some(id) }
}

fn parts(name: &str) -> Vec<&str> {
    name.split('/').collect()
}

impl TenantId {
    /// Reads a tenant's resource name.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        match parts(name).as_slice() {
            ["applications", application, "tenants", tenant] => {
                Ok(Self { application: Id::parse(application)?, tenant: Id::parse(tenant)? })
            }
            _ => Err(Malformed::new("must be applications/{application}/tenants/{tenant}")),
        }
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "applications/{}/tenants/{}", self.application, self.tenant)
    }
}

impl RoleId {
    /// Reads a role's resource name.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        match parts(name).as_slice() {
            ["applications", application, "roles", role] => {
                Ok(Self { application: Id::parse(application)?, tenant: None, role: Id::parse(role)? })
            }
            ["applications", application, "tenants", tenant, "roles", role] => Ok(Self {
                application: Id::parse(application)?,
                tenant: Some(Id::parse(tenant)?),
                role: Id::parse(role)?,
            }),
            _ => Err(Malformed::new(
                "must be applications/{application}/roles/{role} or \
                 applications/{application}/tenants/{tenant}/roles/{role}",
            )),
        }
    }

    /// The tenant that owns it, if one does.
    pub fn owner_tenant(&self) -> Option<TenantId> {
        let tenant = self.tenant.clone()?;
        Some(TenantId { application: self.application.clone(), tenant })
    }

    /// The name of its parent: the application, or the tenant that owns it.
    pub fn owner(&self) -> String {
        self.owner_tenant().map_or_else(|| application(&self.application), |tenant| tenant.to_string())
    }
}

impl fmt::Display for RoleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/roles/{}", self.owner(), self.role)
    }
}

impl PrivilegeGroupId {
    /// Reads a privilege group's resource name.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        match parts(name).as_slice() {
            ["applications", application, "privilegeGroups", group] => {
                Ok(Self { application: Id::parse(application)?, tenant: None, group: Id::parse(group)? })
            }
            ["applications", application, "tenants", tenant, "privilegeGroups", group] => Ok(Self {
                application: Id::parse(application)?,
                tenant: Some(Id::parse(tenant)?),
                group: Id::parse(group)?,
            }),
            _ => Err(Malformed::new(
                "must be applications/{application}/privilegeGroups/{group} or \
                 applications/{application}/tenants/{tenant}/privilegeGroups/{group}",
            )),
        }
    }

    /// The tenant that owns it, if one does.
    pub fn owner_tenant(&self) -> Option<TenantId> {
        let tenant = self.tenant.clone()?;
        Some(TenantId { application: self.application.clone(), tenant })
    }
}

impl fmt::Display for PrivilegeGroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owner = self.owner_tenant().map_or_else(|| application(&self.application), |tenant| tenant.to_string());
        write!(f, "{owner}/privilegeGroups/{}", self.group)
    }
}

impl BoundaryId {
    /// Reads a boundary's resource name.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        match parts(name).as_slice() {
            ["applications", application, "permissionBoundaries", boundary] => {
                Ok(Self { application: Id::parse(application)?, boundary: Id::parse(boundary)? })
            }
            _ => Err(Malformed::new("must be applications/{application}/permissionBoundaries/{boundary}")),
        }
    }
}

impl fmt::Display for BoundaryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "applications/{}/permissionBoundaries/{}", self.application, self.boundary)
    }
}

impl PrivilegeId {
    /// Reads a privilege's resource name; the key is all that follows `privileges/`.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::new("must be applications/{application}/privileges/{key}");
        let rest = name.strip_prefix("applications/").ok_or_else(malformed)?;
        let (application, key) = rest.split_once("/privileges/").ok_or_else(malformed)?;
        Ok(Self { application: Id::parse(application)?, key: PrivilegeKey::parse(key)? })
    }
}

impl fmt::Display for PrivilegeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "applications/{}/privileges/{}", self.application, self.key)
    }
}

impl ResourceId {
    /// Reads a resource's name; the id is all that follows the first slash after the kind.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::new("must be applications/{application}/resources/{kind}/{id}");
        let rest = name.strip_prefix("applications/").ok_or_else(malformed)?;
        let (application, rest) = rest.split_once("/resources/").ok_or_else(malformed)?;
        let (kind, id) = rest.split_once('/').ok_or_else(malformed)?;
        Ok(Self { application: Id::parse(application)?, kind: ResourceKind::parse(kind)?, id: ForeignId::parse(id)? })
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "applications/{}/resources/{}/{}", self.application, self.kind, self.id)
    }
}

impl<'a> SubjectRef<'a> {
    /// Reads `users/…`, `clients/…`, `groups/…` or `applications/…`.
    pub fn parse(name: &'a str) -> Result<Self, Malformed> {
        let user = id_in("users", name).map(|id| id.map(Self::User));
        user.or_else(|| Some(id_in("clients", name)?.map(Self::Client)))
            .or_else(|| Some(id_in("groups", name)?.map(Self::Group)))
            .or_else(|| Some(id_in("applications", name)?.map(Self::Application)))
            .unwrap_or_else(|| {
                Err(Malformed::new("must be users/{id}, clients/{id}, groups/{id} or applications/{id}"))
            })
    }

    /// A copy that stays.
    pub fn to_subject(self) -> Subject {
        self.map(|id| id.to_id())
    }
}

impl<'a> From<&'a Subject> for SubjectRef<'a> {
    fn from(subject: &'a Subject) -> Self {
        subject.map(Id::borrowed)
    }
}

impl Subject {
    /// Reads `users/…`, `clients/…`, `groups/…` or `applications/…`.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        SubjectRef::parse(name).map(SubjectRef::to_subject)
    }
}

impl<I> SubjectOf<I> {
    /// The last part of its name.
    pub fn id(&self) -> &I {
        match self {
            Self::User(id) | Self::Client(id) | Self::Group(id) | Self::Application(id) => id,
        }
    }

    /// The collection it is in: `users`, `clients`, `groups` or `applications`.
    pub fn collection(&self) -> &'static str {
        match self {
            Self::User(_) => "users",
            Self::Client(_) => "clients",
            Self::Group(_) => "groups",
            Self::Application(_) => "applications",
        }
    }

    fn map<'a, J>(&'a self, of: impl FnOnce(&'a I) -> J) -> SubjectOf<J> {
        match self {
            Self::User(id) => SubjectOf::User(of(id)),
            Self::Client(id) => SubjectOf::Client(of(id)),
            Self::Group(id) => SubjectOf::Group(of(id)),
            Self::Application(id) => SubjectOf::Application(of(id)),
        }
    }
}

impl<I: fmt::Display> fmt::Display for SubjectOf<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.collection(), self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_text_are_one_to_one() -> Result<(), Malformed> {
        for name in ["applications/a/roles/r", "applications/a/tenants/t/roles/r"] {
            assert_eq!(RoleId::parse(name)?.to_string(), name);
        }
        for name in ["applications/a/privilegeGroups/g", "applications/a/tenants/t/privilegeGroups/g"] {
            assert_eq!(PrivilegeGroupId::parse(name)?.to_string(), name);
        }
        for name in ["users/u", "clients/c", "groups/g", "applications/a"] {
            assert_eq!(Subject::parse(name)?.to_string(), name);
        }
        assert_eq!(TenantId::parse("applications/a/tenants/t")?.to_string(), "applications/a/tenants/t");
        let privilege = "applications/a/privileges/x/privileges/y";
        assert_eq!(PrivilegeId::parse(privilege)?.to_string(), privilege);
        let resource = "applications/a/resources/A::b/c/resources/d//é ";
        assert_eq!(ResourceId::parse(resource)?.to_string(), resource);
        assert_eq!(ResourceId::parse(resource)?.id.as_str(), "c/resources/d//é ");
        Ok(())
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in ["", "users", "users/", "users/me", "users/a/b", "user/a", "/users/a", "Users/a"] {
            assert!(Subject::parse(bad).is_err(), "{bad:?}");
        }
        assert!(RoleId::parse("applications/a/tenants//roles/r").is_err());
    }
}
