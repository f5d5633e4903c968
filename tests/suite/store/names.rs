//! Names that are unique whatever their case.

use bailiwick::app::port::{Store, StoreError};
use bailiwick::domain::change::Change;
use bailiwick::domain::fold::fold;
use bailiwick::domain::row::{NameSpace, Row};

use super::fresh::{Fresh, by_key, revision};
use super::{objects, rows};

fn user(id: &str, name: &str) -> Row {
    let mut row = rows::user(id);
    if let Row::User(user) = &mut row {
        user.username = name.to_owned();
    }
    row
}

fn group(id: &str, name: &str) -> Row {
    let mut row = rows::group(id);
    if let Row::Group(group) = &mut row {
        group.group_name = name.to_owned();
    }
    row
}

fn role(path: &str, name: &str) -> Row {
    let mut row = rows::role(path);
    if let Row::Role(role) = &mut row {
        role.role_name = name.to_owned();
    }
    row
}

fn scope(short: &str, name: &str) -> Row {
    let mut row = objects::scope(short);
    if let Row::Scope(scope) = &mut row {
        scope.scope_name = name.to_owned();
    }
    row
}

/// A traversal spec with a root such as `A::k`.
fn spec(short: &str, root: &str, name: &str) -> Row {
    let mut row = objects::spec(short);
    if let Row::TraversalSpec(spec) = &mut row {
        let (adapter, kind) = root.split_once("::").unwrap();
        (spec.root_adapter_kind, spec.root_resource_kind) = (adapter.to_owned(), kind.to_owned());
        spec.spec_name = name.to_owned();
    }
    row
}

pub(crate) async fn a_folded_name_is_taken_once(fresh: Fresh) {
    let (person, team) = (user("u", "Stra\u{df}e \u{c9}"), group("g", "Stra\u{df}e \u{c9}"));
    fresh.insert([person.clone(), team.clone()]).await;
    for twin in ["STRASSE e\u{301}", "strasse \u{e9}", "Stra\u{1e9e}e \u{c9}"] {
        for clash in [user("v", twin), group("h", twin)] {
            let failure = fresh.write(vec![Change::insert(clash)]).await.unwrap_err();
            assert!(matches!(failure, StoreError::Conflict(_)), "{twin}: {failure}");
        }
        let found = fresh.store.find_name(&NameSpace::Usernames, &fold(twin)).await.unwrap();
        assert_eq!(found.as_ref(), Some(&person));
        let found = fresh.store.find_name(&NameSpace::GroupNames, &fold(twin)).await.unwrap();
        assert_eq!(found.as_ref(), Some(&team));
        let mut transaction = fresh.store.begin().await.unwrap();
        let found = transaction.find_name(&NameSpace::Usernames, &fold(twin)).await.unwrap();
        assert_eq!(found, Some(person.key()));
    }
    for other in ["strasse e", "stra\u{df}e \u{c9} ", "str\u{430}sse \u{e9}"] {
        assert_eq!(fresh.store.find_name(&NameSpace::Usernames, &fold(other)).await.unwrap(), None);
    }
    fresh.insert([user("v", "str\u{430}sse \u{e9}")]).await;
}

pub(crate) async fn role_names_are_unique_in_their_owner(fresh: Fresh) {
    let owners = ["a/r", "b/r", "a/t/r", "a/T/r"];
    fresh.insert(owners.map(|path| role(path, "Auditor"))).await;
    for path in ["a/s", "b/s", "a/t/s", "a/T/s"] {
        let failure = fresh.write(vec![Change::insert(role(path, "AUDITOR"))]).await.unwrap_err();
        assert!(matches!(failure, StoreError::Conflict(_)), "{path}: {failure}");
    }
    for path in owners {
        let id = rows::role_id(path);
        let space = NameSpace::RoleNames(id.application, id.tenant);
        assert_eq!(fresh.store.find_name(&space, "auditor").await.unwrap(), Some(role(path, "Auditor")));
    }
    let elsewhere = NameSpace::RoleNames(rows::id("A"), None);
    assert_eq!(fresh.store.find_name(&elsewhere, "auditor").await.unwrap(), None);
}

