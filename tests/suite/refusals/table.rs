//! The table: of every method a request that is good where the shop is open, one in which everything is wrong, and what
//! a caller without any right is told.

use serde_json::{Value, json};

use crate::callers::stage::assignment_name;

/// A method.
pub(super) struct Row {
    pub(super) method: &'static str,
    /// The messages of a good call.
    pub(super) requests: fn() -> Vec<Value>,
    /// The messages of a malformed call, and every field that is wrong.
    pub(super) malformed: fn() -> (Vec<Value>, &'static [&'static str]),
    pub(super) unprivileged: Unprivileged,
}

/// What a caller without any right is told.
pub(super) enum Unprivileged {
    /// The call is refused.
    Denied,
    /// The call is answered, and each of its items is refused.
    EachItemDenied,
}

macro_rules! rows {
    ($($method:literal: $good:tt, $bad:tt wrong in $fields:expr $(, $unprivileged:ident)?;)*) => {
        &[$(Row {
            method: $method,
            requests: || rows!(@messages $good),
            malformed: || (rows!(@messages $bad), &$fields),
            unprivileged: rows!(@unprivileged $($unprivileged)?),
        }),*]
    };
    (@messages [$($message:tt),*]) => { vec![$(json!($message)),*] };
    (@messages $message:tt) => { vec![json!($message)] };
    (@unprivileged) => { Unprivileged::Denied };
    (@unprivileged $unprivileged:ident) => { Unprivileged::$unprivileged };
}

mod objects;
mod privileges;

/// All methods.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().chain(privileges::ROWS).chain(objects::ROWS)
}

