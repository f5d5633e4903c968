//! Table `resource_parents`: the relations of resources, each within one application.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use crate::app::port::RowKind;
use crate::domain::id::Id;
use crate::domain::resource::ResourceParent;
use crate::domain::row::{Key, Row};
use crate::store::code;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resource_parents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub resource: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub parent_kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub parent: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Table for Entity {
    const KIND: RowKind = RowKind::ResourceParent;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::ResourceParent(child, parent) => Some(vec![
                child.application.as_str().into(),
                child.kind.as_str().into(),
                child.id.as_str().into(),
                parent.kind.as_str().into(),
                parent.id.as_str().into(),
            ]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::ResourceParent(row) = row else { return None };
        Some(Model {
            application: row.child.application.to_string(),
            kind: row.child.kind.to_string(),
            resource: row.child.id.to_string(),
            parent_kind: row.parent.kind.to_string(),
            parent: row.parent.id.to_string(),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::ResourceParent(ResourceParent {
            child: code::resource(&model.kind, &model.resource)?.of(&Id::parse(&model.application)?),
            parent: code::resource(&model.parent_kind, &model.parent)?,
        }))
    }
}
