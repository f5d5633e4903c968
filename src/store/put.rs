//! Writing rows: many to a statement.

use sea_orm::sea_query::{InsertStatement, OnConflict, Query};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Iterable, ModelTrait, PrimaryKeyToColumn};

use super::dialect::Dialect;
use super::rows::keyed;
use super::table::Table;
use crate::domain::row::Key;

/// Rows of one statement, at most.
const ROWS_MAX: usize = 1_024;

/// Writes rows; one that is there already is replaced.
pub(super) async fn put<E: EntityTrait>(db: &impl ConnectionTrait, models: &[E::Model]) -> Result<(), DbErr> {
    for models in portions(models, rows_max::<E>(db)) {
        db.execute(statement::<E>(models)?.on_conflict(replacement::<E>())).await?;
    }
    Ok(())
}

/// Adds rows; fails when one is there already.
pub(super) async fn add<E: EntityTrait>(db: &impl ConnectionTrait, models: &[E::Model]) -> Result<(), DbErr> {
    for models in portions(models, rows_max::<E>(db)) {
        db.execute(&statement::<E>(models)?).await?;
    }
    Ok(())
}

fn rows_max<E: EntityTrait>(db: &impl ConnectionTrait) -> usize {
    let columns = E::Column::iter().count().max(1);
    (Dialect::of(db).parameters_max() / columns).min(ROWS_MAX)
}

/// Deletes the rows with these keys; keys of other kinds are left out.
pub(super) async fn delete<T: Table>(db: &impl ConnectionTrait, keys: &[&Key]) -> Result<(), DbErr> {
    for keys in keyed::<T>(db, keys) {
        let mut statement = Query::delete();
        statement.from_table(T::default()).and_where(keys);
        db.execute(&statement).await?;
    }
    Ok(())
}

/// Portions whose sizes are powers of two: a handful of statements, and few different ones to prepare.
fn portions<T>(mut items: &[T], most: usize) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = items.len().min(most).checked_ilog2().map(|log| 1 << log)?;
        let (portion, rest) = items.split_at_checked(size)?;
        items = rest;
        Some(portion)
    })
}

fn statement<E: EntityTrait>(models: &[E::Model]) -> Result<InsertStatement, DbErr> {
    let mut statement = Query::insert();
    statement.into_table(E::default()).columns(E::Column::iter());
    for model in models {
        let values = E::Column::iter().map(|column| model.get(column).into());
        statement.values(values).map_err(|error| DbErr::Type(error.to_string()))?;
    }
    Ok(statement)
}

fn replacement<E: EntityTrait>() -> OnConflict {
    let key: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    let is_key = |column: &E::Column| E::PrimaryKey::from_column(*column).is_some();
    let rest: Vec<E::Column> = E::Column::iter().filter(|column| !is_key(column)).collect();
    let mut replacement = OnConflict::columns(key);
    if rest.is_empty() {
        replacement.do_nothing();
    } else {
        replacement.update_columns(rest);
    }
    replacement
}

#[cfg(test)]
mod tests {
    use super::portions;

    #[test]
    fn portions_are_powers_of_two_and_lose_nothing() {
        for (items, most, expected) in [
            (0, 1_024, vec![]),
            (1, 1_024, vec![1]),
            (5_000, 1_024, vec![1_024, 1_024, 1_024, 1_024, 512, 256, 128, 8]),
            (7, 3, vec![2, 2, 2, 1]),
        ] {
            let items: Vec<usize> = (0..items).collect();
            let sizes: Vec<usize> = portions(&items, most).map(<[usize]>::len).collect();
            assert_eq!(sizes, expected);
            assert_eq!(portions(&items, most).flatten().copied().collect::<Vec<_>>(), items);
        }
    }
}
