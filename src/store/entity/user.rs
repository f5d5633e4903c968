//! Table `users`.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use super::stamp;
use crate::app::port::RowKind;
use crate::domain::directory::User;
use crate::domain::id::Id;
use crate::domain::row::{Key, Row};
use crate::store::code;
use crate::store::naming;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub username: String,
    pub username_folded: String,
    pub username_digest: Vec<u8>,
    pub display_name: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub enabled: bool,
    pub application: String,
    pub tenant_level: bool,
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
    const KIND: RowKind = RowKind::User;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::User(id) => Some(vec![id.as_str().into()]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::User(user) = row else { return None };
        let (space, username_folded) = row.unique_names().into_iter().next()?;
        Some(Model {
            id: user.id.to_string(),
            username: user.username.clone(),
            username_digest: naming::digest(&space, &username_folded),
            username_folded,
            display_name: user.display_name.clone(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            email: user.email.clone(),
            enabled: user.enabled,
            application: code::of_optional(user.application.as_ref()).to_owned(),
            tenant_level: user.tenant_level,
            created_at: user.stamp.created_at.micros(),
            created_by: user.stamp.created_by.clone(),
            updated_at: user.stamp.updated_at.micros(),
            updated_by: user.stamp.updated_by.clone(),
            revision: stamp::column(user.stamp.revision),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::User(User {
            id: Id::parse(&model.id)?,
            username: model.username,
            display_name: model.display_name,
            first_name: model.first_name,
            last_name: model.last_name,
            email: model.email,
            enabled: model.enabled,
            application: code::optional(&model.application)?,
            tenant_level: model.tenant_level,
            stamp: stamp::of!(model),
        }))
    }
}
