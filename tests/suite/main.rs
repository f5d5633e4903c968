//! The tests that run against the whole: the stores, the server over its API, the command line, and the style of the
//! source. One binary, so that it links once.

mod commands;
mod harness;
mod postgres;
mod quick_start;
mod store;
mod style;
