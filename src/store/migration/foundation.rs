//! The first step: the state, its log, and what writes leave beside it.
//!
//! "No tenant" and "no application" are the empty text, for NULL is never equal to itself in a key. There are no
//! foreign keys: what takes a right away outlives what it names.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::outline::Outline;
use crate::store::dialect::ColumnKind::{Bytes, Code, Flag, Number, NumberOrNull, Text};
use crate::store::dialect::Dialect;

/// The step.
pub(super) struct Foundation;

impl MigrationName for Foundation {
    fn name(&self) -> &'static str {
        "m0001_foundation"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Foundation {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_connection());
        for outline in TABLES {
            outline.create(manager, dialect).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for outline in TABLES {
            outline.drop(manager).await?;
        }
        Ok(())
    }
}

const TABLES: &[Outline] = &[
    Outline {
        table: "counter",
        key: &[("id", Code)],
        columns: &[
            ("store_id", Text),
            ("seal", Bytes),
            ("revision", Number),
            ("chain", Bytes),
            ("state_sum", Bytes),
            ("at", Number),
            ("min_reader", Number),
        ],
        stamped: false,
        unique: &[],
        indexes: &[],
    },
    Outline {
        table: "revisions",
        key: &[("revision", Number)],
        columns: &[
            ("at", Number),
            ("chain", Bytes),
            ("state_sum", Bytes),
            ("audit_digest", Bytes),
            ("changes", Number),
        ],
        stamped: false,
        unique: &[],
        indexes: &[&["at", "revision"]],
    },
    Outline {
        table: "changes",
        key: &[("revision", Number), ("seq", Number)],
        columns: &[("payload", Bytes)],
        stamped: false,
        unique: &[],
        indexes: &[],
    },
    Outline {
        table: "audit",
        key: &[("revision", Number)],
        columns: &[("at", Number), ("caller", Text), ("method", Text), ("payload", Bytes)],
        stamped: false,
        unique: &[],
        indexes: &[],
    },
    Outline {
        table: "requests",
        key: &[("caller", Text), ("method", Text), ("request_id", Text)],
        columns: &[("request_hash", Bytes), ("revision", Number), ("at", Number), ("receipt", Bytes)],
        stamped: false,
        unique: &[],
        indexes: &[&["at"]],
    },
    Outline {
        table: "applications",
        key: &[("id", Text)],
        columns: &[("display_name", Text), ("catalogue", Code)],
        stamped: true,
        unique: &[],
        indexes: &[&["created_at", "id"]],
    },
    Outline {
        table: "tenants",
        key: &[("application", Text), ("tenant", Text)],
        columns: &[("display_name", Text), ("tenant_type", Code), ("incarnation", Number), ("live", Flag)],
        stamped: true,
        unique: &[],
        indexes: &[&["application", "created_at", "tenant"]],
    },
    Outline {
        table: "privileges",
        key: &[("application", Text), ("privilege", Text)],
        columns: &[("display_name", Text), ("description", Text), ("object_scoped", Flag), ("tenant_visible", Flag)],
        stamped: true,
        unique: &[],
        indexes: &[&["application", "created_at", "privilege"]],
    },
    Outline {
        table: "roles",
        key: &[("application", Text), ("tenant", Text), ("role", Text)],
        columns: &[
            ("role_name", Text),
            ("name_folded", Text),
            ("display_name", Text),
            ("description", Text),
            ("kind", Code),
            ("boundary", Code),
            ("visibility", Code),
        ],
        stamped: true,
        unique: &[&["application", "tenant", "name_folded"]],
        indexes: &[&["application", "tenant", "created_at", "role"]],
    },
    Outline {
        table: "role_elements",
        key: &[
            ("application", Text),
            ("tenant", Text),
            ("role", Text),
            ("kind", Code),
            ("element_tenant", Text),
            ("element", Text),
        ],
        columns: &[("incarnation", Number)],
        stamped: false,
        unique: &[],
        // The children of a role; by their other kinds, the roles that give or exclude a key.
        indexes: &[&["application", "kind", "element_tenant", "element"]],
    },
    Outline {
        table: "users",
        key: &[("id", Text)],
        columns: &[
            ("username", Text),
            ("username_folded", Text),
            ("display_name", Text),
            ("first_name", Text),
            ("last_name", Text),
            ("email", Text),
            ("enabled", Flag),
            ("application", Text),
            ("tenant_level", Flag),
        ],
        stamped: true,
        unique: &[&["username_folded"]],
        indexes: &[&["application", "id"], &["created_at", "id"]],
    },
    Outline {
        table: "user_tenants",
        key: &[("user_id", Text), ("application", Text), ("tenant", Text)],
        columns: &[("incarnation", Number)],
        stamped: false,
        unique: &[],
        // The members of a tenant.
        indexes: &[&["application", "tenant", "user_id"]],
    },
    Outline {
        table: "clients",
        key: &[("id", Text)],
        columns: &[("application", Text), ("tenant", Text), ("display_name", Text), ("enabled", Flag)],
        stamped: true,
        unique: &[],
        indexes: &[&["application", "tenant", "id"]],
    },
    Outline {
        table: "user_groups",
        key: &[("id", Text)],
        columns: &[("group_name", Text), ("name_folded", Text), ("display_name", Text), ("description", Text)],
        stamped: true,
        unique: &[&["name_folded"]],
        indexes: &[&["created_at", "id"]],
    },
    Outline {
        table: "group_members",
        key: &[("group_id", Text), ("member_kind", Code), ("member_id", Text)],
        columns: &[],
        stamped: false,
        unique: &[],
        // The groups of a member.
        indexes: &[&["member_kind", "member_id", "group_id"]],
    },
    Outline {
        table: "role_assignments",
        key: &[
            ("holder_kind", Code),
            ("holder_id", Text),
            ("application", Text),
            ("role_tenant", Text),
            ("role", Text),
            ("tenant", Text),
        ],
        columns: &[("name", Text), ("start_at", NumberOrNull), ("expire_at", NumberOrNull), ("reason", Text)],
        stamped: true,
        unique: &[&["application", "name"]],
        indexes: &[
            &["application", "role_tenant", "role"],
            &["application", "tenant"],
            &["application", "created_at", "name"],
        ],
    },
];
