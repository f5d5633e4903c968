//! The nouns of Bailiwick and the rules that need no state.
//!
//! Guarantees: every value here is valid by construction; nothing here does I/O, reads a clock or draws a
//! random number. It deliberately knows neither protobuf nor SQL nor the compiled state: those depend on it.

#![allow(clippy::missing_errors_doc, reason = "a parser fails with `Malformed`, whose words say what the text must be")]

pub mod assignment;
pub mod boundary;
pub mod change;
pub mod decision;
pub mod directory;
pub mod fold;
pub mod id;
pub mod limit;
pub mod metadata;
pub mod name;
pub mod pattern;
pub mod policy;
pub mod predefined;
pub mod privilege;
pub mod privilege_group;
pub mod resource;
pub mod role;
pub mod row;
pub mod scope;
pub mod tenancy;
pub mod text;
pub mod time;
pub mod traversal;
pub mod violation;
