//! Table `permission_boundaries`, without the tenants that they list.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use super::stamp;
use crate::app::port::RowKind;
use crate::domain::boundary::PermissionBoundary;
use crate::domain::id::Id;
use crate::domain::name::BoundaryId;
use crate::domain::row::{Key, Row};
use crate::store::code::Coded;
use crate::store::naming;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "permission_boundaries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub boundary: String,
    pub boundary_name: String,
    pub name_folded: String,
    pub name_digest: Vec<u8>,
    pub display_name: String,
    pub description: String,
    pub kind: i16,
    pub value: String,
    pub value_folded: String,
    /// Of the value; of a boundary without one, of its id, which nobody else has.
    pub value_digest: Vec<u8>,
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
    const KIND: RowKind = RowKind::Boundary;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::Boundary(id) => Some(vec![id.application.as_str().into(), id.boundary.as_str().into()]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::Boundary(boundary) = row else { return None };
        let mut names = row.unique_names().into_iter();
        let (space, name_folded) = names.next()?;
        let value = names.next();
        let value_digest = match &value {
            Some((space, folded)) => naming::digest(space, folded),
            None => naming::digest_of_none(&boundary.id.application, &boundary.id.boundary),
        };
        Some(Model {
            application: boundary.id.application.to_string(),
            boundary: boundary.id.boundary.to_string(),
            boundary_name: boundary.boundary_name.clone(),
            name_digest: naming::digest(&space, &name_folded),
            name_folded,
            display_name: boundary.display_name.clone(),
            description: boundary.description.clone(),
            kind: boundary.kind.code(),
            value: boundary.value.clone(),
            value_folded: value.map(|(_, folded)| folded).unwrap_or_default(),
            value_digest,
            created_at: boundary.stamp.created_at.micros(),
            created_by: boundary.stamp.created_by.clone(),
            updated_at: boundary.stamp.updated_at.micros(),
            updated_by: boundary.stamp.updated_by.clone(),
            revision: stamp::column(boundary.stamp.revision),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::Boundary(PermissionBoundary {
            id: BoundaryId { application: Id::parse(&model.application)?, boundary: Id::parse(&model.boundary)? },
            boundary_name: model.boundary_name,
            display_name: model.display_name,
            description: model.description,
            kind: Coded::from_code(model.kind)?,
            value: model.value,
            stamp: stamp::of!(model),
        }))
    }
}
