//! The tables as sea-orm knows them, and how a row of the state becomes a row of its table and back.
//!
//! Guarantees: a row that was written is read back equal; whatever else stands in a table is either understood
//! whole or reported as unreadable. Nothing here runs a statement.

#![allow(unreachable_pub, reason = "what sea-orm derives is public, and so must be what it derives from")]

pub(super) mod application;
pub(super) mod assigned_privilege;
pub(super) mod assigned_resource;
pub(super) mod assignment;
pub(super) mod audit;
pub(super) mod boundary;
pub(super) mod boundary_tenant;
pub(super) mod change;
pub(super) mod client;
pub(super) mod counter;
pub(super) mod external_identity;
pub(super) mod group;
pub(super) mod group_member;
pub(super) mod grouped_privilege;
pub(super) mod instance;
pub(super) mod privilege;
pub(super) mod privilege_group;
pub(super) mod request;
pub(super) mod resource;
pub(super) mod resource_parent;
pub(super) mod revision;
pub(super) mod role;
pub(super) mod role_element;
pub(super) mod scope;
pub(super) mod selection;
pub(super) mod stamp;
pub(super) mod tenant;
pub(super) mod traversal_spec;
pub(super) mod user;
pub(super) mod user_tenant;
