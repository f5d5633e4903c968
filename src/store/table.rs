//! A kind of row and the table that holds it: what reading and writing rows is generic over.

use sea_orm::{EntityTrait, Iterable, PrimaryKeyToColumn, Value};

use super::unreadable::Unreadable;
use crate::app::port::RowKind;
use crate::domain::row::{Key, Row};

/// The table of one kind of row.
///
/// Its primary key has the parts of the kind's `Key`, in the order in which the domain compares them.
pub(super) trait Table: EntityTrait {
    /// The kind.
    const KIND: RowKind;

    /// The values of the primary key; `None` for the key of another kind.
    fn key(key: &Key) -> Option<Vec<Value>>;

    /// The row as its table holds it; `None` for a row of another kind.
    fn model(row: &Row) -> Option<Self::Model>;

    /// The row that a table's row stands for.
    fn row(model: Self::Model) -> Result<Row, Unreadable>;

    /// The columns of the primary key.
    fn key_columns() -> Vec<Self::Column> {
        Self::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect()
    }
}

/// Evaluates an expression with a name for the table of a kind.
macro_rules! with_table {
    ($kind:expr, $table:ident => $body:expr) => {{
        use $crate::app::port::RowKind;
        use $crate::store::entity;
        match $kind {
            RowKind::Application => with_table!(@ entity::application, $table, $body),
            RowKind::Tenant => with_table!(@ entity::tenant, $table, $body),
            RowKind::Privilege => with_table!(@ entity::privilege, $table, $body),
            RowKind::PrivilegeGroup => with_table!(@ entity::privilege_group, $table, $body),
            RowKind::GroupedPrivilege => with_table!(@ entity::grouped_privilege, $table, $body),
            RowKind::Boundary => with_table!(@ entity::boundary, $table, $body),
            RowKind::BoundaryTenant => with_table!(@ entity::boundary_tenant, $table, $body),
            RowKind::Role => with_table!(@ entity::role, $table, $body),
            RowKind::RoleElement => with_table!(@ entity::role_element, $table, $body),
            RowKind::User => with_table!(@ entity::user, $table, $body),
            RowKind::UserTenant => with_table!(@ entity::user_tenant, $table, $body),
            RowKind::Client => with_table!(@ entity::client, $table, $body),
            RowKind::ExternalIdentity => with_table!(@ entity::external_identity, $table, $body),
            RowKind::Group => with_table!(@ entity::group, $table, $body),
            RowKind::GroupMember => with_table!(@ entity::group_member, $table, $body),
            RowKind::Assignment => with_table!(@ entity::assignment, $table, $body),
            RowKind::Resource => with_table!(@ entity::resource, $table, $body),
            RowKind::ResourceParent => with_table!(@ entity::resource_parent, $table, $body),
            RowKind::TraversalSpec => with_table!(@ entity::traversal_spec, $table, $body),
            RowKind::Scope => with_table!(@ entity::scope, $table, $body),
            RowKind::Instance => with_table!(@ entity::instance, $table, $body),
            RowKind::Selection => with_table!(@ entity::selection, $table, $body),
            RowKind::AssignedResource => with_table!(@ entity::assigned_resource, $table, $body),
            RowKind::AssignedPrivilege => with_table!(@ entity::assigned_privilege, $table, $body),
        }
    }};
    (@ $entity:path, $table:ident, $body:expr) => {{
        use $entity as module;
        type $table = module::Entity;
        $body
    }};
}
pub(super) use with_table;
