//! A small company, and questions about it whose answers are known: by groups within groups, roles that inherit, tenants,
//! folders within folders, and names that nobody knows.

use bailiwick::domain::assignment::Assignment;
use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::name::Subject;
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;
use bailiwick::engine::{Check, Snapshot, Target};

use crate::states::build::{
    application, at, below, gives, group, holds, holds_cut, instance, joined, member, of_scope, parent, privilege,
    propagates, reaching, resource, role, scope, scoped, subject, tenant, user,
};

/// People; every second one is in the group that reads, every fourth edits in his tenant.
pub(super) const PEOPLE: usize = 1_000;
const GROUPS: usize = 5;
const FOLDERS: usize = 32;

/// The rows, in an order in which they can be loaded.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![application("a"), tenant("a", "t1", 1, true), tenant("a", "t2", 1, true)];
    rows.extend(["read", "write"].map(|key| privilege("a", key, true, true)));
    rows.push(privilege("a", "list", false, true));
    rows.extend(["reader", "lister"].map(|name| role(&format!("a/{name}"), Boundary::Application, Visibility::All)));
    rows.push(role("a/editor", Boundary::Tenant, Visibility::All));
    rows.extend([gives("a/reader", "read"), gives("a/lister", "list"), gives("a/editor", "write")]);
    rows.push(parent("a/editor", "a/reader"));
    for number in 0..GROUPS {
        rows.push(group(&format!("g{number}")));
        rows.extend((number > 0).then(|| member(&format!("g{number}"), &format!("groups/g{}", number - 1))));
    }
    rows.extend((0..PEOPLE).flat_map(person));
    for number in 0..FOLDERS {
        rows.push(resource("a", &format!("folder/{number}"), Some("t1"), true));
        let above = number.checked_sub(1).map(|above| format!("folder/{above}"));
        rows.extend(above.map(|above| below("a", &format!("folder/{number}"), &above)));
    }
    for number in 0..PEOPLE {
        rows.push(resource("a", &format!("doc/{number}"), Some("t1"), true));
        rows.push(below("a", &format!("doc/{number}"), &format!("folder/{}", FOLDERS - 1)));
    }
    rows.extend([scope("a/s"), instance(&of_scope("a/s"), 0, None), propagates(&of_scope("a/s"), 0, "folder/0")]);
    rows.push(reaching(holds(&format!("groups/g{}", GROUPS - 1), "a/reader"), scoped("s")));
    rows
}

fn name(number: usize) -> String {
    format!("person-{number:020}")
}

fn person(number: usize) -> Vec<Row> {
    let name = name(number);
    let subject = format!("users/{name}");
    let mut rows = vec![user(&name, Some("a"), true, true), joined(&name, "a", "t1", 1), holds(&subject, "a/lister")];
    rows.extend(number.is_multiple_of(2).then(|| member("g0", &subject)));
    rows.extend(number.is_multiple_of(4).then(|| holds_cut(&subject, "a/editor", Some("t1"), (None, Some(100)))));
    rows
}

/// An assignment that nobody has yet.
pub(super) fn new_assignment() -> Assignment {
    match holds(&format!("users/{}", name(1)), "a/reader") {
        Row::Assignment(row) => row,
        row => panic!("{row:?} is no assignment"),
    }
}

/// A question and its answer.
pub(super) struct Asked {
    subject: Subject,
    key: &'static str,
    target: Option<(&'static str, String)>,
    allowed: bool,
}

/// Seven questions for each person.
pub(super) fn questions() -> Vec<Asked> {
    (0..PEOPLE).flat_map(about).collect()
}

fn about(number: usize) -> Vec<Asked> {
    let asked = |key, target: Option<(&'static str, &str)>, allowed| Asked {
        subject: subject(&format!("users/{}", name(number))),
        key,
        target: target.map(|(kind, id)| (kind, id.to_owned())),
        allowed,
    };
    let (reads, edits, doc) = (number.is_multiple_of(2), number.is_multiple_of(4), number.to_string());
    vec![
        asked("read", Some(("doc", &doc)), reads),
        asked("write", Some(("doc", &doc)), edits),
        asked("write", Some(("tenants", "t2")), false),
        asked("list", None, true),
        asked("read", Some(("doc", "nowhere")), false),
        asked("unknown", Some(("doc", &doc)), false),
        Asked { subject: subject("users/nobody"), ..asked("read", Some(("doc", &doc)), false) },
    ]
}

/// Asks all; each answer is as it must be.
pub(super) fn ask(engine: &Snapshot, questions: &[Asked]) {
    for asked in questions {
        let target = match &asked.target {
            None => Target::Nothing,
            Some((kind, id)) => Target::Resource { kind, id },
        };
        let check = Check { application: "a", subject: (&asked.subject).into(), privilege: asked.key, target };
        let decision = engine.check(&check, at(50));
        assert_eq!(decision.allowed(), asked.allowed, "{check:?}: {decision:?}");
    }
}
