//! Updates: what a mask writes and what it leaves alone, what is immutable, and which etag is stale. One row a thing.

use serde_json::{Value, json};
use tonic::Code;

use crate::callers::actor::Actor;
use crate::callers::shop::{self};
use crate::callers::stage::{as_root_on_every_store, head};

/// A thing that can be updated.
struct Thing {
    /// The service, as in `RoleService`.
    service: &'static str,
    /// The name of the message, as in `Role`, and of the field that holds it.
    message: &'static str,
    field: &'static str,
    /// A thing of the shop.
    name: &'static str,
    /// Writable fields with a value; at least one.
    values: Value,
    /// Fields that nobody changes, with another value than the thing has.
    immutable: Value,
}

fn things() -> Vec<Thing> {
    of_applications().into_iter().chain(of_the_directory()).chain(of_catalogues()).chain(of_scopes()).collect()
}

fn of_applications() -> Vec<Thing> {
    vec![
        Thing {
            service: "ApplicationService",
            message: "Application",
            field: "application",
            name: "applications/bazaar",
            values: json!({"display_name": "A Bazaar", "catalogue": "CATALOGUE_OPEN"}),
            immutable: json!({}),
        },
        Thing {
            service: "ApplicationService",
            message: "Tenant",
            field: "tenant",
            name: "applications/shop/tenants/globex",
            values: json!({"display_name": "Globex & Sons"}),
            immutable: json!({"type": "TYPE_GLOBAL"}),
        },
    ]
}

fn of_the_directory() -> Vec<Thing> {
    vec![
        Thing {
            service: "ResourceService",
            message: "Resource",
            field: "resource",
            name: "applications/shop/resources/orders/7",
            values: json!({"tenant": "applications/shop/tenants/acme", "parents": ["orders/of/acme", "orders/of/globex"]}),
            immutable: json!({"kind": "ORDERS", "id": "7/"}),
        },
        Thing {
            service: "DirectoryService",
            message: "User",
            field: "user",
            name: "users/globex-clerk",
            values: json!({"display_name": "A Clerk", "first_name": "A", "last_name": "Clerk", "email": "a@clerk",
                "enabled": false, "tenants": ["applications/shop/tenants/acme"]}),
            immutable: json!({"username": "Globex-Clerk", "application": "applications/bank"}),
        },
        Thing {
            service: "DirectoryService",
            message: "Client",
            field: "client",
            name: "clients/acme-client",
            values: json!({"display_name": "Acme's", "enabled": false}),
            immutable: json!({"owner": "applications/shop"}),
        },
        Thing {
            service: "DirectoryService",
            message: "Group",
            field: "group",
            name: "groups/weak",
            values: json!({"display_name": "The Weak", "description": "two\nlines"}),
            immutable: json!({"group_name": "Weak"}),
        },
    ]
}

fn of_scopes() -> Vec<Thing> {
    let folders = "applications/shop/traversalSpecs/folders";
    let chosen = json!([{"type": "TYPE_PROPAGATE", "resource_id": ["orders/7", "orders/of/acme"]},
                        {"type": "TYPE_SPECIFIC", "resource_id": ["orders/of/acme"]}]);
    let instance = json!({"traversal_spec": folders, "resource_kind": "folders", "name": "folders",
                          "resource_selection": chosen});
    vec![
        Thing {
            service: "ScopeService",
            message: "Scope",
            field: "scope",
            name: "applications/shop/scopes/all-orders",
            values: json!({"description": "two\nlines",
                           "instances": [instance, {"select_all_resources": true}]}),
            immutable: json!({}),
        },
        Thing {
            service: "ScopeService",
            message: "TraversalSpec",
            field: "traversal_spec",
            name: "applications/shop/traversalSpecs/idle",
            values: json!({"description": "x", "filter_type": "FILTER_TYPE_ADAPTER_ASSOCIATION",
                           "paths": [{"steps": [{"kind": "V::x", "direction": "DIRECTION_PARENT", "recursive": true}]}]}),
            immutable: json!({"root_adapter_kind": "V", "root_resource_kind": "Folders", "spec_name": "Idle"}),
        },
    ]
}

