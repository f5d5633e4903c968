//! Writing rows: many to a statement, and no statement too large for a server to take.
//!
//! A row is replaced by its primary key, and by nothing else: where a unique name is another row's, the write fails.

use sea_orm::sea_query::{InsertStatement, OnConflict, Query};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Iterable, ModelTrait, PrimaryKeyToColumn, Value};

use super::dialect::Dialect;
use super::error::is_taken;
use super::rows::{keyed, with_keys};
use super::table::Table;
use crate::domain::row::Key;

/// Rows of one statement, at most.
const ROWS_MAX: usize = 1_024;
/// Bytes of one statement's values, at most; a row that is larger has a statement of its own. MariaDB takes 16 MiB
/// unless it is told otherwise.
const BYTES_MAX: usize = 4 << 20;
/// Bytes of a value beside its text or bytes, at most.
const VALUE_BYTES: usize = 9;

/// The values of a row, in the order of its columns.
type Values = Vec<Value>;

/// Writes rows; one that is there already is replaced. Where that takes several statements, it costs least when those
/// that are there have been deleted before.
pub(super) async fn put<E: EntityTrait>(db: &impl ConnectionTrait, models: &[E::Model]) -> Result<(), DbErr> {
    let dialect = Dialect::of(db);
    for rows in statements::<E>(dialect, models) {
        if dialect.replaces_by_key() {
            db.execute(insert::<E>(rows)?.on_conflict(replacement::<E>())).await?;
        } else {
            put_anew::<E>(db, rows).await?;
        }
    }
    Ok(())
}

/// Inserts rows; when that fails, deletes those with the same keys and tries again. Of a statement that fails nothing
/// stays, and the transaction goes on.
async fn put_anew<E: EntityTrait>(db: &impl ConnectionTrait, rows: Vec<Values>) -> Result<(), DbErr> {
    match db.execute(&insert::<E>(rows.clone())?).await {
        Err(error) if is_taken(&error) => {}
        done => return done.map(|_| ()),
    }
    delete_same::<E>(db, &rows).await?;
    db.execute(&insert::<E>(rows)?).await?;
    Ok(())
}

/// Adds rows; fails when one is there already.
pub(super) async fn add<E: EntityTrait>(db: &impl ConnectionTrait, models: &[E::Model]) -> Result<(), DbErr> {
    for rows in statements::<E>(Dialect::of(db), models) {
        db.execute(&insert::<E>(rows)?).await?;
    }
    Ok(())
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

/// Deletes the rows that have the primary keys of these.
async fn delete_same<E: EntityTrait>(db: &impl ConnectionTrait, rows: &[Values]) -> Result<(), DbErr> {
    let columns: Vec<E::Column> = E::Column::iter().filter(|column| is_key::<E>(*column)).collect();
    let key = |row: &Values| {
        let key = E::Column::iter().zip(row).filter(|(column, _)| is_key::<E>(*column));
        key.map(|(_, value)| value.clone()).collect()
    };
    let keys: Vec<Values> = rows.iter().map(key).collect();
    for keys in with_keys(Dialect::of(db), &columns, &keys) {
        let mut statement = Query::delete();
        statement.from_table(E::default()).and_where(keys);
        db.execute(&statement).await?;
    }
    Ok(())
}

/// The rows of each statement.
fn statements<E: EntityTrait>(dialect: Dialect, models: &[E::Model]) -> impl Iterator<Item = Vec<Values>> {
    let columns = E::Column::iter().count().max(1);
    let most = (dialect.parameters_max() / columns).clamp(1, ROWS_MAX);
    models.chunks(most).flat_map(|models| {
        let values = |model: &E::Model| E::Column::iter().map(|column| model.get(column)).collect();
        portions(models.iter().map(values).collect())
    })
}

/// Portions whose sizes are powers of two: a handful of statements, and few different ones to prepare.
fn portions(mut rows: Vec<Values>) -> impl Iterator<Item = Vec<Values>> {
    std::iter::from_fn(move || {
        let sizes = rows.iter().scan(0, |sum: &mut usize, row| {
            *sum = sum.saturating_add(bytes(row));
            Some(*sum)
        });
        let fitting = sizes.take_while(|sum| *sum <= BYTES_MAX).count().max(1);
        let size = fitting.min(rows.len()).checked_ilog2().map(|log| 1 << log)?;
        let rest = rows.split_off(size);
        Some(std::mem::replace(&mut rows, rest))
    })
}

fn bytes(row: &[Value]) -> usize {
    let value = |value: &Value| match value {
        Value::String(Some(text)) => text.len(),
        Value::Bytes(Some(bytes)) => bytes.len(),
        _ => 0,
    };
    row.iter().map(|each| value(each) + VALUE_BYTES).sum()
}

fn insert<E: EntityTrait>(rows: Vec<Values>) -> Result<InsertStatement, DbErr> {
    let mut statement = Query::insert();
    statement.into_table(E::default()).columns(E::Column::iter());
    for row in rows {
        let values = row.into_iter().map(Into::into);
        statement.values(values).map_err(|error| DbErr::Type(error.to_string()))?;
    }
    Ok(statement)
}

fn is_key<E: EntityTrait>(column: E::Column) -> bool {
    E::PrimaryKey::from_column(column).is_some()
}

fn replacement<E: EntityTrait>() -> OnConflict {
    let (key, rest): (Vec<E::Column>, Vec<E::Column>) = E::Column::iter().partition(|column| is_key::<E>(*column));
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
    use super::*;

    fn sizes(rows: &[Values]) -> Vec<usize> {
        let portions: Vec<Vec<Values>> = portions(rows.to_vec()).collect();
        let sizes = portions.iter().map(Vec::len).collect();
        assert_eq!(portions.into_iter().flatten().collect::<Vec<_>>(), rows);
        sizes
    }

    #[test]
    fn portions_are_powers_of_two_and_lose_nothing() {
        for (count, expected) in [(0, vec![]), (1, vec![1]), (904, vec![512, 256, 128, 8]), (7, vec![4, 2, 1])] {
            let rows: Vec<Values> = (0_i64..count).map(|number| vec![number.into()]).collect();
            assert_eq!(sizes(&rows), expected);
        }
    }

    #[test]
    fn a_portion_is_no_larger_than_a_statement_may_be() {
        let row = |size: usize| vec![Value::from(vec![7_u8; size]), "x".into()];
        let half = BYTES_MAX / 2 - 2 * VALUE_BYTES - 1;
        assert_eq!(sizes(&[row(half), row(half), row(half)]), [2, 1]);
        assert_eq!(sizes(&[row(half), row(half + 1), row(half - 1)]), [1, 2]);
        assert_eq!(sizes(&[row(1), row(3 * BYTES_MAX), row(1), row(1)]), [1, 1, 2]);
    }
}
