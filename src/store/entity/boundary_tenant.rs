//! Table `boundary_tenants`: the tenants that permission boundaries list.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use crate::app::port::RowKind;
use crate::domain::boundary::BoundaryTenant;
use crate::domain::id::Id;
use crate::domain::name::BoundaryId;
use crate::domain::row::{Key, Row};
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "boundary_tenants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub boundary: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    pub incarnation: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Table for Entity {
    const KIND: RowKind = RowKind::BoundaryTenant;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::BoundaryTenant(id, tenant) => {
                Some(vec![id.application.as_str().into(), id.boundary.as_str().into(), tenant.as_str().into()])
            }
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::BoundaryTenant(listed) = row else { return None };
        Some(Model {
            application: listed.boundary.application.to_string(),
            boundary: listed.boundary.boundary.to_string(),
            tenant: listed.tenant.to_string(),
            incarnation: listed.incarnation.into(),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::BoundaryTenant(BoundaryTenant {
            boundary: BoundaryId { application: Id::parse(&model.application)?, boundary: Id::parse(&model.boundary)? },
            tenant: Id::parse(&model.tenant)?,
            incarnation: u32::try_from(model.incarnation).map_err(|_| Unreadable::new("an incarnation"))?,
        }))
    }
}
