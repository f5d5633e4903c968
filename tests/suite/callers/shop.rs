//! The policy that tests about callers begin with: a shop with two tenants and the people who administer parts of it,
//! and a bank beside it that is none of their business.
//!
//! Nobody here but `clients/local-administrator` holds a role of `applications/bailiwick`, except for the keeper of
//! groups.

use serde_json::{Value, json};

use super::actor::Actor;
use super::stage::{self, imported, root};
use crate::harness::{Server, block_on};

/// Administers the shop: every `bailiwick:` key but delegate, and `order:read`, without end.
pub(crate) const SHOPKEEPER: &str = "users/shopkeeper";
/// As the shopkeeper, but only for some hours.
pub(crate) const STAND_IN: &str = "users/stand-in";
/// As the shopkeeper, but cut to the tenant acme.
pub(crate) const CUT: &str = "users/cut";
/// Belongs to acme, and administers it: what the keys give a tenant's user, and `order:read`; no delegate.
pub(crate) const ACME: &str = "users/acme-admin";
/// As the administrator of acme, with delegate.
pub(crate) const ACME_DELEGATE: &str = "users/acme-delegate";
/// As the delegate of acme, but only for some hours.
pub(crate) const ACME_STAND_IN: &str = "users/acme-stand-in";
/// Keeps the groups, and holds nothing that they give.
pub(crate) const GROUP_KEEPER: &str = "users/group-keeper";
/// Belongs to acme, and administers nothing.
pub(crate) const CLERK: &str = "users/acme-clerk";
/// Administers the bank.
pub(crate) const BANKER: &str = "users/banker";
/// Has no right at all.
pub(crate) const NOBODY: &str = "clients/nobody";

/// Everybody who has a token.
pub(crate) const PEOPLE: &[&str] =
    &[SHOPKEEPER, STAND_IN, CUT, ACME, ACME_DELEGATE, ACME_STAND_IN, GROUP_KEEPER, CLERK, BANKER, NOBODY];

/// When what is given for some hours ends.
pub(crate) const EVENING: &str = "2100-01-01T00:00:00Z";

/// The keys of a tenant's administrator.
const TENANT_KEYS: &[&str] = &[
    "bailiwick:client:create",
    "bailiwick:client:delete",
    "bailiwick:client:read",
    "bailiwick:client:update",
    "bailiwick:permission:check",
    "bailiwick:privilege-group:create",
    "bailiwick:privilege-group:delete",
    "bailiwick:privilege-group:read",
    "bailiwick:privilege-group:update",
    "bailiwick:resource:create",
    "bailiwick:resource:delete",
    "bailiwick:resource:import",
    "bailiwick:resource:read",
    "bailiwick:resource:update",
    "bailiwick:role-assignment:read",
    "bailiwick:role:create",
    "bailiwick:role:delete",
    "bailiwick:role:manage-assignments",
    "bailiwick:role:manage-privileges",
    "bailiwick:role:read",
    "bailiwick:role:update",
    "bailiwick:tenant:read",
    "bailiwick:user:create",
    "bailiwick:user:delete",
    "bailiwick:user:read",
    "bailiwick:user:update",
    "order:read",
];

/// Runs a test on a fresh server over each store there is: with the shop open, as who opened it.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
pub(crate) fn on_every_store(test: impl AsyncFn(&Server, &Actor)) {
    stage::on_every_store(PEOPLE, |server| {
        block_on(async {
            let root = root(&server).await;
            open(&root).await;
            test(&server, &root).await;
        });
    });
}

/// Sets the policy up.
pub(crate) async fn open(root: &Actor) {
    imported(root, &lines()).await;
}

fn lines() -> Vec<Value> {
    [
        applications(),
        boundaries(),
        privilege_groups(),
        roles(),
        keys(),
        people(),
        groups(),
        assignments(),
        resources(),
        scopes(),
        vec![json!({"assigned_privilege": {"application": "shop", "privilege": "helpdesk", "user": "helper"}})],
    ]
    .concat()
}

