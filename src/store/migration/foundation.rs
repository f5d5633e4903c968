//! The first step: the state, its log, and what writes leave beside it.
//!
//! "No tenant" and "no application" are the empty text, for NULL is never equal to itself in a key. There are no
//! foreign keys: what takes a right away outlives what it names.
//!
//! An index has ids, keys and digests alone, so that no database finds it too long: MariaDB takes 3,072 bytes. A name
//! that is unique may be longer, and so its uniqueness is that of a digest of it and of its owner.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::outline::Outline;
use crate::domain::limit;
use crate::store::dialect::ColumnKind::{Ascii, Bytes, Code, Digest, Flag, Key, Number, NumberOrNull, Text};
use crate::store::dialect::{ColumnKind, Dialect, ID};

/// The key of a privilege, or whatever else is an element of a role.
const PRIVILEGE_KEY: ColumnKind = Key(limit::PRIVILEGE_KEY_CHARS_MAX);
/// The kind of a resource. Two of them, with two ids, are one key.
const KIND: ColumnKind = Ascii(limit::KIND_CHARS_MAX);
/// What others call their things: no more characters than bytes.
const FOREIGN_ID: ColumnKind = Key(limit::FOREIGN_ID_BYTES_MAX);
/// Name of a caller, full name of a method, or an id of a request and the number of its part.
const REQUEST_PART: ColumnKind = Key(200);

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
            ("store_id", ID),
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
        key: &[("caller", REQUEST_PART), ("method", REQUEST_PART), ("request_id", REQUEST_PART)],
        columns: &[("request_hash", Bytes), ("revision", Number), ("at", Number), ("receipt", Bytes)],
        stamped: false,
        unique: &[],
        indexes: &[&["at"]],
    },
    Outline {
        table: "applications",
        key: &[("id", ID)],
        columns: &[("display_name", Text), ("catalogue", Code)],
        stamped: true,
        unique: &[],
        indexes: &[&["created_at", "id"]],
    },
    Outline {
        table: "tenants",
        key: &[("application", ID), ("tenant", ID)],
        columns: &[("display_name", Text), ("tenant_type", Code), ("incarnation", Number), ("live", Flag)],
        stamped: true,
        unique: &[],
        indexes: &[&["application", "created_at", "tenant"]],
    },
    Outline {
        table: "privileges",
        key: &[("application", ID), ("privilege", PRIVILEGE_KEY)],
        columns: &[("display_name", Text), ("description", Text), ("object_scoped", Flag), ("tenant_visible", Flag)],
        stamped: true,
        unique: &[],
        indexes: &[&["application", "created_at", "privilege"]],
    },
    Outline {
        table: "privilege_groups",
        key: &[("application", ID), ("tenant", ID), ("group_id", ID)],
        columns: &[
            ("group_name", Text),
            ("name_folded", Text),
            ("name_digest", Digest),
            ("display_name", Text),
            ("description", Text),
            ("tenant_visible", Flag),
        ],
        stamped: true,
        unique: &[&["name_digest"]],
        indexes: &[&["application", "tenant", "created_at", "group_id"]],
    },
    Outline {
        table: "grouped_privileges",
        key: &[("application", ID), ("tenant", ID), ("privilege_group", ID), ("privilege", PRIVILEGE_KEY)],
        columns: &[],
        stamped: false,
        unique: &[],
        // The groups of a privilege.
        indexes: &[&["application", "privilege"]],
    },
    Outline {
        table: "permission_boundaries",
        key: &[("application", ID), ("boundary", ID)],
        columns: &[
            ("boundary_name", Text),
            ("name_folded", Text),
            ("name_digest", Digest),
            ("display_name", Text),
            ("description", Text),
            ("kind", Code),
            ("value", Text),
            ("value_folded", Text),
            ("value_digest", Digest),
        ],
        stamped: true,
        unique: &[&["name_digest"], &["value_digest"]],
        indexes: &[&["application", "created_at", "boundary"]],
    },
    Outline {
        table: "boundary_tenants",
        key: &[("application", ID), ("boundary", ID), ("tenant", ID)],
        columns: &[("incarnation", Number)],
        stamped: false,
        unique: &[],
        indexes: &[],
    },
    Outline {
        table: "roles",
        key: &[("application", ID), ("tenant", ID), ("role", ID)],
        columns: &[
            ("role_name", Text),
            ("name_folded", Text),
            ("name_digest", Digest),
            ("display_name", Text),
            ("description", Text),
            ("metadata", Text),
            ("kind", Code),
            ("boundary", ID),
            ("visibility", Code),
        ],
        stamped: true,
        unique: &[&["name_digest"]],
        // The last one: the roles that refer to a boundary.
        indexes: &[&["application", "tenant", "created_at", "role"], &["application", "boundary"]],
    },
    Outline {
        table: "role_elements",
        key: &[
            ("application", ID),
            ("tenant", ID),
            ("role", ID),
            ("kind", Code),
            ("element_tenant", ID),
            ("element", PRIVILEGE_KEY),
        ],
        columns: &[("incarnation", Number)],
        stamped: false,
        unique: &[],
        // The children of a role, the roles of a privilege group; by the other kinds, those that give or exclude a key.
        indexes: &[&["application", "kind", "element_tenant", "element"]],
    },
    Outline {
        table: "users",
        key: &[("id", ID)],
        columns: &[
            ("username", Text),
            ("username_folded", Text),
            ("username_digest", Digest),
            ("display_name", Text),
            ("first_name", Text),
            ("last_name", Text),
            ("email", Text),
            ("enabled", Flag),
            ("application", ID),
            ("tenant_level", Flag),
        ],
        stamped: true,
        unique: &[&["username_digest"]],
        indexes: &[&["application", "id"], &["created_at", "id"]],
    },
    Outline {
        table: "user_tenants",
        key: &[("user_id", ID), ("application", ID), ("tenant", ID)],
        columns: &[("incarnation", Number)],
        stamped: false,
        unique: &[],
        // The members of a tenant.
        indexes: &[&["application", "tenant", "user_id"]],
    },
    Outline {
        table: "clients",
        key: &[("id", ID)],
        columns: &[("application", ID), ("tenant", ID), ("display_name", Text), ("enabled", Flag)],
        stamped: true,
        unique: &[],
        indexes: &[&["application", "tenant", "id"], &["created_at", "id"]],
    },
    Outline {
        table: "external_identities",
        key: &[("issuer", FOREIGN_ID), ("subject", FOREIGN_ID)],
        columns: &[("bearer_kind", Code), ("bearer_id", ID)],
        stamped: false,
        unique: &[],
        // The identities of a user or client.
        indexes: &[&["bearer_kind", "bearer_id"]],
    },
    Outline {
        table: "user_groups",
        key: &[("id", ID)],
        columns: &[
            ("group_name", Text),
            ("name_folded", Text),
            ("name_digest", Digest),
            ("display_name", Text),
            ("description", Text),
        ],
        stamped: true,
        unique: &[&["name_digest"]],
        indexes: &[&["created_at", "id"]],
    },
    Outline {
        table: "group_members",
        key: &[("group_id", ID), ("member_kind", Code), ("member_id", ID)],
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
            ("holder_id", ID),
            ("application", ID),
            ("role_tenant", ID),
            ("role", ID),
            ("tenant", ID),
        ],
        columns: &[
            ("name", ID),
            ("allow_all_objects", Flag),
            ("scope", ID),
            ("start_at", NumberOrNull),
            ("expire_at", NumberOrNull),
            ("reason", Text),
        ],
        stamped: true,
        unique: &[&["application", "name"]],
        indexes: &[
            &["application", "role_tenant", "role"],
            &["application", "tenant"],
            &["application", "scope"],
            &["application", "created_at", "name"],
        ],
    },
    Outline {
        table: "resources",
        key: &[("application", ID), ("kind", KIND), ("resource", FOREIGN_ID)],
        columns: &[("tenant", ID), ("tenant_level", Flag)],
        stamped: true,
        unique: &[],
        indexes: &[&["application", "tenant", "kind", "resource"], &["application", "created_at", "kind", "resource"]],
    },
    Outline {
        table: "resource_parents",
        key: &[
            ("application", ID),
            ("kind", KIND),
            ("resource", FOREIGN_ID),
            ("parent_kind", KIND),
            ("parent", FOREIGN_ID),
        ],
        columns: &[],
        stamped: false,
        unique: &[],
        // The children of a resource.
        indexes: &[&["application", "parent_kind", "parent"]],
    },
    Outline {
        table: "traversal_specs",
        key: &[("application", ID), ("spec", ID)],
        columns: &[
            ("root_adapter_kind", Text),
            ("root_resource_kind", Text),
            ("spec_name", Text),
            ("full_name", Text),
            ("name_digest", Digest),
            ("description", Text),
            ("filter_type", Code),
            ("paths", Bytes),
        ],
        stamped: true,
        unique: &[&["name_digest"]],
        indexes: &[&["application", "created_at", "spec"]],
    },
    Outline {
        table: "scopes",
        key: &[("application", ID), ("scope", ID)],
        columns: &[("scope_name", Text), ("name_folded", Text), ("name_digest", Digest), ("description", Text)],
        stamped: true,
        unique: &[&["name_digest"]],
        indexes: &[&["application", "created_at", "scope"]],
    },
    Outline {
        table: "instances",
        key: &[("selector_kind", Code), ("application", ID), ("selector", ID), ("number", Number)],
        columns: &[("spec", ID), ("included_adapter_kinds", Text), ("select_all_resources", Flag)],
        stamped: false,
        unique: &[],
        // The instances that refer to a traversal spec.
        indexes: &[&["application", "spec"]],
    },
    Outline {
        table: "selections",
        key: &[
            ("selector_kind", Code),
            ("application", ID),
            ("selector", ID),
            ("number", Number),
            ("selection", Code),
            ("kind", KIND),
            ("resource", FOREIGN_ID),
        ],
        columns: &[("former", Flag)],
        stamped: false,
        unique: &[],
        // What selects a resource.
        indexes: &[&["application", "kind", "resource"]],
    },
    Outline {
        table: "assigned_resources",
        key: &[("application", ID), ("assignment", ID), ("kind", KIND), ("resource", FOREIGN_ID)],
        columns: &[],
        stamped: false,
        unique: &[],
        // The assignments that name a resource.
        indexes: &[&["application", "kind", "resource"]],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ColumnKind, Outline, TABLES};
    use crate::store::dialect::ColumnKind::{Ascii, Bytes, Code, Digest, Flag, Key, Number, NumberOrNull, Text};

    /// Bytes of an index on `InnoDB`, at most.
    const INDEX_BYTES_MAX: usize = 3_072;

    /// What a column adds to an index; `None` when no index can have it.
    fn bytes(kind: ColumnKind) -> Option<usize> {
        match kind {
            Text | Bytes => None,
            Key(chars) => Some(4 * chars + 2),
            Ascii(chars) => Some(chars + 2),
            Digest => Some(32),
            Flag => Some(1),
            Code => Some(2),
            Number | NumberOrNull => Some(9),
        }
    }

    fn kind(table: &Outline, column: &str) -> ColumnKind {
        let mut columns = table.key.iter().chain(table.columns);
        columns.find(|(name, _)| *name == column).map_or(Number, |(_, kind)| *kind)
    }

    #[test]
    fn every_index_fits_into_every_database() {
        for table in TABLES {
            let key: Vec<&str> = table.key.iter().map(|(name, _)| *name).collect();
            for columns in table.unique.iter().chain(table.indexes).copied().chain([key.as_slice()]) {
                let size: Option<usize> = columns.iter().map(|column| bytes(kind(table, column))).sum();
                assert!(size.is_some_and(|size| size <= INDEX_BYTES_MAX), "{} by {columns:?}: {size:?}", table.table);
            }
        }
    }

    #[test]
    fn every_index_has_a_name_of_its_own() {
        let mut names = BTreeSet::new();
        for table in TABLES {
            for columns in table.unique.iter().chain(table.indexes) {
                let name = table.index_name(columns);
                assert!(names.insert(name.clone()), "{name}");
            }
        }
    }
}
