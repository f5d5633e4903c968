//! Policy documents by hand: whom and what each form of scope holds, and how it meets what else bounds a path.

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::decision::Reason;
use bailiwick::domain::policy::Statement;
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;

use super::{Ask, answer_at, small_application};
use crate::states::build::{
    assigned, at, below, client, document, excludes, gives, gives_all, gives_group, group, holds, holds_cut, holds_key,
    instance, joined, member, of_scope, parent, privilege, privilege_group, propagates, reaching, resource, role,
    scope, scoped, statement, tenant, user, visible,
};

/// When everything here is asked about.
pub(super) const NOW: i64 = 15;

/// People of an application who have the role `a/helped` in every way, and some who have not.
pub(super) fn people() -> Vec<Row> {
    let mut rows = small_application();
    for key in ["users:get", "users:ban", "apps:get", "reports:get"] {
        rows.push(privilege("a", key, true, true));
    }
    rows.push(privilege("a", "users:list", false, true));
    for name in ["asker", "direct", "member", "nested", "expired", "future", "outsider"] {
        rows.push(user(name, Some("a"), false, true));
    }
    rows.extend([user("off", Some("a"), false, false), user("shared", None, false, true)]);
    rows.extend(["t1", "t2"].map(|home| user(&format!("of-{home}"), Some("a"), true, true)));
    rows.extend(["t1", "t2"].map(|home| joined(&format!("of-{home}"), "a", home, 1)));
    rows.extend([
        client("direct", "a", None, true),
        client("of-a", "a", None, true),
        client("of-t1", "a", Some("t1"), true),
    ]);
    rows.extend([group("crew"), group("inner"), member("crew", "groups/inner")]);
    rows.extend([member("crew", "users/member"), member("inner", "users/nested")]);
    rows.push(role("a/helped", Boundary::SelfOnly, Visibility::All));
    for holder in ["users/direct", "users/off", "users/shared", "users/of-t1", "groups/crew", "clients/direct"] {
        rows.push(holds(holder, "a/helped"));
    }
    rows.push(holds_cut("users/expired", "a/helped", None, (None, Some(NOW))));
    rows.push(holds_cut("users/future", "a/helped", None, (Some(NOW + 5), None)));
    rows
}

/// They, and the asker holding a role that holds a document.
fn with(statements: Vec<Statement>) -> Vec<Row> {
    let mut rows = people();
    rows.push(document("a", "doc", statements));
    rows.extend([
        role("a/r", Boundary::Application, Visibility::All),
        gives("a/r", "doc"),
        holds("users/asker", "a/r"),
    ]);
    rows
}

/// Whether the asker may do it on each: a letter for each target.
pub(super) fn answers(rows: &[Row], key: &str, targets: &[&str]) -> String {
    let letter = |target: &&str| match answer_at(rows, Ask("a", "users/asker", key, target), NOW).reason {
        Reason::RoleAssignment => 'Y',
        Reason::TargetUnknown => 'u',
        Reason::NotGranted => '-',
        _ => 'N',
    };
    targets.iter().map(letter).collect()
}

pub(super) const USERS: &[&str] = &[
    "users/direct",
    "users/member",
    "users/nested",
    "users/expired",
    "users/future",
    "users/off",
    "users/outsider",
    "users/of-t1",
    "users/shared",
    "",
];

#[test]
fn a_scope_of_users_holds_who_has_the_role_now() {
    for (scopes, expected) in [
        (&["*"][..], "YYYYYYYYuY"),
        (&["roles/helped"], "YYYNNYNYuN"),
        (&["users/outsider"], "NNNNNNYNuN"),
        (&["users/outsider", "roles/helped"], "YYYNNYYYuN"),
        (&["users/shared", "users/nobody"], "NNNNNNNNuN"),
        (&["roles/r", "roles/gone"], "NNNNNNNNuN"),
        (&["clients/direct", "tenants/t1"], "NNNNNNNNuN"),
        (&["groups/crew"], "NNNNNNNNuN"),
    ] {
        assert_eq!(answers(&with(vec![statement(&["users:get"], scopes)]), "users:get", USERS), expected, "{scopes:?}");
    }
}

