//! Table `privileges`: the registered ones.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use super::stamp;
use crate::app::port::RowKind;
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::name::PrivilegeId;
use crate::domain::privilege::Privilege;
use crate::domain::row::{Key, Row};
use crate::store::codec;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "privileges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub privilege: String,
    pub display_name: String,
    pub description: String,
    pub object_scoped: bool,
    pub tenant_visible: bool,
    /// Of a policy document: a JSON object.
    pub document: Option<String>,
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
    const KIND: RowKind = RowKind::Privilege;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::Privilege(id) => Some(vec![id.application.as_str().into(), id.key.as_str().into()]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::Privilege(privilege) = row else { return None };
        Some(Model {
            application: privilege.id.application.to_string(),
            privilege: privilege.id.key.to_string(),
            display_name: privilege.display_name.clone(),
            description: privilege.description.clone(),
            object_scoped: privilege.object_scoped,
            tenant_visible: privilege.tenant_visible,
            document: codec::document(privilege.document.as_ref())?,
            created_at: privilege.stamp.created_at.micros(),
            created_by: privilege.stamp.created_by.clone(),
            updated_at: privilege.stamp.updated_at.micros(),
            updated_by: privilege.stamp.updated_by.clone(),
            revision: stamp::column(privilege.stamp.revision),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::Privilege(Privilege {
            id: PrivilegeId {
                application: Id::parse(&model.application)?,
                key: PrivilegeKey::parse(&model.privilege)?,
            },
            display_name: model.display_name,
            description: model.description,
            object_scoped: model.object_scoped,
            tenant_visible: model.tenant_visible,
            document: model.document.as_deref().map(codec::read_document).transpose()?,
            stamp: stamp::of!(model),
        }))
    }
}
