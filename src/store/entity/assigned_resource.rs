//! Table `assigned_resources`: the resources that assignments name one by one.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use crate::app::port::RowKind;
use crate::domain::id::Id;
use crate::domain::name::AssignmentName;
use crate::domain::row::{Key, Row};
use crate::domain::scope::AssignedResource;
use crate::store::code;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assigned_resources")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub assignment: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub resource: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Table for Entity {
    const KIND: RowKind = RowKind::AssignedResource;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::AssignedResource(assignment, resource) => Some(vec![
                assignment.application.as_str().into(),
                assignment.assignment.as_str().into(),
                resource.kind.as_str().into(),
                resource.id.as_str().into(),
            ]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::AssignedResource(row) = row else { return None };
        Some(Model {
            application: row.assignment.application.to_string(),
            assignment: row.assignment.assignment.to_string(),
            kind: row.resource.kind.to_string(),
            resource: row.resource.id.to_string(),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::AssignedResource(AssignedResource {
            assignment: AssignmentName {
                application: Id::parse(&model.application)?,
                assignment: Id::parse(&model.assignment)?,
            },
            resource: code::resource(&model.kind, &model.resource)?,
        }))
    }
}
