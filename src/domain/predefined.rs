//! What the product itself is made of: its application, its administrator, its privileges.
//!
//! The privileges are part of every application's catalogue and of no database: nobody registers, changes or
//! deletes one. Each lists the boundary kinds it accepts; a role with another kind does not give it.

use super::assignment::{Assignment, AssignmentId, ObjectAccess};
use super::boundary::{Boundary, BoundaryKind};
use super::directory::Client;
use super::id::{Id, PrivilegePattern};
use super::metadata::Metadata;
use super::name::{RoleId, Subject};
use super::role::{Role, RoleElement, RoleElementRow, RoleKind, Visibility};
use super::row::{Row, Stamp};
use super::tenancy::{Application, Catalogue};

/// What the key of every predefined privilege begins with.
pub const KEY_PREFIX: &str = "bailiwick:";
/// The application that the product is.
pub const APPLICATION: &str = "bailiwick";
/// The role that gives every predefined privilege on everything.
pub const ADMINISTRATOR: &str = "administrator";
/// The client that an unauthenticated caller on the loopback interface acts as.
pub const LOCAL_ADMINISTRATOR: &str = "local-administrator";

use BoundaryKind as Kind;

const APPLICATION_ONLY: &[BoundaryKind] = &[Kind::Application];
const BY_TENANT: &[BoundaryKind] =
    &[Kind::Application, Kind::Tenant, Kind::TenantInclusionList, Kind::TenantExclusionList];
const BY_TENANT_OR_SELF: &[BoundaryKind] =
    &[Kind::Application, Kind::Tenant, Kind::SelfOnly, Kind::TenantInclusionList, Kind::TenantExclusionList];

/// A privilege of Bailiwick's own API.
#[derive(Debug, PartialEq, Eq)]
pub struct Predefined {
    /// Its key, which begins with `bailiwick:`.
    pub key: &'static str,
    /// What it allows, for people.
    pub description: &'static str,
    /// The boundary kinds of a role that can give it.
    pub accepts: &'static [BoundaryKind],
}

macro_rules! predefined {
    ($($const:ident = $key:literal, $accepts:ident, $description:literal;)*) => {
        $(#[doc = $description]
        pub static $const: Predefined =
            Predefined { key: concat!("bailiwick:", $key), description: $description, accepts: $accepts };)*

        /// Every predefined privilege, ordered by key.
        pub static PRIVILEGES: &[&Predefined] = &[$(&$const),*];
    };
}

