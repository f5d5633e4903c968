//! Names that are unique whatever their case.

use bailiwick::app::port::{Store, StoreError};
use bailiwick::domain::change::Change;
use bailiwick::domain::fold::fold;
use bailiwick::domain::row::{NameSpace, Row};

use super::fresh::{Fresh, revision};
use super::rows;

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

pub(crate) async fn a_name_is_free_again_after_its_row_is_gone(fresh: Fresh) {
    fresh.insert([user("u", "Name")]).await;
    let mut transaction = fresh.store.begin().await.unwrap();
    transaction.append(revision(vec![Change::delete(user("u", "Name"))])).await.unwrap();
    assert_eq!(transaction.find_name(&NameSpace::Usernames, "name").await.unwrap(), None);
    transaction.append(revision(vec![Change::insert(user("v", "NAME"))])).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(fresh.store.find_name(&NameSpace::Usernames, "name").await.unwrap(), Some(user("v", "NAME")));
}
