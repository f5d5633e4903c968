//! Table `instances`, without what instances select. `selector` is a scope or an assignment, whichever
//! `selector_kind` says (see `code`).

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use crate::app::port::RowKind;
use crate::domain::row::{Key, Row};
use crate::domain::scope::Instance;
use crate::store::code;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "instances")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub selector_kind: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub selector: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub spec: String,
    /// A JSON array.
    pub included_adapter_kinds: String,
    pub select_all_resources: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Table for Entity {
    const KIND: RowKind = RowKind::Instance;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::Instance(id) => {
                let (kind, application, selector) = code::of_selector(&id.selector);
                let number = i64::from(id.number);
                Some(vec![kind.into(), application.as_str().into(), selector.as_str().into(), number.into()])
            }
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::Instance(instance) = row else { return None };
        let (selector_kind, application, selector) = code::of_selector(&instance.id.selector);
        Some(Model {
            selector_kind,
            application: application.to_string(),
            selector: selector.to_string(),
            number: instance.id.number.into(),
            spec: code::of_optional(instance.spec.as_ref()).to_owned(),
            included_adapter_kinds: serde_json::to_string(&instance.included_adapter_kinds).ok()?,
            select_all_resources: instance.select_all_resources,
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::Instance(Instance {
            id: code::instance((model.selector_kind, &model.application, &model.selector), model.number)?,
            spec: code::optional(&model.spec)?,
            included_adapter_kinds: serde_json::from_str(&model.included_adapter_kinds)
                .map_err(|_| Unreadable::new("adapter kinds that are no JSON array of texts"))?,
            select_all_resources: model.select_all_resources,
        }))
    }
}
