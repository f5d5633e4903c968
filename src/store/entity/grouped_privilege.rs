//! Table `grouped_privileges`: which keys are in which privilege groups.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use crate::app::port::RowKind;
use crate::domain::id::PrivilegeKey;
use crate::domain::privilege_group::GroupedPrivilege;
use crate::domain::row::{Key, Row};
use crate::store::code;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grouped_privileges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub privilege_group: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub privilege: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Table for Entity {
    const KIND: RowKind = RowKind::GroupedPrivilege;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::GroupedPrivilege(group, privilege) => Some(vec![
                group.application.as_str().into(),
                code::of_optional(group.tenant.as_ref()).into(),
                group.group.as_str().into(),
                privilege.as_str().into(),
            ]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::GroupedPrivilege(row) = row else { return None };
        Some(Model {
            application: row.group.application.to_string(),
            tenant: code::of_optional(row.group.tenant.as_ref()).to_owned(),
            privilege_group: row.group.group.to_string(),
            privilege: row.privilege.to_string(),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::GroupedPrivilege(GroupedPrivilege {
            group: code::privilege_group(&model.application, &model.tenant, &model.privilege_group)?,
            privilege: PrivilegeKey::parse(&model.privilege)?,
        }))
    }
}
