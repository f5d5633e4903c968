//! Table `group_members`: the direct members of groups.

use sea_orm::Value;
use sea_orm::entity::prelude::*;

use crate::app::port::RowKind;
use crate::domain::directory::GroupMember;
use crate::domain::id::Id;
use crate::domain::row::{Key, Row};
use crate::store::code;
use crate::store::table::Table;
use crate::store::unreadable::Unreadable;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "group_members")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_kind: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Table for Entity {
    const KIND: RowKind = RowKind::GroupMember;

    fn key(key: &Key) -> Option<Vec<Value>> {
        match key {
            Key::GroupMember(group, member) => {
                Some(vec![group.as_str().into(), code::of_subject(member).into(), member.id().as_str().into()])
            }
            _ => None,
        }
    }

    fn model(row: &Row) -> Option<Model> {
        let Row::GroupMember(member) = row else { return None };
        Some(Model {
            group_id: member.group.to_string(),
            member_kind: code::of_subject(&member.member),
            member_id: member.member.id().to_string(),
        })
    }

    fn row(model: Model) -> Result<Row, Unreadable> {
        Ok(Row::GroupMember(GroupMember {
            group: Id::parse(&model.group_id)?,
            member: code::subject(model.member_kind, &model.member_id)?,
        }))
    }
}
