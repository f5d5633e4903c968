//! Users, clients and groups over the API: what changes them, what goes with them, who is in what.

mod groups;
mod identities;
mod members;
mod people;