fn applications() -> Vec<Value> {
    let mut lines = vec![
        json!({"application": {"id": "shop"}}),
        json!({"application": {"id": "bank"}}),
        json!({"application": {"id": "bazaar", "catalogue": "OPEN"}}),
        json!({"tenant": {"application": "shop", "id": "acme"}}),
        json!({"tenant": {"application": "shop", "id": "globex"}}),
        json!({"tenant": {"application": "bank", "id": "acme"}}),
    ];
    for key in ["order:read", "order:write", "order:refund", "secret:read"] {
        lines.push(json!({"privilege": {"application": "shop", "key": key}}));
    }
    let hidden = json!({"application": "shop", "key": "secret:open", "tenant_visibility": "NONE"});
    lines.push(json!({"privilege": hidden}));
    let document = json!({"version": "1", "statements": [
        {"effect": "ALLOW", "actions": ["secret:read"], "scopes": ["orders/7"]}]});
    lines.push(json!({"privilege": {"application": "shop", "key": "helpdesk", "document": document}}));
    lines.push(json!({"privilege": {"application": "bank", "key": "account:read"}}));
    lines
}

/// Permission boundaries: one for a role, and one that no role refers to.
fn boundaries() -> Vec<Value> {
    let boundary = |id: &str, kind: &str, tenants: &[&str]| {
        let line = json!({"application": "shop", "id": id, "boundary_name": id, "kind": kind, "tenants": tenants});
        json!({"permission_boundary": line})
    };
    vec![boundary("customers", "TENANT_EXCLUSION_LIST", &["globex"]), boundary("unused", "TENANT_INCLUSION_LIST", &[])]
}

/// Privilege groups: one that no role refers to, one for roles, one that tenants' roles do not see, and the tenants'.
fn privilege_groups() -> Vec<Value> {
    let mut lines = Vec::new();
    for (tenant, id, shown, keys) in [
        (None, "bundle", "ALL", &["order:read", "order:write"][..]),
        (None, "used", "ALL", &["order:read"]),
        (None, "hidden", "NONE", &["order:write"]),
        (None, "held", "NONE", &["order:refund"]),
        (Some("acme"), "own", "ALL", &["order:read"]),
        (Some("acme"), "strong", "ALL", &["order:write"]),
        (Some("globex"), "own", "ALL", &["order:read"]),
    ] {
        let group =
            json!({"application": "shop", "tenant": tenant, "id": id, "group_name": id, "tenant_visibility": shown});
        lines.push(json!({"privilege_group": group}));
        for key in keys {
            let held = json!({"application": "shop", "tenant": tenant, "group": id, "privilege": key});
            lines.push(json!({"grouped_privilege": held}));
        }
    }
    lines
}

fn role(application: &str, tenant: Option<&str>, id: &str) -> Value {
    let mut line = json!({"application": application, "id": id, "role_name": id});
    if let Some(tenant) = tenant {
        line["tenant"] = tenant.into();
        line["tenant_visibility"] = "OWNER".into();
    }
    json!({"role": line})
}

