//! The rows of the methods about resources, scopes and traversal specs.

use serde_json::json;

use super::{Row, Unprivileged};

pub(super) const ROWS: &[Row] = rows! {
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
};