fn of_catalogues() -> Vec<Thing> {
    let statements = json!([{"effect": "EFFECT_ALLOW", "actions": ["order:read", "order:write"], "scopes": ["*"]},
                            {"effect": "EFFECT_ALLOW", "actions": ["secret:read"], "scopes": ["orders/7", "orders/of/acme"]}]);
    let document = json!({"version": "2", "statements": statements});
    vec![
        Thing {
            service: "PrivilegeService",
            message: "Privilege",
            field: "privilege",
            name: "applications/shop/privileges/order:read",
            values: json!({"display_name": "Read", "description": "two\nlines",
                           "tenant_visibility": "TENANT_VISIBILITY_NONE"}),
            immutable: json!({"key": "order:write", "object_scoped": false, "document": document}),
        },
        Thing {
            service: "PrivilegeService",
            message: "Privilege",
            field: "privilege",
            name: "applications/shop/privileges/helpdesk",
            values: json!({"display_name": "Help", "description": "x", "tenant_visibility": "TENANT_VISIBILITY_NONE",
                           "document": document}),
            immutable: json!({"key": "desk", "object_scoped": false}),
        },
        Thing {
            service: "PrivilegeService",
            message: "PrivilegeGroup",
            field: "privilege_group",
            name: "applications/shop/privilegeGroups/used",
            values: json!({"display_name": "Used", "description": "x", "privileges": ["order:refund", "order:write"],
                           "tenant_visibility": "TENANT_VISIBILITY_NONE"}),
            immutable: json!({"group_name": "Used"}),
        },
        Thing {
            service: "BoundaryService",
            message: "PermissionBoundary",
            field: "permission_boundary",
            name: "applications/shop/permissionBoundaries/customers",
            values: json!({"display_name": "Customers", "description": "x", "tenants": ["applications/shop/tenants/acme"]}),
            immutable: json!({"boundary_name": "Customers", "kind": "KIND_TENANT_INCLUSION_LIST"}),
        },
        Thing {
            service: "RoleService",
            message: "Role",
            field: "role",
            name: "applications/shop/roles/heir",
            values: json!({
                "display_name": "Heir", "description": "x", "metadata": {"owner": "accounting"}, "privileges": ["order:read"],
                "privilege_patterns": ["order:*"], "excluded_privileges": ["order:refund", "secret:*"],
                "privilege_groups": ["applications/shop/privilegeGroups/bundle"],
                "parents": ["applications/shop/roles/reader", "applications/shop/roles/writer"],
                "permission_boundary": "applications/shop/permissionBoundaries/self",
                "tenant_visibility": {"mode": "MODE_TENANT_INCLUSION_LIST", "tenants": [
                    "applications/shop/tenants/acme", "applications/shop/tenants/globex"]},
            }),
            immutable: json!({"role_name": "Heir"}),
        },
    ]
}

impl Thing {
    /// An update with these fields, and a mask if there is one.
    fn update(&self, fields: &Value, mask: Option<&str>) -> (String, Value) {
        let mut message = fields.clone();
        message["name"] = self.name.into();
        if self.message == "Scope" && mask.is_some_and(|mask| mask.contains('*')) {
            // Among all that a scope has, its name cannot be cleared.
            message["scope_name"] = "All Orders".into();
        }
        let mut request = json!({self.field: message});
        if let Some(mask) = mask {
            request["update_mask"] = mask.into();
        }
        (format!("{}/Update{}", self.service, self.message), request)
    }

    async fn updated(&self, by: &Actor, fields: &Value, mask: Option<&str>) -> Value {
        let (method, request) = self.update(fields, mask);
        by.done(&method, request).await[self.field].clone()
    }

    async fn read(&self, by: &Actor) -> Value {
        let method = format!("{}/Get{}", self.service, self.message);
        by.done(&method, json!({"name": self.name})).await[self.field].clone()
    }

    /// The writable fields of the thing as it is, without those that are empty.
    async fn writable(&self, by: &Actor) -> Value {
        let thing = self.read(by).await;
        let fields = self.values.as_object().unwrap().keys();
        fields.filter(|field| !thing[field].is_null()).map(|field| (field.clone(), thing[field].clone())).collect()
    }
}

/// Tests every thing on every store.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
fn each(test: impl AsyncFn(&Actor, &Thing)) {
    shop::on_every_store(async |_, root| {
        for thing in things() {
            test(root, &thing).await;
        }
    });
}

fn merged(of: &Value, over: &Value) -> Value {
    let mut all = of.clone();
    all.as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
    all
}

/// What can be replaced and not be taken away.
const UNCLEARED: &str = "document";

