//! `cargo fuzz run request`: the function is in `tests/suite/fuzzing/request.rs`, where the suite replays it.

#![no_main]

use std::path::Path;
use std::sync::{LazyLock, Mutex};

#[allow(dead_code, reason = "the suite uses more of it")]
#[path = "../../tests/suite/callers/actor.rs"]
mod actor;
#[allow(dead_code, reason = "the suite uses more of it")]
#[path = "../../tests/suite/fuzzing/request.rs"]
mod request;

static POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/shop.jsonl");
static WORLD: LazyLock<Mutex<request::World>> = LazyLock::new(|| Mutex::new(request::World::start(Path::new(POLICY))));

libfuzzer_sys::fuzz_target!(|data: &[u8]| WORLD.lock().unwrap().request(data));
