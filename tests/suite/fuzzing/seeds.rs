//! The entries that the corpora begin with: what is valid, what is cut, changed in a bit, too long, or hostile text.

use bailiwick::app::token::{Revision, Tokens};
use prost::Message;

use super::parsers::SECRET;
use crate::callers::actor::{described, message};
use crate::callers::shop::{self, PEOPLE};
use crate::callers::stage::{export, root, server_for};
use crate::harness::block_on;
use crate::refusals::calls;

/// An entry of a corpus and the name of its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seed {
    pub(super) name: String,
    pub(super) data: Vec<u8>,
}

fn seed(name: impl Into<String>, data: impl Into<Vec<u8>>) -> Seed {
    Seed { name: name.into(), data: data.into() }
}

/// The entry itself, its first half, and the entry with one bit changed in the middle.
fn with_damage(entry: Seed) -> [Seed; 3] {
    let half = entry.data.len() / 2;
    let mut flipped = entry.data.clone();
    flipped.iter_mut().skip(half).take(1).for_each(|byte| *byte ^= 4);
    [seed(format!("{}-cut", entry.name), &entry.data[..half]), seed(format!("{}-flipped", entry.name), flipped), entry]
}

/// Texts that have broken other programs.
fn hostile_texts() -> Vec<Seed> {
    vec![
        seed("bidi", "users/\u{202e}ecila\u{2066}"),
        seed("combining", "applications/a\u{30a}/privileges/e\u{301}\u{301}\u{301}"),
        seed("not-utf8", *b"users/\xc3\x28\xff"),
        seed("overlong-slash", *b"users\xc0\xafa"),
        seed("null", *b"users/a\0b"),
        seed("emoji", "applications/shop/privileges/\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}"),
        seed("percent", "users/%61%2Fb"),
        seed("full-width", "ｕｓｅｒｓ/a"),
        seed("zero-width", "users/a\u{200b}"),
        seed("empty", ""),
    ]
}

pub(super) fn resource_names() -> Vec<Seed> {
    let (id, key) = ("x".repeat(64), "\u{1f984}".repeat(200));
    let (kind, foreign) = ("k".repeat(128), "\u{1f984}".repeat(64));
    let names = [
        ("application", "applications/shop".to_owned()),
        ("tenant", "applications/shop/tenants/acme".to_owned()),
        ("role", "applications/shop/roles/reader".to_owned()),
        ("tenant-role", "applications/shop/tenants/acme/roles/reader".to_owned()),
        ("privilege", "applications/shop/privileges/order:read".to_owned()),
        ("privilege-of-slashes", "applications/shop/privileges/a/privileges/b".to_owned()),
        ("user", "users/alice@example.com".to_owned()),
        ("client", "clients/local-administrator".to_owned()),
        ("group", "groups/weak~1".to_owned()),
        ("auth-source", "authSources/ldap".to_owned()),
        ("privilege-group", "applications/shop/privilegeGroups/bundle".to_owned()),
        ("tenant-privilege-group", "applications/shop/tenants/acme/privilegeGroups/own".to_owned()),
        ("permission-boundary", "applications/shop/permissionBoundaries/customers".to_owned()),
        ("scope", "applications/shop/scopes/all-orders".to_owned()),
        ("traversal-spec", "applications/shop/traversalSpecs/folders".to_owned()),
        ("resource", "applications/shop/resources/orders/7".to_owned()),
        ("resource-of-slashes", "applications/shop/resources/orders//of/acme/resources/orders/".to_owned()),
        ("resource-of-ours", "applications/shop/resources/users/7".to_owned()),
        ("kind", "VMWARE::HostSystem".to_owned()),
        ("kind-of-ours", "privilegeGroups".to_owned()),
        ("long-resource", format!("applications/{id}/resources/{kind}/{foreign}")),
        ("too-long-resource", format!("applications/{id}/resources/{kind}/{foreign}x")),
        ("too-long-kind", format!("applications/{id}/resources/{kind}x/{foreign}")),
        ("long", format!("applications/{id}/tenants/{id}/roles/{id}")),
        ("too-long", format!("applications/{id}x/tenants/{id}/roles/{id}")),
        ("long-key", format!("applications/{id}/privileges/{key}")),
        ("too-long-key", format!("applications/{id}/privileges/{key}x")),
        ("reserved", "users/me".to_owned()),
        ("wildcard", "applications/-/roles/reader".to_owned()),
        ("dots", "applications/../tenants/.".to_owned()),
        ("slashes", "//applications//shop//".to_owned()),
        ("very-long", "applications/".repeat(5_000)),
    ];
    let names = names.into_iter().flat_map(|(name, text)| with_damage(seed(name, text)));
    names.chain(hostile_texts()).collect()
}