/// All but those about privileges, and about resources and selections of them, in the order of the contract.
const ROWS: &[Row] = rows! {
    "ApplicationService/CreateApplication":
        {"application_id": "new", "application": {"display_name": "New"}},
        {"application_id": "a b", "application": {"display_name": "\u{7}", "catalogue": 9}, "request_id": "\n", "reason": "\u{0}"}
        wrong in ["application_id", "application.display_name", "application.catalogue", "request_id", "reason"];
    "ApplicationService/GetApplication":
        {"name": "applications/shop"},
        {"name": "applications/", "consistency": {"minimize_latency": false}}
        wrong in ["name", "consistency.minimize_latency"];
    "ApplicationService/ListApplications":
        {},
        {"page_size": -1, "order_by": "size", "consistency": {"fully_consistent": false}}
        wrong in ["page_size", "order_by", "consistency.fully_consistent"];
    "ApplicationService/UpdateApplication":
        {"application": {"name": "applications/shop", "display_name": "Other"}},
        {"application": {"name": "shop", "display_name": "\u{7}", "catalogue": 9}, "update_mask": "displayName,catalogue,size"}
        wrong in ["application.name", "application.display_name", "application.catalogue", "update_mask"];
    "ApplicationService/DeleteApplication":
        {"name": "applications/shop", "force": true},
        {"name": "shop", "request_id": "\n", "reason": "\u{0}"} wrong in ["name", "request_id", "reason"];
    "ApplicationService/CreateTenant":
        {"parent": "applications/shop", "tenant_id": "new", "tenant": {}},
        {"parent": "applications/-", "tenant_id": "me", "tenant": {"display_name": "\u{7}", "type": 9}}
        wrong in ["parent", "tenant_id", "tenant.display_name", "tenant.type"];
    "ApplicationService/GetTenant":
        {"name": "applications/shop/tenants/acme"},
        {"name": "applications/shop/tenants/..", "consistency": {"max_staleness": "-1s"}}
        wrong in ["name", "consistency.max_staleness"];
    "ApplicationService/ListTenants":
        {"parent": "applications/shop"},
        {"parent": "", "page_size": -1, "order_by": "type"} wrong in ["parent", "page_size", "order_by"];
    "ApplicationService/UpdateTenant":
        {"tenant": {"name": "applications/shop/tenants/acme", "display_name": "Other"}},
        {"tenant": {"name": "acme", "display_name": "\u{7}", "type": 9}, "update_mask": "displayName,type"}
        wrong in ["tenant.name", "tenant.display_name", "tenant.type", "update_mask"];
    "ApplicationService/DeleteTenant":
        {"name": "applications/shop/tenants/globex", "force": true},
        {"name": "applications/shop/tenants/a/b", "reason": "\u{0}"} wrong in ["name", "reason"];
    "AssignmentService/ReplaceSubjectRoles":
        {"application": "applications/shop", "subject": "users/shared", "roles": ["applications/shop/roles/reader"]},
        {"application": "applications/shop", "subject": "users/me", "tenant": "applications/bank/tenants/acme", "reason": "\u{0}",
         "roles": ["role", "applications/shop/roles/1", "applications/shop/roles/2", "applications/shop/roles/3",
                   "applications/shop/roles/4", "applications/shop/roles/5", "applications/shop/roles/6"],
         "start_time": "2100-01-02T00:00:00Z", "expire_time": "2100-01-01T00:00:00Z", "request_id": "\n"}
        wrong in ["subject", "tenant", "roles[0]", "roles", "expire_time", "request_id", "reason"];
    "AssignmentService/AssignRoles":
        {"application": "applications/shop", "subject": "users/shared", "roles": ["applications/shop/roles/reader"]},
        {"application": "shop", "subject": "shared", "roles": ["reader"], "tenant": "", "request_id": "\n",
         "start_time": "2100-01-02T00:00:00Z", "expire_time": "2100-01-01T00:00:00Z"}
        wrong in ["application", "subject", "roles[0]", "expire_time", "request_id"];
    "AssignmentService/UnassignRoles":
        {"application": "applications/shop", "subject": "users/shared", "roles": ["applications/shop/roles/reader"]},
        {"application": "applications/shop", "subject": "users/me", "roles": [], "tenant": "applications/bank/tenants/acme"}
        wrong in ["subject", "roles", "tenant"];
    "AssignmentService/AssignRoleToSubjects":
        {"role": "applications/shop/roles/reader", "subjects": ["users/shared", "users/shop-clerk"]},
        {"role": "reader", "subjects": ["users/shared", "groups/weak", "shared"], "tenant": "", "request_id": "\n",
         "start_time": "2100-01-02T00:00:00Z", "expire_time": "2100-01-01T00:00:00Z"}
        wrong in ["role", "subjects[2]", "subjects", "expire_time", "request_id"];
    "AssignmentService/RevokeRoleFromSubject":
        {"role": "applications/shop/roles/reader", "subject": "groups/readers"},
        {"role": "applications/shop/roles/", "subject": "a b", "reason": "\u{0}"} wrong in ["role", "subject", "reason"];
    "AssignmentService/PutRoleAssignment":
        {"application": "applications/shop", "subject": "users/shared", "role_name": "READER", "scope": "all-orders"},
        {"application": "applications/shop", "subject": "users/me", "role": "reader", "tenant": "a b",
         "scope": "applications/bank/scopes/x", "resources": ["orders/7", "7"], "start_time": "2100-01-02T00:00:00Z",
         "traversal_spec_instances": [{"traversal_spec": "folders", "resource_kind": "folders",
                                       "resource_selection": [{"resource_id": ["orders/7"]}]}],
         "expire_time": "2100-01-01T00:00:00Z", "request_id": "\n", "reason": "\u{0}"}
        wrong in ["subject", "role", "tenant", "scope", "resources[1]", "traversal_spec_instances[0].traversal_spec",
                  "traversal_spec_instances[0].name", "traversal_spec_instances[0].resource_selection[0].type",
                  "expire_time", "request_id", "reason"];
    "AssignmentService/AddRoleAssignmentResources":
        {"application": "applications/shop", "subject": "users/shared", "role": "applications/shop/roles/reader",
         "resources": ["orders/7"]},
        {"application": "shop", "subject": "shared", "resources": ["orders/7", "orders", "roles/7"], "request_id": "\n"}
        wrong in ["application", "subject", "role", "resources[1]", "resources[2]", "request_id"];
    "AssignmentService/RemoveRoleAssignmentResources":
        {"application": "applications/shop", "subject": "users/shared", "role_name": "reader", "resources": ["orders/none"]},
        {"application": "applications/shop", "subject": "users/shared", "role": "applications/bank/roles/banker",
         "resources": [], "reason": "\u{0}"}
        wrong in ["role", "resources", "reason"];
    "AssignmentService/GetRoleAssignment":
        {"name": assignment_name("groups/readers", "applications/shop/roles/reader", None)},
        {"name": "applications/shop/roleAssignments/", "consistency": {"max_staleness": "-1s"}}
        wrong in ["name", "consistency.max_staleness"];
    "AssignmentService/ListRoleAssignments":
        {"parent": "applications/shop"},
        {"parent": "applications/a b", "page_size": -1} wrong in ["parent", "page_size"];
    "AssignmentService/DeleteRoleAssignment":
        {"application": "applications/shop", "subject": "groups/readers", "role_name": "READER"},
        {"application": "shop", "subject": "readers", "role": "reader", "role_name": "reader", "request_id": "\n"}
        wrong in ["application", "subject", "role_name", "request_id"];
    "AssignmentService/BatchGetAssignedRoles":
        {"parent": "applications/shop", "subjects": ["users/shop-clerk"]},
        {"parent": "applications/-", "subjects": [], "consistency": {"as_of": "2020-01-01T00:00:00Z"}}
        wrong in ["parent", "subjects", "consistency.as_of"], EachItemDenied;
    "AssignmentService/ListAssignableRoles":
        {"parent": "applications/shop", "subject": "users/shop-clerk"},
        {"parent": "applications/shop", "subject": "users/me", "tenant": "a b", "page_size": -1, "consistency": {"max_staleness": "-1s"}}
        wrong in ["subject", "tenant", "page_size", "consistency.max_staleness"];
    "DirectoryService/CreateUser":
        {"user_id": "new", "user": {"username": "new"}},
        {"user_id": "a/b", "user": {"username": " x", "display_name": "\u{7}", "first_name": "\u{7}", "last_name": "\u{7}",
         "email": "\u{7}", "application": "shop", "tenants": ["acme"]}}
        wrong in ["user_id", "user.username", "user.display_name", "user.first_name", "user.last_name", "user.email",
                  "user.application", "user.tenants[0]"];
    "DirectoryService/GetUser":
        {"name": "users/shared"},
        {"name": "clients/shared", "consistency": {"at_least_as_fresh": ""}}
        wrong in ["name", "consistency.at_least_as_fresh"];
    "DirectoryService/ListUsers":
        {},
        {"page_size": -1, "order_by": "username", "consistency": {"as_of": "2020-01-01T00:00:00Z"}}
        wrong in ["page_size", "order_by", "consistency.as_of"];
    "DirectoryService/UpdateUser":
        {"user": {"name": "users/shared", "email": "x", "enabled": false}},
        {"user": {"name": "shared", "display_name": "\u{7}", "first_name": "\u{7}", "last_name": "\u{7}", "email": "\u{7}",
         "application": "shop", "tenants": ["acme"]}, "reason": "\u{0}",
         "role_assignments": {"application": "applications/shop", "assignments": [{"role": "reader", "tenant": "a b"},
          {"application": "applications/bank", "role_name": "x", "scope": "a b", "expire_time": "0001-01-01T00:00:00Z"}]}}
        wrong in ["user.name", "user.display_name", "user.first_name", "user.last_name", "user.email",
                  "user.application", "user.tenants[0]", "reason", "role_assignments.assignments[0].role",
                  "role_assignments.assignments[0].tenant", "role_assignments.assignments[1].application",
                  "role_assignments.assignments[1].scope"];
    "DirectoryService/DeleteUser":
        {"name": "users/shared"},
        {"name": "users/me", "request_id": "\n"} wrong in ["name", "request_id"];
    "DirectoryService/CreateClient":
        {"client_id": "new", "client": {"owner": "applications/shop"}},
        {"client_id": "me", "client": {"owner": "shop", "display_name": "\u{7}"}, "request_id": "\n"}
        wrong in ["client_id", "client.owner", "client.display_name", "request_id"];
    "DirectoryService/GetClient":
        {"name": "clients/shop-client"},
        {"name": "users/shared", "consistency": {"as_of": "2020-01-01T00:00:00Z"}} wrong in ["name", "consistency.as_of"];
    "DirectoryService/ListClients":
        {},
        {"page_size": -1, "order_by": "owner"} wrong in ["page_size", "order_by"];
    "DirectoryService/UpdateClient":
        {"client": {"name": "clients/shop-client", "enabled": true}},
        {"client": {"name": "clients/", "owner": "shop", "display_name": "\u{7}"}, "update_mask": "displayName,owner"}
        wrong in ["client.name", "client.owner", "client.display_name", "update_mask"];
    "DirectoryService/DeleteClient":
        {"name": "clients/shop-client", "force": true},
        {"name": "client/shop-client", "request_id": "\n"} wrong in ["name", "request_id"];
    "DirectoryService/CreateGroup":
        {"group_id": "new", "group": {"group_name": "new"}},
        {"group_id": "", "group": {"group_name": "", "display_name": "\u{7}", "description": "\u{0}"}, "members": ["shared"],
         "role_assignments": [{"role_name": "reader"}, {"role": "reader", "role_name": "reader"}]}
        wrong in ["group.group_name", "group.display_name", "group.description", "members[0]",
                  "role_assignments[0].application", "role_assignments[1].role_name"];
    "DirectoryService/GetGroup":
        {"name": "groups/weak"},
        {"name": "groups", "consistency": {"at_exact_revision": "x"}} wrong in ["name", "consistency.at_exact_revision"];
    "DirectoryService/ListGroups":
        {},
        {"page_size": -2_147_483_648, "order_by": "Name"} wrong in ["page_size", "order_by"];
    "DirectoryService/UpdateGroup":
        {"group": {"name": "groups/weak", "description": "x"}},
        {"group": {"name": "weak", "display_name": "\u{7}", "description": "\u{0}"}, "update_mask": "displayName,description,groupName"}
        wrong in ["group.name", "group.display_name", "group.description", "update_mask"];
    "DirectoryService/DeleteGroup":
        {"name": "groups/weak", "force": true},
        {"name": "groups/-", "reason": "\u{0}"} wrong in ["name", "reason"];
    "DirectoryService/BatchDeleteGroups":
        {"names": ["groups/weak", "groups/readers"], "force": true},
        {"names": ["groups/weak", "users/shared", "groups/"], "request_id": "\n"}
        wrong in ["names[1]", "names[2]", "request_id"];
    "DirectoryService/AddGroupMembers":
        {"name": "groups/weak", "members": ["users/shared"]},
        {"name": "group/weak", "members": ["users/shared", "applications/shop"]} wrong in ["name", "members[1]"];
    "DirectoryService/RemoveGroupMembers":
        {"name": "groups/weak", "members": ["users/shared"]},
        {"name": "groups/a/b", "members": []} wrong in ["name", "members"];
    "DirectoryService/SetGroupMembers":
        {"name": "groups/weak", "members": ["users/shared"]},
        {"name": "groups/", "members": ["users/shared", "weak"], "reason": "\u{0}"} wrong in ["name", "members[1]", "reason"];
    "DirectoryService/ListGroupMembers":
        {"name": "groups/weak", "view": "MEMBERSHIP_VIEW_TRANSITIVE"},
        {"name": "groups/me", "page_size": -1, "view": 9} wrong in ["name", "page_size", "view"];
    "DirectoryService/ListUserGroups":
        {"name": "users/shared"},
        {"name": "clients/shop-client", "page_size": -1, "view": 9} wrong in ["name", "page_size", "view"];
    "PermissionService/CheckPermission":
        {"application": "applications/shop", "subject": "users/shared", "privilege": "order:read"},
        {"application": "shop", "subject": "groups/weak", "privilege": "", "resource": "orders",
         "facts": {"no_tenant": false, "parents": ["folders/7", "7"]}, "consistency": {"at_least_as_fresh": "AAAA"}}
        wrong in ["application", "subject", "privilege", "resource", "facts.no_tenant", "facts.parents[1]",
                  "consistency.at_least_as_fresh"];
    "PermissionService/BatchCheckPermissions":
        {"application": "applications/shop", "checks": [{"subject": "users/shared", "privilege": "order:read"}]},
        {"application": "shop", "checks": [], "mode": 9,
         "consistency": {"as_of": "2020-01-01T00:00:00Z", "max_staleness": "1s"}}
        wrong in ["application", "checks", "mode", "consistency.max_staleness"], EachItemDenied;
    "PermissionService/StreamCheckPermissions":
        {"correlation_id": 7, "check": {"application": "applications/shop", "subject": "users/shared", "privilege": "order:read"}},
        {"check": {"application": "shop", "subject": "groups/weak", "privilege": "", "resource": "orders",
         "facts": {"no_tenant": false, "parents": ["7"]}, "consistency": {"at_exact_revision": "AAAA"}}}
        wrong in ["application", "subject", "privilege", "resource", "facts.no_tenant", "facts.parents[0]",
                  "consistency.at_exact_revision"];
    "PermissionService/ListSubjectPrivileges":
        {"application": "applications/shop", "subject": "users/shared", "privileges": ["order:read"]},
        {"application": "shop", "subject": "groups/weak", "privileges": [""], "resource": "orders", "page_size": -1,
         "consistency": {"at_exact_revision": "x"}}
        wrong in ["application", "subject", "privileges[0]", "resource", "page_size", "consistency.at_exact_revision"];
    "PolicyDataService/ImportPolicy":
        [{"options": {}}, {"data": "eyJiYWlsaXdpY2tfcG9saWN5Ijp7InZlcnNpb24iOjF9fQo="}],
        [{"options": {"import_id": "\n", "reason": "\u{0}"}}] wrong in ["options.import_id", "options.reason"];
    "PolicyDataService/ExportPolicy":
        {},
        {"consistency": {"at_exact_revision": "x", "max_staleness": "1s"}}
        wrong in ["consistency.at_exact_revision", "consistency.max_staleness"];
    "BoundaryService/CreatePermissionBoundary":
        {"parent": "applications/shop", "permission_boundary_id": "new",
         "permission_boundary": {"boundary_name": "new", "kind": "KIND_CUSTOM", "value": "new"}},
        {"parent": "applications/shop", "permission_boundary_id": "a b", "permission_boundary": {"boundary_name": " ",
         "display_name": "\u{7}", "description": "\u{0}", "kind": "KIND_SELF", "tenants": ["acme"], "value": "x"}}
        wrong in ["permission_boundary_id", "permission_boundary.boundary_name", "permission_boundary.display_name",
                  "permission_boundary.description", "permission_boundary.kind", "permission_boundary.tenants[0]",
                  "permission_boundary.value"];
    "BoundaryService/GetPermissionBoundary":
        {"name": "applications/shop/permissionBoundaries/tenant"},
        {"name": "applications/shop/permissionBoundaries/", "consistency": {"max_staleness": "-1s"}}
        wrong in ["name", "consistency.max_staleness"];
    "BoundaryService/ListPermissionBoundaries":
        {"parent": "applications/shop"},
        {"parent": "shop", "page_size": -1, "order_by": "size"} wrong in ["parent", "page_size", "order_by"];
    "BoundaryService/UpdatePermissionBoundary":
        {"permission_boundary": {"name": "applications/shop/permissionBoundaries/customers", "display_name": "Other"}},
        {"permission_boundary": {"name": "customers", "display_name": "\u{7}", "description": "\u{0}", "value": " "},
         "update_mask": "displayName,description,value,kind"}
        wrong in ["permission_boundary.name", "permission_boundary.display_name", "permission_boundary.description",
                  "permission_boundary.value", "update_mask"];
    "BoundaryService/DeletePermissionBoundary":
        {"name": "applications/shop/permissionBoundaries/unused"},
        {"name": "applications/shop/tenants/acme", "reason": "\u{0}"} wrong in ["name", "reason"];
    "RoleService/CreateRole":
        {"parent": "applications/shop", "role_id": "new", "role": {"role_name": "new"}},
        {"parent": "applications/shop", "role_id": ".", "role": {"role_name": "x ", "display_name": "\u{7}",
         "description": "\u{0}", "metadata": {" x": "\u{7}"}, "privileges": ["", "a\nb"], "privilege_patterns": [""], "excluded_privileges": [""],
         "privilege_groups": ["bundle"], "parents": ["boss"], "permission_boundary": "tenant",
         "tenant_visibility": {"mode": 9, "tenants": ["acme"]}}}
        wrong in ["role_id", "role.role_name", "role.display_name", "role.description", "role.metadata", "role.privileges[0]",
                  "role.privileges[1]", "role.privilege_patterns[0]", "role.excluded_privileges[0]", "role.privilege_groups[0]", "role.parents[0]",
                  "role.permission_boundary", "role.tenant_visibility.mode", "role.tenant_visibility.tenants",
                  "role.tenant_visibility.tenants[0]"];
    "RoleService/GetRole":
        {"name": "applications/shop/roles/boss"},
        {"name": "applications/shop/role/boss"} wrong in ["name"];
    "RoleService/LookupRole":
        {"parent": "applications/shop", "role_name": "boss"},
        {"parent": "tenants/acme", "role_name": ""} wrong in ["parent", "role_name"];
    "RoleService/ListRoles":
        {"parent": "applications/shop"},
        {"parent": "applications/shop", "page_size": -1, "view": 9, "include_application_roles": true}
        wrong in ["page_size", "view", "include_application_roles"];
    "RoleService/UpdateRole":
        {"role": {"name": "applications/shop/roles/capped", "description": "Other"}},
        {"role": {"name": "applications/shop/roles/capped", "display_name": "\u{7}", "description": "\u{0}",
         "privileges": [""], "privilege_patterns": [""], "excluded_privileges": [""], "privilege_groups": ["bundle"],
         "parents": ["boss"], "permission_boundary": "tenant",
         "tenant_visibility": {"mode": "MODE_OWNER", "tenants": ["acme"]}}, "update_mask": "*,displayName"}
        wrong in ["role.display_name", "role.description", "role.privileges[0]", "role.privilege_patterns[0]",
                  "role.excluded_privileges[0]", "role.privilege_groups[0]", "role.parents[0]",
                  "role.permission_boundary", "role.tenant_visibility.mode", "role.tenant_visibility.tenants",
                  "role.tenant_visibility.tenants[0]", "update_mask"];
    "RoleService/DeleteRole":
        {"name": "applications/shop/roles/capped"},
        {"name": "applications/shop/roles/..", "reason": "\u{0}"} wrong in ["name", "reason"];
    "RoleService/AddRolePrivileges":
        {"name": "applications/shop/roles/reader", "privileges": ["order:write"]},
        {"name": "boss", "privileges": ["a\tb"], "privilege_patterns": ["\u{7f}"]}
        wrong in ["name", "privileges[0]", "privilege_patterns[0]"];
    "RoleService/SetRolePrivileges":
        {"name": "applications/shop/roles/reader", "privileges": ["order:write"]},
        {"name": "applications/shop/roles/reader/x", "privileges": [""]} wrong in ["name", "privileges[0]"];
    "RoleService/RemoveRolePrivileges":
        {"name": "applications/shop/roles/reader", "privileges": ["order:read"]},
        {"name": "applications/-/roles/reader"} wrong in ["name", "privileges"];
    "RoleService/ListRolePrivileges":
        {"name": "applications/shop/roles/reader"},
        {"name": "", "page_size": -1, "view": 9, "holder": "users/shared"}
        wrong in ["name", "page_size", "view", "holder"];
    "RoleService/AddRolePrivilegeGroups":
        {"name": "applications/shop/roles/reader", "privilege_groups": ["applications/shop/privilegeGroups/bundle"]},
        {"name": "reader", "privilege_groups": ["bundle"]} wrong in ["name", "privilege_groups[0]"];
    "RoleService/RemoveRolePrivilegeGroups":
        {"name": "applications/shop/roles/reader", "privilege_groups": ["applications/shop/privilegeGroups/bundle"]},
        {"name": "applications/shop/roles/reader", "privilege_groups": [], "request_id": "\n"}
        wrong in ["privilege_groups", "request_id"];
    "RoleService/ListRolePrivilegeGroups":
        {"name": "applications/shop/roles/reader"},
        {"name": "applications/shop/privilegeGroups/bundle", "page_size": -1} wrong in ["name", "page_size"];
    "ServerService/GetServerInfo":
        {},
        {"consistency": {"max_staleness": "-0.000000001s"}} wrong in ["consistency.max_staleness"];
};
