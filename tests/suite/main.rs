//! The tests that run against the whole: the reference model and the laws, the stores, the server over its API, the
//! command line, and the style of the source. One binary, so that it links once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::similar_names,
    reason = "a panic is a failed test"
)]

mod access_matrix;
mod callers;
mod catalogue;
mod checks;
mod commands;
mod consistency;
mod counts;
mod data_plane;
mod database_server;
mod delegated_administration;
mod directory;
mod estate;
mod fuzzing;
mod gcp_roles;
mod grpc_services;
mod harness;
mod http_json;
mod import_export;
mod kubernetes_roles;
mod laws;
mod lists;
mod mariadb;
mod measurements;
mod model;
mod naughty_strings;
mod other_systems;
mod postgres;
mod quick_start;
mod readme;
mod refusals;
mod scenarios;
mod serial;
mod small_commands;
mod states;
mod store;
mod style;
mod telemetry;
mod tools;
mod transcript;
mod updates;
mod vectors;
mod wire;
mod workloads;
