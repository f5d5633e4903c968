//! Table `user_tenants`: which tenants a user is a member of.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use crate::app::port::RowKind;
use crate::domain::directory::UserTenant;
use crate::domain::id::Id;
use crate::domain::name::TenantId;
use crate::domain::row::{Key, Row};
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_tenants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    pub incarnation: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Table for Entity {
    const KIND: RowKind = RowKind::UserTenant;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::UserTenant(user, tenant) => {
                Some(vec![user.as_str().into(), tenant.application.as_str().into(), tenant.tenant.as_str().into()])
            }
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::UserTenant(member) = row else { return None };
        Some(Model {
            user_id: member.user.to_string(),
            application: member.tenant.application.to_string(),
            tenant: member.tenant.tenant.to_string(),
            incarnation: member.incarnation.into(),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::UserTenant(UserTenant {
            user: Id::parse(&model.user_id)?,
            tenant: TenantId { application: Id::parse(&model.application)?, tenant: Id::parse(&model.tenant)? },
            incarnation: model.incarnation.try_into()?,
        }))
    }
}
