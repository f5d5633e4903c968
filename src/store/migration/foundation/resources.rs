//! Things of other services, and what selects them.

use super::{FOREIGN_ID, KIND};
use crate::store::dialect::ColumnKind::{Bytes, Code, Digest, Flag, Number, Text};
use crate::store::dialect::ID;
use crate::store::migration::outline::Outline;

pub(super) const TABLES: &[Outline] = &[
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
