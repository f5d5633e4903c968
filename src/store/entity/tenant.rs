//! Table `tenants`, tombstones included.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use super::stamp;
use crate::app::port::RowKind;
use crate::domain::id::Id;
use crate::domain::name::TenantId;
use crate::domain::row::{Key, Row};
use crate::domain::tenancy::Tenant;
use crate::store::code::Coded;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tenants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    pub display_name: String,
    pub tenant_type: i16,
    pub incarnation: i64,
    pub live: bool,
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
    const KIND: RowKind = RowKind::Tenant;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::Tenant(id) => Some(vec![id.application.as_str().into(), id.tenant.as_str().into()]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::Tenant(tenant) = row else { return None };
        Some(Model {
            application: tenant.id.application.to_string(),
            tenant: tenant.id.tenant.to_string(),
            display_name: tenant.display_name.clone(),
            tenant_type: tenant.tenant_type.code(),
            incarnation: tenant.incarnation.into(),
            live: tenant.live,
            created_at: tenant.stamp.created_at.micros(),
            created_by: tenant.stamp.created_by.clone(),
            updated_at: tenant.stamp.updated_at.micros(),
            updated_by: tenant.stamp.updated_by.clone(),
            revision: stamp::column(tenant.stamp.revision),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::Tenant(Tenant {
            id: TenantId { application: Id::parse(&model.application)?, tenant: Id::parse(&model.tenant)? },
            display_name: model.display_name,
            tenant_type: Coded::from_code(model.tenant_type)?,
            incarnation: model.incarnation.try_into()?,
            live: model.live,
            stamp: stamp::of!(model),
        }))
    }
}
