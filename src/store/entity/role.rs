//! Table `roles`, without the elements of their sets.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use super::stamp;
use crate::app::port::RowKind;
use crate::domain::role::Role;
use crate::domain::row::{Key, Row};
use crate::store::code::{self, Coded};
use crate::store::naming;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: String,
    pub role_name: String,
    pub name_folded: String,
    pub name_digest: Vec<u8>,
    pub display_name: String,
    pub description: String,
    /// A JSON object.
    pub metadata: String,
    pub kind: i16,
    pub boundary: String,
    pub visibility: i16,
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
    const KIND: RowKind = RowKind::Role;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::Role(id) => Some(vec![
                id.application.as_str().into(),
                code::of_optional(id.tenant.as_ref()).into(),
                id.role.as_str().into(),
            ]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::Role(role) = row else { return None };
        let (space, name_folded) = row.unique_names().into_iter().next()?;
        Some(Model {
            application: role.id.application.to_string(),
            tenant: code::of_optional(role.id.tenant.as_ref()).to_owned(),
            role: role.id.role.to_string(),
            role_name: role.role_name.clone(),
            name_digest: naming::digest(&space, &name_folded),
            name_folded,
            display_name: role.display_name.clone(),
            description: role.description.clone(),
            metadata: serde_json::to_string(&role.metadata).ok()?,
            kind: role.kind.code(),
            boundary: code::of_boundary(&role.boundary).to_owned(),
            visibility: role.visibility.code(),
            created_at: role.stamp.created_at.micros(),
            created_by: role.stamp.created_by.clone(),
            updated_at: role.stamp.updated_at.micros(),
            updated_by: role.stamp.updated_by.clone(),
            revision: stamp::column(role.stamp.revision),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::Role(Role {
            id: code::role(&model.application, &model.tenant, &model.role)?,
            role_name: model.role_name,
            display_name: model.display_name,
            description: model.description,
            metadata: serde_json::from_str(&model.metadata)
                .map_err(|_| Unreadable::new("metadata that is no JSON object of texts"))?,
            kind: Coded::from_code(model.kind)?,
            boundary: code::boundary(&model.boundary)?,
            visibility: Coded::from_code(model.visibility)?,
            stamp: stamp::of!(model),
        }))
    }
}
