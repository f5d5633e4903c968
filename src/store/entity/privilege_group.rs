//! Table `privilege_groups`, without what is in them.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use super::stamp;
use crate::app::port::RowKind;
use crate::domain::privilege_group::PrivilegeGroup;
use crate::domain::row::{Key, Row};
use crate::store::code;
use crate::store::naming;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "privilege_groups")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: String,
    pub group_name: String,
    pub name_folded: String,
    pub name_digest: Vec<u8>,
    pub display_name: String,
    pub description: String,
    pub tenant_visible: bool,
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
    const KIND: RowKind = RowKind::PrivilegeGroup;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::PrivilegeGroup(id) => Some(vec![
                id.application.as_str().into(),
                code::of_optional(id.tenant.as_ref()).into(),
                id.group.as_str().into(),
            ]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::PrivilegeGroup(group) = row else { return None };
        let (space, name_folded) = row.unique_names().into_iter().next()?;
        Some(Model {
            application: group.id.application.to_string(),
            tenant: code::of_optional(group.id.tenant.as_ref()).to_owned(),
            group_id: group.id.group.to_string(),
            group_name: group.group_name.clone(),
            name_digest: naming::digest(&space, &name_folded),
            name_folded,
            display_name: group.display_name.clone(),
            description: group.description.clone(),
            tenant_visible: group.tenant_visible,
            created_at: group.stamp.created_at.micros(),
            created_by: group.stamp.created_by.clone(),
            updated_at: group.stamp.updated_at.micros(),
            updated_by: group.stamp.updated_by.clone(),
            revision: stamp::column(group.stamp.revision),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::PrivilegeGroup(PrivilegeGroup {
            id: code::privilege_group(&model.application, &model.tenant, &model.group_id)?,
            group_name: model.group_name,
            display_name: model.display_name,
            description: model.description,
            tenant_visible: model.tenant_visible,
            stamp: stamp::of!(model),
        }))
    }
}
