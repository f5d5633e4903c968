//! Changes, and what a revision is made of.

use super::row::{Key, Row};

/// One row, before and after. Both present: updated; only after: made; only before: gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The row as it was.
    pub before: Option<Row>,
    /// The row as it is now.
    pub after: Option<Row>,
}

impl Change {
    /// A row that did not exist.
    pub fn insert(row: Row) -> Self {
        Self { before: None, after: Some(row) }
    }

    /// A row that exists no more.
    pub fn delete(row: Row) -> Self {
        Self { before: Some(row), after: None }
    }

    /// The change that takes this one back.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self { before: self.after, after: self.before }
    }

    /// The row as it is now, or, gone, as it was; `None` for a change that holds no row.
    pub fn row(&self) -> Option<&Row> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// Which row it is about; `None` for a change that holds no row.
    pub fn key(&self) -> Option<Key> {
        self.row().map(Row::key)
    }
}
