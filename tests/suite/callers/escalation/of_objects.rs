//! What who holds a privilege over some resources cannot do: give it over others, over more, or over what comes later.

use serde_json::{Value, json};

use super::super::put_assignment::{ADD, PUT, below, goods, put};
use super::super::shop::{EVENING, GROUP_KEEPER};
use super::super::stage::{actor, assignment_name, imported, root};
use super::{Attempt, EXCEEDS, PEOPLE, attempt, block_on, on_every_store, refuse_beside, shop};

const WRITER: &str = "applications/shop/roles/writer";
const HOLDER: &str = "users/shared";

/// The keeper of groups keeps the shop as well, and writes the orders below folder b, and the order 11.
fn scoped() -> Vec<Value> {
    let mut lines = goods();
    let id = |holder: &str| assignment_name(holder, WRITER, None).rsplit('/').next().unwrap().to_owned();
    let holds = |holder: &str| json!({"role_assignment": {"holder": holder, "application": "shop", "role": "writer", "allow_all_objects": false}});
    let selects = |holder: &str, propagate: &[&str], specific: &[&str]| {
        json!({"instance": {"application": "shop", "assignment": id(holder), "number": 0,
                            "propagate": propagate, "specific": specific}})
    };
    lines.extend([
        json!({"privilege": {"application": "shop", "key": "till:open", "object_scoped": false}}),
        json!({"role": {"application": "shop", "id": "till", "role_name": "till"}}),
        json!({"role_privilege": {"application": "shop", "role": "till", "privilege": "till:open"}}),
        json!({"role": {"application": "shop", "id": "local", "role_name": "local", "permission_boundary": "tenant"}}),
        json!({"role_privilege": {"application": "shop", "role": "local", "privilege": "order:refund"}}),
        json!({"group": {"id": "scoped", "group_name": "scoped"}}),
        json!({"group": {"id": "named", "group_name": "named"}}),
        json!({"role_assignment": {"holder": GROUP_KEEPER, "application": "shop", "role": "shopkeeper"}}),
        holds(GROUP_KEEPER),
        holds("groups/scoped"),
        holds("groups/named"),
        holds("users/shop-clerk"),
        selects(GROUP_KEEPER, &["folders/b"], &["orders/11", "folders/a"]),
        selects("groups/scoped", &["folders/a"], &[]),
        selects("groups/named", &["folders/b"], &["orders/12"]),
        json!({"assigned_resource": {"application": "shop", "assignment": id("users/shop-clerk"), "kind": "orders", "id": "14"}}),
    ]);
    lines
}

fn writer(words: Value) -> Value {
    let mut request = put(HOLDER, words);
    request["role"] = WRITER.into();
    request
}

/// What is not covered, whichever way it would be given.
fn too_much() -> Vec<(&'static str, Value)> {
    vec![
        ("all objects", json!({"allow_all_objects": true})),
        ("all objects, as a scope", json!({"scope": "all-objects"})),
        ("a scope that he does not have", json!({"scope": "thirteen"})),
        ("a scope that grows", json!({"scope": "all-orders"})),
        ("what is below a folder that he has alone", below("TYPE_PROPAGATE", &["folders/a"])),
        ("what is below an order that he has alone", below("TYPE_PROPAGATE", &["orders/11"])),
        ("an order that is not his", below("TYPE_SPECIFIC", &["orders/13"])),
        ("a cut that is itself selected", below("TYPE_UNPROPAGATE", &["orders/13"])),
        ("everything there is", json!({"traversal_spec_instances": [{"select_all_resources": true}]})),
        (
            "the tree of a spec",
            json!({"traversal_spec_instances":
            [{"traversal_spec": "applications/shop/traversalSpecs/folders", "select_all_resources": true}]}),
        ),
        ("an order by its name", json!({"resources": ["orders/12", "orders/14"]})),
    ]
}

