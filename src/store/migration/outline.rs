//! Tables as data: what a step of the schema makes and drops.

use sea_orm::DbErr;
use sea_orm::sea_query::{ColumnDef, Index, IndexCreateStatement, Table, TableCreateStatement};
use sea_orm_migration::SchemaManager;

use crate::store::dialect::{ColumnKind, Dialect};

/// A table.
pub(super) struct Outline {
    /// Its name.
    pub(super) table: &'static str,
    /// The columns of its primary key, in order.
    pub(super) key: &'static [(&'static str, ColumnKind)],
    /// Its other columns.
    pub(super) columns: &'static [(&'static str, ColumnKind)],
    /// Whether it has the columns of a stamp.
    pub(super) stamped: bool,
    /// Unique indexes: the columns of each.
    pub(super) unique: &'static [&'static [&'static str]],
    /// Indexes: the columns of each.
    pub(super) indexes: &'static [&'static [&'static str]],
}

/// Characters of the name of an index, at most: 63 on PostgreSQL, 64 on MariaDB.
const INDEX_NAME_CHARS_MAX: usize = 63;

const STAMP: &[(&str, ColumnKind)] = &[
    ("created_at", ColumnKind::Number),
    ("created_by", ColumnKind::Text),
    ("updated_at", ColumnKind::Number),
    ("updated_by", ColumnKind::Text),
    ("revision", ColumnKind::Number),
];

impl Outline {
    /// Makes the table and its indexes, so far as they are not there.
    pub(super) async fn create(&self, manager: &SchemaManager<'_>, dialect: Dialect) -> Result<(), DbErr> {
        manager.create_table(self.table(dialect)).await?;
        if dialect.indexes_come_with_the_table() {
            return Ok(());
        }
        for columns in self.unique {
            manager.create_index(self.index(columns).unique().take()).await?;
        }
        for columns in self.indexes {
            manager.create_index(self.index(columns)).await?;
        }
        Ok(())
    }

    /// Drops the table, if it is there.
    pub(super) async fn drop(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(self.table).if_exists().take()).await
    }

    fn table(&self, dialect: Dialect) -> TableCreateStatement {
        let mut table = Table::create();
        table.table(self.table).if_not_exists();
        let stamp = if self.stamped { STAMP } else { &[] };
        for (name, kind) in self.key.iter().chain(self.columns).chain(stamp) {
            let mut column = ColumnDef::new(*name);
            column.custom(dialect.column_type(*kind).into_owned());
            if !kind.is_nullable() {
                column.not_null();
            }
            table.col(column);
        }
        let mut key = Index::create();
        for (name, _) in self.key {
            key.col(*name);
        }
        table.primary_key(&mut key);
        if dialect.indexes_come_with_the_table() {
            for columns in self.unique {
                table.index(self.index(columns).unique());
            }
            for columns in self.indexes {
                table.index(&mut self.index(columns));
            }
        }
        if let Some(suffix) = dialect.table_suffix(self.columns.len() <= 1) {
            table.extra(suffix);
        }
        table.take()
    }

    /// The name of the index of some columns: as much of what it is as every database takes.
    pub(super) fn index_name(&self, columns: &[&str]) -> String {
        format!("{}_by_{}", self.table, columns.join("_")).chars().take(INDEX_NAME_CHARS_MAX).collect()
    }

    fn index(&self, columns: &[&'static str]) -> IndexCreateStatement {
        let mut index = Index::create();
        index.if_not_exists().table(self.table).name(self.index_name(columns));
        for column in columns {
            index.col(*column);
        }
        index.take()
    }
}
