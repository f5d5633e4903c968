//! Rows of policy documents and of privileges that users have themselves, from short texts.

use bailiwick::domain::id::PrivilegeKey;
use bailiwick::domain::name::PrivilegeId;
use bailiwick::domain::policy::{Actions, PolicyDocument, Statement, StatementScope, class_of};
use bailiwick::domain::privilege::AssignedPrivilege;
use bailiwick::domain::row::Row;

use super::{id, privilege};

/// A policy document that tenants' roles may give.
pub(crate) fn document(application: &str, key: &str, statements: Vec<Statement>) -> Row {
    with_statements(privilege(application, key, true, true), statements)
}

/// The privilege, as a document.
pub(crate) fn with_statements(mut row: Row, statements: Vec<Statement>) -> Row {
    if let Row::Privilege(privilege) = &mut row {
        privilege.document = Some(PolicyDocument::new("1".to_owned(), statements));
    }
    row
}

/// A statement, be it as it must be or not: a scope means what it says for actions of the class of the first one.
pub(crate) fn statement<T: AsRef<str>, U: AsRef<str>>(actions: &[T], scopes: &[U]) -> Statement {
    let class = actions.first().map_or("", |action| class_of(action.as_ref()));
    let mut keys: Vec<_> = actions.iter().map(|key| PrivilegeKey::parse(key.as_ref()).unwrap()).collect();
    keys.sort();
    keys.dedup();
    let all = actions.iter().any(|action| action.as_ref() == "*");
    let mut scopes: Vec<_> = scopes.iter().map(|scope| StatementScope::parse(scope.as_ref(), class).unwrap()).collect();
    scopes.sort();
    scopes.dedup();
    Statement { actions: if all { Actions::All } else { Actions::Keys(keys) }, scopes }
}

/// The user has the privilege itself.
pub(crate) fn has_itself(user: &str, application: &str, key: &str) -> Row {
    let privilege = PrivilegeId { application: id(application), key: PrivilegeKey::parse(key).unwrap() };
    Row::AssignedPrivilege(AssignedPrivilege { privilege, user: id(user) })
}
