//! The rows of the methods about privileges, groups of them, and who has one.

use serde_json::json;

use super::{Row, Unprivileged};

pub(super) const ROWS: &[Row] = rows! {
    "PrivilegeService/BatchRegisterPrivileges":
        {"parent": "applications/shop", "privileges": [{"key": "order:new"}]},
        {"parent": "shop", "privileges": [{"key": ""}, {"key": "bailiwick:x", "display_name": "\u{7}", "description": "\u{0}",
         "tenant_visibility": 9, "document": {}}]}
        wrong in ["parent", "privileges[0].key", "privileges[1].key", "privileges[1].display_name", "privileges[1].description",
                  "privileges[1].tenant_visibility", "privileges[1].document.statements"];
    "PrivilegeService/CreatePrivilege":
        {"parent": "applications/shop", "privilege": {"key": "order:new"}},
        {"parent": "shop", "privilege": {"key": "bailiwick:x", "display_name": "\u{7}", "description": "\u{0}",
         "tenant_visibility": 9, "document": {"version": "\u{7}", "statements": [
          {"effect": "EFFECT_DENY", "actions": ["users:list", "apps:list"], "scopes": ["users"]}, {"actions": [], "scopes": []}]}}}
        wrong in ["parent", "privilege.key", "privilege.display_name", "privilege.description", "privilege.tenant_visibility",
                  "privilege.document.version", "privilege.document.statements[0].effect",
                  "privilege.document.statements[0].actions[1]", "privilege.document.statements[0].scopes[0]",
                  "privilege.document.statements[1].effect", "privilege.document.statements[1].actions"];
    "PrivilegeService/GetPrivilege":
        {"name": "applications/shop/privileges/order:read"},
        {"name": "applications/shop/privileges/"} wrong in ["name"];
    "PrivilegeService/ListPrivileges":
        {"parent": "applications/shop"},
        {"parent": "applications/shop/tenants/acme", "page_size": -1, "order_by": "key", "keys": [""], "view": 9}
        wrong in ["parent", "page_size", "order_by", "keys[0]", "view"];
    "PrivilegeService/UpdatePrivilege":
        {"privilege": {"name": "applications/shop/privileges/helpdesk", "display_name": "Other"}},
        {"privilege": {"name": "applications/shop/privileges/order:read", "key": "order:write", "display_name": "\u{7}",
         "description": "\u{0}", "tenant_visibility": 9},
         "update_mask": "displayName,description,tenantVisibility,objectScoped,document"}
        wrong in ["privilege.key", "privilege.display_name", "privilege.description", "privilege.tenant_visibility",
                  "privilege.document", "update_mask"];
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
    "PrivilegeService/AssignPrivilegeToRoles":
        {"name": "applications/shop/privileges/order:read", "roles": ["applications/shop/roles/writer"]},
        {"name": "applications/shop/privileges/order:read", "roles": ["writer", "applications/bank/roles/banker"],
         "role_names": [""], "request_id": "\n"}
        wrong in ["roles[0]", "roles[1]", "role_names[0]", "request_id"];
    "PrivilegeService/RemovePrivilegeFromRole":
        {"name": "applications/shop/privileges/order:read", "role_name": "READER"},
        {"name": "applications/shop/privileges/", "role": "reader", "role_name": "reader", "reason": "\u{0}"}
        wrong in ["name", "role_name", "reason"];
    "PrivilegeService/ListPrivilegeRoles":
        {"name": "applications/shop/privileges/order:read"},
        {"name": "applications/shop/roles/reader", "page_size": -1, "consistency": {"max_staleness": "-1s"}}
        wrong in ["name", "page_size", "consistency.max_staleness"];
    "PrivilegeService/AssignPrivilegeToUsers":
        {"name": "applications/shop/privileges/order:read", "users": ["users/shared", "users/shop-clerk"]},
        {"name": "order:read", "users": ["users/shared", "clients/shop-client", "shared", "users/me"], "request_id": "\n"}
        wrong in ["name", "users[1]", "users[2]", "users[3]", "request_id"];
    "PrivilegeService/RemovePrivilegeFromUser":
        {"name": "applications/shop/privileges/helpdesk", "user": "users/helper"},
        {"name": "applications/shop/privileges/", "user": "groups/readers", "reason": "\u{0}"}
        wrong in ["name", "user", "reason"];
    "PrivilegeService/ListPrivilegeUsers":
        {"name": "applications/shop/privileges/helpdesk"},
        {"name": "applications/shop", "page_size": -1, "consistency": {"as_of": "2020-01-01T00:00:00Z"}}
        wrong in ["name", "page_size", "consistency.as_of"];
};
