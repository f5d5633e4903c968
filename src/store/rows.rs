//! Reading rows of one kind, whichever kind it is.
//!
//! Two ways to meet a row that cannot be understood: what is about to be decided on is read strictly, and fails;
//! a walk through a whole kind steps over it and has it said, so that one broken row does not
//! take everything else down with it.

use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, Query, ValueTuple};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, FromQueryResult, ModelTrait, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, QueryTrait, Select, Value,
};

use super::dialect::Dialect;
use super::table::Table;
use super::unreadable::Unreadable;
use crate::app::port::{RowKind, StoreError};
use crate::domain::row::{Key, Row};

/// Keys looked up by one statement, at most.
const KEYS_MAX: usize = 1_024;

/// All rows that meet a condition, in the order of their keys.
pub(super) async fn all<T: Table>(db: &impl ConnectionTrait, condition: Condition) -> Result<Vec<Row>, StoreError> {
    let query = ordered(T::find().filter(condition), &T::key_columns());
    strict::<T>(db, query).await
}

/// How many rows meet a condition.
pub(super) async fn count<T: Table>(db: &impl ConnectionTrait, condition: Condition) -> Result<u64, StoreError> {
    let mut query = Query::select();
    query.expr(Expr::cust("count(*)")).from(T::default()).cond_where(condition);
    let row = db.query_one(&query).await?;
    let count: i64 = row.ok_or_else(|| Unreadable::missing("a count"))?.try_get_by_index(0)?;
    Ok(count.unsigned_abs())
}

/// The rows with these keys; keys of other kinds are left out.
pub(super) async fn found<T: Table>(db: &impl ConnectionTrait, keys: &[&Key]) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for keys in keyed::<T>(db, keys) {
        rows.extend(strict::<T>(db, T::find().filter(keys)).await?);
    }
    Ok(rows)
}

/// Conditions that together are met by the rows with these keys.
pub(super) fn keyed<T: Table>(db: &impl ConnectionTrait, keys: &[&Key]) -> Vec<Expr> {
    let values: Vec<Vec<Value>> = keys.iter().filter_map(|key| T::key(key)).collect();
    with_keys(Dialect::of(db), &T::key_columns(), &values)
}

/// Conditions that together are met by the rows with these values in their key's columns.
pub(super) fn with_keys<C: ColumnTrait>(dialect: Dialect, columns: &[C], keys: &[Vec<Value>]) -> Vec<Expr> {
    keys.chunks(keys_max(dialect, columns.len())).map(|keys| among(dialect, columns, keys.to_vec())).collect()
}

/// Keys of so many columns that one statement looks up, at most.
pub(super) fn keys_max(dialect: Dialect, columns: usize) -> usize {
    let most = if columns == 1 { KEYS_MAX } else { dialect.tuples_max().min(KEYS_MAX) };
    (dialect.parameters_max() / columns.max(1)).min(most)
}

/// The key is repeated until their number is a power of two: few different statements to prepare.
fn among<C: ColumnTrait>(dialect: Dialect, columns: &[C], mut keys: Vec<Vec<Value>>) -> Expr {
    if let Some(last) = keys.last().cloned() {
        keys.resize(keys.len().next_power_of_two(), last);
    }
    if let [column] = columns {
        return column.is_in(keys.into_iter().flatten());
    }
    let keys = keys.into_iter().map(ValueTuple::Many);
    if dialect.takes_lists_of_tuples() {
        return tuple(columns).in_tuples(keys);
    }
    let mut list = Query::select();
    list.column(Asterisk).from_values(keys, "keys");
    tuple(columns).in_subquery(list)
}

/// Where a walk through rows stands.
#[derive(Clone, Debug)]
pub(super) struct Position<C> {
    /// The columns that the walk is ordered by, which tell rows apart.
    pub(super) columns: Vec<C>,
    /// Their values in the row before the first one wanted.
    pub(super) after: Option<Vec<Value>>,
}

/// Is told of a row that is stepped over.
pub(super) type Skip<'a> = &'a (dyn Fn(RowKind, &Unreadable) + Sync);