#[test]
fn statements_are_united_and_each_keeps_to_its_own() {
    let rows = with(vec![
        statement(&["users:get"], &["users/direct"]),
        statement(&["users:ban", "users:get"], &["users/member"]),
    ]);
    assert_eq!(answers(&rows, "users:get", USERS), "YYNNNNNNuN");
    assert_eq!(answers(&rows, "users:ban", USERS), "NYNNNNNNuN");
    assert_eq!(answers(&rows, "users:list", USERS), "--------u-");
}

#[test]
fn a_scope_of_apps_holds_clients_and_the_application_that_have_the_role_now() {
    let targets = ["clients/direct", "clients/of-a", "clients/of-t1", "applications/a", "users/direct", ""];
    let mut rows = with(vec![statement(&["apps:get"], &["roles/helped"])]);
    assert_eq!(answers(&rows, "apps:get", &targets), "YNNNNN");
    rows.push(holds("applications/a", "a/helped"));
    assert_eq!(answers(&rows, "apps:get", &targets), "YYNYNN", "its own clients hold it, and not a tenant's");
    rows.push(holds("clients/of-t1", "a/helped"));
    assert_eq!(answers(&rows, "apps:get", &targets), "YYYYNN");
    // Whom the role is not visible to does not hold it: an application has no tenant, and so its own clients.
    rows.retain(|row| *row != role("a/helped", Boundary::SelfOnly, Visibility::All));
    rows.extend([role("a/helped", Boundary::SelfOnly, Visibility::InclusionList), visible("a/helped", "t1", 1)]);
    assert_eq!(answers(&rows, "apps:get", &targets), "NNYNNN");
    let on_users = with(vec![statement(&["users:get"], &["roles/helped"])]);
    assert_eq!(answers(&on_users, "users:get", &["clients/direct", "applications/a"]), "NN");
}

#[test]
fn a_role_is_itself_the_target_of_actions_of_other_classes() {
    let targets = ["roles/helped", "users/direct", "roles/r"];
    let rows = with(vec![statement(&["reports:get"], &["roles/helped"])]);
    assert_eq!(answers(&rows, "reports:get", &targets), "YNN");
    let rows = with(vec![statement(&["users:get"], &["roles/helped"])]);
    assert_eq!(answers(&rows, "users:get", &targets), "NYN");
}

#[test]
fn who_may_not_hold_the_role_is_not_held_by_it() {
    for (visibility, expected) in [(Visibility::All, "YY"), (Visibility::None, "NY"), (Visibility::Owner, "NN")] {
        let mut rows = with(vec![statement(&["users:get"], &["roles/helped"])]);
        rows.retain(|row| !matches!(row, Row::Role(role) if role.id.role.as_str() == "helped"));
        rows.push(role("a/helped", Boundary::SelfOnly, visibility));
        assert_eq!(answers(&rows, "users:get", &["users/of-t1", "users/direct"]), expected, "{visibility:?}");
    }
}

#[test]
fn an_assignment_in_a_tenant_counts_while_the_tenant_lives() {
    let mut rows = with(vec![statement(&["users:get"], &["roles/helped"])]);
    rows.push(holds_cut("users/outsider", "a/helped", Some("t2"), (None, None)));
    assert_eq!(answers(&rows, "users:get", &["users/outsider"]), "Y");
    rows.retain(|row| *row != tenant("a", "t2", 1, true));
    rows.push(tenant("a", "t2", 1, false));
    assert_eq!(answers(&rows, "users:get", &["users/outsider"]), "N");
}

#[test]
fn a_role_of_a_tenant_or_of_another_application_is_another_role() {
    let mut rows = with(vec![statement(&["users:get"], &["roles/other"])]);
    rows.extend([role("a/t1/other", Boundary::Application, Visibility::Owner), holds("users/of-t1", "a/t1/other")]);
    rows.extend([crate::states::build::application("b"), role("b/other", Boundary::Application, Visibility::All)]);
    rows.extend([holds("users/shared", "b/other"), holds("users/direct", "b/other")]);
    assert_eq!(answers(&rows, "users:get", USERS), "NNNNNNNNuN");
}

