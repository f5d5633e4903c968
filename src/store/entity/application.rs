//! Table `applications`.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use super::stamp;
use crate::app::port::RowKind;
use crate::domain::id::Id;
use crate::domain::row::{Key, Row};
use crate::domain::tenancy::Application;
use crate::store::code::Coded;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "applications")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub display_name: String,
    pub catalogue: i16,
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
    const KIND: RowKind = RowKind::Application;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::Application(id) => Some(vec![id.as_str().into()]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::Application(application) = row else { return None };
        Some(Model {
            id: application.id.to_string(),
            display_name: application.display_name.clone(),
            catalogue: application.catalogue.code(),
            created_at: application.stamp.created_at.micros(),
            created_by: application.stamp.created_by.clone(),
            updated_at: application.stamp.updated_at.micros(),
            updated_by: application.stamp.updated_by.clone(),
            revision: stamp::column(application.stamp.revision),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::Application(Application {
            id: Id::parse(&model.id)?,
            display_name: model.display_name,
            catalogue: Coded::from_code(model.catalogue)?,
            stamp: stamp::of!(model),
        }))
    }
}