/// The next rows of a walk, at most `limit`; fewer only when there are no more.
pub(super) async fn page<T: Table>(
    db: &impl ConnectionTrait,
    base: Select<T>,
    mut position: Position<T::Column>,
    (limit, skip): (usize, Skip<'_>),
) -> Result<Vec<Row>, StoreError> {
    let dialect = Dialect::of(db);
    let mut rows = Vec::new();
    // Rows stepped over since the last one that was understood: only such a one can say where to go on.
    let mut skipped = 0;
    while rows.len() < limit {
        let wanted = limit - rows.len();
        let query = next(base.clone(), &position, (dialect, skipped, wanted));
        let results = db.query_all(&query.into_query()).await?;
        let last = results.len() < wanted;
        for result in &results {
            match read::<T>(result) {
                Ok(row) => {
                    skipped = 0;
                    rows.push(row);
                }
                Err(reason) => {
                    skip(T::KIND, &reason);
                    skipped += 1;
                }
            }
        }
        if last {
            break;
        }
        if let Some(model) = rows.last().and_then(T::model) {
            position.after = Some(values::<T>(&model, &position.columns));
        }
    }
    Ok(rows)
}

fn next<T: Table>(
    base: Select<T>,
    position: &Position<T::Column>,
    (dialect, skipped, wanted): (Dialect, u64, usize),
) -> Select<T> {
    let mut query = ordered(base, &position.columns).limit(u64::try_from(wanted).unwrap_or(u64::MAX));
    if skipped > 0 {
        query = query.offset(skipped);
    }
    match &position.after {
        Some(after) if dialect.compares_tuples_by_index() => query.filter(beyond(&position.columns, after)),
        Some(after) => query.filter(part_by_part(&position.columns, after)),
        None => query,
    }
}

fn values<T: Table>(model: &T::Model, columns: &[T::Column]) -> Vec<Value> {
    columns.iter().map(|column| model.get(*column)).collect()
}

fn beyond<C: ColumnTrait>(columns: &[C], values: &[Value]) -> Expr {
    match (columns, values) {
        ([column], [value]) => column.gt(value.clone()),
        _ => tuple(columns).gt(Expr::tuple(values.iter().cloned().map(Expr::val))),
    }
}

/// What `beyond` says, in words that MariaDB looks up in an index.
fn part_by_part<C: ColumnTrait>(columns: &[C], values: &[Value]) -> Condition {
    (0..columns.len().min(values.len())).fold(Condition::any(), |any, at| {
        let parts = columns.iter().zip(values).take(at);
        let same = parts.fold(Condition::all(), |all, (column, value)| all.add(column.eq(value.clone())));
        let next = columns.iter().zip(values).nth(at).map(|(column, value)| column.gt(value.clone()));
        any.add(same.add_option(next))
    })
}

fn tuple<C: ColumnTrait>(columns: &[C]) -> Expr {
    Expr::tuple(columns.iter().map(|column| Expr::col(column.as_column_ref())))
}

fn ordered<T: Table>(query: Select<T>, columns: &[T::Column]) -> Select<T> {
    columns.iter().fold(query, |query, column| query.order_by_asc(*column))
}

async fn strict<T: Table>(db: &impl ConnectionTrait, query: Select<T>) -> Result<Vec<Row>, StoreError> {
    let results = db.query_all(&query.into_query()).await?;
    results.iter().map(|result| Ok(read::<T>(result)?)).collect()
}

fn read<T: Table>(result: &QueryResult) -> Result<Row, Unreadable> {
    let row = T::row(model::<T>(result)?);
    row.map_err(|reason| match model::<T>(result) {
        Ok(model) => {
            let key = values::<T>(&model, &T::key_columns());
            Unreadable::new(format!("{reason}, in the row with the key {key:?}"))
        }
        Err(_) => reason,
    })
}

fn model<T: Table>(result: &QueryResult) -> Result<T::Model, Unreadable> {
    T::Model::from_query_result(result, "").map_err(|error: DbErr| Unreadable::new(error.to_string()))
}
