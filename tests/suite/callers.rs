//! Who may do what with Bailiwick itself: the predefined administrator, administrators of parts, and the law that no
//! sequence of calls lets anyone reach what the writer could not.

pub(crate) mod actor;
mod administrators;
mod assigned;
mod boundaries;
mod delegation;
mod escalation;
mod foreseen;
mod foreseen_objects;
mod invariants;
mod long_walks;
mod myself;
mod one_role;
mod policy_documents;
mod privileges_held;
mod put_assignment;
mod records;
mod related;
mod related_limits;
mod replaced;
mod resources;
mod resources_gone;
mod resources_in_bulk;
mod scopes;
mod shared_resources;
pub(crate) mod shop;
mod shown;
pub(crate) mod stage;
mod trusted;

pub(crate) use self::invariants::writes;
