//! Table `role_assignments`. `name` is the last part of the resource name, by which lists are ordered.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use super::stamp;
use crate::app::port::RowKind;
use crate::domain::assignment::{Assignment, AssignmentId, ObjectAccess};
use crate::domain::row::{Key, Row};
use crate::domain::time::Time;
use crate::store::code;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_assignments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub holder_kind: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub holder_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub role_tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    pub name: String,
    pub allow_all_objects: bool,
    pub scope: String,
    pub start_at: Option<i64>,
    pub expire_at: Option<i64>,
    pub reason: String,
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
    const KIND: RowKind = RowKind::Assignment;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::Assignment(id) => Some(vec![
                code::of_subject(&id.holder).into(),
                id.holder.id().as_str().into(),
                id.role.application.as_str().into(),
                code::of_optional(id.role.tenant.as_ref()).into(),
                id.role.role.as_str().into(),
                code::of_optional(id.tenant.as_ref()).into(),
            ]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::Assignment(assignment) = row else { return None };
        let id = &assignment.id;
        Some(Model {
            holder_kind: code::of_subject(&id.holder),
            holder_id: id.holder.id().to_string(),
            application: id.role.application.to_string(),
            role_tenant: code::of_optional(id.role.tenant.as_ref()).to_owned(),
            role: id.role.role.to_string(),
            tenant: code::of_optional(id.tenant.as_ref()).to_owned(),
            name: id.name_id().to_string(),
            allow_all_objects: assignment.access.allow_all_objects,
            scope: code::of_optional(assignment.access.scope.as_ref()).to_owned(),
            start_at: assignment.start.map(Time::micros),
            expire_at: assignment.expire.map(Time::micros),
            reason: assignment.reason.clone(),
            created_at: assignment.stamp.created_at.micros(),
            created_by: assignment.stamp.created_by.clone(),
            updated_at: assignment.stamp.updated_at.micros(),
            updated_by: assignment.stamp.updated_by.clone(),
            revision: stamp::column(assignment.stamp.revision),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::Assignment(Assignment {
            id: AssignmentId {
                holder: code::subject(model.holder_kind, &model.holder_id)?,
                role: code::role(&model.application, &model.role_tenant, &model.role)?,
                tenant: code::optional(&model.tenant)?,
            },
            access: ObjectAccess { allow_all_objects: model.allow_all_objects, scope: code::optional(&model.scope)? },
            start: model.start_at.map(stamp::time).transpose()?,
            expire: model.expire_at.map(stamp::time).transpose()?,
            reason: model.reason,
            stamp: stamp::of!(model),
        }))
    }
}
