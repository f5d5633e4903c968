//! Resources shared one by one, and assignments that go with all that they select: made again, they inherit nothing.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::Actor;
use super::put_assignment::{ADD, PUT, READER, REMOVE, among_goods, below, put, reads};
use super::shop::{CLERK, SHOPKEEPER};
use super::stage::{actor, assignment_name, decision, export, imported, may, names, strings};

const HOLDER: &str = "users/shared";
const GET: &str = "AssignmentService/GetRoleAssignment";

fn name() -> String {
    assignment_name(HOLDER, READER, None)
}

async fn named(root: &Actor) -> Vec<String> {
    let got = root.done(GET, json!({"name": name()})).await;
    strings(&got["named_resources"]).into_iter().map(ToOwned::to_owned).collect()
}

#[test]
fn resources_are_shared_and_taken_one_by_one() {
    among_goods(async |_, root| {
        let these = |ids: &[&str]| put(HOLDER, json!({"resources": ids}));
        let nothing = root.done(REMOVE, these(&["orders/11"])).await;
        assert_eq!((&nothing["name"], &nothing["removed_count"]), (&Value::Null, &Value::Null), "no record");
        let first = root.done(ADD, these(&["orders/12", "orders/11", "orders/12"])).await;
        assert_eq!((&first["name"], &first["added_count"]), (&json!(name()), &json!(2)));
        assert_eq!(reads(root, HOLDER).await, ["11", "12"]);
        let made = root.done(GET, json!({"name": name()})).await["role_assignment"].clone();
        assert_eq!(
            (&made["allow_all_objects"], &made["scope"], &made["expire_time"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        let more = root.done(ADD, these(&["orders/11", "orders/14"])).await;
        assert_eq!(more["added_count"], 1, "what it names already is ignored");
        assert_eq!(named(root).await, ["orders/11", "orders/12", "orders/14"]);
        let fewer = root.done(REMOVE, these(&["orders/11", "orders/12", "orders/none"])).await;
        assert_eq!((&fewer["name"], &fewer["removed_count"]), (&json!(name()), &json!(2)));
        assert_eq!(reads(root, HOLDER).await, ["14"]);
        root.done(REMOVE, these(&["orders/14"])).await;
        assert_eq!(reads(root, HOLDER).await, [""; 0]);
        let left = root.done(GET, json!({"name": name()})).await;
        assert_eq!((&left["role_assignment"], &left["named_resources"]), (&made, &Value::Null), "the record stays");
        let mut by_name = put(HOLDER, json!({"resources": ["orders/13"], "role": "", "role_name": "Reader"}));
        root.done(ADD, by_name.clone()).await;
        assert_eq!(reads(root, HOLDER).await, ["13"]);
        by_name["role_name"] = "none".into();
        assert_eq!(root.refused(REMOVE, by_name).await.code, Code::NotFound);
    });
}

#[test]
fn a_record_with_a_scope_names_nothing_and_one_with_all_keeps_it_for_later() {
    among_goods(async |_, root| {
        let one = put(HOLDER, json!({"resources": ["orders/11"]}));
        root.done(PUT, put(HOLDER, json!({"scope": "thirteen"}))).await;
        let refusal = root.refused(ADD, one.clone()).await;
        assert_eq!(refusal.said(), (Code::FailedPrecondition, "ASSIGNMENT_HAS_SCOPE"));
        for all in [json!({"allow_all_objects": true}), json!({"scope": "all-objects"})] {
            root.done(PUT, put(HOLDER, all)).await;
            root.done(ADD, one.clone()).await;
            assert_eq!(named(root).await, ["orders/11"]);
            assert_eq!(reads(root, HOLDER).await, ["11", "12", "13", "14"]);
        }
        for bad in [json!({"resources": []}), json!({"resources": ["11"]})] {
            assert_eq!(root.refused(ADD, put(HOLDER, bad.clone())).await.code, Code::InvalidArgument, "{bad}");
            assert_eq!(root.refused(REMOVE, put(HOLDER, bad.clone())).await.code, Code::InvalidArgument, "{bad}");
        }
        let absent = put(HOLDER, json!({"resources": ["orders/12", "orders/none"]}));
        assert_eq!(root.refused(ADD, absent).await.code, Code::NotFound);
        let few = put(CLERK, json!({"role": "applications/shop/roles/few", "resources": ["orders/11"]}));
        assert_eq!(root.refused(ADD, few).await.said(), (Code::FailedPrecondition, "ROLE_NOT_ASSIGNABLE"));
    });
}

#[test]
fn the_first_hundred_are_shown_in_order() {
    among_goods(async |_, root| {
        let resource =
            |id: usize| json!({"resource": {"application": "shop", "kind": "parcels", "id": format!("{id:03}")}});
        imported(root, &(0..150).map(resource).collect::<Vec<_>>()).await;
        for part in [100..150, 0..50, 50..100] {
            let ids: Vec<String> = part.map(|id| format!("parcels/{id:03}")).collect();
            root.done(ADD, put(HOLDER, json!({"resources": ids}))).await;
        }
        let got = root.done(GET, json!({"name": name()})).await;
        let first: Vec<String> = (0..100).map(|id| format!("parcels/{id:03}")).collect();
        assert_eq!(strings(&got["named_resources"]), first);
        assert_eq!(got["named_resources_truncated"], true);
        let fifty: Vec<String> = (0..50).map(|id| format!("parcels/{id:03}")).collect();
        root.done(REMOVE, put(HOLDER, json!({"resources": fifty}))).await;
        let got = root.done(GET, json!({"name": name()})).await;
        assert_eq!((strings(&got["named_resources"]).len(), &got["named_resources_truncated"]), (100, &Value::Null));
    });
}

/// Every way to end an assignment, and, where it takes more than that, to be able to have it again.
fn ends() -> Vec<Vec<(&'static str, Value)>> {
    let roles = |roles: Value| json!({"application": "applications/shop", "subject": HOLDER, "roles": roles});
    let user = json!({"user_id": "shared", "user": {"username": "shared"}});
    let role = json!({"parent": "applications/shop", "role_id": "reader", "role": {"role_name": "reader", "privileges": ["order:read"]}});
    vec![
        vec![("AssignmentService/UnassignRoles", roles(json!([READER])))],
        vec![("AssignmentService/ReplaceSubjectRoles", roles(json!([])))],
        vec![("AssignmentService/RevokeRoleFromSubject", json!({"role": READER, "subject": HOLDER}))],
        vec![("AssignmentService/DeleteRoleAssignment", json!({"name": name()}))],
        vec![(
            "DirectoryService/UpdateUser",
            json!({"user": {"name": HOLDER}, "role_assignments": {"application": "applications/shop"}}),
        )],
        vec![
            ("DirectoryService/DeleteUser", json!({"name": HOLDER, "force": true})),
            ("DirectoryService/CreateUser", user),
        ],
        vec![("RoleService/DeleteRole", json!({"name": READER, "force": true})), ("RoleService/CreateRole", role)],
    ]
}

#[test]
fn an_assignment_made_again_inherits_nothing() {
    among_goods(async |_, root| {
        let selected = below("TYPE_PROPAGATE", &["folders/a"]);
        let one = json!({"resources": ["orders/14"]});
        for end in ends() {
            root.done(PUT, put(HOLDER, selected.clone())).await;
            root.done(ADD, put(HOLDER, one.clone())).await;
            assert_eq!(reads(root, HOLDER).await, ["11", "12", "14"]);
            for (method, request) in &end {
                let answer = root.done(method, request.clone()).await;
                assert!(answer["removed_count"].is_null() || answer["removed_count"] == 1, "{method}: {answer}");
            }
            let left = export(root).await;
            assert!(!left.contains(name().rsplit('/').next().unwrap()), "{end:?}: {left}");
            root.done(ADD, put(HOLDER, json!({"resources": ["orders/13"]}))).await;
            assert_eq!(reads(root, HOLDER).await, ["13"], "{end:?}");
            assert_eq!(named(root).await, ["orders/13"]);
        }
        // A record that has ended counts as absent.
        let ended = json!({"role_assignment": {"holder": HOLDER, "application": "shop", "role": "reader",
            "allow_all_objects": false, "expire_time": "2001-01-01T00:00:00Z"}});
        for (method, request, read) in [
            (ADD, put(HOLDER, json!({"resources": ["orders/11"]})), &["11"][..]),
            (PUT, put(HOLDER, json!({})), &[]),
            (PUT, put(HOLDER, below("TYPE_SPECIFIC", &["orders/12"])), &["12"]),
            (
                "AssignmentService/AssignRoles",
                json!({"application": "applications/shop", "subject": HOLDER, "roles": [READER]}),
                &["11", "12", "13", "14"],
            ),
        ] {
            root.done(PUT, put(HOLDER, selected.clone())).await;
            root.done(ADD, put(HOLDER, one.clone())).await;
            imported(root, std::slice::from_ref(&ended)).await;
            assert_eq!(decision(root, ("shop", HOLDER, "order:read"), "orders/11").await, "NOT_VALID_NOW");
            root.done(method, request.clone()).await;
            assert_eq!(reads(root, HOLDER).await, read, "{method} {request}");
            let named = named(root).await;
            assert!(!named.contains(&"orders/14".to_owned()), "{method}: {named:?}");
        }
    });
}

#[test]
fn a_user_is_given_all_roles_of_one_application_with_its_own_fields() {
    among_goods(async |server, root| {
        let update = |user: Value, assignments: Value| json!({"user": user, "role_assignments": {"application": "applications/shop", "assignments": assignments}});
        let of_the_bank = json!({"role_assignment": {"holder": HOLDER, "application": "bank", "role": "banker"}});
        let cut =
            json!({"role_assignment": {"holder": HOLDER, "application": "shop", "role": "own", "tenant": "acme"}});
        imported(root, &[of_the_bank, cut]).await;
        let list = json!({"parent": "applications/-", "filter": format!("subject = \"{HOLDER}\"")});
        let held = async || {
            let listed = root.done("AssignmentService/ListRoleAssignments", list.clone()).await;
            let mut held: Vec<String> = names(&listed["assignments"]).into_iter().map(ToOwned::to_owned).collect();
            held.sort_unstable();
            held
        };
        let before = held().await;
        root.done("DirectoryService/UpdateUser", json!({"user": {"name": HOLDER, "email": "a@b"}})).await;
        assert_eq!(held().await, before, "absent: they stay as they are");
        let one = json!({"role_name": "reader", "resources": ["orders/11"]});
        let two = json!({"role": "applications/shop/roles/writer", "tenant": "acme", "scope": "thirteen"});
        root.done("DirectoryService/UpdateUser", update(json!({"name": HOLDER, "email": "c@d"}), json!([one, two])))
            .await;
        let writer = assignment_name(HOLDER, "applications/shop/roles/writer", Some("acme"));
        let banker = assignment_name(HOLDER, "applications/bank/roles/banker", None);
        let mut wanted = vec![name(), writer, banker.clone()];
        wanted.sort_unstable();
        assert_eq!((held().await, reads(root, HOLDER).await), (wanted, vec!["11"]));
        let user = root.done("DirectoryService/GetUser", json!({"name": HOLDER})).await["user"].clone();
        assert_eq!(user["email"], "c@d");
        let again = update(json!({"name": HOLDER, "etag": user["etag"]}), json!([{"role": READER}]));
        let after = root.done("DirectoryService/UpdateUser", again).await["user"].clone();
        assert_eq!(
            (&after["etag"], reads(root, HOLDER).await.len()),
            (&user["etag"], 0),
            "its etag does not tell of them"
        );
        for (assignments, field) in [
            (json!([{"role": READER}, {"role_name": "reader"}]), "role_assignments.assignments[1].role"),
            (
                json!([{"role": READER, "application": "applications/bank"}]),
                "role_assignments.assignments[0].application",
            ),
            (json!([{"role": READER, "resources": ["x"]}]), "role_assignments.assignments[0].resources[0]"),
            (json!([{}]), "role_assignments.assignments[0].role"),
        ] {
            let refusal =
                root.refused("DirectoryService/UpdateUser", update(json!({"name": HOLDER}), assignments)).await;
            assert!(refusal.violated().contains(&field.to_owned()), "{field}: {refusal:?}");
        }
        root.done("DirectoryService/UpdateUser", update(json!({"name": HOLDER}), json!([]))).await;
        assert_eq!(held().await, [banker], "none of the shop, in no tenant");
        // Who may change users alone may not say what they hold.
        let keeper = actor(server, SHOPKEEPER).await;
        let refusal = keeper.refused("DirectoryService/UpdateUser", update(json!({"name": HOLDER}), json!([]))).await;
        assert_eq!(refusal.code, Code::PermissionDenied);
    });
}

#[test]
fn a_group_is_made_with_members_and_assignments_at_once() {
    among_goods(async |_, root| {
        let create = |assignments: Value| json!({"group_id": "new", "group": {"group_name": "new"}, "members": [HOLDER], "role_assignments": assignments});
        for (assignments, code) in [
            (json!([{"role": READER}, {"role": "applications/shop/roles/none"}]), Code::NotFound),
            (json!([{"role": READER, "scope": "none"}]), Code::NotFound),
            (json!([{"role_name": "reader"}]), Code::InvalidArgument),
            (json!([{"role": READER}, {"role": READER}]), Code::InvalidArgument),
        ] {
            assert_eq!(root.refused("DirectoryService/CreateGroup", create(assignments.clone())).await.code, code);
            assert_eq!(
                root.refused("DirectoryService/GetGroup", json!({"name": "groups/new"})).await.code,
                Code::NotFound
            );
        }
        let given = json!([
            {"application": "applications/shop", "role_name": "reader", "traversal_spec_instances":
                [{"resource_selection": [{"type": "TYPE_PROPAGATE", "resource_id": ["folders/b"]}]}]},
            {"role": "applications/bank/roles/banker", "allow_all_objects": true},
        ]);
        root.done("DirectoryService/CreateGroup", create(given)).await;
        assert_eq!(reads(root, HOLDER).await, ["12"]);
        assert!(may(root, ("bank", HOLDER, "account:read"), "").await);
        root.done("DirectoryService/DeleteGroup", json!({"name": "groups/new", "force": true})).await;
        assert!(!export(root).await.contains("\"instance\":{\"application\":\"shop\",\"assignment\""));
        root.done("DirectoryService/CreateGroup", create(json!([{"role": READER}]))).await;
        assert_eq!(reads(root, HOLDER).await, [""; 0]);
    });
}
