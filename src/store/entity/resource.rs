//! Table `resources`. `resource` is the id, which is foreign and may be any text.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use super::stamp;
use crate::app::port::RowKind;
use crate::domain::id::{ForeignId, Id, ResourceKind};
use crate::domain::name::ResourceId;
use crate::domain::resource::Resource;
use crate::domain::row::{Key, Row};
use crate::store::code;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resources")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub resource: String,
    pub tenant: String,
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
    const KIND: RowKind = RowKind::Resource;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::Resource(id) => {
                Some(vec![id.application.as_str().into(), id.kind.as_str().into(), id.id.as_str().into()])
            }
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::Resource(resource) = row else { return None };
        Some(Model {
            application: resource.id.application.to_string(),
            kind: resource.id.kind.to_string(),
            resource: resource.id.id.to_string(),
            tenant: code::of_optional(resource.tenant.as_ref()).to_owned(),
            tenant_level: resource.tenant_level,
            created_at: resource.stamp.created_at.micros(),
            created_by: resource.stamp.created_by.clone(),
            updated_at: resource.stamp.updated_at.micros(),
            updated_by: resource.stamp.updated_by.clone(),
            revision: stamp::column(resource.stamp.revision),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::Resource(Resource {
            id: ResourceId {
                application: Id::parse(&model.application)?,
                kind: ResourceKind::parse(&model.kind)?,
                id: ForeignId::parse(&model.resource)?,
            },
            tenant: code::optional(&model.tenant)?,
            tenant_level: model.tenant_level,
            stamp: stamp::of!(model),
        }))
    }
}