pub(crate) async fn scope_names_are_unique_in_their_application_whatever_their_case(fresh: Fresh) {
    let taken = ["a/s", "b/s", "A/s"].map(|short| scope(short, "Stra\u{df}e"));
    fresh.insert(taken.clone()).await;
    for (application, taken) in ["a", "b", "A"].into_iter().zip(taken) {
        let clash = scope(&format!("{application}/t"), "STRASSE");
        let failure = fresh.write(vec![Change::insert(clash)]).await.unwrap_err();
        assert!(matches!(failure, StoreError::Conflict(_)), "{application}: {failure}");
        let space = NameSpace::ScopeNames(rows::id(application));
        assert_eq!(fresh.store.find_name(&space, "strasse").await.unwrap(), Some(taken));
        assert_eq!(fresh.store.find_name(&space, "Strasse").await.unwrap(), None);
    }
    assert_eq!(fresh.store.find_name(&NameSpace::ScopeNames(rows::id("c")), "strasse").await.unwrap(), None);
}

pub(crate) async fn traversal_spec_names_are_unique_byte_for_byte_under_their_root(fresh: Fresh) {
    let long = "\u{1d4b3}".repeat(256);
    let different = [
        ("a/1", "A::k", "Name"),
        ("a/2", "A::k", "name"),
        ("a/3", "A::k", "name "),
        ("a/4", "A::K", "name"),
        ("a/5", "::k", "name"),
        ("a/6", "::A", "k/name"),
        ("b/1", "A::k", "name"),
        ("a/7", "A::k", &long),
    ]
    .map(|(short, root, name)| spec(short, root, name));
    fresh.insert(different.clone()).await;
    for row in different {
        let (space, full_name) = row.unique_names().remove(0);
        assert_eq!(fresh.store.find_name(&space, &full_name).await.unwrap(), Some(row.clone()), "{full_name}");
        let mut clash = row;
        if let Row::TraversalSpec(spec) = &mut clash {
            spec.id.spec = rows::id("other");
        }
        let failure = fresh.write(vec![Change::insert(clash)]).await.unwrap_err();
        assert!(matches!(failure, StoreError::Conflict(_)), "{full_name}: {failure}");
    }
    for absent in ["A/k/NAME", "A/k/name  ", "name", "", "a/k/name"] {
        assert_eq!(
            fresh.store.find_name(&NameSpace::SpecNames(rows::id("a")), absent).await.unwrap(),
            None,
            "{absent}"
        );
    }
}

pub(crate) async fn a_name_is_free_again_after_its_row_is_gone(fresh: Fresh) {
    fresh.insert([user("u", "Name")]).await;
    let mut transaction = fresh.store.begin().await.unwrap();
    transaction.append(revision(vec![Change::delete(user("u", "Name"))])).await.unwrap();
    assert_eq!(transaction.find_name(&NameSpace::Usernames, "name").await.unwrap(), None);
    transaction.append(revision(vec![Change::insert(user("v", "NAME"))])).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(fresh.store.find_name(&NameSpace::Usernames, "name").await.unwrap(), Some(user("v", "NAME")));
}

