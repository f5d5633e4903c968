//! Every method of the server with the privilege it needs: one table, enforced from the first call.
//!
//! A method that is in the contract and not here is refused, and fails the tests.

use crate::domain::predefined::{self, Predefined};

/// Who may call a method.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    /// Anybody, without credentials.
    Open,
    /// Whose role gives the privilege on the method's target.
    Privilege(&'static Predefined),
}

/// A method and who may call it.
#[derive(Debug)]
pub struct Method {
    /// `package.Service/Method`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Whether either side is a stream, which may take longer.
    pub streams: bool,
}

/// The services of the data plane: what applications call on every request of theirs, and health.
const DATA_PLANE: [&str; 2] = ["bailiwick.v1.PermissionService/", "grpc.health.v1.Health/"];

impl Method {
    /// Whether it is for the data plane, too.
    pub fn is_data_plane(&self) -> bool {
        DATA_PLANE.iter().any(|service| self.path.starts_with(service))
    }

    /// The privilege that it needs.
    pub fn privilege(&self) -> Option<&'static Predefined> {
        match self.access {
            Access::Privilege(privilege) => Some(privilege),
            Access::Open => None,
        }
    }
}

macro_rules! methods {
    ($($const:ident = $path:literal, $privilege:ident $(, $streams:ident)?;)*) => {
        $(#[doc = concat!("`", $path, "`.")]
        pub static $const: Method = Method {
            path: concat!("bailiwick.v1.", $path),
            access: Access::Privilege(&predefined::$privilege),
            streams: methods!(@streams $($streams)?),
        };)*

        /// Every method of Bailiwick's own services.
        pub static OWN: &[&Method] = &[$(&$const),*];
    };
    (@streams) => { false };
    (@streams streams) => { true };
}