#[test]
fn nobody_gives_more_resources_than_he_has() {
    refuse_beside(&scoped(), GROUP_KEEPER, || {
        let mut table: Vec<Attempt> = Vec::new();
        for (what, words) in too_much() {
            table.push(attempt(what, PUT, writer(words.clone()), EXCEEDS));
            let mut one = words.clone();
            one["role"] = WRITER.into();
            let user = json!({"user": {"name": HOLDER}, "role_assignments":
                {"application": "applications/shop", "assignments": [one]}});
            // He changes no users; but users of no application are changed by nobody else.
            let group = json!({"group_id": "new", "group": {"group_name": "new"}, "members": [GROUP_KEEPER],
                               "role_assignments": [one]});
            table.push(attempt(what, "DirectoryService/CreateGroup", group, EXCEEDS));
            let mut clerk = user;
            clerk["user"]["name"] = "users/globex-clerk".into();
            table.push(attempt(what, "DirectoryService/UpdateUser", clerk, EXCEEDS));
        }
        let role = |id: &str, words: Value| {
            let mut request = put(HOLDER, words);
            request["role"] = format!("applications/shop/roles/{id}").into();
            request
        };
        let new_group =
            |given: Value| json!({"group_id": "new", "group": {"group_name": "new"}, "role_assignments": given});
        let local = json!([{"role": "applications/shop/roles/local", "allow_all_objects": true}]);
        let join = |group: &str| json!({"name": group, "members": [GROUP_KEEPER]});
        table.extend([
            attempt("an order shared", ADD, writer(json!({"resources": ["orders/14"]})), EXCEEDS),
            attempt(
                "an order shared among his",
                ADD,
                writer(json!({"resources": ["orders/11", "orders/13"]})),
                EXCEEDS,
            ),
            attempt("what no resource limits", PUT, role("till", json!({})), EXCEEDS),
            attempt(
                "what no resource limits, by sharing one",
                ADD,
                role("till", json!({"resources": ["orders/11"]})),
                EXCEEDS,
            ),
            attempt("a role of each tenant's own", "DirectoryService/CreateGroup", new_group(local), EXCEEDS),
            attempt("himself below folder a", "DirectoryService/AddGroupMembers", join("groups/scoped"), EXCEEDS),
            attempt(
                "himself below folder a, as all",
                "DirectoryService/SetGroupMembers",
                join("groups/scoped"),
                EXCEEDS,
            ),
        ]);
        table
    });
}

#[test]
fn nobody_gives_resources_for_longer_than_he_has_them() {
    let mut lines = scoped();
    for line in &mut lines {
        if line["role_assignment"]["holder"] == GROUP_KEEPER && line["role_assignment"]["role"] == "writer" {
            line["role_assignment"]["expire_time"] = EVENING.into();
        }
    }
    refuse_beside(&lines, GROUP_KEEPER, || {
        let mine = below("TYPE_SPECIFIC", &["orders/11"]);
        vec![
            attempt("his own order for good", PUT, writer(mine), EXCEEDS),
            attempt("his own order, shared, for good", ADD, writer(json!({"resources": ["orders/11"]})), EXCEEDS),
        ]
    });
}

#[test]
fn what_one_has_one_gives_and_what_narrows_needs_nothing() {
    on_every_store(PEOPLE, |server| {
        block_on(async {
            let root = root(&server).await;
            shop::open(&root).await;
            imported(&root, &scoped()).await;
            let keeper = actor(&server, GROUP_KEEPER).await;
            for words in [
                json!({}),
                below("TYPE_PROPAGATE", &["folders/b"]),
                below("TYPE_PROPAGATE", &["orders/12"]),
                below("TYPE_SPECIFIC", &["folders/b", "orders/12", "orders/11", "folders/a"]),
                below("TYPE_UNPROPAGATE", &["orders/12"]),
                json!({"resources": ["orders/11", "orders/12"]}),
            ] {
                keeper.done(PUT, writer(words)).await;
            }
            keeper.done(ADD, writer(json!({"resources": ["folders/b"]}))).await;
            let members = json!({"name": "groups/named", "members": [GROUP_KEEPER, HOLDER]});
            keeper.done("DirectoryService/AddGroupMembers", members).await;
            // The clerk has the order 14 alone, which the keeper has not.
            let mut clerk = writer(json!({"resources": ["orders/14"], "expire_time": EVENING}));
            clerk["subject"] = "users/shop-clerk".into();
            keeper.done(PUT, clerk.clone()).await;
            clerk["expire_time"] = Value::Null;
            assert_eq!(keeper.refused(PUT, clerk.clone()).await.said(), EXCEEDS, "and back again");
            clerk["resources"] = json!([]);
            assert_eq!(keeper.done(PUT, clerk).await["assignments"][0]["expire_time"], Value::Null, "over nothing");
        });
    });
}