pub(super) fn import_lines() -> Vec<Seed> {
    let world = include_str!("../import_export/world.jsonl");
    let mut kinds: Vec<&str> = Vec::new();
    let mut entries = Vec::new();
    for line in world.lines() {
        let kind = line.split('"').nth(1).unwrap();
        let count = kinds.iter().filter(|seen| **seen == kind).count();
        if count < 2 {
            entries.extend(with_damage(seed(format!("{kind}-{count}"), line)));
            kinds.push(kind);
        }
    }
    let hostile = [
        ("unknown-field", r#"{"user":{"id":"u","username":"u","admin":true}}"#.to_owned()),
        ("twice", r#"{"user":{"id":"u","id":"v","username":"u"}}"#.to_owned()),
        ("two-things", r#"{"user":{"id":"u","username":"u"},"group":{"id":"g","group_name":"g"}}"#.to_owned()),
        (
            "two-lines",
            "{\"group\":{\"id\":\"g\",\"group_name\":\"g\"}}\n{\"group\":{\"id\":\"h\",\"group_name\":\"h\"}}"
                .to_owned(),
        ),
        ("escapes", r#"{"user":{"id":"\u0075","username":"\ud83d\ude00\u0000\u202e","display_name":"\n"}}"#.to_owned()),
        ("lone-surrogate", r#"{"user":{"id":"u","username":"\ud83d"}}"#.to_owned()),
        ("huge-number", r#"{"bailiwick_policy":{"version":1e400}}"#.to_owned()),
        ("reserved-key", r#"{"privilege":{"application":"a","key":"bailiwick:role:create"}}"#.to_owned()),
        ("long-text", format!(r#"{{"group":{{"id":"g","group_name":"g","description":"{}"}}}}"#, "ß".repeat(5_000))),
        ("deep", format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000))),
        ("deep-things", r#"{"user":"#.repeat(200)),
        ("byte-order-mark", "\u{feff}{\"group\":{\"id\":\"g\",\"group_name\":\"g\"}}".to_owned()),
    ];
    entries.extend(hostile.map(|(name, text)| seed(name, text)));
    entries
}

pub(super) fn page_tokens() -> Vec<Seed> {
    let tokens = Tokens::new(&SECRET);
    let (question, position) = (b"question", b"position ");
    let entry = |text: &str| [&[8][..], question, &[9], position, text.as_bytes()].concat();
    let given = tokens.page(question, position);
    let others = [
        seed("of-another-secret", entry(&Tokens::new(&[9; 32]).page(question, position))),
        seed("of-another-question", entry(&tokens.page(b"questioN", position))),
        seed("consistency", entry(&tokens.consistency(Revision { store: 1, number: 42, chain: 3 }))),
        seed("padded", entry(&format!("{given}="))),
        seed("too-long", entry(&"A".repeat(5_000))),
        seed("empty", ""),
        seed("no-text", entry("")),
        seed("hostile", entry("\u{202e}' OR 1=1 --\u{0}")),
    ];
    with_damage(seed("given-out", entry(&given))).into_iter().chain(others).collect()
}

pub(super) fn consistency_tokens() -> Vec<Seed> {
    let tokens = Tokens::new(&SECRET);
    let revision = Revision { store: 1, number: 42, chain: 3 };
    let entry = |text: &str| [&[1_u64, 42, 3].map(u64::to_le_bytes).concat()[..], text.as_bytes()].concat();
    let given = tokens.consistency(revision);
    let others = [
        seed("of-another-secret", entry(&Tokens::new(&[9; 32]).consistency(revision))),
        seed("page", entry(&tokens.page(b"", b"position"))),
        seed("greatest", [&[0xff; 24][..], given.as_bytes()].concat()),
        seed("padded", entry(&format!("{given}="))),
        seed("too-long", entry(&"A".repeat(5_000))),
        seed("empty", ""),
        seed("hostile", entry("\u{202e}' OR 1=1 --\u{0}")),
    ];
    with_damage(seed("given-out", entry(&given))).into_iter().chain(others).collect()
}

/// A good and a malformed call of every method, and bytes that are no message.
pub(super) fn requests() -> Vec<Seed> {
    let mut entries = Vec::new();
    for (method, good, malformed) in calls() {
        for (kind, requests) in [("good", good), ("malformed", malformed)] {
            for (at, request) in requests.into_iter().enumerate() {
                let bytes = message(&described(method).input(), request).encode_to_vec();
                let name = format!("{}-{kind}-{at}", method.replace('/', "."));
                entries.extend(with_damage(seed(name, [method.as_bytes(), b"\n", &bytes].concat())));
            }
        }
    }
    let check = b"PermissionService/CheckPermission\n";
    let bytes: [(&str, Vec<u8>); 6] = [
        ("no-message", vec![]),
        ("endless-tag", vec![0xff; 11]),
        ("length-beyond-the-end", vec![0x0a, 0x7f, b'x']),
        ("length-of-2-to-63", vec![0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
        ("not-utf8", vec![0x0a, 0x02, 0xc3, 0x28]),
        ("long-text", [&[0x0a, 0x90, 0x4e][..], &[b'x'; 10_000]].concat()),
    ];
    entries.extend(bytes.map(|(name, bytes)| seed(name, [&check[..], &bytes].concat())));
    entries
}

/// The shop's policy, on which the requests of the corpora are good ones.
pub(super) fn policy() -> String {
    let server = server_for(PEOPLE);
    block_on(async {
        let root = root(&server).await;
        shop::open(&root).await;
        export(&root).await
    })
}