predefined! {
    APPLICATION_CREATE = "application:create", APPLICATION_ONLY, "Create an application.";
    APPLICATION_DELETE = "application:delete", APPLICATION_ONLY, "Delete an application.";
    APPLICATION_READ = "application:read", APPLICATION_ONLY, "Read an application.";
    APPLICATION_UPDATE = "application:update", APPLICATION_ONLY, "Change an application.";
    CLIENT_CREATE = "client:create", BY_TENANT, "Create a client.";
    CLIENT_DELETE = "client:delete", BY_TENANT, "Delete a client.";
    CLIENT_READ = "client:read", BY_TENANT, "Read a client.";
    CLIENT_UPDATE = "client:update", BY_TENANT, "Change a client.";
    GROUP_CREATE = "group:create", APPLICATION_ONLY, "Create a group.";
    GROUP_DELETE = "group:delete", APPLICATION_ONLY, "Delete a group.";
    GROUP_MANAGE_MEMBERS = "group:manage-members", APPLICATION_ONLY, "Add and remove members of a group.";
    GROUP_READ = "group:read", APPLICATION_ONLY, "Read a group.";
    GROUP_UPDATE = "group:update", APPLICATION_ONLY, "Change a group.";
    PERMISSION_BOUNDARY_CREATE = "permission-boundary:create", APPLICATION_ONLY, "Create a permission boundary.";
    PERMISSION_BOUNDARY_DELETE = "permission-boundary:delete", APPLICATION_ONLY, "Delete a permission boundary.";
    PERMISSION_BOUNDARY_READ = "permission-boundary:read", APPLICATION_ONLY, "Read a permission boundary.";
    PERMISSION_BOUNDARY_UPDATE = "permission-boundary:update", APPLICATION_ONLY, "Change a permission boundary.";
    PERMISSION_ASSERT = "permission:assert", APPLICATION_ONLY,
        "Say with a check in which groups its subject is, and where a resource lives that nobody registered.";
    PERMISSION_CHECK = "permission:check", BY_TENANT_OR_SELF, "Ask what a subject may do.";
    POLICY_EXPORT = "policy:export", APPLICATION_ONLY, "Export all policy data.";
    POLICY_IMPORT = "policy:import", APPLICATION_ONLY, "Import policy data.";
    PRIVILEGE_GROUP_CREATE = "privilege-group:create", BY_TENANT, "Create a privilege group.";
    PRIVILEGE_GROUP_DELETE = "privilege-group:delete", BY_TENANT, "Delete a privilege group.";
    PRIVILEGE_GROUP_READ = "privilege-group:read", BY_TENANT, "Read a privilege group.";
    PRIVILEGE_GROUP_UPDATE = "privilege-group:update", BY_TENANT, "Change a privilege group.";
    PRIVILEGE_DELETE = "privilege:delete", APPLICATION_ONLY, "Delete a privilege from a catalogue.";
    PRIVILEGE_READ = "privilege:read", BY_TENANT, "Read a catalogue.";
    PRIVILEGE_REGISTER = "privilege:register", APPLICATION_ONLY, "Register privileges in a catalogue.";
    PRIVILEGE_UPDATE = "privilege:update", APPLICATION_ONLY, "Change a privilege of a catalogue.";
    RESOURCE_CREATE = "resource:create", BY_TENANT, "Register a resource.";
    RESOURCE_DELETE = "resource:delete", BY_TENANT, "Delete a resource.";
    RESOURCE_IMPORT = "resource:import", BY_TENANT, "Register and change resources in bulk.";
    RESOURCE_READ = "resource:read", BY_TENANT, "Read a resource.";
    RESOURCE_UPDATE = "resource:update", BY_TENANT, "Change a resource, and move it between tenants.";
    ROLE_ASSIGNMENT_READ = "role-assignment:read", BY_TENANT_OR_SELF, "Read a subject's role assignments.";
    ROLE_CREATE = "role:create", BY_TENANT, "Create a role.";
    ROLE_DELEGATE = "role:delegate", BY_TENANT, "Give privileges that one does not hold, within one's own reach.";
    ROLE_DELETE = "role:delete", BY_TENANT, "Delete a role.";
    ROLE_MANAGE_ASSIGNMENTS = "role:manage-assignments", BY_TENANT, "Give roles to subjects and take them away.";
    ROLE_MANAGE_PRIVILEGES = "role:manage-privileges", BY_TENANT, "Change what a role gives.";
    ROLE_READ = "role:read", BY_TENANT, "Read a role.";
    ROLE_UPDATE = "role:update", BY_TENANT, "Change a role.";
    SCOPE_CREATE = "scope:create", APPLICATION_ONLY, "Create a scope.";
    SCOPE_DELETE = "scope:delete", APPLICATION_ONLY, "Delete a scope.";
    SCOPE_READ = "scope:read", APPLICATION_ONLY, "Read a scope.";
    SCOPE_UPDATE = "scope:update", APPLICATION_ONLY, "Change a scope.";
    SERVER_READ = "server:read", APPLICATION_ONLY, "Read the server's version and the size of its state.";
    TENANT_CREATE = "tenant:create", APPLICATION_ONLY, "Create a tenant.";
    TENANT_DELETE = "tenant:delete", BY_TENANT, "Delete a tenant.";
    TENANT_READ = "tenant:read", BY_TENANT, "Read a tenant.";
    TENANT_UPDATE = "tenant:update", BY_TENANT, "Change a tenant.";
    TRAVERSAL_SPEC_CREATE = "traversal-spec:create", APPLICATION_ONLY, "Create a traversal spec.";
    TRAVERSAL_SPEC_DELETE = "traversal-spec:delete", APPLICATION_ONLY, "Delete a traversal spec.";
    TRAVERSAL_SPEC_READ = "traversal-spec:read", APPLICATION_ONLY, "Read a traversal spec.";
    TRAVERSAL_SPEC_UPDATE = "traversal-spec:update", APPLICATION_ONLY, "Change a traversal spec.";
    USER_CREATE = "user:create", BY_TENANT, "Create a user.";
    USER_DELETE = "user:delete", BY_TENANT, "Delete a user.";
    USER_READ = "user:read", BY_TENANT_OR_SELF, "Read a user.";
    USER_UPDATE = "user:update", BY_TENANT, "Change a user.";
}

