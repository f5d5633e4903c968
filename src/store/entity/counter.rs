//! Table `counter`: its one row is the head of the store, and the lock that makes writes serial.
//!
//! `seal` is a keyed hash of the store's id: it tells whether the secret is the one the store was made with, and it
//! is the chain at revision 0. `min_reader` is the oldest version of this program's reader that may read the store.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "counter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    pub store_id: String,
    pub seal: Vec<u8>,
    pub revision: i64,
    pub chain: Vec<u8>,
    pub state_sum: Vec<u8>,
    pub at: i64,
    pub min_reader: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
