//! Keys compare byte for byte: case, composition, look-alikes and trailing spaces are differences.

use bailiwick::app::port::{RowKind, Store};
use bailiwick::domain::change::Change;
use bailiwick::domain::row::{Key, Row};

use super::fresh::{Fresh, by_key};
use super::rows;

pub(crate) async fn keys_that_differ_in_one_byte_are_different_rows(fresh: Fresh) {
    let ids = ["alice", "ALICE", "Alice", "alice.", "alice~", "alice-", "a:b", "a@b", "a_b", "aXb"];
    let mut written: Vec<Row> = ids.iter().map(|id| rows::user(id)).collect();
    for (index, row) in written.iter_mut().enumerate() {
        if let Row::User(user) = row {
            user.username = format!("user {index}");
        }
    }
    for key in rows::NASTY.iter().filter(|text| !text.is_empty()) {
        written.extend([rows::privilege("a", key), rows::gives("a/r", key)]);
    }
    // Joined with any delimiter, the parts of these would be the same.
    written.extend([rows::gives("a:b/c", "x"), rows::gives("a/b:c", "x"), rows::gives("a/b/c", "x")]);
    written.extend([rows::tenant("a", "b-c"), rows::tenant("a-b", "c")]);
    let written = by_key(written);
    fresh.insert(written.values().cloned()).await;
    assert_eq!(fresh.state(3).await, written);
    for (key, row) in &written {
        assert_eq!(fresh.store.get(std::slice::from_ref(key)).await.unwrap(), std::slice::from_ref(row));
    }
    let absent = [Key::User(rows::id("aLICE")), rows::privilege("a", "CASE").key(), rows::privilege("A", "case").key()];
    assert!(fresh.store.get(&absent).await.unwrap().is_empty());
}

pub(crate) async fn keys_are_ordered_as_the_domain_orders_them(fresh: Fresh) {
    let mut written = rows::edges();
    for id in ["B", "b", "a-b", "a.b", "a:b", "a_b", "a~b", "0", "Z", "@"] {
        written.extend([rows::client(id, "a"), rows::assignment(&format!("clients/{id}"), "a/r", "")]);
        written.extend([rows::member("g", &format!("clients/{id}")), rows::role(&format!("{id}/{id}"))]);
        written.push(rows::role(&format!("a/{id}/{id}")));
    }
    fresh.insert(written.clone()).await;
    let mut reader = fresh.store.reader().await.unwrap();
    for kind in RowKind::ALL {
        let scanned: Vec<Key> = reader.scan(kind, None, 10_000).await.unwrap().iter().map(Row::key).collect();
        let mut expected = scanned.clone();
        expected.sort();
        assert_eq!(scanned, expected, "{kind:?}");
        assert!(!scanned.is_empty(), "{kind:?}");
    }
}

/// Texts of every length around the limits, and beyond what the limits let through, in characters of one and of four
/// bytes; each comes in variants that people take for the same.
pub(crate) async fn texts_of_any_length_are_read_back_equal(fresh: Fresh) {
    let mut written = Vec::new();
    for (at, length) in [1, 63, 64, 199, 200, 255, 256, 767, 768, 4_095, 4_096].into_iter().enumerate() {
        for (variant, last) in ["a", "A", " ", "\u{e9}", "e\u{301}", "\u{1f600}", "\u{1f601}"].iter().enumerate() {
            for (kind, filling) in ["x", "\u{1d4b3}"].iter().enumerate() {
                let id = format!("{at}-{variant}-{kind}");
                let text = format!("{}{last}", filling.repeat(length - last.chars().count().min(length)));
                let mut group = rows::group(&id);
                if let Row::Group(group) = &mut group {
                    (group.display_name, group.description) = (text.clone(), text.clone());
                    group.group_name = format!("{id}{text}");
                }
                written.push(group);
                if text.chars().count() <= 200 {
                    written.extend([rows::privilege("a", &text), rows::gives("a/r", &text)]);
                }
            }
        }
    }
    for length in [1, 2, 63, 64] {
        written.extend(["x", "X", "~"].map(|letter| rows::client(&letter.repeat(length), "a")));
    }
    let written = by_key(written);
    fresh.insert(written.values().cloned()).await;
    assert_eq!(fresh.state(100).await, written);
    let keys: Vec<Key> = written.keys().cloned().collect();
    assert_eq!(by_key(fresh.store.get(&keys).await.unwrap()), written);
    fresh.write(written.values().cloned().map(Change::delete).collect()).await.unwrap();
    assert!(fresh.state(100).await.is_empty());
}
