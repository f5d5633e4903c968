//! Users, clients and groups: who can hold roles.

use super::id::{ForeignId, Id};
use super::name::{Subject, TenantId};
use super::row::Stamp;

/// A person. Authentication, and so every password, is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: Id,
    /// Unique whatever its case; immutable.
    pub username: String,
    /// For people.
    pub display_name: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Not verified by us.
    pub email: String,
    /// A disabled user is denied before anything else is looked at.
    pub enabled: bool,
    /// The application it belongs to; `None` for the shared directory. Immutable.
    pub application: Option<Id>,
    /// True for good once it has had a tenant.
    pub tenant_level: bool,
    /// Who made and last changed it, and when.
    pub stamp: Stamp,
}

/// A user's membership in a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserTenant {
    /// The member.
    pub user: Id,
    /// The tenant.
    pub tenant: TenantId,
    /// The incarnation of the tenant that the user joined; any other is a stranger. 0: one that is gone for good.
    pub incarnation: u32,
}

/// A machine identity, owned by an application or by one tenant of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its id.
    pub id: Id,
    /// The owning application. Immutable.
    pub application: Id,
    /// The owning tenant of that application, if a tenant owns it. Immutable.
    pub tenant: Option<Id>,
    /// For people.
    pub display_name: String,
    /// A disabled client is denied before anything else is looked at.
    pub enabled: bool,
    /// Who made and last changed it, and when.
    pub stamp: Stamp,
}

/// A set of users, clients and groups, shared by all applications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: Id,
    /// Unique whatever its case; immutable.
    pub group_name: String,
    /// For people.
    pub display_name: String,
    /// For people.
    pub description: String,
    /// Who made and last changed it, and when.
    pub stamp: Stamp,
}

/// One member of a group: a user, a client or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMember {
    /// The group.
    pub group: Id,
    /// The member; never an application.
    pub member: Subject,
}

/// What a credential says of who presents it: who issued it, and whom the issuer means. Unique as a pair.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalIdentityId {
    /// Who issues the credentials, e.g. the `iss` of a token.
    pub issuer: ForeignId,
    /// Whom the issuer means, e.g. the `sub` of a token. Means nothing without its issuer.
    pub subject: ForeignId,
}

/// How a credential becomes a subject: one identity of a user or client at an issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalIdentity {
    /// The identity.
    pub id: ExternalIdentityId,
    /// The user or client that who presents the credential acts as.
    pub bearer: Subject,
}
