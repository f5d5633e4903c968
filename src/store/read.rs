//! What a store and its write transaction read alike.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;

use super::rows;
use super::select::chosen;
use super::table::with_table;
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