/// Names in the JSON of a mask are in lower camel case.
fn camel(field: &str) -> String {
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

#[test]
fn without_a_mask_the_fields_that_are_set_are_written() {
    each(async |root, thing| {
        for (field, value) in thing.values.as_object().unwrap() {
            let before = thing.writable(root).await;
            let fields = json!({field: value});
            let answer = thing.updated(root, &fields, None).await;
            assert_eq!(thing.writable(root).await, merged(&before, &fields), "{}", thing.name);
            assert_eq!(answer, thing.read(root).await);
        }
        let (before, head_before) = (thing.read(root).await, head(root).await);
        assert_eq!(thing.updated(root, &json!({}), None).await, before, "nothing is set, nothing changes");
        assert_eq!(head(root).await, head_before + 1, "but it is a write");
    });
}

#[test]
fn a_mask_writes_what_it_names_also_to_nothing() {
    each(async |root, thing| {
        thing.updated(root, &thing.values, None).await;
        let fields: Vec<_> = thing.values.as_object().unwrap().keys().map(|field| camel(field)).collect();
        for (at, field) in thing.values.as_object().unwrap().keys().enumerate() {
            if field == UNCLEARED {
                continue;
            }
            let mut left = thing.writable(root).await;
            let cleared = thing.updated(root, &thing.values, Some("")).await;
            assert_eq!(merged(&left, &thing.values), thing.writable(root).await, "an empty mask is no mask");
            thing.updated(root, &json!({}), Some(&fields[at])).await;
            let now = thing.read(root).await;
            assert_ne!(now[field], thing.values[field], "{} {field} {cleared}", thing.name);
            left = merged(&left, &json!({field: now[field]}));
            left.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            assert_eq!(thing.writable(root).await, left, "the others stay");
            thing.updated(root, &thing.values, Some("*")).await;
        }
        thing.updated(root, &json!({}), Some("*")).await;
        let now = thing.read(root).await;
        for (field, value) in thing.values.as_object().unwrap().iter().filter(|(field, _)| *field != UNCLEARED) {
            assert_ne!(&now[field], value, "{} {field}: `*` clears what is not set", thing.name);
        }
    });
}

#[test]
fn a_document_can_be_replaced_and_not_be_taken_away() {
    shop::on_every_store(async |_, root| {
        let things = things();
        let helpdesk = things.iter().find(|thing| thing.name.ends_with("/helpdesk")).unwrap();
        let before = helpdesk.updated(root, &helpdesk.values, None).await;
        let (method, request) = helpdesk.update(&json!({"display_name": "x"}), Some("document,displayName"));
        let refusal = root.refused(&method, request).await;
        assert_eq!(refusal.fields().into_iter().collect::<Vec<_>>(), ["privilege.document"]);
        let cleared = helpdesk.updated(root, &json!({}), Some("*")).await;
        assert_eq!((&cleared["document"], &cleared["display_name"]), (&before["document"], &Value::Null));
        helpdesk.updated(root, &helpdesk.values, Some("description")).await;
        let left_alone = json!({"document": {"statements": []}, "description": "y"});
        helpdesk.updated(root, &left_alone, Some("description")).await;
        assert_eq!(helpdesk.read(root).await["document"], before["document"], "what is not written is not looked at");
    });
}

#[test]
fn what_is_immutable_or_unknown_is_refused() {
    each(async |root, thing| {
        let before = thing.read(root).await;
        for (field, value) in thing.immutable.as_object().unwrap() {
            let (method, request) = thing.update(&json!({field: value}), None);
            let refusal = root.refused(&method, request).await;
            assert_eq!(refusal.code, Code::InvalidArgument, "{refusal:?}");
            assert_eq!(refusal.fields().into_iter().collect::<Vec<_>>(), [format!("{}.{field}", thing.field)]);
            thing.updated(root, &json!({field: before[field]}), None).await;
        }
        for mask in ["name", "etag", "createTime", "nothing", "displayName.x", "*,displayName"] {
            let (method, request) = thing.update(&thing.values, Some(mask));
            let refusal = root.refused(&method, request).await;
            assert_eq!(refusal.fields().into_iter().collect::<Vec<_>>(), ["update_mask"], "{mask}");
        }
        assert_eq!(thing.read(root).await, before);
    });
}

#[test]
fn what_was_read_goes_back_unless_somebody_was_faster() {
    each(async |root, thing| {
        let read = thing.read(root).await;
        let same = thing.updated(root, &read, None).await;
        assert_eq!(same, read, "what says the same changes nothing, nor the etag");
        let changed = thing.updated(root, &merged(&read, &thing.values), None).await;
        assert_ne!(changed["etag"], read["etag"]);
        let (method, request) = thing.update(&merged(&read, &thing.values), None);
        let refusal = root.refused(&method, request).await;
        assert_eq!(refusal.said(), (Code::Aborted, "ETAG_MISMATCH"), "{}", thing.name);
        assert_eq!(thing.read(root).await, changed);
    });
}

#[test]
fn what_the_product_is_made_of_is_not_changed() {
    as_root_on_every_store(async |root| {
        let update = json!({"application": {"name": "applications/bailiwick", "display_name": "Ours"}});
        let refusal = root.refused("ApplicationService/UpdateApplication", update).await;
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "PREDEFINED"), "{refusal:?}");
        let role = json!({"role": {"name": "applications/bailiwick/roles/administrator", "display_name": "Ours"}});
        let refusal = root.refused("RoleService/UpdateRole", role).await;
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "PREDEFINED"), "{refusal:?}");
        let name = "applications/bailiwick/privileges/bailiwick:role:read";
        let privilege = json!({"privilege": {"name": name, "display_name": "Ours"}});
        for (method, request) in [
            ("PrivilegeService/UpdatePrivilege", privilege),
            ("PrivilegeService/DeletePrivilege", json!({"name": name, "force": true, "allow_missing": true})),
        ] {
            let refusal = root.refused(method, request).await;
            assert_eq!(refusal.said(), (Code::FailedPrecondition, "PREDEFINED"), "{refusal:?}");
        }
    });
}
