//! Names that are unique, most of them whatever their case: which row has taken one.

use sea_orm::{ColumnTrait, Condition, ConnectionTrait};

use super::code;
use super::entity::{assignment, group, role, user};
use super::rows;
use super::table::with_table;
use crate::app::port::{RowKind, StoreError};
use crate::domain::row::{NameSpace, Row};

/// The row that has taken a folded name.
pub(super) async fn taker(
    db: &impl ConnectionTrait,
    space: &NameSpace,
    folded: &str,
) -> Result<Option<Row>, StoreError> {
    let (kind, condition) = match space {
        NameSpace::Usernames => (RowKind::User, Condition::all().add(user::Column::UsernameFolded.eq(folded))),
        NameSpace::GroupNames => (RowKind::Group, Condition::all().add(group::Column::NameFolded.eq(folded))),
        NameSpace::RoleNames(application, tenant) => {
            let condition = Condition::all()
                .add(role::Column::Application.eq(application.as_str()))
                .add(role::Column::Tenant.eq(code::of_optional(tenant.as_ref())))
                .add(role::Column::NameFolded.eq(folded));
            (RowKind::Role, condition)
        }
        NameSpace::AssignmentIds(application) => {
            let condition = Condition::all()
                .add(assignment::Column::Application.eq(application.as_str()))
                .add(assignment::Column::Name.eq(folded));
            (RowKind::Assignment, condition)
        }
    };
    let rows = with_table!(kind, T => rows::all::<T>(db, condition).await)?;
    Ok(rows.into_iter().next())
}
