//! Table `assigned_privileges`: the privileges that are assigned to users themselves.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use crate::app::port::RowKind;
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::name::PrivilegeId;
use crate::domain::privilege::AssignedPrivilege;
use crate::domain::row::{Key, Row};
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assigned_privileges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub privilege: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Table for Entity {
    const KIND: RowKind = RowKind::AssignedPrivilege;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::AssignedPrivilege(privilege, user) => {
                Some(vec![privilege.application.as_str().into(), privilege.key.as_str().into(), user.as_str().into()])
            }
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::AssignedPrivilege(row) = row else { return None };
        Some(Model {
            application: row.privilege.application.to_string(),
            privilege: row.privilege.key.to_string(),
            user_id: row.user.to_string(),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::AssignedPrivilege(AssignedPrivilege {
            privilege: PrivilegeId {
                application: Id::parse(&model.application)?,
                key: PrivilegeKey::parse(&model.privilege)?,
            },
            user: Id::parse(&model.user_id)?,
        }))
    }
}
