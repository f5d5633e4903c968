//! Table `clients`.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use super::stamp;
use crate::app::port::RowKind;
use crate::domain::directory::Client;
use crate::domain::id::Id;
use crate::domain::row::{Key, Row};
use crate::store::code;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clients")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub application: String,
    pub tenant: String,
    pub display_name: String,
    pub enabled: bool,
    pub created_at: i64,
    pub created_by: String,
    pub updated_at: i64,
    pub updated_by: String,
    pub revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Table for Entity {
    const KIND: RowKind = RowKind::Client;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::Client(id) => Some(vec![id.as_str().into()]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::Client(client) = row else { return None };
        Some(Model {
            id: client.id.to_string(),
            application: client.application.to_string(),
            tenant: code::of_optional(client.tenant.as_ref()).to_owned(),
            display_name: client.display_name.clone(),
            enabled: client.enabled,
            created_at: client.stamp.created_at.micros(),
            created_by: client.stamp.created_by.clone(),
            updated_at: client.stamp.updated_at.micros(),
            updated_by: client.stamp.updated_by.clone(),
            revision: stamp::column(client.stamp.revision),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::Client(Client {
            id: Id::parse(&model.id)?,
            application: Id::parse(&model.application)?,
            tenant: code::optional(&model.tenant)?,
            display_name: model.display_name,
            enabled: model.enabled,
            stamp: stamp::of!(model),
        }))
    }
}
