//! Table `selections`: the resources that instances of scopes and of assignments select.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use crate::app::port::RowKind;
use crate::domain::row::{Key, Row};
use crate::domain::scope::Selection;
use crate::store::code::{self, Coded};
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "selections")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub selector_kind: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub application: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub selector: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub selection: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub resource: String,
    pub former: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Table for Entity {
    const KIND: RowKind = RowKind::Selection;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::Selection(instance, selection, resource) => {
                let (kind, application, selector) = code::of_selector(&instance.selector);
                Some(vec![
                    kind.into(),
                    application.as_str().into(),
                    selector.as_str().into(),
                    i64::from(instance.number).into(),
                    selection.code().into(),
                    resource.kind.as_str().into(),
                    resource.id.as_str().into(),
                ])
            }
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::Selection(row) = row else { return None };
        let (selector_kind, application, selector) = code::of_selector(&row.instance.selector);
        Some(Model {
            selector_kind,
            application: application.to_string(),
            selector: selector.to_string(),
            number: row.instance.number.into(),
            selection: row.selection.code(),
            kind: row.resource.kind.to_string(),
            resource: row.resource.id.to_string(),
            former: row.former,
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::Selection(Selection {
            instance: code::instance((model.selector_kind, &model.application, &model.selector), model.number)?,
            selection: Coded::from_code(model.selection)?,
            resource: code::resource(&model.kind, &model.resource)?,
            former: model.former,
        }))
    }
}