/// Another row's name is refused, whether the row that wants it is new or not, and whoever has it keeps everything.
pub(crate) async fn a_row_never_takes_the_place_of_another_that_has_its_name(fresh: Fresh) {
    let of_all = |id: &str, name: &str| {
        let path = format!("a/{id}");
        [user(id, name), group(id, name), role(&path, name), scope(&path, name)]
    };
    let (owners, others) = (of_all("owner", "Name"), of_all("other", "Else"));
    fresh.insert(owners.iter().chain(&others).cloned()).await;
    let before = fresh.state(10).await;
    let (wanting, new) = (of_all("other", "NAME"), of_all("new", "nAME"));
    for ((other, wanting), new) in others.into_iter().zip(wanting).zip(new) {
        let change = Change { before: Some(other.clone()), after: Some(wanting.clone()) };
        for changes in [vec![Change::insert(new)], vec![change], vec![Change::delete(other), Change::insert(wanting)]] {
            let failure = fresh.write(changes).await.unwrap_err();
            assert!(matches!(failure, StoreError::Conflict(_)), "{failure}");
            assert_eq!(fresh.state(10).await, before);
        }
    }
    assert_eq!(fresh.store.head().await.unwrap().revision, 1);
}

/// Two rows may take each other's names: what counts is how a revision leaves them.
pub(crate) async fn names_change_hands_in_one_revision(fresh: Fresh) {
    let pairs = [
        (user("u", "One"), user("v", "Two"), user("u", "Two"), user("v", "One")),
        (group("g", "One"), group("h", "Two"), group("g", "Two"), group("h", "One")),
        (role("a/r", "One"), role("a/s", "Two"), role("a/r", "Two"), role("a/s", "One")),
        (scope("a/r", "One"), scope("a/s", "Two"), scope("a/r", "Two"), scope("a/s", "One")),
    ];
    fresh.insert(pairs.iter().flat_map(|(one, two, ..)| [one.clone(), two.clone()])).await;
    let renamed = |before: &Row, after: &Row| Change { before: Some(before.clone()), after: Some(after.clone()) };
    let changes = pairs.iter().flat_map(|(a, b, c, d)| [renamed(a, c), renamed(b, d)]);
    fresh.write(changes.collect()).await.unwrap();
    assert_eq!(fresh.state(10).await, by_key(pairs.iter().flat_map(|(_, _, c, d)| [c.clone(), d.clone()])));
    let found = fresh.store.find_name(&NameSpace::Usernames, "one").await.unwrap();
    assert_eq!(found, Some(user("v", "One")));
    assert_eq!(fresh.store.drifted_loads(), 0);
}

/// Folded, a name may be three times as long; it is unique to its last character.
pub(crate) async fn names_of_any_length_are_taken_once(fresh: Fresh) {
    let (ligature, wide) = ("\u{fb03}", "\u{10400}");
    for (index, (text, twin)) in
        [(ligature.repeat(256), "FFI".repeat(256)), (wide.repeat(256), "\u{10428}".repeat(256))].iter().enumerate()
    {
        let near = format!("{}x", &fold(text)[..fold(text).len() - wide.len()]);
        let id = |suffix: &str| format!("{index}{suffix}");
        let of_all = |suffix: &str, name: &str| {
            let (id, path) = (id(suffix), format!("a/{index}{suffix}"));
            [user(&id, name), group(&id, name), role(&path, name), scope(&path, name)]
        };
        let (taken, beside) = (of_all("u", text), of_all("v", &near));
        fresh.insert(taken.iter().chain(&beside).cloned()).await;
        for clash in of_all("w", twin) {
            let failure = fresh.write(vec![Change::insert(clash)]).await.unwrap_err();
            assert!(matches!(failure, StoreError::Conflict(_)), "{failure}");
        }
        let owned = [NameSpace::RoleNames(rows::id("a"), None), NameSpace::ScopeNames(rows::id("a"))];
        let spaces = [NameSpace::Usernames, NameSpace::GroupNames].into_iter().chain(owned);
        for ((space, taken), beside) in spaces.zip(taken).zip(beside) {
            assert_eq!(fresh.store.find_name(&space, &fold(twin)).await.unwrap(), Some(taken));
            assert_eq!(fresh.store.find_name(&space, &fold(&near)).await.unwrap(), Some(beside));
            assert_eq!(fresh.store.find_name(&space, &format!("{} ", fold(twin))).await.unwrap(), None);
        }
    }
}