#[test]
fn a_scope_of_one_resource_compares_its_name_be_it_registered_or_not() {
    let names = ["report/1", "report/2", "Report/1", "report/1/x", "invoice/1", ""];
    let rows = with(vec![statement(&["reports:get"], &["report/1", "report/1/x"])]);
    assert_eq!(answers(&rows, "reports:get", &names), "YNNYNN");
    let registered = |home| resource("a", "report/1", home, true);
    let rows = [rows, vec![registered(Some("t1"))]].concat();
    assert_eq!(answers(&rows, "reports:get", &names), "YNNYNN");
}

#[test]
fn a_scope_of_a_tenant_is_the_tenant_itself_and_not_what_is_in_it() {
    let rows = with(vec![statement(&["reports:get"], &["tenants/t1"])]);
    let targets = ["tenants/t1", "tenants/t2", "users/of-t1", "tenants/nowhere"];
    assert_eq!(answers(&rows, "reports:get", &targets), "YNNu");
}

#[test]
fn everything_is_every_plain_key_of_the_catalogue_and_none_of_ours() {
    let rows = with(vec![statement(&["*"], &["*"])]);
    for (key, expected) in [
        ("users:get", Reason::RoleAssignment),
        ("read", Reason::RoleAssignment),
        ("list", Reason::RoleAssignment),
        ("doc", Reason::NotGranted),
        ("bailiwick:user:read", Reason::NotGranted),
        ("nothing", Reason::PrivilegeUnknown),
    ] {
        assert_eq!(answer_at(&rows, Ask("a", "users/asker", key, ""), NOW).reason, expected, "{key}");
    }
    let named = with(vec![statement(&["bailiwick:user:read"], &["users/direct"])]);
    assert_eq!(answers(&named, "bailiwick:user:read", &["users/direct", "users/member"]), "YN");
}

#[test]
fn a_document_never_gives_its_own_key_nor_that_of_another_document() {
    let mut rows = with(vec![statement(&["doc"], &["*"]), statement(&["users:doc", "users:get"], &["*"])]);
    rows.push(document("a", "users:doc", vec![statement(&["users:ban"], &["*"])]));
    for key in ["doc", "users:doc", "users:ban"] {
        assert_eq!(answers(&rows, key, &["users/direct", ""]), "--", "{key}");
    }
    assert_eq!(answers(&rows, "users:get", &["users/direct"]), "Y");
    rows.push(gives("a/r", "users:doc"));
    assert_eq!(answers(&rows, "users:ban", &["users/direct"]), "Y", "a role gives a document, a statement does not");
    assert_eq!(answers(&rows, "users:doc", &["users/direct"]), "-");
}

/// Two roles, the second the parent of the first, of a document on everything, and who has the first.
fn family(more: &[Row]) -> Vec<Row> {
    let mut rows = people();
    rows.push(document("a", "doc", vec![statement(&["users:get", "users:ban"], &["*"])]));
    rows.extend(["a/r", "a/p"].map(|name| role(name, Boundary::Application, Visibility::All)));
    rows.extend([parent("a/r", "a/p"), gives("a/p", "doc"), holds("users/asker", "a/r")]);
    [rows, more.to_vec()].concat()
}

#[test]
fn an_exclusion_takes_an_action_away_wherever_it_comes_from() {
    for (more, expected) in [
        (vec![], "YY"),
        (vec![excludes("a/r", "users:get")], "-Y"),
        (vec![excludes("a/p", "users:get")], "-Y"),
        (vec![excludes("a/r", "users:*")], "--"),
        (vec![excludes("a/r", "doc")], "--"),
        (vec![excludes("a/p", "doc")], "--"),
        // What the parent excludes the role itself still gives, by the key or by the document.
        (vec![excludes("a/p", "users:get"), gives("a/r", "users:get")], "YY"),
        (vec![excludes("a/p", "users:get"), gives("a/r", "doc")], "YY"),
        (vec![excludes("a/r", "doc"), gives("a/r", "users:get")], "Y-"),
        (vec![excludes("a/r", "users:get"), gives_all("a/r", "*")], "-Y"),
    ] {
        let found: String =
            ["users:get", "users:ban"].map(|key| answers(&family(&more), key, &["users/direct"])).concat();
        assert_eq!(found, expected, "{more:?}");
    }
}

