//! `cargo fuzz run consistency_token`: the function is in `tests/suite/fuzzing/parsers.rs`, where the suite replays it.

#![no_main]

#[allow(dead_code, reason = "each target uses one function")]
#[path = "../../tests/suite/fuzzing/parsers.rs"]
mod parsers;

libfuzzer_sys::fuzz_target!(|data: &[u8]| parsers::consistency_token(data));
