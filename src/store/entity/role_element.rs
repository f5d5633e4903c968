//! Table `role_elements`: the elements of all sets of all roles.
//!
//! `kind` says which set (see `code`); `element` is a key, a pattern, a role, a tenant or a privilege group, and
//! `element_tenant` the tenant that owns a parent or a privilege group.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use crate::app::port::RowKind;
use crate::domain::role::RoleElementRow;
use crate::domain::row::{Key, Row};
use crate::store::code;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_elements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub element_tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub element: String,
    pub incarnation: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Table for Entity {
    const KIND: RowKind = RowKind::RoleElement;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::RoleElement(role, element) => {
                let (kind, tenant, text) = code::of_element(element);
                Some(vec![
                    role.application.as_str().into(),
                    code::of_optional(role.tenant.as_ref()).into(),
                    role.role.as_str().into(),
                    kind.into(),
                    tenant.into(),
                    text.into(),
                ])
            }
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::RoleElement(row) = row else { return None };
        let (kind, element_tenant, element) = code::of_element(&row.element);
        Some(Model {
            application: row.role.application.to_string(),
            tenant: code::of_optional(row.role.tenant.as_ref()).to_owned(),
            role: row.role.role.to_string(),
            kind,
            element_tenant: element_tenant.to_owned(),
            element: element.to_owned(),
            incarnation: row.incarnation.into(),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::RoleElement(RoleElementRow {
            role: code::role(&model.application, &model.tenant, &model.role)?,
            element: code::element(model.kind, &model.element_tenant, &model.element)?,
            incarnation: model.incarnation.try_into()?,
        }))
    }
}