#[test]
fn a_role_has_a_document_by_a_pattern_and_by_a_privilege_group() {
    for (element, expected) in
        [(gives_all("a/r", "d*c"), "YN"), (gives_all("a/r", "x*"), "--"), (gives_group("a/r", "a/g"), "YN")]
    {
        let mut rows = people();
        rows.push(document("a", "doc", vec![statement(&["users:get"], &["users/direct"])]));
        rows.extend([privilege_group("a/g", true), holds_key("a/g", "doc"), element.clone()]);
        rows.extend([role("a/r", Boundary::Application, Visibility::All), holds("users/asker", "a/r")]);
        assert_eq!(answers(&rows, "users:get", &["users/direct", "users/member"]), expected, "{element:?}");
    }
}

#[test]
fn a_tenants_role_gives_no_hidden_action_and_no_hidden_document() {
    let hidden = |row: Row, shown: bool| match row {
        Row::Privilege(mut row) => {
            row.tenant_visible = shown;
            Row::Privilege(row)
        }
        row => row,
    };
    for (action_shown, document_shown, group_shown, expected) in
        [(true, true, true, "YN"), (false, true, true, "--"), (true, false, true, "--"), (true, true, false, "--")]
    {
        let mut rows = people();
        rows.retain(|row| *row != privilege("a", "users:get", true, true));
        rows.push(privilege("a", "users:get", true, action_shown));
        rows.push(hidden(document("a", "doc", vec![statement(&["users:get"], &["*"])]), document_shown));
        rows.extend([privilege_group("a/g", group_shown), holds_key("a/g", "doc"), gives_group("a/t1/r", "a/g")]);
        rows.extend([role("a/t1/r", Boundary::Application, Visibility::Owner), joined("asker", "a", "t1", 1)]);
        rows.push(holds("users/asker", "a/t1/r"));
        let found = answers(&rows, "users:get", &["users/of-t1", "users/of-t2"]);
        assert_eq!(found, expected, "{action_shown} {document_shown} {group_shown}");
    }
}

#[test]
fn boundaries_and_scopes_intersect() {
    let targets = ["users/of-t1", "users/of-t2", "users/direct", "users/outsider", "report/1", "applications/a"];
    for (boundary, cut, expected) in [
        (Boundary::Application, None, "YYYNYY"),
        (Boundary::Tenant, None, "YNNNNN"),
        (Boundary::Unset, None, "YNNNNN"),
        (Boundary::SelfOnly, None, "NNNNNN"),
        (Boundary::Application, Some("t2"), "NYNNNN"),
    ] {
        let scopes = ["roles/helped", "users/of-t2", "report/1", "applications/a"];
        let mut rows = people();
        rows.push(document("a", "doc", vec![statement(&["users:get"], &scopes)]));
        rows.extend([
            role("a/r", boundary.clone(), Visibility::All),
            gives("a/r", "doc"),
            joined("asker", "a", "t1", 1),
        ]);
        rows.push(holds_cut("users/asker", "a/r", cut, (None, None)));
        assert_eq!(answers(&rows, "users:get", &targets), expected, "{boundary:?} {cut:?}");
    }
}

