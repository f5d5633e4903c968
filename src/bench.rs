//! Measurements that anyone can repeat: what `bailiwick bench` does, without its flags and words.
//!
//! Guarantees: everything is made of a seeded [`workload`](crate::workload), nothing is timed whose answers are not
//! those that the workload expects, and no number is shown without the baseline that it was measured beside. It reads
//! the clock and `/proc`; no other part of the program uses it.

pub mod chase;
pub mod document;
pub mod empty;
pub mod engine;
pub mod load;
pub mod memory;
pub mod process;
pub mod question;
