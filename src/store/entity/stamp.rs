//! The columns of a stamp, which every thing's table has.

use crate::domain::time::Time;
use crate::store::unreadable::Unreadable;

/// The stamp in the columns of a model, inside a function that fails with `Unreadable`.
macro_rules! of {
    ($model:ident) => {
        $crate::domain::row::Stamp {
            created_at: $crate::store::entity::stamp::time($model.created_at)?,
            created_by: $model.created_by,
            updated_at: $crate::store::entity::stamp::time($model.updated_at)?,
            updated_by: $model.updated_by,
            revision: $model.revision.try_into()?,
        }
    };
}
pub(super) use of;

/// The instant in a column.
pub(in crate::store) fn time(micros: i64) -> Result<Time, Unreadable> {
    Time::from_micros(micros).ok_or_else(|| Unreadable::new(format!("{micros} is no time")))
}

/// A revision as a column holds it. Revisions count commits: none ever reaches the limit.
pub(in crate::store) fn column(revision: u64) -> i64 {
    i64::try_from(revision).unwrap_or(i64::MAX)
}
