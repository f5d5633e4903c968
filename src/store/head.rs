//! The counter row: the newest revision, and the lock under which writes are serial.

use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{ActiveValue, ConnectionTrait, DbErr, EntityTrait, QuerySelect};

use super::chain::Keys;
use super::dialect::{self, Dialect};
use super::entity::{counter, stamp};
use super::unreadable::Unreadable;
use crate::app::port::{Chain, Head, StoreError};
use crate::domain::id::Id;

/// The key of the one row.
const ONLY: i16 = 1;
/// The version of this reader: a store that needs a later one is not read.
const READER: i64 = 1;

/// Makes the counter row of a new store, and checks that the secret is the one the store was made with.
pub(super) async fn open(db: &impl ConnectionTrait, keys: &Keys) -> Result<(), StoreError> {
    if counter::Entity::find_by_id(ONLY).one(db).await?.is_none() {
        create(db, keys).await?;
    }
    let found = counter::Entity::find_by_id(ONLY).one(db).await?;
    let found = found.ok_or_else(|| Unreadable::missing("the counter row"))?;
    if found.seal == keys.seal(&found.store_id) {
        Ok(())
    } else {
        Err(StoreError::Schema("the secret is not the one that this database was made with".to_owned()))
    }
}

async fn create(db: &impl ConnectionTrait, keys: &Keys) -> Result<(), StoreError> {
    let now = dialect::now(db).await?;
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let store_id = Id::from_ulid(now, u128::from_le_bytes(random)).to_string();
    let seal = keys.seal(&store_id).to_vec();
    let row = counter::ActiveModel {
        id: ActiveValue::Set(ONLY),
        store_id: ActiveValue::Set(store_id),
        seal: ActiveValue::Set(seal.clone()),
        revision: ActiveValue::Set(0),
        chain: ActiveValue::Set(seal),
        state_sum: ActiveValue::Set(vec![0; 16]),
        at: ActiveValue::Set(now.micros()),
        min_reader: ActiveValue::Set(READER),
    };
    // Another process may make it at the same time: the first one's stays.
    let first = OnConflict::column(counter::Column::Id).do_nothing_on([counter::Column::Id]).to_owned();
    counter::Entity::insert(row).on_conflict(first).exec_without_returning(db).await?;
    Ok(())
}

/// Waits for the lock on the counter, which the transaction holds until its end. On SQLite the transaction has it
/// from its beginning.
pub(super) async fn lock(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    if let Some(limit) = Dialect::of(db).write_idle_limit() {
        db.execute_unprepared(limit).await?;
    }
    counter::Entity::find_by_id(ONLY).lock_exclusive().one(db).await?;
    Ok(())
}

/// The head.
pub(super) async fn read(db: &impl ConnectionTrait) -> Result<Head, StoreError> {
    let found = counter::Entity::find_by_id(ONLY).one(db).await?;
    let found = found.ok_or_else(|| Unreadable::missing("the counter row"))?;
    if found.min_reader > READER {
        return Err(StoreError::Schema("this database is in use by a later version of the program".to_owned()));
    }
    let now = dialect::now(db).await?;
    Ok(parse(&found, now)?)
}

fn parse(found: &counter::Model, now: crate::domain::time::Time) -> Result<Head, Unreadable> {
    Ok(Head {
        store_id: Id::parse(&found.store_id)?,
        revision: found.revision.try_into()?,
        chain: chain(&found.chain)?,
        at: stamp::time(found.at)?,
        state_sum: state_sum(&found.state_sum)?,
        now,
    })
}

/// Stores a new head: the last statement of an append.
pub(super) async fn write(db: &impl ConnectionTrait, head: &Head) -> Result<(), DbErr> {
    let mut statement = Query::update();
    statement
        .table(counter::Entity)
        .value(counter::Column::Revision, stamp::column(head.revision))
        .value(counter::Column::Chain, head.chain.to_vec())
        .value(counter::Column::StateSum, head.state_sum.to_be_bytes().to_vec())
        .value(counter::Column::At, head.at.micros());
    db.execute(&statement).await?;
    Ok(())
}

/// The chain in a column.
pub(super) fn chain(bytes: &[u8]) -> Result<Chain, Unreadable> {
    bytes.try_into().map_err(|_| Unreadable::new("a chain is not 32 bytes long"))
}

/// The state sum in a column.
pub(super) fn state_sum(bytes: &[u8]) -> Result<u128, Unreadable> {
    let bytes = bytes.try_into().map_err(|_| Unreadable::new("a state sum is not 16 bytes long"))?;
    Ok(u128::from_be_bytes(bytes))
}
