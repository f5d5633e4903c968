//! The verbs: what callers can do, one file per headline use case and one per noun.
//!
//! Guarantees: a read sees one revision, no older than the caller asked for; a write is validated under the lock
//! against the state it changes, is granted only what the writer may grant, and is one revision or nothing.
//! Knows neither protobuf nor SQL: it is given a `Store` and gives back nouns.

#![allow(
    clippy::missing_errors_doc,
    reason = "every verb fails with `error::Error`; the contract says which, per method"
)]

pub mod access_difference;
pub mod applications;
pub mod askers;
pub mod assignments;
pub mod authority;
pub mod boundaries;
pub mod caller;
pub mod check_permission;
pub mod clients;
pub mod clock;
pub mod consistency;
pub mod draft;
pub mod error;
mod export_line;
pub mod export_policy;
pub mod filter;
pub mod follow;
pub mod groups;
pub mod identities;
pub mod import_document;
mod import_line;
mod import_parse;
pub mod import_policy;
pub mod invariants;
pub mod listing;
pub mod members;
pub mod methods;
mod orphans;
pub mod policy_line;
pub mod port;
pub mod privilege_groups;
pub mod privileges;
pub mod resources;
pub mod role_privilege_groups;
pub mod role_privileges;
pub mod roles;
pub mod scopes;
pub mod selections;
pub mod service;
pub mod state;
pub mod subject_privileges;
pub mod tenants;
pub mod token;
pub mod traversal_specs;
pub mod users;
pub mod writer;
