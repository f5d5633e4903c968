//! Table `traversal_specs`. `full_name` is the name with the root, which is unique; `paths` is an encoded
//! `TraversalPaths`.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use super::stamp;
use crate::app::port::RowKind;
use crate::domain::id::Id;
use crate::domain::name::TraversalSpecId;
use crate::domain::row::{Key, Row};
use crate::domain::traversal::TraversalSpec;
use crate::store::code::Coded;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;
use crate::store::{codec, naming};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "traversal_specs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub spec: String,
    pub root_adapter_kind: String,
    pub root_resource_kind: String,
    pub spec_name: String,
    pub full_name: String,
    pub name_digest: Vec<u8>,
    pub description: String,
    pub filter_type: i16,
    pub paths: Vec<u8>,
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
    const KIND: RowKind = RowKind::TraversalSpec;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::TraversalSpec(id) => Some(vec![id.application.as_str().into(), id.spec.as_str().into()]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::TraversalSpec(spec) = row else { return None };
        let (space, full_name) = row.unique_names().into_iter().next()?;
        Some(Model {
            application: spec.id.application.to_string(),
            spec: spec.id.spec.to_string(),
            root_adapter_kind: spec.root_adapter_kind.clone(),
            root_resource_kind: spec.root_resource_kind.clone(),
            spec_name: spec.spec_name.clone(),
            name_digest: naming::digest(&space, &full_name),
            full_name,
            description: spec.description.clone(),
            filter_type: spec.filter_type.code(),
            paths: codec::paths(&spec.paths),
            created_at: spec.stamp.created_at.micros(),
            created_by: spec.stamp.created_by.clone(),
            updated_at: spec.stamp.updated_at.micros(),
            updated_by: spec.stamp.updated_by.clone(),
            revision: stamp::column(spec.stamp.revision),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::TraversalSpec(TraversalSpec {
            id: TraversalSpecId { application: Id::parse(&model.application)?, spec: Id::parse(&model.spec)? },
            root_adapter_kind: model.root_adapter_kind,
            root_resource_kind: model.root_resource_kind,
            spec_name: model.spec_name,
            description: model.description,
            filter_type: Coded::from_code(model.filter_type)?,
            paths: codec::read_paths(&model.paths)?,
            stamp: stamp::of!(model),
        }))
    }
}