fn roles() -> Vec<Value> {
    let mut boss = role("shop", None, "boss");
    boss["role"]["privilege_patterns"] = json!(["*"]);
    let mut capped = role("shop", None, "capped");
    capped["role"]["privilege_patterns"] = json!(["order:*"]);
    capped["role"]["excluded_privileges"] = json!(["order:write", "secret:*"]);
    let mut shopkeeper = role("shop", None, "shopkeeper");
    shopkeeper["role"]["permission_boundary"] = "application".into();
    shopkeeper["role"]["privilege_patterns"] = json!(["bailiwick:*"]);
    shopkeeper["role"]["excluded_privileges"] = json!(["bailiwick:role:delegate"]);
    let mut banker = role("bank", None, "banker");
    banker["role"]["privilege_patterns"] = json!(["bailiwick:*", "*"]);
    banker["role"]["permission_boundary"] = "application".into();
    let mut own = role("shop", None, "own");
    own["role"]["permission_boundary"] = "self".into();
    let mut keeper = role("bailiwick", None, "group-keeper");
    keeper["role"]["privilege_patterns"] = json!(["bailiwick:group:*", "bailiwick:user:read", "bailiwick:client:read"]);
    let mut few = role("shop", None, "few");
    few["role"]["tenant_visibility"] = "NONE".into();
    let mut seen = role("shop", None, "seen");
    seen["role"]["tenant_visibility"] = "TENANT_INCLUSION_LIST".into();
    seen["role"]["visible_tenants"] = json!(["acme"]);
    let mut shut = role("shop", None, "shut");
    shut["role"]["privilege_patterns"] = json!(["later:*"]);
    shut["role"]["excluded_privileges"] = json!(["later:*", "order:*"]);
    let mut outer = role("shop", None, "outer");
    outer["role"]["permission_boundary"] = "customers".into();
    let plain = ["grouped", "heir", "reader", "writer", "tenant-admin", "tenant-delegate"];
    let mut lines = vec![boss, capped, shopkeeper, banker, own, keeper, few, seen, shut, outer];
    lines.push(role("bazaar", None, "seller"));
    lines.extend(plain.into_iter().map(|id| role("shop", None, id)));
    lines.extend(["own-reader", "own-writer", "own-heir"].into_iter().map(|id| role("shop", Some("acme"), id)));
    lines.push(role("shop", Some("globex"), "own-reader"));
    lines.push(role("bank", Some("acme"), "own-reader"));
    lines
}

fn keys() -> Vec<Value> {
    let gives =
        |role: &str, key: &str| json!({"role_privilege": {"application": "shop", "role": role, "privilege": key}});
    let of_tenant = |tenant: &str, role: &str, key: &str| json!({"role_privilege": {"application": "shop", "tenant": tenant, "role": role, "privilege": key}});
    let mut lines = vec![
        gives("reader", "order:read"),
        gives("writer", "order:write"),
        gives("own", "secret:read"),
        gives("shopkeeper", "order:read"),
        gives("tenant-delegate", "bailiwick:role:delegate"),
        of_tenant("acme", "own-reader", "order:read"),
        of_tenant("acme", "own-writer", "order:write"),
        of_tenant("globex", "own-reader", "order:read"),
    ];
    let refers = |tenant: Option<&str>, role: &str, group: &str, of: Option<&str>| {
        let line = json!({"application": "shop", "tenant": tenant, "role": role, "group": group, "group_tenant": of});
        json!({"role_privilege_group": line})
    };
    let acme = Some("acme");
    lines.extend([
        gives("few", "secret:read"),
        gives("seen", "order:write"),
        of_tenant("acme", "own-reader", "secret:open"),
        refers(None, "grouped", "used", None),
        refers(None, "heir", "held", None),
        json!({"role_parent": {"application": "shop", "tenant": "acme", "role": "own-heir", "parent": "heir"}}),
        refers(acme, "own-reader", "own", acme),
        refers(acme, "own-reader", "hidden", None),
    ]);
    for key in TENANT_KEYS {
        lines.push(gives("tenant-admin", key));
        lines.push(gives("tenant-delegate", key));
    }
    lines
}

fn person(name: &str, application: Option<&str>, tenants: &[&str]) -> Value {
    let id = name.trim_start_matches("users/");
    let mut line = json!({"id": id, "username": id, "tenants": tenants});
    if let Some(application) = application {
        line["application"] = application.into();
    }
    json!({"user": line})
}

