//! Privileges that are assigned to users themselves, by hand.

use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::decision::Reason;
use bailiwick::domain::role::Visibility;

use super::statements::{NOW, USERS, answers, people};
use super::{Ask, answer_at};
use crate::states::build::{document, excludes, has_itself, holds, joined, privilege, role, statement};

#[test]
fn a_privilege_of_a_user_itself_is_as_a_role_that_gives_only_it() {
    let mut rows = people();
    rows.push(document("a", "doc", vec![statement(&["users:get"], &["roles/helped"])]));
    rows.extend([has_itself("asker", "a", "doc"), has_itself("asker", "a", "users:ban")]);
    assert_eq!(answers(&rows, "users:get", USERS), "YYYNNYNYuN");
    assert_eq!(answers(&rows, "users:ban", USERS), "YYYYYYYYuY");
    assert_eq!(answers(&rows, "doc", &["users/direct"]), "-");
    // What a role of his excludes does not matter to it, and who has tenants reaches what is in them.
    rows.extend([
        role("a/r", Boundary::Application, Visibility::All),
        holds("users/asker", "a/r"),
        excludes("a/r", "*"),
    ]);
    rows.push(joined("asker", "a", "t1", 1));
    assert_eq!(answers(&rows, "users:get", USERS), "NNNNNNNYuN");
    assert_eq!(answers(&rows, "users:ban", &["users/of-t1", "users/of-t2"]), "YN");
}

#[test]
fn a_privilege_of_a_user_of_another_application_gives_nothing() {
    let mut rows = people();
    rows.extend([crate::states::build::application("b"), privilege("b", "users:get", true, true)]);
    rows.extend([
        has_itself("asker", "b", "users:get"),
        has_itself("shared", "b", "users:get"),
        has_itself("off", "a", "users:get"),
    ]);
    let reason = |application, name| answer_at(&rows, Ask(application, name, "users:get", ""), NOW).reason;
    assert_eq!(reason("b", "users/asker"), Reason::SubjectUnknown);
    assert_eq!(reason("a", "users/asker"), Reason::NotGranted);
    assert_eq!(reason("b", "users/shared"), Reason::RoleAssignment);
    assert_eq!(reason("a", "users/shared"), Reason::NotGranted);
    assert_eq!(reason("a", "users/off"), Reason::SubjectDisabled);
}