methods! {
    CREATE_APPLICATION = "ApplicationService/CreateApplication", APPLICATION_CREATE;
    GET_APPLICATION = "ApplicationService/GetApplication", APPLICATION_READ;
    LIST_APPLICATIONS = "ApplicationService/ListApplications", APPLICATION_READ;
    UPDATE_APPLICATION = "ApplicationService/UpdateApplication", APPLICATION_UPDATE;
    DELETE_APPLICATION = "ApplicationService/DeleteApplication", APPLICATION_DELETE;
    CREATE_TENANT = "ApplicationService/CreateTenant", TENANT_CREATE;
    GET_TENANT = "ApplicationService/GetTenant", TENANT_READ;
    LIST_TENANTS = "ApplicationService/ListTenants", TENANT_READ;
    UPDATE_TENANT = "ApplicationService/UpdateTenant", TENANT_UPDATE;
    DELETE_TENANT = "ApplicationService/DeleteTenant", TENANT_DELETE;
    REPLACE_SUBJECT_ROLES = "AssignmentService/ReplaceSubjectRoles", ROLE_MANAGE_ASSIGNMENTS;
    ASSIGN_ROLES = "AssignmentService/AssignRoles", ROLE_MANAGE_ASSIGNMENTS;
    UNASSIGN_ROLES = "AssignmentService/UnassignRoles", ROLE_MANAGE_ASSIGNMENTS;
    ASSIGN_ROLE_TO_SUBJECTS = "AssignmentService/AssignRoleToSubjects", ROLE_MANAGE_ASSIGNMENTS;
    REVOKE_ROLE_FROM_SUBJECT = "AssignmentService/RevokeRoleFromSubject", ROLE_MANAGE_ASSIGNMENTS;
    PUT_ROLE_ASSIGNMENT = "AssignmentService/PutRoleAssignment", ROLE_MANAGE_ASSIGNMENTS;
    ADD_ROLE_ASSIGNMENT_RESOURCES = "AssignmentService/AddRoleAssignmentResources", ROLE_MANAGE_ASSIGNMENTS;
    REMOVE_ROLE_ASSIGNMENT_RESOURCES = "AssignmentService/RemoveRoleAssignmentResources", ROLE_MANAGE_ASSIGNMENTS;
    GET_ROLE_ASSIGNMENT = "AssignmentService/GetRoleAssignment", ROLE_ASSIGNMENT_READ;
    LIST_ROLE_ASSIGNMENTS = "AssignmentService/ListRoleAssignments", ROLE_ASSIGNMENT_READ;
    DELETE_ROLE_ASSIGNMENT = "AssignmentService/DeleteRoleAssignment", ROLE_MANAGE_ASSIGNMENTS;
    BATCH_GET_ASSIGNED_ROLES = "AssignmentService/BatchGetAssignedRoles", ROLE_ASSIGNMENT_READ;
    LIST_ASSIGNABLE_ROLES = "AssignmentService/ListAssignableRoles", ROLE_MANAGE_ASSIGNMENTS;
    CREATE_PERMISSION_BOUNDARY = "BoundaryService/CreatePermissionBoundary", PERMISSION_BOUNDARY_CREATE;
    GET_PERMISSION_BOUNDARY = "BoundaryService/GetPermissionBoundary", PERMISSION_BOUNDARY_READ;
    LIST_PERMISSION_BOUNDARIES = "BoundaryService/ListPermissionBoundaries", PERMISSION_BOUNDARY_READ;
    UPDATE_PERMISSION_BOUNDARY = "BoundaryService/UpdatePermissionBoundary", PERMISSION_BOUNDARY_UPDATE;
    DELETE_PERMISSION_BOUNDARY = "BoundaryService/DeletePermissionBoundary", PERMISSION_BOUNDARY_DELETE;
    CREATE_USER = "DirectoryService/CreateUser", USER_CREATE;
    GET_USER = "DirectoryService/GetUser", USER_READ;
    LIST_USERS = "DirectoryService/ListUsers", USER_READ;
    UPDATE_USER = "DirectoryService/UpdateUser", USER_UPDATE;
    DELETE_USER = "DirectoryService/DeleteUser", USER_DELETE;
    CREATE_CLIENT = "DirectoryService/CreateClient", CLIENT_CREATE;
    GET_CLIENT = "DirectoryService/GetClient", CLIENT_READ;
    LIST_CLIENTS = "DirectoryService/ListClients", CLIENT_READ;
    UPDATE_CLIENT = "DirectoryService/UpdateClient", CLIENT_UPDATE;
    DELETE_CLIENT = "DirectoryService/DeleteClient", CLIENT_DELETE;
    CREATE_GROUP = "DirectoryService/CreateGroup", GROUP_CREATE;
    GET_GROUP = "DirectoryService/GetGroup", GROUP_READ;
    LIST_GROUPS = "DirectoryService/ListGroups", GROUP_READ;
    UPDATE_GROUP = "DirectoryService/UpdateGroup", GROUP_UPDATE;
    DELETE_GROUP = "DirectoryService/DeleteGroup", GROUP_DELETE;
    BATCH_DELETE_GROUPS = "DirectoryService/BatchDeleteGroups", GROUP_DELETE;
    ADD_GROUP_MEMBERS = "DirectoryService/AddGroupMembers", GROUP_MANAGE_MEMBERS;
    REMOVE_GROUP_MEMBERS = "DirectoryService/RemoveGroupMembers", GROUP_MANAGE_MEMBERS;
    SET_GROUP_MEMBERS = "DirectoryService/SetGroupMembers", GROUP_MANAGE_MEMBERS;
    LIST_GROUP_MEMBERS = "DirectoryService/ListGroupMembers", GROUP_READ;
    LIST_USER_GROUPS = "DirectoryService/ListUserGroups", USER_READ;
    CHECK_PERMISSION = "PermissionService/CheckPermission", PERMISSION_CHECK;
    BATCH_CHECK_PERMISSIONS = "PermissionService/BatchCheckPermissions", PERMISSION_CHECK;
    STREAM_CHECK_PERMISSIONS = "PermissionService/StreamCheckPermissions", PERMISSION_CHECK, streams;
    LIST_SUBJECT_PRIVILEGES = "PermissionService/ListSubjectPrivileges", PERMISSION_CHECK;
    IMPORT_POLICY = "PolicyDataService/ImportPolicy", POLICY_IMPORT, streams;
    EXPORT_POLICY = "PolicyDataService/ExportPolicy", POLICY_EXPORT, streams;
    BATCH_REGISTER_PRIVILEGES = "PrivilegeService/BatchRegisterPrivileges", PRIVILEGE_REGISTER;
    CREATE_PRIVILEGE = "PrivilegeService/CreatePrivilege", PRIVILEGE_REGISTER;
    GET_PRIVILEGE = "PrivilegeService/GetPrivilege", PRIVILEGE_READ;
    LIST_PRIVILEGES = "PrivilegeService/ListPrivileges", PRIVILEGE_READ;
    UPDATE_PRIVILEGE = "PrivilegeService/UpdatePrivilege", PRIVILEGE_UPDATE;
    DELETE_PRIVILEGE = "PrivilegeService/DeletePrivilege", PRIVILEGE_DELETE;
    CREATE_PRIVILEGE_GROUP = "PrivilegeService/CreatePrivilegeGroup", PRIVILEGE_GROUP_CREATE;
    GET_PRIVILEGE_GROUP = "PrivilegeService/GetPrivilegeGroup", PRIVILEGE_GROUP_READ;
    LIST_PRIVILEGE_GROUPS = "PrivilegeService/ListPrivilegeGroups", PRIVILEGE_GROUP_READ;
    UPDATE_PRIVILEGE_GROUP = "PrivilegeService/UpdatePrivilegeGroup", PRIVILEGE_GROUP_UPDATE;
    DELETE_PRIVILEGE_GROUP = "PrivilegeService/DeletePrivilegeGroup", PRIVILEGE_GROUP_DELETE;
    ASSIGN_PRIVILEGE_TO_ROLES = "PrivilegeService/AssignPrivilegeToRoles", ROLE_MANAGE_PRIVILEGES;
    REMOVE_PRIVILEGE_FROM_ROLE = "PrivilegeService/RemovePrivilegeFromRole", ROLE_MANAGE_PRIVILEGES;
    LIST_PRIVILEGE_ROLES = "PrivilegeService/ListPrivilegeRoles", PRIVILEGE_READ;
    ASSIGN_PRIVILEGE_TO_USERS = "PrivilegeService/AssignPrivilegeToUsers", ROLE_MANAGE_ASSIGNMENTS;
    REMOVE_PRIVILEGE_FROM_USER = "PrivilegeService/RemovePrivilegeFromUser", ROLE_MANAGE_ASSIGNMENTS;
    LIST_PRIVILEGE_USERS = "PrivilegeService/ListPrivilegeUsers", PRIVILEGE_READ;
    CREATE_RESOURCE = "ResourceService/CreateResource", RESOURCE_CREATE;
    GET_RESOURCE = "ResourceService/GetResource", RESOURCE_READ;
    LIST_RESOURCES = "ResourceService/ListResources", RESOURCE_READ;
    UPDATE_RESOURCE = "ResourceService/UpdateResource", RESOURCE_UPDATE;
    DELETE_RESOURCE = "ResourceService/DeleteResource", RESOURCE_DELETE;
    BATCH_UPSERT_RESOURCES = "ResourceService/BatchUpsertResources", RESOURCE_IMPORT;
    BATCH_UPDATE_RELATIONS = "ResourceService/BatchUpdateRelations", RESOURCE_UPDATE;
    IMPORT_RESOURCES = "ResourceService/ImportResources", RESOURCE_IMPORT, streams;
    CREATE_ROLE = "RoleService/CreateRole", ROLE_CREATE;
    GET_ROLE = "RoleService/GetRole", ROLE_READ;
    LOOKUP_ROLE = "RoleService/LookupRole", ROLE_READ;
    LIST_ROLES = "RoleService/ListRoles", ROLE_READ;
    UPDATE_ROLE = "RoleService/UpdateRole", ROLE_UPDATE;
    DELETE_ROLE = "RoleService/DeleteRole", ROLE_DELETE;
    ADD_ROLE_PRIVILEGES = "RoleService/AddRolePrivileges", ROLE_MANAGE_PRIVILEGES;
    SET_ROLE_PRIVILEGES = "RoleService/SetRolePrivileges", ROLE_MANAGE_PRIVILEGES;
    REMOVE_ROLE_PRIVILEGES = "RoleService/RemoveRolePrivileges", ROLE_MANAGE_PRIVILEGES;
    LIST_ROLE_PRIVILEGES = "RoleService/ListRolePrivileges", ROLE_READ;
    ADD_ROLE_PRIVILEGE_GROUPS = "RoleService/AddRolePrivilegeGroups", ROLE_MANAGE_PRIVILEGES;
    REMOVE_ROLE_PRIVILEGE_GROUPS = "RoleService/RemoveRolePrivilegeGroups", ROLE_MANAGE_PRIVILEGES;
    LIST_ROLE_PRIVILEGE_GROUPS = "RoleService/ListRolePrivilegeGroups", ROLE_READ;
    CREATE_SCOPE = "ScopeService/CreateScope", SCOPE_CREATE;
    GET_SCOPE = "ScopeService/GetScope", SCOPE_READ;
    LIST_SCOPES = "ScopeService/ListScopes", SCOPE_READ;
    UPDATE_SCOPE = "ScopeService/UpdateScope", SCOPE_UPDATE;
    DELETE_SCOPE = "ScopeService/DeleteScope", SCOPE_DELETE;
    BATCH_DELETE_SCOPES = "ScopeService/BatchDeleteScopes", SCOPE_DELETE;
    LIST_SCOPE_RESOURCES = "ScopeService/ListScopeResources", SCOPE_READ;
    CREATE_TRAVERSAL_SPEC = "ScopeService/CreateTraversalSpec", TRAVERSAL_SPEC_CREATE;
    GET_TRAVERSAL_SPEC = "ScopeService/GetTraversalSpec", TRAVERSAL_SPEC_READ;
    LIST_TRAVERSAL_SPECS = "ScopeService/ListTraversalSpecs", TRAVERSAL_SPEC_READ;
    UPDATE_TRAVERSAL_SPEC = "ScopeService/UpdateTraversalSpec", TRAVERSAL_SPEC_UPDATE;
    DELETE_TRAVERSAL_SPEC = "ScopeService/DeleteTraversalSpec", TRAVERSAL_SPEC_DELETE;
    GET_SERVER_INFO = "ServerService/GetServerInfo", SERVER_READ;
}

macro_rules! open {
    ($($path:literal $streams:literal;)*) => {
        /// The standard services beside ours: health says whether the process is up, reflection says what is public.
        pub static STANDARD: &[Method] = &[$(Method { path: $path, access: Access::Open, streams: $streams }),*];
    };
}

open! {
    "grpc.health.v1.Health/Check" false;
    "grpc.health.v1.Health/Watch" true;
    "grpc.reflection.v1.ServerReflection/ServerReflectionInfo" true;
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo" true;
}

/// The method with this path.
pub fn find(path: &str) -> Option<&'static Method> {
    OWN.iter().copied().chain(STANDARD).find(|method| method.path == path)
}