/// The predefined privilege with this key.
pub fn find(key: &str) -> Option<&'static Predefined> {
    PRIVILEGES.binary_search_by(|privilege| privilege.key.cmp(key)).ok().and_then(|at| PRIVILEGES.get(at)).copied()
}

/// Whether a key is ours, registered or not.
pub fn is_reserved(key: &str) -> bool {
    key.starts_with(KEY_PREFIX)
}

/// The identity of the predefined `administrator`.
pub fn administrator() -> RoleId {
    RoleId { application: id(APPLICATION), tenant: None, role: id(ADMINISTRATOR) }
}

/// The subject that an unauthenticated caller on the loopback interface acts as.
pub fn local_administrator() -> Subject {
    Subject::Client(id(LOCAL_ADMINISTRATOR))
}

/// The application's id.
pub fn application() -> Id {
    id(APPLICATION)
}

fn id(text: &str) -> Id {
    Id::derived(text.to_owned())
}

/// The rows of the first revision of every store.
pub fn genesis(stamp: &Stamp) -> Vec<Row> {
    let role = Role {
        id: administrator(),
        role_name: ADMINISTRATOR.to_owned(),
        display_name: "Administrator".to_owned(),
        description: "May do everything with Bailiwick itself, in every application.".to_owned(),
        metadata: Metadata::new(),
        kind: RoleKind::Predefined,
        boundary: Boundary::Application,
        visibility: Visibility::None,
        stamp: stamp.clone(),
    };
    let everything = PrivilegePattern::derived(format!("{KEY_PREFIX}*"));
    vec![
        Row::Application(Application {
            id: application(),
            display_name: "Bailiwick".to_owned(),
            catalogue: Catalogue::Strict,
            stamp: stamp.clone(),
        }),
        Row::Role(role),
        Row::RoleElement(RoleElementRow {
            role: administrator(),
            element: RoleElement::Pattern(everything),
            incarnation: 0,
        }),
        Row::Client(Client {
            id: id(LOCAL_ADMINISTRATOR),
            application: application(),
            tenant: None,
            display_name: "Unauthenticated caller on the loopback interface".to_owned(),
            enabled: true,
            stamp: stamp.clone(),
        }),
        Row::Assignment(Assignment {
            id: AssignmentId { holder: local_administrator(), role: administrator(), tenant: None },
            access: ObjectAccess::ALL,
            start: None,
            expire: None,
            reason: "initial administrator".to_owned(),
            stamp: stamp.clone(),
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predefined_privileges_are_ordered_and_found_by_key() {
        assert!(PRIVILEGES.windows(2).all(|pair| matches!(pair, [a, b] if a.key < b.key)));
        for privilege in PRIVILEGES {
            assert_eq!(find(privilege.key), Some(*privilege));
        }
        assert_eq!(find("bailiwick:nothing"), None);
    }
}
