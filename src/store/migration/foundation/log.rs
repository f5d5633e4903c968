//! What is beside the state: the counter, the log of revisions, and what writes leave in it.

use super::REQUEST_PART;
use crate::store::dialect::ColumnKind::{Bytes, Code, Number, Text};
use crate::store::dialect::ID;
use crate::store::migration::outline::Outline;

pub(super) const TABLES: &[Outline] = &[
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
];
