//! The first step: the state, its log, and what writes leave beside it.
//!
//! "No tenant" and "no application" are the empty text, for NULL is never equal to itself in a key. There are no
//! foreign keys: what takes a right away outlives what it names.
//!
//! An index has ids, keys and digests alone, so that no database finds it too long: MariaDB takes 3,072 bytes. A name
//! that is unique may be longer, and so its uniqueness is that of a digest of it and of its owner.

mod access;
mod log;
mod resources;

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::outline::Outline;
use crate::domain::limit;
use crate::store::dialect::ColumnKind::{Ascii, Key};
use crate::store::dialect::{ColumnKind, Dialect};

/// The key of a privilege, or whatever else is an element of a role.
const PRIVILEGE_KEY: ColumnKind = Key(limit::PRIVILEGE_KEY_CHARS_MAX);
/// The kind of a resource. Two of them, with two ids, are one key.
const KIND: ColumnKind = Ascii(limit::KIND_CHARS_MAX);
/// What others call their things: no more characters than bytes.
const FOREIGN_ID: ColumnKind = Key(limit::FOREIGN_ID_BYTES_MAX);
/// Name of a caller, full name of a method, or an id of a request and the number of its part.
const REQUEST_PART: ColumnKind = Key(200);

/// The step.
pub(super) struct Foundation;

impl MigrationName for Foundation {
    fn name(&self) -> &'static str {
        "m0001_foundation"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Foundation {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_connection());
        for outline in tables() {
            outline.create(manager, dialect).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for outline in tables() {
            outline.drop(manager).await?;
        }
        Ok(())
    }
}

/// Every table, in the order in which they are made.
fn tables() -> impl Iterator<Item = &'static Outline> {
    [log::TABLES, access::TABLES, resources::TABLES].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ColumnKind, Outline, tables};
    use crate::store::dialect::ColumnKind::{
        Ascii, Bytes, Code, Digest, Flag, Key, Number, NumberOrNull, Text, TextOrNull,
    };

    /// Bytes of an index on `InnoDB`, at most.
    const INDEX_BYTES_MAX: usize = 3_072;

    /// What a column adds to an index; `None` when no index can have it.
    fn bytes(kind: ColumnKind) -> Option<usize> {
        match kind {
            Text | TextOrNull | Bytes => None,
            Key(chars) => Some(4 * chars + 2),
            Ascii(chars) => Some(chars + 2),
            Digest => Some(32),
            Flag => Some(1),
            Code => Some(2),
            Number | NumberOrNull => Some(9),
        }
    }

    fn kind(table: &Outline, column: &str) -> ColumnKind {
        let mut columns = table.key.iter().chain(table.columns);
        columns.find(|(name, _)| *name == column).map_or(Number, |(_, kind)| *kind)
    }

    #[test]
    fn every_index_fits_into_every_database() {
        for table in tables() {
            let key: Vec<&str> = table.key.iter().map(|(name, _)| *name).collect();
            for columns in table.unique.iter().chain(table.indexes).copied().chain([key.as_slice()]) {
                let size: Option<usize> = columns.iter().map(|column| bytes(kind(table, column))).sum();
                assert!(size.is_some_and(|size| size <= INDEX_BYTES_MAX), "{} by {columns:?}: {size:?}", table.table);
            }
        }
    }

    #[test]
    fn every_index_has_a_name_of_its_own() {
        let mut names = BTreeSet::new();
        for table in tables() {
            for columns in table.unique.iter().chain(table.indexes) {
                let name = table.index_name(columns);
                assert!(names.insert(name.clone()), "{name}");
            }
        }
    }
}
