//! The five people of the directory that the templates of Topaz and the todo scenario share, and that is not among
//! their files: who is in which group, and whose manager is who.

use super::schema::{Object, Subject, Tuple};

/// Each with the groups that name them.
pub(super) const PEOPLE: [(&str, &[&str]); 5] = [
    ("rick@the-citadel.com", &["admin", "evil_genius"]),
    ("morty@the-citadel.com", &["editor"]),
    ("summer@the-smiths.com", &["editor"]),
    ("beth@the-smiths.com", &["viewer"]),
    ("jerry@the-smiths.com", &["viewer"]),
];

/// Each group with the group whose members are in it, too.
const GROUPS: [(&str, &str); 2] = [("editor", "admin"), ("viewer", "editor")];

/// Each with their manager.
const MANAGERS: [(&str, &str); 4] = [
    ("jerry@the-smiths.com", "beth@the-smiths.com"),
    ("beth@the-smiths.com", "rick@the-citadel.com"),
    ("morty@the-citadel.com", "rick@the-citadel.com"),
    ("summer@the-smiths.com", "rick@the-citadel.com"),
];

/// All of that as relations.
pub(super) fn tuples() -> impl Iterator<Item = Tuple> {
    let member = |group: &str, subject| tuple(Object::new("group", group), "member", subject);
    let user = |id: &str| Subject::one(Object::new("user", id));
    let people = PEOPLE.iter().flat_map(move |(id, groups)| groups.iter().map(move |group| member(group, user(id))));
    let groups =
        GROUPS.iter().map(move |(group, within)| member(group, Subject::parse(&format!("group:{within}#member"))));
    let managers = MANAGERS.iter().map(move |(id, of)| tuple(Object::new("user", id), "manager", user(of)));
    people.chain(groups).chain(managers)
}

fn tuple(object: Object, relation: &str, subject: Subject) -> Tuple {
    Tuple { object, relation: relation.to_owned(), subject, conditional: false }
}