#[test]
fn the_resources_of_an_assignment_and_scopes_intersect() {
    let targets = ["report/1", "report/2", "report/3", "report/9", ""];
    let mut rows = people();
    rows.extend(["report/1", "report/2", "report/3", "folder/1"].map(|name| resource("a", name, None, false)));
    rows.extend([below("a", "report/1", "folder/1"), below("a", "report/2", "folder/1")]);
    rows.extend([scope("a/s"), instance(&of_scope("a/s"), 0, None), propagates(&of_scope("a/s"), 0, "folder/1")]);
    rows.push(document("a", "doc", vec![statement(&["reports:get"], &["report/1", "report/3", "report/9"])]));
    rows.extend([role("a/r", Boundary::Application, Visibility::All), gives("a/r", "doc")]);
    let on_scope = [rows.clone(), vec![reaching(holds("users/asker", "a/r"), scoped("s"))]].concat();
    assert_eq!(answers(&on_scope, "reports:get", &targets), "YNNNN");
    let own = bailiwick::domain::assignment::ObjectAccess::OWN;
    let on_own = vec![reaching(holds("users/asker", "a/r"), own), assigned("users/asker", "a/r", "report/3")];
    assert_eq!(answers(&[rows, on_own].concat(), "reports:get", &targets), "NNYNN");
}

#[test]
fn without_target_only_a_scope_of_everything_holds() {
    for (scopes, scoped, unscoped) in [
        (&["*"][..], Reason::RoleAssignment, Reason::RoleAssignment),
        (&["users/direct", "*"], Reason::RoleAssignment, Reason::RoleAssignment),
        (&["users/direct"], Reason::ResourceRequired, Reason::OutOfReach),
        (&["roles/helped"], Reason::ResourceRequired, Reason::OutOfReach),
    ] {
        let rows = with(vec![statement(&["users:get", "users:list"], scopes)]);
        let found =
            ["users:get", "users:list"].map(|key| answer_at(&rows, Ask("a", "users/asker", key, ""), NOW).reason);
        assert_eq!(found, [scoped, unscoped], "{scopes:?}");
    }
}

#[test]
fn an_answer_holds_while_the_target_has_the_role() {
    let rows = with(vec![statement(&["users:get"], &["roles/helped"])]);
    let found = |target, now| answer_at(&rows, Ask("a", "users/asker", "users:get", target), now);
    for (target, now, expected, until) in [
        ("users/expired", NOW - 1, Reason::RoleAssignment, Some(NOW)),
        ("users/expired", NOW, Reason::OutOfReach, None),
        ("users/future", NOW, Reason::OutOfReach, Some(NOW + 5)),
        ("users/future", NOW + 5, Reason::RoleAssignment, None),
        ("users/direct", NOW, Reason::RoleAssignment, None),
        ("users/outsider", NOW, Reason::OutOfReach, None),
    ] {
        let found = found(target, now);
        assert_eq!((found.reason, found.valid_until), (expected, until.map(at)), "{target} at {now}");
    }
}

#[test]
fn a_denial_holds_until_its_reason_is_another() {
    let scoped = || vec![statement(&["users:get"], &["roles/helped"])];
    let with_times = |start, expire| {
        let mut rows = with(scoped());
        rows.retain(|row| *row != holds("users/asker", "a/r"));
        rows.push(holds_cut("users/asker", "a/r", None, (start, expire)));
        rows.push(holds_cut("users/outsider", "a/helped", None, (Some(NOW + 2), Some(NOW + 4))));
        rows
    };
    for (times, now, expected, until) in [
        // His assignment is over: the target comes into its reach and leaves it.
        ((None, Some(NOW)), NOW, Reason::OutOfReach, Some(NOW + 2)),
        ((None, Some(NOW)), NOW + 2, Reason::NotValidNow, Some(NOW + 4)),
        ((None, Some(NOW)), NOW + 4, Reason::OutOfReach, None),
        // It begins later than the target comes, and when it has gone.
        ((Some(NOW + 3), None), NOW, Reason::OutOfReach, Some(NOW + 2)),
        ((Some(NOW + 3), None), NOW + 2, Reason::NotValidNow, Some(NOW + 3)),
        ((Some(NOW + 3), None), NOW + 3, Reason::RoleAssignment, Some(NOW + 4)),
        ((Some(NOW + 5), None), NOW + 2, Reason::NotValidNow, Some(NOW + 4)),
    ] {
        let rows = with_times(times.0, times.1);
        let found = answer_at(&rows, Ask("a", "users/asker", "users:get", "users/outsider"), now);
        assert_eq!((found.reason, found.valid_until), (expected, until.map(at)), "{times:?} at {now}");
    }
}
