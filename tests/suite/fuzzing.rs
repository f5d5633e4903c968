//! The fuzz targets of `fuzz/`, on stable Rust: every entry of the committed corpora is replayed, with a seed for each
//! method of the contract, and both are changed at random.
//!
//! What is committed is held to what the tests would make of it today, or a fuzzer would begin with an older contract.
//!
//! `BAILIWICK_TEST_ROUNDS` says how often each entry is changed. With `BAILIWICK_TEST_WRITE_CORPORA` set, the seeds are
//! written into the corpora, and the policy beside them; otherwise nothing is written.

mod parsers;
mod request;
mod seeds;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use prost_reflect::DynamicMessage;

use self::request::{METHODS, World};
use self::seeds::Seed;
use crate::access_matrix::exam::Random;
use crate::callers::actor;
use crate::callers::stage::rounds;

/// How what is committed becomes what it should be.
const ANEW: &str = "BAILIWICK_TEST_WRITE_CORPORA=1 cargo test --test suite -- fuzzing";

/// Whether what the tests make is to be committed.
fn writes() -> bool {
    std::env::var_os("BAILIWICK_TEST_WRITE_CORPORA").is_some()
}

/// The folder of the targets.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The committed entries of a target.
fn committed(target: &str) -> Vec<Seed> {
    let files = fs::read_dir(folder().join("corpus").join(target)).unwrap().map(|file| file.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    files.map(|path| Seed { name: name(&path), data: fs::read(&path).unwrap() }).collect()
}

/// The committed entries of a target and its seeds, by name.
fn corpus(target: &str, seeds: Vec<Seed>) -> Vec<Seed> {
    if writes() {
        let folder = folder().join("corpus").join(target);
        fs::create_dir_all(&folder).unwrap();
        for seed in &seeds {
            fs::write(folder.join(&seed.name), &seed.data).unwrap();
        }
    }
    let mut entries = committed(target);
    let names: BTreeSet<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let missing: Vec<_> = seeds.iter().map(|seed| &seed.name).filter(|name| !names.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "{target} has no {missing:?} among its committed entries; {ANEW}");
    entries.extend(seeds);
    entries.sort();
    entries.dedup();
    entries
}

/// The committed policy that requests are sent to: what the shop of the tests is today.
fn policy() -> PathBuf {
    let (file, shop) = (folder().join("shop.jsonl"), seeds::policy());
    if writes() {
        fs::write(&file, &shop).unwrap();
    }
    assert!(fs::read_to_string(&file).unwrap() == shop, "{} is not the shop of the tests; {ANEW}", file.display());
    file
}

/// Runs a target on every entry, and on every entry changed at random.
fn replay(target: &str, seeds: Vec<Seed>, run: impl Fn(&[u8])) {
    let entries = corpus(target, seeds);
    let mut random = Random(11);
    for entry in &entries {
        tried(target, &entry.name, &entry.data, &run);
        for _ in 0..rounds() {
            let other = &entries[random.below(entries.len())];
            tried(target, &entry.name, &changed(&entry.data, &other.data, &mut random), &run);
        }
    }
}

/// Says which data a target failed on, as a file for its corpus would hold them.
fn tried(target: &str, name: &str, data: &[u8], run: &impl Fn(&[u8])) {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(data)));
    if let Err(panic) = outcome {
        println!("{target} failed on {name}, changed to {}", data.escape_ascii());
        std::panic::resume_unwind(panic);
    }
}

/// The data after some changes: bits and bytes changed, put in, taken out; parts repeated, or taken from other data.
fn changed(data: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    const TELLING: [&[u8]; 8] = [
        b"\0",
        b"\xff\xff\xff\xff\x0f",
        b"\xf0\x9f\x92\xa9",
        b"\xc3\x28",
        b"/",
        b"*",
        b"\xe2\x80\xae",
        b"\x80\x80\x80",
    ];
    let mut data = data.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(data.len() + 1);
        let end = at + random.below(data.len() - at + 1);
        match random.below(7) {
            0 if at < data.len() => data[at] ^= 1 << random.below(8),
            1 if at < data.len() => data[at] = u8::try_from(random.below(256)).unwrap(),
            2 => drop(data.drain(at..end)),
            3 => data.insert(at, u8::try_from(random.below(256)).unwrap()),
            4 => drop(data.splice(at..at, TELLING[random.below(TELLING.len())].iter().copied())),
            5 => data.extend_from_within(at..end),
            _ => {
                let from = random.below(other.len() + 1);
                let until = from + random.below(other.len() - from + 1);
                drop(data.splice(at..end, other[from..until].iter().copied()));
            }
        }
        data.truncate(1 << 16);
    }
    data
}

#[test]
fn any_text_is_a_resource_name_or_none() {
    replay("resource_name", seeds::resource_names(), parsers::resource_name);
}

#[test]
fn any_bytes_are_an_import_line_or_none() {
    replay("import_line", seeds::import_lines(), parsers::import_line);
}

#[test]
fn no_bytes_forge_a_page_token() {
    replay("page_token", seeds::page_tokens(), parsers::page_token);
}

#[test]
fn no_bytes_forge_a_consistency_token() {
    replay("consistency_token", seeds::consistency_tokens(), parsers::consistency_token);
}

/// The tokens in the corpora were given out once, and are good for ever.
#[test]
fn a_token_that_was_given_out_stays_good() {
    use bailiwick::app::token::{Revision, Tokens};

    let tokens = Tokens::new(&parsers::SECRET);
    let read = |target: &str| fs::read(folder().join("corpus").join(target).join("given-out")).unwrap();
    let consistency = read("consistency_token");
    let text = std::str::from_utf8(&consistency[24..]).unwrap();
    assert_eq!(tokens.revision(text, "token"), Ok(Revision { store: 1, number: 42, chain: 3 }));
    let page = read("page_token");
    let text = std::str::from_utf8(&page[page.iter().rposition(|byte| *byte == b' ').unwrap() + 1..]).unwrap();
    assert_eq!(tokens.position(b"question", text), Ok(b"position ".to_vec()));
}

#[test]
fn any_bytes_sent_to_any_method_are_answered_or_refused() {
    let world = World::start(&policy());
    let before = world.revision();
    replay("request", seeds::requests(), |data| world.request(data));
    assert_eq!(world.revision(), before, "every request met the whole world");
    let committed = committed("request");
    for (name, method) in METHODS.iter() {
        let line = format!("{name}\n");
        let mut messages = committed.iter().filter_map(|entry| entry.data.strip_prefix(line.as_bytes()));
        let is_seed = |bytes: &[u8]| DynamicMessage::decode(method.input(), bytes).is_ok();
        assert!(messages.any(is_seed), "{name} has no committed entry that is a message of it; {ANEW}");
    }
}
