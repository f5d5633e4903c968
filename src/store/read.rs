//! What a store and its write transaction read alike.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;

use super::dialect::Dialect;
use super::rows;
use super::select::chosen;
use super::table::{Table, with_table};
use crate::app::port::{RowKind, Select, StoreError};
use crate::domain::row::{Key, Row};

/// The rows with these keys.
pub(super) async fn get(db: &impl ConnectionTrait, keys: &[Key]) -> Result<Vec<Row>, StoreError> {
    let mut kinds: BTreeMap<RowKind, Vec<&Key>> = BTreeMap::new();
    for key in keys {
        kinds.entry(RowKind::of(key)).or_default().push(key);
    }
    let mut found = Vec::with_capacity(keys.len());
    for (kind, keys) in &kinds {
        found.extend(with_table!(*kind, T => rows::found::<T>(db, keys).await)?);
    }
    Ok(found)
}

/// Whether one statement reads the rows with these keys, so that they are of one revision without more ado.
pub(super) fn is_one_statement(dialect: Dialect, keys: &[Key]) -> bool {
    let Some(kind) = keys.first().map(RowKind::of) else { return true };
    let most = with_table!(kind, T => rows::keys_max(dialect, T::key_columns().len()));
    keys.len() <= most && keys.iter().all(|key| RowKind::of(key) == kind)
}

/// All rows of a selection.
pub(super) async fn select(db: &impl ConnectionTrait, select: &Select) -> Result<Vec<Row>, StoreError> {
    let (kind, condition) = chosen(select);
    with_table!(kind, T => rows::all::<T>(db, condition).await)
}

/// How many rows a selection has.
pub(super) async fn count(db: &impl ConnectionTrait, select: &Select) -> Result<u64, StoreError> {
    let (kind, condition) = chosen(select);
    with_table!(kind, T => rows::count::<T>(db, condition).await)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::domain::id::Id;
    use crate::domain::name::TenantId;

    #[test]
    fn keys_of_one_kind_are_read_by_one_statement_unless_they_are_many() {
        let id = |number: usize| Id::parse(&format!("n{number}")).unwrap();
        let users = |count| (0..count).map(|number| Key::User(id(number))).collect::<Vec<_>>();
        let tenant = |number| Key::Tenant(TenantId { application: id(0), tenant: id(number) });
        let tenants = |count| (0..count).map(tenant).collect::<Vec<_>>();
        for (dialect, most) in [(Dialect::Sqlite, 1_024), (Dialect::Postgres, 1_024), (Dialect::Mariadb, 32)] {
            assert!(is_one_statement(dialect, &[]) && is_one_statement(dialect, &users(1_024)));
            assert!(is_one_statement(dialect, &tenants(most)) && !is_one_statement(dialect, &tenants(most + 1)));
            assert!(!is_one_statement(dialect, &users(1_025)));
            assert!(!is_one_statement(dialect, &[users(1), tenants(1)].concat()));
        }
    }
}
