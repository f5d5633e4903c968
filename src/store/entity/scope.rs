//! Table `scopes`, without the instances of scopes.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use super::stamp;
use crate::app::port::RowKind;
use crate::domain::id::Id;
use crate::domain::name::ScopeId;
use crate::domain::row::{Key, Row};
use crate::domain::scope::Scope;
use crate::store::naming;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scopes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    pub scope_name: String,
    pub name_folded: String,
    pub name_digest: Vec<u8>,
    pub description: String,
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
    const KIND: RowKind = RowKind::Scope;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::Scope(id) => Some(vec![id.application.as_str().into(), id.scope.as_str().into()]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::Scope(scope) = row else { return None };
        let (space, name_folded) = row.unique_names().into_iter().next()?;
        Some(Model {
            application: scope.id.application.to_string(),
            scope: scope.id.scope.to_string(),
            scope_name: scope.scope_name.clone(),
            name_digest: naming::digest(&space, &name_folded),
            name_folded,
            description: scope.description.clone(),
            created_at: scope.stamp.created_at.micros(),
            created_by: scope.stamp.created_by.clone(),
            updated_at: scope.stamp.updated_at.micros(),
            updated_by: scope.stamp.updated_by.clone(),
            revision: stamp::column(scope.stamp.revision),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::Scope(Scope {
            id: ScopeId { application: Id::parse(&model.application)?, scope: Id::parse(&model.scope)? },
            scope_name: model.scope_name,
            description: model.description,
            stamp: stamp::of!(model),
        }))
    }
}
