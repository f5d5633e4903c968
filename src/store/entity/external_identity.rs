//! Table `external_identities`: who is meant by which credential.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use crate::app::port::RowKind;
use crate::domain::directory::{ExternalIdentity, ExternalIdentityId};
use crate::domain::id::ForeignId;
use crate::domain::row::{Key, Row};
use crate::store::code;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "external_identities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub issuer: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    pub bearer_kind: i16,
    pub bearer_id: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Table for Entity {
    const KIND: RowKind = RowKind::ExternalIdentity;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::ExternalIdentity(id) => Some(vec![id.issuer.as_str().into(), id.subject.as_str().into()]),
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::ExternalIdentity(identity) = row else { return None };
        Some(Model {
            issuer: identity.id.issuer.to_string(),
            subject: identity.id.subject.to_string(),
            bearer_kind: code::of_subject(&identity.bearer),
            bearer_id: identity.bearer.id().to_string(),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::ExternalIdentity(ExternalIdentity {
            id: ExternalIdentityId {
                issuer: ForeignId::parse(&model.issuer)?,
                subject: ForeignId::parse(&model.subject)?,
            },
            bearer: code::subject(model.bearer_kind, &model.bearer_id)?,
        }))
    }
}