fn people() -> Vec<Value> {
    let mut lines: Vec<Value> = [SHOPKEEPER, STAND_IN, CUT].map(|name| person(name, Some("shop"), &[])).into();
    lines.extend([ACME, ACME_DELEGATE, ACME_STAND_IN, CLERK].map(|name| person(name, Some("shop"), &["shop/acme"])));
    lines.extend([
        person("users/globex-clerk", Some("shop"), &["shop/globex"]),
        person("users/both-clerk", Some("shop"), &["shop/acme", "shop/globex"]),
        person("users/shop-clerk", Some("shop"), &[]),
        person("users/shared", None, &[]),
        person("users/helper", None, &[]),
        person(BANKER, Some("bank"), &[]),
        person("users/bank-clerk", Some("bank"), &["bank/acme"]),
        person(GROUP_KEEPER, None, &[]),
        json!({"client": {"id": "shop-client", "application": "shop"}}),
        json!({"client": {"id": "acme-client", "application": "shop", "tenant": "acme"}}),
        json!({"client": {"id": "bank-client", "application": "bank"}}),
        json!({"client": {"id": "nobody", "application": "bank"}}),
    ]);
    lines
}

fn groups() -> Vec<Value> {
    let group = |id: &str| json!({"group": {"id": id, "group_name": id}});
    let member = |of: &str, who: &str| json!({"group_member": {"group": of, "member": who}});
    vec![
        group("strong"),
        group("inner"),
        group("weak"),
        group("readers"),
        member("strong", "groups/inner"),
        member("weak", GROUP_KEEPER),
        member("weak", SHOPKEEPER),
        member("weak", ACME),
    ]
}

fn assignments() -> Vec<Value> {
    let given = |holder: &str, application: &str, role: &str| json!({"role_assignment": {"holder": holder, "application": application, "role": role}});
    let mut stand_in = given(STAND_IN, "shop", "shopkeeper");
    stand_in["role_assignment"]["expire_time"] = EVENING.into();
    let mut acme_stand_in = given(ACME_STAND_IN, "shop", "tenant-delegate");
    acme_stand_in["role_assignment"]["expire_time"] = EVENING.into();
    let mut cut = given(CUT, "shop", "shopkeeper");
    cut["role_assignment"]["tenant"] = "acme".into();
    vec![
        given(SHOPKEEPER, "shop", "shopkeeper"),
        stand_in,
        cut,
        given(ACME, "shop", "tenant-admin"),
        given(ACME_DELEGATE, "shop", "tenant-delegate"),
        acme_stand_in,
        given(BANKER, "bank", "banker"),
        given(GROUP_KEEPER, "bailiwick", "group-keeper"),
        given("groups/strong", "shop", "boss"),
        given("groups/strong", "bailiwick", "group-keeper"),
        given("groups/readers", "shop", "reader"),
    ]
}

/// Orders of the shop: one in no tenant, and one in each; one of the bank with the same name.
fn resources() -> Vec<Value> {
    let order = |application: &str, id: &str, tenant: Option<&str>| {
        let mut line = json!({"application": application, "kind": "orders", "id": id});
        if let Some(tenant) = tenant {
            line["tenant"] = tenant.into();
        }
        json!({"resource": line})
    };
    vec![
        order("shop", "7", None),
        order("shop", "of/acme", Some("acme")),
        order("shop", "of/globex", Some("globex")),
        order("bank", "of/acme", Some("acme")),
    ]
}

/// A scope of all orders, by a spec that leads to them from their folders, and a spec that nothing uses.
fn scopes() -> Vec<Value> {
    let spec = |id: &str, paths: Value| {
        let spec =
            json!({"application": "shop", "id": id, "spec_name": id, "root_resource_kind": "folders", "paths": paths});
        json!({"traversal_spec": spec})
    };
    let steps = json!([[{"kind": "folders", "direction": "CHILD", "recursive": true}, {"kind": "orders", "direction": "CHILD"}]]);
    vec![
        spec("folders", steps),
        spec("idle", json!([])),
        json!({"scope": {"application": "shop", "id": "all-orders", "scope_name": "All Orders"}}),
        json!({"instance": {"application": "shop", "scope": "all-orders", "number": 0, "spec": "folders", "select_all_resources": true}}),
    ]
}
