//! Table `user_groups`: `groups` is a reserved word of some databases.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use super::stamp;
use crate::app::port::RowKind;
use crate::domain::directory::Group;
use crate::domain::id::Id;
use crate::domain::row::{Key, Row};
use crate::store::naming;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_groups")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub group_name: String,
    pub name_folded: String,
    pub name_digest: Vec<u8>,
    pub display_name: String,
    pub description: String,
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
    const KIND: RowKind = RowKind::Group;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::Group(id) => Some(vec![id.as_str().into()]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::Group(group) = row else { return None };
        let (space, name_folded) = row.unique_names().into_iter().next()?;
        Some(Model {
            id: group.id.to_string(),
            group_name: group.group_name.clone(),
            name_digest: naming::digest(&space, &name_folded),
            name_folded,
            display_name: group.display_name.clone(),
            description: group.description.clone(),
            created_at: group.stamp.created_at.micros(),
            created_by: group.stamp.created_by.clone(),
            updated_at: group.stamp.updated_at.micros(),
            updated_by: group.stamp.updated_by.clone(),
            revision: stamp::column(group.stamp.revision),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::Group(Group {
            id: Id::parse(&model.id)?,
            group_name: model.group_name,
            display_name: model.display_name,
            description: model.description,
            stamp: stamp::of!(model),
        }))
    }
}
