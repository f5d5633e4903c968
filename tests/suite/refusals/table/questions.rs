//! The other part of the table: questions, policy data, catalogues, boundaries, resources, roles and scopes.

use serde_json::json;

use super::{Row, Unprivileged};

/// The methods of these services.
pub(super) const ROWS: &[Row] = rows! {
    "PermissionService/CheckPermission":
        {"application": "applications/shop", "subject": "users/shared", "privilege": "order:read"},
        {"application": "shop", "subject": "groups/weak", "privilege": "", "resource": "orders",
         "facts": {"no_tenant": false, "parents": ["folders/7", "7"]}, "consistency": {"at_least_as_fresh": "AAAA"}}
        wrong in ["application", "subject", "privilege", "resource", "facts.no_tenant", "facts.parents[1]",
                  "consistency.at_least_as_fresh"];
    "PermissionService/BatchCheckPermissions":
        {"application": "applications/shop", "checks": [{"subject": "users/shared", "privilege": "order:read"}]},
        {"application": "shop", "checks": [], "consistency": {"as_of": "2020-01-01T00:00:00Z", "max_staleness": "1s"}}
        wrong in ["application", "checks", "consistency.max_staleness"], EachItemDenied;
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
    "PrivilegeService/BatchRegisterPrivileges":
        {"parent": "applications/shop", "privileges": [{"key": "order:new"}]},
        {"parent": "shop", "privileges": [{"key": ""}, {"key": "bailiwick:x", "display_name": "\u{7}", "description": "\u{0}",
         "tenant_visibility": 9}]}
        wrong in ["parent", "privileges[0].key", "privileges[1].key", "privileges[1].display_name",
                  "privileges[1].description", "privileges[1].tenant_visibility"];
    "PrivilegeService/CreatePrivilege":
        {"parent": "applications/shop", "privilege": {"key": "order:new"}},
        {"parent": "shop", "privilege": {"key": "bailiwick:x", "display_name": "\u{7}", "description": "\u{0}",
         "tenant_visibility": 9}}
        wrong in ["parent", "privilege.key", "privilege.display_name", "privilege.description",
                  "privilege.tenant_visibility"];
    "PrivilegeService/GetPrivilege":
        {"name": "applications/shop/privileges/order:read"},
        {"name": "applications/shop/privileges/"} wrong in ["name"];
    "PrivilegeService/ListPrivileges":
        {"parent": "applications/shop"},
        {"parent": "applications/shop/tenants/acme", "page_size": -1, "order_by": "key", "keys": [""]}
        wrong in ["parent", "page_size", "order_by", "keys[0]"];
    "PrivilegeService/UpdatePrivilege":
        {"privilege": {"name": "applications/shop/privileges/order:read", "display_name": "Other"}},
        {"privilege": {"name": "applications/shop/privileges/order:read", "key": "order:write", "display_name": "\u{7}",
         "description": "\u{0}", "tenant_visibility": 9},
         "update_mask": "displayName,description,tenantVisibility,objectScoped"}
        wrong in ["privilege.key", "privilege.display_name", "privilege.description", "privilege.tenant_visibility",
                  "update_mask"];
    "PrivilegeService/DeletePrivilege":
        {"name": "applications/shop/privileges/order:refund", "force": true},
        {"name": "applications/shop/privileges/", "request_id": "\n"} wrong in ["name", "request_id"];
    "PrivilegeService/CreatePrivilegeGroup":
        {"parent": "applications/shop", "privilege_group_id": "new", "privilege_group": {"group_name": "new"}},
        {"parent": "shop", "privilege_group_id": "a/b", "privilege_group": {"group_name": "", "display_name": "\u{7}",
         "description": "\u{0}", "privileges": ["", "a\nb"], "tenant_visibility": 9}}
        wrong in ["parent", "privilege_group_id", "privilege_group.group_name", "privilege_group.display_name",
                  "privilege_group.description", "privilege_group.privileges[0]", "privilege_group.privileges[1]",
                  "privilege_group.tenant_visibility"];
    "PrivilegeService/GetPrivilegeGroup":
        {"name": "applications/shop/privilegeGroups/bundle"},
        {"name": "applications/shop/privilegeGroups/", "consistency": {"minimize_latency": false}}
        wrong in ["name", "consistency.minimize_latency"];
    "PrivilegeService/ListPrivilegeGroups":
        {"parent": "applications/shop"},
        {"parent": "shop", "page_size": -1, "order_by": "size", "view": 9, "ids": ["a b"]}
        wrong in ["parent", "page_size", "order_by", "view", "ids[0]"];
    "PrivilegeService/UpdatePrivilegeGroup":
        {"privilege_group": {"name": "applications/shop/privilegeGroups/bundle", "display_name": "Other"}},
        {"privilege_group": {"name": "bundle", "display_name": "\u{7}", "description": "\u{0}", "privileges": [""],
         "tenant_visibility": 9}, "update_mask": "displayName,description,privileges,tenantVisibility,groupName"}
        wrong in ["privilege_group.name", "privilege_group.display_name", "privilege_group.description",
                  "privilege_group.privileges[0]", "privilege_group.tenant_visibility", "update_mask"];
    "PrivilegeService/DeletePrivilegeGroup":
        {"name": "applications/shop/privilegeGroups/bundle"},
        {"name": "applications/shop/tenants/acme", "reason": "\u{0}"} wrong in ["name", "reason"];
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
    "ResourceService/CreateResource":
        {"parent": "applications/shop", "resource": {"kind": "orders", "id": "8"}},
        {"parent": "applications/shop", "reason": "\u{0}",
         "resource": {"kind": "roles", "id": "\u{7}", "tenant": "acme", "parents": ["x/", "users/7", "a/b"]}}
        wrong in ["resource.kind", "resource.id", "resource.tenant", "resource.parents[0]", "resource.parents[1]", "reason"];
    "ResourceService/GetResource":
        {"name": "applications/shop/resources/orders/of/acme"},
        {"name": "applications/shop/resources/orders", "consistency": {"max_staleness": "-1s"}}
        wrong in ["name", "consistency.max_staleness"];
    "ResourceService/ListResources":
        {"parent": "applications/shop"},
        {"parent": "shop", "page_size": -1, "order_by": "kind"} wrong in ["parent", "page_size", "order_by"];
    "ResourceService/UpdateResource":
        {"resource": {"name": "applications/shop/resources/orders/7", "tenant": "applications/shop/tenants/acme"}},
        {"resource": {"name": "applications/shop/resources/orders/7", "kind": "roles", "id": "8", "tenant": "acme"},
         "update_mask": "tenantLevel"}
        wrong in ["resource.kind", "resource.id", "update_mask"];
    "ResourceService/DeleteResource":
        {"name": "applications/shop/resources/orders/7"},
        {"name": "applications/shop/resources/users/7", "request_id": "\n"} wrong in ["name", "request_id"];
    "ResourceService/BatchUpsertResources":
        {"parent": "applications/shop", "resources": [{"kind": "orders", "id": "8", "parents": ["orders/7"]}]},
        {"parent": "applications/shop", "reason": "\u{0}", "resources": [{"kind": "orders", "id": "8"},
         {"kind": "roles", "id": "\u{7}", "tenant": "acme", "parents": ["x"]}, {"kind": "orders", "id": "8"}]}
        wrong in ["reason", "resources[1].kind", "resources[1].id", "resources[1].tenant", "resources[1].parents[0]", "resources[2]"];
    "ResourceService/BatchUpdateRelations":
        {"parent": "applications/shop", "add": [{"child": "orders/of/acme", "parent": "orders/7"}]},
        {"parent": "shop", "add": [{"child": "orders", "parent": "users/7"}, {"child": "a/b", "parent": "c/d"}],
         "remove": [{"child": "a/b", "parent": "c/d"}], "request_id": "\n"}
        wrong in ["parent", "add[0].child", "add[0].parent", "remove[0]", "request_id"];
    "ResourceService/ImportResources":
        [{"options": {"parent": "applications/shop"}}, {"chunk": {"resources": [{"kind": "orders", "id": "9"}]}}],
        [{"options": {"parent": "shop", "import_id": "\n", "reason": "\u{0}"}}]
        wrong in ["options.parent", "options.import_id", "options.reason"];
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
    "ScopeService/CreateScope":
        {"parent": "applications/shop", "scope_id": "new", "scope": {"scope_name": "new",
         "instances": [{"resource_selection": [{"type": "TYPE_SPECIFIC", "resource_id": ["orders/7"]}]}]}},
        {"parent": "shop", "scope_id": "a b", "scope": {"scope_name": "x ", "description": "\u{0}", "instances": [
         {"traversal_spec": "folders", "included_adapter_kinds": ["\u{7}"], "resource_selection": [{"type": 9}]},
         {"adapter_kind": "A"}]}, "request_id": "\n"}
        wrong in ["parent", "scope_id", "scope.scope_name", "scope.description", "scope.instances[0].traversal_spec",
                  "scope.instances[0].included_adapter_kinds", "scope.instances[0].resource_selection[0].type",
                  "scope.instances[1].name", "request_id"];
    "ScopeService/GetScope":
        {"name": "applications/shop/scopes/all-orders"},
        {"name": "applications/shop/scope/all-orders", "consistency": {"fully_consistent": false}}
        wrong in ["name", "consistency.fully_consistent"];
    "ScopeService/ListScopes":
        {"parent": "applications/shop"},
        {"parent": "applications/shop/tenants/acme", "page_size": -1, "order_by": "scope_name", "view": 9}
        wrong in ["parent", "page_size", "order_by", "view"];
    "ScopeService/UpdateScope":
        {"scope": {"name": "applications/shop/scopes/all-orders", "description": "Other"}},
        {"scope": {"name": "all-orders", "description": "\u{0}", "instances": [{"resource_selection": [{"type": 0}]}]},
         "update_mask": "scopeName,description,instances,predefined"}
        wrong in ["scope.name", "scope.scope_name", "scope.description",
                  "scope.instances[0].resource_selection[0].type", "update_mask"];
    "ScopeService/DeleteScope":
        {"name": "applications/shop/scopes/all-orders"},
        {"name": "applications/shop/scopes/", "reason": "\u{0}"} wrong in ["name", "reason"];
    "ScopeService/BatchDeleteScopes":
        {"parent": "applications/shop", "names": ["applications/shop/scopes/all-orders"]},
        {"parent": "applications/shop", "names": ["applications/bank/scopes/all-orders", "all-orders"], "reason": "\u{0}"}
        wrong in ["names[0]", "names[1]", "reason"];
    "ScopeService/ListScopeResources":
        {"name": "applications/shop/scopes/all-orders"},
        {"name": "applications/shop/scopes", "page_size": -1, "consistency": {"max_staleness": "-1s"}}
        wrong in ["name", "page_size", "consistency.max_staleness"];
    "ScopeService/CreateTraversalSpec":
        {"parent": "applications/shop", "traversal_spec_id": "new", "traversal_spec": {"spec_name": "new",
         "root_resource_kind": "folders", "paths": [{"steps": [{"kind": "orders", "direction": "DIRECTION_CHILD"}]}]}},
        {"parent": "shop", "traversal_spec_id": ".", "traversal_spec": {"spec_name": "", "root_adapter_kind": "A::B",
         "root_resource_kind": "a/b", "description": "\u{0}", "filter_type": 9,
         "paths": [{"steps": []}, {"steps": [{"kind": "users", "direction": 0}]}]}}
        wrong in ["parent", "traversal_spec_id", "traversal_spec.spec_name", "traversal_spec.root_adapter_kind",
                  "traversal_spec.root_resource_kind", "traversal_spec.description", "traversal_spec.filter_type",
                  "traversal_spec.paths[0].steps", "traversal_spec.paths[1].steps[0].kind",
                  "traversal_spec.paths[1].steps[0].direction"];
    "ScopeService/GetTraversalSpec":
        {"name": "applications/shop/traversalSpecs/folders"},
        {"name": "applications/shop/scopes/folders", "consistency": {"minimize_latency": false}}
        wrong in ["name", "consistency.minimize_latency"];
    "ScopeService/ListTraversalSpecs":
        {"parent": "applications/shop"},
        {"parent": "shop", "page_size": -1, "order_by": "spec_name"} wrong in ["parent", "page_size", "order_by"];
    "ScopeService/UpdateTraversalSpec":
        {"traversal_spec": {"name": "applications/shop/traversalSpecs/folders", "description": "Other"}},
        {"traversal_spec": {"name": "folders", "description": "\u{0}", "filter_type": 9, "paths": [{"steps": []}]},
         "update_mask": "description,filterType,paths,specName"}
        wrong in ["traversal_spec.name", "traversal_spec.description", "traversal_spec.filter_type",
                  "traversal_spec.paths[0].steps", "update_mask"];
    "ScopeService/DeleteTraversalSpec":
        {"name": "applications/shop/traversalSpecs/idle"},
        {"name": "applications/shop/traversalSpecs/", "request_id": "\n"} wrong in ["name", "request_id"];
    "ServerService/GetServerInfo":
        {},
        {"consistency": {"max_staleness": "-0.000000001s"}} wrong in ["consistency.max_staleness"];
};
